//! The Lambda function `send-event`: wiring only.

use aws_config::BehaviorVersion;
use domain::Live;
use dynamodb::{DynamoDbConnections, DynamoDbLog};
use gateway::ApiGateway;
use lambda::{Environment, Error, LogFormat};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda::init_logging(LogFormat::Json, "info");
    let environment = Environment::read()?;
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let table = environment.connections.as_ref();
    let live = Live {
        log: DynamoDbLog::from_config(&config, &environment.table),
        connections: table.map(|table| DynamoDbConnections::from_config(&config, table)),
        gateway: (environment.management()).map(|url| ApiGateway::from_config(&config, &url)),
    };
    lambda::serve(environment.service(live), send_event::handle).await
}
