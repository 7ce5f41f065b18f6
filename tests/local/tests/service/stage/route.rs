//! Where the operations are: their methods and paths.

use api::Operation;
use http::Method;

/// The method and path of an operation. In braces stands what a request fills in.
pub(crate) const fn route(operation: Operation) -> (Method, &'static str) {
    use Operation as O;
    match operation {
        O::StartChatContact => (Method::PUT, "/contact/chat"),
        O::StopContact => (Method::POST, "/contact/stop"),
        O::TransferContact => (Method::POST, "/contact/transfer"),
        O::CreateParticipant => (Method::POST, "/contact/create-participant"),
        O::DescribeContact => (Method::GET, "/contacts/{InstanceId}/{ContactId}"),
        O::GetContactAttributes => (
            Method::GET,
            "/contact/attributes/{InstanceId}/{InitialContactId}",
        ),
        O::UpdateContactAttributes => (Method::POST, "/contact/attributes"),
        O::CreatePersistentContactAssociation => (
            Method::POST,
            "/contact/persistent-contact-association/{InstanceId}/{InitialContactId}",
        ),
        O::ListCustomerChats => (Method::GET, "/customers/{InstanceId}/{CustomerId}/chats"),
        O::ExportTranscript => (Method::GET, "/contacts/{InstanceId}/{ContactId}/transcript"),
        O::CreateParticipantConnection => (Method::POST, "/participant/connection"),
        O::GetTranscript => (Method::POST, "/participant/transcript"),
        O::SendMessage => (Method::POST, "/participant/message"),
        O::SendEvent => (Method::POST, "/participant/event"),
        O::DisconnectParticipant => (Method::POST, "/participant/disconnect"),
    }
}

/// The path of an operation with these ids in it, as AWS's SDKs send it: each of them percent-encoded.
pub(crate) fn path_to(operation: Operation, ids: &[&str]) -> String {
    let (_, template) = route(operation);
    let mut ids = ids.iter();
    let segments: Vec<String> = template
        .split('/')
        .map(|segment| match segment.starts_with('{') {
            true => encoded(
                ids.next()
                    .unwrap_or_else(|| panic!("{template}: an id is missing")),
            ),
            false => segment.to_owned(),
        })
        .collect();
    assert_eq!(ids.next(), None, "{template}");
    segments.join("/")
}

/// The operation that a gateway finds at a path, whatever stands before it.
pub(crate) fn operation_at(method: &Method, path: &str) -> Option<Operation> {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    Operation::ALL.into_iter().find(|operation| {
        let (its_method, template) = route(*operation);
        let template: Vec<&str> = template.split('/').skip(1).collect();
        let widget = *operation == Operation::StartChatContact && method == Method::POST;
        let fits = |(wanted, given): (&&str, &&str)| wanted.starts_with('{') || wanted == given;
        (*method == its_method || widget)
            && segments.len() >= template.len()
            && template.iter().rev().zip(segments.iter().rev()).all(fits)
    })
}

/// A text as one segment of a path or one value of a query.
pub(crate) fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}
