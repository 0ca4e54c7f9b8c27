//! How far a run is, on a terminal and nowhere else.

use std::io::IsTerminal;
use std::time::Duration;

use crate::judge::result::CaseResult;
use crate::report::word;
use crate::role::server::Progress as Told;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

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
        let style = ProgressStyle::with_template("{prefix} {bar:32} {pos}/{len} {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
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
