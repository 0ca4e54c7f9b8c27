//! The client's face of a connection: octets of requests go out, octets of responses come in, in the one order that RFC 9112
//! allows. No I/O and no clock: whoever drives it sends what [`Client::take_out`] gives, and passes octets and the time.
//!
//! ```text
//!   out    ◄── request ──► Requesting: content.., end        pipelining as far as the connection allows
//!   octets ──► read ──► Interim.., Response, Content.., Complete
//! ```
//!
//! A [`Requesting`] is what `request` gives and `end` takes: content without a head, or a head after content, do not compile.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Instant;

use crate::body::BodyLength;
pub use crate::connection::outgoing::{Field, Length, SendError};
use crate::connection::outgoing::{Sending, callers};
use crate::connection::{
    Answer, Asks, Connection, Deadline, Misstep, Reads, RequestFacts, Requests, ResponseFacts, Responses, Waits,
};
use crate::field;
use crate::head::{FieldLine, ResponseHead, Version};
use crate::limits::Limits;
use crate::message::{self, Fault, HeadWriter, Kind, Reader};
use crate::rule::Rule;
use crate::span::Place;
use crate::witness::Strict;

/// A connection that requests are written to.
#[derive(Debug)]
pub struct Client {
    connection: Connection,
    reader: Reader<Strict>,
    /// What each outstanding request offered to switch to, the oldest first.
    offers: VecDeque<Vec<Vec<u8>>>,
    /// Octets between responses that were passed over (RFC 9112 §9.2), which the reader has not seen.
    skipped: u64,
    /// The last of them was a CR.
    after_cr: bool,
    broken: Option<Fault>,
    writer: HeadWriter,
    out: Vec<u8>,
}

/// What was read. Spans and ranges count from the beginning of the buffer that was passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Everything in the buffer was looked at and more is needed.
    Need,
    /// The head of an interim response; there is nothing more of it.
    Interim(ResponseHead),
    /// The head of a final response.
    Response(ResponseHead),
    /// Content of the response: these octets.
    Content(Range<usize>),
    /// The response is complete.
    Complete {
        /// The trailer fields.
        trailers: Vec<FieldLine>,
    },
    /// The head after which the octets are another protocol's.
    Switched(ResponseHead),
    /// Nothing more is read: [`Connection::why`] says why, and [`Connection::outstanding`] how many requests stay unanswered.
    Over,
}

/// The head of a request, but for what the connection itself writes into it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head<'h> {
    /// The method.
    pub method: &'h [u8],
    /// The request-target, in the form that the method and the way to the server ask for (RFC 9112 §3.2).
    pub target: &'h [u8],
    /// The version, HTTP/1.1 or HTTP/1.0. A request of 1.0 is the last on its connection, since it asks for no persistence.
    pub version: Version,
    /// The value of Host: host, and port unless it is the default one.
    pub host: &'h [u8],
    /// Field lines, in order. Host, Connection, Content-Length, Transfer-Encoding, Upgrade and Expect are written by the
    /// connection.
    pub fields: &'h [Field<'h>],
    /// Whether this is the last request on the connection.
    pub close: bool,
    /// Whether to hold the content back until 100 (Continue), a final response, or the end of the wait. Without content it
    /// says nothing (RFC 9110 §10.1.1).
    pub expect_continue: bool,
    /// The protocols to offer to switch to.
    pub upgrade: &'h [&'h [u8]],
}

impl Client {
    /// A fresh connection.
    pub fn new(limits: Limits, waits: Waits, now: Instant) -> Client {
        Client {
            connection: Connection::new(Reads::Responses, limits.interim_responses, waits, now),
            reader: Reader::new(Kind::Responses, limits, Strict),
            offers: VecDeque::new(),
            skipped: 0,
            after_cr: false,
            broken: None,
            writer: HeadWriter::default(),
            out: Vec::new(),
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

    /// Writes the head of a request. `None` for a length is a message without content and without a field that speaks of it;
    /// [`Length::Known`] 0 says so in a Content-Length, as methods ask that expect content.
    ///
    /// # Errors
    /// What is wrong with it; nothing is written then.
    pub fn request(&mut self, head: &Head<'_>, length: Option<Length>, now: Instant) -> Result<Requesting, SendError> {
        let content = !matches!(length, None | Some(Length::Known(0)));
        let connect = head.method == b"CONNECT";
        if connect && (length.is_some() || !head.upgrade.is_empty()) {
            return Err(SendError::Connect);
        }
        let old = head.version < Version::HTTP_11;
        if !matches!(head.version, Version::HTTP_10 | Version::HTTP_11) {
            return Err(SendError::Version);
        }
        if old && (length == Some(Length::Unknown) || head.expect_continue || !head.upgrade.is_empty()) {
            return Err(SendError::Version);
        }
        let held = head.expect_continue && content;
        // Host goes first (RFC 9110 §7.2).
        let mut fields = vec![(&b"Host"[..], head.host)];
        fields.extend(callers(head.fields, &RESERVED, 4)?);
        let digits;
        let sending = match length {
            None => Sending::new(BodyLength::None),
            Some(Length::Known(length)) => {
                digits = length.to_string();
                fields.push((b"Content-Length", digits.as_bytes()));
                Sending::new(BodyLength::Fixed(length))
            }
            Some(Length::Unknown) => {
                fields.push((b"Transfer-Encoding", b"chunked"));
                Sending::new(BodyLength::Chunked)
            }
        };
        if held {
            fields.push((b"Expect", b"100-continue"));
        }
        let protocols = head.upgrade.join(&b", "[..]);
        if !head.upgrade.is_empty() {
            fields.push((b"Upgrade", &protocols));
        }
        match (head.upgrade.is_empty(), head.close) {
            (false, true) => fields.push((b"Connection", b"upgrade, close")),
            (false, false) => fields.push((b"Connection", b"upgrade")),
            (true, true) => fields.push((b"Connection", b"close")),
            (true, false) => {}
        }
        let mut out = Vec::new();
        self.writer.request(&mut out, head.method, head.target, head.version, fields)?;
        let asks = match (connect, head.upgrade) {
            (true, _) => Asks::Connect,
            (false, []) => Asks::Nothing,
            (false, _) => Asks::Upgrade,
        };
        let facts = RequestFacts { held, asks, persists: !head.close && !old };
        self.connection.request_head(facts, now).map_err(|_| SendError::OutOfTurn)?;
        self.reader.answering(head.method);
        self.after_cr = false;
        self.offers.push_back(head.upgrade.iter().map(|protocol| protocol.to_vec()).collect());
        self.out.append(&mut out);
        Ok(Requesting { sending })
    }

    /// Lets held content go without 100 (Continue): the wait was long enough. Content that is not held may go anyway.
    ///
    /// # Errors
    /// [`SendError::OutOfTurn`] where no request is being sent.
    pub fn proceed(&mut self, now: Instant) -> Result<(), SendError> {
        match self.connection.requests() {
            Requests::Held(_) => self.connection.proceed(now).map_err(|_| SendError::OutOfTurn),
            Requests::Content(_) => Ok(()),
            _ => Err(SendError::OutOfTurn),
        }
    }

    /// Reads on. `octets` begin with the first octet not yet consumed; `ended` says that the server ended its half behind them.
    /// Gives how many octets are consumed now, and an event.
    ///
    /// # Errors
    /// The rule that a response broke; the same again on every further call. The connection is over: no later octet is taken
    /// for a response, and a response that was cut off is incomplete (RFC 9112 §8).
    pub fn read(&mut self, octets: &[u8], ended: bool, now: Instant) -> Result<(usize, Event), Fault> {
        if let Some(fault) = self.broken {
            return Err(fault);
        }
        match self.connection.responses() {
            Responses::Switched => return Ok((0, Event::Need)),
            Responses::Over(_) => return Ok((0, Event::Over)),
            _ => {}
        }
        if self.connection.outstanding() == 0 {
            return self.unasked(octets, ended, now);
        }
        match self.listen(octets, ended, now) {
            Ok(read) => Ok(read),
            Err(fault) => Err(self.broke(fault.rule, fault.at.start, fault.at.end)),
        }
    }

    fn listen(&mut self, octets: &[u8], ended: bool, now: Instant) -> Result<(usize, Event), Fault> {
        let at = self.reader.place();
        let (consumed, event) = self.reader.read(octets, ended)?;
        let (done, event) = match event {
            message::Event::Need => {
                if !octets.is_empty() {
                    self.connection.head_begun(now);
                }
                (Ok(()), Event::Need)
            }
            message::Event::Response(head) => {
                self.connection.head_begun(now);
                return self.head(head, octets, consumed, at, now);
            }
            message::Event::Content(range) => (self.connection.response_content(now), Event::Content(range)),
            message::Event::Complete { trailers } => {
                let done = self.connection.response_end(now);
                (done, Event::Complete { trailers })
            }
            message::Event::End => (self.connection.responses_ended(now), Event::Over),
            message::Event::Request(_) | message::Event::Switched => {
                unreachable!("a reader of responses gives no requests, and is not asked after a switch")
            }
        };
        debug_assert_eq!(done, Ok(()), "a reader gives its events in the order of the states");
        Ok((consumed, event))
    }

    fn head(
        &mut self,
        head: ResponseHead,
        octets: &[u8],
        consumed: usize,
        at: u64,
        now: Instant,
    ) -> Result<(usize, Event), Fault> {
        let decision = self.reader.decision();
        let ends_with_connection = decision.is_some_and(|d| d.length == BodyLength::UntilClose || d.must_close);
        let facts = ResponseFacts {
            status: head.status,
            persists: field::persists(head.version, &head.fields, octets) && !ends_with_connection,
            offered: head.status == 101 && self.offered(&head, octets),
        };
        let event = match self.connection.response_head(facts, now) {
            Ok(Answer::Interim) => {
                // The reader gives the end of every message; that of an interim one says nothing.
                let end = self.reader.read(&octets[consumed..], false)?;
                debug_assert_eq!(end.0, 0, "an interim response has no content");
                Event::Interim(head)
            }
            Ok(Answer::Final) => {
                self.offers.pop_front();
                Event::Response(head)
            }
            Ok(Answer::Switched) => {
                self.offers.clear();
                Event::Switched(head)
            }
            Err(misstep) => {
                let rule = match misstep {
                    Misstep::Peers(rule) => rule,
                    Misstep::Ours => Rule::ConnectionUnexpectedResponse,
                };
                return Err(Fault { rule, at: Place { start: at, end: at + consumed as u64 } });
            }
        };
        Ok((consumed, event))
    }

    /// Whether a 101 names protocols, and only such that the request offered (RFC 9110 §7.8).
    fn offered(&self, head: &ResponseHead, octets: &[u8]) -> bool {
        let Some(offers) = self.offers.front() else { return false };
        let mut named = field::upgrade_protocols(&head.fields, octets).peekable();
        named.peek().is_some()
            && named.all(|name| offers.iter().any(|offer| offer.eq_ignore_ascii_case(name.of(octets))))
    }

    /// Octets while no request waits: CRLFs are passed over, anything else is a response to nobody (RFC 9112 §9.2).
    fn unasked(&mut self, octets: &[u8], ended: bool, now: Instant) -> Result<(usize, Event), Fault> {
        for (index, octet) in octets.iter().enumerate() {
            match (self.after_cr, octet) {
                (false, b'\r') => self.after_cr = true,
                (true, b'\n') => self.after_cr = false,
                _ => {
                    let at = self.reader.place() + index as u64;
                    return Err(self.broke(Rule::ConnectionUnexpectedResponse, at, at + 1));
                }
            }
        }
        self.skipped += octets.len() as u64;
        if ended {
            let told = self.connection.responses_ended(now);
            debug_assert_eq!(told, Ok(()), "a direction at rest may end");
            return Ok((octets.len(), Event::Over));
        }
        let over = self.connection.is_over();
        Ok((octets.len(), if over { Event::Over } else { Event::Need }))
    }

    /// Places are counted by the reader, which did not see what was passed over.
    fn broke(&mut self, rule: Rule, start: u64, end: u64) -> Fault {
        self.connection.broke();
        let at = Place { start: start + self.skipped, end: end + self.skipped };
        let fault = Fault { rule, at };
        self.broken = Some(fault);
        fault
    }

    /// How the end of the content is found of the response whose head was read last.
    pub fn length(&self) -> Option<BodyLength> {
        self.reader.decision().map(|decision| decision.length)
    }

    /// The place in the stream of the first octet not yet consumed.
    pub fn place(&self) -> u64 {
        self.reader.place() + self.skipped
    }

    /// No further response is read: the one that is due is not waited for, or not wanted, any longer.
    pub fn give_up(&mut self) {
        self.connection.broke();
    }

    /// Gives the storage of a head back to be used again.
    pub fn reuse(&mut self, storage: Vec<FieldLine>) {
        self.reader.reuse(storage);
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

/// A request whose head was written and whose end was not. Dropped before its end, it leaves the connection where it can only
/// be closed.
#[derive(Debug)]
#[must_use = "a request has to be ended or left"]
pub struct Requesting {
    sending: Sending,
}

impl Requesting {
    /// Writes content.
    ///
    /// # Errors
    /// [`SendError::OutOfTurn`] while the content is held back, or after the answer made an end of it;
    /// more than was announced. Nothing is written then.
    pub fn content(&mut self, client: &mut Client, content: &[u8], now: Instant) -> Result<(), SendError> {
        if !matches!(client.connection.requests(), Requests::Content(_)) {
            return Err(SendError::OutOfTurn);
        }
        self.sending.content(&mut client.out, content)?;
        client.connection.request_content(now).map_err(|_| SendError::OutOfTurn)
    }

    /// Ends the request, with trailers where it is chunked.
    ///
    /// # Errors
    /// Less than was announced, or what is wrong with a trailer; the connection can then only be closed.
    pub fn end(self, client: &mut Client, trailers: &[Field<'_>], now: Instant) -> Result<(), SendError> {
        if !matches!(client.connection.requests(), Requests::Content(_)) {
            return Err(SendError::OutOfTurn);
        }
        if let Err(error) = self.sending.end(&mut client.out, trailers) {
            // It stays unfinished: nothing may follow it.
            let _ = client.connection.request_left(now);
            return Err(error);
        }
        client.connection.request_end(now).map_err(|_| SendError::OutOfTurn)
    }

    /// Leaves the rest of the content unsent (RFC 9112 §9.5: an answer said that it is not wanted). The connection is over after
    /// that answer.
    pub fn leave(self, client: &mut Client, now: Instant) {
        // Refused only where the answer has ended the request already.
        let _ = client.connection.request_left(now);
    }
}

/// What the connection writes itself.
const RESERVED: [&str; 6] = ["host", "connection", "content-length", "transfer-encoding", "upgrade", "expect"];
