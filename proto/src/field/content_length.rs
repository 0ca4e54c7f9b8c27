//! Content-Length (RFC 9110 §8.6, RFC 9112 §6.3 (5)): digits. A list of the same number several times, which merged lines
//! leave behind, may be taken for the one number or refused.

use super::{is_gap, trim};
use crate::head::FieldLine;
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Witness};

/// One number out of all Content-Length lines, and where it stands; `None` without any line.
pub(crate) fn read<'f, W: Witness>(
    octets: &[u8],
    lines: impl Iterator<Item = &'f FieldLine>,
    witness: &mut W,
) -> Result<Option<(u64, Span)>, Broken> {
    let mut first = None;
    for line in lines {
        let number = value(octets, line.value, witness)?;
        match first {
            None => first = Some((number, line.value)),
            Some((same, _)) if same == number => witness.broke(Rule::ContentLengthLinesRepeated, line.name)?,
            Some(_) => return Err(witness.lost(Rule::ContentLengthLinesDiffer, line.name)),
        }
    }
    Ok(first)
}

fn value<W: Witness>(octets: &[u8], value: Span, witness: &mut W) -> Result<u64, Broken> {
    let (mut at, end) = (value.range().start, value.range().end);
    if value.is_empty() {
        return Err(witness.lost(Rule::ContentLengthEmpty, value));
    }
    let mut first = None;
    loop {
        let comma = (at..end).find(|at| octets[*at] == b',').unwrap_or(end);
        let member = trim(octets, at, comma);
        if member.is_empty() {
            witness.broke(Rule::ContentLengthEmptyMember, Span::new(comma, comma))?;
        } else {
            let number = digits(octets, member, witness)?;
            match first {
                None => first = Some(number),
                Some(same) if same == number => witness.broke(Rule::ContentLengthListRepeated, member)?,
                Some(_) => return Err(witness.lost(Rule::ContentLengthListDiffers, member)),
            }
        }
        if comma == end {
            break;
        }
        at = comma + 1;
    }
    first.ok_or_else(|| witness.lost(Rule::ContentLengthEmpty, value))
}

/// 1*DIGIT
fn digits<W: Witness>(octets: &[u8], member: Span, witness: &mut W) -> Result<u64, Broken> {
    let mut number = Some(0u64);
    for at in member.range() {
        let octet = octets[at];
        if octet.is_ascii_digit() {
            number = number.and_then(|number| number.checked_mul(10)?.checked_add(u64::from(octet - b'0')));
            continue;
        }
        let rule = match octet {
            b'+' | b'-' if at == member.range().start => Rule::ContentLengthSign,
            octet if is_gap(octet) => Rule::ContentLengthInnerBlank,
            _ => Rule::ContentLengthOctet,
        };
        return Err(witness.lost(rule, Span::octet(at)));
    }
    number.ok_or_else(|| witness.lost(Rule::ContentLengthOverflow, member))
}
