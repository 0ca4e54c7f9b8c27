//! What the benches over sockets have in common: parties that speak HTTP/1.1 over loopback, in pairs, all with the same messages,
//! the same runtime, the same socket options and the same TLS.
//!
//! ```text
//!   message ──► security ──► server ─┐
//!                            client ─┴─► pairing ──► measure        each side is ours, hyper's, or octets without any protocol
//! ```
//!
//! ```
//! use wiregauge_benches::message::{SMALL, expected};
//! use wiregauge_benches::{measure, pairing::PAIRINGS};
//!
//! let runtime = measure::runtime()?;
//! measure::bounded(&runtime, async {
//!     for pairing in PAIRINGS {
//!         let server = pairing.server(None, SMALL).await?;
//!         let mut client = pairing.client(&server, None).await?;
//!         expected(&client.get().await?, SMALL)?;
//!         client.close().await?;
//!         server.stop().await;
//!     }
//!     Ok(())
//! })?;
//! # Ok::<(), wiregauge_benches::Trouble>(())
//! ```

pub mod client;
pub mod measure;
pub mod message;
pub mod pairing;
pub mod security;
pub mod server;

/// Why there is nothing to measure.
pub type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// wiregauge-proto: the async door of its driver as the client, its origin server as the server.
    Ours,
    /// hyper 1: its client connection, its server connection. A server has the timer that its default limit on heads needs, since ours
    /// has limits on time as well; hyper's client connection has none to set.
    Hyper,
    /// Nobody: the octets of the messages are sent and counted, and not read. What is left of the others without it is what
    /// HTTP costs.
    Octets,
}
