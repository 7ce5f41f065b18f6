//! Participant, connection and WebSocket tokens: signed, kept nowhere, each good for one purpose.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{InstanceId, ParticipantId, Role, SessionId, SessionKey, Timestamp};
use http::header::AUTHORIZATION;

use crate::call::Call;
use crate::keys::SigningKeys;
use crate::limits::{CONNECTION_SECONDS, TOKEN_LENGTH, WEBSOCKET_OPENS_SECONDS};
use crate::problem::Problem;

/// The version of the tokens' form; others are not read.
const VERSION: u8 = 1;
const SIGNATURE: usize = 32;
/// The header of a participant's calls that holds the token.
const HEADER: &str = "x-amz-bearer";

mod fault;

pub use fault::TokenFault;

/// What a token is for. One purpose's tokens are nothing to another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Purpose {
    Participant = 1,
    Connection = 2,
    Next = 3,
    Chats = 4,
    Export = 5,
    Websocket = 6,
}

impl Purpose {
    /// What is wrong where a token of this purpose is given for another.
    const fn mistaken(kind: u8) -> TokenFault {
        const PARTICIPANT: u8 = Purpose::Participant as u8;
        const CONNECTION: u8 = Purpose::Connection as u8;
        const WEBSOCKET: u8 = Purpose::Websocket as u8;
        const NEXT: u8 = Purpose::Next as u8;
        const CHATS: u8 = Purpose::Chats as u8;
        const EXPORT: u8 = Purpose::Export as u8;
        match kind {
            PARTICIPANT => TokenFault::Participant,
            CONNECTION => TokenFault::Connection,
            WEBSOCKET => TokenFault::Websocket,
            NEXT | CHATS | EXPORT => TokenFault::Next,
            _ => TokenFault::Unreadable,
        }
    }
}

/// Makes and reads tokens.
#[derive(Debug, Clone)]
pub struct Tokens {
    keys: SigningKeys,
}

/// Who holds a token: one participant, in one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The session.
    pub session: SessionKey,
    /// The participant.
    pub participant: ParticipantId,
    /// In which role the participant is there.
    pub role: Role,
}

/// What a connection token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Whose connection it is.
    pub bearer: Bearer,
    /// Whether anybody but the customer had taken part in the session when it was made.
    pub accompanied: bool,
}

impl Tokens {
    /// Tokens under these keys.
    pub const fn new(keys: SigningKeys) -> Self {
        Self { keys }
    }

    /// The token with which a participant connects, for as long as the chat lasts.
    pub fn participant(&self, bearer: &Bearer) -> String {
        self.seal(Purpose::Participant, &bearer.bytes(), &[])
    }

    /// The token with which a connected participant reads and writes, and when it expires: after a day.
    pub fn connection(&self, connection: &Connection, now: Timestamp) -> (String, Timestamp) {
        let expires = now + domain::seconds(CONNECTION_SECONDS);
        let mut body = expires.as_millis().to_be_bytes().to_vec();
        body.push(u8::from(connection.accompanied));
        body.extend(connection.bearer.bytes());
        (self.seal(Purpose::Connection, &body, &[]), expires)
    }

    /// The token with which a participant opens a WebSocket: within 100 seconds.
    pub fn websocket(&self, bearer: &Bearer, now: Timestamp) -> String {
        let expires = now + domain::seconds(WEBSOCKET_OPENS_SECONDS);
        let mut body = expires.as_millis().to_be_bytes().to_vec();
        body.extend(bearer.bytes());
        self.seal(Purpose::Websocket, &body, &[])
    }

    /// The holder of a WebSocket's token.
    ///
    /// # Errors
    /// [`Problem::Token`], with what is wrong, for anything but such a token of ours that has not expired.
    pub fn admitted(&self, token: &str, now: Timestamp) -> Result<Bearer, Problem> {
        let body = self.unsealed(Purpose::Websocket, token, &[])?;
        Ok(Bearer::read(unexpired(&body, now)?)?)
    }

    /// The holder of the participant token in the call's `X-Amz-Bearer` header.
    ///
    /// # Errors
    /// [`Problem::Token`], with what is wrong, for anything but a participant token of ours.
    pub fn participant_of(&self, call: &Call) -> Result<Bearer, Problem> {
        let body = self.opened(call, Purpose::Participant)?;
        Ok(Bearer::read(&body)?)
    }

    /// What the connection token in the call's `X-Amz-Bearer` header says.
    ///
    /// # Errors
    /// [`Problem::Token`], with what is wrong, for anything but a connection token of ours that has not expired.
    pub fn connected(&self, call: &Call) -> Result<Connection, Problem> {
        let body = self.opened(call, Purpose::Connection)?;
        let (accompanied, bearer) = match unexpired(&body, call.now)? {
            [0, bearer @ ..] => (false, bearer),
            [1, bearer @ ..] => (true, bearer),
            _ => return Err(TokenFault::Unreadable.into()),
        };
        Ok(Connection {
            bearer: Bearer::read(bearer)?,
            accompanied,
        })
    }

    fn opened(&self, call: &Call, purpose: Purpose) -> Result<Vec<u8>, TokenFault> {
        let given = call.headers.contains_key(HEADER);
        match call.header(HEADER) {
            Some(token) => self.unsealed(purpose, token, &[]),
            None if given => Err(TokenFault::NotOneText),
            None if call.headers.contains_key(AUTHORIZATION) => Err(TokenFault::InAuthorization),
            None => Err(TokenFault::Missing),
        }
    }

    /// Writes a token; `context` is signed with it but is not part of it.
    pub(crate) fn seal(&self, purpose: Purpose, body: &[u8], context: &[&[u8]]) -> String {
        let id = self.keys.current();
        let mut token = vec![VERSION, purpose as u8, id.len() as u8];
        token.extend_from_slice(id.as_bytes());
        token.extend_from_slice(body);
        if let Some(signature) = self.keys.sign(id, &signed(&token, context)) {
            token.extend(signature);
        }
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The body of a token of this purpose and context, or none.
    pub(crate) fn open(&self, purpose: Purpose, token: &str, context: &[&[u8]]) -> Option<Vec<u8>> {
        self.unsealed(purpose, token, context).ok()
    }

    /// The same, or what is wrong with it.
    fn unsealed(
        &self,
        purpose: Purpose,
        token: &str,
        context: &[&[u8]],
    ) -> Result<Vec<u8>, TokenFault> {
        if token.is_empty() {
            return Err(TokenFault::Empty);
        }
        if is_id(token) {
            return Err(TokenFault::Id);
        }
        let bytes = unpacked(token).ok_or(TokenFault::Unreadable)?;
        let (signed_part, signature) = bytes
            .len()
            .checked_sub(SIGNATURE)
            .and_then(|end| bytes.split_at_checked(end))
            .ok_or(TokenFault::Unreadable)?;
        let [VERSION, kind, length, rest @ ..] = signed_part else {
            return Err(TokenFault::Unreadable);
        };
        let (id, body) = rest
            .split_at_checked(usize::from(*length))
            .ok_or(TokenFault::Unreadable)?;
        if !self
            .keys
            .verify(id, &signed(signed_part, context), signature)
        {
            return Err(match Purpose::mistaken(*kind) {
                // Signed together with what it belongs to, and so never genuine anywhere else.
                TokenFault::Next if *kind != purpose as u8 => TokenFault::Next,
                _ if self.keys.has(id) => TokenFault::Mismatch,
                _ => TokenFault::UnknownKey,
            });
        }
        if *kind == purpose as u8 {
            Ok(body.to_vec())
        } else {
            Err(Purpose::mistaken(*kind))
        }
    }
}

fn unpacked(token: &str) -> Option<Vec<u8>> {
    let whole = TOKEN_LENGTH.contains(&token.len());
    whole.then(|| URL_SAFE_NO_PAD.decode(token).ok()).flatten()
}

/// Whether it has the form of a UUID, which no token has.
fn is_id(text: &str) -> bool {
    let legal = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(legal)
}

/// What follows a token's expiry, if that has not come.
fn unexpired(body: &[u8], now: Timestamp) -> Result<&[u8], TokenFault> {
    let (expires, body) = body.split_first_chunk().ok_or(TokenFault::Unreadable)?;
    if now.as_millis() >= u64::from_be_bytes(*expires) {
        return Err(TokenFault::Expired);
    }
    Ok(body)
}

fn signed<'a>(token: &'a [u8], context: &[&'a [u8]]) -> Vec<&'a [u8]> {
    [&[token], context].concat()
}

impl Bearer {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![role_number(self.role)];
        bytes.extend(self.participant.bits().to_be_bytes());
        bytes.extend(self.session.session.bits().to_be_bytes());
        bytes.extend(self.session.instance.as_str().as_bytes());
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Self, TokenFault> {
        Self::parts(bytes).ok_or(TokenFault::Unreadable)
    }

    fn parts(bytes: &[u8]) -> Option<Self> {
        let (role, bytes) = bytes.split_first()?;
        let (participant, bytes) = bytes.split_first_chunk()?;
        let (session, instance) = bytes.split_first_chunk()?;
        Some(Self {
            role: Role::ALL
                .into_iter()
                .find(|each| role_number(*each) == *role)?,
            participant: ParticipantId::from_random(u128::from_be_bytes(*participant)),
            session: SessionKey {
                session: SessionId::from_bits(u128::from_be_bytes(*session)),
                instance: InstanceId::new(std::str::from_utf8(instance).ok()?)?,
            },
        })
    }
}

const fn role_number(role: Role) -> u8 {
    match role {
        Role::Customer => 0,
        Role::Agent => 1,
        Role::System => 2,
        Role::CustomBot => 3,
        Role::Supervisor => 4,
    }
}

#[cfg(test)]
mod tests;
