//! A strict, diagnosing HTTP/1.1 client and server protocol implementation (RFC 9110, RFC 9112) over an I/O the user provides.
//!
//! Modules, each using only those before it (`tests/layers.rs` checks it): `octet`, `span`, `rule`, `witness`, `limits`, `head`,
//! `field`, `body`, `message`, `connection`, `client`, `server`, `coding`, `transport`, `driver`, `representation`, `tls`, `user_agent`,
//! `origin_server`, `gateway`, `convert`.

pub mod body;
pub mod client;
#[cfg(feature = "gzip")]
pub mod coding;
pub mod connection;
#[cfg(feature = "http")]
pub mod convert;
pub mod driver;
pub mod field;
#[cfg(feature = "gateway")]
pub mod gateway;
pub mod head;
pub mod limits;
pub mod message;
pub mod octet;
#[cfg(feature = "origin-server")]
pub mod origin_server;
#[cfg(feature = "representation")]
pub mod representation;
pub mod rule;
pub mod server;
pub mod span;
#[cfg(feature = "tls")]
pub mod tls;
pub mod transport;
#[cfg(feature = "user-agent")]
pub mod user_agent;
pub mod witness;

pub use limits::Limits;
pub use rule::{Class, Level, Rule};
pub use span::{Place, Span};
pub use witness::{Broken, Element, Findings, RuleSet, Strict, Tolerant, Witness};

/// The examples of the README run as tests.
#[cfg(all(doctest, feature = "gateway"))]
#[doc = include_str!("../README.md")]
struct Readme;
