//! The transport of a server's connection.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpStream;

use super::Security;
use crate::tls::{Channel, Tls};
use crate::transport::TransportError;
#[cfg(feature = "log")]
use crate::transport::log::Logged;
use crate::transport::tokio::Tcp;

/// A server's end of a connection, plain or secured.
pub type Socket = Channel<Tcp>;

/// The same as the driver has it.
#[cfg(feature = "log")]
pub(super) type Line = Logged<Socket>;
#[cfg(not(feature = "log"))]
pub(super) type Line = Socket;

#[cfg(feature = "log")]
pub(super) fn line(socket: Socket, peer: &Peer) -> Line {
    Logged::new(socket, peer.address.to_string())
}

#[cfg(not(feature = "log"))]
pub(super) fn line(socket: Socket, _: &Peer) -> Line {
    socket
}

#[cfg(feature = "log")]
pub(super) fn socket(line: Line) -> Socket {
    line.into_inner()
}

#[cfg(not(feature = "log"))]
pub(super) fn socket(line: Line) -> Socket {
    line
}

/// Who is at the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its address.
    pub address: SocketAddr,
    /// Ours, which it connected to.
    pub local: SocketAddr,
    /// Whether the connection is secured by TLS.
    pub secured: bool,
}

/// Takes an accepted connection over.
pub(super) fn accepted(socket: TcpStream, security: Security) -> Result<(Socket, Peer), TransportError> {
    let addresses = || -> io::Result<_> { Ok((socket.peer_addr()?, socket.local_addr()?)) };
    let (address, local) = addresses()?;
    let secured = matches!(security, Security::Tls(_));
    let tcp = Tcp::new(socket)?;
    let socket = match security {
        Security::Plain => Channel::Plain(tcp),
        Security::Tls(config) => Channel::Secured(Box::new(Tls::server(tcp, config)?)),
    };
    Ok((socket, Peer { address, local, secured }))
}
