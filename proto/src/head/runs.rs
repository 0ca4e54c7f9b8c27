//! Faults octet by octet: neighbouring octets that break the same rule are one finding.

use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Witness};

/// Asks `fault` about every octet of `start..end` (by its place) and tells each longest run of one rule.
#[inline]
pub(crate) fn tell<W: Witness>(
    start: usize,
    end: usize,
    witness: &mut W,
    fault: impl Fn(usize) -> Option<Rule>,
) -> Result<(), Broken> {
    let mut at = start;
    while at < end {
        let Some(rule) = fault(at) else {
            at += 1;
            continue;
        };
        let from = at;
        while at < end && fault(at) == Some(rule) {
            at += 1;
        }
        witness.broke(rule, Span::new(from, at))?;
    }
    Ok(())
}
