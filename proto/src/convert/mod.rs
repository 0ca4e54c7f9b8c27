//! Heads to and from the types of the `http` crate, which most of the ecosystem speaks.
//!
//! ```text
//!   driver::Request, message::Message, head::RequestHead ─► WireRequest  ◄─► http::request::Parts   ─► RequestOptions, Ask
//!   driver::Response, message::Message, head::ResponseHead ─► WireResponse ◄─► http::response::Parts ─► ResponseOptions
//! ```
//!
//! Parts do not hold all that a head says: the case of field names and the order of fields of different names, the request-target as it
//! stood, the reason phrase, a minor version above 1. So the head goes along, as a [`WireRequest`] or [`WireResponse`] in
//! `Parts::extensions`. On the way back Parts decide, and the head that went along says the rest, as far as it still agrees with them:
//!
//! - Method, URI, version, status: where one was changed, it is as it is now; where not, as it stood.
//! - Fields whose values were not changed stand where they stood, with their names as they were. New values of a field take the
//!   places of the old ones, and those that are more follow the last of them; fields that are new come last.
//!
//! Nothing of a message is left out: what one side cannot hold is a [`ConvertError`] that names it. Content is passed through as it is.
//! Other extensions, and marks such as `HeaderValue::set_sensitive`, belong to the process and not to the message.
//!
//! ```
//! use wiregauge_proto::convert::WireRequest;
//! use wiregauge_proto::head::Version;
//!
//! let fields = [("HOST", "a.example"), ("x-Trace", "1"), ("Accept", "*/*")];
//! let fields = fields.map(|(name, value)| (name.into(), value.into())).into();
//! let head = WireRequest { method: "OPTIONS".into(), target: "*".into(), version: Version::HTTP_11, fields };
//! let (mut parts, ()) = head.into_request(())?.into_parts();
//! assert_eq!(parts.uri, "*");
//! assert_eq!(parts.headers["x-trace"], "1");
//! parts.headers.insert("x-trace", http::HeaderValue::from_static("2"));
//! parts.headers.remove("accept");
//! let back = WireRequest::from_parts(&parts)?;
//! assert_eq!(back.fields, [(b"HOST".to_vec(), b"a.example".to_vec()), (b"x-Trace".to_vec(), b"2".to_vec())]);
//! # Ok::<(), wiregauge_proto::convert::ConvertError>(())
//! ```

mod error;
mod fields;
mod request;
mod response;
mod sending;

pub use error::ConvertError;
pub use request::WireRequest;
pub use response::WireResponse;
#[cfg(feature = "user-agent")]
pub use sending::ask;
pub use sending::{request_options, response_options};

use crate::head::Version;

/// The version as Parts have it. What is newer than HTTP/1.1 and of its major version is treated as HTTP/1.1 (RFC 9110 §2.5).
fn version_in_parts(version: Version) -> Result<http::Version, ConvertError> {
    match version {
        Version { major: 1, minor: 0 } => Ok(http::Version::HTTP_10),
        Version { major: 1, minor: 1..=9 } => Ok(http::Version::HTTP_11),
        Version { major, minor } => Err(ConvertError::Version(format!("HTTP/{major}.{minor}"))),
    }
}

/// The version on the wire: the one that went along, if it is still meant.
fn version_on_the_wire(version: http::Version, along: Option<Version>) -> Result<Version, ConvertError> {
    match along.filter(|along| version_in_parts(*along).is_ok_and(|along| along == version)) {
        Some(along) => Ok(along),
        None if version == http::Version::HTTP_10 => Ok(Version::HTTP_10),
        None if version == http::Version::HTTP_11 => Ok(Version::HTTP_11),
        None => Err(ConvertError::Version(format!("{version:?}"))),
    }
}
