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

pub use boot::{Boot, BootError, Connections, Gateway};
pub use lambda::Error;
pub use secrets::SecretError;

use api::Service;
use aws_config::BehaviorVersion;
use domain::Live;
use dynamodb::{DynamoDbLog, Meter};
use lambda::Requests;

/// The service over the log.
///
/// # Errors
/// When the function cannot start; the text names the variable that is to blame.
pub async fn log() -> Result<Service<DynamoDbLog>, Error> {
    told(process().await.log().await)
}

/// The service over the log and over open WebSockets.
///
/// # Errors
/// As [`log`].
pub async fn live() -> Result<Service<Live<DynamoDbLog, Connections, Gateway>>, Error> {
    told(process().await.live().await)
}

/// Open WebSockets, and what reaches them.
///
/// # Errors
/// As [`log`].
pub async fn deliveries() -> Result<Live<(), Connections, Gateway>, Error> {
    told(process().await.deliveries().await)
}

/// Starts logging and metrics, and gives what this process starts from.
async fn process() -> Boot {
    lambda::init_logging();
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
    Boot::new(config, meter, |name| std::env::var(name).ok())
}

/// What went wrong as a text: the process ends with it.
fn told<T>(started: Result<T, BootError>) -> Result<T, Error> {
    started.map_err(|error| error.to_string().into())
}
