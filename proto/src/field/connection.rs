//! Connection (RFC 9110 §7.6.1), persistence (RFC 9112 §9.3) and Upgrade (RFC 9110 §7.8).

use super::{members, named};
use crate::head::{FieldLine, Version};
use crate::octet::is_token;
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Witness};

/// The connection options of all Connection lines, in order.
pub fn connection_options<'f>(fields: &'f [FieldLine], octets: &'f [u8]) -> impl Iterator<Item = Span> + 'f {
    named(fields, octets, "connection").flat_map(move |field| members(octets, field.value))
}

/// Whether one of the connection options is `option` (compared without case).
pub fn has_connection_option(fields: &[FieldLine], octets: &[u8], option: &str) -> bool {
    connection_options(fields, octets).any(|span| span.of(octets).eq_ignore_ascii_case(option.as_bytes()))
}

/// Whether the connection may outlive the message (RFC 9112 §9.3): not with `close`; else from HTTP/1.1 on; before that
/// with `keep-alive`. What the framing says about it is another matter.
pub fn persists(version: Version, fields: &[FieldLine], octets: &[u8]) -> bool {
    !has_connection_option(fields, octets, "close")
        && (version >= Version::HTTP_11 || has_connection_option(fields, octets, "keep-alive"))
}

/// The protocols that an Upgrade field names, in order of preference; none where Connection does not say `upgrade`
/// (RFC 9110 §7.8).
pub fn upgrade_protocols<'f>(fields: &'f [FieldLine], octets: &'f [u8]) -> impl Iterator<Item = Span> + 'f {
    let asked = has_connection_option(fields, octets, "upgrade");
    named(fields, octets, "upgrade").filter(move |_| asked).flat_map(move |field| members(octets, field.value))
}

pub(crate) fn check<W: Witness>(fields: &[FieldLine], octets: &[u8], witness: &mut W) -> Result<(), Broken> {
    for option in connection_options(fields, octets) {
        let text = option.of(octets);
        let Some(from) = text.iter().position(|octet| !is_token(*octet)) else { continue };
        let length = text[from..].iter().take_while(|octet| !is_token(**octet)).count();
        let start = option.range().start + from;
        witness.broke(Rule::ConnectionOptionOctet, Span::new(start, start + length))?;
    }
    Ok(())
}
