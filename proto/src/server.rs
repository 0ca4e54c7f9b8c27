//! The server's face of a connection: octets of requests come in, octets of responses go out, in the one order that RFC 9112
//! allows. No I/O and no clock: whoever drives it passes octets and the time, and sends what [`Server::take_out`] gives.
//!
//! ```text
//!   octets ──► read ──► Request, Content.., Complete         one request after the other, as far as the connection allows
//!   out    ◄── proceed, interim                              100 (Continue) and other interim responses
//!   out    ◄── respond ──► Responding: content.., end        or switch: the connection leaves HTTP
//! ```
//!
//! A [`Responding`] is what `respond` gives and `end` takes: content without a head, or a head after content, do not compile.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Instant;

use crate::body::{Answered, BodyLength};
pub use crate::connection::outgoing::{Field, Length, SendError};
use crate::connection::outgoing::{RESERVED, Sending, callers};
use crate::connection::{Asks, Connection, Deadline, Misstep, Reads, RequestFacts, Requests, ResponseFacts, Waits};
use crate::field;
use crate::head::{FieldLine, RequestHead, Version};
use crate::limits::Limits;
use crate::message::{self, Fault, HeadWriter, Kind, Reader};
use crate::rule::Rule;
use crate::witness::{RuleSet, Strict, Tolerant};

/// A connection that requests are read from.
#[derive(Debug)]
pub struct Server {
    connection: Connection,
    reader: Reader<Strict>,
    /// What the answers to the outstanding requests depend on, the oldest first.
    asked: VecDeque<Asked>,
    writer: HeadWriter,
    out: Vec<u8>,
    /// The last response has no end but that of the connection.
    until_close: bool,
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    answered: Answered,
    version: Version,
    /// How many protocols it offers to switch to.
    offers: usize,
}

/// What was read. Spans and ranges count from the beginning of the buffer that was passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Everything in the buffer was looked at and more is needed.
    Need,
    /// The head of a request.
    Request {
        /// The head.
        head: RequestHead,
        /// Whether its sender waits for 100 (Continue) before it sends content ([`Server::proceed`]).
        held: bool,
        /// Whether it expects something else, that nobody here can do: 417 may answer it, or it is ignored (RFC 9110 §10.1.1).
        expects_more: bool,
    },
    /// Content of the request: these octets.
    Content(Range<usize>),
    /// The request is complete.
    Complete {
        /// The trailer fields.
        trailers: Vec<FieldLine>,
    },
    /// Nothing is read before the requests that came are answered: one of them asked to switch.
    Wait,
    /// Nothing more is read: [`Connection::why`] says why. Octets that still come are not requests.
    Over,
    /// The octets from here on are another protocol's.
    Switched,
}

/// The head of a response, but for what the connection itself writes into it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head<'h> {
    /// The status code, 200 to 599.
    pub status: u16,
    /// The reason phrase; may be empty.
    pub reason: &'h [u8],
    /// Field lines, in order. Connection, Content-Length, Transfer-Encoding and Upgrade are written by the connection.
    pub fields: &'h [Field<'h>],
    /// Whether the connection shall end after this response.
    pub close: bool,
}

impl Server {
    /// A fresh connection.
    pub fn new(limits: Limits, waits: Waits, now: Instant) -> Server {
        Server {
            connection: Connection::new(Reads::Requests, limits.interim_responses, waits, now),
            reader: Reader::new(Kind::Requests, limits, Strict),
            asked: VecDeque::new(),
            writer: HeadWriter::default(),
            out: Vec::new(),
            until_close: false,
        }
    }

    /// The states.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// What is waited for, and until when.
    pub fn deadline(&self) -> Option<Deadline> {
        self.connection.deadline()
    }

    /// Reads on. `octets` begin with the first octet not yet consumed; `ended` says that the client ended its half behind them.
    /// Gives how many octets are consumed now, and an event.
    ///
    /// # Errors
    /// The rule that a request broke: nothing more is read. An answer to it can still be given, the last one.
    pub fn read(&mut self, octets: &[u8], ended: bool, now: Instant) -> Result<(usize, Event), Fault> {
        match self.connection.requests() {
            Requests::Over(_) => return Ok((0, Event::Over)),
            Requests::Waiting { .. } => return Ok((0, Event::Wait)),
            Requests::Switched => return Ok((0, Event::Switched)),
            Requests::Ready | Requests::Held(_) | Requests::Content(_) => {}
        }
        let (consumed, event) = match self.reader.read(octets, ended) {
            Ok(read) => read,
            Err(fault) => {
                self.give_up(octets, now);
                return Err(fault);
            }
        };
        let done = match event {
            message::Event::Need => {
                if !self.reader.is_idle(&octets[consumed..]) {
                    self.connection.head_begun(now);
                }
                (Ok(()), Event::Need)
            }
            message::Event::Request(head) => {
                self.connection.head_begun(now);
                self.head(head, octets, now)
            }
            message::Event::Content(range) => (self.connection.request_content(now), Event::Content(range)),
            message::Event::Complete { trailers } => (self.connection.request_end(now), Event::Complete { trailers }),
            message::Event::End => (self.connection.requests_ended(now), Event::Over),
            message::Event::Response(_) | message::Event::Switched => {
                unreachable!("a reader of requests gives no responses")
            }
        };
        debug_assert_eq!(done.0, Ok(()), "a reader gives its events in the order of the states");
        Ok((consumed, done.1))
    }

    fn head(&mut self, head: RequestHead, octets: &[u8], now: Instant) -> (Result<(), Misstep>, Event) {
        const OTHER: RuleSet = RuleSet::NONE.with(Rule::ExpectUnsupported);
        let continues = field::expects_continue(&head, octets, &mut Tolerant(OTHER)).unwrap_or(false);
        let expects_more = field::expects_continue(&head, octets, &mut Strict).is_err();
        let content = self.reader.decision().is_some_and(|decision| has_content(decision.length));
        let must_close = self.reader.decision().is_some_and(|decision| decision.must_close);
        let held = continues && content;
        let method = head.method.of(octets);
        let answered = Answered::by(method);
        let offers = match head.version >= Version::HTTP_11 {
            true => field::upgrade_protocols(&head.fields, octets).count(),
            false => 0,
        };
        let asks = match (answered, offers) {
            (Answered::Connect, _) => Asks::Connect,
            (_, 1..) => Asks::Upgrade,
            _ => Asks::Nothing,
        };
        let persists = field::persists(head.version, &head.fields, octets) && !must_close;
        let done = self.connection.request_head(RequestFacts { held, asks, persists }, now);
        self.asked.push_back(Asked { answered, version: head.version, offers });
        (done, Event::Request { head, held, expects_more })
    }

    /// No further request is read: one broke a rule, or is not waited for any longer. If that one has had no head yet, an answer
    /// to it can still be given ([`Server::respond`]). `octets` are those not consumed: they show whether it began as HEAD.
    pub fn give_up(&mut self, octets: &[u8], now: Instant) {
        if self.connection.requests().is_ready() {
            let start = octets.iter().position(|octet| !matches!(octet, b'\r' | b'\n')).unwrap_or(0);
            let answered = if octets[start..].starts_with(b"HEAD ") { Answered::Head } else { Answered::Other };
            self.asked.push_back(Asked { answered, version: Version::HTTP_11, offers: 0 });
        }
        self.connection.request_broke(now);
    }

    /// The rest of the content of the request being read is not wanted: nothing more is read. For after an answer that closes.
    pub fn leave(&mut self, now: Instant) {
        // Refused only where there is no rest.
        let _ = self.connection.request_left(now);
    }

    /// How the end of the content is found of the request whose head was read last.
    pub fn length(&self) -> Option<BodyLength> {
        self.reader.decision().map(|decision| decision.length)
    }

    /// Whether the response sent last has no end but that of the connection (RFC 9112 §6.3): a connection that ends before all of it
    /// was sent must not end as if it were whole.
    pub fn ends_with_connection(&self) -> bool {
        self.until_close
    }

    /// The place in the stream of the first octet not yet consumed.
    pub fn place(&self) -> u64 {
        self.reader.place()
    }

    /// Gives the storage of a head back to be used again.
    pub fn reuse(&mut self, storage: Vec<FieldLine>) {
        self.reader.reuse(storage);
    }

    /// Answers 100 (Continue) to a request whose content is held back; to any other nothing, since none waits.
    ///
    /// # Errors
    /// [`SendError::OutOfTurn`] once the final response has begun.
    pub fn proceed(&mut self, now: Instant) -> Result<(), SendError> {
        match self.connection.requests() {
            Requests::Held(_) if self.connection.outstanding() == 1 => self.interim(100, b"Continue", &[], now),
            Requests::Held(_) => Err(SendError::OutOfTurn),
            _ => Ok(()),
        }
    }

    /// Answers with an interim response, but 101. A client of version 1.0 gets none (RFC 9110 §15.2): nothing is written then.
    ///
    /// # Errors
    /// What is wrong with it; nothing is written then.
    pub fn interim(&mut self, status: u16, reason: &[u8], lines: &[Field<'_>], now: Instant) -> Result<(), SendError> {
        if !matches!(status, 100 | 102..=199) {
            return Err(SendError::Status);
        }
        let Some(asked) = self.asked.front().copied() else { return Err(SendError::OutOfTurn) };
        if asked.version < Version::HTTP_11 {
            return Ok(());
        }
        let fields = callers(lines, &RESERVED, 0)?;
        let mut out = Vec::new();
        self.writer.response(&mut out, asked.answered, Version::HTTP_11, status, reason, fields)?;
        let facts = ResponseFacts { status, persists: true, offered: false };
        self.connection.response_head(facts, now).map_err(|_| SendError::OutOfTurn)?;
        self.out.append(&mut out);
        Ok(())
    }

    /// Answers the oldest outstanding request with a final response. Content-Length or Transfer-Encoding follow from `length`
    /// and the status; Connection from the state of the connection: the response says `close` when `head.close` does, when the
    /// request did, when content is held back that was not asked for, and when only the end of the connection can end it.
    ///
    /// # Errors
    /// What is wrong with it; nothing is written then.
    pub fn respond(&mut self, head: &Head<'_>, length: Length, now: Instant) -> Result<Responding, SendError> {
        if !matches!(head.status, 200..=599) {
            return Err(SendError::Status);
        }
        let Some(asked) = self.asked.front().copied() else { return Err(SendError::OutOfTurn) };
        if asked.answered == Answered::Connect && head.status < 300 {
            return Err(SendError::Status);
        }
        let newest = self.connection.outstanding() == 1;
        let over = self.connection.answer_is_last();
        let held = newest && matches!(self.connection.requests(), Requests::Held(_));
        let mut fields = callers(head.fields, &RESERVED, 2)?;
        let digits;
        let (sending, until_close) = match length {
            _ if matches!(head.status, 204 | 304) => (Sending::Without, false),
            Length::Known(length) => {
                digits = length.to_string();
                fields.push((b"Content-Length", digits.as_bytes()));
                match asked.answered {
                    Answered::Head => (Sending::Without, false),
                    _ => (Sending::new(BodyLength::Fixed(length)), false),
                }
            }
            Length::Unknown if asked.answered == Answered::Head => (Sending::Without, false),
            Length::Unknown if asked.version < Version::HTTP_11 => (Sending::new(BodyLength::UntilClose), true),
            Length::Unknown => {
                fields.push((b"Transfer-Encoding", b"chunked"));
                (Sending::new(BodyLength::Chunked), false)
            }
        };
        let close = head.close || over || held || until_close;
        if close {
            fields.push((b"Connection", b"close"));
        } else if asked.version < Version::HTTP_11 {
            fields.push((b"Connection", b"keep-alive"));
        }
        let mut out = Vec::new();
        self.writer.response(&mut out, asked.answered, Version::HTTP_11, head.status, head.reason, fields)?;
        let facts = ResponseFacts { status: head.status, persists: !close, offered: false };
        self.connection.response_head(facts, now).map_err(|_| SendError::OutOfTurn)?;
        self.asked.pop_front();
        self.until_close = until_close;
        self.out.append(&mut out);
        Ok(Responding { sending })
    }

    /// Answers the oldest outstanding request by leaving HTTP: 101 with the protocols that it switches to (each offered by the
    /// request; no check of that is made here, the caller chose from [`field::upgrade_protocols`]), or a 2xx to CONNECT.
    ///
    /// # Errors
    /// What is wrong with it; nothing is written then. [`SendError::OutOfTurn`] where the request did not ask for it, is not
    /// complete, or still waits for 100 (Continue).
    pub fn switch(
        &mut self,
        status: u16,
        protocols: &[&[u8]],
        lines: &[Field<'_>],
        now: Instant,
    ) -> Result<(), SendError> {
        let Some(asked) = self.asked.front().copied() else { return Err(SendError::OutOfTurn) };
        if !matches!(self.connection.requests(), Requests::Waiting { .. }) || self.connection.outstanding() != 1 {
            return Err(SendError::OutOfTurn);
        }
        let upgrade = match (status, asked.answered) {
            (101, Answered::Head | Answered::Other) if asked.offers > 0 && !protocols.is_empty() => {
                protocols.join(&b", "[..])
            }
            (200..=299, Answered::Connect) if protocols.is_empty() => Vec::new(),
            _ => return Err(SendError::Status),
        };
        let mut fields = callers(lines, &RESERVED, 2)?;
        let mut reason: &[u8] = b"";
        if status == 101 {
            fields.push((b"Connection", b"upgrade"));
            fields.push((b"Upgrade", &upgrade));
            reason = b"Switching Protocols";
        }
        let mut out = Vec::new();
        self.writer.response(&mut out, asked.answered, Version::HTTP_11, status, reason, fields)?;
        let facts = ResponseFacts { status, persists: true, offered: status == 101 };
        self.connection.response_head(facts, now).map_err(|_| SendError::OutOfTurn)?;
        self.asked.clear();
        self.out.append(&mut out);
        Ok(())
    }

    /// The octets to send.
    #[cfg(feature = "log")]
    pub(crate) fn out(&self) -> &[u8] {
        &self.out
    }

    /// The octets to send, and an empty buffer in their place.
    pub fn take_out(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}

/// A final response whose head was written and whose end was not. Dropped before its end, it leaves the connection where it
/// can only be closed.
#[derive(Debug)]
#[must_use = "a response has to be ended"]
pub struct Responding {
    sending: Sending,
}

impl Responding {
    /// Whether it has no content, whatever is given: an answer to HEAD, 204 or 304.
    pub fn is_without_content(&self) -> bool {
        self.sending == Sending::Without
    }

    /// Writes content. An answer to HEAD, 204 or 304 swallows it.
    ///
    /// # Errors
    /// More than was announced; nothing is written.
    pub fn content(&mut self, server: &mut Server, content: &[u8], now: Instant) -> Result<(), SendError> {
        self.sending.content(&mut server.out, content)?;
        server.connection.response_content(now).map_err(|_| SendError::OutOfTurn)
    }

    /// Ends the response, with trailers where it is chunked.
    ///
    /// # Errors
    /// Less than was announced, or what is wrong with a trailer; the connection can then only be closed.
    pub fn end(self, server: &mut Server, trailers: &[Field<'_>], now: Instant) -> Result<(), SendError> {
        self.sending.end(&mut server.out, trailers)?;
        server.connection.response_end(now).map_err(|_| SendError::OutOfTurn)
    }
}

fn has_content(length: BodyLength) -> bool {
    !matches!(length, BodyLength::None | BodyLength::Fixed(0))
}
