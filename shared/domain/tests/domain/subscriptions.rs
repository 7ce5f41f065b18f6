//! What a socket gets that subscribes while others write: everything, and nothing twice but what came between its reads.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use domain::{
    Audience, ConnectionId, Connections, Effort, Frame, ItemKind, Live, LogError,
    MemoryConnections, MemoryGateway, News, NoPause, Opening, Parcel, SessionKey, Slot, Socket,
    Subscription, caught_up, open_socket, push, subscribe_socket,
};

use crate::stage::{Chat, Faults, TestLog, World, let_others, run};

type Ports = Live<TestLog, Stepwise, MemoryGateway, NoPause>;

/// Connections that let others act before each call.
#[derive(Default)]
struct Stepwise(MemoryConnections);

impl Connections for Stepwise {
    async fn sockets_of(&self, session: &SessionKey) -> Result<Vec<Socket>, LogError> {
        let_others().await;
        self.0.sockets_of(session).await
    }

    async fn socket(&self, connection: &ConnectionId) -> Result<Option<Socket>, LogError> {
        let_others().await;
        self.0.socket(connection).await
    }

    async fn put_socket(&self, socket: &Socket) -> Result<(), LogError> {
        let_others().await;
        self.0.put_socket(socket).await
    }

    async fn mark_subscribed(&self, socket: &Socket, after: Slot) -> Result<bool, LogError> {
        let_others().await;
        self.0.mark_subscribed(socket, after).await
    }

    async fn mark_caught_up(&self, socket: &Socket, after: Slot) -> Result<bool, LogError> {
        let_others().await;
        self.0.mark_caught_up(socket, after).await
    }

    async fn forget(&self, socket: &Socket) -> Result<(), LogError> {
        let_others().await;
        self.0.forget(socket).await
    }
}

fn name() -> ConnectionId {
    ConnectionId::new("hers").unwrap()
}

/// The ports after a socket of the chat's customer has opened; from then on the log has these faults.
fn opened(world: &World, chat: &Chat, faults: Faults) -> Ports {
    let mut ports = Live {
        log: world.plainly().log,
        connections: Stepwise::default(),
        gateway: MemoryGateway::default(),
        pause: NoPause,
    };
    let opening = Opening {
        connection: name(),
        session: chat.key.clone(),
        participant: chat.customer,
    };
    ports.gateway.open(&name(), world.now());
    run(open_socket(&ports, opening, world.now())).unwrap();
    ports.log = world.through(faults).log;
    ports
}

/// What was said, of news in their order.
fn said(news: &[News]) -> Vec<String> {
    let said = |news: &News| match news {
        News::Item(item) => match &item.kind {
            ItemKind::Message { content, .. } => Some(content.0.clone()),
            ItemKind::Event { .. } => None,
        },
        _ => None,
    };
    news.iter().filter_map(said).collect()
}

/// Subscribes the socket as its handler does: what it has missed is posted, and that it was.
async fn subscribes(ports: &Ports) -> Subscription {
    let subscription = subscribe_socket(ports, &name()).await.unwrap().unwrap();
    for text in said(subscription.missed.as_deref().unwrap_or_default()) {
        let frame = Frame(text);
        let posted = domain::Post::post(ports, &name(), &[&frame], Effort::Full).await;
        posted.unwrap();
    }
    caught_up(ports, &subscription).await.unwrap();
    subscription
}

/// Notifies of the `n`-th message as the stream does.
fn delivers(world: &World, ports: &Ports, chat: &Chat, text: &str) {
    let records = world.records(&chat.key);
    let told = records.iter().flat_map(|it| it.told(chat.key.session));
    let told = told.filter(|told| said(std::slice::from_ref(&told.news)) == [text]);
    let parcel = |told: domain::Told| Parcel {
        frame: Frame(text.to_owned()),
        to: told.to,
        of: told.of,
    };
    let parcels: Vec<Parcel> = told.map(parcel).collect();
    assert_eq!(parcels.len(), 1);
    run(push(ports, &chat.key, &parcels, Effort::Full)).unwrap();
}

/// Plays once for every row of choices that can be made: each is of one of so many.
fn with_all_choices(mut play: impl FnMut(&mut dyn FnMut(usize) -> usize)) -> usize {
    let mut path: Vec<(usize, usize)> = Vec::new();
    let mut played = 0;
    loop {
        let mut depth = 0;
        play(&mut |of| {
            if depth == path.len() {
                path.push((0, of));
            }
            depth += 1;
            path[depth - 1].0
        });
        played += 1;
        while let Some((choice, of)) = path.pop() {
            if choice + 1 < of {
                path.push((choice + 1, of));
                break;
            }
        }
        if path.is_empty() {
            return played;
        }
    }
}

/// What may happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The subscription goes on to its next call.
    GoesOn,
    /// Its process is killed, and the client subscribes again.
    Breaks,
    /// The next message is written.
    Writes,
    /// The stream delivers this one.
    Delivers(usize),
}

const MESSAGES: [&str; 2] = ["one", "two"];

/// One history: two messages, each written and delivered, while a socket subscribes, whose subscription may break off.
fn play(breaks: bool, choose: &mut dyn FnMut(usize) -> usize) {
    let world = World::new();
    let chat = world.chat();
    let clock = Arc::new(AtomicUsize::new(0));
    let reads = Arc::new(Mutex::new(Vec::new()));
    let (time, noted) = (clock.clone(), reads.clone());
    let ports = opened(
        &world,
        &chat,
        Faults {
            trouble: Box::new(move |_, _| {
                noted.lock().unwrap().push(time.load(SeqCst));
                None
            }),
            ..Faults::default()
        },
    );
    let begin = || Box::pin(subscribes(&ports)) as Pin<Box<dyn Future<Output = Subscription>>>;
    let mut subscription = Some(begin());
    let mut written: Vec<usize> = Vec::new();
    let mut waiting: Vec<usize> = Vec::new();
    let (mut may_break, mut broke) = (breaks, false);
    let mut story = Vec::new();
    loop {
        let mut steps: Vec<Step> = waiting.iter().map(|n| Step::Delivers(*n)).collect();
        if subscription.is_some() {
            steps.push(Step::GoesOn);
            if may_break {
                steps.push(Step::Breaks);
            }
        }
        if written.len() < MESSAGES.len() {
            steps.push(Step::Writes);
        }
        if steps.is_empty() {
            break;
        }
        let step = steps[choose(steps.len())];
        story.push(step);
        let now = clock.fetch_add(1, SeqCst) + 1;
        match step {
            Step::GoesOn => {
                let mut context = Context::from_waker(Waker::noop());
                let going = subscription.as_mut().unwrap();
                if going.as_mut().poll(&mut context).is_ready() {
                    subscription = None;
                }
            }
            Step::Breaks => {
                (may_break, broke) = (false, true);
                subscription = Some(begin());
            }
            Step::Writes => {
                waiting.push(written.len());
                world.say(&chat, MESSAGES[written.len()]);
                written.push(now);
            }
            Step::Delivers(n) => {
                waiting.retain(|each| *each != n);
                delivers(&world, &ports, &chat, MESSAGES[n]);
            }
        }
    }
    let heard = ports.gateway.take(&name());
    let reads = reads.lock().unwrap();
    for (text, at) in MESSAGES.iter().zip(&written) {
        let times = heard.iter().filter(|Frame(it)| it == text).count();
        assert!(times > 0, "{text} was lost: {story:?}");
        // Only what comes between the two reads may come twice.
        let between = reads[0] < *at && *at < reads[1];
        assert!(
            times == 1 || between || broke,
            "{text} came {times} times: {story:?}"
        );
    }
    let again = run(subscribes(&ports));
    assert_eq!(again.missed, None);
    assert_eq!(ports.gateway.take(&name()), []);
}

#[test]
fn whatever_comes_while_a_socket_subscribes_reaches_it_and_twice_only_between_its_two_reads() {
    let played = with_all_choices(|choose| play(false, choose));
    assert!(played > 500, "{played}");
}

#[test]
fn a_subscription_that_breaks_off_anywhere_and_is_repeated_loses_nothing() {
    let played = with_all_choices(|choose| play(true, choose));
    assert!(played > 5_000, "{played}");
}

#[test]
fn all_that_a_socket_has_missed_comes_in_order_in_few_reads() {
    for missed in [1, 33, 64, 100, 255] {
        let world = World::new();
        let chat = world.chat();
        let ports = opened(&world, &chat, Faults::default());
        let texts: Vec<String> = (0..missed).map(|n| n.to_string()).collect();
        for text in &texts {
            world.say(&chat, text);
        }
        let subscription = run(subscribes(&ports));
        assert_eq!(said(&subscription.missed.unwrap()), texts);
        assert!(ports.log.calls().len() <= 5);
        for text in &texts {
            delivers(&world, &ports, &chat, text);
        }
        let heard = ports.gateway.take(&name()).into_iter();
        assert_eq!(heard.map(|Frame(text)| text).collect::<Vec<_>>(), texts);
    }
}

#[test]
fn a_socket_that_has_missed_more_than_may_be_read_is_forgotten_and_not_told_a_part() {
    for missed in [256, 1_000] {
        let world = World::new();
        let chat = world.chat();
        let ports = opened(&world, &chat, Faults::default());
        for n in 0..missed {
            world.say(&chat, &n.to_string());
        }
        assert_eq!(run(subscribe_socket(&ports, &name())), Ok(None));
        assert_eq!(ports.log.calls().len(), 4);
        assert_eq!(run(ports.sockets_of(&chat.key)), Ok(Vec::new()));
    }
}

#[test]
fn a_hole_in_what_was_missed_is_an_error_and_no_part_of_it() {
    for hole in 0..3 {
        let world = World::new();
        let chat = world.chat();
        let missing = world.records(&chat.key).last().unwrap().slot.as_number() + 1 + hole;
        let faults = Faults {
            deleted: Box::new(move |_, record| record.slot.as_number() == missing),
            ..Faults::default()
        };
        let ports = opened(&world, &chat, faults);
        for n in 0..4 {
            world.say(&chat, &n.to_string());
        }
        let gap = LogError::Corrupt("the log has a gap".to_owned());
        assert_eq!(run(subscribe_socket(&ports, &name())), Err(gap), "{hole}");
    }
}

#[test]
fn what_is_of_the_moment_reaches_a_socket_whatever_its_mark() {
    let world = World::new();
    let chat = world.chat();
    let ports = opened(&world, &chat, Faults::default());
    world.say(&chat, "before");
    run(subscribes(&ports));
    ports.gateway.take(&name());
    let parcel = Parcel {
        frame: Frame("typing".to_owned()),
        to: Audience::Everybody,
        of: None,
    };
    run(push(&ports, &chat.key, &[parcel], Effort::Once)).unwrap();
    assert_eq!(ports.gateway.take(&name()), [Frame("typing".to_owned())]);
}
