//! ConnectionTypes: a start that connects the customer too, in one call and one record.

use aws_sdk_connect::types::ChatMessage;
use aws_sdk_connect::types::ConnectionType::{self, ConnectionCredentials, Websocket};
use aws_sdk_connect::types::RehydrationType::FromSegment;

use crate::pages::{assert_strictly_rising, lines, said};
use crate::people::Participant;
use crate::refusal::{BAD_PARAMETER, BAD_REQUEST, refused};
use crate::service::{Service, unique};

#[tokio::test]
async fn a_start_connects_its_customer_by_the_same_record() {
    let service = Service::open().await;
    let backend = service.backend();
    let hello = ChatMessage::builder()
        .content_type("text/plain")
        .content("Hello");
    let chat = backend
        .chat("Jane")
        .initial_message(hello.build().unwrap())
        .connection_types(Websocket)
        .connection_types(ConnectionCredentials);
    let started = chat.send().await.unwrap();
    let credentials = started.connection_credentials.unwrap();
    let websocket = started.websocket.unwrap();
    assert_eq!(websocket.url(), Some(""));
    assert_eq!(websocket.connection_expiry(), credentials.expiry());
    let jane = Participant {
        client: backend.participants.clone(),
        contact: started.contact_id.unwrap(),
        participant: started.participant_id.unwrap(),
        token: started.participant_token.unwrap(),
        continued_from: None,
        connection: credentials.connection_token.unwrap(),
    };
    assert_eq!(service.records(&jane.contact).await.len(), 1);
    jane.say("Me again").await;
    // Connecting once more is as good as ever, and nothing to write down.
    let jane = jane.connected().await;
    let history = jane.history().await;
    let expected = ["Jane joined", "Jane: Hello", "Jane: Me again"];
    assert_eq!(lines(&history), expected);
    assert_strictly_rising(&history);
}

#[tokio::test]
async fn a_start_gives_the_connections_that_it_was_asked_for_and_no_others() {
    let service = Service::open().await;
    let backend = service.backend();
    let start = |connections: &[ConnectionType]| {
        let chat = backend.chat("Jane");
        let all = (!connections.is_empty()).then(|| connections.to_vec());
        chat.set_connection_types(all).send()
    };
    for (asked, credentials, websocket) in [
        (&[][..], false, false),
        (&[ConnectionCredentials][..], true, false),
        (&[Websocket][..], false, true),
    ] {
        let started = start(asked).await.unwrap();
        assert_eq!(started.connection_credentials().is_some(), credentials);
        assert_eq!(started.websocket().is_some(), websocket);
    }
    for wrong in ["PIGEON", "WEBRTC_CONNECTION"] {
        let refusal = refused(start(&[ConnectionType::from(wrong)]).await);
        assert!(
            [BAD_PARAMETER, BAD_REQUEST].contains(&refusal.is()),
            "{refusal:?}"
        );
        let named = refusal.message.contains("ConnectionTypes");
        assert!(named, "{}", refusal.message);
    }
}

#[tokio::test]
async fn a_repeated_start_gives_the_same_chat_and_an_equally_good_connection() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = backend.jane().await;
    source.say("before").await;
    source.leave().await;
    let token = unique();
    let start = async || {
        let chat = backend.chat_after(&source.contact, FromSegment);
        let chat = chat.client_token(&token);
        let chat = chat.connection_types(ConnectionCredentials);
        chat.send().await.unwrap()
    };
    let (one, two) = (start().await, start().await);
    assert_eq!(one.contact_id, two.contact_id);
    assert_eq!(one.continued_from_contact_id, two.continued_from_contact_id);
    for started in [one, two] {
        let credentials = started.connection_credentials.unwrap();
        let jane = Participant {
            contact: started.contact_id.unwrap(),
            connection: credentials.connection_token.unwrap(),
            ..source.clone()
        };
        jane.say("after").await;
        assert_eq!(said(&jane.history().await)[..2], ["before", "after"]);
    }
    // The same token without the connection is another request.
    let other = backend.chat_after(&source.contact, FromSegment);
    let refusal = refused(other.client_token(&token).send().await);
    assert_eq!(refusal.is(), BAD_REQUEST);
}
