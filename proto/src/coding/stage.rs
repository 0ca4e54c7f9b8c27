//! One coding that is undone.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::gzip_header::GzipHeader;
use super::{Coding, CodingError};

/// A stream, or several gzip members one after another (RFC 1952 §2.2).
pub(super) struct Stage {
    coding: Coding,
    part: Part,
    inflate: Decompress,
    crc: Crc,
}

enum Part {
    /// Whether a deflate stream is wrapped shows in its first two octets.
    First(Option<u8>),
    Header(GzipHeader),
    /// The octets that were looked at first, as far as they have not been inflated yet.
    Body([u8; 2], usize),
    /// CRC and length of a gzip member.
    Trailer([u8; 8], usize),
    End,
}

/// How far a call came.
pub(super) struct Step {
    pub(super) taken: usize,
    pub(super) given: usize,
}

impl Stage {
    pub(super) fn new(coding: Coding) -> Stage {
        let part = match coding {
            Coding::Gzip => Part::Header(GzipHeader::new()),
            Coding::Deflate => Part::First(None),
        };
        Stage { coding, part, inflate: Decompress::new(false), crc: Crc::new() }
    }

    /// Decodes from `octets`, and appends at most `room` octets to `out`.
    pub(super) fn step(&mut self, octets: &[u8], out: &mut Vec<u8>, room: usize) -> Result<Step, CodingError> {
        let (mut taken, start) = (0, out.len());
        loop {
            let next = octets.get(taken).copied();
            match &mut self.part {
                Part::First(first) => {
                    let Some(octet) = next else { break };
                    taken += 1;
                    match *first {
                        None => *first = Some(octet),
                        Some(first) => {
                            self.inflate = Decompress::new(is_zlib(first, octet));
                            self.part = Part::Body([first, octet], 0);
                        }
                    }
                }
                Part::Header(header) => {
                    let Some(octet) = next else { break };
                    taken += 1;
                    if header.take(octet)? {
                        self.inflate.reset(false);
                        self.crc.reset();
                        self.part = Part::Body([0; 2], 2);
                    }
                }
                Part::Body(first, place) => {
                    let room = room - (out.len() - start);
                    let held = *place < first.len();
                    let input = if held { &first[*place..] } else { &octets[taken..] };
                    let (used, made, ended) = inflate(&mut self.inflate, input, out, room, self.coding)?;
                    if held {
                        *place += used;
                    } else {
                        taken += used;
                    }
                    if self.coding == Coding::Gzip {
                        let from = out.len() - made;
                        self.crc.update(&out[from..]);
                    }
                    if ended {
                        self.part = match self.coding {
                            Coding::Gzip => Part::Trailer([0; 8], 0),
                            // What is held of two octets and not used is behind the end.
                            Coding::Deflate if held && *place < first.len() => return Err(self.surplus()),
                            Coding::Deflate => Part::End,
                        };
                    } else if used == 0 && made == 0 {
                        break;
                    }
                }
                Part::Trailer(trailer, place) => {
                    let Some(octet) = next else { break };
                    taken += 1;
                    trailer[*place] = octet;
                    *place += 1;
                    if *place == trailer.len() {
                        let [a, b, c, d, e, f, g, h] = *trailer;
                        let (crc, length) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
                        if (crc, length) != (self.crc.sum(), self.crc.amount()) {
                            return Err(CodingError::Corrupt(self.coding.name(), "its check does not fit"));
                        }
                        self.part = Part::End;
                    }
                }
                Part::End => match (self.coding, next) {
                    (_, None) => break,
                    (Coding::Gzip, Some(_)) => self.part = Part::Header(GzipHeader::new()),
                    (Coding::Deflate, Some(_)) => return Err(self.surplus()),
                },
            }
        }
        Ok(Step { taken, given: out.len() - start })
    }

    pub(super) fn is_at_its_end(&self) -> bool {
        matches!(self.part, Part::End)
    }

    pub(super) fn truncated(&self) -> CodingError {
        CodingError::Truncated(self.coding.name())
    }

    fn surplus(&self) -> CodingError {
        CodingError::Surplus(self.coding.name())
    }
}

/// Whether a zlib stream may begin so (RFC 1950 §2.2), without a dictionary that nobody has.
fn is_zlib(first: u8, second: u8) -> bool {
    first & 0x0f == 8 && first >> 4 <= 7 && second & 0x20 == 0 && u16::from_be_bytes([first, second]).is_multiple_of(31)
}

/// How many octets were used and made, and whether that was the end of the stream.
fn inflate(
    inflate: &mut Decompress,
    input: &[u8],
    out: &mut Vec<u8>,
    room: usize,
    coding: Coding,
) -> Result<(usize, usize, bool), CodingError> {
    let start = out.len();
    let before = (inflate.total_in(), inflate.total_out());
    out.resize(start + room, 0);
    let told = inflate.decompress(input, &mut out[start..], FlushDecompress::None);
    let used = usize::try_from(inflate.total_in() - before.0).unwrap_or(usize::MAX);
    let made = usize::try_from(inflate.total_out() - before.1).unwrap_or(usize::MAX);
    out.truncate(start.saturating_add(made));
    match told {
        Ok(status) => Ok((used, made, status == Status::StreamEnd)),
        Err(_) => Err(CodingError::Corrupt(coding.name(), "its octets mean nothing")),
    }
}
