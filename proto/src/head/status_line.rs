//! status-line (RFC 9112 §4): HTTP-version SP status-code SP [ reason-phrase ].

use super::lines::Line;
use super::{Version, http_version, runs};
use crate::limits::Limits;
use crate::octet::{is_blank, is_value};
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Element, Witness};

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StatusLine {
    pub(crate) version: Version,
    pub(crate) status: u16,
    pub(crate) reason: Span,
}

pub(crate) fn read<W: Witness>(
    octets: &[u8],
    line: Line,
    limits: &Limits,
    witness: &mut W,
) -> Result<StatusLine, Broken> {
    let (start, end) = (line.start, line.end);
    let version_end = (start..end).find(|at| is_blank(octets[*at]) || octets[*at] == b'\r').unwrap_or(end);
    let version = http_version::read(octets, start, version_end, witness)?;

    let code = (version_end..end).find(|at| !is_blank(octets[*at]) && octets[*at] != b'\r').unwrap_or(end);
    if code == version_end {
        return Err(witness.lost(Rule::StatusLineVersionSeparator, Span::new(end, end)));
    }
    runs::tell(version_end, code, witness, |at| match octets[at] {
        b' ' if at == version_end => None,
        b'\r' => Some(Rule::StatusLineBareCr),
        _ => Some(Rule::StatusLineVersionSeparator),
    })?;

    let digits = (code..end).take_while(|at| octets[*at].is_ascii_digit()).count();
    if digits != 3 {
        let at = code + digits.min(3);
        return Err(witness.lost(Rule::StatusLineStatusCodeDigits, Span::new(at, (at + 1).min(end))));
    }
    let status = octets[code..code + 3].iter().fold(0, |number, digit| number * 10 + u16::from(digit - b'0'));
    witness.saw(Element::StatusCode, Span::new(code, code + 3));
    if !(100..600).contains(&status) {
        witness.broke(Rule::StatusLineStatusCodeRange, Span::new(code, code + 3))?;
    }

    let mut reason = code + 3;
    match octets[reason..end].first() {
        Some(b' ') => reason += 1,
        Some(b'\r') => {} // a bare CR, told below
        Some(_) => witness.broke(Rule::StatusLineSpaceMissing, Span::octet(reason))?,
        None => witness.broke(Rule::StatusLineSpaceMissing, Span::new(reason, reason))?,
    }
    if end - reason > limits.reason as usize {
        return Err(witness.lost(Rule::LimitReason, Span::new(reason + limits.reason as usize, end)));
    }
    runs::tell(reason, end, witness, |at| match octets[at] {
        octet if is_value(octet) => None,
        b'\r' => Some(Rule::StatusLineBareCr),
        _ => Some(Rule::StatusLineReasonOctet),
    })?;
    witness.saw(Element::ReasonPhrase, Span::new(reason, end));
    if line.bare_lf {
        witness.broke(Rule::StatusLineBareLf, Span::octet(line.lf()))?;
    }
    Ok(StatusLine { version, status, reason: Span::new(reason, end) })
}

/// Which limit a status-line breaks that does not end before `window`.
pub(crate) fn too_long<W: Witness>(window: usize, start: usize, limits: &Limits, witness: &mut W) -> Broken {
    let reason = start + "HTTP/1.1 200 ".len() + limits.reason as usize;
    if reason < window {
        witness.lost(Rule::LimitReason, Span::octet(reason))
    } else {
        witness.lost(Rule::LimitHead, Span::octet(window))
    }
}
