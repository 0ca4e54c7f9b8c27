//! Content that goes where the caller wants it: to a writer, or through a reader.

use std::fmt;
use std::io::{self, Read, Write};

use super::{AsyncHttp, Error, Http};
use crate::rule::Rule;
use crate::transport::{AsyncTransport, Transport, TransportError};

impl<T: AsyncTransport> AsyncHttp<T> {
    /// Reads the content of the message whose head was read last into `writer`, a piece at a time, and tells how many octets that
    /// were. [`AsyncHttp::trailers`] has the trailer fields then. At the async door, a writer that does not make its caller wait.
    ///
    /// # Errors
    /// [`Error::Content`] where the writer fails: what is left is not read any more, nor anything behind it; else as
    /// [`AsyncHttp::read_piece`].
    pub async fn read_content_to<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<u64, Error> {
        let (mut count, mut piece, mut more) = (0, Vec::new(), true);
        while more {
            piece.clear();
            more = self.read_piece(&mut piece).await?;
            count += piece.len() as u64;
            let written = writer.write_all(&piece).and_then(|()| if more { Ok(()) } else { writer.flush() });
            if let Err(error) = written {
                self.spoil();
                return Err(Error::Content(error));
            }
        }
        Ok(count)
    }
}

/// The content of a message as somebody who reads files takes it ([`Http::content`]). Its end is the end of a complete message: one
/// that was cut off is an error, each time that it is asked again.
pub struct ContentReader<'h, T> {
    http: &'h mut Http<T>,
    piece: Vec<u8>,
    /// How much of the piece was given.
    given: usize,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    More,
    Complete,
    Failed,
}

impl<T: Transport> Http<T> {
    /// [`AsyncHttp::read_content_to`].
    pub fn read_content_to<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<u64, Error> {
        super::blocking::done(self.inner.read_content_to(writer))
    }

    /// The content of the message whose head was read last, as a reader. What it does not read is dropped when the next message is
    /// read.
    ///
    /// ```
    /// use std::io::BufRead;
    /// use wiregauge_proto::driver::{Http, Options};
    /// use wiregauge_proto::transport::{Transport, memory};
    ///
    /// let (near, mut far) = memory::pair();
    /// far.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\none\ntwo\n", None)?;
    /// let mut http = Http::new(near, Options::default());
    /// http.read_request()?.expect("a request");
    /// let lines = std::io::BufReader::new(http.content()).lines().collect::<Result<Vec<_>, _>>()?;
    /// assert_eq!(lines, ["one", "two"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn content(&mut self) -> ContentReader<'_, T> {
        ContentReader { http: self, piece: Vec::new(), given: 0, state: State::More }
    }
}

impl<T: Transport> Read for ContentReader<'_, T> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.given == self.piece.len() && !buf.is_empty() {
            match self.state {
                State::More => {}
                State::Complete => return Ok(0),
                State::Failed => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
            self.piece.clear();
            self.given = 0;
            self.state = match self.http.read_piece(&mut self.piece) {
                Ok(true) => State::More,
                Ok(false) => State::Complete,
                Err(error) => {
                    self.state = State::Failed;
                    return Err(error.into());
                }
            };
        }
        let count = buf.len().min(self.piece.len() - self.given);
        buf[..count].copy_from_slice(&self.piece[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

impl<T> fmt::Debug for ContentReader<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentReader").field("state", &self.state).finish_non_exhaustive()
    }
}

impl From<Error> for io::Error {
    /// With the error of the connection as its source, and the kind that fits.
    fn from(error: Error) -> io::Error {
        let kind = match &error {
            Error::Fault(fault) => match fault.rule {
                Rule::MessageIncompleteHead | Rule::MessageIncompleteContent | Rule::MessageIncompleteChunked => {
                    io::ErrorKind::UnexpectedEof
                }
                _ => io::ErrorKind::InvalidData,
            },
            #[cfg(feature = "gzip")]
            Error::Coding(_) => io::ErrorKind::InvalidData,
            Error::Ended | Error::Transport(TransportError::Truncated) => io::ErrorKind::UnexpectedEof,
            Error::Late(_) => io::ErrorKind::TimedOut,
            Error::Reset => io::ErrorKind::ConnectionReset,
            Error::Content(error) | Error::Transport(TransportError::Other(error)) => error.kind(),
            Error::Send(_) => io::ErrorKind::InvalidInput,
            Error::Transport(_) => io::ErrorKind::NotConnected,
        };
        io::Error::new(kind, error)
    }
}
