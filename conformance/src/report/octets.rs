//! Octets made visible: escaped as in the fixtures' wire text, one row per line of the message, the offset of its first octet
//! in front, and marks beneath the octets they are about.

use std::fmt::Write;
use std::ops::Range;

/// Something to say about a run of octets; an empty run is a place between two octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Offsets into the octets shown.
    pub at: Range<usize>,
    /// What to say beside the carets.
    pub says: String,
}

/// How much is shown.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns of a row, without the offset in front; longer lines are continued on the next row.
    pub columns: usize,
    /// Rows in all. Where there are more, those far from the beginning, the end and the marks are left out, and counted.
    pub rows: usize,
}

impl Default for Look {
    fn default() -> Look {
        Look { columns: 96, rows: 24 }
    }
}

/// `octet` as wire text writes it.
pub fn escape_octet(octet: u8, out: &mut String) {
    match octet {
        b'\r' => out.push_str("\\r"),
        b'\n' => out.push_str("\\n"),
        b'\t' => out.push_str("\\t"),
        0 => out.push_str("\\0"),
        b'\\' => out.push_str("\\\\"),
        b' '..=b'~' => out.push(octet as char),
        _ => {
            let _ = write!(out, "\\x{octet:02x}");
        }
    }
}

/// All of `octets` in one line of wire text.
pub fn escape(octets: &[u8]) -> String {
    let mut out = String::with_capacity(octets.len());
    octets.iter().for_each(|&octet| escape_octet(octet, &mut out));
    out
}

/// At most `most` octets of them, and how many were left out.
pub fn excerpt(octets: &[u8], most: usize) -> String {
    match octets.get(..most) {
        Some(begin) if octets.len() > most => format!("{} ... ({} octets more)", escape(begin), octets.len() - most),
        _ => escape(octets),
    }
}

struct Row {
    start: usize,
    text: String,
    /// Column of each octet, and one more for the place behind the last.
    columns: Vec<usize>,
}

/// [`annotated`] without notes.
pub fn rows(octets: &[u8], base: u64, marks: &[Mark], look: Look) -> Vec<String> {
    annotated(octets, base, marks, &[], look)
}

/// Where the notes of short rows begin.
const NOTES_COLUMN: usize = 40;

/// The rows that show `octets`, with a row of carets under each row that a mark touches. `base` is the offset of the first octet
/// in its stream; marks and notes
/// count from the first octet shown. A note stands behind the row that its offset is in.
pub fn annotated(octets: &[u8], base: u64, marks: &[Mark], notes: &[(usize, String)], look: Look) -> Vec<String> {
    let split = split(octets, look.columns.max(8));
    let keep = kept(&split, octets.len(), marks, look.rows.max(4));
    let mut out = Vec::new();
    let mut skipped: Option<usize> = None;
    for (index, row) in split.iter().enumerate() {
        if !keep[index] {
            skipped.get_or_insert(row.start);
            continue;
        }
        if let Some(from) = skipped.take() {
            out.push(format!("{:>7}  ({} octets not shown)", "...", row.start - from));
        }
        let noted: Vec<&str> =
            notes.iter().filter(|(at, _)| (row.start..row.end()).contains(at)).map(|(_, note)| note.as_str()).collect();
        let shown = format!(
            "{:>7}  {:<width$}",
            base + row.start as u64,
            row.text,
            width = if noted.is_empty() { 0 } else { NOTES_COLUMN }
        );
        out.push(if noted.is_empty() { shown } else { format!("{shown}  {}", noted.join(", ")) });
        let last = index + 1 == split.len();
        for mark in marks {
            if let Some(carets) = carets(row, mark, last) {
                out.push(format!("{:>7}  {carets}", ""));
            }
        }
    }
    if let Some(from) = skipped {
        out.push(format!("{:>7}  ({} octets not shown)", "...", octets.len() - from));
    }
    out
}

fn split(octets: &[u8], columns: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = Row { start: 0, text: String::new(), columns: Vec::new() };
    for (at, &octet) in octets.iter().enumerate() {
        if row.text.len() >= columns {
            row.columns.push(row.text.len());
            rows.push(std::mem::replace(&mut row, Row { start: at, text: String::new(), columns: Vec::new() }));
        }
        row.columns.push(row.text.len());
        escape_octet(octet, &mut row.text);
        if octet == b'\n' {
            row.columns.push(row.text.len());
            rows.push(std::mem::replace(&mut row, Row { start: at + 1, text: String::new(), columns: Vec::new() }));
        }
    }
    if !row.text.is_empty() || rows.is_empty() {
        row.columns.push(row.text.len());
        rows.push(row);
    }
    rows
}

impl Row {
    fn octets(&self) -> usize {
        self.columns.len() - 1
    }

    fn end(&self) -> usize {
        self.start + self.octets()
    }

    /// Whether the mark has something to say in this row. A place behind the last octet belongs to the last row.
    fn touched(&self, mark: &Mark, last: bool) -> bool {
        if mark.at.is_empty() {
            self.start <= mark.at.start && (mark.at.start < self.end() || (last && mark.at.start >= self.end()))
        } else {
            self.start < mark.at.end && mark.at.start < self.end()
        }
    }
}

fn carets(row: &Row, mark: &Mark, last: bool) -> Option<String> {
    if !row.touched(mark, last) {
        return None;
    }
    let from = mark.at.start.saturating_sub(row.start).min(row.octets());
    let to = mark.at.end.saturating_sub(row.start).min(row.octets());
    let (begin, end) = (row.columns[from], row.columns[to].max(row.columns[from] + 1));
    let mut line = " ".repeat(begin);
    line.push_str(&"^".repeat(end - begin));
    if mark.at.start >= row.start && !mark.says.is_empty() {
        line.push(' ');
        line.push_str(&mark.says);
    }
    Some(line)
}

fn kept(rows: &[Row], octets: usize, marks: &[Mark], most: usize) -> Vec<bool> {
    if rows.len() <= most {
        return vec![true; rows.len()];
    }
    let edge = (most / 4).max(1);
    let mut keep: Vec<bool> = (0..rows.len()).map(|index| index < 2 * edge || index + edge >= rows.len()).collect();
    for mark in marks {
        // A long mark is shown where it begins and where it ends.
        for place in [mark.at.start, mark.at.end.saturating_sub(1).max(mark.at.start)] {
            let place = place.min(octets.saturating_sub(1));
            if let Some(index) = rows.iter().position(|row| row.start <= place && place < row.end()) {
                keep[index.saturating_sub(1)..(index + 2).min(rows.len())].fill(true);
            }
        }
    }
    keep
}

#[cfg(test)]
mod tests;
