//! What a deed comes to in a chat of the model, by the rules as they are written in the documents.

use domain::{
    AppendError, ContactId, DisconnectReason, DisplayName, IdempotencyKey, Outcome, Participant,
    ParticipantId, Presence, Refusal, Role, StartError, Stopped, Timestamp, TransferMethod,
};

use super::deed::{Answer, Deed, Request};
use super::model::Model;

/// The key of what no request asked for.
pub(crate) const NOBODY: IdempotencyKey = IdempotencyKey([0; 16]);

impl Model {
    /// Does a deed at the moment that the server's clock shows.
    pub(crate) fn does(&mut self, request: &Request, now: Timestamp) -> Answer {
        let key = request.key;
        match &request.deed {
            Deed::Start(start) => match self.starts(start, now) {
                Ok(opened) => Answer::Opened(opened),
                Err(refusal) => Answer::NotStarted(StartError::Refused(refusal)),
            },
            Deed::Change { contact, changes } => {
                self.changes_attributes(*contact, changes, key, now)
            }
            Deed::Associate {
                contact,
                source,
                how,
            } => match self.associates(*contact, *source, *how, now) {
                Ok(source) => Answer::Continues(source),
                Err(error) => Answer::NotAssociated(error),
            },
            Deed::Receive {
                chat,
                who,
                message,
                kind,
            } => match self.receives(chat.session, *who, *message, *kind, now) {
                Ok(at) => Answer::Received(at),
                Err(error) => Answer::NotReceived(error),
            },
            Deed::Describe(contact) => self.described(*contact, now),
            Deed::Look(contact) => self.looked_at(*contact, now),
            Deed::Read { chat, contact, .. } => self.shown(chat.session, *contact, now),
            Deed::Export { contact, .. } => self.exported(*contact, now),
            Deed::List { customer, .. } => self.listed(customer, now),
            deed => {
                let session = match deed {
                    Deed::Join { chat, .. } | Deed::Say { chat, .. } | Deed::Leave { chat, .. } => {
                        chat.session
                    }
                    Deed::Invite { contact, .. }
                    | Deed::Stop(contact)
                    | Deed::Transfer { contact, .. } => contact.session(),
                    _ => unreachable!("it changes nothing"),
                };
                let Some(chat) = self.find(session, now) else {
                    return Answer::Refused(AppendError::NotFound);
                };
                // What was done once is answered as it was, whatever has happened since.
                if let Some(answer) = self.chats[chat].answered(key) {
                    return answer;
                }
                self.expires(chat, now);
                let done = self.changes(chat, deed, key, now);
                done.unwrap_or_else(|refusal| Answer::Refused(AppendError::Refused(refusal)))
            }
        }
    }

    fn changes(
        &mut self,
        chat: usize,
        deed: &Deed,
        key: IdempotencyKey,
        now: Timestamp,
    ) -> Result<Answer, Refusal> {
        match deed {
            Deed::Join { who, .. } => self.joins(chat, *who, key, now),
            Deed::Say { who, text, .. } => {
                let sender = self.taking_part(chat, *who)?.display_name.0.clone();
                let at = self.writes(chat, now, &[format!("{sender}: {text}")]);
                let line = self.lines.last_mut().unwrap();
                line.sender = Some(*who);
                let id = line.id;
                let answer = Answer::Said { id, at };
                self.notes(chat, key, &answer);
                Ok(answer)
            }
            Deed::Leave { who, survey, .. } => self.leaves(chat, *who, *survey, key, now),
            Deed::Invite {
                contact,
                who,
                role,
                name,
            } => {
                self.is_open(chat, *contact)?;
                let people = &mut self.chats[chat].people;
                let there = |one: &Participant| one.presence != Presence::Left;
                if people.iter().filter(|one| there(one)).count() == 6 {
                    return Err(Refusal::TooManyParticipants);
                }
                // Those who have left are forgotten once somebody new comes.
                people.retain(there);
                people.push(Participant {
                    id: *who,
                    role: *role,
                    display_name: DisplayName(name.clone()),
                    presence: Presence::Expected,
                });
                self.writes(chat, now, &[format!("{name} invited")]);
                let expires = self.chats[chat].expires;
                let answer = Answer::Invited { who: *who, expires };
                self.notes(chat, key, &answer);
                Ok(answer)
            }
            Deed::Stop(contact) => {
                let last = self.chats[chat].contacts.len() - 1;
                let number = usize::from(contact.ordinal().get());
                if number > last {
                    return Err(Refusal::UnknownContact);
                }
                if number < last || self.chats[chat].ended.is_some() {
                    return Ok(Answer::Stopped(Stopped::Already));
                }
                self.ends(chat, now, DisconnectReason::Api, None);
                let answer = Answer::Stopped(Stopped::Ended);
                self.notes(chat, key, &answer);
                Ok(answer)
            }
            Deed::Transfer { contact, method } => {
                self.is_open(chat, *contact)?;
                let served = |one: &Participant| {
                    one.role == Role::Agent && one.presence != Presence::Expected
                };
                let reason = match method {
                    TransferMethod::Transfer | TransferMethod::QueueTransfer => None,
                    TransferMethod::Disconnect if self.chats[chat].people.iter().any(served) => {
                        Some(DisconnectReason::AgentDisconnect)
                    }
                    TransferMethod::Disconnect => Some(DisconnectReason::ContactFlowDisconnect),
                };
                let lines = ["transferred".to_owned()];
                Ok(self.moves(chat, *method, reason, &lines, key, now))
            }
            _ => unreachable!("it changes nothing"),
        }
    }

    fn joins(
        &mut self,
        chat: usize,
        who: ParticipantId,
        key: IdempotencyKey,
        now: Timestamp,
    ) -> Result<Answer, Refusal> {
        let person = self.taking_part(chat, who)?.clone();
        let comes = person.presence == Presence::Expected;
        if comes {
            self.chats[chat].set(who, Presence::Present);
            if person.role == Role::Customer {
                self.chats[chat].connect_by = None;
            }
            self.writes(chat, now, &[format!("{} joined", person.display_name.0)]);
        }
        let answer = Answer::Joined {
            items: self.own_lines(chat).len() as u64,
            connected: self.chats[chat].present().count(),
        };
        if comes {
            self.notes(chat, key, &answer);
        }
        Ok(answer)
    }

    fn leaves(
        &mut self,
        chat: usize,
        who: ParticipantId,
        survey: bool,
        key: IdempotencyKey,
        now: Timestamp,
    ) -> Result<Answer, Refusal> {
        let person = self.taking_part(chat, who)?.clone();
        let left = format!("{} left", person.display_name.0);
        let is_agent = |one: &&Participant| one.role == Role::Agent;
        let agent = self.chats[chat].present().find(is_agent).cloned();
        if person.role != Role::Customer {
            self.chats[chat].set(who, Presence::Left);
            self.writes(chat, now, &[left]);
            self.notes(chat, key, &Answer::Left(Outcome::Replayed));
        } else if let Some(agent) =
            agent.filter(|_| survey && self.chats[chat].start.disconnect_agent_on_exit)
        {
            let people = &mut self.chats[chat].people;
            for one in people.iter_mut().filter(|one| one.role == Role::Agent) {
                one.presence = Presence::Left;
            }
            let lines = [
                format!("{} left", agent.display_name.0),
                "transferred".to_owned(),
            ];
            let reason = Some(DisconnectReason::CustomerDisconnect);
            self.moves(chat, TransferMethod::Disconnect, reason, &lines, key, now);
            self.chats[chat].answers.last_mut().unwrap().1 = Answer::Left(Outcome::Replayed);
        } else {
            self.chats[chat].set(who, Presence::Left);
            self.ends(chat, now, DisconnectReason::CustomerDisconnect, Some(left));
            self.notes(chat, key, &Answer::Left(Outcome::Replayed));
        }
        Ok(Answer::Left(Outcome::Written))
    }

    /// Closes the open contact and opens the next.
    fn moves(
        &mut self,
        chat: usize,
        method: TransferMethod,
        reason: Option<DisconnectReason>,
        lines: &[String],
        key: IdempotencyKey,
        now: Timestamp,
    ) -> Answer {
        self.writes(chat, now, lines);
        let to = &mut self.chats[chat];
        to.closes(reason);
        to.opens(Some(method));
        let answer = Answer::Moved(self.contact(chat, self.chats[chat].contacts.len() - 1));
        self.notes(chat, key, &answer);
        answer
    }

    fn ends(&mut self, chat: usize, at: Timestamp, reason: DisconnectReason, left: Option<String>) {
        let lines: Vec<String> = left.into_iter().chain(["ended".to_owned()]).collect();
        self.writes(chat, at, &lines);
        let to = &mut self.chats[chat];
        to.ended = Some(reason);
        to.closes(Some(reason));
    }

    /// Ends a chat whose time has passed. Whoever notices does it, before all that he wanted himself.
    pub(crate) fn expires(&mut self, chat: usize, now: Timestamp) {
        let (deadline, reason) = self.chats[chat].deadline();
        if self.chats[chat].ended.is_none() && deadline <= now {
            self.ends(chat, deadline, reason, None);
            let nothing = Answer::Stopped(Stopped::Already);
            self.notes(chat, NOBODY, &nothing);
        }
    }

    pub(crate) fn taking_part(
        &self,
        chat: usize,
        who: ParticipantId,
    ) -> Result<&Participant, Refusal> {
        if self.chats[chat].ended.is_some() {
            return Err(Refusal::Ended);
        }
        let person = self.chats[chat].person(who);
        let person = person.filter(|one| one.presence != Presence::Left);
        person.ok_or(Refusal::NotAParticipant)
    }

    /// Refuses every contact but the one that is open.
    fn is_open(&self, chat: usize, contact: ContactId) -> Result<(), Refusal> {
        let last = self.chats[chat].contacts.len() - 1;
        match usize::from(contact.ordinal().get()) {
            number if number > last => Err(Refusal::UnknownContact),
            _ if self.chats[chat].ended.is_some() => Err(Refusal::Ended),
            number if number < last => Err(Refusal::ContactEnded {
                active: self.contact(chat, last),
            }),
            _ => Ok(()),
        }
    }
}
