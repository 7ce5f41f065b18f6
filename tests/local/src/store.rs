//! Where the local service keeps its sessions: in the embedded engine, or in a DynamoDB elsewhere.

mod elsewhere;
mod error;
mod file;

use std::path::PathBuf;

use aws_config::SdkConfig;
use dynamodb::{DynamoDbConnections, DynamoDbLog};
use engine::{AccessKey, Changes, DataFile, Door, Engine};

pub use error::StoreError;
pub(crate) use error::plainly;

use crate::arguments::Arguments;
use crate::keys::{Kept, Keys};

/// The name of the table.
pub const TABLE: &str = "chat";
/// The name of the table of open WebSockets.
pub(crate) const CONNECTIONS_TABLE: &str = "connections";
/// The instance and the flow of a chat widget's start that names none.
pub(crate) const INSTANCE: &str = "local";
/// Data elsewhere has its keys here, so that its chats go on after a restart.
const ELSEWHERE: &str = ".local/elsewhere";

/// A store that is ready.
#[derive(Debug)]
pub struct Store {
    /// The SDK's configuration for it.
    pub config: SdkConfig,
    /// Where the data is, in words.
    pub place: String,
    /// What was not there before this start, in words.
    pub(crate) made: Vec<String>,
    engine: Option<Engine>,
}

/// What WebSockets need: the table of them, and what is written in the table of the logs.
#[derive(Debug)]
pub struct Line {
    pub(crate) connections: DynamoDbConnections,
    pub(crate) changes: Changes,
}

impl Store {
    /// Opens the store that the arguments name, with the service's tables in it.
    ///
    /// # Errors
    /// When the data cannot be had.
    pub async fn open(arguments: &Arguments) -> Result<Self, StoreError> {
        Self::over(arguments, taken(arguments)?).await
    }

    /// The same, over the data file that the arguments name, if they name one.
    async fn over(arguments: &Arguments, file: Option<Taken>) -> Result<Self, StoreError> {
        let store = match (&arguments.dynamodb_endpoint, file) {
            (Some(url), _) => {
                let config = elsewhere::config(url).await?;
                Self::new(config, url.clone(), None)
            }
            (None, Some(taken)) => {
                let engine = Engine::over(taken.file).map_err(StoreError::of_engine)?;
                let mut store = Self::embedded(engine, taken.path.display().to_string());
                if !taken.holds_data {
                    store.made.push(format!("New data file: {}", store.place));
                }
                store
            }
            (None, None) => {
                let engine = Engine::memory().map_err(StoreError::of_engine)?;
                Self::embedded(engine, "memory".to_owned())
            }
        };
        let client = dynamodb::client(&store.config);
        let no_table = |error| StoreError::of_table(error, &store.place);
        engine::create_table(&client, TABLE)
            .await
            .map_err(no_table)?;
        engine::create_connections_table(&client, CONNECTIONS_TABLE)
            .await
            .map_err(no_table)?;
        Ok(store)
    }

    /// The same with the keys that go with the data.
    ///
    /// The data file is taken first, so that of two servers that start at once only one makes keys. They are made before
    /// anything is written there: a start that is cut short leaves keys without data, never data without its keys.
    ///
    /// # Errors
    /// When the data cannot be had, or it has lost its keys and the arguments ask for no new ones.
    pub async fn with_keys(arguments: &Arguments) -> Result<(Self, Keys), StoreError> {
        let file = taken(arguments)?;
        let (data, holds_data) = match (&arguments.dynamodb_endpoint, &file) {
            (Some(url), _) => (PathBuf::from(ELSEWHERE), elsewhere::holds_data(url).await?),
            (None, Some(taken)) => (taken.path.clone(), taken.holds_data),
            (None, None) => return Ok((Self::over(arguments, None).await?, Keys::generate()?)),
        };
        file::make_folder(&data)?;
        let kept = Kept::beside(&data);
        let (keys, made) = if arguments.new_keys {
            kept.renew()?
        } else {
            match kept.read()? {
                Some(keys) => (keys, None),
                None if holds_data => {
                    let elsewhere = arguments.dynamodb_endpoint.clone();
                    return Err(StoreError::NoKeys {
                        data: elsewhere.unwrap_or_else(|| data.display().to_string()),
                        keys: kept.place(),
                    });
                }
                None => kept.renew()?,
            }
        };
        let mut store = Self::over(arguments, file).await?;
        store.made.extend(made);
        Ok((store, keys))
    }

    fn new(config: SdkConfig, place: String, engine: Option<Engine>) -> Self {
        Self {
            config,
            place,
            made: Vec::new(),
            engine,
        }
    }

    fn embedded(engine: Engine, place: String) -> Self {
        Self::new(engine.sdk_config(), place, Some(engine))
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
        let changes = engine.changes(TABLE);
        Ok(Some(Line {
            connections: DynamoDbConnections::from_config(&self.config, CONNECTIONS_TABLE),
            changes: changes.map_err(StoreError::of_engine)?,
        }))
    }

    /// Lets the holder of a key call the embedded engine at a port.
    ///
    /// # Errors
    /// When there is no embedded engine, or its port cannot be had.
    pub(crate) fn listen(&self, port: u16, key: &AccessKey) -> Result<Door, StoreError> {
        let none = || StoreError::Engine("there is none with --dynamodb-endpoint".to_owned());
        let engine = self.engine.as_ref().ok_or_else(none)?;
        let opened = engine.listen(Some(port), key);
        opened.map_err(StoreError::of_engine)
    }

    /// Closes the store: every acknowledged write is in it.
    ///
    /// # Errors
    /// When the engine had failed.
    pub async fn close(self) -> Result<(), StoreError> {
        let Some(engine) = self.engine else {
            return Ok(());
        };
        let stopped = engine.stop().await;
        stopped.map_err(StoreError::of_engine)
    }
}

/// A data file that this process alone has.
struct Taken {
    file: DataFile,
    path: PathBuf,
    holds_data: bool,
}

/// The data file that the arguments name, if they name one.
fn taken(arguments: &Arguments) -> Result<Option<Taken>, StoreError> {
    let (None, Some(data)) = (&arguments.dynamodb_endpoint, &arguments.data) else {
        return Ok(None);
    };
    // Before anything is made: what is no file at all, or another program's, is left as it is.
    file::holds_data(data)?;
    file::make_folder(data)?;
    let file = DataFile::take(data).map_err(StoreError::of_engine)?;
    Ok(Some(Taken {
        file,
        path: data.clone(),
        // Again, since another server may have written there until now.
        holds_data: file::holds_data(data)?,
    }))
}
