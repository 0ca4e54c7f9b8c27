//! JUnit XML, as CI systems read it: fail is a failure, fault an error, inconclusive and not-applicable are skipped with a
//! message, warn passed with its reason in `system-out`. A failure that is listed as known is skipped with its reason, since it
//! does not fail the run; an entry of the list that no longer holds is a failure of its own.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use crate::corpus::model::{Kind, Verdict};
use crate::judge::result::CaseResult;
use crate::report::{Material, text, word};

/// Writes the document: one suite per kind, named `<subject>.<role>.<kind>`.
pub fn write(material: Material<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut junit = Junit::new(format!("wiregauge {}", material.report.subject.name));
    junit.set_time(Duration::from_millis(material.report.wall_ms));
    for kind in [Kind::Conformance, Kind::Hardening, Kind::Survey] {
        let mut cases = material.report.cases.iter().filter(|case| case.kind == kind).peekable();
        let Some(first) = cases.peek() else { continue };
        let role = word(&first.role);
        let mut suite = TestSuite::new(format!("{}.{role}.{}", material.report.subject.name, word(&kind)));
        suite.add_test_cases(cases.map(|case| test_case(material, case)));
        junit.add_test_suite(suite);
    }
    if !material.account.troubled.is_empty() {
        let mut suite = TestSuite::new(format!("{}.known", material.report.subject.name));
        for entry in &material.account.troubled {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(format!("the list of known failures: `{}` {}", entry.case, entry.trouble.says()));
            suite.add_test_case(TestCase::new(&entry.case, status));
        }
        junit.add_test_suite(suite);
    }
    junit.serialize(out).map_err(io::Error::other)
}

fn test_case(material: Material<'_>, result: &CaseResult) -> TestCase {
    let mut status = match (&result.known, result.verdict) {
        (Some(_), _) | (None, Verdict::Inconclusive | Verdict::NotApplicable) => TestCaseStatus::skipped(),
        (None, Verdict::Fail) => TestCaseStatus::non_success(NonSuccessKind::Failure),
        (None, Verdict::Fault) => TestCaseStatus::non_success(NonSuccessKind::Error),
        (None, Verdict::Pass | Verdict::Warn) => TestCaseStatus::success(),
    };
    if let Some(message) = message(result) {
        status.set_message(message);
    }
    if matches!(result.verdict, Verdict::Fail | Verdict::Fault) && result.known.is_none() {
        status.set_type(result.requirements.join(" "));
        status.set_description(text::plain_case(material, result));
    }
    let mut case = TestCase::new(&result.id, status);
    case.set_classname(result.id.rsplit_once('/').map_or(result.id.as_str(), |(file, _)| file));
    case.set_time(Duration::from_millis(result.wall_ms));
    match (result.kind, &result.outcome) {
        (Kind::Survey, Some(outcome)) => {
            case.set_system_out(format!("outcome: {outcome}"));
        }
        _ if result.verdict == Verdict::Warn => {
            case.set_system_out(text::plain_case(material, result));
        }
        _ => {}
    }
    case
}

fn message(result: &CaseResult) -> Option<String> {
    let because = text::because(result);
    match (&result.known, result.verdict) {
        (Some(reason), verdict) => Some(format!("known {}: {reason}", word(&verdict))),
        (None, Verdict::Pass | Verdict::Warn) => None,
        (None, verdict) if because.is_empty() => Some(word(&verdict)),
        (None, verdict) => Some(format!("{}: {because}", word(&verdict))),
    }
}
