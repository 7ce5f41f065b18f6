//! Wishes: every operation of the domain with all its arguments, and what it answers.

use std::collections::BTreeSet;

use domain::transcript::{self, Cursor, From, Page, PageError, Point, Query, page};
use domain::{
    Added, AppendError, AssociateError, Association, Attributes, ContactFlowId, ContactId,
    CustomerChats, CustomerId, Description, Event, EventError, Exported, IdempotencyKey,
    InstanceId, Invitation, Listed, LogError, Message, Opened, Outcome, ParticipantId, Rules, Sent,
    SessionId, SessionKey, Start, StartError, Stopped, Timestamp, Transfer, UpdateError,
};

use crate::wire::Wire;

/// What somebody asks of the service; the same wish again is the same request under the same token.
#[derive(Debug, Clone)]
pub enum Wish {
    /// StartChatContact.
    Start(Box<Start>),
    /// CreatePersistentContactAssociation.
    Associate(InstanceId, Association, IdempotencyKey),
    /// SendMessage.
    Send(SessionKey, Message, IdempotencyKey),
    /// TransferContact.
    Transfer(InstanceId, Transfer, IdempotencyKey),
    /// StopContact.
    Stop(InstanceId, ContactId, IdempotencyKey),
    /// DisconnectParticipant.
    Leave(
        SessionKey,
        ParticipantId,
        Option<ContactFlowId>,
        IdempotencyKey,
    ),
    /// CreateParticipantConnection.
    Join(SessionKey, ParticipantId, IdempotencyKey),
    /// CreateParticipant.
    Invite(InstanceId, Invitation, IdempotencyKey),
    /// UpdateContactAttributes.
    Update(InstanceId, ContactId, Attributes, IdempotencyKey),
    /// GetContactAttributes.
    Attributes(InstanceId, ContactId),
    /// SendEvent.
    Event(SessionKey, ParticipantId, Event, IdempotencyKey),
    /// DescribeContact.
    Describe(InstanceId, ContactId),
    /// GetTranscript: one page.
    Page(Query),
    /// GetTranscript: this page and all that follow it.
    Pages(Query),
    /// ExportTranscript: one part.
    Export(InstanceId, ContactId, Option<Point>, usize),
    /// ListCustomerChats: one part.
    List(InstanceId, CustomerId, Option<Listed>, usize),
}

/// What it comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// To [`Wish::Start`].
    Started(Result<Opened, StartError>),
    /// To [`Wish::Associate`].
    Associated(Result<ContactId, AssociateError>),
    /// To [`Wish::Send`].
    Sent(Result<Sent, AppendError>),
    /// To [`Wish::Transfer`].
    Transferred(Result<ContactId, AppendError>),
    /// To [`Wish::Stop`].
    Stopped(Result<Stopped, AppendError>),
    /// To [`Wish::Leave`].
    Left(Result<Outcome, AppendError>),
    /// To [`Wish::Join`].
    Joined(Result<(), AppendError>),
    /// To [`Wish::Invite`].
    Invited(Result<Added, AppendError>),
    /// To [`Wish::Update`].
    Updated(Result<(), UpdateError>),
    /// To [`Wish::Attributes`].
    Attributes(Result<Attributes, AppendError>),
    /// To [`Wish::Event`].
    Event(Result<Sent, EventError>),
    /// To [`Wish::Describe`].
    Described(Result<Box<Description>, AppendError>),
    /// To [`Wish::Page`] and [`Wish::Pages`]: the pages that came, and why no more did.
    Pages(Vec<Page>, Option<PageError>),
    /// To [`Wish::Export`].
    Exported(Result<Exported, PageError>),
    /// To [`Wish::List`].
    Listed(Result<CustomerChats, LogError>),
}

impl Answer {
    /// What kind of answer it is, without what it tells: `Sent(Ok`, `Stopped(Err(Refused(UnknownContact`.
    pub fn kind(&self) -> String {
        let told = match self {
            Self::Pages(pages, None) if sessions_on(pages) > 1 => return "Past".into(),
            Self::Pages(_, None) => return "Pages".into(),
            Self::Pages(_, Some(error)) => format!("Pages({error:?}"),
            other => format!("{other:?}"),
        };
        let value = told.find(['{', ')', '"']);
        let kind = &told[..value.unwrap_or(told.len())];
        // Of what succeeded it matters only that it did.
        match kind.split_once("Ok(") {
            Some((before, _)) => format!("{before}Ok"),
            None => kind.trim_end().to_owned(),
        }
    }
}

/// Items of how many sessions pages show.
pub(crate) fn sessions_on(pages: &[Page]) -> usize {
    let items = pages.iter().flat_map(|page| &page.items);
    let sessions: BTreeSet<SessionId> = items.map(|item| item.contact.session()).collect();
    sessions.len()
}

/// Asks for it.
pub async fn perform(log: Wire, wish: Wish, now: Timestamp) -> Answer {
    let log = &log;
    match wish {
        Wish::Start(start) => {
            Answer::Started(domain::start(log, &start, Rules::default(), now).await)
        }
        Wish::Associate(here, association, key) => {
            Answer::Associated(domain::associate(log, &here, association, key, now).await)
        }
        Wish::Send(session, message, key) => {
            Answer::Sent(domain::send(log, &session, message, key, now).await)
        }
        Wish::Transfer(here, transfer, key) => {
            let done = domain::transfer(log, &here, transfer, key, now).await;
            Answer::Transferred(done.map(|done| done.contact))
        }
        Wish::Stop(here, contact, key) => {
            Answer::Stopped(domain::stop(log, &here, contact, key, now).await)
        }
        Wish::Leave(session, who, flow, key) => {
            Answer::Left(domain::leave(log, &session, who, flow.as_ref(), key, now).await)
        }
        Wish::Join(session, who, key) => {
            let done = domain::join(log, &session, who, key, now).await;
            Answer::Joined(done.map(drop))
        }
        Wish::Invite(here, invitation, key) => {
            Answer::Invited(domain::add_participant(log, &here, invitation, key, now).await)
        }
        Wish::Update(here, contact, changes, key) => Answer::Updated(
            domain::update_contact_attributes(log, &here, contact, &changes, key, now).await,
        ),
        Wish::Attributes(here, contact) => {
            Answer::Attributes(domain::contact_attributes(log, &here, contact, now).await)
        }
        Wish::Event(session, who, event, key) => {
            let done = domain::send_event(log, &session, who, event, key, now).await;
            Answer::Event(done.map(|taken| taken.sent))
        }
        Wish::Describe(here, contact) => {
            let done = domain::describe(log, &here, contact, now).await;
            Answer::Described(done.map(Box::new))
        }
        Wish::Page(query) => match page(log, &query, now).await {
            Ok(page) => Answer::Pages(vec![page], None),
            Err(error) => Answer::Pages(Vec::new(), Some(error)),
        },
        Wish::Pages(query) => pages(log, query, now).await,
        Wish::Export(here, contact, start, limit) => {
            Answer::Exported(domain::export(log, &here, contact, start, Some(limit), now).await)
        }
        Wish::List(here, customer, before, limit) => {
            Answer::Listed(domain::customer_chats(log, &here, &customer, before, limit, now).await)
        }
    }
}

async fn pages(log: &Wire, mut query: Query, now: Timestamp) -> Answer {
    let mut pages = Vec::new();
    loop {
        match transcript::page(log, &query, now).await {
            Err(error) => return Answer::Pages(pages, Some(error)),
            Ok(page) => {
                let next: Option<Cursor> = page.next;
                pages.push(page);
                match next {
                    Some(next) => query.from = From::Cursor(next),
                    None => return Answer::Pages(pages, None),
                }
            }
        }
    }
}
