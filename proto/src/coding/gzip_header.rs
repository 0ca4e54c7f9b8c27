//! The header of a gzip member (RFC 1952 §2.3), octet by octet.

use flate2::Crc;

use super::CodingError;

/// How far a header has been read.
#[derive(Debug)]
pub(super) struct GzipHeader {
    part: Part,
    flags: u8,
    /// Octets of the part that have come; of the extra field, those that are still to come.
    count: u16,
    crc: Crc,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Ten octets that are always there.
    Fixed,
    /// Two octets, the low one first.
    ExtraLength(Option<u8>),
    Extra,
    Name,
    Comment,
    /// Two octets of a CRC over the header.
    Check(u16),
    Done,
}

const HAS_CHECK: u8 = 1 << 1;
const HAS_EXTRA: u8 = 1 << 2;
const HAS_NAME: u8 = 1 << 3;
const HAS_COMMENT: u8 = 1 << 4;
/// Bits that mean something nobody knows yet.
const RESERVED: u8 = 0b1110_0000;

fn corrupt(what: &'static str) -> CodingError {
    CodingError::Corrupt("gzip", what)
}

impl GzipHeader {
    pub(super) fn new() -> GzipHeader {
        GzipHeader { part: Part::Fixed, flags: 0, count: 0, crc: Crc::new() }
    }

    /// Takes the next octet; `true` says that it was the last one.
    pub(super) fn take(&mut self, octet: u8) -> Result<bool, CodingError> {
        let of_check = matches!(self.part, Part::Check(_));
        match self.part {
            Part::Fixed => {
                match (self.count, octet) {
                    (0, 0x1f) | (1, 0x8b) | (2, 8) | (4.., _) => {}
                    (3, flags) if flags & RESERVED == 0 => self.flags = flags,
                    (3, _) => return Err(corrupt("its header has flags that are reserved")),
                    _ => return Err(corrupt("its header does not begin as one of gzip")),
                }
                self.count += 1;
                if self.count == 10 {
                    self.count = 0;
                    self.part = self.behind(Part::Fixed);
                }
            }
            Part::ExtraLength(None) => self.part = Part::ExtraLength(Some(octet)),
            Part::ExtraLength(Some(low)) => {
                self.count = u16::from_le_bytes([low, octet]);
                self.part = if self.count == 0 { self.behind(Part::Extra) } else { Part::Extra };
            }
            Part::Extra => {
                self.count -= 1;
                if self.count == 0 {
                    self.part = self.behind(Part::Extra);
                }
            }
            Part::Name | Part::Comment => {
                if octet == 0 {
                    self.part = self.behind(self.part);
                }
            }
            Part::Check(check) => match self.count {
                0 => {
                    self.count = 1;
                    self.part = Part::Check(u16::from(octet));
                }
                _ if u32::from(check) | u32::from(octet) << 8 == self.crc.sum() & 0xffff => self.part = Part::Done,
                _ => return Err(corrupt("the check of its header does not fit")),
            },
            Part::Done => {}
        }
        if !of_check {
            self.crc.update(&[octet]);
        }
        Ok(self.part == Part::Done)
    }

    fn behind(&self, part: Part) -> Part {
        let has = |flag: u8| self.flags & flag != 0;
        match part {
            Part::Fixed if has(HAS_EXTRA) => Part::ExtraLength(None),
            Part::Fixed | Part::ExtraLength(_) | Part::Extra if has(HAS_NAME) => Part::Name,
            Part::Fixed | Part::ExtraLength(_) | Part::Extra | Part::Name if has(HAS_COMMENT) => Part::Comment,
            Part::Check(_) | Part::Done => Part::Done,
            _ if has(HAS_CHECK) => Part::Check(0),
            _ => Part::Done,
        }
    }
}
