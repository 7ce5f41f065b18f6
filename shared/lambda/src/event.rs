//! Lambda's HTTP events as calls, and replies as Lambda's responses.

use std::time::SystemTime;

use api::{Call, Claims, Entropy, Reply};
use domain::Timestamp;
use lambda_http::http::StatusCode;
use lambda_http::request::{LambdaRequest, RequestContext};
use lambda_http::{Body, Error, Request, RequestExt, Response};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What a client may send in a query, and an HTTP API hands on, though no address has it.
const NEVER_IN_A_QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');

/// The moment and the randomness with which a call is answered.
///
/// # Errors
/// When the system has no randomness to give.
pub fn now_and_entropy() -> Result<(Timestamp, Entropy), Error> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let mut bytes = [0; 48];
    getrandom::fill(&mut bytes)?;
    let now = Timestamp::from_millis(u64::try_from(since.as_millis())?);
    Ok((now, Entropy::new(bytes)))
}

/// An event that the library can make a request of: it makes an address first, of which it panics at characters that no
/// address has, and takes what a gateway has decoded in a path for the beginning of the query. What is encoded here is
/// decoded wherever a path or a query is read, and the signature of the call is the same.
pub fn readable(mut event: LambdaRequest) -> LambdaRequest {
    let path = match &mut event {
        LambdaRequest::ApiGatewayV1(rest_api) => &mut rest_api.path,
        LambdaRequest::ApiGatewayV2(http_api) => {
            if let Some(query) = &mut http_api.raw_query_string {
                *query = utf8_percent_encode(query, NEVER_IN_A_QUERY).to_string();
            }
            &mut http_api.raw_path
        }
        _ => return event,
    };
    if let Some(path) = path {
        *path = path.replace('?', "%3F").replace('#', "%23");
    }
    event
}

/// An event as a call.
pub fn call_of(request: Request, now: Timestamp, entropy: Entropy) -> Call {
    let claims = verified_claims(&request);
    let request_id = request_id(&request, &entropy);
    let path = signed_path(&request);
    let (parts, body) = request.into_parts();
    Call {
        method: parts.method,
        path,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: match body {
            Body::Empty => Vec::new(),
            Body::Text(text) => text.into_bytes(),
            Body::Binary(bytes) => bytes,
            // The type may grow; what cannot be read is no body.
            _ => Vec::new(),
        },
        claims,
        request_id,
        now,
        entropy,
    }
}

/// The path that the client has signed: as it sent it, with the stage or whatever a domain's mapping puts in
/// front. A REST API's event has that in its context alone.
fn signed_path(request: &Request) -> String {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV1(context)) => {
            let sent = context.path.as_deref();
            sent.unwrap_or(request.uri().path()).to_owned()
        }
        _ => request.raw_http_path().to_owned(),
    }
}

/// The claims of a token that API Gateway's own JWT authorizer has verified. They are taken from the event's
/// context, which only the gateway writes, and from nowhere else.
fn verified_claims(request: &Request) -> Option<Claims> {
    let RequestContext::ApiGatewayV2(context) = request.request_context_ref()? else {
        return None;
    };
    let jwt = context.authorizer.as_ref()?.jwt.as_ref()?;
    Some(Claims(jwt.claims.clone().into_iter().collect()))
}

fn request_id(request: &Request, entropy: &Entropy) -> String {
    let gateway = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV1(context)) => context.request_id.clone(),
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
        _ => None,
    };
    gateway
        .or_else(|| Some(request.lambda_context_ref()?.request_id.clone()))
        .filter(|id| !id.is_empty())
        .unwrap_or_else(|| entropy.request_id())
}

/// A reply as Lambda's response.
///
/// # Errors
/// When a header cannot stand in a response; none of ours is of that kind.
pub fn response_of(reply: Reply) -> Result<Response<Body>, Error> {
    let mut response = Response::builder().status(StatusCode::from_u16(reply.status)?);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    // Every body is JSON, and so text: as such it needs no base64 on its way through the gateway.
    Ok(response.body(Body::Text(String::from_utf8(reply.body)?))?)
}

#[cfg(test)]
mod tests;
