//! News as frames: a transcript's item, or what looks like one, as a text within a frame of the chat's topic.

use domain::transcript::Received;
use domain::{ContactId, Frame, ItemId, News, Parcel, Receipt, ReceiptKind, Timestamp, Told};
use serde_json::{Value, json};

use super::topics::CHAT;
use crate::operations::get_transcript::{metadata, wire_item};
use crate::operations::send_event::TYPING;
use crate::times::iso;

const REHYDRATED: &str = "application/vnd.amazonaws.connect.event.chat.rehydrated";
const METADATA: &str = "application/vnd.amazonaws.connect.event.message.metadata";

/// The frame that tells the news.
///
/// Clients drop without a word what names neither their contact nor their initial contact, so every item does.
pub fn frame(news: &News) -> Frame {
    // A text within a text: clients parse the content on its own.
    let content = item(news).to_string();
    let frame = json!({"topic": CHAT, "contentType": "application/json", "content": content});
    Frame(frame.to_string())
}

/// The news as a frame, and whom they are for.
pub fn parcel(told: Told) -> Parcel {
    Parcel {
        frame: frame(&told.news),
        to: told.to,
        of: told.of,
    }
}

fn item(news: &News) -> Value {
    match news {
        News::Item(item) => {
            let mut wire = wire_item(item, false);
            wire["InitialContactId"] = initial(item.contact);
            wire
        }
        // Of the session, and of none of its contacts.
        News::Rehydrated { id, at, contact } => json!({
            "Id": id.to_string(),
            "AbsoluteTime": iso(*at),
            "Type": "EVENT",
            "ContentType": REHYDRATED,
            "InitialContactId": initial(*contact),
        }),
        News::Typing {
            id,
            at,
            contact,
            participant,
        } => {
            let mut wire = event(*id, *at, *contact, "EVENT", TYPING);
            wire["ParticipantId"] = json!(participant.id.to_string());
            wire["DisplayName"] = json!(participant.display_name.0);
            wire["ParticipantRole"] = json!(participant.role.as_str());
            wire
        }
        News::Received {
            id,
            contact,
            message,
            receipt,
        } => {
            let mut wire = event(*id, receipt.at, *contact, "MESSAGEMETADATA", METADATA);
            wire["MessageMetadata"] = received(*message, receipt);
            wire
        }
    }
}

fn event(id: ItemId, at: Timestamp, contact: ContactId, kind: &str, content_type: &str) -> Value {
    json!({
        "Id": id.to_string(),
        "AbsoluteTime": iso(at),
        "Type": kind,
        "ContentType": content_type,
        "ContactId": contact.to_string(),
        "InitialContactId": initial(contact),
    })
}

fn initial(contact: ContactId) -> Value {
    Value::String(contact.session().initial_contact().to_string())
}

fn received(message: ItemId, receipt: &Receipt) -> Value {
    let of = |kind| (receipt.kind == kind).then_some(receipt.at);
    let received = Received {
        recipient: receipt.recipient,
        delivered: of(ReceiptKind::Delivered),
        read: of(ReceiptKind::Read),
    };
    metadata(message, &[received])
}

#[cfg(test)]
mod tests {
    use domain::{
        Content, ContentType, DisplayName, EventType, Item, ItemKind, Ordinal, Participant,
        ParticipantId, Presence, Role, SessionId, Slot,
    };

    use super::*;

    const AT: Timestamp = Timestamp::from_millis(1_800_000_000_123);
    const SESSION: SessionId = SessionId::from_bits(0xABC);

    fn id() -> ItemId {
        ItemId::new(SESSION, Slot::FIRST.following(), 0, AT)
    }

    /// The second contact of the session.
    fn contact() -> ContactId {
        ContactId::new(SESSION, Ordinal::new(1).expect("12 bits"))
    }

    fn jane() -> Participant {
        Participant {
            id: ParticipantId::from_random(7),
            role: Role::Customer,
            display_name: DisplayName("Jane".to_owned()),
            presence: Presence::Present,
        }
    }

    /// The item in the frame, and that the frame is as clients take it.
    fn told(news: &News) -> Value {
        let Frame(text) = frame(news);
        let frame: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(frame["topic"], "aws/chat");
        assert_eq!(frame["contentType"], "application/json");
        assert_eq!(frame.as_object().map(serde_json::Map::len), Some(3));
        serde_json::from_str(frame["content"].as_str().expect("a text")).expect("JSON in it")
    }

    fn of(kind: ItemKind) -> News {
        News::Item(Item {
            id: id(),
            at: AT,
            contact: contact(),
            kind,
        })
    }

    #[test]
    fn a_message_is_told_with_both_ids_of_its_contact() {
        let content = Content("\"<b>\u{0}é\u{1F600}</b>\\".to_owned());
        let told = told(&of(ItemKind::Message {
            sender: jane(),
            content_type: ContentType::Plain,
            content: content.clone(),
        }));
        let expected = json!({
            "AbsoluteTime": "2027-01-15T08:00:00.123Z",
            "ContactId": contact().to_string(),
            "Content": content.0,
            "ContentType": "text/plain",
            "DisplayName": "Jane",
            "Id": id().to_string(),
            "InitialContactId": SESSION.initial_contact().to_string(),
            "ParticipantId": jane().id.to_string(),
            "ParticipantRole": "CUSTOMER",
            "Type": "MESSAGE",
        });
        assert_eq!(told, expected);
    }

    #[test]
    fn an_end_is_told_with_both_ids_of_its_contact() {
        let told = told(&of(ItemKind::Event {
            event: EventType::ChatEnded,
            participant: None,
        }));
        let expected = json!({
            "AbsoluteTime": "2027-01-15T08:00:00.123Z",
            "ContactId": contact().to_string(),
            "ContentType": "application/vnd.amazonaws.connect.event.chat.ended",
            "Id": id().to_string(),
            "InitialContactId": SESSION.initial_contact().to_string(),
            "Type": "EVENT",
        });
        assert_eq!(told, expected);
    }

    #[test]
    fn a_rehydration_names_the_session_alone() {
        let told = told(&News::Rehydrated {
            id: id(),
            at: AT,
            contact: contact(),
        });
        let expected = json!({
            "AbsoluteTime": "2027-01-15T08:00:00.123Z",
            "ContentType": "application/vnd.amazonaws.connect.event.chat.rehydrated",
            "Id": id().to_string(),
            "InitialContactId": SESSION.initial_contact().to_string(),
            "Type": "EVENT",
        });
        assert_eq!(told, expected);
    }

    #[test]
    fn typing_says_who() {
        let told = told(&News::Typing {
            id: id(),
            at: AT,
            contact: contact(),
            participant: jane(),
        });
        assert_eq!(
            told["ContentType"],
            "application/vnd.amazonaws.connect.event.typing"
        );
        assert_eq!(told["Type"], "EVENT");
        assert_eq!(told["ContactId"], contact().to_string());
        assert_eq!(told["ParticipantId"], jane().id.to_string());
        assert_eq!(told["ParticipantRole"], "CUSTOMER");
        assert_eq!(told["DisplayName"], "Jane");
    }

    #[test]
    fn a_receipt_says_of_which_message_whom_it_has_reached_and_how() {
        for (kind, member) in [
            (ReceiptKind::Delivered, "DeliveredTimestamp"),
            (ReceiptKind::Read, "ReadTimestamp"),
        ] {
            let told = told(&News::Received {
                id: id(),
                contact: contact(),
                message: id(),
                receipt: Receipt {
                    message: Slot::FIRST.following(),
                    recipient: jane().id,
                    kind,
                    at: AT,
                },
            });
            assert_eq!(told["Type"], "MESSAGEMETADATA");
            assert_eq!(told["ContentType"], METADATA);
            let expected = json!({
                "MessageId": id().to_string(),
                "Receipts": [{
                    member: "2027-01-15T08:00:00.123Z",
                    "RecipientParticipantId": jane().id.to_string(),
                }],
            });
            assert_eq!(told["MessageMetadata"], expected);
        }
    }
}
