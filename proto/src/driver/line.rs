//! The only place that awaits: the transport's three calls, and the receive buffer.

use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use super::buffer::Buffer;
use crate::transport::{AsyncTransport, Close, TransportError};

/// How long a transport that blocks may send before it is asked whether something has come.
const LOOK: Duration = Duration::from_millis(100);

/// A transport and what it received.
#[derive(Debug)]
pub(super) struct Line<T> {
    pub(super) transport: T,
    pub(super) buffer: Buffer,
    /// The peer ended its half.
    pub(super) ended: bool,
    /// Something that was to be sent is not sent, or was given up: nothing may follow it.
    pub(super) cut: bool,
}

/// What came of sending while listening.
#[derive(Debug)]
pub(super) enum Sent {
    /// Everything was sent.
    All,
    /// Something came from the peer first, or its end: so many octets were sent until then.
    Heard(usize),
}

impl<T: AsyncTransport> Line<T> {
    pub(super) fn new(transport: T) -> Line<T> {
        Line { transport, buffer: Buffer::default(), ended: false, cut: false }
    }

    /// Receives more octets, or the end.
    pub(super) async fn receive(&mut self, by: Option<Instant>) -> Result<(), TransportError> {
        let Line { transport, buffer, ended, .. } = self;
        let count = poll_fn(|context| buffer.fill(|room| transport.poll_recv(context, room, by), filled)).await?;
        *ended |= count == 0;
        Ok(())
    }

    /// The time by the transport's clock.
    pub(super) fn now(&self) -> Instant {
        self.transport.now()
    }

    /// When that wait is over, if it begins now.
    pub(super) fn by(&self, wait: Option<Duration>) -> Option<Instant> {
        wait.and_then(|wait| self.now().checked_add(wait))
    }

    /// Until it is done, what is being sent is cut off.
    fn begin(&mut self) -> Result<(), TransportError> {
        if std::mem::replace(&mut self.cut, true) { Err(TransportError::Closed) } else { Ok(()) }
    }

    /// Sends all of `octets`, waiting at most so long for each piece.
    pub(super) async fn send(&mut self, octets: &[u8], wait: Option<Duration>) -> Result<(), TransportError> {
        let mut rest = octets;
        self.begin()?;
        while !rest.is_empty() {
            let until = self.by(wait);
            let count = poll_fn(|context| self.transport.poll_send(context, rest, until)).await?;
            rest = &rest[count..];
        }
        self.cut = false;
        Ok(())
    }

    /// Sends `octets` until they are sent or something is heard besides the `known` octets that have come already (RFC 9112 §9.5: whoever
    /// sends content watches for an answer).
    pub(super) async fn send_or_hear(
        &mut self,
        octets: &[u8],
        known: usize,
        wait: Option<Duration>,
    ) -> Result<Sent, TransportError> {
        let mut done = 0;
        let mut until = self.by(wait);
        self.begin()?;
        while done < octets.len() {
            // A transport that blocks hears nothing while it sends.
            let look = self.by(Some(LOOK));
            let slice = until.into_iter().chain(look).min();
            let count = poll_fn(|context| match self.poll_heard(context, known) {
                true => Poll::Ready(Ok(None)),
                false => self.transport.poll_send(context, &octets[done..], slice).map_ok(Some),
            });
            match count.await {
                Ok(Some(count)) => {
                    done += count;
                    until = self.by(wait);
                }
                Ok(None) => {
                    self.cut = false;
                    return Ok(Sent::Heard(done));
                }
                Err(TransportError::Late) if until.is_none_or(|until| self.now() < until) => {}
                Err(error) => return Err(error),
            }
        }
        self.cut = false;
        Ok(Sent::All)
    }

    /// Whether more than `known` octets or the end have come; asks the transport without waiting, and leaves the task to be woken when
    /// some come. A reset is told by the next call.
    pub(super) fn poll_heard(&mut self, context: &mut Context<'_>, known: usize) -> bool {
        if self.buffer.octets().len() > known || self.ended {
            return true;
        }
        let Line { transport, buffer, ended, .. } = self;
        let now = Some(transport.now());
        match buffer.fill(|room| transport.poll_recv(context, room, now), filled) {
            Poll::Ready(Ok(count)) => {
                *ended |= count == 0;
                true
            }
            _ => false,
        }
    }

    pub(super) async fn close(&mut self, how: Close, by: Option<Instant>) -> Result<(), TransportError> {
        poll_fn(|context| self.transport.poll_close(context, how, by)).await
    }
}

fn filled(polled: &Poll<Result<usize, TransportError>>) -> usize {
    match polled {
        Poll::Ready(Ok(count)) => *count,
        _ => 0,
    }
}
