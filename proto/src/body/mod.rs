//! Message bodies (RFC 9112 §6, §7): how long they are (`length`), and what is in them (`Decoder`).
//!
//! ```text
//! head ──► length::request / length::response ──► Decision ──► Decoder ──► content, trailers
//! ```

mod chunked;
mod decoder;
pub mod length;

pub use decoder::{Decoder, Piece};
pub use length::{Answered, BodyLength, Decision, Step};
