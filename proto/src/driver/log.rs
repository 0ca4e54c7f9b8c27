//! The log of messages: what is sent and read, as events of `tracing` at the level DEBUG, with the values that open doors masked.
//!
//! A head is one event, whose field `head` has the start-line and the field lines, one below the other, names as on the wire. The
//! number of a connection (`connection`) counts the connections of this process.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::debug;

use super::Role;
use crate::connection::outgoing::Field;
use crate::head::{FieldLine, RequestHead, ResponseHead, Version};
use crate::message::Fault;
use crate::transport::log::Escaped;

/// The target of these events: the heads of messages, their ends, and the rules that they break, at the level DEBUG (feature `log`).
///
/// Of Authorization and Proxy-Authorization only the scheme is shown, and the length of the rest; of Cookie, Set-Cookie,
/// Authentication-Info and Proxy-Authentication-Info only the length; of content, only how many octets there were. Everything else
/// is shown, up to 1024 octets of each value: a request-target with a secret in its query, for example.
///
/// Events happen in the span that the caller has entered: one for each connection tells them apart, and names the peer.
pub const MESSAGES: &str = "wiregauge_proto::messages";

/// The most octets that are shown of a value, a method or a request-target.
const SHOWN: usize = 1024;

static CONNECTIONS: AtomicU64 = AtomicU64::new(0);

/// What is told of one connection.
#[derive(Debug)]
pub(super) struct Log {
    connection: u64,
    /// Octets of content of the message that is being sent.
    content: u64,
    /// The fault that was told last: it is found again by whoever reads on.
    fault: Option<Fault>,
}

impl Log {
    pub(super) fn new() -> Log {
        Log { connection: CONNECTIONS.fetch_add(1, Ordering::Relaxed), content: 0, fault: None }
    }

    /// The head that was just written, if one was. It stands alone in what is to be sent.
    pub(super) fn head_sent(&mut self, role: &Role) {
        let connection = self.connection;
        let (octets, message) = match role {
            Role::Fresh => return,
            Role::Client(asking) => (asking.client.out(), "request sent"),
            Role::Server(server) => (server.out(), "response sent"),
        };
        if !octets.is_empty() {
            self.content = 0;
            debug!(target: MESSAGES, connection, head = %Written(octets), "{message}");
        }
    }

    /// Some content was written.
    pub(super) fn content_sent(&mut self, count: usize) {
        self.content += count as u64;
    }

    /// The message was written to its end.
    pub(super) fn sent_whole(&self, trailers: &[Field<'_>]) {
        let Log { connection, content, .. } = *self;
        if trailers.is_empty() {
            debug!(target: MESSAGES, connection, content, "sent to the end");
        } else {
            debug!(target: MESSAGES, connection, content, trailers = %Lines(trailers.iter().copied()), "sent to the end");
        }
    }

    /// The rest of the request is not sent.
    pub(super) fn left(&self) {
        let Log { connection, content, .. } = *self;
        debug!(target: MESSAGES, connection, content, "the rest of the request is not sent");
    }

    pub(super) fn request_read(&self, head: &RequestHead, octets: &[u8]) {
        let connection = self.connection;
        debug!(target: MESSAGES, connection, head = %Read { start: &Request(head, octets), fields: &head.fields, octets }, "request read");
    }

    pub(super) fn response_read(&self, head: &ResponseHead, octets: &[u8]) {
        let connection = self.connection;
        debug!(target: MESSAGES, connection, head = %Read { start: &Response(head, octets), fields: &head.fields, octets }, "response read");
    }

    /// The message was read to its end, with so much content.
    pub(super) fn read_whole(&self, content: u64, trailers: &[FieldLine], octets: &[u8]) {
        let connection = self.connection;
        if trailers.is_empty() {
            debug!(target: MESSAGES, connection, content, "read to the end");
        } else {
            let trailers = Lines(trailers.iter().map(|line| (line.name.of(octets), line.value.of(octets))));
            debug!(target: MESSAGES, connection, content, %trailers, "read to the end");
        }
    }

    /// What was read breaks a rule. Places count from the first octet that came.
    pub(super) fn fault(&mut self, fault: Fault) {
        if self.fault.replace(fault) != Some(fault) {
            let connection = self.connection;
            debug!(target: MESSAGES, connection, rule = fault.rule.id(), octet = fault.at.start, "{}", fault.rule.sentence());
        }
    }
}

/// A head as it was written: right, by our own hand.
struct Written<'o>(&'o [u8]);

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.0.split(|octet| *octet == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        write!(f, "{}", Escaped { octets: lines.next().unwrap_or_default(), most: SHOWN })?;
        // The empty line ends the head.
        for line in lines.take_while(|line| !line.is_empty()) {
            let colon = line.iter().position(|octet| *octet == b':').unwrap_or(line.len());
            let value = line.get(colon + 1..).unwrap_or_default();
            write!(f, "\n{}", Line(&line[..colon], value.trim_ascii_start()))?;
        }
        Ok(())
    }
}

/// A head that was read.
struct Read<'h> {
    start: &'h dyn fmt::Display,
    fields: &'h [FieldLine],
    octets: &'h [u8],
}

impl fmt::Display for Read<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.fields.iter().map(|line| Line(line.name.of(self.octets), line.value.of(self.octets)));
        write!(f, "{}", self.start)?;
        fields.into_iter().try_for_each(|line| write!(f, "\n{line}"))
    }
}

struct Request<'h>(&'h RequestHead, &'h [u8]);

impl fmt::Display for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Request(head, octets) = self;
        let escaped = |octets| Escaped { octets, most: SHOWN };
        let Version { major, minor } = head.version;
        let (method, target) = (escaped(head.method.of(octets)), escaped(head.target.of(octets)));
        write!(f, "{method} {target} HTTP/{major}.{minor}")
    }
}

struct Response<'h>(&'h ResponseHead, &'h [u8]);

impl fmt::Display for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Response(head, octets) = self;
        let Version { major, minor } = head.version;
        let reason = Escaped { octets: head.reason.of(octets), most: SHOWN };
        write!(f, "HTTP/{major}.{minor} {:03} {reason}", head.status)
    }
}

/// Field lines, one below the other.
struct Lines<I>(I);

impl<'o, I: Iterator<Item = (&'o [u8], &'o [u8])> + Clone> fmt::Display for Lines<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.clone().enumerate().try_for_each(|(index, (name, value))| {
            let before = if index == 0 { "" } else { "\n" };
            write!(f, "{before}{}", Line(name, value))
        })
    }
}

/// A field line, masked where it holds a secret.
struct Line<'o>(&'o [u8], &'o [u8]);

/// Those whose scheme is shown (RFC 9110 §11.6.2, §11.7.2).
const CREDENTIALS: [&str; 2] = ["authorization", "proxy-authorization"];
/// Those of which nothing is.
const SECRETS: [&str; 4] = ["cookie", "set-cookie", "authentication-info", "proxy-authentication-info"];
/// Authentication schemes in use. What is none of them may itself be the secret, in a field that was filled by mistake.
const SCHEMES: [&str; 15] = [
    "aws4-hmac-sha256",
    "basic",
    "bearer",
    "concealed",
    "digest",
    "dpop",
    "gnap",
    "hoba",
    "mutual",
    "negotiate",
    "ntlm",
    "oauth",
    "scram-sha-1",
    "scram-sha-256",
    "vapid",
];

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Line(name, value) = *self;
        let among = |octets: &[u8], list: &[&str]| list.iter().any(|one| octets.eq_ignore_ascii_case(one.as_bytes()));
        write!(f, "{}: ", Escaped { octets: name, most: SHOWN })?;
        if among(name, &CREDENTIALS) {
            let end = value.iter().position(|octet| *octet == b' ').unwrap_or(0);
            let (scheme, rest) = match among(&value[..end], &SCHEMES) {
                true => (&value[..=end], &value[end + 1..]),
                false => (&b""[..], value),
            };
            write!(f, "{}({} octets hidden)", scheme.escape_ascii(), rest.len())
        } else if among(name, &SECRETS) {
            write!(f, "({} octets hidden)", value.len())
        } else {
            write!(f, "{}", Escaped { octets: value, most: SHOWN })
        }
    }
}
