//! A connection as RFC 9112 §9 and §8 see it: which message may pass next in either direction, what a response answers,
//! whether the connection persists, and until when to wait. No octets, no sockets, no clock: heads come in as facts, time comes
//! in as a value, deadlines go out as values.
//!
//! The same machine serves both roles. A client tells it the requests that it sends and the responses that it reads, a server
//! the other way round; which direction is read matters only for what is waited for.

pub mod outgoing;
pub mod state;
pub mod wait;

use std::collections::VecDeque;
use std::time::Instant;

pub use state::{Asks, Refused, Requests, Responses, Why};
pub use wait::{Deadline, Wait, Waits};

use crate::rule::Rule;
use state::Event;

/// Which direction is read here; the other one is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reads {
    /// A server.
    Requests,
    /// A client.
    Responses,
}

/// What the head of a request says about the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestFacts {
    /// Whether its content is held back until 100 (Continue): an expectation in a request of version 1.1 that has content.
    pub held: bool,
    /// What it asks to switch to. An Upgrade field in version 1.0 asks for nothing (RFC 9110 §7.8).
    pub asks: Asks,
    /// Whether the connection may persist after its answer (RFC 9112 §9.3).
    pub persists: bool,
}

/// What the head of a response says about the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseFacts {
    /// The status code.
    pub status: u16,
    /// Whether the connection may persist after it: by version and options, and its content does not end with the connection.
    pub persists: bool,
    /// For 101 only: whether it names protocols, all of them offered by the request that it answers.
    pub offered: bool,
}

/// What a response head turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// An interim response: the final one is still to come.
    Interim,
    /// The final response; its content and end follow.
    Final,
    /// The protocol is switched right after this head.
    Switched,
}

/// Why an event was refused: whose fault it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Misstep {
    /// This side asked for something out of turn. Nothing changed.
    Ours,
    /// The peer broke a rule: the connection is over.
    Peers(Rule),
}

/// One connection.
#[derive(Clone, Debug)]
pub struct Connection {
    reads: Reads,
    requests: Requests,
    responses: Responses,
    /// What the requests without a final response asked for, the oldest first.
    outstanding: VecDeque<Asks>,
    interim_responses: u32,
    timer: wait::Timer,
}

impl Connection {
    /// A fresh connection. At most `interim_responses` interim responses are taken for one request.
    pub fn new(reads: Reads, interim_responses: u32, waits: Waits, now: Instant) -> Connection {
        Connection {
            reads,
            requests: Requests::Ready,
            responses: Responses::Idle,
            outstanding: VecDeque::new(),
            interim_responses,
            timer: wait::Timer::new(waits, now),
        }
    }

    /// The direction of requests.
    pub fn requests(&self) -> Requests {
        self.requests
    }

    /// The direction of responses.
    pub fn responses(&self) -> Responses {
        self.responses
    }

    /// How many requests have had no final response, the one being answered included.
    pub fn outstanding(&self) -> usize {
        self.outstanding.len()
    }

    /// Whether another request may pass on this connection, now or later.
    pub fn persists(&self) -> bool {
        !matches!(self.requests, Requests::Over(_) | Requests::Switched)
            && !matches!(self.responses, Responses::Over(_) | Responses::Switched | Responses::Content { last: true })
            && !matches!(self.requests, Requests::Held(state::Then::Over(_)) | Requests::Content(state::Then::Over(_)))
    }

    /// Whether nothing is on its way and the connection may be used again.
    pub fn is_idle(&self) -> bool {
        self.requests == Requests::Ready && self.responses == Responses::Idle
    }

    /// Whether nothing more will pass and this side has to close (RFC 9112 §9.6).
    pub fn is_over(&self) -> bool {
        matches!((self.requests, self.responses), (_, Responses::Over(_)) | (Requests::Over(_), Responses::Idle))
    }

    /// Whether the protocol was switched, and everything from here on is another one's.
    pub fn is_switched(&self) -> bool {
        self.requests == Requests::Switched && self.responses == Responses::Switched
    }

    /// Why the connection is over, if it is or will be after the current exchange.
    pub fn why(&self) -> Option<Why> {
        match (self.requests, self.responses) {
            (Requests::Over(Why::Broken), _) | (_, Responses::Over(Why::Broken)) => Some(Why::Broken),
            (Requests::Over(why), _) | (_, Responses::Over(why)) => Some(why),
            (_, Responses::Content { last: true }) => Some(Why::ResponseSaidClose),
            (Requests::Held(state::Then::Over(why)) | Requests::Content(state::Then::Over(why)), _) => Some(why),
            _ => None,
        }
    }

    /// Octets of a message have come. Where they are the first of one, its head is waited for from now on, and its end.
    pub fn head_begun(&mut self, now: Instant) {
        let is_head = match self.reads {
            Reads::Requests => self.requests.is_ready(),
            Reads::Responses => matches!(self.responses, Responses::Awaited { .. }),
        };
        if is_head {
            self.timer.head_begun(now);
        }
    }

    /// The head of a request passed. The end must follow ([`Connection::request_end`]), also where there is no content.
    pub fn request_head(&mut self, facts: RequestFacts, now: Instant) -> Result<(), Misstep> {
        let event = Event::RequestHead { held: facts.held, asks: facts.asks, last: !facts.persists };
        self.event(event, now)?;
        self.outstanding.push_back(facts.asks);
        Ok(())
    }

    /// Some content of a request passed.
    pub fn request_content(&mut self, now: Instant) -> Result<(), Misstep> {
        self.event(Event::RequestContent, now)
    }

    /// A request passed whole.
    pub fn request_end(&mut self, now: Instant) -> Result<(), Misstep> {
        self.event(Event::RequestEnd, now)
    }

    /// The rest of the content of a request will not pass.
    pub fn request_left(&mut self, now: Instant) -> Result<(), Misstep> {
        self.event(Event::RequestLeft, now)
    }

    /// The sender of requests ended its half between two requests. That says nothing about the responses (RFC 9112 §9.6).
    pub fn requests_ended(&mut self, now: Instant) -> Result<(), Misstep> {
        self.event(Event::RequestsEnd, now)
    }

    /// Held content goes on without having been told to: the wait was long enough (RFC 9110 §10.1.1).
    pub fn proceed(&mut self, now: Instant) -> Result<(), Misstep> {
        self.event(Event::Proceed, now)
    }

    /// The head of a response passed, interim ones included.
    pub fn response_head(&mut self, facts: ResponseFacts, now: Instant) -> Result<Answer, Misstep> {
        let front = self.outstanding.front().copied();
        let (event, answer) = match (facts.status, front) {
            (101, front) => {
                let asked = front == Some(Asks::Upgrade) && facts.offered;
                (Event::Switch { asked }, Answer::Switched)
            }
            (100, _) => (Event::Continue, Answer::Interim),
            (100..=199, _) => (Event::Interim, Answer::Interim),
            (200..=299, Some(Asks::Connect)) => (Event::Switch { asked: true }, Answer::Switched),
            _ => {
                let last = !facts.persists || self.answer_is_last();
                (Event::ResponseHead { last, newest: self.outstanding.len() <= 1 }, Answer::Final)
            }
        };
        if let (Answer::Interim, Responses::Awaited { interim }) = (answer, self.responses)
            && interim >= self.interim_responses
        {
            return Err(self.blame(Rule::LimitInterimResponses));
        }
        self.event(event, now)?;
        if answer == Answer::Switched {
            self.outstanding.clear();
        }
        Ok(answer)
    }

    /// Some content of a response passed.
    pub fn response_content(&mut self, now: Instant) -> Result<(), Misstep> {
        self.event(Event::ResponseContent, now)
    }

    /// A final response passed whole.
    pub fn response_end(&mut self, now: Instant) -> Result<(), Misstep> {
        self.event(Event::ResponseEnd { more: self.outstanding.len() > 1 }, now)?;
        self.outstanding.pop_front();
        Ok(())
    }

    /// The sender of responses ended its half between two responses. Requests that still wait will not be answered.
    pub fn responses_ended(&mut self, now: Instant) -> Result<(), Misstep> {
        self.event(Event::ResponsesEnd, now)
    }

    /// A request broke a rule, was cut off, or took too long. A broken head still gets an answer, the last one.
    pub fn request_broke(&mut self, now: Instant) {
        let owed = self.requests.is_ready();
        if self.event(Event::RequestBreak { owed }, now).is_ok() && owed {
            self.outstanding.push_back(Asks::Nothing);
        }
    }

    /// A rule broke, in either direction, and nothing sensible follows.
    pub fn broke(&mut self) {
        self.requests = Requests::Over(Why::Broken);
        self.responses = Responses::Over(Why::Broken);
    }

    /// Whether the answer to the oldest outstanding request is the last on this connection, because that request said so or
    /// because nothing can follow it.
    pub fn answer_is_last(&self) -> bool {
        self.outstanding.len() == 1
            && match self.requests {
                Requests::Over(_) | Requests::Waiting { last: true } => true,
                Requests::Held(then) | Requests::Content(then) => {
                    matches!(then, state::Then::Over(_) | state::Then::Wait { last: true })
                }
                _ => false,
            }
    }

    fn event(&mut self, event: Event, now: Instant) -> Result<(), Misstep> {
        let next = self.requests.next(event).and_then(|requests| Ok((requests, self.responses.next(event)?)));
        match next {
            Ok((requests, responses)) => {
                self.requests = requests;
                self.responses = responses;
                self.timer.moved(self.reads, event, now);
                Ok(())
            }
            Err(Refused::OutOfTurn) => Err(Misstep::Ours),
            Err(Refused::UnexpectedResponse) => Err(self.blame(Rule::ConnectionUnexpectedResponse)),
            Err(Refused::SwitchUnasked) => Err(self.blame(Rule::ConnectionSwitchUnasked)),
        }
    }

    /// A rule about responses was broken by whoever sends them: by the peer if we read them, by us otherwise.
    fn blame(&mut self, rule: Rule) -> Misstep {
        match self.reads {
            Reads::Requests => Misstep::Ours,
            Reads::Responses => {
                self.broke();
                Misstep::Peers(rule)
            }
        }
    }

    /// What is waited for now and until when; `None` when nothing is, or for as long as it takes.
    pub fn deadline(&self) -> Option<Deadline> {
        self.timer.deadline(self.reads, self.requests, self.responses)
    }

    /// Time is `now`: what was waited for too long, if anything. [`Wait::Proceed`] means that held content may go; every other
    /// one that the peer is given up. Says the same again until something passes.
    pub fn late(&self, now: Instant) -> Option<Wait> {
        self.deadline().filter(|deadline| deadline.at <= now).map(|deadline| deadline.wait)
    }
}
