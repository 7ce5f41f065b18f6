//! Transcripts against a plain model: any history, any page size, any direction, any place to start, read
//! from stores that show less than they hold, while a writer goes on.

use domain::transcript::Direction::{Backward, Forward};
use domain::transcript::{Cursor, Direction, From, Page, Query};
use domain::{ContactId, Item, ItemId, Ordinal, ParticipantId, ReceiptKind, Timestamp};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::stage::{Act, Faults, History, acts, assert_whole, line};

/// A way of reading.
#[derive(Debug, Clone)]
struct Reading {
    direction: Direction,
    start: Place,
    contact: Option<Index>,
    limit: usize,
    /// Before which of the following pages somebody writes.
    writes: Vec<Writes>,
    /// What eventually consistent reads do not see; nothing missing where it is 0.
    unseen: u64,
    cut_after: usize,
    /// Whether the reader says to know of company, rightly or wrongly.
    accompanied: bool,
}

#[derive(Debug, Clone, Copy)]
enum Writes {
    Nothing,
    Message,
    Transfer,
    End,
}

#[derive(Debug, Clone)]
enum Place {
    Newest,
    Item(Index),
    Near(Index, i64),
    MostRecent(usize),
}

fn readings() -> impl Strategy<Value = Vec<Reading>> {
    let place = prop_oneof![
        Just(Place::Newest),
        any::<Index>().prop_map(Place::Item),
        (any::<Index>(), -1..=1_i64).prop_map(|(index, off)| Place::Near(index, off)),
        (0..12_usize).prop_map(Place::MostRecent),
    ];
    let writes = prop_oneof![
        4 => Just(Writes::Nothing),
        3 => Just(Writes::Message),
        1 => Just(Writes::Transfer),
        1 => Just(Writes::End),
    ];
    let reading = (
        prop_oneof![3 => Just(Backward), 2 => Just(Forward)],
        place,
        prop::option::weighted(0.3, any::<Index>()),
        prop_oneof![1..6_usize, Just(100)],
        prop::collection::vec(writes, 0..12),
        prop_oneof![Just(0), any::<u64>()],
        prop_oneof![3 => Just(usize::MAX), 1 => 2..6_usize],
        any::<bool>(),
    );
    let reading = reading.prop_map(
        |(direction, start, contact, limit, writes, unseen, cut_after, accompanied)| Reading {
            // What follows the newest item from there on is not a question that one can ask.
            direction: match start {
                Place::Newest => Backward,
                _ => direction,
            },
            start,
            contact,
            limit,
            writes,
            unseen,
            cut_after,
            accompanied,
        },
    );
    prop::collection::vec(reading, 1..6)
}

impl Reading {
    fn query(&self, history: &History, all: &[Item]) -> Query {
        let near = |item: &Item, off: i64| {
            Timestamp::from_millis(item.at.as_millis().saturating_add_signed(off))
        };
        let chat = history.chat();
        let contacts = usize::from(history.model().contact) + 1;
        let contact = self.contact.map(|index| {
            let ordinal = u16::try_from(index.index(contacts)).unwrap();
            ContactId::new(chat.key.session, Ordinal::new(ordinal).unwrap())
        });
        Query {
            contact,
            direction: self.direction,
            limit: self.limit,
            accompanied: self.accompanied,
            from: match self.start {
                _ if all.is_empty() => From::MostRecent(1),
                Place::Newest => From::Newest,
                Place::Item(index) => From::Item(index.get(all).id),
                Place::Near(index, off) => From::Time(near(index.get(all), off)),
                Place::MostRecent(n) => From::MostRecent(n),
            },
            ..chat.newest()
        }
    }

    fn faults(&self) -> Faults {
        let mut random = self.unseen;
        Faults {
            unseen: Box::new(move || {
                random = random.rotate_left(23).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                random & random.rotate_left(29)
            }),
            cut_after: self.cut_after,
            ..Faults::default()
        }
    }
}

/// The items to be shown: those of the present from the start on, then those of the past.
fn expected(query: &Query, present: &[Item], past: &[Item]) -> Vec<Item> {
    let own: Vec<&Item> = present
        .iter()
        .filter(|item| query.contact.is_none_or(|contact| item.contact == contact))
        .collect();
    let position = |id: ItemId| own.iter().position(|item| item.id == id);
    let nth = |n: usize| {
        own.len()
            .checked_sub(n.max(1))
            .or((!own.is_empty()).then_some(0))
    };
    let shown: Vec<&Item> = match (query.from, query.direction) {
        (From::Newest, _) => own,
        (From::Time(time), Backward) => own.into_iter().filter(|item| item.at <= time).collect(),
        (From::Time(time), Forward) => own.into_iter().filter(|item| item.at >= time).collect(),
        (From::Item(id), _) if position(id).is_none() => return Vec::new(),
        (From::Item(id), Backward) => own[..=position(id).unwrap()].to_vec(),
        (From::Item(id), Forward) => own[position(id).unwrap()..].to_vec(),
        (From::MostRecent(n), Backward) => nth(n).map_or(Vec::new(), |at| own[..=at].to_vec()),
        (From::MostRecent(n), Forward) => nth(n).map_or(Vec::new(), |at| own[at..].to_vec()),
        (From::Cursor(_), _) => panic!("no place to start"),
    };
    let shown = shown.into_iter().cloned();
    match query.direction {
        Forward => shown.collect(),
        Backward if query.contact.is_some() => shown.rev().collect(),
        Backward => shown.rev().chain(past.iter().rev().cloned()).collect(),
    }
}

/// Whom the messages of a page have reached, as a list that can be compared.
fn received(page: &Page) -> Vec<(ItemId, ParticipantId, ReceiptKind)> {
    let mut list = Vec::new();
    for (message, received) in &page.receipts {
        for each in received {
            let delivered = each.delivered.map(|_| ReceiptKind::Delivered);
            let read = each.read.map(|_| ReceiptKind::Read);
            let kinds = delivered.into_iter().chain(read);
            list.extend(kinds.map(|kind| (*message, each.recipient, kind)));
        }
    }
    list.sort();
    list
}

/// The same as the history has it.
fn expected_receipts(history: &History, page: &Page) -> Vec<(ItemId, ParticipantId, ReceiptKind)> {
    let of = |item: &Item| {
        let received = history.received(item.id, item.contact.session());
        let id = item.id;
        received.into_iter().map(move |(who, kind)| (id, who, kind))
    };
    let mut list: Vec<_> = page.items.iter().flat_map(of).collect();
    list.sort();
    list
}

/// Whether the reader said where the page begins.
fn has_a_place(query: &Query) -> bool {
    !matches!(query.from, From::Newest | From::Cursor(_))
}

/// The present comes first; the past is on no page that may not enter it.
fn assert_one_stream(query: &Query, page: &Page) {
    let of_past = |item: &Item| item.contact.session() != query.session.session;
    assert!(page.items.is_sorted_by_key(of_past));
    if query.direction == Forward || query.contact.is_some() || has_a_place(query) {
        assert!(!page.items.iter().any(of_past));
    }
}

/// A backward page with a token is full; where records without items left it short, it is half full at least.
fn assert_filled(query: &Query, page: &Page, silent: usize) {
    let ends_with_the_present = has_a_place(query) && matches!(page.next, Some(Cursor::Past(_)));
    if query.direction == Forward || page.next.is_none() || ends_with_the_present {
        return;
    }
    let items = page.items.len();
    match silent {
        0 => assert_eq!(items, query.limit),
        // As many as are read without a doubt.
        1..192 => assert!(items * 2 >= query.limit, "{items} of {}", query.limit),
        _ => {}
    }
}

/// Reads page after page while somebody writes, and gives all the items in the order of the direction.
fn read(history: &mut History, reading: &Reading, query: &Query) -> Vec<Item> {
    let reader = history.world.through(reading.faults());
    let mut writes = reading.writes.iter();
    let mut query = query.clone();
    let mut items = Vec::new();
    let mut pages = 0;
    let silent = history.silent_records();
    loop {
        let page = reader.read(&query).unwrap();
        assert!(page.items.len() <= query.limit);
        assert_one_stream(&query, &page);
        if reading.cut_after == usize::MAX {
            assert_filled(&query, &page, silent);
        }
        // A token is given only where something follows, as far as the store lets one know.
        let told = query.direction == Forward && reading.cut_after == usize::MAX;
        assert!(pages == 0 || !page.items.is_empty() || !told);
        let (shown, expected) = (received(&page), expected_receipts(history, &page));
        // An eventually consistent read may miss some.
        match reading.unseen {
            0 => assert_eq!(shown, expected),
            _ => assert!(shown.iter().all(|each| expected.contains(each))),
        }
        items.extend(page.items);
        let Some(next) = page.next else { return items };
        query.from = From::Cursor(next);
        pages += 1;
        assert!(pages < 1_000, "pages without end");
        match writes.next() {
            None | Some(Writes::Nothing) => {}
            Some(Writes::Message) => history.goes_on(&Act::Say),
            Some(Writes::Transfer) => history.goes_on(&Act::Transfer),
            Some(Writes::End) => history.goes_on(&Act::Leave),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages_joined_are_what_the_model_shows(acts in acts(), readings in readings()) {
        let mut history = History::of(&acts);
        let all = history.world.items(history.chat());
        let lines: Vec<String> = all.iter().map(line).collect();
        prop_assert_eq!(lines, history.model().shows());
        let rises = |pair: &[Item]| pair[0].at < pair[1].at && pair[0].id < pair[1].id;
        let border = |pair: &[Item]| pair[0].contact.session() != pair[1].contact.session();
        prop_assert!(all.windows(2).all(|pair| rises(pair) || (border(pair) && history.has_late_links())));
        for (item, text) in all.iter().zip(all.iter().map(line)) {
            if let Some(sent) = text.strip_prefix("Jane: ").and_then(|text| history.sent.get(text)) {
                prop_assert_eq!((sent.id, sent.at), (item.id, item.at));
            }
        }
        let own = history.chat().key.session;
        let past: Vec<Item> = all.iter().filter(|item| item.contact.session() != own).cloned().collect();

        for reading in &readings {
            if !history.is_running() {
                break;
            }
            let before = history.present();
            let query = reading.query(&history, &all);
            let mut expected = expected(&query, &before, &past);
            let shown = read(&mut history, reading, &query);
            if query.direction == Forward && !expected.is_empty() {
                // Forward goes on to what has been written meanwhile.
                let written = history.present().split_off(before.len());
                let of_contact = |item: &Item| query.contact.is_none_or(|c| item.contact == c);
                expected.extend(written.into_iter().filter(of_contact));
            }
            prop_assert_eq!(shown, expected);
        }
        for (chat, _) in &history.chats {
            assert_whole(&history.world, &chat.key);
        }
    }
}
