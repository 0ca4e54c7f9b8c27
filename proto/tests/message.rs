//! Streams read whole: what a stream holds, and what follows its messages.

use wiregauge_proto::message::{Event, Kind, Reader, Stream, Then, read_all_findings, read_all_strict};
use wiregauge_proto::{Limits, Rule, Strict};

fn requests(octets: &[u8]) -> Stream {
    read_all_strict(Kind::Requests, octets, false, &[], &Limits::DEFAULT)
}

fn responses(octets: &[u8], ended: bool, methods: &[&[u8]]) -> Stream {
    read_all_strict(Kind::Responses, octets, ended, methods, &Limits::DEFAULT)
}

#[test]
fn requests_follow_each_other() {
    let stream = requests(
        b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\r\nGET /b HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n\r\n",
    );
    assert_eq!(stream.then, Then::Idle);
    let [first, second] = &stream.messages[..] else { panic!("{stream:?}") };
    assert_eq!((&first.content[..], first.keep_alive), (&b"abc"[..], true));
    assert_eq!((&second.target[..], second.keep_alive), (&b"/b"[..], false));
}

#[test]
fn chunked_content_and_trailers_are_taken_apart() {
    let stream = requests(
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b ; c = \"d;\\\"e\"\r\nabc\r\n00a\r\n0123456789\r\n0\r\nA: b\r\nC:\r\n\r\n",
    );
    assert_eq!(stream.then, Then::Idle, "{stream:?}");
    assert_eq!(stream.messages[0].content, b"abc0123456789");
    assert_eq!(stream.messages[0].trailers, [(b"A".to_vec(), b"b".to_vec()), (b"C".to_vec(), b"".to_vec())]);
}

#[test]
fn http_10_persists_only_when_it_says_so() {
    let stream = requests(b"GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    assert_eq!(stream.messages.iter().map(|message| message.keep_alive).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn some_responses_never_have_content() {
    let stream = responses(
        b"HTTP/1.1 100 \r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nHTTP/1.1 304 \r\nContent-Length: 9\r\n\r\nHTTP/1.1 204 \r\nTransfer-Encoding: chunked\r\n\r\n",
        true,
        &[b"HEAD"],
    );
    assert_eq!(stream.then, Then::End, "{stream:?}");
    assert_eq!(stream.messages.len(), 4);
}

#[test]
fn a_response_without_a_length_lasts_until_the_end() {
    let octets = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\nabc";
    assert_eq!(responses(octets, false, &[]).then, Then::More);
    let stream = responses(octets, true, &[]);
    assert_eq!((stream.then, &stream.messages[0].content[..]), (Then::End, &b"abc"[..]));
    assert!(!stream.messages[0].keep_alive);
}

#[test]
fn another_protocol_follows_a_switch() {
    for (octets, method) in [
        (&b"HTTP/1.1 101 \r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nxyz"[..], &b"GET"[..]),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nxyz", b"CONNECT"),
    ] {
        let stream = responses(octets, false, &[method]);
        assert_eq!(stream.then, Then::Switched { from: octets.len() as u64 - 3 }, "{stream:?}");
        assert_eq!(stream.messages.len(), 1);
    }
}

#[test]
fn findings_read_on() {
    let octets = b"GET /\x01 HTTP/1.1\nHost : a\r\n b\r\nX\x00: \x7f\r\nHost: @\n\n";
    let stream = read_all_findings(Kind::Requests, octets, false, &[], &Limits::DEFAULT);
    let rules: Vec<_> = stream.faults.iter().map(|fault| (fault.rule.id(), fault.at.start, fault.at.end)).collect();
    assert_eq!(
        rules,
        [
            ("request-target.octet", 5, 6),
            ("request-line.bare-lf", 15, 16),
            ("field-line.space-before-colon", 20, 21),
            ("field-line.obs-fold", 26, 27),
            ("field-name.octet", 31, 32),
            ("field-value.control", 34, 35),
            ("field-line.bare-lf", 44, 45),
            ("field-line.end-bare-lf", 45, 46),
            ("host.octet", 24, 27),
            ("host.repeated", 37, 41),
            ("host.userinfo", 43, 44),
        ]
    );
    assert_eq!(stream.messages.len(), 1);
    assert_eq!(stream.messages[0].fields[0].1, b"a b");
}

#[test]
fn the_rejection_is_the_first_finding() {
    let octets = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n";
    let strict = requests(octets);
    let findings = read_all_findings(Kind::Requests, octets, false, &[], &Limits::DEFAULT);
    assert_eq!(strict.then, Then::Reject(findings.faults[0]));
    assert_eq!(findings.faults[0].rule, Rule::ContentLengthSign);
}

#[test]
fn the_storage_of_one_head_holds_the_next() {
    let request = b"GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n";
    let mut reader = Reader::new(Kind::Requests, Limits::DEFAULT, Strict);
    let mut storage = None;
    for _ in 0..5 {
        let Ok((consumed, Event::Request(head))) = reader.read(request, false) else { panic!("no request") };
        assert_eq!(consumed, request.len());
        let here = (head.fields.as_ptr(), head.fields.capacity());
        assert_eq!(*storage.get_or_insert(here), here);
        reader.reuse(head.fields);
        assert_eq!(reader.read(b"", false), Ok((0, Event::Complete { trailers: Vec::new() })));
    }
}

#[test]
fn limits_may_be_as_large_or_as_small_as_they_like() {
    let octets = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;a\r\nx\r\n0\r\nA: b\r\n\r\n";
    let most = u32::MAX;
    let large = Limits {
        empty_lines: most,
        method: most,
        request_target: most,
        reason: most,
        field_name: most,
        field_value: most,
        field_count: most,
        head: most,
        content: u64::MAX,
        chunk_size_digits: most,
        chunk_ext: most,
        chunk_ext_total: most,
        trailer_section: most,
        trailer_count: most,
        interim_responses: most,
    };
    let none = Limits {
        empty_lines: 0,
        method: 0,
        request_target: 0,
        reason: 0,
        field_name: 0,
        field_value: 0,
        field_count: 0,
        head: 0,
        content: 0,
        chunk_size_digits: 0,
        chunk_ext: 0,
        chunk_ext_total: 0,
        trailer_section: 0,
        trailer_count: 0,
        interim_responses: 0,
    };
    for kind in [Kind::Requests, Kind::Responses] {
        for end in 0..octets.len() {
            read_all_findings(kind, &octets[..end], true, &[], &large);
            read_all_findings(kind, &octets[..end], true, &[], &none);
        }
    }
    assert_eq!(read_all_strict(Kind::Requests, octets, false, &[], &large).then, Then::Idle);
    let refused = read_all_strict(Kind::Requests, octets, false, &[], &none);
    assert!(matches!(refused.then, Then::Reject(fault) if fault.rule == Rule::LimitHead), "{refused:?}");
}
