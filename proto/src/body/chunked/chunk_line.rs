//! A chunk line: chunk-size [ chunk-ext ] CRLF (RFC 9112 §7.1, §7.1.1).
//!
//! White space has a place only inside an extension, around its semicolon and its equals sign: a blank behind the size, or
//! behind the last extension, is a fault.

use crate::head::lines::Line;
use crate::limits::Limits;
use crate::octet::{is_blank, is_token, is_value};
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Element, Strict, Witness};

#[derive(Clone, Copy, Debug)]
pub(super) struct ChunkLine {
    pub(super) size: u64,
    pub(super) digits: Span,
    /// From the end of the digits to the end of the line.
    pub(super) ext: Span,
}

/// How long a chunk line may be, its CRLF included. (A tolerant reader's leading blank and prefix take from the rest.)
pub(super) fn longest(limits: &Limits) -> usize {
    (limits.chunk_size_digits as usize).saturating_add(limits.chunk_ext as usize).saturating_add(2)
}

pub(super) fn read<W: Witness>(
    octets: &[u8],
    line: Line,
    limits: &Limits,
    witness: &mut W,
) -> Result<ChunkLine, Broken> {
    let end = line.end;
    let start = size_start(octets, line.start, end, witness)?;
    let digits_end = (start..end).find(|at| !octets[*at].is_ascii_hexdigit()).unwrap_or(end);
    let digits = Span::new(start, digits_end);
    if digits.is_empty() {
        return Err(match octets[start..end].first() {
            None | Some(b';') => witness.lost(Rule::ChunkSizeMissing, digits),
            Some(b'\r') => witness.lost(Rule::ChunkLineBareCr, Span::octet(start)),
            Some(_) => witness.lost(Rule::ChunkSizeOctet, Span::octet(start)),
        });
    }
    let size = hexadecimal(digits.of(octets)).ok_or_else(|| witness.lost(Rule::ChunkSizeOverflow, digits))?;
    if digits.len() > limits.chunk_size_digits as usize {
        let over = start + limits.chunk_size_digits as usize;
        return Err(witness.lost(Rule::LimitChunkSizeDigits, Span::new(over, digits_end)));
    }
    witness.saw(Element::ChunkSize, digits);

    let semicolon = (digits_end..end).find(|at| !is_blank(octets[*at])).unwrap_or(end);
    let ext = Span::new(digits_end, end);
    match octets[semicolon..end].first() {
        Some(b';') => extensions(octets, ext, semicolon, limits, witness)?,
        None if semicolon == digits_end => {}
        None => witness.broke(Rule::ChunkSizeBlankAfter, ext)?,
        Some(b'\r') => return Err(witness.lost(Rule::ChunkLineBareCr, Span::octet(semicolon))),
        Some(_) if semicolon > digits_end => {
            return Err(witness.lost(Rule::ChunkSizeBlankAfter, Span::new(digits_end, semicolon)));
        }
        Some(_) => return Err(witness.lost(Rule::ChunkSizeOctet, Span::octet(semicolon))),
    }
    if line.bare_lf {
        let rule = if ext.is_empty() { Rule::ChunkLineBareLf } else { Rule::ChunkExtBareLf };
        witness.broke(rule, Span::octet(line.lf()))?;
    }
    Ok(ChunkLine { size, digits, ext })
}

/// Skips what some put before the digits: blanks, a plus sign, `0x`.
fn size_start<W: Witness>(octets: &[u8], start: usize, end: usize, witness: &mut W) -> Result<usize, Broken> {
    let mut at = (start..end).find(|at| !is_blank(octets[*at])).unwrap_or(end);
    if at > start {
        witness.broke(Rule::ChunkSizeBlankBefore, Span::new(start, at))?;
    }
    match &octets[at..end] {
        [b'+', ..] => {
            witness.broke(Rule::ChunkSizeSign, Span::octet(at))?;
            at += 1;
        }
        [b'-', ..] => return Err(witness.lost(Rule::ChunkSizeSign, Span::octet(at))),
        _ => {}
    }
    if let [b'0', b'x' | b'X', ..] = &octets[at..end] {
        witness.broke(Rule::ChunkSizePrefix, Span::octet(at + 1))?;
        at += 2;
    }
    Ok(at)
}

fn hexadecimal(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0u64, |size, octet| {
        let digit = (*octet as char).to_digit(16)?;
        Some(size.checked_mul(16)? | u64::from(digit))
    })
}

/// chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] ). After a fault the rest of the line is skipped:
/// a recipient ignores the extensions that it does not know, and the line ends where it ends.
fn extensions<W: Witness>(
    octets: &[u8],
    ext: Span,
    semicolon: usize,
    limits: &Limits,
    witness: &mut W,
) -> Result<(), Broken> {
    let end = ext.range().end;
    if ext.len() > limits.chunk_ext as usize {
        return Err(witness.lost(Rule::LimitChunkExt, Span::new(ext.range().start + limits.chunk_ext as usize, end)));
    }
    let mut at = semicolon;
    while at < end {
        match extension(octets, at, end) {
            Ok(after) => {
                witness.saw(Element::ChunkExt, Span::new(at, after));
                at = after;
            }
            Err((rule, place)) => {
                return witness.broke(rule, place);
            }
        }
    }
    Ok(())
}

/// One extension from its semicolon on. Gives the place of the next semicolon or the end of the line.
fn extension(octets: &[u8], semicolon: usize, end: usize) -> Result<usize, (Rule, Span)> {
    let name = skip_blanks(octets, semicolon + 1, end);
    let name_end = token_end(octets, name, end);
    match octets[name_end..end].first() {
        None | Some(b';' | b'=') if name_end == name => {
            return Err((Rule::ChunkExtNameMissing, Span::new(name, name)));
        }
        None | Some(b';' | b'=' | b' ' | b'\t') => {}
        Some(_) => return Err(fault(octets, name_end, Rule::ChunkExtNameOctet)),
    }
    let equals = skip_blanks(octets, name_end, end);
    if octets[equals..end].first() != Some(&b'=') {
        return separator(octets, name_end, end);
    }
    let value = skip_blanks(octets, equals + 1, end);
    let value_end = match octets[value..end].first() {
        Some(b'"') => quoted_string(octets, value, end)?,
        _ => token_end(octets, value, end),
    };
    match octets[value_end..end].first() {
        None | Some(b';') if value_end == value => Err((Rule::ChunkExtValueMissing, Span::new(value, value))),
        Some(octet) if octets[value] != b'"' && !is_blank(*octet) && *octet != b';' => {
            Err(fault(octets, value_end, Rule::ChunkExtValueOctet))
        }
        _ => separator(octets, value_end, end),
    }
}

/// What follows an extension: the end of the line, or a semicolon, before which blanks may stand.
fn separator(octets: &[u8], start: usize, end: usize) -> Result<usize, (Rule, Span)> {
    let at = skip_blanks(octets, start, end);
    match octets[at..end].first() {
        Some(b';') => Ok(at),
        None if at == start => Ok(end),
        None => Err((Rule::ChunkExtSeparator, Span::new(start, end))),
        Some(_) => Err(fault(octets, at, Rule::ChunkExtSeparator)),
    }
}

/// quoted-string (RFC 9110 §5.6.4), from its opening quote; gives the place behind the closing one.
fn quoted_string(octets: &[u8], start: usize, end: usize) -> Result<usize, (Rule, Span)> {
    let mut at = start + 1;
    while at < end {
        match octets[at] {
            b'"' => return Ok(at + 1),
            b'\\' => {
                at += 1;
                if at < end && !is_value(octets[at]) {
                    return Err(fault(octets, at, Rule::ChunkExtQuotedPairOctet));
                }
            }
            octet if !is_value(octet) => return Err(fault(octets, at, Rule::ChunkExtQuotedStringOctet)),
            _ => {}
        }
        at += 1;
    }
    Err((Rule::ChunkExtQuotedStringUnclosed, Span::new(end, end)))
}

/// A CR is a bare CR wherever it stands in the line.
fn fault(octets: &[u8], at: usize, rule: Rule) -> (Rule, Span) {
    (if octets[at] == b'\r' { Rule::ChunkExtBareCr } else { rule }, Span::octet(at))
}

fn skip_blanks(octets: &[u8], start: usize, end: usize) -> usize {
    (start..end).find(|at| !is_blank(octets[*at])).unwrap_or(end)
}

fn token_end(octets: &[u8], start: usize, end: usize) -> usize {
    (start..end).find(|at| !is_token(octets[*at])).unwrap_or(end)
}

/// Which rule a chunk line breaks that does not end before `window`: the first fault inside it, else a limit.
pub(super) fn too_long<W: Witness>(
    octets: &[u8],
    start: usize,
    window: usize,
    limits: &Limits,
    witness: &mut W,
) -> Broken {
    let line = Line { start, end: window, bare_lf: false };
    match read(octets, line, limits, &mut Strict) {
        Err(fault) if fault.at.range().start < window => witness.lost(fault.rule, fault.at),
        _ => witness.lost(Rule::LimitChunkExt, Span::octet(window)),
    }
}
