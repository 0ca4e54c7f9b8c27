//! Leniency is a set of rules: a tolerant reader goes on at those, and stops at all others.

mod common;

use common::table::rows;
use wiregauge_proto::message::{Kind, Then, read_all_findings, read_all_strict, read_all_tolerant};
use wiregauge_proto::{Limits, Rule, RuleSet};

fn all_but(rule: Rule) -> RuleSet {
    Rule::ALL.iter().copied().filter(|other| *other != rule).collect()
}

#[test]
fn tolerating_every_other_rule_tolerates_nothing_of_this_one() {
    for row in rows() {
        let (octets, limits) = (row.octets(), row.limits());
        let tolerant = read_all_tolerant(row.kind, &octets, row.ended, &[], &limits, all_but(row.rule));
        assert_eq!(tolerant, read_all_strict(row.kind, &octets, row.ended, &[], &limits), "{}", octets.escape_ascii());
    }
}

#[test]
fn tolerating_the_rule_reads_what_findings_reads() {
    for row in rows() {
        let (octets, limits) = (row.octets(), row.limits());
        let findings = read_all_findings(row.kind, &octets, row.ended, &[], &limits);
        let tolerant = read_all_tolerant(row.kind, &octets, row.ended, &[], &limits, RuleSet::NONE.with(row.rule));
        assert_eq!(
            (tolerant.messages, tolerant.partial, tolerant.then),
            (findings.messages, findings.partial, findings.then),
            "{}",
            octets.escape_ascii()
        );
    }
}

/// What one tolerated rule makes of a request: its fields and content.
fn read(octets: &[u8], rules: &[Rule]) -> (Vec<(String, String)>, String, bool) {
    let tolerated = rules.iter().copied().collect();
    let stream = read_all_tolerant(Kind::Requests, octets, false, &[], &Limits::DEFAULT, tolerated);
    assert_eq!((&stream.then, stream.messages.len()), (&Then::Idle, 1), "{stream:?}");
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    let message = &stream.messages[0];
    let fields = message.fields.iter().map(|(name, value)| (text(name), text(value))).collect();
    (fields, text(&message.content), message.keep_alive)
}

fn pairs(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

#[test]
fn line_ends_and_folds_are_read_as_the_rfc_says() {
    let (fields, ..) = read(
        b"GET / HTTP/1.1\nHost: a\nB: c \n\t d\n\n",
        &[Rule::RequestLineBareLf, Rule::FieldLineBareLf, Rule::FieldLineEndBareLf, Rule::FieldLineObsFold],
    );
    assert_eq!(fields, pairs(&[("Host", "a"), ("B", "c d")]));
    let (fields, ..) =
        read(b"GET / HTTP/1.1\r\nHost: a\r\nB: c\rd\0e\r\n\r\n", &[Rule::FieldValueBareCr, Rule::FieldValueNul]);
    assert_eq!(fields, pairs(&[("Host", "a"), ("B", "c d e")]));
    let (fields, ..) =
        read(b"GET / HTTP/1.1\r\n \tHost: b\r\n Host: c\r\nHost: a\r\n\r\n", &[Rule::FieldLineBlankBeforeFirst]);
    assert_eq!(fields, pairs(&[("Host", "a")]));
}

#[test]
fn both_lengths_are_framed_by_the_chunks_and_end_the_connection() {
    let octets =
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n";
    let (_, content, keep_alive) = read(octets, &[Rule::TransferEncodingWithContentLength]);
    assert_eq!((&content[..], keep_alive), ("x", false));
    let octets = b"POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    let (_, content, keep_alive) = read(octets, &[Rule::TransferEncodingOldVersion]);
    assert_eq!((&content[..], keep_alive), ("", false));
}

#[test]
fn the_same_length_again_is_one_length() {
    let octets = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 01\r\nContent-Length: 1\r\n\r\nx";
    let (_, content, _) = read(octets, &[Rule::ContentLengthListRepeated, Rule::ContentLengthLinesRepeated]);
    assert_eq!(content, "x");
}
