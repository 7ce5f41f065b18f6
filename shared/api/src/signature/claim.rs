//! What the `Authorization` header of a call claims, and the proof that it gives.

use std::fmt;

use hmac::digest::InvalidLength;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use http::header::{AUTHORIZATION, HOST};
use sha2::Sha256;

use super::{
    ALGORITHM, AMZ_CONTENT_SHA256, AMZ_DATE, AMZ_SECURITY_TOKEN, SignatureFault, sole_value,
};

const TERMINATOR: &str = "aws4_request";

/// The `x-amz-*` headers that must be signed where they are present.
///
/// Others may have been added on the way by a proxy, such as `x-amz-cf-id`.
const SIGNED_WHERE_PRESENT: [&str; 3] = [AMZ_DATE, AMZ_CONTENT_SHA256, AMZ_SECURITY_TOKEN];

/// What an `Authorization` header claims: who signed which headers for what, and the proof.
pub(super) struct Claim<'a> {
    pub(super) key_id: &'a str,
    pub(super) scope: Scope<'a>,
    pub(super) signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    pub(super) fn from_headers(headers: &'a HeaderMap) -> Result<Self, SignatureFault> {
        let header = sole_value(headers, AUTHORIZATION.as_str())?;
        header
            .and_then(Self::parse)
            .ok_or(SignatureFault::Incomplete)
    }

    fn parse(header: &'a str) -> Option<Self> {
        let parts = header.strip_prefix(ALGORITHM)?.strip_prefix(' ')?;
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for part in parts.split(',') {
            let (name, value) = part.trim().split_once('=')?;
            let place = match name {
                "Credential" => &mut credential,
                "SignedHeaders" => &mut signed_headers,
                "Signature" => &mut signature,
                _ => return None,
            };
            if place.replace(value).is_some() {
                return None;
            }
        }
        let (key_id, scope) = Scope::split_from(credential?)?;
        Some(Self {
            key_id,
            scope,
            signed_headers: signed_headers?,
            signature: signature?,
        })
    }

    /// Refuses a claim that leaves out a header which must be signed.
    pub(super) fn check_coverage(&self, headers: &HeaderMap) -> Result<(), SignatureFault> {
        let present = SIGNED_WHERE_PRESENT.iter().copied();
        let mut required = present
            .filter(|name| headers.contains_key(*name))
            .chain([HOST.as_str()]);
        if required.all(|name| self.signed_headers.split(';').any(|it| it == name)) {
            Ok(())
        } else {
            Err(SignatureFault::Incomplete)
        }
    }

    pub(super) fn is_genuine(&self, secret: &str, to_sign: &str) -> bool {
        let Some(claimed) = unhex(self.signature) else {
            return false;
        };
        self.scope
            .signing_key(secret)
            .and_then(|key| mac(&key, to_sign))
            .is_ok_and(|mac| mac.verify_slice(&claimed).is_ok())
    }
}

/// What a signature is good for: a day, a region and a service.
pub(super) struct Scope<'a> {
    day: &'a str,
    region: &'a str,
    service: &'a str,
    terminator: &'a str,
}

impl<'a> Scope<'a> {
    /// Splits `<key id>/<day>/<region>/<service>/<terminator>` into the key id and the scope.
    fn split_from(credential: &'a str) -> Option<(&'a str, Self)> {
        let mut parts = credential.rsplitn(5, '/');
        let (terminator, service) = (parts.next()?, parts.next()?);
        let (region, day) = (parts.next()?, parts.next()?);
        let scope = Self {
            day,
            region,
            service,
            terminator,
        };
        Some((parts.next()?, scope))
    }

    pub(super) fn check_service(&self, services: &[&str]) -> Result<(), SignatureFault> {
        let known = services.contains(&self.service) && self.terminator == TERMINATOR;
        if known && !self.region.is_empty() {
            Ok(())
        } else {
            Err(SignatureFault::WrongScope)
        }
    }

    pub(super) fn check_day(&self, timestamp: &str) -> Result<(), SignatureFault> {
        match timestamp.split_once('T') {
            Some((day, _)) if day == self.day => Ok(()),
            _ => Err(SignatureFault::Expired),
        }
    }

    fn signing_key(&self, secret: &str) -> Result<Vec<u8>, InvalidLength> {
        let root = format!("AWS4{secret}").into_bytes();
        [self.day, self.region, self.service, self.terminator]
            .iter()
            .try_fold(root, |key, part| {
                Ok(mac(&key, part)?.finalize().into_bytes().to_vec())
            })
    }
}

impl fmt::Display for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            day,
            region,
            service,
            terminator,
        } = self;
        write!(f, "{day}/{region}/{service}/{terminator}")
    }
}

fn mac(key: &[u8], message: &str) -> Result<Hmac<Sha256>, InvalidLength> {
    let mut mac = Hmac::new_from_slice(key)?;
    mac.update(message.as_bytes());
    Ok(mac)
}

/// Reads lower-case hex only: in AWS the signature is a text, so upper case is another signature.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs
        .iter()
        .map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?));
    bytes.collect::<Option<_>>().filter(|_| rest.is_empty())
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}
