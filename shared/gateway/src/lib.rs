//! What API Gateway holds open: frames posted to WebSocket connections, when their clients were last heard, and connections closed.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html>

mod client;
mod failure;
mod post;

pub use client::{ATTEMPT_TIMEOUT, ATTEMPTS, OPERATION_TIMEOUT, PATIENCE, QUICK};
pub use post::ApiGateway;
