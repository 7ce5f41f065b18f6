//! What is asked of the store, in words.

use domain::transcript::{Direction, From, Query};
use domain::{Body, Consistency, ContactId, Order, Read, Record, SessionId, Slot};

use crate::wire::Call;
use crate::wish::{Answer, Wish, sessions_on};

/// A session by the last of its bits: enough to tell it from others in one story.
fn session_in_words(session: SessionId) -> String {
    format!("{:04x}", session.bits() & 0xFFFF)
}

fn contact_in_words(contact: ContactId) -> String {
    let session = session_in_words(contact.session());
    format!("contact {} of {session}", contact.ordinal().get())
}

/// A wish in words.
pub(crate) fn wish_in_words(wish: &Wish) -> String {
    let of = |session: &domain::SessionKey| session_in_words(session.session);
    match wish {
        Wish::Start(start) => {
            let (chat, who) = (of(&start.session), &start.starter);
            match start.source {
                None => format!("start {chat}, as {who:?}"),
                Some((source, how)) => {
                    let source = contact_in_words(source);
                    format!("start {chat} as {who:?}, with {source} as its past, {how:?}")
                }
            }
        }
        Wish::Associate(_, association, _) => format!(
            "link to {} the past of {}, {:?}",
            contact_in_words(association.contact),
            contact_in_words(association.source),
            association.rehydration
        ),
        Wish::Send(session, message, _) => {
            format!("say “{}” in {}", message.content.0, of(session))
        }
        Wish::Transfer(_, transfer, _) => {
            let contact = contact_in_words(transfer.contact);
            format!("hand on {contact} by {:?}", transfer.method)
        }
        Wish::Stop(_, contact, _) => format!("end {}", contact_in_words(*contact)),
        Wish::Leave(session, who, None, _) => format!("let {who} leave {}", of(session)),
        Wish::Leave(session, who, Some(_), _) => {
            format!("let {who} leave {} to a survey", of(session))
        }
        Wish::Join(session, who, _) => format!("connect {who} to {}", of(session)),
        Wish::Invite(_, invitation, _) => {
            let contact = contact_in_words(invitation.contact);
            format!("invite somebody as {:?} to {contact}", invitation.role)
        }
        Wish::Update(_, contact, ..) => {
            format!("change an attribute of {}", contact_in_words(*contact))
        }
        Wish::Attributes(_, contact) => {
            format!("have attributes of {}", contact_in_words(*contact))
        }
        Wish::Event(session, who, event, _) => {
            format!("let it be known in {} of {who}: {event:?}", of(session))
        }
        Wish::Describe(_, contact) => format!("describe {}", contact_in_words(*contact)),
        Wish::Page(query) | Wish::Pages(query) => query_in_words(query),
        Wish::Export(_, contact, _, limit) => {
            format!(
                "export {}, {limit} items at a time",
                contact_in_words(*contact)
            )
        }
        Wish::List(_, _, _, limit) => format!("list a customer's chats, {limit} at a time"),
    }
}

/// An answer in words.
pub(crate) fn answer_in_words(answer: &Answer) -> String {
    match answer {
        Answer::Pages(pages, None) => {
            let items: usize = pages.iter().map(|page| page.items.len()).sum();
            let sessions = sessions_on(pages);
            let more = pages.last().is_some_and(|page| page.next.is_some());
            let more = if more { "there is more" } else { "that is all" };
            format!("is answered with {items} items of {sessions} sessions: {more}")
        }
        Answer::Started(Ok(opened)) => match opened.continued_from {
            Some(source) => format!("has its chat, continued from {}", contact_in_words(source)),
            None => "has its chat".to_owned(),
        },
        Answer::Transferred(Ok(contact)) => format!("is answered: {}", contact_in_words(*contact)),
        other => format!("is answered {}", other.kind()),
    }
}

fn query_in_words(query: &Query) -> String {
    let session = session_in_words(query.session.session);
    let only = query.contact.map(contact_in_words);
    let only = only.map_or_else(String::new, |contact| format!(", only {contact}"));
    let from = match query.from {
        From::Newest => "the newest item".to_owned(),
        From::Item(item) => format!("item {item}"),
        From::Time(time) => format!("{time:?}"),
        From::MostRecent(n) => format!("the newest item but {}", n.max(1) - 1),
        From::Cursor(_) => "where the page before came to".to_owned(),
    };
    let way = match query.direction {
        Direction::Backward => "back",
        Direction::Forward => "on",
    };
    format!(
        "read {session} {way} from {from}, {} items a page{only}",
        query.limit
    )
}

/// A call in words.
pub(crate) fn call_in_words(call: &Call) -> String {
    let session = call.session().map(|key| session_in_words(key.session));
    let session = session.unwrap_or_default();
    match call {
        Call::Read(_, read) => format!("reads {} of {session}", read_in_words(*read)),
        Call::Put(_, record) => format!("puts {} of {session}", record_in_words(record)),
        Call::ReadSide(..) => format!("reads beside {session}"),
        Call::PutSide(_, entry) => format!("puts {:?} beside {session}", entry.place()),
        Call::List(..) => "reads the index".to_owned(),
    }
}

fn slot_in_words(slot: Slot) -> String {
    format!("{}.{}", slot.ordinal().get(), slot.n())
}

fn read_in_words(read: Read) -> String {
    let how = match read.consistency {
        Consistency::Eventual => "eventually",
        Consistency::Strong => "strongly",
    };
    let order = match read.order {
        Order::NewestFirst => "newest",
        Order::OldestFirst => "oldest",
    };
    let (from, to) = (read.range.from, read.range.to);
    let range = match (from, to) {
        _ if from == to => format!("slot {}", slot_in_words(from)),
        (Slot::FIRST, Slot::LAST) => "the log".to_owned(),
        _ => format!("slots {} to {}", slot_in_words(from), slot_in_words(to)),
    };
    format!("{how} the {order} {} records in {range}", read.limit)
}

/// A record in words.
pub(crate) fn record_in_words(record: &Record) -> String {
    let what = match &record.body {
        Body::Started(started) => match &started.link {
            Some(link) => format!("a start with a past of {}", link.past().len()),
            None => "a start".to_owned(),
        },
        Body::Added { .. } => "an invitation".to_owned(),
        Body::Joined { .. } => "a coming".to_owned(),
        Body::Left { .. } => "a leaving".to_owned(),
        Body::Message { content, .. } => format!("the message “{}”", content.0),
        Body::Transferred { .. } => "a transfer".to_owned(),
        Body::Linked(_) => "a link to a past".to_owned(),
        Body::Attributes(_) => "attributes".to_owned(),
        Body::Ended { reason, .. } => format!("the end ({reason:?})"),
    };
    format!("{what} in slot {}", slot_in_words(record.slot))
}
