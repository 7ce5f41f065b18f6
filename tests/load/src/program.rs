//! A run: steps at rising rates, or at one, and then the verdict on every chat, and on the server's memory where that is wanted.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::future::Future;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::signal::ctrl_c;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

use crate::arguments::{Arguments, HELP, Parsed};
use crate::arrivals::{Arrivals, Dice};
use crate::chats::{Chat, Chats, Known};
use crate::check::{Wrong, check};
use crate::memory::Held;
use crate::one_chat;
use crate::server::{SERVE, Server, serve};
use crate::service::{Fate, Service};
use crate::step::{Came, open_chats, play};

/// How many transcripts are read at the same time for the verdict.
const AT_ONCE: usize = 4;

type Error = Box<dyn std::error::Error>;

/// Runs what the words of the command line ask for.
pub fn run(words: Vec<OsString>) -> ExitCode {
    if words.first().is_some_and(|word| word == SERVE) {
        let ran = Runtime::new().map(|runtime| runtime.block_on(serve(words.into_iter().skip(1))));
        return ran.unwrap_or(ExitCode::FAILURE);
    }
    let arguments = match Arguments::parse(words) {
        Ok(Parsed::Run(arguments)) => arguments,
        Ok(Parsed::Help) => {
            say(HELP);
            return ExitCode::SUCCESS;
        }
        Ok(Parsed::Version) => {
            say(concat!("load ", env!("CARGO_PKG_VERSION"), "\n"));
            return ExitCode::SUCCESS;
        }
        Err(usage) => {
            eprintln!("load: {usage} (see load --help)");
            return ExitCode::from(2);
        }
    };
    // One thread, so that there is a processor left for the server.
    let runtime = Builder::new_current_thread().enable_all().build();
    let ran = runtime
        .map_err(Error::from)
        .and_then(|runtime| runtime.block_on(until_stopped(load(&arguments))));
    match ran {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What it comes to, unless this program is told to stop before: then the server and its data go too.
async fn until_stopped(loading: impl Future<Output = Result<bool, Error>>) -> Result<bool, Error> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        ended = loading => ended,
        _ = ctrl_c() => Err("stopped".into()),
        _ = terminated.recv() => Err("stopped".into()),
    }
}

/// Whether every chat is as it must be, and the server's memory.
async fn load(arguments: &Arguments) -> Result<bool, Error> {
    if arguments.one_chat {
        return contend(arguments).await;
    }
    let server = Server::start(arguments.memory).await?;
    // No two runs use the same tokens: the server is new, and so are its chats.
    let service = Arc::new(Service::new(server.host.clone(), arguments.seed));
    let chats = Arc::new(Chats::default());
    let mut dice = Dice::new(arguments.seed);
    let mut rate = arguments.from;
    let mut resident = Vec::new();
    say(HEADER);
    for _ in 0..arguments.steps {
        open_chats(&service, &chats, rate).await?;
        service.take_repeated();
        let before = server.processor_time();
        let arrivals = Arrivals::new(rate, arguments.step, dice.bits());
        let came = play(&service, &chats, arrivals, &mut dice).await;
        let used = server.processor_time().zip(before);
        let busy =
            used.map(|(after, before)| (after - before).as_secs_f64() / came.lasted.as_secs_f64());
        let held = server.resident();
        resident.extend(held);
        say(&row(rate, &came, service.take_repeated(), held, busy));
        let slow = came.slowest().is_some_and(|it| it > arguments.until);
        if (slow && !arguments.flat) || !came.given_up.is_empty() {
            break;
        }
        rate *= arguments.factor;
    }
    let right = verdict(&service, &chats).await;
    server.stop().await?;
    let denied = service.denied();
    if denied > 0 {
        say(&format!(
            "WRONG: {denied} calls were refused that a server owes an answer.\n"
        ));
    }
    Ok(right && denied == 0 && (!arguments.flat || flat(&resident)))
}

/// Whether many senders in one chat do as well as they must.
async fn contend(arguments: &Arguments) -> Result<bool, Error> {
    let server = Server::start(true).await?;
    let service = Arc::new(Service::new(server.host.clone(), arguments.seed));
    let came = one_chat::play(&service, arguments.step).await?;
    server.stop().await?;
    say(&came.to_string());
    Ok(came.is_well())
}

/// Tells what the server held after each step, and whether that stayed flat. What cannot be told did not.
fn flat(resident: &[f64]) -> bool {
    let Some(held) = Held::of(resident) else {
        say(
            "The server's memory is not known: the system does not tell it, or the run was too short.\n",
        );
        return false;
    };
    say(&format!("{held}\n"));
    held.is_flat()
}

const HEADER: &str = "\
Latencies in milliseconds, from the moment at which a call was due: 50th and 99th percentile, and the longest.

arrivals/s |  calls |         start        |         send         |      transcript      | repeated | given up | server: MiB, processors
";

fn row(
    rate: f64,
    came: &Came,
    repeated: usize,
    resident: Option<f64>,
    busy: Option<f64>,
) -> String {
    let calls: usize = came.kinds().iter().map(|each| each.count()).sum();
    let mut row = format!("{rate:>10.0} | {calls:>6} |");
    for latencies in [&came.start, &came.send, &came.transcript] {
        let millis = |latency: Option<Duration>| {
            latency.map_or_else(
                || "–".to_owned(),
                |it| format!("{:.1}", it.as_secs_f64() * 1000.0),
            )
        };
        let _ = write!(
            row,
            " {:>5} {:>6} {:>7} |",
            millis(latencies.percentile(50)),
            millis(latencies.percentile(99)),
            millis(latencies.longest()),
        );
    }
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |it| format!("{it:.1}"));
    let _ = writeln!(
        row,
        " {repeated:>8} | {:>8} | {:>6} {:>5}",
        came.given_up.len(),
        number(resident),
        number(busy)
    );
    if came.idle > 0 {
        let _ = writeln!(
            row,
            "             {} arrivals found no open chat",
            came.idle
        );
    }
    for why in came.given_up.iter().take(3) {
        let _ = writeln!(row, "             given up: {why}");
    }
    row
}

/// Reads every chat, tells what is wrong with any, and whether nothing is.
async fn verdict(service: &Arc<Service>, chats: &Chats) -> bool {
    let all = chats.all();
    let mut under_way = JoinSet::new();
    let (mut left, mut wrong) = (all.iter(), Vec::new());
    loop {
        while under_way.len() < AT_ONCE {
            let Some(chat) = left.next() else { break };
            under_way.spawn(read(Arc::clone(service), Arc::clone(chat)));
        }
        match under_way.join_next().await {
            None => break,
            Some(Ok(found)) => wrong.extend(found),
            Some(Err(error)) => wrong.push(format!("not read: {error}")),
        }
    }
    for each in &wrong {
        say(&format!("{each}\n"));
    }
    let said: Vec<_> = all.iter().flat_map(|chat| chat.said()).collect();
    let acknowledged = said
        .iter()
        .filter(|it| matches!(it.fate, Known::Acknowledged(..)));
    say(&format!(
        "\n{} chats, {} messages, {} of them acknowledged; {}.\n",
        all.len(),
        said.len(),
        acknowledged.count(),
        if wrong.is_empty() {
            "each of these stands exactly once, under the id that its sender was told, in the order in which it was said".to_owned()
        } else {
            format!("WRONG in {} places", wrong.len())
        }
    ));
    wrong.is_empty()
}

/// What is wrong with a chat.
async fn read(service: Arc<Service>, chat: Arc<Chat>) -> Vec<String> {
    let told = |wrong: &Wrong| format!("contact {}: {wrong}", chat.contact);
    match service.messages(&chat.contact).await {
        Fate::Done(standing) => check(&chat.said(), &standing).iter().map(told).collect(),
        Fate::Refused(why) | Fate::Unknown(why) => {
            vec![format!("contact {}: not read: {why}", chat.contact)]
        }
    }
}

/// Writes to standard output; nobody listening there is no reason to stop.
fn say(text: &str) {
    let _ = write!(std::io::stdout(), "{text}");
}
