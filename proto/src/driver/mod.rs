//! One loop between a transport and a face of the connection, with two doors: [`Http`] for a transport that blocks
//! ([`crate::transport::Transport`]), [`AsyncHttp`] for one that is polled ([`AsyncTransport`]). One object per fresh connection;
//! it becomes a client with the first request that it sends, a server with the first that it reads.
//!
//! ```text
//!            make_request, send_request, read_response, read_content        (client)
//!   caller ──────────────────────────────────────────────────────────► Http ──► Line ──► transport
//!            read_request, read_content, make_response, send_response       (server)
//! ```
//!
//! Absolute deadlines follow from [`crate::connection::Waits`]; this is the one layer that asks for the time, and it asks the transport. A client does not
//! use a connection again after a close option, an incomplete or surplus response; a server drops what content is left
//! unread within bounds, or closes; [`AsyncHttp::close`] lingers, so that the last response is not lost to a reset.
//!
//! ```
//! use wiregauge_proto::driver::{Http, Options, RequestOptions, ResponseOptions};
//! use wiregauge_proto::transport::memory;
//!
//! let (near, far) = memory::pair();
//! let server = std::thread::spawn(move || {
//!     let mut http = Http::new(far, Options::default());
//!     while let Some(request) = http.read_request()? {
//!         let whole = http.read_content()?;
//!         let response = http.make_response(&request, ResponseOptions { content: whole.content.into(), ..Default::default() });
//!         http.send_response(response)?;
//!     }
//!     http.close()
//! });
//! let mut http = Http::new(near, Options::default());
//! let options = RequestOptions { host: "a.example".into(), method: "PUT".into(), content: "hello".into(), ..Default::default() };
//! let mut request = http.make_request(options);
//! http.send_request(&mut request)?;
//! let response = http.read_response(&request)?;
//! assert_eq!((response.status, http.read_content()?.content.as_slice()), (200, &b"hello"[..]));
//! http.close()?;
//! server.join().unwrap()?;
//! # Ok::<(), wiregauge_proto::driver::Error>(())
//! ```

#[cfg(feature = "fields")]
mod accept;
mod asking;
mod blocking;
mod buffer;
#[cfg(feature = "gzip")]
mod coded;
mod error;
mod line;
#[cfg_attr(not(feature = "log"), path = "no_log.rs")]
mod log;
pub mod message;
mod options;
mod pieces;
mod reading;
mod request;
mod serving;

pub use asking::Answer;
pub use blocking::Http;
pub use error::Error;
#[cfg(feature = "log")]
pub use log::MESSAGES;
pub use message::{Content, OwnedField, Request, Response, Whole};
pub use options::{Date, Options};
pub use pieces::Wanted;
pub use reading::ContentReader;
pub use request::{Outgoing, RequestOptions};
pub use serving::{Reply, ResponseOptions};

pub use crate::connection::outgoing::SendError;

use crate::body::BodyLength;
use crate::connection::{Connection, Responses, Wait};
use crate::server::Server;
use crate::transport::{AsyncTransport, Close, TransportError};
use line::Line;

/// One connection, at the async door. Its futures wait where the transport waits; one that is dropped before it is done leaves
/// the connection in the middle of something, and it can only be closed.
#[derive(Debug)]
pub struct AsyncHttp<T> {
    line: Line<T>,
    options: Options,
    role: Role,
    /// Octets of content read from the message that is being read.
    content: u64,
    /// The trailer fields of the message read last.
    trailers: Vec<OwnedField>,
    /// The message that the caller sends piece by piece.
    begun: pieces::Begun,
    /// Who is told of messages.
    log: log::Log,
    /// The codings of what is sent and read.
    #[cfg(feature = "gzip")]
    coded: coded::Coded,
}

#[derive(Debug)]
enum Role {
    Fresh,
    Client(Box<asking::Asking>),
    Server(Box<Server>),
}

/// How much memory is taken for content that was announced and has not come.
const AT_ONCE: u64 = 64 * 1024;

/// What was heard, as far as both roles hear the same.
enum Heard {
    Content,
    Complete,
    Over,
}

impl<T: AsyncTransport> AsyncHttp<T> {
    /// A fresh connection over `transport`.
    pub fn new(transport: T, options: Options) -> AsyncHttp<T> {
        AsyncHttp {
            line: Line::new(transport),
            options,
            role: Role::Fresh,
            content: 0,
            trailers: Vec::new(),
            begun: pieces::Begun::Nothing,
            log: log::Log::new(),
            #[cfg(feature = "gzip")]
            coded: coded::Coded::default(),
        }
    }

    /// The options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The transport.
    pub fn transport(&self) -> &T {
        &self.line.transport
    }

    /// The states of the connection; `None` before it has become a client or a server.
    pub fn connection(&self) -> Option<&Connection> {
        match &self.role {
            Role::Fresh => None,
            Role::Client(asking) => Some(asking.client.connection()),
            Role::Server(server) => Some(server.connection()),
        }
    }

    /// Whether another request may be sent or read on this connection, once what is on its way is through.
    pub fn persists(&self) -> bool {
        self.connection().is_none_or(Connection::persists)
    }

    /// Whether nothing is under way: no request or response has begun, and no octet of one has come.
    pub fn is_at_rest(&self) -> bool {
        self.line.buffer.is_empty() && self.connection().is_none_or(Connection::is_idle)
    }

    /// The transport, and the octets that were received and belong to no message: after a switch, the beginning of the other
    /// protocol.
    pub fn into_parts(mut self) -> (T, Vec<u8>) {
        let octets = self.line.buffer.take();
        (self.line.transport, octets)
    }

    /// Reads the content of the message whose head was read last, whole, and its trailers.
    ///
    /// # Errors
    /// [`Error::Fault`] of `limit.content` where it is longer than [`Options::content_in_memory`]; else as
    /// [`AsyncHttp::read_piece`].
    pub async fn read_content(&mut self) -> Result<Whole, Error> {
        let mut content = Vec::with_capacity(self.announced().min(AT_ONCE) as usize);
        while self.read_piece(&mut content).await? {
            if content.len() as u64 > self.options.content_in_memory {
                return Err(self.too_long());
            }
        }
        Ok(Whole { content, trailers: std::mem::take(&mut self.trailers) })
    }

    /// How many octets of content the message has whose head was read last, where its head says so.
    fn announced(&self) -> u64 {
        let length = match &self.role {
            Role::Fresh => None,
            Role::Client(asking) => asking.client.length(),
            Role::Server(server) => server.length(),
        };
        match length {
            Some(BodyLength::Fixed(length)) => length,
            _ => 0,
        }
    }

    /// Reads some content and appends it to `into`. `false` says that the message is complete; [`AsyncHttp::trailers`] has
    /// its trailer fields then. A server that is asked for content which the client holds back answers 100 (Continue) first.
    ///
    /// # Errors
    /// A broken rule, the clock, the line; a coding that is not known, or octets that are not in it. The message is incomplete then
    /// (RFC 9112 §8), and no further one is read.
    pub async fn read_piece(&mut self, into: &mut Vec<u8>) -> Result<bool, Error> {
        #[cfg(feature = "gzip")]
        if self.coded.decoding.is_some() {
            return self.read_decoded(into).await;
        }
        self.read_coded(into).await
    }

    /// Content as it is on the wire, but for chunked.
    async fn read_coded(&mut self, into: &mut Vec<u8>) -> Result<bool, Error> {
        let heard = match &self.role {
            Role::Fresh => return Ok(false),
            Role::Client(_) => self.hear_content(into).await?,
            Role::Server(_) => self.serve_content(into).await?,
        };
        Ok(matches!(heard, Heard::Content))
    }

    /// The trailer fields of the message that was read to its end last.
    pub fn trailers(&self) -> &[OwnedField] {
        &self.trailers
    }

    /// Ends the connection in stages, so that what was sent last is not lost (RFC 9112 §9.6): our half first; then what still
    /// comes is dropped until the peer ends its half or [`crate::connection::Waits::linger`] is over; then both. A response that is
    /// not whole, and that nothing but the end of the connection ends, is cut off by a reset instead, as [`AsyncHttp::abort`] does:
    /// its reader would take the part for the whole (RFC 9112 §8).
    ///
    /// # Errors
    /// What the transport reports. It is closed all the same.
    pub async fn close(&mut self) -> Result<(), Error> {
        if self.part_looks_whole() {
            return self.abort().await;
        }
        let by = self.line.by(self.options.waits.linger);
        let mut told = self.line.close(Close::Write, by).await;
        self.line.buffer.take();
        while told.is_ok() && !self.line.ended && by.is_some() {
            match self.line.receive(by).await {
                Ok(()) => {
                    self.line.buffer.take();
                    // A peer that never stops sending is not read for ever.
                    if by.is_some_and(|by| by <= self.line.now()) {
                        break;
                    }
                }
                Err(TransportError::Late) => break,
                Err(error) => told = Err(error),
            }
        }
        let closed = self.line.close(Close::Both, by).await;
        match told.and(closed) {
            // The peer has closed its way; so have we.
            Ok(()) | Err(TransportError::Closed | TransportError::Reset | TransportError::Truncated) => Ok(()),
            Err(error) => Err(Error::from_transport(error, Wait::Linger)),
        }
    }

    /// Whether a clean end of the connection would end a response that is not whole.
    fn part_looks_whole(&self) -> bool {
        let Role::Server(server) = &self.role else { return false };
        let begun = matches!(server.connection().responses(), Responses::Content { .. });
        server.ends_with_connection() && (begun || self.line.cut)
    }

    /// Ends the connection at once, by a reset where the transport can send one: whoever was in the middle of reading a message sees
    /// that it is not whole.
    ///
    /// # Errors
    /// What the transport reports. It is closed all the same.
    pub async fn abort(&mut self) -> Result<(), Error> {
        self.line.buffer.take();
        let closed = self.line.close(Close::Reset, None).await;
        closed.map_err(|error| Error::from_transport(error, Wait::Linger))
    }

    /// Sends what the face of the connection has written.
    async fn flush(&mut self) -> Result<(), Error> {
        let out = match &mut self.role {
            Role::Fresh => return Ok(()),
            Role::Client(asking) => asking.client.take_out(),
            Role::Server(server) => server.take_out(),
        };
        let sent = self.line.send(&out, self.options.waits.send).await;
        sent.map_err(|error| Error::from_transport(error, Wait::Send))
    }
}
