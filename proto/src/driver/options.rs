//! What a connection is told once.

use std::fmt;
use std::sync::Arc;

use crate::connection::Waits;
use crate::limits::Limits;

/// Options of one connection. `..Options::default()` gives those of a public server or a careful client.
#[derive(Clone, Debug)]
pub struct Options {
    /// The server's port, for the Host field of requests; `None` is the default port of the scheme.
    pub port: Option<u16>,
    /// Whether the connection is a secured one: the scheme is https and its default port 443. The transport does the securing.
    pub https: bool,
    /// The limits of what is read.
    pub limits: Limits,
    /// How long to wait for what.
    pub waits: Waits,
    /// The most octets of content that are kept in memory when a message is read whole.
    pub content_in_memory: u64,
    /// The most octets of a request's content that a server reads and drops, after an answer that did not need them, to keep the
    /// connection; beyond, it closes (RFC 9112 §9.3).
    pub drain: u64,
    /// What gives responses their Date field (RFC 9110 §6.6.1); without it they have none, as befits a server without a clock.
    pub date: Option<Date>,
    /// What is done with content codings (RFC 9110 §8.4); without it, content passes as it is.
    #[cfg(feature = "gzip")]
    pub codings: Option<crate::coding::Settings>,
}

impl Options {
    /// With no line of a head longer than `octets`: request-target, reason phrase, field name and field value.
    pub fn max_line_size(mut self, octets: u32) -> Options {
        for limit in [
            &mut self.limits.request_target,
            &mut self.limits.reason,
            &mut self.limits.field_name,
            &mut self.limits.field_value,
        ] {
            *limit = (*limit).min(octets);
        }
        self
    }

    /// The port that goes into Host: none if it is the scheme's own.
    pub(super) fn host_port(&self) -> Option<u16> {
        let own = if self.https { 443 } else { 80 };
        self.port.filter(|port| *port != own)
    }
}

impl Default for Options {
    fn default() -> Options {
        Options {
            port: None,
            https: false,
            limits: Limits::DEFAULT,
            waits: Waits::DEFAULT,
            content_in_memory: 16 * 1024 * 1024,
            drain: 256 * 1024,
            date: None,
            #[cfg(feature = "gzip")]
            codings: None,
        }
    }
}

/// A clock that gives the time as a Date field has it, such as `Tue, 15 Nov 1994 08:12:31 GMT`.
#[derive(Clone)]
pub struct Date(Arc<dyn Fn() -> String + Send + Sync>);

impl Date {
    /// By that function, called once for each final response.
    pub fn new(now: impl Fn() -> String + Send + Sync + 'static) -> Date {
        Date(Arc::new(now))
    }

    pub(super) fn now(&self) -> String {
        (self.0)()
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Date")
    }
}
