//! Ranges (RFC 9110 §14).

use super::{Lines, TypedField};
use crate::field::grammar::{Cursor, FieldError, Token, write_list};

token_list!(
    /// Accept-Ranges (RFC 9110 §14.3).
    AcceptRanges, "Accept-Ranges", some
);

/// One range of a Range field in octets (RFC 9110 §14.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeSpec {
    /// From `first` up to and with `last`; `last` is not below `first`.
    Between {
        /// The offset of the first octet.
        first: u64,
        /// The offset of the last octet.
        last: u64,
    },
    /// From that offset to the end.
    From(u64),
    /// That many octets at the end; of 0, none can be satisfied.
    Last(u64),
}

/// Range (RFC 9110 §14.2): `bytes` and its ranges. Another unit is an error, and a recipient ignores what it does not know.
///
/// ```
/// use wiregauge_proto::field::typed::{Range, RangeSpec, TypedField};
/// let range = Range::parse(&mut [b"bytes=0-99, -1".as_slice()].into_iter()).expect("a range");
/// assert_eq!(range.0, [RangeSpec::Between { first: 0, last: 99 }, RangeSpec::Last(1)]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range(pub Vec<RangeSpec>);

impl TypedField for Range {
    const NAME: &'static str = "Range";
    const LINES: Lines = Lines::One;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        let unit = cursor.clone();
        if !cursor.token()?.is("bytes") {
            return Err(unit.expected("the range unit bytes"));
        }
        cursor.need(b'=', "\"=\" behind the range unit")?;
        cursor.some(RangeSpec::read).map(Range)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"bytes=");
        write_list(&self.0, out, |range, out| {
            let text = match range {
                RangeSpec::Between { first, last } => format!("{first}-{last}"),
                RangeSpec::From(first) => format!("{first}-"),
                RangeSpec::Last(length) => format!("-{length}"),
            };
            out.extend_from_slice(text.as_bytes());
        });
    }
}

impl RangeSpec {
    fn read(cursor: &mut Cursor<'_>) -> Result<RangeSpec, FieldError> {
        if cursor.take(b'-') {
            return cursor.number().map(RangeSpec::Last);
        }
        let first = cursor.number()?;
        cursor.need(b'-', "\"-\" of a range")?;
        if !cursor.peek().is_some_and(|octet| octet.is_ascii_digit()) {
            return Ok(RangeSpec::From(first));
        }
        let wrong = cursor.expected("a last position that is not below the first");
        let last = cursor.number()?;
        if last < first { Err(wrong) } else { Ok(RangeSpec::Between { first, last }) }
    }
}

/// Content-Range (RFC 9110 §14.4), of octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentRange {
    /// Which octets are enclosed, and how many there are in all if that is known. `last` is not below `first`, and below
    /// `complete`.
    Enclosed {
        /// The offset of the first octet.
        first: u64,
        /// The offset of the last octet.
        last: u64,
        /// The length of the whole representation.
        complete: Option<u64>,
    },
    /// Of 416 (Range Not Satisfiable): how many octets there are in all.
    Unsatisfied(u64),
}

impl TypedField for ContentRange {
    const NAME: &'static str = "Content-Range";
    const LINES: Lines = Lines::One;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        let unit = cursor.clone();
        if !Token::is(&cursor.token()?, "bytes") {
            return Err(unit.expected("the range unit bytes"));
        }
        cursor.need(b' ', "a space behind the range unit")?;
        if cursor.take(b'*') {
            cursor.need(b'/', "\"/\" and the complete length")?;
            return cursor.number().map(ContentRange::Unsatisfied);
        }
        let wrong = cursor.expected("first, last and complete length in rising order");
        let first = cursor.number()?;
        cursor.need(b'-', "\"-\" of a range")?;
        let last = cursor.number()?;
        cursor.need(b'/', "\"/\" and the complete length")?;
        let complete = if cursor.take(b'*') { None } else { Some(cursor.number()?) };
        if last < first || complete.is_some_and(|complete| complete <= last) {
            return Err(wrong);
        }
        Ok(ContentRange::Enclosed { first, last, complete })
    }

    fn write(&self, out: &mut Vec<u8>) {
        let text = match self {
            ContentRange::Enclosed { first, last, complete: Some(all) } => format!("bytes {first}-{last}/{all}"),
            ContentRange::Enclosed { first, last, complete: None } => format!("bytes {first}-{last}/*"),
            ContentRange::Unsatisfied(all) => format!("bytes */{all}"),
        };
        out.extend_from_slice(text.as_bytes());
    }
}
