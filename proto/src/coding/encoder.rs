//! Content that is encoded as it goes out.

use std::fmt;
use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::{Coding, CodingError};

/// Applies one coding.
pub struct Encoder {
    stream: Stream,
}

enum Stream {
    Gzip(GzEncoder<Vec<u8>>),
    Deflate(ZlibEncoder<Vec<u8>>),
}

impl Encoder {
    /// At a level from 1, quick, to 9, small; others are taken for the nearest.
    pub fn new(coding: Coding, level: u32) -> Encoder {
        let level = Compression::new(level.clamp(1, 9));
        let stream = match coding {
            Coding::Gzip => Stream::Gzip(GzEncoder::new(Vec::new(), level)),
            Coding::Deflate => Stream::Deflate(ZlibEncoder::new(Vec::new(), level)),
        };
        Encoder { stream }
    }

    /// Takes `octets`, and appends to `out` what is ready of the coded ones; that may be nothing.
    ///
    /// # Errors
    /// [`CodingError::Failed`], in theory.
    pub fn encode(&mut self, octets: &[u8], out: &mut Vec<u8>) -> Result<(), CodingError> {
        let written = match &mut self.stream {
            Stream::Gzip(stream) => stream.write_all(octets),
            Stream::Deflate(stream) => stream.write_all(octets),
        };
        self.gather(written, out)
    }

    /// Appends all that was taken until now, so that whoever decodes has it; that costs some octets.
    ///
    /// # Errors
    /// As [`Encoder::encode`].
    pub fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), CodingError> {
        let written = match &mut self.stream {
            Stream::Gzip(stream) => stream.flush(),
            Stream::Deflate(stream) => stream.flush(),
        };
        self.gather(written, out)
    }

    /// Appends the end of the stream.
    ///
    /// # Errors
    /// As [`Encoder::encode`].
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), CodingError> {
        let written = match &mut self.stream {
            Stream::Gzip(stream) => stream.try_finish(),
            Stream::Deflate(stream) => stream.try_finish(),
        };
        self.gather(written, out)
    }

    fn gather(&mut self, written: io::Result<()>, out: &mut Vec<u8>) -> Result<(), CodingError> {
        // Writing to memory does not fail.
        written.map_err(|_| CodingError::Failed)?;
        out.append(match &mut self.stream {
            Stream::Gzip(stream) => stream.get_mut(),
            Stream::Deflate(stream) => stream.get_mut(),
        });
        Ok(())
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let coding = match &self.stream {
            Stream::Gzip(_) => Coding::Gzip,
            Stream::Deflate(_) => Coding::Deflate,
        };
        write!(f, "Encoder({coding:?})")
    }
}

/// What a reader gives, encoded.
pub struct EncodingReader<R> {
    reader: R,
    encoder: Option<Encoder>,
    coded: Vec<u8>,
    given: usize,
    piece: Vec<u8>,
}

/// How much is taken from the reader at once.
const PIECE: usize = 16 * 1024;

impl<R: Read> EncodingReader<R> {
    /// Encodes `reader`.
    pub fn new(reader: R, encoder: Encoder) -> EncodingReader<R> {
        EncodingReader { reader, encoder: Some(encoder), coded: Vec::new(), given: 0, piece: vec![0; PIECE] }
    }
}

impl<R: Read> Read for EncodingReader<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.given == self.coded.len() {
            self.coded.clear();
            self.given = 0;
            let Some(encoder) = &mut self.encoder else { return Ok(0) };
            let count = self.reader.read(&mut self.piece)?;
            match count {
                0 => self.encoder.take().map_or(Ok(()), |encoder| encoder.finish(&mut self.coded)),
                count => encoder.encode(&self.piece[..count], &mut self.coded),
            }
            .map_err(io::Error::other)?;
        }
        let count = buf.len().min(self.coded.len() - self.given);
        buf[..count].copy_from_slice(&self.coded[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

impl<R> fmt::Debug for EncodingReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncodingReader({:?})", self.encoder)
    }
}
