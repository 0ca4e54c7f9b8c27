//! A TCP socket of tokio (feature `tokio`). The runtime's I/O and time drivers must be enabled.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use ::tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use ::tokio::net::TcpStream;
use ::tokio::time::Sleep;

use super::{AsyncTransport, Close, Ending, TransportError};

/// A connected TCP socket.
#[derive(Debug)]
pub struct Tcp {
    socket: Option<TcpStream>,
    ending: Ending,
    receiving: Alarm,
    sending: Alarm,
}

impl Tcp {
    /// Takes a connected socket over. TCP_NODELAY is set (a message is handed over whole, waiting for more only delays it).
    pub fn new(socket: TcpStream) -> io::Result<Tcp> {
        socket.set_nodelay(true)?;
        Ok(Tcp {
            socket: Some(socket),
            ending: Ending::default(),
            receiving: Alarm::default(),
            sending: Alarm::default(),
        })
    }

    /// The socket, unless both halves were closed.
    pub fn socket(&self) -> Option<&TcpStream> {
        self.socket.as_ref()
    }
}

impl AsyncTransport for Tcp {
    fn poll_recv(
        &mut self,
        context: &mut Context<'_>,
        buf: &mut [u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>> {
        if let Some(error) = self.ending.forbids_receiving() {
            return Poll::Ready(Err(error));
        }
        let Some(socket) = &mut self.socket else { return Poll::Ready(Err(TransportError::Closed)) };
        let mut room = ReadBuf::new(buf);
        match Pin::new(socket).poll_read(context, &mut room) {
            Poll::Ready(found) => Poll::Ready(self.ending.received(found.map(|()| room.filled().len()))),
            Poll::Pending => self.receiving.poll(context, by),
        }
    }

    fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        octets: &[u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>> {
        if let Some(error) = self.ending.forbids_sending() {
            return Poll::Ready(Err(error));
        }
        if octets.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let Some(socket) = &mut self.socket else { return Poll::Ready(Err(TransportError::Closed)) };
        match Pin::new(socket).poll_write(context, octets) {
            Poll::Ready(found) => Poll::Ready(self.ending.sent(found)),
            Poll::Pending => self.sending.poll(context, by),
        }
    }

    /// [`Close::Reset`] sends a reset (`SO_LINGER` zero).
    fn poll_close(
        &mut self,
        context: &mut Context<'_>,
        how: Close,
        by: Option<Instant>,
    ) -> Poll<Result<(), TransportError>> {
        let Some(socket) = &mut self.socket else { return Poll::Ready(Ok(())) };
        self.ending.write_closed = true;
        let done = match how {
            Close::Reset => socket.set_zero_linger(),
            Close::Write | Close::Both => match Pin::new(socket).poll_shutdown(context) {
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
                Poll::Ready(done) => done,
                Poll::Pending => {
                    ready!(self.sending.poll::<()>(context, by)).map_err(|_| io::ErrorKind::TimedOut.into())
                }
            },
        };
        if how != Close::Write {
            self.ending.closed = true;
            self.socket = None;
        }
        Poll::Ready(done.map_err(TransportError::from))
    }

    /// By the runtime's clock, which a test may pause.
    fn now(&self) -> Instant {
        ::tokio::time::Instant::now().into_std()
    }
}

/// A timer that is made when it is first needed and moved when the deadline moves.
#[derive(Debug, Default)]
struct Alarm {
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Alarm {
    fn poll<V>(&mut self, context: &mut Context<'_>, by: Option<Instant>) -> Poll<Result<V, TransportError>> {
        let Some(by) = by else { return Poll::Pending };
        if by <= ::tokio::time::Instant::now().into_std() {
            return Poll::Ready(Err(TransportError::Late));
        }
        let by = ::tokio::time::Instant::from_std(by);
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(::tokio::time::sleep_until(by)));
        if sleep.deadline() != by {
            sleep.as_mut().reset(by);
        }
        ready!(sleep.as_mut().poll(context));
        Poll::Ready(Err(TransportError::Late))
    }
}
