//! What both roles need to send a message: how long it will be, what the connection writes into its head itself, and why it is
//! not sent.

use std::fmt;

use crate::body::{BodyLength, EncodeError, Encoder};
use crate::message::WriteError;

/// How much content a message will have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Length {
    /// So many octets.
    Known(u64),
    /// Nobody knows yet.
    Unknown,
}

/// A field line to be written: name and value.
pub type Field<'f> = (&'f [u8], &'f [u8]);

/// Why a message is not sent: the fault is on this side. Nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SendError {
    /// The connection is not in a state in which this may be sent.
    OutOfTurn,
    /// The status code is not one that is sent by this call, or not to this request.
    Status,
    /// A field that the connection itself writes: Connection, Content-Length, Transfer-Encoding, Upgrade; in requests Host and
    /// Expect too.
    FieldReserved,
    /// A version that is neither HTTP/1.0 nor HTTP/1.1, or a request of HTTP/1.0 with what came with HTTP/1.1: chunked content, an
    /// expectation, an offer to upgrade.
    Version,
    /// CONNECT with content or an offer to upgrade.
    Connect,
    /// The head would not read back as itself.
    Head(WriteError),
    /// The content is not what was announced, or a trailer field is none.
    Content(EncodeError),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SendError::OutOfTurn => f.write_str("the connection is not in a state in which this may be sent"),
            SendError::Status => f.write_str("this status code is not sent here"),
            SendError::FieldReserved => f.write_str("the connection writes this field itself"),
            SendError::Version => {
                f.write_str("no version that is sent here, or one without chunked content, expectations and upgrades")
            }
            SendError::Connect => f.write_str("CONNECT has no content and offers no upgrade"),
            SendError::Head(error) => write!(f, "{error}"),
            SendError::Content(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for SendError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SendError::Head(error) => Some(error),
            SendError::Content(error) => Some(error),
            _ => None,
        }
    }
}

impl From<WriteError> for SendError {
    fn from(error: WriteError) -> SendError {
        SendError::Head(error)
    }
}

impl From<EncodeError> for SendError {
    fn from(error: EncodeError) -> SendError {
        SendError::Content(error)
    }
}

/// The fields that the connection writes into any head.
pub(crate) const RESERVED: [&str; 4] = ["connection", "content-length", "transfer-encoding", "upgrade"];

/// The caller's fields, unless one is the connection's to write; room is left for `more`.
pub(crate) fn callers<'f>(fields: &[Field<'f>], reserved: &[&str], more: usize) -> Result<Vec<Field<'f>>, SendError> {
    let is_reserved = |name: &[u8]| reserved.iter().any(|reserved| name.eq_ignore_ascii_case(reserved.as_bytes()));
    if fields.iter().any(|(name, _)| is_reserved(name)) {
        return Err(SendError::FieldReserved);
    }
    let mut all = Vec::with_capacity(fields.len() + more);
    all.extend_from_slice(fields);
    Ok(all)
}

/// The content of a message that is being sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sending {
    /// It has none, whatever is given: an answer to HEAD, 204, 304.
    Without,
    /// What was announced.
    Body(Encoder),
}

impl Sending {
    pub(crate) fn new(length: BodyLength) -> Sending {
        Sending::Body(Encoder::new(length))
    }

    pub(crate) fn content(&mut self, out: &mut Vec<u8>, content: &[u8]) -> Result<(), SendError> {
        match self {
            Sending::Without => Ok(()),
            Sending::Body(encoder) => Ok(encoder.write(out, content)?),
        }
    }

    pub(crate) fn end(self, out: &mut Vec<u8>, trailers: &[Field<'_>]) -> Result<(), SendError> {
        let mut encoder = match self {
            Sending::Without => Encoder::new(BodyLength::None),
            Sending::Body(encoder) => encoder,
        };
        Ok(encoder.finish(out, trailers.iter().copied())?)
    }
}
