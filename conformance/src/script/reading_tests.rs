//! What the octets of a case say.

use super::{Reading, has_option, methods_in, requests, trim};
use crate::corpus::example_bindings;
use crate::corpus::wire_text::{Marks, parse};

fn reading(wire: &str) -> Reading {
    Reading::of(&parse(wire, Marks::Message).expect("wire text").bind(&example_bindings()))
}

const GET: &str = r"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn requests_are_counted_and_named() {
    let two = reading(&[GET, r"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"].concat());
    assert_eq!((two.whole, two.methods.len()), (2, 2));
    assert_eq!(two.methods, ["GET", "POST"]);
    assert_eq!(two.whole_before_fault, 1, "without a mark the last one is the case's");
    let begun = reading(&[GET, r"HEAD / HT"].concat());
    assert_eq!((begun.whole, begun.methods), (1, vec!["GET".to_owned(), "HEAD".to_owned()]));
    assert_eq!(methods_in(b"GE"), [] as [&str; 0], "a method counts once it is over");
}

#[test]
fn what_is_whole_before_the_fault() {
    assert_eq!(reading(&[GET, r"GET / HTTP/1.1\r\n\^\r\n"].concat()).whole_before_fault, 1);
    assert_eq!(reading(r"GET / HTTP/1.1\r\n\^\r\n").whole_before_fault, 0);
    assert_eq!(reading(&[GET, r"\^\0"].concat()).whole_before_fault, 1);
    assert_eq!(
        reading(&[GET, r"GET  / HTTP/1.1\r\nHost: a\r\n\r\n"].concat()).whole_before_fault,
        1,
        "found, not marked"
    );
}

#[test]
fn whether_the_fault_is_in_content() {
    let chunked = |tail: &str| {
        reading(&format!(r"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n{tail}")).fault_in_content
    };
    assert!(chunked(r"\r\n\^x\r\n\r\n"));
    assert!(chunked(r"\r\n0\r\n\^x\r\n\r\n"), "trailer fields stand behind the head");
    assert!(!chunked(r"\^x\r\n\r\n0\r\n\r\n"));
    assert!(!reading(GET).fault_in_content);
}

#[test]
fn whether_what_is_unfinished_has_its_head() {
    assert!(reading(r"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel").head_is_whole);
    assert!(!reading(r"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n").head_is_whole);
    assert!(!reading(GET).head_is_whole, "nothing is unfinished");
}

#[test]
fn whether_the_connection_is_asked_to_end() {
    let with = |line: &str| reading(&format!(r"GET / HTTP/1.1\r\nHost: a\r\n{line}\r\n\r\n")).asks_close;
    assert!(with("Connection: close") && with("connection: a, CLOSE"));
    assert!(with(r"Connection: a\r\nConnection: close"), "on any line");
    assert!(!with("Connection: closed") && !with("X: close") && !with("Connection: keep-alive"));
    assert!(with(r"Bro ken: \0\r\nConnection: close"), "in a head that cannot be read, too");
    let old = |line: &str| reading(&format!(r"GET / HTTP/1.0\r\nHost: a{line}\r\n\r\n")).old_without_keep_alive;
    assert!(old("") && !old(r"\r\nConnection: keep-alive"));
    assert!(!reading(GET).old_without_keep_alive);
}

#[test]
fn whether_another_protocol_may_follow() {
    assert!(reading(r"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n").may_switch);
    assert!(reading(r"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\n\r\n").may_switch);
    assert!(!reading(GET).may_switch);
}

#[test]
fn members_of_connection_are_told_apart() {
    let stream = requests(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: \t, Keep-Alive ,x\r\n\r\n");
    let message = &stream.messages[0];
    assert!(has_option(message, "keep-alive") && has_option(message, "X"));
    assert!(!has_option(message, "keep") && !has_option(message, "close"));
    assert_eq!(trim(b" \t a b \t"), b"a b");
    assert_eq!(trim(b"\x0ba"), b"\x0ba", "only space and tab");
}
