//! No false alarm: what is not certain is not looked at.

use super::{CLOSE, DATE, GET, Playing, broken, exchange, good, linted};
use crate::corpus::model::{Role, Shut, Verdict};
use crate::transcript::{Purpose, What};

const NONE: [&str; 0] = [];

#[test]
fn behind_the_answer_to_a_broken_request_nothing_counts() {
    let bad_head = "HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\n";
    let hello = exchange("HEAD / HTTP/1.1\r\nHost : a\r\n\r\n", &format!("{bad_head}hello<html>"));
    assert!(
        !broken(&hello).contains(&"content-where-none-may-be"),
        "who could not read the request may not know that it is HEAD"
    );
    let simple = exchange("GET /\r\n\r\n", "<html>a page of HTTP/0.9</html>").fin();
    assert_eq!(broken(&simple), NONE, "another protocol may answer what is none of ours");
}

#[test]
fn the_answer_to_a_broken_request_has_a_head_like_any_other() {
    let answer = "HTTP/1.1 400 Bad Request\r\nX : a\r\nContent-Length: 0\r\n\r\n";
    assert!(broken(&exchange("GET / HTTP/1.1\r\nHost : a\r\n\r\n", answer)).contains(&"field-syntax"));
}

#[test]
fn what_was_cut_is_no_grammar() {
    let cut = format!("HTTP/1.1 200 OK\r\n{DATE}Content-Length: 5\r\n\r\nhel");
    let chunk = format!("HTTP/1.1 200 OK\r\n{DATE}Transfer-Encoding: chunked\r\n\r\n5\r\nhe");
    for octets in [&cut, &chunk, "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nX"] {
        for playing in [exchange(GET, octets).reset(), exchange(GET, octets).fin(), exchange(GET, octets).late()] {
            assert_eq!(broken(&playing), NONE, "{octets:?}");
        }
    }
}

#[test]
fn what_ends_after_our_own_end_says_nothing_about_ends() {
    let unannounced = exchange(GET, &good(200, ""));
    assert_eq!(broken(&unannounced.clone().fin()), ["end-announced"]);
    assert_eq!(broken(&unannounced.event("c1", What::Shut { how: Shut::Write }).fin()), NONE);
}

#[test]
fn an_end_that_the_request_asked_for_need_not_be_announced_to_it() {
    // RFC 9112 section 9.6 only recommends the close option in such a response.
    assert_eq!(broken(&exchange(CLOSE, &good(200, "")).fin()), NONE);
}

#[test]
fn a_connection_that_was_not_watched_long_enough_says_nothing() {
    let closing = exchange(GET, &good(200, "Connection: close\r\n")).late();
    assert_eq!(broken(&closing), NONE, "patience had not run out");
}

#[test]
fn parsers_send_nothing() {
    let playing = exchange(GET, "HTTP/1.1 200\r\n\r\n").role(Role::Parser);
    assert!(linted(&[playing]).values().all(|result| result.verdict == Verdict::NotApplicable));
}

#[test]
fn silence_shows_nothing() {
    let playings = [
        Playing::of("well-formed/control"),
        exchange(GET, "").fin(),
        Playing::of("well-formed/control").event("c1", What::Refused { error: "refused".to_owned() }),
    ];
    assert!(linted(&playings).values().all(|result| result.verdict == Verdict::NotApplicable));
}

#[test]
fn where_the_script_names_other_methods_than_the_octets_nothing_is_certain() {
    let octets = GET.as_bytes();
    let playing = Playing::of("well-formed/control").sent("c1", Purpose::Message, octets, &["HEAD"]);
    let head = format!("HTTP/1.1 200 OK\r\n{DATE}Content-Length: 5\r\n\r\n");
    let names = broken(&playing.got(&format!("{head}hello")));
    assert!(!names.contains(&"content-where-none-may-be"), "{names:?}");
}

#[test]
fn a_second_connection_is_linted_like_the_first() {
    let playing = Playing::of("scripts/two-connections")
        .sent("c2", Purpose::Message, GET.as_bytes(), &["GET"])
        .got_on("c2", good(200, "X : a\r\n").as_bytes());
    assert_eq!(broken(&playing), ["field-syntax"]);
    assert_eq!(linted(&[playing])["courtesy/field-syntax"].findings[0].connection, "c2");
}
