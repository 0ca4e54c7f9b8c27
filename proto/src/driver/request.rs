//! What a caller says of a request to be sent.

use super::message::{Content, OwnedField};
use crate::head::Version;

/// What a request shall be. `..Default::default()` is `GET /` without content; a host is always needed.
#[derive(Debug)]
pub struct RequestOptions {
    /// The host, an IPv6 address in brackets. The port goes into [`super::Options::port`].
    pub host: Vec<u8>,
    /// The method.
    pub method: Vec<u8>,
    /// The request-target.
    pub target: Vec<u8>,
    /// The version. One of HTTP/1.0 has no chunked content, expects and offers nothing, and is the last on its connection.
    pub version: Version,
    /// Field lines, in order. Host, Content-Length, Transfer-Encoding, Connection, Upgrade and Expect are written by the
    /// connection.
    pub fields: Vec<OwnedField>,
    /// The content. [`Content::None`] sends a Content-Length of 0 with POST, PUT and PATCH (RFC 9110 §8.6).
    pub content: Content,
    /// Whether the connection shall end after the response.
    pub close: bool,
    /// Whether to hold the content back until the server wants it, or [`crate::connection::Waits::proceed`] is over.
    pub expect_continue: bool,
    /// The protocols to offer to switch to.
    pub upgrade: Vec<Vec<u8>>,
    /// Whether to send the content in gzip, where it is known that the server takes that, and [`super::Options::codings`] are on.
    #[cfg(feature = "gzip")]
    pub compress: bool,
}

impl Default for RequestOptions {
    fn default() -> RequestOptions {
        RequestOptions {
            host: Vec::new(),
            method: b"GET".to_vec(),
            target: b"/".to_vec(),
            version: Version::HTTP_11,
            fields: Vec::new(),
            content: Content::None,
            close: false,
            expect_continue: false,
            upgrade: Vec::new(),
            #[cfg(feature = "gzip")]
            compress: false,
        }
    }
}

/// A request that was made for a connection. It is sent once.
#[derive(Debug)]
pub struct Outgoing {
    pub(super) options: RequestOptions,
    /// The value of Host.
    pub(super) host: Vec<u8>,
    /// Which request of the connection it became.
    pub(super) number: Option<u64>,
    /// How pieces are to be encoded.
    #[cfg(feature = "gzip")]
    pub(super) coding: Option<crate::coding::Coding>,
}

impl Outgoing {
    /// The method.
    pub fn method(&self) -> &[u8] {
        &self.options.method
    }

    /// The value of its Host field.
    pub fn host(&self) -> &[u8] {
        &self.host
    }
}
