//! The error table, whole: every problem under every operation, and what Connect's model lets each operation answer.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::iter::successors;

use domain::{ContactId, ContentType, Ordinal, SessionId};
use serde_json::Value;

use super::*;

mod reasons;

/// The problem after `this` in a list that has every one: a new one does not compile until it stands here.
fn following(this: &Problem) -> Option<Problem> {
    use Problem::{Internal, Malformed, NoInstance, NoSession, Throttled, Token, Unknown};
    let contact = |ordinal| {
        let ordinal = Ordinal::new(ordinal).expect("12 bits");
        ContactId::new(SessionId::from_bits(0), ordinal)
    };
    let signature = |fault| Some(Problem::Signature(fault));
    let start = |refusal| Some(Problem::Start(refusal));
    let source = |refusal| start(StartRefusal::Source(refusal));
    let refused = |refusal| Some(Problem::Refused(refusal));
    match this {
        Malformed(_) => Some(Problem::InvalidMember {
            member: "Outer.Inner".to_owned(),
            reason: "must be a string".to_owned(),
        }),
        Problem::InvalidMember { .. } => Some(Unknown(CallerFault::ALL[0])),
        Unknown(_) => signature(SignatureFault::Incomplete),
        Problem::Signature(fault) => match fault {
            SignatureFault::Incomplete => signature(SignatureFault::UnknownKey),
            SignatureFault::UnknownKey => signature(SignatureFault::WrongScope),
            SignatureFault::WrongScope => signature(SignatureFault::Expired),
            SignatureFault::Expired => signature(SignatureFault::BodyAltered),
            SignatureFault::BodyAltered => signature(SignatureFault::BodyUnsigned),
            SignatureFault::BodyUnsigned => signature(SignatureFault::Mismatch),
            SignatureFault::Mismatch => Some(Token(TokenFault::ALL[0])),
        },
        Token(_) => Some(NoInstance),
        NoInstance => start(StartRefusal::TokenOfAnotherRequest),
        Problem::Start(StartRefusal::TokenOfAnotherRequest) => start(StartRefusal::TokenSpent),
        Problem::Start(StartRefusal::TokenSpent) => source(SourceRefusal::NotFound),
        Problem::Start(StartRefusal::Source(refusal)) => match refusal {
            SourceRefusal::NotFound => source(SourceRefusal::NotInitial {
                initial: contact(0),
            }),
            SourceRefusal::NotInitial { .. } => {
                source(SourceRefusal::StillActive { active: contact(2) })
            }
            SourceRefusal::StillActive { .. } => source(SourceRefusal::AttributesTooLong),
            SourceRefusal::AttributesTooLong => refused(Refusal::Ended),
        },
        Problem::Refused(refusal) => match refusal {
            Refusal::Ended => refused(Refusal::NotAParticipant),
            Refusal::NotAParticipant => {
                refused(Refusal::ContentTypeNotSupported(ContentType::Markdown))
            }
            Refusal::ContentTypeNotSupported(_) => refused(Refusal::UnknownContact),
            Refusal::UnknownContact => refused(Refusal::ContactEnded { active: contact(2) }),
            Refusal::ContactEnded { .. } => refused(Refusal::TooManyContacts),
            Refusal::TooManyContacts => refused(Refusal::TooManyParticipants),
            Refusal::TooManyParticipants => refused(Refusal::AlreadyLinked),
            Refusal::AlreadyLinked => refused(Refusal::AttributesMoved),
            Refusal::AttributesMoved => refused(Refusal::NotExpired),
            Refusal::NotExpired => Some(Problem::TooManyRecipients),
        },
        Problem::TooManyRecipients => Some(Problem::TooManySockets),
        Problem::TooManySockets => Some(Problem::AttributesTooLong),
        Problem::AttributesTooLong => Some(Problem::NotYours),
        Problem::NotYours => Some(NoSession),
        NoSession => Some(Throttled),
        Throttled => Some(Internal(Fault("the reason for the operator".to_owned()))),
        Internal(_) => None,
    }
}

fn every_problem() -> impl Iterator<Item = Problem> {
    let first = Problem::Malformed("ParticipantDetails.DisplayName is required".to_owned());
    successors(Some(first), following)
}

/// Whether the operation can come to the problem at all; the rest of the table is there to be total.
fn arises(problem: &Problem, operation: Operation) -> bool {
    use Operation::{
        CreateParticipant, CreatePersistentContactAssociation, ListCustomerChats, SendEvent,
        SendMessage, StartChatContact, StopContact, TransferContact, UpdateContactAttributes,
    };
    match problem {
        Problem::Malformed(_)
        | Problem::InvalidMember { .. }
        | Problem::Throttled
        | Problem::Internal(_) => true,
        Problem::Unknown(_) | Problem::Signature(_) | Problem::NoInstance => {
            !operation.is_participant()
        }
        Problem::Token(_) => operation.is_participant(),
        // A source that is not there is a problem of its own, and a customer without chats is none.
        Problem::NoSession => !matches!(operation, StartChatContact | ListCustomerChats),
        Problem::Start(StartRefusal::Source(_)) => matches!(
            operation,
            StartChatContact | CreatePersistentContactAssociation
        ),
        Problem::Start(_) => operation == StartChatContact,
        Problem::TooManyRecipients => operation == SendEvent,
        // A WebSocket opens beside the operations.
        Problem::TooManySockets => false,
        Problem::AttributesTooLong => operation == UpdateContactAttributes,
        Problem::NotYours => operation == ListCustomerChats,
        Problem::Refused(refusal) => match refusal {
            Refusal::Ended => {
                operation.is_participant()
                    || matches!(
                        operation,
                        TransferContact | CreateParticipant | CreatePersistentContactAssociation
                    )
            }
            Refusal::NotAParticipant => operation.is_participant(),
            Refusal::ContentTypeNotSupported(_) => operation == SendMessage,
            Refusal::UnknownContact => {
                matches!(operation, StopContact | TransferContact | CreateParticipant)
            }
            Refusal::ContactEnded { .. } => {
                matches!(operation, TransferContact | CreateParticipant)
            }
            Refusal::TooManyContacts => operation == TransferContact,
            Refusal::TooManyParticipants => operation == CreateParticipant,
            Refusal::AlreadyLinked => operation == CreatePersistentContactAssociation,
            // Whose attributes have moved, tries again by himself; for expiry no operation asks.
            Refusal::AttributesMoved | Refusal::NotExpired => false,
        },
    }
}

/// The errors of an operation in Connect's model
/// (`connect/2017-08-08` and `connectparticipant/2018-09-07`), which SDKs have types for; those of our own
/// two are of the same kinds.
fn modelled(operation: Operation) -> Vec<&'static str> {
    let common = match operation.is_participant() {
        false => &[
            "InvalidRequestException",
            "ResourceNotFoundException",
            "InternalServiceException",
        ][..],
        true => &[
            "AccessDeniedException",
            "ValidationException",
            "ThrottlingException",
            "InternalServerException",
        ],
    };
    let own: &[&str] = match operation {
        Operation::StartChatContact => &["InvalidParameterException", "LimitExceededException"],
        Operation::StopContact => &[
            "InvalidParameterException",
            "InvalidActiveRegionException",
            "ContactNotFoundException",
        ],
        Operation::TransferContact => &[
            "IdempotencyException",
            "AccessDeniedException",
            "ServiceQuotaExceededException",
            "ThrottlingException",
        ],
        Operation::CreateParticipant => &[
            "ServiceQuotaExceededException",
            "ThrottlingException",
            "ConflictException",
        ],
        Operation::DescribeContact => &["InvalidParameterException", "ThrottlingException"],
        Operation::UpdateContactAttributes => {
            &["InvalidParameterException", "InvalidActiveRegionException"]
        }
        Operation::CreatePersistentContactAssociation
        | Operation::ListCustomerChats
        | Operation::ExportTranscript => &[
            "InvalidParameterException",
            "AccessDeniedException",
            "ThrottlingException",
        ],
        Operation::SendEvent => &["ConflictException"],
        Operation::GetContactAttributes
        | Operation::CreateParticipantConnection
        | Operation::GetTranscript
        | Operation::SendMessage
        | Operation::DisconnectParticipant => &[],
    };
    [common, own].concat()
}

/// What every AWS service may answer before it looks at the request: who calls, and how often
/// ([common errors](https://docs.aws.amazon.com/connect/latest/APIReference/CommonErrors.html)).
const COMMON: [&str; 5] = [
    "AccessDeniedException",
    "IncompleteSignature",
    "InvalidSignatureException",
    "UnrecognizedClientException",
    "TooManyRequestsException",
];

#[test]
fn the_error_table() {
    let mut table = String::new();
    for problem in every_problem() {
        writeln!(table, "{problem:?}").expect("a string");
        let mut told: Vec<(ErrorType, String, Vec<String>)> = Vec::new();
        for operation in Operation::ALL {
            let (kind, message) = problem.told(operation);
            let name = match arises(&problem, operation) {
                true => format!("{operation:?}"),
                false => format!("({operation:?})"),
            };
            match told
                .iter_mut()
                .find(|(k, m, _)| (*k, m) == (kind, &message))
            {
                Some((_, _, operations)) => operations.push(name),
                None => told.push((kind, message, vec![name])),
            }
        }
        for (kind, message, operations) in told {
            let status = kind.status();
            writeln!(table, "    {status} {kind}: {message}").expect("a string");
            writeln!(table, "        {}", operations.join(" ")).expect("a string");
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn every_operation_answers_with_the_errors_of_its_model_only() {
    for problem in every_problem() {
        for operation in Operation::ALL {
            let (kind, _) = problem.told(operation);
            let kind = kind.to_string();
            if arises(&problem, operation) && !modelled(operation).contains(&&*kind) {
                assert!(
                    !operation.is_participant() && COMMON.contains(&&*kind),
                    "{operation:?}: {problem:?} is told as {kind}"
                );
            }
        }
    }
}

#[test]
fn a_refusal_that_stays_is_never_one_that_sdks_retry() {
    for problem in every_problem() {
        let passing = matches!(
            problem,
            Problem::Throttled
                | Problem::Internal(_)
                | Problem::Refused(Refusal::NotExpired | Refusal::AttributesMoved)
        );
        for operation in Operation::ALL {
            let (kind, _) = problem.told(operation);
            let retried = kind.status() == 429 || kind.status() >= 500;
            assert_eq!(
                retried, passing,
                "{operation:?}: {problem:?} is told as {kind}"
            );
        }
    }
}

#[test]
fn a_fault_of_ours_is_told_without_its_reason() {
    let problem = Problem::Internal(Fault("the reason for the operator".to_owned()));
    for operation in Operation::ALL {
        let reply = problem.reply(operation, "request-1");
        let body = String::from_utf8(reply.body).expect("JSON");
        assert!(!body.contains("reason"), "{body}");
        assert!(
            reply
                .headers
                .iter()
                .all(|(_, value)| !value.contains("reason"))
        );
    }
}

#[test]
fn an_error_has_every_shape_in_which_clients_look_for_it() {
    let reply = Problem::Throttled.reply(Operation::SendMessage, "request-1");
    assert_eq!(reply.status, 429);
    let body: serde_json::Value = serde_json::from_slice(&reply.body).expect("JSON");
    let message = "Too many requests: try again later";
    let expected = json!({"__type": "ThrottlingException", "message": message, "Message": message});
    assert_eq!(body, expected);
    for header in [
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("x-amzn-RequestId", "request-1"),
        ("x-amzn-ErrorType", "ThrottlingException"),
        ("retry-after", "1"),
    ] {
        let (name, value) = header;
        assert!(
            reply.headers.contains(&(name, value.to_owned())),
            "{header:?}"
        );
    }
}

/// The errors that the OpenAPI document names for an operation: each response's status, and its types.
fn documented(document: &Value, path: &str, method: &str) -> BTreeSet<(String, String)> {
    let responses = document["paths"][path][method]["responses"].as_object();
    let errors = responses.expect("responses").iter();
    let errors = errors.filter(|(status, _)| *status != "200");
    errors
        .flat_map(|(status, response)| {
            let reference = response["$ref"].as_str().expect("a response of all");
            let response = document.pointer(&reference[1..]).expect("a response");
            let types = response
                .pointer("/content/application~1json/schema/allOf/1/properties/__type/enum");
            let types = types.and_then(Value::as_array).cloned().unwrap_or_default();
            let name = |kind: Value| kind.as_str().expect("a type").to_owned();
            types
                .into_iter()
                .map(move |kind| (status.clone(), name(kind)))
        })
        .collect()
}

#[test]
fn the_openapi_document_names_every_error_of_an_operation_and_no_other() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    let document = std::fs::read_to_string(path).expect("the document");
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let mut seen = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, said) in item.as_object().expect("methods") {
            let name = said["operationId"].as_str().expect("a name");
            let name = name.trim_end_matches("ByArn").trim_end_matches("ByWidget");
            let name = name.replace("ListOwnChats", "ListCustomerChats");
            let operation = Operation::ALL
                .into_iter()
                .find(|each| format!("{each:?}") == name);
            let operation = operation.unwrap_or_else(|| panic!("{name} is no operation"));
            let told: BTreeSet<(String, String)> = every_problem()
                .filter(|problem| arises(problem, operation))
                .map(|problem| problem.told(operation).0)
                .map(|kind| (kind.status().to_string(), kind.to_string()))
                .collect();
            assert_eq!(documented(&document, path, method), told, "{method} {path}");
            seen.insert(name);
        }
    }
    assert_eq!(seen.len(), Operation::ALL.len());
}
