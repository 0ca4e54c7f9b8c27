//! Content that both ends of an example can tell right from wrong, whatever its length.
#![allow(dead_code, unreachable_pub)] // each example uses a part

use std::io::{self, Read, Write};

/// What is repeated.
const CYCLE: &[u8; 64] = b"What is written here is known to both ends, octet after octet.\r\n";

/// The first `count` octets.
pub fn pattern(count: usize) -> Vec<u8> {
    CYCLE.iter().copied().cycle().take(count).collect()
}

/// The octets, without end.
pub struct Pattern {
    block: Vec<u8>,
    at: usize,
}

impl Pattern {
    pub fn new() -> Pattern {
        Pattern { block: pattern(64 * 1024), at: 0 }
    }
}

impl Read for Pattern {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = buf.len().min(self.block.len() - self.at);
        buf[..count].copy_from_slice(&self.block[self.at..self.at + count]);
        self.at = (self.at + count) % self.block.len();
        Ok(count)
    }
}

/// Counts what is written, and sums it up as RFC 1950 §9 does.
pub struct Adler {
    pub octets: u64,
    low: u32,
    high: u32,
}

impl Default for Adler {
    fn default() -> Adler {
        Adler { octets: 0, low: 1, high: 0 }
    }
}

impl Adler {
    pub fn sum(&self) -> u32 {
        self.high << 16 | self.low
    }
}

impl Write for Adler {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        const BASE: u32 = 65521;
        // So many octets do not overflow 32 bits.
        for piece in octets.chunks(5552) {
            for octet in piece {
                self.low += u32::from(*octet);
                self.high += self.low;
            }
            self.low %= BASE;
            self.high %= BASE;
        }
        self.octets += octets.len() as u64;
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
