//! Validators and preconditions (RFC 9110 §8.8, §13.1).

use super::{Lines, TypedField};
use crate::field::grammar::{Cursor, EntityTag, FieldError, HttpDate, write_list};

single!(
    /// ETag (RFC 9110 §8.8.3).
    ETag, "ETag", EntityTag, EntityTag::read, |tag, out| tag.write(out)
);
date!(
    /// Last-Modified (RFC 9110 §8.8.2).
    LastModified, "Last-Modified"
);
date!(
    /// If-Modified-Since (RFC 9110 §13.1.3). A recipient ignores one that is no date.
    IfModifiedSince, "If-Modified-Since"
);
date!(
    /// If-Unmodified-Since (RFC 9110 §13.1.4). A recipient ignores one that is no date.
    IfUnmodifiedSince, "If-Unmodified-Since"
);

/// What If-Match and If-None-Match name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tags {
    /// `*`: any current representation.
    Any,
    /// One of these, at least one.
    These(Vec<EntityTag>),
}

impl Tags {
    fn read(cursor: &mut Cursor<'_>) -> Result<Tags, FieldError> {
        if cursor.take(b'*') { Ok(Tags::Any) } else { cursor.some(EntityTag::read).map(Tags::These) }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Tags::Any => out.push(b'*'),
            Tags::These(tags) => write_list(tags, out, |tag, out| tag.write(out)),
        }
    }
}

macro_rules! tags {
    ($(#[$doc:meta])* $type:ident, $name:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $type(pub Tags);

        impl TypedField for $type {
            const NAME: &'static str = $name;
            const LINES: Lines = Lines::Combined;

            fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
                Tags::read(cursor).map($type)
            }

            fn write(&self, out: &mut Vec<u8>) {
                self.0.write(out);
            }
        }
    };
}

tags!(
    /// If-Match (RFC 9110 §13.1.1): the strong comparison.
    IfMatch, "If-Match"
);
tags!(
    /// If-None-Match (RFC 9110 §13.1.2): the weak comparison.
    IfNoneMatch, "If-None-Match"
);

/// If-Range (RFC 9110 §13.1.5): an entity-tag or a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfRange {
    /// An entity-tag, compared strongly.
    Tag(EntityTag),
    /// The exact date of Last-Modified.
    Date(HttpDate),
}

impl TypedField for IfRange {
    const NAME: &'static str = "If-Range";
    const LINES: Lines = Lines::One;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, FieldError> {
        // A date holds no quote among its first three octets, an entity-tag always does (RFC 9110 §13.1.5).
        if cursor.rest().iter().take(3).any(|octet| *octet == b'"') {
            EntityTag::read(cursor).map(IfRange::Tag)
        } else {
            HttpDate::read(cursor).map(IfRange::Date)
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            IfRange::Tag(tag) => tag.write(out),
            IfRange::Date(date) => date.write(out),
        }
    }
}
