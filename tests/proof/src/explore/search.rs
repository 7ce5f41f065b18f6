//! The search: depth first through all states, each of them once.

use std::collections::{HashMap, HashSet};

use super::node::{How, Node, Progress, Step, sights};
use super::scene::{Scene, Want};
use super::story;
use super::table::{Stand, Table};
use super::{Exploration, Explored, Found};
use crate::check::{Case, Length, answer_is_true, answers_agree, can_go_on};
use crate::invariant::{Broken, Checked, Invariant};
use crate::wire::Call;
use crate::wish::Wish;
use domain::Consistency;

/// A broken invariant, with the steps that led to it, the last one first.
struct Path(Broken, Vec<(Node, Step)>);

pub(super) struct Search {
    scene: Scene,
    exploration: Exploration,
    pub(super) table: Table,
    pub(super) wishes: [Wish; 4],
    /// Of each attempt the trail with which it begins, before the chat's time has passed and after.
    roots: [[u32; 2]; 4],
    /// How many histories go on from a state.
    known: HashMap<u128, u128>,
    told: HashSet<(u8, u32, u32, u32)>,
    kept: HashSet<(u8, u32, u32)>,
    settled: HashSet<u32>,
}

impl Search {
    pub(super) fn new(scene: Scene, exploration: Exploration) -> Self {
        let mut table = Table::default();
        let wish = |at: u64| {
            let (client, attempt) = (at / 2, at % 2);
            scene.wish(exploration.wants[client as usize], client, attempt)
        };
        let wishes = [0, 1, 2, 3].map(wish);
        let mut roots = [[0; 2]; 4];
        for (at, wish) in wishes.iter().enumerate() {
            for late in [false, true] {
                let now = scene.now(late, exploration.wants[at / 2]);
                roots[at][usize::from(late)] = table.root(wish.clone(), now);
            }
        }
        Self {
            scene,
            exploration,
            table,
            wishes,
            roots,
            known: HashMap::new(),
            told: HashSet::new(),
            kept: HashSet::new(),
            settled: HashSet::new(),
        }
    }

    pub(super) fn run(mut self) -> Result<Explored, Found> {
        let store = self.scene.stage.store.clone();
        let mut first = Node {
            store: self.table.store(&store),
            late: false,
            faults: self.exploration.faults,
            turn: None,
            attempts: [const { Progress::Waiting }; 4],
        };
        // A reading leaves no trace: the second is as the first, only later.
        for (client, want) in self.exploration.wants.into_iter().enumerate() {
            if want == Want::Read {
                first.attempts[2 * client + 1] = Progress::Over(None);
            }
        }
        match self.visit(&first) {
            Ok(histories) => Ok(Explored {
                states: self.known.len() as u64,
                histories,
                stores: self.table.stores() as u64,
            }),
            Err(Path(broken, mut steps)) => {
                steps.reverse();
                Err(Found {
                    title: self.exploration.to_string(),
                    broken,
                    story: story::tell(&self, &steps),
                })
            }
        }
    }

    /// Everything that goes on from a state; how many histories do.
    fn visit(&mut self, node: &Node) -> Result<u128, Path> {
        let fingerprint = node.fingerprint();
        if let Some(histories) = self.known.get(&fingerprint) {
            return Ok(*histories);
        }
        let here = |broken| Path(broken, Vec::new());
        self.settles(node.store).map_err(here)?;
        let mut histories: u128 = 0;
        if node.is_over() {
            self.ends_well(node).map_err(here)?;
            histories = 1;
        }
        let steps = self.steps(node);
        if steps.is_empty() && !node.is_over() {
            let stuck = "somebody waits for nothing, or answers without a look at the store";
            return Err(here(Invariant::Answers.broken(stuck.to_owned())));
        }
        for (step, next) in steps {
            let went = next.and_then(|next| self.visit(&next));
            match went {
                Ok(more) => histories = histories.saturating_add(more),
                Err(Path(broken, mut steps)) => {
                    steps.push((node.clone(), step));
                    return Err(Path(broken, steps));
                }
            }
        }
        self.known.insert(fingerprint, histories);
        Ok(histories)
    }

    fn steps(&mut self, node: &Node) -> Vec<(Step, Result<Node, Path>)> {
        let mut steps = Vec::new();
        for (attempt, cost) in node.turns() {
            let begins = node.attempts[usize::from(attempt)] == Progress::Waiting;
            self.calls(node, attempt, cost, false, &mut steps);
            // The clock of its server may stand still.
            if begins && node.late && cost < node.faults {
                self.calls(node, attempt, cost + 1, true, &mut steps);
            }
        }
        if node.turn.is_some() || node.faults == 0 || node.is_over() {
            return steps;
        }
        let dearer = Node {
            faults: node.faults - 1,
            ..node.clone()
        };
        for attempt in 0..4_u8 {
            let mut next = dearer.clone();
            let progress = &mut next.attempts[usize::from(attempt)];
            if matches!(progress, Progress::Running { .. }) {
                *progress = Progress::Over(None);
                steps.push((Step::Kill(attempt), Ok(next)));
            }
        }
        if !node.late {
            let next = Node {
                late: true,
                ..dearer
            };
            steps.push((Step::Clock, Ok(next)));
        }
        steps
    }

    /// Every call that an attempt may make next, and all that may become of it.
    fn calls(
        &mut self,
        node: &Node,
        attempt: u8,
        cost: u8,
        lags: bool,
        steps: &mut Vec<(Step, Result<Node, Path>)>,
    ) {
        let at = usize::from(attempt);
        let (trail, round, began) = match &node.attempts[at] {
            Progress::Over(_) => return,
            Progress::Running {
                trail,
                round,
                began,
            } => (*trail, round.clone(), *began),
            Progress::Waiting => {
                let trail = self.roots[at][usize::from(node.late && !lags)];
                let Stand::Waits(calls) = self.table.stand(trail) else {
                    return;
                };
                (trail, vec![None; calls.len()], node.store)
            }
        };
        let open: Vec<usize> = (0..round.len()).filter(|at| round[*at].is_none()).collect();
        for which in open {
            let faults = node.faults - cost;
            for (how, store, told) in self.outcomes(node.store, trail, which, faults > 0) {
                let fault = u8::from(!matches!(how, How::Done(_)));
                let mut round = round.clone();
                round[which] = Some(told);
                let eventual = self.is_eventual(trail, which);
                let mut next = node.clone();
                next.store = store;
                next.faults = faults - fault;
                next.turn = eventual.then_some(attempt);
                next.attempts[at] = Progress::Running {
                    trail,
                    round,
                    began,
                };
                let next = self.goes_on(next, attempt);
                let step = Step::Call {
                    attempt,
                    call: which as u8,
                    how,
                    lags,
                };
                steps.push((step, next.map_err(|broken| Path(broken, Vec::new()))));
            }
        }
    }

    fn is_eventual(&self, trail: u32, which: usize) -> bool {
        let Stand::Waits(calls) = self.table.stand(trail) else {
            return false;
        };
        match &calls[which] {
            Call::Read(_, read) => read.consistency == Consistency::Eventual,
            Call::ReadSide(_, read) => read.consistency == Consistency::Eventual,
            _ => false,
        }
    }

    /// All that may become of a call: the store after it, and the reply.
    fn outcomes(
        &mut self,
        store: u32,
        trail: u32,
        which: usize,
        troubled: bool,
    ) -> Vec<(How, u32, u32)> {
        let Stand::Waits(calls) = self.table.stand(trail) else {
            return Vec::new();
        };
        let call = calls[which].clone();
        let mut outcomes: Vec<(How, u32, u32)> = Vec::new();
        let length = match &call {
            Call::Read(session, _) if self.is_eventual(trail, which) => {
                self.table.contents(store).of(session)
            }
            _ => 0,
        };
        for hidden in sights(length) {
            let (after, told) = self.table.carry_out(store, trail, which, hidden, false);
            if outcomes.iter().all(|(_, _, known)| *known != told) {
                outcomes.push((How::Done(hidden), after, told));
            }
        }
        if !troubled {
            return outcomes;
        }
        let (throttled, lost) = (self.table.throttled(), self.table.unavailable());
        if call.writes() {
            let (after, told) = self.table.carry_out(store, trail, which, 0, false);
            if self.table.is_taken(told) {
                let (after, told) = self.table.carry_out(store, trail, which, 0, true);
                outcomes.push((How::Silent, after, told));
            } else {
                let (after, told) = self.table.carry_out(after, trail, which, 0, false);
                outcomes.push((How::Twice, after, told));
            }
            outcomes.push((How::Lost, after, lost));
        }
        outcomes.push((How::NotDone, store, lost));
        outcomes.push((How::Throttled, store, throttled));
        outcomes
    }

    /// Lets an attempt make use of its replies once it has all that it waits for.
    fn goes_on(&mut self, mut node: Node, attempt: u8) -> Result<Node, Broken> {
        let at = usize::from(attempt);
        let Progress::Running {
            trail,
            round,
            began,
        } = &node.attempts[at]
        else {
            return Ok(node);
        };
        let (began, Some(round)) = (*began, round.iter().copied().collect::<Option<Vec<u32>>>())
        else {
            return Ok(node);
        };
        let trail = self.table.after(*trail, round);
        node.attempts[at] = match self.table.stand(trail) {
            Stand::Waits(calls) => Progress::Running {
                trail,
                round: vec![None; calls.len()],
                began,
            },
            Stand::Answered(answer) => {
                let answer = *answer;
                node.turn = None;
                self.is_true(attempt, trail, began, node.store, answer)?;
                Progress::Over(Some(answer))
            }
        };
        Ok(node)
    }

    /// Checks an answer when it is given.
    fn is_true(&mut self, attempt: u8, trail: u32, began: u32, store: u32, answer: u32) -> Checked {
        if !self.told.insert((attempt, trail, began, store)) {
            return Ok(());
        }
        let replies = self.table.replies(trail);
        let troubled = replies.iter().any(|told| self.table.is_failure(*told));
        let taken = replies
            .iter()
            .filter(|told| self.table.is_taken(**told))
            .count();
        let calls = self.table.calls_on(trail);
        let store = self.table.contents(store);
        answer_is_true(&Case {
            store,
            asked: &self.scene.stage.asked,
            wish: &self.wishes[usize::from(attempt)],
            answer: self.table.answer(answer),
            began: self.table.contents(began),
            done: store,
            troubled,
            taken: taken as u32,
            // Nobody who explores reads a list.
            stale: true,
            cut: false,
            calls: &calls,
        })
    }

    /// Checks all answers again when the history is over: what was told stays true.
    fn ends_well(&mut self, node: &Node) -> Checked {
        let mut told = Vec::new();
        for (attempt, progress) in (0_u8..).zip(&node.attempts) {
            let Progress::Over(Some(answer)) = progress else {
                continue;
            };
            let wish = &self.wishes[usize::from(attempt)];
            let answer_id = *answer;
            let answer = self.table.answer(answer_id);
            told.push((wish, answer));
            if self.kept.insert((attempt, answer_id, node.store)) {
                let store = self.table.contents(node.store);
                answer_is_true(&Case::in_hindsight(
                    store,
                    &self.scene.stage.asked,
                    wish,
                    answer,
                ))?;
            }
        }
        answers_agree(&told)
    }

    /// Checks the store as it stands: everybody may be gone from now on.
    fn settles(&mut self, store: u32) -> Checked {
        if !self.settled.insert(store) {
            return Ok(());
        }
        let now = self.scene.now(false, self.exploration.wants[0]);
        can_go_on(self.table.contents(store), &self.scene.stage.asked, now)
    }
}

impl Search {
    /// The trail with which an attempt begins.
    pub(super) fn root(&self, attempt: usize, late: bool) -> u32 {
        self.roots[attempt][usize::from(late)]
    }
}
