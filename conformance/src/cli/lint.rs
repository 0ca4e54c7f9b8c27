//! `wiregauge lint`: is what the fixtures say true of our own strict reader?

use std::io::{self, Write};
use std::path::PathBuf;

use super::{Failure, Global};
use crate::corpus;
use crate::report::exit;

/// Checks fixtures: their form, and that our own strict reader agrees with what they say.
///
/// Every problem names file, line and column. Ends with 1 if there is one.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wiregauge lint                  the corpus in the binary
  wiregauge lint fixtures         the files of a folder alone
  wiregauge lint --fixtures mine  the corpus in the binary with the files of a folder")]
pub(super) struct Args {
    /// Folders of fixtures, each checked alone; the corpus in the binary if none is named
    #[arg(value_name = "DIR")]
    folders: Vec<PathBuf>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<u8, Failure> {
    let (mut cases, mut problems) = (0, Vec::new());
    if args.folders.is_empty() {
        (cases, problems) = corpus::lint_with(&global.fixtures);
    }
    for folder in &args.folders {
        if !folder.is_dir() {
            return Err(Failure::usage(format!("{}: no such folder", folder.display())));
        }
        let (more_cases, more_problems) = corpus::lint_dir(folder);
        cases += more_cases;
        problems.extend(more_problems);
    }
    let mut out = io::stdout().lock();
    for problem in &problems {
        writeln!(out, "{problem}")?;
    }
    let count = match problems.len() {
        0 => "no problem".to_owned(),
        1 => "1 problem".to_owned(),
        many => format!("{many} problems"),
    };
    writeln!(out, "{cases} cases, {count}")?;
    Ok(match (problems.is_empty(), cases) {
        (false, _) => exit::FAILED,
        (true, 0) => exit::NOTHING_SELECTED,
        (true, _) => exit::CONFORMS,
    })
}
