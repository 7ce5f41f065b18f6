//! The handler of WebSockets: one opens, sends, and closes.

use api::live::{self, Asked, SocketCall, SocketEvent, SocketReply};
use api::{Problem, Service};
use domain::{Connections, Frame, Log, Post, Socket};

/// Answers an event of a WebSocket.
pub async fn handle<L>(service: &Service<L>, call: SocketCall) -> SocketReply
where
    L: Log + Connections + Post,
{
    lambda::answer_socket(&call, work(service, &call)).await
}

async fn work<L>(service: &Service<L>, call: &SocketCall) -> Result<SocketReply, Problem>
where
    L: Log + Connections + Post,
{
    match &call.event {
        SocketEvent::Connect { token } => open(service, call, token.as_deref()).await,
        SocketEvent::Frame(text) => hear(service, call, text).await,
        SocketEvent::Disconnect => {
            domain::close_socket(&service.log, &call.connection).await?;
            Ok(SocketReply::OK)
        }
    }
}

/// Opens a WebSocket for the holder of a token, as CreateParticipantConnection gives it.
async fn open<L>(
    service: &Service<L>,
    call: &SocketCall,
    token: Option<&str>,
) -> Result<SocketReply, Problem>
where
    L: Log + Connections + Post,
{
    let token = token.ok_or(Problem::Token)?;
    let bearer = service.settings.tokens.admitted(token, call.now)?;
    lambda::note_session(service, &bearer.session);
    let socket = Socket {
        connection: call.connection.clone(),
        session: bearer.session,
        participant: bearer.participant,
        opened: call.now,
        subscribed: false,
    };
    domain::open_socket(&service.log, &socket, &sign_of_life(), call.now).await?;
    Ok(SocketReply::OK)
}

/// Answers what a client has sent.
async fn hear<L>(
    service: &Service<L>,
    call: &SocketCall,
    text: &str,
) -> Result<SocketReply, Problem>
where
    L: Log + Connections + Post,
{
    let asked = live::asked(text);
    if asked == Asked::Subscribe {
        let (ports, connection) = (&service.log, &call.connection);
        let Some(subscription) = domain::subscribe_socket(ports, connection).await? else {
            // It would be told nothing, and not know it: its client is to come back.
            let _ = ports.close(connection).await;
            return Ok(SocketReply::OK);
        };
        lambda::note_session(service, &subscription.socket.session);
        if let Some(ended) = subscription.ended {
            let _ = ports.post(connection, &live::frame(&ended)).await;
        }
    }
    Ok(SocketReply::with(live::answer(asked)))
}

/// A frame that no client minds.
fn sign_of_life() -> Frame {
    live::answer(Asked::Heartbeat).unwrap_or(Frame(String::new()))
}
