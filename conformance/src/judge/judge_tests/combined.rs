//! All playings of a case together: the worst counts, controls come before verdicts, deliveries agree.

use super::playing::{Playing, echo, response, with_content};
use crate::corpus::model::{Kind, Verdict};
use crate::judge::Control;
use crate::judge::result::{CaseResult, ControlState, Part};
use crate::transcript::{Delivery, Purpose};

fn accepted() -> Control {
    Control { state: ControlState::Accepted, statuses: vec![200] }
}

fn refused() -> Control {
    Control { state: ControlState::Refused, statuses: vec![404] }
}

fn verdicts(results: &[CaseResult]) -> Vec<Verdict> {
    results.iter().map(|result| result.verdict).collect()
}

fn rejected() -> Playing {
    Playing::of("malformed/no-host").message().answered(&[400])
}

#[test]
fn the_worst_delivery_is_the_case() {
    let silent = Playing::of("malformed/no-host").delivered(Delivery::Cut).message().fin();
    let results = rejected().with(&[&silent], &accepted(), true);
    assert_eq!(verdicts(&results), [Verdict::Warn]);
    let result = &results[0];
    assert_eq!(result.deliveries[&Delivery::Whole], Verdict::Pass);
    assert_eq!(result.deliveries[&Delivery::Cut], Verdict::Warn);
    assert_eq!(result.outcome.as_deref(), Some("closed-silently"));
    assert_eq!(result.findings[0].delivery, Delivery::Cut, "it names its delivery");
    assert_eq!(result.control, ControlState::Accepted);
    let taken = Playing::of("malformed/no-host").delivered(Delivery::Octets).message().answered(&[200]);
    assert_eq!(
        verdicts(&rejected().with(&[&taken], &accepted(), true)),
        [Verdict::Fail],
        "no second result beside a fail"
    );
}

#[test]
fn a_rejection_counts_against_an_accepted_control_only() {
    for (control, verdict) in [
        (accepted(), Verdict::Pass),
        (Control::NONE, Verdict::Pass),
        (refused(), Verdict::Inconclusive),
        (Control::MISSING, Verdict::Inconclusive),
    ] {
        let result = &rejected().with(&[], &control, true)[0];
        assert_eq!((result.verdict, result.control), (verdict, control.state));
    }
    let silent = Playing::of("malformed/silence-passes").message().fin();
    assert_eq!(verdicts(&silent.with(&[], &refused(), true)), [Verdict::Inconclusive]);
    let taken = Playing::of("malformed/no-host").message().answered(&[200]);
    assert_eq!(verdicts(&taken.with(&[], &refused(), true)), [Verdict::Fail], "a failure needs no control");
}

#[test]
fn an_unlisted_status_that_the_control_got_too_says_nothing() {
    let otherwise = Playing::of("malformed/by-grammar").message().answered(&[404]);
    let not_found = Control { state: ControlState::Accepted, statuses: vec![404] };
    assert_eq!(verdicts(&otherwise.with(&[], &accepted(), true)), [Verdict::Pass]);
    assert_eq!(verdicts(&otherwise.with(&[], &not_found, true)), [Verdict::Inconclusive]);
}

#[test]
fn a_script_counts_against_its_control_whatever_it_shows() {
    let get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let played = Playing::of("scripts/ends").sent("c1", Purpose::Message, get, &["GET"]).answered(&[404]).fin();
    assert_eq!(verdicts(&played.with(&[], &accepted(), true)), [Verdict::Pass]);
    assert_eq!(verdicts(&played.with(&[], &refused(), true)), [Verdict::Inconclusive]);
    assert_eq!(verdicts(&played.with(&[], &Control::MISSING, true)), [Verdict::Inconclusive]);
}

#[test]
fn what_a_control_comes_to() {
    let control = |playings: &[Playing]| Control::of(&playings.iter().map(Playing::judged).collect::<Vec<_>>());
    let answered = |status| Playing::of("malformed/control").message().answered(&[status]);
    assert_eq!(
        control(&[answered(200), answered(204)]),
        Control { state: ControlState::Accepted, statuses: vec![200, 204] }
    );
    assert_eq!(control(&[answered(200), answered(400)]).state, ControlState::Refused, "accepted in every delivery");
    assert_eq!(control(&[answered(503)]).state, ControlState::Refused);
    assert_eq!(control(&[]).state, ControlState::Missing);
}

#[test]
fn what_a_subject_takes_that_takes_everything_says_nothing() {
    let taken = Playing::of("well-formed/control").message().answered(&[200]);
    assert_eq!(verdicts(&taken.with(&[], &Control::NONE, true)), [Verdict::Pass]);
    let result = &taken.with(&[], &Control::NONE, false)[0];
    assert_eq!(result.verdict, Verdict::Inconclusive);
    assert!(result.findings[0].because.contains("blatant"));
    assert_eq!(verdicts(&rejected().with(&[], &accepted(), false)), [Verdict::Pass], "a rejection is one");
    let survey = Playing::of("survey/two-blanks").message().answered(&[200]);
    assert_eq!(
        verdicts(&survey.with(&[], &Control::MISSING, false)),
        [Verdict::Pass],
        "a survey has no verdict to doubt"
    );
}

#[test]
fn deliveries_that_disagree_about_taking_it_fail_once() {
    let taken = Playing::of("malformed/either").message().answered(&[200]);
    let refused = Playing::of("malformed/either").delivered(Delivery::Cut).message().answered(&[400]);
    let results = taken.with(&[&refused], &accepted(), true);
    assert_eq!(verdicts(&results), [Verdict::Pass, Verdict::Fail]);
    let second = &results[1];
    assert_eq!((second.id.as_str(), second.kind), ("judge/malformed/either#delivery", Kind::Hardening));
    let finding = &second.findings[0];
    assert_eq!((finding.part, finding.delivery), (Part::Delivery, Delivery::Cut));
    assert_eq!(finding.requirement.as_deref(), Some("9112-2.2-10"));
    assert_eq!(finding.at, [0, response(400).len() as u64]);
    assert_eq!(finding.because, "delivered whole it was accepted as 1 messages, delivered cut it was rejected");
}

#[test]
fn deliveries_that_disagree_about_what_was_said_fail_once() {
    let got = |fields: &[(&str, &str)], delivery| {
        Playing::of("malformed/either").echo().delivered(delivery).message().got(&echo("GET", "/", fields, ""))
    };
    let host = [("host", "127.0.0.1:8080")];
    let same = got(&host, Delivery::Whole).with(&[&got(&host, Delivery::Octets)], &accepted(), true);
    assert_eq!(verdicts(&same), [Verdict::Pass]);
    let other = got(&host, Delivery::Whole).with(&[&got(&[("host", "other")], Delivery::Octets)], &accepted(), true);
    assert_eq!(verdicts(&other), [Verdict::Pass, Verdict::Fail]);
}

#[test]
fn differences_that_are_allowed_are_noted() {
    let of = |delivery| Playing::of("malformed/no-host").delivered(delivery).message();
    let closed = of(Delivery::Cut).answered(&[400]).fin();
    let result = &rejected().with(&[&closed], &accepted(), true)[0];
    assert_eq!(result.verdict, Verdict::Pass);
    assert!(result.findings.iter().any(|finding| finding.because.contains("the connection ended in one of them")));
    let late = Playing::of("well-formed/limit").delivered(Delivery::Octets).message().answered(&[408]);
    let taken = Playing::of("well-formed/limit").message().answered(&[200]);
    assert_eq!(taken.with(&[&late], &accepted(), true).len(), 1, "a 408 is about time");
    let with_interim =
        of(Delivery::Cut).got("HTTP/1.1 100 Continue\r\n\r\n").answered(&[400]).with(&[&rejected()], &accepted(), true);
    assert!(with_interim[0].findings.iter().any(|finding| finding.because.contains("an interim response")));
}

#[test]
fn limits_may_depend_on_the_delivery() {
    let taken = || Playing::of("well-formed/limit").message().answered(&[200]).judged();
    let refused = Playing::of("well-formed/limit").delivered(Delivery::Octets).message().answered(&[414]).judged();
    let mut case = super::playing::case("well-formed/limit").clone();
    let requirements = &super::playing::corpus().requirements;
    let combined = |case: &crate::corpus::model::Case| {
        let role = crate::corpus::model::Role::Server;
        crate::judge::combine(case, role, &[taken(), refused.clone()], &accepted(), true, requirements).len()
    };
    assert_eq!(combined(&case), 2);
    case.tags.push("limit".to_owned());
    assert_eq!(combined(&case), 1);
}

#[test]
fn nothing_played_is_not_applicable() {
    let case = super::playing::case("malformed/in-content");
    let role = crate::corpus::model::Role::Server;
    let results = crate::judge::combine(case, role, &[], &accepted(), true, &super::playing::corpus().requirements);
    assert_eq!(verdicts(&results), [Verdict::NotApplicable]);
    let body = Playing::of("well-formed/also").level(crate::corpus::model::Observability::Body).message();
    let results = body.got(&with_content(200, "hello")).with(&[], &Control::NONE, true);
    assert_eq!(verdicts(&results), [Verdict::Pass]);
}

#[test]
fn a_death_is_a_failure_even_in_a_survey() {
    let how = crate::transcript::What::Died { how: "signal 11".to_owned() };
    let survey = Playing::of("survey/two-blanks").message().event("process", how);
    let result = &survey.with(&[], &accepted(), true)[0];
    assert_eq!((result.kind, result.verdict), (Kind::Hardening, Verdict::Fail), "a survey's results are not counted");
    assert_eq!(result.outcome.as_deref(), Some("died"));
}
