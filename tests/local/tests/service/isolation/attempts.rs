//! Each operation's request with an id in every place where one fits, and in some where none does.

use api::Operation;
use serde_json::{Value, json};

use crate::stage::{Chat, FLOW, Request, encoded, start_with};

/// A request that nobody has put a credential to.
pub(super) struct Attempt {
    /// Where the id stands.
    pub(super) what: &'static str,
    pub(super) request: Request,
}

/// Whether an operation takes ids of anything at all; the others know the chat by the token alone.
pub(super) fn names_ids(operation: Operation) -> bool {
    use Operation as O;
    match operation {
        O::StartChatContact
        | O::StopContact
        | O::TransferContact
        | O::CreateParticipant
        | O::DescribeContact
        | O::GetContactAttributes
        | O::UpdateContactAttributes
        | O::CreatePersistentContactAssociation
        | O::ListCustomerChats
        | O::ExportTranscript
        | O::GetTranscript
        | O::SendEvent => true,
        O::CreateParticipantConnection | O::SendMessage | O::DisconnectParticipant => false,
    }
}

/// The requests of an operation for an instance with this id, by somebody who has a chat of his own.
pub(super) fn attempts(operation: Operation, instance: &str, own: &Chat, id: &str) -> Vec<Attempt> {
    use Operation as O;
    let attempt = |what, request| Attempt { what, request };
    let body = |what, body: Value| attempt(what, Request::new(operation, &body));
    let path = |what, ids: [&str; 2]| attempt(what, Request::to(operation, &ids));
    let next = |what, ids: [&str; 2]| {
        let query = format!("nextToken={}", encoded(id));
        attempt(what, Request::to(operation, &ids).query(&query))
    };
    match operation {
        O::StartChatContact => {
            let source = |rehydration: &str| {
                let source = json!({"SourceContactId": id, "RehydrationType": rehydration});
                start_with(&json!({"InstanceId": instance, "PersistentChat": source}))
            };
            let related = json!({"InstanceId": instance, "RelatedContactId": id});
            vec![
                body("source, whole", source("ENTIRE_PAST_SESSION")),
                body("source, a contact", source("FROM_SEGMENT")),
                body("related contact", start_with(&related)),
            ]
        }
        O::StopContact => {
            vec![body(
                "contact",
                json!({"InstanceId": instance, "ContactId": id}),
            )]
        }
        O::TransferContact => {
            let members = json!({"InstanceId": instance, "ContactId": id, "ContactFlowId": FLOW});
            vec![body("contact", members)]
        }
        O::CreateParticipant => {
            let details = json!({"ParticipantRole": "AGENT", "DisplayName": "John"});
            let members =
                json!({"InstanceId": instance, "ContactId": id, "ParticipantDetails": details});
            vec![body("contact", members)]
        }
        O::DescribeContact | O::GetContactAttributes => vec![path("contact", [instance, id])],
        O::UpdateContactAttributes => {
            let attributes = json!({"mine": "now"});
            let members = json!({
                "InstanceId": instance, "InitialContactId": id, "Attributes": attributes,
            });
            vec![body("contact", members)]
        }
        O::CreatePersistentContactAssociation => {
            let between = |what, contact: &str, source: &str, rehydration: &str| {
                let body = json!({"SourceContactId": source, "RehydrationType": rehydration});
                let request = Request::to(operation, &[instance, contact]);
                attempt(what, request.with_body(body.to_string()))
            };
            vec![
                between("contact", id, &own.contact, "FROM_SEGMENT"),
                between("source, whole", &own.contact, id, "ENTIRE_PAST_SESSION"),
                between("source, a contact", &own.contact, id, "FROM_SEGMENT"),
            ]
        }
        O::ListCustomerChats => vec![
            path("customer", [instance, id]),
            next("NextToken of one's own", [instance, "me"]),
            next("NextToken", [instance, "customer-john"]),
        ],
        O::ExportTranscript => vec![
            path("contact", [instance, id]),
            next("NextToken", [instance, &own.contact]),
        ],
        O::CreateParticipantConnection => {
            let types = json!(["WEBSOCKET", "CONNECTION_CREDENTIALS"]);
            vec![body(
                "contact",
                json!({"Type": types, "ContactId": id, "ParticipantId": id}),
            )]
        }
        O::GetTranscript => vec![
            body("contact", json!({"ContactId": id})),
            body("item", json!({"StartPosition": {"Id": id}})),
            body(
                "item, backward",
                json!({"StartPosition": {"Id": id}, "ScanDirection": "BACKWARD"}),
            ),
            body("NextToken", json!({"NextToken": id})),
            body(
                "NextToken, forward",
                json!({"NextToken": id, "ScanDirection": "FORWARD"}),
            ),
            body(
                "NextToken of a contact",
                json!({"NextToken": id, "ContactId": own.contact}),
            ),
        ],
        O::SendMessage => vec![body(
            "contact",
            json!({"ContentType": "text/plain", "Content": "hello", "ContactId": id}),
        )],
        O::SendEvent => {
            let receipt = |what, kind: &str| {
                let kind = format!("application/vnd.amazonaws.connect.event.message.{kind}");
                let content = json!({"messageId": id}).to_string();
                body(what, json!({"ContentType": kind, "Content": content}))
            };
            vec![
                receipt("message", "delivered"),
                receipt("message, read", "read"),
            ]
        }
        O::DisconnectParticipant => {
            vec![body(
                "contact",
                json!({"ContactId": id, "ParticipantId": id}),
            )]
        }
    }
}
