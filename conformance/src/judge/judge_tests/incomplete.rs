//! Messages that want more: played withheld, then ended.

use super::playing::{Playing, response};
use crate::corpus::model::Observability::{Body, Echo, Opaque, Static};
use crate::corpus::model::Verdict;
use crate::judge::Understood;
use crate::transcript::{Delivery, Purpose, Variant, What};

fn withheld(case: &str) -> Playing {
    Playing::of(case).level(Body).variant(Variant::Withheld).message()
}

fn ended(case: &str) -> Playing {
    Playing::of(case).level(Body).variant(Variant::Ended).message().half_closed()
}

#[test]
fn nothing_comes_before_the_rest_and_then_it_is_taken() {
    for case in ["incomplete/head", "incomplete/content"] {
        let judgement = withheld(case).late().rest().answered(&[200]).judged();
        assert_eq!(judgement.verdict(), Verdict::Pass, "{case}");
        assert_eq!(judgement.understood, Understood::Incomplete);
        assert!(!judgement.rests_on_clock, "the answer to the rest is a positive sign");
    }
    let behind = withheld("incomplete/behind-another").answered(&[200]).late().rest().answered(&[200]);
    assert_eq!(behind.judged().verdict(), Verdict::Pass);
}

#[test]
fn the_rest_is_its_control() {
    let sent = || withheld("incomplete/head").late().rest();
    assert_eq!(sent().late().judged().verdict(), Verdict::Fail, "nothing passes by silence");
    assert_eq!(sent().fin().judged().verdict(), Verdict::Fail);
    assert_eq!(sent().answered(&[400]).judged().verdict(), Verdict::Fail);
    assert_eq!(sent().answered(&[500]).judged().verdict(), Verdict::Inconclusive);
}

#[test]
fn answers_before_a_head_is_whole() {
    let early = |status| withheld("incomplete/head").answered(&[status]).rest().judged();
    for status in [200, 301, 400, 404, 405] {
        let judgement = early(status);
        assert_eq!((judgement.verdict(), judgement.outcome.as_deref()), (Verdict::Fail, Some("answered-early")));
    }
    for status in [408, 414, 431, 503] {
        assert_eq!(early(status).verdict(), Verdict::Inconclusive, "{status}");
    }
    let closed = withheld("incomplete/head")
        .fin()
        .event("c1", What::NotSent { purpose: Purpose::Rest, count: 2, error: "broken pipe".to_owned() });
    assert_eq!(closed.judged().verdict(), Verdict::Fail, "ended before the rest could come");
}

#[test]
fn answers_before_content_is_whole() {
    let early = |status| withheld("incomplete/content").answered(&[status]).rest().judged().verdict();
    assert_eq!(early(200), Verdict::Fail);
    assert_eq!(early(400), Verdict::Fail);
    for status in [401, 403, 404, 405, 408, 413, 417, 302] {
        assert_eq!(early(status), Verdict::Inconclusive, "{status} may come before the content");
    }
}

#[test]
fn a_message_that_ends_unfinished_is_not_taken() {
    for case in ["incomplete/head", "incomplete/content"] {
        for playing in [
            ended(case).fin(),
            ended(case).reset(),
            ended(case).answered(&[400]).fin(),
            ended(case).answered(&[408]).fin(),
            ended(case).got("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel").fin(),
        ] {
            let judgement = playing.judged();
            assert_eq!(
                (judgement.verdict(), judgement.outcome.as_deref()),
                (Verdict::Pass, Some("not-taken")),
                "{case}"
            );
            assert_eq!(judgement.understood, Understood::Incomplete);
        }
        let taken = ended(case).answered(&[200]).fin();
        assert_eq!(taken.verdict(), (Verdict::Fail, "taken-unfinished".to_owned()));
        assert_eq!(ended(case).got("Bad Request").fin().verdict(), (Verdict::Fail, "no-response".to_owned()));
    }
    let behind = || ended("incomplete/behind-another");
    assert_eq!(behind().answered(&[200]).fin().judged().verdict(), Verdict::Pass, "the first answer is the first's");
    assert_eq!(behind().answered(&[200, 200]).fin().judged().verdict(), Verdict::Fail);
    assert_eq!(behind().fin().judged().verdict(), Verdict::Inconclusive, "the first was not answered");
}

#[test]
fn a_connection_that_stays_open_behind_the_end() {
    let content = ended("incomplete/content").late().judged();
    assert_eq!((content.message, content.ending, content.rests_on_clock), (Verdict::Pass, Verdict::Fail, true));
    assert_eq!(content.findings[0].requirement.as_deref(), Some("9112-6.3-8"));
    let head = ended("incomplete/head").late().judged();
    assert_eq!((head.message, head.ending), (Verdict::Pass, Verdict::Warn));
    assert_eq!(head.findings[0].requirement.as_deref(), Some("9112-9.5-2"));
}

#[test]
fn missing_content_shows_at_the_levels_that_read_it_and_missing_heads_at_all() {
    for level in [Opaque, Static] {
        let content = ended("incomplete/content").level(level).answered(&[200]).fin();
        assert_eq!(content.verdict(), (Verdict::NotApplicable, "not-shown".to_owned()));
        assert_eq!(ended("incomplete/head").level(level).answered(&[200]).fin().judged().verdict(), Verdict::Fail);
    }
    assert_eq!(ended("incomplete/content").level(Echo).answered(&[200]).fin().judged().verdict(), Verdict::Fail);
}

#[test]
fn waiting_or_refusing() {
    let sent = || Playing::of("incomplete/or-refused").variant(Variant::Ended).message();
    assert_eq!(sent().answered(&[400]).fin().judged().verdict(), Verdict::Pass);
    assert_eq!(sent().late().half_closed().fin().judged().verdict(), Verdict::Pass);
    assert_eq!(sent().answered(&[200]).fin().judged().verdict(), Verdict::Warn, "a SHOULD");
}

#[test]
fn an_early_answer_in_pieces_is_early() {
    let head = "GET / HTTP/1.1\r\n".len();
    let playing = Playing::of("incomplete/head")
        .delivered(Delivery::Cut)
        .variant(Variant::Withheld)
        .cut_at(head, &response(200))
        .rest();
    assert_eq!(playing.verdict(), (Verdict::Fail, "answered-early".to_owned()));
}
