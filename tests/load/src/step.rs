//! One step: calls at one rate, whether those before were answered or not.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use crate::arrivals::{Arrivals, Dice, Wish};
use crate::chats::{Chat, Chats};
use crate::latency::Latencies;
use crate::service::{Fate, Service};

/// How many chats are opened at the same time before a step.
const AT_ONCE: usize = 4;
/// The fewest chats that are open when a step begins.
const FEWEST: usize = 20;

/// What a step came to.
#[derive(Debug, Default)]
pub(crate) struct Came {
    pub(crate) start: Latencies,
    pub(crate) connect: Latencies,
    pub(crate) send: Latencies,
    pub(crate) transcript: Latencies,
    pub(crate) end: Latencies,
    /// Calls that were not carried out, however often they were made.
    pub(crate) given_up: Vec<String>,
    /// How many arrivals found no chat that was open.
    pub(crate) idle: usize,
    /// From the first arrival that was due to the last answer.
    pub(crate) lasted: Duration,
}

impl Came {
    /// The latencies of every kind of call.
    pub(crate) fn kinds(&self) -> [&Latencies; 5] {
        [
            &self.start,
            &self.connect,
            &self.send,
            &self.transcript,
            &self.end,
        ]
    }

    /// The longest 99th percentile of all kinds.
    pub(crate) fn slowest(&self) -> Option<Duration> {
        let kinds = self.kinds().into_iter();
        kinds.filter_map(|each| each.percentile(99)).max()
    }
}

/// What one arrival came to.
struct Call {
    kind: Wish,
    latency: Duration,
    /// Of a start: how long its customer took to connect.
    connected: Option<Duration>,
    given_up: Option<String>,
}

/// Opens chats until a step of this rate has one for each arrival of a second.
///
/// # Errors
/// Why a chat could not be opened.
pub(crate) async fn open_chats(
    service: &Arc<Service>,
    chats: &Arc<Chats>,
    rate: f64,
) -> Result<(), String> {
    let wanted = (rate as usize).max(FEWEST);
    let missing = wanted.saturating_sub(chats.open());
    let mut under_way = JoinSet::new();
    for _ in 0..missing {
        if under_way.len() >= AT_ONCE {
            under_way.join_next().await.map_or(Ok(()), opened)?;
        }
        let (service, chats) = (Arc::clone(service), Arc::clone(chats));
        under_way.spawn(async move { start(&service, &chats, None, Instant::now()).await });
    }
    while let Some(ended) = under_way.join_next().await {
        opened(ended)?;
    }
    Ok(())
}

fn opened(ended: Result<Call, JoinError>) -> Result<(), String> {
    let call = ended.map_err(|error| error.to_string())?;
    call.given_up.map_or(Ok(()), Err)
}

/// Plays one step, and waits for all of its answers.
pub(crate) async fn play(
    service: &Arc<Service>,
    chats: &Arc<Chats>,
    arrivals: Arrivals,
    dice: &mut Dice,
) -> Came {
    let begun = Instant::now();
    let mut under_way = JoinSet::new();
    for (at, wish) in arrivals {
        let due = begun + at;
        tokio::time::sleep_until(due).await;
        let (service, chats) = (Arc::clone(service), Arc::clone(chats));
        let dice = Dice::new(dice.bits());
        under_way.spawn(fulfilled(service, chats, wish, due, dice));
    }
    let mut came = Came::default();
    while let Some(ended) = under_way.join_next().await {
        // Of a call that panicked nothing is known.
        let Ok(call) = ended else {
            came.given_up.push("a panic of this program".to_owned());
            continue;
        };
        let Some(call) = call else {
            came.idle += 1;
            continue;
        };
        let latencies = match call.kind {
            Wish::Start => &mut came.start,
            Wish::Message => &mut came.send,
            Wish::Transcript => &mut came.transcript,
            Wish::End => &mut came.end,
        };
        latencies.add(call.latency);
        if let Some(latency) = call.connected {
            came.connect.add(latency);
        }
        came.given_up.extend(call.given_up);
    }
    came.lasted = begun.elapsed();
    came
}

async fn fulfilled(
    service: Arc<Service>,
    chats: Arc<Chats>,
    wish: Wish,
    due: Instant,
    mut dice: Dice,
) -> Option<Call> {
    if wish == Wish::Start {
        let source = dice
            .bits()
            .is_multiple_of(2)
            .then(|| chats.source())
            .flatten();
        return Some(start(&service, &chats, source.as_deref(), due).await);
    }
    if wish == Wish::End {
        let chat = chats.close(&mut dice)?;
        let ended = service.end(&chat.connection).await;
        if matches!(ended, Fate::Done(())) {
            chats.ended(chat.contact.clone());
        }
        return Some(call(wish, due, &ended));
    }
    let chat = chats.lend(&mut dice)?;
    let call = if wish == Wish::Message {
        let (place, content) = chat.begin(std::time::Instant::now());
        let sent = service.send(&chat.connection, &content).await;
        chat.knows(place, &sent);
        call(wish, due, &sent)
    } else {
        call(wish, due, &service.read(&chat.connection).await)
    };
    chats.give_back(&chat);
    Some(call)
}

/// Starts a chat and connects its customer.
async fn start(service: &Service, chats: &Chats, source: Option<&str>, due: Instant) -> Call {
    let started = service.start(source).await;
    let mut call = call(Wish::Start, due, &started);
    if let Fate::Done(started) = started {
        let due = Instant::now();
        let connected = service.connect(&started.participant_token).await;
        call.connected = Some(due.elapsed());
        match connected {
            Fate::Done(connection) => chats.opened(Chat::new(started.contact, connection)),
            failed => call.given_up = failed.failure(),
        }
    }
    call
}

fn call<T>(kind: Wish, due: Instant, fate: &Fate<T>) -> Call {
    Call {
        kind,
        latency: due.elapsed(),
        connected: None,
        given_up: fate.failure(),
    }
}
