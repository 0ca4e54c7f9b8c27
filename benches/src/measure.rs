//! The runtime, and how long things take on it.
//!
//! Everybody runs on one thread, client and server as well: what is measured is then how much there is to do on both sides together,
//! and not how soon a system wakes another thread.

use std::future::Future;
use std::io;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::Trouble;
use crate::client::Client;

/// How long one call of [`bounded`] may take.
pub const BOUND: Duration = Duration::from_secs(120);

/// The runtime of all parties: one thread, with sockets and timers.
///
/// # Errors
/// The system has no means for it.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Runs `work` to its end.
///
/// # Errors
/// Those of `work`, and that it took longer than [`BOUND`].
pub fn bounded<V>(runtime: &Runtime, work: impl Future<Output = Result<V, Trouble>>) -> Result<V, Trouble> {
    runtime.block_on(async { timeout(BOUND, work).await? })
}

/// How long so many exchanges take, one after another on one connection. Each answer has to have content of that `length`.
///
/// # Errors
/// The first exchange that fails.
pub async fn exchanges(client: &mut Client, count: u64, length: usize) -> Result<Duration, Trouble> {
    let start = Instant::now();
    for _ in 0..count {
        let got = client.get().await?;
        if got.status != 200 || got.length != length {
            return Err(format!("not what was to come: {got:?}").into());
        }
    }
    Ok(start.elapsed())
}

/// How long so many exchanges take on each of these connections, all of them at once, each as fast as it goes.
///
/// # Errors
/// The first exchange that fails; no connection comes back then.
pub async fn exchanges_on_each(clients: &mut Vec<Client>, count: u64, length: usize) -> Result<Duration, Trouble> {
    let mut tasks = JoinSet::new();
    let start = Instant::now();
    for mut client in clients.drain(..) {
        tasks.spawn(async move { exchanges(&mut client, count, length).await.map(|_| client) });
    }
    while let Some(done) = tasks.join_next().await {
        clients.push(done??);
    }
    Ok(start.elapsed())
}
