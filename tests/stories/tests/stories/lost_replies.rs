//! Replies of the service that are lost on their way: the SDK asks again, and gets the first answer.

use aws_sdk_connect::types::RehydrationType::{EntirePastSession, FromSegment};

use crate::pages::{lines, receipt, said};
use crate::people::sent;
use crate::proxy::Proxy;
use crate::refusal::{DENIED, refused};
use crate::service::Service;

const START: &str = "PUT /contact/chat";
const STOP: &str = "POST /contact/stop";
const CONNECT: &str = "POST /participant/connection";
const SEND: &str = "POST /participant/message";
const LEAVE: &str = "POST /participant/disconnect";

#[tokio::test]
async fn a_start_whose_reply_is_lost_makes_one_chat() {
    let service = Service::open().await;
    let network = Proxy::before(&service.url).await;
    let backend = service.backend().through(&network.url);
    network.lose(START);
    network.lose(START);
    let jane = backend.start(backend.chat("Jane")).await;
    assert_eq!(network.carried(START), 3);
    assert_eq!(service.sessions().await, 1);
    let jane = jane.connected().await;
    jane.say("Hello").await;
    assert_eq!(lines(&jane.history().await), ["Jane joined", "Jane: Hello"]);
}

#[tokio::test]
async fn a_persistent_start_whose_reply_is_lost_makes_one_chat() {
    let service = Service::open().await;
    let network = Proxy::before(&service.url).await;
    let backend = service.backend().through(&network.url);
    for how_much in [EntirePastSession, FromSegment] {
        let source = backend.jane().await;
        source.say("before").await;
        source.leave().await;
        let (attempts, sessions) = (network.carried(START), service.sessions().await);

        network.lose(START);
        let jane = backend.jane_after(&source.contact, how_much).await;
        assert_eq!(network.carried(START), attempts + 2);
        assert_eq!(service.sessions().await, sessions + 1);
        assert_eq!(jane.continued_from, Some(source.contact));
        assert_eq!(said(&jane.history().await), ["before"]);
    }
}

#[tokio::test]
async fn a_start_that_meets_its_own_chat_ended_meanwhile_gets_the_first_answer() {
    let service = Service::open().await;
    let network = Proxy::before(&service.url).await;
    let backend = service.backend();
    let source = backend.jane().await;
    source.leave().await;

    let patient = backend.through(&network.url);
    let mut held = network.hold(START);
    let chat = patient
        .chat_after(&source.contact, FromSegment)
        .client_token("once");
    let (jane, ()) = tokio::join!(patient.start(chat), async {
        held.is_carried_out().await;
        // The first attempt's chat is there, is talked in, and ends, all before the second attempt.
        let chat = backend
            .chat_after(&source.contact, FromSegment)
            .client_token("once");
        let same = backend.start(chat).await.connected().await;
        same.leave().await;
        drop(held);
    });
    assert_eq!(network.carried(START), 2);
    assert_eq!(service.sessions().await, 2);
    assert_eq!(jane.continued_from, Some(source.contact));
    assert_eq!(refused(jane.connecting().send().await).is(), DENIED);
}

#[tokio::test]
async fn a_message_whose_reply_is_lost_stands_once() {
    let service = Service::open().await;
    let network = Proxy::before(&service.url).await;
    let jane = service.backend().jane().await.through(&network.url);
    network.lose(SEND);
    network.lose(SEND);
    let hello = jane.say("Hello").await;
    assert_eq!(network.carried(SEND), 3);
    let history = jane.history().await;
    assert_eq!(lines(&history), ["Jane joined", "Jane: Hello"]);
    assert_eq!(receipt(&history[1]), hello);
}

#[tokio::test]
async fn a_message_that_landed_just_before_the_end_gets_its_answer_and_no_refusal() {
    let service = Service::open().await;
    let network = Proxy::before(&service.url).await;
    let backend = service.backend();
    for leaves in [true, false] {
        let jane = backend.jane().await;
        let slow = jane.through(&network.url);
        let attempts = network.carried(SEND);
        let mut held = network.hold(SEND);
        let (last_words, ()) = tokio::join!(slow.say("last words"), async {
            held.is_carried_out().await;
            match leaves {
                true => jane.leave().await,
                false => backend.stop(&jane.contact).await,
            }
            drop(held);
        });
        assert_eq!(network.carried(SEND), attempts + 2);
        assert_eq!(refused(slow.saying("too late").send().await).is(), DENIED);

        let after = backend.jane_after(&jane.contact, FromSegment).await;
        let history = after.history().await;
        assert_eq!(said(&history), ["last words"]);
        assert_eq!(receipt(&history[1]), last_words);
    }
}

#[tokio::test]
async fn a_message_that_comes_again_after_many_others_stands_once() {
    let service = Service::open().await;
    let network = Proxy::before(&service.url).await;
    let jane = service.backend().jane().await;
    let slow = jane.through(&network.url);
    let mut held = network.hold(SEND);
    let (first, ()) = tokio::join!(slow.say("first"), async {
        held.is_carried_out().await;
        for number in 1..=20 {
            jane.say(&number.to_string()).await;
        }
        drop(held);
    });
    let history = jane.history().await;
    assert_eq!(history.len(), 22);
    assert_eq!(receipt(&history[1]), first);
    assert_eq!(network.carried(SEND), 2);
}

#[tokio::test]
async fn an_end_whose_reply_is_lost_is_confirmed_and_stands_once() {
    let service = Service::open().await;
    let network = Proxy::before(&service.url).await;
    let backend = service.backend().through(&network.url);
    let jane = backend.jane().await;
    network.lose(STOP);
    backend.stop(&jane.contact).await;
    assert_eq!(network.carried(STOP), 2);
    let records = service.records(&jane.contact).await;
    assert_eq!(records.len(), 3, "start, join, end: {records:?}");
}

#[tokio::test]
async fn a_departure_whose_reply_is_lost_is_confirmed_and_stands_once() {
    let service = Service::open().await;
    let network = Proxy::before(&service.url).await;
    let backend = service.backend();
    let jane = backend.jane().await.through(&network.url);
    network.lose(LEAVE);
    jane.leave().await;
    assert_eq!(network.carried(LEAVE), 2);
    assert_eq!(service.records(&jane.contact).await.len(), 3);

    // So is one that is asked for again when the chat has long gone on elsewhere.
    let jane = backend.jane().await.through(&network.url);
    let mut held = network.hold(LEAVE);
    let ((), after) = tokio::join!(jane.leave(), async {
        held.is_carried_out().await;
        let after = backend.jane_after(&jane.contact, FromSegment).await;
        drop(held);
        after
    });
    let expected = ["Jane joined", "Jane left", "ended", "Jane joined"];
    assert_eq!(lines(&after.history().await), expected);
    assert_eq!(network.carried(LEAVE), 4);
}

#[tokio::test]
async fn a_connection_whose_reply_is_lost_is_made_and_the_customer_joins_once() {
    let service = Service::open().await;
    let network = Proxy::before(&service.url).await;
    let backend = service.backend();
    let jane = backend.start(backend.chat("Jane")).await;
    network.lose(CONNECT);
    let jane = jane.through(&network.url).connected().await;
    assert_eq!(network.carried(CONNECT), 2);
    assert_eq!(lines(&jane.history().await), ["Jane joined"]);
}

#[tokio::test]
async fn a_message_without_a_token_of_its_own_is_sent_twice_by_two_calls() {
    let service = Service::open().await;
    let network = Proxy::before(&service.url).await;
    let jane = service.backend().jane().await.through(&network.url);
    // The retry repeats the token that the SDK has filled in; a second call has a new one.
    network.lose(SEND);
    let one = sent(jane.saying("Hello")).await;
    let two = sent(jane.saying("Hello")).await;
    assert_ne!(one, two);
    assert_eq!(said(&jane.history().await), ["Hello", "Hello"]);
    assert_eq!(network.carried(SEND), 3);
}
