//! Tokens: none that was altered, made for another purpose or signed by a stranger is taken, and whatever is taken is made
//! again as it was.

use api::operations::{export_transcript, list_customer_chats};
use api::{Bearer, Call, Caller, Connection, Entropy, NextToken};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{CustomerId, InstanceId, ParticipantId, Role, SessionId, SessionKey, Timestamp};
use http::{HeaderMap, HeaderValue, Method};

use crate::chance::{Chance, altered, altered_text};
use crate::floor::{BEGIN, settings};
use crate::mint::{KEY, OLD_KEY, PURPOSES, signed, unsigned};

/// Checks one token.
pub fn check(bytes: &[u8]) {
    let mut chance = Chance::new(bytes);
    match chance.byte() % 4 {
        0 => {
            let text = String::from_utf8_lossy(chance.rest()).into_owned();
            assert_eq!(
                taken(&text, &whose(0)),
                [false; 6],
                "a token out of nothing was taken"
            );
        }
        1 => forged(chance),
        _ => genuine(chance),
    }
}

/// Somebody, always the same for the same number.
fn whose(number: u128) -> Bearer {
    let instance = InstanceId::new("local").expect("an instance");
    Bearer {
        session: SessionKey::new(&instance, SessionId::from_bits(number)),
        participant: ParticipantId::from_random(number ^ 0x55),
        role: Role::ALL[(number % 5) as usize],
    }
}

fn bytes_of(bearer: &Bearer) -> Vec<u8> {
    let role = Role::ALL.iter().position(|role| *role == bearer.role);
    let mut bytes = vec![[0, 1, 2, 3, 4][role.expect("a role")]];
    bytes.extend(bearer.participant.bits().to_be_bytes());
    bytes.extend(bearer.session.session.bits().to_be_bytes());
    bytes.extend(bearer.session.instance.as_str().as_bytes());
    bytes
}

/// A token that the service made, as it is and with one place altered.
fn genuine(mut chance: Chance<'_>) {
    let bearer = whose(chance.bits());
    let tokens = &settings().tokens;
    let purpose = chance.one_of(&[1u8, 2, 6]);
    let connection = Connection {
        bearer: bearer.clone(),
        accompanied: chance.flag(),
    };
    let token = match purpose {
        1 => tokens.participant(&bearer),
        2 => tokens.connection(&connection, BEGIN).0,
        _ => tokens.websocket(&bearer, BEGIN),
    };
    let mut expected = [false; 6];
    expected[usize::from(purpose) - 1] = true;
    assert_eq!(
        taken(&token, &bearer),
        expected,
        "one purpose's token is for that one"
    );
    let other = match chance.flag() {
        true => altered_text(&token, &mut chance),
        false => {
            let bytes = URL_SAFE_NO_PAD.decode(&token).expect("base64");
            URL_SAFE_NO_PAD.encode(altered(&bytes, &mut chance))
        }
    };
    if other != token {
        assert_eq!(
            taken(&other, &bearer),
            [false; 6],
            "an altered token was taken"
        );
    }
}

/// A token made by hand of any content, under a key of the service or of a stranger.
fn forged(mut chance: Chance<'_>) {
    let purpose = chance.one_of(&PURPOSES);
    let version = chance.one_of(&[1, 1, 1, 0, 2]);
    let key = chance.one_of(&[
        KEY,
        KEY,
        OLD_KEY,
        ("a", OLD_KEY.1),
        ("none", KEY.1),
        ("", KEY.1),
    ]);
    let bearer = whose(chance.bits());
    let contents = match chance.byte() % 3 {
        0 => bytes_of(&bearer),
        1 => [&chance.number().to_be_bytes()[..], &bytes_of(&bearer)].concat(),
        _ => [&u64::MAX.to_be_bytes()[..], &[1], &bytes_of(&bearer)].concat(),
    };
    let contents = match chance.flag() {
        true => contents,
        false => altered(&contents, &mut chance),
    };
    let token = signed(&unsigned(version, purpose, key.0, &contents), key, &[]);
    let taken = taken(&token, &bearer);
    let known = key == KEY || key == OLD_KEY;
    for (number, taken) in (1u8..).zip(taken) {
        let may = known && version == 1 && number == purpose;
        assert!(may || !taken, "purpose {number} took a token of {purpose}");
    }
}

/// Which purposes take a token: participant, connection, next, chats, export, WebSocket. Whatever is read is made again as
/// it was.
fn taken(token: &str, bearer: &Bearer) -> [bool; 6] {
    let tokens = &settings().tokens;
    let mut call = call(token);
    let participant = tokens.participant_of(&call);
    if let Ok(bearer) = &participant {
        call.headers = headers(&tokens.participant(bearer));
        assert_eq!(tokens.participant_of(&call).as_ref(), Ok(bearer));
        call.headers = headers(token);
    }
    let connection = tokens.connected(&call);
    if let Ok(connection) = &connection {
        let (again, expires) = tokens.connection(connection, BEGIN);
        assert_eq!(
            expires,
            Timestamp::from_millis(BEGIN.as_millis() + 86_400_000)
        );
        call.headers = headers(&again);
        assert_eq!(tokens.connected(&call).as_ref(), Ok(connection));
    }
    let admitted = tokens.admitted(token, BEGIN);
    if let Ok(bearer) = &admitted {
        let again = tokens.websocket(bearer, BEGIN);
        assert_eq!(tokens.admitted(&again, BEGIN).as_ref(), Ok(bearer));
    }
    let next = NextToken::open(tokens, &bearer.session, Some(bearer.participant), token);
    let contact = bearer.session.session.initial_contact();
    let instance = bearer.session.instance.as_str();
    let listed = list_customer_chats::Request::parse(
        &page(format!("/customers/{instance}/jane/chats"), token),
        &Caller::Customer(CustomerId("jane".to_owned())),
        settings(),
    );
    let exported = export_transcript::Request::parse(
        &page(format!("/contacts/{instance}/{contact}/transcript"), token),
        settings(),
    );
    [
        participant.is_ok(),
        connection.is_ok(),
        next.is_some(),
        listed.is_ok_and(|request| request.before.is_some()),
        exported.is_ok_and(|request| request.from.is_some()),
        admitted.is_ok(),
    ]
}

fn headers(token: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(token.as_bytes()) {
        headers.insert("x-amz-bearer", value);
    }
    headers
}

/// A call whose bearer is the token.
pub(crate) fn call(token: &str) -> Call {
    Call {
        method: Method::POST,
        path: "/".to_owned(),
        query: String::new(),
        headers: headers(token),
        body: Vec::new(),
        claims: None,
        request_id: "fuzz".to_owned(),
        now: BEGIN,
        entropy: Entropy::new([7; 48]),
    }
}

/// A call for the page that the token leads to.
fn page(path: String, token: &str) -> Call {
    Call {
        path,
        query: format!("nextToken={token}"),
        ..call("")
    }
}
