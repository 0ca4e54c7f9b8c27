//! A connection that is secured, or not.

use std::task::{Context, Poll};
use std::time::Instant;

use super::Tls;
use crate::transport::{AsyncTransport, Close, TransportError};

/// A transport as it is, or with TLS over it: for whoever serves or asks both.
#[derive(Debug)]
pub enum Channel<T> {
    /// Octets as they are.
    Plain(T),
    /// TLS.
    Secured(Box<Tls<T>>),
}

impl<T> Channel<T> {
    /// Whether it is secured.
    pub fn is_secured(&self) -> bool {
        matches!(self, Channel::Secured(_))
    }

    /// The transport below.
    pub fn transport(&self) -> &T {
        match self {
            Channel::Plain(transport) => transport,
            Channel::Secured(tls) => tls.transport(),
        }
    }
}

impl<T: AsyncTransport> Channel<T> {
    /// Shakes hands where there are hands to shake.
    ///
    /// # Errors
    /// As [`Tls::handshake`].
    pub async fn handshake(&mut self, by: Option<Instant>) -> Result<(), TransportError> {
        match self {
            Channel::Plain(_) => Ok(()),
            Channel::Secured(tls) => tls.handshake(by).await,
        }
    }
}

impl<T: AsyncTransport> AsyncTransport for Channel<T> {
    fn poll_recv(
        &mut self,
        context: &mut Context<'_>,
        buf: &mut [u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>> {
        match self {
            Channel::Plain(transport) => transport.poll_recv(context, buf, by),
            Channel::Secured(tls) => tls.poll_recv(context, buf, by),
        }
    }

    fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        octets: &[u8],
        by: Option<Instant>,
    ) -> Poll<Result<usize, TransportError>> {
        match self {
            Channel::Plain(transport) => transport.poll_send(context, octets, by),
            Channel::Secured(tls) => tls.poll_send(context, octets, by),
        }
    }

    fn poll_close(
        &mut self,
        context: &mut Context<'_>,
        how: Close,
        by: Option<Instant>,
    ) -> Poll<Result<(), TransportError>> {
        match self {
            Channel::Plain(transport) => transport.poll_close(context, how, by),
            Channel::Secured(tls) => tls.poll_close(context, how, by),
        }
    }

    fn now(&self) -> Instant {
        match self {
            Channel::Plain(transport) => transport.now(),
            Channel::Secured(tls) => AsyncTransport::now(&**tls),
        }
    }
}
