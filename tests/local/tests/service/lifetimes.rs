//! A chat's time: what ends it without anybody's doing, and that it is then as good a source as any (decisions 9 to 12).

use domain::{minutes, seconds};
use serde_json::json;

use crate::stage::{
    REQUEST, World, at, connection, continuing, message, start, stop, transcript, transcript_words,
};

#[test]
fn decision_12_who_does_not_connect_within_five_minutes_is_too_late() {
    let world = World::new();
    let request = || world.takes(start(&json!({})));
    let (in_time, too_late) = (request(), request());
    world.pass(minutes(5) - std::time::Duration::from_millis(1));
    world.takes(connection(&at(&in_time, "ParticipantToken")));
    world.pass(std::time::Duration::from_millis(1));
    world.refuses_after_expiry(connection(&at(&too_late, "ParticipantToken")));
    // It is a source like any other.
    world.takes(start(&continuing(
        &at(&too_late, "ContactId"),
        "FROM_SEGMENT",
    )));
    // How long is a setting.
    let patient = World::with(&[("CONNECT_WITHIN_SECONDS", "600")]);
    let started = patient.takes(start(&json!({})));
    patient.pass(seconds(599));
    patient.takes(connection(&at(&started, "ParticipantToken")));
}

#[test]
fn decision_11_a_chat_whose_time_has_passed_reads_as_active_until_somebody_notices() {
    let world = World::new();
    let chat = world.connected(start(&json!({"ChatDurationInMinutes": 60})));
    world.takes(message(&chat, "hello"));
    world.pass(minutes(60));
    world.takes(transcript(&chat, &json!({})));
    world.refuses_after_expiry(message(&chat, "too late"));
    let next = world.chat_after(&chat);
    let page = world.takes(transcript(&next, &json!({"MaxResults": 1})));
    let members = json!({"NextToken": at(&page, "NextToken")});
    let past = world.takes(transcript(&next, &members));
    assert_eq!(
        transcript_words(&past),
        ["chat.ended", "hello", "participant.joined"]
    );
    let ended = at(&past["Transcript"][0], "AbsoluteTime");
    assert_eq!(
        ended, "2027-01-15T09:00:00.000Z",
        "when its time had passed"
    );
}

#[test]
fn decision_11_a_source_whose_time_has_passed_is_ended_by_its_continuation() {
    let world = World::new();
    let chat = world.connected(start(&json!({"ChatDurationInMinutes": 60})));
    let request = || start(&continuing(&chat.contact, "ENTIRE_PAST_SESSION"));
    world.pass(minutes(60) - std::time::Duration::from_millis(1));
    let says = "Only a chat session that has ended can be continued";
    let message = format!("{says}: contact {} is still active", chat.contact);
    world.refuses(request(), REQUEST, &message);
    world.pass(std::time::Duration::from_millis(1));
    let stored = world.service.log.stored();
    world.takes(request());
    assert_eq!(
        world.service.log.stored(),
        stored + 2,
        "its end, and the new chat"
    );
}

#[test]
fn decision_9_a_chat_is_continued_in_the_moment_of_its_end() {
    let world = World::new();
    let chat = world.chat();
    world.takes(stop(&chat.contact));
    world.takes(start(&continuing(&chat.contact, "ENTIRE_PAST_SESSION")));
}
