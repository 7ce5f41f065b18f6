//! What a start says that cannot be: one sentence, which names the file or the address and the way on. And what it says of
//! what was not there before.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// An empty folder of one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("starts-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn program(folder: &Path, options: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_local"));
    program
        .current_dir(folder)
        .args(["--port", "0"])
        .args(options);
    for variable in ["RUST_LOG", "AWS_ACCESS_KEY_ID", "AWS_PROFILE"] {
        program.env_remove(variable);
    }
    program
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    program
}

/// What a start says that fails: one line, and nothing else.
fn refused(folder: &Path, options: &[&str]) -> String {
    let program = program(folder, options).spawn().expect("it runs");
    let output = ended(program);
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(output.stdout.is_empty());
    let line = said.strip_suffix('\n').expect("a line");
    assert!(
        !line.contains(['\n', '{']) && !line.contains("os error"),
        "{line}"
    );
    line.strip_prefix("local: ").expect("its name").to_owned()
}

/// What a start says that succeeds, and is then stopped.
fn started(folder: &Path, options: &[&str]) -> String {
    let mut program = program(folder, options).spawn().expect("it starts");
    let mut out = program.stdout.take().expect("a pipe");
    let (mut said, last) = (
        String::new(),
        if options.contains(&"-q") {
            "\n"
        } else {
            "in a browser"
        },
    );
    while !said.contains(last) {
        let mut bytes = [0; 4096];
        let count = out.read(&mut bytes).expect("its output");
        assert_ne!(count, 0, "{said}");
        said.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    let pid = program.id().to_string();
    let stopped = Command::new("kill").arg(pid).status().expect("a signal");
    assert!(stopped.success());
    assert!(ended(program).status.success());
    said
}

/// A program's end, which comes within half a minute.
fn ended(mut program: Child) -> Output {
    let began = Instant::now();
    while program.try_wait().expect("a program").is_none() {
        if began.elapsed() > Duration::from_secs(30) {
            program.kill().expect("killed");
            panic!("it does not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    program.wait_with_output().expect("its output")
}

#[test]
fn row_95_data_that_has_lost_its_keys_is_refused_unless_new_ones_are_asked_for() {
    let folder = folder("keys");
    let said = started(&folder, &["--data", "chat.db"]);
    assert!(
        said.contains("\nNew data file: chat.db\nNew keys: chat.db.keys\n"),
        "{said}"
    );
    let said = started(&folder, &["--data", "chat.db"]);
    assert!(!said.contains("New "), "{said}");

    let keys = folder.join("chat.db.keys");
    fs::rename(&keys, folder.join("aside")).expect("moved");
    let data = fs::read(folder.join("chat.db")).expect("data");
    let said = refused(&folder, &["--data", "chat.db"]);
    assert!(
        said.starts_with(
            "the keys file chat.db.keys is missing for the data in chat.db: put it back, or"
        ),
        "{said}"
    );
    assert!(said.contains("--new-keys"), "{said}");
    assert!(!keys.exists(), "none were made");
    assert_eq!(fs::read(folder.join("chat.db")).expect("data"), data);

    let said = started(&folder, &["--data", "chat.db", "--new-keys"]);
    assert!(
        said.contains("\nNew keys: chat.db.keys\n") && !said.contains("New data"),
        "{said}"
    );
    let said = started(&folder, &["--data", "chat.db", "-q"]);
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn row_95_keys_without_data_are_what_a_start_leaves_that_is_cut_short() {
    let folder = folder("cut-short");
    started(&folder, &["--data", "chat.db"]);
    let keys = fs::read(folder.join("chat.db.keys")).expect("keys");
    for file in ["chat.db", "chat.db-wal", "chat.db-shm"] {
        let _ = fs::remove_file(folder.join(file));
    }
    // As the engine leaves it that is killed before its first write.
    fs::write(folder.join("chat.db"), "").expect("written");
    let said = started(&folder, &["--data", "chat.db"]);
    assert!(
        said.contains("New data file: chat.db\n") && !said.contains("New keys"),
        "{said}"
    );
    assert_eq!(fs::read(folder.join("chat.db.keys")).expect("keys"), keys);
}

#[test]
fn a_data_file_that_cannot_be_is_named_and_left_as_it_is() {
    let folder = folder("files");
    fs::write(
        folder.join("text"),
        "Dear diary, this is longer than a header.\n".repeat(9),
    )
    .expect("written");
    fs::create_dir(folder.join("folder")).expect("a folder");
    started(&folder, &["--data", "damaged"]);
    let damaged = fs::OpenOptions::new()
        .write(true)
        .open(folder.join("damaged"));
    damaged.and_then(|file| file.set_len(4096)).expect("cut");
    for (data, said) in [
        (
            "text",
            "text is no data file of this program and was left as it is; --data FILE names another one",
        ),
        (
            "/dev/zero",
            "/dev/zero is no data file of this program and was left as it is; --data FILE names another one",
        ),
        (
            "folder",
            "folder is a folder, and the data is kept in one file, as in --data folder/chat.db",
        ),
        (
            "damaged",
            "the data file damaged is damaged; put a copy of it back, or start anew with another --data FILE",
        ),
        (
            "text/chat.db",
            "cannot open the data file text/chat.db: not a directory; --data FILE names another one, --memory keeps no data",
        ),
        (
            "/proc/none/chat.db",
            "cannot make the folder /proc/none: no such file or directory; --data FILE keeps the data elsewhere, --memory keeps none",
        ),
    ] {
        assert_eq!(refused(&folder, &["--data", data]), said);
    }
    let text = fs::read_to_string(folder.join("text")).expect("text");
    assert!(text.starts_with("Dear diary"));
    assert!(!folder.join("text.keys").exists());
}

#[test]
fn of_servers_that_start_at_once_on_a_new_file_one_makes_keys_and_the_others_are_refused() {
    let folder = folder("race");
    let options = ["--data", "chat.db", "-q"];
    let servers: Vec<Child> = (0..4)
        .map(|_| program(&folder, &options).spawn().expect("it runs"))
        .collect();
    let mut ready = Vec::new();
    for mut server in servers {
        let mut first = [0; 1];
        let out = server.stdout.as_mut().expect("a pipe");
        // A refused one ends without a word there.
        match out.read(&mut first).expect("its output") {
            0 => {
                let output = ended(server);
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.code(), Some(1), "{said}");
                assert!(
                    said.contains("another program holds the data file chat.db"),
                    "{said}"
                );
            }
            _ => ready.push(server),
        }
    }
    assert_eq!(ready.len(), 1);
    assert!(
        !folder.join("chat.db.keys.old").exists(),
        "keys were made once"
    );
    for mut server in ready {
        server.kill().expect("a signal");
        server.wait().expect("its end");
    }
}

#[test]
fn one_signal_ends_a_start_that_waits_for_something() {
    let folder = folder("waits");
    let made = Command::new("mkfifo")
        .arg(folder.join("chat.db.keys"))
        .status();
    assert!(made.expect("mkfifo runs").success());
    let server = program(&folder, &["--data", "chat.db"])
        .spawn()
        .expect("it runs");
    // It listens to signals before it opens anything.
    std::thread::sleep(Duration::from_millis(500));
    let sent = Command::new("kill")
        .args(["-INT", &server.id().to_string()])
        .status();
    assert!(sent.expect("kill runs").success());
    assert_eq!(ended(server).status.code(), Some(130));
}

#[test]
fn a_second_server_on_the_same_file_is_refused_and_changes_nothing() {
    let folder = folder("twice");
    let mut first = program(&folder, &["--data", "chat.db", "-q"])
        .spawn()
        .expect("it starts");
    let mut ready = [0; 1];
    let out = first.stdout.as_mut().expect("a pipe");
    out.read_exact(&mut ready).expect("it is ready");
    let keys = fs::read(folder.join("chat.db.keys")).expect("keys");
    let said =
        "another program holds the data file chat.db; stop that one, or use another --data FILE";
    for options in [
        &["--data", "chat.db"][..],
        &["--data", "chat.db", "--new-keys"],
    ] {
        assert_eq!(refused(&folder, options), said);
    }
    assert_eq!(fs::read(folder.join("chat.db.keys")).expect("keys"), keys);
    // A killed server leaves no lock.
    first.kill().expect("a signal");
    first.wait().expect("its end");
    started(&folder, &["--data", "chat.db"]);
}

#[test]
fn an_address_that_cannot_be_is_named() {
    let folder = folder("addresses");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let said = refused(&folder, &["--memory", "--port", &port.to_string()]);
    assert_eq!(
        said,
        format!(
            "cannot listen on 127.0.0.1:{port}: address already in use; --port N takes another port, 0 any free one, --host ADDRESS another address"
        )
    );

    let nowhere = "http://127.0.0.1:1";
    let said = refused(&folder, &["--dynamodb-endpoint", nowhere]);
    assert_eq!(
        said,
        "no DynamoDB answers at http://127.0.0.1:1: connection refused; check that it runs and that --dynamodb-endpoint is right"
    );
    // A server of something else.
    std::thread::spawn(move || {
        for connection in taken.incoming() {
            let mut connection = connection.expect("a connection");
            let _ = connection.read(&mut [0; 4096]);
            let _ = connection.write_all(
                b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhm",
            );
        }
    });
    let said = refused(
        &folder,
        &["--dynamodb-endpoint", &format!("http://127.0.0.1:{port}")],
    );
    assert!(said.ends_with("refuses to serve: its answer is none of DynamoDB's; check the address, the credentials and the region"), "{said}");
}
