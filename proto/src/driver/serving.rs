//! The server's calls.

use std::io::Read;

#[cfg(feature = "gzip")]
use super::coded::Decoding;
use super::message::{Content, OwnedField, Request, owned};
use super::pieces::Begun;
use super::{AsyncHttp, Error, Heard, Role};
use crate::body::BodyLength;
use crate::connection::outgoing::{Length, SendError};
use crate::connection::{Requests, Wait};
use crate::head::reason_phrase;
use crate::message::Fault;
use crate::rule::Rule;
use crate::server::{Event, Head, Responding, Server};
use crate::span::Place;
use crate::transport::{AsyncTransport, TransportError};

/// What a response shall be. `..Default::default()` is 200 without content.
#[derive(Debug)]
pub struct ResponseOptions {
    /// The status code, 200 to 599.
    pub status: u16,
    /// The reason phrase; may be empty.
    pub reason: Vec<u8>,
    /// Field lines, in order. Content-Length, Transfer-Encoding and Connection are written by the connection, and Date, where none is
    /// among these.
    pub fields: Vec<OwnedField>,
    /// The value of a Content-Type field.
    pub content_type: Option<Vec<u8>>,
    /// The content. An answer to HEAD is given the same one as GET, and leaves it out.
    pub content: Content,
    /// Whether the connection shall end after this response.
    pub close: bool,
    /// The methods that the resource allows. A request with another one is answered 405 with an Allow field in place of all
    /// this (RFC 9110 §15.5.6).
    pub allowed_methods: Option<Vec<Vec<u8>>>,
    /// Whether a request whose Accept does not take `content_type` is answered 406 in place of all this. A server may also leave
    /// the field alone (RFC 9110 §12.5.1).
    #[cfg(feature = "fields")]
    pub insist_on_accept: bool,
    /// Whether the content may be sent in a coding that the client takes, where [`super::Options::codings`] are on and it gains.
    #[cfg(feature = "gzip")]
    pub compress: bool,
}

impl Default for ResponseOptions {
    fn default() -> ResponseOptions {
        ResponseOptions {
            status: 200,
            reason: Vec::new(),
            fields: Vec::new(),
            content_type: None,
            content: Content::None,
            close: false,
            allowed_methods: None,
            #[cfg(feature = "fields")]
            insist_on_accept: false,
            #[cfg(feature = "gzip")]
            compress: true,
        }
    }
}

/// A response that was made for a request.
#[derive(Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The reason phrase.
    pub reason: Vec<u8>,
    /// The field lines in order, without those that the connection writes.
    pub fields: Vec<OwnedField>,
    /// The content.
    pub content: Content,
    /// Whether the connection shall end after it.
    pub close: bool,
    /// How pieces are to be encoded.
    #[cfg(feature = "gzip")]
    pub(super) coding: Option<crate::coding::Coding>,
}

impl From<ResponseOptions> for Reply {
    /// A response to a request that could not be read.
    fn from(options: ResponseOptions) -> Reply {
        let ResponseOptions { status, reason, mut fields, content_type, content, close, .. } = options;
        if let Some(content_type) = content_type {
            fields.push((b"Content-Type".to_vec(), content_type));
        }
        Reply {
            status,
            reason,
            fields,
            content,
            close,
            #[cfg(feature = "gzip")]
            coding: None,
        }
    }
}

/// How much of a Reader's content is taken at once.
const PIECE: usize = 16 * 1024;

impl<T: AsyncTransport> AsyncHttp<T> {
    /// Reads the head of the next request; its content is read next, or dropped. `None` says that there is no next one, because
    /// the client ended its half or one of the two had announced the end: what is left is to close.
    ///
    /// # Errors
    /// A broken rule, the clock, the line. Where [`Error::status`] names a status, an answer to the request that could not be
    /// read may be sent, the last one. [`Error::Late`] of [`Wait::Idle`] is a connection at rest that nobody used.
    /// [`SendError::OutOfTurn`] while the request before it has had no answer.
    pub async fn read_request(&mut self) -> Result<Option<Request>, Error> {
        if let Role::Fresh = self.role {
            self.role = Role::Server(Box::new(Server::new(self.options.limits, self.options.waits, self.line.now())));
        }
        if self.server()?.connection().outstanding() > 0 || !matches!(self.begun, Begun::Nothing) {
            return Err(SendError::OutOfTurn.into());
        }
        let (mut dropped, mut count) = (Vec::new(), 0);
        while matches!(self.server()?.connection().requests(), Requests::Content(_)) {
            self.serve(&mut dropped).await?;
            count += dropped.len() as u64;
            dropped.clear();
            if count > self.options.drain {
                return Err(self.too_long());
            }
        }
        match self.serve(&mut dropped).await? {
            Served::Request(request) => Ok(Some(request)),
            Served::Heard(_) => Ok(None),
        }
    }

    /// Makes a response to `request`.
    pub fn make_response(&self, request: &Request, options: ResponseOptions) -> Reply {
        let close = options.close;
        if let Some(allowed) = options.allowed_methods.as_ref().filter(|allowed| !allowed.contains(&request.method)) {
            let fields = vec![(b"Allow".to_vec(), allowed.join(&b", "[..]))];
            return ResponseOptions { status: 405, fields, close, ..ResponseOptions::default() }.into();
        }
        #[cfg(feature = "fields")]
        if options.insist_on_accept && !super::accept::accepts(request, options.content_type.as_deref()) {
            return super::accept::not_acceptable(options.content_type, close).into();
        }
        #[cfg(feature = "gzip")]
        if options.compress {
            let mut reply = options.into();
            self.code_response(request, &mut reply);
            return reply;
        }
        options.into()
    }

    /// Sends a response to the request that was read last, or to the one that could not be read (of [`Content::Pieces`] the head
    /// only). Content of that request which
    /// is still unread keeps the connection only where it is certain to be short.
    ///
    /// # Errors
    /// What is wrong with it (nothing was sent then), the reader of its content, the clock, the line.
    pub async fn send_response(&mut self, reply: Reply) -> Result<(), Error> {
        let close = reply.close || !self.rest_is_short()?;
        // One that is there already is the origin's (RFC 9110 §6.6.1).
        let has_date = reply.fields.iter().any(|(name, _)| name.eq_ignore_ascii_case(b"date"));
        let date = self.options.date.as_ref().filter(|_| !has_date).map(|date| date.now());
        let mut fields: Vec<(&[u8], &[u8])> = Vec::with_capacity(reply.fields.len() + 1);
        if let Some(date) = &date {
            fields.push((b"Date", date.as_bytes()));
        }
        fields.extend(reply.fields.iter().map(|(name, value)| (name.as_slice(), value.as_slice())));
        let head = Head { status: reply.status, reason: &reply.reason, fields: &fields, close };
        let length = reply.content.length().unwrap_or(Length::Known(0));
        let now = self.line.now();
        let mut responding = self.server()?.respond(&head, length, now)?;
        self.log.head_sent(&self.role);
        #[cfg(feature = "gzip")]
        {
            self.coded.encoder = self.encoder(reply.coding);
        }
        match reply.content {
            Content::None => {}
            Content::Pieces { .. } => {
                self.begun = Begun::Response(responding);
                return self.flush().await;
            }
            Content::Octets(octets) => {
                let now = self.line.now();
                responding.content(self.server()?, &octets, now)?;
                if !responding.is_without_content() {
                    self.log.content_sent(octets.len());
                }
            }
            Content::Reader { mut reader, .. } => {
                if !responding.is_without_content() {
                    self.send_from(&mut *reader, &mut responding).await?;
                }
            }
        }
        let now = self.line.now();
        responding.end(self.server()?, &[], now)?;
        self.log.sent_whole(&[]);
        self.answered().await
    }

    /// A response has been written to its end.
    pub(super) async fn answered(&mut self) -> Result<(), Error> {
        self.flush().await?;
        let now = self.line.now();
        let server = self.server()?;
        if !server.connection().persists() {
            server.leave(now);
        }
        if server.connection().is_idle() {
            self.line.buffer.rest();
        }
        Ok(())
    }

    /// Sends an interim response (1xx, but 101). A client of version 1.0 gets none.
    ///
    /// # Errors
    /// What is wrong with it, the clock, the line.
    pub async fn send_interim(&mut self, status: u16, fields: &[(&[u8], &[u8])]) -> Result<(), Error> {
        let now = self.line.now();
        self.server()?.interim(status, reason_phrase(status).as_bytes(), fields, now)?;
        self.log.head_sent(&self.role);
        self.flush().await
    }

    /// Leaves HTTP: 101 with the protocols that it switches to, chosen from [`Request::upgrade`], or a 2xx to CONNECT. Content of
    /// the request is read before. [`AsyncHttp::into_parts`] gives the transport for the other protocol.
    ///
    /// # Errors
    /// What is wrong with it, the clock, the line.
    pub async fn switch(&mut self, status: u16, protocols: &[&[u8]], fields: &[(&[u8], &[u8])]) -> Result<(), Error> {
        let now = self.line.now();
        self.server()?.switch(status, protocols, fields, now)?;
        self.log.head_sent(&self.role);
        self.flush().await
    }

    async fn send_from(&mut self, reader: &mut (dyn Read + Send), responding: &mut Responding) -> Result<(), Error> {
        let mut piece = vec![0; PIECE];
        loop {
            let count = match reader.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Error::Content(error)),
            };
            let now = self.line.now();
            responding.content(self.server()?, &piece[..count], now)?;
            self.log.content_sent(count);
            self.flush().await?;
        }
    }

    pub(super) async fn serve_content(&mut self, into: &mut Vec<u8>) -> Result<Heard, Error> {
        let server = self.server()?;
        match server.connection().requests() {
            // Content that has come already needs no 100 (Continue).
            Requests::Held(_) => {
                if self.line.buffer.is_empty() {
                    let now = self.line.now();
                    self.server()?.proceed(now)?;
                    self.log.head_sent(&self.role);
                    self.flush().await?;
                }
            }
            Requests::Content(_) => {}
            _ => return Ok(Heard::Complete),
        }
        match self.serve(into).await? {
            Served::Heard(heard) => Ok(heard),
            Served::Request(_) => unreachable!("the end of a message comes before the next head"),
        }
    }

    /// Whether the request's content is read, or what is left of it will be dropped before the next request.
    fn rest_is_short(&mut self) -> Result<bool, Error> {
        let mut dropped = Vec::new();
        while matches!(self.server()?.connection().requests(), Requests::Content(_)) {
            match self.serve_now(&mut dropped) {
                Ok(Some(Served::Heard(Heard::Content))) => dropped.clear(),
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => return Ok(false),
            }
        }
        let content = self.content;
        let drain = self.options.drain;
        let server = self.server()?;
        Ok(match (server.connection().requests(), server.length()) {
            (Requests::Content(_), Some(BodyLength::Fixed(length))) => {
                length - content.min(length) <= drain - content.min(drain)
            }
            (Requests::Content(_), _) => false,
            _ => true,
        })
    }

    /// Reads on until there is something to tell. Content is appended to `into`.
    async fn serve(&mut self, into: &mut Vec<u8>) -> Result<Served, Error> {
        loop {
            if let Some(served) = self.serve_now(into)? {
                return Ok(served);
            }
            let deadline = self.server()?.deadline();
            match self.line.receive(deadline.map(|deadline| deadline.at)).await {
                Ok(()) => {}
                Err(TransportError::Late) => {
                    let wait = deadline.map_or(Wait::Idle, |deadline| deadline.wait);
                    if wait != Wait::Idle {
                        self.give_up();
                    }
                    return Err(Error::Late(wait));
                }
                // Between two requests nothing is missing (RFC 9112 §9.8).
                Err(TransportError::Truncated) if self.is_at_rest() => self.line.ended = true,
                Err(error) => return Err(Error::from_transport(error, Wait::Idle)),
            }
        }
    }

    /// The same with what has been received already; `None` where that tells nothing yet.
    fn serve_now(&mut self, into: &mut Vec<u8>) -> Result<Option<Served>, Error> {
        let Role::Server(server) = &mut self.role else { return Err(SendError::OutOfTurn.into()) };
        let octets = self.line.buffer.octets();
        let read = server.read(octets, self.line.ended, self.line.now());
        let (consumed, event) = read.inspect_err(|fault| self.log.fault(*fault))?;
        let served = match event {
            Event::Need => None,
            Event::Request { head, held, expects_more } => {
                self.log.request_read(&head, octets);
                self.content = 0;
                let length = server.length().unwrap_or(BodyLength::None);
                let request = Request::new(&head, octets, length, held, expects_more);
                #[cfg(feature = "gzip")]
                {
                    self.coded.decoding = Decoding::new(self.options.codings.as_ref(), &request.fields, None, length);
                }
                server.reuse(head.fields);
                Some(Served::Request(request))
            }
            Event::Content(range) => {
                self.content += range.len() as u64;
                into.extend_from_slice(&octets[range]);
                Some(Served::Heard(Heard::Content))
            }
            Event::Complete { trailers } => {
                self.log.read_whole(self.content, &trailers, octets);
                self.trailers = owned(&trailers, octets);
                Some(Served::Heard(Heard::Complete))
            }
            Event::Wait | Event::Over | Event::Switched => Some(Served::Heard(Heard::Over)),
        };
        self.line.buffer.consume(consumed);
        Ok(served)
    }

    /// No further request is read: this one is not waited for, or not wanted, any longer.
    fn give_up(&mut self) {
        if let Role::Server(server) = &mut self.role {
            server.give_up(self.line.buffer.octets(), self.line.now());
        }
    }

    /// Content that is longer than is taken here ends the reading.
    pub(crate) fn too_long(&mut self) -> Error {
        let place = self.spoil();
        let fault = Fault { rule: Rule::LimitContent, at: Place { start: place, end: place } };
        self.log.fault(fault);
        Error::Fault(fault)
    }

    /// The message that is being read is not read any further, nor one behind it. The place in the stream.
    pub(super) fn spoil(&mut self) -> u64 {
        match &mut self.role {
            Role::Fresh => 0,
            Role::Client(asking) => {
                asking.client.give_up();
                asking.client.place()
            }
            Role::Server(server) => {
                server.give_up(self.line.buffer.octets(), self.line.now());
                server.place()
            }
        }
    }

    pub(super) fn server(&mut self) -> Result<&mut Server, Error> {
        match &mut self.role {
            Role::Server(server) => Ok(server),
            _ => Err(SendError::OutOfTurn.into()),
        }
    }
}

enum Served {
    Request(Request),
    Heard(Heard),
}
