//! `GET /websocket`: a WebSocket of a participant, with the function `websocket` behind it as API Gateway has it.

use std::time::Duration;

use api::Entropy;
use api::live::{SocketCall, SocketEvent, SocketReply};
use axum::extract::ws::{
    CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code,
    rejection::WebSocketUpgradeRejection,
};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use domain::{ConnectionId, Connections, Frame, Log};
use lambda::Explanation;
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::{self, error::ProtocolError};

use crate::door::{Said, explain};
use crate::routes::plain;
use crate::server::Local;

/// The largest message, in bytes, and the longest life of a WebSocket
/// ([quotas](https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html)).
const MOST_BYTES: usize = 128 * 1024;
const LIFE: Duration = Duration::from_secs(7_200);
/// How long a WebSocket may be silent on both sides, there as here.
const SILENCE: Duration = Duration::from_secs(600);
/// How long one frame may take to be sent.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a client may take for the Close frames of an end.
const PARTING: Duration = Duration::from_secs(2);
/// The room for what is read of a WebSocket in one piece, in bytes: frames are short.
const READ_BYTES: usize = 8 * 1024;

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

/// Opens a WebSocket, if the function lets it.
pub(crate) async fn open<L, C>(
    service: &'static Local<L, C>,
    uri: Uri,
    upgrade: Upgrade,
) -> Response
where
    L: Log + 'static,
    C: Connections + 'static,
{
    let Ok(upgrade) = upgrade else {
        let message = r#"{"message":"Upgrade Required"}"#;
        let reason = "a WebSocket opens here, and the call does not ask for one";
        return because(plain(StatusCode::UPGRADE_REQUIRED, message), reason);
    };
    let failed = || {
        let message = r#"{"message":"Internal Server Error"}"#;
        plain(StatusCode::INTERNAL_SERVER_ERROR, message)
    };
    if service.log.gateway.is_full() {
        let message = r#"{"message":"Service Unavailable"}"#;
        let reason = "as many WebSockets are open as this server serves";
        return because(plain(StatusCode::SERVICE_UNAVAILABLE, message), reason);
    }
    let Some(connection) = entropy().and_then(|it| ConnectionId::new(it.request_id())) else {
        return failed();
    };
    let Ok((now, _)) = lambda::now_and_entropy() else {
        return failed();
    };
    // Taken in first: whatever is posted to it from now on waits for it.
    let posted = service.log.gateway.add(&connection, now);
    let token = token_of(&uri).map(str::to_owned);
    let (answered, opened) = oneshot::channel();
    tokio::spawn(admit(service, connection.clone(), token, answered));
    let (status, reason) = opened.await.unwrap_or((500, None));
    if status != 200 {
        let mut refused = match StatusCode::from_u16(status) {
            Ok(status) if status.is_client_error() => plain(status, r#"{"message":"Forbidden"}"#),
            _ => failed(),
        };
        refused.extensions_mut().insert(Said::InTheLog);
        if let Some(reason) = reason {
            explain(&mut refused, &reason);
        }
        return refused;
    }
    let lost = connection.clone();
    upgrade
        .max_message_size(MOST_BYTES)
        .max_frame_size(MOST_BYTES)
        .read_buffer_size(READ_BYTES)
        .on_failed_upgrade(move |_| {
            tokio::spawn(close(service, lost));
        })
        .on_upgrade(move |socket| serve(service, connection, posted, socket))
}

fn because(mut response: Response, reason: &'static str) -> Response {
    response.extensions_mut().insert(Said::Because(reason));
    response
}

/// Asks the function whether a WebSocket may open. If its client is not there any more to be told, it is closed.
async fn admit<L, C>(
    service: &'static Local<L, C>,
    connection: ConnectionId,
    token: Option<String>,
    answered: oneshot::Sender<(u16, Option<String>)>,
) where
    L: Log,
    C: Connections,
{
    let explanation = Explanation::default();
    let connecting = call(service, &connection, SocketEvent::Connect { token });
    let reply = explanation.hold(connecting).await;
    let gone = answered.send((reply.status, explanation.reason())).is_err();
    if reply.status != 200 {
        service.log.gateway.remove(&connection);
    } else if gone {
        close(service, connection).await;
    }
}

/// The token in the query. It needs no decoding.
fn token_of(uri: &Uri) -> Option<&str> {
    let mut pairs = uri.query()?.split('&');
    pairs.find_map(|pair| pair.strip_prefix("token="))
}

fn entropy() -> Option<Entropy> {
    lambda::now_and_entropy().ok().map(|(_, entropy)| entropy)
}

/// Hands an event to the function.
async fn call<L, C>(
    service: &'static Local<L, C>,
    connection: &ConnectionId,
    event: SocketEvent,
) -> SocketReply
where
    L: Log,
    C: Connections,
{
    let Ok((now, entropy)) = lambda::now_and_entropy() else {
        return SocketReply {
            status: 500,
            frame: None,
        };
    };
    let call = SocketCall {
        connection: connection.clone(),
        event,
        request_id: entropy.request_id(),
        now,
    };
    Box::pin(websocket::handle(service, call)).await
}

async fn close<L, C>(service: &'static Local<L, C>, connection: ConnectionId)
where
    L: Log,
    C: Connections,
{
    service.log.gateway.remove(&connection);
    let closing = call(service, &connection, SocketEvent::Disconnect);
    Explanation::default().hold(closing).await;
}

/// Serves a WebSocket until either side ends it.
async fn serve<L, C>(
    service: &'static Local<L, C>,
    connection: ConnectionId,
    mut posted: mpsc::Receiver<Frame>,
    mut socket: WebSocket,
) where
    L: Log,
    C: Connections,
{
    let _serving = service.log.gateway.serving();
    let end = Instant::now() + LIFE;
    let mut silent = Instant::now() + SILENCE;
    let ending = loop {
        let answer = tokio::select! {
            frame = posted.recv() => match frame {
                Some(frame) => Some(frame),
                None => break Ending::Ours(close_code::AWAY),
            },
            () = sleep_until(end.min(silent)) => break Ending::Ours(close_code::AWAY),
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => {
                    hear(service, &connection, text.as_str()).await
                }
                Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => None,
                Some(Ok(Message::Close(_))) => break Ending::Theirs,
                Some(Err(error)) => break Ending::of(error),
                None => break Ending::Gone,
            },
        };
        silent = Instant::now() + SILENCE;
        let Some(Frame(text)) = answer else { continue };
        let sent = timeout(PATIENCE, socket.send(Message::Text(text.into()))).await;
        if !matches!(sent, Ok(Ok(()))) {
            break Ending::Ours(close_code::AWAY);
        }
    };
    // Even where its client does not take it.
    let _ = timeout(PARTING, end_with(socket, ending)).await;
    close(service, connection).await;
}

/// How a WebSocket ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// From this side, with this code.
    Ours(u16),
    /// Its client has sent a Close frame.
    Theirs,
    /// There is no connection any more.
    Gone,
}

impl Ending {
    /// How it ends where what came cannot be read.
    fn of(error: axum::Error) -> Self {
        let error = error.into_inner();
        match error.downcast_ref::<tungstenite::Error>() {
            Some(tungstenite::Error::Capacity(_)) => Self::Ours(close_code::SIZE),
            Some(tungstenite::Error::Utf8(_)) => Self::Ours(close_code::INVALID),
            Some(tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => {
                Self::Gone
            }
            Some(tungstenite::Error::Protocol(_)) => Self::Ours(close_code::PROTOCOL),
            _ => Self::Gone,
        }
    }
}

/// Ends a WebSocket with a Close frame from either side.
///
/// > If an endpoint receives a Close frame and did not previously send a Close frame, the endpoint MUST send a Close frame
/// > in response. \[…\] the endpoint typically echos the status code it received.
/// > ([RFC 6455, 5.5.1](https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1))
async fn end_with(mut socket: WebSocket, ending: Ending) {
    let left = match ending {
        Ending::Ours(code) => {
            let frame = CloseFrame {
                code,
                reason: Utf8Bytes::default(),
            };
            socket.send(Message::Close(Some(frame))).await.is_ok()
        }
        Ending::Theirs => true,
        Ending::Gone => false,
    };
    // The answer to a Close frame is sent when more is read, until nothing comes any more.
    while left && matches!(socket.recv().await, Some(Ok(_))) {}
}

/// Has a frame answered; what the function fails at is answered as the gateway does.
async fn hear<L, C>(
    service: &'static Local<L, C>,
    connection: &ConnectionId,
    text: &str,
) -> Option<Frame>
where
    L: Log,
    C: Connections,
{
    if let Ok((now, _)) = lambda::now_and_entropy() {
        service.log.gateway.hears(connection, now);
    }
    let hearing = call(service, connection, SocketEvent::Frame(text.to_owned()));
    let heard = Explanation::default().hold(hearing).await;
    if heard.status == 200 {
        return heard.frame;
    }
    let failed = json!({"message": "Internal server error", "connectionId": connection.as_str()});
    Some(Frame(failed.to_string()))
}
