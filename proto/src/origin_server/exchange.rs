//! One request and its answer, as a handler has them.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use tokio::sync::watch;

use super::socket::Line;
use super::{HandlerError, Peer, Socket};
use crate::driver::{AsyncHttp, Request, ResponseOptions, Whole};
use crate::message::OwnedField;

/// What goes on on a connection after it has left HTTP.
pub(super) type Afterwards = Box<dyn FnOnce(Socket, Vec<u8>) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A request that was read, and the way to answer it.
pub struct Exchange<'c> {
    pub(super) http: &'c mut AsyncHttp<Line>,
    pub(super) request: &'c Request,
    pub(super) peer: &'c Peer,
    pub(super) stopping: &'c watch::Receiver<bool>,
    pub(super) afterwards: Option<Afterwards>,
}

impl Exchange<'_> {
    /// The head of the request.
    pub fn request(&self) -> &Request {
        self.request
    }

    /// Who asks.
    pub fn peer(&self) -> &Peer {
        self.peer
    }

    /// Reads the content of the request, whole. A client that holds it back is told to go on (RFC 9110 §10.1.1).
    ///
    /// # Errors
    /// As [`AsyncHttp::read_content`].
    pub async fn read_content(&mut self) -> Result<Whole, HandlerError> {
        Ok(self.http.read_content().await?)
    }

    /// Appends some content of the request to `into`; `false` says that it is complete.
    ///
    /// # Errors
    /// As [`AsyncHttp::read_piece`].
    pub async fn read_piece(&mut self, into: &mut Vec<u8>) -> Result<bool, HandlerError> {
        Ok(self.http.read_piece(into).await?)
    }

    /// The trailer fields of the request, once its content was read to the end.
    pub fn trailers(&self) -> &[OwnedField] {
        self.http.trailers()
    }

    /// Sends an interim response (1xx, but 101).
    ///
    /// # Errors
    /// As [`AsyncHttp::send_interim`].
    pub async fn interim(&mut self, status: u16, fields: &[(&[u8], &[u8])]) -> Result<(), HandlerError> {
        Ok(self.http.send_interim(status, fields).await?)
    }

    /// Answers: whole, or, with [`crate::driver::Content::Pieces`], the head alone. An empty reason becomes the one that RFC 9110 §15
    /// has for the status.
    ///
    /// # Errors
    /// As [`AsyncHttp::send_response`].
    pub async fn respond(&mut self, options: ResponseOptions) -> Result<(), HandlerError> {
        let mut reply = self.http.make_response(self.request, options);
        reply.close |= *self.stopping.borrow();
        if reply.reason.is_empty() {
            reply.reason = crate::head::reason_phrase(reply.status).into();
        }
        Ok(self.http.send_response(reply).await?)
    }

    /// Sends some content of the answer that was begun.
    ///
    /// # Errors
    /// As [`AsyncHttp::send_piece`].
    pub async fn send_piece(&mut self, octets: &[u8]) -> Result<(), HandlerError> {
        // A client has no way to say that it wants no more, but to go.
        self.http.send_piece(octets).await.map(|_| ()).map_err(HandlerError::from)
    }

    /// Ends the answer that was begun.
    ///
    /// # Errors
    /// As [`AsyncHttp::end`].
    pub async fn end(&mut self, trailers: &[(&[u8], &[u8])]) -> Result<(), HandlerError> {
        Ok(self.http.end(trailers).await?)
    }

    /// Leaves HTTP (RFC 9110 §7.8, §9.3.6): answers 101 with the protocols that it switches to, or a 2xx to CONNECT. When the handler
    /// has returned, `afterwards` is given the connection, and the octets of the other protocol that have come already.
    ///
    /// # Errors
    /// As [`AsyncHttp::switch`].
    pub async fn switch<A>(
        &mut self,
        status: u16,
        protocols: &[&[u8]],
        fields: &[(&[u8], &[u8])],
        afterwards: impl FnOnce(Socket, Vec<u8>) -> A + Send + 'static,
    ) -> Result<(), HandlerError>
    where
        A: Future<Output = ()> + Send + 'static,
    {
        // What is switched to comes behind the whole request.
        self.http.read_content().await?;
        self.http.switch(status, protocols, fields).await?;
        self.afterwards = Some(Box::new(|socket, octets| Box::pin(afterwards(socket, octets))));
        Ok(())
    }
}

impl fmt::Debug for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("request", self.request).field("peer", self.peer).finish_non_exhaustive()
    }
}
