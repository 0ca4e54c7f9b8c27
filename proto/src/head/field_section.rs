//! field sections (RFC 9112 §5): field lines up to an empty line. A head has one behind its start-line, a chunked body one
//! behind its last chunk; the grammar is the same, the rules have names of their own.

use super::FieldLine;
use super::lines::{Line, Lines, Next};
use super::{Reading, runs};
use crate::octet::{is_blank, is_token, is_value};
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Element, Witness};

/// What the faults are called in this section.
pub(crate) struct SectionRules {
    pub(crate) blank_before_first: Rule,
    pub(crate) obs_fold: Rule,
    pub(crate) space_before_colon: Rule,
    pub(crate) colon_missing: Rule,
    pub(crate) line_bare_lf: Rule,
    pub(crate) end_bare_lf: Rule,
    pub(crate) end_bare_cr: Rule,
    pub(crate) name_empty: Rule,
    pub(crate) name_octet: Rule,
    pub(crate) name_blank: Rule,
    pub(crate) value_nul: Rule,
    pub(crate) value_bare_cr: Rule,
    pub(crate) value_control: Rule,
    pub(crate) limit_section: Rule,
    pub(crate) limit_count: Rule,
    pub(crate) name: Element,
    pub(crate) value: Element,
}

/// The limits of this section.
#[derive(Clone, Copy)]
pub(crate) struct SectionLimits {
    /// Where the section has to end, in the buffer.
    pub(crate) window: usize,
    pub(crate) name: usize,
    pub(crate) value: usize,
    pub(crate) count: usize,
}

/// A field section while it arrives.
#[derive(Clone, Debug, Default)]
pub(crate) struct FieldSection {
    pub(crate) lines: Lines,
    pub(crate) fields: Vec<FieldLine>,
    before: Before,
}

/// What a line that begins with a blank would continue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Before {
    /// Nothing: no field line was there yet.
    #[default]
    Nothing,
    /// The last field line.
    Field,
    /// A line that was told and left out.
    LeftOut,
}

impl FieldSection {
    /// A section that begins at `at`.
    pub(crate) fn starting(at: usize) -> FieldSection {
        FieldSection { lines: Lines::starting(at), ..FieldSection::default() }
    }

    /// Reads on from where the last call stopped. `Done` means that the empty line was read and `self.lines.at` stands
    /// behind it.
    pub(crate) fn read<W: Witness>(
        &mut self,
        octets: &[u8],
        limits: SectionLimits,
        rules: &SectionRules,
        witness: &mut W,
    ) -> Result<Reading<()>, Broken> {
        loop {
            match self.lines.next(octets, limits.window) {
                Next::Need => return Ok(Reading::Need),
                Next::Long => return Err(self.too_long(octets, limits, rules, witness)),
                Next::Line(line) if line.start == line.end => {
                    if line.bare_lf {
                        witness.broke(rules.end_bare_lf, Span::octet(line.lf()))?;
                    }
                    return Ok(Reading::Done(()));
                }
                Next::Line(line) => self.line(octets, line, limits, rules, witness)?,
            }
        }
    }

    /// The same, once the first `dropped` octets of the buffer are gone; all of them stood before the section.
    pub(crate) fn rebase(&mut self, dropped: usize) {
        self.lines.rebase(dropped);
        if dropped == 0 {
            return;
        }
        for field in &mut self.fields {
            let back = |span: Span| Span::new(span.range().start - dropped, span.range().end - dropped);
            *field = FieldLine { name: back(field.name), value: back(field.value) };
        }
    }

    fn line<W: Witness>(
        &mut self,
        octets: &[u8],
        line: Line,
        limits: SectionLimits,
        rules: &SectionRules,
        witness: &mut W,
    ) -> Result<(), Broken> {
        match octets[line.start] {
            b'\r' => {
                witness.broke(rules.end_bare_cr, Span::octet(line.start))?;
                self.before = Before::LeftOut;
            }
            octet if is_blank(octet) => self.continuation(octets, line, limits, rules, witness)?,
            _ => self.field_line(octets, line, limits, rules, witness)?,
        }
        if line.bare_lf {
            witness.broke(rules.line_bare_lf, Span::octet(line.lf()))?;
        }
        Ok(())
    }

    /// field-name ":" OWS field-value OWS
    fn field_line<W: Witness>(
        &mut self,
        octets: &[u8],
        line: Line,
        limits: SectionLimits,
        rules: &SectionRules,
        witness: &mut W,
    ) -> Result<(), Broken> {
        if self.fields.len() >= limits.count {
            return Err(witness.lost(rules.limit_count, Span::new(line.start, line.end)));
        }
        let start = line.start;
        let token_end = (start..line.end).find(|at| !is_token(octets[*at])).unwrap_or(line.end);
        let Some(colon) = (token_end..line.end).find(|at| octets[*at] == b':') else {
            self.before = Before::LeftOut;
            return witness.broke(rules.colon_missing, Span::new(token_end, token_end));
        };
        let blanks = octets[start..colon].iter().rev().take_while(|octet| is_blank(**octet)).count();
        let name = Span::new(start, colon - blanks);
        if name.len() > limits.name {
            return Err(witness.lost(Rule::LimitFieldName, Span::new(start + limits.name, colon)));
        }
        if name.is_empty() {
            witness.broke(rules.name_empty, name)?;
        }
        runs::tell(token_end, colon - blanks, witness, |at| match octets[at] {
            octet if is_token(octet) => None,
            b' ' | b'\t' => Some(rules.name_blank),
            _ => Some(rules.name_octet),
        })?;
        witness.saw(rules.name, name);
        if blanks > 0 {
            witness.broke(rules.space_before_colon, Span::new(colon - blanks, colon))?;
        }
        let value = trim(octets, colon + 1, line.end);
        if value.len() > limits.value {
            return Err(over_value(value, limits, witness));
        }
        self.value_octets(octets, value, rules, witness)?;
        self.fields.push(FieldLine { name, value });
        self.before = Before::Field;
        Ok(())
    }

    /// A line that begins with a blank: a fold of the field line before (§5.2), or left out where none is (§2.2).
    fn continuation<W: Witness>(
        &mut self,
        octets: &[u8],
        line: Line,
        limits: SectionLimits,
        rules: &SectionRules,
        witness: &mut W,
    ) -> Result<(), Broken> {
        let text = trim(octets, line.start, line.end);
        let blanks = Span::new(line.start, text.range().start);
        if self.before == Before::Nothing {
            return witness.broke(rules.blank_before_first, blanks);
        }
        witness.broke(rules.obs_fold, blanks)?;
        let (Before::Field, Some(field)) = (self.before, self.fields.last_mut()) else {
            return Ok(());
        };
        if text.is_empty() {
            return Ok(());
        }
        let value = if field.value.is_empty() { text } else { Span::new(field.value.range().start, text.range().end) };
        field.value = value;
        if value.len() > limits.value {
            return Err(over_value(value, limits, witness));
        }
        self.value_octets(octets, text, rules, witness)
    }

    fn value_octets<W: Witness>(
        &self,
        octets: &[u8],
        value: Span,
        rules: &SectionRules,
        witness: &mut W,
    ) -> Result<(), Broken> {
        runs::tell(value.range().start, value.range().end, witness, |at| match octets[at] {
            octet if is_value(octet) => None,
            0 => Some(rules.value_nul),
            b'\r' => Some(rules.value_bare_cr),
            _ => Some(rules.value_control),
        })?;
        witness.saw(rules.value, value);
        Ok(())
    }

    /// Which limit the section breaks, whose last line does not end before the window does.
    fn too_long<W: Witness>(
        &self,
        octets: &[u8],
        limits: SectionLimits,
        rules: &SectionRules,
        witness: &mut W,
    ) -> Broken {
        let (start, end) = (self.lines.at, limits.window);
        let folded = self.fields.last().filter(|_| octets[start..end].first().is_some_and(|octet| is_blank(*octet)));
        let value = match (folded, octets[start..end].iter().position(|octet| *octet == b':')) {
            (Some(field), _) => field.value.range().start,
            (None, Some(colon)) if colon <= limits.name => trim(octets, start + colon + 1, end).range().start,
            (None, _) if end - start > limits.name => {
                return witness.lost(Rule::LimitFieldName, Span::new(start + limits.name, end));
            }
            (None, _) => end,
        };
        if end - value > limits.value {
            return over_value(Span::new(value, end), limits, witness);
        }
        witness.lost(rules.limit_section, Span::octet(end))
    }
}

fn over_value<W: Witness>(value: Span, limits: SectionLimits, witness: &mut W) -> Broken {
    witness.lost(Rule::LimitFieldValue, Span::new(value.range().start + limits.value, value.range().end))
}

/// `start..end` without the optional white space around it; empty at `end` where nothing else is.
pub(crate) fn trim(octets: &[u8], start: usize, end: usize) -> Span {
    let start = (start..end).find(|at| !is_blank(octets[*at])).unwrap_or(end);
    let blanks = octets[start..end].iter().rev().take_while(|octet| is_blank(**octet)).count();
    Span::new(start, end - blanks)
}
