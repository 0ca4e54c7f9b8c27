//! Which fields go on, and which end here (RFC 9110 §7.6).

use crate::driver::Request;
use crate::driver::message::values;
use crate::field::may_be_trailer;
use crate::field::typed::{self, MaxForwards, Via};
use crate::head::Version;
use crate::message::OwnedField;

/// Fields of one connection (RFC 9110 §7.6.1, §11.7.2), and those that the connection writes itself.
const OF_THE_CONNECTION: [&str; 11] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
    "http2-settings",
];

/// Trailer fields that are merged by nobody, since they would change what the head has said (RFC 9110 §6.5.1).
const NO_TRAILER: [&str; 19] = [
    "age",
    "authorization",
    "cache-control",
    "content-encoding",
    "content-range",
    "content-type",
    "cookie",
    "date",
    "expires",
    "if-match",
    "if-none-match",
    "location",
    "pragma",
    "range",
    "retry-after",
    "set-cookie",
    "vary",
    "via",
    "www-authenticate",
];

/// What a request may do on its way.
pub(super) enum Limit {
    /// Go on, with these fields.
    Onwards(Vec<OwnedField>),
    /// It ends here: Max-Forwards is 0.
    Here,
}

/// Counts Max-Forwards down, where it counts.
pub(super) fn limit(request: &Request) -> Limit {
    let mut fields = request.fields.clone();
    if matches!(request.method.as_slice(), b"OPTIONS" | b"TRACE")
        && let Some(Ok(MaxForwards(most))) = typed::get::<MaxForwards>(&fields)
    {
        let Some(fewer) = most.checked_sub(1) else { return Limit::Here };
        fields.retain(|(name, _)| !name.eq_ignore_ascii_case(b"max-forwards"));
        typed::put(&MaxForwards(fewer), &mut fields);
    }
    Limit::Onwards(fields)
}

/// The fields that go on, with one more member of Via.
pub(super) fn forwarded(mut fields: Vec<OwnedField>, received: Version, pseudonym: &str) -> Vec<OwnedField> {
    let nominated: Vec<Vec<u8>> = values(&fields, "connection")
        .flat_map(|value| value.split(|octet| *octet == b','))
        .map(|name| name.trim_ascii().to_ascii_lowercase())
        .collect();
    fields.retain(|(name, _)| {
        let name = name.to_ascii_lowercase();
        !nominated.contains(&name) && !OF_THE_CONNECTION.iter().any(|own| own.as_bytes() == name)
    });
    let via = format!("{}.{} {pseudonym}", received.major, received.minor);
    fields.push((b"Via".to_vec(), via.into_bytes()));
    fields
}

/// Whether the request passed this one before.
pub(super) fn has_been_here(fields: &[OwnedField], pseudonym: &str) -> bool {
    match typed::get::<Via>(fields) {
        Some(Ok(Via(hops))) => hops.iter().any(|hop| hop.by.is(pseudonym)),
        _ => false,
    }
}

/// The trailer fields that go on.
pub(super) fn trailers(fields: &[OwnedField]) -> Vec<(&[u8], &[u8])> {
    let may = |name: &[u8]| {
        let is = |other: &&str| name.eq_ignore_ascii_case(other.as_bytes());
        may_be_trailer(name) && !NO_TRAILER.iter().any(is) && !OF_THE_CONNECTION.iter().any(is)
    };
    fields.iter().filter(|(name, _)| may(name)).map(|(name, value)| (name.as_slice(), value.as_slice())).collect()
}

/// A request as a TRACE has it echoed (RFC 9110 §9.3.8), without what is secret.
pub(super) fn echo(request: &Request) -> Vec<u8> {
    const SECRET: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];
    let version = format!(" HTTP/{}.{}\r\n", request.version.major, request.version.minor);
    let mut echo = [&request.method, b" ".as_slice(), &request.target, version.as_bytes()].concat();
    for (name, value) in &request.fields {
        if !SECRET.iter().any(|secret| name.eq_ignore_ascii_case(secret.as_bytes())) {
            echo.extend_from_slice(&[name, b": ".as_slice(), value, b"\r\n"].concat());
        }
    }
    echo.extend_from_slice(b"\r\n");
    echo
}
