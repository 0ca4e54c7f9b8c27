//! Octets taken apart: which element stands where, which rules are broken, and what follows.

use std::io::{self, Write};

use wiregauge_proto::message::{Event, Fault, Kind, Reader};
use wiregauge_proto::{Broken, Element, Findings, Limits, Place, Rule, Span, Witness};

use crate::report::octets::{Look, Mark, annotated};

/// What a strict reader makes of a stream.
#[derive(Debug)]
pub(super) struct Anatomy {
    /// Elements in the order in which they were read.
    pub(super) elements: Vec<(Element, Place)>,
    /// Every broken rule.
    pub(super) faults: Vec<Fault>,
    /// How many messages are complete.
    pub(super) complete: usize,
    /// What follows them.
    pub(super) end: End,
}

/// What follows the complete messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing.
    Idle,
    /// The beginning of a message, or a body that lasts until the connection ends.
    More,
    /// Something that cannot be read on.
    Lost,
    /// Another protocol.
    Switched,
}

#[derive(Default)]
struct Noting {
    base: u64,
    elements: Vec<(Element, Place)>,
    faults: Vec<Fault>,
}

impl Witness for Noting {
    fn broke(&mut self, rule: Rule, at: Span) -> Result<(), Broken> {
        self.faults.push(Fault { rule, at: at.in_stream(self.base) });
        if self.faults.len() < Findings::MOST { Ok(()) } else { Err(Broken { rule, at }) }
    }

    fn lost(&mut self, rule: Rule, at: Span) -> Broken {
        self.faults.push(Fault { rule, at: at.in_stream(self.base) });
        Broken { rule, at }
    }

    fn saw(&mut self, element: Element, at: Span) {
        let place = at.in_stream(self.base);
        match self.elements.last_mut() {
            // Content that arrived in pieces is one element.
            Some((Element::Content, last)) if element == Element::Content && last.end == place.start => {
                last.end = place.end
            }
            _ => self.elements.push((element, place)),
        }
    }

    fn stands_at(&mut self, base: u64) {
        self.base = base;
    }
}

/// Takes a stream apart. `request_methods` are those that the responses answer, in order.
pub(super) fn read(kind: Kind, octets: &[u8], request_methods: &[String]) -> Anatomy {
    let mut reader = Reader::new(kind, Limits::DEFAULT, Noting::default());
    for method in request_methods {
        reader.answering(method.as_bytes());
    }
    let (mut at, mut complete) = (0, 0);
    let end = loop {
        match reader.read(&octets[at..], false) {
            Err(_) => break End::Lost,
            Ok((consumed, event)) => {
                at += consumed;
                match event {
                    Event::Need if reader.is_idle(&octets[at..]) => break End::Idle,
                    Event::Need => break End::More,
                    Event::Switched => break End::Switched,
                    Event::End => break End::Idle,
                    Event::Complete { .. } => complete += 1,
                    Event::Request(_) | Event::Response(_) | Event::Content(_) => {}
                }
            }
        }
    };
    let noted = std::mem::take(reader.witness_mut());
    Anatomy { elements: noted.elements, faults: noted.faults, complete, end }
}

/// The RFC's word for an element.
fn element_word(element: Element) -> &'static str {
    match element {
        Element::Method => "method",
        Element::RequestTarget => "request-target",
        Element::HttpVersion => "HTTP-version",
        Element::StatusCode => "status code",
        Element::ReasonPhrase => "reason phrase",
        Element::FieldName => "field name",
        Element::FieldValue => "field value",
        Element::ChunkSize => "chunk size",
        Element::ChunkExt => "chunk extension",
        Element::Content => "content",
        Element::TrailerName => "trailer name",
        Element::TrailerValue => "trailer value",
    }
}

/// Writes the octets with the elements beside them and `marks` beneath.
pub(super) fn write(
    octets: &[u8],
    anatomy: &Anatomy,
    marks: &[Mark],
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    let notes: Vec<(usize, String)> = anatomy
        .elements
        .iter()
        .map(|(element, place)| {
            let last = place.end.saturating_sub(1).max(place.start);
            let range = if place.start == last { format!("{last}") } else { format!("{}-{last}", place.start) };
            let nothing = if place.start == place.end { " (empty)" } else { "" };
            (place.start as usize, format!("{} {range}{nothing}", element_word(*element)))
        })
        .collect();
    for row in annotated(octets, 0, marks, &notes, look) {
        writeln!(out, "{row}")?;
    }
    Ok(())
}

/// A mark for every broken rule.
pub(super) fn marks(anatomy: &Anatomy) -> Vec<Mark> {
    let mark =
        |fault: &Fault| Mark { at: fault.at.start as usize..fault.at.end as usize, says: fault.rule.id().to_owned() };
    anatomy.faults.iter().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_have_places_in_the_stream_also_of_the_second_message() {
        let octets = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nPUT /b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
        let anatomy = read(Kind::Requests, octets, &[]);
        assert_eq!((anatomy.complete, anatomy.end), (2, End::Idle));
        let second = anatomy.elements.iter().filter(|(element, _)| *element == Element::Method).nth(1).unwrap().1;
        assert_eq!(&octets[second.start as usize..second.end as usize], b"PUT");
        assert_eq!(anatomy.elements.last().unwrap().0, Element::Content);
    }

    #[test]
    fn nothing_makes_it_panic() {
        for octets in [&b""[..], b"\r\n", b"\0", b"GET", b"HTTP/1.1 200 OK\r\n\r\nrest"] {
            for kind in [Kind::Requests, Kind::Responses] {
                read(kind, octets, &["HEAD".to_owned()]);
            }
        }
    }
}
