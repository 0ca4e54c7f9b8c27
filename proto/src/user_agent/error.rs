//! Why there is no answer.

use std::fmt;
use std::io;

use super::uri::UriError;
use crate::driver::Error;
use crate::tls::ConfigError;
use crate::transport::TransportError;

/// Why a request got no answer, or only a part of one.
#[derive(Debug)]
pub enum AskError {
    /// An `https` URI, and nobody is trusted ([`super::Options::trusts`]).
    NobodyTrusted,
    /// The host is no name that a certificate could have.
    Name(ConfigError),
    /// The host has no address, or nobody listens there.
    Connect(io::Error),
    /// Connecting took longer than [`super::Options::connect`].
    ConnectLate,
    /// No TLS session came about.
    Tls(TransportError),
    /// The proxy did not open a tunnel; its status.
    Proxy(u16),
    /// As many requests wait for a connection as may.
    Busy,
    /// The exchange failed.
    Http(Error),
    /// A redirect led nowhere that could be asked.
    Redirect(UriError),
    /// A pipeline to more than one origin.
    Origins,
    /// [`crate::driver::Content::Pieces`], which nobody could send.
    Pieces,
    /// A redirect asks for the content again, and it came from a reader that is at its end.
    ContentIsGone,
    /// Redirects without an end, or more than are followed.
    TooManyRedirects,
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AskError::NobodyTrusted => f.write_str("nobody is trusted, so nothing can be asked over TLS"),
            AskError::Name(error) => write!(f, "{error}"),
            AskError::Connect(error) => write!(f, "no connection: {error}"),
            AskError::ConnectLate => f.write_str("no connection: it took too long"),
            AskError::Tls(error) => write!(f, "no TLS session: {error}"),
            AskError::Proxy(status) => write!(f, "the proxy opened no tunnel: it answered {status}"),
            AskError::Busy => f.write_str("too many requests wait for a connection"),
            AskError::Http(error) => write!(f, "{error}"),
            AskError::Redirect(error) => write!(f, "a redirect leads nowhere: {error}"),
            AskError::Origins => f.write_str("a pipeline leads to one origin, and these requests go to several"),
            AskError::Pieces => f.write_str("content that is sent piece by piece cannot be asked with: give a reader"),
            AskError::ContentIsGone => f.write_str("a redirect asks for content that was sent already and is gone"),
            AskError::TooManyRedirects => f.write_str("too many redirects"),
        }
    }
}

impl std::error::Error for AskError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            AskError::Name(error) => Some(error),
            AskError::Connect(error) => Some(error),
            AskError::Tls(error) => Some(error),
            AskError::Http(error) => Some(error),
            AskError::Redirect(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Error> for AskError {
    fn from(error: Error) -> AskError {
        AskError::Http(error)
    }
}
