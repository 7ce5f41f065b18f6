//! The service that a story plays on: in this process and on a port of its own, or one that is deployed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use api::Settings;
use dynamodb::DynamoDbLog;
use local::{Keys, Running};
use serde_json::Value;

use crate::database::Database;
use crate::people::{Backend, access_key};
use crate::proxy::Proxy;
use crate::requests::Requests;

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
        Self::over(database, None, unique(), keys, change).await
    }

    /// A service that reaches its database by a network that loses replies.
    pub(crate) async fn over_lossy_database() -> (Self, Proxy) {
        let database = Arc::new(Database::open().await);
        let network = Proxy::before(&database.url).await;
        let keys = Keys::generate().unwrap();
        let service = Self::over(database, Some(&network), unique(), keys, |_| {}).await;
        (service, network)
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
        Self::over(database, None, self.instance.clone(), keys, |_| {}).await
    }

    async fn over(
        database: Arc<Database>,
        proxy: Option<&Proxy>,
        instance: String,
        keys: Keys,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let requests = Requests::default();
        let url = proxy.map_or(&database.url, |proxy| &proxy.url);
        let client = dynamodb::client(&engine::sdk_config(url));
        let counted = client.config().to_builder().interceptor(requests.clone());
        let client = aws_sdk_dynamodb::Client::from_conf(counted.build());
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

/// A word that nobody else has, in this run or another.
pub(crate) fn unique() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.unwrap().as_millis();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{millis:x}-{}-{number}", std::process::id())
}
