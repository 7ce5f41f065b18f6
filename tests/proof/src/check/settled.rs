//! Whether the store as it stands is good to go on from, by whoever comes next: all that was begun may have been given
//! up at this very moment.

use domain::transcript::{Direction, From, Query};
use domain::{ContactId, Fingerprint, Rehydration, SessionKey, Timestamp, days};

use super::{Asked, Length, Line, Shown, What, log_is_whole, rises_over_its_past};
use crate::attempt::plainly;
use crate::invariant::{Broken, Checked, Invariant};
use crate::stage::{key, participant, session, wish_for};
use crate::store::Store;
use crate::wish::{Answer, Wish};

/// Numbers of sessions and participants that no history uses.
const AFTERWARDS: u64 = 1 << 40;

/// Checks every log; ends and continues every chat; and reads in the continuation all that it shows.
///
/// # Errors
/// When something is not as it should be.
pub fn can_go_on(store: &Store, asked: &Asked, now: Timestamp) -> Checked {
    let sessions: Vec<SessionKey> = store.sessions().cloned().collect();
    for session in &sessions {
        let log = store.log(session);
        log_is_whole(session, log)?;
        rises_over_its_past(Shown { store, asked }, session)?;
    }
    let (mut store, mut asked) = (store.clone(), asked.clone());
    for (number, session) in (AFTERWARDS..).zip(&sessions) {
        ends_and_is_continued(&mut store, &mut asked, session, number, now)?;
    }
    Ok(())
}

fn ends_and_is_continued(
    store: &mut Store,
    asked: &mut Asked,
    chat: &SessionKey,
    number: u64,
    now: Timestamp,
) -> Checked {
    let half_done = |how: String| Err(Invariant::Crashes.broken(how));
    let Some(tail) = store.log(chat).last() else {
        return Ok(());
    };
    let open = ContactId::new(chat.session, tail.state.segment);
    let stop = Wish::Stop(chat.instance.clone(), open, key(number));
    let stopped = plainly(store, &stop, now);
    if !matches!(stopped, Some(Answer::Stopped(Ok(_)))) {
        return half_done(format!("a chat cannot be ended any more: {stopped:?}"));
    }
    log_is_whole(chat, store.log(chat))?;
    let length = store.of(chat);

    let next = SessionKey::new(&chat.instance, session(number));
    let mut start = wish_for(next.clone(), participant(number), days(1));
    let source = chat.session.initial_contact();
    start.source = Some((source, Rehydration::EntirePastSession));
    start.fingerprint = Fingerprint(key(number).0);
    asked.start(&start);
    let reader = start.customer;
    let started = plainly(store, &Wish::Start(Box::new(start)), now);
    if !matches!(started, Some(Answer::Started(Ok(_)))) {
        return half_done(format!("a chat cannot be continued any more: {started:?}"));
    }
    let query = Query {
        session: next.clone(),
        reader: Some(reader),
        contact: None,
        direction: Direction::Backward,
        from: From::Newest,
        limit: 7,
        accompanied: false,
    };
    let read = plainly(store, &Wish::Pages(query), now);
    let Some(Answer::Pages(pages, None)) = read else {
        return half_done(format!("a chat cannot be read any more: {read:?}"));
    };
    let mut lines = super::readings::lines(&pages);
    lines.reverse();
    let shown = Shown { store, asked };
    let mut expected = shown.all(chat, length);
    expected.extend(shown.present(&next, usize::MAX));
    if lines == expected {
        return Ok(());
    }
    Err(wrong(&lines, &expected))
}

/// What is wrong with a later transcript.
fn wrong(lines: &[Line], expected: &[Line]) -> Broken {
    let surplus = lines.iter().find(|line| !expected.contains(line));
    let mut missing = expected.iter().filter(|line| !lines.contains(line));
    let first = missing.clone().next();
    let message = missing.find(|line| matches!(line.what, What::Said(..)));
    let invariant = match (surplus, message) {
        (Some(_), _) => Invariant::Bounds,
        (None, Some(_)) => Invariant::Messages,
        (None, None) => Invariant::Pages,
    };
    invariant.broken(format!(
        "a later transcript is not what stands: missing {:?}, too much {:?}",
        message.or(first).map(|line| &line.what),
        surplus.map(|line| &line.what)
    ))
}
