//! The report for people. What is wrong comes first: with the subject as a whole, then with each case, each with its requirement,
//! the octets, what was expected and what came; then what is counted, and how to see one case again.

mod case;
mod exchange;
mod expected;
mod summary;
mod told;

pub use expected::expected;

use std::io::{self, Write};

use crate::corpus::model::{Kind, Verdict};
use crate::judge::result::CaseResult;
use crate::report::paint::Paint;
use crate::report::{Material, word};

/// Writes the report.
pub fn write(material: Material<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    wrong(material, paint, out)?;
    if material.verbose > 0 {
        lines(material, paint, out)?;
    }
    summary::known(material, paint, out)?;
    summary::survey(material, paint, out)?;
    summary::table(material, paint, out)?;
    summary::troubles(material, paint, out)?;
    summary::closing(material, paint, out)
}

/// What is wrong, and the counts: for several runs below each other.
pub fn brief(material: Material<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    wrong(material, paint, out)?;
    summary::table(material, paint, out)?;
    summary::closing(material, paint, out)
}

/// The subject, and every case that needs attention.
fn wrong(material: Material<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let report = material.report;
    if let Some(headline) = &report.subject.headline {
        writeln!(out, "{} {headline}\n", paint.verdict(Verdict::Fail, "The subject:"))?;
    }
    summary::facts(material, paint, out)?;
    let mut cases: Vec<&CaseResult> = report.cases.iter().filter(|result| shown(material, result)).collect();
    cases.sort_by_key(|result| std::cmp::Reverse(urgency(result)));
    for result in cases {
        writeln!(out)?;
        case::write(material, paint, result, out)?;
    }
    Ok(())
}

/// One case as a failing one is shown, without colours.
pub fn plain_case(material: Material<'_>, result: &CaseResult) -> String {
    let mut out = Vec::new();
    case::write(material, Paint(false), result, &mut out).expect("writing into memory does not fail");
    String::from_utf8(out).expect("what is written is text")
}

/// The worst finding's reason, or the case's outcome.
pub fn because(result: &CaseResult) -> String {
    let worst =
        result.findings.iter().filter(|finding| finding.verdict == result.verdict).map(|finding| &finding.because);
    let any = result.findings.iter().map(|finding| &finding.because);
    worst.chain(any).next().cloned().unwrap_or_else(|| result.outcome.clone().unwrap_or_default())
}

/// Whether a case is shown with all there is to say about it.
fn shown(material: Material<'_>, result: &CaseResult) -> bool {
    material.verbose > 1 || urgency(result) > 0
}

/// Most urgent last; 0 needs no attention.
fn urgency(result: &CaseResult) -> u8 {
    match result.verdict {
        _ if result.known.is_some() || result.kind == Kind::Survey => 0,
        Verdict::Fault => 4,
        Verdict::Fail => 3,
        Verdict::Inconclusive => 2,
        Verdict::Warn => 1,
        Verdict::Pass | Verdict::NotApplicable => 0,
    }
}

/// A line for every case.
fn lines(material: Material<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{}", paint.bold("Every case"))?;
    for result in &material.report.cases {
        let verdict = format!("{:<14}", word(&result.verdict));
        let reason = match result.verdict {
            Verdict::Pass => String::new(),
            _ => because(result),
        };
        let line = format!("  {} {}  {reason}", paint.verdict(result.verdict, &verdict), result.id);
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
