//! A Secrets Manager that knows one of its calls.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde_json::{Value, json};

use crate::runtime::{Request, request};

type Read = Arc<Mutex<Vec<String>>>;

/// The manager.
pub(crate) struct SecretsManager {
    url: String,
    read: Read,
}

impl SecretsManager {
    /// A manager of these secrets.
    pub(crate) fn with<const N: usize>(secrets: [(&'static str, String); N]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let read = Read::default();
        let (secrets, noted) = (Arc::new(BTreeMap::from(secrets)), Arc::clone(&read));
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let (secrets, noted) = (Arc::clone(&secrets), Arc::clone(&noted));
                thread::spawn(move || answer(stream, &secrets, &noted));
            }
        });
        Self { url, read }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    /// The names of the secrets that were read.
    pub(crate) fn read(&self) -> Vec<String> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.clone()
    }
}

fn answer(mut stream: TcpStream, secrets: &BTreeMap<&str, String>, read: &Read) {
    while let Some(Request { body, .. }) = request(&mut stream) {
        let asked: Value = serde_json::from_str(&body).expect("JSON");
        let name = asked["SecretId"].as_str().expect("a secret");
        read.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(name.to_owned());
        let answer = json!({"Name": name, "SecretString": secrets[name]}).to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
            answer.len()
        );
        if stream.write_all((head + &answer).as_bytes()).is_err() {
            return;
        }
    }
}
