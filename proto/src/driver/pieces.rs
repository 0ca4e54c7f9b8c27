//! Content that the caller sends itself, piece by piece: [`super::Content::Pieces`].

use super::asking::Go;
use super::{AsyncHttp, Error, Role};
use crate::client::Requesting;
use crate::connection::outgoing::{Field, SendError};
use crate::server::Responding;
use crate::transport::AsyncTransport;

/// Whether the peer has use for more content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// As far as is known.
    More,
    /// The answer is there, or the connection is at its end: what is left need not be sent (RFC 9112 §9.5), and is not.
    NoMore,
}

/// The message whose content the caller sends.
#[derive(Debug)]
pub(super) enum Begun {
    Nothing,
    Request(Requesting),
    Response(Responding),
    /// A request whose content is left unsent from here on.
    Unwanted,
}

/// The most that is written before it is sent.
const PIECE: usize = 16 * 1024;

impl<T: AsyncTransport> AsyncHttp<T> {
    /// Sends some content of the message that was begun with [`super::Content::Pieces`]. An empty piece does nothing. Where a
    /// response has no content (an answer to HEAD, 204, 304) the piece is dropped. What is sent in a content coding may wait for the
    /// pieces behind it.
    ///
    /// # Errors
    /// [`SendError::OutOfTurn`] where no message was begun; more than was announced; the clock, the line. The connection can then
    /// only be closed.
    pub async fn send_piece(&mut self, octets: &[u8]) -> Result<Wanted, Error> {
        #[cfg(feature = "gzip")]
        if let Some(encoder) = &mut self.coded.encoder {
            let mut coded = Vec::new();
            encoder.encode(octets, &mut coded).map_err(Error::Coding)?;
            return self.send_coded(&coded).await;
        }
        self.send_coded(octets).await
    }

    /// The same, as it is to be on the wire, but for chunked.
    async fn send_coded(&mut self, octets: &[u8]) -> Result<Wanted, Error> {
        for piece in octets.chunks(PIECE) {
            match (&mut self.begun, &mut self.role) {
                (Begun::Request(requesting), Role::Client(asking)) => {
                    requesting.content(&mut asking.client, piece, self.line.now())?;
                    self.log.content_sent(piece.len());
                    if self.push(Go::On).await? == Go::Stop {
                        self.leave();
                    }
                }
                (Begun::Response(responding), Role::Server(server)) => {
                    responding.content(server, piece, self.line.now())?;
                    if !responding.is_without_content() {
                        self.log.content_sent(piece.len());
                    }
                    self.flush().await?;
                }
                (Begun::Unwanted, _) => {}
                _ => return Err(SendError::OutOfTurn.into()),
            }
        }
        Ok(match self.begun {
            Begun::Unwanted => Wanted::NoMore,
            _ => Wanted::More,
        })
    }

    /// Ends the message that was begun with [`super::Content::Pieces`], with trailers where it is chunked.
    ///
    /// # Errors
    /// [`SendError::OutOfTurn`] where no message was begun; less than was announced; what is wrong with a trailer; the clock, the
    /// line. The connection can then only be closed.
    pub async fn end(&mut self, trailers: &[Field<'_>]) -> Result<(), Error> {
        #[cfg(feature = "gzip")]
        if let Some(encoder) = self.coded.encoder.take() {
            let mut coded = Vec::new();
            encoder.finish(&mut coded).map_err(Error::Coding)?;
            self.send_coded(&coded).await?;
        }
        match (std::mem::replace(&mut self.begun, Begun::Nothing), &mut self.role) {
            (Begun::Request(requesting), Role::Client(asking)) => {
                requesting.end(&mut asking.client, trailers, self.line.now())?;
                self.log.sent_whole(trailers);
                self.push(Go::On).await.map(drop)
            }
            (Begun::Response(responding), Role::Server(server)) => {
                responding.end(server, trailers, self.line.now())?;
                self.log.sent_whole(trailers);
                self.answered().await
            }
            (Begun::Unwanted, _) => Ok(()),
            _ => Err(SendError::OutOfTurn.into()),
        }
    }

    /// What is left of a request is not sent any more.
    fn leave(&mut self) {
        if let (Begun::Request(requesting), Role::Client(asking)) =
            (std::mem::replace(&mut self.begun, Begun::Unwanted), &mut self.role)
        {
            requesting.leave(&mut asking.client, self.line.now());
            self.log.left();
        }
    }
}
