//! Pages of a session's items, and of the past that the session shows; uses `model`, `ports` and `session_log`, and
//! nothing within this crate uses it.
//!
//! The present and the past are one stream, newest first: a page backward that the present does not fill goes on
//! into the past. It never does where the reader said at which place it begins or which contact it is of, nor
//! forward. A page is a bounded number of range reads, however long the session or its past is, in two round trips
//! unless records without items lie on its way. Only two things are found by bisection, in reads that grow with the
//! logarithm of the records: a moment, and forward an item behind a run of records without any.
//!
//! # Receipts
//! Receipts stand beside the log, so a page with messages takes one read more for each of its sessions in which
//! anybody but the customer has ever taken part; sessions without company cost nothing more. It makes no round
//! trip more, since whoever asks for a page mostly says so beforehand: the reader is not the customer, or his
//! connection was made when there was company ([`Query::accompanied`]); a page before saw it ([`Begun`],
//! [`PastPoint`]); the link says it of a past session
//! ([`PastSession::accompanied`](crate::PastSession::accompanied)). Three cases need a second look, in one
//! round trip more, or beside the past where the page shows some: a customer who has been connected since before
//! anybody came, at the first page; a FORWARD page that goes on beyond a transfer; and messages that have reached
//! more than two others each, as where agents take turns. Receipts of those who came after the first page of a
//! reading are for the next one to see.
//!
//! A receipt belongs to its message and is shown wherever that is, in past sessions too.

mod backward;
mod collect;
mod cursor;
pub(crate) mod export;
mod forward;
mod page;
mod past;
mod present;
mod query;
mod receipts;
mod records;
mod search;

pub use cursor::{Begun, Cursor, LinkAddress, PastCursor, PastPoint, Point};
pub use page::page;
pub use query::{Direction, From, Page, PageError, Query};
pub use receipts::Received;
