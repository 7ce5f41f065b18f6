//! Transcripts as they are read: page by page, and joined.

use aws_sdk_connectparticipant::operation::get_transcript::GetTranscriptOutput;
use aws_sdk_connectparticipant::operation::get_transcript::builders::GetTranscriptFluentBuilder;
use aws_sdk_connectparticipant::types::{Item, ScanDirection, SortKey, StartPosition};

use crate::people::{Participant, Sent};

impl Participant {
    /// Everything that the chat shows, its past included, oldest first; read in pages of 100.
    pub(crate) async fn history(&self) -> Vec<Item> {
        self.history_in_pages_of(100).await
    }

    /// The same, read in pages of this size.
    pub(crate) async fn history_in_pages_of(&self, size: i32) -> Vec<Item> {
        let first = self.older(size).send().await.unwrap();
        self.history_from(first, size).await
    }

    /// Everything older than a page, and the page, oldest first.
    pub(crate) async fn history_from(&self, first: GetTranscriptOutput, size: i32) -> Vec<Item> {
        let mut pages = vec![first];
        while let Some(token) = pages.last().unwrap().next_token() {
            let next = self.older(size).next_token(token).send().await.unwrap();
            assert!(next.transcript().len() <= size as usize);
            assert!(pages.len() < 1_000, "the pages never end");
            pages.push(next);
        }
        let oldest_first = pages.into_iter().rev();
        oldest_first
            .flat_map(|page| page.transcript.unwrap())
            .collect()
    }

    /// A page towards the past, with its oldest item first.
    pub(crate) fn older(&self, size: i32) -> GetTranscriptFluentBuilder {
        self.reading()
            .scan_direction(ScanDirection::Backward)
            .sort_order(SortKey::Ascending)
            .max_results(size)
    }

    /// A page towards the present, with its oldest item first.
    pub(crate) fn newer(&self, size: i32) -> GetTranscriptFluentBuilder {
        self.reading()
            .scan_direction(ScanDirection::Forward)
            .sort_order(SortKey::Ascending)
            .max_results(size)
    }
}

/// Starts at the item of this id.
pub(crate) fn at_id(id: &str) -> StartPosition {
    StartPosition::builder().id(id).build()
}

/// Starts at this moment.
pub(crate) fn at_time(time: &str) -> StartPosition {
    StartPosition::builder().absolute_time(time).build()
}

/// Starts at the n-th newest item.
pub(crate) fn at_most_recent(n: i32) -> StartPosition {
    StartPosition::builder().most_recent(n).build()
}

/// A page that is read.
pub(crate) async fn page(page: GetTranscriptFluentBuilder) -> Vec<Item> {
    page.send().await.unwrap().transcript.unwrap()
}

/// What stands in a transcript, for people to read.
pub(crate) fn lines(items: &[Item]) -> Vec<String> {
    items.iter().map(line).collect()
}

fn line(item: &Item) -> String {
    let name = item.display_name().unwrap_or("nobody");
    let kind = item.content_type().unwrap();
    match (item.content(), kind.rsplit_once("event.")) {
        (Some(content), _) => format!("{name}: {content}"),
        (None, Some((_, "participant.joined"))) => format!("{name} joined"),
        (None, Some((_, "participant.left"))) => format!("{name} left"),
        (None, Some((_, "participant.invited"))) => format!("{name} invited"),
        (None, Some((_, "transfer.succeeded"))) => "transferred".to_owned(),
        (None, Some((_, "chat.ended"))) => "ended".to_owned(),
        (None, _) => panic!("an item of the type {kind}"),
    }
}

/// What was said, without the events.
pub(crate) fn said(items: &[Item]) -> Vec<&str> {
    items.iter().filter_map(Item::content).collect()
}

/// The items' ids.
pub(crate) fn ids(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.id().unwrap()).collect()
}

/// The item's id and time, as the sender of a message is told them.
pub(crate) fn receipt(item: &Item) -> Sent {
    Sent {
        id: item.id().unwrap().to_owned(),
        time: item.absolute_time().unwrap().to_owned(),
    }
}

/// Asserts that no two items are of one time or have one id, and that both rise.
pub(crate) fn assert_strictly_rising(items: &[Item]) {
    for pair in items.windows(2) {
        let (one, two) = (receipt(&pair[0]), receipt(&pair[1]));
        assert!(one.time < two.time && one.id < two.id, "{one:?} {two:?}");
    }
}
