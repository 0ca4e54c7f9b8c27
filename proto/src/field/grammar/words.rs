//! token, text that may be quoted, parameters, weight.

use crate::octet::{is_blank, is_token, is_value};
use std::fmt;

/// token (RFC 9110 §5.6.2): one tchar or more. Equality minds case; [`Token::is`] does not.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token(String);

impl Token {
    /// A token, unless the octets are none.
    ///
    /// ```
    /// use wiregauge_proto::field::grammar::Token;
    /// assert!(Token::new("gzip").is_some_and(|token| token.is("GZIP")));
    /// assert_eq!(Token::new("two words"), None);
    /// ```
    pub fn new(text: &str) -> Option<Token> {
        Token::from_octets(text.as_bytes())
    }

    /// As [`Token::new`], from octets.
    pub fn from_octets(octets: &[u8]) -> Option<Token> {
        let right = !octets.is_empty() && octets.iter().all(|octet| is_token(*octet));
        right.then(|| Token(octets.iter().map(|octet| char::from(*octet)).collect()))
    }

    /// The token as it stood.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is that word, compared without case.
    pub fn is(&self, word: &str) -> bool {
        self.0.eq_ignore_ascii_case(word)
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0.as_bytes());
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Octets that may stand in a field value (RFC 9110 §5.5): HTAB, SP, VCHAR and obs-text. Never CR, LF or NUL: no value of
/// this type can end a field line.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Text(Vec<u8>);

impl Text {
    /// Text, unless an octet may not stand in a field value.
    pub fn new(octets: impl Into<Vec<u8>>) -> Option<Text> {
        let octets = octets.into();
        octets.iter().all(|octet| is_value(*octet)).then_some(Text(octets))
    }

    /// The octets, without quotes and escapes.
    pub fn as_octets(&self) -> &[u8] {
        &self.0
    }

    /// The same as a string, unless it is no UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// Text that is a whole field value: not empty, no white space around it.
    pub(crate) fn is_whole_value(&self) -> bool {
        let edge = |octet: Option<&u8>| octet.is_some_and(|octet| !is_blank(*octet));
        edge(self.0.first()) && edge(self.0.last())
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }

    /// As a token where it is one, otherwise quoted.
    pub(crate) fn write_word(&self, out: &mut Vec<u8>) {
        if Token::from_octets(&self.0).is_some() { self.write(out) } else { self.write_quoted(out) }
    }

    pub(crate) fn write_quoted(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        for octet in &self.0 {
            if matches!(octet, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(*octet);
        }
        out.push(b'"');
    }
}

impl From<Token> for Text {
    fn from(token: Token) -> Text {
        Text(token.0.into_bytes())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// parameters (RFC 9110 §5.6.6), in order. Names are compared without case; one that repeats stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Parameters(Vec<(Token, Text)>);

impl Parameters {
    /// Adds one at the end.
    pub fn push(&mut self, name: Token, value: Text) {
        self.0.push((name, value));
    }

    /// The value of the first of that name.
    pub fn first(&self, name: &str) -> Option<&Text> {
        self.iter().find(|(other, _)| other.is(name)).map(|(_, value)| value)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &(Token, Text)> {
        self.0.iter()
    }

    pub(crate) fn without(&self, name: &str) -> Parameters {
        Parameters(self.iter().filter(|(other, _)| !other.is(name)).cloned().collect())
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        for (name, value) in &self.0 {
            out.extend_from_slice(b"; ");
            name.write(out);
            out.push(b'=');
            value.write_word(out);
        }
    }
}

/// weight (RFC 9110 §12.4.2) in thousandths, 0 to 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Weight(u16);

impl Weight {
    /// Not acceptable.
    pub const ZERO: Weight = Weight(0);
    /// What no weight means.
    pub const ONE: Weight = Weight(1000);

    /// That many thousandths, unless more than 1000.
    pub fn new(thousandths: u16) -> Option<Weight> {
        (thousandths <= 1000).then_some(Weight(thousandths))
    }

    /// 0 to 1000.
    pub fn thousandths(self) -> u16 {
        self.0
    }

    /// qvalue: `0` or `1`, then perhaps a point and up to three digits.
    pub fn from_octets(octets: &[u8]) -> Option<Weight> {
        let (whole, rest) = octets.split_first()?;
        let digits = match rest {
            [] => rest,
            [b'.', digits @ ..] if digits.len() <= 3 && digits.iter().all(u8::is_ascii_digit) => digits,
            _ => return None,
        };
        let digit = |place: usize| u16::from(digits.get(place).map_or(0, |digit| digit - b'0'));
        let part = digit(0) * 100 + digit(1) * 10 + digit(2);
        match whole {
            b'0' => Some(Weight(part)),
            b'1' => Weight::new(1000 + part),
            _ => None,
        }
    }

    /// `;q=0.5`; nothing for 1.
    pub(crate) fn write(self, out: &mut Vec<u8>) {
        if self == Weight::ONE {
            return;
        }
        let digits = format!("{:03}", self.0);
        let digits = digits.trim_end_matches('0');
        out.extend_from_slice(if digits.is_empty() { b";q=0" } else { b";q=0." });
        out.extend_from_slice(digits.as_bytes());
    }
}

/// Members with `, ` between them.
pub(crate) fn write_list<T>(members: &[T], out: &mut Vec<u8>, mut write: impl FnMut(&T, &mut Vec<u8>)) {
    for (place, member) in members.iter().enumerate() {
        if place > 0 {
            out.extend_from_slice(b", ");
        }
        write(member, out);
    }
}
