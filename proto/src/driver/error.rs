//! Why a call of the driver did not do what it was asked to: whose fault it was.

use std::fmt;

#[cfg(feature = "gzip")]
use crate::coding::CodingError;
use crate::connection::Wait;
use crate::connection::outgoing::SendError;
use crate::message::Fault;
use crate::transport::TransportError;

/// Ours, the peer's, the clock's, the line's.
#[derive(Debug)]
pub enum Error {
    /// Ours: the message cannot be sent, or not now.
    Send(SendError),
    /// Ours: the reader that was to give the content failed, and the message was cut off; or the writer that was to take it did.
    Content(std::io::Error),
    /// The peer's: a message broke a rule, or was cut off by the end of the connection.
    Fault(Fault),
    /// The peer's: it ended the connection between two messages, where one was due.
    Ended,
    /// The peer's: the content is in a coding that is not known here, or is not what its coding says.
    #[cfg(feature = "gzip")]
    Coding(crate::coding::CodingError),
    /// The clock's: this was waited for too long. Octets may have been sent in part.
    Late(Wait),
    /// The line's: the peer reset the connection.
    Reset,
    /// The line's: what else the transport reports; it was closed on this side, for example.
    Transport(TransportError),
}

impl Error {
    /// The status that a server answers, if an answer makes sense at all (RFC 9110 §15.5): its rule's, or 408 (Request Timeout).
    pub fn status(&self) -> Option<u16> {
        match self {
            Error::Fault(fault) => Some(fault.rule.status()),
            #[cfg(feature = "gzip")]
            Error::Coding(error) => Some(match error {
                CodingError::Unsupported(_) | CodingError::TooManyCodings => 415,
                CodingError::TooLong(_) => 413,
                _ => 400,
            }),
            Error::Late(Wait::Head | Wait::Content | Wait::Message) => Some(408),
            _ => None,
        }
    }

    /// What a failed call of the transport means; lateness is told by what was waited for.
    pub(super) fn from_transport(error: TransportError, wait: Wait) -> Error {
        match error {
            TransportError::Late => Error::Late(wait),
            TransportError::Reset => Error::Reset,
            other => Error::Transport(other),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Send(error) => write!(f, "{error}"),
            Error::Content(error) => {
                write!(f, "the content could not be taken from its source, or to its destination: {error}")
            }
            Error::Fault(fault) => write!(f, "{fault}"),
            #[cfg(feature = "gzip")]
            Error::Coding(error) => write!(f, "{error}"),
            Error::Ended => f.write_str("the peer ended the connection where a message was due"),
            Error::Late(wait) => write!(f, "waited too long for the peer ({wait})"),
            Error::Reset => f.write_str("the peer reset the connection"),
            Error::Transport(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Send(error) => Some(error),
            Error::Content(error) => Some(error),
            #[cfg(feature = "gzip")]
            Error::Coding(error) => Some(error),
            Error::Transport(error) => Some(error),
            _ => None,
        }
    }
}

impl From<SendError> for Error {
    fn from(error: SendError) -> Error {
        Error::Send(error)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        Error::Fault(fault)
    }
}
