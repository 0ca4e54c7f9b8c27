//! Expect (RFC 9110 §10.1.1).

use super::{members, named};
use crate::head::{RequestHead, Version};
use crate::rule::Rule;
use crate::witness::{Broken, Witness};

/// Whether the request asks for a 100 (Continue) before it sends its content. One of HTTP/1.0 never does. Any other
/// expectation is told to the witness, and is for the server to refuse or to ignore: the reader of messages does not ask.
///
/// # Errors
/// As the witness decides.
pub fn expects_continue<W: Witness>(head: &RequestHead, octets: &[u8], witness: &mut W) -> Result<bool, Broken> {
    let mut expected = false;
    for field in named(&head.fields, octets, "expect") {
        for member in members(octets, field.value) {
            if member.of(octets).eq_ignore_ascii_case(b"100-continue") {
                expected = true;
            } else {
                witness.broke(Rule::ExpectUnsupported, member)?;
            }
        }
    }
    Ok(expected && head.version >= Version::HTTP_11)
}
