//! What every chat was asked to continue, as its starter asked: so that the links in the store need not be believed.

use std::collections::HashMap;

use domain::{Association, ContactId, Fingerprint, Record, Rehydration, SessionKey, Start};

/// The pasts that were asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    starts: HashMap<(SessionKey, Fingerprint), Start>,
    associations: HashMap<SessionKey, Vec<(ContactId, Rehydration)>>,
}

impl Asked {
    /// Notes a start that is going to be asked for.
    pub fn start(&mut self, start: &Start) {
        let key = (start.session.clone(), start.fingerprint);
        self.starts.entry(key).or_insert_with(|| start.clone());
    }

    /// Notes an association that is going to be asked for.
    pub fn associate(&mut self, session: SessionKey, association: &Association) {
        let asked = (association.source, association.rehydration);
        self.associations.entry(session).or_default().push(asked);
    }

    /// The request that a first record is the answer to.
    pub fn started(&self, session: &SessionKey, first: &Record) -> Option<&Start> {
        let fingerprint = first.started()?.fingerprint;
        self.starts.get(&(session.clone(), fingerprint))
    }

    /// The past that a chat was started with.
    pub(super) fn past(
        &self,
        session: &SessionKey,
        first: &Record,
    ) -> Option<(ContactId, Rehydration)> {
        self.started(session, first)?.source
    }

    /// Whether somebody asked for this association.
    pub(super) fn was_associated(
        &self,
        session: &SessionKey,
        asked: (ContactId, Rehydration),
    ) -> bool {
        let all = self.associations.get(session);
        all.is_some_and(|all| all.contains(&asked))
    }
}
