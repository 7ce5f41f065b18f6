//! The environment variables of a function: what they mean, and what is wrong with them.

mod secrets;

use api::{
    Account, AccountError, KeyError, Limits, Service, Settings, Tokens, WebsocketUrl, Websockets,
};
use domain::{ContactFlowId, InstanceId, Rules};

pub use secrets::{Secret, Secrets};

/// What a function is told by its environment.
///
/// | variable | meaning | default |
/// |---|---|---|
/// | `TABLE_NAME` | the DynamoDB table of the session logs | required |
/// | `CONNECTIONS_TABLE` | the DynamoDB table of open WebSockets | none: nobody is told anything at once |
/// | `WEBSOCKET_URL` | where participants open WebSockets: `wss://…` or `ws://127.0.0.1:…` | none: they poll |
/// | `SIGNING_KEYS` | `id:secret` pairs, comma-separated; the first signs tokens, all verify; secrets of 32 characters or more | required |
/// | `SESSION_ID_KEY` | the secret behind ids made of ClientTokens, 32 characters or more; never changes | required |
/// | `ACCESS_KEYS` | `ACCESS_KEY_ID:SECRET` pairs, comma-separated: who may sign calls | nobody |
/// | `SIGNING_KEYS_SECRET`, `SESSION_ID_KEY_SECRET`, `ACCESS_KEYS_SECRET` | instead of one of these three: the name or ARN of the secret that holds it, see [`Secret`] | none |
/// | `SECRETS_REVISION` | read by nobody: where it changes, Lambda starts the function anew, and so secrets are read again | none |
/// | `METRICS_NAMESPACE` | where CloudWatch puts the metrics, see [`init_metrics`](crate::init_metrics) | `PersistentChat` |
/// | `INSTANCE_IDS` | the instances that exist, comma-separated | any |
/// | `ANONYMOUS_START` | `true`: anybody may start a chat | `false` |
/// | `CUSTOMER_CLAIM` | the claim of a verified token that holds the customer's id | `sub` |
/// | `DEFAULT_INSTANCE_ID`, `DEFAULT_CONTACT_FLOW_ID` | for chat widgets whose start names none | none |
/// | `DISCONNECT_CONTACT_FLOW_ID` | the flow that a chat is transferred to when its agent has gone, such as a survey | none |
/// | `AWS_REGION`, `ACCOUNT_ID` | where contacts have their ARNs; the account's id has 12 digits | `us-east-1`, `000000000000` |
/// | `CONNECT_WITHIN_SECONDS` | how long a customer may take to connect | `300` |
/// | `MAX_CONTENT_BYTES` | the longest content of a message, in bytes of UTF-8, up to 16384 | `16384` |
#[derive(Debug)]
pub struct Environment {
    /// The table of the session logs.
    pub table: String,
    /// What it is told of WebSockets.
    pub sockets: SocketVariables,
    /// Everything else.
    pub settings: Settings,
}

/// What is wrong with the environment; names the variable, never shows a secret.
#[derive(Debug, thiserror::Error)]
pub enum EnvironmentError {
    /// A variable that has no default.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// A secret that cannot be used.
    #[error("the environment variable {0}: {1}")]
    Key(&'static str, KeyError),
    /// A secret is given, and where it is to be read from too.
    #[error("the environment variables {0} and {1} are both set: give one of them")]
    Both(&'static str, &'static str),
    /// The secret that a variable names was not read.
    #[error("the environment variable {0}: the secret that it names was not read")]
    NotRead(&'static str),
    /// The secret that a variable names holds something else.
    #[error("the environment variable {0}: the secret that it names must hold {1}")]
    Form(&'static str, &'static str),
    /// A value that makes no sense.
    #[error("the environment variable {0} must be {1}")]
    Invalid(&'static str, &'static str),
}

impl Environment {
    /// Reads variables from anywhere, where no secret is given by its name. An empty one is as good as none.
    ///
    /// # Errors
    /// Names the first variable that is missing or makes no sense.
    pub fn from(read: impl Fn(&'static str) -> Option<String>) -> Result<Self, EnvironmentError> {
        Self::with(read, &Secrets::default())
    }

    /// The same with the secrets that were read because [`Secret::named`] in the variables.
    ///
    /// # Errors
    /// As [`Environment::from`], and where a secret was not read or is of another form.
    pub fn with(
        read: impl Fn(&'static str) -> Option<String>,
        secrets: &Secrets,
    ) -> Result<Self, EnvironmentError> {
        use EnvironmentError::{Invalid, Missing};
        let get = |name| read(name).filter(|value| !value.is_empty());
        let need = |name| get(name).ok_or(Missing(name));
        let number = |name, most: u64, reason| match get(name) {
            None => Ok(None),
            Some(text) => match text.parse() {
                Ok(n) if (1..=most).contains(&n) => Ok(Some(n)),
                _ => Err(Invalid(name, reason)),
            },
        };
        let instance = |name, text: &str| {
            InstanceId::new(text).ok_or(Invalid(name, "instance ids of 1 to 100 characters"))
        };

        let signing = secrets.signing_keys(&get)?;
        let session_ids = secrets.session_id_key(&get)?;
        let access_keys = secrets.access_keys(&get)?;
        let mut rules = Rules::default();
        if let Some(span) = number("CONNECT_WITHIN_SECONDS", 604_800, "seconds up to 604800")? {
            rules.connect_within = domain::seconds(span);
        }
        let mut limits = Limits::default();
        let most = Limits::MOST_CONTENT_BYTES as u64;
        if let Some(most) = number("MAX_CONTENT_BYTES", most, "a number from 1 to 16384")? {
            limits.content_bytes = most as usize;
        }
        let instances = listed(&get("INSTANCE_IDS").unwrap_or_default())
            .map(|id| instance("INSTANCE_IDS", id))
            .collect::<Result<Vec<_>, _>>()?;
        let default_instance = get("DEFAULT_INSTANCE_ID")
            .map(|id| instance("DEFAULT_INSTANCE_ID", &id))
            .transpose()?;
        if default_instance
            .as_ref()
            .is_some_and(|id| !instances.is_empty() && !instances.contains(id))
        {
            return Err(Invalid("DEFAULT_INSTANCE_ID", "one of INSTANCE_IDS"));
        }
        let sockets = SocketVariables::from(&read)?;
        Ok(Self {
            table: need("TABLE_NAME")?,
            settings: Settings {
                tokens: Tokens::new(signing),
                session_ids,
                access_keys,
                anonymous_start: match get("ANONYMOUS_START").as_deref() {
                    None | Some("false") => false,
                    Some("true") => true,
                    Some(_) => return Err(Invalid("ANONYMOUS_START", "true or false")),
                },
                customer_claim: get("CUSTOMER_CLAIM").unwrap_or_else(|| "sub".to_owned()),
                instances,
                default_instance,
                default_flow: get("DEFAULT_CONTACT_FLOW_ID").map(ContactFlowId),
                disconnect_flow: get("DISCONNECT_CONTACT_FLOW_ID").map(ContactFlowId),
                websockets: sockets
                    .url
                    .clone()
                    .map_or(Websockets::Nowhere, Websockets::At),
                account: account(get("AWS_REGION"), get("ACCOUNT_ID"))?,
                rules,
                limits,
            },
            sockets,
        })
    }

    /// The service over this log.
    pub fn service<L>(self, log: L) -> Service<L> {
        Service {
            log,
            settings: self.settings,
        }
    }
}

/// What a function is told of WebSockets; all that one needs which only tells participants what happens.
#[derive(Debug, Clone)]
pub struct SocketVariables {
    /// The table of those that are open: `CONNECTIONS_TABLE`.
    pub table: Option<String>,
    /// Where they are opened: `WEBSOCKET_URL`.
    pub url: Option<WebsocketUrl>,
}

impl SocketVariables {
    /// Reads variables from anywhere. An empty one is as good as none.
    ///
    /// # Errors
    /// When an address is none for WebSockets.
    pub fn from(read: impl Fn(&'static str) -> Option<String>) -> Result<Self, EnvironmentError> {
        let get = |name| read(name).filter(|value| !value.is_empty());
        let url = get("WEBSOCKET_URL").map(|url| WebsocketUrl::parse(&url));
        let wrong = EnvironmentError::Invalid("WEBSOCKET_URL", "wss://… or ws://127.0.0.1:…");
        Ok(Self {
            table: get("CONNECTIONS_TABLE"),
            url: url.transpose().map_err(|_| wrong)?,
        })
    }

    /// Where the gateway takes what is posted to WebSockets.
    pub fn management(&self) -> Option<String> {
        self.url.as_ref().map(WebsocketUrl::management)
    }
}

fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|each| !each.is_empty())
}

fn account(region: Option<String>, id: Option<String>) -> Result<Account, EnvironmentError> {
    let region = region.as_deref().unwrap_or(Account::DEFAULT_REGION);
    let id = id.as_deref().unwrap_or(Account::DEFAULT_ID);
    Account::new(region, id).map_err(|error| match error {
        AccountError::Region => EnvironmentError::Invalid("AWS_REGION", "the name of a region"),
        AccountError::Id => EnvironmentError::Invalid("ACCOUNT_ID", "12 digits"),
    })
}

#[cfg(test)]
mod tests;
