//! The gateway's two calls.

use aws_config::SdkConfig;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use domain::{ConnectionId, Frame, Post, PostError, Posted};

use crate::client::client;
use crate::failure::failure;

/// The WebSocket connections of one stage of an API. Clones share the connections to it.
#[derive(Debug, Clone)]
pub struct ApiGateway(Client);

impl ApiGateway {
    /// The gateway that takes posts at `url`: `https://API.execute-api.REGION.amazonaws.com/STAGE`.
    pub fn from_config(config: &SdkConfig, url: &str) -> Self {
        Self(client(config, url))
    }
}

impl Post for ApiGateway {
    async fn post(&self, connection: &ConnectionId, frame: &Frame) -> Result<Posted, PostError> {
        let posted = self
            .0
            .post_to_connection()
            .connection_id(connection.as_str())
            .data(Blob::new(frame.0.as_bytes()))
            .send()
            .await;
        match posted {
            Ok(_) => Ok(Posted::Delivered),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|it| it.is_gone_exception()) =>
            {
                Ok(Posted::Gone)
            }
            Err(error) => Err(failure(&error)),
        }
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PostError> {
        let closed = self
            .0
            .delete_connection()
            .connection_id(connection.as_str())
            .send()
            .await;
        match closed {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|it| it.is_gone_exception()) =>
            {
                Ok(())
            }
            Err(error) => Err(failure(&error)),
        }
    }
}
