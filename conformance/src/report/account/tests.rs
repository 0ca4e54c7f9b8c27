use super::*;
use crate::report::sample;

const TODAY: &str = "2026-07-01";

fn entry(case: &str) -> Known {
    Known { case: case.into(), verdict: None, reason: "upstream says no".into(), link: None, expires: None }
}

fn settled(list: &[Known], policy: Policy) -> (Report, Account) {
    let mut report = sample::report();
    let account = settle(&mut report, list, policy, Ending::default(), TODAY);
    (report, account)
}

/// A list that excuses all that is wrong in the sample.
fn all() -> Vec<Known> {
    vec![entry("field-value/nul/middle-of-value"), entry("incomplete/*")]
}

#[test]
fn an_unlisted_failure_fails_the_run() {
    let (report, account) = settled(&[], Policy::default());
    assert_eq!(account.counted, ["field-value/nul/middle-of-value", "incomplete/head/half-a-name"]);
    assert_eq!((account.exit(), report.verdict), (exit::FAILED, Verdict::Fail));
}

#[test]
fn listed_failures_do_not_count_and_keep_their_reason() {
    let (report, account) = settled(&all(), Policy::default());
    assert_eq!((account.exit(), account.known, report.verdict), (exit::CONFORMS, 2, Verdict::Warn));
    let failing = report.cases.iter().find(|case| case.verdict == Verdict::Fail).unwrap();
    assert_eq!(failing.known.as_deref(), Some("upstream says no"));
}

#[test]
fn a_listed_case_that_passes_fails_the_run() {
    let mut list = all();
    list.push(entry("host/present/control"));
    let (_, account) = settled(&list, Policy::default());
    assert_eq!(account.exit(), exit::FAILED);
    assert_eq!(account.troubled, [Troubled { case: "host/present/control".into(), trouble: Trouble::NoLongerHolds }]);
}

#[test]
fn a_listed_fail_that_turned_inconclusive_no_longer_holds() {
    let mut list = all();
    list[1].verdict = Some(Verdict::Fail);
    let (_, account) = settled(&list, Policy::default());
    assert_eq!(account.counted, ["incomplete/head/half-a-name"]);
    assert_eq!(account.troubled[0].trouble, Trouble::NoLongerHolds);
}

#[test]
fn an_entry_without_a_reason_or_past_its_day_excuses_nothing() {
    let mut list = all();
    list[0].reason = " ".into();
    list[1].expires = Some("2026-06-30".into());
    let (_, account) = settled(&list, Policy::default());
    assert_eq!(account.counted.len(), 2);
    let troubles: Vec<Trouble> = account.troubled.iter().map(|t| t.trouble).collect();
    assert_eq!(troubles, [Trouble::NoReason, Trouble::Expired]);
}

#[test]
fn an_entry_that_names_nothing_is_noticed_only_when_everything_was_selected() {
    let mut list = all();
    list.push(entry("host/presnt/*"));
    assert_eq!(settled(&list, Policy::default()).1.exit(), exit::CONFORMS);
    let (_, account) = settled(&list, Policy { all_selected: true, ..Policy::default() });
    assert_eq!(account.troubled[0].trouble, Trouble::NamesNothing);
    let mut report = sample::report();
    report.interrupted = true;
    assert!(
        settle(&mut report, &list, Policy { all_selected: true, ..Policy::default() }, Ending::default(), TODAY)
            .troubled
            .is_empty()
    );
}

#[test]
fn a_listed_case_that_does_not_apply_neither_holds_nor_fails() {
    let mut list = all();
    list.push(entry("trailer/merged/host"));
    assert_eq!(settled(&list, Policy::default()).1.exit(), exit::CONFORMS);
}

#[test]
fn warnings_count_when_denied_and_inconclusive_does_not_when_allowed() {
    let (_, account) = settled(&all(), Policy { deny_warn: true, ..Policy::default() });
    assert_eq!(account.counted, ["limits/request-line/8000-octets", "courtesy/date-present"]);
    let (_, account) = settled(&all()[..1], Policy { allow_inconclusive: true, ..Policy::default() });
    assert_eq!(account.exit(), exit::CONFORMS);
}

#[test]
fn a_fault_comes_before_a_failure_and_cannot_be_excused() {
    let mut report = sample::report();
    report.cases[0].verdict = Verdict::Fault;
    let account = settle(&mut report, &[entry("*")], Policy::default(), Ending::default(), TODAY);
    assert_eq!(account.exit(), exit::HARNESS_FAULT);
}

#[test]
fn a_survey_case_never_counts() {
    let mut report = sample::report();
    report.cases.retain(|case| case.kind == Kind::Survey);
    report.cases[0].verdict = Verdict::Fail;
    assert_eq!(settle(&mut report, &[], Policy::default(), Ending::default(), TODAY).exit(), exit::CONFORMS);
}

#[test]
fn a_report_without_cases_is_nothing_selected() {
    let mut report = sample::report();
    report.cases.clear();
    assert_eq!(settle(&mut report, &[], Policy::default(), Ending::default(), TODAY).exit(), exit::NOTHING_SELECTED);
}

#[test]
fn a_run_cut_short_does_not_pass() {
    let mut report = sample::report();
    report.interrupted = true;
    assert_eq!(settle(&mut report, &all(), Policy::default(), Ending::default(), TODAY).exit(), exit::FAILED);
}

#[test]
fn a_signal_comes_first_then_a_fault_then_an_unreached_subject_then_a_failure() {
    let mut report = sample::report();
    let mut ending = Ending { unreached: true, signal: Some(exit::TERMINATED) };
    let code = |report: &mut Report, ending| settle(report, &[], Policy::default(), ending, TODAY).exit();
    assert_eq!(code(&mut report, ending), exit::TERMINATED);
    ending.signal = None;
    assert_eq!(code(&mut report, ending), exit::UNREACHED);
    report.cases[0].verdict = Verdict::Fault;
    assert_eq!(code(&mut report, ending), exit::HARNESS_FAULT);
}
