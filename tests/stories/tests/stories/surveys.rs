//! Long stories of sessions that have several contacts each: chains, forks, and surveys that stay hidden.

use aws_sdk_connect::types::RehydrationType::{EntirePastSession, FromSegment};

use crate::control::{SALES, SURVEY};
use crate::pages::{assert_strictly_rising, lines, said};
use crate::people::{Backend, Participant};
use crate::service::Service;

/// Says something on two contacts, then something in the survey, and leaves. Gives the contacts.
async fn with_survey(backend: &Backend, jane: &Participant, name: &str) -> [String; 3] {
    let first = jane.contact.clone();
    jane.say(&format!("{name} one")).await;
    let second = backend.transfer(&first, SALES).await;
    jane.say(&format!("{name} two")).await;
    let survey = backend.transfer(&second, SURVEY).await;
    jane.say(&format!("{name} survey")).await;
    jane.leave().await;
    [first, second, survey]
}

#[tokio::test]
async fn from_segment_hides_the_survey_again_and_again() {
    const TIMES: usize = 6;
    let service = Service::open().await;
    let backend = service.backend();
    let mut jane = backend.jane().await;
    let mut expected = Vec::new();
    let mut from = Vec::new();
    for nth in 0..TIMES {
        let [first, second, _] = with_survey(&backend, &jane, &nth.to_string()).await;
        jane = backend.jane_after(&second, FromSegment).await;
        assert_eq!(jane.continued_from.as_ref(), Some(&second));
        expected.extend([format!("{nth} one"), format!("{nth} two")]);
        from.extend([first, second]);
    }
    let history = jane.history().await;
    assert_eq!(said(&history), expected);
    assert_strictly_rising(&history);
    from.push(jane.contact.clone());
    let mut contacts: Vec<&str> = history
        .iter()
        .map(|item| item.related_contact_id().or(item.contact_id()).unwrap())
        .collect();
    contacts.dedup();
    assert_eq!(contacts, from);
    for size in [2, 7] {
        assert_eq!(jane.history_in_pages_of(size).await, history);
    }
}

#[tokio::test]
async fn the_entire_past_session_shows_the_survey_and_what_was_hidden_in_it_stays_hidden() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let [_, second, _] = with_survey(&backend, &jane, "a").await;
    let jane = backend.jane_after(&second, FromSegment).await;
    let [third, _, survey] = with_survey(&backend, &jane, "b").await;
    let jane = backend.jane_after(&third, EntirePastSession).await;
    assert_eq!(jane.continued_from, Some(survey));
    let expected = ["a one", "a two", "b one", "b two", "b survey"];
    assert_eq!(said(&jane.history().await), expected);
}

#[tokio::test]
async fn forks_of_every_contact_of_one_session_never_see_each_other() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let contacts = with_survey(&backend, &jane, "a").await;
    let said_there = ["a one", "a two", "a survey"];
    let mut forks = Vec::new();
    for (nth, source) in contacts.iter().enumerate() {
        for again in 0..2 {
            let fork = backend.jane_after(source, FromSegment).await;
            fork.say(&format!("fork {nth} {again}")).await;
            forks.push((fork, nth, again));
        }
    }
    for (fork, nth, again) in &forks {
        let own = format!("fork {nth} {again}");
        let mut expected = said_there[..=*nth].to_vec();
        expected.push(&own);
        assert_eq!(said(&fork.history().await), expected);
    }
    // And what continues a fork sees that fork alone.
    let (fork, ..) = &forks[3];
    fork.leave().await;
    let after = backend.jane_after(&fork.contact, EntirePastSession).await;
    let expected = ["a one", "a two", "fork 1 1"];
    assert_eq!(said(&after.history().await), expected);
}

#[tokio::test]
async fn continued_from_continued_from_continued_with_agents_in_each() {
    let service = Service::open().await;
    let backend = service.backend();
    let mut jane = backend.jane().await;
    let mut expected = Vec::new();
    for name in ["Ann", "Bob", "Cid", "Dan"] {
        let agent = backend.agent(&jane.contact, name).await;
        agent.say("How can I help?").await;
        agent.leave().await;
        jane.leave().await;
        expected.extend([
            "Jane joined".to_owned(),
            format!("{name} invited"),
            format!("{name} joined"),
            format!("{name}: How can I help?"),
            format!("{name} left"),
            "Jane left".to_owned(),
            "ended".to_owned(),
        ]);
        jane = backend.jane_after(&jane.contact, EntirePastSession).await;
    }
    expected.push("Jane joined".to_owned());
    let eve = backend.agent(&jane.contact, "Eve").await;
    expected.extend(["Eve invited", "Eve joined"].map(str::to_owned));
    let history = eve.history().await;
    assert_eq!(lines(&history), expected);
    assert_strictly_rising(&history);
    assert_eq!(jane.history_in_pages_of(3).await, history);
}

#[tokio::test]
async fn an_end_in_any_contact_is_the_end_of_the_session_and_shows_all_before_it() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let second = backend.transfer(&jane.contact, SALES).await;
    // An earlier contact has ended already: stopping it adds nothing.
    backend.stop(&jane.contact).await;
    jane.say("Still here").await;
    backend.stop(&second).await;
    let after = backend.jane_after(&second, FromSegment).await;
    let expected = [
        "Jane joined",
        "transferred",
        "Jane: Still here",
        "ended",
        "Jane joined",
    ];
    assert_eq!(lines(&after.history().await), expected);
}
