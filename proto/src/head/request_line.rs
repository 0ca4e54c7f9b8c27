//! request-line (RFC 9112 §3): method SP request-target SP HTTP-version.
//!
//! The octets between the parts are the five that §3 lets a lenient recipient take for blanks. A strict one sees a fault in
//! each but the one space; a lenient one reads on as §3 says.

use super::lines::Line;
use super::{TargetForm, Version, http_version, request_target, runs};
use crate::limits::Limits;
use crate::octet::is_token;
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Element, Witness};

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RequestLine {
    pub(crate) method: Span,
    pub(crate) target: Span,
    pub(crate) form: TargetForm,
    pub(crate) version: Version,
}

pub(crate) fn read<W: Witness>(
    octets: &[u8],
    line: Line,
    limits: &Limits,
    witness: &mut W,
) -> Result<RequestLine, Broken> {
    let end = line.end;
    let method = method(octets, line, limits, witness)?;
    let target_start = skip_blanks(octets, method.range().end, end);
    separators(octets, method.range().end, target_start, witness)?;
    if target_start == end {
        return Err(witness.lost(Rule::RequestLineTargetMissing, Span::new(end, end)));
    }

    let words = Words::split(octets, target_start, end);
    let target = Span::new(target_start, words.target_end);
    if target.len() > limits.request_target as usize {
        let over = target_start + limits.request_target as usize;
        return Err(witness.lost(Rule::LimitRequestTarget, Span::new(over, words.target_end)));
    }
    request_target::octets(octets, target, witness)?;
    witness.saw(Element::RequestTarget, target);

    let Some((version_start, version_end)) = words.version else {
        return Err(witness.lost(Rule::RequestLineVersionMissing, Span::new(end, end)));
    };
    separators(octets, words.target_end, version_start, witness)?;
    let version = http_version::read(octets, version_start, version_end, witness)?;
    let after = version_end + octets[version_end..end].iter().take_while(|octet| **octet == b'\r').count();
    if after > version_end {
        witness.broke(Rule::RequestLineBareCr, Span::new(version_end, after))?;
    }
    if after < end {
        witness.broke(Rule::RequestLineTrailingOctets, Span::new(after, end))?;
    }
    if line.bare_lf {
        witness.broke(Rule::RequestLineBareLf, Span::octet(line.lf()))?;
    }
    // Last, so that a message of another major version is called that and nothing else.
    let form = request_target::form(octets, method.of(octets), target, witness)?;
    Ok(RequestLine { method, target, form, version })
}

fn method<W: Witness>(octets: &[u8], line: Line, limits: &Limits, witness: &mut W) -> Result<Span, Broken> {
    let start = skip_blanks(octets, line.start, line.end);
    if start == line.end {
        let blanks = Span::new(line.start, (line.start + 1).min(line.end));
        return Err(witness.lost(Rule::RequestLineMethodMissing, blanks));
    }
    runs::tell(line.start, start, witness, |at| {
        Some(if octets[at] == b'\r' { Rule::RequestLineBareCr } else { Rule::RequestLineMethodMissing })
    })?;
    let end = find_blank(octets, start, line.end);
    if end - start > limits.method as usize {
        return Err(witness.lost(Rule::LimitMethod, Span::new(start + limits.method as usize, end)));
    }
    runs::tell(start, end, witness, |at| (!is_token(octets[at])).then_some(Rule::RequestLineMethodOctet))?;
    let method = Span::new(start, end);
    witness.saw(Element::Method, method);
    Ok(method)
}

/// Tells everything in `start..end` but one space; there are only blanks in it.
fn separators<W: Witness>(octets: &[u8], start: usize, end: usize, witness: &mut W) -> Result<(), Broken> {
    let space = (start..end).find(|at| octets[*at] == b' ');
    runs::tell(start, end, witness, |at| match octets[at] {
        b' ' if Some(at) == space => None,
        b' ' => Some(Rule::RequestLineExtraSpace),
        b'\r' => Some(Rule::RequestLineBareCr),
        _ => Some(Rule::RequestLineBlank),
    })
}

/// Where the target ends and the version stands, in what follows the method.
struct Words {
    target_end: usize,
    /// `None` where only one word is left.
    version: Option<(usize, usize)>,
}

impl Words {
    /// Two words are the rule. With more of them, the second is the version if it is one, else the last if it looks like one
    /// (then blanks stand inside the target), else the second, for the version to be refused.
    fn split(octets: &[u8], start: usize, end: usize) -> Words {
        let first_end = find_blank(octets, start, end);
        let second = skip_blanks(octets, first_end, end);
        if second == end {
            return Words { target_end: first_end, version: None };
        }
        let second_end = find_blank(octets, second, end);
        let last_end = end - octets[start..end].iter().rev().take_while(|octet| is_blank_of_line(**octet)).count();
        let last =
            last_end - octets[start..last_end].iter().rev().take_while(|octet| !is_blank_of_line(**octet)).count();
        let inside = second_end != last_end
            && !http_version::is_version(&octets[second..second_end])
            && http_version::looks_like_version(&octets[last..last_end]);
        if !inside {
            return Words { target_end: first_end, version: Some((second, second_end)) };
        }
        let blanks = octets[start..last].iter().rev().take_while(|octet| is_blank_of_line(**octet)).count();
        Words { target_end: last - blanks, version: Some((last, last_end)) }
    }
}

/// Which limit a request-line breaks that does not end before `window`.
pub(crate) fn too_long<W: Witness>(
    octets: &[u8],
    start: usize,
    window: usize,
    limits: &Limits,
    witness: &mut W,
) -> Broken {
    let method_end = find_blank(octets, start, window);
    if method_end - start > limits.method as usize {
        return witness.lost(Rule::LimitMethod, Span::new(start + limits.method as usize, method_end));
    }
    let target = skip_blanks(octets, method_end, window);
    let target_end = find_blank(octets, target, window);
    if target_end - target > limits.request_target as usize {
        return witness.lost(Rule::LimitRequestTarget, Span::new(target + limits.request_target as usize, target_end));
    }
    witness.lost(Rule::LimitHead, Span::octet(window))
}

/// The blanks of RFC 9112 §3: SP, HTAB, VT, FF, bare CR.
fn is_blank_of_line(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | 0x0b | 0x0c | b'\r')
}

fn skip_blanks(octets: &[u8], start: usize, end: usize) -> usize {
    (start..end).find(|at| !is_blank_of_line(octets[*at])).unwrap_or(end)
}

fn find_blank(octets: &[u8], start: usize, end: usize) -> usize {
    (start..end).find(|at| is_blank_of_line(octets[*at])).unwrap_or(end)
}
