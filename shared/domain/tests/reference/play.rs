//! The same deeds done to a log and to the model, whose answers must be the same.

use domain::{
    CustomerIndex, IdempotencyKey, InstanceId, Log, Pause, Rehydration, SideLog, Timestamp, minutes,
};

use super::deed::{Answer, Deed, Request};
use super::model::Model;
use super::story::{Beginning, By, Of, Server, Step, What, Which};

/// Where the clock stands at first: far ahead, so that no store deletes anything for its age.
const MORNING: u64 = 4_102_444_800_000;

/// Tells a story to a log and to the model, and at its end reads all that there is. From a log that is `stale`
/// some of the receipts may not come yet: there they are not compared.
///
/// # Errors
/// The story up to the first answer that differs, in words.
pub(crate) async fn play<L: Log + Pause + SideLog + CustomerIndex>(
    log: &L,
    instance: &str,
    story: &[Step],
    stale: bool,
) -> Result<(), String> {
    let mut player = Player {
        log,
        instance: InstanceId::new(instance).unwrap(),
        model: Model::default(),
        clock: Timestamp::from_millis(MORNING),
        stale,
        ids: 0,
        requests: Vec::new(),
        told: Vec::new(),
    };
    let first = What::Start(Beginning {
        by: By::Backend(None),
        source: None,
        hours: 7 * 24,
        connects: true,
        says: false,
        agents_leave_too: true,
        given: Vec::new(),
    });
    player.step(&first, Server::Right).await?;
    for Step { what, server } in story {
        player.step(what, *server).await?;
    }
    player.reads_everything().await
}

/// Who tells a story.
pub(super) struct Player<'a, L> {
    pub(super) log: &'a L,
    pub(super) instance: InstanceId,
    pub(super) model: Model,
    pub(super) ids: u64,
    pub(super) requests: Vec<Request>,
    clock: Timestamp,
    stale: bool,
    /// The story so far, in words.
    told: Vec<String>,
}

impl<L: Log + Pause + SideLog + CustomerIndex> Player<'_, L> {
    async fn step(&mut self, what: &What, server: Server) -> Result<(), String> {
        if let What::Wait(span) = what {
            self.clock = self.clock + *span;
            self.told.push(format!("{what:?}"));
            return Ok(());
        }
        let times = match what {
            What::Chatter(_, count) => *count,
            _ => 1,
        };
        for _ in 0..times {
            let request = match what {
                What::Again(back) => match self.again(*back) {
                    // A stale read finds what lies further back than anybody has promised.
                    request if self.stale && self.model.is_far_back(request.key) => return Ok(()),
                    request => request,
                },
                what => Request {
                    deed: self.deed(what),
                    key: IdempotencyKey(u128::from(self.id()).to_be_bytes()),
                },
            };
            // One of many is not worth repeating: what comes again lies before all of them.
            if times == 1 {
                self.requests.push(request.clone());
            }
            self.does(&request, server).await?;
        }
        Ok(())
    }

    /// Does the deed to both, and compares.
    async fn does(&mut self, request: &Request, server: Server) -> Result<(), String> {
        let now = match server {
            Server::Right => self.clock,
            Server::MinuteFast => self.clock + minutes(1),
            Server::MinuteSlow => Timestamp::from_millis(self.clock.as_millis() - 60_000),
        };
        if let Deed::Start(start) = &request.deed {
            let session = start.session.session;
            if !self.model.wanted.contains(&session) {
                self.model.wanted.push(session);
            }
        }
        let told = request.deed.told(&self.model);
        self.told.push(format!("at {now:?}{server:?}: {told}"));
        let mut expected = self.model.does(request, now);
        // Boxed: it holds every operation, and a test's thread has little room.
        let mut answered = Box::pin(self.answer(request, now)).await;
        if self.stale {
            expected.forgets_receipts();
            answered.forgets_receipts();
        }
        if answered != expected {
            let story = self.told.join("\n  ");
            return Err(format!(
                "the log answers differently from the model\n  {story}\nlog   {answered:#?}\nmodel {expected:#?}"
            ));
        }
        self.rises(&answered)
    }

    /// Times and ids rise over all that is shown, wherever chats were continued after their ends.
    fn rises(&self, answered: &Answer) -> Result<(), String> {
        let Answer::Shown(lines) = answered else {
            return Ok(());
        };
        for (one, next) in lines.iter().zip(lines.iter().skip(1)) {
            let same = one.contact.session() == next.contact.session();
            let rises = one.at < next.at && one.id < next.id;
            if !rises && (same || self.model.in_order(next.contact.session())) {
                let story = self.told.join("\n  ");
                return Err(format!("{next:?} comes after {one:?}\n  {story}"));
            }
        }
        Ok(())
    }

    /// The whole transcript of every chat, of one that has ended as it is seen from a chat that continues it.
    async fn reads_everything(&mut self) -> Result<(), String> {
        let server = Server::Right;
        let count = self.model.chats.len();
        for number in 0..count {
            let chat = Which::Any(self.model.chats.len() - 1 - number);
            let whole = Of { chat, contact: 0 };
            let mut last = vec![What::Read(whole, false, 100)];
            let contacts = self.model.chats[number].contacts.len();
            for contact in (0..contacts).chain([Of::NONE]) {
                let of = Of { chat, contact };
                last.extend([What::Export(of, 100), What::Describe(of), What::Look(of)]);
            }
            for what in last {
                self.step(&what, server).await?;
            }
            let continues = What::Start(Beginning {
                by: By::Backend(None),
                source: Some((whole, Rehydration::EntirePastSession)),
                hours: 1,
                connects: false,
                says: false,
                agents_leave_too: false,
                given: Vec::new(),
            });
            let before = self.model.chats.len();
            self.step(&continues, server).await?;
            if self.model.chats.len() > before {
                let newest = Of {
                    chat: Which::Any(0),
                    contact: 0,
                };
                for limit in [7, 100] {
                    let read = What::Read(newest, false, limit);
                    self.step(&read, server).await?;
                }
            }
        }
        for name in ["jane", "joe"] {
            self.step(&What::List(name, 25), server).await?;
        }
        Ok(())
    }
}
