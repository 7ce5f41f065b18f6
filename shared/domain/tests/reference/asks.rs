//! Deeds done to a log.

use domain::transcript::{Direction, From, PageError, Query, page};
use domain::{
    AppendError, Association, Attributes, ContactFlowId, ContactId, Content, ContentType,
    CustomerId, CustomerIndex, Destination, DisplayName, Event, Invitation, Item, ItemKind, Log,
    Message, QueueId, Rules, SessionKey, SideLog, Timestamp, Transfer, TransferMethod,
};

use super::deed::{Answer, Deed, Line, Request};
use super::play::Player;

impl<L: Log + SideLog + CustomerIndex> Player<'_, L> {
    /// What the log answers.
    pub(super) async fn answer(&self, request: &Request, now: Timestamp) -> Answer {
        let (log, here, key) = (self.log, &self.instance, request.key);
        let refused = Answer::Refused;
        match &request.deed {
            Deed::Start(start) => match domain::start(log, start, Rules::default(), now).await {
                Ok(opened) => Answer::Opened(opened),
                Err(error) => Answer::NotStarted(error),
            },
            Deed::Join { chat, who } => {
                let joined = domain::join(log, chat, *who, key, now).await;
                joined.map_or_else(refused, |joined| Answer::Joined {
                    items: joined.state.items,
                    connected: joined.state.active_participants(),
                })
            }
            Deed::Say { chat, who, text } => {
                let message = Message {
                    sender: *who,
                    content_type: ContentType::Plain,
                    content: Content(text.clone()),
                };
                let sent = domain::send(log, chat, message, key, now).await;
                sent.map_or_else(refused, |sent| Answer::Said {
                    id: sent.id,
                    at: sent.at,
                })
            }
            Deed::Leave { chat, who, survey } => {
                let flow = survey.then(|| ContactFlowId("survey".to_owned()));
                let left = domain::leave(log, chat, *who, flow.as_ref(), key, now).await;
                left.map_or_else(refused, Answer::Left)
            }
            Deed::Invite {
                contact,
                who,
                role,
                name,
            } => {
                let invitation = Invitation {
                    contact: *contact,
                    participant: *who,
                    role: *role,
                    display_name: DisplayName(name.clone()),
                };
                let added = domain::add_participant(log, here, invitation, key, now).await;
                added.map_or_else(refused, |added| Answer::Invited {
                    who: added.participant,
                    expires: added.expires,
                })
            }
            Deed::Stop(contact) => {
                let stopped = domain::stop(log, here, *contact, key, now).await;
                stopped.map_or_else(refused, Answer::Stopped)
            }
            Deed::Transfer { contact, method } => {
                let queue = *method == TransferMethod::QueueTransfer;
                let to = Destination {
                    flow: ContactFlowId("next".to_owned()),
                    queue: queue.then(|| QueueId("queue".to_owned())),
                    user: None,
                };
                let transfer = Transfer {
                    contact: *contact,
                    method: *method,
                    to,
                };
                let moved = domain::transfer(log, here, transfer, key, now).await;
                moved.map_or_else(refused, |moved| Answer::Moved(moved.contact))
            }
            Deed::Change { contact, changes } => {
                let change =
                    domain::update_contact_attributes(log, here, *contact, changes, key, now);
                match change.await {
                    Ok(()) => Answer::Changed,
                    Err(error) => Answer::NotChanged(error),
                }
            }
            Deed::Associate {
                contact,
                source,
                how,
            } => {
                let association = Association {
                    contact: *contact,
                    source: *source,
                    rehydration: *how,
                };
                let source = domain::associate(log, here, association, key, now).await;
                source.map_or_else(Answer::NotAssociated, Answer::Continues)
            }
            Deed::Receive {
                chat,
                who,
                message,
                kind,
            } => {
                let event = Event::Receipt {
                    message: Some(*message),
                    kind: *kind,
                };
                let sent = domain::send_event(log, chat, *who, event, key, now).await;
                sent.map_or_else(Answer::NotReceived, |taken| Answer::Received(taken.sent.at))
            }
            Deed::Describe(contact) => {
                let described = domain::describe(log, here, *contact, now).await;
                described.map_or_else(refused, |described| Answer::Described(Box::new(described)))
            }
            Deed::Look(contact) => {
                let found = domain::contact_attributes(log, here, *contact, now).await;
                let list = |found: Attributes| Answer::Attributes(found.0.into_iter().collect());
                found.map_or_else(refused, list)
            }
            Deed::Read {
                chat,
                contact,
                limit,
            } => answer_shown(self.pages(chat, *contact, *limit, now).await),
            Deed::Export { contact, limit } => {
                answer_shown(self.export(*contact, *limit, now).await)
            }
            Deed::List { customer, limit } => self.list(customer, *limit, now).await,
        }
    }

    async fn pages(
        &self,
        chat: &SessionKey,
        contact: Option<ContactId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Line>, PageError> {
        let mut query = Query {
            session: chat.clone(),
            reader: None,
            contact,
            direction: Direction::Backward,
            from: From::Newest,
            limit,
            accompanied: false,
        };
        let mut lines = Vec::new();
        loop {
            let page = page(self.log, &query, now).await?;
            lines.extend(page.items.iter().map(|item| Line {
                received: page.receipts.get(&item.id).cloned().unwrap_or_default(),
                ..line(item, item.contact.session() != chat.session)
            }));
            let Some(next) = page.next else { break };
            query.from = From::Cursor(next);
        }
        lines.reverse();
        Ok(lines)
    }

    async fn export(
        &self,
        contact: ContactId,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Line>, PageError> {
        let (mut lines, mut from) = (Vec::new(), None);
        loop {
            let here = &self.instance;
            let part = domain::export(self.log, here, contact, from, Some(limit), now).await?;
            lines.extend(part.items.iter().map(|item| line(item, false)));
            from = part.next;
            if from.is_none() {
                return Ok(lines);
            }
        }
    }

    async fn list(&self, customer: &CustomerId, limit: usize, now: Timestamp) -> Answer {
        let (mut chats, mut before) = (Vec::new(), None);
        loop {
            let here = &self.instance;
            let part = domain::customer_chats(self.log, here, customer, before, limit, now).await;
            match part {
                Err(error) => return Answer::Refused(AppendError::Log(error)),
                Ok(part) => {
                    chats.extend(part.chats);
                    before = part.next;
                }
            }
            if before.is_none() {
                return Answer::Chats(chats);
            }
        }
    }
}

fn answer_shown(shown: Result<Vec<Line>, PageError>) -> Answer {
    shown.map_or_else(Answer::NotShown, Answer::Shown)
}

/// An item as a line.
fn line(item: &Item, past: bool) -> Line {
    let text = match &item.kind {
        ItemKind::Message {
            sender, content, ..
        } => format!("{}: {}", sender.display_name.0, content.0),
        ItemKind::Event { event, participant } => {
            let words = event.content_type().rsplit('.').next().unwrap();
            let words = match words {
                "succeeded" => "transferred",
                words => words,
            };
            match participant {
                Some(who) => format!("{} {words}", who.display_name.0),
                None => words.to_owned(),
            }
        }
    };
    Line {
        id: item.id,
        at: item.at,
        contact: item.contact,
        past,
        text,
        received: Vec::new(),
    }
}
