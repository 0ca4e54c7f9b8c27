//! Writing the parts of a head. What a strict reader would not read back as the very same part is refused: there is no way
//! to smuggle a line end, a NUL or a separator in.

use super::request_target;
use super::{FieldLine, TargetForm, Version};
use crate::octet::{is_blank, is_token, is_value};
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::Strict;

/// Why a part is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PartError {
    /// A reader would find this rule broken.
    Rule(Rule),
    /// White space around a value is not part of it: it would be gone.
    BlankAround,
}

impl From<Rule> for PartError {
    fn from(rule: Rule) -> PartError {
        PartError::Rule(rule)
    }
}

/// Appends a request-line with its CRLF. Spans count from the beginning of `out` without its first `base` octets.
pub(crate) fn request_line(
    out: &mut Vec<u8>,
    base: usize,
    method: &[u8],
    target: &[u8],
    version: Version,
) -> Result<(Span, Span, TargetForm), PartError> {
    if method.is_empty() {
        return Err(Rule::RequestLineMethodMissing.into());
    }
    if !method.iter().all(|octet| is_token(*octet)) {
        return Err(Rule::RequestLineMethodOctet.into());
    }
    if target.is_empty() {
        return Err(Rule::RequestLineTargetMissing.into());
    }
    let whole = Span::new(0, target.len());
    let form = request_target::octets(target, whole, &mut Strict)
        .and_then(|()| request_target::form(target, method, whole, &mut Strict))
        .map_err(|broken| broken.rule)?;
    let method_span = put(out, base, method);
    out.push(b' ');
    let target_span = put(out, base, target);
    out.push(b' ');
    http_version(out, version)?;
    out.extend_from_slice(b"\r\n");
    Ok((method_span, target_span, form))
}

/// Appends a status-line with its CRLF.
pub(crate) fn status_line(
    out: &mut Vec<u8>,
    base: usize,
    version: Version,
    status: u16,
    reason: &[u8],
) -> Result<Span, PartError> {
    if !(100..600).contains(&status) {
        return Err(Rule::StatusLineStatusCodeRange.into());
    }
    if !reason.iter().all(|octet| is_value(*octet)) {
        return Err(Rule::StatusLineReasonOctet.into());
    }
    http_version(out, version)?;
    out.push(b' ');
    out.extend([status / 100, status / 10 % 10, status % 10].map(|digit| b'0' + digit as u8));
    out.push(b' ');
    let reason = put(out, base, reason);
    out.extend_from_slice(b"\r\n");
    Ok(reason)
}

/// Appends a field line with its CRLF.
pub(crate) fn field_line(out: &mut Vec<u8>, base: usize, name: &[u8], value: &[u8]) -> Result<FieldLine, PartError> {
    if name.is_empty() {
        return Err(Rule::FieldNameEmpty.into());
    }
    if !name.iter().all(|octet| is_token(*octet)) {
        return Err(Rule::FieldNameOctet.into());
    }
    if let Some(bad) = value.iter().find(|octet| !is_value(**octet)) {
        return Err(match bad {
            0 => Rule::FieldValueNul,
            b'\r' => Rule::FieldValueBareCr,
            b'\n' => Rule::FieldLineBareLf,
            _ => Rule::FieldValueControl,
        }
        .into());
    }
    if value.first().is_some_and(|octet| is_blank(*octet)) || value.last().is_some_and(|octet| is_blank(*octet)) {
        return Err(PartError::BlankAround);
    }
    let name = put(out, base, name);
    out.extend_from_slice(b": ");
    let value = put(out, base, value);
    out.extend_from_slice(b"\r\n");
    Ok(FieldLine { name, value })
}

fn http_version(out: &mut Vec<u8>, version: Version) -> Result<(), PartError> {
    if version.major != 1 {
        return Err(Rule::HttpVersionMajorUnsupported.into());
    }
    if version.minor > 9 {
        return Err(Rule::HttpVersionDigits.into());
    }
    out.extend_from_slice(b"HTTP/1.");
    out.push(b'0' + version.minor);
    Ok(())
}

fn put(out: &mut Vec<u8>, base: usize, part: &[u8]) -> Span {
    let start = out.len() - base;
    out.extend_from_slice(part);
    Span::new(start, start + part.len())
}
