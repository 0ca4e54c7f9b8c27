//! A gallery of broken messages, several faults in each: what the findings say of them, drawn under the octets, as files that a
//! reviewer reads. `INSTA_UPDATE=always cargo test -p wiregauge-proto --test gallery` draws it anew.

use std::fmt::Write as _;

use wiregauge_proto::Limits;
use wiregauge_proto::message::Kind::{self, Requests, Responses};
use wiregauge_proto::message::{Fault, read_all_findings};

/// The name of a picture, what kind of messages it holds, whether the connection ends behind them, and their octets.
const GALLERY: &[(&str, Kind, bool, &[u8])] = &[
    (
        "two-lengths-that-differ",
        Requests,
        false,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    ),
    (
        "both-kinds-of-length",
        Requests,
        false,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ),
    (
        "chunked-under-a-cloak",
        Requests,
        false,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0bchunked\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "chunked-before-the-last",
        Requests,
        false,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    ),
    (
        "a-head-with-everything-wrong",
        Requests,
        false,
        b" GET  /a b\tHTTP/1.1 \nHost : a\n: empty\r\nX-Fold: one\r\n two\r\nNul: \x00\r\nBare: \r!\r\n\r\n",
    ),
    ("two-hosts-and-neither-valid", Requests, false, b"GET / HTTP/1.1\r\nHost: a b\r\nHost: c@d\r\n\r\n"),
    ("no-host", Requests, false, b"GET / HTTP/1.1\r\nAccept: */*\r\n\r\n"),
    ("targets-of-the-wrong-form", Requests, false, b"CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("a-star-for-get", Requests, false, b"GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("a-version-nobody-speaks", Requests, false, b"GET / http/1.1\r\nHost: a\r\n\r\n"),
    (
        "chunk-lines",
        Requests,
        false,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5 ;a = \"b\n\r\nhello\n0x0\r\n\r\n",
    ),
    (
        "a-size-beyond-all-numbers",
        Requests,
        false,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n",
    ),
    (
        "trailers-that-are-no-fields",
        Requests,
        false,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX : 1\r\nY: \x01\r\n z\r\n\r\n",
    ),
    ("content-cut-off", Requests, true, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello"),
    ("a-head-cut-off", Requests, true, b"GET / HTTP/1.1\r\nHost: a\r\nX-Half"),
    ("a-status-of-two-digits", Responses, false, b"HTTP/1.1 99 Odd\r\nContent-Length: 0\r\n\r\n"),
    ("a-status-line-without-its-space", Responses, false, b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"),
    ("lengths-that-are-no-numbers", Responses, true, b"HTTP/1.1 200 OK\r\nContent-Length: +5, 0x5\r\n\r\nhello"),
    ("chunks-to-an-old-version", Responses, true, b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("no-response-at-all", Responses, true, b"<html>hello</html>\r\n\r\n"),
];

#[test]
fn the_gallery_hangs_as_it_was_drawn() {
    let mut text = String::new();
    for (name, kind, ended, octets) in GALLERY {
        writeln!(text, "=== {name}\n{}", picture(*kind, *ended, octets)).expect("a string takes all");
    }
    insta::assert_snapshot!("gallery", text);
}

#[test]
fn no_picture_is_without_a_fault_inside_its_frame() {
    for (name, kind, ended, octets) in GALLERY {
        let faults = read_all_findings(*kind, octets, *ended, &[], &Limits::DEFAULT).faults;
        assert!(!faults.is_empty(), "{name} has nothing wrong");
        for fault in faults {
            assert!(fault.at.start <= fault.at.end && fault.at.end <= octets.len() as u64, "{name}: {fault:?}");
        }
    }
}

/// The octets line by line, under each line the faults that begin there, and what became of the reading.
fn picture(kind: Kind, ended: bool, octets: &[u8]) -> String {
    let stream = read_all_findings(kind, octets, ended, &[], &Limits::DEFAULT);
    let mut text = String::new();
    let mut start = 0;
    for line in octets.split_inclusive(|octet| *octet == b'\n') {
        writeln!(text, "{start:5}  {}", line.escape_ascii()).expect("a string takes all");
        let here = start..start + line.len();
        for fault in stream.faults.iter().filter(|fault| here.contains(&place(fault))) {
            let before = line[..place(fault) - start].escape_ascii().to_string().len();
            let end = usize::try_from(fault.at.end).expect("a small picture").clamp(place(fault), here.end);
            let width = line[place(fault) - start..end - start].escape_ascii().to_string().len();
            let mark = "^".repeat(width.max(1));
            writeln!(text, "       {}{mark} {} (RFC {})", " ".repeat(before), fault.rule, fault.rule.section())
                .expect("a string takes all");
        }
        start = here.end;
    }
    for fault in stream.faults.iter().filter(|fault| place(fault) == octets.len()) {
        writeln!(text, "{start:5}  ^ {} (RFC {})", fault.rule, fault.rule.section()).expect("a string takes all");
    }
    let then = match &stream.then {
        wiregauge_proto::message::Then::Reject(fault) => format!("reject: {}", fault.rule),
        other => format!("{other:?}"),
    };
    writeln!(text, "       {} messages, then {then}", stream.messages.len()).expect("a string takes all");
    text
}

fn place(fault: &Fault) -> usize {
    usize::try_from(fault.at.start).expect("a small picture")
}
