//! Checks that ids in a path and in a query may be signed, whatever a gateway has decoded of them.

use percent_encoding::percent_decode_str;
use proptest::prelude::*;

use super::{Call, ID, Signer};
use crate::signature::SignatureFault;

const ENCODED: &str =
    "/prod/contacts/arn%3Aaws%3Aconnect%3Aus-west-2%3A1%3Ainstance%2Fabc/11111111-2222";

fn get(path: &str, query: &str) -> Call {
    Signer::default().sign(Call::new("GET", path, query, b""))
}

fn decoded(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// What comes of a call that is signed for one path, and seen with another.
fn seen_as(signed: &str, seen: &str) -> Result<String, SignatureFault> {
    let mut call = get(signed, "maxResults=10");
    call.path = seen.to_owned();
    call.verified()
}

#[test]
fn a_path_with_an_arn_may_be_seen_as_it_was_sent_or_decoded() {
    let half = ENCODED.replace("%3A", ":");
    for seen in [ENCODED, &decoded(ENCODED), &half] {
        assert_eq!(seen_as(ENCODED, seen), Ok(ID.to_owned()), "{seen}");
    }
}

#[test]
fn an_id_of_any_characters_may_be_seen_decoded() {
    for id in [
        "auth0%7C17%40example.org",
        "Zo%C3%AB%20d",
        "100%25",
        "a%2Bb%26c%3Dd",
        "arn",
        "arn%3Aaws%3Aprofile%3A1",
    ] {
        let path = format!("/customers/abc/{id}/chats");
        assert_eq!(seen_as(&path, &path), Ok(ID.to_owned()), "{path}");
        assert_eq!(seen_as(&path, &decoded(&path)), Ok(ID.to_owned()), "{path}");
    }
}

#[test]
fn a_path_that_was_sent_unencoded_is_seen_as_it_was_sent() {
    let path = "/contacts/arn:aws:connect:us-west-2:1:instance/abc/11111111-2222";
    assert_eq!(seen_as(path, path), Ok(ID.to_owned()));
}

#[test]
fn another_path_is_refused() {
    for (signed, seen) in [
        (ENCODED, &*decoded(ENCODED).replace("abc", "abd")),
        (ENCODED, &decoded(ENCODED).replace("us-west-2", "us-west-1")),
        (ENCODED, &decoded(ENCODED).replace("-2222", "-2223")),
        (ENCODED, &decoded(ENCODED).replace("/prod", "")),
        (
            ENCODED,
            &decoded(ENCODED).replace("instance/", "instance%252F"),
        ),
        (ENCODED, &decoded(ENCODED).replace("arn:", "Arn:")),
        (ENCODED, &format!("{}/transcript", decoded(ENCODED))),
        // Only an ARN's slash is a client's %2F again.
        ("/customers/abc/a%2Fb/chats", "/customers/abc/a/b/chats"),
        ("/customers/abc/a/b/chats", "/customers/abc/a%2Fb/chats"),
        ("/contacts/abc/arn%3Ax%2Fy", "/contacts/abc/arn:x/y"),
        // What was decoded once is not decoded twice.
        ("/customers/abc/a%252Fb/chats", "/customers/abc/a/b/chats"),
        ("/customers/abc/a%252Fb/chats", "/customers/abc/a%2Fb/chats"),
        // Segments that steer a path are no ids.
        ("/contacts/abc/x", "/contacts/y/%2E%2E/abc/x"),
        ("/contacts/abc/x", "/contacts/%2e/abc/x"),
        ("/contacts/%2E%2E/x", "/contacts/../x"),
    ] {
        let refused = Err(SignatureFault::Mismatch);
        assert_eq!(seen_as(signed, seen), refused, "{seen}");
    }
}

#[test]
fn another_query_is_refused_whatever_the_path() {
    for path in [ENCODED, &decoded(ENCODED)] {
        let mut call = get(ENCODED, "maxResults=10&nextToken=a");
        call.path = path.to_owned();
        assert_eq!(call.verified(), Ok(ID.to_owned()));
        for query in ["", "maxResults=10", "maxResults=10&nextToken=b"] {
            call.query = query.to_owned();
            assert_eq!(call.verified(), Err(SignatureFault::Mismatch), "{query}");
        }
    }
}

#[test]
fn a_token_in_the_query_may_be_encoded_in_any_way() {
    let mut call = get(
        "/customers/abc/jane/chats",
        "nextToken=a%2Bb%2Fc%3D%3D&maxResults=5",
    );
    for query in [
        "nextToken=a%2Bb%2Fc%3D%3D&maxResults=5",
        "maxResults=5&nextToken=a%2bb/c==",
    ] {
        call.query = query.to_owned();
        assert_eq!(call.verified(), Ok(ID.to_owned()), "{query}");
    }
    call.query = "maxResults=5&nextToken=a+b/c==".to_owned();
    assert_eq!(call.verified(), Err(SignatureFault::Mismatch));
}

proptest! {
    #[test]
    fn an_id_that_is_signed_encoded_is_seen_decoded(id in "[^/%]{1,20}") {
        prop_assume!(!matches!(&*id, "." | ".."));
        prop_assume!(!(id.starts_with("arn:") && id.ends_with(":instance")));
        let encoded: String = id.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        }).collect();
        let (signed, seen) = (format!("/customers/abc/{encoded}/chats"), format!("/customers/abc/{id}/chats"));
        prop_assert_eq!(seen_as(&signed, &seen), Ok(ID.to_owned()));
    }
}
