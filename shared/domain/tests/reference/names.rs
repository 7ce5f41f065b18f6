//! Steps of a story as deeds with all their names.

use domain::{
    Attributes, ContactFlowId, ContactId, Content, ContentType, ContentTypes, CustomerId,
    DisplayName, Fingerprint, Ordinal, ParticipantId, SessionId, SessionKey, Start, Starter,
    minutes,
};

use super::deed::{Deed, Request};
use super::play::Player;
use super::story::{At, Beginning, By, Of, Value, What, Which};

impl<L> Player<'_, L> {
    pub(super) fn id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    pub(super) fn participant(&mut self) -> ParticipantId {
        ParticipantId::from_random(u128::from(self.id()) << 64)
    }

    /// The same request again; one that starts a chat comes from another process, with another customer's id.
    pub(super) fn again(&mut self, back: usize) -> Request {
        let newest = self.requests.len() - 1;
        let mut request = self.requests[newest.saturating_sub(back)].clone();
        if let Deed::Start(start) = &mut request.deed {
            start.customer = self.participant();
        }
        request
    }

    /// The deed with all its names.
    pub(super) fn deed(&mut self, what: &What) -> Deed {
        match what {
            What::Start(beginning) => Deed::Start(Box::new(self.start(beginning))),
            What::Join(at) => {
                let (chat, who) = self.person(*at);
                Deed::Join { chat, who }
            }
            What::Say(at) | What::Chatter(at, _) => {
                let (chat, who) = self.person(*at);
                let text = format!("message {}", self.id());
                Deed::Say { chat, who, text }
            }
            What::Leave(at, survey) => {
                let (chat, who) = self.person(*at);
                Deed::Leave {
                    chat,
                    who,
                    survey: *survey,
                }
            }
            What::Invite(of, role) => Deed::Invite {
                contact: self.contact(*of),
                who: self.participant(),
                role: *role,
                name: format!("{role:?} {}", self.ids),
            },
            What::Stop(of) => Deed::Stop(self.contact(*of)),
            What::Transfer(of, method) => Deed::Transfer {
                contact: self.contact(*of),
                method: *method,
            },
            What::Change(of, given) => Deed::Change {
                contact: self.contact(*of),
                changes: attributes(given),
            },
            What::Associate(of, source, how) => Deed::Associate {
                contact: self.contact(*of),
                source: self.contact(*source),
                how: *how,
            },
            What::Receive(at, back, kind) => {
                let (chat, who) = self.person(*at);
                let (_, number) = self.chat(at.chat);
                let past = self.model.chats[number].past.as_ref();
                let past = past.map_or(Vec::new(), |past| past.lines.clone());
                let own = self.model.own_lines(number);
                let shown: Vec<usize> = past.into_iter().chain(own).collect();
                // A chat that nothing was said in has received what was said in another.
                let line = shown.iter().rev().nth(*back).or(shown.first());
                let line = line.copied().unwrap_or_default();
                Deed::Receive {
                    chat,
                    who,
                    message: self.model.lines[line].id,
                    kind: *kind,
                }
            }
            What::Describe(of) => Deed::Describe(self.contact(*of)),
            What::Look(of) => Deed::Look(self.contact(*of)),
            What::Read(of, only, limit) => Deed::Read {
                chat: self.chat(of.chat).0,
                contact: only.then(|| self.contact(*of)),
                limit: *limit,
            },
            What::Export(of, limit) => Deed::Export {
                contact: self.contact(*of),
                limit: *limit,
            },
            What::List(name, limit) => Deed::List {
                customer: CustomerId((*name).to_owned()),
                limit: *limit,
            },
            What::Again(_) | What::Wait(_) => unreachable!("no deed of its own"),
        }
    }

    fn chat(&self, which: Which) -> (SessionKey, usize) {
        let chats = &self.model.chats;
        let (back, wanted): (usize, Vec<usize>) = match which {
            Which::Any(back) => (back, (0..chats.len()).collect()),
            Which::Running(back) => {
                let running = |chat: &usize| chats[*chat].ended.is_none();
                (back, (0..chats.len()).filter(running).collect())
            }
            Which::Ended(back) => {
                let ended = |chat: &usize| chats[*chat].ended.is_some();
                (back, (0..chats.len()).filter(ended).collect())
            }
        };
        let found = wanted.iter().rev().nth(back).or(wanted.first());
        let number = found.copied().unwrap_or(chats.len() - 1);
        (chats[number].start.session.clone(), number)
    }

    fn person(&self, at: At) -> (SessionKey, ParticipantId) {
        let (chat, number) = self.chat(at.chat);
        let people = &self.model.chats[number].people;
        (chat, people[at.person.min(people.len() - 1)].id)
    }

    fn contact(&self, of: Of) -> ContactId {
        let (chat, number) = self.chat(of.chat);
        let contacts = self.model.chats[number].contacts.len();
        let contact = match of.contact {
            Of::NONE => contacts,
            contact => contact.min(contacts - 1),
        };
        let ordinal = u16::try_from(contact).ok().and_then(Ordinal::new);
        ContactId::new(chat.session, ordinal.unwrap())
    }

    fn start(&mut self, beginning: &Beginning) -> Start {
        let id = u128::from(self.id());
        let customer = |name: &str| CustomerId(name.to_owned());
        let source = beginning.source;
        Start {
            session: SessionKey {
                instance: self.instance.clone(),
                // Spread over all the bits, as random ids are.
                session: SessionId::from_bits(
                    id.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835),
                ),
            },
            customer: self.participant(),
            display_name: DisplayName("Jane".to_owned()),
            flow: ContactFlowId("flow".to_owned()),
            starter: match beginning.by {
                By::Backend(name) => Starter::Backend(name.map(customer)),
                By::Customer(name) => Starter::Customer(customer(name)),
                By::Anonymous => Starter::Anonymous,
            },
            attributes: attributes(&beginning.given),
            initial: beginning
                .says
                .then(|| (ContentType::Plain, Content(format!("beginning {id}")))),
            duration: minutes(60 * beginning.hours),
            content_types: ContentTypes::PLAIN,
            disconnect_agent_on_exit: beginning.agents_leave_too,
            connects: beginning.connects,
            source: source.map(|(of, how)| (self.contact(of), how)),
            fingerprint: Fingerprint(id.to_le_bytes()),
        }
    }
}

fn attributes(given: &[(&'static str, Value)]) -> Attributes {
    let given = given.iter().map(|(name, value)| {
        let value = match value {
            Value::Empty => String::new(),
            Value::Short(value) => value.to_string(),
            Value::Long => "x".repeat(12_000),
        };
        ((*name).to_owned(), value)
    });
    Attributes(given.collect())
}
