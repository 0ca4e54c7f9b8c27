//! A place in a field value, and the readers of each piece of grammar.

use super::words::{Parameters, Text, Token, Weight};
use crate::octet::{is_blank, is_token, is_value};
use std::fmt;

/// How many empty members of one list are passed over (RFC 9110 §5.6.1.2 asks for "a reasonable number").
pub const EMPTY_MEMBERS: usize = 64;
/// How many members one list may hold.
pub const MEMBERS: usize = 1024;
/// How deep comments may nest (RFC 9110 §5.6.5 names no limit).
pub const COMMENT_DEPTH: usize = 16;

/// Why a field value was refused: which field, where in its value, and what would have been right there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The name of the field.
    pub field: &'static str,
    /// The offset in octets. Where lines were combined, it counts in the combined value, `", "` between two lines.
    pub at: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} expected at octet {}", self.field, self.expected, self.at)
    }
}

impl std::error::Error for FieldError {}

/// A place in a field value.
#[derive(Clone, Debug)]
pub struct Cursor<'o> {
    field: &'static str,
    octets: &'o [u8],
    at: usize,
}

impl<'o> Cursor<'o> {
    /// The beginning of a value; `field` names the field in errors. White space around the value is no part of it.
    pub fn new(field: &'static str, value: &'o [u8]) -> Cursor<'o> {
        let end = value.len() - value.iter().rev().take_while(|octet| is_blank(**octet)).count();
        let mut cursor = Cursor { field, octets: &value[..end], at: 0 };
        cursor.blanks();
        cursor
    }

    /// An error at this place.
    pub fn expected(&self, expected: &'static str) -> FieldError {
        FieldError { field: self.field, at: self.at, expected }
    }

    /// What is left.
    pub fn rest(&self) -> &'o [u8] {
        &self.octets[self.at..]
    }

    /// The next octet.
    pub fn peek(&self) -> Option<u8> {
        self.octets.get(self.at).copied()
    }

    /// Passes over optional white space (RFC 9110 §5.6.3).
    pub fn blanks(&mut self) {
        self.take_while(is_blank);
    }

    /// Takes the octet if it is next.
    pub fn take(&mut self, octet: u8) -> bool {
        let is = self.peek() == Some(octet);
        self.at += usize::from(is);
        is
    }

    /// Takes the octets of a class.
    pub fn take_while(&mut self, class: impl Fn(u8) -> bool) -> &'o [u8] {
        let rest = self.rest();
        let length = rest.iter().take_while(|octet| class(**octet)).count();
        self.at += length;
        &rest[..length]
    }

    /// Takes the octet, or says what was expected.
    ///
    /// # Errors
    /// If another octet is next.
    pub fn need(&mut self, octet: u8, expected: &'static str) -> Result<(), FieldError> {
        if self.take(octet) { Ok(()) } else { Err(self.expected(expected)) }
    }

    /// The value ends here.
    ///
    /// # Errors
    /// If octets are left.
    pub fn end(&self) -> Result<(), FieldError> {
        if self.rest().is_empty() { Ok(()) } else { Err(self.expected("the end of the value")) }
    }

    /// token (RFC 9110 §5.6.2).
    ///
    /// # Errors
    /// If no tchar is next.
    pub fn token(&mut self) -> Result<Token, FieldError> {
        let before = self.at;
        Token::from_octets(self.take_while(is_token)).ok_or(FieldError {
            field: self.field,
            at: before,
            expected: "a token",
        })
    }

    /// quoted-string (RFC 9110 §5.6.4), without its quotes and escapes.
    ///
    /// # Errors
    /// If no quote is next, it is never closed, or holds an octet that may not stand in it.
    pub fn quoted(&mut self) -> Result<Text, FieldError> {
        self.need(b'"', "a quoted-string")?;
        let mut text = Vec::new();
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    self.at += 1;
                    let octet = self.peek().filter(|octet| is_value(*octet));
                    text.push(octet.ok_or_else(|| self.expected("an octet that may be escaped"))?);
                }
                Some(octet) if is_value(octet) => text.push(octet),
                _ => return Err(self.expected("an octet of a quoted-string, or its closing quote")),
            }
            self.at += 1;
        }
        self.at += 1;
        Text::new(text).ok_or_else(|| self.expected("text"))
    }

    /// token or quoted-string: the value of a parameter.
    ///
    /// # Errors
    /// If neither is next.
    pub fn word(&mut self) -> Result<Text, FieldError> {
        if self.peek() == Some(b'"') { self.quoted() } else { self.token().map(Text::from) }
    }

    /// parameters (RFC 9110 §5.6.6): each after a semicolon; an empty one is passed over.
    ///
    /// # Errors
    /// If a name, an equals sign or a value is missing, or there are more than [`MEMBERS`].
    pub fn parameters(&mut self) -> Result<Parameters, FieldError> {
        let mut all = Parameters::default();
        let mut count = 0;
        while self.semicolon() {
            count += 1;
            if count > MEMBERS {
                return Err(self.expected("fewer parameters"));
            }
            if matches!(self.peek(), None | Some(b';' | b',')) {
                continue;
            }
            let name = self.token()?;
            self.need(b'=', "\"=\" and the value of the parameter")?;
            all.push(name, self.word()?);
        }
        Ok(all)
    }

    /// A semicolon with optional white space around it; without one, nothing is taken.
    pub fn semicolon(&mut self) -> bool {
        let before = self.at;
        self.blanks();
        let is = self.take(b';');
        if is {
            self.blanks();
        } else {
            self.at = before;
        }
        is
    }

    /// weight (RFC 9110 §12.4.2), if one stands here; 1 otherwise.
    ///
    /// # Errors
    /// If what stands behind the semicolon is no weight.
    pub fn weight(&mut self) -> Result<Weight, FieldError> {
        if !self.semicolon() {
            return Ok(Weight::ONE);
        }
        if !self.take(b'q') && !self.take(b'Q') {
            return Err(self.expected("a weight, q=0 to q=1"));
        }
        self.need(b'=', "\"=\" and a weight")?;
        let at = self.at;
        Weight::from_octets(self.take_while(|octet| octet == b'.' || octet.is_ascii_digit())).ok_or(FieldError {
            field: self.field,
            at,
            expected: "a weight of 0 to 1, with three digits at most behind the point",
        })
    }

    /// A decimal number of digits only.
    ///
    /// # Errors
    /// If no digit is next, or the number does not fit.
    pub fn number(&mut self) -> Result<u64, FieldError> {
        let before = self.at;
        let digits = self.take_while(|octet| octet.is_ascii_digit());
        let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
        number.ok_or(FieldError { field: self.field, at: before, expected: "a number below 2^64" })
    }

    /// comment (RFC 9110 §5.6.5) with its parentheses, as it stands.
    ///
    /// # Errors
    /// If no parenthesis is next, it is not closed, or nests deeper than [`COMMENT_DEPTH`].
    pub fn comment(&mut self) -> Result<Text, FieldError> {
        let start = self.at;
        let mut depth = 0;
        loop {
            match self.peek() {
                Some(b'(') if depth < COMMENT_DEPTH => depth += 1,
                Some(b'(') => return Err(self.expected("a comment that nests less deep")),
                _ if depth == 0 => return Err(self.expected("a comment")),
                Some(b')') => depth -= 1,
                Some(b'\\') => {
                    self.at += 1;
                    if !self.peek().is_some_and(is_value) {
                        return Err(self.expected("an octet that may be escaped"));
                    }
                }
                Some(octet) if is_value(octet) => {}
                _ => return Err(self.expected("the end of the comment")),
            }
            self.at += 1;
            if depth == 0 {
                break;
            }
        }
        Text::new(self.octets[start..self.at].to_vec()).ok_or_else(|| self.expected("a comment"))
    }

    /// A list (RFC 9110 §5.6.1) up to the end of the value; empty members are passed over.
    ///
    /// # Errors
    /// What `member` refuses; a missing comma; too many members, or too many empty ones.
    pub fn list<T>(
        &mut self,
        mut member: impl FnMut(&mut Self) -> Result<T, FieldError>,
    ) -> Result<Vec<T>, FieldError> {
        let mut members = Vec::new();
        let mut empty = 0;
        loop {
            self.blanks();
            match self.peek() {
                None => return Ok(members),
                Some(b',') => {
                    empty += 1;
                    if empty > EMPTY_MEMBERS {
                        return Err(self.expected("fewer empty members"));
                    }
                }
                Some(_) if members.len() == MEMBERS => return Err(self.expected("fewer members")),
                Some(_) => {
                    members.push(member(self)?);
                    self.blanks();
                    if self.peek().is_none() {
                        return Ok(members);
                    }
                }
            }
            self.need(b',', "a comma")?;
        }
    }

    /// A list that may not be empty (`1#rule`).
    ///
    /// # Errors
    /// As [`Cursor::list`], and if there is no member.
    pub fn some<T>(&mut self, member: impl FnMut(&mut Self) -> Result<T, FieldError>) -> Result<Vec<T>, FieldError> {
        let members = self.list(member)?;
        if members.is_empty() { Err(self.expected("a member of the list")) } else { Ok(members) }
    }
}
