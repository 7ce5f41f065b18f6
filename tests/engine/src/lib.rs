//! An embedded DynamoDB for tests and the local server, and the tables that the product keeps in it.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use engine::Engine;
//!
//! let engine = Engine::memory(None)?;
//! let client = dynamodb::client(&engine::sdk_config(&engine.url()));
//! engine::create_table(&client, "chat").await?;
//! engine.stop().await?;
//! # Ok(())
//! # }
//! ```

mod access;
mod server;
mod stream;
mod table;

pub use access::sdk_config;
pub use server::{Engine, EngineError};
pub use stream::{Batch, Changes, Place};
pub use table::{TableError, create_connections_table, create_table};
