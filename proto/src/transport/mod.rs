//! The user's I/O: three calls, each with an absolute deadline.
//!
//! What the peer did (ended its half, reset the connection) and what the clock did (late) are three different observations,
//! and stay so through every transport here. A reset that was told to any call is the ending for good: no later call shows a
//! clean end in its place.
//!
//! [`Transport`] blocks; [`AsyncTransport`] is polled. [`Blocking`] makes the first into the second that is never pending, so
//! that whatever is built on top is written once. [`memory`] is a pair for tests, [`tcp`] and `tokio` are sockets, [`fault`]
//! misbehaves on purpose, [`record`] tells somebody what passed, and `log` writes it into the log.

pub mod fault;
#[cfg(feature = "log")]
pub mod log;
pub mod memory;
pub mod record;
pub mod tcp;
#[cfg(feature = "tokio")]
pub mod tokio;

use std::fmt;
use std::io;
use std::task::{Context, Poll};
use std::time::Instant;

/// A connection whose calls wait until they are done or until the deadline.
pub trait Transport {
    /// Reads at least one octet into `buf` and tells how many; 0 says that the peer ended its half. Octets that have
    /// arrived are handed over even when the deadline has passed, so a deadline in the past asks what is there. `buf` must
    /// not be empty. `None` waits for ever.
    fn recv(&mut self, buf: &mut [u8], by: Option<Instant>) -> Result<usize, TransportError>;

    /// Hands at least one of `octets` to the transport and tells how many it took. An empty `octets` does nothing.
    fn send(&mut self, octets: &[u8], by: Option<Instant>) -> Result<usize, TransportError>;

    /// Ends the connection as `how` says. Closing twice is no error.
    fn close(&mut self, how: Close, by: Option<Instant>) -> Result<(), TransportError>;

    /// The time by the clock that the deadlines are of: the system's, unless a transport has its own (one in virtual time, say).
    fn now(&self) -> Instant {
        Instant::now()
    }
}

/// The same three calls for whoever must not wait: they are polled (polling, unlike async functions in a trait, leaves it to
/// the compiler to see whether a task may move between threads, and lets one task wait for both directions).
pub trait AsyncTransport {
    /// [`Transport::recv`], polled.
    fn poll_recv(
        &mut self,
        context: &mut Context<'_>,
        buf: &mut [u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>>;

    /// [`Transport::send`], polled.
    fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        octets: &[u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>>;

    /// [`Transport::close`], polled.
    fn poll_close(
        &mut self,
        context: &mut Context<'_>,
        how: Close,
        by: Option<Instant>,
    ) -> Poll<Result<(), TransportError>>;

    /// [`Transport::now`].
    fn now(&self) -> Instant {
        Instant::now()
    }
}

/// What is closed, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Close {
    /// Our half: everything sent still arrives, then the peer reads the end; we can go on reading.
    Write,
    /// Both halves. What was sent is still delivered as far as the system can.
    Both,
    /// Both halves at once, by a reset where the transport can send one; what was not delivered yet is lost.
    Reset,
}

/// Why a call did not do what it was asked to.
#[derive(Debug)]
pub enum TransportError {
    /// The deadline passed. Nothing was transferred by this call, and the call may be repeated.
    Late,
    /// The peer reset the connection, or takes no more octets. Nothing more will ever come or go.
    Reset,
    /// The connection ended, and its security layer was not told so: octets may be missing (RFC 9112 §9.8).
    Truncated,
    /// We closed this half before.
    Closed,
    /// Anything else that the system reports.
    Other(io::Error),
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TransportError::Late => f.write_str("the deadline passed"),
            TransportError::Reset => f.write_str("the peer reset the connection"),
            TransportError::Truncated => f.write_str("the connection ended without a word of its security layer"),
            TransportError::Closed => f.write_str("the connection was closed on this side"),
            TransportError::Other(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            TransportError::Other(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for TransportError {
    /// A system error in our words. `WouldBlock` and `TimedOut` are how a socket says that its timeout passed. `BrokenPipe`
    /// says that the peer takes nothing more; a transport that closed its own half before must look there first.
    fn from(error: io::Error) -> TransportError {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => TransportError::Late,
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
                TransportError::Reset
            }
            io::ErrorKind::NotConnected => TransportError::Closed,
            _ => TransportError::Other(error),
        }
    }
}

/// A [`Transport`] as an [`AsyncTransport`] that is never pending: each poll waits as long as the call does.
#[derive(Clone, Debug)]
pub struct Blocking<T>(pub T);

impl<T: Transport> AsyncTransport for Blocking<T> {
    fn poll_recv(
        &mut self,
        _: &mut Context<'_>,
        buf: &mut [u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>> {
        Poll::Ready(self.0.recv(buf, by))
    }

    fn poll_send(
        &mut self,
        _: &mut Context<'_>,
        octets: &[u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>> {
        Poll::Ready(self.0.send(octets, by))
    }

    fn poll_close(&mut self, _: &mut Context<'_>, how: Close, by: Option<Instant>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(self.0.close(how, by))
    }

    fn now(&self) -> Instant {
        self.0.now()
    }
}

impl<T: Transport + ?Sized> Transport for &mut T {
    fn recv(&mut self, buf: &mut [u8], by: Option<Instant>) -> Result<usize, TransportError> {
        (**self).recv(buf, by)
    }

    fn send(&mut self, octets: &[u8], by: Option<Instant>) -> Result<usize, TransportError> {
        (**self).send(octets, by)
    }

    fn close(&mut self, how: Close, by: Option<Instant>) -> Result<(), TransportError> {
        (**self).close(how, by)
    }

    fn now(&self) -> Instant {
        (**self).now()
    }
}

/// What a transport remembers of the end of its connection, so that an ending, once told, is told the same way again.
#[derive(Clone, Copy, Debug, Default)]
struct Ending {
    /// Our half was closed by us.
    write_closed: bool,
    /// Both halves were closed by us.
    closed: bool,
    /// Some call was told of a reset.
    reset: bool,
}

impl Ending {
    /// What a receiving call found, seen with what earlier calls were told.
    fn received(&mut self, found: io::Result<usize>) -> Result<usize, TransportError> {
        match found.map_err(TransportError::from) {
            Ok(0) if self.reset => Err(TransportError::Reset),
            other => self.note(other),
        }
    }

    /// The same for a sending call.
    fn sent(&mut self, found: io::Result<usize>) -> Result<usize, TransportError> {
        match found {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe && self.write_closed => Err(TransportError::Closed),
            // A socket that takes no octet of several takes none any more.
            Ok(0) => self.note(Err(TransportError::Reset)),
            other => self.note(other.map_err(TransportError::from)),
        }
    }

    /// Whether a call is over before it began.
    fn forbids_receiving(&self) -> Option<TransportError> {
        self.closed.then_some(TransportError::Closed)
    }

    /// The same for sending.
    fn forbids_sending(&self) -> Option<TransportError> {
        if self.closed || self.write_closed {
            Some(TransportError::Closed)
        } else {
            self.reset.then_some(TransportError::Reset)
        }
    }

    fn note<V>(&mut self, told: Result<V, TransportError>) -> Result<V, TransportError> {
        if matches!(told, Err(TransportError::Reset)) {
            self.reset = true;
        }
        told
    }
}
