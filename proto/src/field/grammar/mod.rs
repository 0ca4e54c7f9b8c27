//! The pieces of grammar that fields share (RFC 9110 §5.6), each a type whose values are right: what exists can be written.
//!
//! A [`Cursor`] walks one field value. A list tolerates empty members up to [`EMPTY_MEMBERS`] and holds up to [`MEMBERS`];
//! comments nest up to [`COMMENT_DEPTH`].

mod cursor;
mod date;
mod entity_tag;
mod words;

pub use cursor::{COMMENT_DEPTH, Cursor, EMPTY_MEMBERS, FieldError, MEMBERS};
pub use date::HttpDate;
pub use entity_tag::{EntityTag, Validation};
pub(crate) use words::write_list;
pub use words::{Parameters, Text, Token, Weight};
