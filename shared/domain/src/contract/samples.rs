//! Records for the contract: of every kind, of the largest size, with awkward texts.

use std::collections::BTreeMap;

use crate::model::content::{Attributes, Content, ContentType, ContentTypes, DisplayName};
use crate::model::destination::Destination;
use crate::model::destination::TransferMethod;
use crate::model::ids::{
    ContactFlowId, ContactId, CustomerId, Fingerprint, IdempotencyKey, InstanceId, ParticipantId,
    QueueId, SessionId, SessionKey, UserId,
};
use crate::model::link::Rehydration;
use crate::model::link::{Link, PastSession};
use crate::model::record::{Body, Linked, Record, RecordParts, Started};
use crate::model::slot::Ordinal;
use crate::model::slot::Slot;
use crate::model::state::{DisconnectReason, Participant, Phase, Presence, Role, State};
use crate::model::time::{Timestamp, days, minutes};

/// The moment of the samples: 2033-05-18T03:33:20Z. It lies ahead, or a store may delete what it is given.
const THEN: Timestamp = Timestamp::from_millis(2_000_000_000_000);
/// The most characters that a message of plain text holds
/// ([SendMessage](https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_SendMessage.html)).
const LONGEST_TEXT: usize = 16_384;

/// An odd number, so that multiplying by it is one to one.
const SCATTER: u64 = 0x9E37_79B9_7F4A_7C15;

/// Texts that have broken some store or other.
pub(super) const AWKWARD_TEXTS: &[&str] = &[
    "",
    " ",
    " leading and trailing \t\r\n",
    "NUL \0 in the middle, and at the end \0",
    "\u{1}\u{8}\u{c}\u{1f}\u{7f}\u{80}\u{85}\u{9f}",
    "\"quotes\" 'single' `back` \\ backslash \\u0000 \\\" {\"S\":\"x\"} </script>",
    "line\nfeed\rreturn\u{2028}separator\u{2029}",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👋🏽 𝄞 🇪🇸",
    "שלום עולם مرحبا بالعالم \u{202e}turned round\u{202c}",
    "e\u{301} is not \u{e9}, nor \u{212b} \u{c5}",
    "\u{feff}byte order mark, \u{fffd}\u{fffe}\u{ffff}\u{10ffff}\u{e000}",
    "漢字かな한국어ไทย",
    "null",
    "#session :session 0 1e9 true",
];

/// Session keys that nobody else uses: as many as one likes from one seed.
#[derive(Debug, Clone)]
pub struct FreshSessions {
    seed: u64,
    drawn: u64,
}

impl FreshSessions {
    /// The keys of `seed`; two seeds share none.
    pub const fn seeded(seed: u64) -> Self {
        // One to one, and neighbouring seeds become distant ones: a promise may turn a bit of a key round.
        let seed = (seed ^ (seed >> 32)).wrapping_mul(SCATTER);
        Self {
            seed: seed ^ (seed >> 29),
            drawn: 0,
        }
    }

    /// A session key that was not drawn before.
    pub fn draw(&mut self) -> SessionKey {
        self.drawn += 1;
        SessionKey {
            instance: InstanceId::new("contract").expect("1 to 100 characters"),
            session: SessionId::from_bits(
                (u128::from(self.drawn.wrapping_mul(SCATTER)) << 64) | u128::from(self.seed),
            ),
        }
    }
}

/// The whole life of a chat, one record of every kind and more, in slots without a gap: a start with
/// everything that it can have, two segments, two participants, and an end by leaving.
///
/// # Panics
/// Never: the records are constants.
pub fn records_of_every_kind() -> Vec<Record> {
    let [customer, agent] = [person(1, Role::Customer), person(2, Role::Agent)];
    let running = State {
        phase: Phase::Running,
        participants: vec![customer.clone(), agent.clone()],
        ..state()
    };
    let ended = |reason| State {
        phase: Phase::Ended(reason),
        ..running.clone()
    };
    let joined = |participant| Body::Joined { participant };
    let bodies = [
        (Body::Started(Box::new(start(3))), state()),
        (joined(customer.id), running.clone()),
        (
            Body::Added {
                participant: agent.id,
            },
            running.clone(),
        ),
        (joined(agent.id), running.clone()),
        (message("Hello"), running.clone()),
        (
            Body::Left {
                participant: agent.id,
            },
            running.clone(),
        ),
        (Body::Linked(Box::new(linked())), running.clone()),
        (Body::Attributes(start(1).attributes), running.clone()),
        (
            Body::Transferred {
                method: TransferMethod::QueueTransfer,
                to: destination(),
                reason: None,
                left: None,
            },
            running.clone(),
        ),
        (message("Still there?"), running.clone()),
        (
            Body::Ended {
                reason: DisconnectReason::CustomerDisconnect,
                left: Some(customer.id),
            },
            ended(DisconnectReason::CustomerDisconnect),
        ),
    ];
    let (mut slot, mut items, mut records) = (Slot::FIRST, 0, Vec::new());
    for (body, state) in bodies {
        items += u64::from(body.item_count());
        let record = record(slot, body, State { items, ..state });
        slot = record.next_slot().expect("far from the last slot");
        records.push(record);
    }
    records
}

/// Messages of every content type, from participants of every role and presence, then every way of
/// transfer, then an end; in ascending slots.
///
/// # Panics
/// Never: the records are constants.
pub fn every_content_type_and_role() -> Vec<Record> {
    let presences = [Presence::Expected, Presence::Present, Presence::Left];
    let everyone = (1..).zip(Role::ALL).zip(presences.into_iter().cycle());
    let state = State {
        phase: Phase::Running,
        participants: everyone
            .map(|((n, role), presence)| Participant {
                presence,
                ..person(n, role)
            })
            .collect(),
        content_types: ContentTypes::with(ContentType::ALL),
        link: None,
        disconnect_agent_on_exit: true,
        ..state()
    };
    let messages = ContentType::ALL.into_iter().zip(&state.participants);
    let messages = messages.map(|(content_type, sender)| Body::Message {
        sender: sender.id,
        content_type,
        content: Content(format!("as {}", content_type.as_str())),
    });
    let transfers = TransferMethod::ALL.map(|method| Body::Transferred {
        method,
        to: Destination::flow(ContactFlowId(String::new())),
        reason: Some(DisconnectReason::CustomerDisconnect),
        left: Some(state.participants[1].id),
    });
    let mut slot = Slot::FIRST.following();
    let mut records = Vec::new();
    for body in messages.chain(transfers) {
        let record = record(slot, body, state.clone());
        slot = record.next_slot().expect("far from the last slot");
        records.push(record);
    }
    for reason in DisconnectReason::ALL {
        let ended = State {
            phase: Phase::Ended(reason),
            ..state.clone()
        };
        records.push(record(slot, Body::Ended { reason, left: None }, ended));
        slot = slot.following();
    }
    records
}

/// A message of `text` at `slot`, with a key that depends on both.
///
/// # Panics
/// At [`Slot::FIRST`], where only a start can stand.
pub fn message_at(slot: Slot, text: &str) -> Record {
    record(slot, message(text), state())
}

/// The largest message: 16,384 characters of three bytes each.
///
/// # Panics
/// At [`Slot::FIRST`], where only a start can stand.
pub fn largest_message(slot: Slot) -> Record {
    message_at(slot, &"漢".repeat(LONGEST_TEXT))
}

/// The largest start: attributes of 32 KiB, an initial message of 16,384 characters of three bytes each,
/// and a link to 100 past sessions.
///
/// # Panics
/// Never: the record is a constant.
pub fn largest_start() -> Record {
    let key = |n: usize| format!("attribute-{n:06}");
    let rows = 0..Attributes::MAX_BYTES / 512;
    let largest = Started {
        attributes: Attributes(rows.map(|n| (key(n), "値".repeat(165) + "x")).collect()),
        initial: Some((ContentType::Plain, Content("漢".repeat(LONGEST_TEXT)))),
        ..start(Link::MAX)
    };
    assert_eq!(largest.attributes.bytes(), Attributes::MAX_BYTES);
    record(Slot::FIRST, Body::Started(Box::new(largest)), state())
}

/// The record of `body`, its state's place and time set to agree with it.
fn record(slot: Slot, body: Body, state: State) -> Record {
    let segment = match body {
        Body::Transferred { .. } => slot.opening_next_segment().map(Slot::ordinal),
        _ => Some(slot.ordinal()),
    };
    let span = u64::from(body.item_count()).saturating_sub(1);
    let key = match &body {
        Body::Message { content, .. } => fold(&content.0, slot.as_number()),
        _ => fold("", slot.as_number()),
    };
    let own = |holds: bool, other| if holds { slot } else { other };
    let parts = RecordParts {
        slot,
        at: THEN,
        key: IdempotencyKey(key),
        state: State {
            segment: segment.expect("far from the last segment"),
            time: Timestamp::from_millis(THEN.as_millis() + span),
            attributes: own(body.attributes().is_some(), state.attributes),
            link: body.link().map(|_| slot).or(state.link),
            ..state
        },
        body,
    };
    Record::new(parts).expect("a record whose parts agree")
}

/// Sixteen bytes of a text and a number (FNV-1a): other texts, other bytes.
fn fold(text: &str, number: u64) -> [u8; 16] {
    let bytes = number.to_be_bytes().into_iter().chain(text.bytes());
    bytes
        .fold(
            0x6C62_272E_07BB_0142_62B8_2175_6295_C58D,
            |hash: u128, byte| {
                (hash ^ u128::from(byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013B)
            },
        )
        .to_be_bytes()
}

fn message(text: &str) -> Body {
    Body::Message {
        sender: person(1, Role::Customer).id,
        content_type: ContentType::Plain,
        content: Content(text.to_owned()),
    }
}

fn person(n: u128, role: Role) -> Participant {
    Participant {
        id: ParticipantId::from_random(n << 64 | n),
        role,
        display_name: DisplayName(format!("Ñandú \"{n}\" 🦤")),
        presence: Presence::Present,
    }
}

fn state() -> State {
    State {
        phase: Phase::Waiting {
            connect_by: THEN + minutes(5),
        },
        segment: Ordinal::FIRST,
        items: 7,
        time: THEN,
        expires: THEN + minutes(1_500),
        retained_until: THEN + days(731),
        link: Some(Slot::FIRST),
        attributes: Slot::FIRST,
        participants: vec![person(1, Role::Customer)],
        content_types: ContentTypes::PLAIN,
        disconnect_agent_on_exit: false,
    }
}

fn start(past: usize) -> Started {
    let past: Vec<PastSession> = (1u64..).take(past).map(past_session).collect();
    let source = ContactId::new(past[0].session, past[0].bound.ordinal());
    Started {
        flow: ContactFlowId("12345678-1234-1234-1234-123456789012".to_owned()),
        owner: Some(CustomerId("customer \"1\" 💶".to_owned())),
        attributes: Attributes(BTreeMap::from([
            (String::new(), String::new()),
            ("naïve \"key\"".to_owned(), "a\0b".to_owned()),
        ])),
        fingerprint: Fingerprint([0xA5; 16]),
        link: Some(Link::restore(source, past).expect("a link that names its source first")),
        joined: true,
        initial: Some((ContentType::Plain, Content("Hola, ¿qué tal?".to_owned()))),
    }
}

fn linked() -> Linked {
    let start = start(2);
    let link = start.link.expect("a link to two past sessions");
    Linked {
        asked: link.source(),
        rehydration: Rehydration::FromSegment,
        link,
        attributes: start.attributes,
    }
}

fn destination() -> Destination {
    Destination {
        flow: ContactFlowId("flow \"2\"".to_owned()),
        queue: Some(QueueId("queue/1".to_owned())),
        user: Some(UserId("user 🦤".to_owned())),
    }
}

fn past_session(n: u64) -> PastSession {
    PastSession {
        session: SessionId::from_bits(u128::MAX / u128::from(2 * n + 1)),
        bound: Slot::new(Ordinal::LAST, u32::MAX),
        items: 4_000_000 + n,
        link: n.is_multiple_of(2).then_some(Slot::FIRST),
        accompanied: n.is_multiple_of(3),
        retained_until: THEN + days(n),
    }
}
