//! The Lambda function `describe-contact`: wiring only.

use aws_config::BehaviorVersion;
use dynamodb::DynamoDbLog;
use lambda::{Environment, Error, LogFormat};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda::init_logging(LogFormat::Json, "info");
    let environment = Environment::read()?;
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let log = DynamoDbLog::from_config(&config, &environment.table);
    lambda::serve(environment.service(log), describe_contact::handle).await
}
