//! What goes wrong on the way, and what the client is told of it.

use crate::driver::{Error, ResponseOptions};
use crate::origin_server::HandlerError;
use crate::user_agent::AskError;

/// Why a request did not get through.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The client's side of it.
    Client(HandlerError),
    /// The origin's side of it, before anything of a response was forwarded.
    Origin(AskError),
    /// This intermediary does not forward it: a status, and why.
    Refused(u16, String),
    /// The origin's response broke off when it was partly forwarded.
    BrokeOff(String),
}

impl From<AskError> for Trouble {
    fn from(error: AskError) -> Trouble {
        Trouble::Origin(error)
    }
}

/// 504 for what was late, 502 for everything else (RFC 9110 §15.6.3, §15.6.5), without what only concerns this side.
pub(super) fn told(error: &AskError) -> (u16, String) {
    match error {
        AskError::ConnectLate => (504, "the origin server could not be reached in time".into()),
        AskError::Http(Error::Late(_)) => (504, "the origin server did not answer in time".into()),
        AskError::Http(Error::Fault(fault)) => {
            let words = format!("the origin server's response breaks {}: {}", fault.rule, fault.rule.sentence());
            (502, words)
        }
        AskError::Http(Error::Send(_)) => (502, "the request cannot be forwarded as it is".into()),
        AskError::Http(_) => (502, "the origin server ended the connection without a response".into()),
        AskError::Busy => (503, "too many requests wait for the origin server".into()),
        _ => (502, "the origin server could not be reached".into()),
    }
}

pub(super) fn page(status: u16, words: &str) -> ResponseOptions {
    ResponseOptions {
        status,
        content_type: Some(b"text/plain; charset=utf-8".to_vec()),
        content: format!("{words}\n").into_bytes().into(),
        ..ResponseOptions::default()
    }
}
