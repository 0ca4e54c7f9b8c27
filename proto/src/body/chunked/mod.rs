//! The chunked transfer coding (RFC 9112 §7.1): chunk lines, chunk data, and a trailer section.
//!
//! ```text
//! 5;name=value CRLF     Size     chunk_line
//! hello CRLF            Data, DataEnd
//! 0 CRLF                Size
//! Digest: x CRLF        Trailer  head::field_section
//! CRLF
//! ```

mod chunk_line;

use super::decoder::Piece;
use crate::head::Reading;
use crate::head::field_section::{FieldSection, SectionLimits, SectionRules};
use crate::head::lines::{Lines, Next};
use crate::limits::Limits;
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Element, Witness};

#[derive(Clone, Debug)]
pub(crate) struct Chunked {
    limits: Limits,
    state: State,
    content: u64,
    ext_total: usize,
}

#[derive(Clone, Debug)]
enum State {
    Size(Lines),
    Data {
        left: u64,
    },
    DataEnd,
    /// `start` is where the section begins in the buffer.
    Trailer {
        section: FieldSection,
        start: usize,
    },
}

impl Chunked {
    pub(crate) fn new(limits: Limits) -> Chunked {
        Chunked { limits, state: State::Size(Lines::default()), content: 0, ext_total: 0 }
    }

    pub(crate) fn read<W: Witness>(&mut self, octets: &[u8], witness: &mut W) -> Result<(usize, Piece), Broken> {
        let mut at = 0usize;
        loop {
            match &mut self.state {
                State::Size(lines) => {
                    let window = at.saturating_add(chunk_line::longest(&self.limits));
                    match lines.next(octets, window) {
                        Next::Need => {
                            lines.rebase(at);
                            return Ok((at, Piece::Need));
                        }
                        Next::Long => return Err(chunk_line::too_long(octets, at, window, &self.limits, witness)),
                        Next::Line(line) => {
                            let read = chunk_line::read(octets, line, &self.limits, witness)?;
                            at = line.lf() + 1;
                            self.count(read, witness)?;
                            self.state = if read.size == 0 {
                                State::Trailer { section: FieldSection::starting(at), start: at }
                            } else {
                                State::Data { left: read.size }
                            };
                        }
                    }
                }
                State::Data { left } => {
                    let here = octets.len() - at;
                    if here == 0 {
                        return Ok((at, Piece::Need));
                    }
                    let take = usize::try_from(*left).map_or(here, |left| left.min(here));
                    *left -= take as u64;
                    if *left == 0 {
                        self.state = State::DataEnd;
                    }
                    let data = at..at + take;
                    if data.end <= u32::MAX as usize {
                        witness.saw(Element::Content, Span::new(data.start, data.end));
                    }
                    return Ok((data.end, Piece::Data(data)));
                }
                State::DataEnd => match &octets[at..] {
                    [] | [b'\r'] => return Ok((at, Piece::Need)),
                    rest => {
                        at += data_end(rest, at, witness)?;
                        self.state = State::Size(Lines::starting(at));
                    }
                },
                State::Trailer { section, start } => {
                    let limits = SectionLimits {
                        window: start.saturating_add(self.limits.trailer_section as usize),
                        name: self.limits.field_name as usize,
                        value: self.limits.field_value as usize,
                        count: self.limits.trailer_count as usize,
                    };
                    if let Reading::Need = section.read(octets, limits, &RULES, witness)? {
                        section.rebase(at);
                        *start = 0;
                        return Ok((at, Piece::Need));
                    }
                    return Ok((section.lines.at, Piece::End(std::mem::take(&mut section.fields))));
                }
            }
        }
    }

    /// Counts what a chunk line adds to the whole.
    fn count<W: Witness>(&mut self, line: chunk_line::ChunkLine, witness: &mut W) -> Result<(), Broken> {
        self.ext_total += line.ext.len();
        if self.ext_total > self.limits.chunk_ext_total as usize {
            return Err(witness.lost(Rule::LimitChunkExtTotal, line.ext));
        }
        self.content = match self.content.checked_add(line.size) {
            Some(content) if content <= self.limits.content => content,
            _ => return Err(witness.lost(Rule::LimitContent, line.digits)),
        };
        Ok(())
    }
}

/// The CRLF behind chunk data; gives its length. `rest`, at `at`, shows enough to decide.
fn data_end<W: Witness>(rest: &[u8], at: usize, witness: &mut W) -> Result<usize, Broken> {
    match rest {
        [b'\r', b'\n', ..] => Ok(2),
        [b'\n', ..] => {
            witness.broke(Rule::ChunkDataBareLf, Span::octet(at))?;
            Ok(1)
        }
        [b'\r', ..] => Err(witness.lost(Rule::ChunkDataBareCr, Span::octet(at))),
        _ => Err(witness.lost(Rule::ChunkDataTooLong, Span::octet(at))),
    }
}

static RULES: SectionRules = SectionRules {
    blank_before_first: Rule::TrailerBlankBeforeFirst,
    obs_fold: Rule::TrailerObsFold,
    space_before_colon: Rule::TrailerSpaceBeforeColon,
    colon_missing: Rule::TrailerColonMissing,
    line_bare_lf: Rule::TrailerLineBareLf,
    end_bare_lf: Rule::TrailerEndBareLf,
    end_bare_cr: Rule::TrailerEndBareCr,
    name_empty: Rule::TrailerNameEmpty,
    name_octet: Rule::TrailerNameOctet,
    name_blank: Rule::TrailerNameBlank,
    value_nul: Rule::TrailerValueNul,
    value_bare_cr: Rule::TrailerValueBareCr,
    value_control: Rule::TrailerValueControl,
    limit_section: Rule::LimitTrailerSection,
    limit_count: Rule::LimitTrailerCount,
    name: Element::TrailerName,
    value: Element::TrailerValue,
};
