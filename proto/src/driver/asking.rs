//! The client's calls.

use std::future::Future;
use std::io::Read;

#[cfg(feature = "gzip")]
use super::coded::Decoding;
use super::line::Sent;
use super::message::{Content, OwnedField, Response, owned};
use super::pieces::Begun;
use super::request::{Outgoing, RequestOptions};
use super::{AsyncHttp, Error, Heard, Role};
use crate::body::BodyLength;
use crate::client::{Client, Event, Head, Requesting};
use crate::connection::outgoing::{Length, SendError};
use crate::connection::{Requests, Responses, Wait};
use crate::transport::{AsyncTransport, TransportError};

/// A client and what it has heard while it was still sending.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) client: Client,
    /// Interim responses that were not told yet.
    interim: Vec<(u16, Vec<OwnedField>)>,
    early: Option<Response>,
    sent: u64,
    read: u64,
}

/// How much content is sent at once.
const PIECE: usize = 16 * 1024;

/// What a request is answered with, one after another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// An interim response: its status and fields. More is to come.
    Interim(u16, Vec<OwnedField>),
    /// The final response.
    Final(Response),
}

/// Whether to go on sending.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Go {
    On,
    Stop,
}

impl<T: AsyncTransport> AsyncHttp<T> {
    /// Makes a request for this connection.
    pub fn make_request(&self, options: RequestOptions) -> Outgoing {
        #[cfg(feature = "gzip")]
        let mut options = options;
        #[cfg(feature = "gzip")]
        let coding = self.code_request(&mut options);
        let mut host = options.host.clone();
        if let Some(port) = self.options.host_port() {
            host.extend_from_slice(format!(":{port}").as_bytes());
        }
        Outgoing {
            options,
            host,
            number: None,
            #[cfg(feature = "gzip")]
            coding,
        }
    }

    /// Sends a request, its content included (but for [`Content::Pieces`]). Several may be sent before the first response is read. Content is left unsent
    /// when the server answers before its end and closes: [`AsyncHttp::read_response`] has the answer.
    ///
    /// # Errors
    /// [`SendError::OutOfTurn`] where the connection takes no further request, or this one was sent before; what is wrong with
    /// the request (nothing was sent then); [`Error::Ended`] or [`Error::Fault`] where the server has ended the connection or
    /// sent octets that nobody asked for, so that nothing may be sent on it; the clock. A reset while content is sent is told
    /// when the response is read, behind what came before it.
    pub async fn send_request(&mut self, request: &mut Outgoing) -> Result<(), Error> {
        if let Role::Fresh = self.role {
            let client = Client::new(self.options.limits, self.options.waits, self.line.now());
            let asking = Asking { client, interim: Vec::new(), early: None, sent: 0, read: 0 };
            self.role = Role::Client(Box::new(asking));
        }
        if request.number.is_some() || !matches!(self.begun, Begun::Nothing) {
            return Err(SendError::OutOfTurn.into());
        }
        self.look_before_reuse().await?;
        let content = std::mem::take(&mut request.options.content);
        let length = content.length().or(match request.options.method.as_slice() {
            b"POST" | b"PUT" | b"PATCH" => Some(Length::Known(0)),
            _ => None,
        });
        let options = &request.options;
        let fields: Vec<_> = options.fields.iter().map(|(name, value)| (name.as_slice(), value.as_slice())).collect();
        let upgrade: Vec<_> = options.upgrade.iter().map(Vec::as_slice).collect();
        let head = Head {
            method: &options.method,
            target: &options.target,
            version: options.version,
            host: &request.host,
            fields: &fields,
            close: options.close,
            expect_continue: options.expect_continue,
            upgrade: &upgrade,
        };
        let now = self.line.now();
        let asking = self.asking()?;
        let requesting = asking.client.request(&head, length, now)?;
        asking.sent += 1;
        request.number = Some(asking.sent);
        self.log.head_sent(&self.role);
        #[cfg(feature = "gzip")]
        {
            self.coded.encoder = self.encoder(request.coding);
        }
        self.send_content(requesting, content).await
    }

    /// Reads the head of the response to `request`; its content is read next, or dropped. Interim responses before it are in
    /// [`Response::interim`].
    ///
    /// # Errors
    /// [`SendError::OutOfTurn`] where another response comes first; [`Error::Ended`] where the server ended the connection
    /// without answering; a broken rule, the clock, the line. The connection cannot be used any more after any of them but the
    /// first.
    pub fn read_response<'h>(
        &'h mut self,
        request: &Outgoing,
    ) -> impl Future<Output = Result<Response, Error>> + use<'h, T> {
        self.read_response_of(request.number)
    }

    async fn read_response_of(&mut self, number: Option<u64>) -> Result<Response, Error> {
        self.is_due(number)?;
        let asking = self.asking()?;
        if let Some(response) = asking.early.take() {
            asking.read += 1;
            return Ok(response);
        }
        self.drop_content().await?;
        loop {
            match self.hear(&mut Vec::new()).await? {
                Told::Response(response) => {
                    self.asking()?.read += 1;
                    return Ok(response);
                }
                Told::Interim => {}
                Told::Heard(_) => return Err(Error::Ended),
            }
        }
    }

    /// Reads what comes next of the response to `request`: an interim response as soon as it is there, or the head of the final
    /// one, whose [`Response::interim`] then has only those that were not told so.
    ///
    /// # Errors
    /// As [`AsyncHttp::read_response`].
    pub fn read_answer<'h>(
        &'h mut self,
        request: &Outgoing,
    ) -> impl Future<Output = Result<Answer, Error>> + use<'h, T> {
        self.read_answer_of(request.number)
    }

    async fn read_answer_of(&mut self, number: Option<u64>) -> Result<Answer, Error> {
        self.is_due(number)?;
        let asking = self.asking()?;
        if asking.early.is_none() {
            if asking.interim.is_empty() {
                self.drop_content().await?;
                match self.hear(&mut Vec::new()).await? {
                    Told::Response(response) => {
                        self.asking()?.read += 1;
                        return Ok(Answer::Final(response));
                    }
                    Told::Interim => {}
                    Told::Heard(_) => return Err(Error::Ended),
                }
            }
            let (status, fields) = self.asking()?.interim.remove(0);
            return Ok(Answer::Interim(status, fields));
        }
        self.read_response_of(number).await.map(Answer::Final)
    }

    /// Whether the response to the request of that number comes next.
    fn is_due(&mut self, number: Option<u64>) -> Result<(), Error> {
        if number == Some(self.asking()?.read + 1) { Ok(()) } else { Err(SendError::OutOfTurn.into()) }
    }

    async fn send_content(&mut self, mut requesting: Requesting, content: Content) -> Result<(), Error> {
        if self.push(Go::On).await? == Go::Stop || self.wait_to_proceed().await? == Go::Stop {
            let now = self.line.now();
            requesting.leave(&mut self.asking()?.client, now);
            self.log.left();
            if let Content::Pieces { .. } = content {
                self.begun = Begun::Unwanted;
            }
            return Ok(());
        }
        let mut go = Go::On;
        match content {
            Content::None => {}
            Content::Pieces { .. } => {
                self.begun = Begun::Request(requesting);
                return Ok(());
            }
            Content::Octets(octets) => {
                for piece in octets.chunks(PIECE) {
                    let now = self.line.now();
                    requesting.content(&mut self.asking()?.client, piece, now)?;
                    self.log.content_sent(piece.len());
                    go = self.push(go).await?;
                    if go == Go::Stop {
                        break;
                    }
                }
            }
            Content::Reader { mut reader, .. } => {
                let mut piece = vec![0; PIECE];
                while go == Go::On {
                    let count = match reader.read(&mut piece) {
                        Ok(0) => break,
                        Ok(count) => count,
                        Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                        Err(error) => return Err(Error::Content(error)),
                    };
                    let now = self.line.now();
                    requesting.content(&mut self.asking()?.client, &piece[..count], now)?;
                    self.log.content_sent(count);
                    go = self.push(go).await?;
                }
            }
        }
        if go == Go::On {
            let now = self.line.now();
            requesting.end(&mut self.asking()?.client, &[], now)?;
            self.log.sent_whole(&[]);
            self.push(go).await?;
        } else {
            let now = self.line.now();
            requesting.leave(&mut self.asking()?.client, now);
            self.log.left();
        }
        Ok(())
    }

    /// Waits while the content is held back.
    async fn wait_to_proceed(&mut self) -> Result<Go, Error> {
        while matches!(self.asking()?.client.connection().requests(), Requests::Held(_)) {
            if let Some(told) = self.hear_now(&mut Vec::new())? {
                match told {
                    Told::Interim => continue,
                    Told::Response(response) => self.asking()?.early = Some(response),
                    Told::Heard(_) => {}
                }
                return Ok(Go::Stop);
            }
            let deadline = self.asking()?.client.deadline();
            match self.line.receive(deadline.map(|deadline| deadline.at)).await {
                Ok(()) => {}
                // Whatever it was that took too long, even the head of an answer: the content need not wait for it.
                Err(TransportError::Late) => {
                    let now = self.line.now();
                    self.asking()?.client.proceed(now)?;
                }
                Err(error) => return Err(Error::from_transport(error, Wait::Proceed)),
            }
        }
        Ok(Go::On)
    }

    /// Sends what was written, and listens meanwhile for an answer that makes an end of it (RFC 9112 §9.5).
    pub(super) async fn push(&mut self, go: Go) -> Result<Go, Error> {
        let out = self.asking()?.client.take_out();
        let wait = self.options.waits.send;
        let (mut done, mut known) = (0, self.line.buffer.octets().len());
        let mut listen = self.asking()?.early.is_none() && self.asking()?.client.connection().outstanding() == 1;
        while done < out.len() {
            let sent = match listen {
                true => self.line.send_or_hear(&out[done..], known, wait).await,
                false => self.line.send(&out[done..], wait).await.map(|()| Sent::All),
            };
            match sent {
                Ok(Sent::All) => return Ok(go),
                Ok(Sent::Heard(count)) => {
                    done += count;
                    match self.hear_now(&mut Vec::new())? {
                        Some(Told::Interim) => {}
                        Some(Told::Response(response)) => {
                            self.asking()?.early = Some(response);
                            listen = false;
                            if !self.persists() {
                                return Ok(Go::Stop);
                            }
                        }
                        Some(Told::Heard(_)) => return Ok(Go::Stop),
                        // The beginning of an answer.
                        None => {}
                    }
                    known = self.line.buffer.octets().len();
                }
                Err(TransportError::Reset) => return Ok(Go::Stop),
                Err(error) => return Err(Error::from_transport(error, Wait::Send)),
            }
        }
        Ok(go)
    }

    /// A connection at rest may have been ended meanwhile, or hold what nobody asked for: then it is not used again.
    async fn look_before_reuse(&mut self) -> Result<(), Error> {
        if self.asking()?.client.connection().outstanding() > 0 {
            return Ok(());
        }
        std::future::poll_fn(|context| std::task::Poll::Ready(self.line.poll_heard(context, 0))).await;
        match self.hear_now(&mut Vec::new())? {
            None => Ok(()),
            Some(_) if self.line.ended => Err(Error::Ended),
            Some(_) => Err(SendError::OutOfTurn.into()),
        }
    }

    /// Drops what is unread of the response before.
    async fn drop_content(&mut self) -> Result<(), Error> {
        let (mut dropped, mut count) = (Vec::new(), 0);
        while matches!(self.asking()?.client.connection().responses(), Responses::Content { .. }) {
            self.hear(&mut dropped).await?;
            count += dropped.len() as u64;
            dropped.clear();
            if count > self.options.drain {
                return Err(self.too_long());
            }
        }
        Ok(())
    }

    pub(super) async fn hear_content(&mut self, into: &mut Vec<u8>) -> Result<Heard, Error> {
        if !matches!(self.asking()?.client.connection().responses(), Responses::Content { .. }) {
            return Ok(Heard::Complete);
        }
        match self.hear(into).await? {
            Told::Heard(heard) => Ok(heard),
            Told::Response(_) | Told::Interim => unreachable!("the end of a message comes before the next head"),
        }
    }

    /// Reads on until there is something to tell. Content is appended to `into`.
    async fn hear(&mut self, into: &mut Vec<u8>) -> Result<Told, Error> {
        loop {
            if let Some(told) = self.hear_now(into)? {
                return Ok(told);
            }
            let deadline = self.asking()?.client.deadline();
            match self.line.receive(deadline.map(|deadline| deadline.at)).await {
                Ok(()) => {}
                Err(TransportError::Late) => {
                    self.asking()?.client.give_up();
                    return Err(Error::Late(deadline.map_or(Wait::Answer, |deadline| deadline.wait)));
                }
                Err(error) => {
                    self.asking()?.client.give_up();
                    return Err(Error::from_transport(error, Wait::Answer));
                }
            }
        }
    }

    /// The same with what has been received already; `None` where that tells nothing yet.
    fn hear_now(&mut self, into: &mut Vec<u8>) -> Result<Option<Told>, Error> {
        let Role::Client(asking) = &mut self.role else { return Err(SendError::OutOfTurn.into()) };
        let octets = self.line.buffer.octets();
        let read = asking.client.read(octets, self.line.ended, self.line.now());
        let (consumed, event) = read.inspect_err(|fault| self.log.fault(*fault))?;
        let length = asking.client.length().unwrap_or(BodyLength::None);
        let told = match event {
            Event::Need => None,
            Event::Interim(head) => {
                self.log.response_read(&head, octets);
                asking.interim.push((head.status, owned(&head.fields, octets)));
                asking.client.reuse(head.fields);
                Some(Told::Interim)
            }
            Event::Response(head) | Event::Switched(head) => {
                self.log.response_read(&head, octets);
                self.content = 0;
                let switched = asking.client.connection().responses() == Responses::Switched;
                let mut response = Response::new(&head, octets, length, switched);
                response.interim = std::mem::take(&mut asking.interim);
                #[cfg(feature = "gzip")]
                {
                    let settings = self.options.codings.as_ref();
                    let decoding = Decoding::new(settings, &response.fields, Some(response.status), length);
                    // What is not known is left to the caller, as it is.
                    self.coded.decoding = decoding.filter(|decoding| matches!(decoding, Decoding::Under { .. }));
                    response.decoded = self.coded.decoding.is_some();
                }
                asking.client.reuse(head.fields);
                Some(Told::Response(response))
            }
            Event::Content(range) => {
                self.content += range.len() as u64;
                into.extend_from_slice(&octets[range]);
                Some(Told::Heard(Heard::Content))
            }
            Event::Complete { trailers } => {
                self.log.read_whole(self.content, &trailers, octets);
                self.trailers = owned(&trailers, octets);
                Some(Told::Heard(Heard::Complete))
            }
            Event::Over => Some(Told::Heard(Heard::Over)),
        };
        self.line.buffer.consume(consumed);
        if asking.client.connection().is_idle() {
            self.line.buffer.rest();
        }
        Ok(told)
    }

    fn asking(&mut self) -> Result<&mut Asking, Error> {
        match &mut self.role {
            Role::Client(asking) => Ok(asking),
            _ => Err(SendError::OutOfTurn.into()),
        }
    }
}

enum Told {
    Response(Response),
    Interim,
    Heard(Heard),
}
