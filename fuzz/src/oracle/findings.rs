//! The judge's eye and the strict reader see the same.

use wiregauge_proto::message::{Kind, Stream, Then, read_all_findings, read_all_strict};
use wiregauge_proto::{Limits, Rule};

use super::shown;

/// Strict accepts exactly what has no finding of syntax or framing; the first finding is what strict ends with; without findings
/// both read the same messages.
pub fn findings_agree(octets: &[u8]) {
    for kind in [Kind::Requests, Kind::Responses] {
        for ended in [false, true] {
            let strict = read_all_strict(kind, octets, ended, &[], &Limits::DEFAULT);
            let found = read_all_findings(kind, octets, ended, &[], &Limits::DEFAULT);
            match strict.then {
                Then::Reject(fault) => {
                    let first = found.faults.first().unwrap_or_else(|| panic!("{fault:?} unseen: {}", shown(octets)));
                    assert_eq!(fault, *first, "strict ends with the first finding: {}", shown(octets));
                }
                _ => {
                    assert!(found.faults.is_empty(), "{:?} in what strict takes: {}", found.faults, shown(octets));
                    assert_eq!(strict, found, "{}", shown(octets));
                }
            }
            places_are_inside(&found, octets);
            let grammar = found.faults.iter().map(|f| f.rule).any(Rule::is_finding);
            let rejected = matches!(strict.then, Then::Reject(fault) if fault.rule.is_finding());
            assert!(!rejected || grammar);
        }
    }
}

fn places_are_inside(stream: &Stream, octets: &[u8]) {
    let length = octets.len() as u64;
    for fault in &stream.faults {
        assert!(fault.at.start <= fault.at.end && fault.at.end <= length, "{fault:?} in {}", shown(octets));
    }
    for message in stream.messages.iter().chain(&stream.partial) {
        assert!(message.at.start <= message.body_at && message.body_at <= message.at.end && message.at.end <= length);
    }
}
