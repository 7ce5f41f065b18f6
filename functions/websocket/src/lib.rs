//! The handler of WebSockets: one opens, sends, and closes.

use api::live::{self, Asked, SocketCall, SocketEvent, SocketReply};
use api::{Problem, Service, TokenFault};
use domain::{Connections, Effort, Frame, Log, Opening, Pause, Post, Posted};
use lambda::Deadline;

/// Answers an event of a WebSocket.
pub async fn handle<L>(service: &Service<L>, call: SocketCall) -> SocketReply
where
    L: Log + Pause + Connections + Post,
{
    lambda::answer_socket(&call, |deadline| work(service, &call, deadline)).await
}

async fn work<L>(
    service: &Service<L>,
    call: &SocketCall,
    deadline: Deadline,
) -> Result<SocketReply, Problem>
where
    L: Log + Pause + Connections + Post,
{
    match &call.event {
        SocketEvent::Connect { token } => open(service, call, token.as_deref()).await,
        SocketEvent::Frame(text) => hear(service, call, text, deadline).await,
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
    L: Log + Pause + Connections + Post,
{
    let token = token.ok_or(TokenFault::Missing)?;
    let bearer = service.settings.tokens.admitted(token, call.now)?;
    lambda::note_session(service, &bearer.session);
    let opening = Opening {
        connection: call.connection.clone(),
        session: bearer.session,
        participant: bearer.participant,
    };
    domain::open_socket(&service.log, opening, call.now).await?;
    Ok(SocketReply::OK)
}

/// Answers what a client has sent.
///
/// A client whose socket is not told what happens would not know it: it is closed, so that its client comes back, and
/// where that fails it has no answer, which clients take for a lost connection.
async fn hear<L>(
    service: &Service<L>,
    call: &SocketCall,
    text: &str,
    deadline: Deadline,
) -> Result<SocketReply, Problem>
where
    L: Log + Pause + Connections + Post,
{
    let asked = live::asked(text);
    let is_told = match asked {
        Asked::Subscribe => subscribe(service, call, deadline).await?,
        // That it could not be found out is no reason for all clients to come back at once.
        Asked::Heartbeat => domain::hear_socket(&service.log, &call.connection, call.now)
            .await
            .unwrap_or(true),
        Asked::Ping | Asked::Nothing => true,
    };
    if is_told {
        return Ok(SocketReply::with(live::answer(asked)));
    }
    let _ = service.log.close(&call.connection).await;
    Ok(SocketReply::OK)
}

/// Subscribes a socket, and posts what it has missed since it opened: once, however often its client subscribes.
///
/// A socket that cannot get all of it, in what is left of the call, is forgotten: with only what happens from now on, it
/// would have a hole that nobody sees.
async fn subscribe<L>(
    service: &Service<L>,
    call: &SocketCall,
    deadline: Deadline,
) -> Result<bool, Problem>
where
    L: Log + Pause + Connections + Post,
{
    let (ports, connection) = (&service.log, &call.connection);
    let Some(subscription) = domain::subscribe_socket(ports, connection).await? else {
        return Ok(false);
    };
    lambda::note_session(service, &subscription.socket.session);
    let Some(missed) = &subscription.missed else {
        return Ok(true);
    };
    let missed: Vec<Frame> = missed.iter().map(live::frame).collect();
    let frames: Vec<&Frame> = missed.iter().collect();
    let post = ports.post(connection, &frames, Effort::Full);
    let posted = frames.is_empty() || deadline.early(post).await == Some(Ok(Posted::Delivered));
    let _ = match posted {
        // Should it not be noted, a repeated subscription posts it again, which does no harm.
        true => domain::caught_up(ports, &subscription).await,
        false => ports.forget(&subscription.socket).await,
    };
    Ok(posted)
}
