//! Checks that a call is refused, and for the right reason, once anything about it is not as it
//! was signed.

use aws_sigv4::http_request::SignableBody;
use http::HeaderValue;
use http::header::AUTHORIZATION;

use super::{Call, SIGNED_AT, Signer, signed};
use crate::signature::{AccessKeys, SignatureFault, verify};

#[track_caller]
fn assert_refused(call: &Call, fault: SignatureFault) {
    assert_eq!(call.verified(), Err(fault));
}

#[track_caller]
fn assert_edit_refused(from: &str, to: &str, fault: SignatureFault) {
    let mut call = signed();
    call.edit_authorization(from, to);
    assert_refused(&call, fault);
}

#[track_caller]
fn assert_change_refused(change: impl FnOnce(&mut Call), fault: SignatureFault) {
    let mut call = signed();
    change(&mut call);
    assert_refused(&call, fault);
}

#[track_caller]
fn assert_signer_refused(signer: &Signer, fault: SignatureFault) {
    assert_refused(&signer.sign(Call::start_chat()), fault);
}

#[test]
fn an_unknown_key() {
    let signer = Signer {
        id: "AKIDUNKNOWN",
        ..Signer::default()
    };
    assert_signer_refused(&signer, SignatureFault::UnknownKey);
}

#[test]
fn an_empty_key_as_browsers_use() {
    let signer = Signer {
        id: "",
        secret: "",
        ..Signer::default()
    };
    assert_signer_refused(&signer, SignatureFault::UnknownKey);

    let keys = AccessKeys::from_iter([(String::new(), String::new())]);
    let call = signer.sign(Call::start_chat());
    let result = verify(&call.seen(), &keys, SIGNED_AT);
    assert_eq!(result, Err(SignatureFault::UnknownKey));
}

#[test]
fn an_unknown_key_that_guesses_the_stand_in_secret() {
    let signer = Signer {
        id: "AKIDUNKNOWN",
        secret: crate::signature::NO_ONES_SECRET,
        ..Signer::default()
    };
    assert_signer_refused(&signer, SignatureFault::UnknownKey);
}

#[test]
fn any_key_where_there_are_none() {
    let call = signed();
    let result = verify(&call.seen(), &AccessKeys::default(), SIGNED_AT).map(ToString::to_string);
    assert_eq!(result, Err(SignatureFault::UnknownKey));
}

#[test]
fn a_wrong_secret() {
    let signer = Signer {
        secret: "guessed",
        ..Signer::default()
    };
    assert_signer_refused(&signer, SignatureFault::Mismatch);
}

#[test]
fn anothers_id() {
    assert_edit_refused(super::ID, "AKIDOTHER", SignatureFault::Mismatch);
}

#[test]
fn another_service() {
    let signer = Signer {
        service: "s3",
        ..Signer::default()
    };
    assert_signer_refused(&signer, SignatureFault::WrongScope);
    assert_edit_refused("/connect/", "/execute-api/", SignatureFault::Mismatch);
}

#[test]
fn another_region() {
    assert_edit_refused("eu-central-1", "us-east-1", SignatureFault::Mismatch);
    assert_edit_refused("eu-central-1", "", SignatureFault::WrongScope);
}

#[test]
fn another_terminator() {
    assert_edit_refused("aws4_request", "aws4_reply", SignatureFault::WrongScope);
}

#[test]
fn a_signature_that_is_too_old_or_from_the_future() {
    for now in [SIGNED_AT - 901, SIGNED_AT + 901, 0, u64::MAX] {
        assert_eq!(signed().verified_at(now), Err(SignatureFault::Expired));
    }
}

#[test]
fn a_scope_of_another_day() {
    assert_edit_refused("/20260115/", "/20260114/", SignatureFault::Expired);
    assert_edit_refused("/20260115/", "//", SignatureFault::Expired);
}

#[test]
fn an_altered_date() {
    let alter = |call: &mut Call| call.set("x-amz-date", "20260115T103001Z");
    assert_change_refused(alter, SignatureFault::Mismatch);
}

#[test]
fn an_altered_method() {
    assert_change_refused(|call| call.method = "POST".into(), SignatureFault::Mismatch);
}

#[test]
fn an_altered_path() {
    for path in ["/contact/chats", "/contact%2Fchat", "/contact/chat/"] {
        assert_change_refused(|call| call.path = path.into(), SignatureFault::Mismatch);
    }
}

#[test]
fn an_altered_query() {
    for query in ["a=1&b=3", "a=1", "a=1&b=2&c", "a=1%26b=2"] {
        assert_change_refused(|call| call.query = query.into(), SignatureFault::Mismatch);
    }
}

#[test]
fn an_altered_signed_header() {
    let alter = |call: &mut Call| call.set("content-type", "text/plain");
    assert_change_refused(alter, SignatureFault::Mismatch);
    let repeat = |call: &mut Call| call.append("content-type", "text/plain");
    assert_change_refused(repeat, SignatureFault::Mismatch);
    let remove = |call: &mut Call| drop(call.headers.remove("content-type"));
    assert_change_refused(remove, SignatureFault::Mismatch);
    assert_edit_refused("content-type;", "", SignatureFault::Mismatch);
}

#[test]
fn a_signed_empty_header_that_was_removed() {
    let mut call = Call::start_chat();
    call.append("x-extra", "");
    let mut call = Signer::default().sign(call);
    call.headers.remove("x-extra");
    assert_refused(&call, SignatureFault::Mismatch);
}

#[test]
fn an_altered_body() {
    let alter = |call: &mut Call| call.body.push(b' ');
    assert_change_refused(alter, SignatureFault::Mismatch);
}

#[test]
fn a_body_with_another_hash_than_the_signed_one() {
    let signer = Signer {
        sends_hash: true,
        ..Signer::default()
    };
    let mut call = signer.sign(Call::start_chat());
    call.body.push(b' ');
    assert_refused(&call, SignatureFault::BodyAltered);
}

#[test]
fn a_body_that_is_not_signed() {
    let signer = Signer {
        sends_hash: true,
        ..Signer::default()
    };
    for body in [
        SignableBody::UnsignedPayload,
        SignableBody::StreamingUnsignedPayloadTrailer,
        SignableBody::StreamingSignedPayloadTrailer,
    ] {
        let call = signer.sign_with_body(Call::start_chat(), body);
        assert_refused(&call, SignatureFault::BodyUnsigned);
    }
}

#[test]
fn a_signature_in_another_notation() {
    let call = signed();
    let text = call.headers[AUTHORIZATION].to_str().expect("ASCII");
    let (_, signature) = text.rsplit_once('=').expect("a signature");
    let mut not_hex = signature.to_owned();
    not_hex.replace_range(..1, "g");
    for other in [
        "",
        &signature[..62],
        &signature[..63],
        &signature.to_ascii_uppercase(),
        &format!("{signature}0"),
        &format!("{signature}00"),
        &not_hex,
    ] {
        assert_edit_refused(signature, other, SignatureFault::Mismatch);
    }
}

#[test]
fn headers_that_must_be_signed_and_are_not() {
    assert_edit_refused(";host", "", SignatureFault::Incomplete);
    assert_edit_refused(";x-amz-date", "", SignatureFault::Incomplete);
    for name in ["x-amz-security-token", "x-amz-content-sha256"] {
        assert_change_refused(|call| call.append(name, "x"), SignatureFault::Incomplete);
    }
}

#[test]
fn a_missing_or_malformed_date() {
    let remove = |call: &mut Call| drop(call.headers.remove("x-amz-date"));
    assert_change_refused(remove, SignatureFault::Incomplete);
    for date in [
        "",
        "now",
        "20260115",
        "20261315T103000Z",
        "2026-01-15T10:30:00Z",
    ] {
        let alter = |call: &mut Call| call.set("x-amz-date", date);
        assert_change_refused(alter, SignatureFault::Incomplete);
    }
    let repeat = |call: &mut Call| call.append("x-amz-date", "20260115T103000Z");
    assert_change_refused(repeat, SignatureFault::Incomplete);
}

#[test]
fn a_date_at_the_end_of_time() {
    let alter = |call: &mut Call| {
        call.headers.remove("x-amz-date");
        call.set("date", "Fri, 31 Dec 9999 23:59:59 -0100");
    };
    assert_change_refused(alter, SignatureFault::Incomplete);
}

#[test]
fn a_missing_or_malformed_authorization() {
    for text in [
        "",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 ",
        "Bearer token",
        "AWS4-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=00",
        "AWS4-HMAC-SHA256 Credential=a/b/c/d,SignedHeaders=host,Signature=00",
        "AWS4-HMAC-SHA256 Credential=a/b/c/connect/aws4_request,SignedHeaders=host",
        "AWS4-HMAC-SHA256 Credential=a/b/c/connect/aws4_request,Signature=00",
        "AWS4-HMAC-SHA256 SignedHeaders=host,Signature=00",
    ] {
        let alter = |call: &mut Call| call.set("authorization", text);
        assert_change_refused(alter, SignatureFault::Incomplete);
    }
    let remove = |call: &mut Call| drop(call.headers.remove(AUTHORIZATION));
    assert_change_refused(remove, SignatureFault::Incomplete);
}

#[test]
fn an_authorization_with_repeated_or_foreign_parts() {
    for to in [
        "Signature=00, Signature=",
        "Other=1, Signature=",
        ", Signature=",
    ] {
        assert_edit_refused("Signature=", to, SignatureFault::Incomplete);
    }
    assert_edit_refused(
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA512",
        SignatureFault::Incomplete,
    );
}

#[test]
fn a_repeated_authorization() {
    let repeat = |call: &mut Call| {
        let first = call.headers[AUTHORIZATION].clone();
        call.headers.append(AUTHORIZATION, first);
    };
    assert_change_refused(repeat, SignatureFault::Incomplete);
}

#[test]
fn an_authorization_that_is_not_ascii() {
    let alter = |call: &mut Call| {
        let value = HeaderValue::from_bytes(b"AWS4-HMAC-SHA256 \xff").expect("a header value");
        call.headers.insert(AUTHORIZATION, value);
    };
    assert_change_refused(alter, SignatureFault::Incomplete);
}
