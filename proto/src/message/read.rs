//! The reader of a stream of messages: events out of octets, however they were cut.

use super::{Fault, Kind};
use crate::body::{Answered, Decision, Decoder, Piece, Step, length};
use crate::field;
use crate::head::{self, FieldLine, Progress, Reading, RequestHead, ResponseHead};
use crate::limits::Limits;
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Witness};
use std::collections::VecDeque;
use std::ops::Range;

/// What a stream says next. Spans and ranges count from the beginning of the buffer that was passed to [`Reader::read`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Everything in the buffer was looked at and more is needed.
    Need,
    /// The head of a request.
    Request(RequestHead),
    /// The head of a response, interim ones among them.
    Response(ResponseHead),
    /// Content of the message: these octets.
    Content(Range<usize>),
    /// The message is complete.
    Complete {
        /// The trailer fields.
        trailers: Vec<FieldLine>,
    },
    /// Another protocol follows: after a 101, or a 2xx to CONNECT. Told again and again.
    Switched,
    /// The peer ended the stream between two messages. Told again and again.
    End,
}

/// Reads the messages of one direction of a connection.
///
/// ```
/// use wiregauge_proto::{Limits, Strict};
/// use wiregauge_proto::message::{Event, Kind, Reader};
/// let octets = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
/// let mut reader = Reader::new(Kind::Responses, Limits::DEFAULT, Strict);
/// let mut at = 0;
/// let mut content = Vec::new();
/// loop {
///     let (consumed, event) = reader.read(&octets[at..], false).unwrap();
///     match event {
///         Event::Content(range) => content.extend_from_slice(&octets[at..][range]),
///         Event::Need => break,
///         _ => {}
///     }
///     at += consumed;
/// }
/// assert_eq!(content, b"hi");
/// ```
#[derive(Clone, Debug)]
pub struct Reader<W> {
    kind: Kind,
    limits: Limits,
    witness: W,
    state: State,
    answering: VecDeque<Answered>,
    interim_responses: u32,
    decision: Option<Decision>,
    /// Storage for the next head.
    spare: Vec<FieldLine>,
    /// The place in the stream of the first octet not yet consumed.
    base: u64,
}

#[derive(Clone, Debug)]
enum State {
    Head(Progress),
    Body(Decoder),
    Switched,
    End,
    Broken(Fault),
}

impl<W: Witness> Reader<W> {
    /// At the beginning of a stream.
    pub fn new(kind: Kind, limits: Limits, witness: W) -> Reader<W> {
        Reader {
            kind,
            limits,
            witness,
            state: State::Head(Progress::default()),
            answering: VecDeque::new(),
            interim_responses: 0,
            decision: None,
            spare: Vec::new(),
            base: 0,
        }
    }

    /// Says which method the next final response answers that nothing was said about yet. Where nothing was said, it is GET.
    pub fn answering(&mut self, method: &[u8]) {
        self.answering.push_back(Answered::by(method));
    }

    /// Gives the storage of a head back, for a later head to fill; with it, reading heads allocates nothing.
    pub fn reuse(&mut self, storage: Vec<FieldLine>) {
        self.spare = storage;
    }

    /// How the end of the body is found of the message whose head was read last.
    pub fn decision(&self) -> Option<Decision> {
        self.decision
    }

    /// The place in the stream of the first octet not yet consumed.
    pub fn place(&self) -> u64 {
        self.base
    }

    /// Whether the stream stands between two messages: nothing of the next one was seen in `unconsumed`, the octets passed
    /// last without those that were consumed, but perhaps empty lines before a request-line.
    pub fn is_idle(&self, unconsumed: &[u8]) -> bool {
        match &self.state {
            State::Head(progress) => progress.empty_lines() == Some(unconsumed.len()),
            _ => false,
        }
    }

    /// The witness.
    pub fn witness(&self) -> &W {
        &self.witness
    }

    /// The witness, to take out what it noted.
    pub fn witness_mut(&mut self) -> &mut W {
        &mut self.witness
    }

    /// Reads on. `octets` begin with the first octet not yet consumed and hold everything that came after it; `ended` says
    /// that the peer ended the stream behind them. Gives how many octets are consumed now, and an event.
    ///
    /// # Errors
    /// The rule that ended the reading; the same again on every further call.
    pub fn read(&mut self, octets: &[u8], ended: bool) -> Result<(usize, Event), Fault> {
        self.witness.stands_at(self.base);
        match self.step(octets, ended) {
            Ok((consumed, event)) => {
                self.base += consumed as u64;
                Ok((consumed, event))
            }
            Err(Broken { rule, at }) => {
                let fault = match self.state {
                    State::Broken(fault) => fault,
                    _ => Fault { rule, at: at.in_stream(self.base) },
                };
                self.state = State::Broken(fault);
                Err(fault)
            }
        }
    }

    fn step(&mut self, octets: &[u8], ended: bool) -> Result<(usize, Event), Broken> {
        match &mut self.state {
            State::Head(_) => match self.head(octets)? {
                Some((length, event)) => Ok((length, event)),
                None if !ended => Ok((0, Event::Need)),
                None if self.is_idle(octets) => {
                    self.state = State::End;
                    Ok((octets.len(), Event::End))
                }
                None => Err(self.ends_inside(Rule::MessageIncompleteHead, octets.len())),
            },
            State::Body(decoder) => match decoder.read(octets, &mut self.witness)? {
                (consumed, Piece::Data(range)) => Ok((consumed, Event::Content(range))),
                (consumed, Piece::End(trailers)) => {
                    self.state = State::Head(Progress::reusing(std::mem::take(&mut self.spare)));
                    Ok((consumed, Event::Complete { trailers }))
                }
                (consumed, Piece::Need) if !ended => Ok((consumed, Event::Need)),
                (consumed, Piece::Need) => match decoder.ends_here() {
                    Some(rule) => Err(self.ends_inside(rule, octets.len())),
                    None => {
                        self.state = State::End;
                        Ok((consumed, Event::Complete { trailers: Vec::new() }))
                    }
                },
            },
            State::Switched => Ok((0, Event::Switched)),
            State::End => Ok((0, Event::End)),
            State::Broken(fault) => Err(Broken { rule: fault.rule, at: Span::default() }),
        }
    }

    fn ends_inside(&mut self, rule: Rule, end: usize) -> Broken {
        self.witness.lost(rule, Span::new(end, end))
    }

    fn head(&mut self, octets: &[u8]) -> Result<Option<(usize, Event)>, Broken> {
        let State::Head(progress) = &mut self.state else { return Ok(None) };
        let (length, decision, event) = match self.kind {
            Kind::Requests => {
                let Reading::Done(head) = head::read_request(octets, progress, &self.limits, &mut self.witness)? else {
                    return Ok(None);
                };
                field::check_request(&head, octets, &mut self.witness)?;
                let decision = length::request(&head, octets, &self.limits, &mut self.witness)?;
                (head.length, decision, Event::Request(head))
            }
            Kind::Responses => {
                let Reading::Done(head) = head::read_response(octets, progress, &self.limits, &mut self.witness)?
                else {
                    return Ok(None);
                };
                field::check_response(&head, octets, &mut self.witness)?;
                let answered = self.answered(&head)?;
                let decision = length::response(&head, answered, octets, &self.limits, &mut self.witness)?;
                if decision.step == Step::Connect || head.status == 101 {
                    self.state = State::Switched;
                }
                (head.length, decision, Event::Response(head))
            }
        };
        if let State::Head(_) = self.state {
            self.state = State::Body(Decoder::new(decision.length, &self.limits));
        }
        self.decision = Some(decision);
        Ok(Some((length as usize, event)))
    }

    /// The method that this response answers. An interim one uses none up (RFC 9110 §15.2).
    fn answered(&mut self, head: &ResponseHead) -> Result<Answered, Broken> {
        if (100..200).contains(&head.status) && head.status != 101 {
            self.interim_responses += 1;
            if self.interim_responses > self.limits.interim_responses {
                let whole = Span::new(0, head.length as usize);
                return Err(self.witness.lost(Rule::LimitInterimResponses, whole));
            }
            return Ok(Answered::Other);
        }
        self.interim_responses = 0;
        Ok(self.answering.pop_front().unwrap_or_default())
    }
}
