//! The program `local` as a person runs it: in a terminal, which has colours and Ctrl-C and may be closed, and over pipes
//! that nobody reads.

mod pty;
mod starts;
mod unread;

use std::io::Write;
use std::net::{TcpListener, TcpStream};

use pty::Terminal;

const READY: &str = "Persistent chat is ready at http://127.0.0.1:";
/// What Ctrl-C sends.
const CTRL_C: &[u8] = &[3];

#[test]
fn in_a_terminal_it_is_ready_and_ctrl_c_ends_it_with_0() {
    for command in [
        &["--memory", "--port", "0"][..],
        &["dynamodb", "--memory", "--port", "0"],
    ] {
        let mut terminal = Terminal::run(command, &[]);
        terminal.wait_for("is ready at http://127.0.0.1:");
        terminal.types(CTRL_C);
        let (code, screen) = terminal.ended();
        assert_eq!(code, Some(0), "{screen}");
        assert!(
            screen.contains("local: stopping, Ctrl-C again ends it now"),
            "{screen}"
        );
        assert!(!screen.contains("panicked"), "{screen}");
    }
}

#[test]
fn a_terminal_gets_colours_unless_it_refuses_them() {
    // Something that is always logged.
    let unclear = ("RUST_LOG", "info,wran");
    let screen = |variables: &[(&str, &str)]| {
        let mut terminal = Terminal::run(&["--memory", "--port", "0"], variables);
        terminal.wait_for("unclear");
        terminal.wait_for(READY);
        terminal.types(CTRL_C);
        terminal.ended().1
    };
    let coloured = screen(&[("TERM", "xterm"), unclear]);
    assert!(coloured.contains("\u{1b}[33m WARN"), "{coloured:?}");
    for refused in [
        &[("TERM", "xterm"), ("NO_COLOR", "1"), unclear][..],
        &[("TERM", "dumb"), unclear],
    ] {
        let plain = screen(refused);
        assert!(
            plain.contains(" WARN") && !plain.contains('\u{1b}'),
            "{plain:?}"
        );
    }
}

#[test]
fn a_second_ctrl_c_ends_it_wherever_it_is() {
    let mut terminal = Terminal::run(&["--memory", "--port", "0"], &[]);
    let screen = terminal.wait_for("in a browser");
    let (_, rest) = screen.split_once(READY).expect("an address");
    let port: u16 = rest
        .lines()
        .next()
        .and_then(|port| port.parse().ok())
        .expect("a port");
    // Which the first one would wait for.
    let mut half = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    half.write_all(
        b"POST /contact/stop HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 10\r\n\r\n{",
    )
    .expect("sent");
    terminal.types(CTRL_C);
    terminal.wait_for("stopping");
    terminal.types(CTRL_C);
    let (code, screen) = terminal.ended();
    assert_eq!(code, Some(130), "{screen}");
}

#[test]
fn ctrl_c_ends_it_before_it_is_ready_too() {
    // A DynamoDB that takes connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("before-ready");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut terminal =
        Terminal::run_in(&folder, &["--port", "0", "--dynamodb-endpoint", &url], &[]);
    let _asked = silent.accept().expect("it asks");
    terminal.types(CTRL_C);
    let (code, screen) = terminal.ended();
    assert_eq!(code, Some(130), "{screen}");
    assert!(!screen.contains("ready"), "{screen}");
}

#[test]
fn a_terminal_that_closes_ends_it() {
    let mut terminal = Terminal::run(&["--memory", "--port", "0"], &[]);
    terminal.wait_for(READY);
    assert_eq!(terminal.closed(), Some(0));
}

#[test]
fn a_wrong_command_line_is_one_line_and_2() {
    for (command, line) in [
        (
            &["--prot", "1"][..],
            "local: invalid option '--prot' (see local --help)\r\n",
        ),
        (
            &["dynamodb", "--dynamodb-endpoint", "http://x"],
            "local: dynamodb and --dynamodb-endpoint cannot be given together (see local --help)\r\n",
        ),
    ] {
        let (code, screen) = Terminal::run(command, &[]).ended();
        assert_eq!((code, &*screen), (Some(2), line));
    }
    let (code, screen) = Terminal::run(&["--version"], &[]).ended();
    assert_eq!(
        (code, &*screen),
        (
            Some(0),
            concat!("local ", env!("CARGO_PKG_VERSION"), "\r\n")
        )
    );
}
