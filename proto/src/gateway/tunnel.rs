//! Tunnels (RFC 9110 §9.3.6): octets both ways, each half ended when it ends.

use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use super::Gateway;
use super::trouble::Trouble;
use crate::origin_server::Exchange;
use crate::transport::{AsyncTransport, Close, TransportError};

impl Gateway {
    pub(super) async fn tunnel(&self, exchange: &mut Exchange<'_>, host: &str, port: u16) -> Result<(), Trouble> {
        if !self.options.tunnel_ports.contains(&port) {
            return Err(Trouble::Refused(403, format!("no tunnels are opened to port {port}")));
        }
        let mut far = self.agent.dial(host, port).await?;
        let idle = self.options.tunnel_idle;
        let afterwards = move |mut near, octets| async move {
            join(&mut near, &mut far, octets, idle).await;
        };
        exchange.switch(200, &[], &[], afterwards).await.map_err(Trouble::Client)
    }
}

/// One direction.
struct Half {
    octets: Vec<u8>,
    sent: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// The sender has ended; the receiver is to be told.
    Ended,
    Over,
}

const PIECE: usize = 16 * 1024;

/// Carries octets until both halves are over, something fails, or nothing moved for `idle`. `octets` came from `near` already.
pub(super) async fn join<N: AsyncTransport, F: AsyncTransport>(
    near: &mut N,
    far: &mut F,
    octets: Vec<u8>,
    idle: Duration,
) {
    let mut out = Half { octets, sent: 0, state: State::Open };
    let mut back = Half { octets: Vec::new(), sent: 0, state: State::Open };
    let mut moved = near.now();
    let ended = poll_fn(|context| {
        loop {
            let by = moved.checked_add(idle);
            let steps = [out.poll(context, near, far, by), back.poll(context, far, near, by)];
            let over = out.state == State::Over && back.state == State::Over;
            if over {
                return Poll::Ready(Ok(()));
            }
            let mut progress = false;
            for step in steps {
                match step {
                    Poll::Ready(Ok(())) => progress = true,
                    // It may be the other direction that is in use.
                    Poll::Ready(Err(TransportError::Late)) if by.is_some_and(|by| near.now() < by) => {}
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => {}
                }
            }
            if !progress {
                return Poll::Pending;
            }
            moved = near.now();
        }
    })
    .await;
    let how = if ended.is_ok() { Close::Both } else { Close::Reset };
    let by = near.now().checked_add(Duration::from_secs(1));
    // They are gone, or going: nobody is left to tell.
    let _ = poll_fn(|context| far.poll_close(context, how, by)).await;
    let _ = poll_fn(|context| near.poll_close(context, how, by)).await;
}

impl Half {
    /// Ready where something moved.
    fn poll<S: AsyncTransport, R: AsyncTransport>(
        &mut self,
        context: &mut Context<'_>,
        sender: &mut S,
        receiver: &mut R,
        by: Option<Instant>,
    ) -> Poll<Result<(), TransportError>> {
        match self.state {
            State::Over => Poll::Pending,
            _ if self.sent < self.octets.len() => {
                let count = std::task::ready!(receiver.poll_send(context, &self.octets[self.sent..], by))?;
                self.sent += count;
                Poll::Ready(Ok(()))
            }
            State::Ended => {
                std::task::ready!(receiver.poll_close(context, Close::Write, by))?;
                self.state = State::Over;
                Poll::Ready(Ok(()))
            }
            State::Open => {
                self.sent = 0;
                self.octets.resize(PIECE, 0);
                let polled = sender.poll_recv(context, &mut self.octets, by);
                let count = match &polled {
                    Poll::Ready(Ok(count)) => *count,
                    _ => 0,
                };
                self.octets.truncate(count);
                if std::task::ready!(polled)? == 0 {
                    self.state = State::Ended;
                }
                Poll::Ready(Ok(()))
            }
        }
    }
}
