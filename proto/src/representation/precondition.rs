//! Preconditions, in the order of RFC 9110 §13.2.2.

use crate::field::grammar::{EntityTag, HttpDate};
use crate::field::typed::{self, IfMatch, IfModifiedSince, IfNoneMatch, IfUnmodifiedSince, Tags};
use crate::message::OwnedField;

/// What tells a representation from others of the same resource (RFC 9110 §8.8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// Its entity-tag.
    pub etag: Option<EntityTag>,
    /// When it was changed last.
    pub last_modified: Option<HttpDate>,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is done, as if it had no precondition.
    Proceed,
    /// 304 (Not Modified): the client has it already.
    NotModified,
    /// 412 (Precondition Failed): nothing is done.
    Failed,
}

/// What the preconditions of a request say. `current` is what the resource has now; `None` is a resource without a
/// representation. To be asked only where the answer would be a 2xx or 412 without them (RFC 9110 §13.2.1).
///
/// A list of entity-tags that cannot be read is met by nothing: of a method that changes something the request fails then; a date that
/// cannot be read is ignored, as one is that has nothing to be compared with.
pub fn precondition(method: &[u8], fields: &[OwnedField], current: Option<&Validators>) -> Outcome {
    // They select no representation, nor change one.
    if matches!(method, b"CONNECT" | b"OPTIONS" | b"TRACE") {
        return Outcome::Proceed;
    }
    let reads = matches!(method, b"GET" | b"HEAD");
    let etag = current.and_then(|current| current.etag.as_ref());
    let modified = current.and_then(|current| current.last_modified);
    let names = |tags: &Tags, equals: fn(&EntityTag, &EntityTag) -> bool| match tags {
        Tags::Any => current.is_some(),
        Tags::These(tags) => etag.is_some_and(|etag| tags.iter().any(|tag| equals(tag, etag))),
    };
    let met = match typed::get::<IfMatch>(fields) {
        Some(Ok(IfMatch(tags))) => names(&tags, EntityTag::strongly_equals),
        Some(Err(_)) => false,
        None => match (typed::get::<IfUnmodifiedSince>(fields), modified) {
            (Some(Ok(IfUnmodifiedSince(date))), Some(modified)) => modified <= date,
            _ => true,
        },
    };
    if !met {
        return Outcome::Failed;
    }
    let has_it = match typed::get::<IfNoneMatch>(fields) {
        Some(Ok(IfNoneMatch(tags))) => names(&tags, EntityTag::weakly_equals),
        Some(Err(_)) => !reads,
        None => match (typed::get::<IfModifiedSince>(fields), modified) {
            (Some(Ok(IfModifiedSince(date))), Some(modified)) => reads && modified <= date,
            _ => false,
        },
    };
    match (has_it, reads) {
        (false, _) => Outcome::Proceed,
        (true, true) => Outcome::NotModified,
        (true, false) => Outcome::Failed,
    }
}

#[cfg(test)]
#[path = "precondition_tests.rs"]
mod tests;
