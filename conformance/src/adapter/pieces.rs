//! Octets, cut anywhere, read by `proto` into an answer of the contract.

use wiregauge_proto::body::BodyLength;
use wiregauge_proto::field::{persists, unfolded};
use wiregauge_proto::head::FieldLine;
use wiregauge_proto::message::{Event, Kind, Reader};
use wiregauge_proto::{Limits, Strict};

use super::contract::{Parsed, ParsedMessage, Then};
use crate::corpus::model::Direction;
use crate::transcript::Octets;

/// Octets and how they come.
#[derive(Clone, Copy, Debug)]
pub struct Stream<'o> {
    /// Requests or responses.
    pub kind: Direction,
    /// All of them.
    pub octets: &'o [u8],
    /// Where they are cut, ascending; cuts beyond the end cut nothing.
    pub splits: &'o [usize],
    /// Whether the connection ends behind them.
    pub end: bool,
    /// What each final response answers, in order; missing ones are GET.
    pub request_methods: &'o [String],
}

/// Reads strictly, one piece after another; never looks at an octet before its piece came.
pub fn read(stream: Stream<'_>) -> Parsed {
    let kind = match stream.kind {
        Direction::Request => Kind::Requests,
        Direction::Response => Kind::Responses,
    };
    let mut reader = Reader::new(kind, Limits::DEFAULT, Strict);
    for method in stream.request_methods {
        reader.answering(method.as_bytes());
    }
    let mut parsed = Parsed::default();
    let mut partial: Option<ParsedMessage> = None;
    let mut at = 0;
    let mut splits = stream.splits.iter().copied().filter(|split| *split < stream.octets.len());
    let mut came = splits.next().unwrap_or(stream.octets.len());
    loop {
        let last = came == stream.octets.len();
        let octets = &stream.octets[at..came];
        let (consumed, event) = match reader.read(octets, stream.end && last) {
            Ok(read) => read,
            Err(fault) => {
                parsed.then = Then::Reject;
                parsed.rule = Some(fault.rule.id().to_owned());
                parsed.at = Some(fault.at.start);
                return parsed;
            }
        };
        match event {
            Event::Need if !last => came = splits.next().unwrap_or(stream.octets.len()).max(came),
            Event::Need => {
                parsed.then = if reader.is_idle(&octets[consumed..]) { Then::Idle } else { Then::More };
                return parsed;
            }
            Event::Request(head) => {
                partial = Some(ParsedMessage {
                    method: Some(Octets(head.method.of(octets).to_vec())),
                    target: Some(Octets(head.target.of(octets).to_vec())),
                    version: format!("{}.{}", head.version.major, head.version.minor),
                    keep_alive: Some(persists(head.version, &head.fields, octets)),
                    fields: owned(&head.fields, octets),
                    ..ParsedMessage::default()
                });
                reader.reuse(head.fields);
            }
            Event::Response(head) => {
                let until_close = reader.decision().is_some_and(|decision| decision.length == BodyLength::UntilClose);
                partial = Some(ParsedMessage {
                    status: Some(head.status),
                    reason: Some(Octets(head.reason.of(octets).to_vec())),
                    version: format!("{}.{}", head.version.major, head.version.minor),
                    keep_alive: Some(persists(head.version, &head.fields, octets) && !until_close),
                    fields: owned(&head.fields, octets),
                    ..ParsedMessage::default()
                });
                reader.reuse(head.fields);
            }
            Event::Content(range) => {
                if let Some(message) = &mut partial {
                    message.body.0.extend_from_slice(&octets[range]);
                }
            }
            Event::Complete { trailers } => {
                if let Some(mut message) = partial.take() {
                    message.trailers = owned(&trailers, octets);
                    parsed.messages.push(message);
                }
            }
            Event::Switched => {
                parsed.messages.extend(partial.take());
                parsed.then = Then::Switched;
                parsed.rest = Some(Octets(stream.octets[at + consumed..].to_vec()));
                return parsed;
            }
            Event::End => {
                parsed.then = Then::End;
                return parsed;
            }
        }
        if let (Some(message), Some(decision)) = (&mut partial, reader.decision())
            && decision.must_close
        {
            message.keep_alive = Some(false);
        }
        at += consumed;
    }
}

fn owned(fields: &[FieldLine], octets: &[u8]) -> Vec<(Octets, Octets)> {
    let name = |field: &FieldLine| Octets(field.name.of(octets).to_vec());
    fields.iter().map(|field| (name(field), Octets(unfolded(field.value.of(octets)).into_owned()))).collect()
}
