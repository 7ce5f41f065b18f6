//! The judge of one history: hears every answer, and remembers when each record was put.

use std::collections::{BTreeMap, HashMap};

use domain::SessionKey;

use super::world::Server;
use crate::check::{Asked, Case, Length, WINDOW, agree, answer_is_true, can_go_on};
use crate::invariant::{Broken, Checked};
use crate::stage::MORNING;
use crate::store::Store;
use crate::wire::{Call, Reply};
use crate::wish::{Answer, Wish};
use domain::{Put, SideEntry, SidePut, days};
use std::sync::Arc;

/// Remembers and judges.
pub(super) struct Judge {
    puts: HashMap<SessionKey, Vec<u64>>,
    changes: HashMap<SessionKey, Vec<u64>>,
    now: u64,
    told: Vec<(Arc<Wish>, Answer)>,
    pub(super) answers: u64,
    pub(super) kinds: BTreeMap<String, u64>,
}

/// How long logs were after so many puts.
pub(super) struct After<'a>(pub(super) &'a Judge, pub(super) u64);

impl Length for After<'_> {
    fn of(&self, session: &SessionKey) -> usize {
        self.by_then(self.0.puts.get(session))
    }

    fn changes(&self, session: &SessionKey) -> usize {
        self.by_then(self.0.changes.get(session))
    }
}

impl After<'_> {
    fn by_then(&self, puts: Option<&Vec<u64>>) -> usize {
        puts.map_or(0, |puts| puts.partition_point(|put| *put <= self.1))
    }
}

impl Judge {
    pub(super) fn of(store: &Store) -> Self {
        let sessions = store.sessions();
        let puts = sessions.map(|session| (session.clone(), vec![0; store.of(session)]));
        Self {
            puts: puts.collect(),
            changes: HashMap::new(),
            now: 0,
            told: Vec::new(),
            answers: 0,
            kinds: BTreeMap::new(),
        }
    }

    pub(super) const fn now(&self) -> u64 {
        self.now
    }

    /// Sees what becomes of a call.
    pub(super) fn sees(&mut self, call: &Call, reply: &Reply) {
        let (puts, session) = match (call, reply) {
            (Call::Put(session, _), Reply::Put(Ok(Put::Stored))) => (&mut self.puts, session),
            (
                Call::PutSide(session, SideEntry::Attributes(_)),
                Reply::PutSide(Ok(SidePut::Stored)),
            ) => (&mut self.changes, session),
            _ => return,
        };
        self.now += 1;
        puts.entry(session.clone()).or_default().push(self.now);
    }

    /// Hears an answer.
    pub(super) fn hears(
        &mut self,
        store: &Store,
        asked: &Asked,
        server: &Server,
        answer: Answer,
    ) -> Result<Answer, Broken> {
        self.answers += 1;
        *self.kinds.entry(answer.kind()).or_default() += 1;
        answer_is_true(&Case {
            store,
            asked,
            wish: &server.wish,
            answer: &answer,
            began: &After(self, server.began),
            done: &After(self, self.now),
            troubled: server.troubled,
            taken: server.taken,
            stale: server.stale,
            cut: server.cut,
            calls: &server.attempt.calls(),
        })?;
        let session = match &*server.wish {
            Wish::Start(start) => Some(start.session.clone()),
            Wish::Send(session, ..) => Some(session.clone()),
            Wish::Transfer(here, transfer, _) => {
                Some(SessionKey::new(here, transfer.contact.session()))
            }
            Wish::Invite(here, invitation, _) => {
                Some(SessionKey::new(here, invitation.contact.session()))
            }
            Wish::Update(here, contact, ..) => Some(SessionKey::new(here, contact.session())),
            Wish::Associate(here, association, _) => {
                Some(SessionKey::new(here, association.contact.session()))
            }
            _ => None,
        };
        if let Some(session) = session {
            let short = store.of(&session) <= WINDOW;
            for (wish, earlier) in self.told.iter().filter(|_| short) {
                agree((&**wish, earlier), (&*server.wish, &answer))?;
            }
            self.told.push((server.wish.clone(), answer.clone()));
        }
        Ok(answer)
    }

    /// When all is over: what was told stays true, and whoever comes can go on.
    pub(super) fn concludes(&self, store: &Store, asked: &Asked) -> Checked {
        for (wish, answer) in &self.told {
            if is_success(answer) {
                answer_is_true(&Case::in_hindsight(store, asked, wish, answer))?;
            }
        }
        can_go_on(store, asked, MORNING + days(30))
    }
}

const fn is_success(answer: &Answer) -> bool {
    matches!(
        answer,
        Answer::Started(Ok(_))
            | Answer::Associated(Ok(_))
            | Answer::Sent(Ok(_))
            | Answer::Transferred(Ok(_))
            | Answer::Invited(Ok(_))
            | Answer::Updated(Ok(_))
    )
}
