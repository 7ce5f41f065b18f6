//! Paths of every form, encoded and decoded, with and without a stage in front.

use http::{HeaderMap, Method};

use super::*;
use crate::entropy::Entropy;

const ARN: &str = "arn:aws:connect:us-west-2:123456789012:instance/shop";
const ENCODED_ARN: &str = "arn%3Aaws%3Aconnect%3Aus-west-2%3A123456789012%3Ainstance%2Fshop";

fn call(path: &str) -> Call {
    Call {
        method: Method::GET,
        path: path.to_owned(),
        query: String::new(),
        headers: HeaderMap::new(),
        body: Vec::new(),
        claims: None,
        request_id: String::new(),
        now: domain::Timestamp::from_millis(0),
        entropy: Entropy::new([0; 48]),
    }
}

#[track_caller]
fn assert_ids(form: &PathForm, path: &str, instance: &str, id: &str) {
    let ids = PathIds {
        instance: instance.to_owned(),
        id: id.to_owned(),
    };
    assert_eq!(form.ids(&call(path)), Ok(ids), "{path}");
}

#[track_caller]
fn assert_refused(form: &PathForm, path: &str, told: &str) {
    let problem = form.ids(&call(path)).expect_err(path);
    let (_, message) = problem.told(crate::Operation::DescribeContact);
    assert_eq!(message, told, "{path}");
}

#[test]
fn an_instance_is_a_bare_id_or_an_arn_encoded_or_decoded() {
    for stage in ["", "/prod", "/contacts", "/arn", "/a/b"] {
        for (given, instance) in [("shop", "shop"), (ENCODED_ARN, ARN), (ARN, ARN)] {
            for (form, before, after) in [
                (&CONTACT, "contacts", ""),
                (&CONTACT_TRANSCRIPT, "contacts", "/transcript"),
                (&CONTACT_ATTRIBUTES, "contact/attributes", ""),
                (&ASSOCIATION, "contact/persistent-contact-association", ""),
                (&CUSTOMER_CHATS, "customers", "/chats"),
            ] {
                let path = format!("{stage}/{before}/{given}/id{after}");
                assert_ids(form, &path, instance, "id");
            }
        }
    }
}

#[test]
fn an_arn_may_be_decoded_in_part() {
    let path = format!("/contacts/{}/id", ARN.replace('/', "%2f"));
    assert_ids(&CONTACT, &path, ARN, "id");
    // As two segments, each encoded by itself.
    let path = format!("/contacts/{}/id", ARN.replace(':', "%3A"));
    assert_ids(&CONTACT, &path, ARN, "id");
}

#[test]
fn an_id_is_decoded_once() {
    for (given, id) in [
        ("a%2Fb", "a/b"),
        ("a%252Fb", "a%2Fb"),
        ("100%", "100%"),
        ("a+b", "a+b"),
        ("Zo%C3%AB", "Zoë"),
        ("Zoë d|x", "Zoë d|x"),
        ("arn%3Ax", "arn:x"),
        ("me", "me"),
    ] {
        let path = format!("/customers/shop/{given}/chats");
        assert_ids(&CUSTOMER_CHATS, &path, "shop", id);
    }
    assert_ids(&CONTACT, "/contacts/arn%3Ax/id", "arn:x", "id");
    assert_ids(&CONTACT, "/contacts/a%2Fb/id", "a/b", "id");
}

#[test]
fn a_customer_whose_id_begins_as_an_arn_does_is_found_whoever_decodes_the_path() {
    for path in [
        "/customers/shop/arn%3Aaws%3Aprofile%3A1/chats",
        "/customers/shop/arn:aws:profile:1/chats",
    ] {
        assert_ids(&CUSTOMER_CHATS, path, "shop", "arn:aws:profile:1");
    }
}

#[test]
fn a_path_of_another_form_is_refused() {
    let told = "The path must end in contacts/{InstanceId}/{ContactId}";
    for path in [
        "",
        "/",
        "/contacts",
        "/contacts/shop",
        "/contacts/shop/a/b",
        "/contacts/shop/id/",
        "/contact/attributes/shop/id",
        "/Contacts/shop/id",
        "/contacts/arn:aws:connect:us-west-2:1:instance/shop",
    ] {
        assert_refused(&CONTACT, path, told);
    }
    let told = "The path must end in customers/{InstanceId}/{CustomerId}/chats";
    for path in ["/customers/shop/a/b/chats", "/customers/shop/a/chat"] {
        assert_refused(&CUSTOMER_CHATS, path, told);
    }
}

#[test]
fn a_path_that_leads_elsewhere_names_nothing() {
    // Signed, both are the path of `/contacts/shop/id`.
    let told = "The path must end in contacts/{InstanceId}/{ContactId}";
    for path in ["/contacts/shop/contacts/../id", "/./contacts/shop/id"] {
        assert_refused(&CONTACT, path, told);
    }
    // As an id, which has to be encoded, it is one.
    let path = "/customers/shop/%2E%2E/chats";
    assert_ids(&CUSTOMER_CHATS, path, "shop", "..");
}

#[test]
fn an_id_that_is_too_long_or_no_text_is_named() {
    let long = "x".repeat(257);
    let told = "ContactId must have 1 to 256 characters, not 257";
    assert_refused(&CONTACT, &format!("/contacts/shop/{long}"), told);
    let told = "InitialContactId must have 1 to 256 characters, not 0";
    assert_refused(&CONTACT_ATTRIBUTES, "/contact/attributes/shop/", told);
    let long = "%C3%AB".repeat(129);
    let told = "CustomerId must have 1 to 128 characters, not 129";
    let path = format!("/customers/shop/{long}/chats");
    assert_refused(&CUSTOMER_CHATS, &path, told);
    let told = "CustomerId must be UTF-8, percent-encoded";
    assert_refused(&CUSTOMER_CHATS, "/customers/shop/%FF/chats", told);
    let told = "InstanceId must be UTF-8, percent-encoded";
    assert_refused(&CONTACT, "/contacts/%ff/id", told);
}
