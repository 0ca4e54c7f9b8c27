//! What the subject says that it understood, held against what was said.

use super::playing::{Playing, coded, echo, echo_json, with_content};
use crate::corpus::model::Observability::{Body, Static};
use crate::corpus::model::Verdict;
use crate::judge::{Echo, Understood};

fn control(answer: &str) -> (Verdict, String) {
    Playing::of("well-formed/control").echo().message().got(answer).verdict()
}

#[test]
fn what_was_said_comes_back() {
    let passed = (Verdict::Pass, "accepted".to_owned());
    assert_eq!(control(&echo("GET", "/", &[("Host", "h"), ("x-probe", "a")], "")), passed);
    assert_eq!(control(&echo("GET", "/", &[("X-PROBE", "a"), ("X-Front", "own")], "")), passed, "a front adds its own");
}

#[test]
fn what_comes_back_otherwise_fails() {
    let wrong = (Verdict::Fail, "misunderstood".to_owned());
    assert_eq!(control(&echo("HEAD", "/", &[("x-probe", "a")], "")), wrong);
    assert_eq!(control(&echo("GET", "/other", &[("x-probe", "a")], "")), wrong);
    assert_eq!(control(&echo("GET", "/", &[], "")), wrong, "a field is missing");
    assert_eq!(control(&echo("GET", "/", &[("x-probe", "b")], "")), wrong);
    let judgement = Playing::of("well-formed/control").echo().message().got(&echo("GET", "/", &[], "")).judged();
    assert!(judgement.findings[0].because.contains("x-probe"), "{}", judgement.findings[0].because);
}

#[test]
fn an_answer_that_is_no_echo_says_nothing_at_that_level() {
    assert_eq!(control(&with_content(200, "a page")).0, Verdict::Inconclusive);
    assert_eq!(control(&with_content(200, "{\"method\":\"R0VU\"}")).0, Verdict::Inconclusive);
    assert_eq!(control(&with_content(404, "none")).0, Verdict::Pass, "no echo is expected of a 404");
}

#[test]
fn content_is_compared_at_level_body() {
    let post = |level, content: &str| {
        Playing::of("well-formed/also").level(level).message().got(&with_content(200, content)).judged().verdict()
    };
    assert_eq!(post(Body, "hello"), Verdict::Pass);
    assert_eq!(post(Body, "hell"), Verdict::Fail);
    assert_eq!(post(Static, "hell"), Verdict::Pass);
    let echoed = |content: &str| {
        Playing::of("well-formed/also").echo().message().got(&echo("POST", "/", &[], content)).judged().verdict()
    };
    assert_eq!(echoed("hello"), Verdict::Pass);
    assert_eq!(echoed("hello\r\n"), Verdict::Fail);
}

#[test]
fn what_a_platform_cannot_know_is_not_asked_of_it() {
    let all = [("x-list", "one"), ("x-list", "two"), ("x_under", "u")];
    let got = |target: &str, fields: &[(&str, &str)]| {
        Playing::of("well-formed/percent-encoded").echo().message().got(&echo("GET", target, fields, ""))
    };
    assert_eq!(got("/a%62c", &all).judged().verdict(), Verdict::Pass);
    assert_eq!(got("/abc", &all).judged().verdict(), Verdict::Fail);
    assert_eq!(got("/abc", &all).lacks("raw-target").judged().verdict(), Verdict::Pass);
    let joined = [("x-list", "one, two"), ("x_under", "u")];
    assert_eq!(got("/a%62c", &joined).judged().verdict(), Verdict::Pass, "who takes lines may join them");
    let swapped = [("x-list", "two"), ("x-list", "one"), ("x_under", "u")];
    assert_eq!(got("/a%62c", &swapped).judged().verdict(), Verdict::Fail);
    let hyphen = [("x-list", "one"), ("x-list", "two")];
    assert_eq!(got("/a%62c", &hyphen).judged().verdict(), Verdict::Fail);
    assert_eq!(got("/a%62c", &hyphen).lacks("underscore-names").judged().verdict(), Verdict::Pass);
}

#[test]
fn the_echo_itself_may_say_what_it_lacks() {
    let fields = [("x-list", "one"), ("x-list", "two"), ("x_under", "u")];
    let mut answer = echo_json("GET", "/abc", &fields, "");
    answer["version"] = "1.0".into();
    let judged = |answer: &serde_json::Value| {
        let playing = Playing::of("well-formed/percent-encoded").echo().message();
        playing.got(&with_content(200, &answer.to_string())).judged().verdict()
    };
    assert_eq!(judged(&answer), Verdict::Fail);
    answer["lacks"] = serde_json::json!(["raw-target", "version"]);
    assert_eq!(judged(&answer), Verdict::Pass);
    answer["lacks"] = serde_json::json!("raw-target");
    assert_eq!(judged(&answer), Verdict::Inconclusive, "not the contract");
}

#[test]
fn for_head_the_level_is_one_lower() {
    let head = |length: usize| format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
    let answer = |second: &str| {
        Playing::of("well-formed/head-then-get").echo().message().got(&head(120)).got(second).judged().verdict()
    };
    assert_eq!(answer(&echo("GET", "/?2", &[], "")), Verdict::Pass, "no content is taken for the next response");
    assert_eq!(answer(&echo("GET", "/?1", &[], "")), Verdict::Fail);
    let playing = Playing::of("well-formed/head-then-get").echo().message().got(&head(5)).got("hello").got(&head(0));
    assert_eq!(playing.judged().verdict(), Verdict::Fail, "the content of HEAD stands where a response should");
}

#[test]
fn trailer_fields_may_be_dropped() {
    let content = echo_json("GET", "/", &[("x-probe", "a")], "");
    let echo = Echo::read(content.to_string().as_bytes(), &[]).expect("the contract");
    assert!(echo.trailers.is_empty());
    let mut with = content;
    with["trailers"] = serde_json::json!([[coded("X-Sum"), coded("1")]]);
    let echo = Echo::read(with.to_string().as_bytes(), &["order".to_owned()]).expect("the contract");
    assert_eq!(echo.trailers, [(b"X-Sum".to_vec(), b"1".to_vec())]);
    assert!(echo.is_lacking("order") && !echo.is_lacking("trailers"));
}

#[test]
fn what_was_understood_is_told_in_a_line_for_comparing() {
    let understood = |fields: &[(&str, &str)]| {
        Playing::of("well-formed/control").echo().message().got(&echo("GET", "/", fields, "")).judged().understood
    };
    let one = understood(&[("x-probe", "a"), ("x-request-id", "1")]);
    let other = understood(&[("x-request-id", "2"), ("X-Probe", "a")]);
    assert_eq!(one, other, "what a front adds, and order between names, is no difference");
    assert!(matches!(one, Understood::Accepted { said, .. } if said.len() == 1));
}
