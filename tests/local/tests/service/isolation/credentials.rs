//! Everything that somebody may have who is not Jane, and show: names, signatures and tokens, his own, borrowed, expired and forged.

use api::{Bearer, Connection, SigningKeys, Tokens};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{ParticipantId, Role, SessionKey, Timestamp};
use serde_json::json;

use super::ELSEWHERE;
use super::jane::Jane;
use crate::stage::{
    Chat, INSTANCE, Request, Signer, World, at, connection, disconnect, start, stop,
};

/// What a credential opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worth {
    /// What its holder has himself.
    Own,
    /// Nothing any more: so much has to be read to know it.
    Past,
    /// The same, of somebody who was in Jane's chat: what is there was not another's.
    Former,
    /// Nothing, and nothing is read to know it.
    Nothing,
    /// The same; and where anybody may start a chat, whoever shows it may not.
    Refused,
}

/// Something that a caller shows.
pub(super) struct Credential {
    pub(super) what: &'static str,
    pub(super) worth: Worth,
    /// For which instance he calls.
    pub(super) instance: &'static str,
    /// By which name he is known, if he is.
    pub(super) name: &'static str,
    /// The chat that he has himself.
    pub(super) own: Chat,
    pub(super) shows: Box<dyn Fn(Request) -> Request>,
}

/// A token of Jane's, or of John's, with the signature of the other.
fn spliced(body: &str, signature: &str) -> String {
    let read = |token: &str| URL_SAFE_NO_PAD.decode(token).expect("base64");
    let (mut token, signature) = (read(body), read(signature));
    let end = token.len() - 32;
    token.truncate(end);
    token.extend(&signature[signature.len() - 32..]);
    URL_SAFE_NO_PAD.encode(token)
}

/// Whose a chat's tokens are.
pub(super) fn bearer(chat: &Chat, session: SessionKey) -> Bearer {
    Bearer {
        session,
        participant: ParticipantId::parse(&chat.participant).expect("an id"),
        role: Role::Customer,
    }
}

/// Signs as this deployment did before its key was removed.
pub(super) fn removed_key() -> Tokens {
    let keys = SigningKeys::parse("a:a-removed-secret-of-thirty-two-letters");
    Tokens::new(keys.expect("keys"))
}

pub(super) fn credentials(world: &World, jane: &Jane) -> Vec<Credential> {
    let johns = start(&json!({"CustomerId": "customer-john"})).signed();
    let john = world.connected(johns);
    let connected = world.takes(connection(&john.participant_token));
    let url = at(&connected, "Websocket.Url");
    let (_, websocket) = url.split_once("?token=").expect("a token");
    let left = world.accompanied(&john, "AGENT", "Joe");
    world.takes(disconnect(&left));
    let over = world.chat();
    world.takes(stop(&over.contact));
    let elsewhere = {
        let members = json!({"InstanceId": ELSEWHERE, "CustomerId": "customer-joe"});
        world.connected(start(&members).signed())
    };
    let tokens = &world.service.settings.tokens;
    let connection_of = |chat: &Chat| Connection {
        bearer: bearer(chat, chat.session()),
        accompanied: false,
    };
    let expired = |chat: &Chat| {
        tokens
            .connection(&connection_of(chat), Timestamp::from_millis(0))
            .0
    };
    let removed = removed_key();
    let unsigned = |chat: &Chat| removed.connection(&connection_of(chat), world.now()).0;
    let janes = &jane.running;
    let mut all = vec![
        named("nobody", Worth::Nothing, &john, |request| request),
        named("another customer", Worth::Own, &john, |request| {
            request.claims(&[("sub", "customer-john")])
        }),
        named(
            "a key that is not known",
            Worth::Refused,
            &john,
            |request| {
                request.signed_by(Signer {
                    id: "stranger",
                    ..Signer::BACKEND
                })
            },
        ),
        Credential {
            instance: ELSEWHERE,
            ..named(
                "a backend, for another instance",
                Worth::Own,
                &elsewhere,
                Request::signed,
            )
        },
        Credential {
            instance: ELSEWHERE,
            name: "customer-xk7",
            ..named(
                "Jane's name in another instance",
                Worth::Own,
                &elsewhere,
                |request| request.claims(&[("sub", "customer-xk7")]),
            )
        },
    ];
    let bearers = [
        ("a participant token", Worth::Own, &*john.participant_token),
        ("a connection token", Worth::Own, &john.connection_token),
        ("a WebSocket's token", Worth::Nothing, websocket),
        (
            "an expired connection token",
            Worth::Nothing,
            &expired(&john),
        ),
        (
            "a connection token of a removed key",
            Worth::Nothing,
            &unsigned(&john),
        ),
        (
            "a participant token of a removed key",
            Worth::Nothing,
            &removed.participant(&bearer(&john, john.session())),
        ),
        (
            "the connection token of an agent who has left",
            Worth::Past,
            &left.connection_token,
        ),
        (
            "the participant token of an agent who has left",
            Worth::Past,
            &left.participant_token,
        ),
        (
            "the connection token of a chat that is over",
            Worth::Past,
            &over.connection_token,
        ),
        (
            "the participant token of a chat that is over",
            Worth::Past,
            &over.participant_token,
        ),
        (
            "Jane's, of her agent who has left",
            Worth::Former,
            &jane.gone.connection_token,
        ),
        (
            "Jane's, to connect her agent who has left",
            Worth::Former,
            &jane.gone.participant_token,
        ),
        (
            "Jane's, of her past",
            Worth::Former,
            &jane.past.connection_token,
        ),
        (
            "Jane's, to connect to her past",
            Worth::Former,
            &jane.past.participant_token,
        ),
        ("Jane's, expired", Worth::Nothing, &expired(janes)),
        ("Jane's, of a removed key", Worth::Nothing, &unsigned(janes)),
        (
            "Jane's, with another signature",
            Worth::Nothing,
            &spliced(&janes.connection_token, &john.connection_token),
        ),
        (
            "Jane's, to connect, with another signature",
            Worth::Nothing,
            &spliced(&janes.participant_token, &john.participant_token),
        ),
        (
            "the NextToken of Jane's list",
            Worth::Nothing,
            &jane.next[0],
        ),
        (
            "the NextToken of Jane's export",
            Worth::Nothing,
            &jane.next[1],
        ),
        (
            "the NextToken of Jane's transcript",
            Worth::Nothing,
            &jane.next[2],
        ),
        ("Jane's participant id", Worth::Nothing, &janes.participant),
        ("Jane's contact", Worth::Nothing, &janes.contact),
    ];
    all.extend(bearers.map(|(what, worth, token)| {
        let token = token.to_owned();
        named(what, worth, &john, move |request| request.bearer(&token))
    }));
    // Beside a token a signature and claims are worth nothing; and in another header a token is none.
    let token = john.connection_token.clone();
    all.push(named(
        "a connection token, signed",
        Worth::Own,
        &john,
        move |request| match request.operation.is_participant() {
            true => request.bearer(&token).signed(),
            false => request.bearer(&token),
        },
    ));
    let header = format!("Bearer {}", janes.connection_token);
    all.push(named(
        "Jane's, in another header",
        Worth::Refused,
        &john,
        move |request| request.header("authorization", &header),
    ));
    all
}

fn named(
    what: &'static str,
    worth: Worth,
    own: &Chat,
    shows: impl Fn(Request) -> Request + 'static,
) -> Credential {
    Credential {
        what,
        worth,
        instance: INSTANCE,
        name: "customer-john",
        own: own.clone(),
        shows: Box::new(shows),
    }
}
