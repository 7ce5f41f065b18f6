//! Brings a call into the one form that its signer and its checker both hash.

use http::HeaderMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use super::SignedCall;
use crate::path::segments;

/// All but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// The canonical form of a call, none if a header said to be signed is not there.
///
/// `path` stands in for that of the call; `signed_headers` and `payload_hash` are taken over as the signer wrote them.
pub(super) fn canonical_request(
    call: &SignedCall<'_>,
    path: &str,
    signed_headers: &str,
    payload_hash: &str,
) -> Option<Vec<u8>> {
    let path = canonical_path(path);
    let query = canonical_query(call.query);
    let headers = canonical_headers(signed_headers, call.headers)?;
    let lines = [
        call.method.as_bytes(),
        path.as_bytes(),
        query.as_bytes(),
        &headers,
        signed_headers.as_bytes(),
        payload_hash.as_bytes(),
    ];
    Some(lines.join(&b'\n'))
}

/// The path that an AWS client has sent if a gateway has decoded `path`: all but unreserved characters encoded.
///
/// None if it already is that path, or if decoding brings forth segments that name no id but steer the path.
pub(super) fn path_before_decoding(path: &str) -> Option<String> {
    let mut encoded = Vec::new();
    for segment in segments(path) {
        if matches!(&segment[..], b"." | b"..") {
            return None;
        }
        encoded.push(percent_encode(&segment, RESERVED).to_string());
    }
    let encoded = encoded.join("/");
    (encoded != path).then_some(encoded)
}

/// The path without empty and dot segments, encoded once more than it was sent.
fn canonical_path(path: &str) -> String {
    let mut kept = Vec::new();
    let mut is_folder = false;
    for segment in path.split('/') {
        is_folder = matches!(segment, "" | "." | "..");
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            name => kept.push(name),
        }
    }
    let end = if is_folder && !kept.is_empty() {
        "/"
    } else {
        ""
    };
    let path = format!("/{}{end}", kept.join("/"));
    percent_encode(path.as_bytes(), RESERVED_IN_PATH).to_string()
}

fn canonical_query(query: &str) -> String {
    let given = query.split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<_> = given
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (encoded_once(name), encoded_once(value)))
        .collect();
    // Sorting the joined pairs would differ: '=' is greater than '-' and the digits.
    pairs.sort();
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// The text in the encoding that AWS asks for, whatever characters its sender chose to encode.
fn encoded_once(text: &str) -> String {
    let spaced = text.replace('+', " ");
    let plain: Vec<u8> = percent_decode_str(&spaced).collect();
    percent_encode(&plain, RESERVED).to_string()
}

fn canonical_headers(signed_headers: &str, headers: &HeaderMap) -> Option<Vec<u8>> {
    let mut lines = Vec::new();
    for name in signed_headers.split(';') {
        lines.extend_from_slice(name.as_bytes());
        lines.push(b':');
        lines.extend_from_slice(&canonical_value(name, headers)?);
        lines.push(b'\n');
    }
    Some(lines)
}

fn canonical_value(name: &str, headers: &HeaderMap) -> Option<Vec<u8>> {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|value| single_spaced(value.as_bytes()))
        .collect();
    (!values.is_empty()).then(|| values.join(&b','))
}

fn single_spaced(value: &[u8]) -> Vec<u8> {
    let words: Vec<_> = value
        .split(|byte| *byte == b' ')
        .filter(|word| !word.is_empty())
        .collect();
    words.join(&b' ')
}
