//! A message that is being written: which octets its content becomes, and the order in which they may be given.

use crate::octet::{is_token, is_value};

/// How much content a message will have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Length {
    /// So many octets.
    Known(u64),
    /// Nobody knows yet.
    Unknown,
}

/// Why a message is not written: the fault is on this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WriteError {
    /// The connection is not in a state in which this may be sent.
    OutOfTurn,
    /// The method is no token.
    Method,
    /// The request-target is none of the four forms, or not the one that the method takes.
    RequestTarget,
    /// The value of Host is no host, perhaps with a port.
    Host,
    /// The status code is not one that this call sends.
    Status,
    /// The reason phrase holds an octet that it may not hold.
    Reason,
    /// A field name is no token.
    FieldName,
    /// A field value holds an octet that it may not hold, or blanks around it.
    FieldValue,
    /// A field that the connection itself writes: Connection, Content-Length, Transfer-Encoding, Upgrade; Host and Expect in
    /// requests.
    FieldReserved,
    /// More content than was announced.
    TooLong,
    /// Less content than was announced.
    TooShort,
    /// Trailers on a message that is not chunked, or one that may not be a trailer.
    Trailer,
}

impl WriteError {
    /// One sentence of ours.
    pub fn sentence(self) -> &'static str {
        match self {
            WriteError::OutOfTurn => "The connection is not in a state in which this may be sent.",
            WriteError::Method => "The method is no token.",
            WriteError::RequestTarget => "The request-target is not of the form that the method takes.",
            WriteError::Host => "The value of Host is no host, perhaps with a port.",
            WriteError::Status => "The status code is not one that is sent this way.",
            WriteError::Reason => "The reason phrase holds an octet that it may not hold.",
            WriteError::FieldName => "A field name is no token.",
            WriteError::FieldValue => "A field value holds an octet that it may not hold, or blanks around it.",
            WriteError::FieldReserved => "The connection writes this field itself.",
            WriteError::TooLong => "There is more content than was announced.",
            WriteError::TooShort => "There is less content than was announced.",
            WriteError::Trailer => "This cannot be sent as a trailer.",
        }
    }
}

impl std::fmt::Display for WriteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.sentence())
    }
}

impl std::error::Error for WriteError {}

/// A field line to be written.
pub type Field<'f> = (&'f [u8], &'f [u8]);

/// Appends field lines. Nothing is appended where one is refused.
pub(crate) fn fields(out: &mut Vec<u8>, fields: &[Field<'_>], reserved: &[&str]) -> Result<(), WriteError> {
    for (name, value) in fields {
        if name.is_empty() || !name.iter().all(|octet| is_token(*octet)) {
            return Err(WriteError::FieldName);
        }
        if reserved.iter().any(|reserved| name.eq_ignore_ascii_case(reserved.as_bytes())) {
            return Err(WriteError::FieldReserved);
        }
        if !value.iter().all(|octet| is_value(*octet)) || value.trim_ascii().len() != value.len() {
            return Err(WriteError::FieldValue);
        }
    }
    for (name, value) in fields {
        line(out, name, value);
    }
    Ok(())
}

/// Appends a field line of our own making.
pub(crate) fn line(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    for part in [name, b": ", value, b"\r\n"] {
        out.extend_from_slice(part);
    }
}

/// What content becomes on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoder {
    /// Nothing: the message has no content, whatever is given (an answer to HEAD).
    Nothing,
    /// Itself, so many octets more.
    Fixed(u64),
    /// Chunks.
    Chunked,
    /// Itself, until the connection closes.
    UntilClose,
}

impl Encoder {
    /// Appends the octets of `content`.
    pub(crate) fn content(&mut self, out: &mut Vec<u8>, content: &[u8]) -> Result<(), WriteError> {
        match self {
            _ if content.is_empty() => {}
            Encoder::Nothing => {}
            Encoder::Fixed(left) => {
                *left = left.checked_sub(content.len() as u64).ok_or(WriteError::TooLong)?;
                out.extend_from_slice(content);
            }
            Encoder::Chunked => {
                out.extend_from_slice(format!("{:x}\r\n", content.len()).as_bytes());
                out.extend_from_slice(content);
                out.extend_from_slice(b"\r\n");
            }
            Encoder::UntilClose => out.extend_from_slice(content),
        }
        Ok(())
    }

    /// Appends what ends the message.
    pub(crate) fn end(self, out: &mut Vec<u8>, trailers: &[Field<'_>]) -> Result<(), WriteError> {
        match self {
            Encoder::Fixed(1..) => Err(WriteError::TooShort),
            Encoder::Chunked => {
                let start = out.len();
                out.extend_from_slice(b"0\r\n");
                if let Err(error) = fields(out, trailers, &NO_TRAILERS) {
                    out.truncate(start);
                    return Err(if error == WriteError::FieldReserved { WriteError::Trailer } else { error });
                }
                out.extend_from_slice(b"\r\n");
                Ok(())
            }
            Encoder::Nothing | Encoder::Fixed(0) | Encoder::UntilClose if trailers.is_empty() => Ok(()),
            Encoder::Nothing | Encoder::Fixed(0) | Encoder::UntilClose => Err(WriteError::Trailer),
        }
    }
}

/// What would change the message, if somebody merged it into the head (RFC 9110 §6.5.1).
const NO_TRAILERS: [&str; 12] = [
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-range",
    "content-type",
    "expect",
    "host",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
