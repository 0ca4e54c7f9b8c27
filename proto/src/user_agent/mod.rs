//! A user agent (RFC 9110 §3.5): asks for what a URI names, over connections that it keeps.
//!
//! ```text
//!   Ask ─► UserAgent ─► pool ─► connection (fresh: dial, proxy, TLS) ─► Answer ─► its content, and the connection back to the pool
//!            ▲                                                            │
//!            └──────────────────── redirects, cookies ────────────────────┘
//! ```
//!
//! What a caller would otherwise have to know is decided here: which connection may be used again and when a request may be sent
//! again (RFC 9112 §9.3.1), what becomes of method, content and credentials behind a redirect (RFC 9110 §15.4), which cookies
//! go to whom (RFC 6265). One request at a time is on a connection, unless several are asked in a row ([`UserAgent::pipeline`]).
//!
//! ```
//! use wiregauge_proto::driver::ResponseOptions;
//! use wiregauge_proto::origin_server::{self, Listener, OriginServer, whole};
//! use wiregauge_proto::user_agent::{Ask, Options, UserAgent};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! # let hello = whole(|_, _| async { Ok(ResponseOptions { content: "hello".into(), ..ResponseOptions::default() }) });
//! # let listener = Listener::plain("127.0.0.1:0".parse().unwrap());
//! # let server = OriginServer::start(vec![listener], origin_server::Options::default(), hello).await.unwrap();
//! # let there = format!("http://{}/", server.addresses()[0]);
//! let agent = UserAgent::new(Options::default());
//! let answer = agent.ask(Ask::get(there.parse()?)).await?;
//! assert_eq!(answer.response().status, 200);
//! assert_eq!(answer.read_whole().await?.content, b"hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod answer;
mod connect;
mod cookies;
mod error;
#[cfg(feature = "gateway")]
pub(crate) mod passage;
mod pipeline;
mod pool;
mod redirect;
mod uri;
mod watch;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rustls::ClientConfig;

pub use answer::Answer;
pub use cookies::CookieJar;
pub use error::AskError;
pub use pipeline::Pipeline;
pub use uri::{Origin, Scheme, Uri, UriError};
pub use watch::{Step, Watch};

use crate::driver::message::values;
use crate::driver::{self, Content, Error, RequestOptions};
use crate::head::Version;
use crate::message::OwnedField;
use connect::Route;
use pool::{Lease, Pool};

/// What an agent keeps to. `..Options::default()` is that of a careful one, which asks `http` URIs only: nobody is trusted.
#[derive(Clone, Debug)]
pub struct Options {
    /// Limits and waits of each connection, and how much content is kept in memory.
    pub http: driver::Options,
    /// How many connections are open at once, in all.
    pub connections: usize,
    /// ... and to one origin (RFC 9112 §9.4 asks to be modest). Further requests wait in the order in which they came.
    pub connections_per_origin: usize,
    /// How many requests may wait for a connection; beyond, [`AskError::Busy`].
    pub waiting: usize,
    /// How many requests of a [`Pipeline`] are on a connection at once, the one that is answered next included (RFC 9112 §9.3.2).
    pub pipelined: usize,
    /// How long a connection may be at rest and still be used again.
    pub rest: Duration,
    /// How long connecting may take, names, proxy and TLS included.
    pub connect: Duration,
    /// How many redirects are followed for one request; 0 follows none, and hands the response over.
    pub redirects: u32,
    /// Whether cookies are kept and sent.
    pub cookies: bool,
    /// The local address to connect from.
    pub local_address: Option<IpAddr>,
    /// Who is trusted with `https` URIs ([`crate::tls::client_config`] and its neighbours make one).
    pub trusts: Option<Arc<ClientConfig>>,
    /// The proxy to go through: `http` URIs in absolute-form, `https` URIs through a tunnel (RFC 9110 §9.3.6).
    pub proxy: Option<Proxy>,
    /// The value of User-Agent of requests that do not bring their own.
    pub name: Option<String>,
    /// Who is told each step.
    pub watch: Option<Watch>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            http: driver::Options::default(),
            connections: 64,
            connections_per_origin: 6,
            waiting: 1024,
            pipelined: 8,
            rest: Duration::from_secs(30),
            connect: Duration::from_secs(15),
            redirects: 10,
            cookies: false,
            local_address: None,
            trusts: None,
            proxy: None,
            name: None,
            watch: None,
        }
    }
}

/// A proxy that is spoken to in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Its host, an IPv6 address in brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The value of Proxy-Authorization, if it asks for one.
    pub authorization: Option<Vec<u8>>,
}

/// What to ask for.
#[derive(Debug)]
pub struct Ask {
    /// The method.
    pub method: Vec<u8>,
    /// Where.
    pub uri: Uri,
    /// The version of the request, HTTP/1.1 or HTTP/1.0; one of 1.0 has no chunked content and is the last on its connection.
    pub version: Version,
    /// Field lines, in order, without those that the connection writes.
    pub fields: Vec<OwnedField>,
    /// The content: none, octets, or a reader. One that comes from a reader is given once: it goes out on a fresh connection, and no
    /// redirect takes it along.
    pub content: Content,
    /// Whether to hold the content back until the server wants it.
    pub expect_continue: bool,
}

impl Ask {
    /// GET.
    pub fn get(uri: Uri) -> Ask {
        Ask {
            method: b"GET".to_vec(),
            uri,
            version: Version::HTTP_11,
            fields: Vec::new(),
            content: Content::None,
            expect_continue: false,
        }
    }

    /// Another method, with content.
    pub fn with(method: impl Into<Vec<u8>>, uri: Uri, content: impl Into<Content>) -> Ask {
        Ask { method: method.into(), content: content.into(), ..Ask::get(uri) }
    }

    /// With this content.
    #[must_use]
    pub fn content(mut self, content: Content) -> Ask {
        self.content = content;
        self
    }

    /// With another field line.
    #[must_use]
    pub fn field(mut self, name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Ask {
        self.fields.push((name.into(), value.into()));
        self
    }
}

/// Asks; cheap to clone, and all clones share connections and cookies.
#[derive(Clone, Debug)]
pub struct UserAgent {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    options: Options,
    pool: Pool,
    jar: Mutex<CookieJar>,
}

impl UserAgent {
    /// An agent without connections and without cookies.
    pub fn new(options: Options) -> UserAgent {
        let pool = Pool::new(&options);
        UserAgent { shared: Arc::new(Shared { options, pool, jar: Mutex::default() }) }
    }

    /// Asks, follows redirects, and gives the answer once its head is there; its content is read from it. There is no time limit on the
    /// whole: each step has one (`Options::connect`, [`crate::connection::Waits`]).
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn ask(&self, mut ask: Ask) -> Result<Answer, AskError> {
        if let Content::Pieces { .. } = ask.content {
            return Err(AskError::Pieces);
        }
        let mut redirects = 0;
        loop {
            let mut answer = self.ask_once(&mut ask).await?;
            answer.redirects = redirects;
            self.keep_cookies(answer.uri(), answer.response());
            if self.shared.options.redirects == 0 {
                return Ok(answer);
            }
            let Some(next) = redirect::next(&ask, answer.response()) else { return Ok(answer) };
            if redirects == self.shared.options.redirects {
                return Err(AskError::TooManyRedirects);
            }
            ask = next?;
            redirects += 1;
            answer.drop_content().await;
        }
    }

    /// Asks for several things of one origin over one connection, several requests at a time on it ([`Options::pipelined`]).
    /// Nothing is sent before [`Pipeline::next`] is called.
    ///
    /// # Errors
    /// [`AskError::Origins`] where they are not all of one origin; [`AskError::Pieces`].
    pub fn pipeline(&self, asks: Vec<Ask>) -> Result<Pipeline, AskError> {
        Pipeline::new(self.clone(), asks)
    }

    /// The cookies that are kept now.
    pub fn cookies(&self) -> CookieJar {
        self.jar().clone()
    }

    async fn ask_once(&self, ask: &mut Ask) -> Result<Answer, AskError> {
        let Shared { options, pool, .. } = &*self.shared;
        let route = Route::new(&ask.uri, options);
        let mut lease = pool.lease(route, matches!(ask.content, Content::Reader { .. })).await?;
        loop {
            if lease.http.is_none() {
                let (http, teller) = connect::connect(&lease.route, options).await?;
                (lease.http, lease.teller) = (Some(http), teller);
            }
            let was_used = lease.was_used;
            lease.teller.tell(Step::Asks { uri: &ask.uri, reused: was_used });
            match self.exchange(ask, &mut lease).await {
                Ok(response) => {
                    lease.teller.tell(Step::Answered(&response));
                    return Ok(Answer::new(ask.uri.clone(), response, lease, pool.clone()));
                }
                // The server may have ended the connection while it was at rest (RFC 9112 §9.3.1).
                Err(Failed { error, sent }) => {
                    lease.http = None;
                    let again = was_used && is_of_the_connection(&error) && (!sent || is_idempotent(&ask.method));
                    if !again {
                        return Err(error.into());
                    }
                    lease.was_used = false;
                }
            }
        }
    }

    async fn exchange(&self, ask: &mut Ask, lease: &mut Lease) -> Result<driver::Response, Failed> {
        let unsent = |error: Error| Failed { error, sent: false };
        let Some(http) = lease.http.as_mut() else { return Err(unsent(Error::Ended)) };
        let mut request = self.request(ask, &lease.route, http);
        if let Err(error) = http.send_request(&mut request).await {
            return Err(Failed { sent: may_have_been_sent(&error), error });
        }
        http.read_response(&request).await.map_err(|error| Failed { error, sent: true })
    }

    /// The request that asks for it on this connection. Content that can be given once is taken out of `ask`.
    fn request(&self, ask: &mut Ask, route: &Route, http: &pool::Connection) -> driver::Outgoing {
        let options = &self.shared.options;
        let origin = ask.uri.origin();
        let through_proxy = matches!(route, Route::Proxy);
        let mut host = origin.host.clone();
        if origin.port != origin.scheme.default_port() {
            host.push_str(&format!(":{}", origin.port));
        }
        let mut fields = ask.fields.clone();
        let has = |fields: &[OwnedField], name: &str| values(fields, name).next().is_some();
        if let Some(name) = options.name.as_ref().filter(|_| !has(&fields, "user-agent")) {
            fields.insert(0, (b"User-Agent".to_vec(), name.clone().into_bytes()));
        }
        if options.cookies
            && !has(&fields, "cookie")
            && let Some(cookies) = self.jar().field(&ask.uri, SystemTime::now())
        {
            fields.push((b"Cookie".to_vec(), cookies));
        }
        if let (true, Some(authorization)) =
            (through_proxy, options.proxy.as_ref().and_then(|p| p.authorization.clone()))
        {
            fields.push((b"Proxy-Authorization".to_vec(), authorization));
        }
        let content = match &mut ask.content {
            Content::Octets(octets) => Content::Octets(octets.clone()),
            Content::Reader { reader, size } => {
                // What is left says that there was one.
                Content::Reader { reader: std::mem::replace(reader, Box::new(std::io::empty())), size: *size }
            }
            Content::None | Content::Pieces { .. } => Content::None,
        };
        let target = if through_proxy { ask.uri.to_string() } else { ask.uri.target().to_owned() };
        http.make_request(RequestOptions {
            host: host.into_bytes(),
            method: ask.method.clone(),
            target: target.into_bytes(),
            version: ask.version,
            fields,
            content,
            expect_continue: ask.expect_continue,
            ..RequestOptions::default()
        })
    }

    fn keep_cookies(&self, uri: &Uri, response: &driver::Response) {
        if self.shared.options.cookies {
            let mut jar = self.jar();
            for set_cookie in values(&response.fields, "set-cookie") {
                jar.set(uri, set_cookie, SystemTime::now());
            }
        }
    }

    fn jar(&self) -> std::sync::MutexGuard<'_, CookieJar> {
        // No change of a jar leaves it half done.
        self.shared.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why there is no response, and whether the server may have seen the request.
struct Failed {
    error: Error,
    sent: bool,
}

/// Whether the connection is to blame, and not the request or the response.
pub(crate) fn is_of_the_connection(error: &Error) -> bool {
    matches!(error, Error::Ended | Error::Reset | Error::Transport(_) | Error::Send(driver::SendError::OutOfTurn))
}

/// Whether the server may have seen something of the request. These are told before the first octet is sent.
pub(crate) fn may_have_been_sent(error: &Error) -> bool {
    !matches!(error, Error::Ended | Error::Send(_) | Error::Fault(_))
}

/// Whether asking twice means the same as asking once (RFC 9110 §9.2.2).
pub(crate) fn is_idempotent(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD" | b"OPTIONS" | b"TRACE" | b"PUT" | b"DELETE")
}
