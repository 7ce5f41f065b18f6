//! Handler events: stories of calls, of WebSockets and of batches of the stream, each by the event that Lambda would hand
//! over. A step's flags: `s` and `S` sign it as one of two backends, `c` and `k` say what a gateway verified about a
//! customer, `P` and `T` send the newest participant or connection token, `w` is a widget's POST, `1` comes by a REST API, `d`
//! by an HTTP API that decodes the path.

use std::time::Duration;

use api::Operation;
use domain::{Slot, Socket};
use dynamodb::StreamEvent;
use futures_executor::block_on;
use lambda::SocketRequest;
use serde_json::{Map, Value, json};

use crate::floor::{Floor, INSTANCE};
use crate::script::{Given, Step, steps};
use crate::stage::{Signer, path_to, route};

const HOST: &str = "chat.example.org";

const SECOND: Signer = Signer {
    id: "second",
    secret: "second",
    service: "execute-api",
    ahead: -60,
};

/// Plays a story.
pub fn check(story: &[u8]) {
    play(&Floor::new(), &mut Given::default(), story);
}

/// The same on a floor that is there, with what was given on it.
pub(crate) fn play(floor: &Floor, given: &mut Given, story: &[u8]) {
    for step in steps(story) {
        floor.pass(Duration::from_millis(10));
        match step {
            Step::Wait(seconds) => floor.pass(Duration::from_secs(seconds)),
            Step::Call {
                operation,
                flags,
                path,
                body,
            } => call(floor, given, operation, flags, path, body),
            Step::Event(operation, event) => {
                let event = given.fill(event);
                let Some(event) = of_a_gateway(&event) else {
                    continue;
                };
                if let Some(exchange) = floor.event(operation, &event) {
                    given.note(exchange.operation, &exchange.body);
                }
            }
            Step::Socket(event) => socket(floor, &given.fill(event)),
            Step::Batch(event) => batch(floor, &given.fill(event)),
        }
    }
}

/// An event with what a gateway alone writes as it writes it: it answers for other hosts by itself.
fn of_a_gateway(event: &[u8]) -> Option<String> {
    let mut event: Value = serde_json::from_slice(event).ok()?;
    for (headers, host) in [
        ("headers", json!(HOST)),
        ("multiValueHeaders", json!([HOST])),
    ] {
        if let Some(headers) = event.get_mut(headers).and_then(Value::as_object_mut) {
            let gateways = ["host", "x-forwarded-proto"];
            headers.retain(|name, _| !gateways.contains(&&*name.to_ascii_lowercase()));
            headers.insert("host".to_owned(), host);
        }
    }
    for path in ["rawPath", "path"] {
        if let Some(Value::String(path)) = event.get_mut(path) {
            path.insert(0, '/');
        }
    }
    let context = event.get_mut("requestContext")?.as_object_mut()?;
    context.insert("domainName".to_owned(), json!(HOST));
    context.insert("stage".to_owned(), json!("$default"));
    Some(event.to_string())
}

fn call(
    floor: &Floor,
    given: &mut Given,
    operation: Operation,
    flags: &str,
    path: Option<&str>,
    body: &[u8],
) {
    let has = |flag: char| flags.contains(flag);
    let (method, template) = route(operation);
    let method = match has('w') {
        true => http::Method::POST,
        false => method,
    };
    let ids = [INSTANCE, given.get(b'C').unwrap_or("jane")];
    let own = path_to(operation, &ids[..template.matches('{').count()]);
    let filled = given.fill(path.map_or(own.as_bytes(), str::as_bytes));
    let uri = String::from_utf8_lossy(&filled);
    let (path, query) = uri.split_once('?').unwrap_or((&uri, ""));
    let body = given.fill(body);
    let mut headers = vec![("host".to_owned(), HOST.to_owned())];
    let bearer = [('P', b'P'), ('T', b'T')];
    if let Some((_, letter)) = bearer.into_iter().find(|(flag, _)| has(*flag)) {
        let token = given.get(letter).unwrap_or("none");
        headers.push(("x-amz-bearer".to_owned(), token.to_owned()));
    }
    let url = format!("https://{HOST}{uri}");
    let signer = match (has('s'), has('S')) {
        (true, _) => Some(Signer::BACKEND),
        (_, true) => Some(SECOND),
        _ => None,
    };
    // No client signs what is no address.
    let signer = signer.filter(|_| url.parse::<http::Uri>().is_ok());
    if let Some(signer) = signer {
        headers.extend(signer.headers(method.as_str(), &url, &headers, &body, floor.now()));
    }
    let customer = match (has('c'), has('k')) {
        (true, _) => Some("jane"),
        (_, true) => Some("karl"),
        _ => None,
    };
    let event = match (has('1'), has('d')) {
        (true, _) => rest_api(method.as_str(), path, query, &headers, &body),
        (_, true) => {
            let path = decoded(path);
            http_api(method.as_str(), &path, query, &headers, &body, customer)
        }
        _ => http_api(method.as_str(), path, query, &headers, &body, customer),
    };
    let exchange = floor.event(operation, &event.to_string());
    let exchange = exchange.expect("an event of a gateway");
    if signer.is_some() && !lossy(&uri, has('1') || has('d')) {
        let kind = exchange.body["__type"].as_str();
        assert_ne!(kind, Some("InvalidSignatureException"), "{uri}");
    }
    let nobody = signer.is_none() && (customer.is_none() || has('1'));
    if exchange.status == 200 {
        permitted(exchange.operation, signer.is_some(), nobody, flags);
        given.note(exchange.operation, &exchange.body);
    }
}

/// Whether an address is another one to whom it is written down as text, or decoded by a gateway on its way.
fn lossy(uri: &str, decoded: bool) -> bool {
    let parsed: Option<http::Uri> = uri.parse().ok();
    let whole = parsed.as_ref().and_then(http::Uri::path_and_query);
    let as_is = whole.is_some_and(|whole| whole.as_str() == uri);
    let bytes: Vec<u8> = percent_encoding::percent_decode_str(uri).collect();
    let upper = uri.to_ascii_uppercase();
    let apart = ["%2F", "%25", "+", "/.", "//", "%2E"];
    !as_is
        || std::str::from_utf8(&bytes).is_err()
        || decoded && apart.iter().any(|each| upper.contains(each))
}

/// Who may have been answered as asked.
fn permitted(operation: Operation, signed: bool, nobody: bool, flags: &str) {
    let may = match operation {
        Operation::StartChatContact => true,
        Operation::ListCustomerChats => !nobody,
        _ if operation.is_participant() => flags.contains(['P', 'T']),
        _ => signed,
    };
    assert!(may, "{operation:?} was done for somebody unknown");
}

/// The event of an HTTP API (payload format 2.0).
fn http_api(
    method: &str,
    path: &str,
    query: &str,
    headers: &[(String, String)],
    body: &[u8],
    customer: Option<&str>,
) -> Value {
    let (body, encoded) = text_or_base64(body);
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers.iter().map(|(n, v)| (n.clone(), json!(v))).collect::<Map<_, _>>(),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": HOST,
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "fuzz"},
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "timeEpoch": 1_795_348_800_000_u64,
        },
        "body": body,
        "isBase64Encoded": encoded,
    });
    if let Some(customer) = customer {
        event["requestContext"]["authorizer"] =
            json!({"jwt": {"claims": {"sub": customer}, "scopes": null}});
    }
    event
}

/// The event of a REST API (payload format 1.0).
fn rest_api(
    method: &str,
    path: &str,
    query: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> Value {
    let (body, encoded) = text_or_base64(body);
    let mut queries: Map<String, Value> = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let values = queries.entry(decoded(name)).or_insert_with(|| json!([]));
        if let Some(values) = values.as_array_mut() {
            values.push(json!(decoded(value)));
        }
    }
    json!({
        "resource": "/{proxy+}",
        "path": decoded(path),
        "httpMethod": method,
        "headers": headers.iter().map(|(n, v)| (n.clone(), json!(v))).collect::<Map<_, _>>(),
        "multiValueHeaders": headers.iter().map(|(n, v)| (n.clone(), json!([v]))).collect::<Map<_, _>>(),
        "multiValueQueryStringParameters": queries,
        "requestContext": {
            "resourcePath": "/{proxy+}",
            "httpMethod": method,
            "path": path,
            "stage": "Prod",
            "domainName": HOST,
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {"sourceIp": "192.0.2.1"},
        },
        "body": body,
        "isBase64Encoded": encoded,
    })
}

fn decoded(text: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(text);
    decoded.decode_utf8_lossy().into_owned()
}

fn text_or_base64(body: &[u8]) -> (String, bool) {
    use base64::Engine;
    match std::str::from_utf8(body) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (base64::engine::general_purpose::STANDARD.encode(body), true),
    }
}

fn socket(floor: &Floor, event: &[u8]) {
    let Ok(request) = serde_json::from_slice::<SocketRequest>(event) else {
        return;
    };
    let Ok(call) = request.call(floor.now()) else {
        return;
    };
    let gateway = &floor.service.log.gateway;
    if !gateway.is_open(&call.connection) {
        gateway.open(&call.connection, floor.now());
    }
    gateway.hears(&call.connection, floor.now());
    let reply = floor.hear(call);
    let answer = lambda::SocketResponse::from(reply);
    let answer = serde_json::to_value(answer).expect("JSON");
    if let Some(body) = answer.get("body") {
        let body = body.as_str().expect("a text");
        let frame: Value = serde_json::from_str(body).expect("every frame is JSON");
        assert!(frame["topic"].is_string(), "{frame}");
    }
}

/// Delivers a batch to one WebSocket for each session in it, and checks what they are told.
fn batch(floor: &Floor, event: &[u8]) {
    let Ok(batch) = serde_json::from_slice::<StreamEvent>(event) else {
        return;
    };
    let log = &floor.service.log;
    let mut listeners = Vec::new();
    for change in &batch.changes {
        let Ok(Some((session, record))) = change.written() else {
            continue;
        };
        let name = format!("listener-{}", listeners.len());
        let socket = Socket {
            connection: domain::ConnectionId::new(name).expect("a name"),
            session,
            participant: record.state.participants[0].id,
            opened: floor.now(),
            opened_after: Slot::FIRST,
            chat_expires: record.state.expires,
            // Every record but the first, before which no socket opens.
            subscribed: Some(Slot::FIRST),
        };
        log.gateway.open(&socket.connection, floor.now());
        block_on(domain::Connections::put_socket(log, &socket)).expect("memory");
        listeners.push(socket);
    }
    let answer = block_on(deliver::handle(log, batch));
    assert_eq!(answer.failures().count(), 0, "memory never fails");
    for listener in listeners {
        for domain::Frame(text) in log.gateway.take(&listener.connection) {
            crate::frames::told(&text);
        }
    }
}
