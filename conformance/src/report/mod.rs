//! Reports: one file per format, from values. A writer sees a [`Report`], the corpus it was made from and the [`Account`] of
//! what counts; never a socket, a subject or a clock.

pub mod account;
pub mod exit;
pub mod json;
pub mod jsonl;
pub mod junit;
pub mod known;
#[cfg(test)]
mod machine_tests;
pub mod octets;
pub mod paint;
#[cfg(test)]
mod sample;
pub mod text;

pub use text::expected;

use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;

use serde::Serialize;

use crate::corpus::model::{Corpus, Keyword};
use crate::judge::result::Report;
use crate::report::account::Account;

/// All that a report is written from.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    /// The cases, for titles, notes and sentences; results whose case is not in it are shown without.
    pub corpus: &'a Corpus,
    /// What was found.
    pub report: &'a Report,
    /// What of it counts.
    pub account: &'a Account,
    /// The command line that does this again, without selection: `wiregauge server 127.0.0.1:8080`.
    pub again: &'a str,
    /// 0: what is wrong; 1: a line for every case, and octets both ways for what is wrong; 2: octets both ways for every case.
    pub verbose: u8,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object, as `report.schema.json` describes it.
    Json,
    /// One JSON object per case and line.
    Jsonl,
    /// JUnit XML, for CI systems.
    Junit,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Format, String> {
        match text {
            "text" => Ok(Format::Text),
            "json" => Ok(Format::Json),
            "jsonl" => Ok(Format::Jsonl),
            "junit" => Ok(Format::Junit),
            _ => Err(format!("`{text}` is not a format: text, json, jsonl, junit")),
        }
    }
}

/// `FORMAT[=FILE]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// How.
    pub format: Format,
    /// Where; standard output if absent.
    pub file: Option<PathBuf>,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Output, String> {
        match text.split_once('=') {
            Some((_, "")) => Err(format!("`{text}` names no file after `=`")),
            Some((format, file)) => Ok(Output { format: format.parse()?, file: Some(PathBuf::from(file)) }),
            None => Ok(Output { format: text.parse()?, file: None }),
        }
    }
}

/// Writes the report. The colours are for [`Format::Text`] only.
pub fn write(format: Format, material: Material<'_>, paint: paint::Paint, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text::write(material, paint, out),
        Format::Json => json::write(material, out),
        Format::Jsonl => jsonl::write(material, out),
        Format::Junit => junit::write(material, out),
    }
}

/// The word that the JSON report uses for a value such as a verdict, kind, role, delivery or level.
pub fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("only enums without data have a word: {other:?}"),
    }
}

/// How strongly a requirement binds, as people read it.
pub fn keyword(level: Keyword) -> &'static str {
    match level {
        Keyword::MAY => "MAY",
        Keyword::SHOULD => "SHOULD",
        Keyword::MUST => "MUST",
        Keyword::GRAMMAR => "grammar",
    }
}

/// Where a requirement stands: `RFC 9112 §3.2` for `9112-3.2-6` and for `G9112-3.2-1`.
pub fn place(requirement: &str) -> Option<String> {
    let mut parts = requirement.strip_prefix('G').unwrap_or(requirement).split('-');
    let (rfc, section) = (parts.next()?, parts.next()?);
    Some(format!("RFC {rfc} §{section}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_a_format_and_perhaps_a_file() {
        assert_eq!("text".parse(), Ok(Output { format: Format::Text, file: None }));
        assert_eq!("junit=a=b.xml".parse(), Ok(Output { format: Format::Junit, file: Some("a=b.xml".into()) }));
        assert!("json=".parse::<Output>().is_err());
        assert!("yaml".parse::<Output>().unwrap_err().contains("text, json, jsonl, junit"));
    }

    #[test]
    fn a_requirement_id_says_where_it_stands() {
        assert_eq!(place("9112-3.2-6").as_deref(), Some("RFC 9112 §3.2"));
        assert_eq!(place("G9110-6.4.1-1").as_deref(), Some("RFC 9110 §6.4.1"));
        assert_eq!(place("nonsense"), None);
    }
}
