//! The embedded reference server: what the harness is tried on first, and something known to be right to try other tools on.
//!
//! It reads with `proto`'s strict witness and answers by one of three contracts. It is a test fixture, not a web server: it
//! listens where it is told to (127.0.0.1 unless told otherwise), serves no files and keeps nothing.

mod app;
mod handler;
mod resources;

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use wiregauge_proto::connection::Waits;
use wiregauge_proto::gateway::{self, Gateway};
use wiregauge_proto::origin_server::{self, Listener, OriginServer, Stopped};
use wiregauge_proto::user_agent::{self, Uri};
use wiregauge_proto::{Limits, driver};

pub use resources::resources;

/// How the server listens and answers. `..Options::default()` is the echo contract on a free port of 127.0.0.1.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen. Anything but a loopback address shows the server to others: it is not made for that.
    pub address: IpAddr,
    /// The port; 0 takes a free one ([`Server::address`] tells which).
    pub port: u16,
    /// What to answer.
    pub contract: Contract,
    /// Whom to ask instead of answering.
    pub intermediary: Option<Intermediary>,
    /// The certificate and key of connections that are secured by TLS; without it they are not.
    pub tls: Option<Arc<rustls::ServerConfig>>,
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
            intermediary: None,
            tls: None,
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
    origin_server: OriginServer,
}

impl Server {
    /// Listens, and serves in the background of the runtime that this is called on (its I/O and time drivers must be enabled).
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn start(options: Options) -> io::Result<Server> {
        let address = SocketAddr::new(options.address, options.port);
        let listener = match &options.tls {
            None => Listener::plain(address),
            Some(config) => Listener::secured(address, config.clone()),
        };
        let of_any_server = origin_server::Options::default();
        let options_of_server = origin_server::Options {
            http: driver::Options {
                limits: options.limits,
                waits: options.waits(),
                content_in_memory: options.limits.content,
                ..of_any_server.http
            },
            connections: options.connections,
            handshake: options.patience,
        };
        let origin_server = match options.intermediary {
            None => {
                let handler = handler::Answers(options.contract);
                OriginServer::start(vec![listener], options_of_server, handler).await?
            }
            Some(intermediary) => {
                OriginServer::start(vec![listener], options_of_server, intermediary.handler()).await?
            }
        };
        let address = origin_server.addresses()[0];
        Ok(Server { address, origin_server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening, lets what has begun come to its end for so long, ends what is left as it is, and returns when that is done.
    pub async fn shutdown(self, patience: Duration) -> Stopped {
        self.origin_server.stop(patience).await
    }
}

/// A server that forwards (RFC 9110 §3.7).
#[derive(Clone, Debug)]
pub struct Intermediary {
    /// The origin that everything goes to; without one it is a proxy, which clients tell whom to ask, in absolute-form or by CONNECT.
    pub origin: Option<Uri>,
    /// Who is trusted with `https` origins.
    pub trusts: Option<Arc<rustls::ClientConfig>>,
    /// The ports that a proxy opens tunnels to.
    pub tunnel_ports: Vec<u16>,
}

impl Intermediary {
    fn handler(self) -> Gateway {
        let of_any = gateway::Options::default();
        let agent = user_agent::Options { trusts: self.trusts, ..of_any.agent };
        let options = gateway::Options { agent, tunnel_ports: self.tunnel_ports, ..of_any };
        match self.origin {
            Some(origin) => Gateway::reverse(&origin, options),
            None => Gateway::forward(options),
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
