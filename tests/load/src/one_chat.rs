//! Many senders in one chat: each message takes the next slot of one log, so all but one of them lose it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::StatusCode;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::latency::Latencies;
use crate::service::{Fate, Service, Started};

/// How many senders there are at a time, beside the one alone.
const FEW: usize = 16;
const MANY: usize = 60;
/// How often something is said in the other chat while nobody else says anything.
const ALONE: usize = 60;
/// How long the other chat rests between two messages.
const REST: Duration = Duration::from_millis(20);

/// Of the rate of one sender, so much at least.
const LEAST_SHARE: f64 = 0.6;
/// Of the other chat's median alone, so much at most.
const MOST_SLOWER: f64 = 3.0;
/// How long an end may take.
const LONGEST_END: Duration = Duration::from_secs(3);

/// What many senders in one chat came to.
#[derive(Debug)]
pub(crate) struct Came {
    alone: Latencies,
    crowds: [Crowd; 3],
    end: (Result<StatusCode, String>, Duration),
}

/// What so many senders of one chat came to.
#[derive(Debug)]
struct Crowd {
    senders: usize,
    lasted: Duration,
    /// How many messages were answered with which status; 0: not answered.
    answers: BTreeMap<u16, usize>,
    /// How many acknowledged messages do not stand exactly once, or others that do.
    wrong: usize,
    other: Latencies,
}

impl Crowd {
    fn acknowledged(&self) -> usize {
        self.answers.get(&200).copied().unwrap_or_default()
    }

    fn rate(&self) -> f64 {
        self.acknowledged() as f64 / self.lasted.as_secs_f64()
    }
}

impl Came {
    /// The rate of 16 senders, in rates of one.
    fn share(&self) -> f64 {
        self.crowds[1].rate() / self.crowds[0].rate()
    }

    /// The other chat's median beside 16 senders, in medians alone.
    fn slower(&self) -> f64 {
        let median = |it: &Latencies| it.percentile(50).unwrap_or_default().as_secs_f64();
        median(&self.crowds[1].other) / median(&self.alone)
    }

    /// Whether it is as good as it must be.
    pub(crate) fn is_well(&self) -> bool {
        let few = &self.crowds[1];
        let (end, took) = &self.end;
        few.answers.keys().all(|status| *status == 200)
            && self.crowds.iter().all(|crowd| crowd.wrong == 0)
            && self.share() >= LEAST_SHARE
            && self.slower() <= MOST_SLOWER
            && *end == Ok(StatusCode::OK)
            && *took < LONGEST_END
    }
}

impl fmt::Display for Came {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |it: &Latencies| it.percentile(50).unwrap_or_default().as_secs_f64() * 1e3;
        for crowd in &self.crowds {
            writeln!(
                f,
                "{} senders: {:.1} messages a second; answers {:?}; {} wrong; the other chat's median {:.1} ms",
                crowd.senders,
                crowd.rate(),
                crowd.answers,
                crowd.wrong,
                millis(&crowd.other),
            )?;
        }
        let (end, took) = &self.end;
        writeln!(
            f,
            "{FEW} senders: {:.2} of the rate of one; the other chat {:.2} times as slow as alone ({:.1} ms); an end among {MANY}: {end:?} \
             after {} ms; {}.",
            self.share(),
            self.slower(),
            millis(&self.alone),
            took.as_millis(),
            if self.is_well() { "well" } else { "WRONG" },
        )
    }
}

/// A chat that is open, and its customer's connection.
async fn open(service: &Service) -> Result<(Started, String), String> {
    let failed = |why: Option<String>| why.unwrap_or_default();
    let started = match service.start(None).await {
        Fate::Done(started) => started,
        other => return Err(failed(other.failure())),
    };
    match service.connect(&started.participant_token).await {
        Fate::Done(connection) => Ok((started, connection)),
        other => Err(failed(other.failure())),
    }
}

/// Plays all crowds, one after the other.
pub(crate) async fn play(service: &Arc<Service>, lasts: Duration) -> Result<Came, String> {
    let (_, other) = open(service).await?;
    let mut alone = Latencies::default();
    for n in 0..ALONE {
        says(service, &other, &format!("alone {n}"), &mut alone).await;
        sleep(REST).await;
    }
    let (one, _) = crowd(service, 1, lasts, &other, None).await?;
    let (few, _) = crowd(service, FEW, lasts, &other, None).await?;
    let (many, end) = crowd(service, MANY, lasts, &other, Some(lasts / 2)).await?;
    Ok(Came {
        alone,
        crowds: [one, few, many],
        end: end.ok_or("no end")?,
    })
}

/// Says something in the other chat, and notes how long that took.
async fn says(service: &Service, connection: &str, text: &str, latencies: &mut Latencies) {
    let began = Instant::now();
    let sent = service.send_once(connection, text).await;
    if sent.is_ok_and(|(status, _)| status == StatusCode::OK) {
        latencies.add(began.elapsed());
    }
}

type End = (Result<StatusCode, String>, Duration);

/// Lets so many write into one chat, and ends that amid them, where it is to be ended.
async fn crowd(
    service: &Arc<Service>,
    senders: usize,
    lasts: Duration,
    other: &str,
    ends_after: Option<Duration>,
) -> Result<(Crowd, Option<End>), String> {
    let (chat, connection) = open(service).await?;
    let began = Instant::now();
    let until = began + lasts;
    let mut sending = JoinSet::new();
    for sender in 0..senders {
        let (service, connection) = (Arc::clone(service), connection.clone());
        sending.spawn(async move {
            let mut answers = Vec::new();
            for n in 0.. {
                if Instant::now() >= until {
                    break;
                }
                let text = format!("{sender} {n}");
                let sent = service.send_once(&connection, &text).await;
                let (status, id) = sent.map_or((0, None), |(it, id)| (it.as_u16(), id));
                answers.push((text, status, id));
                // After the end: nothing more is taken.
                if status == 403 {
                    break;
                }
            }
            answers
        });
    }
    let beside = {
        let (service, other) = (Arc::clone(service), other.to_owned());
        tokio::spawn(async move {
            let mut latencies = Latencies::default();
            for n in 0.. {
                if Instant::now() >= until {
                    break;
                }
                says(
                    &service,
                    &other,
                    &format!("beside {senders} {n}"),
                    &mut latencies,
                )
                .await;
                sleep(REST).await;
            }
            latencies
        })
    };
    let mut end = None;
    if let Some(after) = ends_after {
        sleep(after).await;
        let asked = Instant::now();
        let stopped = service.stop_once(&chat.contact).await;
        end = Some((stopped.map_err(|lost| lost.to_string()), asked.elapsed()));
    }
    let answers: Vec<_> = sending.join_all().await.into_iter().flatten().collect();
    let lasted = began.elapsed();
    let standing = match service.messages(&chat.contact).await {
        Fate::Done(standing) => standing,
        unread => return Err(unread.failure().unwrap_or_default()),
    };
    let mut counted = BTreeMap::new();
    let mut wrong = 0;
    for (text, status, id) in answers {
        *counted.entry(status).or_default() += 1;
        let ids: Vec<&String> = standing
            .iter()
            .filter(|(said, _)| *said == text)
            .map(|(_, id)| id)
            .collect();
        let right = match status {
            200 => ids.len() == 1 && Some(ids[0]) == id.as_ref(),
            // Nobody knows.
            0 | 500.. => ids.len() <= 1,
            _ => ids.is_empty(),
        };
        wrong += usize::from(!right);
    }
    let crowd = Crowd {
        senders,
        lasted,
        answers: counted,
        wrong,
        other: beside.await.map_err(|error| error.to_string())?,
    };
    Ok((crowd, end))
}
