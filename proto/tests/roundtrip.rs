//! What is written reads back as the same, and what would not is refused.

mod common;

use common::generate::Chance;
use wiregauge_proto::body::{Answered, BodyLength, EncodeError, Encoder};
use wiregauge_proto::head::Version;
use wiregauge_proto::message::{HeadWriter, Kind, Message, Then, WriteError, read_all_findings, read_all_strict};
use wiregauge_proto::{Limits, Rule};

type Fields = Vec<(Vec<u8>, Vec<u8>)>;

fn read_back(kind: Kind, octets: &[u8]) -> Message {
    let mut stream = read_all_strict(kind, octets, true, &[], &Limits::DEFAULT);
    assert_eq!(stream.then, Then::End, "{}", octets.escape_ascii());
    assert_eq!(stream.messages.len(), 1, "{}", octets.escape_ascii());
    stream.messages.remove(0)
}

/// Octets of every kind, the dangerous ones more often.
fn octets(chance: &mut Chance, most: usize) -> Vec<u8> {
    let dangerous = b"\r\n\0 \t:;,\"\x7f\x80";
    (0..chance.below(most + 1))
        .map(|_| match chance.below(12) {
            0 => dangerous[chance.below(dangerous.len())],
            1 => chance.next() as u8,
            _ => b'a' + chance.below(26) as u8,
        })
        .collect()
}

fn fields(chance: &mut Chance) -> Fields {
    (0..chance.below(4)).map(|_| (octets(chance, 6), octets(chance, 8))).collect()
}

#[test]
fn requests_read_back_or_are_refused() {
    let mut chance = Chance::new(2);
    let mut writer = HeadWriter::default();
    let (mut written, mut refused) = (0, 0);
    for _ in 0..40_000 {
        let method = if chance.one_in(4) { octets(&mut chance, 6) } else { b"POST".to_vec() };
        let mut target = b"/".to_vec();
        target.extend(octets(&mut chance, 3));
        let mut sent = fields(&mut chance);
        sent.push((b"Host".to_vec(), if chance.one_in(4) { octets(&mut chance, 4) } else { b"a".to_vec() }));
        let content = octets(&mut chance, 20);
        match chance.below(3) {
            0 => sent.push((b"Content-Length".to_vec(), content.len().to_string().into_bytes())),
            1 => sent.push((b"Transfer-Encoding".to_vec(), b"chunked".to_vec())),
            _ => {}
        }
        let mut out = b"before".to_vec();
        match writer.request(&mut out, &method, &target, Version::HTTP_11, sent.iter().map(|(n, v)| (n, v))) {
            Err(_) => {
                assert_eq!(out, b"before");
                refused += 1;
            }
            Ok(decision) => {
                let none = decision.length == BodyLength::None;
                let content = if none { &[][..] } else { &content };
                let mut encoder = Encoder::new(decision.length);
                let middle = chance.below(content.len() + 1);
                encoder.write(&mut out, &content[..middle]).expect("as announced");
                encoder.write(&mut out, &content[middle..]).expect("as announced");
                encoder.finish(&mut out, [] as [(&str, &str); 0]).expect("as announced");
                let message = read_back(Kind::Requests, &out[6..]);
                assert_eq!((message.method, message.target), (method, target));
                assert_eq!((message.fields, &message.content[..]), (sent, content));
                written += 1;
            }
        }
    }
    assert!(written > 5_000 && refused > 5_000, "{written} written, {refused} refused");
}

#[test]
fn responses_read_back_or_are_refused() {
    let mut chance = Chance::new(3);
    let mut writer = HeadWriter::default();
    let (mut written, mut refused) = (0, 0);
    for _ in 0..40_000 {
        let status = [200, 204, 304, 404, 599, 600, 99, 0][chance.below(8)];
        let reason = octets(&mut chance, 5);
        let mut sent = fields(&mut chance);
        let content = octets(&mut chance, 20);
        match chance.below(3) {
            0 => sent.push((b"Content-Length".to_vec(), content.len().to_string().into_bytes())),
            1 => sent.push((b"Transfer-Encoding".to_vec(), b"gzip, chunked".to_vec())),
            _ => {}
        }
        let trailers: Fields = if chance.one_in(2) { fields(&mut chance) } else { Vec::new() };
        let mut out = Vec::new();
        let answered = Answered::Other;
        match writer.response(&mut out, answered, Version::HTTP_11, status, &reason, sent.iter().map(|(n, v)| (n, v))) {
            Err(_) => {
                assert!(out.is_empty());
                refused += 1;
            }
            Ok(decision) => {
                let content = if decision.length == BodyLength::None { &[][..] } else { &content };
                let mut encoder = Encoder::new(decision.length);
                encoder.write(&mut out, content).expect("as announced");
                let finished = encoder.finish(&mut out, trailers.iter().map(|(n, v)| (n, v)));
                let trailers = match finished {
                    Ok(()) => trailers,
                    Err(_) => {
                        encoder.finish(&mut out, [] as [(&str, &str); 0]).expect("without trailers");
                        Vec::new()
                    }
                };
                let message = read_back(Kind::Responses, &out);
                assert_eq!((message.status, message.reason), (status, reason));
                assert_eq!((message.fields, &message.content[..], message.trailers), (sent, content, trailers));
                written += 1;
            }
        }
    }
    assert!(written > 5_000 && refused > 5_000, "{written} written, {refused} refused");
}

#[track_caller]
fn refused(method: &str, target: &str, version: Version, fields: &[(&str, &str)], error: WriteError) {
    let mut out = Vec::new();
    let written =
        HeadWriter::default().request(&mut out, method.as_bytes(), target.as_bytes(), version, fields.iter().copied());
    assert_eq!(written, Err(error));
    assert!(out.is_empty());
}

#[test]
fn injections_are_refused() {
    let host = ("Host", "a");
    let v = Version::HTTP_11;
    let rule = WriteError::Rule;
    refused("GET / HTTP/1.1\r\nX:", "/", v, &[host], rule(Rule::RequestLineMethodOctet));
    refused("", "/", v, &[host], rule(Rule::RequestLineMethodMissing));
    refused("GET", "", v, &[host], rule(Rule::RequestLineTargetMissing));
    refused("GET", "/ HTTP/1.1\r\nX: ", v, &[host], rule(Rule::RequestTargetSpace));
    refused("GET", "/\r\n", v, &[host], rule(Rule::RequestLineBareCr));
    refused("GET", "*", v, &[host], rule(Rule::RequestTargetAsteriskMethod));
    refused("CONNECT", "/", v, &[host], rule(Rule::RequestTargetConnectForm));
    refused("GET", "/", Version { major: 2, minor: 0 }, &[host], rule(Rule::HttpVersionMajorUnsupported));
    refused("GET", "/", Version { major: 1, minor: 10 }, &[host], rule(Rule::HttpVersionDigits));
    refused("GET", "/", v, &[host, ("X\r\nY", "z")], rule(Rule::FieldNameOctet));
    refused("GET", "/", v, &[host, ("X: y\r\nZ", "z")], rule(Rule::FieldNameOctet));
    refused("GET", "/", v, &[host, ("", "z")], rule(Rule::FieldNameEmpty));
    refused("GET", "/", v, &[host, ("X", "y\r\nZ: z")], rule(Rule::FieldValueBareCr));
    refused("GET", "/", v, &[host, ("X", "y\n z")], rule(Rule::FieldLineBareLf));
    refused("GET", "/", v, &[host, ("X", "y\0")], rule(Rule::FieldValueNul));
    refused("GET", "/", v, &[host, ("X", "\x7f")], rule(Rule::FieldValueControl));
    refused("GET", "/", v, &[host, ("X", " y")], WriteError::BlankAround);
    refused("GET", "/", v, &[], rule(Rule::HostMissing));
    refused("GET", "/", v, &[host, host], rule(Rule::HostRepeated));
    refused("GET", "/", v, &[("Host", "a/b")], rule(Rule::HostOctet));
    refused("GET", "/", v, &[host, ("content-length", "0x1")], rule(Rule::ContentLengthOctet));
    refused(
        "GET",
        "/",
        v,
        &[host, ("Content-Length", "1"), ("Content-length", "1")],
        rule(Rule::ContentLengthLinesRepeated),
    );
    refused("GET", "/", v, &[host, ("Transfer-Encoding", "gzip")], rule(Rule::TransferEncodingChunkedNotLast));
    refused(
        "GET",
        "/",
        v,
        &[host, ("Content-Length", "1"), ("Transfer-Encoding", "chunked")],
        rule(Rule::TransferEncodingWithContentLength),
    );
    refused(
        "GET",
        "/",
        Version::HTTP_10,
        &[host, ("Transfer-Encoding", "chunked")],
        rule(Rule::TransferEncodingOldVersion),
    );
}

#[test]
fn responses_that_have_no_body_announce_none() {
    let refusal = |answered, status, fields: &[(&str, &str)]| {
        let mut out = Vec::new();
        let mut writer = HeadWriter::default();
        writer.response(&mut out, answered, Version::HTTP_11, status, b"", fields.iter().copied()).err()
    };
    let length = &[("Content-Length", "5")];
    let coding = &[("Transfer-Encoding", "chunked")];
    for status in [100, 101, 204] {
        assert_eq!(refusal(Answered::Other, status, length), Some(WriteError::LengthNotAllowed));
        assert_eq!(refusal(Answered::Other, status, coding), Some(WriteError::LengthNotAllowed));
    }
    assert_eq!(refusal(Answered::Connect, 200, length), Some(WriteError::LengthNotAllowed));
    assert_eq!(refusal(Answered::Connect, 404, length), None);
    assert_eq!(refusal(Answered::Head, 200, length), None);
    assert_eq!(refusal(Answered::Other, 304, coding), None);
    let bad = &[("Content-Length", "5"), ("Transfer-Encoding", "chunked")];
    let both = WriteError::Rule(Rule::TransferEncodingWithContentLength);
    assert_eq!(refusal(Answered::Head, 200, bad), Some(both));
    assert_eq!(refusal(Answered::Other, 304, bad), Some(both));
}

#[test]
fn a_body_has_the_length_that_was_announced() {
    let none = [] as [(&str, &str); 0];
    let mut out = Vec::new();
    let mut encoder = Encoder::new(BodyLength::Fixed(3));
    assert_eq!(encoder.write(&mut out, b"abcd"), Err(EncodeError::TooMuch(1)));
    assert_eq!(encoder.write(&mut out, b"ab"), Ok(()));
    assert_eq!(encoder.finish(&mut out, none), Err(EncodeError::TooLittle(1)));
    assert_eq!(encoder.finish(&mut out, none), Err(EncodeError::TooLittle(1)));
    assert_eq!((encoder.left(), encoder.write(&mut out, b"c")), (Some(1), Ok(())));
    assert_eq!(encoder.finish(&mut out, [("A", "b")]), Err(EncodeError::NoTrailers));
    assert_eq!(encoder.finish(&mut out, none), Ok(()));
    assert_eq!(encoder.finish(&mut out, none), Err(EncodeError::Finished));
    assert_eq!(encoder.write(&mut out, b""), Err(EncodeError::Finished));
    assert_eq!(out, b"abc");
    assert_eq!(Encoder::new(BodyLength::None).write(&mut out, b"a"), Err(EncodeError::TooMuch(1)));
}

#[test]
fn chunks_have_their_sizes_and_trailers_their_place() {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(BodyLength::Chunked);
    encoder.write(&mut out, b"").expect("nothing");
    encoder.write(&mut out, &[b'a'; 0x1f]).expect("a chunk");
    assert!(out.starts_with(b"1f\r\naaa") && out.ends_with(b"a\r\n"));
    let before = out.clone();
    for name in ["Content-Length", "transfer-encoding", "HOST", "Connection"] {
        assert_eq!(encoder.finish(&mut out, [("A", "b"), (name, "5")]), Err(EncodeError::NotATrailer));
    }
    let bad = EncodeError::Rule(Rule::FieldValueBareCr);
    assert_eq!(encoder.finish(&mut out, [("A", "b\r\n\r\nGET / HTTP/1.1")]), Err(bad));
    assert_eq!(out, before, "a refused trailer leaves nothing behind");
    encoder.finish(&mut out, [("A", "b")]).expect("a trailer");
    assert!(out.ends_with(b"0\r\nA: b\r\n\r\n"));
}

#[test]
fn strict_accepts_exactly_what_findings_has_nothing_to_say_about() {
    let mut chance = Chance::new(4);
    for turn in 0..60_000 {
        let kind = if turn % 2 == 0 { Kind::Requests } else { Kind::Responses };
        let mut octets = common::generate::message(&mut chance, kind);
        if chance.one_in(2) {
            common::generate::mutate(&mut chance, &mut octets);
        }
        let ended = chance.one_in(2);
        let strict = read_all_strict(kind, &octets, ended, &[], &Limits::DEFAULT);
        let findings = read_all_findings(kind, &octets, ended, &[], &Limits::DEFAULT);
        // The rejection is the first of the findings; without one, the two read the same.
        assert_eq!(strict.faults.first(), findings.faults.first(), "{}", octets.escape_ascii());
        if strict.faults.is_empty() {
            assert_eq!(strict, findings);
        }
    }
}
