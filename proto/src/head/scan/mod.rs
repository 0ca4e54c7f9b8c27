//! The fast path: a scan that accepts clean heads, or steps aside.
//!
//! Its law: on every octet string it either gives what the grammar gives, or nothing (and then the grammar reads the same
//! octets and decides). It knows no rule, tells no witness, and takes no incomplete head. `tests` holds it against the
//! grammar at every level of the processor.
//!
//! Fields are found by two masks per block of 64 octets: which octets are no token octets (a name ends at the first), and
//! which are controls other than HTAB (a value ends at the first). Blocks follow each other from the first field line on;
//! the last one is taken from the end of the buffer and shifted. Looked at and left: a search per line, a vector search per
//! field (a serial chain of load, mask, count), masks for the start-line too.

#[cfg(target_arch = "x86_64")]
mod x86;

use super::request_line::RequestLine;
use super::status_line::StatusLine;
use super::{FieldLine, TargetForm, Version, authority::is_percent_encoded, request_target};
use crate::limits::Limits;
use crate::octet::{is_blank, is_path, is_token};
use crate::span::Span;
use crate::witness::Strict;

/// Octets of a block: a bit each in a mask.
const BLOCK: usize = u64::BITS as usize;

/// Reads a clean request head into `fields`, which are empty; they are empty again where it steps aside. With the
/// request-line comes the length of the head.
#[inline]
pub(super) fn request(octets: &[u8], limits: &Limits, fields: &mut Vec<FieldLine>) -> Option<(RequestLine, u32)> {
    let read = dispatch::request(octets, limits, fields);
    if read.is_none() {
        fields.clear();
    }
    read
}

/// Reads a clean response head; else as [`request`].
#[inline]
pub(super) fn response(octets: &[u8], limits: &Limits, fields: &mut Vec<FieldLine>) -> Option<(StatusLine, u32)> {
    let read = dispatch::response(octets, limits, fields);
    if read.is_none() {
        fields.clear();
    }
    read
}

#[cfg(target_arch = "x86_64")]
use x86 as dispatch;

#[cfg(not(target_arch = "x86_64"))]
use words as dispatch;

/// Word at a time, on any processor.
mod words {
    use super::*;

    pub(super) fn request(octets: &[u8], limits: &Limits, fields: &mut Vec<FieldLine>) -> Option<(RequestLine, u32)> {
        request_by(octets, limits, fields, path_end, section)
    }

    pub(super) fn response(octets: &[u8], limits: &Limits, fields: &mut Vec<FieldLine>) -> Option<(StatusLine, u32)> {
        response_by(octets, limits, fields, section)
    }
}

/// `path_end` finds the first octet at or behind a place that is no octet of a path or query (a percent sign is none);
/// `section` reads the field section at a place and gives where it ends.
#[inline(always)]
fn request_by(
    octets: &[u8],
    limits: &Limits,
    fields: &mut Vec<FieldLine>,
    path_end: impl Fn(&[u8], usize) -> usize,
    section: impl Fn(&[u8], usize, &Limits, &mut Vec<FieldLine>) -> Option<usize>,
) -> Option<(RequestLine, u32)> {
    let method_end = token_end(octets, 0);
    if method_end == 0 || method_end > limits.method as usize || octets.get(method_end) != Some(&b' ') {
        return None;
    }
    let method = &octets[..method_end];
    let start = method_end + 1;
    let (end, form) = if octets.get(start) == Some(&b'/') && method != b"CONNECT" {
        (origin_form_end(octets, start, path_end)?, TargetForm::Origin)
    } else {
        let end = start + octets.get(start..)?.iter().position(|octet| *octet == b' ')?;
        (end, other_form(octets, method, Span::new(start, end))?)
    };
    if end - start > limits.request_target as usize {
        return None;
    }
    let line_end = octets.get(end + 1..end + 11)?;
    let minor = minor_version(line_end.first_chunk()?)?;
    if line_end[8..] != *b"\r\n" {
        return None;
    }
    let length = within(section(octets, end + 11, limits, fields)?, limits)?;
    let version = Version { major: 1, minor };
    Some((RequestLine { method: Span::new(0, method_end), target: Span::new(start, end), form, version }, length))
}

#[inline(always)]
fn response_by(
    octets: &[u8],
    limits: &Limits,
    fields: &mut Vec<FieldLine>,
    section: impl Fn(&[u8], usize, &Limits, &mut Vec<FieldLine>) -> Option<usize>,
) -> Option<(StatusLine, u32)> {
    let start: &[u8; 13] = octets.first_chunk()?;
    let minor = minor_version(start.first_chunk()?)?;
    let [b' ', hundreds @ b'1'..=b'5', tens @ b'0'..=b'9', ones @ b'0'..=b'9', b' '] = start[8..] else { return None };
    let status = [hundreds, tens, ones].iter().fold(0, |status, digit| status * 10 + u16::from(digit - b'0'));
    let end = value_end(octets, start.len());
    if end - start.len() > limits.reason as usize || octets.get(end..end + 2) != Some(b"\r\n") {
        return None;
    }
    let length = within(section(octets, end + 2, limits, fields)?, limits)?;
    Some((StatusLine { version: Version { major: 1, minor }, status, reason: Span::new(start.len(), end) }, length))
}

#[inline(always)]
fn within(end: usize, limits: &Limits) -> Option<u32> {
    u32::try_from(end).ok().filter(|length| *length <= limits.head)
}

#[inline(always)]
fn origin_form_end(octets: &[u8], start: usize, path_end: impl Fn(&[u8], usize) -> usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at = path_end(octets, at);
        match octets.get(at)? {
            b' ' => return Some(at),
            b'%' if is_percent_encoded(&octets[at..]) => at += 3,
            _ => return None,
        }
    }
}

/// The three rarer forms are left to the grammar, which may find nothing.
#[cold]
fn other_form(octets: &[u8], method: &[u8], target: Span) -> Option<TargetForm> {
    if target.is_empty() {
        return None;
    }
    request_target::octets(octets, target, &mut Strict).ok()?;
    request_target::form(octets, method, target, &mut Strict).ok()
}

/// `HTTP/1.` and a digit.
#[inline(always)]
fn minor_version(version: &[u8; 8]) -> Option<u8> {
    const NAME: u64 = u64::from_le_bytes(*b"HTTP/1.\0");
    const MINOR: u32 = 56;
    let word = u64::from_le_bytes(*version);
    let minor = ((word >> MINOR) as u8).wrapping_sub(b'0');
    (word & !(0xff << MINOR) == NAME && minor < 10).then_some(minor)
}

/// Fields by masks. `masks` gives, for a block, a bit for each octet that is no token octet, and one for each that is a
/// control other than HTAB.
#[inline(always)]
fn section_by_masks(
    octets: &[u8],
    start: usize,
    limits: &Limits,
    fields: &mut Vec<FieldLine>,
    masks: impl Fn(&[u8; BLOCK]) -> (u64, u64),
) -> Option<usize> {
    let Some(last) = octets.last_chunk::<BLOCK>() else { return section(octets, start, limits, fields) };
    let mut base = start;
    let mut line = start; // where the field line begins
    let mut colon = None; // where its name ends, once that was seen
    let mut from = 0; // the bit of the block to look on from
    loop {
        let (not_token, control) = match octets.get(base..).and_then(<[u8]>::first_chunk) {
            Some(block) => masks(block),
            None if base < octets.len() => {
                let shift = BLOCK - (octets.len() - base);
                let (not_token, control) = masks(last);
                (not_token >> shift, control >> shift)
            }
            None => return None,
        };
        loop {
            let name_end = match colon {
                Some(colon) => colon,
                None => {
                    let left = not_token & (!0 << from);
                    if left == 0 {
                        break;
                    }
                    from = left.trailing_zeros();
                    let at = base + from as usize;
                    if octets[at] != b':' || at == line {
                        return if octets[at] == b'\r' && at == line && octets.get(at + 1) == Some(&b'\n') {
                            Some(at + 2)
                        } else {
                            None
                        };
                    }
                    colon = Some(at);
                    at
                }
            };
            let left = control & (!0 << from);
            if left == 0 {
                break;
            }
            from = left.trailing_zeros();
            let end = base + from as usize;
            if octets.get(end..end + 2) != Some(b"\r\n") {
                return None;
            }
            field(octets, line, name_end, end, limits, fields)?;
            line = end + 2;
            colon = None;
            from += 2;
            if from as usize >= BLOCK {
                break;
            }
        }
        from = from.saturating_sub(BLOCK as u32);
        base += BLOCK;
    }
}

/// Fields octet by octet and word by word: short heads, and processors without vectors known here.
#[inline(always)]
fn section(octets: &[u8], start: usize, limits: &Limits, fields: &mut Vec<FieldLine>) -> Option<usize> {
    let mut line = start;
    loop {
        let name_end = token_end(octets, line);
        if *octets.get(name_end)? != b':' || name_end == line {
            return if octets.get(line..line + 2) == Some(b"\r\n") { Some(line + 2) } else { None };
        }
        let end = value_end(octets, name_end + 1);
        if octets.get(end..end + 2) != Some(b"\r\n") {
            return None;
        }
        field(octets, line, name_end, end, limits, fields)?;
        line = end + 2;
    }
}

/// Keeps the field line in `line..end`, whose octets are right; `None` where it meets a limit.
#[inline(always)]
fn field(
    octets: &[u8],
    line: usize,
    colon: usize,
    end: usize,
    limits: &Limits,
    fields: &mut Vec<FieldLine>,
) -> Option<()> {
    let name = Span::new(line, colon);
    let value = trim(octets, colon + 1, end);
    let over = (name.len() > limits.field_name as usize) | (value.len() > limits.field_value as usize);
    if over || fields.len() >= limits.field_count as usize {
        return None;
    }
    fields.push(FieldLine { name, value });
    Some(())
}

#[inline(always)]
fn trim(octets: &[u8], mut start: usize, mut end: usize) -> Span {
    // The usual: one space before, none behind. (There are no octets below SP here but HTAB.)
    if let [b' ', first, .., last] = octets[start..end]
        && first > b' '
        && last > b' '
    {
        return Span::new(start + 1, end);
    }
    while start < end && is_blank(octets[start]) {
        start += 1;
    }
    while end > start && is_blank(octets[end - 1]) {
        end -= 1;
    }
    Span::new(start, end)
}

#[inline(always)]
fn token_end(octets: &[u8], mut at: usize) -> usize {
    while octets.get(at).is_some_and(|octet| is_token(*octet)) {
        at += 1;
    }
    at
}

#[inline(always)]
fn path_end(octets: &[u8], mut at: usize) -> usize {
    while octets.get(at).is_some_and(|octet| is_path(*octet)) {
        at += 1;
    }
    at
}

/// The first control other than HTAB at or behind `at`.
#[inline(always)]
fn value_end(octets: &[u8], mut at: usize) -> usize {
    loop {
        while let Some(word) = octets.get(at..).and_then(<[u8]>::first_chunk) {
            let controls = controls(u64::from_le_bytes(*word));
            if controls != 0 {
                at += controls.trailing_zeros() as usize / 8;
                break;
            }
            at += 8;
        }
        match octets.get(at) {
            Some(b'\t') => at += 1,
            Some(octet) if *octet >= 0x20 && *octet != 0x7f => at += 1,
            _ => return at,
        }
    }
}

/// Flags the controls of a word in the highest bits of their octets. Only the lowest flag is exact: a borrow runs upward.
#[inline(always)]
fn controls(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = EACH << 7;
    let below_space = word.wrapping_sub(EACH * 0x20) & !word;
    let delete = word ^ (EACH * 0x7f);
    (below_space | (delete.wrapping_sub(EACH) & !delete)) & HIGH
}

#[cfg(test)]
mod tests;
