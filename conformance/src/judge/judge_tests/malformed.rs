//! Answers to a malformed message, and answers that are none.

use super::playing::{Playing, echo, response, with_content};
use crate::corpus::model::{Keyword, Verdict};
use crate::judge::Understood;
use crate::judge::result::Sender;
use crate::transcript::{Delivery, Waited};

fn one(case: &str, status: u16) -> Playing {
    Playing::of(case).message().answered(&[status]).waited(Waited::Complete)
}

#[test]
fn the_listed_status_rejects() {
    let judgement = one("malformed/no-host", 400).judged();
    assert_eq!((judgement.verdict(), judgement.outcome.as_deref()), (Verdict::Pass, Some("rejected")));
    assert_eq!(judgement.understood, Understood::Rejected);
}

#[test]
fn another_error_warns_only_where_a_must_names_400() {
    for status in [401, 403, 404, 405, 408, 411, 414, 417, 421, 422, 426, 431, 499, 501, 505] {
        let named = one("malformed/no-host", status).judged();
        assert_eq!(
            (named.verdict(), named.outcome.as_deref()),
            (Verdict::Warn, Some("rejected-otherwise")),
            "{status}"
        );
        assert_eq!(named.findings[0].requirement.as_deref(), Some("9112-3.2-6"));
        for case in ["malformed/by-must-without-a-status", "malformed/by-grammar", "malformed/nul"] {
            let judgement = one(case, status).judged();
            assert_eq!(judgement.verdict(), Verdict::Pass, "{case} {status}");
            assert_eq!(judgement.understood, Understood::Rejected);
        }
    }
}

#[test]
fn the_servers_own_error_warns() {
    for status in [500, 502, 503, 504] {
        for case in ["malformed/no-host", "malformed/by-grammar"] {
            assert_eq!(one(case, status).verdict(), (Verdict::Warn, "server-error".to_owned()), "{case} {status}");
        }
    }
}

#[test]
fn taken() {
    for status in [200, 201, 204, 206, 301, 302, 304, 307] {
        let judgement = one("malformed/no-host", status).judged();
        assert_eq!((judgement.verdict(), judgement.outcome.as_deref()), (Verdict::Fail, Some("accepted")), "{status}");
        let finding = &judgement.findings[0];
        assert_eq!((finding.requirement.as_deref(), finding.level), (Some("9112-3.2-6"), Some(Keyword::MUST)));
        assert_eq!(finding.direction, Sender::Us, "the octet that breaks the rule is ours");
        assert_eq!(finding.at, [16, 17]);
        assert!(finding.because.contains(&status.to_string()));
    }
}

#[test]
fn taking_weighs_as_the_sentence_that_names_it() {
    assert_eq!(one("malformed/by-must-without-a-status", 200).judged().verdict(), Verdict::Fail);
    for case in ["malformed/should-close", "malformed/by-grammar"] {
        assert_eq!(one(case, 200).judged().verdict(), Verdict::Warn, "{case}: a recipient may recover");
    }
    let hardening = Playing::of("hardening/prefix").echo().message().got(&echo("POST", "/", &[], ""));
    assert_eq!(hardening.judged().verdict(), Verdict::Fail, "readers disagree about where it ends");
}

#[test]
fn a_silent_close_is_what_the_fixture_says() {
    for (case, verdict) in [
        ("malformed/no-host", Verdict::Warn),
        ("malformed/silence-passes", Verdict::Pass),
        ("malformed/silence-fails", Verdict::Fail),
    ] {
        for playing in [Playing::of(case).message().fin(), Playing::of(case).message().reset()] {
            let judgement = playing.judged();
            assert_eq!(
                (judgement.verdict(), judgement.outcome.as_deref()),
                (verdict, Some("closed-silently")),
                "{case}"
            );
            assert_eq!(judgement.understood, Understood::Rejected);
            assert!(!judgement.rests_on_clock);
        }
    }
}

#[test]
fn silence_says_nothing() {
    let judgement = Playing::of("malformed/no-host").message().late().judged();
    assert_eq!((judgement.verdict(), judgement.rests_on_clock), (Verdict::Inconclusive, true));
    assert_eq!(judgement.understood, Understood::Nothing);
}

#[test]
fn a_2xx_that_is_cut_off_is_a_rejection() {
    let sent = || Playing::of("malformed/no-host").message();
    let begun = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel";
    for octets in [begun, chunked] {
        for playing in [sent().got(octets).fin(), sent().got(octets).reset()] {
            let judgement = playing.judged();
            assert_eq!((judgement.verdict(), judgement.outcome.as_deref()), (Verdict::Pass, Some("cut-off")));
            assert_eq!((judgement.understood, judgement.cut_by_reset), (Understood::Rejected, false));
        }
    }
    let coalesced = Playing::of("malformed/no-host").coalesced().message().got(begun).reset().judged();
    assert!(coalesced.cut_by_reset, "the reset may come of the successor that was not read");
    let whole = sent().got("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end").fin().judged();
    assert_eq!(whole.verdict(), Verdict::Fail, "what ends with its connection is whole");
    let still = sent().got(begun).late().judged();
    assert_eq!((still.verdict(), still.rests_on_clock), (Verdict::Inconclusive, true));
}

#[test]
fn an_error_that_a_reset_cuts_off_is_told_by_its_head_and_one_that_just_ends_says_nothing() {
    let begun = "HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nhel";
    let reset = Playing::of("malformed/no-host").message().got(begun).reset().judged();
    assert_eq!((reset.verdict(), reset.outcome.as_deref()), (Verdict::Pass, Some("rejected")));
    let other = begun.replace("400 Bad Request", "418 Odd");
    let other = Playing::of("malformed/no-host").message().got(&other).reset().judged();
    assert_eq!(other.verdict(), Verdict::Warn, "the status still counts");
    let closed = Playing::of("malformed/no-host").message().got(begun).fin().judged();
    assert_eq!((closed.verdict(), closed.cut_by_reset), (Verdict::Inconclusive, false));
}

#[test]
fn what_is_no_response_breaks_the_rules_of_senders() {
    let judgement = Playing::of("malformed/no-host").message().got("Bad Request\r\n").fin().judged();
    assert_eq!((judgement.verdict(), judgement.outcome.as_deref()), (Verdict::Fail, Some("no-response")));
    let finding = &judgement.findings[0];
    assert_eq!(finding.requirement.as_deref(), Some("9110-2.2-2"));
    assert_eq!((finding.direction, finding.at), (Sender::Subject, [0, 1]), "the octet is the subject's");
}

#[test]
fn an_answer_without_a_status_line_to_a_request_without_a_version_is_arguable() {
    let sent = |case| Playing::of(case).message();
    let page = "<html>Bad Request</html>";
    let older = sent("malformed/no-version").got(page).fin().judged();
    assert_eq!((older.verdict(), older.outcome.as_deref()), (Verdict::Warn, Some("no-response")));
    let finding = &older.findings[0];
    assert!(finding.because.contains("'<html>Bad Request</html>'") && finding.because.contains("HTTP/0.9"));
    assert_eq!(finding.at, [0, 1]);
    let begun = sent("malformed/no-version").got("HTTP/1.1 400 Bad").fin().judged();
    assert_eq!(begun.verdict(), Verdict::Fail, "a status-line that ends too early");
    let named = sent("malformed/no-host").got(page).fin().judged();
    assert_eq!(named.verdict(), Verdict::Fail, "a request that names its version");
    let behind = sent("malformed/no-version").answered(&[400]).got(page).fin().judged();
    assert_eq!(behind.verdict(), Verdict::Pass, "what comes after a rejection is for courtesy");
}

#[test]
fn an_endless_answer_fails() {
    let judgement = Playing::of("malformed/no-host")
        .message()
        .got("HTTP/1.1 400 Bad Request\r\nContent-Length: 99\r\n\r\nx")
        .waited(Waited::TooMuch)
        .judged();
    assert_eq!((judgement.verdict(), judgement.outcome.as_deref()), (Verdict::Fail, Some("too-much")));
}

#[test]
fn messages_before_the_broken_one_are_answered_first() {
    let sent = || Playing::of("malformed/behind-another").message();
    assert_eq!(sent().answered(&[200, 400]).judged().verdict(), Verdict::Pass);
    assert_eq!(sent().answered(&[200, 200]).judged().verdict(), Verdict::Fail);
    assert_eq!(sent().answered(&[200]).late().verdict(), (Verdict::Inconclusive, "late".to_owned()));
    assert_eq!(sent().answered(&[400]).fin().judged().verdict(), Verdict::Inconclusive, "one answer is the first's");
    assert_eq!(sent().answered(&[200]).fin().verdict(), (Verdict::Warn, "closed-silently".to_owned()));
    assert_eq!(sent().fin().verdict(), (Verdict::Inconclusive, "not-reached".to_owned()));
}

#[test]
fn an_answer_that_began_before_the_fault_says_nothing_about_it() {
    let head = "POST / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nTransfer-Encoding: chunked\r\n\r\n".len();
    let early =
        |status| Playing::of("malformed/in-content").echo().delivered(Delivery::Cut).cut_at(head, &response(status));
    for status in [200, 401, 400] {
        assert_eq!(early(status).fin().verdict(), (Verdict::Pass, "closed-after-early-answer".to_owned()));
        assert_eq!(early(status).reset().judged().verdict(), Verdict::Pass);
        let refused = early(status).probe().answered(&[400]);
        assert_eq!(refused.verdict(), (Verdict::Pass, "rejected-after-early-answer".to_owned()));
        assert_eq!(
            early(status).probe().answered(&[200]).judged().verdict(),
            Verdict::Fail,
            "as if nothing were wrong"
        );
        let silent = early(status).late().judged();
        assert_eq!((silent.verdict(), silent.rests_on_clock), (Verdict::Inconclusive, true));
    }
    let behind = Playing::of("malformed/in-content").echo().delivered(Delivery::Cut).cut_at(head + 1, &response(200));
    assert_eq!(behind.judged().verdict(), Verdict::Fail, "the octet at fault had been sent");
}

#[test]
fn faults_in_content_show_at_the_levels_that_read_it() {
    use crate::corpus::model::Observability::{Body, Echo, Opaque, Static};
    for level in [Opaque, Static] {
        let playing = Playing::of("malformed/in-content").level(level).message().answered(&[200]);
        assert_eq!(playing.verdict(), (Verdict::NotApplicable, "not-shown".to_owned()));
    }
    for level in [Body, Echo] {
        let playing = Playing::of("malformed/in-content").level(level).message().answered(&[200]);
        assert_eq!(playing.judged().verdict(), Verdict::Fail);
    }
}

#[test]
fn a_replacement_that_cannot_be_seen_warns_at_most() {
    use crate::corpus::model::Observability::{Body, Opaque, Static};
    for level in [Opaque, Static, Body] {
        let judgement = one("malformed/nul", 200).level(level).judged();
        assert_eq!((judgement.verdict(), judgement.outcome.as_deref()), (Verdict::Warn, Some("accepted")));
        let host = one("malformed/nul-in-host", 200).level(level).judged();
        assert_eq!(host.verdict(), Verdict::Fail, "another MUST leaves no such choice");
    }
    let not_told = Playing::of("malformed/nul").echo().message().got(&with_content(200, "a page")).judged();
    assert_eq!(not_told.verdict(), Verdict::Warn, "an answer without the echo shows no more");
    let at_echo =
        |value| Playing::of("malformed/nul").echo().message().got(&echo("GET", "/", &[("X-Probe", value)], ""));
    assert_eq!(at_echo("a\0b").verdict(), (Verdict::Fail, "accepted".to_owned()), "passed on");
    assert_eq!(at_echo("a b").verdict(), (Verdict::Pass, "replaced-by-space".to_owned()));
    assert_eq!(at_echo("a").judged().verdict(), Verdict::Fail, "cut at the octet");
}
