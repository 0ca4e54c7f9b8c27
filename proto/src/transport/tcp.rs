//! A TCP socket of the standard library, blocking.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use super::{Close, Ending, Transport, TransportError};

/// A connected TCP socket. Its read and write timeouts and its blocking mode are set here: do not set them elsewhere.
#[derive(Debug)]
pub struct Tcp {
    socket: Option<TcpStream>,
    ending: Ending,
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

impl Tcp {
    /// Takes a connected socket over. TCP_NODELAY is set (a message is handed over whole, waiting for more only delays it).
    pub fn new(socket: TcpStream) -> io::Result<Tcp> {
        socket.set_nodelay(true)?;
        socket.set_nonblocking(false)?;
        socket.set_read_timeout(None)?;
        socket.set_write_timeout(None)?;
        Ok(Tcp { socket: Some(socket), ending: Ending::default(), read_timeout: None, write_timeout: None })
    }

    /// The socket, unless both halves were closed.
    pub fn socket(&self) -> Option<&TcpStream> {
        self.socket.as_ref()
    }
}

impl Transport for Tcp {
    fn recv(&mut self, buf: &mut [u8], by: Option<Instant>) -> Result<usize, TransportError> {
        if let Some(error) = self.ending.forbids_receiving() {
            return Err(error);
        }
        let Some(socket) = &mut self.socket else { return Err(TransportError::Closed) };
        let found =
            until(socket, by, &mut self.read_timeout, TcpStream::set_read_timeout, |socket| socket.read(&mut *buf));
        self.ending.received(found)
    }

    fn send(&mut self, octets: &[u8], by: Option<Instant>) -> Result<usize, TransportError> {
        if let Some(error) = self.ending.forbids_sending() {
            return Err(error);
        }
        if octets.is_empty() {
            return Ok(0);
        }
        let Some(socket) = &mut self.socket else { return Err(TransportError::Closed) };
        let found =
            until(socket, by, &mut self.write_timeout, TcpStream::set_write_timeout, |socket| socket.write(octets));
        self.ending.sent(found)
    }

    /// [`Close::Reset`] drops the socket without shutting it down first. The standard library cannot ask for a reset
    /// (`SO_LINGER` is not stable there): the system sends one when octets of the peer were left unread, an ordinary end
    /// otherwise. Who needs the reset sets `SO_LINGER` to zero on [`Tcp::socket`] by other means before.
    fn close(&mut self, how: Close, _: Option<Instant>) -> Result<(), TransportError> {
        self.ending.write_closed = true;
        match (how, &self.socket) {
            (_, None) => Ok(()),
            (Close::Write, Some(socket)) => shut(socket, Shutdown::Write),
            (Close::Both, Some(socket)) => {
                let done = shut(socket, Shutdown::Both);
                self.ending.closed = true;
                self.socket = None;
                done
            }
            (Close::Reset, Some(_)) => {
                self.ending.closed = true;
                self.socket = None;
                Ok(())
            }
        }
    }
}

/// Shuts a half; a connection that is gone already is shut well enough.
fn shut(socket: &TcpStream, half: Shutdown) -> Result<(), TransportError> {
    match socket.shutdown(half) {
        Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
        other => other.map_err(TransportError::from),
    }
}

/// Makes `call` until it does something or the deadline passes; after the deadline once more without waiting.
fn until(
    socket: &mut TcpStream,
    by: Option<Instant>,
    set: &mut Option<Duration>,
    set_timeout: impl Fn(&TcpStream, Option<Duration>) -> io::Result<()>,
    mut call: impl FnMut(&mut TcpStream) -> io::Result<usize>,
) -> io::Result<usize> {
    loop {
        let left = by.map(|by| by.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) {
            socket.set_nonblocking(true)?;
            let found = call(socket);
            socket.set_nonblocking(false)?;
            match found {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                found => return found,
            }
        }
        if *set != left {
            set_timeout(socket, left)?;
            *set = left;
        }
        match call(socket) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // The system's timeout may come a little early; the deadline decides.
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            found => return found,
        }
    }
}
