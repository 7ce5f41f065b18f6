//! Events of API Gateway, as Lambda hands them to a function.

use std::collections::BTreeMap;

use api::Operation;
use serde_json::{Value, json};

use super::route;

/// An HTTP API's event (payload format 2.0).
pub(crate) fn http_api(operation: Operation, headers: &[(&str, &str)], body: &str) -> Value {
    let (method, path) = route(operation);
    let headers: BTreeMap<&str, &str> = headers.iter().copied().collect();
    json!({
        "version": "2.0",
        "routeKey": format!("{method} {path}"),
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "chat.example.org",
            "http": {"method": method.as_str(), "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test"},
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": format!("{method} {path}"),
            "stage": "$default",
            "time": "22/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1_795_348_800_000_u64,
        },
        "body": body,
        "isBase64Encoded": false,
    })
}

/// A REST API's event (payload format 1.0), which a client has sent to `sent_path`.
pub(crate) fn rest_api(
    operation: Operation,
    sent_path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Value {
    let (method, path) = route(operation);
    let single: BTreeMap<&str, &str> = headers.iter().copied().collect();
    let multiple: BTreeMap<&str, [&str; 1]> = headers.iter().map(|(n, v)| (*n, [*v])).collect();
    json!({
        "resource": path,
        "path": path,
        "httpMethod": method.as_str(),
        "headers": single,
        "multiValueHeaders": multiple,
        "queryStringParameters": null,
        "multiValueQueryStringParameters": null,
        "pathParameters": null,
        "stageVariables": null,
        "requestContext": {
            "resourceId": "abc123",
            "resourcePath": path,
            "httpMethod": method.as_str(),
            "path": sent_path,
            "accountId": "123456789012",
            "protocol": "HTTP/1.1",
            "stage": "Prod",
            "domainName": "chat.example.org",
            "requestTimeEpoch": 1_795_348_800_000_u64,
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "test"},
            "apiId": "a1b2c3d4e5",
        },
        "body": body,
        "isBase64Encoded": false,
    })
}
