//! `GET /websocket`: a WebSocket of a participant, with the function `websocket` behind it as API Gateway has it.

use std::time::Duration;

use api::Entropy;
use api::live::{SocketCall, SocketEvent, SocketReply};
use axum::extract::ws::{
    CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code,
    rejection::WebSocketUpgradeRejection,
};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use domain::{ConnectionId, Connections, Frame, Log};
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

use crate::routes::plain;
use crate::server::Local;

/// The largest message, in bytes, and the longest life of a WebSocket
/// ([quotas](https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html)).
const MOST_BYTES: usize = 128 * 1024;
const LIFE: Duration = Duration::from_secs(7_200);
/// How long one frame may take to be sent.
const PATIENCE: Duration = Duration::from_secs(10);

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
        return plain(
            StatusCode::UPGRADE_REQUIRED,
            r#"{"message":"Upgrade Required"}"#,
        );
    };
    let failed = || {
        let message = r#"{"message":"Internal Server Error"}"#;
        plain(StatusCode::INTERNAL_SERVER_ERROR, message)
    };
    let Some(connection) = entropy().and_then(|it| ConnectionId::new(it.request_id())) else {
        return failed();
    };
    let Ok((now, _)) = lambda::now_and_entropy() else {
        return failed();
    };
    // Taken in first: whatever is posted to it from now on waits for it.
    let posted = service.log.gateway.add(&connection, now);
    let token = token_of(&uri).map(str::to_owned);
    let (told, opened) = oneshot::channel();
    tokio::spawn(admit(service, connection.clone(), token, told));
    let status = opened.await.unwrap_or(500);
    if status != 200 {
        return match StatusCode::from_u16(status) {
            Ok(status) if status.is_client_error() => plain(status, r#"{"message":"Forbidden"}"#),
            _ => failed(),
        };
    }
    let lost = connection.clone();
    upgrade
        .max_message_size(MOST_BYTES)
        .max_frame_size(MOST_BYTES)
        .on_failed_upgrade(move |_| {
            tokio::spawn(close(service, lost));
        })
        .on_upgrade(move |socket| serve(service, connection, posted, socket))
}

/// Asks the function whether a WebSocket may open. If its client is not there any more to be told, it is closed.
async fn admit<L, C>(
    service: &'static Local<L, C>,
    connection: ConnectionId,
    token: Option<String>,
    told: oneshot::Sender<u16>,
) where
    L: Log,
    C: Connections,
{
    let reply = call(service, &connection, SocketEvent::Connect { token }).await;
    let gone = told.send(reply.status).is_err();
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
    call(service, &connection, SocketEvent::Disconnect).await;
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
    loop {
        let answer = tokio::select! {
            frame = posted.recv() => match frame {
                Some(frame) => Some(frame),
                None => break,
            },
            () = sleep_until(end) => break,
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => {
                    hear(service, &connection, text.as_str()).await
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => None,
            },
        };
        let Some(Frame(text)) = answer else { continue };
        let sent = timeout(PATIENCE, socket.send(Message::Text(text.into()))).await;
        if !matches!(sent, Ok(Ok(()))) {
            break;
        }
    }
    let farewell = Message::Close(Some(CloseFrame {
        code: close_code::AWAY,
        reason: "Going away".into(),
    }));
    let _ = timeout(PATIENCE, socket.send(farewell)).await;
    close(service, connection).await;
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
    let heard = call(service, connection, SocketEvent::Frame(text.to_owned())).await;
    if heard.status == 200 {
        return heard.frame;
    }
    let failed = json!({"message": "Internal server error", "connectionId": connection.as_str()});
    Some(Frame(failed.to_string()))
}
