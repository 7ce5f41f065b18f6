//! Checks that a call was signed with AWS Signature Version 4 by the holder of a known access key.

use http::HeaderMap;
use http::header::DATE;
use sha2::{Digest, Sha256};
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc2822;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

use canonical::{canonical_request, path_before_decoding};
use claim::Claim;
pub use keys::{AccessKeyId, AccessKeys};

mod canonical;
mod claim;
mod keys;
#[cfg(test)]
mod tests;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The names under which Amazon Connect and API Gateway are signed for.
const SERVICES: [&str; 2] = ["connect", "execute-api"];

/// How far the time of a request may lie from now, either way.
const WINDOW_SECONDS: u64 = 15 * 60;

const AMZ_DATE: &str = "x-amz-date";
const AMZ_CONTENT_SHA256: &str = "x-amz-content-sha256";
const AMZ_SECURITY_TOKEN: &str = "x-amz-security-token";

const AMZ_DATE_FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day]T[hour][minute][second]Z");

/// Stands in for the secret of an unknown key, so that a refusal takes as long as a check.
const NO_ONES_SECRET: &str = "0000000000000000000000000000000000000000";

/// The parts of an HTTP request that a signature covers, as they were received.
///
/// Not shown by `Debug`: headers and body hold credentials and what customers wrote.
#[derive(Clone, Copy)]
pub struct SignedCall<'a> {
    /// The HTTP method, in upper case.
    pub method: &'a str,
    /// The path without the query, percent-encoded as it was sent, or decoded by a gateway; may be empty.
    pub path: &'a str,
    /// The query, still percent-encoded, without the `?`; may be empty.
    pub query: &'a str,
    /// All headers, among them `authorization` and `host`.
    pub headers: &'a HeaderMap,
    /// The whole body; may be empty.
    pub body: &'a [u8],
}

/// Why a call does not count as signed.
#[derive(thiserror::Error, Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureFault {
    /// The headers carry no well-formed signature, or one that leaves out a header it must cover.
    #[error(
        "the signature is not complete: it takes Authorization ({ALGORITHM} Credential, SignedHeaders with host and the x-amz- headers, Signature) and X-Amz-Date, each once"
    )]
    Incomplete,
    /// No access key has the id that the call names.
    #[error("the access key of the signature is none of this service's")]
    UnknownKey,
    /// The signature is for another service, for no region or for another kind of request.
    #[error(
        "the signature is made for another service: it must be for connect or execute-api, in any region"
    )]
    WrongScope,
    /// The request was signed more than 15 minutes from now, or on another day than its scope says.
    #[error(
        "the time of the signature is more than 15 minutes from this server's clock, or not on the day that it names"
    )]
    Expired,
    /// The body is not the one whose hash `x-amz-content-sha256` gives.
    #[error("the body is not the one whose hash X-Amz-Content-Sha256 gives")]
    BodyAltered,
    /// `x-amz-content-sha256` says that the body is not signed, or signed in chunks.
    #[error("X-Amz-Content-Sha256 says that the body is not signed as a whole")]
    BodyUnsigned,
    /// The signature is not the one that the key gives for this request.
    #[error(
        "the signature does not match: another secret, or the method, path, query, host, a signed header or the body was changed after signing"
    )]
    Mismatch,
}

/// Checks the signature of a call and tells whose it is.
///
/// `now_unix_seconds` is the present time in seconds since 1970-01-01T00:00:00Z. The call is
/// checked as the AWS page [Create a signed AWS API request][rules] says, in the form that puts the
/// signature into the `Authorization` header, for the services `connect` and `execute-api` in any
/// region.
///
/// API Gateway's HTTP APIs decode the path before they hand it on. So a call is its signer's if the signature
/// holds for the path as it is here, or for the path that AWS clients send for the ids in it, and for no other.
///
/// Neither the result nor its timing tells more about the keys than whether an id is known.
///
/// # Errors
///
/// The first [`SignatureFault`] found. A key is looked at only after all else about the call is
/// well-formed, in scope and in time.
///
/// [rules]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
pub fn verify<'k>(
    call: &SignedCall<'_>,
    keys: &'k AccessKeys,
    now_unix_seconds: u64,
) -> Result<&'k AccessKeyId, SignatureFault> {
    verify_for(&SERVICES, call, keys, now_unix_seconds)
}

/// Checks the same of a call to other services, named as their clients sign for them.
///
/// # Errors
///
/// As [`verify`].
pub fn verify_for<'k>(
    services: &[&str],
    call: &SignedCall<'_>,
    keys: &'k AccessKeys,
    now_unix_seconds: u64,
) -> Result<&'k AccessKeyId, SignatureFault> {
    let claim = Claim::from_headers(call.headers)?;
    claim.check_coverage(call.headers)?;
    claim.scope.check_service(services)?;
    let timestamp = current_timestamp(call.headers, now_unix_seconds)?;
    claim.scope.check_day(&timestamp)?;

    let payload_hash = payload_hash(call)?;
    let known = keys.find(claim.key_id);
    let secret = known.map_or(NO_ONES_SECRET, |(_, secret)| secret);
    let is_genuine = |path: &str| {
        let request = canonical_request(call, path, claim.signed_headers, &payload_hash)?;
        let request_hash = hex(&Sha256::digest(request));
        let to_sign = format!("{ALGORITHM}\n{timestamp}\n{}\n{request_hash}", claim.scope);
        Some(claim.is_genuine(secret, &to_sign))
    };
    let as_seen = is_genuine(call.path).ok_or(SignatureFault::Mismatch)?;
    let genuine =
        as_seen || path_before_decoding(call.path).and_then(|path| is_genuine(&path)) == Some(true);
    let (id, _) = known.ok_or(SignatureFault::UnknownKey)?;
    if genuine {
        Ok(id)
    } else {
        Err(SignatureFault::Mismatch)
    }
}

/// The time of the request as it is signed, `yyyymmddThhmmssZ`, if it is near enough to now.
fn current_timestamp(headers: &HeaderMap, now_unix_seconds: u64) -> Result<String, SignatureFault> {
    let at = request_time(headers)?.ok_or(SignatureFault::Incomplete)?;
    let distance = i128::from(at.unix_timestamp()) - i128::from(now_unix_seconds);
    if distance.unsigned_abs() > u128::from(WINDOW_SECONDS) {
        return Err(SignatureFault::Expired);
    }
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second) = at.to_hms();
    let month = u8::from(month);
    Ok(format!(
        "{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z"
    ))
}

/// The time of the request in UTC, none if it is malformed or missing.
fn request_time(headers: &HeaderMap) -> Result<Option<OffsetDateTime>, SignatureFault> {
    if let Some(text) = sole_value(headers, AMZ_DATE)? {
        return Ok(parse_amz_date(text));
    }
    // Signers that are handed a Date header of their own keep its form, which is either.
    let date = sole_value(headers, DATE.as_str())?;
    Ok(date.and_then(|text| parse_amz_date(text).or_else(|| parse_http_date(text))))
}

fn parse_amz_date(text: &str) -> Option<OffsetDateTime> {
    let at = PrimitiveDateTime::parse(text, AMZ_DATE_FORMAT).ok()?;
    Some(at.assume_utc())
}

fn parse_http_date(text: &str) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::parse(text, &Rfc2822).ok()?;
    at.checked_to_offset(UtcOffset::UTC)
}

fn payload_hash(call: &SignedCall<'_>) -> Result<String, SignatureFault> {
    let actual = hex(&Sha256::digest(call.body));
    match sole_value(call.headers, AMZ_CONTENT_SHA256)? {
        None => Ok(actual),
        Some(declared) if declared == actual => Ok(actual),
        Some(declared) if declared == "UNSIGNED-PAYLOAD" || declared.starts_with("STREAMING-") => {
            Err(SignatureFault::BodyUnsigned)
        }
        Some(_) => Err(SignatureFault::BodyAltered),
    }
}

/// The value of a header that may be there once at most and holds nothing but ASCII.
fn sole_value<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, SignatureFault> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(SignatureFault::Incomplete);
    }
    value
        .to_str()
        .map(Some)
        .map_err(|_| SignatureFault::Incomplete)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
