//! Fuzzed bytes read as choices: when they have run out, every choice is the first.

/// What is left of the bytes.
pub(crate) struct Chance<'a>(&'a [u8]);

impl<'a> Chance<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    /// A number below `most`.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        usize::from(u16::from_be_bytes(self.array())) % most.max(1)
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    pub(crate) fn number(&mut self) -> u64 {
        u64::from_be_bytes(self.array())
    }

    pub(crate) fn bits(&mut self) -> u128 {
        u128::from_be_bytes(self.array())
    }

    pub(crate) fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::from(self.byte()) % of.len()]
    }

    /// So many bytes, or zeros in their place.
    pub(crate) fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        let (taken, rest) = self.0.split_at(N.min(self.0.len()));
        array[..taken.len()].copy_from_slice(taken);
        self.0 = rest;
        array
    }

    /// A piece whose length is its first byte.
    pub(crate) fn piece(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()).min(self.0.len());
        let (piece, rest) = self.0.split_at(length);
        self.0 = rest;
        piece
    }

    /// All that is left.
    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }
}

/// The bytes with one place changed as chance has it: a bit turned, a byte put in, one taken out, or the end cut off.
pub(crate) fn altered(bytes: &[u8], chance: &mut Chance<'_>) -> Vec<u8> {
    let mut altered = bytes.to_vec();
    let (kind, at, with) = (chance.byte() % 5, chance.below(bytes.len()), chance.byte());
    match kind {
        0 if !altered.is_empty() => altered[at] ^= 1 << (with % 8),
        1 => altered.insert(at, with),
        2 if !altered.is_empty() => drop(altered.remove(at)),
        3 => altered.truncate(at),
        _ if !altered.is_empty() => altered[at] = with,
        _ => altered.push(with),
    }
    altered
}

/// The same of a text of printable ASCII, which it stays.
pub(crate) fn altered_text(text: &str, chance: &mut Chance<'_>) -> String {
    let bytes = altered(text.as_bytes(), chance).into_iter();
    let printable = |byte: u8| char::from(b' ' + (byte.wrapping_sub(b' ')) % 95);
    bytes.map(printable).collect()
}
