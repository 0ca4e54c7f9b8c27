//! What can be wrong with coded content.

use std::fmt;

/// Why content could not be decoded, or encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodingError {
    /// A coding that is not known here: its name.
    Unsupported(String),
    /// More codings than are undone.
    TooManyCodings,
    /// The octets are none of that coding: which one, and what is wrong.
    Corrupt(&'static str, &'static str),
    /// The content ended before the stream of that coding did.
    Truncated(&'static str),
    /// The content went on behind the end of the stream of that coding.
    Surplus(&'static str),
    /// It gets longer than [`super::Guards`] allow: how many octets it has given.
    TooLong(u64),
    /// The library failed; never seen.
    Failed,
}

impl fmt::Display for CodingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodingError::Unsupported(name) => write!(f, "the content coding {name} is not known here"),
            CodingError::TooManyCodings => f.write_str("the content is coded too many times"),
            CodingError::Corrupt(coding, what) => write!(f, "the content is no {coding} stream: {what}"),
            CodingError::Truncated(coding) => write!(f, "the content ends in the middle of a {coding} stream"),
            CodingError::Surplus(coding) => write!(f, "the content goes on behind the end of a {coding} stream"),
            CodingError::TooLong(octets) => {
                write!(f, "the decoded content is longer than is believed here: more than {octets} octets")
            }
            CodingError::Failed => f.write_str("the content could not be coded"),
        }
    }
}

impl std::error::Error for CodingError {}
