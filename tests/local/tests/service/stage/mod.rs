//! What the tests stand on: a service over a log in memory, requests as clients send them, and answers held against
//! what every answer must have.

mod answer;
mod capture;
mod chat;
mod contact;
mod dispatch;
mod document;
mod entropy;
mod event;
mod floor;
mod http;
mod log;
mod request;
mod route;
mod schema;
mod signer;
mod watch;
mod wire;
mod world;

pub(crate) use answer::{
    Answer, CONFLICT, DENIED, GONE, Kind, NOT_FOUND, PARAMETER, QUOTA, REQUEST, VALIDATION, at, set,
};
pub(crate) use capture::{captured, unheard};
pub(crate) use chat::{
    Chat, connection, continuing, disconnect, event, invitation, message, start, start_members,
    start_with, stop, transcript, transcript_words, transfer, typing,
};
pub(crate) use contact::{association, association_with, attributes_of, describe, update};
pub(crate) use dispatch::dispatch;
pub(crate) use document::{body_schema, described, document, knows, schemas, strip_empty_texts};
pub(crate) use entropy::entropy_of;
pub(crate) use event::{http_api, rest_api};
pub(crate) use floor::{Ear, Floor, connect, subscribe};
pub(crate) use http::{HttpAnswer, ORIGIN, http};
pub(crate) use log::{Failure, WatchedLog};
pub(crate) use request::Request;
pub(crate) use route::{encoded, operation_at, path_to, route};
pub(crate) use schema::{list, text};
pub(crate) use signer::Signer;
pub(crate) use watch::{Asked, Fault, REASON};
pub(crate) use wire::{Server, Wire};
pub(crate) use world::{BEGIN, FLOW, INSTANCE, UUID_4, World};
