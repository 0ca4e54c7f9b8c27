//! Heads out of values. A head that a strict reader would not read back as the very same head is refused, and so is one
//! whose fields announce a body in two ways: whoever passes names and values on cannot be made to inject anything.

use crate::body::{Answered, Decision, Step, length};
use crate::field;
use crate::head::write::{self, PartError};
use crate::head::{FieldLine, RequestHead, ResponseHead, Version};
use crate::limits::Limits;
use crate::rule::Rule;
use crate::witness::{Broken, Strict};
use std::fmt;

/// Writes heads. Keep one per connection: it remembers storage, so that writing allocates nothing in the long run.
///
/// ```
/// use wiregauge_proto::body::BodyLength;
/// use wiregauge_proto::head::Version;
/// use wiregauge_proto::message::HeadWriter;
/// let mut out = Vec::new();
/// let fields = [("Host", "a"), ("Content-Length", "5")];
/// let decision = HeadWriter::default().request(&mut out, b"PUT", b"/b", Version::HTTP_11, fields).unwrap();
/// assert_eq!(out, b"PUT /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
/// assert_eq!(decision.length, BodyLength::Fixed(5));
/// ```
#[derive(Clone, Debug, Default)]
pub struct HeadWriter {
    storage: Vec<FieldLine>,
}

/// Why a head is not written. Nothing of it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WriteError {
    /// A reader would find this rule broken.
    Rule(Rule),
    /// White space around the value of a field is not part of it: it would be gone.
    BlankAround,
    /// A response of status 1xx or 204, and a 2xx one to CONNECT, has neither Content-Length nor Transfer-Encoding (RFC 9110
    /// §8.6, RFC 9112 §6.1).
    LengthNotAllowed,
}

impl HeadWriter {
    /// Appends the head of a request to `out`. Gives how the end of its body will be found, for [`crate::body::Encoder`].
    ///
    /// # Errors
    /// See [`WriteError`]; `out` is as it was.
    pub fn request<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        out: &mut Vec<u8>,
        method: &[u8],
        target: &[u8],
        version: Version,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Decision, WriteError> {
        self.attempt(out, |storage, out, base| {
            let (method, target, form) = write::request_line(out, base, method, target, version)?;
            let length = self::fields(out, base, storage, fields)?;
            let head = RequestHead { method, target, form, version, fields: std::mem::take(storage), length };
            let octets = &out[base..];
            let decision = field::check_request(&head, octets, &mut Strict)
                .and_then(|()| length::request(&head, octets, &Limits::DEFAULT, &mut Strict));
            *storage = head.fields;
            Ok(decision?)
        })
    }

    /// Appends the head of a response to a request of method `answered` to `out`. Gives how the end of its body will be
    /// found, for [`crate::body::Encoder`].
    ///
    /// # Errors
    /// See [`WriteError`]; `out` is as it was.
    pub fn response<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        out: &mut Vec<u8>,
        answered: Answered,
        version: Version,
        status: u16,
        reason: &[u8],
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Decision, WriteError> {
        self.attempt(out, |storage, out, base| {
            let reason = write::status_line(out, base, version, status, reason)?;
            let length = self::fields(out, base, storage, fields)?;
            let head = ResponseHead { version, status, reason, fields: std::mem::take(storage), length };
            let decision = response_length(&head, answered, &out[base..]);
            *storage = head.fields;
            decision
        })
    }

    fn attempt(
        &mut self,
        out: &mut Vec<u8>,
        write: impl FnOnce(&mut Vec<FieldLine>, &mut Vec<u8>, usize) -> Result<Decision, WriteError>,
    ) -> Result<Decision, WriteError> {
        self.storage.clear();
        let base = out.len();
        let written = write(&mut self.storage, out, base);
        if written.is_err() {
            out.truncate(base);
        }
        written
    }
}

/// The field section and its empty line; how long the head became.
fn fields<N: AsRef<[u8]>, V: AsRef<[u8]>>(
    out: &mut Vec<u8>,
    base: usize,
    storage: &mut Vec<FieldLine>,
    fields: impl IntoIterator<Item = (N, V)>,
) -> Result<u32, WriteError> {
    for (name, value) in fields {
        storage.push(write::field_line(out, base, name.as_ref(), value.as_ref())?);
        if u32::try_from(out.len() - base + 2).is_err() {
            return Err(WriteError::Rule(Rule::LimitHead));
        }
    }
    out.extend_from_slice(b"\r\n");
    Ok((out.len() - base) as u32)
}

fn response_length(head: &ResponseHead, answered: Answered, octets: &[u8]) -> Result<Decision, WriteError> {
    field::check_response(head, octets, &mut Strict)?;
    let none_allowed =
        matches!(head.status, 100..=199 | 204) || (answered == Answered::Connect && matches!(head.status, 200..=299));
    let named = |name| field::named(&head.fields, octets, name).next().is_some();
    if none_allowed && (named("content-length") || named("transfer-encoding")) {
        return Err(WriteError::LengthNotAllowed);
    }
    let decision = length::response(head, answered, octets, &Limits::DEFAULT, &mut Strict)?;
    if decision.step == Step::NoContent {
        // What a reader passes over, because no body follows, has to be right all the same.
        length::response_by_fields(&head.fields, head.version, octets, &Limits::DEFAULT, &mut Strict)?;
    }
    Ok(decision)
}

impl From<PartError> for WriteError {
    fn from(error: PartError) -> WriteError {
        match error {
            PartError::Rule(rule) => WriteError::Rule(rule),
            PartError::BlankAround => WriteError::BlankAround,
        }
    }
}

impl From<Broken> for WriteError {
    fn from(broken: Broken) -> WriteError {
        WriteError::Rule(broken.rule)
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Rule(rule) => write!(f, "the head would break {rule}: {}", rule.sentence()),
            WriteError::BlankAround => f.write_str("white space around a field value is not part of it"),
            WriteError::LengthNotAllowed => f.write_str("this response may announce no length"),
        }
    }
}

impl std::error::Error for WriteError {}
