//! `wiregauge list`: which cases there are.

use std::io::{self, Write};

use super::selecting::{SelectArgs, role_from_str};
use super::{Failure, Global};
use crate::corpus::model::{Body, Role};
use crate::report::{exit, word};

/// Lists cases, one per line: id, kind, roles, requirements.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wiregauge list --section 9112:7.1
  wiregauge list --role parser --kind hardening")]
pub(super) struct Args {
    #[command(flatten)]
    select: SelectArgs,
    /// Cases for subjects of that role: server, client, proxy, parser
    #[arg(long, value_name = "ROLE", value_parser = role_from_str)]
    role: Vec<Role>,
    /// Ids alone
    #[arg(long)]
    ids: bool,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<u8, Failure> {
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
