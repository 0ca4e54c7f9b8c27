//! Transfer-Encoding (RFC 9112 §6.1, §7): a list of codings, each with parameters, over one or several lines.

use super::{is_gap, skip_gap};
use crate::head::FieldLine;
use crate::octet::{is_token, is_value};
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Witness};

/// What the Transfer-Encoding lines of a message say.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Codings {
    /// The name of the last coding; `None` where no line names any.
    pub(crate) last: Option<Span>,
    /// Whether the last coding is chunked.
    pub(crate) chunked_last: bool,
    /// The first coding other than chunked.
    pub(crate) other: Option<Span>,
    chunked: bool,
}

impl Codings {
    /// Reads the value of one more line.
    pub(crate) fn read<W: Witness>(&mut self, octets: &[u8], line: &FieldLine, witness: &mut W) -> Result<(), Broken> {
        let (mut at, end) = (line.value.range().start, line.value.range().end);
        // Empty members are to be accepted (RFC 9110 §5.6.1.2).
        while let Some(start) = (at..end).find(|at| !is_gap(octets[*at]) && octets[*at] != b',') {
            if at > line.value.range().start && octets[at..start].iter().all(|octet| is_gap(*octet)) {
                witness.broke(Rule::TransferEncodingListSeparator, Span::octet(start))?;
            }
            at = self.coding(octets, start, end, witness)?;
        }
        Ok(())
    }

    /// transfer-coding = token *( OWS ";" OWS transfer-parameter ). Gives the place behind it, before any white space.
    fn coding<W: Witness>(
        &mut self,
        octets: &[u8],
        start: usize,
        end: usize,
        witness: &mut W,
    ) -> Result<usize, Broken> {
        let name_end = (start..end).find(|at| is_gap(octets[*at]) || matches!(octets[*at], b',' | b';')).unwrap_or(end);
        let name = Span::new(start, name_end);
        crate::head::runs::tell(start, name_end, witness, |at| {
            (!is_token(octets[at])).then_some(Rule::TransferEncodingCodingOctet)
        })?;
        if name.is_empty() {
            // parameters without a name before them
            witness.broke(Rule::TransferEncodingCodingOctet, Span::octet(start))?;
        }
        let chunked = name.of(octets).eq_ignore_ascii_case(b"chunked");
        if chunked && self.chunked {
            witness.broke(Rule::TransferEncodingChunkedRepeated, name)?;
        }
        if !chunked && self.other.is_none() {
            self.other = Some(name);
        }
        self.chunked |= chunked;
        self.chunked_last = chunked;
        self.last = Some(name);

        let mut done = name_end;
        loop {
            let semicolon = skip_gap(octets, done, end);
            if octets[semicolon..end].first() != Some(&b';') {
                return Ok(done);
            }
            if chunked && done == name_end {
                witness.broke(Rule::TransferEncodingChunkedParameter, Span::octet(semicolon))?;
            }
            match transfer_parameter(octets, skip_gap(octets, semicolon + 1, end), end) {
                Ok(after) => done = after,
                Err(fault) => {
                    witness.broke(Rule::TransferEncodingParameterSyntax, Span::new(fault, (fault + 1).min(end)))?;
                    done = (fault..end).find(|at| matches!(octets[*at], b',' | b';')).unwrap_or(end);
                }
            }
        }
    }
}

/// transfer-parameter = token BWS "=" BWS ( token / quoted-string ). Gives the place behind it, or that of the fault.
fn transfer_parameter(octets: &[u8], start: usize, end: usize) -> Result<usize, usize> {
    let name_end = token_end(octets, start, end);
    if name_end == start {
        return Err(start);
    }
    let equals = skip_gap(octets, name_end, end);
    if octets[equals..end].first() != Some(&b'=') {
        return Err(equals);
    }
    let value = skip_gap(octets, equals + 1, end);
    if octets[value..end].first() != Some(&b'"') {
        let value_end = token_end(octets, value, end);
        return if value_end == value { Err(value) } else { Ok(value_end) };
    }
    let mut at = value + 1;
    while at < end {
        match octets[at] {
            b'"' => return Ok(at + 1),
            b'\\' => at += 1,
            octet if !is_value(octet) => return Err(at),
            _ => {}
        }
        at += 1;
    }
    Err(end)
}

fn token_end(octets: &[u8], start: usize, end: usize) -> usize {
    (start..end).find(|at| !is_token(octets[*at])).unwrap_or(end)
}
