//! What is known of the subject, what is counted, and what is left to do.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::corpus::model::{Kind, Role, Verdict};
use crate::judge::result::CaseResult;
use crate::report::account::Account;
use crate::report::paint::Paint;
use crate::report::{Material, exit, word};

/// Who judged whom, and what was measured before the first case.
pub(super) fn facts(material: Material<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let (tool, subject) = (&material.report.tool, &material.report.subject);
    let role = material.report.cases.first().map(|case| case.role);
    let role_word = role.map(|role| format!("{} ", word(&role))).unwrap_or_default();
    write!(out, "{} {}: {role_word}{}", tool.name, tool.version, paint.bold(&subject.name))?;
    if subject.address != subject.name && !subject.address.is_empty() {
        write!(out, " at {}", subject.address)?;
    }
    writeln!(out)?;
    let mut facts = Vec::new();
    // A parser has no connection, and recorded transcripts have theirs behind them.
    if role != Some(Role::Parser) && subject.patience_ms > 0 {
        facts.push(format!("seen at level {}", word(&subject.observability)));
        facts.push(format!("{} connections at once", subject.jobs));
        facts.push(format!("answers are waited for {} ms", subject.patience_ms));
        facts.push(format!("silence is believed after {} ms", subject.quiet_ms));
    }
    if !subject.can.is_empty() {
        facts.push(format!("can {}", subject.can.join(", ")));
    }
    if !facts.is_empty() {
        writeln!(out, "{}", facts.join("; "))?;
    }
    Ok(())
}

/// Failures that are on the list, with the list's reason.
pub(super) fn known(material: Material<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mut known = material.report.cases.iter().filter_map(|case| Some((case, case.known.as_ref()?))).peekable();
    if known.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "\n{}", paint.bold("Known, and excused by the list"))?;
    for (case, reason) in known {
        let verdict = format!("{:<14}", word(&case.verdict));
        writeln!(out, "  {} {}: {}", paint.verdict(case.verdict, &verdict), case.id, reason.trim())?;
    }
    Ok(())
}

/// What the subject does where it may choose: per file, which outcome which case had. Controls say nothing of their own.
pub(super) fn survey(material: Material<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mut files: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    for case in &material.report.cases {
        let (file, name) = case.id.rsplit_once('/').unwrap_or(("", case.id.as_str()));
        if case.kind == Kind::Survey && case.verdict != Verdict::NotApplicable && !name.starts_with("control") {
            let outcome = case.outcome.as_deref().unwrap_or("none of the outcomes");
            files.entry(file).or_default().entry(outcome).or_default().push(name);
        }
    }
    if files.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", paint.bold("Survey: what it does where it may choose"))?;
    for (file, outcomes) in files {
        let outcomes: Vec<String> =
            outcomes.iter().map(|(outcome, names)| format!("{outcome}: {}", names.join(", "))).collect();
        writeln!(out, "  {file}  {}", outcomes.join("; "))?;
    }
    Ok(())
}

const COLUMNS: [Verdict; 6] =
    [Verdict::Pass, Verdict::Warn, Verdict::Fail, Verdict::Inconclusive, Verdict::NotApplicable, Verdict::Fault];

/// Kind x verdict. Courtesy is part of conformance, and shown apart as well.
pub(super) fn table(material: Material<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let head: Vec<String> = COLUMNS.iter().map(|verdict| format!("{:>15}", word(verdict))).collect();
    writeln!(out, "\n{:<14}{}", "", head.concat())?;
    let courtesy = |case: &&CaseResult| case.id.starts_with("courtesy/");
    for kind in [Kind::Conformance, Kind::Hardening, Kind::Survey] {
        let cases: Vec<&CaseResult> = material.report.cases.iter().filter(|case| case.kind == kind).collect();
        if cases.is_empty() {
            continue;
        }
        row(&word(&kind), &cases, kind == Kind::Survey, paint, out)?;
        let part: Vec<&CaseResult> = cases.into_iter().filter(courtesy).collect();
        if !part.is_empty() {
            row("  courtesy", &part, false, paint, out)?;
        }
    }
    Ok(())
}

fn row(name: &str, cases: &[&CaseResult], survey: bool, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{name:<14}")?;
    for verdict in COLUMNS {
        let count = cases.iter().filter(|case| case.verdict == verdict).count();
        let counts_nothing =
            survey && !matches!(verdict, Verdict::NotApplicable | Verdict::Fault | Verdict::Inconclusive);
        let cell = if counts_nothing { "-".to_owned() } else { count.to_string() };
        let cell = format!("{cell:>15}");
        let painted = if count == 0 || counts_nothing { paint.dim(&cell) } else { paint.verdict(verdict, &cell) };
        write!(out, "{painted}")?;
    }
    writeln!(out)
}

/// Entries of the list of known failures that fail the run.
pub(super) fn troubles(material: Material<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    for entry in &material.account.troubled {
        let case = paint.bold(&format!("known failure `{}`", entry.case));
        writeln!(out, "{case} {}", entry.trouble.says())?;
    }
    Ok(())
}

/// The last line: what it comes to.
pub(super) fn closing(material: Material<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let (report, account) = (material.report, material.account);
    if report.interrupted {
        writeln!(out, "{}", paint.verdict(Verdict::Warn, "Stopped before its end: this is what was done until then."))?;
    }
    let count = |many: usize, one: &str, more: &str| format!("{many} {}", if many == 1 { one } else { more });
    let mut parts = vec![count(report.cases.len(), "result", "results")];
    if account.known > 0 {
        parts.push(format!("{} known", account.known));
    }
    if account.faults > 0 {
        parts.push(count(account.faults, "fault of the set-up", "faults of the set-up"));
    }
    match account.counted.len() + account.troubled.len() {
        0 => {}
        1 => parts.push("1 fails the run".to_owned()),
        many => parts.push(format!("{many} fail the run")),
    }
    parts.extend(ending(account).map(str::to_owned));
    let verdict = word(&report.verdict);
    let seconds = report.wall_ms as f64 / 1000.0;
    writeln!(out, "{}: {}, {seconds:.1} s", paint.verdict(report.verdict, &verdict), parts.join(", "))
}

/// What the exit code says beside the cases that fail the run, if anything.
fn ending(account: &Account) -> Option<&'static str> {
    let fails = account.counted.len() + account.troubled.len() > 0;
    match account.exit() {
        exit::CONFORMS => Some("nothing fails the run"),
        exit::UNREACHED => {
            Some("the subject was not reached or does not answer a plain GET, so nothing is known of it")
        }
        exit::NOTHING_SELECTED => Some("nothing was selected, so nothing was tried"),
        exit::HARNESS_FAULT => Some("faults of the set-up fail the run"),
        exit::FAILED if !fails => Some("the run was cut short, and what was not played cannot pass"),
        exit::FAILED => None,
        _ => Some("a signal stopped the run"),
    }
}
