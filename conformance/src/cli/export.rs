//! `wiregauge export`: the cases for programs that do not read fixtures.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use super::selecting::SelectArgs;
use super::{Failure, Global};
use crate::corpus::export;
use crate::report::exit;

/// Writes the cases as JSON lines, or as one file of octets per case.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wiregauge export --format jsonl > cases.jsonl
  wiregauge export --format raw=seeds --filter 'chunked/*'")]
pub(super) struct Args {
    /// `jsonl` (as fixtures/read.py prints it) on standard output, or `raw=DIR`
    #[arg(long, value_name = "jsonl|raw=DIR", default_value = "jsonl", value_parser = format_from_str)]
    format: Format,
    #[command(flatten)]
    select: SelectArgs,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Format {
    Jsonl,
    Raw(PathBuf),
}

fn format_from_str(text: &str) -> Result<Format, String> {
    match text.split_once('=') {
        None if text == "jsonl" => Ok(Format::Jsonl),
        Some(("raw", dir)) if !dir.is_empty() => Ok(Format::Raw(PathBuf::from(dir))),
        _ => Err("write jsonl, or raw=DIR".to_owned()),
    }
}

pub(super) fn run(args: &Args, global: &Global) -> Result<u8, Failure> {
    let corpus = global.corpus()?;
    let cases = args.select.cases(&corpus, &[]);
    if cases.is_empty() {
        return Err(Failure::nothing_selected());
    }
    match &args.format {
        Format::Jsonl => {
            let mut out = BufWriter::new(io::stdout().lock());
            export::jsonl(cases, &mut out)?;
            out.flush()?;
        }
        Format::Raw(dir) => {
            let files = export::raw(cases, dir).map_err(|error| Failure::file(dir, error))?;
            writeln!(io::stdout().lock(), "{files} files in {}", dir.display())?;
        }
    }
    Ok(exit::CONFORMS)
}
