//! Carrying out what the command line asks for.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use domain::{ContactId, InstanceId, SessionKey, Timestamp};

use crate::account::{AccountError, account};
use crate::arguments::{AccessKeysChange, Command, HELP, SigningKeysChange, What};
use crate::erase::{EraseError, Erased, Eraser, News, Pace, partitions};
use crate::secrets::{
    AccessKeys, FormError, KeySecret, RandomnessError, SecretError, SecretStore, SessionNames,
    SigningKeys, Version,
};

/// Why a command was not carried out, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The environment names no account.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Chats were not erased, or not all.
    #[error(transparent)]
    Erase(#[from] EraseError),
    /// A secret was not read or changed.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The keys do not allow it.
    #[error(transparent)]
    Keys(#[from] FormError),
    /// No new secret can be made.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    /// Nobody reads what is said.
    #[error("standard output: {0}")]
    Output(#[from] std::io::Error),
}

impl Failure {
    /// What the operator may look at first, for what AWS has only a code for.
    pub fn advice(&self) -> Option<&'static str> {
        let told = self.to_string();
        let named = |codes: &[&str]| codes.iter().any(|code| told.contains(code));
        if named(&["ResourceNotFoundException"]) {
            Some("Is the name right, and is it in this region and account?")
        } else if named(&["AccessDenied"]) {
            Some(
                "These credentials lack a permission; shared/docs/operating.md lists what is needed.",
            )
        } else if named(&["ExpiredToken", "UnrecognizedClient", "InvalidSignature"]) {
            Some("These credentials are not valid, or no longer.")
        } else if named(&["no answer", "connection failed"]) {
            Some(
                "Is AWS reached from here? Look at AWS_REGION, at AWS_ENDPOINT_URL and at the network.",
            )
        } else {
            None
        }
    }
}

/// Does what the command line asks for, on AWS or wherever the environment points.
///
/// # Errors
/// When it was not done, or not to its end.
pub async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Help => say_freely(HELP.trim_end()),
        Command::Version => say_freely(concat!("operate ", env!("CARGO_PKG_VERSION"))),
        Command::Erase {
            table,
            instance,
            what,
            dry_run,
        } => {
            let client = dynamodb::client(&account().await?);
            let eraser = Eraser::new(client, table, Pace::default(), now, tell_news);
            erase(&eraser, &instance, &what, dry_run).await
        }
        Command::AccessKeys(change, secret) => access_keys(&store(secret).await?, change).await,
        Command::SigningKeys(change, secret) => signing_keys(&store(secret).await?, change).await,
        Command::LogName(contact, secret) => say(&log_name(&store(secret).await?, contact).await?),
        Command::Partitions(instance, contact) => {
            let partitions = partitions(&SessionKey::new(&instance, contact.session()));
            partitions.iter().try_for_each(|partition| say(partition))
        }
    }
}

async fn erase(
    eraser: &Eraser,
    instance: &InstanceId,
    what: &What,
    dry_run: bool,
) -> Result<(), Failure> {
    let erased = match (what, dry_run) {
        (What::Customer(customer), false) => eraser.customer(instance, customer).await?,
        (What::Customer(customer), true) => eraser.count_customer(instance, customer).await?,
        (What::Contact(contact), false) => eraser.contact(instance, *contact).await?,
        (What::Contact(contact), true) => eraser.count_contact(instance, *contact).await?,
    };
    if erased == Erased::default() {
        eprintln!(
            "Nothing was found. Is this the table, the instance, and the whole id as it was given?"
        );
    }
    let done = if dry_run { "Would erase" } else { "Erased" };
    say(&format!("{done}: {}", counts(erased)))
}

fn counts(erased: Erased) -> String {
    let Erased {
        chats,
        running,
        items,
    } = erased;
    format!("chats {chats}, of them running {running}, items in the table {items}")
}

async fn store(secret: String) -> Result<SecretStore, AccountError> {
    Ok(SecretStore::from_config(&account().await?, secret))
}

/// The name by which the chat of a contact stands in logs.
async fn log_name(store: &SecretStore, contact: ContactId) -> Result<String, SecretError> {
    let (names, _) = store.read::<SessionNames>().await?;
    Ok(names.of(contact))
}

async fn access_keys(store: &SecretStore, change: AccessKeysChange) -> Result<(), Failure> {
    let (mut keys, version) = store.read::<AccessKeys>().await?;
    match change {
        AccessKeysChange::List => {
            for name in keys.names() {
                say(name)?;
            }
            Ok(())
        }
        AccessKeysChange::Issue(name) => {
            let secret = KeySecret::random()?;
            keys.issue(&name, &secret)?;
            let version = store.write(&keys, &version).await?;
            say(&format!("AWS_ACCESS_KEY_ID={name}"))?;
            say(&format!("AWS_SECRET_ACCESS_KEY={}", secret.reveal()))?;
            tell_how_to_deploy(&version, "The key is good");
            Ok(())
        }
        AccessKeysChange::Revoke(name) => {
            keys.revoke(&name)?;
            let version = store.write(&keys, &version).await?;
            tell_how_to_deploy(&version, "The key is good for nothing");
            Ok(())
        }
    }
}

async fn signing_keys(store: &SecretStore, change: SigningKeysChange) -> Result<(), Failure> {
    let (mut keys, version) = store.read::<SigningKeys>().await?;
    let effect = match change {
        SigningKeysChange::List => {
            for id in keys.ids() {
                let signs = if id == keys.signer() {
                    "signs"
                } else {
                    "verifies"
                };
                say(&format!("{id} {signs}"))?;
            }
            return Ok(());
        }
        SigningKeysChange::Add => {
            let id = keys.add(&KeySecret::random()?)?;
            say(&id)?;
            "Tokens of the new key are taken"
        }
        SigningKeysChange::SignWith(id) => {
            keys.sign_with(&id)?;
            "New tokens are signed with it"
        }
        SigningKeysChange::Remove(id) => {
            keys.remove(&id)?;
            "Tokens of the key are refused"
        }
    };
    let version = store.write(&keys, &version).await?;
    tell_how_to_deploy(&version, effect);
    Ok(())
}

/// Functions read secrets when they start; a changed variable makes all of them start anew.
fn tell_how_to_deploy(version: &Version, effect: &str) {
    let revision = version.short();
    eprintln!(
        "\
{effect} once the functions have started anew. To make them, with STACK for the stack's name:

  aws cloudformation update-stack --stack-name STACK --use-previous-template \\
    --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND \\
    --parameters ParameterKey=SecretsRevision,ParameterValue={revision} \\
      $(aws cloudformation describe-stacks --stack-name STACK --output text --query \\
        \"Stacks[0].Parameters[?ParameterKey!='SecretsRevision'].join('', ['ParameterKey=', ParameterKey, ',UsePreviousValue=true'])\")
  aws cloudformation wait stack-update-complete --stack-name STACK

Or, with the next version of the service: sam deploy --parameter-overrides SecretsRevision={revision}"
    );
}

fn tell_news(news: News) {
    match news {
        // The one thing that is to be read by another program, and it must be out before anything is deleted. That
        // nobody reads it is told by what follows.
        News::Continued(contact) => drop(say(&format!("Continued, of nobody: {contact}"))),
        News::Closed(chats) => {
            eprintln!("closed: chats {chats}; waiting until all calls that had begun are over");
        }
        News::SoFar(erased) => eprintln!("so far: {}", counts(erased)),
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.map(|since| since.as_millis()).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}

/// Says what nothing depends on: a reader who has gone, as `head` does, has read enough.
fn say_freely(text: &str) -> Result<(), Failure> {
    let _ = writeln!(std::io::stdout(), "{text}");
    Ok(())
}

fn say(line: &str) -> Result<(), Failure> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
