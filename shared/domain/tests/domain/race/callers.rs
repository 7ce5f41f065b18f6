//! Callers of a race: what each wants, what goes wrong with his calls, and how he comes to an answer.

use std::pin::Pin;

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::{
    AppendError, AssociateError, Association, ContactId, Content, ContentType, Event, EventError,
    IdempotencyKey, InstanceId, ItemId, LogError, Message, Opened, ParticipantId, ReceiptKind,
    Rehydration, Role, Rules, Sent, Start, StartError, Timestamp, TransferMethod, UpdateError,
};
use proptest::prelude::*;

use crate::stage::{Chat, Faults, Trouble, World, attributes, handed_on, key, survey};

/// What one caller wants.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wish {
    Say,
    /// The same message as another caller's, under the same token.
    SayTogether,
    AgentSays,
    Join,
    Leave,
    /// The customer leaves where there is a survey.
    Exit,
    AgentLeaves,
    Invite,
    Stop,
    Transfer(TransferMethod),
    /// Sets an attribute that nobody else sets.
    Update,
    /// Says that the agent has received the first message, as others may.
    Receive(ReceiptKind),
    /// Links one of two pasts to the chat.
    Associate(usize),
    Resume(Rehydration),
    /// The same start as another caller's, under the same token.
    ResumeTogether,
}

/// A caller, and what goes wrong with his first calls.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) wish: Wish,
    /// How far the clock of his server is ahead, in seconds.
    clock: i64,
    troubles: Vec<u8>,
    unseen: u64,
    silent: bool,
}

/// What he wanted, with all its names, and what he was answered.
#[derive(Debug)]
pub(super) enum Answer {
    Said(String, Result<Sent, AppendError>),
    Invited(String, Result<ParticipantId, AppendError>),
    Moved(Result<ContactId, AppendError>),
    Updated(String, Result<(), UpdateError>),
    Received(ReceiptKind, Result<Timestamp, EventError>),
    Associated(usize, Result<ContactId, AssociateError>),
    Opened(Box<Start>, bool, Result<Opened, StartError>),
    Other(Result<(), AppendError>),
}

/// What all callers have in common.
pub(super) struct Scene {
    pub(super) chat: Chat,
    pub(super) agent: Chat,
    /// The first message, the customer's.
    pub(super) message: ItemId,
    pub(super) pasts: [Chat; 2],
    pub(super) together: Start,
}

pub(super) fn callers() -> impl Strategy<Value = Vec<Caller>> {
    let method = prop_oneof![
        Just(TransferMethod::Transfer),
        Just(TransferMethod::QueueTransfer),
        Just(TransferMethod::Disconnect),
    ];
    let kind = prop_oneof![Just(ReceiptKind::Delivered), Just(ReceiptKind::Read)];
    let wish = prop_oneof![
        3 => Just(Wish::Say),
        2 => Just(Wish::SayTogether),
        2 => Just(Wish::AgentSays),
        1 => Just(Wish::Join),
        1 => Just(Wish::Leave),
        1 => Just(Wish::Exit),
        1 => Just(Wish::AgentLeaves),
        2 => Just(Wish::Invite),
        1 => Just(Wish::Stop),
        2 => method.prop_map(Wish::Transfer),
        2 => Just(Wish::Update),
        2 => kind.prop_map(Wish::Receive),
        2 => (0..2_usize).prop_map(Wish::Associate),
        1 => Just(Wish::Resume(FromSegment)),
        1 => Just(Wish::Resume(EntirePastSession)),
        1 => Just(Wish::ResumeTogether),
    ];
    let clock = prop_oneof![2 => Just(0_i64), 1 => Just(60), 1 => Just(-60)];
    let unseen = prop_oneof![Just(0), 1..64_u64, Just(u64::MAX)];
    let troubles = prop::collection::vec(0..12_u8, 0..6);
    let caller = (wish, clock, troubles, unseen, any::<bool>());
    let caller = caller.prop_map(|(wish, clock, troubles, unseen, silent)| Caller {
        wish,
        clock,
        troubles,
        unseen,
        silent,
    });
    prop::collection::vec(caller, 1..12)
}

impl Caller {
    pub(super) fn faults(&self) -> Faults {
        let (troubles, unseen) = (self.troubles.clone(), self.unseen);
        Faults {
            trouble: Box::new(move |n, _| match troubles.get(n - 1)? {
                0 => Some(Trouble::NotDone),
                1 => Some(Trouble::Throttled),
                2 => Some(Trouble::LostReply),
                3 => Some(Trouble::Repeated),
                _ => None,
            }),
            unseen: Box::new(move || unseen),
            silent: self.silent,
            ..Faults::default()
        }
    }

    /// Asks until there is an answer.
    pub(super) fn asks<'a>(
        &self,
        n: usize,
        world: &'a World,
        on: &'a Scene,
    ) -> Pin<Box<dyn Future<Output = Answer> + 'a>> {
        let name = format!("caller {n}");
        let now = world
            .now()
            .as_millis()
            .checked_add_signed(self.clock * 1_000);
        let asking = Asking {
            world,
            on,
            key: world.fresh_key(),
            now: Timestamp::from_millis(now.unwrap()),
        };
        match self.wish {
            Wish::Say => Box::pin(asking.say(&on.chat, name)),
            Wish::SayTogether => {
                let asking = Asking {
                    key: key("together"),
                    ..asking
                };
                Box::pin(asking.say(&on.chat, "together".to_owned()))
            }
            Wish::AgentSays => Box::pin(asking.say(&on.agent, name)),
            Wish::Invite => Box::pin(asking.invite(name)),
            Wish::Transfer(method) => Box::pin(asking.transfer(method)),
            Wish::Update => Box::pin(asking.update(format!("n{n}=1"))),
            Wish::Receive(kind) => Box::pin(asking.receive(kind)),
            Wish::Associate(which) => Box::pin(asking.associate(which)),
            Wish::Resume(how) => Box::pin(asking.open(world.wish_to_resume(on.chat.contact, how))),
            Wish::ResumeTogether => Box::pin(asking.open(Start {
                customer: world.participant(),
                ..on.together.clone()
            })),
            wish => Box::pin(asking.other(wish)),
        }
    }
}

/// Whether the caller tries again: he has no answer, or is asked to come back.
fn comes_back(error: &AppendError) -> bool {
    matches!(
        error,
        AppendError::Contended | AppendError::Log(LogError::Throttled | LogError::Unavailable(_))
    )
}

/// A caller who asks.
struct Asking<'a> {
    world: &'a World,
    on: &'a Scene,
    key: IdempotencyKey,
    now: Timestamp,
}

impl Asking<'_> {
    fn here(&self) -> &InstanceId {
        &self.on.chat.key.instance
    }

    async fn say(self, who: &Chat, text: String) -> Answer {
        loop {
            let message = Message {
                sender: who.customer,
                content_type: ContentType::Plain,
                content: Content(text.clone()),
            };
            let log = &self.world.log;
            let said = domain::send(log, &who.key, message, self.key, self.now).await;
            if !said.as_ref().is_err_and(comes_back) {
                return Answer::Said(text, said);
            }
        }
    }

    async fn invite(self, name: String) -> Answer {
        let (log, invitation) = (
            &self.world.log,
            self.world.invitation(&self.on.chat, Role::CustomBot, &name),
        );
        loop {
            let invitation = invitation.clone();
            let added =
                domain::add_participant(log, self.here(), invitation, self.key, self.now).await;
            if !added.as_ref().is_err_and(comes_back) {
                return Answer::Invited(name, added.map(|added| added.participant));
            }
        }
    }

    async fn transfer(self, method: TransferMethod) -> Answer {
        loop {
            let transfer = domain::Transfer {
                method,
                ..handed_on(self.on.chat.contact)
            };
            let log = &self.world.log;
            let moved = domain::transfer(log, self.here(), transfer, self.key, self.now).await;
            if !moved.as_ref().is_err_and(comes_back) {
                return Answer::Moved(moved.map(|moved| moved.contact));
            }
        }
    }

    async fn update(self, change: String) -> Answer {
        let (log, changes) = (&self.world.log, attributes(&change));
        let (contact, key) = (self.on.chat.contact, self.key);
        loop {
            let done = domain::update_contact_attributes(
                log,
                self.here(),
                contact,
                &changes,
                key,
                self.now,
            );
            match done.await {
                Err(UpdateError::Append(error)) if comes_back(&error) => {}
                done => return Answer::Updated(change, done),
            }
        }
    }

    async fn receive(self, kind: ReceiptKind) -> Answer {
        let message = Some(self.on.message);
        let (log, agent) = (&self.world.log, &self.on.agent);
        loop {
            let event = Event::Receipt { message, kind };
            let sent =
                domain::send_event(log, &agent.key, agent.customer, event, self.key, self.now);
            match sent.await {
                Err(EventError::Append(error)) if comes_back(&error) => {}
                sent => return Answer::Received(kind, sent.map(|taken| taken.sent.at)),
            }
        }
    }

    async fn associate(self, which: usize) -> Answer {
        let association = Association {
            contact: self.on.chat.contact,
            source: self.on.pasts[which].contact,
            rehydration: FromSegment,
        };
        // The same association has the same key.
        let key = key(&format!("associate {which}"));
        loop {
            let (log, here) = (&self.world.log, self.here());
            match domain::associate(log, here, association, key, self.now).await {
                Err(AssociateError::Append(error)) if comes_back(&error) => {}
                done => return Answer::Associated(which, done),
            }
        }
    }

    async fn open(self, wish: Start) -> Answer {
        let records = self.world.records(&self.on.chat.key);
        let had_ended = records.last().is_some_and(|last| last.state.has_ended());
        loop {
            let log = &self.world.log;
            let opened = domain::start(log, &wish, Rules::default(), self.now).await;
            match &opened {
                Err(StartError::Append(error)) if comes_back(error) => {}
                _ => return Answer::Opened(Box::new(wish), had_ended, opened),
            }
        }
    }

    /// Everything else: what matters is only what it does to the log.
    async fn other(self, wish: Wish) -> Answer {
        let Scene { chat, agent, .. } = self.on;
        let (log, key, now) = (&self.world.log, self.key, self.now);
        loop {
            let leaves = |who: &Chat, flow| {
                let (session, who) = (chat.key.clone(), who.customer);
                async move {
                    domain::leave(log, &session, who, flow, key, now)
                        .await
                        .map(drop)
                }
            };
            let flow = survey();
            let done = match wish {
                Wish::Join => {
                    let joined = domain::join(log, &chat.key, chat.customer, key, now).await;
                    joined.map(drop)
                }
                Wish::Leave => leaves(chat, None).await,
                Wish::Exit => leaves(chat, Some(&flow)).await,
                Wish::AgentLeaves => leaves(agent, None).await,
                Wish::Stop => {
                    let stopped = domain::stop(log, self.here(), chat.contact, key, now).await;
                    stopped.map(drop)
                }
                _ => unreachable!("it has an answer of its own"),
            };
            if !done.as_ref().is_err_and(comes_back) {
                return Answer::Other(done);
            }
        }
    }
}
