//! `wiregauge coverage`: which requirements have a case.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::{Failure, Global};
use crate::corpus::coverage::coverage;
use crate::corpus::model::Role;
use crate::judge::Courtesy;
use crate::report::{exit, word};

/// Counts the requirements that have a case, by role, priority and level.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wiregauge coverage --uncovered
  wiregauge coverage --check")]
pub(super) struct Args {
    /// Also list the requirements without a case
    #[arg(long)]
    uncovered: bool,
    /// As one JSON object
    #[arg(long, conflicts_with = "uncovered")]
    json: bool,
    /// End with 1 if less is covered than this project has promised, or a requirement with a case has no sentence
    #[arg(long)]
    check: bool,
}

/// What is promised: role, priority, and how many of its requirements that show on the wire have a case. Raise it when more do.
const PROMISED: [(Role, &str, usize); 6] = [
    (Role::Server, "A", 103),
    (Role::Server, "B", 61),
    (Role::Server, "C", 39),
    (Role::Parser, "A", 72),
    (Role::Parser, "B", 17),
    (Role::Parser, "C", 3),
];

pub(super) fn run(args: &Args, global: &Global) -> Result<u8, Failure> {
    let corpus = global.corpus()?;
    // What a subject sends is linted in every run, without a case.
    let roles = [Role::Server, Role::Client, Role::Proxy];
    let beside = roles.into_iter().map(|role| (role, Courtesy::requirements(role))).collect();
    let counted = coverage(&corpus, &beside);
    let mut out = io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &counted).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        out.write_all(counted.text(args.uncovered).as_bytes())?;
    }
    if !args.check {
        return Ok(exit::CONFORMS);
    }
    let mut complaints = Vec::new();
    for (role, priority, promised) in PROMISED {
        let (covered, total) = counted.on_the_wire(role, priority);
        if covered < promised {
            complaints
                .push(format!("{}, priority {priority}: {covered} of {total}, promised are {promised}", word(&role)));
        }
    }
    let cited: BTreeSet<&String> = corpus.cases.iter().flat_map(|case| &case.requirements).collect();
    for id in cited {
        if corpus.requirements.get(id).is_none_or(|row| row.sentence.is_none()) {
            complaints.push(format!("{id}: a case cites it, and it has no sentence"));
        }
    }
    for complaint in &complaints {
        eprintln!("wiregauge: coverage: {complaint}");
    }
    Ok(if complaints.is_empty() { exit::CONFORMS } else { exit::FAILED })
}
