//! Where the local service keeps its sessions: in the embedded engine, or in a DynamoDB elsewhere.

use std::fs;
use std::io;
use std::path::PathBuf;

use aws_config::{BehaviorVersion, SdkConfig};
use dynamodb::{DynamoDbConnections, DynamoDbLog};
use engine::{Changes, Engine, EngineError, TableError};

use crate::arguments::Arguments;
use crate::keys::Keys;

/// The name of the table.
pub const TABLE: &str = "chat";
/// The name of the table of open WebSockets.
pub(crate) const CONNECTIONS_TABLE: &str = "connections";
/// The instance and the flow of a chat widget's start that names none.
pub(crate) const INSTANCE: &str = "local";

/// A store that is ready.
#[derive(Debug)]
pub struct Store {
    /// The SDK's configuration for it.
    pub config: SdkConfig,
    /// Where the data is, in words.
    pub place: String,
    engine: Option<Engine>,
}

/// What WebSockets need: the table of them, and what is written in the table of the logs.
#[derive(Debug)]
pub struct Line {
    pub(crate) connections: DynamoDbConnections,
    pub(crate) changes: Changes,
}

/// Why there is no store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder of the data cannot be made, or the keys cannot be read.
    #[error("cannot use the folder of the data: {0}")]
    Folder(#[from] io::Error),
    /// The engine did not start.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The table is not there and cannot be made.
    #[error("the table cannot be had: {0}")]
    Table(#[from] TableError),
}

impl Store {
    /// Opens the store that the arguments name, with the service's tables in it.
    ///
    /// # Errors
    /// When the data cannot be had.
    pub async fn open(arguments: &Arguments) -> Result<Self, StoreError> {
        let store = match (&arguments.dynamodb_endpoint, &arguments.data) {
            (Some(url), _) => Self::elsewhere(url).await,
            (None, Some(file)) => {
                if let Some(folder) = file.parent() {
                    fs::create_dir_all(folder)?;
                }
                Self::embedded(Engine::file(file)?, file.display().to_string())
            }
            (None, None) => Self::embedded(Engine::memory()?, "memory".to_owned()),
        };
        let client = dynamodb::client(&store.config);
        engine::create_table(&client, TABLE).await?;
        engine::create_connections_table(&client, CONNECTIONS_TABLE).await?;
        Ok(store)
    }

    fn embedded(engine: Engine, place: String) -> Self {
        Self {
            config: engine.sdk_config(),
            place,
            engine: Some(engine),
        }
    }

    /// A DynamoDB with the credentials of the environment, if there are any: engines take whatever they get.
    async fn elsewhere(url: &str) -> Self {
        let has = |name| std::env::var_os(name).is_some();
        let config = if has("AWS_ACCESS_KEY_ID") || has("AWS_PROFILE") {
            let loader = aws_config::defaults(BehaviorVersion::latest());
            loader.endpoint_url(url).load().await
        } else {
            engine::sdk_config(url)
        };
        Self {
            config,
            place: url.to_owned(),
            engine: None,
        }
    }

    /// The log in this store.
    pub fn log(&self) -> DynamoDbLog {
        DynamoDbLog::from_config(&self.config, TABLE)
    }

    /// What WebSockets need, where the engine is embedded: no other one's stream is read here.
    ///
    /// # Errors
    /// When the engine has no stream.
    pub fn line(&self) -> Result<Option<Line>, StoreError> {
        let Some(engine) = &self.engine else {
            return Ok(None);
        };
        Ok(Some(Line {
            connections: DynamoDbConnections::from_config(&self.config, CONNECTIONS_TABLE),
            changes: engine.changes(TABLE)?,
        }))
    }

    /// The embedded engine.
    pub(crate) fn engine(&self) -> Option<&Engine> {
        self.engine.as_ref()
    }

    /// The keys that go with the data.
    ///
    /// # Errors
    /// When they cannot be read or made.
    pub fn keys(&self, arguments: &Arguments) -> Result<Keys, StoreError> {
        let file = match (&arguments.dynamodb_endpoint, &arguments.data) {
            (None, data) => data.clone(),
            // Data elsewhere has its keys here, so that its chats go on after a restart.
            (Some(_), _) => Some(PathBuf::from(".local/elsewhere")),
        };
        let Some(file) = file else {
            return Ok(Keys::generate()?);
        };
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(Keys::beside(&file)?)
    }

    /// Closes the store: every acknowledged write is in it.
    ///
    /// # Errors
    /// When the engine had failed.
    pub async fn close(self) -> Result<(), StoreError> {
        match self.engine {
            Some(engine) => Ok(engine.stop().await?),
            None => Ok(()),
        }
    }
}
