//! An intermediary (RFC 9110 §3.7): a gateway in front of one origin, or a proxy that clients choose, as a
//! [`Handler`] of the [`origin_server`](crate::origin_server) that asks through the connections of a
//! [`user_agent`].
//!
//! ```text
//!   client ─► Exchange ─► target, fields ─► a connection of the agent ─► origin
//!          ◄─ interim responses, head, content, trailers ◄──────────────┘
//! ```
//!
//! What is forwarded is written anew from the message that was understood, never copied: a message that one of the two sides would read
//! otherwise than this one has no way through. The fields of the connection end here (RFC 9110 §7.6.1), Via grows by one (§7.6.3),
//! Max-Forwards falls by one (§7.6.2), content streams in both directions in pieces, a response that breaks off
//! breaks off for the client, too. A request is sent again only where that is safe.
//!
//! Not done: Upgrade is not forwarded; an origin that answers at length while it still reads is not read before the
//! request is through; a client that leaves is noticed when something is sent to it.
//!
//! ```
//! use wiregauge_proto::driver::ResponseOptions;
//! use wiregauge_proto::gateway::{Gateway, Options};
//! use wiregauge_proto::origin_server::{self, Listener, OriginServer, whole};
//! use wiregauge_proto::user_agent::{self, Ask, UserAgent};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let hello = whole(|_, _| async { Ok(ResponseOptions { content: "hello".into(), ..ResponseOptions::default() }) });
//! let listener = || vec![Listener::plain("127.0.0.1:0".parse().unwrap())];
//! let origin = OriginServer::start(listener(), origin_server::Options::default(), hello).await?;
//! let uri = format!("http://{}/", origin.addresses()[0]).parse()?;
//! let gateway = Gateway::reverse(&uri, Options::default());
//! let front = OriginServer::start(listener(), origin_server::Options::default(), gateway).await?;
//! let agent = UserAgent::new(user_agent::Options::default());
//! let answer = agent.ask(Ask::get(format!("http://{}/", front.addresses()[0]).parse()?)).await?;
//! assert_eq!(answer.read_whole().await?.content, b"hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod fields;
mod relay;
mod target;
mod trouble;
mod tunnel;

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::driver::ResponseOptions;
use crate::origin_server::{Exchange, Handler, HandlerError};
use crate::user_agent::{self, Origin, Uri, UserAgent};
use target::Target;
use trouble::Trouble;

/// What an intermediary keeps to.
#[derive(Clone, Debug)]
pub struct Options {
    /// How origins are asked: limits, waits, how many connections, whom to trust. Redirects, cookies and proxies of an agent are
    /// not used.
    pub agent: user_agent::Options,
    /// The name in Via. The default ends in random digits, so that two in a row do not take each other for a loop.
    pub pseudonym: String,
    /// Whether a gateway hands the client's Host on; otherwise the origin is asked by its own name. A proxy always uses the host
    /// of the target (RFC 9112 §3.2.2).
    pub keep_host: bool,
    /// Whether X-Forwarded-For tells the origin who asks.
    pub tell_client: bool,
    /// The ports that a proxy opens tunnels to.
    pub tunnel_ports: Vec<u16>,
    /// How long a tunnel may be at rest.
    pub tunnel_idle: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            agent: user_agent::Options {
                connections: 1024,
                connections_per_origin: 512,
                redirects: 0,
                ..user_agent::Options::default()
            },
            pseudonym: format!("wiregauge-{:08x}", RandomState::new().hash_one(0) & 0xffff_ffff),
            keep_host: true,
            tell_client: false,
            tunnel_ports: vec![443],
            tunnel_idle: Duration::from_secs(300),
        }
    }
}

/// An intermediary.
#[derive(Debug)]
pub struct Gateway {
    agent: UserAgent,
    options: Options,
    /// Whom everything goes to; without one it is a proxy.
    origin: Option<Origin>,
}

impl Gateway {
    /// A gateway (a "reverse proxy"): every request goes to the origin of `uri`.
    pub fn reverse(uri: &Uri, options: Options) -> Gateway {
        Gateway { agent: UserAgent::new(options.agent.clone()), options, origin: Some(uri.origin().clone()) }
    }

    /// A proxy (a "forward proxy"): requests say in absolute-form whom they go to, or ask for a tunnel.
    pub fn forward(options: Options) -> Gateway {
        Gateway { agent: UserAgent::new(options.agent.clone()), options, origin: None }
    }

    async fn pass(&self, exchange: &mut Exchange<'_>) -> Result<(), Trouble> {
        let request = exchange.request().clone();
        if fields::has_been_here(&request.fields, &self.options.pseudonym) {
            return Err(Trouble::Refused(508, "the request has been here before".into()));
        }
        match target::of(&request, self.origin.as_ref())? {
            Target::Tunnel { host, port } => self.tunnel(exchange, &host, port).await,
            Target::Origin { origin, target, host } => {
                let fields = match fields::limit(&request) {
                    fields::Limit::Here => return self.answer(exchange, &request).await,
                    fields::Limit::Onwards(fields) => fields,
                };
                let host = match (&self.origin, self.options.keep_host) {
                    (Some(origin), false) => target::authority(origin),
                    _ => host,
                };
                self.relay(exchange, &request, fields, &origin, target, host).await
            }
        }
    }

    /// The last recipient of a TRACE or OPTIONS is this one (RFC 9110 §7.6.2).
    async fn answer(&self, exchange: &mut Exchange<'_>, request: &crate::driver::Request) -> Result<(), Trouble> {
        let options = match request.method.as_slice() {
            b"TRACE" => ResponseOptions {
                content_type: Some(b"message/http".to_vec()),
                content: fields::echo(request).into(),
                ..ResponseOptions::default()
            },
            _ => ResponseOptions {
                fields: vec![(b"Allow".to_vec(), b"GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS, TRACE".to_vec())],
                ..ResponseOptions::default()
            },
        };
        exchange.respond(options).await.map_err(Trouble::Client)
    }
}

impl Handler for Gateway {
    async fn handle(&self, exchange: &mut Exchange<'_>) -> Result<(), HandlerError> {
        match self.pass(exchange).await {
            Ok(()) => Ok(()),
            Err(Trouble::Client(error)) => Err(error),
            Err(Trouble::BrokeOff(why)) => Err(HandlerError::failed(why)),
            Err(Trouble::Refused(status, words)) => exchange.respond(trouble::page(status, &words)).await,
            Err(Trouble::Origin(error)) => {
                let (status, words) = trouble::told(&error);
                exchange.respond(trouble::page(status, &words)).await
            }
        }
    }
}
