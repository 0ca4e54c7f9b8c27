//! `wiregauge` without a command: every role that exists, against the embedded reference subject.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::progress::Progress;
use super::reporting::Ending;
use super::server::signal_code;
use super::{Failure, Global, runtime};
use crate::corpus::model::{Corpus, Role};
use crate::judge::result::Report;
use crate::report::account::{Policy, settle};
use crate::report::paint::Paint;
use crate::report::{Material, exit, known, text};
use crate::role::server::{Options, Stop};
use crate::role::{parser, server};
use crate::serve::{self, Server};
use crate::subject::Subject;

/// One role, judged.
struct Checked {
    report: Report,
    ending: Ending,
}

pub(super) fn run(global: &Global) -> Result<u8, Failure> {
    let corpus = global.corpus()?;
    let begun = Instant::now();
    let runtime = runtime()?;
    let stop = runtime.block_on(async { Stop::on_signals() })?;
    writeln!(
        io::stdout().lock(),
        "The self-check: {} cases, every role that exists against wiregauge's own protocol core\n",
        corpus.cases.len()
    )?;
    let mut codes = Vec::new();
    let mut roles = 0;
    for role in [Role::Server, Role::Parser] {
        if stop.reason().is_some() {
            break;
        }
        let mut checked = match role {
            Role::Server => runtime.block_on(server_role(&corpus, &stop))?,
            _ => parser_role(&corpus, &stop),
        };
        let policy = Policy { all_selected: true, ..Policy::default() };
        let account = settle(&mut checked.report, &[], policy, checked.ending, &known::today());
        let again = match role {
            Role::Server => "wiregauge server --start 'wiregauge serve --port {port}'",
            _ => "wiregauge parser --builtin proto",
        };
        let material = Material { corpus: &corpus, report: &checked.report, account: &account, again, verbose: 0 };
        let mut out = io::stdout().lock();
        text::brief(material, Paint::for_stdout(), &mut out)?;
        writeln!(out)?;
        codes.push(account.exit());
        roles += 1;
    }
    let code = worst(&codes, stop.reason().map(signal_code));
    let verdict = if code == exit::CONFORMS { "ok" } else { "NOT ok" };
    let seconds = begun.elapsed().as_secs_f32();
    writeln!(io::stdout().lock(), "self-check: {verdict}, {roles} roles, {seconds:.1} s, exit code {code}")?;
    Ok(code)
}

/// Several at once: a signal's, then 5, then 3, then 1.
fn worst(codes: &[u8], signal: Option<u8>) -> u8 {
    let order = [exit::HARNESS_FAULT, exit::UNREACHED, exit::FAILED, exit::NOTHING_SELECTED];
    signal.or_else(|| order.into_iter().find(|code| codes.contains(code))).unwrap_or(exit::CONFORMS)
}

async fn server_role(corpus: &Corpus, stop: &Stop) -> Result<Checked, Failure> {
    let reference = Server::start(serve::Options::default()).await?;
    let mut subject = Subject::at(&reference.address().to_string(), None, None)?;
    subject.name = "wiregauge serve".to_owned();
    subject.claims.resources = serve::resources();
    let selected: Vec<_> = corpus.cases.iter().filter(|case| case.roles.contains(&Role::Server)).collect();
    let options = Options { stop: stop.clone(), max_time: Some(Duration::from_secs(120)), ..Options::default() };
    let progress = Progress::new("server");
    let run = server::run(corpus, &selected, &subject, &options, &|told| progress.server(told)).await?;
    progress.over();
    reference.shutdown(std::time::Duration::ZERO).await;
    let ending = Ending { unreached: !run.accepted, signal: run.stopped.map(signal_code) };
    Ok(Checked { report: run.report, ending })
}

fn parser_role(corpus: &Corpus, stop: &Stop) -> Checked {
    let selected: Vec<_> = corpus.cases.iter().filter(|case| case.roles.contains(&Role::Parser)).collect();
    let (begun, progress) = (Instant::now(), Progress::new("parser"));
    progress.planned(selected.len());
    let run = parser::run(corpus, &selected, &mut parser::Proto::new(), &mut |result| {
        progress.result(result);
        stop.reason().is_none()
    });
    progress.over();
    let report = Report::of(run.facts, run.results, stop.reason().is_some(), begun.elapsed());
    Checked { report, ending: Ending { unreached: false, signal: stop.reason().map(signal_code) } }
}
