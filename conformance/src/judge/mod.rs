//! Transcript x case -> what the RFC says about it. A pure function: no socket, no clock, no file.

pub mod result;
