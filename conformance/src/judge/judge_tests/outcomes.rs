//! Outcomes that a fixture lists: of messages, of scripts, of surveys; and what a case needs.

use super::playing::{Playing, closing, response, with_fields};
use crate::corpus::model::Observability::{Body, Echo};
use crate::corpus::model::{Keyword, Role, Verdict};
use crate::judge::Understood;
use crate::judge::result::Sender;
use crate::transcript::{Purpose, Waited};

#[test]
fn the_first_that_matches_decides() {
    let got = |playing: Playing| playing.verdict();
    let sent = || Playing::of("outcomes/one-of-several").message();
    let redirect = with_fields(302, "Location: /a\r\n");
    assert_eq!(got(sent().got(&redirect)), (Verdict::Warn, "redirected".to_owned()));
    assert_eq!(
        got(sent().answered(&[302])),
        (Verdict::Pass, "accepted".to_owned()),
        "without Location: as `means` says"
    );
    assert_eq!(got(sent().fin()), (Verdict::Inconclusive, "closed-at-once".to_owned()));
    assert_eq!(got(sent().late()), (Verdict::Fail, "late".to_owned()));
    let judgement = sent().got(&redirect).judged();
    assert_eq!(judgement.findings[0].requirement.as_deref(), Some("9112-2.2-10"), "the outcome's own");
    assert_eq!(judgement.findings[0].level, Some(Keyword::SHOULD));
    assert_eq!(judgement.findings[0].at, [0, redirect.len() as u64]);
    assert!(judgement.findings[0].because.starts_with("elsewhere; came: 302"));
    let silent = sent().fin().judged();
    assert_eq!(silent.findings[0].requirement.as_deref(), Some("9112-9.6-5"), "the case's first");
}

#[test]
fn an_outcome_may_need_what_a_case_does_not() {
    let sent = || Playing::of("outcomes/one-of-several").message().answered(&[204]);
    assert_eq!(sent().verdict().1, "accepted");
    assert_eq!(sent().can("slow").verdict().1, "only-with-slow");
}

#[test]
fn a_case_may_need_what_the_subject_has_not() {
    let echo = || Playing::of("well-formed/needs-echo");
    assert_eq!(echo().message().answered(&[400]).verdict(), (Verdict::NotApplicable, "needs-more".to_owned()));
    assert_eq!(echo().level(Body).message().answered(&[400]).judged().verdict(), Verdict::NotApplicable);
    assert_eq!(echo().level(Echo).message().answered(&[400]).judged().verdict(), Verdict::Fail);
    let slow = || Playing::of("well-formed/needs-slow").message().answered(&[400]);
    assert_eq!(slow().judged().verdict(), Verdict::NotApplicable);
    assert_eq!(slow().can("slow").judged().verdict(), Verdict::Fail);
    let client = Playing::of("well-formed/control").role(Role::Client).message();
    assert_eq!(client.verdict(), (Verdict::NotApplicable, "another-role".to_owned()));
}

#[test]
fn the_answer_of_a_successor_is_not_counted() {
    let whole =
        |statuses: &[u16]| Playing::of("outcomes/hidden-request").level(Body).message().answered(statuses).fin();
    let coalesced = |statuses: &[u16]| {
        Playing::of("outcomes/hidden-request").level(Body).coalesced().message().answered(statuses).fin()
    };
    assert_eq!(whole(&[200, 200]).verdict(), (Verdict::Fail, "two-answers".to_owned()));
    assert_eq!(coalesced(&[200, 200, 200]).verdict(), (Verdict::Fail, "two-answers".to_owned()));
    assert_eq!(whole(&[400]).verdict(), (Verdict::Pass, "rejected".to_owned()));
    assert_eq!(coalesced(&[400, 200]).verdict(), (Verdict::Pass, "rejected".to_owned()));
    // Whoever reads by chunks sees two requests: the answers to both, and the successor's.
    let asked = Playing::of("outcomes/hidden-request").level(Body).message().transcript;
    let crate::transcript::What::Sent { methods, .. } = &asked.events[0].what else { panic!("octets were sent") };
    assert_eq!(methods, &["POST", "GET"]);

    let coalesced =
        |statuses: &[u16]| Playing::of("malformed/nul").echo().coalesced().message().answered(statuses).fin();
    assert_eq!(coalesced(&[400, 200]).judged().statuses, [400]);
    let one = || Playing::of("outcomes/one-of-several").coalesced().message();
    assert_eq!(one().fin().verdict().1, "closed-at-once", "nothing came");
    assert_eq!(one().answered(&[200]).late().verdict().1, "ends-elsewhere", "what came is the message's own answer");
}

#[test]
fn a_script_without_a_match_fails_or_warns_as_its_requirement() {
    let get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let sent = |case| Playing::of(case).sent("c1", Purpose::Message, get, &["GET"]);
    let judgement = sent("scripts/ends").answered(&[200, 200]).fin().judged();
    assert_eq!((judgement.verdict(), judgement.outcome.as_deref()), (Verdict::Fail, Some("none")));
    let finding = &judgement.findings[0];
    assert_eq!((finding.requirement.as_deref(), finding.direction), (Some("9112-9.6-3"), Sender::Subject));
    assert!(finding.because.contains("open, fin, reset, late") && finding.because.contains("c1: 200, 200, closed"));
    assert_eq!(sent("scripts/by-should").answered(&[404]).verdict(), (Verdict::Warn, "none".to_owned()));
    assert_eq!(sent("scripts/by-should").answered(&[204]).verdict(), (Verdict::Pass, "answered".to_owned()));
    let late = sent("scripts/by-should").late().judged();
    assert_eq!((late.verdict(), late.rests_on_clock), (Verdict::Warn, true));
}

#[test]
fn ends_are_told_apart() {
    let get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let sent = || Playing::of("scripts/ends").sent("c1", Purpose::Message, get, &["GET"]).answered(&[200]);
    assert_eq!(sent().probe().answered(&[200]).verdict(), (Verdict::Pass, "open".to_owned()));
    assert_eq!(sent().probe().answered(&[400]).verdict(), (Verdict::Pass, "open".to_owned()));
    assert_eq!(sent().fin().verdict(), (Verdict::Pass, "fin".to_owned()));
    assert_eq!(sent().probe().reset().verdict(), (Verdict::Fail, "reset".to_owned()));
    let late = sent().probe().late().judged();
    assert_eq!((late.verdict(), late.rests_on_clock), (Verdict::Warn, true), "silence was asked for");
    assert_eq!(late.findings[0].requirement.as_deref(), Some("9112-2.2-10"));
    assert_eq!(sent().reset().fin().verdict().1, "reset", "a reset is the ending for good");
}

#[test]
fn interim_responses_count_where_they_are_asked_about() {
    let post = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    let sent = || Playing::of("scripts/interim").sent("c1", Purpose::Message, post, &["POST"]);
    let interim = "HTTP/1.1 100 Continue\r\n\r\n";
    assert_eq!(sent().got(interim).answered(&[200]).verdict().1, "continued");
    assert_eq!(sent().answered(&[417]).waited(Waited::Complete).verdict().1, "final-at-once");
    assert_eq!(sent().got(interim).got(interim).answered(&[200]).judged().verdict(), Verdict::Fail, "one too many");
}

#[test]
fn several_connections() {
    let get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let both = || {
        Playing::of("scripts/two-connections")
            .sent("c1", Purpose::Message, get, &["GET"])
            .sent("c2", Purpose::Message, get, &["GET"])
            .got_on("c2", response(200).as_bytes())
    };
    assert_eq!(both().answered(&[200]).verdict().1, "both");
    let judgement = both().late().judged();
    assert_eq!((judgement.verdict(), judgement.outcome.as_deref()), (Verdict::Fail, Some("second-only")));
    assert!(judgement.rests_on_clock);
    let never = Playing::of("scripts/two-connections").sent("c1", Purpose::Message, get, &["GET"]).answered(&[200]);
    assert_eq!(never.verdict().1, "none", "what was never opened got nothing");
}

#[test]
fn a_survey_has_no_pass_and_no_fail() {
    let sent = || Playing::of("survey/two-blanks").message();
    for (playing, outcome) in [(sent().answered(&[400]).fin(), "refused"), (sent().got(&closing(200)).fin(), "served")]
    {
        assert_eq!(playing.verdict(), (Verdict::Pass, outcome.to_owned()));
    }
    let judgement = sent().answered(&[400]).judged();
    assert_eq!(judgement.understood, Understood::Rejected);
    assert!(judgement.findings.iter().all(|finding| finding.verdict <= Verdict::Pass));
    assert_eq!(
        Playing::of("survey/control").message().answered(&[400]).verdict(),
        (Verdict::Pass, "refused".to_owned())
    );
    let unreached =
        Playing::of("survey/control").event("c1", crate::transcript::What::Refused { error: "no".to_owned() });
    assert_eq!(unreached.judged().verdict(), Verdict::Fault);
}
