//! Taking items out of records until a page is full.

use super::cursor::Point;
use super::query::Direction;
use crate::model::ids::SessionId;
use crate::model::item::{Item, ItemKind};
use crate::model::record::Record;

/// The most that a page's texts may weigh: below the 6 MB that Lambda answers with
/// ([quotas](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)), the rest of each item included.
const PAGE_WEIGHT: usize = 5_000_000;
/// What an item weighs beside its texts: ids, times and member names.
const ITEM_WEIGHT: usize = 600;
/// More items than this are on no page, however little they say.
pub(crate) const MOST_ITEMS: usize = PAGE_WEIGHT / ITEM_WEIGHT;

/// A page being filled. It stays the same page where its items are taken off it in between: they keep their weight
/// and their room.
pub(crate) struct Collector {
    direction: Direction,
    limit: usize,
    room: usize,
    weight: usize,
    pub(crate) items: Vec<Item>,
}

/// How far a collector came in the records it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reached {
    /// The place behind which nothing has been taken yet.
    pub(crate) point: Point,
    /// How many items of the session lie before the place.
    pub(crate) before: u64,
    /// Whether the page was full while there were items left in the records.
    pub(crate) full: bool,
}

impl Collector {
    pub(crate) fn new(direction: Direction, limit: usize) -> Self {
        Self {
            direction,
            limit,
            room: limit,
            weight: 0,
            items: Vec::new(),
        }
    }

    /// How many more items there is room for.
    pub(crate) fn room(&self) -> usize {
        self.room
    }

    /// Whether less than half of the page is filled and more may still come on it.
    pub(crate) fn is_sparse(&self) -> bool {
        self.room * 2 > self.limit
    }

    /// Takes the items of `records`, which come in the order of the direction, as far as `wanted` says;
    /// none where there are no records.
    pub(crate) fn take(
        &mut self,
        records: &[Record],
        session: SessionId,
        wanted: impl Fn(Point, u64, &Item) -> bool,
    ) -> Option<Reached> {
        let mut reached = None;
        for record in records {
            let mut items: Vec<(u8, Item)> = (0u8..).zip(record.items(session)).collect();
            if self.direction == Direction::Backward {
                items.reverse();
            }
            for (index, item) in items {
                let point = Point {
                    slot: record.slot,
                    index,
                };
                let number = record.items_before() + u64::from(index);
                if wanted(point, number, &item) && !self.push(item) {
                    return Some(Reached {
                        full: true,
                        ..reached.unwrap_or(self.before_item(point, number))
                    });
                }
                reached = Some(self.after_item(point, number));
            }
            reached = Some(self.after_record(record));
        }
        reached
    }

    fn push(&mut self, item: Item) -> bool {
        let weight = weight(&item);
        let too_heavy = self.weight > 0 && self.weight + weight > PAGE_WEIGHT;
        if self.room == 0 || too_heavy {
            self.room = 0;
            return false;
        }
        self.weight += weight;
        self.room -= 1;
        self.items.push(item);
        true
    }

    /// The place to go on from once the item numbered `number` at `point` has been taken.
    fn after_item(&self, point: Point, number: u64) -> Reached {
        match self.direction {
            Direction::Backward => reached(point.slot, point.index, number),
            Direction::Forward => reached(point.slot, point.index + 1, number + 1),
        }
    }

    /// The place to go on from so that the item numbered `number` at `point` comes next.
    fn before_item(&self, point: Point, number: u64) -> Reached {
        match self.direction {
            Direction::Backward => reached(point.slot, point.index + 1, number + 1),
            Direction::Forward => reached(point.slot, point.index, number),
        }
    }

    fn after_record(&self, record: &Record) -> Reached {
        match self.direction {
            Direction::Backward => reached(record.slot, 0, record.items_before()),
            Direction::Forward => reached(record.slot, record.item_count(), record.state.items),
        }
    }
}

fn reached(slot: crate::model::slot::Slot, index: u8, before: u64) -> Reached {
    Reached {
        point: Point { slot, index },
        before,
        full: false,
    }
}

/// The most bytes that an item can take in an answer: JSON within the JSON of a Lambda response, so that a
/// control character takes seven and a quotation mark four.
fn weight(item: &Item) -> usize {
    let escaped = |text: &str| -> usize {
        text.bytes()
            .map(|byte| match byte {
                0..=0x1F => 7,
                b'"' | b'\\' => 4,
                _ => 1,
            })
            .sum()
    };
    let texts = match &item.kind {
        ItemKind::Message {
            sender, content, ..
        } => escaped(&content.0) + escaped(&sender.display_name.0),
        ItemKind::Event { participant, .. } => participant
            .as_ref()
            .map_or(0, |each| escaped(&each.display_name.0)),
    };
    ITEM_WEIGHT + texts
}
