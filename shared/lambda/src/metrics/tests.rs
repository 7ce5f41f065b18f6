//! What stands in a line, and that CloudWatch takes it.

use std::collections::BTreeSet;

use api::live::SocketEvent;
use api::{ErrorType, Fault, Operation, Problem, TokenFault};
use domain::{SourceRefusal, StartRefusal};
use serde_json::{Value, json};

use super::*;

const NOW: u128 = 1_800_000_000_000;
const NOTHING: Requests = Requests {
    made: 0,
    retried: 0,
};
const SOME: Requests = Requests {
    made: 4,
    retried: 1,
};

fn line(measure: &Measure) -> Value {
    let line = measure.line(NAMESPACE, SOME, NOW).expect("a line");
    assert!(!line.contains('\n'), "{line}");
    let root: Value = serde_json::from_str(&line).expect("JSON");
    is_taken(&root);
    root
}

/// Checks what the format demands: where it is not met, CloudWatch takes a line for text and says nothing.
fn is_taken(root: &Value) {
    let about = root["_aws"].as_object().expect("metadata");
    assert!(about["Timestamp"].is_u64(), "{root}");
    let directives = about["CloudWatchMetrics"].as_array().expect("directives");
    assert!(!directives.is_empty());
    for directive in directives {
        let members: BTreeSet<&str> = directive
            .as_object()
            .expect("an object")
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(
            members,
            BTreeSet::from(["Dimensions", "Metrics", "Namespace"])
        );
        let namespace = directive["Namespace"].as_str().expect("a text");
        assert!((1..=255).contains(&namespace.len()));
        for set in directive["Dimensions"].as_array().expect("sets") {
            let set = set.as_array().expect("a set");
            assert!(set.len() <= 30);
            for dimension in set {
                let value = &root[dimension.as_str().expect("a name")];
                let value = value.as_str().expect("a dimension's value is a text");
                assert!((1..=1_024).contains(&value.len()) && value.is_ascii());
            }
        }
        let metrics = directive["Metrics"].as_array().expect("metrics");
        assert!((1..=100).contains(&metrics.len()));
        let mut names = BTreeSet::new();
        for metric in metrics {
            let name = metric["Name"].as_str().expect("a name");
            assert!(names.insert(name), "{name} stands there twice");
            assert!(["Count", "Milliseconds"].contains(&metric["Unit"].as_str().expect("a unit")));
            assert!(root[name].is_number(), "{name} has no value");
        }
    }
}

/// The dimensions and names of a line's metrics.
fn defined(root: &Value) -> Vec<(Vec<String>, Vec<String>)> {
    let texts = |list: &Value, of: fn(&Value) -> &Value| -> Vec<String> {
        let list = list.as_array().expect("a list").iter();
        list.map(|each| of(each).as_str().expect("a text").to_owned())
            .collect()
    };
    let directives = root["_aws"]["CloudWatchMetrics"].as_array();
    directives
        .expect("directives")
        .iter()
        .map(|directive| {
            let dimensions = texts(&directive["Dimensions"][0], |each| each);
            (
                dimensions,
                texts(&directive["Metrics"], |each| &each["Name"]),
            )
        })
        .collect()
}

#[test]
fn a_call_that_succeeds_is_counted_with_what_it_asked_of_dynamodb() {
    let root = line(&Measure::of_call(Operation::SendMessage, None, 3.25));
    let expected = json!({
        "_aws": {
            "Timestamp": 1_800_000_000_000_u64,
            "CloudWatchMetrics": [{
                "Namespace": "PersistentChat",
                "Dimensions": [["Operation"]],
                "Metrics": [
                    {"Name": "Calls", "Unit": "Count"},
                    {"Name": "Latency", "Unit": "Milliseconds"},
                    {"Name": "Errors", "Unit": "Count"},
                    {"Name": "Faults", "Unit": "Count"},
                    {"Name": "DynamoDbRequests", "Unit": "Count"},
                    {"Name": "DynamoDbRetries", "Unit": "Count"},
                ],
            }],
        },
        "Operation": "SendMessage",
        "Calls": 1,
        "Latency": 3.25,
        "Errors": 0,
        "Faults": 0,
        "DynamoDbRequests": 4,
        "DynamoDbRetries": 1,
    });
    assert_eq!(root, expected);
}

#[test]
fn deployments_side_by_side_have_their_metrics_apart() {
    let fault = Problem::Internal(Fault(String::new()));
    let measure = Measure::of_call(Operation::SendMessage, Some(&fault), 1.0);
    let line = measure.line("PersistentChat/shop-2", NOTHING, NOW);
    let root: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
    is_taken(&root);
    let directives = root["_aws"]["CloudWatchMetrics"].as_array();
    for directive in directives.expect("directives") {
        assert_eq!(directive["Namespace"], "PersistentChat/shop-2");
    }
}

#[test]
fn every_operation_has_its_name_and_only_those_that_resume_count_refused_resumes() {
    let mut names = BTreeSet::new();
    for operation in Operation::ALL {
        let root = line(&Measure::of_call(operation, None, 1.0));
        names.insert(root["Operation"].as_str().expect("a name").to_owned());
        let resumes = matches!(
            operation,
            Operation::StartChatContact | Operation::CreatePersistentContactAssociation
        );
        let refused = root.get("RefusedResumes");
        assert_eq!(refused, resumes.then_some(&json!(0)), "{operation:?}");
    }
    assert_eq!(names.len(), Operation::ALL.len());
    assert!(names.contains("GetTranscript"));
}

#[test]
fn an_error_is_counted_by_its_type_and_a_fault_of_ours_as_one() {
    let secret = || "s3cret".to_owned();
    for (problem, kind, fault) in [
        (Problem::Malformed(secret()), "ValidationException", 0),
        (
            Problem::Token(TokenFault::Expired),
            "AccessDeniedException",
            0,
        ),
        (Problem::Throttled, "ThrottlingException", 0),
        (
            Problem::Internal(Fault(secret())),
            "InternalServerException",
            1,
        ),
    ] {
        let root = line(&Measure::of_call(
            Operation::SendMessage,
            Some(&problem),
            1.0,
        ));
        assert_eq!(root["ErrorType"], kind);
        assert_eq!((&root["Calls"], &root["Errors"]), (&json!(1), &json!(1)));
        assert_eq!(root["Faults"], fault, "{kind}");
        let defined = defined(&root);
        assert_eq!(defined.len(), 2, "{root}");
        assert_eq!(defined[0].0, ["Operation"]);
        assert_eq!(
            defined[1],
            (
                vec!["Operation".to_owned(), "ErrorType".to_owned()],
                vec!["Errors".to_owned()]
            )
        );
        assert!(!root.to_string().contains("s3cret"));
    }
}

#[test]
fn a_resume_is_refused_for_its_source_and_for_nothing_else() {
    let source = Problem::Start(StartRefusal::Source(SourceRefusal::NotFound));
    for (problem, refused) in [
        (source, 1),
        (Problem::Start(StartRefusal::TokenSpent), 0),
        (Problem::Token(TokenFault::Expired), 0),
    ] {
        for operation in [
            Operation::StartChatContact,
            Operation::CreatePersistentContactAssociation,
        ] {
            let root = line(&Measure::of_call(operation, Some(&problem), 1.0));
            assert_eq!(root["RefusedResumes"], refused, "{problem:?}");
        }
    }
}

#[test]
fn every_event_of_a_websocket_has_its_name_and_a_sign_of_life_no_line() {
    let connect = SocketEvent::Connect {
        token: Some("s3cret".to_owned()),
    };
    let frame = SocketEvent::Frame("s3cret".to_owned());
    for (event, name) in [
        (&connect, "WebsocketConnect"),
        (&frame, "WebsocketFrame"),
        (&SocketEvent::Disconnect, "WebsocketDisconnect"),
    ] {
        let root = line(&Measure::of_socket(event, None, 1.0));
        assert_eq!(root["Operation"], name);
        assert!(!root.to_string().contains("s3cret"));
        let idle = Measure::of_socket(event, None, 1.0).line(NAMESPACE, NOTHING, NOW);
        assert_eq!(idle.is_none(), name == "WebsocketFrame", "{name}");
    }
    let failed = Measure::of_socket(&frame, Some(&Problem::Throttled), 1.0);
    assert!(failed.line(NAMESPACE, NOTHING, NOW).is_some());
    let refused = line(&Measure::of_socket(
        &connect,
        Some(&Problem::Token(TokenFault::Expired)),
        1.0,
    ));
    assert_eq!(
        refused["ErrorType"],
        ErrorType::AccessDeniedException.to_string()
    );
}

#[test]
fn the_names_of_metrics_are_those_of_the_alarms() {
    let all = [
        (Metric::RefusedResumes, "RefusedResumes"),
        (Metric::Delivered, "Delivered"),
        (Metric::Gone, "Gone"),
        (Metric::Failed, "Failed"),
        (Metric::PoisonRecords, "PoisonRecords"),
    ];
    let mut measure = Measure::of("Deliver", 12.0);
    for (metric, _) in all {
        measure = measure.with(metric, 7);
    }
    let root = line(&measure);
    assert_eq!(root["Operation"], "Deliver");
    assert_eq!(root["Latency"], 12);
    for (_, name) in all {
        assert_eq!(root[name], 7, "{name}");
    }
}
