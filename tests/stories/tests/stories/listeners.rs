//! Every program that listens has the one listener that it names, and that one turns away pages of other origins, requests
//! meant for other machines, and made-up keys.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::SharedCredentialsProvider;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::people::{Backend, access_key};
use crate::refusal::refused;
use crate::server::program;

/// The programs that listen: which sources open a port at all is asked of the tree.
const PROGRAMS: [(&str, &[&str]); 4] = [
    ("local", &["--memory"]),
    ("local", &["--data", "chat.db"]),
    ("local", &["dynamodb", "--data", "dynamodb.db"]),
    ("load", &["serve", "--memory"]),
];

/// A running program, and the address that it prints first.
struct Listening {
    child: Child,
    address: String,
    _folder: crate::server::Folder,
}

impl Listening {
    async fn start(name: &str, arguments: &[&str]) -> Self {
        let folder = crate::server::Folder::new();
        let mut child = Command::new(program(name))
            .args(arguments)
            .args(["--port", "0"])
            .current_dir(folder.file(""))
            .env("RUST_LOG", "error")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = said.next_line().await.unwrap().expect("its address");
        let (_, rest) = first.split_once("http://").expect("an address");
        let address = rest.split(' ').next().unwrap().to_owned();
        tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
        Self {
            child,
            address,
            _folder: folder,
        }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it listens to, by the kernel's word: every socket of the process at which somebody else can begin.
    fn listeners(&self) -> BTreeSet<String> {
        let about = format!("/proc/{}", self.child.id().unwrap());
        let files = fs::read_dir(format!("{about}/fd")).unwrap();
        let sockets: BTreeSet<String> = files
            .filter_map(|file| fs::read_link(file.unwrap().path()).ok())
            .filter_map(|link| {
                let link = link.to_str()?.strip_prefix("socket:[")?;
                Some(link.strip_suffix(']')?.to_owned())
            })
            .collect();
        assert!(!sockets.is_empty());
        let mut listeners = BTreeSet::new();
        for (kind, listens) in [("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")] {
            // A kernel may have no IPv6.
            let table = fs::read_to_string(format!("{about}/net/{kind}")).unwrap_or_default();
            for line in table.lines().skip(1) {
                let words: Vec<&str> = line.split_whitespace().collect();
                if words[3] == listens && sockets.contains(words[9]) {
                    listeners.insert(format!("{kind} {}", words[1]));
                }
            }
        }
        let named = fs::read_to_string(format!("{about}/net/unix")).unwrap();
        for line in named.lines().skip(1) {
            let words: Vec<&str> = line.split_whitespace().collect();
            // `__SO_ACCEPTCON`.
            if words[3] == "00010000" && sockets.contains(words[6]) {
                listeners.insert(format!("unix {line}"));
            }
        }
        listeners
    }

    /// The status of an answer to a raw request.
    async fn status(&self, method: &str, path: &str, lines: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\n{lines}Content-Length: 2\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{{}}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    }
}

#[tokio::test]
async fn every_program_that_listens_has_one_listener_and_it_is_on_loopback() {
    for (name, arguments) in PROGRAMS {
        let program = Listening::start(name, arguments).await;
        let (host, port) = program.address.split_once(':').unwrap();
        assert_eq!(host, "127.0.0.1", "{name} {arguments:?}");
        // As the kernel writes 127.0.0.1.
        let port: u16 = port.parse().unwrap();
        let expected = BTreeSet::from([format!("tcp 0100007F:{port:04X}")]);
        assert_eq!(program.listeners(), expected, "{name} {arguments:?}");
    }
}

#[tokio::test]
async fn every_listener_turns_away_pages_of_other_origins_and_requests_meant_elsewhere() {
    for (name, arguments) in PROGRAMS {
        let program = Listening::start(name, arguments).await;
        let here = format!("Host: {}\r\n", program.address);
        for (method, path) in [
            ("POST", "/"),
            ("GET", "/"),
            ("OPTIONS", "/"),
            ("PUT", "/contact/chat"),
            ("POST", "/participant/transcript"),
            ("GET", "/websocket?token=x"),
        ] {
            for lines in [
                format!("{here}Origin: https://www.example.com\r\n"),
                format!("{here}Origin: null\r\n"),
                "Host: www.example.com\r\n".to_owned(),
                "Host: 127.0.0.1.example.com\r\n".to_owned(),
            ] {
                let lines = format!("{lines}X-Amz-Target: DynamoDB_20120810.ListTables\r\n");
                let status = program.status(method, path, &lines).await;
                let asked = format!("{name} {arguments:?}: {method} {path} {lines}");
                assert_eq!(status, "403", "{asked}");
            }
        }
    }
}

#[tokio::test]
async fn no_listener_knows_a_made_up_key() {
    for (name, arguments) in PROGRAMS {
        let program = Listening::start(name, arguments).await;
        for (id, secret, code) in [
            ("made-up", "made-up", "UnrecognizedClientException"),
            ("made-up", "local", "UnrecognizedClientException"),
            ("local", "made-up", "InvalidSignatureException"),
        ] {
            let backend = Backend::with_key(&program.url(), "local", access_key(id, secret));
            let holder = Credentials::new(id, secret, None, None, "test");
            let holder = SharedCredentialsProvider::new(holder);
            let config = engine::sdk_config(&program.url()).into_builder();
            let config = config.credentials_provider(holder).build();
            let table = dynamodb::client(&config).delete_table().table_name("chat");
            if arguments.contains(&"dynamodb") {
                let deleted = table.send().await.expect_err("a made-up key");
                assert_eq!(deleted.code(), Some(code), "{id} {secret}");
            } else {
                let started = refused(backend.chat("Jane").send().await);
                assert_eq!(started.code, code, "{name} {id} {secret}");
                // The table's own calls are none of this service's.
                assert!(table.send().await.is_err());
            }
        }
    }
}
