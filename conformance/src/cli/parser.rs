//! `wiregauge parser`: judges a parser, built in or behind the adapter contract.

use std::time::{Duration, Instant};

use super::progress::Progress;
use super::reporting::{Ending, ReportArgs};
use super::selecting::SelectArgs;
use super::server::{signal_code, time};
use super::{Failure, Global, quoted, runtime};
use crate::corpus::model::{Role, Verdict};
use crate::judge::result::Report;
use crate::report::exit;
use crate::role::parser::{self, AdapterProcess, HttparseHeads, Proto, Subject};
use crate::role::server::Stop;

/// Judges a parser: every message whole, at every cut, and octet by octet.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wiregauge parser --builtin proto
  wiregauge parser --builtin httparse --section 9112:5
  wiregauge parser --adapter './my-adapter --stdin' --known my-adapter.toml
The contract that an adapter speaks is in fixtures/README.md; `wiregauge adapter` is an example of one.")]
pub(super) struct Args {
    /// One that is built in: proto (wiregauge-proto) or httparse (heads only)
    #[arg(long, value_name = "NAME", value_parser = ["proto", "httparse"], required_unless_present = "adapter", conflicts_with = "adapter")]
    builtin: Option<String>,
    /// A command that speaks the adapter contract on its standard input and output
    #[arg(long, value_name = "COMMAND")]
    adapter: Option<String>,
    #[command(flatten)]
    select: SelectArgs,
    /// How long an answer of the adapter is waited for
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "10s", help_heading = "Run")]
    timeout: Duration,
    /// How long the run may take; what was done until then is reported, and the run fails
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "10m", help_heading = "Run")]
    max_time: Duration,
    /// Stop at the first failure
    #[arg(long, help_heading = "Run")]
    fail_fast: bool,
    #[command(flatten)]
    report: ReportArgs,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<u8, Failure> {
    let corpus = global.corpus()?;
    let selected = args.select.cases(&corpus, &[Role::Parser]);
    if selected.is_empty() {
        return Err(Failure::nothing_selected());
    }
    let reporting = args.report.open(Vec::new(), None, args.select.is_all())?;
    let runtime = runtime()?;
    let stop = runtime.block_on(async { Stop::on_signals() })?;
    let mut subject = args.subject()?;
    let (begun, progress) = (Instant::now(), Progress::new("parser"));
    progress.planned(selected.len());
    let mut cut_short = false;
    let run = parser::run(&corpus, &selected, subject.as_mut(), &mut |result| {
        progress.result(result);
        let failed = args.fail_fast && result.verdict == Verdict::Fail;
        cut_short = stop.reason().is_some() || begun.elapsed() > args.max_time || failed;
        !cut_short
    });
    progress.over();
    let mut report = Report::of(run.facts, run.results, cut_short, begun.elapsed());
    args.select.keep_kinds(&mut report);
    let ending = Ending { unreached: false, signal: stop.reason().map(signal_code) };
    reporting.finish(&corpus, &mut report, &args.again(global), ending)
}

impl Args {
    fn subject(&self) -> Result<Box<dyn Subject>, Failure> {
        if let Some(command) = &self.adapter {
            let process = AdapterProcess::start(command, self.timeout);
            let failed = |trouble: parser::Trouble| Failure { code: exit::UNREACHED, says: trouble.to_string() };
            return Ok(Box::new(process.map_err(failed)?));
        }
        Ok(match self.builtin.as_deref() {
            Some("httparse") => Box::new(HttparseHeads::new()),
            _ => Box::new(Proto::new()),
        })
    }

    /// The command line that judges the same subject, without selection.
    fn again(&self, global: &Global) -> String {
        let subject = match (&self.adapter, &self.builtin) {
            (Some(command), _) => format!("--adapter {}", quoted(command)),
            (None, Some(name)) => format!("--builtin {name}"),
            (None, None) => String::new(),
        };
        format!("wiregauge parser{} {subject}", global.again())
    }
}
