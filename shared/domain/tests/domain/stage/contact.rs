//! What a backend asks of contacts: their attributes, their description, and a past for a running chat.

use domain::{
    AppendError, AssociateError, Association, Attributes, ContactId, Description, InstanceId,
    Rehydration, UpdateError,
};

use super::world::{World, key, run};

fn here() -> InstanceId {
    InstanceId::new("here").unwrap()
}

/// Attributes, written as `name=value` with spaces between.
pub(crate) fn attributes(text: &str) -> Attributes {
    let pairs = text.split_whitespace();
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap());
    Attributes(pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect())
}

/// The same the other way.
pub(crate) fn in_words(attributes: &Attributes) -> String {
    let pairs = attributes.0.iter();
    let pairs: Vec<String> = pairs.map(|(k, v)| format!("{k}={v}")).collect();
    pairs.join(" ")
}

impl World {
    pub(crate) fn try_update(&self, contact: ContactId, changes: &str) -> Result<(), UpdateError> {
        let (here, changes, key) = (here(), attributes(changes), self.fresh_key());
        let log = &self.log;
        run(domain::update_contact_attributes(
            log,
            &here,
            contact,
            &changes,
            key,
            self.now(),
        ))
    }

    pub(crate) fn update(&self, contact: ContactId, changes: &str) {
        assert_eq!(self.try_update(contact, changes), Ok(()));
    }

    pub(crate) fn try_attributes(&self, contact: ContactId) -> Result<String, AppendError> {
        let here = here();
        let attributes = domain::contact_attributes(&self.log, &here, contact, self.now());
        run(attributes).map(|attributes| in_words(&attributes))
    }

    pub(crate) fn attributes(&self, contact: ContactId) -> String {
        self.try_attributes(contact).unwrap()
    }

    pub(crate) fn try_describe(&self, contact: ContactId) -> Result<Description, AppendError> {
        run(domain::describe(&self.log, &here(), contact, self.now()))
    }

    pub(crate) fn describe(&self, contact: ContactId) -> Description {
        self.try_describe(contact).unwrap()
    }

    /// Asks to link the running chat of `contact` to a past: the same request has the same key.
    pub(crate) fn try_associate(
        &self,
        contact: ContactId,
        source: ContactId,
        rehydration: Rehydration,
    ) -> Result<ContactId, AssociateError> {
        let association = Association {
            contact,
            source,
            rehydration,
        };
        let chat = contact.session().initial_contact();
        let key = key(&format!("{chat} {source} {rehydration:?}"));
        let (log, here) = (&self.log, here());
        run(domain::associate(log, &here, association, key, self.now()))
    }
}
