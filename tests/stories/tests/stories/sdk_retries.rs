//! What callers' SDKs do with an error of the service: they try again where that helps, and nowhere else.

use std::fmt::Debug;

use aws_sdk_connect::config::http::HttpResponse;
use aws_sdk_connect::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_connect::types::ParticipantRole;
use aws_sdk_connect::types::RehydrationType::FromSegment;

use crate::people::Backend;
use crate::proxy::Proxy;
use crate::refusal::{BAD_REQUEST, DENIED, INVALID, NOT_FOUND, refused};
use crate::service::Service;
use crate::wire::{Fault, Wire, error};

const DATABASE: &str = "x-amz-target: DynamoDB_20120810.";
const START: &str = "PUT /contact/chat";
const STOP: &str = "POST /contact/stop";
const TRANSFER: &str = "POST /contact/transfer";
const INVITE: &str = "POST /contact/create-participant";
const CONNECT: &str = "POST /participant/connection";
const SEND: &str = "POST /participant/message";
const EVENT: &str = "POST /participant/event";
/// As many attempts as these SDKs are set to make.
const ALL: usize = 4;

/// What the caller is told: code and status, since not every operation's model has an error for it.
fn told<T, E>(answer: Result<T, SdkError<E, HttpResponse>>) -> (String, u16)
where
    T: Debug,
    E: Debug + ProvideErrorMetadata,
{
    let refusal = refused(answer);
    (refusal.code, refusal.status)
}

/// Counts the attempts of calls since the last count.
struct Counter<'a>(&'a Proxy, usize);

impl Counter<'_> {
    fn attempts(&mut self) -> usize {
        let before = std::mem::replace(&mut self.1, self.0.carried("host:"));
        self.1 - before
    }
}

fn refusing(status: u16, code: &str) -> Fault {
    Fault::Answer {
        carried_out: false,
        bytes: error(status, code),
    }
}

#[tokio::test]
async fn a_service_that_is_overloaded_or_fails_is_asked_again_as_often_as_the_sdk_is_set() {
    let (service, wire) = Service::over_wire_without_pauses().await;
    let network = Proxy::before(&service.url).await;
    let backend = service.backend().through(&network.url);
    let jane = backend.jane().await;
    let mut counter = Counter(&network, 0);
    counter.attempts();
    for (fault, control, transfer, participant) in [
        (
            refusing(400, "ThrottlingException"),
            ("TooManyRequestsException", 429),
            ("ThrottlingException", 429),
            ("ThrottlingException", 429),
        ),
        (
            refusing(500, "InternalServerError"),
            ("InternalServiceException", 500),
            ("InternalServiceException", 500),
            ("InternalServerException", 500),
        ),
    ] {
        let [control, transfer, participant] =
            [control, transfer, participant].map(|(code, status)| (code.to_owned(), status));
        wire.always(DATABASE, fault);
        assert_eq!(told(backend.chat("Jane").send().await), control);
        assert_eq!(counter.attempts(), ALL, "{START}: {control:?}");
        let stopped = backend.stopping(&jane.contact).send().await;
        assert_eq!(told(stopped), control);
        assert_eq!(counter.attempts(), ALL, "{STOP}: {control:?}");
        let transferred = backend.transferring(&jane.contact, "sales").send().await;
        assert_eq!(told(transferred), transfer);
        assert_eq!(counter.attempts(), ALL, "{TRANSFER}: {transfer:?}");
        assert_eq!(told(jane.saying("x").send().await), participant);
        assert_eq!(counter.attempts(), ALL, "{SEND}: {participant:?}");
        assert_eq!(told(jane.connecting().send().await), participant);
        assert_eq!(counter.attempts(), ALL, "{CONNECT}: {participant:?}");
        wire.heal();
    }
}

#[tokio::test]
async fn a_service_that_recovers_meanwhile_is_not_noticed_by_the_caller() {
    let (service, wire) = Service::over_wire_without_pauses().await;
    let network = Proxy::before(&service.url).await;
    let jane = service.backend().through(&network.url).jane().await;
    for fault in [
        refusing(400, "ThrottlingException"),
        refusing(500, "InternalServerError"),
    ] {
        broken_for_one_call(&wire, fault);
        let before = network.carried(SEND);
        jane.say("Hello").await;
        assert_eq!(network.carried(SEND), before + 2);
    }
}

/// As many faults as the service makes attempts.
fn broken_for_one_call(wire: &Wire, fault: Fault) {
    wire.heal();
    wire.next(DATABASE, vec![fault; dynamodb::ATTEMPTS as usize]);
}

#[tokio::test]
async fn what_is_refused_for_good_is_asked_once() {
    let service = Service::open().await;
    let network = Proxy::before(&service.url).await;
    let backend = service.backend().through(&network.url);
    let jane = backend.jane().await;
    let contact = &jane.contact;
    let mut counter = Counter(&network, 0);
    counter.attempts();
    let mut once = |what: &str| assert_eq!(counter.attempts(), 1, "{what}");

    let active = backend.chat_after(contact, FromSegment).send().await;
    assert_eq!(refused(active).is(), BAD_REQUEST);
    once("400, of a start");
    assert_eq!(refused(jane.saying("").send().await).is(), INVALID);
    once("400, of a message");
    let stranger = Backend::with_secret(&network.url, &service.instance, "wrong");
    let unsigned = refused(stranger.chat("Jane").send().await);
    assert_eq!(
        (unsigned.code.as_str(), unsigned.status),
        ("InvalidSignatureException", 403)
    );
    once("403, of a start");
    let mut denied = jane.clone();
    denied.connection = "nothing".to_owned();
    assert_eq!(refused(denied.saying("x").send().await).is(), DENIED);
    once("403, of a message");
    let nobody = "00000000-0000-8000-8000-000000000000";
    let transferred = backend.transferring(nobody, "sales").send().await;
    assert_eq!(refused(transferred).is(), NOT_FOUND);
    once("404");
    let stopped = refused(backend.stopping(nobody).send().await);
    assert_eq!(stopped.is(), ("ContactNotFoundException", 410));
    once("410");
}

#[tokio::test]
async fn what_is_too_many_or_in_conflict_is_asked_once() {
    let service = Service::open().await;
    let network = Proxy::before(&service.url).await;
    let backend = service.backend();
    let jane = backend.jane().await;
    for name in ["Ann", "Bob", "Cid", "Dan", "Eve"] {
        backend.agent(&jane.contact, name).await;
    }
    let hello = jane.say("Hello").await;
    let one_more = backend.through(&network.url);
    let one_more = one_more.inviting(&jane.contact, ParticipantRole::Agent, "Fay");
    let refusal = refused(one_more.send().await);
    assert_eq!(refusal.is(), ("ServiceQuotaExceededException", 402));
    assert_eq!(network.carried(INVITE), 1);
    let slow = jane.through(&network.url);
    let read = slow.noting("message.read", &hello.id).send().await;
    assert_eq!(refused(read).is(), ("ConflictException", 409));
    assert_eq!(network.carried(EVENT), 1);
}
