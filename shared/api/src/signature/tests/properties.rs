//! Checks that every call the `aws-sigv4` crate signs is accepted, and no tampered one is.

use http::HeaderValue;
use http::header::AUTHORIZATION;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::{Call, ID, Signer, signed};
use crate::signature::SignatureFault;

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

fn encoded() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| utf8_percent_encode(&text, RESERVED).to_string())
}

fn segment() -> impl Strategy<Value = String> {
    const FIXED: &[&str] = &[
        "",
        ".",
        "..",
        "...",
        "%2e",
        "%c3%bc",
        "a:b@c!$&'()*+,;=d~",
        "arn%3Aaws%3Aconnect%3Aeu-central-1%3A1%3Ainstance%2Fid",
    ];
    prop_oneof![encoded(), select(FIXED).prop_map(str::to_owned)]
}

fn path() -> impl Strategy<Value = String> {
    let path = |segments: Vec<String>| segments.iter().map(|it| format!("/{it}")).collect();
    vec(segment(), 0..6).prop_map(path)
}

fn parameter() -> impl Strategy<Value = String> {
    const FIXED: &[&str] = &[
        "",
        "=",
        "a",
        "a=",
        "a-=1",
        "a=b=c",
        "a+b=c+d",
        "%c3%bc=%7e",
        "a=b:c/d?e@f!",
    ];
    prop_oneof![
        (encoded(), encoded()).prop_map(|(name, value)| format!("{name}={value}")),
        select(FIXED).prop_map(str::to_owned)
    ]
}

fn query() -> impl Strategy<Value = String> {
    vec(parameter(), 0..5).prop_map(|parameters| parameters.join("&"))
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    const NAMES: &[&str] = &[
        "accept",
        "content-type",
        "date",
        "user-agent",
        "x-amz-bearer",
        "x-extra",
    ];
    vec((select(NAMES), "[ -~]{0,12}|[a ]{0,8}"), 0..8)
}

prop_compose! {
    fn call()(
        method in select(&["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]),
        path in path(),
        query in query(),
        headers in headers(),
        body in any::<Vec<u8>>(),
    ) -> Call {
        let mut call = Call::new(method, &path, &query, &body);
        for (name, value) in headers {
            call.append(name, &value);
        }
        call
    }
}

prop_compose! {
    fn signer()(
        token in option::of(Just("FwoGZXIvYXdzEXAMPLE//token==")),
        region in select(&["eu-central-1", "us-gov-west-1"]),
        service in select(&["connect", "execute-api"]),
        at in 0..4_102_444_800_u64,
        sends_hash in any::<bool>(),
    ) -> Signer {
        Signer { token, region, service, at, sends_hash, ..Signer::default() }
    }
}

fn authorization() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: &[&str] = &[
        "AWS4-HMAC-SHA256 ",
        "Credential=",
        "AKIAIOSFODNN7EXAMPLE/20260115/eu-central-1/connect/aws4_request",
        "SignedHeaders=",
        "host;x-amz-date",
        ";",
        "Signature=",
        "00",
        ", ",
        "/",
        "é",
    ];
    let pieced = vec(select(PIECES), 0..12).prop_map(|pieces| pieces.concat().into_bytes());
    prop_oneof![pieced, any::<Vec<u8>>()]
}

proptest! {
    #[test]
    fn a_signed_call_is_accepted(call in call(), signer in signer()) {
        let call = signer.sign(call);
        prop_assert_eq!(call.verified_at(signer.at), Ok(ID.to_owned()));
    }

    #[test]
    fn a_signed_call_with_another_body_is_refused(
        call in call(),
        signer in signer(),
        place in any::<Index>(),
        byte in any::<u8>(),
    ) {
        let mut call = signer.sign(call);
        let place = place.index(call.body.len() + 1);
        call.body.insert(place, byte);
        let fault = if signer.sends_hash {
            SignatureFault::BodyAltered
        } else {
            SignatureFault::Mismatch
        };
        prop_assert_eq!(call.verified_at(signer.at), Err(fault));
    }

    #[test]
    fn another_signature_is_refused(place in 0..64_usize, digit in "[0-9a-f]") {
        let mut call = signed();
        let text = call.headers[AUTHORIZATION].to_str().expect("ASCII");
        let place = text.len() - 64 + place;
        let mut edited = text.to_owned();
        edited.replace_range(place..=place, &digit);
        prop_assume!(edited != text);
        call.set("authorization", &edited);
        prop_assert_eq!(call.verified(), Err(SignatureFault::Mismatch));
    }

    #[test]
    fn a_made_up_authorization_is_refused(text in authorization(), date in any::<Vec<u8>>()) {
        let mut call = signed();
        if let Ok(value) = HeaderValue::from_bytes(&text) {
            call.headers.insert(AUTHORIZATION, value);
            prop_assert!(call.verified().is_err());
        }
        if let Ok(value) = HeaderValue::from_bytes(&date) {
            call.headers.insert("x-amz-date", value);
            prop_assert!(call.verified().is_err());
        }
    }
}
