//! The database under a story: an engine of its own, or the DynamoDB that the environment names.

use std::collections::HashMap;
use std::sync::OnceLock;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{ContactId, InstanceId, SessionKey};
use dynamodb::keys;
use engine::{AccessKey, Door, Engine};
use serde_json::Value;
use tokio::sync::OnceCell;

type Item = HashMap<String, AttributeValue>;

/// A DynamoDB with the service's table in it.
pub(crate) struct Database {
    pub(crate) config: SdkConfig,
    pub(crate) table: String,
    client: Client,
    place: Place,
}

/// Where it is.
enum Place {
    /// At this address.
    At(String),
    /// In this process, with a port where a story wants a network before it.
    Here(Engine, OnceLock<Door>),
}

impl Database {
    pub(crate) async fn open() -> Self {
        let named = |name| std::env::var(name).ok();
        match (named("STORIES_DYNAMODB_ENDPOINT"), named("STORIES_TABLE")) {
            (Some(url), Some(table)) => Self::with(Place::At(url), table),
            (Some(url), None) => Self::shared(url).await,
            (None, _) => {
                let here = Place::Here(Engine::memory().unwrap(), OnceLock::new());
                Self::with_table(here, "stories".to_owned()).await
            }
        }
    }

    /// One table for the whole run: stories keep apart by their instances.
    async fn shared(url: String) -> Self {
        static TABLE: OnceCell<String> = OnceCell::const_new();
        let table = TABLE
            .get_or_init(|| async {
                let name = format!("stories-{}", crate::service::unique());
                Self::with_table(Place::At(url.clone()), name).await.table
            })
            .await;
        Self::with(Place::At(url), table.clone())
    }

    async fn with_table(place: Place, table: String) -> Self {
        let database = Self::with(place, table);
        let created = engine::create_table(&database.client, &database.table);
        created.await.unwrap();
        database
    }

    fn with(place: Place, table: String) -> Self {
        let config = match &place {
            Place::At(url) => engine::sdk_config(url),
            Place::Here(engine, _) => engine.sdk_config(),
        };
        Self {
            client: dynamodb::client(&config),
            config,
            table,
            place,
        }
    }

    /// Its address, which is made here where it has none.
    pub(crate) fn url(&self) -> String {
        match &self.place {
            Place::At(url) => url.clone(),
            Place::Here(engine, door) => {
                let key = AccessKey::parse("local:local").unwrap();
                door.get_or_init(|| engine.listen(None, &key).unwrap())
                    .url()
            }
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
