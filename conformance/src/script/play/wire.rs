//! The stream under a connection: TCP, TLS on TCP, or a Unix socket.
//!
//! An end without a word of TLS's own (`close_notify`) comes up as a reset: octets may be missing, so it ends no response that has no
//! other end (RFC 9112 §9.8).

use std::fmt;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

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
    /// The same, secured by TLS.
    Tls {
        /// The name or address.
        host: String,
        /// The port.
        port: u16,
        /// How.
        security: Security,
    },
    /// A Unix socket.
    Unix(PathBuf),
}

/// How a connection to a subject is secured.
#[derive(Clone)]
pub struct Security {
    /// The name that is asked for (SNI), and that its certificate must be for; an IP address is not asked for by name.
    pub server_name: ServerName<'static>,
    /// Whom we trust, and what else TLS is told.
    pub config: Arc<ClientConfig>,
}

impl PartialEq for Security {
    /// The same name, and the same configuration (not one that says the same).
    fn eq(&self, other: &Security) -> bool {
        self.server_name == other.server_name && Arc::ptr_eq(&self.config, &other.config)
    }
}

impl Eq for Security {}

impl fmt::Debug for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Security").field("server_name", &self.server_name).finish_non_exhaustive()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Address::Tcp { host, port } => write!(f, "{host}:{port}"),
            Address::Tls { host, port, .. } if host.contains(':') => write!(f, "https://[{host}]:{port}"),
            Address::Tls { host, port, .. } => write!(f, "https://{host}:{port}"),
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

impl Stream for TlsStream<TcpStream> {
    fn reset_on_close(&self) -> io::Result<()> {
        self.get_ref().0.reset_on_close()
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
                Address::Tcp { host, port } => Ok(Box::new(tcp(host, *port).await?) as Box<dyn Stream>),
                Address::Tls { host, port, security } => {
                    let connector = TlsConnector::from(security.config.clone());
                    let stream = connector.connect(security.server_name.clone(), tcp(host, *port).await?).await;
                    let stream =
                        stream.map_err(|error| io::Error::new(error.kind(), format!("no TLS session: {error}")))?;
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

async fn tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((host, port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
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
