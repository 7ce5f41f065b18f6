//! The database under a story: an engine of its own, or the DynamoDB that the environment names.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{ContactId, InstanceId, SessionKey};
use dynamodb::keys;
use engine::Engine;
use serde_json::Value;
use tokio::sync::OnceCell;

type Item = HashMap<String, AttributeValue>;

/// A DynamoDB with the service's table in it.
pub(crate) struct Database {
    pub(crate) url: String,
    pub(crate) table: String,
    client: Client,
    /// Stops when the story is over.
    _engine: Option<Engine>,
}

impl Database {
    pub(crate) async fn open() -> Self {
        match std::env::var("STORIES_DYNAMODB_ENDPOINT") {
            Ok(url) => Self::shared(url).await,
            Err(_) => {
                let engine = Engine::memory(None).unwrap();
                Self::with_table(engine.url(), "stories".to_owned(), Some(engine)).await
            }
        }
    }

    /// One table for the whole run: stories keep apart by their instances.
    async fn shared(url: String) -> Self {
        static TABLE: OnceCell<String> = OnceCell::const_new();
        let table = TABLE
            .get_or_init(|| async {
                let name = format!("stories-{}", crate::service::unique());
                Self::with_table(url.clone(), name, None).await.table
            })
            .await;
        let client = dynamodb::client(&engine::sdk_config(&url));
        Self {
            url,
            table: table.clone(),
            client,
            _engine: None,
        }
    }

    async fn with_table(url: String, table: String, engine: Option<Engine>) -> Self {
        let client = dynamodb::client(&engine::sdk_config(&url));
        engine::create_table(&client, &table).await.unwrap();
        Self {
            url,
            table,
            client,
            _engine: engine,
        }
    }

    /// The records of a contact's session as they are stored, in the order of their slots.
    pub(crate) async fn records(&self, instance: &str, contact: &str) -> Vec<Value> {
        let key = SessionKey {
            instance: InstanceId::new(instance).unwrap(),
            session: ContactId::parse(contact).unwrap().session(),
        };
        let items = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("#session = :session")
            .expression_attribute_names("#session", keys::SESSION)
            .expression_attribute_values(":session", AttributeValue::S(keys::partition(&key)))
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await
            .unwrap();
        let record = |item: &Item| serde_json::from_str(item[keys::RECORD].as_s().unwrap());
        items.iter().map(|item| record(item).unwrap()).collect()
    }

    /// How many sessions the instance has, by a scan of the whole table.
    pub(crate) async fn sessions(&self, instance: &str) -> usize {
        self.client
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .filter_expression("begins_with(#session, :instance) AND #slot = :first")
            .expression_attribute_names("#session", keys::SESSION)
            .expression_attribute_names("#slot", keys::SLOT)
            .expression_attribute_values(":instance", AttributeValue::S(format!("{instance}/")))
            .expression_attribute_values(":first", AttributeValue::N("0".to_owned()))
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await
            .unwrap()
            .len()
    }
}
