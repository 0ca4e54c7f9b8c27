//! Fixtures on disk, or in the binary, become cases.
//!
//! ```text
//! fixtures/<folder>/<file>.toml ─┐
//! (in the binary, or --fixtures) ├─► load ─► read (one file: tables, wire text) ─► Corpus
//! fixtures/requirements.toml ────┘
//! ```
//!
//! Every error names file, line, column and a remedy ([`FixtureError`]), and all errors come at once. The loader checks the
//! form; that the octets mean what a file says is checked by the lint ([`lint_with`]).

pub mod coverage;
pub mod error;
pub mod export;
mod lint;
mod load;
pub mod model;
mod read;
mod requirements;
pub mod said;
pub mod select;
pub mod wire_text;

pub use error::FixtureError;
pub use lint::{example_bindings, lint_dir, lint_with};
pub use load::{embedded_requirements, load_dir, load_embedded, load_with};
