//! The embedded reference server: what the harness is tried on first, and something known to be right to try other tools on.
//!
//! It reads with `proto`'s strict witness and answers by one of three contracts. It is a test fixture, not a web server: it
//! listens where it is told to (127.0.0.1 unless told otherwise), serves no files and keeps nothing.

mod app;
mod connection;

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use wiregauge_proto::Limits;
use wiregauge_proto::connection::Waits;

/// How the server listens and answers. `..Options::default()` is the echo contract on a free port of 127.0.0.1.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen. Anything but a loopback address shows the server to others: it is not made for that.
    pub address: IpAddr,
    /// The port; 0 takes a free one ([`Server::address`] tells which).
    pub port: u16,
    /// What to answer.
    pub contract: Contract,
    /// The limits of what is read; a request beyond them gets the status of the limit's rule. `content` is kept in memory.
    pub limits: Limits,
    /// How many connections are open at once. Further ones wait in the system's queue until one is closed.
    pub connections: usize,
    /// How long a connection may be at rest before it is closed without a word.
    pub idle: Duration,
    /// How long a head may take from its first octet, and content between two pieces, before it is answered 408.
    pub patience: Duration,
    /// How long to wait for the client to close after the last response.
    pub linger: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            contract: Contract::Echo,
            limits: Limits { content: 8 * 1024 * 1024, ..Limits::DEFAULT },
            connections: 512,
            idle: Duration::from_secs(60),
            patience: Duration::from_secs(20),
            linger: Duration::from_secs(2),
        }
    }
}

impl Options {
    fn waits(&self) -> Waits {
        Waits {
            idle: Some(self.idle),
            head: Some(self.patience),
            content: Some(self.patience),
            send: Some(self.patience),
            linger: Some(self.linger),
            ..Waits::DEFAULT
        }
    }
}

/// A server that is running. Dropped, it stops at once.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Listens, and serves in the background of the runtime that this is called on (its I/O and time drivers must be enabled).
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn start(options: Options) -> io::Result<Server> {
        let listener = TcpListener::bind((options.address, options.port)).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(accept(listener, options, stopped));
        Ok(Server { address, stop: Some(stop), task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening, ends all connections as they are, and returns when that is done.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            // Nobody listens only if the task has ended already.
            let _ = stop.send(());
        }
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The task ends, and its connections with it, when the sender is gone; aborting makes it at once.
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, options: Options, mut stopped: oneshot::Receiver<()>) {
    let options = Arc::new(options);
    let room = Arc::new(Semaphore::new(options.connections.clamp(1, Semaphore::MAX_PERMITS)));
    // Dropping the set ends the connections.
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            let permit = room.clone().acquire_owned().await.ok()?;
            Some((permit, next_socket(&listener).await))
        };
        tokio::select! {
            _ = &mut stopped => return,
            next = next => {
                let Some((permit, socket)) = next else { return };
                let options = options.clone();
                connections.spawn(async move {
                    connection::serve(socket, &options).await;
                    drop(permit);
                });
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn next_socket(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((socket, _)) => return socket,
            // A client that was gone before it was accepted, or no descriptors left: both pass.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// What the server answers with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Contract {
    /// What it understood, as JSON: method, target, version, fields, content and trailers. Any method but CONNECT and TRACE, any
    /// path.
    #[default]
    Echo,
    /// The content of the request. Any method but CONNECT and TRACE, any path.
    Body,
    /// The same small page at every path, to GET and HEAD; other methods are not allowed, unknown ones not implemented.
    Static,
}

impl Contract {
    /// Every contract.
    pub const ALL: [Contract; 3] = [Contract::Echo, Contract::Body, Contract::Static];

    /// Its name on the command line and in manifests.
    pub fn name(self) -> &'static str {
        match self {
            Contract::Echo => "echo",
            Contract::Body => "body",
            Contract::Static => "static",
        }
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Contract {
    type Err = String;

    fn from_str(name: &str) -> Result<Contract, String> {
        Contract::ALL
            .into_iter()
            .find(|contract| contract.name() == name)
            .ok_or_else(|| format!("{name:?} is no contract; there are echo, body and static"))
    }
}
