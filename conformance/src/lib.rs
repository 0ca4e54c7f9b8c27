//! Wiregauge judges HTTP/1.1 implementations: data flows one way, from fixtures through scripts and transcripts to verdicts and reports.
//!
//! Modules, each using only those before it (`tests/layers.rs` checks it): `corpus`, `transcript`, `script`, `judge`, `subject`,
//! `serve`, `mutant`, `adapter`, `role`, `report`, `cli`.

pub mod adapter;
pub mod cli;
pub mod corpus;
pub mod judge;
pub mod mutant;
pub mod report;
pub mod role;
pub mod script;
pub mod serve;
pub mod subject;
pub mod transcript;
