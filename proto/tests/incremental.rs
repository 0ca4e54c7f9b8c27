//! Where a stream was cut while it arrived changes nothing: the same events, the same fault at the same place.

mod common;

use common::generate::{Chance, message, mutate};
use common::observe::{Said, observe, reader};
use common::samples::SAMPLES;
use common::table::rows;
use wiregauge_proto::message::Kind;
use wiregauge_proto::{Broken, Limits, Rule, RuleSet, Span, Strict, Tolerant, Witness};

/// Notes places in the stream, as the findings of a whole stream do.
#[derive(Default)]
struct Noted {
    base: u64,
    found: Vec<(Rule, u64, u64)>,
}

impl Witness for Noted {
    fn broke(&mut self, rule: Rule, at: Span) -> Result<(), Broken> {
        let place = at.in_stream(self.base);
        self.found.push((rule, place.start, place.end));
        Ok(())
    }

    fn lost(&mut self, rule: Rule, at: Span) -> Broken {
        let _ = self.broke(rule, at);
        Broken { rule, at }
    }

    fn stands_at(&mut self, base: u64) {
        self.base = base;
    }
}

/// What three witnesses say about one delivery, and what the third noted.
type Delivery = (Vec<Said>, Vec<Said>, Vec<Said>, Vec<(Rule, u64, u64)>);

fn said(kind: Kind, octets: &[u8], cuts: &[usize], ended: bool, limits: Limits) -> Delivery {
    let cuts = || cuts.iter().copied();
    let everything: RuleSet = Rule::ALL.iter().copied().collect();
    let strict = observe(&mut reader(kind, limits, Strict), octets, cuts(), ended);
    let tolerant = observe(&mut reader(kind, limits, Tolerant(everything)), octets, cuts(), ended);
    let mut noting = reader(kind, limits, Noted::default());
    let findings = observe(&mut noting, octets, cuts(), ended);
    (strict, tolerant, findings, std::mem::take(&mut noting.witness_mut().found))
}

fn every_delivery(kind: Kind, octets: &[u8], ended: bool, limits: Limits) {
    let whole = said(kind, octets, &[], ended, limits);
    for cut in 0..octets.len() {
        assert_eq!(said(kind, octets, &[cut], ended, limits), whole, "cut at {cut}: {}", octets.escape_ascii());
    }
    let each: Vec<usize> = (1..octets.len()).collect();
    assert_eq!(said(kind, octets, &each, ended, limits), whole, "octet by octet: {}", octets.escape_ascii());
}

#[test]
fn of_right_messages() {
    for (kind, octets) in SAMPLES {
        let whole = said(*kind, octets, &[], true, Limits::DEFAULT);
        assert!(matches!(whole.0.last(), Some(Said::End | Said::Switched(_))), "{:?}", whole.0);
        assert_eq!(whole.3, []);
        every_delivery(*kind, octets, true, Limits::DEFAULT);
        every_delivery(*kind, octets, false, Limits::DEFAULT);
    }
}

#[test]
fn of_every_rule() {
    for row in rows() {
        every_delivery(row.kind, &row.octets(), row.ended, row.limits());
        every_delivery(row.kind, &row.octets(), true, row.limits());
    }
}

#[test]
fn of_every_prefix_and_every_change_of_an_octet() {
    let hostile = b"\r\n\0 \t:;,=\"\\/@[0x%+";
    for (kind, octets) in SAMPLES {
        for at in 0..octets.len() {
            let mut changed = octets.to_vec();
            changed[at] = hostile[at % hostile.len()];
            let whole = said(*kind, &changed, &[], true, Limits::DEFAULT);
            let each: Vec<usize> = (1..changed.len()).collect();
            let text = changed.escape_ascii();
            assert_eq!(said(*kind, &changed, &each, true, Limits::DEFAULT), whole, "octet by octet: {text}");
            for cut in [at.saturating_sub(1), at, at + 1] {
                assert_eq!(said(*kind, &changed, &[cut], true, Limits::DEFAULT), whole, "cut at {cut}: {text}");
            }
        }
    }
}

#[test]
fn of_generated_messages_that_went_wrong() {
    let mut chance = Chance::new(5);
    // Small enough to be met, large enough to let something through.
    let small = Limits {
        request_target: 10,
        field_name: 14,
        field_value: 14,
        field_count: 4,
        head: 120,
        chunk_ext: 8,
        trailer_section: 20,
        ..Limits::DEFAULT
    };
    for _ in 0..6_000 {
        let kind = if chance.one_in(2) { Kind::Requests } else { Kind::Responses };
        let mut octets = message(&mut chance, kind);
        octets.extend(message(&mut chance, kind));
        if !chance.one_in(4) {
            mutate(&mut chance, &mut octets);
        }
        let limits = if chance.one_in(2) { small } else { Limits::DEFAULT };
        let ended = chance.one_in(2);
        let whole = said(kind, &octets, &[], ended, limits);
        let mut cuts: Vec<usize> = (0..chance.below(6)).map(|_| chance.below(octets.len() + 1)).collect();
        cuts.sort_unstable();
        assert_eq!(said(kind, &octets, &cuts, ended, limits), whole, "cut at {cuts:?}: {}", octets.escape_ascii());
        let each: Vec<usize> = (1..octets.len()).collect();
        assert_eq!(said(kind, &octets, &each, ended, limits), whole, "octet by octet: {}", octets.escape_ascii());
    }
}

#[test]
fn a_fault_is_told_as_soon_as_its_line_is_complete() {
    let octets = b"GET / HTTP/1.1\r\nHost : a\r\n";
    let mut strict = reader(Kind::Requests, Limits::DEFAULT, Strict);
    assert!(matches!(observe(&mut strict, octets, [], false)[..], [Said::Fault(fault)] if fault.at.start == 20));
}
