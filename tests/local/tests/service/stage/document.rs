//! The OpenAPI document, held against every exchange of the tests: what is accepted and what is refused for its form, and all that is answered.

use std::sync::LazyLock;

use api::Operation;
use http::Method;
use serde_json::{Map, Value};

use super::schema::{Schemas, list, text};
use super::{Answer, route};
use crate::tree::read;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(&read("shared/docs/openapi.json")).expect("the document is JSON")
});

/// What is said of a member whose form is wrong, whatever else there is.
const FORM: [&str; 10] = [
    " is required",
    " is not supported",
    " must have ",
    " must be a ",
    " must be an ",
    " must be true or false",
    " must be one of ",
    " must be among ",
    " must contain ",
    " must not be empty",
];
/// What is said in the same words of what no schema says: bytes, members that do not go together, a caller who may not, a text
/// of some form. The document has it in prose.
const CONTEXT: [&str; 7] = [
    "Content must have 1 to 16384 bytes",
    "StartPosition is required with the ScanDirection FORWARD",
    " must be among SupportedMessagingContentTypes",
    " is not supported by this chat",
    " must be a UUID of version 4 where the caller is not known",
    " must have keys of letters, digits, - and _",
    " must be a time as yyyy-MM-ddThh:mm:ss.SSSZ",
];
/// What a widget may leave out where the deployment has a default.
const WIDGET: [&str; 2] = ["InstanceId is required", "ContactFlowId is required"];

/// The document as a whole.
pub(crate) fn document() -> &'static Value {
    &DOCUMENT
}

/// What the document says of an operation, at its path without an ARN.
pub(crate) fn described(operation: Operation, method: &Method) -> &'static Value {
    let found = found(operation, method);
    found.unwrap_or_else(|| panic!("{operation:?} is not in the document"))
}

fn found(operation: Operation, method: &Method) -> Option<&'static Value> {
    let (_, path) = route(operation);
    document()["paths"][path].get(method.as_str().to_lowercase())
}

/// The schema of an operation's request body, if it takes one.
pub(crate) fn body_schema(described: &'static Value) -> Option<&'static Value> {
    described.pointer("/requestBody/content/application~1json/schema")
}

pub(crate) fn schemas() -> Schemas<'static> {
    Schemas(document())
}

/// Checks that the document knows what was asked and answered.
#[track_caller]
pub(crate) fn knows(operation: Operation, method: &Method, body: &[u8], answer: &Answer) {
    // A test may alter a method on its way to one that no gateway would bring here.
    let Some(described) = found(operation, method) else {
        return;
    };
    let shown = || format!("{operation:?}: {}", String::from_utf8_lossy(body));
    answered(described, answer, &shown);
    let sent = match body.iter().all(u8::is_ascii_whitespace) {
        true => Some(Value::Object(Map::new())),
        false => serde_json::from_slice(body).ok(),
    };
    let (Some(schema), Some(mut sent)) = (body_schema(described), sent) else {
        return;
    };
    // A member that is null is absent, says the document once for all; for a widget so is an empty text.
    strip_nulls(&mut sent);
    if is_widgets(operation, method) {
        strip_empty_texts(&mut sent);
    }
    let fault = schemas().fault(schema, &sent);
    if answer.status == 200 {
        assert_eq!(fault, None, "taken: {}", shown());
    } else if is_of_form(schema, answer) {
        let (_, _, message) = answer.error();
        if is_widgets(operation, method) && WIDGET.contains(&message) {
            return;
        }
        assert!(fault.is_some(), "refused, {message}: {}", shown());
    }
}

#[track_caller]
fn answered(described: &'static Value, answer: &Answer, shown: &impl Fn() -> String) {
    let all = schemas();
    let status = answer.status.to_string();
    let response = described["responses"].get(status);
    let response = response.unwrap_or_else(|| panic!("{}: {}", answer.status, shown()));
    let response = all.resolve(response);
    let schema = &response["content"]["application/json"]["schema"];
    let fault = all.fault(schema, &answer.body);
    let fault = fault.or_else(|| all.unnamed(&[schema], &answer.body));
    assert_eq!(fault, None, "answered {}: {}", answer.body, shown());
    let headers = response["headers"].as_object().expect("headers");
    let mut named: Vec<&str> = headers.keys().map(String::as_str).collect();
    let mut given: Vec<&str> = answer.headers.iter().map(|(name, _)| *name).collect();
    given.retain(|name| *name != "content-type");
    named.sort_unstable();
    given.sort_unstable();
    assert_eq!(given, named, "headers: {}", shown());
}

/// Whether a refusal is of the form of a member of the body.
fn is_of_form(schema: &'static Value, answer: &Answer) -> bool {
    let (status, _, message) = answer.error();
    let member = message.split([' ', '.']).next().unwrap_or_default();
    let members = schemas().resolve(schema);
    let refused = members.get("x-refused").map(list);
    let known = members["properties"].get(member).is_some()
        || refused.is_some_and(|names| names.iter().any(|name| text(name) == member));
    status == 400
        && known
        && FORM.iter().any(|words| message.contains(words))
        && !CONTEXT.iter().any(|words| message.contains(words))
}

fn is_widgets(operation: Operation, method: &Method) -> bool {
    operation == Operation::StartChatContact && method == Method::POST
}

/// Takes out the members that are empty texts, of a widget's request and of its PersistentChat.
pub(crate) fn strip_empty_texts(request: &mut Value) {
    let Some(members) = request.as_object_mut() else {
        return;
    };
    members.retain(|_, member| member != "");
    if let Some(Value::Object(persistent)) = members.get_mut("PersistentChat") {
        persistent.retain(|_, member| member != "");
    }
}

fn strip_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(strip_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(strip_nulls),
        _ => {}
    }
}
