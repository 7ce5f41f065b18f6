//! The stage: what is made before a history begins, with nobody else about and nothing going wrong.

use std::time::Duration;

use domain::{
    Attributes, ContactFlowId, ContactId, Content, ContentType, ContentTypes, Destination,
    DisplayName, Fingerprint, IdempotencyKey, InstanceId, Invitation, Message, Ordinal,
    ParticipantId, Rehydration, Role, SessionId, SessionKey, Start, Starter, Timestamp, Transfer,
    TransferMethod, days,
};

use crate::attempt::plainly;
use crate::check::Asked;
use crate::store::Store;
use crate::wish::{Answer, Wish};

/// Where the clock stands at first.
pub(crate) const MORNING: Timestamp = Timestamp::from_millis(1_750_000_000_000);

/// A store in the making.
#[derive(Debug, Clone)]
pub struct Stage {
    /// What has been put.
    pub store: Store,
    /// What every chat was asked to continue.
    pub asked: Asked,
    /// What time it is.
    pub now: Timestamp,
}

/// The instance in which everything happens.
pub(crate) fn here() -> Option<InstanceId> {
    InstanceId::new("here")
}

/// The session of a number, spread over all the bits as random ids are.
pub(crate) fn session(number: u64) -> SessionId {
    SessionId::from_bits(
        u128::from(number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835),
    )
}

/// The participant of a number.
pub(crate) fn participant(number: u64) -> ParticipantId {
    ParticipantId::from_random(u128::from(number + 1) << 64)
}

/// The idempotency key of a number.
pub(crate) fn key(number: u64) -> IdempotencyKey {
    IdempotencyKey((u128::from(number + 1) << 8).to_be_bytes())
}

/// One attribute.
pub(crate) fn attribute(name: &str, value: &str) -> Attributes {
    Attributes([(name.to_owned(), value.to_owned())].into())
}

/// Text from somebody.
pub(crate) fn message(sender: ParticipantId, text: &str) -> Message {
    Message {
        sender,
        content_type: ContentType::Plain,
        content: Content(text.to_owned()),
    }
}

/// A transfer to another flow.
pub(crate) fn handed_on(contact: ContactId, method: TransferMethod) -> Transfer {
    Transfer {
        contact,
        method,
        to: Destination::flow(ContactFlowId("next".to_owned())),
    }
}

/// The contact at a place of a session.
pub(crate) fn contact(session: &SessionKey, ordinal: u16) -> ContactId {
    let ordinal = Ordinal::new(ordinal).unwrap_or(Ordinal::LAST);
    ContactId::new(session.session, ordinal)
}

/// A backend's wish for a chat of nobody in particular, in which the customer is connected at once.
pub(crate) fn wish_for(session: SessionKey, customer: ParticipantId, lasts: Duration) -> Start {
    let bits = session.session.bits();
    Start {
        session,
        customer,
        display_name: DisplayName("Jane".to_owned()),
        flow: ContactFlowId("flow".to_owned()),
        starter: Starter::Backend(None),
        attributes: Attributes::default(),
        initial: None,
        duration: lasts,
        content_types: ContentTypes::PLAIN,
        disconnect_agent_on_exit: false,
        connects: true,
        source: None,
        fingerprint: Fingerprint(bits.to_be_bytes()),
    }
}

impl Stage {
    /// An empty one.
    pub fn new() -> Self {
        Self {
            store: Store::default(),
            asked: Asked::default(),
            now: MORNING,
        }
    }

    /// Carries a wish out, a second later.
    pub fn plays(&mut self, wish: &Wish) -> Option<Answer> {
        self.now = self.now + Duration::from_secs(1);
        match wish {
            Wish::Start(start) => self.asked.start(start),
            Wish::Associate(here, association, _) => {
                let chat = SessionKey::new(here, association.contact.session());
                self.asked.associate(chat, association);
            }
            _ => {}
        }
        plainly(&mut self.store, wish, self.now)
    }

    /// A session of one contact that somebody started, in which something was said, and which has ended.
    pub(crate) fn past(&mut self, number: u64, text: &str, starter: Starter) -> Option<SessionKey> {
        let here = here()?;
        let key = SessionKey::new(&here, session(number));
        let jane = participant(number);
        let start = Start {
            starter,
            attributes: attribute(&format!("of {text}"), "1"),
            ..wish_for(key.clone(), jane, days(7))
        };
        self.plays(&Wish::Start(Box::new(start)))?;
        self.plays(&Wish::Send(
            key.clone(),
            message(jane, text),
            self::key(number),
        ))?;
        self.plays(&Wish::Stop(
            here,
            contact(&key, 0),
            self::key(number + 1_000),
        ))?;
        Some(key)
    }

    /// Asks somebody to take part in a chat.
    pub(crate) fn invites(
        &mut self,
        contact: ContactId,
        who: ParticipantId,
        name: &str,
        number: u64,
    ) -> Option<Answer> {
        let invitation = Invitation {
            contact,
            participant: who,
            role: Role::Agent,
            display_name: DisplayName(name.to_owned()),
        };
        self.plays(&Wish::Invite(here()?, invitation, key(number)))
    }

    /// A start that continues something.
    pub(crate) fn resume(start: Start, source: ContactId, how: Rehydration) -> Start {
        Start {
            source: Some((source, how)),
            ..start
        }
    }
}

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}
