//! What every side log promises: [`check_side`] runs everything.

mod entries;

use futures_util::future::join_all;

pub use entries::entries_of_every_kind;

use super::log::{all as all_records, store as store_record};
use super::samples::{FreshSessions, message_at, records_of_every_kind};
use crate::model::content::Attributes;
use crate::model::ids::{InstanceId, SessionId, SessionKey};
use crate::model::slot::Slot;
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, Log};
use crate::ports::side::{ReceiptKind, SideEntry, SideLog, SidePut, SideRange, SideRead};
use entries::{delivered, message_of, named, receipt, receipts_in_order, slot};

/// Until when the entries are to be kept: 2096-10-02T07:06:40Z. It lies ahead, or a store may delete them.
const KEPT_UNTIL: Timestamp = Timestamp::from_millis(4_000_000_000_000);
const ALL_RECEIPTS: SideRange = SideRange::Receipts {
    from: Slot::FIRST,
    to: Slot::LAST,
};

/// Every promise of a side log, one after the other, on sessions drawn from `seed`.
///
/// The receipts of one message come in an order of the store's own; those of a higher message always come first.
///
/// # Panics
/// When a promise is broken or the side log fails.
pub async fn check_side<L: Log + SideLog>(log: &L, seed: u64) {
    let sessions = &mut FreshSessions::seeded(seed);
    a_side_log_that_was_never_written_reads_as_empty(log, sessions).await;
    a_place_is_taken_once(log, sessions).await;
    racing_puts_of_one_place_have_one_winner(log, sessions).await;
    a_strong_read_sees_every_acknowledged_entry(log, sessions).await;
    neighbouring_places_are_told_apart(log, sessions).await;
    the_highest_place_comes_first(log, sessions).await;
    a_limit_of_entries_is_kept(log, sessions).await;
    receipts_are_found_by_their_messages(log, sessions).await;
    kinds_of_entries_do_not_mix(log, sessions).await;
    side_logs_do_not_mix(log, sessions).await;
    a_log_and_its_side_log_do_not_mix(log, sessions).await;
    every_kind_of_entry_comes_back_as_it_was(log, sessions).await;
    the_most_receipts_come_at_once(log, sessions).await;
    the_largest_attributes_fit(log, sessions).await;
}

/// No entry is no error, and neither is a range whose end lies before its start.
async fn a_side_log_that_was_never_written_reads_as_empty<L: SideLog>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let session = sessions.draw();
    for consistency in [Consistency::Eventual, Consistency::Strong] {
        for range in [ALL_RECEIPTS, SideRange::Attributes] {
            let read = SideRead {
                range,
                limit: 32,
                consistency,
            };
            assert_eq!(log.read_side(&session, read).await, Ok(Vec::new()));
        }
    }
    store(log, &session, &delivered(5)).await;
    let upside_down = SideRange::Receipts {
        from: slot(6),
        to: slot(5),
    };
    assert_eq!(read(log, &session, upside_down, 32).await, []);
}

/// The first entry stays; a later put, and a retry, say that the place is taken, and by whom if they can.
async fn a_place_is_taken_once<L: SideLog>(log: &L, sessions: &mut FreshSessions) {
    let session = sessions.draw();
    let mut later = receipt(slot(1), 1, ReceiptKind::Read);
    if let SideEntry::Receipt(receipt) = &mut later {
        receipt.at = receipt.at.next();
    }
    for (first, second) in [
        (receipt(slot(1), 1, ReceiptKind::Read), later),
        (named(0, "first"), named(0, "second")),
    ] {
        store(log, &session, &first).await;
        for entry in [&second, &first] {
            match put(log, &session, entry).await {
                SidePut::Taken(occupant) => {
                    assert!(occupant.is_none_or(|occupant| *occupant == first));
                }
                SidePut::Stored => panic!("a place was taken twice"),
            }
        }
        let range = match first {
            SideEntry::Receipt(_) => ALL_RECEIPTS,
            SideEntry::Attributes(_) => SideRange::Attributes,
        };
        assert_eq!(read(log, &session, range, 32).await, [first]);
    }
}

/// Of 32 writers at once, one gets the place, and the others get nothing.
async fn racing_puts_of_one_place_have_one_winner<L: SideLog>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let session = &sessions.draw();
    let entries: Vec<SideEntry> = (0..32)
        .map(|writer| named(0, &format!("writer {writer}")))
        .collect();
    let puts = join_all(entries.iter().map(|entry| put(log, session, entry))).await;
    let won = |put: &&SidePut| **put == SidePut::Stored;
    assert_eq!(puts.iter().filter(won).count(), 1, "winners of one place");
    let there = read(log, session, SideRange::Attributes, 32).await;
    for (entry, put) in entries.iter().zip(&puts) {
        assert_eq!(*put == SidePut::Stored, there == [entry.clone()]);
        if let SidePut::Taken(Some(occupant)) = put {
            assert_eq!([(**occupant).clone()], *there);
        }
    }
}

/// What was acknowledged is there, at once, in every strong read.
async fn a_strong_read_sees_every_acknowledged_entry<L: SideLog>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let session = sessions.draw();
    for n in 1..=8 {
        let entry = named(n, "there?");
        store(log, &session, &entry).await;
        let newest = read(log, &session, SideRange::Attributes, 1).await;
        assert_eq!(newest, [entry]);
        store(log, &session, &delivered(n)).await;
        let newest = read(log, &session, ALL_RECEIPTS, 1).await;
        assert_eq!(newest, [delivered(n)]);
    }
}

/// A place is all of its message, its recipient and its kind, also where numbers get large.
async fn neighbouring_places_are_told_apart<L: SideLog>(log: &L, sessions: &mut FreshSessions) {
    let session = sessions.draw();
    let mut stored = Vec::new();
    for message in [slot(0), slot(1), slot(2), Slot::LAST] {
        let ends = [0, 1, 2, 1 << 53, (1 << 61) - 1, 1 << 61, (1 << 62) - 1];
        for recipient in ends {
            stored.extend(ReceiptKind::ALL.map(|kind| receipt(message, recipient, kind)));
        }
    }
    for entry in &stored {
        store(log, &session, entry).await;
    }
    let mut there = read(log, &session, ALL_RECEIPTS, 1_000).await;
    there.sort_by_key(SideEntry::place);
    stored.sort_by_key(SideEntry::place);
    assert_eq!(there, stored);
}

/// Places sort as numbers: not as texts, and up to the highest.
async fn the_highest_place_comes_first<L: SideLog>(log: &L, sessions: &mut FreshSessions) {
    let session = sessions.draw();
    let mut entries = receipts_in_order();
    // Written in an order that is neither the right one nor its reverse.
    for entry in entries.iter().skip(1).step_by(2) {
        store(log, &session, entry).await;
    }
    for entry in entries.iter().step_by(2).rev() {
        store(log, &session, entry).await;
    }
    entries.reverse();
    assert_eq!(read(log, &session, ALL_RECEIPTS, 1_000).await, entries);
    let numbers = [0, 1, 9, 10, 99, 100, 1 << 31, u32::MAX];
    let mut entries: Vec<SideEntry> = numbers.map(|n| named(n, "in order")).to_vec();
    for at in [3, 0, 7, 5, 1, 6, 2, 4] {
        store(log, &session, &entries[at]).await;
    }
    entries.reverse();
    let there = read(log, &session, SideRange::Attributes, 1_000).await;
    assert_eq!(there, entries);
}

/// A read gives the first so many entries of its order.
async fn a_limit_of_entries_is_kept<L: SideLog>(log: &L, sessions: &mut FreshSessions) {
    let session = sessions.draw();
    let mut entries = receipts_in_order();
    for entry in &entries {
        store(log, &session, entry).await;
    }
    entries.reverse();
    for limit in 1..=entries.len() + 1 {
        let there = read(log, &session, ALL_RECEIPTS, limit).await;
        assert_eq!(there, entries[..limit.min(entries.len())]);
    }
}

/// Both ends of a range of messages belong to it, with all their receipts, and nothing beside it does.
async fn receipts_are_found_by_their_messages<L: SideLog>(log: &L, sessions: &mut FreshSessions) {
    let session = sessions.draw();
    let highest = Slot::LAST;
    let below = Slot::new(highest.ordinal(), highest.n() - 1);
    let messages = [slot(0), slot(1), slot(2), below, highest];
    let mut stored = Vec::new();
    for message in messages {
        for recipient in [0, u128::MAX] {
            stored.extend(ReceiptKind::ALL.map(|kind| receipt(message, recipient, kind)));
        }
    }
    for entry in &stored {
        store(log, &session, entry).await;
    }
    for from in messages {
        for to in messages {
            let range = SideRange::Receipts { from, to };
            let within = stored.iter().filter(|each| range.contains(each.place()));
            let mut expected: Vec<SideEntry> = within.cloned().collect();
            let mut there = read(log, &session, range, 1_000).await;
            let message = |entry: &SideEntry| std::cmp::Reverse(message_of(entry));
            assert!(there.is_sorted_by_key(message));
            there.sort_by_key(SideEntry::place);
            expected.sort_by_key(SideEntry::place);
            assert_eq!(there, expected);
        }
    }
}

/// Receipts and attributes are never read at once, and never stand in each other's way.
async fn kinds_of_entries_do_not_mix<L: SideLog>(log: &L, sessions: &mut FreshSessions) {
    let session = sessions.draw();
    let receipt = receipt(Slot::FIRST, 0, ReceiptKind::Delivered);
    let attributes = named(0, "not a receipt");
    for entry in [&receipt, &attributes] {
        store(log, &session, entry).await;
    }
    assert_eq!(read(log, &session, ALL_RECEIPTS, 32).await, [receipt]);
    let there = read(log, &session, SideRange::Attributes, 32).await;
    assert_eq!(there, [attributes]);
}

/// A side log belongs to its instance and to all bits of its session.
async fn side_logs_do_not_mix<L: SideLog>(log: &L, sessions: &mut FreshSessions) {
    let one = sessions.draw();
    let (instance, bits) = (one.instance.as_str(), one.session.bits());
    let key = |instance: &str, bits| SessionKey {
        instance: InstanceId::new(instance).expect("an instance id"),
        session: SessionId::from_bits(bits),
    };
    let keys = [
        one.clone(),
        key(instance, bits ^ 1),
        key(instance, bits ^ (1 << 64)),
        key(instance, bits ^ (1 << (SessionId::BITS - 1))),
        key(&instance.to_uppercase(), bits),
        key(&format!("{instance} "), bits),
    ];
    for (number, key) in (0..).zip(&keys) {
        store(log, key, &named(0, &format!("of session {number}"))).await;
        store(log, key, &delivered(number)).await;
    }
    for (number, key) in (0..).zip(&keys) {
        let there = read(log, key, SideRange::Attributes, 32).await;
        assert_eq!(there, [named(0, &format!("of session {number}"))]);
        let there = read(log, key, ALL_RECEIPTS, 32).await;
        assert_eq!(there, [delivered(number)]);
    }
}

/// What is beside a log is not in it, and the other way round.
async fn a_log_and_its_side_log_do_not_mix<L: Log + SideLog>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let session = sessions.draw();
    for n in 0..3 {
        store(log, &session, &named(n, "beside")).await;
        store(log, &session, &receipt(slot(n), 0, ReceiptKind::Delivered)).await;
    }
    assert_eq!(all_records(log, &session).await, []);
    let records = [
        records_of_every_kind().swap_remove(0),
        message_at(slot(1), "in the log"),
    ];
    for record in &records {
        store_record(log, &session, record).await;
    }
    assert_eq!(all_records(log, &session).await, records);
    for range in [ALL_RECEIPTS, SideRange::Attributes] {
        assert_eq!(read(log, &session, range, 32).await.len(), 3);
    }
}

/// Nothing of an entry is lost, added or changed.
async fn every_kind_of_entry_comes_back_as_it_was<L: SideLog>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let session = sessions.draw();
    let mut stored = entries_of_every_kind();
    for entry in &stored {
        store(log, &session, entry).await;
    }
    let mut there = read(log, &session, ALL_RECEIPTS, 32).await;
    there.extend(read(log, &session, SideRange::Attributes, 32).await);
    there.sort_by_key(SideEntry::place);
    stored.sort_by_key(SideEntry::place);
    assert_eq!(there, stored);
}

/// As many receipts as every store gives at once do come at once, whatever the instance is called.
async fn the_most_receipts_come_at_once<L: SideLog>(log: &L, sessions: &mut FreshSessions) {
    let longest = InstanceId::new("𝄞".repeat(100)).expect("100 characters");
    let session = SessionKey::new(&longest, sessions.draw().session);
    let most = u128::try_from(SideRead::MOST_RECEIPTS).expect("some");
    let all: Vec<SideEntry> = (0..most)
        .map(|recipient| receipt(Slot::LAST, recipient, ReceiptKind::Delivered))
        .collect();
    for entries in all.chunks(50) {
        join_all(entries.iter().map(|entry| store(log, &session, entry))).await;
    }
    let there = read(log, &session, ALL_RECEIPTS, SideRead::MOST_RECEIPTS).await;
    assert_eq!(there.len(), all.len());
}

/// Attributes of 32 KiB fit; of more of them than one answer holds come the highest.
async fn the_largest_attributes_fit<L: SideLog>(log: &L, sessions: &mut FreshSessions) {
    let session = sessions.draw();
    let largest = |number| named(number, &"x".repeat(Attributes::MAX_BYTES - 1));
    for number in 0..40 {
        store(log, &session, &largest(number)).await;
    }
    let there = read(log, &session, SideRange::Attributes, 40).await;
    assert!(!there.is_empty(), "the largest attributes fit an answer");
    for (number, entry) in (0..40).rev().zip(there) {
        assert_eq!(entry, largest(number));
    }
}

async fn put<L: SideLog>(log: &L, session: &SessionKey, entry: &SideEntry) -> SidePut {
    let put = log.put_side(session, entry, KEPT_UNTIL).await;
    put.expect("the side log takes a put")
}

async fn store<L: SideLog>(log: &L, session: &SessionKey, entry: &SideEntry) {
    let put = put(log, session, entry).await;
    assert_eq!(put, SidePut::Stored, "a free place");
}

async fn read<L: SideLog>(
    log: &L,
    session: &SessionKey,
    range: SideRange,
    limit: usize,
) -> Vec<SideEntry> {
    let read = SideRead {
        range,
        limit,
        consistency: Consistency::Strong,
    };
    let there = log.read_side(session, read).await;
    there.expect("the side log answers")
}
