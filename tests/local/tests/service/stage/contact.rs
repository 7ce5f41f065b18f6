//! A backend's questions about contacts, and what it changes of them.

use api::Operation;
use serde_json::{Value, json};

use super::{INSTANCE, Request};

pub(crate) fn describe(contact: &str) -> Request {
    Request::to(Operation::DescribeContact, &[INSTANCE, contact]).signed()
}

pub(crate) fn attributes_of(contact: &str) -> Request {
    Request::to(Operation::GetContactAttributes, &[INSTANCE, contact]).signed()
}

/// An update of a contact's attributes.
pub(crate) fn update(contact: &str, attributes: &Value) -> Request {
    let body =
        json!({"InstanceId": INSTANCE, "InitialContactId": contact, "Attributes": attributes});
    Request::new(Operation::UpdateContactAttributes, &body).signed()
}

/// An association of a running chat with a past.
pub(crate) fn association(contact: &str, source: &str, rehydration: &str) -> Request {
    let body = json!({"SourceContactId": source, "RehydrationType": rehydration});
    association_with(contact, &body)
}

/// An association with this body.
pub(crate) fn association_with(contact: &str, body: &Value) -> Request {
    let operation = Operation::CreatePersistentContactAssociation;
    let request = Request::to(operation, &[INSTANCE, contact]);
    request.with_body(body.to_string()).signed()
}
