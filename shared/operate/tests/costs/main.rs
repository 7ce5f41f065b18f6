//! What chats cost at DynamoDB, counted: every request and its units, from items as they are really stored. The figures in
//! `shared/docs/cost.md` are these, or are computed from these and from the prices that stand there.

mod calls;
mod document;
mod meter;
mod stage;
mod story;

use document::Document;
use story::Story;

#[tokio::test]
async fn the_document_says_what_each_call_costs() {
    let document = Document::read();
    let mut expected = Vec::new();
    for (name, cost) in calls::costs().await {
        let row = [
            name.to_owned(),
            cost.requests.to_string(),
            units(cost.reads),
            units(cost.writes),
        ];
        expected.push(row.to_vec());
    }
    assert_eq!(document.rows("What a call costs"), expected);
}

#[tokio::test]
async fn the_document_says_what_a_million_messages_cost() {
    let document = Document::read();
    let story = Story::told(20, 10).await;
    assert_eq!(document.rows("The chat"), story.rows());
    let bill = story.bill(50_000.0, &document);
    assert_eq!(document.rows("A million messages"), bill);
}

#[tokio::test]
async fn the_document_says_what_its_example_costs() {
    let document = Document::read();
    let story = Story::told(12, 15).await;
    let bill = story.bill(30_000.0, &document);
    assert_eq!(document.rows("An example"), bill);
}

/// Units with at most one digit after the point.
fn units(units: f64) -> String {
    format!("{units:.1}").trim_end_matches(".0").to_owned()
}
