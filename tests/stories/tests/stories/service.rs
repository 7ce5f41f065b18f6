//! The service that a story plays on: in this process and on a port of its own, or one that is deployed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use api::Settings;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use dynamodb::DynamoDbLog;
use local::{Keys, Running};
use serde_json::Value;

use crate::database::Database;
use crate::people::{Backend, access_key};
use crate::proxy::Proxy;
use crate::requests::Requests;
use crate::wire::Wire;

/// A running service with a database.
pub(crate) struct Service {
    /// Where it answers.
    pub(crate) url: String,
    /// The instance of the story.
    pub(crate) instance: String,
    /// What the service asks of its database.
    pub(crate) requests: Requests,
    database: Arc<Database>,
    /// Those of a service in this process; a deployed one has its own.
    keys: Option<Keys>,
    _running: Option<Running>,
}

impl Service {
    /// A service over a new database, or the one that the environment names.
    pub(crate) async fn open() -> Self {
        match std::env::var("STORIES_ENDPOINT") {
            Ok(url) => Self::deployed(url).await,
            Err(_) => Self::set_up(|_| {}).await,
        }
    }

    async fn deployed(url: String) -> Self {
        Self {
            url,
            instance: unique(),
            requests: Requests::default(),
            database: Arc::new(Database::open().await),
            keys: None,
            _running: None,
        }
    }

    /// A service over a new database, with other settings.
    pub(crate) async fn set_up(change: impl FnOnce(&mut Settings)) -> Self {
        let database = Arc::new(Database::open().await);
        let keys = Keys::generate().unwrap();
        let client = dynamodb::client(&database.config);
        Self::over(database, client, unique(), keys, change).await
    }

    /// A service that reaches its database by a network that loses replies.
    pub(crate) async fn over_lossy_database() -> (Self, Proxy) {
        let database = Arc::new(Database::open().await);
        let network = Proxy::before(&database.url()).await;
        let (keys, client) = (Keys::generate().unwrap(), client_of(&network.url));
        let service = Self::over(database, client, unique(), keys, |_| {}).await;
        (service, network)
    }

    /// A service that reaches its database by a wire on which things go wrong, with the functions' own patience.
    pub(crate) async fn over_wire() -> (Self, Wire) {
        Self::with_patience(|client| client).await
    }

    /// The same, which makes as many attempts, but with hardly a pause between two.
    pub(crate) async fn over_wire_without_pauses() -> (Self, Wire) {
        let retries = RetryConfig::standard()
            .with_max_attempts(dynamodb::ATTEMPTS)
            .with_initial_backoff(Duration::from_millis(1));
        Self::with_patience(|client| client.retry_config(retries)).await
    }

    async fn with_patience(change: impl FnOnce(Builder) -> Builder) -> (Self, Wire) {
        let database = Arc::new(Database::open().await);
        let wire = Wire::to(&database.url()).await;
        let client = change(client_of(&wire.url).config().to_builder());
        // Clients of one partition share what they may spend on retries, and that is soon spent here.
        let purse = RetryPartition::custom(unique()).token_bucket(TokenBucket::unlimited());
        let client = client.retry_partition(purse.build());
        let client = client.interceptor(wire.gate());
        let client = Client::from_conf(client.build());
        let keys = Keys::generate().unwrap();
        let service = Self::over(database, client, unique(), keys, |_| {}).await;
        (service, wire)
    }

    /// Another server of the same service, with a sound way to the database.
    pub(crate) async fn sibling(&self) -> Self {
        let keys = self.keys.clone().expect("the service is in this process");
        self.beside(keys).await
    }

    /// Another service over the same database, with keys of its own.
    pub(crate) async fn stranger(&self) -> Self {
        self.beside(Keys::generate().unwrap()).await
    }

    async fn beside(&self, keys: Keys) -> Self {
        let database = Arc::clone(&self.database);
        let client = dynamodb::client(&database.config);
        Self::over(database, client, self.instance.clone(), keys, |_| {}).await
    }

    async fn over(
        database: Arc<Database>,
        client: Client,
        instance: String,
        keys: Keys,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let requests = Requests::default();
        let counted = client.config().to_builder().interceptor(requests.clone());
        let client = Client::from_conf(counted.build());
        let log = DynamoDbLog::new(client, &database.table);
        let mut service = local::service(log, &keys).unwrap();
        change(&mut service.settings);
        let running = local::serve(service, 0).await.unwrap();
        Self {
            url: running.url(),
            instance,
            requests,
            database,
            keys: Some(keys),
            _running: Some(running),
        }
    }

    /// The backend of a company that uses the service.
    pub(crate) fn backend(&self) -> Backend {
        if self.keys.is_some() {
            return Backend::at(&self.url, &self.instance);
        }
        let named = |name| std::env::var(name).expect(name);
        let id = named("STORIES_ACCESS_KEY_ID");
        let key = access_key(&id, &named("STORIES_SECRET_ACCESS_KEY"));
        Backend::with_key(&self.url, &self.instance, key)
    }

    /// What is stored of a contact's session.
    pub(crate) async fn records(&self, contact: &str) -> Vec<Value> {
        self.database.records(&self.instance, contact).await
    }

    /// How many sessions are stored.
    pub(crate) async fn sessions(&self) -> usize {
        self.database.sessions(&self.instance).await
    }
}

/// The functions' own client of the database there.
fn client_of(url: &str) -> Client {
    dynamodb::client(&engine::sdk_config(url))
}

/// A word that nobody else has, in this run or another.
pub(crate) fn unique() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.unwrap().as_millis();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{millis:x}-{}-{number}", std::process::id())
}
