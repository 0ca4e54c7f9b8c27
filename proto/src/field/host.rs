//! Host (RFC 9112 §3.2, RFC 9110 §7.2): one in every request of version 1.1, never two, and its value is a host with
//! perhaps a port. An empty value is a valid one.

use super::named;
use crate::head::{AuthorityRules, RequestHead, Version, read_authority};
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Witness};

const RULES: AuthorityRules = AuthorityRules {
    octet: Rule::HostOctet,
    userinfo: Rule::HostUserinfo,
    port: Rule::HostPort,
    ip_literal: Rule::HostIpLiteral,
    percent_encoding: Some(Rule::HostPercentEncoding),
};

pub(crate) fn check<W: Witness>(head: &RequestHead, octets: &[u8], witness: &mut W) -> Result<(), Broken> {
    let mut seen = false;
    for field in named(&head.fields, octets, "host") {
        if seen {
            witness.broke(Rule::HostRepeated, field.name)?;
        }
        seen = true;
        read_authority(octets, field.value.range().start, field.value.range().end, &RULES, witness)?;
    }
    if !seen && head.version >= Version::HTTP_11 {
        // Missing where the empty line stands instead of it.
        let lf = head.length as usize - 1;
        let at = if lf > 0 && octets[lf - 1] == b'\r' { lf - 1 } else { lf };
        witness.broke(Rule::HostMissing, Span::new(at, at))?;
    }
    Ok(())
}

/// Whether it is a host with perhaps a port; an empty value is.
#[cfg(feature = "fields")]
pub(crate) fn is_right(value: &[u8]) -> bool {
    read_authority(value, 0, value.len(), &RULES, &mut crate::witness::Strict).is_ok()
}
