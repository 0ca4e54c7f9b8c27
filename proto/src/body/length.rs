//! Where a message ends: RFC 9112 §6.3, its eight steps in its order. This is the security border of HTTP/1.1.

use crate::field::{content_length, named, transfer_encoding::Codings};
use crate::head::{FieldLine, RequestHead, ResponseHead, Version};
use crate::limits::Limits;
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Witness};

/// How long the body is, or how its end is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BodyLength {
    /// There is no body.
    None,
    /// That many octets.
    Fixed(u64),
    /// Chunks say.
    Chunked,
    /// The connection is read until the peer ends it; responses only.
    UntilClose,
}

/// Which step of RFC 9112 §6.3 decided. (Step 5, an invalid Content-Length, decides nothing: it ends the reading.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// (1) a response to HEAD, or one of status 1xx, 204 or 304: never a body.
    NoContent,
    /// (2) a 2xx response to CONNECT: a tunnel begins.
    Connect,
    /// (3) both fields: Transfer-Encoding overrides. Only a tolerant reader comes here; it closes the connection afterwards.
    BothFields,
    /// (4) Transfer-Encoding.
    TransferEncoding,
    /// (6) a valid Content-Length.
    ContentLength,
    /// (7) a request with neither.
    RequestWithout,
    /// (8) a response with neither.
    ResponseWithout,
}

/// How long the body is, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decision {
    /// The length.
    pub length: BodyLength,
    /// The step that decided.
    pub step: Step,
    /// The RFC asks to close the connection after this message (§6.1: both fields, or Transfer-Encoding in HTTP/1.0). Only a
    /// tolerant reader meets it.
    pub must_close: bool,
}

/// The method that a response answers, as far as it matters for the length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Answered {
    /// HEAD.
    Head,
    /// CONNECT.
    Connect,
    /// Any other.
    #[default]
    Other,
}

impl Answered {
    /// Of a method as it stood in the request.
    pub fn by(method: &[u8]) -> Answered {
        match method {
            b"HEAD" => Answered::Head,
            b"CONNECT" => Answered::Connect,
            _ => Answered::Other,
        }
    }
}

/// The length of a request's body. `octets` is the buffer that the head was read from.
///
/// # Errors
/// A fault in the fields that frame the message, a coding that is not understood, or [`Limits::content`] exceeded.
pub fn request<W: Witness>(
    head: &RequestHead,
    octets: &[u8],
    limits: &Limits,
    witness: &mut W,
) -> Result<Decision, Broken> {
    let framing = Framing::read(&head.fields, octets, head.version, witness)?;
    if let Some(codings) = framing.codings {
        let value = framing.transfer_encoding;
        let Some(last) = codings.last else {
            return Err(witness.lost(Rule::TransferEncodingEmpty, value));
        };
        if !codings.chunked_last {
            return Err(witness.lost(Rule::TransferEncodingChunkedNotLast, last));
        }
        if let Some(other) = codings.other {
            witness.broke(Rule::TransferEncodingCodingUnsupported, other)?;
        }
        return Ok(framing.by_transfer_encoding(BodyLength::Chunked));
    }
    let length = content_length::read(octets, named(&head.fields, octets, "content-length"), witness)?;
    fixed(length, BodyLength::None, Step::RequestWithout, limits, witness)
}

/// The length of a response's body. `octets` is the buffer that the head was read from, `answered` the method of the request.
///
/// # Errors
/// A fault in the fields that frame the message, or [`Limits::content`] exceeded.
pub fn response<W: Witness>(
    head: &ResponseHead,
    answered: Answered,
    octets: &[u8],
    limits: &Limits,
    witness: &mut W,
) -> Result<Decision, Broken> {
    // (1), regardless of the fields: they are not looked at.
    if answered == Answered::Head || matches!(head.status, 100..=199 | 204 | 304) {
        return Ok(Decision { length: BodyLength::None, step: Step::NoContent, must_close: false });
    }
    // (2), likewise.
    if answered == Answered::Connect && matches!(head.status, 200..=299) {
        return Ok(Decision { length: BodyLength::None, step: Step::Connect, must_close: false });
    }
    response_by_fields(&head.fields, head.version, octets, limits, witness)
}

/// Steps (3) to (8) for a response.
pub(crate) fn response_by_fields<W: Witness>(
    fields: &[FieldLine],
    version: Version,
    octets: &[u8],
    limits: &Limits,
    witness: &mut W,
) -> Result<Decision, Broken> {
    let framing = Framing::read(fields, octets, version, witness)?;
    if let Some(codings) = framing.codings {
        if codings.last.is_none() {
            witness.broke(Rule::TransferEncodingEmpty, framing.transfer_encoding)?;
        }
        // Codings other than chunked stay in the content: the caller who asked for them knows them.
        let length = if codings.chunked_last { BodyLength::Chunked } else { BodyLength::UntilClose };
        return Ok(framing.by_transfer_encoding(length));
    }
    let length = content_length::read(octets, named(fields, octets, "content-length"), witness)?;
    fixed(length, BodyLength::UntilClose, Step::ResponseWithout, limits, witness)
}

/// Steps (5) to (8).
fn fixed<W: Witness>(
    length: Option<(u64, Span)>,
    without: BodyLength,
    step: Step,
    limits: &Limits,
    witness: &mut W,
) -> Result<Decision, Broken> {
    match length {
        Some((octets, value)) if octets > limits.content => Err(witness.lost(Rule::LimitContent, value)),
        Some((octets, _)) => {
            Ok(Decision { length: BodyLength::Fixed(octets), step: Step::ContentLength, must_close: false })
        }
        None => Ok(Decision { length: without, step, must_close: false }),
    }
}

/// Steps (3) and (4): what Transfer-Encoding says, and whether it may say anything.
struct Framing {
    codings: Option<Codings>,
    /// The value of the first Transfer-Encoding line.
    transfer_encoding: Span,
    both: bool,
    old_version: bool,
}

impl Framing {
    /// One pass in the order of the lines, so that faults are told in the order of their places.
    fn read<W: Witness>(
        fields: &[FieldLine],
        octets: &[u8],
        version: Version,
        witness: &mut W,
    ) -> Result<Framing, Broken> {
        let mut framing =
            Framing { codings: None, transfer_encoding: Span::default(), both: false, old_version: false };
        let Some(first) = named(fields, octets, "transfer-encoding").next() else { return Ok(framing) };
        framing.transfer_encoding = first.value;
        let mut codings = Codings::default();
        let (mut seen, mut length_seen) = (false, false);
        for field in fields {
            let name = field.name.of(octets);
            let is_length = name.eq_ignore_ascii_case(b"content-length");
            if !is_length && !name.eq_ignore_ascii_case(b"transfer-encoding") {
                continue;
            }
            if !is_length && !seen && version < Version::HTTP_11 {
                witness.broke(Rule::TransferEncodingOldVersion, field.name)?;
                framing.old_version = true;
            }
            seen |= !is_length;
            length_seen |= is_length;
            if seen && length_seen && !framing.both {
                witness.broke(Rule::TransferEncodingWithContentLength, field.name)?;
                framing.both = true;
            }
            if !is_length {
                codings.read(octets, field, witness)?;
            }
        }
        framing.codings = Some(codings);
        Ok(framing)
    }

    fn by_transfer_encoding(&self, length: BodyLength) -> Decision {
        let step = if self.both { Step::BothFields } else { Step::TransferEncoding };
        Decision { length, step, must_close: self.both || self.old_version }
    }
}
