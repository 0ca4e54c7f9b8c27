//! Answers to a well-formed message: understood, refused, or neither.

use super::playing::{Playing, closing, response, with_content};
use crate::corpus::model::Observability::{Opaque, Static};
use crate::corpus::model::{Keyword, Verdict};
use crate::judge::Understood;
use crate::transcript::Waited;

fn one(case: &str, status: u16) -> Playing {
    Playing::of(case).message().answered(&[status]).waited(Waited::Complete)
}

#[test]
fn understood() {
    for status in [
        200, 201, 204, 206, 300, 301, 302, 304, 307, 308, 401, 403, 404, 405, 406, 407, 409, 410, 412, 415, 416, 422,
        426,
    ] {
        let judgement = one("well-formed/control", status).judged();
        assert_eq!(judgement.verdict(), Verdict::Pass, "{status}");
        assert!(matches!(judgement.understood, Understood::Accepted { count: 1, .. }), "{status}");
        assert_eq!(judgement.statuses, [status]);
    }
}

#[test]
fn refused() {
    for status in [400, 505] {
        let judgement = one("well-formed/control", status).judged();
        assert_eq!((judgement.verdict(), judgement.outcome.as_deref()), (Verdict::Fail, Some("refused")), "{status}");
        assert_eq!(judgement.understood, Understood::Rejected);
        assert_eq!(judgement.findings[0].requirement.as_deref(), Some("9112-2.2-1"), "the MUST, not the grammar");
        assert_eq!(judgement.findings[0].at, [0, response(status).len() as u64], "the head of the answer");
    }
}

#[test]
fn refusing_what_only_the_grammar_allows_fails_and_what_a_should_asks_for_warns() {
    let judgement = one("well-formed/by-grammar", 400).judged();
    assert_eq!(judgement.verdict(), Verdict::Fail);
    assert_eq!(judgement.findings[0].level, Some(Keyword::GRAMMAR));
    let by_should = Playing::of("well-formed/two-by-should").message().answered(&[200, 400]).judged();
    assert_eq!(by_should.verdict(), Verdict::Warn);
    assert_eq!(by_should.findings[0].level, Some(Keyword::SHOULD));
    assert_eq!(one("well-formed/by-permission", 400).judged().verdict(), Verdict::Inconclusive);
}

#[test]
fn neither() {
    for status in [402, 408, 411, 413, 414, 417, 418, 421, 429, 431, 500, 501, 502, 503, 504, 507] {
        let judgement = one("well-formed/control", status).judged();
        assert_eq!(judgement.verdict(), Verdict::Inconclusive, "{status}");
        assert!(!judgement.is_accepted(), "a control with {status} lets nothing count");
    }
    assert_eq!(one("well-formed/also", 413).judged().verdict(), Verdict::Pass, "listed");
    assert_eq!(one("well-formed/also", 414).judged().verdict(), Verdict::Inconclusive, "not listed");
}

#[test]
fn interim_responses_are_no_answers() {
    let playing = Playing::of("well-formed/control").message().got("HTTP/1.1 103 Early Hints\r\n\r\n");
    assert_eq!(playing.clone().late().verdict(), (Verdict::Fail, "late".to_owned()));
    let judgement = playing.answered(&[200]).judged();
    assert_eq!((judgement.verdict(), judgement.interim), (Verdict::Pass, 1));
}

#[test]
fn answers_come_in_order_one_for_each() {
    let two = || Playing::of("well-formed/two").message();
    let judgement = two().answered(&[200, 200]).judged();
    assert_eq!(judgement.verdict(), Verdict::Pass);
    assert!(matches!(judgement.understood, Understood::Accepted { count: 2, .. }));
    assert_eq!(two().answered(&[200, 400]).verdict(), (Verdict::Fail, "refused".to_owned()));
    assert_eq!(two().answered(&[200]).late().verdict(), (Verdict::Fail, "late".to_owned()));
    assert_eq!(two().answered(&[200]).fin().verdict(), (Verdict::Fail, "closed".to_owned()));
    assert_eq!(two().answered(&[200, 200, 200]).judged().verdict(), Verdict::Fail, "an answer to nothing");
    assert_eq!(two().answered(&[200, 200, 408]).judged().verdict(), Verdict::Pass, "tired of waiting");
    assert_eq!(two().answered(&[200]).judged().verdict(), Verdict::Inconclusive, "nobody waited for the second");
}

#[test]
fn what_follows_an_announced_close_or_a_refusal_need_not_be_answered() {
    let two = || Playing::of("well-formed/two").level(Static).message();
    let announced = two().got(&closing(200));
    assert_eq!(announced.clone().fin().verdict(), (Verdict::Inconclusive, "closed-early".to_owned()));
    assert_eq!(announced.clone().reset().judged().verdict(), Verdict::Inconclusive);
    assert_eq!(announced.late().judged().verdict(), Verdict::Inconclusive, "and the connection is for courtesy");
    assert_eq!(
        two().got("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").fin().judged().verdict(),
        Verdict::Inconclusive
    );
    assert_eq!(two().answered(&[405]).fin().judged().verdict(), Verdict::Inconclusive);
    assert_eq!(two().answered(&[405]).reset().judged().verdict(), Verdict::Inconclusive);
    assert_eq!(two().answered(&[405]).late().judged().verdict(), Verdict::Fail, "an open connection answers");
    let by_should = Playing::of("well-formed/two-by-should").message().got(&closing(200)).fin().judged();
    assert_eq!(by_should.verdict(), Verdict::Warn, "the SHOULD that the case is about");
    assert_eq!(by_should.findings[0].requirement.as_deref(), Some("9112-9.3-1"));
}

#[test]
fn no_answer() {
    let sent = || Playing::of("well-formed/control").message();
    for (playing, outcome, clock) in [
        (sent().fin(), "closed", false),
        (sent().reset(), "closed", false),
        (sent().late(), "late", true),
        (sent().got("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel").fin(), "cut-off", false),
        (sent().got("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel").late(), "late", true),
        (sent().got("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel").waited(Waited::TooMuch), "too-much", false),
        (sent().got("hello\r\n\r\n").fin(), "no-response", false),
    ] {
        let judgement = playing.judged();
        assert_eq!((judgement.verdict(), judgement.outcome.as_deref()), (Verdict::Fail, Some(outcome)));
        assert_eq!(judgement.rests_on_clock, clock, "{outcome}");
    }
    let cut = sent().got("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel").reset().judged();
    assert_eq!((cut.verdict(), cut.cut_by_reset), (Verdict::Inconclusive, true), "played again without a successor");
}

#[test]
fn a_whole_response_and_then_a_reset_is_a_response() {
    let judgement = Playing::of("well-formed/control").message().answered(&[200]).reset().judged();
    assert_eq!((judgement.verdict(), judgement.closed), (Verdict::Pass, true));
    let by_close = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end";
    let playing = Playing::of("well-formed/control").message().got(by_close);
    assert_eq!(playing.clone().fin().judged().verdict(), Verdict::Pass, "its end is the end of the connection");
    assert_eq!(playing.reset().judged().verdict(), Verdict::Inconclusive, "a reset is not that end");
}

#[test]
fn the_level_does_not_matter_where_only_the_status_does() {
    for level in [Opaque, Static] {
        assert_eq!(one("well-formed/control", 404).level(level).judged().verdict(), Verdict::Pass);
    }
    let other_content = Playing::of("well-formed/control").message().got(&with_content(200, "a page"));
    assert_eq!(other_content.judged().verdict(), Verdict::Pass);
}

#[test]
fn set_up_that_failed_and_subjects_that_died() {
    use crate::transcript::What;
    let refused = Playing::of("well-formed/control").event("c1", What::Refused { error: "refused".to_owned() });
    assert_eq!(refused.verdict(), (Verdict::Fault, "not-connected".to_owned()));
    let died =
        Playing::of("well-formed/control").message().event("process", What::Died { how: "signal 11".to_owned() });
    assert_eq!(died.verdict(), (Verdict::Fail, "died".to_owned()));
    assert_eq!(Playing::of("well-formed/control").verdict(), (Verdict::Fault, "not-played".to_owned()));
}
