//! Cookies (RFC 6265): pairs as octets; a user agent's storage model is no part of it.

use super::{Lines, TypedField};
use crate::field::grammar::{Cursor, FieldError, HttpDate, MEMBERS, Text, Token};

/// A cookie's name and value. The value keeps its quotes, if it has them (RFC 6265 §5.2 does not strip them).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    name: Token,
    value: Text,
}

impl Pair {
    /// A pair, unless the value holds a semicolon or a control, or begins or ends with white space.
    pub fn new(name: Token, value: Text) -> Option<Pair> {
        let right = value.as_octets().iter().all(|octet| *octet != b';' && !octet.is_ascii_control());
        let right = right && (value.as_octets().is_empty() || value.is_whole_value());
        right.then_some(Pair { name, value })
    }

    /// cookie-name.
    pub fn name(&self) -> &Token {
        &self.name
    }

    /// cookie-value.
    pub fn value(&self) -> &Text {
        &self.value
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Pair, FieldError> {
        let name = cursor.token()?;
        cursor.need(b'=', "\"=\" and the value of the cookie")?;
        let wrong = cursor.expected("the value of a cookie");
        let value = until_semicolon(cursor).ok_or(wrong)?;
        Pair::new(name, value).ok_or(wrong)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.name.write(out);
        out.push(b'=');
        self.value.write(out);
    }
}

fn until_semicolon(cursor: &mut Cursor<'_>) -> Option<Text> {
    Text::new(cursor.take_while(|octet| octet != b';').trim_ascii())
}

/// Cookie (RFC 6265 §4.2).
///
/// ```
/// use wiregauge_proto::field::typed::{Cookie, TypedField};
/// let cookie = Cookie::parse(&mut [b"SID=31d4d96e; lang=en".as_slice()].into_iter()).expect("cookies");
/// assert_eq!(cookie.0[1].value().as_octets(), b"en");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie(pub Vec<Pair>);

impl TypedField for Cookie {
    const NAME: &'static str = "Cookie";
    const LINES: Lines = Lines::One;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        let mut pairs = vec![Pair::read(cursor)?];
        while cursor.semicolon() {
            if pairs.len() == MEMBERS {
                return Err(cursor.expected("fewer cookies"));
            }
            if cursor.peek().is_some_and(|octet| octet != b';') {
                pairs.push(Pair::read(cursor)?);
            }
        }
        Ok(Cookie(pairs))
    }

    fn write(&self, out: &mut Vec<u8>) {
        for (place, pair) in self.0.iter().enumerate() {
            if place > 0 {
                out.extend_from_slice(b"; ");
            }
            pair.write(out);
        }
    }
}

/// An attribute of Set-Cookie (RFC 6265 §4.1.2, §5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CookieAttribute {
    /// Expires.
    Expires(HttpDate),
    /// Max-Age in seconds; zero or less is over at once.
    MaxAge(i64),
    /// Secure.
    Secure,
    /// HttpOnly.
    HttpOnly,
    /// Any other, Domain, Path and SameSite among them, as it stands.
    Other(CookieWord),
}

/// An attribute by its name and perhaps a value, neither of which holds a semicolon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieWord {
    name: Token,
    value: Option<Text>,
}

impl CookieWord {
    /// Such an attribute, unless the value is none a cookie can have, or the name is one that [`CookieAttribute`] knows.
    pub fn new(name: Token, value: Option<Text>) -> Option<CookieWord> {
        let known = ["Expires", "Max-Age", "Secure", "HttpOnly"].iter().any(|known| name.is(known));
        let right = !known && value.iter().all(|value| Pair::new(name.clone(), value.clone()).is_some());
        right.then_some(CookieWord { name, value })
    }

    /// Its name, compared without case.
    pub fn name(&self) -> &Token {
        &self.name
    }

    /// Its value.
    pub fn value(&self) -> Option<&Text> {
        self.value.as_ref()
    }
}

impl CookieAttribute {
    fn read(cursor: &mut Cursor<'_>) -> Result<Option<CookieAttribute>, FieldError> {
        let name = cursor.token()?;
        cursor.blanks();
        let wrong = cursor.expected("the value of an attribute");
        let value = if cursor.take(b'=') { Some(until_semicolon(cursor).ok_or(wrong)?) } else { None };
        let octets = value.as_ref().map_or(b"".as_slice(), Text::as_octets);
        // An Expires or Max-Age that cannot be read is passed over (RFC 6265 §5.2.1, §5.2.2).
        Ok(if name.is("Expires") {
            let date = HttpDate::read(&mut Cursor::new("Set-Cookie", octets)).ok();
            date.map(CookieAttribute::Expires)
        } else if name.is("Max-Age") {
            std::str::from_utf8(octets).ok().and_then(|text| text.parse().ok()).map(CookieAttribute::MaxAge)
        } else if name.is("Secure") {
            Some(CookieAttribute::Secure)
        } else if name.is("HttpOnly") {
            Some(CookieAttribute::HttpOnly)
        } else {
            Some(CookieAttribute::Other(CookieWord::new(name, value).ok_or(wrong)?))
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            CookieAttribute::Expires(date) => {
                out.extend_from_slice(b"Expires=");
                date.write(out);
            }
            CookieAttribute::MaxAge(seconds) => out.extend_from_slice(format!("Max-Age={seconds}").as_bytes()),
            CookieAttribute::Secure => out.extend_from_slice(b"Secure"),
            CookieAttribute::HttpOnly => out.extend_from_slice(b"HttpOnly"),
            CookieAttribute::Other(word) => {
                word.name.write(out);
                if let Some(value) = &word.value {
                    out.push(b'=');
                    value.write(out);
                }
            }
        }
    }
}

/// One cookie that a server sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCookie {
    /// Its name and value.
    pub pair: Pair,
    /// Its attributes, in order; of one that repeats, the last counts (RFC 6265 §5.3).
    pub attributes: Vec<CookieAttribute>,
}

impl NewCookie {
    fn read(cursor: &mut Cursor<'_>) -> Result<NewCookie, FieldError> {
        let pair = Pair::read(cursor)?;
        let mut attributes = Vec::new();
        while cursor.semicolon() {
            if attributes.len() == MEMBERS {
                return Err(cursor.expected("fewer attributes"));
            }
            if cursor.peek().is_some_and(|octet| octet != b';') {
                attributes.extend(CookieAttribute::read(cursor)?);
            }
        }
        Ok(NewCookie { pair, attributes })
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.pair.write(out);
        for attribute in &self.attributes {
            out.extend_from_slice(b"; ");
            attribute.write(out);
        }
    }
}

/// Set-Cookie (RFC 6265 §4.1): a cookie for each line. Lines are never combined, neither when read nor when written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetCookie(pub Vec<NewCookie>);

impl TypedField for SetCookie {
    const NAME: &'static str = "Set-Cookie";
    const LINES: Lines = Lines::Apart;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        Ok(SetCookie(vec![NewCookie::read(cursor)?]))
    }

    /// Appends the first cookie: one line holds no more. [`TypedField::lines`] gives them all.
    fn write(&self, out: &mut Vec<u8>) {
        if let Some(first) = self.0.first() {
            first.write(out);
        }
    }

    fn parse(lines: &mut dyn Iterator<Item = &[u8]>) -> Result<Self, FieldError> {
        let mut cookies = Vec::new();
        for line in lines {
            let mut cursor = Cursor::new(Self::NAME, line);
            cookies.push(NewCookie::read(&mut cursor)?);
            cursor.end()?;
        }
        Ok(SetCookie(cookies))
    }

    fn lines(&self) -> Vec<Vec<u8>> {
        super::each_apart(&self.0, NewCookie::write)
    }
}
