//! uri-host [ ":" port ] (RFC 3986 §3.2.2, §3.2.3), as it stands in a request-target and in a Host field.

use super::runs;
use crate::octet::{is_host, is_target};
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Witness};

/// What the faults are called where this authority stands.
pub(crate) struct AuthorityRules {
    pub(crate) octet: Rule,
    pub(crate) userinfo: Rule,
    pub(crate) port: Rule,
    pub(crate) ip_literal: Rule,
    /// `None` where the percent signs, and the octets that no URI may hold, were looked at before.
    pub(crate) percent_encoding: Option<Rule>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Authority {
    pub(crate) host: Span,
    /// The digits after the colon; `None` without a colon.
    pub(crate) port: Option<Span>,
}

/// Reads the authority in `start..end`. Userinfo, which neither place may hold, is told and skipped.
pub(crate) fn read<W: Witness>(
    octets: &[u8],
    start: usize,
    end: usize,
    rules: &AuthorityRules,
    witness: &mut W,
) -> Result<Authority, Broken> {
    let mut start = start;
    if let Some(at) = octets[start..end].iter().rposition(|octet| *octet == b'@') {
        witness.broke(rules.userinfo, Span::octet(start + at))?;
        start += at + 1;
    }
    let host_end = if octets[start..end].first() == Some(&b'[') {
        ip_literal(octets, start, end, rules, witness)?
    } else {
        let host_end = find(octets, start, end, b':').unwrap_or(end);
        runs::tell(start, host_end, witness, |at| match octets[at] {
            b'%' if is_percent_encoded(&octets[at..host_end]) => None,
            b'%' => rules.percent_encoding,
            octet if is_host(octet) => None,
            octet if rules.percent_encoding.is_none() && !is_target(octet) => None,
            _ => Some(rules.octet),
        })?;
        host_end
    };
    let host = Span::new(start, host_end);
    let port = if host_end < end {
        runs::tell(host_end + 1, end, witness, |at| (!octets[at].is_ascii_digit()).then_some(rules.port))?;
        Some(Span::new(host_end + 1, end))
    } else {
        None
    };
    Ok(Authority { host, port })
}

/// Reads a bracketed address; where the host ends (at a colon, or at the end).
fn ip_literal<W: Witness>(
    octets: &[u8],
    start: usize,
    end: usize,
    rules: &AuthorityRules,
    witness: &mut W,
) -> Result<usize, Broken> {
    let Some(close) = find(octets, start, end, b']') else {
        witness.broke(rules.ip_literal, Span::new(start, end))?;
        return Ok(end);
    };
    if !is_address(&octets[start + 1..close]) {
        witness.broke(rules.ip_literal, Span::new(start, close + 1))?;
    }
    let host_end = find(octets, close + 1, end, b':').unwrap_or(end);
    if host_end > close + 1 {
        witness.broke(rules.octet, Span::new(close + 1, host_end))?;
    }
    Ok(host_end)
}

/// IPv6address or IPvFuture (RFC 3986 §3.2.2). Zone identifiers have no place in HTTP.
fn is_address(literal: &[u8]) -> bool {
    if let [b'v' | b'V', future @ ..] = literal {
        let Some(dot) = future.iter().position(|octet| *octet == b'.') else { return false };
        let (version, address) = (&future[..dot], &future[dot + 1..]);
        return !version.is_empty()
            && version.iter().all(u8::is_ascii_hexdigit)
            && !address.is_empty()
            && address.iter().all(|octet| *octet == b':' || (*octet != b'%' && is_host(*octet)));
    }
    std::str::from_utf8(literal).is_ok_and(|text| text.parse::<std::net::Ipv6Addr>().is_ok())
}

/// Whether a percent sign and two hexadecimal digits stand at the beginning.
pub(crate) fn is_percent_encoded(octets: &[u8]) -> bool {
    matches!(octets, [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}

fn find(octets: &[u8], start: usize, end: usize, wanted: u8) -> Option<usize> {
    octets[start..end].iter().position(|octet| *octet == wanted).map(|at| start + at)
}
