//! HTTP-version (RFC 9112 §2.3): `HTTP`, a slash, a digit, a dot, a digit.

use super::Version;
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Element, Witness};

const NAME: &[u8] = b"HTTP/";

/// Whether `word` is an HTTP-version.
pub(crate) fn is_version(word: &[u8]) -> bool {
    matches!(word, [b'H', b'T', b'T', b'P', b'/', major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit())
}

/// Whether `word` begins like an HTTP-version, in any case.
pub(crate) fn looks_like_version(word: &[u8]) -> bool {
    word.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME))
}

/// Reads the version in `start..end`, which no blank interrupts.
pub(crate) fn read<W: Witness>(octets: &[u8], start: usize, end: usize, witness: &mut W) -> Result<Version, Broken> {
    let word = &octets[start..end];
    if let Some(at) = (0..NAME.len()).find(|at| word.get(*at) != Some(&NAME[*at])) {
        let span = Span::new(start + at, (start + at + 1).min(end));
        if !looks_like_version(word) {
            return Err(witness.lost(Rule::HttpVersionName, span));
        }
        witness.broke(Rule::HttpVersionName, span)?;
    }
    let digits = &word[NAME.len()..];
    let right = |at: usize, octet: u8| if at == 1 { octet == b'.' } else { at < 3 && octet.is_ascii_digit() };
    let good = digits.iter().enumerate().take_while(|(at, octet)| right(*at, **octet)).count();
    if good != 3 || digits.len() != 3 {
        return Err(witness.lost(Rule::HttpVersionDigits, Span::new(start + NAME.len() + good, end)));
    }
    let version = Version { major: digits[0] - b'0', minor: digits[2] - b'0' };
    witness.saw(Element::HttpVersion, Span::new(start, end));
    if version.major != 1 {
        witness.broke(Rule::HttpVersionMajorUnsupported, Span::octet(start + NAME.len()))?;
    }
    Ok(version)
}
