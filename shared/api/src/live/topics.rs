//! What clients send on a WebSocket, and what they are answered.

use domain::Frame;
use serde_json::{Value, json};

/// What is told at once goes by this topic.
pub(crate) const CHAT: &str = "aws/chat";
const SUBSCRIBE: &str = "aws/subscribe";
const HEARTBEAT: &str = "aws/heartbeat";
const PING: &str = "aws/ping";

/// What a frame asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// To be told what happens in the chat.
    Subscribe,
    /// A sign of life of the connection.
    Heartbeat,
    /// A sign of life of the service behind it.
    Ping,
    /// Nothing that is known here; nobody is wronged by silence.
    Nothing,
}

/// What a frame asks for: the first JSON value in it does, and what follows is of no account, since the SDK for
/// iOS sends a parenthesis too many.
pub fn asked(frame: &str) -> Asked {
    let mut values = serde_json::Deserializer::from_str(frame).into_iter::<Value>();
    let Some(Ok(said)) = values.next() else {
        return Asked::Nothing;
    };
    match said["topic"].as_str() {
        Some(SUBSCRIBE) if names_chat(&said["content"]["topics"]) => Asked::Subscribe,
        Some(HEARTBEAT) => Asked::Heartbeat,
        Some(PING) => Asked::Ping,
        _ => Asked::Nothing,
    }
}

fn names_chat(topics: &Value) -> bool {
    let topics = topics.as_array().map(Vec::as_slice).unwrap_or_default();
    topics.iter().any(|topic| topic == CHAT)
}

/// The answer to what was asked, once it is done.
pub fn answer(asked: Asked) -> Option<Frame> {
    let answer = match asked {
        Asked::Subscribe => {
            json!({"topic": SUBSCRIBE, "content": {"status": "success", "topics": [CHAT]}})
        }
        Asked::Heartbeat => json!({"topic": HEARTBEAT}),
        // The SDKs for iOS and Android wait for exactly this.
        Asked::Ping => json!({"topic": PING, "statusCode": 200, "statusContent": "OK"}),
        Asked::Nothing => return None,
    };
    Some(Frame(answer.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBSCRIPTION: &str = r#"{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}"#;

    #[test]
    fn what_clients_send_is_understood() {
        for (frame, expected) in [
            (SUBSCRIPTION, Asked::Subscribe),
            (r#"{"topic":"aws/heartbeat"}"#, Asked::Heartbeat),
            (r#"{"topic":"aws/ping"}"#, Asked::Ping),
        ] {
            assert_eq!(asked(frame), expected);
            assert_eq!(asked(&format!(" \n{frame}\n")), expected);
        }
    }

    #[test]
    fn trap_9_the_first_json_value_counts_and_the_rest_does_not() {
        let ios = r#"{"topic": "aws/subscribe", "content": {"topics": ["aws/chat"]}})"#;
        assert_eq!(asked(ios), Asked::Subscribe);
        for rest in [")", "}", " {", "\0", "garbage", r#"{"topic":"aws/ping"}"#] {
            let frame = format!("{SUBSCRIPTION}{rest}");
            assert_eq!(asked(&frame), Asked::Subscribe, "{frame}");
        }
    }

    #[test]
    fn everything_else_is_passed_over() {
        for frame in [
            "",
            " ",
            ")",
            "null",
            "7",
            "[]",
            "\"aws/ping\"",
            "{",
            "{}",
            r#"{"topic":7}"#,
            r#"{"topic":"aws/chat"}"#,
            r#"{"topic":"AWS/PING"}"#,
            r#"{"topic":"aws/subscribe"}"#,
            r#"{"topic":"aws/subscribe","content":{"topics":"aws/chat"}}"#,
            r#"{"topic":"aws/subscribe","content":{"topics":["aws/other"]}}"#,
        ] {
            assert_eq!(asked(frame), Asked::Nothing, "{frame}");
        }
        assert_eq!(asked(&"[".repeat(100_000)), Asked::Nothing);
        assert_eq!(answer(Asked::Nothing), None);
    }

    #[test]
    fn answers_are_those_that_clients_wait_for() {
        for (asked, text) in [
            (
                Asked::Subscribe,
                r#"{"content":{"status":"success","topics":["aws/chat"]},"topic":"aws/subscribe"}"#,
            ),
            (Asked::Heartbeat, r#"{"topic":"aws/heartbeat"}"#),
            (
                Asked::Ping,
                r#"{"statusCode":200,"statusContent":"OK","topic":"aws/ping"}"#,
            ),
        ] {
            assert_eq!(answer(asked), Some(Frame(text.to_owned())));
        }
    }
}
