//! What API Gateway holds open: frames posted to WebSocket connections, and connections closed.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html>

mod client;
mod failure;
mod post;

pub use client::{ATTEMPT_TIMEOUT, ATTEMPTS, OPERATION_TIMEOUT};
pub use post::ApiGateway;
