//! What a function does before its first call: it reads its variables and the secrets that they name, and meanwhile
//! opens its connection to DynamoDB.
//!
//! | a function calls | and stands on |
//! |---|---|
//! | [`log`] | the table of the logs |
//! | [`live`] | the same, the table of open WebSockets, and their gateway |
//! | [`deliveries`] | the table of open WebSockets and their gateway: no log, and no secret |

mod boot;
mod http;
mod secrets;

pub use boot::{Boot, BootError, Connections, Gateway, Log};
pub use lambda::Error;
pub use secrets::SecretError;

use std::fmt;

use api::Service;
use aws_config::BehaviorVersion;
use domain::Live;
use dynamodb::{DynamoDbLog, Meter};
use lambda::{CallPause, Requests};

/// The service over the log.
///
/// # Errors
/// When the function cannot start; the text names the variable that is to blame.
pub async fn log() -> Result<Service<Log>, Error> {
    told(process().await?.log().await)
}

/// The service over the log and over open WebSockets.
///
/// # Errors
/// As [`log`].
pub async fn live() -> Result<Service<Live<DynamoDbLog, Connections, Gateway, CallPause>>, Error> {
    told(process().await?.live().await)
}

/// Open WebSockets, and what reaches them.
///
/// # Errors
/// As [`log`].
pub async fn deliveries() -> Result<Live<(), Connections, Gateway, ()>, Error> {
    told(process().await?.deliveries().await)
}

/// Starts logging and metrics, and gives what this process starts from.
///
/// # Errors
/// Where it is not Lambda, or what stands for it, that has started the process.
async fn process() -> Result<Boot, Error> {
    lambda::init_logging();
    if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_none() {
        return Err(Box::new(Told(NOT_BY_HAND.to_owned())));
    }
    let meter = Meter::default();
    let metered = meter.clone();
    let namespace = std::env::var("METRICS_NAMESPACE").ok();
    lambda::init_metrics(namespace, move || {
        let taken = metered.take();
        Requests {
            made: taken.requests,
            retried: taken.retries,
        }
    });
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http::client())
        .load()
        .await;
    Ok(Boot::new(config, meter, |name| std::env::var(name).ok()))
}

const NOT_BY_HAND: &str = "this program is a function that AWS Lambda starts; on this machine \
    `cargo lambda watch` does (shared/docs/running.md), or `cargo run -p local` runs all functions in one program";

/// What went wrong as a text: the process ends with it.
fn told<T>(started: Result<T, BootError>) -> Result<T, Error> {
    started.map_err(|error| Told(error.to_string()).into())
}

/// A text that stays one where a process ends with it, which shows errors as programmers see them.
struct Told(String);

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Told {}
