//! Who connects to whom: one orchestrator per role of the subject.

pub mod parser;
pub mod server;
