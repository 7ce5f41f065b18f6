//! Signatures: whatever stands in the headers, nobody gets in without the secret; and of a call that AWS's own crate has
//! signed nothing can be changed but what means the same.

use api::operations::{describe_contact, list_customer_chats};
use api::{AccessKeyId, Call, Caller, Entropy, SignedCall, verify};
use domain::{ContactId, CustomerId, InstanceId};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::chance::{Chance, altered, altered_text};
use crate::floor::{BEGIN, settings};
use crate::stage::Signer;

const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];
const HOST: &str = "chat.example.org";
/// Paths that something is added to.
const PATHS: [&str; 5] = [
    "/",
    "/contact/chat",
    "/contacts/local/9f3c1a2b-77d4-8000-b1c2-0123456789ab",
    "/contacts/arn%3Aaws%3Aconnect%3Aus-east-1%3A1%3Ainstance%2Flocal/9f3c1a2b-77d4-8000-b1c2-0123456789ab",
    "/customers/local/jane%20doe/chats",
];

#[derive(Clone)]
struct Sent {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Checks one call.
pub fn check(bytes: &[u8]) {
    let mut chance = Chance::new(bytes);
    match chance.byte() % 4 {
        0 => unsigned(chance),
        _ => signed(chance),
    }
}

/// Headers of any content: no signature in them is right.
fn unsigned(mut chance: Chance<'_>) {
    let authorization = match chance.flag() {
        true => String::from_utf8_lossy(chance.piece()).into_owned(),
        false => {
            let id = chance.one_of(&["local", "second", "nobody", ""]);
            let day = chance.one_of(&["20270115", "20270114", "2027011", ""]);
            let service = chance.one_of(&["connect", "execute-api", "s3", ""]);
            let names = chance.one_of(&["host;x-amz-date", "host", "x-amz-date;host", ";", ""]);
            let claimed: String = chance
                .piece()
                .iter()
                .map(|each| format!("{each:02x}"))
                .collect();
            format!(
                "AWS4-HMAC-SHA256 Credential={id}/{day}/us-east-1/{service}/aws4_request, SignedHeaders={names}, Signature={claimed}"
            )
        }
    };
    let mut headers = vec![
        ("authorization".to_owned(), authorization),
        ("host".to_owned(), HOST.to_owned()),
        ("x-amz-date".to_owned(), "20270115T080000Z".to_owned()),
    ];
    for _ in 0..chance.byte() % 4 {
        let name = chance.one_of(&[
            "x-amz-date",
            "date",
            "x-amz-content-sha256",
            "x-amz-security-token",
            "authorization",
            "host",
        ]);
        headers.push((
            name.to_owned(),
            String::from_utf8_lossy(chance.piece()).into_owned(),
        ));
    }
    let sent = Sent {
        method: chance.one_of(&METHODS).to_owned(),
        path: String::from_utf8_lossy(chance.piece()).into_owned(),
        query: String::from_utf8_lossy(chance.piece()).into_owned(),
        headers,
        body: chance.rest().to_vec(),
    };
    assert_eq!(
        sent.signer(),
        None,
        "a call without a right signature was taken"
    );
}

fn signed(mut chance: Chance<'_>) {
    let method = chance.one_of(&METHODS).to_owned();
    let path = format!("{}{}", chance.one_of(&PATHS), text(chance.piece()));
    let query = text(chance.piece());
    let mut headers = vec![("host".to_owned(), HOST.to_owned())];
    if chance.flag() {
        headers.push(("x-extra".to_owned(), text(chance.piece())));
    }
    let signer = Signer {
        service: chance.one_of(&["connect", "execute-api"]),
        ahead: chance.one_of(&[0, 899, -899, 1]),
        ..Signer::BACKEND
    };
    let body = chance.piece().to_vec();
    let mark = if query.is_empty() { "" } else { "?" };
    let url = format!("https://{HOST}{path}{mark}{query}");
    let parsed: Option<http::Uri> = url.parse().ok();
    // Nothing that the signer would read otherwise than it was written: such an address nobody sends.
    let as_is = |uri: &http::Uri| uri.path() == path && uri.query().unwrap_or_default() == query;
    if !parsed.is_some_and(|uri| as_is(&uri)) || lossy(&query) {
        return;
    }
    headers.extend(signer.headers(&method, &url, &headers, &body, BEGIN));
    let sent = Sent {
        method,
        path,
        query,
        headers,
        body,
    };
    let Some(key) = sent.signer() else {
        panic!(
            "a right signature was refused: {} {}",
            sent.path, sent.query
        );
    };
    assert_eq!(key.as_ref(), "local");
    let mut other = sent.clone();
    other.alter(&mut chance);
    if other.signer().is_some() {
        sent.means_the_same(&other, key);
    }
}

/// Whether a text is of bytes that are no UTF-8 once they are decoded: signers do not agree on these.
fn lossy(query: &str) -> bool {
    let decoded: Vec<u8> = percent_encoding::percent_decode_str(query).collect();
    std::str::from_utf8(&decoded).is_err()
}

/// Bytes as what may stand in an address or a header.
fn text(bytes: &[u8]) -> String {
    let graphic = bytes.iter().filter(|byte| byte.is_ascii_graphic());
    graphic.map(|byte| char::from(*byte)).collect()
}

impl Sent {
    fn map(&self) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(name.as_str());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
                map.append(name, value);
            }
        }
        map
    }

    /// Who is taken for the signer of the call.
    fn signer(&self) -> Option<AccessKeyId> {
        let headers = self.map();
        let call = SignedCall {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            body: &self.body,
        };
        verify(&call, &settings().access_keys, BEGIN.as_seconds())
            .ok()
            .cloned()
    }

    fn alter(&mut self, chance: &mut Chance<'_>) {
        let index = chance.below(self.headers.len());
        match chance.byte() % 8 {
            0 => self.method = chance.one_of(&METHODS).to_owned(),
            1 => self.path = altered_text(&self.path, chance),
            2 => self.query = altered_text(&self.query, chance),
            3 => self.body = altered(&self.body, chance),
            4 => drop(self.headers.remove(index)),
            5 => self.path.push_str(&text(chance.piece())),
            6 => {
                let at = chance.below(self.path.len());
                if self.path.is_char_boundary(at) {
                    self.path.insert_str(at, &text(chance.piece()));
                }
            }
            _ => self.headers[index].1 = altered_text(&self.headers[index].1, chance),
        }
    }

    /// Checks that a call which was taken for the signed one asks for the same.
    fn means_the_same(&self, taken: &Self, key: AccessKeyId) {
        assert_eq!(self.method, taken.method);
        assert_eq!(self.body, taken.body);
        assert_eq!(
            pairs(&self.query),
            pairs(&taken.query),
            "{} {}",
            self.query,
            taken.query
        );
        assert_eq!(
            place(&self.path),
            place(&taken.path),
            "{} {}",
            self.path,
            taken.path
        );
        for name in ["host", "x-amz-date", "x-extra"] {
            assert_eq!(self.words(name), taken.words(name), "{name}");
        }
        // What the operations read from it, above all.
        let caller = Caller::Backend(key);
        let (signed, taken) = (self.asks(&caller), taken.asks(&caller));
        // A path that leads up and down names nothing, whatever it leads to.
        if signed.0.is_some() && taken.0.is_some() {
            assert_eq!(signed.0, taken.0, "{}", self.path);
        }
        if signed.1.is_some() && taken.1.is_some() {
            assert_eq!(signed.1, taken.1, "{}", self.path);
        }
    }

    fn words(&self, name: &str) -> Vec<String> {
        let values = self.headers.iter().filter(|(each, _)| each == name);
        let words = values.flat_map(|(_, value)| value.split(' '));
        words
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// Which contact is asked for, and whose chats.
    fn asks(&self, caller: &Caller) -> Asked {
        let call = Call {
            method: Method::GET,
            path: self.path.clone(),
            query: String::new(),
            headers: HeaderMap::new(),
            body: Vec::new(),
            claims: None,
            request_id: "fuzz".to_owned(),
            now: BEGIN,
            entropy: Entropy::new([0; 48]),
        };
        let contact = describe_contact::Request::parse(&call, settings());
        let chats = list_customer_chats::Request::parse(&call, caller, settings());
        (
            contact
                .ok()
                .map(|request| (request.instance, request.contact)),
            chats
                .ok()
                .map(|request| (request.instance, request.customer)),
        )
    }
}

/// What an address asks for.
type Asked = (
    Option<(InstanceId, ContactId)>,
    Option<(InstanceId, CustomerId)>,
);

/// A query's names and values, decoded.
fn pairs(query: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
    let decoded = |text: &str| -> Vec<u8> {
        percent_encoding::percent_decode_str(&text.replace('+', " ")).collect()
    };
    let given = query.split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<_> = given
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect();
    pairs.sort();
    pairs
}

/// A path's place: without empty segments and those that lead up and down, decoded, so that an encoded slash parts it too.
fn place(path: &str) -> Vec<Vec<u8>> {
    let mut place: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(place.pop()),
            name => place.push(name),
        }
    }
    let place = place.join("/");
    let decoded: Vec<u8> = percent_encoding::percent_decode_str(&place).collect();
    let parts = decoded.split(|byte| *byte == b'/');
    parts.map(<[u8]>::to_vec).collect()
}
