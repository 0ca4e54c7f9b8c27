//! A transcript seen connection by connection: the octets of both directions in streams of their own, when each part of them came or
//! went, and how the connection ended.

use std::collections::BTreeMap;

use wiregauge_proto::message::{Message, Stream, Then};

use crate::corpus::model::Shut;
use crate::script::reading;
use crate::transcript::{Purpose, Transcript, Waited, What};

/// Octets that went out in one piece.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) purpose: Purpose,
    /// Offsets in all that was sent on this connection.
    pub(crate) from: u64,
    pub(crate) to: u64,
    /// Index of the event.
    pub(crate) event: usize,
}

/// How the peer ended its half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Fin,
    Reset,
}

/// One connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    pub(crate) sent: Vec<u8>,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) methods: Vec<String>,
    pub(crate) received: Vec<u8>,
    /// For every receipt: one past its last octet in `received`, and the index of its event.
    arrivals: Vec<(u64, usize)>,
    pub(crate) ending: Option<(Ending, usize)>,
    pub(crate) shut: Option<(Shut, usize)>,
    pub(crate) refused: Option<String>,
    pub(crate) not_sent: bool,
    /// Waits that came out, in order.
    pub(crate) waits: Vec<(usize, Waited)>,
}

/// A message of the peer, with the events between which it came.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) message: Message,
    /// The event that brought its first octet.
    pub(crate) began: usize,
}

/// What the peer sent on a connection where it answers.
#[derive(Clone, Debug)]
pub(crate) struct Answers {
    pub(crate) finals: Vec<Arrived>,
    pub(crate) interim: Vec<Arrived>,
    /// A final response that is not whole, if its head is.
    pub(crate) cut: Option<Arrived>,
    /// Octets that are no response.
    pub(crate) garbage: Option<Garbage>,
    pub(crate) stream: Stream,
}

/// Octets that should have been a response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Garbage {
    /// Where they begin.
    pub(crate) begin: u64,
    /// The first octet that no response has there; where they begin if they only stop too early.
    pub(crate) fault: u64,
}

/// All connections of a transcript.
pub(crate) struct View<'t> {
    pub(crate) transcript: &'t Transcript,
    pub(crate) lines: BTreeMap<&'t str, Line>,
    /// How the subject's process ended, if it did.
    pub(crate) died: Option<&'t str>,
}

impl<'t> View<'t> {
    pub(crate) fn of(transcript: &'t Transcript) -> View<'t> {
        let mut view = View { transcript, lines: BTreeMap::new(), died: None };
        for (index, event) in transcript.events.iter().enumerate() {
            if let What::Died { how } = &event.what {
                view.died = Some(how);
                continue;
            }
            view.lines.entry(&event.on).or_default().note(index, &event.what);
        }
        view
    }

    pub(crate) fn line(&self, name: &str) -> Option<&Line> {
        self.lines.get(name)
    }

    /// The connections the subject opened to us, in order of their names.
    pub(crate) fn origins(&self) -> impl Iterator<Item = (&'t str, &Line)> + '_ {
        self.lines.iter().filter(|(name, _)| name.starts_with('s')).map(|(name, line)| (*name, line))
    }
}

impl Line {
    fn note(&mut self, index: usize, what: &What) {
        match what {
            What::Refused { error } => self.refused = Some(error.clone()),
            What::Sent { purpose, octets, methods } => {
                let from = self.sent.len() as u64;
                self.sent.extend_from_slice(&octets.0);
                self.methods.extend_from_slice(methods);
                self.pieces.push(Piece { purpose: *purpose, from, to: self.sent.len() as u64, event: index });
            }
            What::NotSent { .. } => self.not_sent = true,
            What::Received { octets } => {
                self.received.extend_from_slice(&octets.0);
                self.arrivals.push((self.received.len() as u64, index));
            }
            // A reset is the ending for good; a FIN that some read showed after it is not one.
            What::Fin if self.ending.is_none() => self.ending = Some((Ending::Fin, index)),
            What::Reset => self.ending = Some((Ending::Reset, index)),
            What::Shut { how } => self.shut = self.shut.or(Some((*how, index))),
            What::Waited { waited, .. } => self.waits.push((index, *waited)),
            _ => {}
        }
    }

    /// The event that brought the octet at `at`; the number of all events for one that never came.
    pub(crate) fn arrival(&self, at: u64) -> usize {
        let index = self.arrivals.partition_point(|(end, _)| *end <= at);
        self.arrivals.get(index).map_or(usize::MAX, |(_, event)| *event)
    }

    /// How many octets of ours had gone out before this event.
    pub(crate) fn sent_before(&self, event: usize) -> u64 {
        self.pieces.iter().take_while(|piece| piece.event < event).last().map_or(0, |piece| piece.to)
    }

    /// The first piece sent for this purpose.
    pub(crate) fn piece(&self, purpose: Purpose) -> Option<&Piece> {
        self.pieces.iter().find(|piece| piece.purpose == purpose)
    }

    /// Whether the peer ended its half.
    pub(crate) fn has_ended(&self) -> bool {
        self.ending.is_some()
    }

    /// Whether a wait on this connection ran out of time, and nothing ended it since.
    pub(crate) fn is_late(&self) -> bool {
        !self.has_ended() && self.waits.last().is_some_and(|(_, waited)| *waited == Waited::Late)
    }

    /// Reads what the peer sent as responses to what we sent.
    pub(crate) fn answers(&self) -> Answers {
        let orderly = matches!(self.ending, Some((Ending::Fin, _)));
        let stream = reading::responses(&self.received, orderly, &self.methods);
        let (mut finals, mut interim) = (Vec::new(), Vec::new());
        for message in stream.messages.iter().cloned() {
            let began = self.arrival(message.at.start);
            let arrived = Arrived { message, began };
            if arrived.message.is_interim() { interim.push(arrived) } else { finals.push(arrived) }
        }
        let head_is_whole = |message: &&Message| message.status != 0 && message.body_at > message.at.start;
        let cut = stream
            .partial
            .as_ref()
            .filter(|message| head_is_whole(message) && !message.is_interim())
            .map(|message| Arrived { began: self.arrival(message.at.start), message: message.clone() });
        let garbage = match &stream.then {
            Then::Reject(fault) if cut.is_none() => {
                let begin = reading::past_last(&stream) as u64;
                let stops_early = fault.at.start >= self.received.len() as u64;
                Some(Garbage { begin, fault: if stops_early { begin } else { fault.at.start } })
            }
            _ => None,
        };
        Answers { finals, interim, cut, garbage, stream }
    }

    /// Reads what the peer sent as requests.
    pub(crate) fn asked(&self) -> Stream {
        reading::requests(&self.received)
    }
}
