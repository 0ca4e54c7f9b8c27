//! A body while it arrives: content out of octets, whichever way its end is found.

use super::chunked::Chunked;
use super::length::BodyLength;
use crate::head::FieldLine;
use crate::limits::Limits;
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Element, Witness};
use std::ops::Range;

/// What reading a body gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// More octets are needed.
    Need,
    /// Content: these octets of the buffer that was passed.
    Data(Range<usize>),
    /// The body is over; the trailer fields, with spans in the buffer that was passed.
    End(Vec<FieldLine>),
}

/// Reads a body piece by piece. After [`Piece::End`], or an error, it is of no further use.
#[derive(Clone, Debug)]
pub struct Decoder {
    how: How,
}

#[derive(Clone, Debug)]
enum How {
    Fixed { left: u64 },
    UntilClose { read: u64, limit: u64 },
    Chunked(Chunked),
}

impl Decoder {
    /// For a body of that length.
    pub fn new(length: BodyLength, limits: &Limits) -> Decoder {
        let how = match length {
            BodyLength::None => How::Fixed { left: 0 },
            BodyLength::Fixed(left) => How::Fixed { left },
            BodyLength::UntilClose => How::UntilClose { read: 0, limit: limits.content },
            BodyLength::Chunked => How::Chunked(Chunked::new(*limits)),
        };
        Decoder { how }
    }

    /// Reads from `octets`, which begin with the first octet not yet consumed. Gives how many octets are consumed now (they
    /// may be dropped after the piece was used) and a piece. [`Piece::Need`] says that everything in `octets` was looked at.
    ///
    /// # Errors
    /// A rule of the chunked coding, or a limit.
    pub fn read<W: Witness>(&mut self, octets: &[u8], witness: &mut W) -> Result<(usize, Piece), Broken> {
        let take = match &mut self.how {
            How::Chunked(chunked) => return chunked.read(octets, witness),
            How::Fixed { left: 0 } => return Ok((0, Piece::End(Vec::new()))),
            How::Fixed { left } => {
                let take = usize::try_from(*left).map_or(octets.len(), |left| left.min(octets.len()));
                *left -= take as u64;
                take
            }
            How::UntilClose { read, limit } => {
                let room = usize::try_from(*limit - *read).unwrap_or(usize::MAX);
                if room == 0 && !octets.is_empty() {
                    return Err(witness.lost(Rule::LimitContent, Span::octet(0)));
                }
                let take = octets.len().min(room);
                *read += take as u64;
                take
            }
        };
        if take == 0 {
            return Ok((0, Piece::Need));
        }
        if take <= u32::MAX as usize {
            witness.saw(Element::Content, Span::new(0, take));
        }
        Ok((take, Piece::Data(0..take)))
    }

    /// What it means that the connection ends here, behind everything that was read: `None` where that ends the body, as it
    /// does one that lasts until then; else the rule that breaks.
    pub fn ends_here(&self) -> Option<Rule> {
        match self.how {
            How::Fixed { left: 0 } | How::UntilClose { .. } => None,
            How::Fixed { .. } => Some(Rule::MessageIncompleteContent),
            How::Chunked(_) => Some(Rule::MessageIncompleteChunked),
        }
    }
}
