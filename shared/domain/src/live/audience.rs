//! Whom something is told.

use crate::model::ids::ParticipantId;
use crate::model::state::{Presence, State};

/// Whom something is told, among those who are connected to a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Everybody, those who have left included.
    Everybody,
    /// These participants, on all their connections.
    Only(Vec<ParticipantId>),
}

impl Audience {
    /// Those of a state who have not left.
    pub(crate) fn present(state: &State) -> Self {
        Self::Only(present(state).collect())
    }

    /// All that the state knows, whether they have left or not.
    pub(crate) fn known(state: &State) -> Self {
        Self::Only(state.participants.iter().map(|each| each.id).collect())
    }

    /// Those who have not left, and somebody who leaves.
    pub(crate) fn present_and(state: &State, leaving: ParticipantId) -> Self {
        Self::Only(present(state).chain([leaving]).collect())
    }

    /// Those who have not left, without one of them.
    pub(crate) fn present_but(state: &State, one: ParticipantId) -> Self {
        Self::Only(present(state).filter(|each| *each != one).collect())
    }

    /// Whether it is told to this participant.
    pub fn includes(&self, participant: ParticipantId) -> bool {
        match self {
            Self::Everybody => true,
            Self::Only(these) => these.contains(&participant),
        }
    }

    /// Whether it is told to nobody at all.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Only(these) if these.is_empty())
    }
}

fn present(state: &State) -> impl Iterator<Item = ParticipantId> {
    let here = state.participants.iter();
    here.filter(|each| each.presence != Presence::Left)
        .map(|each| each.id)
}
