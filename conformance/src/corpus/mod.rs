//! Fixtures on disk, or in the binary, become cases.

pub mod model;
