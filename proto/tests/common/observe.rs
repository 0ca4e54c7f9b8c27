//! What a reader says about a stream that arrives in pieces, written so that two deliveries can be compared: places count
//! from the beginning of the stream, and content is one run however often it was told.

use wiregauge_proto::head::FieldLine;
use wiregauge_proto::message::{Event, Fault, Kind, Reader};
use wiregauge_proto::{Limits, Place, Span, Witness};

/// One thing that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Head {
        start_line: String,
        fields: Vec<(Place, Place)>,
        end: u64,
    },
    Content(Vec<u8>),
    Complete {
        trailers: Vec<(Place, Place)>,
        end: u64,
    },
    Switched(u64),
    End,
    Fault(Fault),
    /// The last word: between two messages, or inside one.
    Waiting {
        idle: bool,
    },
}

/// Reads `octets` as they arrive in pieces that end at `cuts` (in ascending order) and at their end.
pub(crate) fn observe<W: Witness>(
    reader: &mut Reader<W>,
    octets: &[u8],
    cuts: impl IntoIterator<Item = usize>,
    ended: bool,
) -> Vec<Said> {
    let mut said = Vec::new();
    let mut at = 0;
    let mut arrivals = cuts.into_iter().chain([octets.len()]).peekable();
    while let Some(arrived) = arrivals.next() {
        let last = arrivals.peek().is_none();
        loop {
            let rest = &octets[at..arrived];
            let (consumed, event) = match reader.read(rest, ended && last) {
                Ok(read) => read,
                Err(fault) => {
                    said.push(Said::Fault(fault));
                    return said;
                }
            };
            let base = at as u64;
            at += consumed;
            match event {
                Event::Need if last => {
                    said.push(Said::Waiting { idle: reader.is_idle(&octets[at..]) });
                    return said;
                }
                Event::Need => break,
                Event::Request(head) => {
                    let start_line = format!("{:?} {:?} {:?} {:?}", head.method, head.target, head.form, head.version);
                    said.push(Said::Head { start_line, fields: places(&head.fields, base), end: at as u64 });
                }
                Event::Response(head) => {
                    let start_line = format!("{:?} {:?} {:?}", head.version, head.status, head.reason);
                    said.push(Said::Head { start_line, fields: places(&head.fields, base), end: at as u64 });
                }
                Event::Content(range) => {
                    let content = &rest[range];
                    assert!(!content.is_empty(), "content that is none");
                    match said.last_mut() {
                        Some(Said::Content(before)) => before.extend_from_slice(content),
                        _ => said.push(Said::Content(content.to_vec())),
                    }
                }
                Event::Complete { trailers } => {
                    said.push(Said::Complete { trailers: places(&trailers, base), end: at as u64 });
                }
                Event::Switched => {
                    said.push(Said::Switched(at as u64));
                    return said;
                }
                Event::End => {
                    said.push(Said::End);
                    return said;
                }
            }
        }
    }
    said
}

/// The reader of a row or a generated message.
pub(crate) fn reader<W: Witness>(kind: Kind, limits: Limits, witness: W) -> Reader<W> {
    Reader::new(kind, limits, witness)
}

fn places(fields: &[FieldLine], base: u64) -> Vec<(Place, Place)> {
    fields.iter().map(|field| (place(field.name, base), place(field.value, base))).collect()
}

fn place(span: Span, base: u64) -> Place {
    span.in_stream(base)
}
