//! Messages one after another on one direction of a connection, read from octets and nothing else: the view of a parser, an
//! adapter, a fuzzer and the judge. It knows heads, body lengths and chunks; it does not know persistence, time or roles.

mod read;
mod whole;
mod write;

pub use read::{Event, Reader};
pub use whole::{read_all_findings, read_all_strict, read_all_tolerant};
pub use write::{HeadWriter, WriteError};

use std::fmt;

use crate::rule::Rule;
use crate::span::Place;

/// Which messages a stream holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Requests: what a server reads.
    Requests,
    /// Responses: what a client reads.
    Responses,
}

/// A name and a value, as octets.
pub type OwnedField = (Vec<u8>, Vec<u8>);

/// A message that was read whole, made owned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The method; empty for a response.
    pub method: Vec<u8>,
    /// The request-target as it stood; empty for a response.
    pub target: Vec<u8>,
    /// Major and minor version.
    pub version: (u8, u8),
    /// The status code; 0 for a request.
    pub status: u16,
    /// The reason phrase; empty for a request.
    pub reason: Vec<u8>,
    /// Field lines in order; obs-folds are one space.
    pub fields: Vec<OwnedField>,
    /// The content, with chunked removed (other transfer codings left in place).
    pub content: Vec<u8>,
    /// Trailer field lines in order.
    pub trailers: Vec<OwnedField>,
    /// Whether this message lets the connection persist (RFC 9112 §9.3).
    pub keep_alive: bool,
    /// Where the message stands in the stream.
    pub at: Place,
    /// Where its head ends and its body begins.
    pub body_at: u64,
}

impl Message {
    /// The values of every field line of that name (compared without case), in order.
    pub fn values<'m>(&'m self, name: &'m str) -> impl Iterator<Item = &'m [u8]> + 'm {
        self.fields.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name.as_bytes())).map(|(_, v)| v.as_slice())
    }

    /// Whether it is an interim response (1xx other than 101).
    pub fn is_interim(&self) -> bool {
        (100..200).contains(&self.status) && self.status != 101
    }
}

/// A broken rule and its place in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    /// The rule that broke.
    pub rule: Rule,
    /// The offending octets; empty where something is missing.
    pub at: Place,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {}: {}", self.rule, self.at.start, self.rule.sentence())
    }
}

impl std::error::Error for Fault {}

/// What follows the complete messages of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// Nothing: the stream stands between two messages.
    Idle,
    /// The middle of a message that wants more.
    More,
    /// A rejection.
    Reject(Fault),
    /// The connection is over at a message boundary.
    End,
    /// Another protocol (after 101, or 2xx to CONNECT) begins at this octet.
    Switched {
        /// Where the other protocol begins.
        from: u64,
    },
}

/// All that a stream held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// The complete messages, interim responses among them.
    pub messages: Vec<Message>,
    /// The message that is cut off or broken, as far as its head was read; never for [`Then::Idle`] or [`Then::End`].
    pub partial: Option<Message>,
    /// What follows the complete messages.
    pub then: Then,
    /// Every broken rule, the one that ended the reading last. With a witness that tolerates nothing: that one or none.
    pub faults: Vec<Fault>,
}
