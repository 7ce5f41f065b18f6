//! The rules of persistent chat: sessions as append-only logs, and what every operation may do to them.
//!
//! A chat *session* is a log of [`Record`]s in numbered [`Slot`]s without gaps. Every write is one
//! conditional put into the next free slot, every read is one bounded range read: that is all a store
//! has to offer ([`Log`]). Each record carries the session's [`State`] after it, so the last record
//! alone answers every question about the present, and [`decide`] holds the rules as a pure function.
//!
//! Nothing here knows a wire format, a database, a clock or a source of randomness: time, ids and
//! idempotency keys are arguments.
//!
//! The one rule that gives the product its name, *only a session that has ended may be continued*, is
//! held by types: a [`Link`] is made from an [`EndedSession`], and there are two ways to get one, both
//! of which start from a state that says "ended".
//!
//! ```compile_fail
//! use domain::{EndedSession, State};
//!
//! fn pretend(state: State) -> EndedSession {
//!     // The fields are private: a session cannot be declared ended, it has to be.
//!     EndedSession { state }
//! }
//! ```

mod add_participant;
mod append;
mod associate;
mod attributes;
mod command;
mod content;
pub mod contract;
mod customer_chats;
mod customer_index;
mod decide;
mod describe;
mod due;
mod export;
mod ids;
mod item;
mod join;
mod leave;
mod link;
mod live;
mod log;
mod memory;
mod pause;
mod record;
mod rules;
mod send;
mod send_event;
mod session;
mod side;
mod slot;
mod source;
mod start;
mod state;
mod stop;
mod time;
pub mod transcript;
mod transfer;

pub use add_participant::{Added, Invitation, add_participant};
pub use append::{AppendError, Appended, Outcome};
pub use associate::{AssociateError, Association, associate};
pub use attributes::{UpdateError, contact_attributes, update_contact_attributes};
pub use command::Command;
pub use content::{Attributes, Content, ContentType, ContentTypes, DisplayName};
pub use customer_chats::{CustomerChat, CustomerChats, customer_chats};
pub use customer_index::{CustomerIndex, Listed, Listing};
pub use decide::{Certainty, Decision, Draft, MAX_PARTICIPANTS, Refusal, decide};
pub use describe::{Description, Disconnected, describe};
pub use export::{Exported, export};
pub use ids::{
    ConnectionId, ContactFlowId, ContactId, CustomerId, Fingerprint, IdempotencyKey, InstanceId,
    ItemId, Ordinal, ParticipantId, QueueId, SessionId, SessionKey, UserId,
};
pub use item::{EventType, Item, ItemKind};
pub use join::{Joined, join};
pub use leave::leave;
pub use link::{Link, PastSession};
pub use live::{
    Audience, Connections, Effort, Frame, Heard, Live, MOST_SOCKETS, MemoryConnections,
    MemoryGateway, News, OpenError, Opening, Parcel, Post, PostError, Posted, Pushed, Socket,
    Subscription, Told, caught_up, close_socket, hear_socket, open_socket, push, subscribe_socket,
};
pub use log::{Chunk, Consistency, Log, LogError, Order, Put, Read};
pub use memory::MemoryLog;
pub use pause::{NoPause, Pause, TimeLeft, Urgency};
pub use record::{Body, CorruptRecord, Linked, Record, RecordParts, Started};
pub use rules::Rules;
pub use send::{Message, Sent, send};
pub use send_event::{Event, EventError, Taken, send_event};
pub use side::{
    LateAttributes, Receipt, ReceiptKind, SideEntry, SideLog, SidePlace, SidePut, SideRange,
    SideRead,
};
pub use slot::{Slot, SlotRange};
pub use source::{Rehydration, SourceRefusal};
pub use start::{Opened, Start, StartError, StartRefusal, Starter, start};
pub use state::{DisconnectReason, EndedSession, Participant, Phase, Presence, Role, State};
pub use stop::{Stopped, stop};
pub use time::{Timestamp, days, minutes, seconds};
pub use transfer::{Destination, Transfer, TransferMethod, Transferred, transfer};
