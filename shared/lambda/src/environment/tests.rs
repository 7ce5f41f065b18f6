//! Which variables are taken, and what is said about those that are not.

use std::collections::BTreeMap;

use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn variables() -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("TABLE_NAME", "chat".to_owned()),
        ("SIGNING_KEYS", format!("a:{SECRET}")),
        ("SESSION_ID_KEY", SECRET.to_owned()),
    ])
}

fn error_with(name: &'static str, value: &str) -> String {
    let mut variables = variables();
    variables.insert(name, value.to_owned());
    match Environment::from(|name| variables.get(name).cloned()) {
        Ok(_) => "none".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn no_key_has_a_default() {
    for name in ["TABLE_NAME", "SIGNING_KEYS", "SESSION_ID_KEY"] {
        let expected = format!("the environment variable {name} is not set");
        assert_eq!(error_with(name, ""), expected);
    }
}

#[test]
fn without_settings_nobody_is_let_in_and_limits_are_connects() {
    let variables = variables();
    let environment = Environment::from(|name| variables.get(name).cloned());
    let settings = environment.expect("complete").settings;
    assert!(!settings.anonymous_start);
    assert!(settings.access_keys.is_empty());
    assert!(settings.instances.is_empty());
    assert_eq!(settings.customer_claim, "sub");
    assert_eq!(settings.limits.content_bytes, 16_384);
    assert_eq!(settings.rules.connect_within, domain::minutes(5));
    assert_eq!(settings.disconnect_flow, None);
    assert_eq!(settings.websockets, api::Websockets::Nowhere);
    assert_eq!(settings.account, Account::default());
}

#[test]
fn a_wrong_value_is_named_and_no_secret_is_shown() {
    for (name, value) in [
        ("SIGNING_KEYS", "short:secret"),
        ("SIGNING_KEYS", "no-pair-of-anything-that-is-long-enough"),
        ("SESSION_ID_KEY", "s3cret"),
        ("ACCESS_KEYS", "s3cret"),
        ("ACCESS_KEYS", ":s3cret"),
        ("ACCESS_KEYS", "s3cret:"),
        ("ANONYMOUS_START", "yes"),
        ("CONNECT_WITHIN_SECONDS", "0"),
        ("MAX_CONTENT_BYTES", "16385"),
        ("MAX_CONTENT_BYTES", "-1"),
        ("MAX_CONTENT_BYTES", "0"),
        ("AWS_REGION", "eu/central"),
        ("ACCOUNT_ID", "12345678901"),
        ("ACCOUNT_ID", "12345678901x"),
        ("WEBSOCKET_URL", "ws://localhost:9000"),
    ] {
        let error = error_with(name, value);
        assert!(error.contains(name), "{name}: {error}");
        assert!(!error.contains(value) || value == "0", "{name}: {error}");
    }
}

#[test]
fn one_that_only_tells_what_happens_needs_no_table_of_chats_and_no_secret() {
    let set = |name| match name {
        "CONNECTIONS_TABLE" => Some("connections".to_owned()),
        "WEBSOCKET_URL" => Some("wss://example.com/live".to_owned()),
        _ => None,
    };
    let sockets = SocketVariables::from(set).expect("complete");
    assert_eq!(sockets.table.as_deref(), Some("connections"));
    let management = sockets.management();
    assert_eq!(management.as_deref(), Some("https://example.com/live"));
    let none = SocketVariables::from(|_| Some(String::new())).expect("nothing is needed");
    assert!(none.table.is_none() && none.management().is_none());
}

#[test]
fn the_default_instance_is_one_that_exists() {
    let mut variables = variables();
    variables.insert("INSTANCE_IDS", "one,two".to_owned());
    for (id, taken) in [("one", true), ("two", true), ("three", false)] {
        variables.insert("DEFAULT_INSTANCE_ID", id.to_owned());
        let environment = Environment::from(|name| variables.get(name).cloned());
        assert_eq!(environment.is_ok(), taken, "{id}");
    }
}

#[test]
fn the_account_and_the_disconnect_flow_are_those_that_are_set() {
    let mut variables = variables();
    variables.insert("AWS_REGION", "us-gov-west-1".to_owned());
    variables.insert("ACCOUNT_ID", "123456789012".to_owned());
    variables.insert("DISCONNECT_CONTACT_FLOW_ID", "survey".to_owned());
    let environment = Environment::from(|name| variables.get(name).cloned());
    let settings = environment.expect("complete").settings;
    let account = Account::new("us-gov-west-1", "123456789012").expect("an account");
    assert_eq!(settings.account, account);
    assert_eq!(
        settings.disconnect_flow,
        Some(ContactFlowId("survey".to_owned()))
    );
}

#[test]
fn what_is_set_is_taken() {
    for (name, value) in [
        ("SIGNING_KEYS", format!("b:{SECRET},a:{SECRET}")),
        ("ACCESS_KEYS", "ONE:secret, TWO:other".to_owned()),
        ("ANONYMOUS_START", "true".to_owned()),
        ("INSTANCE_IDS", "one,two".to_owned()),
        ("CONNECT_WITHIN_SECONDS", "10".to_owned()),
        ("DISCONNECT_CONTACT_FLOW_ID", "survey".to_owned()),
        ("AWS_REGION", "eu-central-1".to_owned()),
        ("CONNECTIONS_TABLE", "connections".to_owned()),
        ("WEBSOCKET_URL", "wss://example.com/live".to_owned()),
        ("ACCOUNT_ID", "123456789012".to_owned()),
        ("MAX_CONTENT_BYTES", "16384".to_owned()),
    ] {
        assert_eq!(error_with(name, &value), "none", "{name}");
    }
}

/// What is wrong where secrets hold this and the variables name them, or the settings.
fn with_secrets(held: &[(Secret, &str)]) -> Result<Settings, String> {
    let read = |name: &'static str| {
        let named = held
            .iter()
            .any(|(secret, _)| secret.name_variable() == name);
        let plain = held.iter().any(|(secret, _)| secret.variable() == name);
        let plain = variables().remove(name).filter(|_| !plain);
        plain.or(named.then(|| format!("arn:{name}")))
    };
    let named = Secret::named(read).expect("one form of each");
    let names: Vec<Secret> = named.iter().map(|(secret, _)| *secret).collect();
    assert_eq!(
        names,
        held.iter().map(|(secret, _)| *secret).collect::<Vec<_>>()
    );
    let held = held
        .iter()
        .map(|(secret, text)| (*secret, (*text).to_owned()));
    let environment = Environment::with(read, &held.collect());
    environment
        .map(|environment| environment.settings)
        .map_err(|error| error.to_string())
}

#[test]
fn secrets_that_are_named_are_as_good_as_those_that_are_given() {
    let settings = with_secrets(&[
        (
            Secret::SigningKeys,
            &format!(r#"{{"1": "{SECRET}", "signs_with": "2", "2": "{SECRET},:"}}"#),
        ),
        (Secret::SessionIdKey, &format!("{SECRET}\n")),
        (Secret::AccessKeys, r#"{"backend-1": "a,b:c", "two": "d"}"#),
    ])
    .expect("three secrets");
    assert_eq!(
        format!("{:?}", settings.access_keys),
        r#"{AccessKeyId("backend-1"), AccessKeyId("two")}"#
    );
    let tokens = format!("{:?}", settings.tokens);
    assert!(tokens.contains(r#"["2", "1"]"#), "{tokens}");
    // The same key in either form makes the same ids.
    let given = Environment::from(|name| variables().remove(name)).expect("complete");
    let name = |settings: &Settings| settings.session_ids.log_name("contact");
    assert_eq!(name(&settings), name(&given.settings));
    let nobody = with_secrets(&[(Secret::AccessKeys, "{}")]).expect("no keys");
    assert!(nobody.access_keys.is_empty());
}

#[test]
fn a_secret_of_another_form_is_named_and_not_shown() {
    for (secret, held) in [
        (Secret::SigningKeys, ""),
        (
            Secret::SigningKeys,
            "a:s3cret-of-more-than-thirty-two-letters",
        ),
        (
            Secret::SigningKeys,
            r#"{"1": "s3cret-of-more-than-thirty-two-letters"}"#,
        ),
        (Secret::SigningKeys, r#"{"signs_with": "1", "1": "s3cret"}"#),
        (
            Secret::SigningKeys,
            r#"{"signs_with": "2", "1": "s3cret-of-more-than-thirty-two-letters"}"#,
        ),
        (
            Secret::SigningKeys,
            r#"{"signs_with": "s3cret-of-more-than-thirty-two-letters"}"#,
        ),
        (
            Secret::SigningKeys,
            r#"{"signs_with": 1, "1": "s3cret-of-more-than-thirty-two-letters"}"#,
        ),
        (
            Secret::SigningKeys,
            r#"["s3cret-of-more-than-thirty-two-letters"]"#,
        ),
        (Secret::SessionIdKey, "s3cret"),
        (Secret::AccessKeys, ""),
        (Secret::AccessKeys, "one:s3cret"),
        (Secret::AccessKeys, r#"{"": "s3cret"}"#),
        (Secret::AccessKeys, r#"{"s3cret": ""}"#),
        (Secret::AccessKeys, r#"{"s3cret": 1}"#),
        (Secret::AccessKeys, r#"{"one": "s3cret""#),
    ] {
        let error = with_secrets(&[(secret, held)]).expect_err(held);
        let expected = format!("the environment variable {}: ", secret.name_variable());
        assert!(error.starts_with(&expected), "{held}: {error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
}

#[test]
fn a_secret_that_is_given_and_named_is_refused() {
    for secret in Secret::ALL {
        let read = |name| {
            let known = name == secret.variable() || name == secret.name_variable();
            known.then(|| SECRET.to_owned())
        };
        let expected = format!(
            "the environment variables {} and {} are both set: give one of them",
            secret.variable(),
            secret.name_variable()
        );
        let named = Secret::named(read).expect_err("both forms");
        assert_eq!(named.to_string(), expected);
        let all = |name| read(name).or(variables().remove(name));
        let whole = Environment::from(all).expect_err("both forms");
        assert_eq!(whole.to_string(), expected);
    }
}

#[test]
fn a_secret_that_is_named_and_was_not_read_is_no_empty_one() {
    let read = |name: &'static str| match name {
        "ACCESS_KEYS_SECRET" => Some("arn".to_owned()),
        _ => variables().remove(name),
    };
    let error = Environment::from(read).expect_err("a secret is missing");
    let expected =
        "the environment variable ACCESS_KEYS_SECRET: the secret that it names was not read";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn secrets_are_shown_nowhere() {
    let secrets = Secrets::from_iter([(Secret::SessionIdKey, SECRET.to_owned())]);
    assert_eq!(format!("{secrets:?}"), "{SessionIdKey}");
}
