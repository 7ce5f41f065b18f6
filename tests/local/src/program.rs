//! The program `local` from its command line to its end.

use std::ffi::OsString;
use std::process::ExitCode;

use engine::AccessKey;

use crate::arguments::{Arguments, Command, HELP, parse};
use crate::routes::service;
use crate::server::serve_live;
use crate::store::{Store, TABLE};

/// Names the variable with the key of `local dynamodb`.
const ENGINE_KEY: &str = "DYNAMODB_ACCESS_KEY";

type Error = Box<dyn std::error::Error>;

/// Runs what the words of the command line ask for, without the program's name, until it is told to stop.
pub async fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match parse(words) {
        Ok(arguments) => arguments,
        Err(usage) => {
            eprintln!("local: {usage}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let done = match arguments.command {
        Command::Help => {
            say(HELP);
            Ok(())
        }
        Command::DynamoDb => run_engine(&arguments).await,
        Command::Serve => run_service(&arguments).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("local: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run_service(arguments: &Arguments) -> Result<(), Error> {
    // The engine warns of every slot that was taken, which is how this service works.
    lambda::init_logging(lambda::LogFormat::Text, "info,dynoxide=error");
    let store = Store::open(arguments).await?;
    let service = service(store.log(), &store.keys(arguments)?)?;
    let running = serve_live(
        service,
        store.line()?,
        arguments.origins.clone(),
        arguments.port,
    )
    .await?;
    let (url, place) = (running.url(), &store.place);
    say(&format!(
        "\
Persistent chat is ready at {url}
Access key: local, secret: local. Data: {place}. Ctrl-C stops it.

Open {url} in a browser to chat with yourself.

Three commands to copy:

  export AWS_ENDPOINT_URL_CONNECT={url} AWS_ENDPOINT_URL_CONNECTPARTICIPANT={url} \\
    AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1

  aws connect start-chat-contact --instance-id local --contact-flow-id local \\
    --participant-details DisplayName=Jane

  aws connectparticipant create-participant-connection --type WEBSOCKET CONNECTION_CREDENTIALS \\
    --participant-token PASTE_THE_PARTICIPANT_TOKEN
"
    ));
    asked_to_stop().await?;
    running.stop().await?;
    store.close().await?;
    Ok(())
}

async fn run_engine(arguments: &Arguments) -> Result<(), Error> {
    lambda::init_logging(lambda::LogFormat::Text, "info,dynoxide=error");
    let key = engine_key()?;
    let store = Store::open(arguments).await?;
    let engine = store.engine().ok_or("there is no embedded engine")?;
    let door = engine.listen(Some(arguments.port), &key)?;
    let (url, place, id, secret) = (door.url(), &store.place, key.id(), key.secret());
    say(&format!(
        "\
DynamoDB is ready at {url} with the table {TABLE}. Data: {place}. Ctrl-C stops it.

It answers calls that are signed with this key, and no other:

  export AWS_ENDPOINT_URL_DYNAMODB={url} \\
    AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret} AWS_DEFAULT_REGION=us-east-1
"
    ));
    asked_to_stop().await?;
    door.stop().await?;
    store.close().await?;
    Ok(())
}

/// The key that the engine's callers must have: a new one, where the environment names none.
fn engine_key() -> Result<AccessKey, Error> {
    match std::env::var(ENGINE_KEY) {
        Ok(word) => AccessKey::parse(&word).ok_or_else(|| {
            format!("{ENGINE_KEY} must be id:secret, of letters, digits and -_+/=").into()
        }),
        Err(_) => Ok(AccessKey::generate()?),
    }
}

/// Writes to standard output; nobody listening there is no reason to stop.
fn say(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Ctrl-C, or the signal that service managers send.
async fn asked_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}
