//! Contact ids, ARNs, times, paths and queries: what is read is written again as it was, and a path names the same whether
//! or not a gateway has decoded it on its way.

use api::operations::{
    create_persistent_contact_association, describe_contact, export_transcript,
    get_contact_attributes, list_customer_chats,
};
use api::{Account, Call, Caller, Operation, WebsocketUrl, iso, parse_iso};
use domain::{
    ConnectionId, ContactId, CustomerId, InstanceId, ItemId, Ordinal, ParticipantId, SessionId,
    Slot, Timestamp,
};

use crate::chance::Chance;
use crate::floor::settings;
use crate::stage::{encoded, path_to};
use crate::tokens::call;

/// The last millisecond that `iso` can tell.
const YEAR_9999: Timestamp = Timestamp::from_millis(253_402_300_799_999);

/// Checks some names.
pub fn check(bytes: &[u8]) {
    let mut chance = Chance::new(bytes);
    match chance.byte() % 4 {
        0 => texts(&String::from_utf8_lossy(chance.rest())),
        1 => numbers(chance),
        2 => addresses(chance),
        _ => {
            let path = String::from_utf8_lossy(chance.piece()).into_owned();
            let query = String::from_utf8_lossy(chance.rest()).into_owned();
            anywhere(&path, &query);
        }
    }
}

fn texts(text: &str) {
    let same = |written: String| assert_eq!(written, text.to_ascii_lowercase());
    if let Some(id) = ContactId::parse(text) {
        same(id.to_string());
        let initial = id.session().initial_contact();
        assert!(initial.is_initial() && initial.session() == id.session());
        assert_eq!(id.previous().is_none(), id.is_initial());
    }
    if let Some(id) = ParticipantId::parse(text) {
        same(id.to_string());
    }
    if let Some(id) = ItemId::parse(text) {
        same(id.to_string());
        assert!(id.index() <= 1);
    }
    if let Some(id) = InstanceId::new(text) {
        assert_eq!(id.as_str(), text);
        assert!(!text.contains('/') && !matches!(text, "." | ".."));
    }
    if let Some(id) = ConnectionId::new(text) {
        assert_eq!(id.as_str(), text);
        assert!(text.len() <= 128);
    }
    if let Some(at) = parse_iso(text).filter(|at| *at <= YEAR_9999) {
        assert_eq!(parse_iso(&iso(at)), Some(at));
    }
    if let Ok(url) = WebsocketUrl::parse(text) {
        assert_eq!(url.as_str(), text);
        assert!(url.management().starts_with("http"));
    }
    let (region, id) = text.split_once(' ').unwrap_or((text, "000000000000"));
    if let Ok(account) = Account::new(region, id) {
        let arn = account.instance_arn(&InstanceId::new("shop").expect("an instance"));
        assert_eq!(arn.split(':').count(), 6, "{arn}");
    }
}

fn numbers(mut chance: Chance<'_>) {
    let session = SessionId::from_bits(chance.bits());
    let at = Timestamp::from_millis(chance.number());
    if let Some(ordinal) = Ordinal::new(chance.below(5_000) as u16) {
        let contact = ContactId::new(session, ordinal);
        assert_eq!(ContactId::parse(&contact.to_string()), Some(contact));
        assert_eq!((contact.session(), contact.ordinal()), (session, ordinal));
    }
    let participant = ParticipantId::from_random(chance.bits());
    assert_eq!(
        ParticipantId::parse(&participant.to_string()),
        Some(participant)
    );
    if let Some(slot) = Slot::from_number(chance.number() >> 20) {
        let index = chance.byte() & 1;
        let item = ItemId::new(session, slot, index, at);
        assert_eq!(ItemId::parse(&item.to_string()), Some(item));
        assert_eq!((item.slot(), item.index()), (Some(slot), index));
    }
    if at <= YEAR_9999 {
        assert_eq!(parse_iso(&iso(at)), Some(at));
    }
}

/// Paths as clients send them for these ids, and as gateways hand them on.
fn addresses(mut chance: Chance<'_>) {
    let instance = String::from_utf8_lossy(chance.piece()).into_owned();
    let customer = String::from_utf8_lossy(chance.piece()).into_owned();
    let contact = ContactId::new(
        SessionId::from_bits(chance.bits()),
        Ordinal::new(u16::from(chance.byte())).expect("12 bits"),
    );
    let stage = chance.one_of(&["", "/Prod", "/chat/v1"]);
    let caller = Caller::Customer(CustomerId(customer.clone()));
    let contact_id = contact.to_string();
    let expected = InstanceId::new(instance.as_str()).filter(|_| !instance.starts_with("arn:"));
    let like_half_an_arn = customer.starts_with("arn:") && customer.ends_with(":instance");
    // Clients do not encode these, and so cannot name them.
    let steers = [&*instance, &*customer]
        .iter()
        .any(|id| matches!(*id, "." | ".."));
    let known = expected.is_some() && !like_half_an_arn && !steers;
    let arn = format!("arn:aws:connect:us-east-1:123456789012:instance/{instance}");
    for given in [&instance, &arn] {
        let read = |operation, path: String| {
            let call = Call { path, ..call("") };
            ids(operation, &call, &caller)
        };
        for operation in [
            Operation::DescribeContact,
            Operation::GetContactAttributes,
            Operation::CreatePersistentContactAssociation,
            Operation::ExportTranscript,
            Operation::ListCustomerChats,
        ] {
            let id = match operation {
                Operation::ListCustomerChats => &customer,
                _ => &contact_id,
            };
            let sent = format!("{stage}{}", path_to(operation, &[given, id]));
            let found = read(operation, sent.clone());
            let long = operation == Operation::ListCustomerChats
                && !(1..=128).contains(&customer.chars().count());
            if known && !long && given.chars().count() <= 256 {
                let expected = (expected.clone().expect("known"), id.clone());
                assert_eq!(found, Some(expected), "{sent}");
            }
            // Decoded by a gateway it is the same, where decoding leaves the segments apart.
            if !id.contains(['/', '%']) && !instance.contains(['/', '%', ':']) && known {
                let decoded = percent_encoding::percent_decode_str(&sent);
                let decoded = decoded.decode_utf8().expect("it was a text").into_owned();
                assert_eq!(read(operation, decoded), found, "{sent} decoded");
            }
            assert!(!encoded(id).contains('/'));
        }
    }
}

/// The ids that an operation reads from a path.
fn ids(operation: Operation, call: &Call, caller: &Caller) -> Option<(InstanceId, String)> {
    let settings = settings();
    let contact = |instance, contact: ContactId| Some((instance, contact.to_string()));
    match operation {
        Operation::DescribeContact => {
            let request = describe_contact::Request::parse(call, settings).ok()?;
            contact(request.instance, request.contact)
        }
        Operation::GetContactAttributes => {
            let request = get_contact_attributes::Request::parse(call, settings).ok()?;
            contact(request.instance, request.contact)
        }
        Operation::CreatePersistentContactAssociation => {
            let call = Call {
                method: call.method.clone(),
                path: call.path.clone(),
                body: br#"{"SourceContactId":"a","RehydrationType":"FROM_SEGMENT"}"#.to_vec(),
                ..crate::tokens::call("")
            };
            let request =
                create_persistent_contact_association::Request::parse(&call, settings).ok()?;
            contact(request.instance, request.association.contact)
        }
        Operation::ExportTranscript => {
            let request = export_transcript::Request::parse(call, settings).ok()?;
            contact(request.instance, request.contact)
        }
        _ => {
            let request = list_customer_chats::Request::parse(call, caller, settings).ok()?;
            Some((request.instance, request.customer.0))
        }
    }
}

/// Any path and any query: read or refused.
fn anywhere(path: &str, query: &str) {
    let call = Call {
        path: path.to_owned(),
        query: query.to_owned(),
        ..call("")
    };
    let customer = Caller::Customer(CustomerId("jane".to_owned()));
    for operation in Operation::ALL {
        if let Some((instance, _)) = ids(operation, &call, &customer) {
            assert!(InstanceId::new(instance.as_str()).is_some());
        }
    }
    let listed = list_customer_chats::Request::parse(&call, &customer, settings());
    if let Ok(request) = listed {
        assert!((1..=25).contains(&request.limit));
        assert_eq!(request.before, None, "a token out of nothing was taken");
    }
    let exported = export_transcript::Request::parse(&call, settings());
    if let Ok(request) = exported {
        assert!(
            request
                .limit
                .is_none_or(|limit| (1..=1_000).contains(&limit))
        );
        assert_eq!(request.from, None, "a token out of nothing was taken");
    }
}
