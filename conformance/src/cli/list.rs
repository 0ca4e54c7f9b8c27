//! `wiregauge list`: which cases there are.

use std::io::{self, Write};

use super::selecting::{SelectArgs, role_from_str};
use super::{Failure, Global};
use crate::corpus::model::{Body, Role};
use crate::report::{exit, word};
use crate::subject::built_in;

/// Lists cases, one per line: id, kind, roles, requirements; or the built-in subjects.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wiregauge list --section 9112:7.1
  wiregauge list --role parser --kind hardening
  wiregauge list --subjects")]
pub(super) struct Args {
    #[command(flatten)]
    select: SelectArgs,
    /// Cases for subjects of that role: server, client, proxy, parser
    #[arg(long, value_name = "ROLE", value_parser = role_from_str)]
    role: Vec<Role>,
    /// The subjects whose manifests are built in, instead of cases
    #[arg(long, exclusive = true)]
    subjects: bool,
    /// Ids alone
    #[arg(long)]
    ids: bool,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<u8, Failure> {
    if args.subjects {
        let mut out = io::stdout().lock();
        for name in built_in() {
            writeln!(out, "{name}")?;
        }
        return Ok(exit::CONFORMS);
    }
    let corpus = global.corpus()?;
    let cases = args.select.cases(&corpus, &args.role);
    let mut out = io::stdout().lock();
    for case in &cases {
        if args.ids {
            writeln!(out, "{}", case.id)?;
            continue;
        }
        let roles: Vec<String> = case.roles.iter().map(word).collect();
        let script = if matches!(case.body, Body::Script(_)) { " (script)" } else { "" };
        let requirements = case.requirements.join(" ");
        writeln!(out, "{}  {}{script}  {}  {requirements}", case.id, word(&case.kind), roles.join(","))?;
    }
    if cases.is_empty() {
        return Err(Failure::nothing_selected());
    }
    Ok(exit::CONFORMS)
}
