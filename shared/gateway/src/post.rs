//! The gateway's three calls.

use std::time::Instant;

use aws_config::SdkConfig;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::error::SdkError;
use aws_sdk_apigatewaymanagement::operation::delete_connection::DeleteConnectionError;
use aws_sdk_apigatewaymanagement::operation::get_connection::GetConnectionError;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use domain::{ConnectionId, Effort, Frame, Heard, Post, PostError, Posted, Timestamp};

use crate::client::{PATIENCE, client, once};
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
    async fn post(
        &self,
        connection: &ConnectionId,
        frames: &[&Frame],
        effort: Effort,
    ) -> Result<Posted, PostError> {
        let began = Instant::now();
        for frame in frames {
            if began.elapsed() > PATIENCE {
                return Err(PostError("it takes too long".to_owned()));
            }
            let post = self
                .0
                .post_to_connection()
                .connection_id(connection.as_str())
                .data(Blob::new(frame.0.as_bytes()));
            let posted = match effort {
                Effort::Full => post.send().await,
                Effort::Once => post.customize().config_override(once()).send().await,
            };
            match posted {
                Ok(_) => {}
                Err(error) if is_gone(&error, PostToConnectionError::is_gone_exception) => {
                    return Ok(Posted::Gone);
                }
                Err(error) => return Err(failure(&error)),
            }
        }
        Ok(Posted::Delivered)
    }

    async fn heard(&self, connection: &ConnectionId) -> Result<Heard, PostError> {
        let get = self.0.get_connection().connection_id(connection.as_str());
        match get.send().await {
            Ok(found) => {
                let heard = found.last_active_at().or(found.connected_at());
                let heard = heard.and_then(|at| u64::try_from(at.to_millis().ok()?).ok());
                let unknown = || PostError("it says not when".to_owned());
                heard
                    .map(|at| Heard::At(Timestamp::from_millis(at)))
                    .ok_or_else(unknown)
            }
            Err(error) if is_gone(&error, GetConnectionError::is_gone_exception) => Ok(Heard::Gone),
            Err(error) => Err(failure(&error)),
        }
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PostError> {
        let delete = self.0.delete_connection();
        match delete.connection_id(connection.as_str()).send().await {
            Ok(_) => Ok(()),
            Err(error) if is_gone(&error, DeleteConnectionError::is_gone_exception) => Ok(()),
            Err(error) => Err(failure(&error)),
        }
    }
}

/// Whether the gateway says that there is no such connection.
fn is_gone<E, R>(error: &SdkError<E, R>, gone: impl Fn(&E) -> bool) -> bool {
    error.as_service_error().is_some_and(gone)
}
