//! What is not converted, and why.

use std::fmt;

use crate::message::WriteError;
use crate::rule::Rule;

/// Why a head is not converted. Values of fields are not in it: they may be secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConvertError {
    /// No method, here or there.
    Method(Vec<u8>),
    /// A request-target that breaks a rule of HTTP/1.1, or, without one, that is no URI to the `http` crate.
    Target {
        /// The target as it is, or would be.
        target: Vec<u8>,
        /// The rule.
        rule: Option<Rule>,
    },
    /// A version that is not of HTTP/1, such as HTTP/2 in Parts.
    Version(String),
    /// A status code that is not in 100 to 599.
    Status(u16),
    /// A reason phrase with octets that may not stand in one.
    Reason(Vec<u8>),
    /// No field name, here or there.
    FieldName(Vec<u8>),
    /// A field value that is none on the wire, or, without a reason, none to the `http` crate.
    FieldValue {
        /// The name of the field.
        name: Vec<u8>,
        /// What is wrong with its value.
        why: Option<WriteError>,
    },
    /// More fields than a `HeaderMap` holds.
    TooManyFields,
    /// A field that the connection writes, where it would not write this one.
    Connections {
        /// The name of the field.
        name: &'static str,
        /// What it would have to say.
        why: &'static str,
    },
    /// A URI that what is to be sent cannot do without or cannot express.
    Uri {
        /// The URI.
        uri: String,
        /// What it would have to be.
        why: &'static str,
    },
}

impl ConvertError {
    pub(super) fn no_uri(target: &[u8]) -> ConvertError {
        ConvertError::Target { target: target.to_vec(), rule: None }
    }
}

/// Octets of which a line can hold the beginning.
struct Shown<'o>(&'o [u8]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 80;
        let more = if self.0.len() > MOST { "..." } else { "" };
        write!(f, "\"{}{more}\"", self.0[..self.0.len().min(MOST)].escape_ascii())
    }
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConvertError::Method(method) => write!(f, "{} is no method", Shown(method)),
            ConvertError::Target { target, rule: Some(rule) } => {
                write!(f, "the request-target {} breaks {rule}: {}", Shown(target), rule.sentence())
            }
            ConvertError::Target { target, rule: None } => {
                write!(f, "the request-target {} is none that a Uri of the http crate holds", Shown(target))
            }
            ConvertError::Version(version) => write!(f, "{version} is no version of HTTP/1"),
            ConvertError::Status(status) => write!(f, "{status} is no status code of HTTP/1.1"),
            ConvertError::Reason(reason) => write!(f, "{} is no reason phrase", Shown(reason)),
            ConvertError::FieldName(name) => write!(f, "{} is no field name", Shown(name)),
            ConvertError::FieldValue { name, why: Some(why) } => write!(f, "the value of {}: {why}", Shown(name)),
            ConvertError::FieldValue { name, why: None } => {
                write!(f, "the value of {} is none that a HeaderValue of the http crate holds", Shown(name))
            }
            ConvertError::TooManyFields => {
                f.write_str("there are more fields than a HeaderMap of the http crate holds")
            }
            ConvertError::Connections { name, why } => write!(f, "{name} is written by the connection: {why}"),
            ConvertError::Uri { uri, why } => write!(f, "the URI {}: {why}", Shown(uri.as_bytes())),
        }
    }
}

impl std::error::Error for ConvertError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ConvertError::FieldValue { why: Some(why), .. } => Some(why),
            _ => None,
        }
    }
}
