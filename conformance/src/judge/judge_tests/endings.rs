//! How the connection stands behind the answers, and what becomes of a successor in the same write.

use super::playing::{Playing, closing, echo, response};
use crate::corpus::model::Verdict;
use crate::judge::Understood;
use crate::judge::result::Part;

#[test]
fn a_connection_that_must_end() {
    let refused = || Playing::of("malformed/closed").message().answered(&[400]);
    for playing in [refused().fin(), refused().reset(), refused().late().probe().fin()] {
        let judgement = playing.judged();
        assert_eq!((judgement.message, judgement.ending), (Verdict::Pass, Verdict::Pass));
    }
    let open = refused().late().judged();
    assert_eq!((open.message, open.ending, open.rests_on_clock), (Verdict::Pass, Verdict::Fail, true));
    assert_eq!(open.findings[0].part, Part::Ending);
    assert_eq!(open.findings[0].requirement.as_deref(), Some("9112-6.3-5"), "the row about the end");
    let answers = refused().late().probe().answered(&[200]).judged();
    assert_eq!((answers.message, answers.ending, answers.rests_on_clock), (Verdict::Pass, Verdict::Fail, false));
    let at = response(400).len() as u64;
    assert_eq!(answers.findings[0].at, [at, at + response(200).len() as u64]);
    assert_eq!(refused().judged().ending, Verdict::Inconclusive, "nobody waited to see");
}

#[test]
fn behind_a_rejection_that_must_close_the_successor_is_not_answered() {
    let sent = || Playing::of("malformed/closed").coalesced().message();
    assert_eq!(sent().answered(&[400]).fin().judged().verdict(), Verdict::Pass);
    assert_eq!(sent().answered(&[400, 200]).fin().judged().ending, Verdict::Fail);
}

#[test]
fn a_connection_that_should_end() {
    let refused = || Playing::of("malformed/should-close").message().answered(&[400]);
    assert_eq!(refused().fin().judged().verdict(), Verdict::Pass);
    let open = refused().late().judged();
    assert_eq!((open.message, open.ending, open.rests_on_clock), (Verdict::Pass, Verdict::Warn, true));
    let answers = refused().late().probe().answered(&[200]).judged();
    assert_eq!((answers.ending, answers.rests_on_clock), (Verdict::Warn, false));
    assert_eq!(answers.findings[0].requirement.as_deref(), Some("9112-2.2-10"));
}

#[test]
fn a_connection_that_may_do_as_it_likes() {
    for playing in [
        Playing::of("malformed/no-host").message().answered(&[400]).fin(),
        Playing::of("malformed/no-host").message().answered(&[400]).late(),
        Playing::of("malformed/no-host").coalesced().message().answered(&[400, 200]).fin(),
    ] {
        assert_eq!(playing.judged().verdict(), Verdict::Pass);
    }
}

#[test]
fn a_silent_close_is_the_end_that_was_asked_for() {
    let judgement = Playing::of("malformed/closed").message().fin().judged();
    assert_eq!((judgement.message, judgement.ending), (Verdict::Warn, Verdict::Pass));
}

#[test]
fn then_holds_for_either_alternative() {
    for status in [200, 400] {
        let closed = || Playing::of("malformed/either-and-closed").message().answered(&[status]);
        assert_eq!(closed().fin().judged().verdict(), Verdict::Pass, "{status}");
        let open = closed().late().judged();
        assert_eq!((open.message, open.ending), (Verdict::Pass, Verdict::Fail), "{status}");
        assert_eq!(open.findings[0].requirement.as_deref(), Some("9112-6.1-13"), "{status}");
        assert_eq!(closed().late().probe().answered(&[200]).judged().ending, Verdict::Fail, "{status}");
        let should = || Playing::of("malformed/either-and-should-close").message().answered(&[status]);
        assert_eq!(should().fin().judged().verdict(), Verdict::Pass, "{status}");
        assert_eq!(should().late().judged().ending, Verdict::Warn, "{status}");
        assert_eq!(should().late().probe().answered(&[200]).judged().ending, Verdict::Warn, "{status}");
        assert_eq!(Playing::of("malformed/either").message().answered(&[status]).judged().verdict(), Verdict::Pass);
    }
    let successor = Playing::of("malformed/either-and-closed").coalesced().message().answered(&[200, 200]).fin();
    assert_eq!(successor.judged().ending, Verdict::Fail);
}

#[test]
fn either_takes_what_each_of_them_takes() {
    let sent = || Playing::of("malformed/either").message();
    assert!(matches!(sent().answered(&[200]).judged().understood, Understood::Accepted { .. }));
    assert_eq!(sent().answered(&[400]).judged().understood, Understood::Rejected);
    assert_eq!(sent().fin().verdict(), (Verdict::Warn, "closed-silently".to_owned()));
    assert_eq!(sent().answered(&[404]).judged().verdict(), Verdict::Pass, "understood");
    assert_eq!(sent().answered(&[500]).judged().verdict(), Verdict::Warn, "the server's own error");
    assert_eq!(sent().late().judged().verdict(), Verdict::Warn, "a SHOULD asks for an answer");
}

#[test]
fn a_request_that_announces_close_is_the_last() {
    let sent = || Playing::of("well-formed/close").message();
    assert_eq!(sent().got(&closing(200)).fin().judged().verdict(), Verdict::Pass);
    let open = sent().answered(&[200]).late().judged();
    assert_eq!((open.message, open.ending, open.rests_on_clock), (Verdict::Pass, Verdict::Fail, true));
    assert_eq!(open.findings[0].requirement.as_deref(), Some("9112-9.6-3"));
    let behind = Playing::of("well-formed/close").coalesced().message().answered(&[200, 200]).fin().judged();
    assert_eq!(behind.findings[0].requirement.as_deref(), Some("9112-9.6-5"));
    assert_eq!((behind.message, behind.ending), (Verdict::Pass, Verdict::Fail));
    assert_eq!(sent().late().judged().ending, Verdict::Pass, "without an answer the end is not judged");
}

#[test]
fn a_successor_is_answered_as_itself() {
    let sent = || Playing::of("well-formed/control").coalesced().message();
    assert_eq!(sent().answered(&[200, 200]).fin().judged().verdict(), Verdict::Pass);
    assert_eq!(sent().answered(&[200, 404]).judged().verdict(), Verdict::Pass);
    let refused = sent().answered(&[200, 400]).fin();
    assert_eq!(refused.verdict(), (Verdict::Fail, "ends-elsewhere".to_owned()));
    assert_eq!(refused.judged().statuses, [200], "the second answer is not the case's");
    let swallowed = sent().answered(&[200]).late().judged();
    assert_eq!((swallowed.verdict(), swallowed.rests_on_clock), (Verdict::Fail, true));
    assert_eq!(sent().answered(&[200]).got("<html>").fin().judged().verdict(), Verdict::Fail, "no response");
    let mine = echo("GET", "/", &[("X-Probe", "a")], "");
    let at_echo = |second: &str| sent().echo().got(&mine).got(second).fin().judged().verdict();
    assert_eq!(at_echo(&echo("GET", "/", &[], "")), Verdict::Pass);
    assert_eq!(at_echo(&echo("GET", "/other", &[], "")), Verdict::Fail, "another request was answered next");
}

#[test]
fn a_successor_behind_a_close_or_a_refusal_need_not_be_answered() {
    let sent = || Playing::of("well-formed/control").coalesced().message();
    for playing in [
        sent().got(&closing(200)).fin(),
        sent().got(&closing(405)).fin(),
        sent().answered(&[405]).fin(),
        sent().answered(&[405]).reset(),
        sent().got("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").fin(),
    ] {
        assert_eq!(playing.judged().verdict(), Verdict::Pass, "the message itself was understood");
    }
    assert_eq!(sent().answered(&[200]).fin().judged().verdict(), Verdict::Pass, "unannounced, that is for courtesy");
    let cut = sent().answered(&[200]).got("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx").reset().judged();
    assert_eq!((cut.verdict(), cut.cut_by_reset), (Verdict::Pass, true));
}
