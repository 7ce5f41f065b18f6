//! Items of the index, and with every kind of damage.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::contract::{FreshSessions, records_of_every_kind};

use super::*;
use crate::attribute::shown;
use crate::item::encode;

#[test]
fn a_place_in_the_index_has_the_keys_of_its_sessions_first_item() {
    let first = records_of_every_kind().swap_remove(0);
    let started = first.started().expect("a start");
    let owner = started.owner.as_ref().expect("an owner");
    let session = session();
    let listed = Listed {
        started: first.at,
        session: session.session,
    };
    let place = place(
        &session.instance,
        keys::owner(&session.instance, owner),
        listed,
    );
    let mut item = encode(&session, &first).expect("an item");
    for name in [keys::VERSION, keys::EXPIRES_AT, keys::RECORD] {
        item.remove(name);
    }
    assert_eq!(shown(&place), shown(&item));
    assert_eq!(read(&session.instance, &item), Ok(listed));
}

#[test]
fn an_item_of_the_index_with_a_wrong_key_is_corrupt_and_is_not_quoted() {
    let number = |digits: &str| AttributeValue::N(digits.to_owned());
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let elsewhere = keys::partition(&session()).replacen("contract", "SECRET", 1);
    let beside = keys::side_partition(&session(), keys::Beside::Receipts);
    for (name, value) in [
        (keys::SLOT, number("1")),
        (keys::SLOT, text("0")),
        (keys::STARTED_AT, number("281474976710656")),
        (keys::STARTED_AT, number("1.5")),
        (keys::STARTED_AT, text("SECRET")),
        (keys::SESSION, text("SECRET")),
        (keys::SESSION, text(&elsewhere)),
        (keys::SESSION, text(&beside)),
        (keys::SESSION, number("0")),
    ] {
        let instance = session().instance;
        let at = Listed {
            started: Timestamp::from_millis(1),
            session: session().session,
        };
        let mut item = place(&instance, "owner".to_owned(), at);
        assert_eq!(listed(&instance, &item), Ok(at));
        item.insert(name.to_owned(), value);
        assert_corrupt(&listed(&instance, &item));
        item.remove(name);
        assert_corrupt(&listed(&instance, &item));
    }
}

fn session() -> SessionKey {
    FreshSessions::seeded(1).draw()
}

fn assert_corrupt(read: &Result<Listed, LogError>) {
    match read {
        Err(LogError::Corrupt(reason)) => assert!(!reason.contains("SECRET"), "{reason}"),
        other => panic!("{other:?}"),
    }
}
