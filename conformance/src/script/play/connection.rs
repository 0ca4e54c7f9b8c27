//! One connection of ours: what can be seen of it from outside.

use std::io::ErrorKind;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::ReadBuf;
use tokio::time::Instant;

use super::completeness::Completeness;
use super::log::Log;
use super::wire::Stream;
use crate::transcript::What;

/// How a connection ended, seen from us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The peer ended its half.
    Fin,
    /// The peer reset it.
    Reset,
    /// It never came to be.
    Refused,
    /// We closed it.
    Ours,
}

/// What all connections of one playing may still receive.
pub(super) struct Room {
    /// Octets left.
    pub(super) octets: u64,
}

/// How often one connection is read in a row before time is looked at again.
const READS_IN_A_ROW: usize = 16;

/// One connection.
pub(super) struct Connection {
    /// `c1` and so on.
    pub(super) name: String,
    /// Messages that are complete so far.
    pub(super) completeness: Completeness,
    /// Final responses that were complete when octets were last sent.
    pub(super) answered_before: usize,
    /// How many final responses the steps so far waited for.
    pub(super) finals_awaited: usize,
    /// How it ended, if it did.
    pub(super) end: Option<End>,
    /// Whether reading stopped since so much came.
    pub(super) too_much: bool,
    /// When the last octet came, or when it was opened.
    pub(super) last_octet: Instant,
    /// Why nothing more can be sent, if so.
    pub(super) unwritable: Option<String>,
    stream: Option<Box<dyn Stream>>,
    /// A call other than a read was told of a reset: the next clean end is that reset (the first call that reports a reset takes it
    /// away, what arrived before it stays readable).
    reset_told: bool,
}

impl Connection {
    /// A connection that was opened.
    pub(super) fn open(name: &str, stream: Box<dyn Stream>) -> Connection {
        Connection { stream: Some(stream), ..Connection::none(name) }
    }

    /// A connection that could not be opened.
    pub(super) fn refused(name: &str, error: &std::io::Error) -> Connection {
        let unwritable = Some(format!("never connected: {error}"));
        Connection { end: Some(End::Refused), unwritable, ..Connection::none(name) }
    }

    fn none(name: &str) -> Connection {
        Connection {
            name: name.to_owned(),
            completeness: Completeness::default(),
            answered_before: 0,
            finals_awaited: 0,
            end: None,
            too_much: false,
            last_octet: Instant::now(),
            unwritable: None,
            stream: None,
            reset_told: false,
        }
    }

    /// Reads what is there, until nothing is, the end, or the limit. Never tells more than that something changed: whoever waits
    /// looks at the connection itself.
    pub(super) fn poll_reading(&mut self, cx: &mut Context<'_>, log: &mut Log, room: &mut Room) {
        let mut storage = [0; 16 * 1024];
        for _ in 0..READS_IN_A_ROW {
            if self.end.is_some() || self.too_much {
                return;
            }
            let Some(stream) = self.stream.as_mut() else { return };
            // What was taken over to be sent may wait for room (TLS); whether that fails, a later call tells.
            let _ = Pin::new(stream.as_mut()).poll_flush(cx);
            let most = usize::try_from(room.octets).unwrap_or(usize::MAX).clamp(1, storage.len());
            let mut buffer = ReadBuf::new(&mut storage[..most]);
            match Pin::new(stream.as_mut()).poll_read(cx, &mut buffer) {
                Poll::Pending => return,
                Poll::Ready(Ok(())) if buffer.filled().is_empty() => {
                    let end = if self.reset_told { End::Reset } else { End::Fin };
                    self.ended(end, log);
                }
                Poll::Ready(Ok(())) => {
                    let octets = buffer.filled();
                    if room.octets == 0 || !log.received(&self.name, octets) {
                        self.too_much = true;
                        return;
                    }
                    room.octets -= octets.len() as u64;
                    self.last_octet = Instant::now();
                    self.completeness.received(octets);
                }
                Poll::Ready(Err(error)) if error.kind() == ErrorKind::Interrupted => {}
                // Whatever else a read fails with (a network that is down, a keep-alive that ran out), the peer is gone without a
                // FIN.
                Poll::Ready(Err(_)) => self.ended(End::Reset, log),
            }
        }
        cx.waker().wake_by_ref();
    }

    fn ended(&mut self, end: End, log: &mut Log) {
        self.end = Some(end);
        self.completeness.ended(end == End::Fin);
        log.note(&self.name, if end == End::Reset { What::Reset } else { What::Fin });
    }

    /// Writes what the system takes.
    ///
    /// # Errors
    /// Why nothing more can be sent, now or later.
    pub(super) fn poll_writing(&mut self, cx: &mut Context<'_>, octets: &[u8]) -> Poll<Result<usize, String>> {
        if let Some(why) = self.unwritable.clone().or_else(|| self.gone()) {
            return Poll::Ready(Err(why));
        }
        let Some(stream) = self.stream.as_mut() else { return Poll::Ready(Err("we closed the connection".to_owned())) };
        match Pin::new(stream.as_mut()).poll_write(cx, octets) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(0)) => Poll::Ready(Err(self.cannot_write("the system takes no more octets".to_owned()))),
            Poll::Ready(Ok(count)) => Poll::Ready(Ok(count)),
            Poll::Ready(Err(error)) if error.kind() == ErrorKind::Interrupted => Poll::Ready(Ok(0)),
            Poll::Ready(Err(error)) => {
                // A broken pipe is not the reset itself: the peer's FIN came before it (Linux), or a read is still told (BSD).
                self.reset_told |= matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted);
                Poll::Ready(Err(self.cannot_write(error.to_string())))
            }
        }
    }

    /// Nothing more is sent on this connection, and why.
    pub(super) fn cannot_write(&mut self, why: String) -> String {
        self.unwritable = Some(why.clone());
        why
    }

    /// Why sending is of no use, if so: who ended its half never answers again.
    fn gone(&self) -> Option<String> {
        let why = match self.end? {
            End::Fin => "the peer has ended the connection",
            End::Reset => "the peer has reset the connection",
            End::Refused => "never connected",
            End::Ours => "we closed the connection",
        };
        Some(why.to_owned())
    }

    /// Ends our half.
    pub(super) fn poll_half_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(stream) = self.stream.as_mut() else { return Poll::Ready(()) };
        match Pin::new(stream.as_mut()).poll_shutdown(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(outcome) => {
                if let Err(error) = outcome {
                    self.reset_told |= error.kind() == ErrorKind::ConnectionReset;
                }
                self.unwritable.get_or_insert("we ended our half".to_owned());
                Poll::Ready(())
            }
        }
    }

    /// Closes it, with a reset or without.
    pub(super) fn close(&mut self, reset: bool) {
        if let Some(stream) = self.stream.take()
            && reset
        {
            // If the option is refused the close is an ordinary one, which the subject may take for a FIN.
            let _ = stream.reset_on_close();
        }
        self.end.get_or_insert(End::Ours);
    }
}
