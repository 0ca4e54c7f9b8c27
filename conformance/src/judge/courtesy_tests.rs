//! Every rule of courtesy, with a message that breaks it and one that does not; and what raises no alarm.

use std::collections::BTreeMap;

use super::super::tests::playing::{Playing, corpus, with_content};
use super::{Courtesy, Rule};
use crate::corpus::model::{Keyword, Role, Verdict};
use crate::judge::result::{CaseResult, Part, Sender};
use crate::transcript::Purpose;

#[path = "courtesy_tests/certain.rs"]
mod certain;
#[path = "courtesy_tests/each.rs"]
mod each;

/// We send requests, the subject answers with these octets.
fn exchange(requests: &str, answers: &str) -> Playing {
    let methods: Vec<String> = crate::script::reading::methods_in(requests.as_bytes());
    let methods: Vec<&str> = methods.iter().map(String::as_str).collect();
    Playing::of("well-formed/control").sent("c1", Purpose::Message, requests.as_bytes(), &methods).got(answers)
}

fn linted(playings: &[Playing]) -> BTreeMap<String, CaseResult> {
    let mut courtesy = Courtesy::new();
    playings.iter().for_each(|playing| courtesy.observe(&playing.transcript));
    let results = courtesy.results(Role::Server, true, &corpus().requirements);
    results.into_iter().map(|result| (result.id.clone(), result)).collect()
}

fn result(rule: Rule, playing: &Playing) -> CaseResult {
    linted(std::slice::from_ref(playing))[&format!("courtesy/{}", rule.name())].clone()
}

/// The rules that a playing breaks.
fn broken(playing: &Playing) -> Vec<&'static str> {
    let results = linted(std::slice::from_ref(playing));
    let is_broken = |rule: &&Rule| results[&format!("courtesy/{}", rule.name())].verdict > Verdict::Pass;
    Rule::ALL.iter().filter(is_broken).map(|rule| rule.name()).collect()
}

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const CLOSE: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const OLD: &str = "GET / HTTP/1.0\r\nHost: a\r\n\r\n";
const HEAD: &str = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
const DATE: &str = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";

/// A response as it should be, with these field lines more.
fn good(status: u16, lines: &str) -> String {
    let length = if matches!(status, 100..=199 | 204 | 304) { "" } else { "Content-Length: 0\r\n" };
    format!("HTTP/1.1 {status} Word\r\n{DATE}{lines}{length}\r\n")
}

#[test]
fn every_rule_has_a_name_a_sentence_and_a_requirement_of_the_table() {
    let mut names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    for rule in Rule::ALL {
        assert!(corpus().requirements.contains_key(rule.requirement()), "{}", rule.name());
        assert_eq!(Courtesy::sentence(&format!("courtesy/{}", rule.name())), Some(rule.sentence()));
        assert!(rule.sentence().ends_with('.'));
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Rule::ALL.len());
    assert_eq!(Courtesy::sentence("courtesy/unheard-of"), None);
}

#[test]
fn a_result_has_a_count_and_three_examples() {
    let bad = exchange(GET, "HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 0\r\n\r\n");
    let fine = exchange(GET, &good(200, ""));
    let playings: Vec<Playing> = [&bad, &bad, &fine, &bad, &bad].into_iter().cloned().collect();
    let result = &linted(&playings)["courtesy/date-syntax"];
    assert_eq!((result.verdict, result.outcome.as_deref()), (Verdict::Fail, Some("4 of 5")));
    assert_eq!(result.findings.len(), 3);
    let finding = &result.findings[0];
    assert_eq!((finding.part, finding.direction), (Part::Courtesy, Sender::Subject));
    assert_eq!(finding.requirement.as_deref(), Some("9110-5.6.7-2"));
    assert_eq!(finding.level, Some(Keyword::MUST));
    assert_eq!(finding.at, [0, 51], "the head");
    assert!(finding.because.contains("'today'") && finding.because.contains("judge/well-formed/control"));
}

#[test]
fn what_nothing_could_show_is_not_applicable_and_nothing_passes_untrusted() {
    let result = |trusted| {
        let mut courtesy = Courtesy::new();
        courtesy.observe(&exchange(GET, &good(200, "")).transcript);
        let results = courtesy.results(Role::Server, trusted, &corpus().requirements);
        let of = |name: &str| results.iter().find(|result| result.id == name).map(|result| result.verdict);
        (of("courtesy/date-syntax"), of("courtesy/allow-with-405"))
    };
    assert_eq!(result(true), (Some(Verdict::Pass), Some(Verdict::NotApplicable)));
    assert_eq!(result(false), (Some(Verdict::Inconclusive), Some(Verdict::NotApplicable)));
}

#[test]
fn a_good_exchange_breaks_nothing() {
    let page = with_content(200, "hello").replace("\r\n\r\n", &format!("\r\n{DATE}Content-Type: text/plain\r\n\r\n"));
    for playing in [
        exchange(GET, &page),
        exchange(CLOSE, &good(200, "Connection: close\r\n")).fin(),
        exchange(
            &[GET, HEAD, CLOSE].concat(),
            &[&page, &good(200, ""), &good(200, "Connection: close\r\n")[..]].concat(),
        )
        .fin(),
        exchange(OLD, &good(200, "Connection: close\r\n")).fin(),
    ] {
        assert_eq!(broken(&playing), [] as [&str; 0], "{playing:?}");
    }
}
