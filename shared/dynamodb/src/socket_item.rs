//! A socket as an item of the table of connections, and back; a corrupt item is an error, never a default.

use domain::{ConnectionId, LogError, ParticipantId, Slot, Socket, Timestamp};

use crate::attribute::{Item, number, number_in, text, text_in};
use crate::keys::{self, connections as of};

/// The item of a socket in this partition.
pub(crate) fn encode(socket: &Socket, found_by: String) -> Item {
    let mark = socket.subscribed;
    let mark = mark.map(|slot| number(of::SUBSCRIBED_AFTER, slot.as_number()));
    let always = [
        text(of::FOUND_BY, found_by),
        text(of::CONNECTION, socket.connection.as_str().to_owned()),
        text(of::SESSION, keys::partition(&socket.session)),
        text(of::PARTICIPANT, socket.participant.to_string()),
        number(of::OPENED_AT, socket.opened.as_millis()),
        number(of::CHAT_EXPIRES_AT, socket.chat_expires.as_millis()),
        number(of::OPENED_AFTER, socket.opened_after.as_number()),
        number(of::VERSION, keys::FORMAT_VERSION),
        // Rounded up: it must not go before its time.
        number(of::EXPIRES_AT, socket.until().as_millis().div_ceil(1000)),
    ];
    always.into_iter().chain(mark).collect()
}

/// The socket of an item.
///
/// # Errors
/// [`LogError::Corrupt`], with what is wrong, and never with anything out of the item.
pub(crate) fn decode(item: &Item) -> Result<Socket, LogError> {
    read(item).map_err(|reason| LogError::Corrupt(format!("a connection: {reason}")))
}

fn read(item: &Item) -> Result<Socket, String> {
    if number_in(item, of::VERSION) != Ok(keys::FORMAT_VERSION) {
        return Err("no format version that is known".to_owned());
    }
    let connection = ConnectionId::new(text_in(item, of::CONNECTION)?);
    let session = keys::log_of(text_in(item, of::SESSION)?);
    let participant = ParticipantId::parse(text_in(item, of::PARTICIPANT)?);
    let opened = Timestamp::from_millis(number_in(item, of::OPENED_AT)?);
    let chat_expires = Timestamp::from_millis(number_in(item, of::CHAT_EXPIRES_AT)?);
    let opened_after = slot_in(item, of::OPENED_AFTER)?;
    let subscribed = match item.contains_key(of::SUBSCRIBED_AFTER) {
        true => Some(slot_in(item, of::SUBSCRIBED_AFTER)?),
        false => None,
    };
    Ok(Socket {
        connection: connection.ok_or("no connection has this name")?,
        session: session.ok_or("no session has this name")?,
        participant: participant.ok_or("no participant has this id")?,
        opened,
        opened_after,
        chat_expires,
        subscribed,
    })
}

fn slot_in(item: &Item, name: &str) -> Result<Slot, String> {
    let slot = Slot::from_number(number_in(item, name)?);
    slot.ok_or_else(|| format!("attribute {name} is no slot"))
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;
    use domain::contract::FreshSessions;

    use super::*;
    use crate::attribute::shown;

    fn socket(subscribed: Option<Slot>) -> Socket {
        Socket {
            connection: ConnectionId::new("L0SM9cOFvHcCIhw=").expect("a connection"),
            session: FreshSessions::seeded(42).draw(),
            participant: ParticipantId::from_random(1),
            opened: Timestamp::from_millis(2_000_000_000_001),
            opened_after: slot(3),
            chat_expires: Timestamp::from_millis(2_000_090_000_000),
            subscribed,
        }
    }

    /// A slot of the second segment.
    fn slot(n: u64) -> Slot {
        Slot::from_number((1 << 32) + n).expect("a slot")
    }

    fn item() -> Item {
        let socket = socket(Some(slot(5)));
        encode(&socket, of::by_session(&socket.session))
    }

    #[test]
    fn items_are_stored_as_ever_and_come_back() {
        let session = keys::partition(&socket(None).session);
        let expected = format!(
            "chat_expires_at: N 2000090000000\nconnection: S L0SM9cOFvHcCIhw=\nexpires_at: N 2000007201\nfound_by: S {session}\n\
             opened_after: N 4294967299\nopened_at: N 2000000000001\nparticipant: S 00000000-0000-4000-8000-000000000001\n\
             session: S {session}\nsubscribed_after: N 4294967301\nversion: N 1"
        );
        assert_eq!(shown(&item()), expected);
        for subscribed in [Some(slot(5)), None] {
            let socket = socket(subscribed);
            let item = encode(&socket, of::by_connection(&socket.connection));
            assert_eq!(decode(&item), Ok(socket));
        }
    }

    #[test]
    fn an_item_that_lacks_something_or_has_it_wrong_is_corrupt() {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let number = |digits: &str| AttributeValue::N(digits.to_owned());
        for (name, wrong) in [
            (of::CONNECTION, text("")),
            (of::SESSION, text("here/1")),
            (of::PARTICIPANT, text("jane")),
            (of::OPENED_AT, number("-1")),
            (of::CHAT_EXPIRES_AT, number("-1")),
            (of::OPENED_AFTER, number("18446744073709551615")),
            (of::SUBSCRIBED_AFTER, number("18446744073709551615")),
            (of::VERSION, number("2")),
        ] {
            for damage in [None, Some(AttributeValue::Bool(true)), Some(wrong)] {
                // Only a socket that has subscribed has a mark.
                if damage.is_none() && name == of::SUBSCRIBED_AFTER {
                    continue;
                }
                let mut item = item();
                item.remove(name);
                item.extend(damage.map(|value| (name.to_owned(), value)));
                let decoded = decode(&item);
                assert!(matches!(decoded, Err(LogError::Corrupt(_))), "{name}");
            }
        }
    }
}
