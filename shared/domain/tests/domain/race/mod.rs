//! Many at once: any number of callers on one chat and on servers whose clocks differ, their calls in any order, with
//! stale reads and trouble, in the midst of the chat's life or while its time passes.

mod callers;

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use domain::Rehydration::EntirePastSession;
use domain::{
    AppendError, AssociateError, Attributes, Body, ContactId, EventError, Item, ItemKind, Opened,
    Record, Refusal, Rehydration, Role, SideEntry, SideLog, SideRange, SideRead, Slot,
    SourceRefusal, Start, StartError, StartRefusal, Timestamp, days, minutes,
};
use proptest::prelude::*;

use self::callers::{Answer, Scene, callers};
use crate::stage::{Chat, World, assert_whole, line, run};

/// When it happens: in the midst of the chat's life, or so many seconds after it begins to be over.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Midst,
    Expiry(i64),
    ConnectBy(i64),
}

fn moments() -> impl Strategy<Value = Moment> {
    prop_oneof![
        3 => Just(Moment::Midst),
        1 => (-90..90_i64).prop_map(Moment::Expiry),
        1 => (-90..90_i64).prop_map(Moment::ConnectBy),
    ]
}

/// A chat in which the customer and an agent have talked, and two pasts that it could be linked to.
fn scene(world: &World, moment: Moment, talk: usize) -> Scene {
    let pasts = ["past 0", "past 1"].map(|text| world.past(&[text]));
    let wish = Start {
        disconnect_agent_on_exit: true,
        connects: !matches!(moment, Moment::ConnectBy(_)),
        ..world.wish()
    };
    let (chat, began) = (world.open(&wish), world.now());
    let agent = world.accompanied(&chat, Role::Agent, "Ann");
    let message = world.say(&chat, "first").id;
    for n in 0..talk {
        world.say(&chat, &n.to_string());
    }
    let passes = match moment {
        Moment::Midst => None,
        Moment::Expiry(after) => Some((began + days(7), after)),
        Moment::ConnectBy(after) => Some((began + minutes(5), after)),
    };
    if let Some((passes, after)) = passes {
        let now = passes.as_millis().checked_add_signed(after * 1_000);
        world.set_clock(Timestamp::from_millis(now.unwrap()));
    }
    Scene {
        together: world.wish_to_resume(chat.contact, EntirePastSession),
        chat,
        agent,
        message,
        pasts,
    }
}

/// Lets all go on in the order that `dice` says, one call at a time, until all have their answers.
fn race<'a, T>(mut all: Vec<Pin<Box<dyn Future<Output = T> + 'a>>>, dice: &[usize]) -> Vec<T> {
    let mut context = Context::from_waker(Waker::noop());
    let mut answers = Vec::new();
    for turn in 0.. {
        if all.is_empty() {
            break;
        }
        let chosen = dice[turn % dice.len()] % all.len();
        if let Poll::Ready(answer) = all[chosen].as_mut().poll(&mut context) {
            answers.push(answer);
            drop(all.swap_remove(chosen));
        }
    }
    answers
}

/// How the chat stands when all is over.
struct Log<'a> {
    world: &'a World,
    on: &'a Scene,
    records: Vec<Record>,
    items: Vec<Item>,
}

impl<'a> Log<'a> {
    fn of(world: &'a World, on: &'a Scene) -> Self {
        let records = world.records(&on.chat.key);
        let session = on.chat.key.session;
        let items = records
            .iter()
            .flat_map(|each| each.items(session))
            .collect();
        Self {
            world,
            on,
            records,
            items,
        }
    }

    fn has_ended(&self) -> bool {
        self.records.last().unwrap().state.has_ended()
    }

    /// The messages of this text.
    fn said(&self, text: &str) -> Vec<&Item> {
        let is = |item: &&Item| match &item.kind {
            ItemKind::Message { content, .. } => content.0 == text,
            ItemKind::Event { .. } => false,
        };
        self.items.iter().filter(is).collect()
    }

    fn count(&self, text: &str) -> usize {
        self.items.iter().filter(|item| line(item) == text).count()
    }

    /// Which past the chat is linked to, and by which record.
    fn link(&self) -> Option<(ContactId, Slot)> {
        let linked = |record: &Record| match &record.body {
            Body::Linked(linked) => Some((linked.asked, record.slot)),
            _ => None,
        };
        self.records.iter().find_map(linked)
    }

    /// What a chat that continues this one, from its first contact or as a whole, shows, and has for attributes.
    fn continued(&self, how: Rehydration) -> (Vec<String>, Attributes) {
        let first = self.on.chat.contact;
        let shown = |of: ContactId| how == EntirePastSession || of == first;
        let own = self.items.iter().filter(|item| shown(item.contact));
        let past = |(source, slot): (ContactId, Slot)| {
            let text = self.on.pasts.iter().position(|past| past.contact == source);
            let seen = shown(ContactId::new(first.session(), slot.ordinal()));
            let text = text.filter(|_| seen)?;
            Some([
                "Jane joined".to_owned(),
                format!("Jane: past {text}"),
                "ended".to_owned(),
            ])
        };
        let past = self.link().and_then(past).into_iter().flatten();
        let records = self.records.iter().rev();
        let mut attributes = records
            .filter(|each| shown(ContactId::new(first.session(), each.slot.ordinal())))
            .filter_map(|each| each.body.attributes());
        let attributes = attributes.next().unwrap().clone();
        (past.chain(own.map(line)).collect(), attributes)
    }

    /// When the agent has received the first message, of all that says so.
    fn received(&self) -> Vec<SideEntry> {
        let read = SideRead {
            range: SideRange::Receipts {
                from: Slot::FIRST,
                to: Slot::LAST,
            },
            limit: 10,
            consistency: domain::Consistency::Strong,
        };
        let view = self.world.plainly();
        run(view.log.read_side(&self.on.chat.key, read)).unwrap()
    }

    /// Whether what a caller was answered is true.
    fn bears_out(&self, answer: &Answer) -> Result<(), TestCaseError> {
        let refused = |error: &AppendError, refusals: &[Refusal]| match error {
            AppendError::Refused(refusal) => refusals.contains(refusal),
            _ => false,
        };
        // The contact that went on: one after the first, up to the last that was opened.
        let chat = &self.on.chat;
        let goes_on = |error: &AppendError| match error {
            AppendError::Refused(Refusal::ContactEnded { active }) => {
                let tail = self.world.records(&chat.key).pop();
                let last = tail.map(|tail| tail.state.segment);
                active.session() == chat.contact.session()
                    && !active.is_initial()
                    && Some(active.ordinal()) <= last
            }
            _ => false,
        };
        match answer {
            Answer::Said(text, Ok(sent)) => {
                let said: Vec<_> = self.said(text).iter().map(|item| item.id).collect();
                prop_assert_eq!(said, [sent.id]);
            }
            Answer::Said(text, Err(error)) => {
                prop_assert!(refused(error, &[Refusal::Ended, Refusal::NotAParticipant]));
                prop_assert!(self.said(text).is_empty());
            }
            Answer::Invited(name, Ok(_)) => {
                prop_assert_eq!(self.count(&format!("{name} invited")), 1);
            }
            Answer::Invited(name, Err(error)) => {
                let why = [Refusal::Ended, Refusal::TooManyParticipants];
                prop_assert!(goes_on(error) || refused(error, &why));
                prop_assert_eq!(self.count(&format!("{name} invited")), 0);
            }
            Answer::Moved(Ok(contact)) => {
                // Only the first contact was to be handed on.
                prop_assert_eq!(contact.ordinal().get(), 1);
                prop_assert!(self.count("transferred") > 0);
            }
            Answer::Moved(Err(error)) => {
                prop_assert!(goes_on(error) || refused(error, &[Refusal::Ended]));
            }
            Answer::Updated(change, done) => {
                prop_assert_eq!(done, &Ok(()));
                let now = self.world.attributes(self.on.chat.contact);
                prop_assert!(now.split(' ').any(|each| each == change));
            }
            Answer::Received(kind, Ok(at)) => {
                let is = |entry: &SideEntry| match entry {
                    SideEntry::Receipt(receipt) => receipt.kind == *kind && receipt.at == *at,
                    SideEntry::Attributes(_) => false,
                };
                prop_assert_eq!(self.received().iter().filter(|entry| is(entry)).count(), 1);
            }
            Answer::Received(_, Err(EventError::TooManyRecipients)) => {
                prop_assert!(false, "nobody else connects");
            }
            Answer::Received(_, Err(EventError::Append(error))) => {
                prop_assert!(refused(error, &[Refusal::Ended, Refusal::NotAParticipant]));
            }
            Answer::Associated(which, Ok(source)) => {
                prop_assert_eq!(*source, self.on.pasts[*which].contact);
                prop_assert_eq!(self.link().map(|(asked, _)| asked), Some(*source));
            }
            Answer::Associated(which, Err(AssociateError::Append(error))) => {
                prop_assert!(refused(error, &[Refusal::Ended, Refusal::AlreadyLinked]));
                let link = self.link().map(|(asked, _)| asked);
                prop_assert_ne!(link, Some(self.on.pasts[*which].contact));
            }
            Answer::Associated(_, Err(error)) => prop_assert!(false, "{error:?}"),
            Answer::Opened(wish, _, Ok(opened)) => self.continues(wish, *opened)?,
            Answer::Opened(_, had_ended, Err(error)) => {
                let StartError::Refused(StartRefusal::Source(refusal)) = error else {
                    panic!("{error:?}");
                };
                let active = matches!(refusal, SourceRefusal::StillActive { .. });
                prop_assert!(active && !had_ended);
            }
            Answer::Other(Ok(())) => {}
            Answer::Other(Err(error)) => {
                prop_assert!(refused(error, &[Refusal::Ended, Refusal::NotAParticipant]));
            }
        }
        Ok(())
    }

    fn continues(&self, wish: &Start, opened: Opened) -> Result<(), TestCaseError> {
        prop_assert!(self.has_ended());
        let next = Chat {
            key: wish.session.clone(),
            contact: opened.contact,
            customer: opened.participant,
            continued_from: opened.continued_from,
        };
        let records = self.world.records(&next.key);
        prop_assert_eq!(records.len(), 1);
        let (shown, attributes) = self.continued(wish.source.unwrap().1);
        prop_assert_eq!(self.world.transcript(&next), shown);
        prop_assert_eq!(&records[0].started().unwrap().attributes.0, &attributes.0);
        Ok(())
    }

    /// Where time has ended the chat, it did so at its moment, or after all that others had put there.
    fn ends_in_time(&self) -> Result<(), TestCaseError> {
        let Some((last, earlier)) = self.records.split_last() else {
            return Ok(());
        };
        let before = &earlier.last().unwrap().state;
        let (passes, reason) = before.deadline().unwrap();
        if matches!(last.body, Body::Ended { reason: why, .. } if why == reason) {
            prop_assert_eq!(last.at, passes.max(before.time.next()));
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_at_once_every_answer_is_true_and_every_log_is_whole(
        callers in callers(),
        moment in moments(),
        talk in 0..40_usize,
        dice in prop::collection::vec(any::<usize>(), 1..60),
    ) {
        let world = World::new();
        let on = scene(&world, moment, talk);
        let views: Vec<World> = callers.iter().map(|caller| world.through(caller.faults())).collect();
        let all = callers.iter().zip(&views).enumerate();
        let all = all.map(|(n, (caller, view))| caller.asks(n, view, &on));
        let answers = race(all.collect(), &dice);

        assert_whole(&world, &on.chat.key);
        let log = Log::of(&world, &on);
        log.ends_in_time()?;
        let mut opened_together = Vec::new();
        for answer in &answers {
            log.bears_out(answer)?;
            if let Answer::Opened(wish, _, Ok(opened)) = answer
                && wish.session == on.together.session
            {
                opened_together.push(*opened);
            }
        }
        prop_assert!(opened_together.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
