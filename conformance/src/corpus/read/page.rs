//! A file being read: its text, what is wrong with it so far, and the readers of simple values.

use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::corpus::error::{FixtureError, line_and_column, nearest};
use crate::corpus::model::WireText;
use crate::corpus::wire_text::{self, Marks};

pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// A file being read.
pub(in crate::corpus) struct Page<'t> {
    file: &'t str,
    pub(in crate::corpus) text: &'t str,
    pub(in crate::corpus) errors: Vec<FixtureError>,
}

impl<'t> Page<'t> {
    pub(in crate::corpus) fn new(file: &'t str, text: &'t str) -> Page<'t> {
        Page { file, text, errors: Vec::new() }
    }

    pub(super) fn file(&self) -> &'t str {
        self.file
    }

    /// Notes what is wrong at `offset` of the file.
    pub(in crate::corpus) fn wrong(&mut self, offset: usize, what: impl Into<String>, remedy: impl Into<String>) {
        let (line, column) = line_and_column(self.text, offset);
        let error = FixtureError { file: self.file.to_owned(), line, column, what: what.into(), remedy: remedy.into() };
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    /// Notes every key of `table` that is none of `known`.
    pub(in crate::corpus) fn known_keys(&mut self, table: &DeTable<'_>, known: &[&str], what: &str) {
        for key in table.keys() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let remedy = match nearest(name, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the known ones are {}", known.join(", ")),
                };
                self.wrong(key.span().start, format!("unknown key `{}` in {what}", name.escape_debug()), remedy);
            }
        }
    }

    /// A text that is not empty.
    pub(in crate::corpus) fn text_of(&mut self, value: &Value<'_>, what: &str) -> Option<String> {
        match value.get_ref().as_str() {
            Some(text) if !text.trim().is_empty() => Some(text.to_owned()),
            Some(_) => {
                self.wrong(value.span().start, format!("{what} is empty"), "write something, or leave it out");
                None
            }
            None => {
                self.wrong(value.span().start, format!("{what} is not a text"), "put it in quotes");
                None
            }
        }
    }

    /// The text of a key that has to be there.
    pub(in crate::corpus) fn needed_text(&mut self, table: &DeTable<'_>, key: &str, at: usize, whose: &str) -> String {
        match table.get(key) {
            Some(value) => self.text_of(value, &format!("`{key}`")).unwrap_or_default(),
            None => {
                self.wrong(at, format!("{whose} has no `{key}`"), format!("add `{key} = \"...\"`"));
                String::new()
            }
        }
    }

    /// A list of texts with their places; each may stand once.
    pub(in crate::corpus) fn texts(&mut self, value: &Value<'_>, what: &str) -> Vec<(String, usize)> {
        let Some(array) = value.get_ref().as_array() else {
            self.wrong(value.span().start, format!("{what} is not a list of texts"), "write it as in `[\"a\", \"b\"]`");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in array.iter() {
            if let Some(text) = self.text_of(item, &format!("a member of {what}")) {
                texts.push((text, item.span().start));
            }
        }
        texts
    }

    /// A list whose members may stand once each.
    fn different_texts(&mut self, value: &Value<'_>, what: &str) -> Vec<(String, usize)> {
        let texts = self.texts(value, what);
        for (index, (text, at)) in texts.iter().enumerate() {
            if texts[..index].iter().any(|(earlier, _)| earlier == text) {
                self.wrong(*at, format!("{what} names `{text}` twice"), "remove one of them");
            }
        }
        texts
    }

    /// One word out of a closed set.
    pub(in crate::corpus) fn choice<T: Copy>(
        &mut self,
        value: &Value<'_>,
        what: &str,
        known: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text_of(value, what)?;
        self.one_of(&text, value.span().start, what, known)
    }

    /// Words out of a closed set.
    pub(in crate::corpus) fn choices<T: Copy>(&mut self, value: &Value<'_>, what: &str, known: &[(&str, T)]) -> Vec<T> {
        let texts = self.different_texts(value, what);
        texts.iter().filter_map(|(text, at)| self.one_of(text, *at, what, known)).collect()
    }

    fn one_of<T: Copy>(&mut self, text: &str, at: usize, what: &str, known: &[(&str, T)]) -> Option<T> {
        if let Some((_, found)) = known.iter().find(|(name, _)| *name == text) {
            return Some(*found);
        }
        let remedy = match nearest(text, known.iter().map(|(name, _)| *name)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it may be {}", known.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")),
        };
        self.wrong(at, format!("{what} cannot be `{}`", text.escape_debug()), remedy);
        None
    }

    /// A whole number between two others, both included.
    pub(in crate::corpus) fn number(&mut self, value: &Value<'_>, what: &str, low: u64, high: u64) -> Option<u64> {
        let number = value
            .get_ref()
            .as_integer()
            .filter(|integer| integer.radix() == 10)
            .and_then(|integer| integer.as_str().replace('_', "").parse::<u64>().ok())
            .filter(|number| (low..=high).contains(number));
        if number.is_none() {
            self.wrong(
                value.span().start,
                format!("{what} is not a number from {low} to {high}"),
                "write it without quotes",
            );
        }
        number
    }

    /// `true`; nothing else is allowed where a key stands for itself.
    pub(super) fn truth(&mut self, value: &Value<'_>, what: &str) -> bool {
        if value.get_ref().as_bool() == Some(true) {
            return true;
        }
        self.wrong(value.span().start, format!("{what} is not `true`"), "write `true` or leave it out");
        false
    }

    /// `"150ms"` or `"5s"`, at most an hour.
    pub(super) fn duration(&mut self, value: &Value<'_>, what: &str) -> Option<Duration> {
        let text = self.text_of(value, what)?;
        let (digits, unit) = match text.strip_suffix("ms") {
            Some(digits) => (digits, 1),
            None => (text.strip_suffix('s').unwrap_or(""), 1000),
        };
        let plain = digits.bytes().all(|octet| octet.is_ascii_digit());
        let milliseconds = digits.parse::<u64>().ok().filter(|_| plain).and_then(|number| number.checked_mul(unit));
        match milliseconds {
            Some(milliseconds) if milliseconds <= 3_600_000 => Some(Duration::from_millis(milliseconds)),
            _ => {
                self.wrong(
                    value.span().start,
                    format!("{what} is not a duration"),
                    "write it as in `150ms` or `5s`, an hour at most",
                );
                None
            }
        }
    }

    /// `"1.1"`; a bare `1.1` is understood too.
    pub(super) fn version(&mut self, value: &Value<'_>, what: &str) -> Option<String> {
        let text = match (value.get_ref().as_str(), value.get_ref().as_float()) {
            (Some(text), _) => text.to_owned(),
            (None, Some(float)) => float.as_str().to_owned(),
            _ => String::new(),
        };
        if matches!(text.as_bytes(), [major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit()) {
            return Some(text);
        }
        self.wrong(value.span().start, format!("{what} is not a version"), "write it as in `\"1.1\"`");
        None
    }

    /// Wire text, read as it stands in the file.
    pub(super) fn wire(&mut self, value: &Value<'_>, what: &str, marks: Marks) -> Option<WireText> {
        let inner = self.inside_quotes(value, what)?;
        match wire_text::parse(&self.text[inner.clone()], marks) {
            Ok(text) => Some(text),
            Err(error) => {
                self.wrong(inner.start + error.offset, format!("{what}: {}", error.what), error.remedy);
                None
            }
        }
    }

    /// Where `\^` stands in the file, or else where the text begins.
    pub(super) fn fault_position(&self, value: &Value<'_>) -> usize {
        let span = value.span();
        let written = &self.text[span.clone()];
        // `\\^` is a backslash and a circumflex: an odd number of backslashes makes the mark.
        let mark = written.match_indices('^').find(|(at, _)| {
            let backslashes = written[..*at].bytes().rev().take_while(|octet| *octet == b'\\').count();
            backslashes % 2 == 1
        });
        span.start + mark.map_or(0, |(at, _)| at + 1)
    }

    fn inside_quotes(&mut self, value: &Value<'_>, what: &str) -> Option<std::ops::Range<usize>> {
        let span = value.span();
        if value.get_ref().as_str().is_none() {
            self.wrong(span.start, format!("{what} is not wire text"), "put it in single quotes");
            return None;
        }
        let written = &self.text[span.clone()];
        let quotes = if written.starts_with("'''") || written.starts_with("\"\"\"") { 3 } else { 1 };
        let inner = span.start + quotes..span.end - quotes;
        if written.starts_with('"')
            && let Some(backslash) = self.text[inner.clone()].find('\\')
        {
            let remedy = "wire text has escapes of its own: write it in single quotes";
            self.wrong(inner.start + backslash, format!("{what} has a backslash in double quotes"), remedy);
            return None;
        }
        Some(inner)
    }

    /// The tables of an array of tables, with their places.
    pub(super) fn tables<'v, 'd>(&mut self, value: &'v Value<'d>, what: &str) -> Vec<(&'v DeTable<'d>, usize)> {
        let mut tables = Vec::new();
        match value.get_ref().as_array() {
            Some(array) => {
                for item in array.iter() {
                    match item.get_ref().as_table() {
                        Some(table) => tables.push((table, item.span().start)),
                        None => self.wrong(
                            item.span().start,
                            format!("a member of {what} is not a table"),
                            "write `{ ... }`",
                        ),
                    }
                }
            }
            None => self.wrong(
                value.span().start,
                format!("{what} is not a list of tables"),
                "write it with double brackets",
            ),
        }
        tables
    }

    /// Requirement ids with their places.
    pub(super) fn requirement_ids(&mut self, value: &Value<'_>) -> Vec<(String, usize)> {
        let ids = self.different_texts(value, "`requirements`");
        for (id, at) in &ids {
            if !is_requirement(id) {
                self.wrong(
                    *at,
                    format!("`{}` is not a requirement id", id.escape_debug()),
                    "write it as in `9112-3.2-6`",
                );
            }
        }
        ids
    }
}

/// Words of small letters and digits joined by `-`, the first of them a word and not a number.
pub(super) fn is_word(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or("");
    !first.is_empty()
        && first.bytes().all(|octet| octet.is_ascii_lowercase())
        && parts.all(|part| {
            !part.is_empty() && part.bytes().all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit())
        })
}

/// `<group>.<what>`.
pub(super) fn is_rule(text: &str) -> bool {
    text.split_once('.').is_some_and(|(group, what)| is_word(group) && is_word(what))
}

/// `9112-3.2-6` or `G9112-3-2`.
pub(in crate::corpus) fn is_requirement(text: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|octet| octet.is_ascii_digit());
    let plain = text.strip_prefix('G').unwrap_or(text);
    match plain.split('-').collect::<Vec<_>>()[..] {
        [rfc, section, last] => {
            matches!(rfc, "9110" | "9111" | "9112") && section.split('.').all(number) && number(last)
        }
        _ => false,
    }
}
