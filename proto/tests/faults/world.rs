//! Two ends of a connection in one thread and in virtual time: nothing sleeps; when nobody can go on, the clock jumps to the next
//! deadline. Whoever waits without one, while nobody else can go on, hangs, and that is told.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use wiregauge_proto::transport::memory::Memory;
use wiregauge_proto::transport::{AsyncTransport, Close, TransportError};

/// A clock that moves only when it is told to.
#[derive(Clone, Debug)]
pub(crate) struct Clock(Arc<Mutex<Time>>);

#[derive(Debug)]
struct Time {
    begun: Instant,
    now: Instant,
    /// The next moment that somebody waits for.
    next: Option<Instant>,
}

impl Clock {
    pub(crate) fn new() -> Clock {
        let now = Instant::now();
        Clock(Arc::new(Mutex::new(Time { begun: now, now, next: None })))
    }

    pub(crate) fn now(&self) -> Instant {
        self.time().now
    }

    /// How much virtual time has passed.
    pub(crate) fn elapsed(&self) -> Duration {
        let time = self.time();
        time.now - time.begun
    }

    fn time(&self) -> MutexGuard<'_, Time> {
        self.0.lock().unwrap()
    }

    fn wake_at(&self, at: Instant) {
        let mut time = self.time();
        time.next = Some(time.next.map_or(at, |next| next.min(at)));
    }

    /// Jumps to the next moment that somebody waits for, if anybody waits for one.
    fn advance(&self) -> bool {
        let mut time = self.time();
        let Some(next) = time.next.take() else { return false };
        time.now = time.now.max(next);
        true
    }
}

/// Octets behind a place of the incoming stream come later.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delay {
    pub(crate) at: u64,
    pub(crate) by: Duration,
}

/// One end of a memory pair that lives by the virtual clock.
pub(crate) struct Timed {
    inner: Memory,
    clock: Clock,
    delay: Option<Delay>,
    /// When the delayed octets come, once their place is reached.
    until: Option<Instant>,
    received: u64,
    /// Octets received and sent, for whoever wants to know afterwards.
    count: Arc<Mutex<(u64, u64)>>,
}

impl Timed {
    pub(crate) fn new(inner: Memory, clock: Clock, delay: Option<Delay>) -> (Timed, Arc<Mutex<(u64, u64)>>) {
        let count = Arc::new(Mutex::new((0, 0)));
        (Timed { inner, clock, delay, until: None, received: 0, count: count.clone() }, count)
    }

    fn pending<V>(&self, by: Option<Instant>) -> Poll<Result<V, TransportError>> {
        match by {
            Some(by) if by <= self.clock.now() => return Poll::Ready(Err(TransportError::Late)),
            Some(by) => self.clock.wake_at(by),
            None => {}
        }
        Poll::Pending
    }

    /// How many octets may be received before the delay; `None` while it lasts.
    fn room(&mut self) -> Option<usize> {
        let Some(delay) = self.delay else { return Some(usize::MAX) };
        if self.received < delay.at {
            return Some(usize::try_from(delay.at - self.received).unwrap_or(usize::MAX));
        }
        let until = *self.until.get_or_insert(self.clock.now() + delay.by);
        if self.clock.now() < until {
            self.clock.wake_at(until);
            return None;
        }
        self.delay = None;
        Some(usize::MAX)
    }
}

impl AsyncTransport for Timed {
    fn poll_recv(
        &mut self,
        context: &mut Context<'_>,
        buf: &mut [u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>> {
        let Some(room) = self.room() else { return self.pending(by) };
        let room = room.min(buf.len());
        match self.inner.poll_recv(context, &mut buf[..room], None) {
            Poll::Ready(told) => {
                let count = *told.as_ref().unwrap_or(&0) as u64;
                self.received += count;
                self.count.lock().unwrap().0 += count;
                Poll::Ready(told)
            }
            Poll::Pending => self.pending(by),
        }
    }

    fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        octets: &[u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>> {
        match self.inner.poll_send(context, octets, None) {
            Poll::Ready(told) => {
                self.count.lock().unwrap().1 += *told.as_ref().unwrap_or(&0) as u64;
                Poll::Ready(told)
            }
            Poll::Pending => self.pending(by),
        }
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
        self.clock.now()
    }
}

/// Why two parties did not come to an end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stuck {
    /// Neither can go on, and neither waits for a time.
    Hangs,
    /// They go on for ever.
    Loops,
}

/// No exchange here needs so many turns.
const TURNS: usize = 200_000;

/// Runs two parties until both are done.
pub(crate) fn run<A, B>(
    clock: &Clock,
    one: impl Future<Output = A>,
    two: impl Future<Output = B>,
) -> Result<(A, B), Stuck> {
    let (mut one, mut two) = (pin!(one), pin!(two));
    let (mut first, mut second) = (None, None);
    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let waker = Waker::from(woken.clone());
    let mut context = Context::from_waker(&waker);
    for _ in 0..TURNS {
        if !woken.0.swap(false, Ordering::SeqCst) && !clock.advance() {
            return Err(Stuck::Hangs);
        }
        poll(&mut first, one.as_mut(), &mut context);
        poll(&mut second, two.as_mut(), &mut context);
        if let (Some(_), Some(_)) = (&first, &second) {
            return Ok((first.take().unwrap(), second.take().unwrap()));
        }
    }
    Err(Stuck::Loops)
}

fn poll<V>(done: &mut Option<V>, future: Pin<&mut impl Future<Output = V>>, context: &mut Context<'_>) {
    if done.is_none()
        && let Poll::Ready(value) = future.poll(context)
    {
        *done = Some(value);
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}
