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
//! Its files stand in rooms, each of which uses only those that stand before it: `model` (values, records, [`decide`]),
//! `ports` (what the domain needs of the world), `session_log` (appending, and reading what a session is), [`transcript`],
//! `live` (who is notified of what) and `operations` (one file for each). The [`contract`] of the ports and the stores in
//! `memory` are for tests.
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

pub mod contract;
mod live;
mod memory;
mod model;
mod operations;
mod ports;
mod session_log;
pub mod transcript;

pub use live::audience::Audience;
pub use live::news::{News, Told};
pub use live::push::{Parcel, Pushed, push};
pub use memory::log::MemoryLog;
pub use memory::sockets::{MemoryConnections, MemoryGateway};
pub use model::command::Command;
pub use model::content::{Attributes, Content, ContentType, ContentTypes, DisplayName};
pub use model::corrupt::CorruptRecord;
pub use model::decide::{Certainty, Decision, Draft, MAX_PARTICIPANTS, Refusal, decide};
pub use model::destination::{Destination, TransferMethod};
pub use model::ids::{
    ConnectionId, ContactFlowId, ContactId, CustomerId, Fingerprint, IdempotencyKey, InstanceId,
    ItemId, ParticipantId, QueueId, SessionId, SessionKey, UserId,
};
pub use model::item::{EventType, Item, ItemKind};
pub use model::link::{Link, PastSession, Rehydration};
pub use model::record::{Body, Linked, Record, RecordParts, Started};
pub use model::rules::Rules;
pub use model::slot::{Ordinal, Slot, SlotRange};
pub use model::starter::Starter;
pub use model::state::{DisconnectReason, EndedSession, Participant, Phase, Presence, Role, State};
pub use model::time::{Timestamp, days, minutes, seconds};
pub use operations::add_participant::{Added, Invitation, add_participant};
pub use operations::associate::{AssociateError, Association, associate};
pub use operations::attributes::{UpdateError, contact_attributes, update_contact_attributes};
pub use operations::close_socket::close_socket;
pub use operations::customer_chats::{CustomerChat, CustomerChats, customer_chats};
pub use operations::describe::{Description, Disconnected, describe};
pub use operations::hear_socket::hear_socket;
pub use operations::join::{Joined, join};
pub use operations::leave::leave;
pub use operations::open_socket::{MOST_SOCKETS, OpenError, Opening, open_socket};
pub use operations::send::{Message, Sent, send};
pub use operations::send_event::{Event, EventError, Taken, send_event};
pub use operations::start::{Opened, Start, StartError, StartRefusal, start};
pub use operations::stop::{Stopped, stop};
pub use operations::subscribe_socket::{Subscription, caught_up, subscribe_socket};
pub use operations::transfer::{Transfer, Transferred, transfer};
pub use ports::all::Live;
pub use ports::connections::{Connections, Socket};
pub use ports::customer_index::{CustomerIndex, Listed, Listing};
pub use ports::log::{Chunk, Consistency, Log, LogError, Order, Put, Read};
pub use ports::pause::{NoPause, Pause, TimeLeft, Urgency};
pub use ports::post::{Effort, Frame, Heard, Post, PostError, Posted};
pub use ports::side::{
    LateAttributes, Receipt, ReceiptKind, SideEntry, SideLog, SidePlace, SidePut, SideRange,
    SideRead,
};
pub use session_log::append::{Appended, Outcome};
pub use session_log::error::AppendError;
pub use session_log::source::SourceRefusal;
pub use transcript::export::{Exported, export};
