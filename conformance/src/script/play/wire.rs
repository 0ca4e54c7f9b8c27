//! The stream under a connection: TCP and Unix sockets now, TLS around either of them later.

use std::fmt;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::time::Instant;

/// Where a subject listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A name or an IP address (IPv6 without brackets) and a port.
    Tcp {
        /// The name or address.
        host: String,
        /// The port.
        port: u16,
    },
    /// A Unix socket.
    Unix(PathBuf),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Address::Tcp { host, port } => write!(f, "{host}:{port}"),
            Address::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// A connected stream.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {
    /// From now on closing resets the connection, where the transport knows resets.
    fn reset_on_close(&self) -> io::Result<()>;
}

impl Stream for TcpStream {
    fn reset_on_close(&self) -> io::Result<()> {
        socket2::SockRef::from(self).set_linger(Some(Duration::ZERO))
    }
}

#[cfg(unix)]
impl Stream for UnixStream {
    /// A Unix socket has no reset of its own; the peer sees one when octets of its were left unread.
    fn reset_on_close(&self) -> io::Result<()> {
        Ok(())
    }
}

/// What [`Wire::connect`] gives.
pub type Connecting<'a> = Pin<Box<dyn Future<Output = io::Result<Box<dyn Stream>>> + Send + 'a>>;

/// Opens connections to a subject.
pub trait Wire: Send + Sync {
    /// One connection. Every address that a name stands for is tried in turn.
    fn connect(&self) -> Connecting<'_>;
}

impl Wire for Address {
    fn connect(&self) -> Connecting<'_> {
        Box::pin(async move {
            match self {
                Address::Tcp { host, port } => {
                    let stream = TcpStream::connect((host.as_str(), *port)).await?;
                    stream.set_nodelay(true)?;
                    Ok(Box::new(stream) as Box<dyn Stream>)
                }
                #[cfg(unix)]
                Address::Unix(path) => Ok(Box::new(UnixStream::connect(path).await?) as Box<dyn Stream>),
                #[cfg(not(unix))]
                Address::Unix(_) => Err(io::Error::new(io::ErrorKind::Unsupported, "no Unix sockets on this system")),
            }
        })
    }
}

/// How long a connection that found no port or descriptor waits before it tries again.
const BREATH: Duration = Duration::from_millis(20);

/// A connection, tried again while ports or descriptors run out (ours, or the queue of a Unix socket): that is never a verdict.
///
/// # Errors
/// What the system said, or `TimedOut` when `by` passed.
pub async fn connect(wire: &dyn Wire, by: Instant) -> io::Result<Box<dyn Stream>> {
    loop {
        match tokio::time::timeout_at(by, wire.connect()).await {
            Err(_) => return Err(io::Error::new(io::ErrorKind::TimedOut, "the connection was not accepted in time")),
            Ok(Err(error)) if is_shortage(&error) && Instant::now() + BREATH < by => tokio::time::sleep(BREATH).await,
            Ok(outcome) => return outcome,
        }
    }
}

/// Whether a later try may find what this one lacked.
fn is_shortage(error: &io::Error) -> bool {
    use nix::errno::Errno;
    let shortages = [Errno::EMFILE, Errno::ENFILE, Errno::EADDRNOTAVAIL, Errno::EAGAIN, Errno::ENOBUFS];
    error.raw_os_error().is_some_and(|code| shortages.contains(&Errno::from_raw(code)))
}
