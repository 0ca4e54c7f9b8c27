//! What is shown of an answer, and what is said of what went wrong.

use std::io::Write;

use wiregauge_proto::driver::{Error, Response};
use wiregauge_proto::message::OwnedField;
use wiregauge_proto::user_agent::{Answer, AskError};

use super::Failure;
use crate::report::exit;

/// What happens, for who wants to know.
pub(super) struct Told(bool);

impl Told {
    pub(super) fn new(verbose: bool) -> Told {
        Told(verbose)
    }

    pub(super) fn say(&self, words: impl FnOnce() -> String) {
        if self.0 {
            // Where that cannot be said, the answer still can be written.
            let _ = writeln!(std::io::stderr(), "* {}", words());
        }
    }

    pub(super) fn answer(&self, answer: &Answer) {
        let response = answer.response();
        if answer.redirects() > 0 {
            self.say(|| format!("{} redirects led to {}", answer.redirects(), answer.uri()));
        }
        self.say(|| {
            let decoded = if response.decoded { ", its coding undone" } else { "" };
            format!("{} {}, content: {:?}{decoded}", response.status, response.reason.escape_ascii(), response.length)
        });
    }
}

/// The heads of the interim responses and of the final one, each with an empty line behind it.
pub(super) fn head(response: &Response) -> Vec<u8> {
    let mut head = Vec::new();
    let mut one = |status: u16, reason: &[u8], lines: &[OwnedField]| {
        let (major, minor) = (response.version.major, response.version.minor);
        head.extend_from_slice(format!("HTTP/{major}.{minor} {status} ").as_bytes());
        head.extend_from_slice(reason);
        head.extend_from_slice(b"\r\n");
        head.extend_from_slice(&fields(lines));
        head.extend_from_slice(b"\r\n");
    };
    for (status, fields) in &response.interim {
        one(*status, b"", fields);
    }
    one(response.status, &response.reason, &response.fields);
    head
}

/// Field lines.
pub(super) fn fields(fields: &[OwnedField]) -> Vec<u8> {
    fields.iter().flat_map(|(name, value)| [name, b": ".as_slice(), value, b"\r\n"].concat()).collect()
}

pub(super) fn failed(says: String) -> Failure {
    Failure { code: exit::FAILED, says }
}

/// Why there is no answer at all.
pub(super) fn no_answer(error: &AskError) -> Failure {
    match error {
        AskError::Http(error) => failed(broken(error)),
        AskError::TooManyRedirects => failed(format!("{error}; --max-redirects allows more")),
        AskError::Redirect(_) | AskError::ContentIsGone => failed(error.to_string()),
        AskError::Tls(inner) => Failure {
            code: exit::UNREACHED,
            says: format!("{error}: {inner}\n--cacert FILE trusts other authorities, --insecure trusts anybody"),
        },
        error => Failure { code: exit::UNREACHED, says: error.to_string() },
    }
}

/// Why the answer is not whole.
pub(super) fn incomplete(error: &AskError, written: u64) -> Failure {
    let says = match error {
        AskError::Http(error) => broken(error),
        error => error.to_string(),
    };
    failed(format!("{says}\nthe content is incomplete: {written} octets have come of it"))
}

fn broken(error: &Error) -> String {
    let Error::Fault(fault) = error else { return error.to_string() };
    let (rule, at) = (fault.rule, fault.at.start);
    format!(
        "the answer breaks {rule} (RFC {}) at octet {at} of the connection: {}\n`wiregauge explain {rule}` tells more",
        rule.section().replacen(':', " §", 1),
        rule.sentence()
    )
}
