//! A small report with one result of every sort, for the tests of the writers.

use std::collections::BTreeMap;

use crate::corpus::model::{
    Bindings, Body, Case, Corpus, Keyword, Kind, Means, MessageCase, Observability, Piece, Rejection, Requirement,
    Role, Source, ThenConnection, Verdict, WireText,
};
use crate::judge::result::{CaseResult, ControlState, Finding, Part, Report, Sender, SubjectFacts, Tool};
use crate::transcript::{Clocks, Delivery, Event, Octets, Purpose, Transcript, Variant, Waited, What};

pub(super) const SENT: &[u8] = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nX-Probe: a\0b\r\n\r\n";

/// `field-value/nul/middle-of-value`, which a subject took.
pub(super) fn failing_case() -> CaseResult {
    let finding = |delivery| {
        Finding {
        part: Part::Message,
        requirement: Some("9110-5.5-4".into()),
        level: Some(Keyword::MUST),
        verdict: Verdict::Fail,
        delivery,
        connection: "c1".into(),
        direction: Sender::Us,
        at: [48, 49],
        because: "expected a rejection with 400, or the message without the NUL; it was answered 200 and the echo has the NUL".into(),
    }
    };
    CaseResult {
        id: "field-value/nul/middle-of-value".into(),
        role: Role::Server,
        kind: Kind::Conformance,
        level: Some(Keyword::MUST),
        requirements: vec!["9110-5.5-4".into()],
        verdict: Verdict::Fail,
        outcome: Some("passed-on".into()),
        control: ControlState::Accepted,
        wall_ms: 12,
        deliveries: [Delivery::Whole, Delivery::Cut].map(|delivery| (delivery, Verdict::Fail)).into(),
        findings: vec![finding(Delivery::Whole), finding(Delivery::Cut)],
        known: None,
        transcripts: vec![transcript(
            "field-value/nul/middle-of-value",
            SENT,
            b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        )],
    }
}

fn transcript(case: &str, sent: &[u8], received: &[u8]) -> Transcript {
    let event = |at_us, what| Event { at_us, on: "c1".into(), what };
    Transcript {
        format: 1,
        case: case.into(),
        role: Role::Server,
        delivery: Delivery::Whole,
        variant: Variant::Plain,
        bindings: Bindings::default(),
        level: Observability::Echo,
        can: vec![],
        lacks: vec![],
        clocks: Clocks { patience_ms: 5000, quiet_ms: 100, total_ms: 30000 },
        alone: true,
        fault: Some(48),
        events: vec![
            event(40, What::Connected),
            event(
                90,
                What::Sent { purpose: Purpose::Message, octets: Octets(sent.to_vec()), methods: vec!["GET".into()] },
            ),
            event(1204, What::Received { octets: Octets(received.to_vec()) }),
            event(1210, What::Waited { on: "a final response".into(), waited: Waited::Complete }),
        ],
    }
}

fn other(id: &str, kind: Kind, level: Keyword, verdict: Verdict, because: &str) -> CaseResult {
    let finding = Finding {
        part: if id.starts_with("courtesy/") { Part::Courtesy } else { Part::Message },
        requirement: None,
        level: Some(level),
        verdict,
        delivery: Delivery::Whole,
        connection: "c1".into(),
        direction: Sender::Subject,
        at: [0, 0],
        because: because.into(),
    };
    CaseResult {
        id: id.into(),
        level: Some(level),
        kind,
        verdict,
        requirements: vec![],
        outcome: None,
        control: ControlState::None,
        deliveries: BTreeMap::from([(Delivery::Whole, verdict)]),
        findings: if because.is_empty() { vec![] } else { vec![finding] },
        transcripts: vec![],
        ..failing_case()
    }
}

/// One result of every sort.
pub(super) fn report() -> Report {
    use Kind::{Conformance, Hardening, Survey};
    let mut survey = other("line-end/bare-lf/in-head", Survey, Keyword::MAY, Verdict::Pass, "");
    survey.outcome = Some("taken".into());
    let cases = vec![
        other("host/present/control", Conformance, Keyword::MUST, Verdict::Pass, ""),
        failing_case(),
        other("chunked/size/sign", Hardening, Keyword::GRAMMAR, Verdict::Pass, ""),
        other(
            "incomplete/head/half-a-name",
            Conformance,
            Keyword::MUST,
            Verdict::Inconclusive,
            "played again alone it came out differently",
        ),
        other("trailer/merged/host", Conformance, Keyword::MUST, Verdict::NotApplicable, "needs level echo"),
        other(
            "limits/request-line/8000-octets",
            Conformance,
            Keyword::SHOULD,
            Verdict::Warn,
            "a request-line of 8000 octets was answered 414",
        ),
        survey,
        other(
            "courtesy/date-present",
            Conformance,
            Keyword::MUST,
            Verdict::Warn,
            "3 of 40 responses had no Date, first in host/present/control",
        ),
    ];
    let mut summary: BTreeMap<Kind, BTreeMap<Verdict, usize>> = BTreeMap::new();
    for case in &cases {
        *summary.entry(case.kind).or_default().entry(case.verdict).or_default() += 1;
    }
    Report {
        format: 1,
        tool: Tool { name: "wiregauge".into(), version: "0.1.0".into() },
        subject: SubjectFacts {
            name: "sample".into(),
            address: "127.0.0.1:8080".into(),
            observability: Observability::Echo,
            can: vec!["upgrade".into()],
            jobs: 8,
            quiet_ms: 100,
            patience_ms: 5000,
            distinguishes: true,
            headline: None,
        },
        verdict: Verdict::Fail,
        summary,
        cases,
        interrupted: false,
        wall_ms: 2345,
    }
}

/// The case behind [`failing_case`], and its requirement.
pub(super) fn corpus() -> Corpus {
    let wire =
        WireText { pieces: vec![Piece::Octets(SENT[..48].to_vec()), Piece::Fault, Piece::Octets(SENT[48..].to_vec())] };
    let reject = Rejection { statuses: vec![400], then: ThenConnection::Any, silent_close: Verdict::Pass };
    let case = Case {
        id: "field-value/nul/middle-of-value".into(),
        title: "A NUL in a field value leads to rejection, or reaches nobody as a NUL".into(),
        note: "C strings end at a NUL: what follows it is seen by some and not by others.".into(),
        kind: Kind::Conformance,
        rule: Some("field-value.nul".into()),
        roles: vec![Role::Server],
        tags: vec![],
        needs: vec![],
        requirements: vec!["9110-5.5-4".into()],
        control: Some("field-value/nul/control".into()),
        body: Body::Message(Box::new(MessageCase {
            direction: Default::default(),
            wire,
            rest: None,
            means: Means { reject: Some(reject), ..Means::default() },
            said: vec![],
            pause: None,
            request_methods: vec![],
        })),
        outcomes: vec![],
        source: Source::default(),
    };
    let requirement = Requirement {
        id: "9110-5.5-4".into(),
        section: "5.5".into(),
        level: Keyword::MUST,
        roles: vec!["server".into()],
        testable: "wire".into(),
        priority: "A".into(),
        sentence: Some("A field value with CR, LF or NUL is rejected, or each of them is replaced by a space.".into()),
    };
    Corpus { cases: vec![case], requirements: BTreeMap::from([("9110-5.5-4".into(), requirement)]) }
}
