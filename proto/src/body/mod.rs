//! Message bodies (RFC 9112 §6, §7): how long they are (`length`), what is in them (`Decoder`), how they are written
//! (`Encoder`).
//!
//! ```text
//! head ──► length::request / length::response ──► Decision ──► Decoder ──► content, trailers
//!                                                          └─► Encoder ◄── content, trailers
//! ```

mod chunked;
mod decoder;
pub mod length;
mod write;

pub use decoder::{Decoder, Piece};
pub use length::{Answered, BodyLength, Decision, Step};
pub use write::{EncodeError, Encoder};
