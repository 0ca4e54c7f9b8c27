//! A type for each field, parsed when asked for and not before.
//!
//! ```
//! use wiregauge_proto::field::typed::{self, AcceptEncoding, TypedField};
//! let fields = vec![(b"accept-encoding".to_vec(), b"gzip, identity;q=0".to_vec())];
//! let accept: AcceptEncoding = typed::get(&fields).expect("it is there").expect("it is right");
//! assert!(accept.0[0].value.is("gzip"));
//! assert_eq!(accept.lines(), [b"gzip, identity;q=0"]);
//! ```

#[macro_use]
mod shapes;

mod authentication;
mod caching;
mod conditional;
mod content;
mod context;
mod cookies;
mod negotiation;
mod range;
mod routing;

pub use authentication::{
    Auth, AuthDetails, Authorization, ProxyAuthenticate, ProxyAuthorization, Token68, WwwAuthenticate,
};
pub use caching::{
    Age, CacheControl, Date, Directive, Expires, Pragma, RetryAfter, StrictTransportSecurity, Subdomains,
};
pub use conditional::{ETag, IfMatch, IfModifiedSince, IfNoneMatch, IfRange, IfUnmodifiedSince, LastModified, Tags};
pub use content::{ContentDisposition, ContentEncoding, ContentLanguage, ContentLength, ContentLocation, ContentType};
pub use context::{
    Allow, Comment, DoNotTrack, Expect, Expectation, Link, LinkValue, Location, Product, Referer, Refresh, Server,
    Software, UriReference, UserAgent, Vary, XRequestedWith,
};
pub use cookies::{Cookie, CookieAttribute, CookieWord, NewCookie, Pair, SetCookie};
pub use negotiation::{Accept, AcceptCharset, AcceptEncoding, AcceptLanguage, MediaRange, Weighted};
pub use range::{AcceptRanges, ContentRange, Range, RangeSpec};
pub use routing::{
    AcceptedCoding, Connection, Hop, Host, MaxForwards, Node, Te, Trailer, TransferCoding, TransferEncoding, Upgrade,
    Via, XForwardedFor, XForwardedHost, XForwardedProto,
};

use super::grammar::{Cursor, FieldError};

/// What several field lines of one name mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// There may be one only; a second is an error.
    One,
    /// A list: they are read, and written, as one (RFC 9110 §5.3).
    Combined,
    /// A list that is read as one, but never written as one.
    Apart,
}

/// A field that can be parsed and written. Formatting what was parsed, and parsing it again, gives an equal value.
pub trait TypedField: Sized {
    /// The field name, as it is written.
    const NAME: &'static str;
    /// Whether its lines may be combined.
    const LINES: Lines;

    /// Reads the value up to its end.
    ///
    /// # Errors
    /// Where the value is not what the field's grammar says.
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError>;

    /// Appends the value, in one line.
    fn write(&self, out: &mut Vec<u8>);

    /// Parses the values of the field's lines.
    ///
    /// # Errors
    /// As [`TypedField::read`]; also where nothing may follow and something does, and for a second line of [`Lines::One`].
    fn parse(lines: &mut dyn Iterator<Item = &[u8]>) -> Result<Self, FieldError> {
        let mut value = lines.next().unwrap_or_default().to_vec();
        for line in lines {
            if Self::LINES == Lines::One {
                return Err(FieldError { field: Self::NAME, at: value.len(), expected: "one field line only" });
            }
            value.extend_from_slice(b", ");
            value.extend_from_slice(line);
        }
        let mut cursor = Cursor::new(Self::NAME, &value);
        let field = Self::read(&mut cursor)?;
        cursor.end()?;
        Ok(field)
    }

    /// The values of the field lines to send: one, but for [`Lines::Apart`].
    fn lines(&self) -> Vec<Vec<u8>> {
        let mut value = Vec::new();
        self.write(&mut value);
        vec![value]
    }
}

/// Parses the field `T` of these field lines (of a request or response of the driver, or of a
/// [`Message`](crate::message::Message)); `None` where there is no such line.
pub fn get<T: TypedField>(fields: &[(Vec<u8>, Vec<u8>)]) -> Option<Result<T, FieldError>> {
    let of_that_name = fields.iter().filter(|(name, _)| name.eq_ignore_ascii_case(T::NAME.as_bytes()));
    let mut lines = of_that_name.map(|(_, value)| value.as_slice()).peekable();
    lines.peek()?;
    Some(T::parse(&mut lines))
}

/// Appends the field as field lines.
pub fn put<T: TypedField>(field: &T, fields: &mut Vec<(Vec<u8>, Vec<u8>)>) {
    fields.extend(field.lines().into_iter().map(|value| (T::NAME.as_bytes().to_vec(), value)));
}

/// A line for each member.
fn each_apart<T>(members: &[T], write: impl Fn(&T, &mut Vec<u8>)) -> Vec<Vec<u8>> {
    let line = |member| {
        let mut line = Vec::new();
        write(member, &mut line);
        line
    };
    members.iter().map(line).collect()
}
