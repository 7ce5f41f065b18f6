//! NextToken: a transcript's cursor, signed, and bound to its session, reader, direction and contact.

use domain::transcript::{Begun, Cursor, Direction, LinkAddress, PastCursor, PastPoint, Point};
use domain::{Ordinal, ParticipantId, SessionId, SessionKey, Slot};

use crate::token::{Purpose, Tokens};

/// Everything that a NextToken says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextToken {
    /// Which way the transcript is being read.
    pub direction: Direction,
    /// The one contact that is being read, of the reader's session.
    pub contact: Option<Ordinal>,
    /// Where to go on.
    pub cursor: Cursor,
}

const NO_CONTACT: u16 = u16::MAX;
const NO_SLOT: u64 = u64::MAX;

impl NextToken {
    /// The token as text, good only for this reader of `session`: in another one's hands it would begin a page that he may not begin.
    pub fn seal(
        &self,
        tokens: &Tokens,
        session: &SessionKey,
        reader: Option<ParticipantId>,
    ) -> String {
        let mut bytes = vec![match self.direction {
            Direction::Backward => 0,
            Direction::Forward => 1,
        }];
        bytes.extend(self.contact.map_or(NO_CONTACT, Ordinal::get).to_be_bytes());
        match self.cursor {
            Cursor::Present { at, before, begun } => {
                bytes.push(0);
                put_point(&mut bytes, at);
                bytes.extend(before.to_be_bytes());
                let link = begun.link.map_or(NO_SLOT, Slot::as_number);
                bytes.extend(link.to_be_bytes());
                bytes.push(u8::from(begun.accompanied));
            }
            Cursor::Past(past) => {
                bytes.push(1 + u8::from(past.at.is_some()));
                bytes.extend(past.list.session.bits().to_be_bytes());
                bytes.extend(past.list.slot.as_number().to_be_bytes());
                bytes.push(past.entry);
                if let Some(at) = past.at {
                    bytes.extend(at.session.bits().to_be_bytes());
                    put_point(&mut bytes, at.point);
                    bytes.extend(at.before.to_be_bytes());
                    bytes.push(u8::from(at.accompanied));
                }
            }
        }
        let context = context(session, reader);
        tokens.seal(
            Purpose::Next,
            &bytes,
            &context.each_ref().map(Vec::as_slice),
        )
    }

    /// What the token says, or none if it was not made for this reader of `session`.
    pub fn open(
        tokens: &Tokens,
        session: &SessionKey,
        reader: Option<ParticipantId>,
        token: &str,
    ) -> Option<Self> {
        let context = context(session, reader);
        let context = context.each_ref().map(Vec::as_slice);
        let bytes = tokens.open(Purpose::Next, token, &context)?;
        let mut bytes = Bytes(&bytes);
        let direction = match bytes.byte()? {
            0 => Direction::Backward,
            1 => Direction::Forward,
            _ => return None,
        };
        let contact = match u16::from_be_bytes(bytes.take()?) {
            NO_CONTACT => None,
            n => Some(Ordinal::new(n)?),
        };
        let cursor = match bytes.byte()? {
            0 => Cursor::Present {
                at: bytes.point()?,
                before: u64::from_be_bytes(bytes.take()?),
                begun: Begun {
                    link: match u64::from_be_bytes(bytes.take()?) {
                        NO_SLOT => None,
                        n => Some(Slot::from_number(n)?),
                    },
                    accompanied: bytes.flag()?,
                },
            },
            kind @ (1 | 2) => Cursor::Past(PastCursor {
                list: LinkAddress {
                    session: bytes.session()?,
                    slot: bytes.slot()?,
                },
                entry: bytes.byte()?,
                at: match kind {
                    1 => None,
                    _ => Some(PastPoint {
                        session: bytes.session()?,
                        point: bytes.point()?,
                        before: u64::from_be_bytes(bytes.take()?),
                        accompanied: bytes.flag()?,
                    }),
                },
            }),
            _ => return None,
        };
        bytes.0.is_empty().then_some(Self {
            direction,
            contact,
            cursor,
        })
    }
}

fn context(session: &SessionKey, reader: Option<ParticipantId>) -> [Vec<u8>; 3] {
    let reader = reader.map(|reader| reader.bits().to_be_bytes().to_vec());
    [
        session.instance.as_str().as_bytes().to_vec(),
        session.session.bits().to_be_bytes().to_vec(),
        reader.unwrap_or_default(),
    ]
}

fn put_point(bytes: &mut Vec<u8>, point: Point) {
    bytes.extend(point.slot.as_number().to_be_bytes());
    bytes.push(point.index);
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take().map(|[byte]| byte)
    }

    fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn slot(&mut self) -> Option<Slot> {
        Slot::from_number(u64::from_be_bytes(self.take()?))
    }

    fn session(&mut self) -> Option<SessionId> {
        Some(SessionId::from_bits(u128::from_be_bytes(self.take()?)))
    }

    fn point(&mut self) -> Option<Point> {
        Some(Point {
            slot: self.slot()?,
            index: self.byte()?,
        })
    }
}

#[cfg(test)]
mod tests;
