//! The adapter contract: how a parser, or a client, is asked and answers, one JSON object a line on its input and output.
//!
//! ```text
//! asker ── {"do":"parse","id":"7","kind":"request","octets":"..","splits":[3],"end":false} ──► adapter
//! asker ◄── {"id":"7","messages":[..],"then":"idle"} ─────────────────────────────────────── adapter
//! ```
//!
//! The contract's values are in [`contract`]; [`answer_all`] is our own adapter, which answers with `proto`, and an example for
//! whoever writes one for another parser.

pub mod contract;
mod pieces;

use std::borrow::Cow;
use std::io::{self, BufRead, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

pub use pieces::{Stream, read};

use crate::corpus::model::Direction;
use contract::{Parsed, QuestionLine, Started};

/// A question is not longer than this; a longer line is passed over and answered with `skipped`.
pub const MOST_OCTETS_OF_A_LINE: u64 = 64 * 1024 * 1024;

/// What our own adapter says of itself.
pub fn started() -> Started {
    Started {
        name: "wiregauge-proto".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        can: ["request", "response", "rule", "offset"].map(str::to_owned).to_vec(),
    }
}

/// Answers every line of `input` until it ends. What was answered is written out whenever no further question waits in the
/// buffer, so that an asker may send ahead or wait for each answer as it likes.
///
/// # Errors
/// When `input` cannot be read or `output` cannot be written to. A line that is no question is answered, not an error.
pub fn answer_all(input: impl io::Read, output: impl Write) -> io::Result<()> {
    let mut input = io::BufReader::with_capacity(64 * 1024, input);
    let mut output = io::BufWriter::with_capacity(64 * 1024, output);
    let mut line = Vec::new();
    let mut octets = Vec::new();
    loop {
        line.clear();
        match read_line(&mut input, &mut line)? {
            LineRead::End => return output.flush(),
            LineRead::Whole if line.iter().all(u8::is_ascii_whitespace) => {}
            LineRead::Whole => answer(&line, &mut octets, &mut output)?,
            LineRead::TooLong => skip(None, "the line is longer than is read", &mut output)?,
        }
        if !input.buffer().contains(&b'\n') {
            output.flush()?;
        }
    }
}

enum LineRead {
    Whole,
    TooLong,
    End,
}

/// Reads to the next LF or the end; of a line that is too long nothing is kept.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<LineRead> {
    let mut too_long = false;
    loop {
        let available = match input.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if available.is_empty() {
            return Ok(match (too_long, line.is_empty()) {
                (true, _) => LineRead::TooLong,
                (false, true) => LineRead::End,
                (false, false) => LineRead::Whole,
            });
        }
        let end = available.iter().position(|octet| *octet == b'\n');
        let taken = end.map_or(available.len(), |end| end + 1);
        if line.len() as u64 + taken as u64 > MOST_OCTETS_OF_A_LINE {
            too_long = true;
            line.clear();
        }
        if !too_long {
            line.extend_from_slice(&available[..taken]);
        }
        input.consume(taken);
        if end.is_some() {
            return Ok(if too_long { LineRead::TooLong } else { LineRead::Whole });
        }
    }
}

fn answer(line: &[u8], octets: &mut Vec<u8>, output: &mut impl Write) -> io::Result<()> {
    let question: QuestionLine<'_> = match serde_json::from_slice(line) {
        Ok(question) => question,
        Err(error) => return skip(None, &format!("the line is not a question: {error}"), output),
    };
    let id = question.id.as_deref();
    match &*question.r#do {
        "start" => {
            serde_json::to_writer(&mut *output, &started())?;
            output.write_all(b"\n")
        }
        "parse" => {
            let kind = match &*question.kind {
                "request" => Direction::Request,
                "response" => Direction::Response,
                other => return skip(id, &format!("the kind is {other:?}, not request or response"), output),
            };
            octets.clear();
            if let Err(error) = STANDARD.decode_vec(&*question.octets, octets) {
                return skip(id, &format!("the octets are not base64: {error}"), output);
            }
            if !question.splits.is_sorted() {
                return skip(id, "the splits are not in order", output);
            }
            let mut request_methods = question.request_methods;
            if request_methods.is_empty() {
                request_methods.extend(question.request_method);
            }
            let parsed = read(Stream {
                kind,
                octets,
                splits: &question.splits,
                end: question.end,
                request_methods: &request_methods,
            });
            #[derive(Serialize)]
            struct Line<'l> {
                #[serde(skip_serializing_if = "Option::is_none")]
                id: Option<&'l str>,
                #[serde(flatten)]
                parsed: Parsed,
            }
            serde_json::to_writer(&mut *output, &Line { id, parsed })?;
            output.write_all(b"\n")
        }
        other => skip(id, &format!("a parser does not know {other:?}"), output),
    }
}

fn skip(id: Option<&str>, why: &str, output: &mut impl Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Line<'l> {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<Cow<'l, str>>,
        skipped: &'l str,
    }
    serde_json::to_writer(&mut *output, &Line { id: id.map(Cow::Borrowed), skipped: why })?;
    output.write_all(b"\n")
}

#[cfg(test)]
mod tests;
