//! GetTranscript: what pages show, and in which form (decisions 20 to 30).

use domain::{minutes, seconds};
use serde_json::{Value, json};

use crate::stage::{
    Chat, DENIED, World, at, disconnect, message, start, stop, transcript, transcript_words,
};

/// The page that these members ask for.
fn page(world: &World, chat: &Chat, members: &Value) -> Value {
    world.takes(transcript(chat, members))
}

/// The page after this one.
fn next(world: &World, chat: &Chat, page: &Value) -> Value {
    world.takes(transcript(
        chat,
        &json!({"NextToken": at(page, "NextToken"), "MaxResults": 100}),
    ))
}

/// A running chat with the messages `one`, `two` and `three` after its `participant.joined`.
fn chat_of_three(world: &World) -> Chat {
    let chat = world.chat();
    for text in ["one", "two", "three"] {
        world.pass(seconds(1));
        world.takes(message(&chat, text));
    }
    chat
}

#[test]
fn without_members_it_is_the_newest_ten_newest_first() {
    let world = World::new();
    let chat = world.chat();
    for n in 1..=10 {
        world.takes(message(&chat, &n.to_string()));
    }
    let first = page(&world, &chat, &json!({}));
    let ten = ["10", "9", "8", "7", "6", "5", "4", "3", "2", "1"];
    assert_eq!(transcript_words(&first), ten);
    assert_eq!(first["InitialContactId"], chat.contact.as_str());
    let last = next(&world, &chat, &first);
    assert_eq!(transcript_words(&last), ["participant.joined"]);
    let ascending = page(
        &world,
        &chat,
        &json!({"SortOrder": "ASCENDING", "MaxResults": 2}),
    );
    assert_eq!(
        transcript_words(&ascending),
        ["9", "10"],
        "the order is that of the page alone"
    );
}

#[test]
fn an_item_has_these_members_and_no_others() {
    let world = World::new();
    let chat = world.chat();
    world.takes(message(&chat, "hello"));
    world.takes(disconnect(&chat));
    let now = world.chat_after(&chat);
    let first = page(&world, &now, &json!({"MaxResults": 1}));
    let past = next(&world, &now, &first);
    let names = |item: &Value| -> Vec<String> {
        item.as_object().expect("an item").keys().cloned().collect()
    };
    let items = past["Transcript"].as_array().expect("a list");
    let participant = ["DisplayName", "Id", "ParticipantId", "ParticipantRole"];
    let event = |contact| {
        let mut names = vec!["AbsoluteTime", "ContentType", contact, "Type"];
        names.extend(participant);
        names.sort_unstable();
        names
    };
    assert_eq!(names(&first["Transcript"][0]), event("ContactId"));
    assert_eq!(
        transcript_words(&past),
        [
            "chat.ended",
            "participant.left",
            "hello",
            "participant.joined"
        ]
    );
    let bare = [
        "AbsoluteTime",
        "ContentType",
        "Id",
        "RelatedContactId",
        "Type",
    ];
    assert_eq!(names(&items[0]), bare, "nobody has ended a chat");
    assert_eq!(names(&items[1]), event("RelatedContactId"));
    let mut message = event("RelatedContactId");
    message.insert(1, "Content");
    assert_eq!(names(&items[2]), message);
    assert_eq!(items[2]["ContentType"], "text/plain");
    assert_eq!(items[2]["ParticipantRole"], "CUSTOMER");
    assert_eq!(
        items[2]["ParticipantId"],
        chat.participant.as_str(),
        "the past one's own"
    );
    assert_ne!(chat.participant, now.participant);
    let time = at(&items[2], "AbsoluteTime");
    assert!(time.len() == 24 && time.ends_with('Z'), "{time}");
}

#[test]
fn decision_20_a_page_goes_on_from_the_present_into_the_past_in_either_order() {
    let world = World::new();
    let first = world.ended_chat();
    let second = world.chat_after(&first);
    world.takes(disconnect(&second));
    let third = world.chat_after(&second);
    world.takes(message(&third, "now"));
    let whole = page(&world, &third, &json!({"MaxResults": 100}));
    let second_words = ["chat.ended", "participant.left", "participant.joined"];
    let first_words = [
        "chat.ended",
        "participant.left",
        "in the past",
        "participant.joined",
    ];
    let present = ["now", "participant.joined"];
    let words = [&present[..], &second_words, &first_words].concat();
    assert_eq!(transcript_words(&whole), words);
    // Decision 21: no token at the very end.
    assert_eq!(whole.get("NextToken"), None);
    // Each item names the contact that it was sent on: one of this session, or one of a past one.
    let items = whole["Transcript"].as_array().expect("a list");
    let contacts = |name: &str| -> Vec<&Value> { items.iter().map(|item| &item[name]).collect() };
    let (none, now) = (Value::Null, json!(third.contact));
    let own = [vec![&now; 2], vec![&none; 7]].concat();
    assert_eq!(contacts("ContactId"), own);
    let (first, second) = (json!(first.contact), json!(second.contact));
    let related = [vec![&none; 2], vec![&second; 3], vec![&first; 4]].concat();
    assert_eq!(contacts("RelatedContactId"), related);

    let ascending = json!({"MaxResults": 100, "SortOrder": "ASCENDING"});
    let ascending = transcript_words(&page(&world, &third, &ascending));
    assert!(ascending.iter().rev().eq(&words));
    // A page that begins anywhere, and then a page full of what follows.
    for limit in 1..=9 {
        let newest = page(&world, &third, &json!({"MaxResults": limit}));
        assert_eq!(transcript_words(&newest), words[..limit]);
        if limit < words.len() {
            let rest = next(&world, &third, &newest);
            assert_eq!(transcript_words(&rest), words[limit..]);
            // The session is the present one on past pages too.
            assert_eq!(rest["InitialContactId"], third.contact.as_str());
        }
    }
    // Begun at a place of one's own, it ends with the present, and its token leads on.
    let placed = json!({"ScanDirection": "BACKWARD", "StartPosition": {"MostRecent": 1}});
    let placed = page(&world, &third, &placed);
    assert_eq!(transcript_words(&placed), present);
    let rest = next(&world, &third, &placed);
    assert_eq!(transcript_words(&rest), words[2..]);
}

#[test]
fn a_first_page_that_the_present_fills_leads_to_the_past() {
    let world = World::new();
    let source = world.ended_chat();
    let chat = world.chat_after(&source);
    let present = page(&world, &chat, &json!({"MaxResults": 1}));
    assert_eq!(transcript_words(&present), ["participant.joined"]);
    assert_eq!(
        next(&world, &chat, &present)["Transcript"]
            .as_array()
            .map(Vec::len),
        Some(4)
    );
    // Forward never enters the past.
    let forward = json!({"ScanDirection": "FORWARD", "StartPosition": {"MostRecent": 100}});
    let forward = page(&world, &chat, &forward);
    assert_eq!(transcript_words(&forward), ["participant.joined"]);
    assert_eq!(forward.get("NextToken"), None);
}

#[test]
fn decision_22_earlier_contacts_of_the_session_are_present() {
    let world = World::new();
    let source = world.ended_chat();
    let chat = world.chat_after(&source);
    world.takes(message(&chat, "before"));
    let second = world.transferred(&chat);
    world.takes(message(&chat, "after"));
    let present = page(&world, &chat, &json!({}));
    let words = [
        "after",
        "transfer.succeeded",
        "before",
        "participant.joined",
    ];
    assert_eq!(transcript_words(&present)[..4], words);
    let contact = |n: usize| at(&present["Transcript"][n], "ContactId");
    assert_eq!(
        [contact(0), contact(3)],
        [second.clone(), chat.contact.clone()]
    );
    assert_eq!(present["InitialContactId"], chat.contact.as_str());
    // A page of one contact stays with it.
    let of_second = page(&world, &chat, &json!({"ContactId": second}));
    assert_eq!(transcript_words(&of_second), ["after"]);
    assert_eq!(of_second.get("NextToken"), None);
    let of_first = page(&world, &chat, &json!({"ContactId": chat.contact}));
    assert_eq!(transcript_words(&of_first), words[1..]);
    assert_eq!(of_first.get("NextToken"), None);
}

#[test]
fn decision_24_a_start_by_id_is_inclusive_both_ways() {
    let world = World::new();
    let chat = chat_of_three(&world);
    let all = page(&world, &chat, &json!({}));
    let two = at(&all["Transcript"][1], "Id");
    let from = |direction: Value| {
        let members = json!({"StartPosition": {"Id": two}, "ScanDirection": direction});
        transcript_words(&page(&world, &chat, &members))
    };
    assert_eq!(
        from(json!("BACKWARD")),
        ["two", "one", "participant.joined"]
    );
    assert_eq!(from(json!("FORWARD")), ["three", "two"]);
    assert_eq!(
        from(Value::Null),
        ["three", "two"],
        "with a StartPosition, FORWARD is the default"
    );
}

#[test]
fn decision_24_what_is_not_of_this_session_is_an_empty_page() {
    let world = World::new();
    let source = world.ended_chat();
    let chat = world.chat_after(&source);
    let first = page(&world, &chat, &json!({}));
    let other = world.chat();
    let others_item = at(&page(&world, &other, &json!({}))["Transcript"][0], "Id");
    let item = at(&first["Transcript"][3], "Id");
    let mine = at(&first["Transcript"][0], "Id");
    // The time of an item of mine, and everything else made up.
    let made_up = format!("{}-7000-8000-000000000000", &mine[..13]);
    let empty = json!({"InitialContactId": chat.contact, "Transcript": []});
    for members in [
        json!({"ContactId": source.contact}),
        json!({"ContactId": other.contact}),
        json!({"ContactId": "5d1f6f0c-3e5b-4f0a-9a55-6f1f0f3f7a10"}),
        json!({"ContactId": "\0"}),
        json!({"ContactId": chat.contact.replacen("-8000-", "-8001-", 1)}),
        json!({"StartPosition": {"Id": item}}),
        json!({"StartPosition": {"Id": others_item}}),
        json!({"StartPosition": {"Id": made_up}}),
        json!({"StartPosition": {"Id": "00000000-0000-7000-8000-000000000000"}}),
        json!({"StartPosition": {"Id": "ffffffff-ffff-7fff-bfff-ffffffffffff"}}),
        json!({"StartPosition": {"Id": "5d1f6f0c-3e5b-4f0a-9a55-6f1f0f3f7a10"}}),
        json!({"StartPosition": {"Id": "x"}}),
    ] {
        for direction in ["BACKWARD", "FORWARD"] {
            let mut members = members.clone();
            if members.get("StartPosition").is_some() || direction == "BACKWARD" {
                members["ScanDirection"] = json!(direction);
            }
            println!("{members}");
            assert_eq!(page(&world, &chat, &members), empty);
        }
    }
}

#[test]
fn a_start_by_time_is_inclusive_both_ways() {
    let world = World::new();
    let chat = chat_of_three(&world);
    let all = page(&world, &chat, &json!({}));
    let time = at(&all["Transcript"][1], "AbsoluteTime");
    let from = |time: &str, direction: &str| {
        let start = json!({"AbsoluteTime": time});
        let members = json!({"StartPosition": start, "ScanDirection": direction});
        transcript_words(&page(&world, &chat, &members))
    };
    assert_eq!(
        from(&time, "BACKWARD"),
        ["two", "one", "participant.joined"]
    );
    assert_eq!(from(&time, "FORWARD"), ["three", "two"]);
    let none: [&str; 0] = [];
    assert_eq!(from("2999-01-01T00:00:00.000Z", "FORWARD"), none);
    assert_eq!(from("2000-01-01T00:00:00Z", "BACKWARD"), none);
    assert_eq!(from("2000-01-01T00:00:00+02:00", "FORWARD").len(), 4);
    assert_eq!(from("2999-01-01T00:00:00.000Z", "BACKWARD").len(), 4);
}

#[test]
fn decision_25_most_recent_counts_from_one_and_zero_is_one() {
    let world = World::new();
    let chat = chat_of_three(&world);
    let from = |n: usize, direction: &str| {
        let start = json!({"MostRecent": n});
        let members = json!({"StartPosition": start, "ScanDirection": direction});
        transcript_words(&page(&world, &chat, &members))
    };
    for n in [0, 1] {
        assert_eq!(
            from(n, "BACKWARD"),
            ["three", "two", "one", "participant.joined"]
        );
        assert_eq!(from(n, "FORWARD"), ["three"]);
    }
    assert_eq!(from(2, "BACKWARD"), ["two", "one", "participant.joined"]);
    assert_eq!(from(2, "FORWARD"), ["three", "two"]);
    assert_eq!(from(100, "BACKWARD"), ["participant.joined"]);
    assert_eq!(from(100, "FORWARD").len(), 4);
}

#[test]
fn decision_29_after_the_end_only_what_was_begun_is_read_on() {
    let world = World::new();
    let source = world.ended_chat();
    let chat = world.connected(start(&json!({
        "ChatDurationInMinutes": 10_080,
        "PersistentChat": {"SourceContactId": source.contact, "RehydrationType": "FROM_SEGMENT"},
    })));
    world.takes(message(&chat, "last"));
    let first = page(&world, &chat, &json!({"MaxResults": 1}));
    world.takes(stop(&chat.contact));
    for members in [
        json!({}),
        json!({"ContactId": chat.contact}),
        json!({"ContactId": "x"}),
    ] {
        world.refuses(transcript(&chat, &members), DENIED, "Access denied");
    }
    let second = json!({"NextToken": at(&first, "NextToken"), "MaxResults": 1});
    let second = page(&world, &chat, &second);
    assert_eq!(transcript_words(&second), ["participant.joined"]);
    world.pass(minutes(1_440) - seconds(1));
    let past = next(&world, &chat, &second);
    // Decision 30: the end of a past session is shown as it was.
    assert_eq!(transcript_words(&past)[0], "chat.ended");
    world.pass(seconds(1));
    let token = json!({"NextToken": at(&second, "NextToken")});
    world.refuses(transcript(&chat, &token), DENIED, "Access denied");
}

#[test]
fn a_token_stays_good_while_others_write() {
    let world = World::new();
    let chat = chat_of_three(&world);
    let first = page(&world, &chat, &json!({"MaxResults": 2}));
    world.takes(message(&chat, "four"));
    let second = next(&world, &chat, &first);
    assert_eq!(transcript_words(&second), ["one", "participant.joined"]);
    assert_eq!(next(&world, &chat, &first), second, "as often as one likes");
}
