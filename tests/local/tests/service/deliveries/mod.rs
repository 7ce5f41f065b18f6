//! What is told at once, to whom, and in which order: from the table's stream, and straight from SendEvent.

mod failures;

use api::Operation;
use serde_json::{Value, json};

use crate::stage::{
    Floor, Request, association, at, continuing, disconnect, event, message, stop, transcript,
    transcript_words, transfer, typing,
};

#[tokio::test]
async fn a_message_is_told_to_both_sides_as_the_transcript_shows_it() {
    let floor = Floor::new().await;
    let jane = floor.chat().await;
    let ann = floor.agent(&jane).await;
    let (hers, anns) = (floor.listens(&jane).await, floor.listens(&ann).await);
    floor.delivers().await;
    floor.heard(&hers);
    floor.heard(&anns);
    let sent = floor.takes(message(&jane, "<b>hello</b> \u{1F600}")).await;
    floor.delivers().await;
    let page = floor
        .takes(transcript(&ann, &json!({"MaxResults": 1})))
        .await;
    let mut item = page["Transcript"][0].clone();
    item["InitialContactId"] = json!(jane.contact);
    for ear in [&hers, &anns] {
        let heard = floor.heard(ear);
        assert_eq!(heard, [item.clone()]);
        assert_eq!(heard[0]["Id"], sent["Id"]);
        assert_eq!(heard[0]["AbsoluteTime"], sent["AbsoluteTime"]);
    }
}

#[tokio::test]
async fn everything_that_the_transcript_shows_is_told_and_the_end_to_who_ended_it() {
    let floor = Floor::new().await;
    let jane = floor.chat().await;
    let hers = floor.listens(&jane).await;
    // What came before she listened, she reads.
    let ann = floor.agent(&jane).await;
    floor.takes(message(&ann, "How are you?")).await;
    let next = floor
        .takes(transfer(&jane.contact, &json!({"QueueId": "queue"})))
        .await;
    floor.takes(message(&jane, "Fine.")).await;
    floor.takes(disconnect(&jane)).await;
    floor.delivers().await;
    let heard = floor.heard(&hers);
    let words = transcript_words(&json!({"Transcript": heard}));
    let expected = [
        "participant.invited",
        "participant.joined",
        "How are you?",
        "transfer.succeeded",
        "Fine.",
        "participant.left",
        "chat.ended",
    ];
    assert_eq!(words, expected);
    for (at_item, item) in heard.iter().enumerate() {
        assert_eq!(item["InitialContactId"], jane.contact.as_str());
        let contact = if at_item < 4 {
            &jane.contact
        } else {
            &at(&next, "ContactId")
        };
        assert_eq!(&at(item, "ContactId"), contact);
    }
    let mut times: Vec<String> = heard.iter().map(|item| at(item, "AbsoluteTime")).collect();
    let told = times.clone();
    times.sort();
    times.dedup();
    assert_eq!(told, times);
}

#[tokio::test]
async fn a_past_is_never_told_and_an_association_is() {
    let floor = Floor::new().await;
    let past = floor.chat().await;
    floor.takes(message(&past, "in the past")).await;
    floor.takes(disconnect(&past)).await;
    let jane = floor
        .started(&continuing(&past.contact, "ENTIRE_PAST_SESSION"))
        .await;
    let hers = floor.listens(&jane).await;
    floor.delivers().await;
    assert_eq!(floor.words(&hers), [""; 0]);

    let john = floor.chat().await;
    let his = floor.listens(&john).await;
    let associated = association(&john.contact, &past.contact, "FROM_SEGMENT");
    floor.delivers().await;
    assert_eq!(floor.words(&his), [""; 0]);
    floor.takes(associated.clone()).await;
    // A repetition is the same association.
    floor.takes(associated).await;
    floor.delivers().await;
    let heard = floor.heard(&his);
    let [item] = &heard[..] else {
        panic!("{heard:?}")
    };
    assert_eq!(
        item["ContentType"],
        "application/vnd.amazonaws.connect.event.chat.rehydrated"
    );
    assert_eq!(item["InitialContactId"], john.contact.as_str());
    // By then the past is there to be read.
    let page = floor.takes(transcript(&john, &json!({}))).await;
    assert!(transcript_words(&page).contains(&"in the past".to_owned()));
}

#[tokio::test]
async fn only_those_who_have_subscribed_are_told() {
    let floor = Floor::new().await;
    let jane = floor.chat().await;
    let deaf = floor.opened(&jane).await;
    let (hers, other) = (
        floor.listens(&jane).await,
        floor.listens(&floor.chat().await).await,
    );
    floor.delivers().await;
    floor.heard(&other);
    floor.heard(&hers);
    floor.takes(message(&jane, "hello")).await;
    floor.delivers().await;
    assert_eq!(floor.words(&hers), ["hello"]);
    for ear in [&deaf, &other] {
        assert_eq!(floor.words(ear), [""; 0]);
    }
    // A participant with several hears it on each.
    let second = floor.listens(&jane).await;
    floor.takes(message(&jane, "again")).await;
    floor.delivers().await;
    assert_eq!(floor.words(&hers), ["again"]);
    assert_eq!(floor.words(&second), ["again"]);
}

#[tokio::test]
async fn who_has_left_hears_no_more_of_what_is_said_but_of_the_end() {
    let floor = Floor::new().await;
    let jane = floor.chat().await;
    let ann = floor.agent(&jane).await;
    let anns = floor.listens(&ann).await;
    floor.delivers().await;
    floor.heard(&anns);
    floor.takes(disconnect(&ann)).await;
    floor.takes(message(&jane, "about Ann")).await;
    let bob = floor.agent(&jane).await;
    floor.takes(typing(&bob)).await;
    floor.takes(disconnect(&bob)).await;
    floor.takes(stop(&jane.contact)).await;
    floor.delivers().await;
    assert_eq!(floor.words(&anns), ["participant.left", "chat.ended"]);
}

#[tokio::test]
async fn a_batch_is_told_in_the_order_of_slots_whatever_its_own_and_each_record_once() {
    let floor = Floor::new().await;
    let jane = floor.chat().await;
    let hers = floor.listens(&jane).await;
    floor.delivers().await;
    floor.heard(&hers);
    let said: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    for text in &said {
        floor.takes(message(&jane, text)).await;
    }
    let mut batch = floor.batch();
    batch.changes.reverse();
    let first = batch.changes.pop().expect("a change");
    batch.changes.insert(3, first);
    floor.deliver(batch).await;
    assert_eq!(floor.words(&hers), said);
}

#[tokio::test]
async fn what_is_beside_the_log_is_not_told_by_the_stream() {
    let floor = Floor::new().await;
    let jane = floor.chat().await;
    let ann = floor.agent(&jane).await;
    let sent = floor.takes(message(&jane, "hello")).await;
    let hers = floor.listens(&jane).await;
    floor.delivers().await;
    floor.heard(&hers);
    floor
        .takes(event(&ann, "message.read", Some(&at(&sent, "Id"))))
        .await;
    floor.heard(&hers);
    floor.delivers().await;
    assert_eq!(floor.heard(&hers), [Value::Null; 0]);
}

#[tokio::test]
async fn typing_is_told_to_the_others_and_not_to_who_types() {
    let floor = Floor::new().await;
    let jane = floor.chat().await;
    let ann = floor.agent(&jane).await;
    let (hers, anns) = (floor.listens(&jane).await, floor.listens(&ann).await);
    let second = floor.listens(&jane).await;
    let sent = floor.takes(typing(&jane)).await;
    assert_eq!(floor.heard(&hers), [Value::Null; 0]);
    assert_eq!(floor.heard(&second), [Value::Null; 0]);
    let heard = floor.heard(&anns);
    let expected = json!({
        "AbsoluteTime": at(&sent, "AbsoluteTime"),
        "ContactId": jane.contact,
        "ContentType": "application/vnd.amazonaws.connect.event.typing",
        "DisplayName": "Jane",
        "Id": at(&sent, "Id"),
        "InitialContactId": jane.contact,
        "ParticipantId": jane.participant,
        "ParticipantRole": "CUSTOMER",
        "Type": "EVENT",
    });
    assert_eq!(heard, [expected]);
    // Nobody needs to know of an acknowledgement.
    floor
        .takes(event(&jane, "connection.acknowledged", None))
        .await;
    assert_eq!(floor.heard(&anns), [Value::Null; 0]);
}

#[tokio::test]
async fn receipts_are_told_to_the_others_each_time_they_come() {
    let floor = Floor::new().await;
    let jane = floor.chat().await;
    let ann = floor.agent(&jane).await;
    let (hers, anns) = (floor.listens(&jane).await, floor.listens(&ann).await);
    let said = at(&floor.takes(message(&jane, "hello")).await, "Id");
    for (kind, member) in [
        ("message.delivered", "DeliveredTimestamp"),
        ("message.read", "ReadTimestamp"),
        ("message.read", "ReadTimestamp"),
    ] {
        // chatjs sends all of them with one token (trap 2).
        let body = json!({
            "ContentType": format!("application/vnd.amazonaws.connect.event.{kind}"),
            "Content": json!({"messageId": said}).to_string(),
            "ClientToken": "INCOMING_READ_RECEIPT",
        });
        let request = Request::new(Operation::SendEvent, &body).bearer(&ann.connection_token);
        let receipt = floor.takes(request).await;
        let heard = floor.heard(&hers);
        let [item] = &heard[..] else {
            panic!("{heard:?}")
        };
        assert_eq!(item["Type"], "MESSAGEMETADATA");
        assert_eq!(item["Id"], receipt["Id"]);
        let expected = json!({"MessageId": said, "Receipts": [{
            member: at(&receipt, "AbsoluteTime"), "RecipientParticipantId": ann.participant,
        }]});
        assert_eq!(item["MessageMetadata"], expected);
    }
    assert_eq!(floor.heard(&anns), [Value::Null; 0]);
    // One's own message reaches oneself without a word.
    floor.takes(event(&jane, "message.read", Some(&said))).await;
    assert_eq!(floor.heard(&anns), [Value::Null; 0]);
}
