//! One page, from wherever it begins.

use super::cursor::Cursor;
use super::query::{From, Page, PageError, Query};
use super::{past, present};
use crate::model::time::Timestamp;
use crate::ports::log::Log;
use crate::ports::side::SideLog;

/// Reads one page.
///
/// # Errors
/// [`PageError::Ended`] for a first page of a session that has ended, and [`PageError::NotAParticipant`] for one of
/// a reader who has left: what was begun before may be read to its end, nothing new may be begun.
pub async fn page<L: Log + SideLog>(
    log: &L,
    query: &Query,
    now: Timestamp,
) -> Result<Page, PageError> {
    // Boxed: the future of a page holds all that it may read side by side, too much for a small stack in a debug build.
    match query.from {
        From::Cursor(Cursor::Past(cursor)) => Box::pin(past::page(log, query, cursor, now)).await,
        From::Cursor(Cursor::Present { at, before, begun }) => {
            Box::pin(present::next_page(log, query, at, before, begun, now)).await
        }
        _ => Box::pin(present::first_page(log, query, now)).await,
    }
}
