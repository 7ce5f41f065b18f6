//! Many at once: any number of callers on one chat, their calls in any order, with stale reads and trouble.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::{
    AppendError, Content, ContentType, IdempotencyKey, LogError, Message, Opened, Record, Refusal,
    Rehydration, Rules, Sent, SourceRefusal, Start, StartError, StartRefusal,
};
use proptest::prelude::*;

use crate::stage::{Chat, Faults, Trouble, World, assert_whole, handed_on, key, line};

/// What one caller wants.
#[derive(Debug, Clone, Copy)]
enum Wish {
    Say,
    /// The same message as another caller's, under the same token.
    SayTogether,
    Join,
    Leave,
    Stop,
    Transfer,
    Resume(Rehydration),
    /// The same start as another caller's, under the same token.
    ResumeTogether,
}

#[derive(Debug)]
enum Answer {
    Said(String, Result<Sent, AppendError>),
    Opened(Box<Start>, bool, Result<Opened, StartError>),
    Other,
}

/// A caller, and what goes wrong with his first calls.
#[derive(Debug, Clone)]
struct Caller {
    wish: Wish,
    troubles: Vec<u8>,
    unseen: u64,
    silent: bool,
}

fn callers() -> impl Strategy<Value = Vec<Caller>> {
    let wish = prop_oneof![
        3 => Just(Wish::Say),
        2 => Just(Wish::SayTogether),
        1 => Just(Wish::Join),
        1 => Just(Wish::Leave),
        1 => Just(Wish::Stop),
        2 => Just(Wish::Transfer),
        1 => Just(Wish::Resume(FromSegment)),
        1 => Just(Wish::Resume(EntirePastSession)),
        1 => Just(Wish::ResumeTogether),
    ];
    let unseen = prop_oneof![Just(0), 1..64_u64, Just(u64::MAX)];
    let troubles = prop::collection::vec(0..12_u8, 0..6);
    let caller = (wish, troubles, unseen, any::<bool>());
    let caller = caller.prop_map(|(wish, troubles, unseen, silent)| Caller {
        wish,
        troubles,
        unseen,
        silent,
    });
    prop::collection::vec(caller, 1..12)
}

impl Caller {
    fn faults(&self) -> Faults {
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
}

/// Whether the caller tries again: he has no answer, or is asked to come back.
fn comes_back(error: &AppendError) -> bool {
    matches!(
        error,
        AppendError::Contended | AppendError::Log(LogError::Throttled | LogError::Unavailable(_))
    )
}

async fn say(world: &World, chat: &Chat, text: &str, key: IdempotencyKey) -> Answer {
    loop {
        let message = Message {
            sender: chat.customer,
            content_type: ContentType::Plain,
            content: Content(text.to_owned()),
        };
        let said = domain::send(&world.log, &chat.key, message, key, world.now()).await;
        if !said.as_ref().is_err_and(comes_back) {
            return Answer::Said(text.to_owned(), said);
        }
    }
}

async fn open(world: &World, chat: &Chat, wish: Start) -> Answer {
    let ended = |records: Vec<Record>| records.last().is_some_and(|last| last.state.has_ended());
    let had_ended = ended(world.records(&chat.key));
    loop {
        let opened = domain::start(&world.log, &wish, Rules::default(), world.now()).await;
        match &opened {
            Err(StartError::Append(error)) if comes_back(error) => {}
            _ => return Answer::Opened(Box::new(wish), had_ended, opened),
        }
    }
}

/// Everything else: what matters is only what it does to the log.
async fn other(world: &World, chat: &Chat, wish: Wish) -> Answer {
    let (key, now) = (world.fresh_key(), world.now());
    let (log, here) = (&world.log, &chat.key.instance);
    loop {
        let done = match wish {
            Wish::Join => domain::join(log, &chat.key, chat.customer, key, now)
                .await
                .map(drop),
            Wish::Leave => domain::leave(log, &chat.key, chat.customer, None, key, now)
                .await
                .map(drop),
            Wish::Stop => domain::stop(log, here, chat.contact, key, now)
                .await
                .map(drop),
            _ => {
                let transfer = handed_on(chat.contact);
                let done = domain::transfer(log, here, transfer, key, now);
                done.await.map(drop)
            }
        };
        match done {
            Err(error) if comes_back(&error) => {}
            Ok(()) | Err(AppendError::Refused(_)) => return Answer::Other,
            Err(error) => panic!("{error:?}"),
        }
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_at_once_every_answer_is_true_and_every_log_is_whole(
        callers in callers(),
        before in 0..40_usize,
        dice in prop::collection::vec(any::<usize>(), 1..60),
    ) {
        let world = World::new();
        let chat = world.joined(&world.wish());
        for n in 0..before {
            world.say(&chat, &n.to_string());
        }
        let together = world.wish_to_resume(chat.contact, EntirePastSession);
        let views: Vec<World> = callers.iter().map(|caller| world.through(caller.faults())).collect();
        let all = callers.iter().zip(&views).enumerate().map(|(n, (caller, view))| {
            let (chat, together) = (&chat, &together);
            let wish = caller.wish;
            let future: Pin<Box<dyn Future<Output = Answer>>> = match wish {
                Wish::Say => Box::pin(async move {
                    say(view, chat, &format!("caller {n}"), view.fresh_key()).await
                }),
                Wish::SayTogether => Box::pin(say(view, chat, "together", key("together"))),
                Wish::Resume(how) => Box::pin(open(view, chat, view.wish_to_resume(chat.contact, how))),
                Wish::ResumeTogether => {
                    let customer = view.participant();
                    Box::pin(open(view, chat, Start { customer, ..together.clone() }))
                }
                _ => Box::pin(other(view, chat, wish)),
            };
            future
        });
        let answers = race(all.collect(), &dice);

        assert_whole(&world, &chat.key);
        let mut opened_together = Vec::new();
        for answer in answers {
            match answer {
                Answer::Said(text, Ok(sent)) => {
                    prop_assert_eq!(world.times_said(&chat, &text), 1);
                    prop_assert_eq!(sent.id, find(&world, &chat, &text));
                }
                Answer::Said(text, Err(error)) => {
                    prop_assert_eq!(error, AppendError::Refused(Refusal::Ended));
                    prop_assert_eq!(world.times_said(&chat, &text), 0);
                }
                Answer::Opened(wish, _, Ok(opened)) => {
                    let source = world.records(&chat.key);
                    prop_assert!(source.last().unwrap().state.has_ended());
                    let shown = shown_by(&source, &chat, wish.source.unwrap().1);
                    let next = Chat {
                        key: wish.session.clone(),
                        contact: opened.contact,
                        customer: opened.participant,
                        continued_from: opened.continued_from,
                    };
                    prop_assert_eq!(world.transcript(&next), shown);
                    prop_assert_eq!(world.records(&next.key).len(), 1);
                    if wish.session == together.session {
                        opened_together.push(opened);
                    }
                }
                Answer::Opened(_, had_ended, Err(error)) => {
                    let StartError::Refused(StartRefusal::Source(refusal)) = error else {
                        panic!("{error:?}");
                    };
                    let active = matches!(refusal, SourceRefusal::StillActive { .. });
                    prop_assert!(active && !had_ended);
                }
                Answer::Other => {}
            }
        }
        prop_assert!(opened_together.windows(2).all(|pair| pair[0] == pair[1]));
    }
}

fn find(world: &World, chat: &Chat, text: &str) -> domain::ItemId {
    let records = world.records(&chat.key);
    let mut items = records.iter().flat_map(|each| each.items(chat.key.session));
    let found = items.find(|item| line(item) == format!("Jane: {text}"));
    found.unwrap().id
}

/// What a chat that continues this one, from its first contact or as a whole, shows of it.
fn shown_by(source: &[Record], chat: &Chat, how: Rehydration) -> Vec<String> {
    let items = source.iter().flat_map(|each| each.items(chat.key.session));
    let shown = items.filter(|item| how == EntirePastSession || item.contact == chat.contact);
    shown.map(|item| line(&item)).collect()
}
