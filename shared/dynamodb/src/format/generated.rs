//! Records of every kind, generated, whatever `Record::new` lets through; and entries beside a log.

use domain::{
    Attributes, Body, ContactFlowId, ContactId, Content, ContentType, ContentTypes, CustomerId,
    Destination, DisconnectReason, DisplayName, Fingerprint, IdempotencyKey, LateAttributes, Link,
    Linked, Ordinal, Participant, ParticipantId, PastSession, Phase, Presence, QueueId, Receipt,
    ReceiptKind, Record, RecordParts, Rehydration, Role, SessionId, SideEntry, Slot, Started,
    State, Timestamp, TransferMethod, UserId,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A record, its slot, its state and its body all arbitrary, made to agree where they must.
pub(crate) fn records() -> impl Strategy<Value = Record> {
    (bodies(), slots(), times(), any::<[u8; 16]>(), states()).prop_flat_map(
        |(what, slot, at, key, state)| {
            any::<Index>().prop_map(move |who| {
                let who = state.participants[who.index(state.participants.len())].id;
                let body = what.clone().by(who);
                agreeing(slot, at, IdempotencyKey(key), body, state.clone())
            })
        },
    )
}

fn agreeing(
    slot: Slot,
    at: Timestamp,
    key: IdempotencyKey,
    body: Body,
    mut state: State,
) -> Record {
    let slot = match body {
        Body::Started(_) => Slot::FIRST,
        _ => slot,
    };
    state.segment = match body {
        Body::Transferred { .. } => slot.ordinal().next().expect("not the last"),
        _ => slot.ordinal(),
    };
    if let Body::Ended { reason, .. } = body {
        state.phase = Phase::Ended(reason);
    }
    if body.link().is_some() {
        state.link = Some(slot);
    }
    if body.attributes().is_some() {
        state.attributes = slot;
    }
    state.items += u64::from(body.item_count());
    let span = u64::from(body.item_count()).saturating_sub(1);
    state.time = Timestamp::from_millis(at.as_millis() + span);
    let parts = RecordParts {
        slot,
        at,
        key,
        body,
        state,
    };
    Record::new(parts).expect("parts that agree")
}

/// A body without its participant.
#[derive(Debug, Clone)]
enum What {
    Started(Box<Started>),
    Added,
    Joined,
    Left,
    Message(ContentType, Content),
    Transferred(TransferMethod, Destination, Option<DisconnectReason>, bool),
    Linked(Box<Linked>),
    Attributes(Attributes),
    Ended(DisconnectReason, bool),
}

impl What {
    fn by(self, who: ParticipantId) -> Body {
        match self {
            Self::Started(started) => Body::Started(started),
            Self::Added => Body::Added { participant: who },
            Self::Joined => Body::Joined { participant: who },
            Self::Left => Body::Left { participant: who },
            Self::Message(content_type, content) => Body::Message {
                sender: who,
                content_type,
                content,
            },
            Self::Transferred(method, to, reason, left) => Body::Transferred {
                method,
                to,
                reason,
                left: left.then_some(who),
            },
            Self::Linked(linked) => Body::Linked(linked),
            Self::Attributes(attributes) => Body::Attributes(attributes),
            Self::Ended(reason, left) => Body::Ended {
                reason,
                left: left.then_some(who),
            },
        }
    }
}

fn bodies() -> impl Strategy<Value = What> {
    let messages = (select(&ContentType::ALL[..]), texts().prop_map(Content));
    prop_oneof![
        starts().prop_map(|started| What::Started(Box::new(started))),
        Just(What::Added),
        Just(What::Joined),
        Just(What::Left),
        messages.prop_map(|(content_type, content)| What::Message(content_type, content)),
        transfers(),
        linked().prop_map(|linked| What::Linked(Box::new(linked))),
        attributes().prop_map(What::Attributes),
        (select(&DisconnectReason::ALL[..]), any::<bool>())
            .prop_map(|(reason, left)| What::Ended(reason, left)),
    ]
}

fn transfers() -> impl Strategy<Value = What> {
    let destinations = (
        texts().prop_map(ContactFlowId),
        option::of(texts().prop_map(QueueId)),
        option::of(texts().prop_map(UserId)),
    )
        .prop_map(|(flow, queue, user)| Destination { flow, queue, user });
    (
        select(&TransferMethod::ALL[..]),
        destinations,
        option::of(select(&DisconnectReason::ALL[..])),
        any::<bool>(),
    )
        .prop_map(|(method, to, reason, left)| What::Transferred(method, to, reason, left))
}

fn linked() -> impl Strategy<Value = Linked> {
    let rehydrations = [Rehydration::FromSegment, Rehydration::EntirePastSession];
    let asked = (any::<u128>(), slots())
        .prop_map(|(bits, slot)| ContactId::new(SessionId::from_bits(bits), slot.ordinal()));
    (asked, select(rehydrations.to_vec()), links(), attributes()).prop_map(
        |(asked, rehydration, link, attributes)| Linked {
            asked,
            rehydration,
            link,
            attributes,
        },
    )
}

fn attributes() -> impl Strategy<Value = Attributes> {
    btree_map(texts(), texts(), 0..4).prop_map(Attributes)
}

fn starts() -> impl Strategy<Value = Started> {
    let initial = (select(&ContentType::ALL[..]), texts().prop_map(Content));
    (
        texts(),
        option::of(texts().prop_map(CustomerId)),
        attributes(),
        any::<[u8; 16]>(),
        option::of(links()),
        any::<bool>(),
        option::of(initial),
    )
        .prop_map(
            |(flow, owner, attributes, fingerprint, link, joined, initial)| Started {
                flow: ContactFlowId(flow),
                owner,
                attributes,
                fingerprint: Fingerprint(fingerprint),
                link,
                joined,
                initial,
            },
        )
}

fn links() -> impl Strategy<Value = Link> {
    let past = (
        any::<u128>(),
        slots(),
        any::<u64>(),
        option::of(slots()),
        any::<bool>(),
        times(),
    )
        .prop_map(
            |(bits, bound, items, link, accompanied, retained_until)| PastSession {
                session: SessionId::from_bits(bits),
                bound,
                items,
                link,
                accompanied,
                retained_until,
            },
        );
    vec(past, 1..=4).prop_map(|past| {
        let source = ContactId::new(past[0].session, past[0].bound.ordinal());
        Link::restore(source, past).expect("its source first")
    })
}

fn states() -> impl Strategy<Value = State> {
    let phase = prop_oneof![
        Just(Phase::Running),
        times().prop_map(|connect_by| Phase::Waiting { connect_by }),
    ];
    let content_types = vec(select(&ContentType::ALL[..]), 0..5).prop_map(ContentTypes::with);
    (
        (phase, 0..u64::MAX - 2, times(), times()),
        (option::of(slots()), slots()),
        (vec(participants(), 1..4), content_types, any::<bool>()),
    )
        .prop_map(
            |(
                (phase, items, expires, retained_until),
                (link, attributes),
                (participants, content_types, disconnect_agent_on_exit),
            )| State {
                phase,
                segment: Ordinal::FIRST,
                items,
                time: retained_until,
                expires,
                retained_until,
                link,
                attributes,
                participants,
                content_types,
                disconnect_agent_on_exit,
            },
        )
}

/// An entry beside a log, all of it arbitrary.
pub(crate) fn entries() -> impl Strategy<Value = SideEntry> {
    let receipts = (
        slots(),
        any::<u128>().prop_map(ParticipantId::from_random),
        select(&ReceiptKind::ALL[..]),
        times(),
    )
        .prop_map(|(message, recipient, kind, at)| {
            SideEntry::Receipt(Receipt {
                message,
                recipient,
                kind,
                at,
            })
        });
    let changes = (any::<u32>(), attributes()).prop_map(|(number, attributes)| {
        SideEntry::Attributes(LateAttributes { number, attributes })
    });
    prop_oneof![receipts, changes]
}

fn participants() -> impl Strategy<Value = Participant> {
    let presences = [Presence::Expected, Presence::Present, Presence::Left];
    (
        any::<u128>().prop_map(ParticipantId::from_random),
        select(&Role::ALL[..]),
        texts().prop_map(DisplayName),
        select(presences.to_vec()),
    )
        .prop_map(|(id, role, display_name, presence)| Participant {
            id,
            role,
            display_name,
            presence,
        })
}

/// Slots other than the first, with a slot after them in the same segment and in the next.
fn slots() -> impl Strategy<Value = Slot> {
    (0..0xFFF_u16, 1..u32::MAX)
        .prop_map(|(ordinal, n)| Slot::new(Ordinal::new(ordinal).expect("12 bits"), n))
}

fn times() -> impl Strategy<Value = Timestamp> {
    (0..(1_u64 << 48) - 1).prop_map(Timestamp::from_millis)
}

/// Any code points: control characters, unassigned ones, and none at all.
fn texts() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..12).prop_map(|chars| chars.into_iter().collect())
}
