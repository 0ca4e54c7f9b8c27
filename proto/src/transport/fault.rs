//! A transport that misbehaves on purpose: octets arrive in pieces, late, or not at all.
//!
//! What happens is planned by octet, not by clock, so that a test says the same thing every time.

use std::collections::VecDeque;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use super::{AsyncTransport, Close, Transport, TransportError};

/// What happens in one direction.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// No call transfers more octets than this; 0 is no limit.
    pub piece: usize,
    /// What happens once so many octets were transferred, in ascending order. Calls before transfer up to that place.
    pub events: VecDeque<(u64, Happens)>,
}

impl Plan {
    /// Every octet by itself.
    pub fn octets() -> Plan {
        Plan::pieces(1)
    }

    /// At most `piece` octets at a time.
    pub fn pieces(piece: usize) -> Plan {
        Plan { piece, events: VecDeque::new() }
    }

    /// With something that happens after `octets` octets of this direction.
    pub fn then(mut self, octets: u64, happens: Happens) -> Plan {
        self.events.push_back((octets, happens));
        self
    }
}

/// What happens at a place in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happens {
    /// A call ends here: the octets before and after come in two pieces.
    Cut,
    /// One call is told that its deadline has passed; whatever its deadline was.
    Late,
    /// The peer is gone without a reset: receiving shows an end for ever; sending a reset.
    End,
    /// The connection is reset: every later call is told so.
    Reset,
}

/// A transport with a plan for each direction.
#[derive(Clone, Debug)]
pub struct Fault<T> {
    inner: T,
    receiving: Direction,
    sending: Direction,
}

impl<T> Fault<T> {
    /// Misbehaves between the caller and `inner` as planned.
    pub fn new(inner: T, receiving: Plan, sending: Plan) -> Fault<T> {
        Fault {
            inner,
            receiving: Direction { plan: receiving, passed: 0 },
            sending: Direction { plan: sending, passed: 0 },
        }
    }

    /// The transport back.
    pub fn into_inner(self) -> T {
        self.inner
    }

    /// A reset is one for both directions.
    fn reset_anywhere(&self) -> bool {
        self.receiving.now() == Some(Happens::Reset) || self.sending.now() == Some(Happens::Reset)
    }

    fn may_receive(&mut self, wanted: usize) -> Result<Option<usize>, TransportError> {
        if self.reset_anywhere() {
            return Err(TransportError::Reset);
        }
        match self.receiving.take(wanted)? {
            Turn::Octets(count) => Ok(Some(count)),
            Turn::Ended => Ok(None),
        }
    }

    fn may_send(&mut self, wanted: usize) -> Result<usize, TransportError> {
        if self.reset_anywhere() {
            return Err(TransportError::Reset);
        }
        match self.sending.take(wanted)? {
            Turn::Octets(count) => Ok(count),
            Turn::Ended => Err(TransportError::Reset),
        }
    }
}

impl<T: Transport> Transport for Fault<T> {
    fn recv(&mut self, buf: &mut [u8], by: Option<Instant>) -> Result<usize, TransportError> {
        let Some(room) = self.may_receive(buf.len())? else { return Ok(0) };
        let count = self.inner.recv(&mut buf[..room], by)?;
        self.receiving.passed += count as u64;
        Ok(count)
    }

    fn send(&mut self, octets: &[u8], by: Option<Instant>) -> Result<usize, TransportError> {
        let room = self.may_send(octets.len())?;
        let count = self.inner.send(&octets[..room], by)?;
        self.sending.passed += count as u64;
        Ok(count)
    }

    fn close(&mut self, how: Close, by: Option<Instant>) -> Result<(), TransportError> {
        self.inner.close(how, by)
    }

    fn now(&self) -> Instant {
        self.inner.now()
    }
}

impl<T: AsyncTransport> AsyncTransport for Fault<T> {
    fn poll_recv(
        &mut self,
        context: &mut Context<'_>,
        buf: &mut [u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>> {
        let Some(room) = self.may_receive(buf.len())? else { return Poll::Ready(Ok(0)) };
        let count = ready!(self.inner.poll_recv(context, &mut buf[..room], by))?;
        self.receiving.passed += count as u64;
        Poll::Ready(Ok(count))
    }

    fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        octets: &[u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>> {
        let room = self.may_send(octets.len())?;
        let count = ready!(self.inner.poll_send(context, &octets[..room], by))?;
        self.sending.passed += count as u64;
        Poll::Ready(Ok(count))
    }

    fn poll_close(
        &mut self,
        context: &mut Context<'_>,
        how: Close,
        by: Option<Instant>,
    ) -> Poll<Result<(), TransportError>> {
        self.inner.poll_close(context, how, by)
    }

    fn now(&self) -> Instant {
        self.inner.now()
    }
}

#[derive(Clone, Debug)]
struct Direction {
    plan: Plan,
    passed: u64,
}

enum Turn {
    Octets(usize),
    Ended,
}

impl Direction {
    /// The event whose place has been reached, if there is one.
    fn now(&self) -> Option<Happens> {
        self.plan.events.front().filter(|(at, _)| *at <= self.passed).map(|(_, happens)| *happens)
    }

    /// How many of the wanted octets may pass now.
    fn take(&mut self, wanted: usize) -> Result<Turn, TransportError> {
        loop {
            match self.now() {
                Some(Happens::Cut) => {
                    self.plan.events.pop_front();
                }
                Some(Happens::Late) => {
                    self.plan.events.pop_front();
                    return Err(TransportError::Late);
                }
                Some(Happens::End) => return Ok(Turn::Ended),
                Some(Happens::Reset) => return Err(TransportError::Reset),
                None => break,
            }
        }
        let piece = if self.plan.piece == 0 { wanted } else { wanted.min(self.plan.piece) };
        let until = match self.plan.events.front() {
            Some((at, _)) => usize::try_from(at - self.passed).unwrap_or(usize::MAX),
            None => usize::MAX,
        };
        Ok(Turn::Octets(piece.min(until)))
    }
}
