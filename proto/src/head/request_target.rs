//! request-target (RFC 9112 §3.2): its octets first, then, once the version is known, which of the four forms it has and
//! whether the method may have that form.

use super::authority::{self, AuthorityRules, is_percent_encoded};
use super::{TargetForm, runs};
use crate::octet::is_target;
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Witness};

/// The octets of the target, whatever its form.
pub(crate) fn octets<W: Witness>(octets: &[u8], target: Span, witness: &mut W) -> Result<(), Broken> {
    let (start, end) = (target.range().start, target.range().end);
    let fragment = octets[start..end].iter().position(|octet| *octet == b'#').map(|at| start + at);
    runs::tell(start, end, witness, |at| match octets[at] {
        b'%' if is_percent_encoded(&octets[at..end]) => None,
        b'%' => Some(Rule::RequestTargetPercentEncoding),
        octet if is_target(octet) => None,
        b' ' => Some(Rule::RequestTargetSpace),
        b'\t' | 0x0b | 0x0c => Some(Rule::RequestLineBlank),
        b'\r' => Some(Rule::RequestLineBareCr),
        b'#' => (fragment == Some(at)).then_some(Rule::RequestTargetFragment),
        _ => Some(Rule::RequestTargetOctet),
    })
}

/// The form of the target, and the faults that depend on it.
pub(crate) fn form<W: Witness>(
    octets: &[u8],
    method: &[u8],
    target: Span,
    witness: &mut W,
) -> Result<TargetForm, Broken> {
    let (start, end) = (target.range().start, target.range().end);
    let text = &octets[start..end];
    if method == b"CONNECT" {
        return connect(octets, target, witness);
    }
    match text {
        b"*" => {
            if method != b"OPTIONS" {
                witness.broke(Rule::RequestTargetAsteriskMethod, target)?;
            }
            Ok(TargetForm::Asterisk)
        }
        [b'/', ..] => {
            path_and_query(octets, start, end, witness)?;
            Ok(TargetForm::Origin)
        }
        _ => match scheme(text) {
            Some(length) => {
                absolute(octets, start, start + length, end, witness)?;
                Ok(TargetForm::Absolute)
            }
            None => {
                witness.broke(Rule::RequestTargetForm, target)?;
                Ok(TargetForm::Origin)
            }
        },
    }
}

const RULES: AuthorityRules = AuthorityRules {
    octet: Rule::RequestTargetHostOctet,
    userinfo: Rule::RequestTargetUserinfo,
    port: Rule::RequestTargetPort,
    ip_literal: Rule::RequestTargetIpLiteral,
    percent_encoding: None,
};

/// authority-form (§3.2.3), the only one that CONNECT may have; its port is not empty (RFC 9110 §9.3.6).
fn connect<W: Witness>(octets: &[u8], target: Span, witness: &mut W) -> Result<TargetForm, Broken> {
    let text = target.of(octets);
    if text == b"*" || text.iter().any(|octet| matches!(octet, b'/' | b'?')) {
        witness.broke(Rule::RequestTargetConnectForm, target)?;
        return Ok(match text {
            b"*" => TargetForm::Asterisk,
            [b'/', ..] => TargetForm::Origin,
            _ => TargetForm::Absolute,
        });
    }
    let end = target.range().end;
    let authority = authority::read(octets, target.range().start, end, &RULES, witness)?;
    if authority.host.is_empty() {
        witness.broke(Rule::RequestTargetHostMissing, authority.host)?;
    }
    match authority.port {
        None => witness.broke(Rule::RequestTargetConnectForm, Span::new(end, end))?,
        Some(port) if port.is_empty() => witness.broke(Rule::RequestTargetPort, port)?,
        Some(port) => port_number(octets, port, witness)?,
    }
    Ok(TargetForm::Authority)
}

/// absolute-form (§3.2.2): an absolute-URI; of those, http and https are served (RFC 9110 §4.2).
fn absolute<W: Witness>(octets: &[u8], start: usize, colon: usize, end: usize, witness: &mut W) -> Result<(), Broken> {
    let scheme = &octets[start..colon];
    if !scheme.eq_ignore_ascii_case(b"http") && !scheme.eq_ignore_ascii_case(b"https") {
        return witness.broke(Rule::RequestTargetSchemeUnsupported, Span::new(start, colon));
    }
    let Some(b"//") = octets.get(colon + 1..colon + 3) else {
        witness.broke(Rule::RequestTargetHostMissing, Span::new(colon + 1, colon + 1))?;
        return path_and_query(octets, colon + 1, end, witness);
    };
    let authority_start = colon + 3;
    let authority_end = (authority_start..end).find(|at| matches!(octets[*at], b'/' | b'?' | b'#')).unwrap_or(end);
    let authority = authority::read(octets, authority_start, authority_end, &RULES, witness)?;
    if authority.host.is_empty() {
        witness.broke(Rule::RequestTargetHostMissing, authority.host)?;
    }
    if let Some(port) = authority.port {
        port_number(octets, port, witness)?;
    }
    path_and_query(octets, authority_end, end, witness)
}

/// Brackets belong to addresses: neither pchar nor query has them (RFC 3986 §3.3, §3.4).
fn path_and_query<W: Witness>(octets: &[u8], start: usize, end: usize, witness: &mut W) -> Result<(), Broken> {
    runs::tell(start, end, witness, |at| matches!(octets[at], b'[' | b']').then_some(Rule::RequestTargetOctet))
}

/// A port of TCP; one that holds anything but digits was told before.
fn port_number<W: Witness>(octets: &[u8], port: Span, witness: &mut W) -> Result<(), Broken> {
    let digits = port.of(octets);
    let number =
        digits.iter().fold(0u32, |number, digit| (number * 10 + u32::from(digit.wrapping_sub(b'0'))).min(100_000));
    if digits.iter().all(u8::is_ascii_digit) && number > 65535 {
        witness.broke(Rule::RequestTargetPort, port)?;
    }
    Ok(())
}

/// How long the scheme is that an absolute-URI begins with (RFC 3986 §3.1).
fn scheme(text: &[u8]) -> Option<usize> {
    let colon = text.iter().position(|octet| *octet == b':')?;
    let (first, rest) = text[..colon].split_first()?;
    let right = first.is_ascii_alphabetic()
        && rest.iter().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.'));
    right.then_some(colon)
}
