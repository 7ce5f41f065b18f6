//! The template keeps its promises: closed without a parameter, throttled by route, nothing beyond what roles say, no token in a
//! log, and alarms that are heard.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::tree::read;

/// Every resource with its text, by its name. Resources are paragraphs.
fn resources() -> BTreeMap<String, String> {
    let template = read("template.yaml");
    let (_, rest) = template.split_once("\nResources:\n").expect("resources");
    let (resources, _) = rest.split_once("\nOutputs:\n").expect("outputs");
    let named = |paragraph: &str| {
        let name = paragraph.lines().find_map(|line| {
            let name = line.strip_prefix("  ")?.strip_suffix(':')?;
            (!name.starts_with([' ', '#'])).then(|| name.to_owned())
        });
        name.map(|name| (name, paragraph.to_owned()))
    };
    let found: BTreeMap<_, _> = resources.split("\n\n").filter_map(named).collect();
    assert!(found.len() > 80, "{}", found.len());
    found
}

fn of_type<'a>(
    resources: &'a BTreeMap<String, String>,
    kind: &str,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let line = format!("\n    Type: {kind}\n");
    let of = move |(name, text): (&'a String, &'a String)| {
        text.contains(&line).then_some((&**name, &**text))
    };
    resources.iter().filter_map(of)
}

/// What stands behind a key, up to the end of its line.
fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let line = |line: &'a str| line.trim().strip_prefix(key)?.strip_prefix(": ");
    text.lines().find_map(line)
}

/// The values of a key: one, or a list on one line.
fn values(text: &str) -> Vec<String> {
    let list = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let each = list.unwrap_or(text).split(", ");
    each.map(|one| one.replace('"', "")).collect()
}

/// All (action, resource) of the statements in this text.
fn grants(text: &str) -> BTreeSet<(String, String)> {
    let mut grants = BTreeSet::new();
    for statement in text.split("- Effect: Allow").skip(1) {
        let actions = values(value(statement, "Action").expect("actions"));
        let resources = values(value(statement, "Resource").expect("resources"));
        for action in actions {
            grants.extend(resources.iter().map(|one| (action.clone(), one.clone())));
        }
    }
    assert!(!grants.is_empty());
    grants
}

/// One request to DynamoDB that hangs is told as what it is; several, before Lambda cuts the call off.
#[test]
fn every_wait_fits_into_the_time_that_a_function_has() {
    let template = read("template.yaml");
    let (_, globals) = template.split_once("\nGlobals:\n").expect("globals");
    let seconds = value(globals, "Timeout").and_then(|it| it.parse().ok());
    let function = Duration::from_secs(seconds.expect("seconds"));
    // What Lambda needs around the handler is counted too.
    assert!(lambda::CALL_TIMEOUT + lambda::MARGIN <= function);
    assert!(dynamodb::OPERATION_TIMEOUT + lambda::MARGIN <= lambda::CALL_TIMEOUT);
    // The pauses between attempts are at most a second, and then two.
    let attempts = dynamodb::ATTEMPT_TIMEOUT * dynamodb::ATTEMPTS;
    assert!(dynamodb::CONNECT_TIMEOUT < dynamodb::ATTEMPT_TIMEOUT);
    assert!(attempts < dynamodb::OPERATION_TIMEOUT);
    for (name, text) in of_type(&resources(), "AWS::Serverless::Function") {
        let own = value(text, "Timeout");
        assert_eq!(own.is_some(), name == "Deliver", "{name}");
    }
}

/// To forget a socket and to close it are an attempt each, where all is well but the gateway is slow.
#[test]
fn a_socket_that_cannot_be_told_what_it_missed_can_still_be_forgotten_and_closed() {
    let undone = dynamodb::ATTEMPT_TIMEOUT + gateway::ATTEMPT_TIMEOUT;
    assert!(undone <= lambda::FAREWELL);
    // Of its usual time a call keeps all of that, and has enough left to subscribe and to post.
    assert!(lambda::FAREWELL * 3 <= lambda::CALL_TIMEOUT);
    let told = dynamodb::ATTEMPT_TIMEOUT + gateway::OPERATION_TIMEOUT;
    assert!(told + lambda::FAREWELL <= lambda::CALL_TIMEOUT);
}

/// A batch waits for many, in rounds. In each a session's sockets are read, told, and then closed and forgotten at once.
#[test]
fn a_batch_whose_every_wait_is_the_longest_fits_into_the_time_of_its_function() {
    let resources = resources();
    let number = |name: &str, key| {
        let number = value(&resources[name], key).and_then(|it| it.parse::<u32>().ok());
        number.expect("a number")
    };
    let changes = number("DeliverMapping", "BatchSize");
    let rounds = changes.div_ceil(u32::try_from(deliver::AT_ONCE).expect("few"));
    let posts = gateway::PATIENCE + gateway::OPERATION_TIMEOUT;
    let dismissed = dynamodb::OPERATION_TIMEOUT.max(gateway::OPERATION_TIMEOUT);
    let round = dynamodb::OPERATION_TIMEOUT + posts + dismissed;
    let function = Duration::from_secs(number("Deliver", "Timeout").into());
    assert!(round * rounds + lambda::MARGIN <= function);
}

#[test]
fn without_a_parameter_nobody_unknown_is_let_in() {
    let template = read("template.yaml");
    for (parameter, default) in [("AnonymousStart", "\"false\""), ("JwtIssuer", "\"\"")] {
        let (_, text) = template
            .split_once(&format!("\n  {parameter}:\n"))
            .expect(parameter);
        assert_eq!(value(text, "Default"), Some(default), "{parameter}");
    }
    let resources = resources();
    for (route, condition) in [
        ("StartChatWidgetRoute", "CustomersStart"),
        ("ListOwnChatsRoute", "KnowsCustomers"),
        ("ListOwnChatsByArnRoute", "KnowsCustomers"),
        ("CustomerAuthorizer", "KnowsCustomers"),
    ] {
        assert_eq!(value(&resources[route], "Condition"), Some(condition));
    }
}

#[test]
fn a_throttled_route_exists_before_its_stage() {
    let resources = resources();
    let stage = &resources["Stage"];
    let (_, settings) = stage
        .split_once("      RouteSettings:\n")
        .expect("throttles");
    let mut throttled = 0;
    for line in settings
        .lines()
        .map_while(|line| line.strip_prefix("        "))
    {
        let Some((key, setting)) = line
            .split_once(": ")
            .filter(|_| !line.starts_with([' ', '-']))
        else {
            continue;
        };
        let routes = of_type(&resources, "AWS::ApiGatewayV2::Route");
        let (name, route) = { routes }
            .find(|(_, route)| value(route, "RouteKey") == Some(key))
            .unwrap_or_else(|| panic!("no route {key}"));
        match value(route, "Condition") {
            // CloudFormation waits for what is mentioned anywhere.
            Some(condition) => {
                assert_eq!(setting, "!If", "{key}");
                assert!(
                    stage.contains(&format!("!If [{condition}, !Ref {name}, \"\"]")),
                    "{name}"
                );
            }
            None => {
                let awaited = values(value(stage, "DependsOn").expect("a list"));
                assert!(awaited.iter().any(|it| it == name), "{name}");
            }
        }
        throttled += 1;
    }
    assert_eq!(throttled, 6);
    for stage in ["Stage", "LiveStage"] {
        assert!(
            resources[stage].contains("      DefaultRouteSettings:\n"),
            "{stage}"
        );
    }
}

#[test]
fn the_boundary_lets_functions_do_what_their_roles_let_them_do_and_write_their_log() {
    let resources = resources();
    let mut roles = BTreeSet::new();
    for (name, function) in of_type(&resources, "AWS::Serverless::Function") {
        let grants = grants(function);
        assert!(grants.iter().all(|(_, resource)| resource != "*"), "{name}");
        roles.extend(grants);
    }
    let (logs, rest): (BTreeSet<_>, BTreeSet<_>) = grants(&resources["FunctionsBoundary"])
        .into_iter()
        .partition(|(action, _)| action.starts_with("logs:"));
    assert_eq!(rest, roles);
    assert_eq!(logs.len(), 2);
    assert!(
        logs.iter()
            .all(|(_, resource)| resource.contains(":log-group:${Logs}:"))
    );
    let template = read("template.yaml");
    assert!(template.contains("\n    PermissionsBoundary: !Ref FunctionsBoundary\n"));
}

#[test]
fn no_access_log_shows_what_could_hold_a_token() {
    let harmless = BTreeSet::from([
        "error.message",
        "eventType",
        "integrationErrorMessage",
        "integrationLatency",
        "requestId",
        "requestTime",
        "responseLatency",
        "responseLength",
        "routeKey",
        "status",
    ]);
    let template = read("template.yaml");
    let formats = template
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Format: "));
    let mut logs = 0;
    for format in formats {
        let shown: BTreeSet<&str> = format
            .split("$context.")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap_or_default())
            .collect();
        assert!(shown.is_subset(&harmless), "{shown:?}");
        logs += 1;
    }
    assert_eq!(logs, 2);
}

#[test]
fn stacks_side_by_side_have_their_own_metrics_logs_and_alarms() {
    const NAMESPACE: &str = "PersistentChat/${AWS::StackName}";
    let template = read("template.yaml");
    let namespace = value(&template, "METRICS_NAMESPACE");
    assert_eq!(namespace, Some(&*format!("!Sub {NAMESPACE}")));
    let resources = resources();
    let alarms = of_type(&resources, "AWS::CloudWatch::Alarm");
    let ours: Vec<_> = alarms
        .filter(|(_, alarm)| alarm.contains("PersistentChat"))
        .collect();
    assert_eq!(ours.len(), 2);
    for (name, alarm) in ours {
        let uses = alarm.matches("PersistentChat");
        assert_eq!(uses.count(), alarm.matches(NAMESPACE).count(), "{name}");
    }
    for (name, group) in of_type(&resources, "AWS::Logs::LogGroup") {
        let named = value(group, "LogGroupName");
        let apart = named.is_none_or(|named| named.contains("${AWS::StackName}"));
        assert!(apart, "{name}");
    }
}

#[test]
fn strangers_at_the_door_raise_no_alarm() {
    let resources = resources();
    for (name, alarm) in of_type(&resources, "AWS::CloudWatch::Alarm") {
        // Those that count also what callers do wrong: the gateway's, and the functions' own.
        for metric in ["IntegrationError", "ClientError", "4xx"] {
            let named = format!("MetricName: {metric}");
            assert!(!alarm.contains(&named), "{name} rises with {metric}");
        }
        assert!(!alarm.contains("SUM(Errors)"), "{name}");
    }
}

#[test]
fn every_alarm_is_told_to_the_topic_and_silence_is_no_alarm() {
    let resources = resources();
    let mut alarms = 0;
    for (name, alarm) in of_type(&resources, "AWS::CloudWatch::Alarm") {
        let told = "[!If [HasAlarmTopic, !Ref AlarmTopicArn, !Ref AWS::NoValue]]";
        assert_eq!(value(alarm, "AlarmActions"), Some(told), "{name}");
        assert_eq!(value(alarm, "OKActions"), Some(told), "{name}");
        assert_eq!(
            value(alarm, "TreatMissingData"),
            Some("notBreaching"),
            "{name}"
        );
        alarms += 1;
    }
    assert_eq!(alarms, 11);
}
