//! The same over HTTP and the real store, whose libraries would log all that passes through them.

use api::Entropy;
use aws_sdk_dynamodb::types::AttributeValue;
use local::{Store, TABLE, parse, serve};
use serde_json::{Value, json};

use super::markers::{Markers, marked_message, marked_start};
use crate::stage::{Signer, at, captured, http};

#[tokio::test]
async fn decision_50_libraries_log_nothing_of_it_either() {
    let mut markers = Markers::local("overhttp");
    let arguments = parse(["--memory".into()]).expect("legal");
    let opened = Store::with_keys(&arguments).await;
    let (store, keys) = opened.expect("an engine");
    let service = local::service(store.log(), &keys).expect("legal settings");
    let running = serve(service, 0).await.expect("a port");
    let server = running.address;
    let signed = |method: &str, path: &str, body: &Value| {
        let (now, _): (_, Entropy) = lambda::now_and_entropy().expect("a clock");
        let headers = [("host".to_owned(), server.to_string())];
        let uri = format!("http://{server}{path}");
        let body = body.to_string();
        let added = Signer::BACKEND.headers(method, &uri, &headers, body.as_bytes(), now);
        [&headers[..], &added].concat()
    };
    let put = async |body: &Value| {
        let headers = signed("PUT", "/contact/chat", body);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (&**n, &**v)).collect();
        http(
            server,
            "PUT",
            "/contact/chat",
            &headers,
            body.to_string().as_bytes(),
        )
        .await
    };
    let post = async |path: &str, token: &str, body: &Value| {
        let body = body.to_string();
        http(
            server,
            "POST",
            path,
            &[("x-amz-bearer", token)],
            body.as_bytes(),
        )
        .await
    };

    let started = put(&marked_start(&mut markers)).await;
    assert_eq!(started.status, 200, "{started:?}");
    let started = started.json();
    markers.learn(&started);
    let types = json!({"Type": ["CONNECTION_CREDENTIALS"]});
    let connected = post(
        "/participant/connection",
        &at(&started, "ParticipantToken"),
        &types,
    )
    .await;
    let token = at(&connected.json(), "ConnectionCredentials.ConnectionToken");
    markers.made.push(token.clone());
    let sent = post(
        "/participant/message",
        &token,
        &marked_message(&mut markers),
    )
    .await;
    assert_eq!(sent.status, 200, "{sent:?}");
    let page = post("/participant/transcript", &token, &json!({"MaxResults": 1})).await;
    markers.learn(&page.json());
    let forged = markers.draw();
    for path in [
        "/participant/message",
        "/participant/transcript",
        "/participant/disconnect",
    ] {
        assert_eq!(post(path, &forged, &json!({})).await.status, 403);
        assert_eq!(
            post(path, &token, &json!([markers.draw()])).await.status,
            400
        );
    }
    // Where there is no route, the path is logged, and the query is not.
    let nowhere = format!("/nowhere?{}", markers.draw());
    assert_eq!(post(&nowhere, &token, &json!({})).await.status, 404);

    // A record that cannot be read, full of what somebody wrote.
    let client = dynamodb::client(&store.config);
    let found = client
        .scan()
        .table_name(TABLE)
        .send()
        .await
        .expect("a table")
        .items
        .expect("items");
    for mut item in found {
        let broken = format!("{{\"content\":\"{}\"", markers.draw());
        item.insert("record".to_owned(), AttributeValue::S(broken));
        let put = client.put_item().table_name(TABLE).set_item(Some(item));
        put.send().await.expect("written");
    }
    let corrupt = post(
        "/participant/message",
        &token,
        &marked_message(&mut markers),
    )
    .await;
    assert_eq!(corrupt.status, 500);

    // The store is gone: now the SDK has something to say.
    store.close().await.expect("closed");
    let gone = post(
        "/participant/message",
        &token,
        &marked_message(&mut markers),
    )
    .await;
    assert_eq!(gone.status, 500, "{gone:?}");
    let gone = put(&marked_start(&mut markers)).await;
    assert_eq!(gone.status, 500, "{gone:?}");
    // The local server gives the reason, which no function on AWS does.
    let reason = gone.header("x-local-reason").unwrap_or_default();
    assert!(reason.contains("the log is unavailable"), "{reason}");
    let body = &gone.body;
    assert!(
        !body.contains("PutItem") && !body.contains("connection"),
        "{body}"
    );
    running.stop().await.expect("stopped");

    markers.are_in_no_line();
    let faults = ["cannot be read", "the log is unavailable"];
    let lines = captured();
    for fault in faults {
        assert!(
            lines.iter().any(|line| line.contains(fault)),
            "no line says {fault}"
        );
    }
}
