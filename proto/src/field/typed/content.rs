//! What content is (RFC 9110 §8; Content-Disposition: RFC 6266, RFC 8187).

use super::{Lines, TypedField, UriReference};
use crate::field::grammar::{Cursor, FieldError, Parameters, Text, Token};

token_list!(
    /// Content-Encoding (RFC 9110 §8.4): codings in the order they were applied.
    ContentEncoding, "Content-Encoding", some
);
token_list!(
    /// Content-Language (RFC 9110 §8.5). Language tags are read as tokens.
    ContentLanguage, "Content-Language", some
);
single!(
    /// Content-Location (RFC 9110 §8.7).
    ContentLocation, "Content-Location", UriReference, UriReference::read, UriReference::write
);

/// Content-Length (RFC 9110 §8.6). The same number several times, in one line or more, is tolerated as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentLength(pub u64);

impl TypedField for ContentLength {
    const NAME: &'static str = "Content-Length";
    const LINES: Lines = Lines::Combined;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        let wrong = cursor.expected("one length");
        let numbers = cursor.some(Cursor::number)?;
        if numbers.iter().any(|number| *number != numbers[0]) { Err(wrong) } else { Ok(ContentLength(numbers[0])) }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0.to_string().as_bytes());
    }
}

/// Content-Type (RFC 9110 §8.3).
///
/// ```
/// use wiregauge_proto::field::typed::{ContentType, TypedField};
/// let kind = ContentType::parse(&mut [b"text/html;Charset=\"utf-8\"".as_slice()].into_iter()).expect("a type");
/// assert_eq!(kind.parameters.first("charset").and_then(|text| text.as_str()), Some("utf-8"));
/// assert_eq!(kind.lines(), [b"text/html; Charset=utf-8"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentType {
    /// The type, compared without case.
    pub kind: Token,
    /// The subtype, compared without case.
    pub subtype: Token,
    /// The parameters.
    pub parameters: Parameters,
}

impl TypedField for ContentType {
    const NAME: &'static str = "Content-Type";
    const LINES: Lines = Lines::One;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        let kind = cursor.token()?;
        cursor.need(b'/', "\"/\" of a media type")?;
        Ok(ContentType { kind, subtype: cursor.token()?, parameters: cursor.parameters()? })
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.kind.write(out);
        out.push(b'/');
        self.subtype.write(out);
        self.parameters.write(out);
    }
}

/// Content-Disposition (RFC 6266 §4).
///
/// ```
/// use wiregauge_proto::field::typed::{ContentDisposition, TypedField};
/// let attachment = ContentDisposition::attachment("naïve.txt");
/// assert_eq!(attachment.lines(), [b"attachment; filename*=UTF-8''na%C3%AFve.txt"]);
/// assert_eq!(attachment.filename().as_deref(), Some("naïve.txt"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentDisposition {
    /// `inline`, `attachment`, or another.
    pub disposition: Token,
    /// The parameters; extended values (`filename*`) as they stand.
    pub parameters: Parameters,
}

impl ContentDisposition {
    /// `attachment` with that name for the file: `filename` if it is printable ASCII, `filename*` otherwise.
    pub fn attachment(filename: &str) -> ContentDisposition {
        let plain = filename.bytes().all(|octet| octet == b' ' || octet.is_ascii_graphic());
        let (name, value) = if plain { ("filename", filename.to_owned()) } else { ("filename*", extended(filename)) };
        let mut parameters = Parameters::default();
        // Both are right by construction: the text is printable ASCII.
        if let (Some(name), Some(value)) = (Token::new(name), Text::new(value)) {
            parameters.push(name, value);
        }
        ContentDisposition { disposition: Token::new("attachment").expect("a token"), parameters }
    }

    /// The name for the file: `filename*` if it can be decoded (UTF-8 only), else `filename`. It may hold path separators:
    /// whoever stores the file takes the last segment only (RFC 6266 §4.3).
    pub fn filename(&self) -> Option<String> {
        let extended = self.parameters.first("filename*").and_then(|value| decode_extended(value.as_octets()));
        extended.or_else(|| Some(String::from_utf8_lossy(self.parameters.first("filename")?.as_octets()).into_owned()))
    }
}

/// ext-value (RFC 8187 §3.2.1) in UTF-8, without a language.
fn extended(text: &str) -> String {
    let mut out = String::from("UTF-8''");
    for octet in text.bytes() {
        if octet.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&octet) {
            out.push(char::from(octet));
        } else {
            out.push_str(&format!("%{octet:02X}"));
        }
    }
    out
}

fn decode_extended(value: &[u8]) -> Option<String> {
    let mut parts = value.splitn(3, |octet| *octet == b'\'');
    let (charset, _language, text) = (parts.next()?, parts.next()?, parts.next()?);
    if !charset.eq_ignore_ascii_case(b"utf-8") {
        return None;
    }
    let digit = |octet: Option<&u8>| char::from(*octet?).to_digit(16);
    let mut octets = Vec::new();
    let mut rest = text.iter();
    while let Some(&octet) = rest.next() {
        octets.push(match octet {
            b'%' => u8::try_from(digit(rest.next())? * 16 + digit(rest.next())?).ok()?,
            octet => octet,
        });
    }
    String::from_utf8(octets).ok()
}

impl TypedField for ContentDisposition {
    const NAME: &'static str = "Content-Disposition";
    const LINES: Lines = Lines::One;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        Ok(ContentDisposition { disposition: cursor.token()?, parameters: cursor.parameters()? })
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.disposition.write(out);
        self.parameters.write(out);
    }
}
