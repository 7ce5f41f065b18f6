//! What was erased, and what is past its retention, stands in no byte of a local engine's files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use domain::{Content, ContentType, Message, Rules, Timestamp, days};
use engine::Engine;

use crate::stage::{Chat, Stage, TABLE, customer, instance};

/// Longer than the engine promises to need.
const PATIENCE: Duration = Duration::from_secs(30);

fn data(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("gone-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder.join("chat.db")
}

/// Whether these words stand in a file of the folder, byte for byte.
fn stand(data: &Path, words: &str) -> bool {
    let files = fs::read_dir(data.parent().expect("a folder")).expect("a folder");
    let mut files = files.map(|file| fs::read(file.expect("a file").path()).unwrap_or_default());
    files.any(|bytes| {
        bytes
            .windows(words.len())
            .any(|part| part == words.as_bytes())
    })
}

async fn wait_until_gone(data: &Path, words: &[&str]) {
    let begun = Instant::now();
    while words.iter().any(|each| stand(data, each)) {
        assert!(begun.elapsed() < PATIENCE, "of {words:?} some still stand");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn what_was_erased_is_gone_from_the_files_and_another_customers_chat_is_not() {
    let data = data("erased");
    let stage = Stage::over(Engine::file(&data).expect("an engine")).await;
    let mut changes = stage.engine.changes(TABLE).expect("a stream");
    let of = |name: &'static str| stage.chat("here", Some(name));
    let (hers, his) = (of("jane-of-the-files").await, of("john-of-the-files").await);
    for n in 0..40 {
        let text = |whose: &str| format!("{whose}-words-{n} {}", "long ".repeat(n * 20));
        stage.say(&hers, &text("her")).await.expect("it is said");
        stage.say(&his, &text("his")).await.expect("it is said");
    }
    for words in ["her-words-39", "his-words-39", "jane-of-the-files"] {
        assert!(stand(&data, words), "{words}");
    }
    let jane = customer("jane-of-the-files");
    let erased = stage.eraser().customer(&instance("here"), &jane).await;
    assert_eq!(erased.expect("it is erased").chats, 1);
    loop {
        let batch = changes.read().expect("a batch");
        let over = batch.event.changes.is_empty();
        changes.done(batch.next);
        if over {
            break;
        }
    }
    wait_until_gone(&data, &["her-words-", "jane-of-the-files"]).await;
    assert!(stand(&data, "his-words-39") && stand(&data, "john-of-the-files"));
}

#[tokio::test]
async fn a_chat_past_its_retention_is_gone_from_the_files_after_a_start() {
    let data = data("expired");
    let stage = Stage::over(Engine::file(&data).expect("an engine")).await;
    let (running, old) = (
        stage.wish("here", Some("john")),
        stage.wish("here", Some("jane")),
    );
    stage.started(running).await;
    // In 2020: 731 days and a month after that it is past its retention, on any clock by which this is built.
    let then = Timestamp::from_millis(1_600_000_000_000);
    let opened = domain::start(&stage.log, &old, Rules::default(), then).await;
    let opened = opened.expect("it starts");
    let chat = Chat {
        key: old.session,
        contact: opened.contact,
        customer: opened.participant,
    };
    let message = Message {
        sender: chat.customer,
        content_type: ContentType::Plain,
        content: Content("words-of-2020".to_owned()),
    };
    let sent = domain::send(&stage.log, &chat.key, message, stage.key(), then + days(1)).await;
    sent.expect("it is said");
    assert!(stand(&data, "words-of-2020"));
    let before = stage.everything().await.len();
    stage.engine.stop().await.expect("a clean stop");
    assert!(stand(&data, "words-of-2020"));

    let stage = Stage::over(Engine::file(&data).expect("an engine")).await;
    wait_until_gone(&data, &["words-of-2020"]).await;
    // The other one's start stands, and nothing else.
    assert!(before > 2);
    let left = stage.everything().await.len();
    assert!(left > 0 && left < before, "{left} of {before}");
}
