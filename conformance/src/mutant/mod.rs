//! Servers that are wrong on purpose: the suite is tested on them. The base is a second, obvious HTTP/1.1 server (lines split
//! at LF, fields split at the colon, a thread per connection) that shares no code with `wiregauge-proto`; a [`Mutation`]
//! makes it wrong in exactly one named way. Unmutated it is a subject like any other and has to pass every case.
//!
//! [`degenerate`] holds subjects that are not servers at all, [`hostile`] those that attack whoever talks to them.

mod answer;
mod connection;
pub mod degenerate;
pub mod hostile;
mod mutation;
mod read;

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

pub use mutation::{Mutation, Nature};

/// Connections that are served at once; more are closed when they come.
const CONNECTIONS: usize = 512;

/// A running subject; it ends when this is dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
}

impl Running {
    /// Where it listens: a free port of 127.0.0.1.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // The listener stands in `accept`: one last connection wakes it.
        let _ = TcpStream::connect(self.address);
    }
}

/// Starts the obvious server with one mutation, or with none.
pub fn start(mutation: Option<Mutation>) -> io::Result<Running> {
    listen(0, move |stream| connection::serve(stream, mutation))
}

/// The same on a port of the caller's choice (0: a free one).
pub fn start_on(port: u16, mutation: Option<Mutation>) -> io::Result<Running> {
    listen(port, move |stream| connection::serve(stream, mutation))
}

/// Gives every connection to `serve` on a thread of its own.
fn listen(port: u16, serve: impl Fn(TcpStream) + Send + Sync + 'static) -> io::Result<Running> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let address = listener.local_addr()?;
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let serve = Arc::new(serve);
    let serving = Arc::new(AtomicUsize::new(0));
    thread::Builder::new().name("mutant".into()).spawn(move || {
        for stream in listener.incoming() {
            if stopped.load(Ordering::SeqCst) {
                return;
            }
            let Ok(stream) = stream else { continue };
            if serving.fetch_add(1, Ordering::SeqCst) >= CONNECTIONS {
                serving.fetch_sub(1, Ordering::SeqCst);
                continue;
            }
            let (serve, serving_here) = (Arc::clone(&serve), Arc::clone(&serving));
            let spawned = thread::Builder::new().stack_size(256 * 1024).spawn(move || {
                serve(stream);
                serving_here.fetch_sub(1, Ordering::SeqCst);
            });
            if spawned.is_err() {
                serving.fetch_sub(1, Ordering::SeqCst);
            }
        }
    })?;
    Ok(Running { address, stop })
}
