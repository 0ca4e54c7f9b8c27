//! Which parts of a representation a request asks for (RFC 9110 §14.2).

use std::time::SystemTime;

use super::{Validators, second};
use crate::field::typed::{self, IfRange, Range, RangeSpec};
use crate::message::OwnedField;

/// What is sent of a representation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selected {
    /// All of it: nothing else was asked for, or not in a way that is heeded.
    Whole,
    /// These parts, the offsets of their first and last octets, in the order in which they were asked for.
    Parts(Vec<(u64, u64)>),
    /// Nothing: no range that was asked for is in it (416).
    Unsatisfiable,
}

/// The most ranges that are heeded; with more, or with ranges that are longer together than the representation, all of it is
/// sent (RFC 9110 §14.2, §17.15).
pub const RANGES: usize = 32;

/// What to send of a representation of `length` octets at the time `now`, when the preconditions are met.
pub fn select(method: &[u8], fields: &[OwnedField], validators: &Validators, now: SystemTime, length: u64) -> Selected {
    // Only GET has ranges, and a unit or a set that is not known is as good as none.
    let Some(Ok(Range(specs))) = typed::get::<Range>(fields).filter(|_| method == b"GET") else {
        return Selected::Whole;
    };
    match typed::get::<IfRange>(fields) {
        None => {}
        Some(Ok(if_range)) if is_same(&if_range, validators, now) => {}
        Some(_) => return Selected::Whole,
    }
    if specs.len() > RANGES {
        return Selected::Whole;
    }
    let parts: Vec<_> = specs.iter().filter_map(|spec| within(*spec, length)).collect();
    let asked = parts.iter().fold(0_u64, |sum, (first, last)| sum.saturating_add(last - first + 1));
    if parts.is_empty() {
        // A suffix of nothing is nothing: it can be satisfied, though not by a part.
        let suffix = specs.iter().any(|spec| matches!(spec, RangeSpec::Last(1..)));
        return if suffix { Selected::Whole } else { Selected::Unsatisfiable };
    }
    if parts.len() > 1 && asked > length {
        return Selected::Whole;
    }
    Selected::Parts(parts)
}

/// The octets of a representation that a range means, if it has any of them.
fn within(spec: RangeSpec, length: u64) -> Option<(u64, u64)> {
    let end = length.checked_sub(1)?;
    match spec {
        RangeSpec::Between { first, last } => (first <= end).then(|| (first, last.min(end))),
        RangeSpec::From(first) => (first <= end).then_some((first, end)),
        RangeSpec::Last(0) => None,
        RangeSpec::Last(count) => Some((length.saturating_sub(count), end)),
    }
}

/// Whether what the client has is of the same representation, octet for octet (RFC 9110 §13.1.5).
fn is_same(if_range: &IfRange, validators: &Validators, now: SystemTime) -> bool {
    match if_range {
        IfRange::Tag(tag) => validators.etag.as_ref().is_some_and(|etag| tag.strongly_equals(etag)),
        // A second in which something may still change says nothing for certain (RFC 9110 §8.8.2.2).
        IfRange::Date(date) => {
            let is_over = second(now).is_some_and(|now| date.seconds() < now.seconds());
            is_over && validators.last_modified == Some(*date)
        }
    }
}

#[cfg(test)]
#[path = "range_tests.rs"]
mod tests;
