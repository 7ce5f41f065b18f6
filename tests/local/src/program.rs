//! The program `local` from its command line to its end.

use std::ffi::OsString;
use std::process::ExitCode;

use engine::AccessKey;

use crate::arguments::{Arguments, Command, HELP, parse};
use crate::logging::init_logging;
use crate::output::Output;
use crate::routes::service;
use crate::server::{Running, serve_live};
use crate::signals::{self, FirstSignal, Signal};
use crate::store::{Store, TABLE};

/// Names the variable with the key of `local dynamodb`.
const ENGINE_KEY: &str = "DYNAMODB_ACCESS_KEY";

type Error = Box<dyn std::error::Error + Send + Sync>;

/// How a run ended that did not fail.
enum Ended {
    /// It did what it was to do.
    Done,
    /// A signal came before it was ready.
    BeforeReady(Signal),
}

/// Runs what the words of the command line ask for, without the program's name, until a signal stops it.
pub async fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    lambda::log_panics();
    let Ok(output) = Output::start() else {
        return ExitCode::FAILURE;
    };
    let arguments = match parse(words) {
        Ok(arguments) => arguments,
        Err(usage) => {
            output.complain(&format!("{usage} (see local --help)"));
            return ExitCode::from(2);
        }
    };
    let ended = match arguments.command {
        Command::Help => {
            output.say(HELP.trim_end());
            Ok(Ended::Done)
        }
        Command::Version => {
            output.say(concat!("local ", env!("CARGO_PKG_VERSION")));
            Ok(Ended::Done)
        }
        Command::DynamoDb => run_engine(&arguments, &output).await,
        Command::Serve => run_service(&arguments, &output).await,
    };
    match ended {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::BeforeReady(signal)) => ExitCode::from(signal.exit_code()),
        Err(error) => {
            output.complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// Does a part of the start on another thread: it may block, and a signal is to be heard meanwhile.
async fn elsewhere<T: Send + 'static>(
    part: impl Future<Output = Started<T>> + Send + 'static,
) -> Started<T> {
    tokio::spawn(part).await?
}

async fn open_store(arguments: Arguments) -> Started<Store> {
    Ok(Store::open(&arguments).await?)
}

/// What is true of a server that has started.
type Started<T> = Result<T, Error>;

async fn run_service(arguments: &Arguments, output: &Output) -> Result<Ended, Error> {
    init_logging(output, arguments.quiet);
    let mut stop = signals::listen()?;
    let (store, running) = tokio::select! {
        signal = &mut stop => return Ok(Ended::BeforeReady(signal?)),
        started = elsewhere(start_service(arguments.clone())) => started?,
    };
    say_ready(&running.url(), &store, arguments, output);
    wait(stop, arguments, output).await?;
    running.stop().await?;
    store.close().await?;
    Ok(Ended::Done)
}

async fn start_service(arguments: Arguments) -> Started<(Store, Running)> {
    let (store, keys) = Store::with_keys(&arguments).await?;
    let service = service(store.log(), &keys)?;
    let running = serve_live(service, store.line()?, arguments.door.clone()).await?;
    Ok((store, running))
}

/// The first line is the one that other programs wait for.
fn say_ready(url: &str, store: &Store, arguments: &Arguments, output: &Output) {
    let ready = format!("Persistent chat is ready at {url}");
    if arguments.quiet {
        output.say(&ready);
        return;
    }
    let place = &store.place;
    let made: String = store.made.iter().map(|made| format!("{made}\n")).collect();
    output.say(&format!(
        "\
{ready}
Access key: local, secret: local. Data: {place}. Ctrl-C stops it.
{made}
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
}

async fn run_engine(arguments: &Arguments, output: &Output) -> Result<Ended, Error> {
    init_logging(output, arguments.quiet);
    let mut stop = signals::listen()?;
    let key = engine_key()?;
    let store = tokio::select! {
        signal = &mut stop => return Ok(Ended::BeforeReady(signal?)),
        opened = elsewhere(open_store(arguments.clone())) => opened?,
    };
    let door = store.listen(arguments.door.address.port(), &key)?;
    let (url, place, id, secret) = (door.url(), &store.place, key.id(), key.secret());
    let mut ready = format!("DynamoDB is ready at {url} with the table {TABLE}.");
    if !arguments.quiet {
        ready.push_str(&format!(" Data: {place}. Ctrl-C stops it."));
    }
    // Without the key nobody could call it.
    output.say(&format!(
        "\
{ready}

It answers calls that are signed with this key, and no other:

  export AWS_ENDPOINT_URL_DYNAMODB={url} \\
    AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret} AWS_DEFAULT_REGION=us-east-1
"
    ));
    wait(stop, arguments, output).await?;
    door.stop().await?;
    store.close().await?;
    Ok(Ended::Done)
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

/// Waits until the program is to stop.
async fn wait(stop: FirstSignal, arguments: &Arguments, output: &Output) -> Result<(), Error> {
    stop.await?;
    if !arguments.quiet {
        output.complain("stopping, Ctrl-C again ends it now");
    }
    Ok(())
}
