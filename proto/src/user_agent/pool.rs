//! Connections that were used and may be used again, and how many there may be.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connect::Route;
use super::watch::{Tee, Teller};
use super::{AskError, Options};
use crate::driver::AsyncHttp;
use crate::tls::Channel;
use crate::transport::tokio::Tcp;

/// A connection of the user agent.
pub(crate) type Connection = AsyncHttp<Tee<Channel<Tcp>>>;

/// All connections of an agent.
#[derive(Clone)]
pub(super) struct Pool {
    inner: Arc<Inner>,
}

struct Inner {
    connections: usize,
    per_origin: usize,
    waiting: usize,
    rest: Duration,
    content_in_memory: u64,
    drain: u64,
    /// How many requests wait.
    waiters: AtomicUsize,
    /// One permit for each connection that may be in use.
    all: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The same for each route that somebody uses.
    each: HashMap<Route, Arc<Semaphore>>,
    /// Connections at rest, the one that was used longest ago first.
    resting: Vec<Resting>,
    /// Whether a task closes those that have been at rest too long.
    watched: bool,
}

struct Resting {
    route: Route,
    http: Connection,
    teller: Teller,
    since: Instant,
}

/// The right to one connection, and the connection once there is one.
pub(super) struct Lease {
    pub(super) route: Route,
    pub(super) http: Option<Connection>,
    /// Whether the connection has carried a request before.
    pub(super) was_used: bool,
    /// Tells of the connection.
    pub(super) teller: Teller,
    _permits: (OwnedSemaphorePermit, OwnedSemaphorePermit),
}

impl Pool {
    pub(super) fn new(options: &Options) -> Pool {
        let most = |count: usize| count.clamp(1, Semaphore::MAX_PERMITS);
        let inner = Inner {
            connections: most(options.connections),
            per_origin: most(options.connections_per_origin),
            waiting: options.waiting,
            rest: options.rest,
            content_in_memory: options.http.content_in_memory,
            drain: options.http.drain,
            waiters: AtomicUsize::new(0),
            all: Arc::new(Semaphore::new(most(options.connections))),
            state: Mutex::default(),
        };
        Pool { inner: Arc::new(inner) }
    }

    pub(super) fn content_in_memory(&self) -> u64 {
        self.inner.content_in_memory
    }

    pub(super) fn drain(&self) -> u64 {
        self.inner.drain
    }

    /// Waits for the right to a connection, and gives it with one at rest, if there is one and it need not be `fresh`.
    pub(super) async fn lease(&self, route: Route, fresh: bool) -> Result<Lease, AskError> {
        let each = self.each(&route);
        let all = self.inner.all.clone();
        let one = each.clone().try_acquire_owned().ok();
        let other = one.as_ref().and_then(|_| all.try_acquire_owned().ok());
        let permits = match (one, other) {
            (Some(one), Some(other)) => (one, other),
            (one, _) => self.wait(one, each).await?,
        };
        let resting = if fresh { None } else { self.resting(&route) };
        if resting.is_none() {
            self.make_room();
        }
        let was_used = resting.is_some();
        let (http, teller) = resting.map_or((None, Teller::default()), |resting| (Some(resting.http), resting.teller));
        Ok(Lease { route, was_used, http, teller, _permits: permits })
    }

    async fn wait(
        &self,
        one: Option<OwnedSemaphorePermit>,
        each: Arc<Semaphore>,
    ) -> Result<(OwnedSemaphorePermit, OwnedSemaphorePermit), AskError> {
        let _waiter = Waiter::new(&self.inner)?;
        let closed = |_| AskError::Busy;
        let one = match one {
            Some(one) => one,
            None => each.acquire_owned().await.map_err(closed)?,
        };
        let other = self.inner.all.clone().acquire_owned().await.map_err(closed)?;
        Ok((one, other))
    }

    /// The connection comes back, if it can be used again.
    pub(super) fn give_back(&self, mut lease: Lease) {
        let Some(http) = lease.http.take() else { return };
        if http.persists() && http.is_at_rest() {
            let route = lease.route.clone();
            let mut state = self.state();
            state.resting.push(Resting { route, http, teller: lease.teller, since: Instant::now() });
            if !std::mem::replace(&mut state.watched, true) {
                tokio::spawn(close_in_time(Arc::downgrade(&self.inner), self.inner.rest));
            }
        }
    }

    fn each(&self, route: &Route) -> Arc<Semaphore> {
        let mut state = self.state();
        // A route that nobody uses or waits for is forgotten.
        state
            .each
            .retain(|_, permits| Arc::strong_count(permits) > 1 || permits.available_permits() < self.inner.per_origin);
        state.each.entry(route.clone()).or_insert_with(|| Arc::new(Semaphore::new(self.inner.per_origin))).clone()
    }

    /// The connection to there that was used last: it is the one that most likely still stands.
    fn resting(&self, route: &Route) -> Option<Resting> {
        let mut state = self.state();
        let oldest = Instant::now().checked_sub(self.inner.rest);
        state.resting.retain(|resting| oldest.is_none_or(|oldest| resting.since >= oldest));
        let at = state.resting.iter().rposition(|resting| resting.route == *route)?;
        Some(state.resting.remove(at))
    }

    /// Closes what has been at rest longest until there is room for another connection.
    fn make_room(&self) {
        let used = self.inner.connections - self.inner.all.available_permits().min(self.inner.connections);
        let mut state = self.state();
        while !state.resting.is_empty() && used + state.resting.len() > self.inner.connections {
            state.resting.remove(0);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No change of the state leaves it half done.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes what has been at rest for longer than `rest`, until nothing is.
async fn close_in_time(pool: Weak<Inner>, rest: Duration) {
    loop {
        let next = {
            let Some(inner) = pool.upgrade() else { return };
            let mut state = inner.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.resting.retain(|resting| resting.since.elapsed() < rest);
            let Some(oldest) = state.resting.first() else {
                state.watched = false;
                return;
            };
            rest.saturating_sub(oldest.since.elapsed())
        };
        tokio::time::sleep(next).await;
    }
}

/// One request that waits, as long as it does.
struct Waiter<'p>(&'p AtomicUsize);

impl<'p> Waiter<'p> {
    fn new(inner: &'p Inner) -> Result<Waiter<'p>, AskError> {
        let waiter = Waiter(&inner.waiters);
        let before = inner.waiters.fetch_add(1, Ordering::Relaxed);
        if before < inner.waiting { Ok(waiter) } else { Err(AskError::Busy) }
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("resting", &self.state().resting.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease").field("route", &self.route).field("was_used", &self.was_used).finish_non_exhaustive()
    }
}
