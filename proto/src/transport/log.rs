//! A transport that writes into the log what passes: every call, with its octets, as an event of `tracing`.
//!
//! ```text
//!   driver ──► Logged ──► transport
//!                └─► TRACE wiregauge_proto::octets: sent connection=a count=27 octets=GET / HTTP/1.1\r\nHost: a\r\n\r\n
//! ```
//!
//! **Octets hide nothing.** Where credentials or cookies stand in them cannot be known at this layer: a call may end in the middle of
//! a field, and content may hold anything. So octets have a target of their own, [`OCTETS`], and come at the level TRACE, which a log
//! that is kept should not take; [`Show::Counts`] leaves them out. The log of messages, at DEBUG of the target
//! `wiregauge_proto::messages`, does know what a field is, and masks those that hold secrets; the driver writes it of itself.
//!
//! ```
//! use wiregauge_proto::driver::{Http, Options};
//! use wiregauge_proto::transport::log::{Logged, Show};
//! use wiregauge_proto::transport::memory;
//!
//! let (near, _far) = memory::pair();
//! let _http = Http::new(Logged::new(near, "a.example:80").show(Show::First(64)), Options::default());
//! ```

use std::fmt;
use std::task::{Context, Poll};
use std::time::Instant;

use tracing::field::display;
use tracing::{debug, trace};

use super::{AsyncTransport, Close, Transport, TransportError};

/// The target of these events.
pub const OCTETS: &str = "wiregauge_proto::octets";

/// What is shown of the octets of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Show {
    /// Only how many there were.
    Counts,
    /// So many of them, escaped, and how many more there were.
    First(usize),
}

impl Default for Show {
    /// The first 256.
    fn default() -> Show {
        Show::First(256)
    }
}

/// A transport whose calls are told to the log, under the name of the connection. What goes as planned is told at TRACE, and so is a
/// deadline that passed (a past one is how one asks what is there); what fails, at DEBUG. A poll that is pending is told nothing of.
#[derive(Clone, Debug)]
pub struct Logged<T> {
    inner: T,
    name: String,
    show: Show,
}

impl<T> Logged<T> {
    /// Tells the log what passes through `inner` from now on; events have `name` as the field `connection`.
    pub fn new(inner: T, name: impl Into<String>) -> Logged<T> {
        Logged { inner, name: name.into(), show: Show::default() }
    }

    /// With so much of the octets shown.
    #[must_use]
    pub fn show(mut self, show: Show) -> Logged<T> {
        self.show = show;
        self
    }

    /// The transport.
    pub fn inner(&self) -> &T {
        &self.inner
    }

    /// The transport back.
    pub fn into_inner(self) -> T {
        self.inner
    }

    fn received(&self, buf: &[u8], found: &Result<usize, TransportError>) {
        let connection = display(&self.name);
        match found {
            Ok(0) => trace!(target: OCTETS, connection, "the peer ended its half"),
            Ok(count) => match self.show {
                Show::Counts => trace!(target: OCTETS, connection, count, "received"),
                Show::First(most) => {
                    trace!(target: OCTETS, connection, count, octets = %Escaped { octets: &buf[..*count], most }, "received");
                }
            },
            Err(TransportError::Late) => trace!(target: OCTETS, connection, "nothing was received in time"),
            Err(error) => debug!(target: OCTETS, connection, %error, "nothing was received"),
        }
    }

    fn sent(&self, octets: &[u8], found: &Result<usize, TransportError>) {
        let connection = display(&self.name);
        match found {
            Ok(count) => match self.show {
                Show::Counts => trace!(target: OCTETS, connection, count, "sent"),
                Show::First(most) => {
                    trace!(target: OCTETS, connection, count, octets = %Escaped { octets: &octets[..*count], most }, "sent");
                }
            },
            Err(TransportError::Late) => trace!(target: OCTETS, connection, "nothing was sent in time"),
            Err(error) => debug!(target: OCTETS, connection, %error, "nothing was sent"),
        }
    }

    fn closed(&self, how: Close, found: &Result<(), TransportError>) {
        let connection = display(&self.name);
        let what = match how {
            Close::Write => "our half",
            Close::Both => "both halves",
            Close::Reset => "both halves, by a reset",
        };
        match found {
            Ok(()) => trace!(target: OCTETS, connection, what, "closed"),
            Err(error) => debug!(target: OCTETS, connection, what, %error, "not closed"),
        }
    }
}

impl<T: Transport> Transport for Logged<T> {
    fn recv(&mut self, buf: &mut [u8], by: Option<Instant>) -> Result<usize, TransportError> {
        let found = self.inner.recv(buf, by);
        self.received(buf, &found);
        found
    }

    fn send(&mut self, octets: &[u8], by: Option<Instant>) -> Result<usize, TransportError> {
        let found = self.inner.send(octets, by);
        self.sent(octets, &found);
        found
    }

    fn close(&mut self, how: Close, by: Option<Instant>) -> Result<(), TransportError> {
        let found = self.inner.close(how, by);
        self.closed(how, &found);
        found
    }

    fn now(&self) -> Instant {
        self.inner.now()
    }
}

impl<T: AsyncTransport> AsyncTransport for Logged<T> {
    fn poll_recv(
        &mut self,
        context: &mut Context<'_>,
        buf: &mut [u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>> {
        let polled = self.inner.poll_recv(context, buf, by);
        if let Poll::Ready(found) = &polled {
            self.received(buf, found);
        }
        polled
    }

    fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        octets: &[u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>> {
        let polled = self.inner.poll_send(context, octets, by);
        if let Poll::Ready(found) = &polled {
            self.sent(octets, found);
        }
        polled
    }

    fn poll_close(
        &mut self,
        context: &mut Context<'_>,
        how: Close,
        by: Option<Instant>,
    ) -> Poll<Result<(), TransportError>> {
        let polled = self.inner.poll_close(context, how, by);
        if let Poll::Ready(found) = &polled {
            self.closed(how, found);
        }
        polled
    }

    fn now(&self) -> Instant {
        self.inner.now()
    }
}

/// Octets as a line of a log can have them: no control, nothing beyond ASCII, and not more than `most` of them.
pub(crate) struct Escaped<'o> {
    pub(crate) octets: &'o [u8],
    pub(crate) most: usize,
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.octets[..self.octets.len().min(self.most)];
        write!(f, "{}", shown.escape_ascii())?;
        match self.octets.len() - shown.len() {
            0 => Ok(()),
            more => write!(f, " (and {more} more)"),
        }
    }
}
