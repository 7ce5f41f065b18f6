//! A session's state as every record carries it, and the proof that a session has ended.

use crate::model::content::{ContentTypes, DisplayName};
use crate::model::ids::ParticipantId;
use crate::model::slot::Ordinal;
use crate::model::slot::Slot;
use crate::model::time::Timestamp;

/// Who a participant is in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The customer, who started the chat.
    Customer,
    /// A human agent.
    Agent,
    /// A flow or the service itself.
    System,
    /// A bot that takes part like an agent.
    CustomBot,
    /// A supervisor who listens or barges in.
    Supervisor,
}

impl Role {
    /// Every role there is.
    pub const ALL: [Role; 5] = [
        Role::Customer,
        Role::Agent,
        Role::System,
        Role::CustomBot,
        Role::Supervisor,
    ];

    /// The role's name on the wire (ParticipantRole).
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Customer => "CUSTOMER",
            Role::Agent => "AGENT",
            Role::System => "SYSTEM",
            Role::CustomBot => "CUSTOM_BOT",
            Role::Supervisor => "SUPERVISOR",
        }
    }

    /// The role of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// Whether a participant has come, and gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Known to the chat, not yet connected.
    Expected,
    /// Connected at least once.
    Present,
    /// Has left; does not come back under this id.
    Left,
}

/// One participant of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// Who it is.
    pub id: ParticipantId,
    /// In which role.
    pub role: Role,
    /// Under which name.
    pub display_name: DisplayName,
    /// Whether they are there.
    pub presence: Presence,
}

/// Why a contact ended ([contact record](https://docs.aws.amazon.com/connect/latest/adminguide/ctr-data-model.html)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DisconnectReason {
    /// The customer left.
    CustomerDisconnect,
    /// The customer did not connect in time.
    CustomerConnectionNotEstablished,
    /// The chat's duration passed.
    Expired,
    /// StopContact.
    Api,
    /// The agent's part was over, and the disconnect flow took the customer on.
    AgentDisconnect,
    /// A flow's part was over, and the disconnect flow took the customer on.
    ContactFlowDisconnect,
}

impl DisconnectReason {
    /// Every reason there is.
    pub const ALL: [DisconnectReason; 6] = [
        Self::CustomerDisconnect,
        Self::CustomerConnectionNotEstablished,
        Self::Expired,
        Self::Api,
        Self::AgentDisconnect,
        Self::ContactFlowDisconnect,
    ];

    /// The reason's name in Connect.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CustomerDisconnect => "CUSTOMER_DISCONNECT",
            Self::CustomerConnectionNotEstablished => "CUSTOMER_CONNECTION_NOT_ESTABLISHED",
            Self::Expired => "EXPIRED",
            Self::Api => "API",
            Self::AgentDisconnect => "AGENT_DISCONNECT",
            Self::ContactFlowDisconnect => "CONTACT_FLOW_DISCONNECT",
        }
    }

    /// The reason of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// Where a session is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Started; the customer must connect before this moment.
    Waiting {
        /// When waiting ends.
        connect_by: Timestamp,
    },
    /// The customer has connected.
    Running,
    /// Over. Nothing ever follows.
    Ended(DisconnectReason),
}

/// A session after one of its records. The last record's state is the session's present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Where the session is in its life.
    pub phase: Phase,
    /// The segment that is, or was last, open: one above the record's own after a transfer.
    pub segment: Ordinal,
    /// Transcript items in the session so far.
    pub items: u64,
    /// AbsoluteTime of the newest item; no later record has an earlier one.
    pub time: Timestamp,
    /// When the chat's duration passes.
    pub expires: Timestamp,
    /// When the session ceases to exist, as a whole.
    pub retained_until: Timestamp,
    /// The record that holds the latest link to a past, if there is one.
    pub link: Option<Slot>,
    /// The record that holds the latest attributes.
    pub attributes: Slot,
    /// Everyone who takes part, the customer first, and of those who have left at least the latest.
    pub participants: Vec<Participant>,
    /// Which content types may be sent.
    pub content_types: ContentTypes,
    /// Whether the agent is disconnected when the customer leaves, so that a disconnect flow can run.
    pub disconnect_agent_on_exit: bool,
}

impl State {
    /// The participant of this id.
    pub fn participant(&self, id: ParticipantId) -> Option<&Participant> {
        self.participants.iter().find(|each| each.id == id)
    }

    /// Whether anybody but the customer has ever been part of the session.
    pub fn is_accompanied(&self) -> bool {
        // Those who have left are forgotten only when somebody new comes.
        self.participants.len() > 1
    }

    /// How many participants are connected.
    pub fn active_participants(&self) -> usize {
        let active = |each: &&Participant| each.presence == Presence::Present;
        self.participants.iter().filter(active).count()
    }

    /// Whether the session has ended.
    pub fn has_ended(&self) -> bool {
        matches!(self.phase, Phase::Ended(_))
    }

    /// Whether the session no longer exists at `now`.
    pub fn is_past_retention(&self, now: Timestamp) -> bool {
        now >= self.retained_until
    }

    /// The moment that ends the session by itself, and why; none once it has ended.
    ///
    /// The moment alone ends nothing: only a record does, appended by whoever notices.
    pub fn deadline(&self) -> Option<(Timestamp, DisconnectReason)> {
        let expiry = (self.expires, DisconnectReason::Expired);
        match self.phase {
            Phase::Ended(_) => None,
            Phase::Waiting { connect_by } if connect_by < self.expires => Some((
                connect_by,
                DisconnectReason::CustomerConnectionNotEstablished,
            )),
            Phase::Waiting { .. } | Phase::Running => Some(expiry),
        }
    }

    /// The session's end, if it has ended: the proof without which no link can be made.
    pub fn ended(&self) -> Option<EndedSession> {
        self.has_ended().then(|| EndedSession {
            state: self.clone(),
        })
    }
}

/// A session that has ended: its state after the `ended` record.
///
/// There is no other way to one than [`State::ended`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedSession {
    state: State,
}

impl EndedSession {
    /// The state after the last record.
    pub fn state(&self) -> &State {
        &self.state
    }
}
