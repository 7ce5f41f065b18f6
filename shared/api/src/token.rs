//! Participant, connection and WebSocket tokens: signed, kept nowhere, each good for one purpose.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{InstanceId, ParticipantId, Role, SessionId, SessionKey, Timestamp};

use crate::call::Call;
use crate::keys::SigningKeys;
use crate::limits::{CONNECTION_SECONDS, TOKEN_LENGTH, WEBSOCKET_OPENS_SECONDS};
use crate::problem::Problem;

/// The version of the tokens' form; others are not read.
const VERSION: u8 = 1;
const SIGNATURE: usize = 32;

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
    /// [`Problem::Token`] for anything but such a token of ours that has not expired.
    pub fn admitted(&self, token: &str, now: Timestamp) -> Result<Bearer, Problem> {
        let body = self.open(Purpose::Websocket, token, &[]);
        let body = body.ok_or(Problem::Token)?;
        Bearer::read(unexpired(&body, now)?).ok_or(Problem::Token)
    }

    /// The holder of the participant token in the call's `X-Amz-Bearer` header.
    ///
    /// # Errors
    /// [`Problem::Token`] for anything but a participant token of ours.
    pub fn participant_of(&self, call: &Call) -> Result<Bearer, Problem> {
        let body = self.opened(call, Purpose::Participant)?;
        Bearer::read(&body).ok_or(Problem::Token)
    }

    /// What the connection token in the call's `X-Amz-Bearer` header says.
    ///
    /// # Errors
    /// [`Problem::Token`] for anything but a connection token of ours that has not expired.
    pub fn connected(&self, call: &Call) -> Result<Connection, Problem> {
        let body = self.opened(call, Purpose::Connection)?;
        let (accompanied, bearer) = match unexpired(&body, call.now)? {
            [0, bearer @ ..] => (false, bearer),
            [1, bearer @ ..] => (true, bearer),
            _ => return Err(Problem::Token),
        };
        let bearer = Bearer::read(bearer).ok_or(Problem::Token)?;
        Ok(Connection {
            bearer,
            accompanied,
        })
    }

    fn opened(&self, call: &Call, purpose: Purpose) -> Result<Vec<u8>, Problem> {
        call.header("x-amz-bearer")
            .and_then(|token| self.open(purpose, token, &[]))
            .ok_or(Problem::Token)
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
        if !TOKEN_LENGTH.contains(&token.len()) {
            return None;
        }
        let token = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (token, signature) = token.split_at_checked(token.len().checked_sub(SIGNATURE)?)?;
        let [version, kind, length, rest @ ..] = token else {
            return None;
        };
        let (id, body) = rest.split_at_checked(usize::from(*length))?;
        let ours = *version == VERSION && *kind == purpose as u8;
        let genuine = self.keys.verify(id, &signed(token, context), signature);
        (ours && genuine).then(|| body.to_vec())
    }
}

/// What follows a token's expiry, if that has not come.
fn unexpired(body: &[u8], now: Timestamp) -> Result<&[u8], Problem> {
    let (expires, body) = body.split_first_chunk().ok_or(Problem::Token)?;
    if now.as_millis() >= u64::from_be_bytes(*expires) {
        return Err(Problem::Token);
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

    fn read(bytes: &[u8]) -> Option<Self> {
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
