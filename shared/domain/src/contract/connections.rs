//! What every table of connections promises: [`check_connections`] runs everything.

use std::slice::from_ref;

use super::samples::FreshSessions;
use crate::model::ids::{ConnectionId, InstanceId, ParticipantId, SessionKey};
use crate::model::slot::Slot;
use crate::model::time::Timestamp;
use crate::ports::connections::{Connections, Socket};

/// When the sockets open: 2100-01-01T00:00:00Z, so that no store thinks them past their time.
const THEN: Timestamp = Timestamp::from_millis(4_102_444_800_000);

/// Every promise of a table of connections, one after the other, on sessions drawn from `seed`.
///
/// # Panics
/// When a promise is broken or the table fails.
pub async fn check_connections<C: Connections>(table: &C, seed: u64) {
    let sessions = &mut FreshSessions::seeded(seed);
    nobody_is_connected_who_never_came(table, sessions).await;
    a_socket_is_found_by_its_session_and_by_its_connection(table, sessions).await;
    a_session_lists_all_its_sockets_and_no_other_ones(table, sessions).await;
    a_mark_stays_and_is_of_its_session_alone(table, sessions).await;
    a_socket_that_has_caught_up_is_known_by_its_connection(table, sessions).await;
    a_forgotten_socket_is_found_no_more(table, sessions).await;
    a_forgotten_socket_does_not_come_back_by_subscribing(table, sessions).await;
    connections_may_be_called_anything(table, sessions).await;
}

/// A socket of a participant of the session, with a connection that no other has.
fn socket(session: &SessionKey, participant: u128, connection: &str) -> Socket {
    let bits = session.session.bits();
    let name = format!("{connection}{bits:032x}=");
    Socket {
        connection: ConnectionId::new(name).expect("legal characters"),
        session: session.clone(),
        participant: ParticipantId::from_random(participant),
        opened: THEN,
        opened_after: slot(7),
        chat_expires: THEN + crate::model::time::seconds(5_400),
        subscribed: None,
    }
}

async fn listed<C: Connections>(table: &C, session: &SessionKey) -> Vec<Socket> {
    let mut sockets = table.sockets_of(session).await.expect("a list");
    sockets.sort_unstable_by(|one, other| one.connection.cmp(&other.connection));
    sockets
}

async fn found<C: Connections>(table: &C, socket: &Socket) -> Option<Socket> {
    table.socket(&socket.connection).await.expect("an answer")
}

/// A slot of the second segment.
fn slot(n: u32) -> Slot {
    let second = Slot::FIRST.opening_next_segment().expect("a segment");
    Slot::new(second.ordinal(), n)
}

async fn put<C: Connections>(table: &C, socket: &Socket) {
    table.put_socket(socket).await.expect("noted");
}

/// No socket is no error, neither to find nor to forget nor to subscribe.
async fn nobody_is_connected_who_never_came<C: Connections>(
    table: &C,
    sessions: &mut FreshSessions,
) {
    let session = sessions.draw();
    let never = socket(&session, 1, "never");
    assert_eq!(listed(table, &session).await, []);
    assert_eq!(found(table, &never).await, None);
    assert_eq!(table.mark_subscribed(&never, slot(8)).await, Ok(false));
    assert_eq!(table.mark_caught_up(&never, slot(8)).await, Ok(false));
    assert_eq!(table.forget(&never).await, Ok(()));
    assert_eq!(listed(table, &session).await, []);
}

/// Both ways lead to the same socket, at once.
async fn a_socket_is_found_by_its_session_and_by_its_connection<C: Connections>(
    table: &C,
    sessions: &mut FreshSessions,
) {
    let session = sessions.draw();
    let one = socket(&session, u128::MAX, "one");
    put(table, &one).await;
    assert_eq!(listed(table, &session).await, from_ref(&one));
    assert_eq!(found(table, &one).await, Some(one.clone()));
    // To note it twice changes nothing.
    put(table, &one).await;
    assert_eq!(listed(table, &session).await, [one]);
}

/// However many there are, whosever they are, and whatever instances are called.
async fn a_session_lists_all_its_sockets_and_no_other_ones<C: Connections>(
    table: &C,
    sessions: &mut FreshSessions,
) {
    let (here, elsewhere) = (sessions.draw(), sessions.draw());
    let capital = InstanceId::new(here.instance.as_str().to_uppercase()).expect("as long");
    let other_instance = SessionKey::new(&capital, here.session);
    let mut expected = Vec::new();
    for n in 0..30 {
        let one = socket(&here, n % 6, &format!("{n:02}"));
        put(table, &one).await;
        expected.push(one);
    }
    put(table, &socket(&elsewhere, 1, "elsewhere")).await;
    put(table, &socket(&other_instance, 1, "other")).await;
    assert_eq!(listed(table, &here).await, expected);
    assert_eq!(listed(table, &elsewhere).await.len(), 1);
    assert_eq!(listed(table, &other_instance).await.len(), 1);
}

/// Of the one socket, and seen by every list from then on; a second mark changes nothing. It does not say yet that the
/// socket has caught up.
async fn a_mark_stays_and_is_of_its_session_alone<C: Connections>(
    table: &C,
    sessions: &mut FreshSessions,
) {
    let session = sessions.draw();
    let (one, other) = (socket(&session, 1, "1"), socket(&session, 1, "2"));
    put(table, &one).await;
    put(table, &other).await;
    for mark in [8, 9, 7] {
        let by_connection = found(table, &one).await.expect("it is there");
        assert_eq!(by_connection, one);
        let marked = table.mark_subscribed(&by_connection, slot(mark)).await;
        assert_eq!(marked, Ok(true));
        let subscribed = Socket {
            subscribed: Some(slot(8)),
            ..one.clone()
        };
        assert_eq!(listed(table, &session).await, [subscribed, other.clone()]);
    }
}

/// And not by its session, in whose list it has the mark that it had.
async fn a_socket_that_has_caught_up_is_known_by_its_connection<C: Connections>(
    table: &C,
    sessions: &mut FreshSessions,
) {
    let session = sessions.draw();
    let (one, other) = (socket(&session, 1, "1"), socket(&session, 1, "2"));
    put(table, &one).await;
    put(table, &other).await;
    let marked = Socket {
        subscribed: Some(slot(8)),
        ..one.clone()
    };
    assert_eq!(table.mark_subscribed(&one, slot(8)).await, Ok(true));
    for _ in 0..2 {
        assert_eq!(table.mark_caught_up(&marked, slot(8)).await, Ok(true));
        assert_eq!(found(table, &one).await, Some(marked.clone()));
        assert_eq!(found(table, &other).await, Some(other.clone()));
        assert_eq!(
            listed(table, &session).await,
            [marked.clone(), other.clone()]
        );
    }
}

/// By neither way, and the others stay.
async fn a_forgotten_socket_is_found_no_more<C: Connections>(
    table: &C,
    sessions: &mut FreshSessions,
) {
    let session = sessions.draw();
    let (one, other) = (socket(&session, 1, "1"), socket(&session, 2, "2"));
    put(table, &one).await;
    put(table, &other).await;
    for _ in 0..2 {
        assert_eq!(table.forget(&one).await, Ok(()));
        assert_eq!(found(table, &one).await, None);
        assert_eq!(listed(table, &session).await, from_ref(&other));
    }
}

/// What has closed while it subscribed stays closed.
async fn a_forgotten_socket_does_not_come_back_by_subscribing<C: Connections>(
    table: &C,
    sessions: &mut FreshSessions,
) {
    let session = sessions.draw();
    let one = socket(&session, 1, "1");
    put(table, &one).await;
    assert_eq!(table.forget(&one).await, Ok(()));
    assert_eq!(table.mark_subscribed(&one, slot(8)).await, Ok(false));
    assert_eq!(table.mark_caught_up(&one, slot(8)).await, Ok(false));
    assert_eq!(found(table, &one).await, None);
    assert_eq!(listed(table, &session).await, []);
}

/// Their ids are the gateway's, and mean nothing here.
async fn connections_may_be_called_anything<C: Connections>(
    table: &C,
    sessions: &mut FreshSessions,
) {
    for name in ["L0SM9cOFvHcCIhw=", "a/b", "/", "#", "..", "%2F", "+\"'\\{}"] {
        let session = sessions.draw();
        let one = socket(&session, 1, name);
        put(table, &one).await;
        assert_eq!(found(table, &one).await, Some(one.clone()), "{name}");
        assert_eq!(listed(table, &session).await, from_ref(&one), "{name}");
        assert_eq!(table.forget(&one).await, Ok(()));
    }
}
