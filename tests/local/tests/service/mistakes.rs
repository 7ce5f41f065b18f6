//! Why a call was refused: the answer says no more than Connect's, a header and the log of the local server name the mistake
//! (rule 91).

use api::{Bearer, CallerFault, Connection, SignatureFault, TokenFault};
use domain::{ParticipantId, Role, SessionId, SessionKey, Timestamp};
use serde_json::{Value, json};

use crate::stage::{
    Chat, HttpAnswer, INSTANCE, Server, Signer, World, at, captured, disconnect, http,
    message as message_of,
};

const SEND: &str = "/participant/message";
const STOP: &str = "/contact/stop";
const CONTENT: &str = "words that are not to be logged";

/// The customer's tokens, as another server or another time would make them.
fn bearer(chat: &Chat) -> Bearer {
    let id = u128::from_str_radix(&chat.participant.replace('-', ""), 16);
    Bearer {
        session: chat.session(),
        participant: ParticipantId::from_random(id.expect("an id")),
        role: Role::Customer,
    }
}

fn message() -> String {
    json!({"ContentType": "text/plain", "Content": CONTENT}).to_string()
}

/// The line about the call that was answered so.
fn line_of(answer: &HttpAnswer) -> Value {
    let id = answer.header("x-amzn-requestid").expect("an id");
    let lines = captured();
    let mut lines = lines
        .iter()
        .filter(|line| line.contains(id) && line.contains("\"refused\""));
    let line = lines.next().expect("a line");
    assert_eq!(lines.next(), None, "one line for each call");
    serde_json::from_str(line).expect("JSON")
}

struct Tried<'a> {
    server: &'a Server,
    secrets: Vec<String>,
}

impl Tried<'_> {
    /// Makes a mistake, and sees that it is named where it may be, and nowhere else.
    async fn is_named(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
        wanted: &str,
    ) -> Value {
        let answer = http(
            self.server.address(),
            "POST",
            path,
            headers,
            body.as_bytes(),
        )
        .await;
        assert_eq!(answer.status, 403, "{wanted}: {answer:?}");
        let reason = answer
            .header("x-local-reason")
            .expect("a reason")
            .to_owned();
        assert_eq!(reason, wanted);
        let line = line_of(&answer);
        let fields = &line["fields"];
        assert_eq!(line["level"], "WARN");
        assert_eq!(fields["reason"], wanted);
        assert_eq!(
            (&fields["method"], &fields["path"]),
            (&json!("POST"), &json!(path))
        );
        let text = line.to_string();
        for secret in &self.secrets {
            assert!(
                !reason.contains(secret) && !text.contains(secret),
                "{wanted}: {secret}"
            );
        }
        line["fields"].clone()
    }

    /// The same with a token, which is answered like any other mistake with one.
    async fn is_denied(&self, path: &str, token: &str, wanted: &str) -> Value {
        let headers = [("x-amz-bearer", token)];
        let body = message();
        let answer = http(
            self.server.address(),
            "POST",
            path,
            &headers,
            body.as_bytes(),
        )
        .await;
        assert_eq!(at(&answer.json(), "message"), "Access denied");
        self.is_named(path, &headers, &body, wanted).await
    }
}

#[tokio::test]
async fn rule_91_each_mistake_with_a_token_is_named_locally_and_answered_as_ever() {
    captured();
    let server = Server::with(&["--memory"]).await;
    let elsewhere = Server::with(&["--memory"]).await;
    let jane = server
        .chat(&json!({"Attributes": {"secret_key": "secret value"}}))
        .await;
    let ann = server.agent(&jane).await;
    let over = server.chat(&json!({})).await;
    server.leave(&over).await;
    server.leave(&ann).await;
    let connection = |bearer| Connection {
        bearer,
        accompanied: false,
    };
    let (expired, _) = server
        .tokens
        .connection(&connection(bearer(&jane)), Timestamp::from_millis(0));
    let foreign = elsewhere.tokens.participant(&bearer(&jane));
    let lost = Bearer {
        session: SessionKey {
            session: SessionId::from_bits(0),
            ..jane.session()
        },
        ..bearer(&jane)
    };
    let (now, _) = lambda::now_and_entropy().expect("a clock");
    let (lost, _) = server.tokens.connection(&connection(lost), now);
    let (participant, connected) = (&jane.participant_token, &jane.connection_token);
    let mut secrets = ["Jane", "Ann", CONTENT, "secret_key", "secret value"]
        .map(str::to_owned)
        .to_vec();
    secrets.extend([&expired, &foreign, &lost, participant, connected].map(String::clone));
    secrets.extend([&over.connection_token, &ann.connection_token].map(String::clone));
    let tried = Tried {
        server: &server,
        secrets,
    };

    let fault = |fault: TokenFault| fault.to_string();
    let connect = "/participant/connection";
    tried
        .is_denied(SEND, participant, &fault(TokenFault::Participant))
        .await;
    tried
        .is_denied(connect, connected, &fault(TokenFault::Connection))
        .await;
    tried
        .is_denied(SEND, &jane.contact, &fault(TokenFault::Id))
        .await;
    tried
        .is_denied(SEND, &expired, &fault(TokenFault::Expired))
        .await;
    tried
        .is_denied(connect, &foreign, &fault(TokenFault::Mismatch))
        .await;
    tried
        .is_denied(SEND, &connected[..20], &fault(TokenFault::Unreadable))
        .await;
    tried.is_denied(SEND, "", &fault(TokenFault::Empty)).await;
    tried
        .is_denied(
            SEND,
            &lost,
            "the token is genuine, and its chat is not in the data of this server",
        )
        .await;
    let left = tried
        .is_denied(
            SEND,
            &ann.connection_token,
            "the participant has left the chat",
        )
        .await;
    assert_eq!(left["contact"], jane.contact.as_str());
    assert_eq!(left["answer"], "Access denied");
    let ended = tried
        .is_denied(SEND, &over.connection_token, "the chat has ended")
        .await;
    assert_eq!(ended["contact"], over.contact.as_str());
    let authorization = [("authorization", connected.as_str())];
    tried
        .is_named(
            SEND,
            &authorization,
            &message(),
            &fault(TokenFault::InAuthorization),
        )
        .await;
    tried
        .is_named(SEND, &[], &message(), &fault(TokenFault::Missing))
        .await;

    // A WebSocket that does not open.
    let upgrade = [
        ("upgrade", "websocket"),
        ("connection", "upgrade"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let path = format!("/websocket?token={connected}");
    let answer = http(server.address(), "GET", &path, &upgrade, b"").await;
    assert_eq!(answer.status, 403);
    let reason = answer.header("x-local-reason");
    assert_eq!(reason, Some(&*fault(TokenFault::Connection)));
    assert!(
        captured()
            .iter()
            .all(|line| !line.contains(connected.as_str()))
    );
    server.stop().await;
    elsewhere.stop().await;
}

#[tokio::test]
async fn rule_91_each_mistake_with_a_signature_is_named_locally() {
    captured();
    let server = Server::with(&["--memory"]).await;
    let jane = server.chat(&json!({})).await;
    let secrets = [&jane.connection_token, &jane.participant_token].map(String::clone);
    let tried = Tried {
        server: &server,
        secrets: secrets.to_vec(),
    };
    let body = json!({"InstanceId": INSTANCE, "ContactId": jane.contact}).to_string();
    let (now, _) = lambda::now_and_entropy().expect("a clock");
    let host = [("host".to_owned(), server.address().to_string())];
    let uri = format!("http://{}{STOP}", server.address());
    for (signer, fault) in [
        (
            Signer {
                id: "stranger",
                ..Signer::BACKEND
            },
            SignatureFault::UnknownKey,
        ),
        (
            Signer {
                secret: "wrong",
                ..Signer::BACKEND
            },
            SignatureFault::Mismatch,
        ),
        (
            Signer {
                ahead: 3_600,
                ..Signer::BACKEND
            },
            SignatureFault::Expired,
        ),
        (
            Signer {
                service: "s3",
                ..Signer::BACKEND
            },
            SignatureFault::WrongScope,
        ),
    ] {
        let added = signer.headers("POST", &uri, &host, body.as_bytes(), now);
        let headers = host.iter().chain(&added);
        let headers: Vec<(&str, &str)> = headers.map(|(n, v)| (&**n, &**v)).collect();
        tried
            .is_named(STOP, &headers, &body, &fault.to_string())
            .await;
    }
    let added = Signer::BACKEND.headers("POST", &uri, &host, body.as_bytes(), now);
    let headers = host.iter().chain(&added);
    let headers: Vec<(&str, &str)> = headers.map(|(n, v)| (&**n, &**v)).collect();
    let other = format!("{body} ");
    let mismatch = SignatureFault::Mismatch.to_string();
    tried.is_named(STOP, &headers, &other, &mismatch).await;
    let mut hashed = headers.clone();
    hashed.push(("x-amz-content-sha256", "0"));
    let incomplete = SignatureFault::Incomplete.to_string();
    tried.is_named(STOP, &hashed, &other, &incomplete).await;

    let unsigned = CallerFault::Unsigned.to_string();
    tried.is_named(STOP, &[], &body, &unsigned).await;
    let bearer = [("x-amz-bearer", jane.connection_token.as_str())];
    tried
        .is_named(STOP, &bearer, &body, &CallerFault::Bearer.to_string())
        .await;
    let token = [("authorization", "Bearer eyJhbGciOiJub25lIn0.e30.")];
    tried
        .is_named(STOP, &token, &body, &CallerFault::Unverified.to_string())
        .await;
    server.stop().await;
}

#[tokio::test]
async fn rule_91_a_refused_member_is_named_and_an_attribute_is_not() {
    captured();
    let server = Server::with(&["--memory"]).await;
    let mut body = crate::stage::start_members();
    body["Attributes"] = json!({"a_secret_key": 7});
    let body = body.to_string();
    let answer = http(
        server.address(),
        "PUT",
        "/contact/chat",
        &[],
        body.as_bytes(),
    )
    .await;
    assert!(
        answer
            .body
            .contains("Attributes.a_secret_key must be a string")
    );
    let named = "Attributes.... must be a string";
    assert_eq!(answer.header("x-local-reason"), Some(named));
    let line = line_of(&answer);
    assert_eq!(line["fields"]["reason"], named);
    assert!(!line.to_string().contains("a_secret_key"));
    server.stop().await;
}

#[tokio::test]
async fn what_is_delivered_is_logged_at_debug_locally() {
    captured();
    let server = Server::with(&["--memory"]).await;
    let jane = server.chat(&json!({})).await;
    let mut wire = server.listens(&jane).await;
    server.say(&jane, "hello").await;
    assert_eq!(
        wire.words_until("hello").await.last().map(String::as_str),
        Some("hello")
    );
    server.stop().await;
    let lines = captured();
    let delivered: Vec<Value> = lines
        .iter()
        .filter(|line| line.contains("\"delivered\"") && line.contains("\"target\":\"deliver\""))
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert!(
        delivered.iter().any(|line| line["level"] == "DEBUG"),
        "{delivered:?}"
    );
}

#[test]
fn rule_91_a_function_on_aws_gives_no_reason_and_names_no_contact() {
    captured();
    let world = World::new();
    let chat = world.chat();
    world.takes(disconnect(&chat));
    let answer = world.send(message_of(&chat, "hello"));
    assert_eq!(
        answer.error(),
        (403, "AccessDeniedException", "Access denied")
    );
    let header = |name: &str| {
        answer
            .headers
            .iter()
            .find(|(each, _)| each.eq_ignore_ascii_case(name))
    };
    assert_eq!(header("x-local-reason"), None);
    let (_, id) = header("x-amzn-RequestId").expect("an id");
    let lines = captured();
    let line = lines
        .iter()
        .find(|line| line.contains(id) && line.contains("\"refused\""));
    let line: Value = serde_json::from_str(line.expect("a line")).expect("JSON");
    let fields = line["fields"].as_object().expect("fields");
    let names: Vec<&str> = fields.keys().map(String::as_str).collect();
    assert_eq!(names, ["error", "message", "milliseconds", "status"]);
    assert_eq!(line["level"], "INFO");
}
