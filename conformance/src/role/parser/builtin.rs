//! Parsers that need no process: our own, and httparse.

use crate::adapter::contract::{Answer, Parse, Parsed, ParsedMessage, Started, Then};
use crate::adapter::{self, Stream};
use crate::corpus::model::Direction;
use crate::transcript::Octets;

use super::subject::{Subject, Trouble};

/// `proto`, as `wiregauge adapter` speaks it.
#[derive(Clone, Debug)]
pub struct Proto {
    started: Started,
}

impl Proto {
    /// Ready to be asked.
    pub fn new() -> Proto {
        Proto { started: adapter::started() }
    }
}

impl Default for Proto {
    fn default() -> Proto {
        Proto::new()
    }
}

impl Subject for Proto {
    fn started(&self) -> &Started {
        &self.started
    }

    fn address(&self) -> String {
        "builtin:proto".to_owned()
    }

    fn parse_all(&mut self, questions: &[Parse]) -> Vec<Result<Answer, Trouble>> {
        let read = |question: &Parse| {
            adapter::read(Stream {
                kind: question.kind,
                octets: &question.octets,
                splits: &question.splits,
                end: question.end,
                request_methods: &question.request_methods,
            })
        };
        questions.iter().map(|question| Ok(Answer::Parsed(read(question)))).collect()
    }
}

/// httparse: heads only, so cases about content are skipped. It keeps nothing between calls: each piece that comes is parsed
/// together with what came before, as its users do.
#[derive(Clone, Debug)]
pub struct HttparseHeads {
    started: Started,
}

/// More field lines than any case has that is not about limits.
const MOST_FIELDS: usize = 512;

impl HttparseHeads {
    /// Ready to be asked.
    pub fn new() -> HttparseHeads {
        let can = ["request", "response", "head"].map(str::to_owned).to_vec();
        HttparseHeads { started: Started { name: "httparse".to_owned(), version: String::new(), can } }
    }
}

impl Default for HttparseHeads {
    fn default() -> HttparseHeads {
        HttparseHeads::new()
    }
}

impl Subject for HttparseHeads {
    fn started(&self) -> &Started {
        &self.started
    }

    fn address(&self) -> String {
        "builtin:httparse".to_owned()
    }

    fn parse_all(&mut self, questions: &[Parse]) -> Vec<Result<Answer, Trouble>> {
        questions.iter().map(|question| Ok(Answer::Parsed(heads(question)))).collect()
    }
}

fn heads(question: &Parse) -> Parsed {
    let octets: &[u8] = &question.octets;
    let mut parsed = Parsed::default();
    let mut at = 0;
    for came in question.splits.iter().copied().filter(|split| *split < octets.len()).chain([octets.len()]) {
        while at < came {
            let head = match question.kind {
                Direction::Request => request(&octets[at..came]),
                Direction::Response => response(&octets[at..came]),
            };
            match head {
                Ok(Some((length, message))) => {
                    parsed.messages.push(message);
                    at += length;
                }
                Ok(None) => break,
                Err(_) => {
                    parsed.then = Then::Reject;
                    return parsed;
                }
            }
        }
    }
    let between = octets[at..].iter().all(|octet| matches!(octet, b'\r' | b'\n'));
    parsed.then = match (between, question.end) {
        (true, true) => Then::End,
        (true, false) => Then::Idle,
        (false, true) => Then::Reject,
        (false, false) => Then::More,
    };
    parsed
}

/// A head with its length, or none while it is incomplete.
type Head = Result<Option<(usize, ParsedMessage)>, httparse::Error>;

fn request(octets: &[u8]) -> Head {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut request = httparse::Request::new(&mut fields);
    let httparse::Status::Complete(length) = request.parse(octets)? else { return Ok(None) };
    let message = ParsedMessage {
        method: request.method.map(|method| Octets(method.as_bytes().to_vec())),
        target: request.path.map(|path| Octets(path.as_bytes().to_vec())),
        version: version(request.version),
        fields: owned(request.headers),
        ..ParsedMessage::default()
    };
    Ok(Some((length, message)))
}

fn response(octets: &[u8]) -> Head {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(length) = response.parse(octets)? else { return Ok(None) };
    let message = ParsedMessage {
        status: response.code,
        reason: response.reason.map(|reason| Octets(reason.as_bytes().to_vec())),
        version: version(response.version),
        fields: owned(response.headers),
        ..ParsedMessage::default()
    };
    Ok(Some((length, message)))
}

fn version(minor: Option<u8>) -> String {
    minor.map(|minor| format!("1.{minor}")).unwrap_or_default()
}

fn owned(fields: &[httparse::Header<'_>]) -> Vec<(Octets, Octets)> {
    fields.iter().map(|field| (Octets(field.name.as_bytes().to_vec()), Octets(field.value.to_vec()))).collect()
}
