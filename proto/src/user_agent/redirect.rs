//! What a redirect asks for (RFC 9110 §15.4).

use super::{Ask, AskError};
use crate::driver::{Content, Response};
use crate::message::OwnedField;

/// What to ask next; `None` where the response is the answer. A response without one Location that can be read is one.
pub(super) fn next(ask: &Ask, response: &Response) -> Option<Result<Ask, AskError>> {
    let to_get = match response.status {
        301 | 302 => ask.method == b"POST",
        303 => ask.method != b"HEAD",
        307 | 308 => false,
        _ => return None,
    };
    let location = std::str::from_utf8(response.location()?).ok()?;
    Some(follow(ask, location, to_get))
}

fn follow(ask: &Ask, location: &str, to_get: bool) -> Result<Ask, AskError> {
    let uri = ask.uri.join(location).map_err(AskError::Redirect)?;
    let mut fields = ask.fields.clone();
    if uri.origin() != ask.uri.origin() {
        fields.retain(|field| !is_one_of(field, &CREDENTIALS));
    }
    if to_get {
        fields.retain(|field| !is_one_of(field, &OF_CONTENT));
        return Ok(Ask { version: ask.version, fields, ..Ask::get(uri) });
    }
    let content = match &ask.content {
        Content::None => Content::None,
        Content::Octets(octets) => Content::Octets(octets.clone()),
        Content::Reader { .. } | Content::Pieces { .. } => return Err(AskError::ContentIsGone),
    };
    Ok(Ask {
        method: ask.method.clone(),
        version: ask.version,
        fields,
        content,
        expect_continue: ask.expect_continue,
        ..Ask::get(uri)
    })
}

/// What was meant for one origin and goes to no other.
const CREDENTIALS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "referer"];
/// What speaks of content that is not sent any more.
const OF_CONTENT: [&str; 7] = [
    "content-encoding",
    "content-language",
    "content-location",
    "content-type",
    "content-range",
    "digest",
    "last-modified",
];

fn is_one_of((name, _): &OwnedField, names: &[&str]) -> bool {
    names.iter().any(|one| name.eq_ignore_ascii_case(one.as_bytes()))
}

#[cfg(test)]
#[path = "redirect_tests.rs"]
mod tests;
