//! What every log promises.

use futures_util::future::join_all;

use super::samples::{
    AWKWARD_TEXTS, FreshSessions, every_content_type_and_role, largest_message, largest_start,
    message_at, records_of_every_kind,
};
use crate::model::ids::{InstanceId, SessionId, SessionKey};
use crate::model::record::{Body, Record};
use crate::model::slot::Ordinal;
use crate::model::slot::{Slot, SlotRange};
use crate::ports::log::{Chunk, Consistency, Log, Order, Put, Read};

const EVERYTHING: Read = Read::oldest(SlotRange::ALL, 1_000, Consistency::Strong);

/// Every promise, one after the other, on sessions drawn from `seed`.
///
/// # Panics
/// When a promise is broken or the log fails.
pub async fn check_all<L: Log>(log: &L, seed: u64) {
    let sessions = &mut FreshSessions::seeded(seed);
    a_session_that_was_never_written_reads_as_empty(log, sessions).await;
    a_slot_is_taken_once(log, sessions).await;
    a_taken_slot_gives_its_occupant(log, sessions).await;
    a_repeated_put_meets_itself(log, sessions).await;
    racing_puts_of_one_slot_have_one_winner(log, sessions).await;
    a_strong_read_sees_every_acknowledged_put(log, sessions).await;
    an_eventual_read_invents_nothing(log, sessions).await;
    ranges_are_inclusive_and_ordered_both_ways(log, sessions).await;
    slots_sort_as_numbers(log, sessions).await;
    an_empty_range_reads_as_nothing(log, sessions).await;
    a_limit_is_kept(log, sessions).await;
    sessions_and_instances_do_not_mix(log, sessions).await;
    every_kind_of_record_comes_back_as_it_was(log, sessions).await;
    texts_come_back_unchanged(log, sessions).await;
    the_largest_legal_records_fit(log, sessions).await;
    a_cut_read_goes_on_where_it_stopped(log, sessions).await;
}

/// No record is no error.
pub async fn a_session_that_was_never_written_reads_as_empty<L: Log>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let session = sessions.draw();
    for consistency in [Consistency::Eventual, Consistency::Strong] {
        let read = Read::newest(SlotRange::ALL, 32, consistency);
        assert_eq!(chunk(log, &session, read).await, empty());
    }
}

/// The first record stays, and a later put says that the slot is taken.
pub async fn a_slot_is_taken_once<L: Log>(log: &L, sessions: &mut FreshSessions) {
    let session = sessions.draw();
    let slot = Slot::FIRST.following();
    let (first, second) = (message_at(slot, "first"), message_at(slot, "second"));
    store(log, &session, &first).await;
    assert_ne!(put(log, &session, &second).await, Put::Stored);
    assert_eq!(all(log, &session).await, [first]);
}

/// Where a store tells who has the slot, it tells the truth.
pub async fn a_taken_slot_gives_its_occupant<L: Log>(log: &L, sessions: &mut FreshSessions) {
    let session = sessions.draw();
    for first in records_of_every_kind() {
        store(log, &session, &first).await;
        // Another record for the same slot; only a start can stand in the first one.
        let second = match first.slot {
            Slot::FIRST => largest_start(),
            slot => message_at(slot, "too late"),
        };
        match put(log, &session, &second).await {
            Put::Taken(Some(occupant)) => assert_eq!(*occupant, first),
            Put::Taken(None) => {}
            Put::Stored => panic!("a slot was taken twice"),
        }
    }
}

/// A retry of a put that was carried out finds its own record in the slot.
pub async fn a_repeated_put_meets_itself<L: Log>(log: &L, sessions: &mut FreshSessions) {
    let session = sessions.draw();
    let record = message_at(Slot::FIRST.following(), "once");
    store(log, &session, &record).await;
    match put(log, &session, &record).await {
        Put::Taken(occupant) => assert!(occupant.is_none_or(|occupant| *occupant == record)),
        Put::Stored => panic!("a slot was taken twice"),
    }
    assert_eq!(all(log, &session).await, [record]);
}

/// Of 32 writers at once, one gets the slot, and the others get nothing.
pub async fn racing_puts_of_one_slot_have_one_winner<L: Log>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let session = &sessions.draw();
    let records: Vec<Record> = (0..32)
        .map(|writer| message_at(Slot::FIRST.following(), &format!("writer {writer}")))
        .collect();
    let puts = join_all(records.iter().map(|record| put(log, session, record))).await;
    let won = |put: &&Put| **put == Put::Stored;
    assert_eq!(puts.iter().filter(won).count(), 1, "winners of one slot");
    let there = all(log, session).await;
    for (record, put) in records.iter().zip(&puts) {
        assert_eq!(*put == Put::Stored, there == [record.clone()]);
        if let Put::Taken(Some(occupant)) = put {
            assert_eq!([(**occupant).clone()], *there);
        }
    }
}

/// What was acknowledged is there, at once, in every strong read.
pub async fn a_strong_read_sees_every_acknowledged_put<L: Log>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let session = sessions.draw();
    let mut stored = Vec::new();
    for n in 1..=8 {
        let record = message_at(Slot::new(Ordinal::FIRST, n), "there?");
        store(log, &session, &record).await;
        stored.push(record.clone());
        assert_eq!(all(log, &session).await, stored);
        let last = Read::newest(SlotRange::ALL, 1, Consistency::Strong);
        assert_eq!(chunk(log, &session, last).await.records, [record]);
    }
}

/// An eventual read may lack records; those that it has are right and in order.
pub async fn an_eventual_read_invents_nothing<L: Log>(log: &L, sessions: &mut FreshSessions) {
    let (session, stored) = filled(log, sessions).await;
    let read = Read {
        consistency: Consistency::Eventual,
        ..EVERYTHING
    };
    let records = chunk(log, &session, read).await.records;
    assert!(records.is_sorted_by_key(|record| record.slot));
    assert!(records.iter().all(|record| stored.contains(record)));
}

/// Both ends of a range belong to it, and newest first is oldest first turned round.
pub async fn ranges_are_inclusive_and_ordered_both_ways<L: Log>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let (session, stored) = filled(log, sessions).await;
    let slots = || stored.iter().map(|record| record.slot);
    for from in slots() {
        for to in slots().filter(|to| from <= *to) {
            let range = SlotRange { from, to };
            let within = stored.iter().filter(|record| range.contains(record.slot));
            let mut expected: Vec<Record> = within.cloned().collect();
            let read = Read::oldest(range, 1_000, Consistency::Strong);
            assert_eq!(chunk(log, &session, read).await.records, expected);
            expected.reverse();
            let read = Read::newest(range, 1_000, Consistency::Strong);
            assert_eq!(chunk(log, &session, read).await.records, expected);
        }
    }
}

/// Slots sort by segment, then by number: not as texts, and up to the highest of both.
pub async fn slots_sort_as_numbers<L: Log>(log: &L, sessions: &mut FreshSessions) {
    let session = sessions.draw();
    let mut records = Vec::new();
    for ordinal in [0, 9, 10, 0x7FF, 0x800, 0xFFF] {
        let ordinal = Ordinal::new(ordinal).expect("12 bits");
        for n in [1, 9, 10, 99, 100, 1 << 31, u32::MAX - 1] {
            records.push(message_at(Slot::new(ordinal, n), "in order"));
        }
    }
    // Written in an order that is neither the right one nor its reverse.
    for record in records.iter().skip(1).step_by(2) {
        store(log, &session, record).await;
    }
    for record in records.iter().step_by(2).rev() {
        store(log, &session, record).await;
    }
    assert_eq!(all(log, &session).await, records);
    let segment = SlotRange::segment(Ordinal::new(10).expect("12 bits"));
    let read = Read::oldest(segment, 1_000, Consistency::Strong);
    assert_eq!(chunk(log, &session, read).await.records, records[14..21]);
}

/// A range whose end lies before its start, and a limit of nothing, are no errors.
pub async fn an_empty_range_reads_as_nothing<L: Log>(log: &L, sessions: &mut FreshSessions) {
    let (session, stored) = filled(log, sessions).await;
    let upside_down = SlotRange {
        from: stored[1].slot,
        to: stored[0].slot,
    };
    let nothing_there = SlotRange::segment(Ordinal::LAST);
    for range in [upside_down, nothing_there] {
        for order in [Order::OldestFirst, Order::NewestFirst] {
            let read = Read {
                range,
                order,
                ..EVERYTHING
            };
            assert_eq!(chunk(log, &session, read).await, empty());
        }
    }
    let nothing = Read {
        limit: 0,
        ..EVERYTHING
    };
    assert_eq!(chunk(log, &session, nothing).await, empty());
}

/// A read gives the first so many records of its order, and is not cut when it stops there.
pub async fn a_limit_is_kept<L: Log>(log: &L, sessions: &mut FreshSessions) {
    let (session, stored) = filled(log, sessions).await;
    for limit in 1..=stored.len() + 1 {
        let kept = limit.min(stored.len());
        let read = Read::oldest(SlotRange::ALL, limit, Consistency::Strong);
        let oldest = chunk(log, &session, read).await;
        assert_eq!((&oldest.records[..], oldest.cut), (&stored[..kept], false));
        let read = Read::newest(SlotRange::ALL, limit, Consistency::Strong);
        let mut newest = chunk(log, &session, read).await;
        newest.records.reverse();
        let there = &stored[stored.len() - kept..];
        assert_eq!((&newest.records[..], newest.cut), (there, false));
    }
}

/// A session is its instance and all of its bits; neither is mistaken for a part of the other.
pub async fn sessions_and_instances_do_not_mix<L: Log>(log: &L, sessions: &mut FreshSessions) {
    let one = sessions.draw();
    let bits = one.session.bits();
    let instance = one.instance.as_str();
    let hex = format!("{instance}{bits:032x}");
    let key = |instance: &str, bits| SessionKey {
        instance: InstanceId::new(instance).expect("an instance id"),
        session: SessionId::from_bits(bits),
    };
    let keys = [
        one.clone(),
        key(instance, bits ^ 1),
        key(instance, bits ^ (1 << 63)),
        key(instance, bits ^ (1 << 64)),
        key(instance, bits ^ (1 << (SessionId::BITS - 1))),
        key(&instance.to_uppercase(), bits),
        key(&format!("{instance} "), bits),
        key(&hex, bits),
    ];
    let record = |at: usize| message_at(Slot::FIRST.following(), &format!("of log {at}"));
    for (at, key) in keys.iter().enumerate() {
        store(log, key, &record(at)).await;
    }
    for (at, key) in keys.iter().enumerate() {
        assert_eq!(all(log, key).await, [record(at)]);
    }
}

/// Nothing of a record is lost, added or changed, whatever happened in it.
pub async fn every_kind_of_record_comes_back_as_it_was<L: Log>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let (session, stored) = filled(log, sessions).await;
    assert_eq!(all(log, &session).await, stored);
    let session = sessions.draw();
    let stored = every_content_type_and_role();
    for record in &stored {
        store(log, &session, record).await;
    }
    assert_eq!(all(log, &session).await, stored);
}

/// Texts are kept code point by code point: none is cut, trimmed, escaped twice or normalised.
pub async fn texts_come_back_unchanged<L: Log>(log: &L, sessions: &mut FreshSessions) {
    let session = sessions.draw();
    let mut records = Vec::new();
    for (n, text) in (1..).zip(AWKWARD_TEXTS) {
        let record = message_at(Slot::new(Ordinal::FIRST, n), text);
        store(log, &session, &record).await;
        records.push(record);
    }
    let there = all(log, &session).await;
    for (record, text) in there.iter().zip(AWKWARD_TEXTS) {
        match &record.body {
            Body::Message { content, .. } => assert_eq!(content.0, *text, "a text has changed"),
            _ => panic!("a message came back as something else"),
        }
    }
    assert_eq!(there, records);
}

/// The longest message, and the start with the most of everything, fit.
pub async fn the_largest_legal_records_fit<L: Log>(log: &L, sessions: &mut FreshSessions) {
    let session = sessions.draw();
    let records = [largest_start(), largest_message(Slot::FIRST.following())];
    for record in &records {
        store(log, &session, record).await;
    }
    assert_eq!(all(log, &session).await, records);
}

/// A read that was cut for its size holds the first records of its order without a gap, and the read
/// of the rest of the range holds the rest.
pub async fn a_cut_read_goes_on_where_it_stopped<L: Log>(log: &L, sessions: &mut FreshSessions) {
    let session = sessions.draw();
    let slots = (1..=32).map(|n| Slot::new(Ordinal::FIRST, n));
    let mut records: Vec<Record> = slots.map(largest_message).collect();
    for record in &records {
        store(log, &session, record).await;
    }
    assert_eq!(all(log, &session).await, records);
    records.reverse();
    let (mut there, mut range) = (Vec::new(), SlotRange::ALL);
    loop {
        let read = Read::newest(range, 1_000, Consistency::Strong);
        let chunk = chunk(log, &session, read).await;
        there.extend(chunk.records);
        if !chunk.cut {
            break;
        }
        let below = there.last().map(|last: &Record| last.slot.as_number() - 1);
        let below = below.and_then(Slot::from_number).expect("a slot below");
        range = SlotRange::ALL.up_to(below);
    }
    assert_eq!(there, records);
}

async fn put<L: Log>(log: &L, session: &SessionKey, record: &Record) -> Put {
    log.put(session, record).await.expect("the log takes a put")
}

pub(super) async fn store<L: Log>(log: &L, session: &SessionKey, record: &Record) {
    assert_eq!(put(log, session, record).await, Put::Stored, "a free slot");
}

async fn chunk<L: Log>(log: &L, session: &SessionKey, read: Read) -> Chunk {
    log.read(session, read).await.expect("the log answers")
}

/// Every record of a session, oldest first, in as many reads as it takes.
pub(super) async fn all<L: Log>(log: &L, session: &SessionKey) -> Vec<Record> {
    let (mut records, mut read) = (Vec::new(), EVERYTHING);
    loop {
        let chunk = chunk(log, session, read).await;
        assert!(
            !chunk.cut || !chunk.records.is_empty(),
            "a cut read gets on"
        );
        records.extend(chunk.records);
        match records.last() {
            Some(last) if chunk.cut => read.range.from = last.slot.following(),
            _ => return records,
        }
    }
}

/// A session with one record of every kind.
async fn filled<L: Log>(log: &L, sessions: &mut FreshSessions) -> (SessionKey, Vec<Record>) {
    let (session, records) = (sessions.draw(), records_of_every_kind());
    for record in &records {
        store(log, &session, record).await;
    }
    (session, records)
}

fn empty() -> Chunk {
    Chunk {
        records: Vec::new(),
        cut: false,
    }
}
