//! TLS over any transport (RFC 9112 §9.7, §9.8), by rustls with the ring provider.
//!
//! [`Tls`] is a transport above a transport: deadlines, half-close, and the difference between an end, a reset and lateness come
//! through it. An end without close_notify is [`TransportError::Truncated`], no clean end: content that only the end of the connection
//! delimits is incomplete then (RFC 9112 §9.8), and content of a known length that has come whole is whole.
//!
//! ```
//! use wiregauge_proto::driver::{Http, Options, RequestOptions, ResponseOptions};
//! use wiregauge_proto::tls::{Tls, client_config, server_config, server_name};
//! use wiregauge_proto::transport::{Blocking, memory};
//!
//! # let made = rcgen::generate_simple_self_signed(["a.example".to_owned()]).unwrap();
//! # let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
//! let server_config = server_config(certificate.as_bytes(), key.as_bytes())?;
//! let client_config = client_config([certificate.as_bytes()])?;
//! let (near, far) = memory::pair_with_room(1 << 16);
//! let server = std::thread::spawn(move || {
//!     let mut http = Http::new(Tls::server(Blocking(far), server_config).unwrap(), Options::default());
//!     let request = http.read_request()?.expect("a request");
//!     let response = http.make_response(&request, ResponseOptions { content: "secret".into(), ..Default::default() });
//!     http.send_response(response)?;
//!     http.close()
//! });
//! let tls = Tls::client(Blocking(near), client_config, server_name("a.example")?)?;
//! let mut http = Http::new(tls, Options { https: true, ..Options::default() });
//! let mut request = http.make_request(RequestOptions { host: "a.example".into(), close: true, ..Default::default() });
//! http.send_request(&mut request)?;
//! http.read_response(&request)?;
//! assert_eq!(http.read_content()?.content, b"secret");
//! http.close()?;
//! server.join().unwrap()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod channel;
mod config;

use std::fmt;
use std::future::poll_fn;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, Connection, ServerConfig, ServerConnection};

use crate::transport::{AsyncTransport, Blocking, Close, Transport, TransportError};
pub use channel::Channel;
#[cfg(feature = "webpki-roots")]
pub use config::client_config_of_browsers;
#[cfg(feature = "native-roots")]
pub use config::client_config_of_the_system;
pub use config::{ConfigError, client_config, client_config_trusting_anybody, server_config, server_name};

/// How much is asked of the transport at once, and the most that is handed to it before it has taken the rest: one record.
const PIECE: usize = 16 * 1024;

/// A TLS session over a transport. The handshake happens with the first call that needs it, or with [`Tls::handshake`].
pub struct Tls<T> {
    transport: T,
    session: Connection,
    /// What came and was not given to the session yet, from `start` to `end`, in room that is cleared once.
    incoming: Vec<u8>,
    start: usize,
    end: usize,
    /// What the session wants to be sent, from `sent` on.
    outgoing: Vec<u8>,
    sent: usize,
    /// Our half was closed, or both were.
    closed: Option<Close>,
    /// Why the session is over, in words that may be told again.
    failed: Option<(io::ErrorKind, String)>,
}

impl<T> Tls<T> {
    /// The client's end of a session with whom `name` names; it must be in the peer's certificate.
    ///
    /// # Errors
    /// A configuration that fits no session.
    pub fn client(
        transport: T,
        config: Arc<ClientConfig>,
        name: ServerName<'static>,
    ) -> Result<Tls<T>, TransportError> {
        Ok(Tls::over(transport, ClientConnection::new(config, name).map_err(io::Error::other)?.into()))
    }

    /// The server's end of a session.
    ///
    /// # Errors
    /// A configuration that fits no session.
    pub fn server(transport: T, config: Arc<ServerConfig>) -> Result<Tls<T>, TransportError> {
        Ok(Tls::over(transport, ServerConnection::new(config).map_err(io::Error::other)?.into()))
    }

    fn over(transport: T, session: Connection) -> Tls<T> {
        Tls {
            transport,
            session,
            incoming: Vec::new(),
            start: 0,
            end: 0,
            outgoing: Vec::new(),
            sent: 0,
            closed: None,
            failed: None,
        }
    }

    /// The protocol that both sides agreed upon (ALPN), once the handshake is through.
    pub fn protocol(&self) -> Option<&[u8]> {
        self.session.alpn_protocol()
    }

    /// The session, for what else it knows.
    pub fn session(&self) -> &Connection {
        &self.session
    }

    /// The transport below.
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// Gives what came to the session. A session that breaks off leaves an alert to be sent.
    fn take_in(&mut self) -> Result<(), TransportError> {
        let mut octets = &self.incoming[self.start..self.end];
        let before = octets.len();
        let taken = self.session.read_tls(&mut octets);
        self.start += before - octets.len();
        taken?;
        self.session.process_new_packets().map(drop).map_err(|error| self.fail(io::ErrorKind::InvalidData, error))
    }

    fn fail(&mut self, kind: io::ErrorKind, why: impl fmt::Display) -> TransportError {
        self.failed = Some((kind, format!("TLS: {why}")));
        self.failure().unwrap_or(TransportError::Closed)
    }

    fn failure(&self) -> Option<TransportError> {
        self.failed.as_ref().map(|(kind, why)| TransportError::Other(io::Error::new(*kind, why.clone())))
    }
}

impl<T: AsyncTransport> Tls<T> {
    /// Shakes hands by a deadline, unless that is done.
    ///
    /// # Errors
    /// [`TransportError::Late`]; the call may be repeated. [`TransportError::Truncated`] or [`TransportError::Reset`] where the peer left;
    /// [`TransportError::Other`] with what is wrong with its certificate or its octets.
    pub async fn handshake(&mut self, by: Option<Instant>) -> Result<(), TransportError> {
        poll_fn(|context| self.poll_handshake(context, by)).await
    }

    /// [`Tls::handshake`], polled.
    pub fn poll_handshake(
        &mut self,
        context: &mut Context<'_>,
        by: Option<Instant>,
    ) -> Poll<Result<(), TransportError>> {
        loop {
            if let Some(error) = self.failure() {
                return Poll::Ready(Err(error));
            }
            let flushed = self.poll_flush(context, by)?;
            if !self.session.is_handshaking() {
                return flushed.map(Ok);
            }
            if flushed.is_pending() && !self.session.wants_read() {
                return Poll::Pending;
            }
            match self.poll_take(context, by) {
                Poll::Ready(Ok(0)) => {
                    // The alert, if the session has one for it, is of no use to a peer that has gone.
                    return Poll::Ready(Err(TransportError::Truncated));
                }
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(self.told_off(context, error, by))),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Sends what the session wants to be sent.
    fn poll_flush(&mut self, context: &mut Context<'_>, by: Option<Instant>) -> Result<Poll<()>, TransportError> {
        loop {
            if self.sent == self.outgoing.len() {
                self.outgoing.clear();
                self.sent = 0;
                while self.session.wants_write() {
                    self.session.write_tls(&mut self.outgoing)?;
                }
                if self.outgoing.is_empty() {
                    return Ok(Poll::Ready(()));
                }
            }
            match self.transport.poll_send(context, &self.outgoing[self.sent..], by) {
                Poll::Ready(Ok(count)) => self.sent += count,
                Poll::Ready(Err(error)) => return Err(error),
                Poll::Pending => return Ok(Poll::Pending),
            }
        }
    }

    /// Takes more octets of the peer in, and tells how many; 0 is the end.
    fn poll_take(&mut self, context: &mut Context<'_>, by: Option<Instant>) -> Poll<Result<usize, TransportError>> {
        if self.start == self.end {
            self.incoming.resize(PIECE, 0);
            let received = self.transport.poll_recv(context, &mut self.incoming, by);
            self.start = 0;
            self.end = match &received {
                Poll::Ready(Ok(count)) => (*count).min(PIECE),
                _ => 0,
            };
            match received {
                Poll::Ready(Ok(0)) => {
                    // The session has to know of it, too.
                    self.session.read_tls(&mut io::empty())?;
                    return Poll::Ready(Ok(0));
                }
                Poll::Ready(Ok(_)) => {}
                other => return other,
            }
        }
        let count = self.end - self.start;
        Poll::Ready(self.take_in().map(|()| count))
    }

    /// Tells the peer, as far as that goes without a wait, why the session is over.
    fn told_off(&mut self, context: &mut Context<'_>, error: TransportError, by: Option<Instant>) -> TransportError {
        if self.failed.is_some() {
            let _ = self.poll_flush(context, by);
        }
        error
    }

    fn read_plain(&mut self, buf: &mut [u8]) -> Option<Result<usize, TransportError>> {
        match self.session.reader().read(buf) {
            Ok(count) => Some(Ok(count)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Some(Err(TransportError::Truncated)),
            Err(error) => Some(Err(error.into())),
        }
    }
}

impl<T: AsyncTransport> AsyncTransport for Tls<T> {
    fn poll_recv(
        &mut self,
        context: &mut Context<'_>,
        buf: &mut [u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>> {
        if matches!(self.closed, Some(Close::Both | Close::Reset)) {
            return Poll::Ready(Err(TransportError::Closed));
        }
        loop {
            if let Some(read) = self.read_plain(buf) {
                return Poll::Ready(read);
            }
            if let Some(error) = self.failure() {
                return Poll::Ready(Err(error));
            }
            // A handshake, an answer to a new key: the peer may wait for it. Late or pending, it does not keep us from reading.
            match self.poll_flush(context, by) {
                Ok(_) | Err(TransportError::Late | TransportError::Closed) => {}
                // What has come is still there to be read.
                Err(TransportError::Reset) => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
            match self.poll_take(context, by) {
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(self.told_off(context, error, by))),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// What was taken may still be on its way to the transport: each further call of any kind goes on with it.
    fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        octets: &[u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>> {
        if self.closed.is_some() {
            return Poll::Ready(Err(TransportError::Closed));
        }
        if let Some(error) = self.failure() {
            return Poll::Ready(Err(error));
        }
        if octets.is_empty() {
            return Poll::Ready(Ok(0));
        }
        if self.session.is_handshaking() {
            std::task::ready!(self.poll_handshake(context, by))?;
        }
        std::task::ready!(self.poll_flush(context, by)?);
        let count = self.session.writer().write(&octets[..octets.len().min(PIECE)])?;
        match self.poll_flush(context, by) {
            Ok(_) | Err(TransportError::Late) => Poll::Ready(Ok(count)),
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    /// [`Close::Write`] and [`Close::Both`] send close_notify.
    fn poll_close(
        &mut self,
        context: &mut Context<'_>,
        how: Close,
        by: Option<Instant>,
    ) -> Poll<Result<(), TransportError>> {
        let flushed = match how {
            Close::Reset => Ok(()),
            Close::Write | Close::Both => {
                if self.closed.is_none() {
                    self.session.send_close_notify();
                }
                match self.poll_flush(context, by) {
                    Ok(Poll::Pending) => {
                        self.closed = self.closed.or(Some(Close::Write));
                        return Poll::Pending;
                    }
                    Ok(Poll::Ready(())) => Ok(()),
                    Err(error) => Err(error),
                }
            }
        };
        if !matches!(self.closed, Some(Close::Both | Close::Reset)) {
            self.closed = Some(how);
        }
        let closed = std::task::ready!(self.transport.poll_close(context, how, by));
        Poll::Ready(flushed.and(closed))
    }

    fn now(&self) -> Instant {
        self.transport.now()
    }
}

impl<T: Transport> Tls<Blocking<T>> {
    /// [`Tls::handshake`] over a transport that blocks.
    ///
    /// # Errors
    /// As there.
    pub fn shake_hands(&mut self, by: Option<Instant>) -> Result<(), TransportError> {
        now(|context| self.poll_handshake(context, by))
    }
}

impl<T: Transport> Transport for Tls<Blocking<T>> {
    fn recv(&mut self, buf: &mut [u8], by: Option<Instant>) -> Result<usize, TransportError> {
        now(|context| self.poll_recv(context, buf, by))
    }

    fn send(&mut self, octets: &[u8], by: Option<Instant>) -> Result<usize, TransportError> {
        now(|context| self.poll_send(context, octets, by))
    }

    fn close(&mut self, how: Close, by: Option<Instant>) -> Result<(), TransportError> {
        now(|context| self.poll_close(context, how, by))
    }

    fn now(&self) -> Instant {
        self.transport.now()
    }
}

/// The outcome of a call over a transport that is never pending.
fn now<V>(poll: impl FnOnce(&mut Context<'_>) -> Poll<V>) -> V {
    match poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("a blocking transport is never pending"),
    }
}

impl<T: fmt::Debug> fmt::Debug for Tls<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("transport", &self.transport)
            .field("handshaking", &self.session.is_handshaking())
            .field("closed", &self.closed)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
