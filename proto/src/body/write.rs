//! Bodies out of content. What is written always has the length that was announced, or is refused.

use super::length::BodyLength;
use crate::field::may_be_trailer;
use crate::head::write::{PartError, field_line};
use crate::rule::Rule;
use std::fmt;

/// Writes a body piece by piece.
///
/// ```
/// use wiregauge_proto::body::{BodyLength, Encoder};
/// let mut out = Vec::new();
/// let mut encoder = Encoder::new(BodyLength::Chunked);
/// encoder.write(&mut out, b"hello").unwrap();
/// encoder.finish(&mut out, [("Digest", "x")]).unwrap();
/// assert_eq!(out, b"5\r\nhello\r\n0\r\nDigest: x\r\n\r\n");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoder {
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Fixed { left: u64 },
    Chunked,
    UntilClose,
    Finished,
}

/// Why a piece of a body is not written. Nothing of it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EncodeError {
    /// More content than was announced, by that many octets.
    TooMuch(u64),
    /// Less content than was announced, by that many octets.
    TooLittle(u64),
    /// The body was finished before.
    Finished,
    /// Only a chunked body has trailer fields.
    NoTrailers,
    /// A field that frames or routes the message, or speaks of the connection, is no trailer field (RFC 9110 §6.5.1).
    NotATrailer,
    /// A reader would find this rule broken by a trailer field.
    Rule(Rule),
    /// White space around the value of a trailer field would be gone.
    BlankAround,
}

impl Encoder {
    /// For a body of that length.
    pub fn new(length: BodyLength) -> Encoder {
        let state = match length {
            BodyLength::None => State::Fixed { left: 0 },
            BodyLength::Fixed(left) => State::Fixed { left },
            BodyLength::Chunked => State::Chunked,
            BodyLength::UntilClose => State::UntilClose,
        };
        Encoder { state }
    }

    /// Appends `content` to `out`: as one chunk where the body is chunked. Empty content appends nothing.
    ///
    /// # Errors
    /// [`EncodeError::TooMuch`], [`EncodeError::Finished`].
    pub fn write(&mut self, out: &mut Vec<u8>, content: &[u8]) -> Result<(), EncodeError> {
        let length = content.len() as u64;
        match &mut self.state {
            State::Finished => return Err(EncodeError::Finished),
            _ if length == 0 => {}
            State::Fixed { left } => {
                *left = left.checked_sub(length).ok_or_else(|| EncodeError::TooMuch(length - *left))?;
                out.extend_from_slice(content);
            }
            State::UntilClose => out.extend_from_slice(content),
            State::Chunked => {
                chunk_size(out, length);
                out.extend_from_slice(content);
                out.extend_from_slice(b"\r\n");
            }
        }
        Ok(())
    }

    /// Ends the body: appends the last chunk and the trailer fields where it is chunked. (One that lasts until the connection
    /// closes ends when the caller closes it.)
    ///
    /// # Errors
    /// [`EncodeError::TooLittle`], [`EncodeError::Finished`], and everything about trailer fields. The body is not finished
    /// then.
    pub fn finish<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        out: &mut Vec<u8>,
        trailers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<(), EncodeError> {
        let mut trailers = trailers.into_iter();
        match self.state {
            State::Finished => return Err(EncodeError::Finished),
            State::Fixed { left } if left > 0 => return Err(EncodeError::TooLittle(left)),
            State::Fixed { .. } | State::UntilClose if trailers.next().is_some() => {
                return Err(EncodeError::NoTrailers);
            }
            State::Fixed { .. } | State::UntilClose => {}
            State::Chunked => {
                let start = out.len();
                out.extend_from_slice(b"0\r\n");
                if let Err(error) = trailers.try_for_each(|(name, value)| trailer(out, name.as_ref(), value.as_ref())) {
                    out.truncate(start);
                    return Err(error);
                }
                out.extend_from_slice(b"\r\n");
            }
        }
        self.state = State::Finished;
        Ok(())
    }

    /// How many octets of announced content are still to be written; `None` where no number was announced.
    pub fn left(&self) -> Option<u64> {
        match self.state {
            State::Fixed { left } => Some(left),
            State::Finished => Some(0),
            State::Chunked | State::UntilClose => None,
        }
    }
}

fn trailer(out: &mut Vec<u8>, name: &[u8], value: &[u8]) -> Result<(), EncodeError> {
    if !may_be_trailer(name) {
        return Err(EncodeError::NotATrailer);
    }
    field_line(out, 0, name, value).map(drop).map_err(|error| match error {
        PartError::Rule(rule) => EncodeError::Rule(rule),
        PartError::BlankAround => EncodeError::BlankAround,
    })
}

/// The size in hexadecimal digits, and CRLF.
fn chunk_size(out: &mut Vec<u8>, size: u64) {
    let digits = (u64::BITS - size.leading_zeros()).div_ceil(4).max(1);
    out.extend((0..digits).rev().map(|digit| b"0123456789abcdef"[(size >> (4 * digit) & 15) as usize]));
    out.extend_from_slice(b"\r\n");
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EncodeError::TooMuch(octets) => write!(f, "{octets} octets more content than was announced"),
            EncodeError::TooLittle(octets) => write!(f, "{octets} octets less content than was announced"),
            EncodeError::Finished => f.write_str("the body was finished before"),
            EncodeError::NoTrailers => f.write_str("only a chunked body has trailer fields"),
            EncodeError::NotATrailer => f.write_str("this field may not be a trailer field"),
            EncodeError::Rule(rule) => write!(f, "a trailer field breaks {rule}: {}", rule.sentence()),
            EncodeError::BlankAround => f.write_str("white space around a trailer field's value"),
        }
    }
}

impl std::error::Error for EncodeError {}
