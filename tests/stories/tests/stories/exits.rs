//! What the customer's leaving leads to: the end, or, where that was asked for, the survey of the disconnect flow.

use aws_sdk_connect::types::DisconnectOnCustomerExitParticipantType as OnExit;
use aws_sdk_connect::types::RehydrationType::{EntirePastSession, FromSegment};

use crate::pages::{lines, said};
use crate::people::{Backend, Participant};
use crate::refusal::{BAD_PARAMETER, DENIED, refused};
use crate::service::{Service, unique};

/// A chat whose agent is to be disconnected by the customer's exit.
async fn jane(backend: &Backend) -> Participant {
    let chat = backend.chat("Jane");
    let chat = chat.disconnect_on_customer_exit(OnExit::Agent);
    backend.start(chat).await.connected().await
}

#[tokio::test]
async fn the_customer_leaves_the_agent_and_goes_on_to_the_survey() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = jane(&backend).await;
    let ann = backend.agent(&jane.contact, "Ann").await;
    jane.say("Thank you.").await;
    jane.leave().await;

    for refusal in [
        refused(ann.saying("Wait!").send().await),
        refused(ann.older(1).send().await),
        refused(ann.connecting().send().await),
    ]
    .iter()
    .map(|refusal| refusal.is())
    {
        assert_eq!(refusal, DENIED);
    }
    jane.say("Five stars.").await;
    let survey = jane.history().await.pop().unwrap();
    let survey = survey.contact_id().unwrap();
    let (closed, opened) = (backend.describe(&jane.contact), backend.describe(survey));
    let (closed, opened) = (closed.await, opened.await);
    assert_eq!(closed.disconnect_reason(), Some("CUSTOMER_DISCONNECT"));
    assert_eq!(opened.initiation_method().unwrap().as_str(), "DISCONNECT");
    assert_eq!(opened.previous_contact_id(), Some(&*jane.contact));
    assert_eq!(opened.disconnect_timestamp(), None);

    jane.leave().await;
    assert_eq!(refused(jane.saying("x").send().await).is(), DENIED);
    let opened = backend.describe(survey).await;
    assert_eq!(opened.disconnect_reason(), Some("CUSTOMER_DISCONNECT"));
    let whole = backend.jane_after(&jane.contact, EntirePastSession).await;
    let expected = [
        "Jane joined",
        "Ann invited",
        "Ann joined",
        "Jane: Thank you.",
        "Ann left",
        "transferred",
        "Jane: Five stars.",
        "Jane left",
        "ended",
        "Jane joined",
    ];
    assert_eq!(lines(&whole.history().await), expected);
    let without_survey = backend.jane_after(&jane.contact, FromSegment).await;
    assert_eq!(said(&without_survey.history().await), ["Thank you."]);
}

#[tokio::test]
async fn a_retry_of_the_first_departure_does_not_end_the_survey() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = jane(&backend).await;
    backend.agent(&jane.contact, "Ann").await;
    let (first, second) = (unique(), unique());
    let leave = |token: &str| jane.leaving().client_token(token).send();
    leave(&first).await.unwrap();
    leave(&first).await.unwrap();
    jane.say("I am in the survey").await;
    leave(&second).await.unwrap();
    leave(&second).await.unwrap();
    leave(&first).await.unwrap();
    assert_eq!(refused(leave(&unique()).await).is(), DENIED);
}

#[tokio::test]
async fn without_an_agent_the_customers_exit_is_the_end() {
    let service = Service::open().await;
    let backend = service.backend();
    let alone = jane(&backend).await;
    let left_by_the_agent = jane(&backend).await;
    let ann = backend.agent(&left_by_the_agent.contact, "Ann").await;
    ann.leave().await;
    for jane in [alone, left_by_the_agent] {
        jane.leave().await;
        assert_eq!(refused(jane.saying("x").send().await).is(), DENIED);
        let described = backend.describe(&jane.contact).await;
        assert_eq!(described.disconnect_reason(), Some("CUSTOMER_DISCONNECT"));
    }
}

#[tokio::test]
async fn without_the_wish_or_a_disconnect_flow_the_customers_exit_is_the_end() {
    let service = Service::open().await;
    let flowless = Service::set_up(|settings| settings.disconnect_flow = None).await;
    let unasked = service.backend().jane().await;
    let nowhere_to_go = jane(&flowless.backend()).await;
    for (service, jane) in [(&service, unasked), (&flowless, nowhere_to_go)] {
        let ann = service.backend().agent(&jane.contact, "Ann").await;
        jane.leave().await;
        assert_eq!(refused(ann.saying("x").send().await).is(), DENIED);
        assert_eq!(refused(jane.saying("x").send().await).is(), DENIED);
    }
}

#[tokio::test]
async fn the_only_wish_there_is_is_about_the_agent() {
    let service = Service::open().await;
    let chat = service.backend().chat("Jane");
    let chat = chat.disconnect_on_customer_exit(OnExit::from("SUPERVISOR"));
    let refusal = refused(chat.send().await);
    assert_eq!(refusal.is(), BAD_PARAMETER);
    let named = refusal.message.contains("DisconnectOnCustomerExit");
    assert!(named, "{}", refusal.message);
}
