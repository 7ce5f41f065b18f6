//! Checks signatures that others have made: AWS in its test suite, botocore and the JavaScript SDK.

use http::header::HOST;

use super::{Call, ID};
use crate::signature::{AccessKeys, SignatureFault, verify_for};

/// 2015-08-30T12:36:00Z, when all of the AWS test suite was signed.
const SUITE_SIGNED_AT: u64 = 1_440_938_160;
const SUITE_ID: &str = "AKIDEXAMPLE";
const SUITE_SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

#[track_caller]
fn assert_suite_accepts(method: &str, target: &str, headers: &[(&str, &str)], signature: &str) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut call = Call::new(method, path, query, b"");
    call.set(HOST.as_str(), "example.amazonaws.com");
    call.set("x-amz-date", "20150830T123600Z");
    for (name, value) in headers {
        call.append(name, value);
    }
    let mut names: Vec<_> = call.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    let names = names.join(";");
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={SUITE_ID}/20150830/us-east-1/service/aws4_request, \
         SignedHeaders={names}, Signature={signature}"
    );
    call.set("authorization", &authorization);
    let keys = AccessKeys::from_iter([(SUITE_ID.to_owned(), SUITE_SECRET.to_owned())]);
    let result = verify_for(&["service"], &call.seen(), &keys, SUITE_SIGNED_AT);
    assert_eq!(result.map(AsRef::as_ref), Ok(SUITE_ID));
}

#[test]
fn suite_get_vanilla() {
    let signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    assert_suite_accepts("GET", "/", &[], signature);
}

#[test]
fn suite_get_relative_relative_normalized() {
    let signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    assert_suite_accepts("GET", "/example1/example2/../..", &[], signature);
}

#[test]
fn suite_get_slashes_normalized() {
    let signature = "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84";
    assert_suite_accepts("GET", "//example//", &[], signature);
}

#[test]
fn suite_get_utf8() {
    let signature = "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85";
    assert_suite_accepts("GET", "/ሴ", &[], signature);
}

#[test]
fn suite_get_vanilla_query_order_key_case() {
    let signature = "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500";
    assert_suite_accepts("GET", "/?Param2=value2&Param1=value1", &[], signature);
}

#[test]
fn suite_get_vanilla_query_order_encoded() {
    let signature = "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac";
    let target = "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1";
    assert_suite_accepts("GET", target, &[], signature);
}

#[test]
fn suite_get_header_value_order() {
    let signature = "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01";
    let values = ["value4", "value1", "value3", "value2"];
    let headers = values.map(|value| ("my-header1", value));
    assert_suite_accepts("GET", "/", &headers, signature);
}

#[test]
fn suite_get_header_value_trim() {
    let signature = "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736";
    let headers = [("my-header1", " value1"), ("my-header2", r#" "a   b   c""#)];
    assert_suite_accepts("GET", "/", &headers, signature);
}

#[test]
fn suite_get_vanilla_with_session_token() {
    let signature = "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8";
    let token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
    assert_suite_accepts("GET", "/", &[("x-amz-security-token", token)], signature);
}

#[test]
fn suite_post_header_key_sort() {
    let signature = "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c";
    assert_suite_accepts("POST", "/", &[("my-header1", "value1")], signature);
}

#[test]
fn suite_post_vanilla_query() {
    let signature = "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11";
    assert_suite_accepts("POST", "/?Param1=value1", &[], signature);
}

/// `Authorization` as botocore 1.43 and the JavaScript SDK wrote it, its parts put together again.
fn sdk_authorization(id: &str, service: &str, signed_headers: &str, signature: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={id}/20260115/eu-central-1/{service}/aws4_request, \
         SignedHeaders={signed_headers}, Signature={signature}"
    )
}

#[test]
fn botocore_start_chat_contact() {
    let body = br#"{"InstanceId": "11111111-2222-3333-4444-555555555555", "ContactFlowId": "66666666-7777-8888-9999-000000000000", "ParticipantDetails": {"DisplayName": "Zo\u00eb"}, "ClientToken": "token-1"}"#;
    let mut call = Call::new("PUT", "/contact/chat", "", body);
    call.set("content-type", "application/json");
    call.set("x-amz-date", "20260115T103000Z");
    let signature = "8befe063bd54073a391d53992fe128cfcee56d3b11fb48f9c47b02fa4a8e7403";
    let signed_headers = "content-type;host;x-amz-date";
    let authorization = sdk_authorization(ID, "connect", signed_headers, signature);
    call.set("authorization", &authorization);
    assert_eq!(call.verified(), Ok(ID.to_owned()));
}

#[test]
fn botocore_describe_contact_with_an_arn_in_the_path() {
    let path = "/contacts/arn%3Aaws%3Aconnect%3Aeu-central-1%3A123456789012%3Ainstance%2F11111111-2222-3333-4444-555555555555/c%2F1%20%C3%BC~";
    let mut call = Call::new("GET", path, "", b"");
    call.set("x-amz-date", "20260115T103000Z");
    let signature = "1134a7ed1c576c5ab330360ff14b9b8dbe11d7616dc591f7d358645470ff466a";
    let authorization = sdk_authorization(ID, "connect", "host;x-amz-date", signature);
    call.set("authorization", &authorization);
    assert_eq!(call.verified(), Ok(ID.to_owned()));
}

#[test]
fn botocore_list_contact_references_with_a_query_and_a_session_token() {
    let path = "/contact/references/arn%3Aaws%3Aconnect%3Aeu-central-1%3A123456789012%3Ainstance%2F11111111/66666666-7777-8888-9999-000000000000";
    let query = "referenceTypes=URL&referenceTypes=ATTACHMENT&nextToken=a%2Bb%2Fc%3D%26d%20e~";
    let mut call = Call::new("GET", path, query, b"");
    call.set("x-amz-date", "20260115T103000Z");
    call.set("x-amz-security-token", "FwoGZXIvYXdzEXAMPLE//token==");
    let signature = "5c725d0a35f59b278c4b598dea4c59f74761eac304f8f682417751999411a7f9";
    let signed_headers = "host;x-amz-date;x-amz-security-token";
    let authorization = sdk_authorization(ID, "connect", signed_headers, signature);
    call.set("authorization", &authorization);
    assert_eq!(call.verified(), Ok(ID.to_owned()));
}

#[test]
fn botocore_with_a_date_header_of_its_own() {
    let mut call = Call::new("GET", "/participant/a//b/../c/", "b=2&a=1&a-=3", b"");
    call.set("date", "Thu, 15 Jan 2026 10:30:00 -0000");
    call.set("x-extra", "  two   spaces ");
    let signature = "2555bd8baa272c3586036dd1d05f63a05460b1403f068609bd298003325c17ba";
    let signed_headers = "date;host;x-extra";
    let authorization = sdk_authorization(ID, "execute-api", signed_headers, signature);
    call.set("authorization", &authorization);
    assert_eq!(call.verified(), Ok(ID.to_owned()));
}

#[test]
fn javascript_with_a_hash_of_the_body() {
    let path = "/contacts/arn%3Aaws%3Aconnect%3Aeu-central-1%3A123456789012%3Ainstance%2F1(1)!/c%2F1%20%C3%BC~";
    let query = "nextToken=a%2Bb%2Fc%3D%26d%20e~%27%28%2A%29%21&referenceTypes=URL&referenceTypes=ATTACHMENT";
    let mut call = Call::new("GET", path, query, b"");
    call.set("x-amz-date", "20260115T103000Z");
    call.set("x-extra", "  two   spaces ");
    let empty_hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    call.set("x-amz-content-sha256", empty_hash);
    let signature = "9a5a89bfdcf4e804f45916883ee6e89d661f58d3d8ce17325859d59eb5b435eb";
    let signed_headers = "host;x-amz-content-sha256;x-amz-date;x-extra";
    let authorization = sdk_authorization(ID, "connect", signed_headers, signature);
    call.set("authorization", &authorization);
    assert_eq!(call.verified(), Ok(ID.to_owned()));
}

#[test]
fn javascript_with_an_empty_key() {
    let body = br#"{"Type":["WEBSOCKET"]}"#;
    let mut call = Call::new("POST", "/participant/connection", "", body);
    call.set("content-type", "application/json");
    call.set("x-amz-bearer", "token");
    call.set("x-amz-date", "20260115T103000Z");
    let hash = "fb9aa5184fece03e2eb275f2b384db5098fca1ab888272a289907c1222607b1c";
    call.set("x-amz-content-sha256", hash);
    let signature = "18ae24cd758290f925742beb4e7987014c8c4cba8ca3aa4f84db1039ff26c780";
    let signed_headers = "content-type;host;x-amz-bearer;x-amz-content-sha256;x-amz-date";
    let authorization = sdk_authorization("", "execute-api", signed_headers, signature);
    call.set("authorization", &authorization);
    assert_eq!(call.verified(), Err(SignatureFault::UnknownKey));
}
