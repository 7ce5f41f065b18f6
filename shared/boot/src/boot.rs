//! The start itself, from a configuration and variables that the caller has.

use std::fmt;

use api::Service;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use domain::{Live, LogError};
use dynamodb::{DynamoDbConnections, DynamoDbLog, Meter};
use futures_util::future::{join, try_join_all};
use gateway::ApiGateway;
use lambda::{CallPause, Environment, EnvironmentError, Secret, Secrets, SocketVariables};
use tracing::warn;

use crate::secrets::{SecretError, SecretsManager};

/// The log alone, and how a call waits before it tries again.
pub type Log = Live<DynamoDbLog, (), (), CallPause>;
/// Open WebSockets, where the deployment has them.
pub type Connections = Option<DynamoDbConnections>;
/// Their gateway, likewise.
pub type Gateway = Option<ApiGateway>;

type Variables = Box<dyn Fn(&'static str) -> Option<String> + Send + Sync>;

/// What a function starts from.
pub struct Boot {
    config: SdkConfig,
    meter: Meter,
    variables: Variables,
}

/// Why a function does not start; never shows a secret.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// A variable, or what the secret holds that it names.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// A secret cannot be read.
    #[error("the environment variable {0}: the secret that it names cannot be read: {1}")]
    Secret(&'static str, SecretError),
}

impl fmt::Debug for Boot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Variables may be secrets.
        f.debug_struct("Boot").finish_non_exhaustive()
    }
}

impl Boot {
    /// A start with the SDK's configuration, a meter for what is asked of DynamoDB, and variables.
    pub fn new(
        config: SdkConfig,
        meter: Meter,
        variables: impl Fn(&'static str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            config,
            meter,
            variables: Box::new(variables),
        }
    }

    /// The service over the log.
    ///
    /// # Errors
    /// Names the first variable that is missing or makes no sense, also where what is wrong is the secret that it names.
    pub async fn log(self) -> Result<Service<Log>, BootError> {
        let client = self.client();
        let environment = self.environment(&client).await?;
        let log = Live {
            log: DynamoDbLog::new(client, &environment.table),
            connections: (),
            gateway: (),
            pause: CallPause,
        };
        Ok(environment.service(log))
    }

    /// The service over the log, open WebSockets and their gateway.
    ///
    /// # Errors
    /// As [`Boot::log`].
    pub async fn live(
        self,
    ) -> Result<Service<Live<DynamoDbLog, Connections, Gateway, CallPause>>, BootError> {
        let client = self.client();
        let environment = self.environment(&client).await?;
        let live = Live {
            log: DynamoDbLog::new(client.clone(), &environment.table),
            connections: connections(client, &environment.sockets),
            gateway: self.gateway(&environment.sockets),
            pause: CallPause,
        };
        Ok(environment.service(live))
    }

    /// Open WebSockets and their gateway. No secret is read.
    ///
    /// # Errors
    /// As [`Boot::log`].
    pub async fn deliveries(self) -> Result<Live<(), Connections, Gateway, ()>, BootError> {
        let sockets = SocketVariables::from(&self.variables)?;
        let connections = connections(self.client(), &sockets);
        if let Some(connections) = &connections {
            self.warmed(connections.warm().await);
        }
        Ok(Live {
            log: (),
            connections,
            gateway: self.gateway(&sockets),
            pause: (),
        })
    }

    /// One client for all tables, since it holds the connection that is opened here.
    fn client(&self) -> Client {
        dynamodb::metered_client(&self.config, &self.meter)
    }

    fn gateway(&self, sockets: &SocketVariables) -> Gateway {
        let url = sockets.management()?;
        Some(ApiGateway::from_config(&self.config, &url))
    }

    /// Reads the secrets, and with them the environment, while the connection to DynamoDB opens.
    async fn environment(&self, client: &Client) -> Result<Environment, BootError> {
        let named = Secret::named(&self.variables)?;
        let table = (self.variables)("TABLE_NAME").unwrap_or_default();
        let log = DynamoDbLog::new(client.clone(), table);
        let (secrets, warmed) = join(self.secrets(named), log.warm()).await;
        self.warmed(warmed);
        Ok(Environment::with(&self.variables, &secrets?)?)
    }

    async fn secrets(&self, named: Vec<(Secret, String)>) -> Result<Secrets, BootError> {
        if named.is_empty() {
            return Ok(Secrets::default());
        }
        let manager = SecretsManager::from_config(&self.config);
        let read = named.iter().map(async |(secret, name)| {
            let text = manager.read(name).await;
            let text = text.map_err(|error| BootError::Secret(secret.name_variable(), error))?;
            Ok::<_, BootError>((*secret, text))
        });
        Ok(try_join_all(read).await?.into_iter().collect())
    }

    /// A request that failed is no reason not to start: the first call makes its own.
    fn warmed(&self, warmed: Result<(), LogError>) {
        if let Err(error) = warmed {
            warn!(reason = %error, "DynamoDB was not reached at the start");
        }
        // The first call has not asked for it.
        self.meter.take();
    }
}

fn connections(client: Client, sockets: &SocketVariables) -> Connections {
    let table = sockets.table.clone()?;
    Some(DynamoDbConnections::new(client, table))
}
