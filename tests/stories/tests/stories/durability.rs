//! What the real server keeps, however it ends; and how it is started and refuses to be.

use std::collections::HashMap;
use std::fs;

use aws_sdk_connect::types::RehydrationType::{EntirePastSession, FromSegment};
use tokio::sync::watch;

use crate::pages::{lines, receipt, said};
use crate::people::{Participant, Sent, sent};
use crate::refusal::{DENIED, refused};
use crate::server::{Folder, Server, run};

#[tokio::test]
async fn chats_go_on_after_a_restart_and_their_tokens_stay_good() {
    let folder = Folder::new();
    let file = folder.file("chat.db");
    let server = Server::start(&file).await;
    let backend = server.backend();
    let chat = || backend.chat("Jane").client_token("once");
    let jane = backend.start(chat()).await.connected().await;
    let message = || jane.saying("before").client_token("once");
    let before = sent(message()).await;
    jane.say("two").await;
    let page = jane.older(1).send().await.unwrap();
    let ended = backend.jane().await;
    ended.leave().await;
    assert_eq!(server.signal("TERM").await, Some(0));

    let server = Server::start(&file).await;
    let backend = server.backend();
    let jane = jane.through(&server.url);
    assert_eq!(
        sent(jane.saying("before").client_token("once")).await,
        before
    );
    jane.say("after").await;
    let again = jane.clone().connected().await;
    assert_eq!(said(&again.history().await), ["before", "two", "after"]);
    assert_eq!(said(&jane.history_from(page, 1).await), ["before", "two"]);
    let same = backend
        .start(backend.chat("Jane").client_token("once"))
        .await;
    assert_eq!(same.contact, jane.contact);
    let ended = ended.through(&server.url);
    assert_eq!(refused(ended.saying("x").send().await).is(), DENIED);
    let after = backend.jane_after(&ended.contact, EntirePastSession).await;
    let expected = ["Jane joined", "Jane left", "ended", "Jane joined"];
    assert_eq!(lines(&after.history().await), expected);
}

#[tokio::test]
async fn kill_9_in_the_middle_of_a_stream_of_messages_loses_no_acknowledged_one() {
    let folder = Folder::new();
    let file = folder.file("chat.db");
    let mut server = Server::start(&file).await;
    let mut jane = server.backend().jane().await;
    let mut said_so_far: Vec<(String, Sent)> = Vec::new();
    for round in 0..5 {
        let (count, mut counted) = watch::channel(0);
        let talking = tokio::spawn(talk(jane.clone(), round, count));
        // In each round it dies at another place, while a message is on its way.
        counted.wait_for(|count| *count > 5 * round).await.unwrap();
        server.kill().await;
        let (acknowledged, in_flight) = talking.await.unwrap();
        assert!(acknowledged.len() > 5 * round);
        said_so_far.extend(acknowledged);

        server = Server::start(&file).await;
        jane = jane.through(&server.url);
        let mut found: HashMap<String, Sent> = HashMap::new();
        for item in jane.history().await.iter().skip(1) {
            let text = item.content().unwrap().to_owned();
            assert_eq!(
                found.insert(text, receipt(item)),
                None,
                "round {round}: twice"
            );
        }
        for (text, receipt) in &said_so_far {
            assert_eq!(found.get(text), Some(receipt), "round {round}: {text}");
        }
        // The one that was never answered may stand or not; sent again, it stands once.
        let landed = found.len() - said_so_far.len();
        assert!(
            landed <= 1,
            "round {round}: {landed} stand that nobody sent"
        );
        let again = sent(jane.saying(&in_flight).client_token(&in_flight)).await;
        assert_eq!(
            *found.entry(in_flight.clone()).or_insert(again.clone()),
            again
        );
        said_so_far.push((in_flight, again));
    }
    jane.leave().await;
    let after = server
        .backend()
        .jane_after(&jane.contact, FromSegment)
        .await;
    let texts: Vec<&str> = said_so_far.iter().map(|(text, _)| &**text).collect();
    assert_eq!(said(&after.history().await), texts);
}

/// Talks until nobody answers any more: what was acknowledged, and what was not.
async fn talk(
    jane: Participant,
    round: usize,
    count: watch::Sender<usize>,
) -> (Vec<(String, Sent)>, String) {
    let mut acknowledged = Vec::new();
    loop {
        let text = format!("{round}.{}", acknowledged.len());
        match jane.saying(&text).client_token(&text).send().await {
            Ok(sent) => {
                let (id, time) = (sent.id.unwrap(), sent.absolute_time.unwrap());
                acknowledged.push((text, Sent { id, time }));
                count.send_replace(acknowledged.len());
            }
            Err(_) => return (acknowledged, text),
        }
    }
}

#[tokio::test]
async fn ctrl_c_in_the_middle_of_a_stream_of_messages_exits_0_and_loses_none() {
    let folder = Folder::new();
    let file = folder.file("chat.db");
    let server = Server::start(&file).await;
    let jane = server.backend().jane().await;
    let (count, mut counted) = watch::channel(0);
    let talking = tokio::spawn(talk(jane.clone(), 0, count));
    counted.wait_for(|count| *count > 5).await.unwrap();
    assert_eq!(server.signal("INT").await, Some(0));
    let (acknowledged, in_flight) = talking.await.unwrap();

    let server = Server::start(&file).await;
    let history = jane.through(&server.url).history().await;
    let mut texts: Vec<String> = acknowledged.into_iter().map(|(text, _)| text).collect();
    if said(&history).len() > texts.len() {
        texts.push(in_flight);
    }
    assert_eq!(said(&history), texts);
}

#[tokio::test]
async fn a_second_server_on_the_same_port_says_so_and_fails() {
    let folder = Folder::new();
    let server = Server::start(&folder.file("chat.db")).await;
    let second = run(&folder, &["--memory", "--port", server.port()]).await;
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    let address = server.url.strip_prefix("http://").unwrap();
    assert!(
        said.contains(&format!("cannot listen on {address}")),
        "{said}"
    );
    assert!(said.contains("--port"), "{said}");
    assert!(second.stdout.is_empty(), "it is not ready");
    server.backend().jane().await;
}

#[tokio::test]
async fn keys_and_data_are_for_their_owner_alone() {
    let folder = Folder::new();
    let file = folder.file("chat.db");
    let server = Server::start(&file).await;
    server.backend().jane().await.say("my secret").await;
    let names = ["chat.db", "chat.db-shm", "chat.db-wal", "chat.db.keys"];
    let expected = names.map(|name| (name.to_owned(), 0o600));
    assert_eq!(folder.files(), expected);
}

#[tokio::test]
async fn a_file_that_is_no_data_is_refused_and_left_as_it_is() {
    let folder = Folder::new();
    let file = folder.file("diary.txt");
    fs::write(&file, "my diary, and no database at all").unwrap();
    let output = run(&folder, &["--port", "0", "--data", "diary.txt"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(!output.stderr.is_empty());
    let still = fs::read_to_string(&file).unwrap();
    assert_eq!(still, "my diary, and no database at all");
}

#[tokio::test]
async fn help_is_given_and_a_wrong_option_is_named() {
    let folder = Folder::new();
    for help in ["--help", "-h"] {
        let output = run(&folder, &[help]).await;
        assert_eq!(output.status.code(), Some(0));
        let said = String::from_utf8(output.stdout).unwrap();
        for option in ["--port", "--data", "--memory", "--dynamodb-endpoint"] {
            assert!(said.contains(option), "{option} is missing in {said}");
        }
    }
    for (wrong, named) in [
        (&["--prot", "9000"][..], "--prot"),
        (&["--port", "many"][..], "many"),
        (&["serve"][..], "serve"),
        (&["--memory", "--data", "x"][..], "--data"),
    ] {
        let output = run(&folder, wrong).await;
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.lines().next().unwrap().contains(named), "{said}");
        assert!(output.stdout.is_empty());
    }
    assert_eq!(folder.files(), [], "nothing was begun");
}
