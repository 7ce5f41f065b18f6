//! The environment variables of a function: what they mean, and what is wrong with them.

use api::{
    AccessKeys, Account, AccountError, KeyError, Limits, Service, SessionIdKey, Settings,
    SigningKeys, Tokens, WebsocketUrl,
};
use domain::{ContactFlowId, InstanceId, Rules};

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
/// | `INSTANCE_IDS` | the instances that exist, comma-separated | any |
/// | `ANONYMOUS_START` | `true`: anybody may start a chat | `false` |
/// | `CUSTOMER_CLAIM` | the claim of a verified token that holds the customer's id | `sub` |
/// | `DEFAULT_INSTANCE_ID`, `DEFAULT_CONTACT_FLOW_ID` | for chat widgets whose start names none | none |
/// | `DISCONNECT_CONTACT_FLOW_ID` | the flow that a chat is transferred to when its agent has gone, such as a survey | none |
/// | `AWS_REGION`, `ACCOUNT_ID` | where contacts have their ARNs; the account's id has 12 digits | `us-east-1`, `000000000000` |
/// | `CONNECT_WITHIN_SECONDS` | how long a customer may take to connect | `300` |
/// | `MAX_TEXT_CHARACTERS` | the longest text message, up to 16384 | `1024` |
#[derive(Debug)]
pub struct Environment {
    /// The table of the session logs.
    pub table: String,
    /// The table of open WebSockets.
    pub connections: Option<String>,
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
    /// A value that makes no sense.
    #[error("the environment variable {0} must be {1}")]
    Invalid(&'static str, &'static str),
}

impl Environment {
    /// Reads the environment of the process.
    ///
    /// # Errors
    /// Names the first variable that is missing or makes no sense.
    pub fn read() -> Result<Self, EnvironmentError> {
        Self::from(|name| std::env::var(name).ok())
    }

    /// Reads variables from anywhere. An empty one is as good as none.
    ///
    /// # Errors
    /// As [`Environment::read`].
    pub fn from(read: impl Fn(&'static str) -> Option<String>) -> Result<Self, EnvironmentError> {
        use EnvironmentError::{Invalid, Key, Missing};
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

        let signing = SigningKeys::parse(&need("SIGNING_KEYS")?);
        let signing = signing.map_err(|error| Key("SIGNING_KEYS", error))?;
        let session_ids = SessionIdKey::parse(&need("SESSION_ID_KEY")?);
        let session_ids = session_ids.map_err(|error| Key("SESSION_ID_KEY", error))?;
        let mut rules = Rules::default();
        if let Some(span) = number("CONNECT_WITHIN_SECONDS", 604_800, "seconds up to 604800")? {
            rules.connect_within = domain::seconds(span);
        }
        let mut limits = Limits::default();
        if let Some(most) = number("MAX_TEXT_CHARACTERS", 16_384, "a number up to 16384")? {
            limits.text_characters = most as usize;
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
        Ok(Self {
            table: need("TABLE_NAME")?,
            connections: get("CONNECTIONS_TABLE"),
            settings: Settings {
                tokens: Tokens::new(signing),
                session_ids,
                access_keys: access_keys(&get("ACCESS_KEYS").unwrap_or_default())?,
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
                websocket: get("WEBSOCKET_URL")
                    .map(|url| WebsocketUrl::parse(&url))
                    .transpose()
                    .map_err(|_| Invalid("WEBSOCKET_URL", "wss://… or ws://127.0.0.1:…"))?,
                account: account(get("AWS_REGION"), get("ACCOUNT_ID"))?,
                rules,
                limits,
            },
        })
    }

    /// Where the gateway takes what is posted to WebSockets.
    pub fn management(&self) -> Option<String> {
        let url = self.settings.websocket.as_ref();
        url.map(WebsocketUrl::management)
    }

    /// The service over this log.
    pub fn service<L>(self, log: L) -> Service<L> {
        Service {
            log,
            settings: self.settings,
        }
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

fn access_keys(text: &str) -> Result<AccessKeys, EnvironmentError> {
    let pair = |entry: &str| {
        let (id, secret) = entry
            .split_once(':')
            .filter(|(id, secret)| !id.is_empty() && !secret.is_empty())?;
        Some((id.to_owned(), secret.to_owned()))
    };
    let pairs: Option<Vec<_>> = listed(text).map(pair).collect();
    let pairs = pairs.ok_or(EnvironmentError::Invalid(
        "ACCESS_KEYS",
        "pairs of id:secret",
    ))?;
    Ok(AccessKeys::from_iter(pairs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn variables() -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("TABLE_NAME", "chat".to_owned()),
            ("SIGNING_KEYS", format!("a:{SECRET}")),
            ("SESSION_ID_KEY", SECRET.to_owned()),
        ])
    }

    fn error_with(name: &'static str, value: &str) -> String {
        let mut variables = variables();
        variables.insert(name, value.to_owned());
        match Environment::from(|name| variables.get(name).cloned()) {
            Ok(_) => "none".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn no_key_has_a_default() {
        for name in ["TABLE_NAME", "SIGNING_KEYS", "SESSION_ID_KEY"] {
            let expected = format!("the environment variable {name} is not set");
            assert_eq!(error_with(name, ""), expected);
        }
    }

    #[test]
    fn without_settings_nobody_is_let_in_and_limits_are_connects() {
        let variables = variables();
        let environment = Environment::from(|name| variables.get(name).cloned());
        let settings = environment.expect("complete").settings;
        assert!(!settings.anonymous_start);
        assert!(settings.access_keys.is_empty());
        assert!(settings.instances.is_empty());
        assert_eq!(settings.customer_claim, "sub");
        assert_eq!(settings.limits.text_characters, 1_024);
        assert_eq!(settings.rules.connect_within, domain::minutes(5));
        assert_eq!(settings.disconnect_flow, None);
        assert_eq!(settings.websocket, None);
        assert_eq!(settings.account, Account::default());
    }

    #[test]
    fn a_wrong_value_is_named_and_no_secret_is_shown() {
        for (name, value) in [
            ("SIGNING_KEYS", "short:secret"),
            ("SIGNING_KEYS", "no-pair-of-anything-that-is-long-enough"),
            ("SESSION_ID_KEY", "s3cret"),
            ("ACCESS_KEYS", "s3cret"),
            ("ACCESS_KEYS", ":s3cret"),
            ("ACCESS_KEYS", "s3cret:"),
            ("ANONYMOUS_START", "yes"),
            ("CONNECT_WITHIN_SECONDS", "0"),
            ("MAX_TEXT_CHARACTERS", "16385"),
            ("MAX_TEXT_CHARACTERS", "-1"),
            ("AWS_REGION", "eu/central"),
            ("ACCOUNT_ID", "12345678901"),
            ("ACCOUNT_ID", "12345678901x"),
            ("WEBSOCKET_URL", "ws://localhost:9000"),
        ] {
            let error = error_with(name, value);
            assert!(error.contains(name), "{name}: {error}");
            assert!(!error.contains(value) || value == "0", "{name}: {error}");
        }
    }

    #[test]
    fn the_default_instance_is_one_that_exists() {
        let mut variables = variables();
        variables.insert("INSTANCE_IDS", "one,two".to_owned());
        for (id, taken) in [("one", true), ("two", true), ("three", false)] {
            variables.insert("DEFAULT_INSTANCE_ID", id.to_owned());
            let environment = Environment::from(|name| variables.get(name).cloned());
            assert_eq!(environment.is_ok(), taken, "{id}");
        }
    }

    #[test]
    fn the_account_and_the_disconnect_flow_are_those_that_are_set() {
        let mut variables = variables();
        variables.insert("AWS_REGION", "us-gov-west-1".to_owned());
        variables.insert("ACCOUNT_ID", "123456789012".to_owned());
        variables.insert("DISCONNECT_CONTACT_FLOW_ID", "survey".to_owned());
        let environment = Environment::from(|name| variables.get(name).cloned());
        let settings = environment.expect("complete").settings;
        let account = Account::new("us-gov-west-1", "123456789012").expect("an account");
        assert_eq!(settings.account, account);
        assert_eq!(
            settings.disconnect_flow,
            Some(ContactFlowId("survey".to_owned()))
        );
    }

    #[test]
    fn what_is_set_is_taken() {
        for (name, value) in [
            ("SIGNING_KEYS", format!("b:{SECRET},a:{SECRET}")),
            ("ACCESS_KEYS", "ONE:secret, TWO:other".to_owned()),
            ("ANONYMOUS_START", "true".to_owned()),
            ("INSTANCE_IDS", "one,two".to_owned()),
            ("CONNECT_WITHIN_SECONDS", "10".to_owned()),
            ("DISCONNECT_CONTACT_FLOW_ID", "survey".to_owned()),
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("CONNECTIONS_TABLE", "connections".to_owned()),
            ("WEBSOCKET_URL", "wss://example.com/live".to_owned()),
            ("ACCOUNT_ID", "123456789012".to_owned()),
            ("MAX_TEXT_CHARACTERS", "16384".to_owned()),
        ] {
            assert_eq!(error_with(name, &value), "none", "{name}");
        }
    }
}
