//! What single calls cost.

use domain::transcript::From;
use domain::{Event, ReceiptKind};

use crate::meter::Cost;
use crate::stage::{PAGE, Stage};

/// What each call costs, by its name in the document.
pub(crate) async fn costs() -> Vec<(&'static str, Cost)> {
    let stage = Stage::new().await;
    let mut costs = Vec::new();
    let mut note = |name| costs.push((name, stage.meter.take()));

    stage.started(false, None).await;
    note("start a chat of nobody");
    let chat = stage.started(true, None).await;
    note("start a customer's chat");
    let jane = chat.customer;
    stage.connected(&chat, jane).await;
    note("connect, the first time");
    stage.connected(&chat, jane).await;
    note("connect again");
    let hers = stage.opened(&chat, jane).await;
    note("open a WebSocket");
    stage.subscribed(&hers).await;
    note("subscribe");
    stage.heard(&hers).await;
    note("a heartbeat");
    let ann = stage.invited(&chat).await;
    note("invite an agent");
    stage.connected(&chat, ann).await;
    let anns = stage.opened(&chat, ann).await;
    stage.subscribed(&anns).await;
    stage.meter.take();

    let sent = stage.said(&chat, jane).await;
    note("send a message, early in the chat");
    for _ in 0..40 {
        stage.said(&chat, jane).await;
    }
    stage.meter.take();
    stage.said(&chat, jane).await;
    note("send a message, after 32 others");
    stage.delivered(&chat).await;
    note("tell a record to those who are connected");
    stage.event(&chat, ann, Event::Typing).await;
    note("typing");
    let read = ReceiptKind::Read;
    stage.received(&chat, ann, sent.id, read).await;
    note("a receipt");
    let page = stage.page(&chat, jane, From::Newest).await;
    assert_eq!(page.items.len(), PAGE);
    note("a transcript page of 15 items, with receipts");
    stage.described(&chat).await;
    note("describe a contact");
    stage.exported(&chat).await;
    note("export a chat of 46 items");
    stage.stopped(&chat).await;
    note("end");
    stage.closed(&hers).await;
    note("close a WebSocket");

    let next = stage.started(true, Some(chat.contact)).await;
    note("start a chat that continues another");
    stage.connected(&next, next.customer).await;
    stage.meter.take();
    let first = stage.page(&next, next.customer, From::Newest).await;
    assert_eq!(first.items.len(), PAGE);
    note("the first page of a chat that continues another, of 15 items, with receipts");
    let past = From::Cursor(first.next.expect("more of the past"));
    let past = stage.page(&next, next.customer, past).await;
    assert_eq!(past.items.len(), PAGE);
    note("a page of the past of 15 items, with receipts");
    for _ in 0..8 {
        stage.started(true, None).await;
    }
    stage.meter.take();
    assert_eq!(stage.listed().await, 10);
    note("list ten chats of a customer");
    costs
}
