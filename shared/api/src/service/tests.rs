//! Instances as paths name them, and the flow after a chat.

use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn settings(instances: &[&str]) -> Settings {
    let keys = crate::keys::SigningKeys::parse(&format!("a:{SECRET}")).expect("keys");
    Settings {
        tokens: Tokens::new(keys),
        session_ids: SessionIdKey::parse(SECRET).expect("a key"),
        access_keys: AccessKeys::default(),
        anonymous_start: false,
        customer_claim: "sub".to_owned(),
        instances: instances
            .iter()
            .map(|id| InstanceId::new(*id).expect("an instance"))
            .collect(),
        default_instance: None,
        default_flow: None,
        disconnect_flow: None,
        websockets: Websockets::Nowhere,
        account: Account::default(),
        rules: Rules::default(),
        limits: Limits::default(),
    }
}

fn named(settings: &Settings, text: &str) -> Result<String, Problem> {
    let instance = settings.instance_in_path(text)?;
    Ok(instance.as_str().to_owned())
}

#[test]
fn a_bare_id_and_its_arn_in_a_path_are_the_same_instance() {
    let settings = settings(&["shop"]);
    for text in [
        "shop",
        "arn:aws-us-gov:connect:us-gov-west-1:1:instance/shop",
    ] {
        assert_eq!(named(&settings, text), Ok("shop".to_owned()), "{text}");
    }
}

#[test]
fn an_arn_in_a_path_may_be_longer_than_an_id() {
    let long = "x".repeat(100);
    let arn = format!("arn:aws:connect:us-west-2:123456789012:instance/{long}");
    assert_eq!(named(&settings(&[]), &arn), Ok(long));
    for text in [
        "x".repeat(101),
        format!("arn:{}", "x".repeat(253)),
        String::new(),
    ] {
        let refused = named(&settings(&[]), &text);
        assert!(
            matches!(&refused, Err(Problem::InvalidMember { member, .. }) if member == "InstanceId"),
            "{refused:?}"
        );
    }
}

#[test]
fn what_is_no_instance_is_not_found() {
    for text in [
        "mall",
        "a/b",
        "shop/",
        "arn:aws:s3:us-west-2:1:instance/shop",
        "arn:aws:connect:us-west-2:1:instance/shop/contact/1",
        "arn:aws:connect:us-west-2:1:instance/",
        "arn:shop",
    ] {
        assert_eq!(
            named(&settings(&["shop"]), text),
            Err(Problem::NoInstance),
            "{text}"
        );
    }
}

#[test]
fn the_disconnect_flow_is_known_by_its_id_and_its_arn_and_by_nothing_that_only_ends_like_it() {
    let arn = |id: &str| format!("arn:aws:connect:us-west-2:1:instance/shop/contact-flow/{id}");
    for configured in ["survey".to_owned(), arn("survey")] {
        let mut settings = settings(&[]);
        assert!(!settings.is_disconnect_flow("survey"));
        settings.disconnect_flow = Some(ContactFlowId(configured));
        for (flow, is) in [
            ("survey".to_owned(), true),
            (arn("survey"), true),
            (arn("another"), false),
            ("shop/contact-flow/survey".to_owned(), false),
        ] {
            assert_eq!(settings.is_disconnect_flow(&flow), is, "{flow}");
        }
    }
}
