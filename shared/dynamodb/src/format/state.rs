//! The session's state after a record.

use domain::{
    ContentType, ContentTypes, DisconnectReason, DisplayName, Ordinal, Participant, ParticipantId,
    Phase, Presence, Role, Slot, State, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::Misfit;
use super::value::Value;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredState {
    phase: StoredPhase,
    segment: Value<Ordinal>,
    items: u64,
    time: Value<Timestamp>,
    expires: Value<Timestamp>,
    retained_until: Value<Timestamp>,
    // A function of its own keeps serde from reading a missing member as null.
    #[serde(deserialize_with = "Option::deserialize")]
    link: Option<Value<Slot>>,
    attributes: Value<Slot>,
    participants: Vec<StoredParticipant>,
    content_types: Vec<Value<ContentType>>,
    disconnect_agent_on_exit: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum StoredPhase {
    Waiting { connect_by: Value<Timestamp> },
    Running,
    Ended { reason: Value<DisconnectReason> },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredParticipant {
    id: Value<ParticipantId>,
    role: Value<Role>,
    display_name: String,
    presence: Value<Presence>,
}

impl From<State> for StoredState {
    fn from(state: State) -> Self {
        Self {
            phase: match state.phase {
                Phase::Waiting { connect_by } => StoredPhase::Waiting {
                    connect_by: Value(connect_by),
                },
                Phase::Running => StoredPhase::Running,
                Phase::Ended(reason) => StoredPhase::Ended {
                    reason: Value(reason),
                },
            },
            segment: Value(state.segment),
            items: state.items,
            time: Value(state.time),
            expires: Value(state.expires),
            retained_until: Value(state.retained_until),
            link: state.link.map(Value),
            attributes: Value(state.attributes),
            participants: state
                .participants
                .into_iter()
                .map(|each| StoredParticipant {
                    id: Value(each.id),
                    role: Value(each.role),
                    display_name: each.display_name.0,
                    presence: Value(each.presence),
                })
                .collect(),
            content_types: state.content_types.iter().map(Value).collect(),
            disconnect_agent_on_exit: state.disconnect_agent_on_exit,
        }
    }
}

impl StoredState {
    pub(super) fn into_state(self) -> Result<State, Misfit> {
        Ok(State {
            phase: match self.phase {
                StoredPhase::Waiting { connect_by } => Phase::Waiting {
                    connect_by: connect_by.0,
                },
                StoredPhase::Running => Phase::Running,
                StoredPhase::Ended { reason } => Phase::Ended(reason.0),
            },
            segment: self.segment.0,
            items: self.items,
            time: self.time.0,
            expires: self.expires.0,
            retained_until: self.retained_until.0,
            link: self.link.map(|slot| slot.0),
            attributes: self.attributes.0,
            participants: self
                .participants
                .into_iter()
                .map(|each| Participant {
                    id: each.id.0,
                    role: each.role.0,
                    display_name: DisplayName(each.display_name),
                    presence: each.presence.0,
                })
                .collect(),
            content_types: content_types(&self.content_types)?,
            disconnect_agent_on_exit: self.disconnect_agent_on_exit,
        })
    }
}

/// The set of exactly these types: a list that no set is written as is refused.
fn content_types(stored: &[Value<ContentType>]) -> Result<ContentTypes, Misfit> {
    let types = ContentTypes::with(stored.iter().map(|each| each.0));
    if types.iter().eq(stored.iter().map(|each| each.0)) {
        Ok(types)
    } else {
        Err(Misfit(
            "the content types are no set of a chat's".to_owned(),
        ))
    }
}
