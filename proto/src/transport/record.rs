//! A tee: passes everything on and tells somebody what passed.

use std::task::{Context, Poll};
use std::time::Instant;

use super::{AsyncTransport, Close, Transport, TransportError};

/// What passed. Lateness is told too: it is an observation like the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed<'o> {
    /// These octets came from the peer.
    Received(&'o [u8]),
    /// These octets were taken by the transport.
    Sent(&'o [u8]),
    /// The peer ended its half.
    Ended,
    /// A call was told of a reset.
    Reset,
    /// A call was told that its deadline had passed.
    Late,
    /// We closed.
    Closed(Close),
}

/// A transport and whoever is told what passes through it.
#[derive(Clone, Debug)]
pub struct Record<T, F> {
    inner: T,
    tell: F,
}

impl<T, F: FnMut(Passed<'_>)> Record<T, F> {
    /// Tells `tell` everything that passes through `inner` from now on.
    pub fn new(inner: T, tell: F) -> Record<T, F> {
        Record { inner, tell }
    }

    /// The transport back.
    #[cfg(feature = "user-agent")]
    pub(crate) fn into_inner(self) -> T {
        self.inner
    }

    /// The transport back, and the listener.
    pub fn into_parts(self) -> (T, F) {
        (self.inner, self.tell)
    }

    fn received(&mut self, buf: &[u8], found: &Result<usize, TransportError>) {
        match found {
            Ok(0) => (self.tell)(Passed::Ended),
            Ok(count) => (self.tell)(Passed::Received(&buf[..*count])),
            Err(error) => self.failed(error),
        }
    }

    fn sent(&mut self, octets: &[u8], found: &Result<usize, TransportError>) {
        match found {
            Ok(count) if *count > 0 => (self.tell)(Passed::Sent(&octets[..*count])),
            Ok(_) => {}
            Err(error) => self.failed(error),
        }
    }

    fn failed(&mut self, error: &TransportError) {
        match error {
            TransportError::Late => (self.tell)(Passed::Late),
            TransportError::Reset => (self.tell)(Passed::Reset),
            TransportError::Truncated => (self.tell)(Passed::Ended),
            TransportError::Closed | TransportError::Other(_) => {}
        }
    }
}

impl<T: Transport, F: FnMut(Passed<'_>)> Transport for Record<T, F> {
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
        (self.tell)(Passed::Closed(how));
        self.inner.close(how, by)
    }

    fn now(&self) -> Instant {
        self.inner.now()
    }
}

impl<T: AsyncTransport, F: FnMut(Passed<'_>)> AsyncTransport for Record<T, F> {
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
        if polled.is_ready() {
            (self.tell)(Passed::Closed(how));
        }
        polled
    }

    fn now(&self) -> Instant {
        self.inner.now()
    }
}
