//! What the reference server answers to a request that was read whole and was right: the three contracts. It sees messages, no
//! octets of the wire, and knows nothing of connections.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use wiregauge_proto::Rule;

use super::Contract;

/// A request as the application sees it.
#[derive(Clone, Debug)]
pub(super) struct Question<'q> {
    pub(super) method: &'q [u8],
    pub(super) target: &'q [u8],
    pub(super) version: (u8, u8),
    pub(super) fields: &'q [(Vec<u8>, Vec<u8>)],
    pub(super) content: &'q [u8],
    pub(super) trailers: &'q [(Vec<u8>, Vec<u8>)],
}

/// What the application answers. The connection adds Date, Content-Length and Connection, and leaves the content out where
/// HEAD asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) fields: Vec<(&'static str, &'static str)>,
    pub(super) content: Vec<u8>,
    /// Whether the connection has to end with this answer.
    pub(super) close: bool,
}

/// What every resource here allows.
const ALLOW_ANY: &str = "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS";
const ALLOW_STATIC: &str = "GET, HEAD, OPTIONS";

/// The page of the static contract.
const PAGE: &str =
    "<!doctype html>\n<html lang=\"en\"><title>Wiregauge</title><p>This page is the same at every path.</p></html>\n";

/// What is decided by the head alone: the methods that are refused. `None` for everything else.
pub(super) fn refuses(contract: Contract, method: &[u8]) -> Option<Reply> {
    match (contract, method) {
        // A tunnel is a proxy's work. What follows the request may be meant for the tunnel, so nothing after it is read.
        (_, b"CONNECT") => Some(Reply { close: true, ..not_allowed(contract) }),
        // A message may hold secrets that its sender does not want to be shown to whoever asks (RFC 9110 §9.3.8).
        (_, b"TRACE") => Some(not_allowed(contract)),
        (Contract::Static, b"GET" | b"HEAD" | b"OPTIONS") => None,
        (Contract::Static, b"POST" | b"PUT" | b"DELETE" | b"PATCH") => Some(not_allowed(contract)),
        // Nobody here knows it (RFC 9110 §9.1).
        (Contract::Static, _) => {
            Some(plain(501, "text/plain; charset=utf-8", "This method is not implemented here.\n".into()))
        }
        (Contract::Echo | Contract::Body, _) => None,
    }
}

/// The answer to a request that is not refused.
pub(super) fn answer(contract: Contract, question: &Question<'_>) -> Reply {
    // HEAD gives the fields that GET would give; everything here is stable, so that goes for the length too.
    let head = Question { method: if question.method == b"HEAD" { b"GET" } else { question.method }, ..*question };
    let mut reply = match contract {
        Contract::Echo => echo(&head),
        Contract::Body => plain(200, "application/octet-stream", head.content.to_vec()),
        Contract::Static if head.method == b"OPTIONS" => Reply { status: 200, ..Reply::default() },
        Contract::Static => plain(200, "text/html; charset=utf-8", PAGE.into()),
    };
    if head.method == b"OPTIONS" {
        reply.fields.push(("Allow", allow(contract)));
    }
    reply
}

/// The answer to an expectation that is not 100-continue (RFC 9110 §10.1.1).
pub(super) fn expectation() -> Reply {
    let rule = Rule::ExpectUnsupported;
    plain(rule.status(), "text/plain; charset=utf-8", format!("{rule}: {}\n", rule.sentence()).into())
}

fn not_allowed(contract: Contract) -> Reply {
    let mut reply = plain(405, "text/plain; charset=utf-8", "This method is not allowed here.\n".into());
    reply.fields.push(("Allow", allow(contract)));
    reply
}

fn allow(contract: Contract) -> &'static str {
    match contract {
        Contract::Echo | Contract::Body => ALLOW_ANY,
        Contract::Static => ALLOW_STATIC,
    }
}

fn plain(status: u16, media_type: &'static str, content: Vec<u8>) -> Reply {
    Reply { status, fields: vec![("Content-Type", media_type)], content, close: false }
}

/// The JSON of the echo contract. Strings are base64: octets are octets.
#[derive(Serialize)]
struct Echo {
    method: String,
    target: String,
    version: String,
    fields: Vec<[String; 2]>,
    body: String,
    trailers: Vec<[String; 2]>,
    /// What this platform cannot know: nothing.
    lacks: [&'static str; 0],
}

fn echo(question: &Question<'_>) -> Reply {
    let lines =
        |lines: &[(Vec<u8>, Vec<u8>)]| lines.iter().map(|(n, v)| [STANDARD.encode(n), STANDARD.encode(v)]).collect();
    let echo = Echo {
        method: STANDARD.encode(question.method),
        target: STANDARD.encode(question.target),
        version: format!("{}.{}", question.version.0, question.version.1),
        fields: lines(question.fields),
        body: STANDARD.encode(question.content),
        trailers: lines(question.trailers),
        lacks: [],
    };
    let content = serde_json::to_vec(&echo).expect("strings in fields with names always become JSON");
    plain(200, "application/json", content)
}
