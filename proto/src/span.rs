//! Places in octets. A [`Span`] lies within one head or one chunk line (those are limited, so `u32` is enough); a place in a
//! whole stream is a `u64` ([`Place`]).

use std::ops::Range;

/// A run of octets within one buffer: `start` included, `end` not. May be empty (something missing *at* a place).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first octet.
    pub start: u32,
    /// One past the last octet.
    pub end: u32,
}

impl Span {
    /// From usize positions; both must lie below 4 GiB, which the limits of [`crate::Limits`] ensure.
    #[inline(always)]
    pub fn new(start: usize, end: usize) -> Span {
        debug_assert!(start <= end && end <= u32::MAX as usize);
        Span { start: start as u32, end: end as u32 }
    }

    /// The one octet at `at`.
    #[inline(always)]
    pub fn octet(at: usize) -> Span {
        Span::new(at, at + 1)
    }

    /// The octets themselves. Panics if `octets` is not the buffer that the span was read from (shorter than the span).
    #[inline(always)]
    pub fn of(self, octets: &[u8]) -> &[u8] {
        &octets[self.range()]
    }

    /// As a range for slicing.
    #[inline(always)]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// How many octets.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it is a place between two octets.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The same octets seen from a buffer that begins `base` octets earlier in the stream.
    pub fn in_stream(self, base: u64) -> Place {
        Place { start: base + u64::from(self.start), end: base + u64::from(self.end) }
    }
}

/// A run of octets within a stream, counted from its first octet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The first octet.
    pub start: u64,
    /// One past the last octet.
    pub end: u64,
}
