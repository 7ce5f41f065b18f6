//! Amazon Connect's chat API on the wire: requests in, answers out, and who may ask.
//!
//! One file per operation under [`operations`], each with one fallible step from the wire to the domain's
//! types and one from the domain's answer back; WebSockets stand under [`live`]. This crate knows nothing of Lambda or DynamoDB; time and
//! randomness come in with each [`Call`].

mod account;
mod call;
mod caller;
mod entropy;
mod keys;
mod limits;
pub mod live;
mod members;
mod next_token;
mod operation;
pub mod operations;
mod path;
mod problem;
mod query;
mod service;
mod signature;
mod times;
mod token;
mod unsupported;
mod websocket_url;

pub use account::{Account, AccountError};
pub use call::{Call, Claims, Reply};
pub use caller::{Caller, CallerFault};
pub use entropy::Entropy;
pub use keys::{KeyError, SessionIdKey, SigningKeys};
pub use limits::{Limits, MAX_BODY_BYTES};
pub use next_token::NextToken;
pub use operation::Operation;
pub use problem::{ErrorType, Fault, Problem};
pub use service::{Service, Settings};
pub use signature::{AccessKeyId, AccessKeys, SignatureFault, SignedCall, verify, verify_for};
pub use times::{iso, parse_iso};
pub use token::{Bearer, Connection, TokenFault, Tokens};
pub use unsupported::unsupported;
pub use websocket_url::{WebsocketUrl, WebsocketUrlError, Websockets};
