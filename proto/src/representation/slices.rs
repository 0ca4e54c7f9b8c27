//! A reader of some parts of another one, with words between them.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read, SeekFrom};

use super::ReadSeek;

/// What comes next.
#[derive(Debug)]
pub(super) enum Piece {
    Text(Vec<u8>),
    /// Octets of the source: from where, and how many.
    Octets(u64, u64),
}

impl Piece {
    /// The part between these offsets, the last one included.
    pub(super) fn of((first, last): (u64, u64)) -> Piece {
        Piece::Octets(first, last - first + 1)
    }

    pub(super) fn length(&self) -> u64 {
        match self {
            Piece::Text(text) => text.len() as u64,
            Piece::Octets(_, length) => *length,
        }
    }
}

pub(super) struct Slices {
    source: Box<dyn ReadSeek + Send>,
    /// Those to come.
    pieces: VecDeque<Piece>,
    /// Where the source stands, as far as is known.
    place: Option<u64>,
}

impl Slices {
    pub(super) fn new(source: Box<dyn ReadSeek + Send>, pieces: Vec<Piece>) -> Slices {
        Slices { source, pieces: pieces.into(), place: None }
    }
}

impl Read for Slices {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.pieces.front_mut() {
                None => return Ok(0),
                Some(Piece::Text(text)) if text.is_empty() => {}
                Some(Piece::Octets(_, 0)) => {}
                Some(Piece::Text(text)) => {
                    let count = text.len().min(buf.len());
                    buf[..count].copy_from_slice(&text[..count]);
                    text.drain(..count);
                    return Ok(count);
                }
                Some(Piece::Octets(from, left)) => {
                    if self.place != Some(*from) {
                        self.source.seek(SeekFrom::Start(*from))?;
                        self.place = Some(*from);
                    }
                    let most = usize::try_from(*left).unwrap_or(usize::MAX).min(buf.len());
                    let count = self.source.read(&mut buf[..most])?;
                    if count == 0 && most > 0 {
                        // It has become shorter than it was said to be.
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    *from += count as u64;
                    *left -= count as u64;
                    self.place = Some(*from);
                    return Ok(count);
                }
            }
            self.pieces.pop_front();
        }
    }
}

impl fmt::Debug for Slices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slices({:?})", self.pieces)
    }
}
