//! Every rule is broken by some octets, by nothing else in them, and at an exact place.

mod common;

use common::table::{OF_THE_CONNECTION, OF_THE_SERVER, Row, rows};
use wiregauge_proto::message::{Fault, Kind, Then, read_all_findings, read_all_strict};
use wiregauge_proto::{Broken, Class, Findings, Limits, Rule, Span, Strict, field, head};

fn fault(row: &Row) -> Fault {
    Fault { rule: row.rule, at: row.span().in_stream(0) }
}

#[test]
fn strict_stops_at_exactly_that_rule_and_place() {
    for row in rows() {
        let octets = row.octets();
        let stream = read_all_strict(row.kind, &octets, row.ended, &[], &row.limits());
        assert_eq!(stream.then, Then::Reject(fault(&row)), "{}", octets.escape_ascii());
        assert_eq!(stream.faults, [fault(&row)]);
    }
}

#[test]
fn findings_notes_exactly_that_rule_and_place() {
    for row in rows() {
        let octets = row.octets();
        let stream = read_all_findings(row.kind, &octets, row.ended, &[], &row.limits());
        assert_eq!(stream.faults, [fault(&row)], "{}", octets.escape_ascii());
    }
}

#[test]
fn what_findings_reads_on_is_a_message() {
    let read_on = rows().iter().filter(|row| reads_on(row)).count();
    assert!(read_on > 60, "only {read_on} rows are read on");
}

fn reads_on(row: &Row) -> bool {
    let stream = read_all_findings(row.kind, &row.octets(), row.ended, &[], &row.limits());
    let lost = matches!(stream.then, Then::Reject(_));
    assert!(lost || stream.then == Then::More || stream.messages.len() == 1, "{}", row.octets().escape_ascii());
    !lost
}

#[test]
fn no_rule_is_left_out() {
    let rows = rows();
    let left: Vec<_> = Rule::ALL
        .iter()
        .filter(|rule| !rows.iter().any(|row| row.rule == **rule))
        .filter(|rule| !OF_THE_CONNECTION.contains(rule) && !OF_THE_SERVER.contains(rule))
        .collect();
    assert_eq!(left, [] as [&Rule; 0], "rules that no row breaks");
}

#[test]
fn an_unknown_expectation_is_for_the_server_to_refuse() {
    let octets = b"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue, magic\r\n\r\n";
    let at = Span::new(47, 52);
    assert_eq!(at.of(octets), b"magic");
    let broken = Broken { rule: Rule::ExpectUnsupported, at };
    let read = head::read_request(octets, &mut head::Progress::default(), &Limits::DEFAULT, &mut Strict);
    let Ok(head::Reading::Done(head)) = read else { panic!("{read:?}") };
    assert_eq!(field::expects_continue(&head, octets, &mut Strict), Err(broken));
    let mut findings = Findings::default();
    assert_eq!(field::expects_continue(&head, octets, &mut findings), Ok(true));
    assert_eq!(findings.found, [broken]);
    assert_eq!(read_all_strict(Kind::Requests, octets, false, &[], &Limits::DEFAULT).then, Then::Idle);
}

#[test]
fn ids_are_unique_and_statuses_fit_the_class() {
    for (at, rule) in Rule::ALL.iter().enumerate() {
        assert_eq!(Rule::from_id(rule.id()), Some(*rule));
        assert!(Rule::ALL[..at].iter().all(|other| other.id() != rule.id()));
        assert!(rule.sentence().ends_with('.'), "{rule}");
        assert!((400..=505).contains(&rule.status()), "{rule}");
        assert_eq!(rule.is_finding(), matches!(rule.class(), Class::Syntax | Class::Framing));
        let (rfc, section) = rule.section().split_once(':').expect("RFC and section");
        assert!(["9110", "9112"].contains(&rfc) && section.starts_with(|c: char| c.is_ascii_digit()), "{rule}");
    }
    assert!(Rule::ALL.len() >= 100);
}
