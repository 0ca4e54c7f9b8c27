//! The context of a request or response (RFC 9110 §10, §12.5.5; Link: RFC 8288), and fields of custom.

use super::{Lines, TypedField};
use crate::field::grammar::{Cursor, FieldError, MEMBERS, Parameters, Text, Token, write_list};
use crate::octet::is_target;

token_list!(
    /// Allow (RFC 9110 §10.2.1): methods; an empty list allows none.
    Allow, "Allow", list
);
token_list!(
    /// Vary (RFC 9110 §12.5.5): names of fields, or `*`.
    Vary, "Vary", list
);
single!(
    /// Location (RFC 9110 §10.2.2).
    Location, "Location", UriReference, UriReference::read, UriReference::write
);
single!(
    /// Referer (RFC 9110 §10.1.3).
    Referer, "Referer", UriReference, UriReference::read, UriReference::write
);
single!(
    /// X-Requested-With: by custom, `XMLHttpRequest`.
    XRequestedWith, "X-Requested-With", Token, |cursor| cursor.token(), Token::write
);
single!(
    /// User-Agent (RFC 9110 §10.1.5).
    UserAgent, "User-Agent", Vec<Software>, Software::read_all, |all, out| Software::write_all(all, out)
);
single!(
    /// Server (RFC 9110 §10.2.4).
    Server, "Server", Vec<Software>, Software::read_all, |all, out| Software::write_all(all, out)
);

/// The octets of a URI-reference (RFC 3986 §4.1). It is not taken apart here, and may be relative or empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UriReference(Text);

impl UriReference {
    /// Such a reference, unless an octet may not stand in one.
    pub fn new(octets: &[u8]) -> Option<UriReference> {
        let right = octets.iter().all(|octet| is_uri(*octet));
        Text::new(octets).filter(|_| right).map(UriReference)
    }

    /// As it stands.
    pub fn as_octets(&self) -> &[u8] {
        self.0.as_octets()
    }

    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<UriReference, FieldError> {
        let wrong = cursor.expected("a URI-reference");
        UriReference::new(cursor.take_while(is_uri)).ok_or(wrong)
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}

fn is_uri(octet: u8) -> bool {
    is_target(octet) || octet == b'#'
}

/// A comment with its parentheses (RFC 9110 §5.6.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment(Text);

impl Comment {
    /// A comment, unless the octets are none.
    pub fn new(octets: &[u8]) -> Option<Comment> {
        let mut cursor = Cursor::new("", octets);
        let comment = Comment::read(&mut cursor).ok()?;
        (comment.as_octets() == octets).then_some(comment)
    }

    /// As it stands.
    pub fn as_octets(&self) -> &[u8] {
        self.0.as_octets()
    }

    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Comment, FieldError> {
        cursor.comment().map(Comment)
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}

/// A name and perhaps a version: a product (RFC 9110 §10.1.5) or a protocol (RFC 9110 §7.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// The name.
    pub name: Token,
    /// The version.
    pub version: Option<Token>,
}

impl Product {
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Product, FieldError> {
        let name = cursor.token()?;
        let version = if cursor.take(b'/') { Some(cursor.token()?) } else { None };
        Ok(Product { name, version })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        self.name.write(out);
        if let Some(version) = &self.version {
            out.push(b'/');
            version.write(out);
        }
    }
}

/// A word of User-Agent or Server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Software {
    /// A product.
    Product(Product),
    /// A comment on the one before.
    Comment(Comment),
}

impl Software {
    fn read_all(cursor: &mut Cursor<'_>) -> Result<Vec<Software>, FieldError> {
        let mut all = vec![Software::Product(Product::read(cursor)?)];
        loop {
            cursor.blanks();
            match cursor.peek() {
                None => return Ok(all),
                Some(_) if all.len() == MEMBERS => return Err(cursor.expected("fewer products")),
                Some(b'(') => all.push(Software::Comment(Comment::read(cursor)?)),
                Some(_) => all.push(Software::Product(Product::read(cursor)?)),
            }
        }
    }

    fn write_all(all: &[Software], out: &mut Vec<u8>) {
        for (place, one) in all.iter().enumerate() {
            if place > 0 {
                out.push(b' ');
            }
            match one {
                Software::Product(product) => product.write(out),
                Software::Comment(comment) => comment.write(out),
            }
        }
    }
}

/// A member of Expect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Its name, such as `100-continue`; compared without case.
    pub name: Token,
    /// Its value and the parameters of that.
    pub value: Option<(Text, Parameters)>,
}

/// Expect (RFC 9110 §10.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expect(pub Vec<Expectation>);

impl TypedField for Expect {
    const NAME: &'static str = "Expect";
    const LINES: Lines = Lines::Combined;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        let expectation = |cursor: &mut Cursor<'_>| {
            let name = cursor.token()?;
            let value = if cursor.take(b'=') { Some((cursor.word()?, cursor.parameters()?)) } else { None };
            Ok(Expectation { name, value })
        };
        cursor.list(expectation).map(Expect)
    }

    fn write(&self, out: &mut Vec<u8>) {
        write_list(&self.0, out, |expectation, out| {
            expectation.name.write(out);
            if let Some((value, parameters)) = &expectation.value {
                out.push(b'=');
                value.write_word(out);
                parameters.write(out);
            }
        });
    }
}

/// A link: its target, and parameters that may lack a value (RFC 8288 §3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkValue {
    /// What it points at.
    pub target: UriReference,
    /// `rel` and others, in order.
    pub parameters: Vec<(Token, Option<Text>)>,
}

/// Link (RFC 8288 §3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link(pub Vec<LinkValue>);

impl TypedField for Link {
    const NAME: &'static str = "Link";
    const LINES: Lines = Lines::Combined;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        cursor.list(LinkValue::read).map(Link)
    }

    fn write(&self, out: &mut Vec<u8>) {
        write_list(&self.0, out, LinkValue::write);
    }
}

impl LinkValue {
    fn read(cursor: &mut Cursor<'_>) -> Result<LinkValue, FieldError> {
        cursor.need(b'<', "\"<\" and the target of a link")?;
        let target = UriReference::read(cursor)?;
        cursor.need(b'>', "\">\" behind the target of a link")?;
        let mut parameters = Vec::new();
        while cursor.semicolon() {
            if parameters.len() == MEMBERS {
                return Err(cursor.expected("fewer parameters"));
            }
            if matches!(cursor.peek(), None | Some(b';' | b',')) {
                continue;
            }
            let name = cursor.token()?;
            cursor.blanks();
            let value = if cursor.take(b'=') {
                cursor.blanks();
                Some(cursor.word()?)
            } else {
                None
            };
            parameters.push((name, value));
        }
        Ok(LinkValue { target, parameters })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'<');
        self.target.write(out);
        out.push(b'>');
        for (name, value) in &self.parameters {
            out.extend_from_slice(b"; ");
            name.write(out);
            if let Some(value) = value {
                out.push(b'=');
                value.write_word(out);
            }
        }
    }
}

/// Refresh (by custom): after so many seconds, this or another page again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// How long to wait.
    pub seconds: u64,
    /// Which page; `None` for the same.
    pub target: Option<UriReference>,
}

impl TypedField for Refresh {
    const NAME: &'static str = "Refresh";
    const LINES: Lines = Lines::One;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        let seconds = cursor.number()?;
        if !cursor.semicolon() || cursor.peek().is_none() {
            return Ok(Refresh { seconds, target: None });
        }
        if cursor.rest().get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"url=")) {
            for octet in *b"url=" {
                let _ = cursor.take(octet) || cursor.take(octet.to_ascii_uppercase());
            }
        }
        let quoted = cursor.take(b'"');
        let target = UriReference::read(cursor)?;
        if quoted {
            cursor.need(b'"', "the closing quote")?;
        }
        Ok(Refresh { seconds, target: Some(target) })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.seconds.to_string().as_bytes());
        if let Some(target) = &self.target {
            out.extend_from_slice(b"; url=");
            target.write(out);
        }
    }
}

/// DNT (by custom): whether the user wants to be tracked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoNotTrack {
    /// `0`: the user consents.
    Consent,
    /// `1`: the user objects.
    Object,
}

impl TypedField for DoNotTrack {
    const NAME: &'static str = "DNT";
    const LINES: Lines = Lines::One;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        match (cursor.take(b'0'), cursor.take(b'1')) {
            (true, false) => Ok(DoNotTrack::Consent),
            (false, true) => Ok(DoNotTrack::Object),
            _ => Err(cursor.expected("0 or 1")),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(if *self == DoNotTrack::Consent { b'0' } else { b'1' });
    }
}
