//! What the protocol itself reads in fields: the only layer that interprets a field by its name.
//!
//! Framing (`content_length`, `transfer_encoding`), the target's authority (`host`), the connection (`connection`), and
//! expectations (`expect`). Everything else passes through as octets, and is parsed when somebody asks: with the feature
//! `fields`, `grammar` holds the pieces that fields share, and `typed` a type for each field.

pub(crate) mod connection;
pub(crate) mod content_length;
mod expect;
#[cfg(feature = "fields")]
pub mod grammar;
mod host;
pub(crate) mod transfer_encoding;
#[cfg(feature = "fields")]
pub mod typed;

pub use connection::{connection_options, has_connection_option, persists, upgrade_protocols};
pub use expect::expects_continue;

use crate::head::{FieldLine, RequestHead, ResponseHead};
use crate::octet::is_blank;
use crate::span::Span;
use crate::witness::{Broken, Witness};
use std::borrow::Cow;

/// The field lines of that name (compared without case), in order.
pub fn named<'f>(fields: &'f [FieldLine], octets: &'f [u8], name: &'f str) -> impl Iterator<Item = &'f FieldLine> {
    fields.iter().filter(move |field| {
        field.name.len() == name.len() && field.name.of(octets).eq_ignore_ascii_case(name.as_bytes())
    })
}

/// Whether a sender may put the field into a trailer section, as far as this layer knows it: fields that frame or route the
/// message, or speak of the connection, stand in the head (RFC 9110 §6.5.1).
pub fn may_be_trailer(name: &[u8]) -> bool {
    const NEVER: [&str; 9] = [
        "content-length",
        "transfer-encoding",
        "host",
        "connection",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "max-forwards",
    ];
    !NEVER.iter().any(|never| name.eq_ignore_ascii_case(never.as_bytes()))
}

/// Checks the fields of a request that every recipient has to look at, but for those that frame it: Host (RFC 9112 §3.2) and
/// Connection (RFC 9110 §7.6.1).
///
/// # Errors
/// As the witness decides.
pub fn check_request<W: Witness>(head: &RequestHead, octets: &[u8], witness: &mut W) -> Result<(), Broken> {
    host::check(head, octets, witness)?;
    connection::check(&head.fields, octets, witness)
}

/// Checks the fields of a response that every recipient has to look at, but for those that frame it: Connection.
///
/// # Errors
/// As the witness decides.
pub fn check_response<W: Witness>(head: &ResponseHead, octets: &[u8], witness: &mut W) -> Result<(), Broken> {
    connection::check(&head.fields, octets, witness)
}

/// The members of a comma-separated list (RFC 9110 §5.6.1), without the white space around them; empty ones are passed
/// over. A comma within a quoted string separates nothing.
pub fn members(octets: &[u8], value: Span) -> Members<'_> {
    Members { octets, at: value.range().start, end: value.range().end }
}

/// See [`members`].
#[derive(Clone, Debug)]
pub struct Members<'o> {
    octets: &'o [u8],
    at: usize,
    end: usize,
}

impl Iterator for Members<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        while self.at < self.end {
            let start = self.at;
            let comma = comma(self.octets, start, self.end);
            self.at = comma + 1;
            let member = trim(self.octets, start, comma);
            if !member.is_empty() {
                return Some(member);
            }
        }
        None
    }
}

/// Where the next comma outside a quoted string stands, or `end`.
fn comma(octets: &[u8], start: usize, end: usize) -> usize {
    let mut quoted = false;
    let mut at = start;
    while at < end {
        match octets[at] {
            b',' if !quoted => return at,
            b'"' => quoted = !quoted,
            b'\\' if quoted => at += 1,
            _ => {}
        }
        at += 1;
    }
    end
}

/// A value with each obs-fold as one space (RFC 9112 §5.2), and with each CR, LF or NUL that is left as a space (RFC 9110
/// §5.5). Borrowed where nothing changes: always, behind a strict reader.
pub fn unfolded(value: &[u8]) -> Cow<'_, [u8]> {
    if !value.iter().any(|octet| matches!(octet, b'\r' | b'\n' | 0)) {
        return Cow::Borrowed(value);
    }
    let mut out: Vec<u8> = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&octet, after)) = rest.split_first() {
        let fold = match rest {
            [b'\r', b'\n', blank, ..] if is_blank(*blank) => 2,
            [b'\n', blank, ..] if is_blank(*blank) => 1,
            _ => 0,
        };
        if fold > 0 {
            while out.last().is_some_and(|octet| is_blank(*octet)) {
                out.pop();
            }
            let blanks = rest[fold..].iter().take_while(|octet| is_blank(**octet)).count();
            out.push(b' ');
            rest = &rest[fold + blanks..];
        } else {
            out.push(if matches!(octet, b'\r' | b'\n' | 0) { b' ' } else { octet });
            rest = after;
        }
    }
    Cow::Owned(out)
}

/// SP, HTAB, and the line ends that a tolerated obs-fold left inside a value.
fn is_gap(octet: u8) -> bool {
    is_blank(octet) || octet == b'\r' || octet == b'\n'
}

fn trim(octets: &[u8], start: usize, end: usize) -> Span {
    let start = skip_gap(octets, start, end);
    let gap = octets[start..end].iter().rev().take_while(|octet| is_gap(**octet)).count();
    Span::new(start, end - gap)
}

fn skip_gap(octets: &[u8], start: usize, end: usize) -> usize {
    (start..end).find(|at| !is_gap(octets[*at])).unwrap_or(end)
}
