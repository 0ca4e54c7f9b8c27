//! Two parsers that share nothing agree on what is a message and what is not.

mod common;

use common::generate::{Chance, message, mutate};
use common::naive;
use common::samples::SAMPLES;
use common::table::rows;
use wiregauge_proto::message::{Kind, Stream, Then, read_all_strict};
use wiregauge_proto::{Class, Limits, Rule};

fn strict(kind: Kind, octets: &[u8]) -> Stream {
    read_all_strict(kind, octets, true, &[], &Limits::DEFAULT)
}

fn accepted(stream: &Stream) -> bool {
    matches!(stream.then, Then::End | Then::Switched { .. })
}

#[track_caller]
fn agree(kind: Kind, octets: &[u8]) -> Stream {
    let stream = strict(kind, octets);
    assert_eq!(
        naive::accepts(kind, octets),
        accepted(&stream),
        "the naive parser on the left, the strict one on the right ({:?}): {}",
        stream.then,
        octets.escape_ascii()
    );
    stream
}

#[test]
fn they_agree_on_the_samples_and_on_every_rule() {
    for (kind, octets) in SAMPLES {
        assert!(accepted(&agree(*kind, octets)));
    }
    for row in rows().iter().filter(|row| row.rule.class() != Class::Limit) {
        agree(row.kind, &row.octets());
    }
}

#[test]
fn they_agree_on_generated_and_mutated_messages() {
    const MESSAGES: usize = 120_000;
    let mut chance = Chance::new(1);
    let (mut accept, mut reject, mut rules) = (0usize, 0usize, std::collections::BTreeSet::new());
    let mut accepted_mutants = 0usize;
    for turn in 0..MESSAGES {
        let kind = if turn % 5 < 3 { Kind::Requests } else { Kind::Responses };
        let mut octets = message(&mut chance, kind);
        if chance.one_in(6) {
            octets.extend(message(&mut chance, kind));
        }
        let mutated = chance.below(20) < 13;
        if mutated {
            mutate(&mut chance, &mut octets);
        }
        let stream = agree(kind, &octets);
        if accepted(&stream) {
            accept += 1;
            accepted_mutants += usize::from(mutated);
        } else {
            assert!(mutated, "a right message is rejected: {}", octets.escape_ascii());
            reject += 1;
        }
        rules.extend(stream.faults.iter().map(|fault| fault.rule));
    }
    println!(
        "{MESSAGES} messages: {:.1} % accepted ({accepted_mutants} of those mutated), {:.1} % rejected, by {} of {} rules",
        100.0 * accept as f64 / MESSAGES as f64,
        100.0 * reject as f64 / MESSAGES as f64,
        rules.len(),
        Rule::ALL.len(),
    );
    assert!(accept * 10 >= MESSAGES * 3 && reject * 10 >= MESSAGES * 3);
    assert!(rules.len() >= 70, "{} rules only", rules.len());
}
