use super::*;
use crate::report::account::{Account, Ending, Policy, settle};
use crate::report::sample;

fn told(verbose: u8, change: impl FnOnce(&mut crate::judge::result::Report)) -> String {
    let mut report = sample::report();
    change(&mut report);
    let account = settle(&mut report, &[], Policy::default(), Ending::default(), "2026-07-01");
    written(&report, &account, verbose)
}

fn written(report: &crate::judge::result::Report, account: &Account, verbose: u8) -> String {
    let corpus = sample::corpus();
    let material = Material { corpus: &corpus, report, account, again: "wiregauge server 127.0.0.1:8080", verbose };
    let mut out = Vec::new();
    write(material, Paint(false), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_text_report_of_a_failing_case() {
    insta::assert_snapshot!(told(0, |_| {}));
}

#[test]
fn verbose_shows_octets_both_ways() {
    insta::assert_snapshot!(told(1, |report| report.cases.truncate(2)));
}

#[test]
fn the_first_line_says_what_is_wrong_with_the_subject() {
    let text = told(0, |report| report.subject.headline = Some("it answers 400 to everything".into()));
    assert_eq!(text.lines().next(), Some("The subject: it answers 400 to everything"));
}

#[test]
fn an_interrupted_run_says_so() {
    assert!(told(0, |report| report.interrupted = true).contains("Stopped before its end"));
    assert!(!told(0, |_| {}).contains("Stopped before its end"));
}

#[test]
fn the_last_line_says_what_the_exit_code_says() {
    let last = |ending: Ending, change: &dyn Fn(&mut crate::judge::result::Report)| {
        let mut report = sample::report();
        report.cases.clear();
        change(&mut report);
        let account = settle(&mut report, &[], Policy::default(), ending, "2026-07-01");
        (account.exit(), written(&report, &account, 0).lines().last().expect("a line").to_owned())
    };
    let (code, line) = last(Ending { unreached: true, signal: None }, &|_| {});
    assert!(code == 3 && line.contains("the subject was not reached"), "{line}");
    let (code, line) = last(Ending::default(), &|_| {});
    assert!(code == 4 && line.contains("nothing was selected"), "{line}");
    let (code, line) = last(Ending::default(), &|report| report.interrupted = true);
    assert!(code == 1 && line.contains("cut short"), "{line}");
    let (code, line) = last(Ending { unreached: false, signal: Some(130) }, &|_| {});
    assert!(code == 130 && line.contains("a signal"), "{line}");
    let (code, line) = last(Ending::default(), &|report| {
        report.cases = sample::report().cases;
        report.cases[0].verdict = Verdict::Fault;
    });
    assert!(code == 5 && line.contains("faults of the set-up"), "{line}");
}

#[test]
fn known_failures_are_listed_with_their_reason_and_not_shown_again() {
    let mut report = sample::report();
    let list =
        crate::report::known::parse("[[known]]\ncase = \"field-value/*\"\nreason = \"upstream says no\"\n").unwrap();
    let account = settle(&mut report, &list, Policy::default(), Ending::default(), "2026-07-01");
    let text = written(&report, &account, 0);
    assert!(text.contains("field-value/nul/middle-of-value: upstream says no"));
    assert!(!text.contains("FAIL field-value"));
}

#[test]
fn colours_change_nothing_but_colours() {
    let mut report = sample::report();
    let account = settle(&mut report, &[], Policy::default(), Ending::default(), "2026-07-01");
    let corpus = sample::corpus();
    let material = Material { corpus: &corpus, report: &report, account: &account, again: "wiregauge", verbose: 1 };
    let mut out = Vec::new();
    write(material, Paint(true), &mut out).unwrap();
    let coloured = String::from_utf8(out).unwrap();
    assert!(coloured.contains("\x1b[1;31mFAIL\x1b[0m"));
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    let mut out = Vec::new();
    write(material, Paint(false), &mut out).unwrap();
    assert_eq!(plain, String::from_utf8(out).unwrap());
}
