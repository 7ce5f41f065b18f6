//! Who else takes part: agents, bots and supervisors, and the flow that the customer's exit leads to.

use domain::{
    Added, AppendError, ContactFlowId, ContactId, DisplayName, Event, EventError, IdempotencyKey,
    InstanceId, Invitation, ItemId, Ordinal, Outcome, ReceiptKind, Role, Sent, Start,
};

use super::world::{Chat, World, run};

/// The deployment's disconnect flow.
pub(crate) fn survey() -> ContactFlowId {
    ContactFlowId("survey".to_owned())
}

/// The contact at the place `n` of a chat's session.
pub(crate) fn nth(chat: &Chat, n: u16) -> ContactId {
    ContactId::new(chat.key.session, Ordinal::new(n).unwrap())
}

impl World {
    /// An invitation to the chat's first contact.
    pub(crate) fn invitation(&self, chat: &Chat, role: Role, name: &str) -> Invitation {
        Invitation {
            contact: chat.contact,
            participant: self.participant(),
            role,
            display_name: DisplayName(name.to_owned()),
        }
    }

    pub(crate) fn try_add(
        &self,
        invitation: &Invitation,
        key: IdempotencyKey,
    ) -> Result<Added, AppendError> {
        let (here, invitation) = (InstanceId::new("here").unwrap(), invitation.clone());
        let add = domain::add_participant(&self.log, &here, invitation, key, self.now());
        run(add)
    }

    /// The chat as somebody knows it who was invited to its open contact and has not connected.
    pub(crate) fn invited(&self, chat: &Chat, role: Role, name: &str) -> Chat {
        let tail = self.records(&chat.key).pop().unwrap();
        let invitation = Invitation {
            contact: ContactId::new(chat.key.session, tail.state.segment),
            ..self.invitation(chat, role, name)
        };
        let added = self.try_add(&invitation, self.fresh_key()).unwrap();
        Chat {
            customer: added.participant,
            ..chat.clone()
        }
    }

    /// The chat as somebody knows it who has come.
    pub(crate) fn accompanied(&self, chat: &Chat, role: Role, name: &str) -> Chat {
        let theirs = self.invited(chat, role, name);
        self.try_join(&theirs).unwrap();
        theirs
    }

    /// A chat started with DisconnectOnCustomerExit, whose customer has connected.
    pub(crate) fn polite_chat(&self) -> Chat {
        self.joined(&Start {
            disconnect_agent_on_exit: true,
            ..self.wish()
        })
    }

    /// Leaves where there is a disconnect flow.
    pub(crate) fn try_exit(
        &self,
        chat: &Chat,
        key: IdempotencyKey,
    ) -> Result<Outcome, AppendError> {
        let (log, flow) = (&self.log, survey());
        let leave = domain::leave(log, &chat.key, chat.customer, Some(&flow), key, self.now());
        run(leave)
    }

    pub(crate) fn exit(&self, chat: &Chat) {
        assert_eq!(self.try_exit(chat, self.fresh_key()), Ok(Outcome::Written));
    }

    pub(crate) fn try_event(&self, chat: &Chat, event: Event) -> Result<Sent, EventError> {
        let (log, key, who) = (&self.log, self.fresh_key(), chat.customer);
        let now = self.now();
        let taken = run(domain::send_event(log, &chat.key, who, event, key, now));
        taken.map(|taken| taken.sent)
    }

    /// Says that a message has reached one.
    pub(crate) fn try_receive(
        &self,
        chat: &Chat,
        message: ItemId,
        kind: ReceiptKind,
    ) -> Result<Sent, EventError> {
        let message = Some(message);
        self.try_event(chat, Event::Receipt { message, kind })
    }

    pub(crate) fn receive(&self, chat: &Chat, message: ItemId, kind: ReceiptKind) -> Sent {
        self.try_receive(chat, message, kind).unwrap()
    }
}
