//! What counts: a report held against the list of known failures and the user's policy gives an exit code. The report itself
//! is not changed by it, but for [`CaseResult::known`] and the verdict of the whole.

use serde::Serialize;

use crate::corpus::model::{Kind, Verdict};
use crate::judge::result::{CaseResult, Report};
use crate::report::exit;
use crate::report::known::{self, Known};

/// What the user wants to count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// `--deny warn`: a warning counts like a failure.
    pub deny_warn: bool,
    /// `--allow inconclusive`: an inconclusive case does not count.
    pub allow_inconclusive: bool,
    /// Whether every case of the corpus was selected, so that a list entry naming none of them names nothing at all.
    pub all_selected: bool,
}

impl Policy {
    /// Whether that verdict of a case that is not listed fails the run.
    pub fn counts(self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Fail => true,
            Verdict::Inconclusive => !self.allow_inconclusive,
            Verdict::Warn => self.deny_warn,
            Verdict::Fault | Verdict::Pass | Verdict::NotApplicable => false,
        }
    }
}

/// What is wrong with an entry of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// Its cases ran and none gave the listed verdict.
    NoLongerHolds,
    /// It has no reason, so it excuses nothing.
    NoReason,
    /// Its day is over, so it excuses nothing.
    Expired,
    /// No case has that name.
    NamesNothing,
}

impl Trouble {
    /// In a sentence.
    pub fn says(self) -> &'static str {
        match self {
            Trouble::NoLongerHolds => "no longer holds: take it off the list (or run with --update-known)",
            Trouble::NoReason => "gives no reason, so it excuses nothing: write one",
            Trouble::Expired => "has expired, so it excuses nothing",
            Trouble::NamesNothing => "names no case of this corpus",
        }
    }
}

/// An entry of the list that fails the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Troubled {
    /// As it stands in the list.
    pub case: String,
    /// What is wrong with it.
    pub trouble: Trouble,
}

/// What counts in a report.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Ids of the results that fail the run.
    pub counted: Vec<String>,
    /// How many results are excused by the list.
    pub known: usize,
    /// Entries that fail the run.
    pub troubled: Vec<Troubled>,
    /// How many cases were a fault of the harness or the set-up.
    pub faults: usize,
    /// Whether no case was judged at all.
    pub empty: bool,
    /// Whether the run was stopped before its end: what was not played is not judged, and cannot pass.
    pub cut_short: bool,
    /// How the run ended, for whoever ran it to say.
    pub ending: Ending,
}

/// How a run ended, beside its results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// The subject was not reached, or never accepted the base control.
    pub unreached: bool,
    /// A signal stopped the run: the exit code that says so.
    pub signal: Option<u8>,
}

/// Holds `report` against the list: notes the reason at every excused case, sets the verdict of the whole to the worst that is
/// not excused, and says what counts. `ending` is how the run ended, `today` a date such as `2027-01-31`.
pub fn settle(report: &mut Report, list: &[Known], policy: Policy, ending: Ending, today: &str) -> Account {
    let (empty, cut_short) = (report.cases.is_empty(), report.interrupted);
    let mut account = Account { empty, cut_short, ending, ..Account::default() };
    for result in &mut report.cases {
        result.known = excuse(result, list, today);
        if result.known.is_some() {
            account.known += 1;
        } else if result.verdict == Verdict::Fault {
            account.faults += 1;
        } else if result.kind != Kind::Survey && policy.counts(result.verdict) {
            account.counted.push(result.id.clone());
        }
    }
    account.troubled = list.iter().filter_map(|entry| trouble(entry, report, policy, today)).collect();
    let unexcused = report.cases.iter().filter(|case| case.known.is_none() && case.kind != Kind::Survey);
    report.verdict = unexcused.map(|case| case.verdict).max().unwrap_or(report.verdict);
    account
}

fn excuse(result: &CaseResult, list: &[Known], today: &str) -> Option<String> {
    if !known::may_be_listed(result) {
        return None;
    }
    let holds = |entry: &&Known| {
        entry.names(&result.id)
            && entry.excuses(result.verdict)
            && !entry.reason.trim().is_empty()
            && !entry.is_over(today)
    };
    list.iter().find(holds).map(|entry| entry.reason.clone())
}

fn trouble(entry: &Known, report: &Report, policy: Policy, today: &str) -> Option<Troubled> {
    let mut named = report.cases.iter().filter(|result| entry.names(&result.id)).peekable();
    let trouble = if named.peek().is_none() {
        // An interrupted or narrowed run shows nothing about what it did not play.
        (policy.all_selected && !report.interrupted && !report.cases.is_empty()).then_some(Trouble::NamesNothing)
    } else if entry.reason.trim().is_empty() {
        Some(Trouble::NoReason)
    } else if entry.is_over(today) {
        Some(Trouble::Expired)
    } else {
        let mut judged = named.filter(|result| known::may_be_listed(result)).peekable();
        let holds = judged.peek().is_none() || judged.any(|result| entry.excuses(result.verdict));
        (!holds).then_some(Trouble::NoLongerHolds)
    };
    trouble.map(|trouble| Troubled { case: entry.case.clone(), trouble })
}

impl Account {
    /// The exit code: a signal's, then 5, then 3, then 1.
    pub fn exit(&self) -> u8 {
        if let Some(code) = self.ending.signal {
            code
        } else if self.faults > 0 {
            exit::HARNESS_FAULT
        } else if self.ending.unreached {
            exit::UNREACHED
        } else if self.cut_short || !self.counted.is_empty() || !self.troubled.is_empty() {
            exit::FAILED
        } else if self.empty {
            exit::NOTHING_SELECTED
        } else {
            exit::CONFORMS
        }
    }
}

#[cfg(test)]
mod tests;
