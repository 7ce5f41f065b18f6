//! The table of open WebSockets: each as two items, one to be listed with its session's, one to be found by itself.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use domain::{ConnectionId, Connections, LogError, SessionKey, Slot, Socket};
use futures_util::future::try_join;

use crate::attribute::{Item, text};
use crate::client;
use crate::failure::call_failure;
use crate::keys::connections as keys;
use crate::socket_item::{decode, encode};

/// Open WebSockets in one DynamoDB table. Clones share the connections to it.
///
/// Unlike logs, what stands here changes and goes. Nothing rests on it but who is told something at once.
#[derive(Debug, Clone)]
pub struct DynamoDbConnections {
    pub(crate) client: Client,
    pub(crate) table: String,
}

impl DynamoDbConnections {
    /// The sockets in `table`, by a client that the caller has set up.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        let table = table.into();
        Self { client, table }
    }

    /// The sockets in `table`, by the client of [`client()`](crate::client()) for a configuration that the caller
    /// has loaded.
    pub fn from_config(config: &SdkConfig, table: impl Into<String>) -> Self {
        Self::new(client::client(config), table)
    }

    fn put(&self, item: Item) -> PutItemFluentBuilder {
        let put = self.client.put_item();
        put.table_name(&self.table).set_item(Some(item))
    }

    async fn delete(&self, found_by: String, connection: &ConnectionId) -> Result<(), LogError> {
        let connection = connection.as_str().to_owned();
        let deleted = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key(keys::FOUND_BY, AttributeValue::S(found_by))
            .key(keys::CONNECTION, AttributeValue::S(connection))
            .send()
            .await;
        deleted
            .map(|_| ())
            .map_err(|error| call_failure("DeleteItem", &error))
    }
}

fn marked(socket: &Socket, after: Slot) -> Socket {
    Socket {
        subscribed: Some(after),
        ..socket.clone()
    }
}

impl Connections for DynamoDbConnections {
    async fn sockets_of(&self, session: &SessionKey) -> Result<Vec<Socket>, LogError> {
        let found_by = AttributeValue::S(keys::by_session(session));
        let mut sockets = Vec::new();
        let mut after = None;
        loop {
            let found = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression(keys::ALL_OF_PARTITION)
                .expression_attribute_names(keys::FOUND_BY_NAME, keys::FOUND_BY)
                .expression_attribute_values(keys::FOUND_BY_VALUE, found_by.clone())
                .consistent_read(true)
                .set_exclusive_start_key(after)
                .send()
                .await
                .map_err(|error| call_failure("Query", &error))?;
            // What cannot be read, such as another version's, is nobody's: it must not keep the others from being told.
            sockets.extend(found.items().iter().filter_map(|item| decode(item).ok()));
            // More than a megabyte of them is more than anybody has; but they are all read.
            match found.last_evaluated_key.filter(|key| !key.is_empty()) {
                None => return Ok(sockets),
                more => after = more,
            }
        }
    }

    async fn socket(&self, connection: &ConnectionId) -> Result<Option<Socket>, LogError> {
        let key = [
            text(keys::FOUND_BY, keys::by_connection(connection)),
            text(keys::CONNECTION, connection.as_str().to_owned()),
        ];
        let found = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(Item::from(key)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| call_failure("GetItem", &error))?;
        Ok(found.item().and_then(|item| decode(item).ok()))
    }

    async fn put_socket(&self, socket: &Socket) -> Result<(), LogError> {
        let by_session = encode(socket, keys::by_session(&socket.session));
        let by_connection = encode(socket, keys::by_connection(&socket.connection));
        let (one, other) = (self.put(by_session), self.put(by_connection));
        try_join(one.send(), other.send())
            .await
            .map(|_| ())
            .map_err(|error| call_failure("PutItem", &error))
    }

    async fn mark_subscribed(&self, socket: &Socket, after: Slot) -> Result<bool, LogError> {
        let item = encode(&marked(socket, after), keys::by_session(&socket.session));
        let put = self
            .put(item)
            .condition_expression(keys::IS_UNMARKED)
            .expression_attribute_names(keys::FOUND_BY_NAME, keys::FOUND_BY)
            .expression_attribute_names(keys::SUBSCRIBED_AFTER_NAME, keys::SUBSCRIBED_AFTER)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match put {
            Ok(_) => Ok(true),
            // What is there has a mark already.
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(failed.item().is_some_and(|item| !item.is_empty()))
                }
                _ => Err(call_failure("PutItem", &error)),
            },
        }
    }

    async fn mark_caught_up(&self, socket: &Socket, after: Slot) -> Result<bool, LogError> {
        let item = encode(
            &marked(socket, after),
            keys::by_connection(&socket.connection),
        );
        let put = self
            .put(item)
            .condition_expression(keys::IS_THERE)
            .expression_attribute_names(keys::FOUND_BY_NAME, keys::FOUND_BY)
            .send()
            .await;
        match put {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(false),
            Err(error) => Err(call_failure("PutItem", &error)),
        }
    }

    async fn forget(&self, socket: &Socket) -> Result<(), LogError> {
        let connection = &socket.connection;
        let by_session = self.delete(keys::by_session(&socket.session), connection);
        let by_connection = self.delete(keys::by_connection(connection), connection);
        try_join(by_session, by_connection).await.map(|_| ())
    }
}
