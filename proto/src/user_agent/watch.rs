//! What befalls the connections of an agent, told to whoever watches: for people who want to see each step, and for those who want
//! the octets of a response that broke a rule.
//!
//! ```text
//!   Dials ─► Connected ─► (Tunnels ─►) (Secured ─►) Asks ─► Passed … ─► Answered ─► Passed … ─► Asks …
//! ```

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::uri::Uri;
use crate::driver::Response;
#[cfg(feature = "log")]
use crate::transport::log::Logged;
use crate::transport::record::{Passed, Record};

/// One step of one connection.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Step<'s> {
    /// This address is tried.
    Dials(SocketAddr),
    /// It was tried in vain. Another address of the same host may follow.
    Failed(SocketAddr, &'s io::Error),
    /// A TCP connection is there.
    Connected(SocketAddr),
    /// The proxy is asked for a tunnel to this host and port (RFC 9110 §9.3.6). The octets of this request and its response are told
    /// too; those that follow are counted from 0 again.
    Tunnels(&'s str),
    /// The TLS session is there, and knows its version, its cipher suite, and the certificates of the server.
    Secured(&'s rustls::Connection),
    /// A request for this URI is sent next.
    Asks {
        /// The URI, as it is after redirects.
        uri: &'s Uri,
        /// Whether the connection has carried another request before.
        reused: bool,
    },
    /// The head of the response, with the interim responses before it.
    Answered(&'s Response),
    /// Octets of HTTP (without TLS) passed, or the connection came to an end.
    Passed(Passed<'s>),
}

/// Somebody who is told each [`Step`] with the number of its connection: 0, 1 and so on, as they are begun. Told in the middle of the
/// exchange, which waits meanwhile: it should be quick.
#[derive(Clone)]
pub struct Watch(Arc<Watcher>);

type Tells = dyn Fn(u64, Step<'_>) + Send + Sync;

struct Watcher {
    begun: AtomicU64,
    tell: Box<Tells>,
}

impl Watch {
    /// By that function.
    pub fn new(tell: impl Fn(u64, Step<'_>) + Send + Sync + 'static) -> Watch {
        Watch(Arc::new(Watcher { begun: AtomicU64::new(0), tell: Box::new(tell) }))
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

/// Tells of one connection, if somebody watches.
#[derive(Clone, Debug, Default)]
pub(super) struct Teller {
    watch: Option<Watch>,
    connection: u64,
}

/// What is told of each octet.
pub(super) type Tell = Box<dyn FnMut(Passed<'_>) + Send + Sync>;

/// A transport whose octets are told, and logged where there is a log.
#[cfg(feature = "log")]
pub(super) type Tee<T> = Record<Logged<T>, Tell>;
#[cfg(not(feature = "log"))]
pub(super) type Tee<T> = Record<T, Tell>;

/// The transport back.
#[cfg(feature = "log")]
pub(super) fn untee<T>(tee: Tee<T>) -> T {
    tee.into_inner().into_inner()
}

#[cfg(not(feature = "log"))]
pub(super) fn untee<T>(tee: Tee<T>) -> T {
    tee.into_inner()
}

impl Teller {
    /// Of a connection that is begun now.
    pub(super) fn of_a_fresh_one(watch: Option<&Watch>) -> Teller {
        let connection = watch.map_or(0, |watch| watch.0.begun.fetch_add(1, Ordering::Relaxed));
        Teller { watch: watch.cloned(), connection }
    }

    pub(super) fn tell(&self, step: Step<'_>) {
        if let Some(watch) = &self.watch {
            (watch.0.tell)(self.connection, step);
        }
    }

    /// The transport, and everything that passes through it told. The host and port that it leads to name it in the log.
    pub(super) fn tee<T>(&self, transport: T, leads_to: (&str, u16)) -> Tee<T> {
        let tell: Tell = match self.watch {
            None => Box::new(|_| {}),
            Some(_) => {
                let teller = self.clone();
                Box::new(move |passed| teller.tell(Step::Passed(passed)))
            }
        };
        #[cfg(feature = "log")]
        let transport = Logged::new(transport, format!("{}:{}", leads_to.0, leads_to.1));
        #[cfg(not(feature = "log"))]
        let _ = leads_to;
        Record::new(transport, tell)
    }
}
