//! Tokens of every kind: what is made is read, and nothing else is.

mod mistakes;
mod websocket;

use domain::seconds;
use http::{HeaderMap, HeaderValue, Method};
use proptest::prelude::*;

use super::*;
use crate::entropy::Entropy;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const OTHER_SECRET: &str = "fedcba9876543210fedcba9876543210";
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const PURPOSES: [Purpose; 6] = [
    Purpose::Participant,
    Purpose::Connection,
    Purpose::Next,
    Purpose::Chats,
    Purpose::Export,
    Purpose::Websocket,
];

fn tokens(keys: &str) -> Tokens {
    Tokens::new(SigningKeys::parse(keys).expect("keys"))
}

fn ours() -> Tokens {
    tokens(&format!("a:{SECRET}"))
}

fn call(token: &str, now: Timestamp) -> Call {
    let value = HeaderValue::from_str(token).expect("tokens are ASCII");
    Call {
        method: Method::POST,
        path: String::new(),
        query: String::new(),
        headers: HeaderMap::from_iter([("x-amz-bearer".parse().expect("a name"), value)]),
        body: Vec::new(),
        claims: None,
        request_id: String::new(),
        now,
        entropy: Entropy::new([0; 48]),
    }
}

prop_compose! {
    fn bearers()(
        instance in "[^/]{0,99}[^/.]",
        session in any::<u128>(),
        participant in any::<u128>(),
        role in 0usize..5,
    ) -> Bearer {
        Bearer {
            session: SessionKey {
                instance: InstanceId::new(instance).expect("1 to 100 characters"),
                session: SessionId::from_bits(session),
            },
            participant: ParticipantId::from_random(participant),
            role: Role::ALL[role],
        }
    }
}

fn connection(bearer: Bearer) -> Connection {
    Connection {
        bearer,
        accompanied: false,
    }
}

fn jane() -> Bearer {
    Bearer {
        session: SessionKey {
            instance: InstanceId::new("instance").expect("1 to 100 characters"),
            session: SessionId::from_bits(7),
        },
        participant: ParticipantId::from_random(9),
        role: Role::Customer,
    }
}

proptest! {
    #[test]
    fn tokens_round_trip_and_are_headers_of_at_most_1000_characters(bearer in bearers(), accompanied in any::<bool>()) {
        let tokens = ours();
        let token = tokens.participant(&bearer);
        prop_assert!(token.len() <= 1_000, "{} characters", token.len());
        prop_assert_eq!(tokens.participant_of(&call(&token, NOW)), Ok(bearer.clone()));
        let connection = Connection { bearer, accompanied };
        let (token, expires) = tokens.connection(&connection, NOW);
        prop_assert!(token.len() <= 1_000, "{} characters", token.len());
        prop_assert_eq!(expires, NOW + seconds(86_400));
        prop_assert_eq!(tokens.connected(&call(&token, NOW)), Ok(connection));
    }

    #[test]
    fn no_text_is_a_token_by_chance(text in "[A-Za-z0-9_-]{0,200}") {
        for purpose in PURPOSES {
            prop_assert_eq!(ours().open(purpose, &text, &[]), None);
        }
    }

    #[test]
    fn no_bytes_are_a_token_by_chance(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        // With the head of a genuine one, so that the signature alone is left to tell.
        let head = [VERSION, Purpose::Connection as u8, 1, b'a'];
        let text = URL_SAFE_NO_PAD.encode([&head[..], &bytes].concat());
        prop_assert_eq!(ours().open(Purpose::Connection, &text, &[]), None);
    }

    #[test]
    fn what_is_signed_along_must_be_there_to_read_it(context in ".{0,20}", other in ".{0,20}") {
        prop_assume!(context != other);
        let token = ours().seal(Purpose::Next, b"body", &[context.as_bytes()]);
        prop_assert_eq!(ours().open(Purpose::Next, &token, &[context.as_bytes()]), Some(b"body".to_vec()));
        prop_assert_eq!(ours().open(Purpose::Next, &token, &[other.as_bytes()]), None);
        prop_assert_eq!(ours().open(Purpose::Next, &token, &[]), None);
    }
}

#[test]
fn the_longest_instance_id_still_makes_a_token_of_at_most_1000_characters() {
    let keys = format!("sixteen-letters-:{SECRET}");
    for letter in ["x", "é", "中", "😀"] {
        let mut bearer = jane();
        bearer.session.instance = InstanceId::new(letter.repeat(100)).expect("100 characters");
        let connection = connection(bearer);
        let (token, _) = tokens(&keys).connection(&connection, NOW);
        assert!(token.len() <= 1_000, "{letter}: {}", token.len());
        assert_eq!(tokens(&keys).connected(&call(&token, NOW)), Ok(connection));
    }
}

#[test]
fn a_token_is_good_for_its_purpose_alone() {
    for made in PURPOSES {
        let token = ours().seal(made, b"body", &[]);
        for read in PURPOSES {
            let opened = ours().open(read, &token, &[]);
            assert_eq!(opened.is_some(), made == read, "{made:?} read as {read:?}");
        }
    }
    let participant = ours().participant(&jane());
    assert_eq!(
        ours().connected(&call(&participant, NOW)),
        Err(Problem::Token(TokenFault::Participant))
    );
    let (connection, _) = ours().connection(&connection(jane()), NOW);
    assert_eq!(
        ours().participant_of(&call(&connection, NOW)),
        Err(Problem::Token(TokenFault::Connection))
    );
}

#[test]
fn a_connection_token_expires_to_the_millisecond() {
    let (token, expires) = ours().connection(&connection(jane()), NOW);
    let before = Timestamp::from_millis(expires.as_millis() - 1);
    assert_eq!(
        ours().connected(&call(&token, before)),
        Ok(connection(jane()))
    );
    assert_eq!(
        ours().connected(&call(&token, expires)),
        Err(Problem::Token(TokenFault::Expired))
    );
    assert_eq!(
        ours().connected(&call(&token, Timestamp::MAX)),
        Err(Problem::Token(TokenFault::Expired))
    );
}

#[test]
fn a_participant_token_lasts_as_long_as_the_chat() {
    let token = ours().participant(&jane());
    assert_eq!(
        ours().participant_of(&call(&token, Timestamp::MAX)),
        Ok(jane())
    );
}

#[test]
fn any_flipped_bit_spoils_a_token() {
    let token = ours().participant(&jane());
    let bytes = URL_SAFE_NO_PAD.decode(&token).expect("base64");
    for bit in 0..bytes.len() * 8 {
        let mut altered = bytes.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        let altered = URL_SAFE_NO_PAD.encode(altered);
        assert_eq!(
            ours().open(Purpose::Participant, &altered, &[]),
            None,
            "bit {bit}"
        );
    }
    // The text as well: the last character has bits that stand for nothing, and must be zero.
    for bit in 0..token.len() * 8 {
        let mut altered = token.clone().into_bytes();
        altered[bit / 8] ^= 1 << (bit % 8);
        if let Ok(altered) = String::from_utf8(altered) {
            assert_eq!(
                ours().open(Purpose::Participant, &altered, &[]),
                None,
                "bit {bit}"
            );
        }
    }
}

#[test]
fn a_token_cut_short_or_made_longer_is_none() {
    let (token, _) = ours().connection(&connection(jane()), NOW);
    for length in 0..token.len() {
        assert_eq!(
            ours().open(Purpose::Connection, &token[..length], &[]),
            None,
            "{length}"
        );
    }
    for more in ["A", "AA", "AAAA", "=", "==", " ", "\n"] {
        let longer = format!("{token}{more}");
        assert_eq!(
            ours().open(Purpose::Connection, &longer, &[]),
            None,
            "{more:?}"
        );
    }
    assert_eq!(
        ours().open(Purpose::Connection, &"A".repeat(1_001), &[]),
        None
    );
    assert_eq!(
        ours().open(Purpose::Connection, &token.repeat(5_000), &[]),
        None
    );
}

#[test]
fn no_claim_can_be_changed_by_who_has_no_key() {
    let (token, _) = ours().connection(&connection(jane()), NOW);
    let genuine = URL_SAFE_NO_PAD.decode(token).expect("base64");
    let signature = &genuine[genuine.len() - SIGNATURE..];
    let head = &genuine[..4];
    let expires = (NOW + seconds(86_400)).as_millis();
    let others: [(&str, u64, Bearer); 5] = [
        ("later", expires + 1, jane()),
        (
            "another role",
            expires,
            Bearer {
                role: Role::Agent,
                ..jane()
            },
        ),
        (
            "another participant",
            expires,
            Bearer {
                participant: ParticipantId::from_random(10),
                ..jane()
            },
        ),
        (
            "another session",
            expires,
            Bearer {
                session: SessionKey {
                    session: SessionId::from_bits(8),
                    ..jane().session
                },
                ..jane()
            },
        ),
        (
            "another instance",
            expires,
            Bearer {
                session: SessionKey {
                    instance: InstanceId::new("instancf").expect("1 to 100 characters"),
                    ..jane().session
                },
                ..jane()
            },
        ),
    ];
    let forged = |expires: u64, bearer: &Bearer| {
        let parts = [
            head,
            &expires.to_be_bytes(),
            &[0],
            &bearer.bytes(),
            signature,
        ];
        URL_SAFE_NO_PAD.encode(parts.concat())
    };
    let same = forged(expires, &jane());
    assert_eq!(
        ours().connected(&call(&same, NOW)),
        Ok(connection(jane())),
        "the forger's form is right"
    );
    for (what, expires, bearer) in others {
        let forged = forged(expires, &bearer);
        let read = ours().connected(&call(&forged, NOW));
        assert!(matches!(read, Err(Problem::Token(_))), "{what}: {read:?}");
    }
}

#[test]
fn keys_rotate() {
    let old = ours().participant(&jane());
    let both = tokens(&format!("b:{OTHER_SECRET},a:{SECRET}"));
    assert_eq!(
        both.participant_of(&call(&old, NOW)),
        Ok(jane()),
        "the old key still verifies"
    );
    let new = both.participant(&jane());
    let without = tokens(&format!("b:{OTHER_SECRET}"));
    assert_eq!(
        without.participant_of(&call(&new, NOW)),
        Ok(jane()),
        "the first key signs"
    );
    assert_eq!(
        without.participant_of(&call(&old, NOW)),
        Err(Problem::Token(TokenFault::UnknownKey)),
        "a removed key does not"
    );
    assert_eq!(
        ours().participant_of(&call(&new, NOW)),
        Err(Problem::Token(TokenFault::UnknownKey)),
        "nor one not yet known"
    );
    let renamed = tokens(&format!("a:{OTHER_SECRET}"));
    assert_eq!(
        renamed.participant_of(&call(&old, NOW)),
        Err(Problem::Token(TokenFault::Mismatch)),
        "an id is no key"
    );
}

#[test]
fn a_token_of_another_version_is_not_read() {
    let token = ours().participant(&jane());
    let mut bytes = URL_SAFE_NO_PAD.decode(token).expect("base64");
    bytes.truncate(bytes.len() - SIGNATURE);
    bytes[0] = VERSION + 1;
    // Signed rightly, as by a later release.
    let signature = ours().keys.sign("a", &[&bytes]).expect("a key");
    bytes.extend(signature);
    let token = URL_SAFE_NO_PAD.encode(bytes);
    assert_eq!(
        ours().participant_of(&call(&token, NOW)),
        Err(Problem::Token(TokenFault::Unreadable))
    );
}

#[test]
fn a_header_twice_is_no_token() {
    let token = ours().participant(&jane());
    let mut twice = call(&token, NOW);
    twice.headers.append(
        "x-amz-bearer",
        HeaderValue::from_str(&token).expect("ASCII"),
    );
    assert_eq!(
        ours().participant_of(&twice),
        Err(Problem::Token(TokenFault::NotOneText))
    );
    let mut none = call(&token, NOW);
    none.headers.clear();
    assert_eq!(
        ours().participant_of(&none),
        Err(Problem::Token(TokenFault::Missing))
    );
    let no_text = HeaderValue::from_bytes(b"\xff\xfe").expect("opaque bytes are legal");
    none.headers.insert("x-amz-bearer", no_text);
    assert_eq!(
        ours().participant_of(&none),
        Err(Problem::Token(TokenFault::NotOneText))
    );
}
