//! How far a run is, on a terminal and nowhere else.

use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use crate::judge::result::CaseResult;
use crate::report::word;
use crate::role::server::Progress as Told;
use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line on standard error that is gone when the run is over.
#[derive(Clone)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Shown only if standard error is a terminal; it does not mix with a report on standard output that way.
    pub(super) fn new(what: &'static str) -> Progress {
        let bar = ProgressBar::new(0);
        if !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        bar.set_style(style("{prefix} {bar:32} {pos}/{len} {wide_msg}"));
        bar.set_prefix(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Progress(bar)
    }

    /// What a run of the server role tells.
    pub(super) fn server(&self, told: Told<'_>) {
        match told {
            Told::Probed(facts) => {
                self.0.set_message(format!("{} at level {}", facts.address, word(&facts.observability)))
            }
            Told::Planned(playings) => self.0.set_length(playings as u64),
            Told::Played { case, .. } => {
                self.0.inc(1);
                self.0.set_message(case.to_owned());
            }
            Told::Confirming { case, .. } => self.0.set_message(format!("again: {case}")),
        }
    }

    /// So much is to come.
    pub(super) fn planned(&self, all: usize) {
        self.0.set_length(all as u64);
    }

    /// A case was judged.
    pub(super) fn result(&self, result: &CaseResult) {
        self.0.inc(1);
        self.0.set_message(result.id.clone());
    }

    /// The run is over.
    pub(super) fn over(&self) {
        self.0.finish_and_clear();
    }
}

/// How far a content is: a bar where its size is known, else a count. On a terminal only.
#[derive(Clone, Debug)]
pub(super) struct Transfer(ProgressBar);

impl Transfer {
    /// Shown if it is `wanted` and standard error is a terminal.
    pub(super) fn new(wanted: bool) -> Transfer {
        let bar = ProgressBar::no_length();
        if !wanted || !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        bar.set_style(style("{spinner} {msg}"));
        bar.set_message("waiting for the response");
        bar.enable_steady_tick(Duration::from_millis(100));
        Transfer(bar)
    }

    /// The head is there, and says how much content comes, or does not.
    pub(super) fn begins(&self, size: Option<u64>) {
        self.0.reset();
        if let Some(size) = size {
            self.0.set_length(size);
        }
        self.0.set_style(style(match size {
            Some(_) => {
                "{bar:24} {percent:>3} %  {binary_bytes} of {binary_total_bytes}  {binary_bytes_per_sec}  {eta} left"
            }
            None => "{spinner} {binary_bytes}  {binary_bytes_per_sec}  {elapsed}",
        }));
    }

    /// So many octets came.
    pub(super) fn came(&self, octets: u64) {
        self.0.inc(octets);
    }

    /// Prints a line on standard error, above the bar if there is one.
    pub(super) fn line(&self, line: &str) {
        self.0.suspend(|| eprintln!("{line}"));
    }

    /// It is all there. Says so if progress was shown and it went to a file.
    pub(super) fn done(&self, file: Option<&Path>) {
        let (octets, elapsed) = (self.0.position(), self.0.elapsed());
        self.over();
        if let (Some(file), false) = (file, self.0.is_hidden()) {
            eprintln!("{}: {} in {:.1} s", file.display(), HumanBytes(octets), elapsed.as_secs_f32());
        }
    }

    /// Nothing more is shown.
    pub(super) fn over(&self) {
        self.0.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
