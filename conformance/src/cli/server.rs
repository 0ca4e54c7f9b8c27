//! `wiregauge server`: judges a server that listens somewhere, or that is started.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use super::progress::Progress;
use super::reporting::{Ending, ReportArgs};
use super::selecting::SelectArgs;
use super::trusting::TrustArgs;
use super::{Failure, Global, quoted, runtime};
use crate::corpus::model::Role;
use crate::report::exit;
use crate::report::known::{self, Known};
use crate::role::server::{self, Options, Reason, Stop};
use crate::subject::{Manifest, Source, Subject, SubjectError, Trust, duration};
use crate::transcript::Delivery;

/// Judges an HTTP/1.1 server.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wiregauge server 127.0.0.1:8080
  wiregauge server http://localhost:8080/hello --section 9112:7.1
  wiregauge server https://localhost:8443 --cacert cert.pem
  wiregauge server unix:/run/app.sock --host app.example
  wiregauge server --start 'python3 -m http.server {port}' --jobs 4
  wiregauge server --subject nginx --format text --format junit=report.xml
  wiregauge server 127.0.0.1:8080 --filter host/missing/none -v")]
pub(super) struct Args {
    /// Where it listens: HOST:PORT, http://HOST[:PORT]/PATH (a path that answers GET with 2xx or 3xx), the same with https, or unix:PATH
    #[arg(value_name = "TARGET", required_unless_present_any = ["subject", "start"], conflicts_with_all = ["subject", "start"])]
    target: Option<String>,
    #[command(flatten)]
    trust: TrustArgs,
    /// The name that an https target is asked for (SNI), and that its certificate must be for, instead of the URL's host
    #[arg(long, value_name = "NAME")]
    server_name: Option<String>,
    /// What stands in the Host field instead of the address; may carry a port
    #[arg(long, value_name = "NAME")]
    host: Option<String>,
    /// A manifest that is built in (`wiregauge list --subjects` names them), or a file: it is started, awaited and stopped
    #[arg(long, value_name = "NAME|FILE.toml", conflicts_with = "start")]
    subject: Option<String>,
    /// A resource that it has, as NAME=PATH: file, redirect or protected; may be repeated. What each has to be: fixtures/README.md, §6
    #[arg(long, value_name = "NAME=PATH")]
    resource: Vec<String>,
    /// A command that starts it on 127.0.0.1, at {port} (also PORT in its environment)
    #[arg(long, value_name = "COMMAND")]
    start: Option<String>,
    /// Where that command runs [default: a fresh folder]
    #[arg(long, value_name = "DIR", requires = "start")]
    cwd: Option<PathBuf>,
    /// How long it may take until it answers a GET
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "10s")]
    ready_timeout: Duration,
    #[command(flatten)]
    select: SelectArgs,
    /// Deliveries of message cases: whole, cut, octets, coalesced [default: all]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = delivery, help_heading = "Run")]
    deliveries: Vec<Delivery>,
    /// Connections at once [default: the manifest's `parallel`, or what a probe shows]
    #[arg(long, value_name = "N", help_heading = "Run", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// How long an answer that must come is waited for
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "5s", help_heading = "Run")]
    timeout: Duration,
    /// How long the run may take; what was done until then is reported, and the run fails
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "10m", help_heading = "Run")]
    max_time: Duration,
    /// Stop at the first failure
    #[arg(long, help_heading = "Run")]
    fail_fast: bool,
    /// Play the cases in random order
    #[arg(long, help_heading = "Run")]
    shuffle: bool,
    /// Play them in the order of this seed, which a shuffled run prints
    #[arg(long, value_name = "N", help_heading = "Run")]
    seed: Option<u64>,
    #[command(flatten)]
    report: ReportArgs,
}

/// A time such as `10s`, `500ms`, `2m`.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    duration(text)
        .filter(|time| !time.is_zero())
        .ok_or_else(|| format!("`{text}` is not a time; write 500ms, 10s or 2m"))
}

fn delivery(text: &str) -> Result<Delivery, String> {
    match text {
        "whole" => Ok(Delivery::Whole),
        "cut" => Ok(Delivery::Cut),
        "octets" => Ok(Delivery::Octets),
        "coalesced" => Ok(Delivery::Coalesced),
        _ => Err(format!("`{text}` is not a delivery; write whole, cut, octets or coalesced")),
    }
}

impl From<SubjectError> for Failure {
    fn from(error: SubjectError) -> Failure {
        Failure { code: if error.is_usage() { exit::USAGE } else { exit::UNREACHED }, says: error.to_string() }
    }
}

pub(super) fn run(args: &Args, global: &Global) -> Result<u8, Failure> {
    let corpus = global.corpus()?;
    let selected = args.select.cases(&corpus, &[Role::Server]);
    if selected.is_empty() {
        return Err(Failure::nothing_selected());
    }
    let (mut subject, manifest) = args.subject()?;
    for resource in &args.resource {
        subject.claims.resources.declare(resource).map_err(Failure::usage)?;
    }
    let known = manifest.as_ref().map(manifest_list).transpose()?.unwrap_or_default();
    let manifest_file = manifest.as_ref().and_then(|manifest| manifest.file.as_deref());
    let everything = args.select.is_all() && args.deliveries.is_empty();
    let reporting = args.report.open(known, manifest_file, everything)?;
    let shuffle = args.seed.or_else(|| args.shuffle.then(fresh_seed));
    if let Some(seed) = shuffle {
        eprintln!("wiregauge: the order is that of --seed {seed}");
    }
    let progress = Progress::new("server");
    let mut outcome = runtime()?.block_on(async {
        let options = Options {
            deliveries: (!args.deliveries.is_empty()).then(|| args.deliveries.iter().copied().collect::<BTreeSet<_>>()),
            jobs: args.jobs.map(usize::from),
            patience: args.timeout,
            total: Options::default().total.max(args.timeout * 6),
            max_time: Some(args.max_time),
            fail_fast: args.fail_fast,
            shuffle,
            courtesy: args.select.is_whole_kinds(),
            stop: Stop::on_signals()?,
            ..Options::default()
        };
        Ok::<_, Failure>(server::run(&corpus, &selected, &subject, &options, &|told| progress.server(told)).await?)
    })?;
    progress.over();
    // A result of another kind than asked for comes along where deliveries disagree.
    args.select.keep_kinds(&mut outcome.report);
    let ending = Ending { unreached: !outcome.accepted, signal: outcome.stopped.map(signal_code) };
    reporting.finish(&corpus, &mut outcome.report, &args.again(global), ending)
}

pub(super) fn signal_code(reason: Reason) -> u8 {
    match reason {
        Reason::Interrupt => exit::INTERRUPTED,
        Reason::Terminate => exit::TERMINATED,
    }
}

fn manifest_list(manifest: &Manifest) -> Result<Vec<Known>, Failure> {
    let file = manifest.file.as_ref().map_or_else(|| manifest.name.clone(), |file| file.display().to_string());
    known::parse(&manifest.text).map_err(|error| Failure::usage(format!("{file}: {error}")))
}

fn fresh_seed() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::hash::RandomState::new().build_hasher().finish()
}

impl Args {
    fn subject(&self) -> Result<(Subject, Option<Manifest>), Failure> {
        let trust = self.trust()?;
        if let Some(name) = &self.subject {
            let manifest = Manifest::load(name)?;
            let mut subject = Subject::of(&manifest);
            self.adjust(&mut subject, false);
            return Ok((subject, Some(manifest)));
        }
        if let Some(command) = &self.start {
            let mut subject = Subject::command(command)?;
            self.adjust(&mut subject, true);
            return Ok((subject, None));
        }
        let target = self.target.as_deref().unwrap_or_default();
        Ok((Subject::at(target, self.host.as_deref(), trust.as_ref())?, None))
    }

    /// How to secure connections, if the target asks for that.
    fn trust(&self) -> Result<Option<Trust>, Failure> {
        let target = self.target.as_deref().unwrap_or_default();
        if !target.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:")) {
            return match self.trust.is_given() || self.server_name.is_some() {
                true => Err(Failure::usage("--cacert, --insecure and --server-name are for https targets")),
                false => Ok(None),
            };
        }
        let config = self.trust.trusts()?;
        let config = config.map_err(|why| {
            Failure::usage(format!("{why}; --cacert FILE names whom to trust, --insecure trusts anybody"))
        })?;
        Ok(Some(Trust { config, server_name: self.server_name.clone() }))
    }

    /// What the command line says about a subject that is started.
    fn adjust(&self, subject: &mut Subject, by_command: bool) {
        if let Source::Started { start, host } = &mut subject.source {
            host.clone_from(&self.host);
            if by_command {
                start.cwd = self.cwd.as_ref().map(|cwd| cwd.display().to_string());
                start.ready_timeout = self.ready_timeout;
            }
        }
    }

    /// The command line that judges the same subject, without selection.
    fn again(&self, global: &Global) -> String {
        let mut again = format!("wiregauge server{}", global.again());
        let mut add = |flag: &str, value: &Option<String>| {
            if let Some(value) = value {
                again.push_str(&format!(" {flag}{}", quoted(value)));
            }
        };
        add("", &self.target);
        add("--cacert ", &self.trust.cacert.as_ref().map(|file| file.display().to_string()));
        add("--server-name ", &self.server_name);
        add("--host ", &self.host);
        add("--subject ", &self.subject);
        add("--start ", &self.start);
        add("--cwd ", &self.cwd.as_ref().map(|cwd| cwd.display().to_string()));
        for resource in &self.resource {
            again.push_str(&format!(" --resource {}", quoted(resource)));
        }
        if self.trust.insecure {
            again.push_str(" --insecure");
        }
        again
    }
}
