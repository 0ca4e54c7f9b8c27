//! Two ends of a connection within one process, for tests, fuzzers and benches. Both doors: an end may be used by a thread
//! that waits or by a task that is polled.
//!
//! It behaves as a socket does: octets that were sent before an end stay readable, a reset takes them away, and there is only
//! so much room on the way.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use super::{AsyncTransport, Close, Transport, TransportError};

/// How many octets stand between the two ends unless told otherwise.
pub const ROOM: usize = 64 * 1024;

/// One end of a pair. Dropping it closes both halves.
#[derive(Debug)]
pub struct Memory {
    /// What we read.
    incoming: Arc<Pipe>,
    /// What we write.
    outgoing: Arc<Pipe>,
    closed: bool,
    /// Some call was told of a reset.
    reset: bool,
}

/// Two connected ends with [`ROOM`] octets in each direction.
///
/// ```
/// use wiregauge_proto::transport::{Close, Transport, memory};
///
/// let (mut client, mut server) = memory::pair();
/// client.send(b"octets", None)?;
/// client.close(Close::Write, None)?;
/// let mut buf = [0; 16];
/// assert_eq!(server.recv(&mut buf, None)?, 6);
/// assert_eq!(server.recv(&mut buf, None)?, 0); // the client ended its half
/// # Ok::<(), wiregauge_proto::transport::TransportError>(())
/// ```
pub fn pair() -> (Memory, Memory) {
    pair_with_room(ROOM)
}

/// Two connected ends with room for `room` octets (at least one) in each direction.
pub fn pair_with_room(room: usize) -> (Memory, Memory) {
    let (there, back) = (Arc::new(Pipe::new(room.max(1))), Arc::new(Pipe::new(room.max(1))));
    (
        Memory { incoming: back.clone(), outgoing: there.clone(), closed: false, reset: false },
        Memory { incoming: there, outgoing: back, closed: false, reset: false },
    )
}

impl Memory {
    /// Remembers a reset that a call is told: no later call shows a clean end in its place.
    fn told(&mut self, told: Result<usize, TransportError>) -> Result<usize, TransportError> {
        self.reset |= matches!(told, Err(TransportError::Reset));
        told
    }

    /// One step of receiving: `None` when there is nothing to tell yet.
    fn take(&self, way: &mut Way, buf: &mut [u8]) -> Option<Result<usize, TransportError>> {
        if self.closed {
            return Some(Err(TransportError::Closed));
        }
        if way.reset {
            return Some(Err(TransportError::Reset));
        }
        if !way.octets.is_empty() {
            let count = way.octets.len().min(buf.len());
            for (place, octet) in buf.iter_mut().zip(way.octets.drain(..count)) {
                *place = octet;
            }
            return Some(Ok(count));
        }
        way.ended.then_some(if self.reset { Err(TransportError::Reset) } else { Ok(0) })
    }

    /// One step of sending.
    fn give(&self, way: &mut Way, octets: &[u8]) -> Option<Result<usize, TransportError>> {
        if self.closed || way.ended {
            return Some(Err(TransportError::Closed));
        }
        if way.reset {
            return Some(Err(TransportError::Reset));
        }
        let count = octets.len().min(way.room - way.octets.len());
        way.octets.extend(&octets[..count]);
        (count > 0 || octets.is_empty()).then_some(Ok(count))
    }

    fn end(&mut self, how: Close) {
        if self.closed {
            return;
        }
        match how {
            Close::Write => self.outgoing.change(|way| way.ended = true),
            Close::Both | Close::Reset => {
                self.closed = true;
                // Who closes while octets are unread, or is sent more afterwards, resets: as TCP does.
                let unread = !self.incoming.way().octets.is_empty();
                self.incoming.change(|way| {
                    way.octets.clear();
                    way.reset = true;
                });
                let reset = how == Close::Reset || unread;
                self.outgoing.change(|way| {
                    way.ended = true;
                    if reset {
                        way.octets.clear();
                        way.reset = true;
                    }
                });
            }
        }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.end(Close::Both);
    }
}

impl Transport for Memory {
    fn recv(&mut self, buf: &mut [u8], by: Option<Instant>) -> Result<usize, TransportError> {
        let told = self.incoming.wait(by, |way| self.take(way, buf));
        self.told(told)
    }

    fn send(&mut self, octets: &[u8], by: Option<Instant>) -> Result<usize, TransportError> {
        let told = self.outgoing.wait(by, |way| self.give(way, octets));
        self.told(told)
    }

    fn close(&mut self, how: Close, _: Option<Instant>) -> Result<(), TransportError> {
        self.end(how);
        Ok(())
    }
}

/// The deadline is looked at whenever an end is polled; there is no timer here that polls it (that is a runtime's work).
impl AsyncTransport for Memory {
    fn poll_recv(
        &mut self,
        context: &mut Context<'_>,
        buf: &mut [u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>> {
        let polled = self.incoming.poll(context, by, Side::Reader, |way| self.take(way, buf));
        polled.map(|told| self.told(told))
    }

    fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        octets: &[u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>> {
        let polled = self.outgoing.poll(context, by, Side::Writer, |way| self.give(way, octets));
        polled.map(|told| self.told(told))
    }

    fn poll_close(&mut self, _: &mut Context<'_>, how: Close, _: Option<Instant>) -> Poll<Result<(), TransportError>> {
        self.end(how);
        Poll::Ready(Ok(()))
    }
}

/// One direction, and who waits for it.
#[derive(Debug)]
struct Pipe {
    way: Mutex<Way>,
    changed: Condvar,
}

#[derive(Debug)]
struct Way {
    octets: VecDeque<u8>,
    room: usize,
    ended: bool,
    reset: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

#[derive(Clone, Copy)]
enum Side {
    Reader,
    Writer,
}

impl Pipe {
    fn new(room: usize) -> Pipe {
        let way = Way { octets: VecDeque::new(), room, ended: false, reset: false, reader: None, writer: None };
        Pipe { way: Mutex::new(way), changed: Condvar::new() }
    }

    fn way(&self) -> MutexGuard<'_, Way> {
        // Nothing panics while it holds the lock; if something did, the octets are still what they are.
        self.way.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn change(&self, change: impl FnOnce(&mut Way)) {
        let mut way = self.way();
        change(&mut way);
        self.tell(way);
    }

    fn tell(&self, mut way: MutexGuard<'_, Way>) {
        let wakers = [way.reader.take(), way.writer.take()];
        drop(way);
        self.changed.notify_all();
        wakers.into_iter().flatten().for_each(Waker::wake);
    }

    fn wait<V>(
        &self,
        by: Option<Instant>,
        mut step: impl FnMut(&mut Way) -> Option<Result<V, TransportError>>,
    ) -> Result<V, TransportError> {
        let mut way = self.way();
        loop {
            if let Some(done) = step(&mut way) {
                self.tell(way);
                return done;
            }
            way = match by {
                None => self.changed.wait(way).unwrap_or_else(|poisoned| poisoned.into_inner()),
                Some(by) => {
                    let left = by.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(TransportError::Late);
                    }
                    self.changed.wait_timeout(way, left).unwrap_or_else(|poisoned| poisoned.into_inner()).0
                }
            };
        }
    }

    fn poll<V>(
        &self,
        context: &mut Context<'_>,
        by: Option<Instant>,
        side: Side,
        mut step: impl FnMut(&mut Way) -> Option<Result<V, TransportError>>,
    ) -> Poll<Result<V, TransportError>> {
        let mut way = self.way();
        if let Some(done) = step(&mut way) {
            self.tell(way);
            return Poll::Ready(done);
        }
        if by.is_some_and(|by| by <= Instant::now()) {
            return Poll::Ready(Err(TransportError::Late));
        }
        match side {
            Side::Reader => way.reader = Some(context.waker().clone()),
            Side::Writer => way.writer = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}
