//! A whole stream at once, with its messages made owned.

use super::{Event, Fault, Kind, Message, OwnedField, Reader, Stream, Then};
use crate::body::BodyLength;
use crate::field::{persists, unfolded};
use crate::head::{FieldLine, RequestHead, ResponseHead};
use crate::limits::Limits;
use crate::rule::Rule;
use crate::span::{Place, Span};
use crate::witness::{Broken, Findings, RuleSet, Strict, Tolerant, Witness};

/// Reads `octets` strictly: the first broken rule ends the reading. `ended` says that the stream ends behind them;
/// `request_methods` are those that the final responses answer, in order (missing ones are GET; of no use for requests).
///
/// ```
/// use wiregauge_proto::{Limits, Rule};
/// use wiregauge_proto::message::{Kind, Then, read_all_strict};
/// let stream = read_all_strict(Kind::Requests, b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", false, &[], &Limits::DEFAULT);
/// let Then::Reject(fault) = stream.then else { panic!() };
/// assert_eq!((fault.rule, fault.at.start), (Rule::FieldLineSpaceBeforeColon, 20));
/// ```
pub fn read_all_strict(kind: Kind, octets: &[u8], ended: bool, request_methods: &[&[u8]], limits: &Limits) -> Stream {
    let mut stream = read_all(&mut Reader::new(kind, *limits, Strict), octets, ended, request_methods);
    stream.faults.extend(rejection(&stream));
    stream
}

/// Reads `octets` and goes on at the rules of `tolerated`, where the grammar knows how; else as [`read_all_strict`].
pub fn read_all_tolerant(
    kind: Kind,
    octets: &[u8],
    ended: bool,
    request_methods: &[&[u8]],
    limits: &Limits,
    tolerated: RuleSet,
) -> Stream {
    let mut stream = read_all(&mut Reader::new(kind, *limits, Tolerant(tolerated)), octets, ended, request_methods);
    stream.faults.extend(rejection(&stream));
    stream
}

/// Reads `octets` and notes every broken rule, as far as anything sensible follows; else as [`read_all_strict`]. The first
/// of the faults is the one that the strict reading ends with.
pub fn read_all_findings(kind: Kind, octets: &[u8], ended: bool, request_methods: &[&[u8]], limits: &Limits) -> Stream {
    let mut reader = Reader::new(kind, *limits, InStream::default());
    let mut stream = read_all(&mut reader, octets, ended, request_methods);
    stream.faults = std::mem::take(&mut reader.witness_mut().faults);
    stream
}

/// [`Findings`], with places in the stream.
#[derive(Debug, Default)]
struct InStream {
    base: u64,
    faults: Vec<Fault>,
}

impl Witness for InStream {
    fn broke(&mut self, rule: Rule, at: Span) -> Result<(), Broken> {
        self.faults.push(Fault { rule, at: at.in_stream(self.base) });
        if self.faults.len() < Findings::MOST { Ok(()) } else { Err(Broken { rule, at }) }
    }

    fn lost(&mut self, rule: Rule, at: Span) -> Broken {
        self.faults.push(Fault { rule, at: at.in_stream(self.base) });
        Broken { rule, at }
    }

    fn stands_at(&mut self, base: u64) {
        self.base = base;
    }
}

fn rejection(stream: &Stream) -> Option<Fault> {
    match stream.then {
        Then::Reject(fault) => Some(fault),
        _ => None,
    }
}

fn read_all<W: Witness>(reader: &mut Reader<W>, octets: &[u8], ended: bool, request_methods: &[&[u8]]) -> Stream {
    for method in request_methods {
        reader.answering(method);
    }
    let mut messages = Vec::new();
    let mut partial: Option<Message> = None;
    let mut at = 0;
    let then = loop {
        let rest = &octets[at..];
        let (consumed, event) = match reader.read(rest, ended) {
            Ok(read) => read,
            Err(fault) => break Then::Reject(fault),
        };
        match event {
            Event::Need if reader.is_idle(&rest[consumed..]) => break Then::Idle,
            Event::Need => break Then::More,
            Event::Request(head) => {
                partial = Some(request(&head, rest, at));
                reader.reuse(head.fields);
            }
            Event::Response(head) => {
                let mut message = response(&head, rest, at);
                // A body that lasts until the end takes the connection with it.
                message.keep_alive &=
                    reader.decision().is_none_or(|decision| decision.length != BodyLength::UntilClose);
                partial = Some(message);
            }
            Event::Content(range) => {
                if let Some(message) = &mut partial {
                    message.content.extend_from_slice(&rest[range]);
                }
            }
            Event::Complete { trailers } => {
                if let Some(mut message) = partial.take() {
                    message.trailers = owned(&trailers, rest);
                    message.at.end = (at + consumed) as u64;
                    messages.push(message);
                }
            }
            Event::Switched => {
                messages.extend(partial.take());
                break Then::Switched { from: at as u64 };
            }
            Event::End => break Then::End,
        }
        if let (Some(message), Some(decision)) = (&mut partial, reader.decision()) {
            message.keep_alive &= !decision.must_close;
        }
        at += consumed;
    };
    Stream { messages, partial, then, faults: Vec::new() }
}

fn request(head: &RequestHead, octets: &[u8], base: usize) -> Message {
    Message {
        method: head.method.of(octets).to_vec(),
        target: head.target.of(octets).to_vec(),
        version: (head.version.major, head.version.minor),
        fields: owned(&head.fields, octets),
        keep_alive: persists(head.version, &head.fields, octets),
        at: Place { start: base as u64 + u64::from(head.method.start), end: base as u64 + u64::from(head.length) },
        body_at: base as u64 + u64::from(head.length),
        ..Message::default()
    }
}

fn response(head: &ResponseHead, octets: &[u8], base: usize) -> Message {
    Message {
        version: (head.version.major, head.version.minor),
        status: head.status,
        reason: head.reason.of(octets).to_vec(),
        fields: owned(&head.fields, octets),
        keep_alive: persists(head.version, &head.fields, octets),
        at: Place { start: base as u64, end: base as u64 + u64::from(head.length) },
        body_at: base as u64 + u64::from(head.length),
        ..Message::default()
    }
}

fn owned(fields: &[FieldLine], octets: &[u8]) -> Vec<OwnedField> {
    fields.iter().map(|field| (field.name.of(octets).to_vec(), unfolded(field.value.of(octets)).into_owned())).collect()
}
