//! Clients, proxies and parsers: what else counts for them.

use serde_json::json;

use super::playing::{Playing, coded, echo, response, with_content};
use crate::corpus::model::Observability::{Body, Echo};
use crate::corpus::model::{Role, Verdict};
use crate::judge::Understood;
use crate::judge::result::Sender;
use crate::transcript::Purpose;

const HELLO: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Probe: a\r\n\r\nhello";

/// A client asks, and gets these octets.
fn client(case: &str, octets: &[u8]) -> Playing {
    Playing::of(case).role(Role::Client).got_on("s1", b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n").sent(
        "s1",
        Purpose::Message,
        octets,
        &[],
    )
}

fn told(status: u16, content: &str) -> serde_json::Value {
    json!({"status": status, "fields": [[coded("x-probe"), coded("a")]], "body": coded(content), "complete": true})
}

#[test]
fn a_client_gives_its_caller_what_was_sent() {
    let sent = || client("client/control", HELLO);
    assert_eq!(sent().told(told(200, "hello")).verdict(), (Verdict::Pass, "accepted".to_owned()));
    for wrong in [
        told(200, "hell"),
        told(201, "hello"),
        json!({"status": 200, "fields": [], "body": coded("hello")}),
        json!({"error": "no such thing"}),
        json!({"status": 200, "fields": [[coded("x-probe"), coded("a")]], "body": coded("hello"), "complete": false}),
        json!("hello"),
    ] {
        let judgement = sent().told(wrong.clone()).judged();
        assert_eq!((judgement.verdict(), judgement.outcome.as_deref()), (Verdict::Fail, Some("refused")), "{wrong}");
        let finding = &judgement.findings[0];
        assert_eq!((finding.connection.as_str(), finding.direction), ("s1", Sender::Us));
        assert_eq!(finding.at, [0, HELLO.len() as u64]);
    }
    let silent = sent().judged();
    assert_eq!((silent.verdict(), silent.rests_on_clock), (Verdict::Inconclusive, true));
}

#[test]
fn interim_responses_are_no_answers_for_the_caller() {
    let octets = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let sent = || client("client/interim-first", octets);
    assert_eq!(sent().told(told(200, "")).judged().verdict(), Verdict::Pass);
    assert_eq!(sent().told(told(103, "")).judged().verdict(), Verdict::Fail);
}

#[test]
fn a_client_turns_a_malformed_response_into_an_error_and_leaves_the_connection() {
    let sent = || client("client/malformed", b"HTTP/1.1 2x0 OK\r\nContent-Length: 5\r\n\r\nhello");
    assert_eq!(sent().told(json!({"error": "bad status"})).verdict(), (Verdict::Pass, "rejected".to_owned()));
    let cut = json!({"status": 200, "fields": [], "body": coded("hel"), "complete": false});
    assert_eq!(sent().told(cut).judged().verdict(), Verdict::Pass);
    assert_eq!(sent().told(told(200, "hello")).verdict(), (Verdict::Fail, "accepted".to_owned()));
    let again = sent()
        .told(json!({"error": "bad status"}))
        .got_on("s1", b"GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
        .told(told(200, "two"));
    assert_eq!((again.judged().message, again.judged().ending), (Verdict::Pass, Verdict::Fail));
    let elsewhere = sent()
        .told(json!({"error": "bad status"}))
        .got_on("s2", b"GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
        .told(told(200, "two"));
    assert_eq!(elsewhere.judged().verdict(), Verdict::Pass, "another connection is another matter");
}

#[test]
fn a_client_does_not_take_what_was_cut_off_for_whole() {
    let sent = || client("client/cut-off", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
    assert_eq!(sent().told(json!({"error": "cut off"})).verdict(), (Verdict::Pass, "not-taken".to_owned()));
    let unfinished = json!({"status": 200, "fields": [], "body": coded("hel"), "complete": false});
    assert_eq!(sent().told(unfinished).judged().verdict(), Verdict::Pass);
    assert_eq!(sent().told(told(200, "hel")).verdict(), (Verdict::Fail, "taken-unfinished".to_owned()));
}

#[test]
fn a_fixture_may_list_what_a_caller_is_told() {
    let sent = || client("client/told-otherwise", b"HTTP/1.1 299 Odd\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(sent().told(told(299, "")).verdict(), (Verdict::Pass, "accepted".to_owned()));
    assert_eq!(sent().told(told(200, "")).verdict(), (Verdict::Warn, "as-200".to_owned()));
}

/// A proxy is asked, and asks the origin this.
fn proxy(case: &str) -> Playing {
    Playing::of(case).role(Role::Proxy).level(Echo).message()
}

#[test]
fn a_proxy_passes_a_message_on_as_it_was() {
    let got = echo("GET", "/", &[("x-probe", "a")], "");
    let passed = |request: &[u8]| proxy("well-formed/control").got_on("s1", request).got(&got);
    let same = passed(b"GET / HTTP/1.1\r\nHost: origin\r\nX-Probe: a\r\nVia: 1.1 p\r\n\r\n");
    assert_eq!(same.judged().verdict(), Verdict::Pass);
    assert_eq!(
        passed(b"GET / HTTP/1.1\r\nHost: origin\r\n\r\n").judged().verdict(),
        Verdict::Fail,
        "a field is missing"
    );
    let twice = b"GET / HTTP/1.1\r\nHost: o\r\nX-Probe: a\r\n\r\nGET / HTTP/1.1\r\nHost: o\r\nX-Probe: a\r\n\r\n";
    let judgement = passed(twice).judged();
    assert_eq!(judgement.verdict(), Verdict::Fail, "one was sent");
    assert_eq!(judgement.findings[0].connection, "s1");
    assert_eq!(proxy("well-formed/control").got(&got).judged().verdict(), Verdict::Fail, "nothing reached the origin");
}

#[test]
fn requests_at_the_origin_count_in_the_order_in_which_they_began() {
    let request = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: o\r\n\r\n").into_bytes();
    let playing = proxy("well-formed/two").got_on("s2", &request("/?1")).got_on("s1", &request("/?2"));
    let playing = playing.got(&echo("GET", "/?1", &[], "")).got(&echo("GET", "/?2", &[], ""));
    assert_eq!(playing.judged().verdict(), Verdict::Pass);
}

#[test]
fn nothing_of_a_rejected_message_reaches_the_origin() {
    let refused = || proxy("malformed/no-host").answered(&[400]);
    assert_eq!(refused().judged().verdict(), Verdict::Pass);
    let judgement = refused().got_on("s1", b"GET / HTTP/1.1\r\nHost: o\r\n\r\n").judged();
    assert_eq!(judgement.verdict(), Verdict::Fail);
    assert_eq!((judgement.findings[0].connection.as_str(), judgement.findings[0].at), ("s1", [0, 27]));
    let begun = refused().got_on("s1", b"GET / HTTP/1.1\r\n").judged();
    assert_eq!((begun.verdict(), begun.findings[0].at), (Verdict::Fail, [0, 16]));
    let silent = Playing::of("malformed/silence-passes").role(Role::Proxy).message().fin();
    assert_eq!(silent.judged().verdict(), Verdict::Pass);
    assert_eq!(silent.got_on("s1", b"GET / HTTP/1.1\r\nHost: o\r\n\r\n").judged().verdict(), Verdict::Fail);
}

#[test]
fn what_stands_before_a_fault_in_content_may_have_been_passed_on() {
    let refused = || proxy("malformed/in-content").answered(&[400]);
    let head = b"POST / HTTP/1.1\r\nHost: o\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(refused().got_on("s1", head).judged().verdict(), Verdict::Pass);
    let whole = [&head[..], b"0\r\n\r\n"].concat();
    assert_eq!(refused().got_on("s1", &whole).judged().verdict(), Verdict::Fail, "but it may not become whole");
}

/// A parser answers.
fn parser(case: &str, answers: &[serde_json::Value]) -> Playing {
    let playing = Playing::of(case).role(Role::Parser).level(Echo).message();
    answers.iter().fold(playing, |playing, answer| playing.told(answer.clone()))
}

fn parsed(messages: serde_json::Value, then: &str) -> serde_json::Value {
    json!({"id": "1", "messages": messages, "then": then})
}

fn get() -> serde_json::Value {
    let fields = json!([[coded("Host"), coded("127.0.0.1:8080")], [coded("X-Probe"), coded("a")]]);
    json!({"method": coded("GET"), "target": coded("/"), "version": "1.1", "fields": fields, "body": ""})
}

#[test]
fn a_parser_reads_a_message_at_every_split() {
    let good = parsed(json!([get()]), "idle");
    assert_eq!(parser("well-formed/control", &[good.clone(), good.clone()]).judged().verdict(), Verdict::Pass);
    let mut other = get();
    other["target"] = coded("/other").into();
    for wrong in [
        parsed(json!([]), "more"),
        parsed(json!([get()]), "more"),
        parsed(json!([get(), get()]), "idle"),
        parsed(json!([other]), "idle"),
        parsed(json!(["hello"]), "idle"),
        json!({"id": "1", "messages": [], "then": "reject", "rule": "host.missing", "at": 3}),
    ] {
        let judgement = parser("well-formed/control", &[good.clone(), wrong.clone()]).judged();
        assert_eq!(judgement.verdict(), Verdict::Fail, "{wrong}");
        let at = if wrong.get("at").is_some() { [3, 4] } else { [0, 52] };
        assert_eq!((judgement.findings[0].at, judgement.findings[0].direction), (at, Sender::Us), "{wrong}");
    }
    assert_eq!(parser("well-formed/control", &[json!({"id": "1"})]).judged().verdict(), Verdict::Fault);
    assert_eq!(parser("well-formed/control", &[]).judged().verdict(), Verdict::Fault);
    let skipped = parser("well-formed/control", &[json!({"skipped": "heads only"})]);
    assert_eq!(skipped.verdict(), (Verdict::NotApplicable, "skipped".to_owned()));
}

#[test]
fn a_parser_rejects_by_the_rule_and_at_its_octet() {
    let reject = |answer| parser("malformed/no-host", &[answer]);
    let named = |rule: &str, at: u64| json!({"id": "1", "messages": [], "then": "reject", "rule": rule, "at": at});
    assert_eq!(reject(named("host.missing", 16)).judged().verdict(), Verdict::Pass);
    assert_eq!(reject(json!({"id": "1", "then": "reject"})).verdict(), (Verdict::Pass, "rejected".to_owned()));
    assert_eq!(reject(named("host.repeated", 16)).judged().verdict(), Verdict::Warn, "right for the wrong reason");
    assert_eq!(reject(named("host.missing", 4)).judged().verdict(), Verdict::Warn);
    for then in ["idle", "more", "end", "switched"] {
        let judgement = reject(parsed(json!([]), then)).judged();
        assert_eq!((judgement.verdict(), judgement.findings[0].at), (Verdict::Fail, [16, 17]), "{then}");
    }
    let lenient = parser("malformed/by-grammar", &[parsed(json!([get()]), "idle")]).judged();
    assert_eq!(lenient.verdict(), Verdict::Warn, "a recipient may recover");
}

#[test]
fn a_parser_wants_more_of_a_beginning() {
    assert_eq!(parser("incomplete/head", &[parsed(json!([]), "more")]).verdict(), (Verdict::Pass, "waited".to_owned()));
    for then in ["idle", "end", "reject"] {
        let judgement = parser("incomplete/head", &[parsed(json!([]), then)]).judged();
        assert_eq!((judgement.verdict(), judgement.outcome.as_deref()), (Verdict::Fail, Some("not-waited")), "{then}");
    }
    let or_refused = parser("incomplete/or-refused", &[parsed(json!([]), "reject")]).judged();
    assert_eq!((or_refused.verdict(), or_refused.understood), (Verdict::Pass, Understood::Rejected));
}

#[test]
fn a_fixture_may_list_what_a_parser_answers() {
    let playing = || Playing::of("client/told-otherwise").role(Role::Parser).level(Body);
    let sent = || playing().sent("c1", Purpose::Message, b"HTTP/1.1 299 Odd\r\nContent-Length: 0\r\n\r\n", &[]);
    let answer = |messages, then| sent().told(parsed(messages, then)).verdict();
    assert_eq!(answer(json!([]), "more"), (Verdict::Fail, "wants-more".to_owned()));
    let odd = json!({"status": 299, "fields": [], "body": ""});
    assert_eq!(answer(json!([odd]), "idle"), (Verdict::Pass, "accepted".to_owned()));
    assert_eq!(answer(json!([{"status": 200, "fields": [], "body": ""}]), "idle").1, "as-200");
}

#[test]
fn a_proxy_is_a_server_to_its_client() {
    let unclear = proxy("well-formed/control").got(&response(502));
    assert_eq!(unclear.judged().verdict(), Verdict::Inconclusive);
    assert_eq!(proxy("well-formed/control").got(&response(400)).judged().verdict(), Verdict::Fail);
    assert_eq!(proxy("malformed/no-host").got(&with_content(200, "x")).judged().verdict(), Verdict::Fail);
}
