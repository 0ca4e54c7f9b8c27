//! An origin server (RFC 9110 §3.6): several listeners, plain and secured, in front of one [`Handler`].
//!
//! ```text
//!   listener ─► connection ─► Exchange ─► Handler       one task a connection; requests on it one after another
//! ```
//!
//! What the handler does not do is done here: limits on connections and times ([`Options`]), statuses for what is no request,
//! 500 for a handler that fails, a reset for an answer that breaks off in the middle, content that nobody read, the stages of closing
//! (RFC 9112 §9.6), and a stop that lets what is under way come to its end.
//!
//! ```
//! use wiregauge_proto::driver::ResponseOptions;
//! use wiregauge_proto::origin_server::{Listener, Options, OriginServer, whole};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let hello = whole(|request, _content| async move {
//!     let content = [b"hello, ".as_slice(), &request.target].concat();
//!     Ok(ResponseOptions { content: content.into(), ..ResponseOptions::default() })
//! });
//! let server = OriginServer::start(vec![Listener::plain("127.0.0.1:0".parse().unwrap())], Options::default(), hello).await?;
//! let at = server.addresses()[0];
//! // ... and when it has served long enough:
//! server.stop(std::time::Duration::from_secs(5)).await;
//! # assert_ne!(at.port(), 0);
//! # Ok::<(), std::io::Error>(())
//! # }).unwrap();
//! ```

mod connection;
mod exchange;
mod handler;
mod socket;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::driver;
pub use exchange::Exchange;
pub use handler::{Handler, HandlerError, WholeHandler, whole};
pub use socket::{Peer, Socket};

/// Where to listen.
#[derive(Clone, Debug)]
pub struct Listener {
    address: SocketAddr,
    security: Security,
}

impl Listener {
    /// For octets as they are. Port 0 takes a free one ([`OriginServer::addresses`] tells which).
    pub fn plain(address: SocketAddr) -> Listener {
        Listener { address, security: Security::Plain }
    }

    /// For TLS.
    pub fn secured(address: SocketAddr, config: Arc<rustls::ServerConfig>) -> Listener {
        Listener { address, security: Security::Tls(config) }
    }
}

#[derive(Clone, Debug)]
enum Security {
    Plain,
    Tls(Arc<rustls::ServerConfig>),
}

/// What the server keeps to. `..Options::default()` is that of a public server.
#[derive(Clone, Debug)]
pub struct Options {
    /// Limits and waits of each connection; how much content is kept in memory, and how much is dropped for the sake of a
    /// connection. The default has a clock for Date.
    pub http: driver::Options,
    /// How many connections are open at once. Further ones wait in the system's queue until one is closed.
    pub connections: usize,
    /// How long a TLS handshake may take.
    pub handshake: Duration,
}

impl Default for Options {
    fn default() -> Options {
        let date = driver::Date::new(|| httpdate::fmt_http_date(SystemTime::now()));
        Options {
            http: driver::Options { date: Some(date), ..driver::Options::default() },
            connections: 1024,
            handshake: Duration::from_secs(10),
        }
    }
}

/// A server that is running. Dropped, it stops at once and ends its connections as they are.
#[derive(Debug)]
pub struct OriginServer {
    addresses: Vec<SocketAddr>,
    stopping: watch::Sender<bool>,
    /// One task a listener, each with the connections that it accepted.
    listeners: JoinSet<()>,
}

impl OriginServer {
    /// Listens everywhere, then serves in the background of the runtime that this is called on (its I/O and time drivers must be
    /// enabled).
    ///
    /// # Errors
    /// The first address that cannot be listened on; nothing is served then.
    pub async fn start<H: Handler>(listeners: Vec<Listener>, options: Options, handler: H) -> io::Result<OriginServer> {
        let mut bound = Vec::with_capacity(listeners.len());
        for listener in listeners {
            bound.push((TcpListener::bind(listener.address).await?, listener.security));
        }
        let addresses = bound.iter().map(|(listener, _)| listener.local_addr()).collect::<io::Result<_>>()?;
        let (stopping, _) = watch::channel(false);
        let room = Arc::new(Semaphore::new(options.connections.clamp(1, Semaphore::MAX_PERMITS)));
        let shared = Arc::new(Shared { options, handler, stopping: stopping.subscribe(), room });
        let mut tasks = JoinSet::new();
        for (listener, security) in bound {
            tasks.spawn(accept(listener, security, shared.clone()));
        }
        Ok(OriginServer { addresses, stopping, listeners: tasks })
    }

    /// Where it listens, in the order of the listeners.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Stops: no new connection is accepted, those at rest are closed, requests that have begun are answered with `close`. What is
    /// not through after `patience` is ended as it is. Says how it came out.
    pub async fn stop(mut self, patience: Duration) -> Stopped {
        self.stopping.send_replace(true);
        let through = async { while self.listeners.join_next().await.is_some() {} };
        match tokio::time::timeout(patience, through).await {
            Ok(()) => Stopped::Finished,
            Err(_) => {
                self.listeners.shutdown().await;
                Stopped::CutOff
            }
        }
    }
}

/// How a stop came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stopped {
    /// Everything that had begun came to its end.
    Finished,
    /// Something took longer than there was patience, and was cut off.
    CutOff,
}

/// What every connection of a server uses.
struct Shared<H> {
    options: Options,
    handler: H,
    stopping: watch::Receiver<bool>,
    room: Arc<Semaphore>,
}

/// How long to wait after a connection could not be accepted: no descriptors left, for example, which passes.
const AGAIN: Duration = Duration::from_millis(20);

async fn accept<H: Handler>(listener: TcpListener, security: Security, shared: Arc<Shared<H>>) {
    // Dropping the set ends the connections.
    let mut connections = JoinSet::new();
    let mut stopping = shared.stopping.clone();
    loop {
        let next = async {
            let permit = shared.room.clone().acquire_owned().await.ok()?;
            Some((permit, next_socket(&listener).await))
        };
        tokio::select! {
            biased;
            _ = stopping.wait_for(|stopping| *stopping) => break,
            next = next => {
                let Some((permit, socket)) = next else { break };
                let (shared, security) = (shared.clone(), security.clone());
                connections.spawn(async move {
                    connection::serve(socket, security, &shared).await;
                    drop(permit);
                });
            }
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn next_socket(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((socket, _)) => return socket,
            Err(error) => {
                tracing::debug!(%error, "a connection was not accepted");
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}
