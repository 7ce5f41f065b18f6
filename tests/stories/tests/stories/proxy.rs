//! A network that loses replies: the request arrives and is carried out, but its answer never comes back.

use std::io::{Error, Result};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// A proxy in front of a server; it ends with the story's runtime.
pub(crate) struct Proxy {
    /// Where it answers.
    pub(crate) url: String,
    plan: Arc<Mutex<Plan>>,
}

#[derive(Default)]
struct Plan {
    losses: Vec<Loss>,
    /// The heads of all requests that were carried out.
    carried: Vec<String>,
}

/// A reply that is going to be lost.
struct Loss {
    /// What the request's head contains, up to letter case.
    request: String,
    carried_out: oneshot::Sender<()>,
    let_go: oneshot::Receiver<()>,
}

/// A reply that is held back, and is lost when this is dropped.
pub(crate) struct Held {
    carried_out: oneshot::Receiver<()>,
    _let_go: oneshot::Sender<()>,
}

impl Held {
    /// Waits until the request has been carried out.
    pub(crate) async fn is_carried_out(&mut self) {
        (&mut self.carried_out).await.unwrap();
    }
}

impl Proxy {
    /// A proxy before the server at `url`.
    pub(crate) async fn before(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            plan: Arc::default(),
        };
        let server = url.strip_prefix("http://").unwrap().to_owned();
        let plan = Arc::clone(&proxy.plan);
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let (server, plan) = (server.clone(), Arc::clone(&plan));
                // A connection that breaks is what this is for.
                tokio::spawn(async move { carry(client, &server, &plan).await.ok() });
            }
        });
        proxy
    }

    /// Loses the reply to the next request whose head contains these words.
    pub(crate) fn lose(&self, request: &str) {
        drop(self.hold(request));
    }

    /// Holds that reply back, until it is lost.
    pub(crate) fn hold(&self, request: &str) -> Held {
        let (carried_out, when_carried_out) = oneshot::channel();
        let (let_go, when_let_go) = oneshot::channel();
        self.plan.lock().unwrap().losses.push(Loss {
            request: request.to_lowercase(),
            carried_out,
            let_go: when_let_go,
        });
        Held {
            carried_out: when_carried_out,
            _let_go: let_go,
        }
    }

    /// How many requests whose head contains these words were carried out. Every planned loss must have happened.
    pub(crate) fn carried(&self, request: &str) -> usize {
        let plan = self.plan.lock().unwrap();
        assert!(plan.losses.is_empty(), "a reply was not lost: nobody asked");
        let request = request.to_lowercase();
        plan.carried
            .iter()
            .filter(|head| head.contains(&request))
            .count()
    }
}

impl Plan {
    fn loss_for(&mut self, head: &str) -> Option<Loss> {
        let place = self
            .losses
            .iter()
            .position(|loss| head.contains(&loss.request))?;
        Some(self.losses.remove(place))
    }
}

/// Carries one request there and its reply back; then the connection closes.
async fn carry(mut client: TcpStream, server: &str, plan: &Mutex<Plan>) -> Result<()> {
    let (head, request) = read_request(&mut client).await?;
    let loss = plan.lock().unwrap().loss_for(&head);
    let mut upstream = TcpStream::connect(server).await?;
    upstream.write_all(&request).await?;
    let mut reply = Vec::new();
    upstream.read_to_end(&mut reply).await?;
    plan.lock().unwrap().carried.push(head);
    match loss {
        None => client.write_all(&reply).await,
        Some(loss) => {
            let _ = loss.carried_out.send(());
            let _ = loss.let_go.await;
            Ok(())
        }
    }
}

/// The head of a request in small letters, and the whole request, with the wish that the connection closes after it.
pub(crate) async fn read_request(client: &mut TcpStream) -> Result<(String, Vec<u8>)> {
    let mut request = Vec::new();
    let end_of_head = loop {
        if let Some(at) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if client.read_buf(&mut request).await? == 0 {
            return Err(Error::other("the client has gone"));
        }
    };
    let head = String::from_utf8_lossy(&request[..end_of_head]).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |length| length.trim().parse().unwrap());
    while request.len() < end_of_head + length {
        if client.read_buf(&mut request).await? == 0 {
            return Err(Error::other("the client has gone"));
        }
    }
    let first_line = head.find("\r\n").unwrap() + 2;
    request.splice(first_line..first_line, *b"connection: close\r\n");
    Ok((head, request))
}
