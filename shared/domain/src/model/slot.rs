//! Slots and segments: the numbered places of a session's log, and ranges of them.

/// The place of a segment in its session, from 0; 12 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ordinal(u16);

impl Ordinal {
    /// The ordinal of an initial contact.
    pub const FIRST: Ordinal = Ordinal(0);
    /// The last ordinal: a session has at most 4,096 contacts.
    pub const LAST: Ordinal = Ordinal(0xFFF);

    /// The ordinal `n`, or none above [`Ordinal::LAST`].
    pub fn new(n: u16) -> Option<Self> {
        (n <= Self::LAST.0).then_some(Self(n))
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The ordinal of the next segment, or none after the last.
    pub fn next(self) -> Option<Self> {
        Self::new(self.0 + 1)
    }
}

/// The position of a record in its session's log: the segment's ordinal, then the number within the segment.
///
/// As one number, `ordinal × 2³² + n`, slots sort as the records were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    ordinal: Ordinal,
    n: u32,
}

impl Slot {
    /// The first slot of every session; it holds the `started` record.
    pub const FIRST: Slot = Slot {
        ordinal: Ordinal::FIRST,
        n: 0,
    };
    /// The highest slot that can be named, as an open upper bound of ranges.
    pub const LAST: Slot = Slot {
        ordinal: Ordinal::LAST,
        n: u32::MAX,
    };

    /// The `n`-th slot (from 0) of the segment `ordinal`.
    pub const fn new(ordinal: Ordinal, n: u32) -> Self {
        Self { ordinal, n }
    }

    /// The segment that this slot belongs to.
    pub const fn ordinal(self) -> Ordinal {
        self.ordinal
    }

    /// The number within the segment, from 0.
    pub const fn n(self) -> u32 {
        self.n
    }

    /// The slot after this one in the same segment.
    pub const fn following(self) -> Self {
        Self {
            ordinal: self.ordinal,
            n: self.n.saturating_add(1),
        }
    }

    /// The first slot of the next segment, or none where the ordinals end.
    pub fn opening_next_segment(self) -> Option<Self> {
        Some(Self::new(self.ordinal.next()?, 0))
    }

    /// The slot as the one number under which it is stored: below 2⁴⁴.
    pub const fn as_number(self) -> u64 {
        ((self.ordinal.get() as u64) << 32) | self.n as u64
    }

    /// The slot of a stored number, or none if no slot has it.
    pub fn from_number(number: u64) -> Option<Self> {
        let ordinal = Ordinal::new(u16::try_from(number >> 32).ok()?)?;
        Some(Self::new(ordinal, (number & 0xFFFF_FFFF) as u32))
    }
}

/// An inclusive range of slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotRange {
    /// The lowest slot of the range.
    pub from: Slot,
    /// The highest slot of the range.
    pub to: Slot,
}

impl SlotRange {
    /// Every slot of a session.
    pub const ALL: SlotRange = SlotRange {
        from: Slot::FIRST,
        to: Slot::LAST,
    };

    /// Exactly one slot.
    pub const fn only(slot: Slot) -> Self {
        Self {
            from: slot,
            to: slot,
        }
    }

    /// Every slot of one segment.
    pub const fn segment(ordinal: Ordinal) -> Self {
        Self {
            from: Slot::new(ordinal, 0),
            to: Slot::new(ordinal, u32::MAX),
        }
    }

    /// The part of the range that is not above `slot`.
    pub fn up_to(self, slot: Slot) -> Self {
        Self {
            from: self.from,
            to: self.to.min(slot),
        }
    }

    /// The part of the range that is not below `slot`.
    pub fn starting_at(self, slot: Slot) -> Self {
        Self {
            from: self.from.max(slot),
            to: self.to,
        }
    }

    /// Whether `slot` lies in the range.
    pub fn contains(self, slot: Slot) -> bool {
        self.from <= slot && slot <= self.to
    }

    /// Whether no slot lies in the range.
    pub fn is_empty(self) -> bool {
        self.from > self.to
    }
}
