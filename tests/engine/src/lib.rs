//! An embedded DynamoDB for tests and the local server, and the tables that the product keeps in it.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use engine::Engine;
//!
//! let engine = Engine::memory()?;
//! let client = dynamodb::client(&engine.sdk_config());
//! engine::create_table(&client, "chat").await?;
//! engine.stop().await?;
//! # Ok(())
//! # }
//! ```

mod access;
mod answers;
mod connector;
mod door;
mod embedded;
mod file;
mod guard;
mod held;
mod retention;
mod stream;
mod table;
mod trouble;

pub use access::{AccessKey, sdk_config};
pub use door::Door;
pub use embedded::Engine;
pub use file::DataFile;
pub use stream::{Batch, Changes, Place};
pub use table::{TableError, create_connections_table, create_table};
pub use trouble::{EngineError, Trouble};
