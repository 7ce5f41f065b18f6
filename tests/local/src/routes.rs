//! The routes of the service: which function answers which method and path.

use std::future::Future;

use api::{Call, Operation, Problem, Reply, Service};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{MethodRouter, any, get, post, put};
use domain::{Connections, CustomerIndex, Log, Pause, SideLog};
use lambda::{Environment, EnvironmentError, Explanation};

use crate::bodies::{self, Unread};
use crate::cors::cors;
use crate::door::{Door, Said, explain, from_here};
use crate::keys::Keys;
use crate::page::page;
use crate::rest;
use crate::server::Local;
use crate::socket;
use crate::store::{INSTANCE, TABLE};

/// The flow to which chats are transferred at a disconnect, as in `tests/lambda.env`.
const DISCONNECT_FLOW: &str = "survey";

/// The service as it is set up locally. The environment's variables are as good here as in a function.
///
/// # Errors
/// When the environment sets one of them wrongly.
pub fn service<L>(log: L, keys: &Keys) -> Result<Service<L>, EnvironmentError> {
    let environment = Environment::from(|name| {
        let here = match name {
            "TABLE_NAME" => return Some(TABLE.to_owned()),
            "SIGNING_KEYS" => return Some(keys.signing.clone()),
            "SESSION_ID_KEY" => return Some(keys.session_ids.clone()),
            "ACCESS_KEYS" => Some("local:local".to_owned()),
            "ANONYMOUS_START" => Some("true".to_owned()),
            // Where the environment says which instances exist, it also says which is the default.
            "DEFAULT_INSTANCE_ID" if std::env::var_os("INSTANCE_IDS").is_some() => None,
            "DEFAULT_INSTANCE_ID" | "DEFAULT_CONTACT_FLOW_ID" => Some(INSTANCE.to_owned()),
            "DISCONNECT_CONTACT_FLOW_ID" => Some(DISCONNECT_FLOW.to_owned()),
            _ => None,
        };
        std::env::var(name).ok().or(here)
    })?;
    Ok(environment.service(log))
}

/// Every route of the service, with CORS.
pub(crate) fn routes<L, C>(service: &'static Local<L, C>, door: Door) -> Router
where
    L: Log + SideLog + CustomerIndex + 'static,
    C: Connections + 'static,
{
    use Operation as O;
    let start = |request| answer(service, O::StartChatContact, request, start_chat::handle);
    let router = Router::new()
        .route("/contact/chat", put(start).post(start))
        .route(
            "/contact/stop",
            at(service, O::StopContact, end_chat::handle),
        )
        .route(
            "/contact/transfer",
            at(service, O::TransferContact, transfer_contact::handle),
        )
        .route(
            "/contact/create-participant",
            at(service, O::CreateParticipant, create_participant::handle),
        )
        .route(
            "/contact/attributes",
            at(
                service,
                O::UpdateContactAttributes,
                contact_attributes::handle,
            ),
        )
        .route(
            "/participant/connection",
            at(
                service,
                O::CreateParticipantConnection,
                create_participant_connection::handle,
            ),
        )
        .route(
            "/participant/transcript",
            at(service, O::GetTranscript, get_transcript::handle),
        )
        .route(
            "/participant/message",
            at(service, O::SendMessage, send_message::handle),
        )
        .route(
            "/participant/event",
            at(service, O::SendEvent, send_event::handle),
        )
        .route(
            "/participant/disconnect",
            at(
                service,
                O::DisconnectParticipant,
                disconnect_participant::handle,
            ),
        );
    with_instances(router, service)
        .layer(map_response(move |response: Response| {
            // Whatever was answered may have written something.
            service.log.gateway.written();
            std::future::ready(response)
        }))
        .route(
            "/websocket",
            get(move |uri, upgrade| socket::open(service, uri, upgrade)).head(not_found),
        )
        .merge(page())
        .fallback(any(not_found))
        .method_not_allowed_fallback(not_found)
        .layer(cors(door.clone()))
        .layer(from_fn_with_state(door, from_here))
        .layer(from_fn(rest::read_to_the_end))
}

/// Adds the routes that name an instance: by its id or by its ARN, whose slash, where it comes
/// decoded, makes one segment more.
fn with_instances<L>(router: Router, service: &'static Service<L>) -> Router
where
    L: Log + SideLog + CustomerIndex + Pause + 'static,
{
    use Operation as O;
    let routes = [
        (
            "/contacts",
            "{contact}",
            reads(service, O::DescribeContact, describe_contact::handle),
        ),
        (
            "/contacts",
            "{contact}/transcript",
            reads(service, O::ExportTranscript, export_transcript::handle),
        ),
        (
            "/contact/attributes",
            "{contact}",
            reads(service, O::GetContactAttributes, contact_attributes::handle),
        ),
        (
            "/contact/persistent-contact-association",
            "{contact}",
            at(
                service,
                O::CreatePersistentContactAssociation,
                create_persistent_contact_association::handle,
            ),
        ),
        (
            "/customers",
            "{customer}/chats",
            reads(service, O::ListCustomerChats, list_customer_chats::handle),
        ),
    ];
    routes
        .into_iter()
        .fold(router, |router, (of, then, route)| {
            router
                .route(&format!("{of}/{{instance}}/{then}"), route.clone())
                .route(&format!("{of}/{{arn}}/{{instance}}/{then}"), route)
        })
}

/// A route of the method POST.
fn at<L, H, F>(service: &'static Service<L>, operation: Operation, handle: H) -> MethodRouter
where
    L: Log + 'static,
    H: Fn(&'static Service<L>, Call) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    post(move |request| answer(service, operation, request, handle.clone()))
}

/// A route of the method GET, and not of HEAD, which the gateway has no route for either.
fn reads<L, H, F>(service: &'static Service<L>, operation: Operation, handle: H) -> MethodRouter
where
    L: Log + 'static,
    H: Fn(&'static Service<L>, Call) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    get(move |request| answer(service, operation, request, handle.clone())).head(not_found)
}

/// Calls a handler as Lambda would, answers as API Gateway would, and says why where the answer does not.
async fn answer<L, H, F>(
    service: &'static Service<L>,
    operation: Operation,
    request: Request,
    handle: H,
) -> Response
where
    L: Log + 'static,
    H: Fn(&'static Service<L>, Call) -> F,
    F: Future<Output = Reply>,
{
    let Ok((now, entropy)) = lambda::now_and_entropy() else {
        let message = r#"{"message":"Internal Server Error"}"#;
        return plain(StatusCode::INTERNAL_SERVER_ERROR, message);
    };
    let (parts, body) = request.into_parts();
    let read = bodies::read(&parts.headers, body).await;
    let mut call = Call {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: Vec::new(),
        claims: None,
        request_id: entropy.request_id(),
        now,
        entropy,
    };
    let explanation = Explanation::default();
    let reply = match read {
        Ok(mut read) => {
            call.body = std::mem::take(&mut read.bytes);
            explanation.hold(handle(service, call)).await
        }
        // As the function itself says it once it knows the caller, for which it would need the body.
        Err(Unread::TooLarge) => {
            let refusal = std::future::ready(Err(Problem::body_too_large()));
            let refused = lambda::answer(operation, &call, refusal);
            explanation.hold(refused).await
        }
        Err(unread) => return no_body(unread),
    };
    let mut response = response(reply);
    response.extensions_mut().insert(Said::InTheLog);
    if let Some(reason) = explanation.reason() {
        explain(&mut response, &reason);
    }
    response
}

/// The answer where there is no body to hand to a function.
fn no_body(unread: Unread) -> Response {
    let (status, message, reason) = match unread {
        Unread::TooLarge | Unread::TooLargeForTheGateway => (
            StatusCode::PAYLOAD_TOO_LARGE,
            r#"{"message":"Request Entity Too Large"}"#,
            "the body is larger than API Gateway takes",
        ),
        Unread::Late => (
            StatusCode::REQUEST_TIMEOUT,
            r#"{"message":"Request Timeout"}"#,
            "the body did not come in time",
        ),
        Unread::Broken => (
            StatusCode::BAD_REQUEST,
            r#"{"message":"Bad Request"}"#,
            "the body cannot be read: it ends too early, or its chunks are not as HTTP has them",
        ),
    };
    let mut response = plain(status, message);
    response.extensions_mut().insert(Said::Because(reason));
    response
}

fn response(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    if let Ok(status) = StatusCode::from_u16(reply.status) {
        *response.status_mut() = status;
    }
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// What leads to no operation of this service. (Behind API Gateway such a call meets no function: it answers 404 itself.)
async fn not_found(method: Method, uri: Uri) -> Response {
    let Ok((_, entropy)) = lambda::now_and_entropy() else {
        let message = r#"{"message":"Internal Server Error"}"#;
        return plain(StatusCode::INTERNAL_SERVER_ERROR, message);
    };
    response(api::unsupported(&method, uri.path(), &entropy.request_id()))
}

/// An answer in the gateway's own words.
pub(crate) fn plain(status: StatusCode, message: impl Into<Body>) -> Response {
    let mut response = Response::new(message.into());
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert("content-type", json);
    response
}
