//! Content codings (RFC 9110 §8.4): gzip and deflate, both ways, piece by piece. Octets in, octets out.
//!
//! ```text
//!   octets ─► Encoder ─► one coding ─► the wire ─► Decoder: the codings of Content-Encoding, last first ─► octets, within Guards
//! ```
//!
//! A [`Decoder`] never gives more at once than it is asked for, counts what it gave, and ends where [`Guards`] say that no
//! honest content is like that. A stream that is cut off, corrupt, or goes on behind its end is an error: none is taken for a whole one.
//! Which coding a client takes is [`negotiate`]d; which content is worth it, [`gains`] knows.
//!
//! ```
//! use wiregauge_proto::coding::{Coding, Decoder, Encoder, Guards};
//!
//! let mut coded = Vec::new();
//! let mut encoder = Encoder::new(Coding::Gzip, 6);
//! encoder.encode(b"hello, hello", &mut coded)?;
//! encoder.finish(&mut coded)?;
//! let mut decoder = Decoder::new(&[Coding::Gzip], Guards::default());
//! let mut octets = Vec::new();
//! decoder.take(&coded);
//! while decoder.give(&mut octets)? {}
//! decoder.finish()?;
//! assert_eq!(octets, b"hello, hello");
//! # Ok::<(), wiregauge_proto::coding::CodingError>(())
//! ```

mod decoder;
mod encoder;
mod error;
mod gzip_header;
mod negotiate;
mod stage;

pub use decoder::{Decoder, Guards};
pub use encoder::{Encoder, EncodingReader};
pub use error::CodingError;
pub use negotiate::{Choice, gains, negotiate};

/// A coding that can be done and undone here. `identity` is none at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// RFC 9110 §8.4.1.3, RFC 1952. Its other name is x-gzip.
    Gzip,
    /// RFC 9110 §8.4.1.2: a zlib stream (RFC 1950). A bare deflate stream, which some send, is understood too.
    Deflate,
}

/// The most codings that are undone one after another. More than two have never been of use to anybody but attackers.
pub const CODINGS: usize = 4;

impl Coding {
    /// All of them, the best first.
    pub const ALL: [Coding; 2] = [Coding::Gzip, Coding::Deflate];

    /// The name to write.
    pub fn name(self) -> &'static str {
        match self {
            Coding::Gzip => "gzip",
            Coding::Deflate => "deflate",
        }
    }

    /// The coding of that name, which is compared without case.
    pub fn of(name: &[u8]) -> Option<Coding> {
        let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
        if is("gzip") || is("x-gzip") {
            Some(Coding::Gzip)
        } else if is("deflate") {
            Some(Coding::Deflate)
        } else {
            None
        }
    }

    /// The codings that these Content-Encoding lines name, in the order in which they were applied. `identity` and empty members
    /// say nothing.
    ///
    /// # Errors
    /// [`CodingError::Unsupported`] for the first other name; [`CodingError::TooManyCodings`] for more than [`CODINGS`].
    pub fn all_of<'v>(lines: impl Iterator<Item = &'v [u8]>) -> Result<Vec<Coding>, CodingError> {
        let mut codings = Vec::new();
        for name in lines.flat_map(|line| line.split(|octet| *octet == b',')) {
            let name = name.trim_ascii();
            if name.is_empty() || name.eq_ignore_ascii_case(b"identity") {
                continue;
            }
            let unsupported = || CodingError::Unsupported(name.escape_ascii().to_string());
            codings.push(Coding::of(name).ok_or_else(unsupported)?);
            if codings.len() > CODINGS {
                return Err(CodingError::TooManyCodings);
            }
        }
        Ok(codings)
    }
}

/// What a connection does with codings ([`crate::driver::Options`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether content that is received is decoded, and a client says what it takes.
    pub decode: bool,
    /// What is believed of content that is decoded.
    pub guards: Guards,
    /// Whether content that is sent may be encoded.
    pub encode: bool,
    /// How hard to try, from 1 to 9.
    pub level: u32,
    /// Content that is known to be shorter, in octets, is left as it is.
    pub from: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { decode: true, guards: Guards::default(), encode: true, level: 6, from: 1024 }
    }
}

#[cfg(test)]
#[path = "coding_tests.rs"]
mod tests;
