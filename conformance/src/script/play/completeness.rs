//! Which messages of a connection are complete: what a wait needs to know, and nothing else. It never judges: what cannot be read at
//! all completes nothing, so that such a wait is ended by the end of the connection or by lateness.

use wiregauge_proto::message::{Event, Kind, Reader};
use wiregauge_proto::{Limits, Rule, RuleSet, Tolerant};

use crate::corpus::model::Awaited;

/// How far the responses on a connection of ours came.
pub(super) struct Completeness {
    /// None once nothing sensible follows.
    reader: Option<Reader<Tolerant>>,
    /// Octets that the reader has not consumed.
    left: Vec<u8>,
    /// Whether the message that is being read is an interim response.
    interim: bool,
    finals: usize,
    interims: usize,
}

impl Default for Completeness {
    /// Every rule may break as long as the reading can go on: a subject's mistakes are for the judge to find.
    fn default() -> Completeness {
        let all: RuleSet = Rule::ALL.iter().copied().collect();
        let reader = Reader::new(Kind::Responses, Limits::DEFAULT, Tolerant(all));
        Completeness { reader: Some(reader), left: Vec::new(), interim: false, finals: 0, interims: 0 }
    }
}

impl Completeness {
    /// A request of that method is being sent.
    pub(super) fn answering(&mut self, method: &str) {
        if let Some(reader) = &mut self.reader {
            reader.answering(method.as_bytes());
        }
    }

    /// How many messages of that kind are complete. Requests come on connections of the subject's only.
    pub(super) fn count(&self, awaited: Awaited) -> usize {
        match awaited {
            Awaited::Response => self.finals,
            Awaited::Interim => self.interims,
            Awaited::Request => 0,
        }
    }

    /// Octets came.
    pub(super) fn received(&mut self, octets: &[u8]) {
        if self.reader.is_some() {
            self.left.extend_from_slice(octets);
            self.read_on(false);
        }
    }

    /// The connection ended; only a clean end completes a response that has no other end.
    pub(super) fn ended(&mut self, clean: bool) {
        if clean {
            self.read_on(true);
        }
        self.give_up();
    }

    fn read_on(&mut self, ended: bool) {
        let mut at = 0;
        while let Some(reader) = &mut self.reader {
            let Ok((consumed, event)) = reader.read(&self.left[at..], ended) else { return self.give_up() };
            at += consumed;
            match event {
                Event::Need => break,
                Event::Response(head) => self.interim = (100..200).contains(&head.status) && head.status != 101,
                Event::Complete { .. } if self.interim => self.interims += 1,
                Event::Complete { .. } => self.finals += 1,
                // The answer that switched is complete; what follows is another protocol's.
                Event::Switched => {
                    self.finals += 1;
                    return self.give_up();
                }
                Event::End => return self.give_up(),
                Event::Content(_) | Event::Request(_) => {}
            }
        }
        self.left.drain(..at);
    }

    fn give_up(&mut self) {
        self.reader = None;
        self.left = Vec::new();
    }
}
