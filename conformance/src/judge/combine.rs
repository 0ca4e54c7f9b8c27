//! All playings of a case -> its result, and one more where deliveries disagree.

use std::collections::BTreeMap;

use super::judgement::{Control, Judgement, Understood};
use super::result::{CaseResult, ControlState, Finding, Part, Sender};
use crate::corpus::model::{Body, Case, Keyword, Kind, Requirement, Role, Verdict};
use crate::transcript::{Delivery, Variant};

/// The result of a case: the worst of its judgements. A second result, `<case>#delivery` of kind hardening, follows where all
/// deliveries are allowed but disagree on accepted or rejected, on the number of messages, or on what was understood.
///
/// - No judgements (nothing to play): not applicable.
/// - A rejection counts only against an accepted control, and so does whatever a script shows; a rejection with an unlisted status
///   that the control got too says nothing. For a case without a control, pass the run's base control.
/// - What a subject takes that does not distinguish blatant faults is inconclusive.
pub fn combine(
    case: &Case,
    role: Role,
    judgements: &[Judgement],
    control: &Control,
    distinguishes: bool,
    requirements: &BTreeMap<String, Requirement>,
) -> Vec<CaseResult> {
    let judgements: Vec<Judgement> =
        judgements.iter().map(|judgement| doubted(case, judgement, control, distinguishes)).collect();
    let worst = judgements.iter().fold(None, |worst: Option<&Judgement>, own| match worst {
        Some(worst) if worst.verdict() >= own.verdict() => Some(worst),
        _ => Some(own),
    });
    let mut deliveries = BTreeMap::new();
    for judgement in &judgements {
        let verdict = deliveries.entry(judgement.delivery).or_insert(Verdict::NotApplicable);
        *verdict = judgement.verdict().max(*verdict);
    }
    let mut findings: Vec<Finding> =
        judgements.iter().flat_map(|judgement| judgement.findings.iter().cloned()).collect();
    findings.extend(noted(&judgements));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.verdict));
    let verdict = worst.map_or(Verdict::NotApplicable, Judgement::verdict);
    let decided = findings.iter().find(|finding| finding.verdict == verdict).and_then(|finding| finding.level);
    let result = CaseResult {
        id: case.id.clone(),
        role,
        kind: if judgements.iter().any(Judgement::died) { counted(case.kind) } else { case.kind },
        level: decided.or_else(|| strongest(&case.requirements, requirements)),
        requirements: case.requirements.clone(),
        verdict,
        outcome: worst.and_then(|judgement| judgement.outcome.clone()),
        control: control.state,
        wall_ms: judgements.iter().map(|judgement| judgement.wall_us / 1000).sum(),
        deliveries,
        findings,
        known: None,
        transcripts: Vec::new(),
    };
    let disagreement = disagreement(case, &judgements, &result, requirements);
    std::iter::once(result).chain(disagreement).collect()
}

/// The kind under which the death of a subject is counted: nothing fails as a survey.
fn counted(kind: Kind) -> Kind {
    match kind {
        Kind::Survey => Kind::Hardening,
        kind => kind,
    }
}

/// A judgement after the two doubts: the control, and a subject that takes everything.
fn doubted(case: &Case, judgement: &Judgement, control: &Control, distinguishes: bool) -> Judgement {
    let mut judgement = judgement.clone();
    if !matches!(judgement.verdict(), Verdict::Pass | Verdict::Warn) || case.kind == Kind::Survey {
        return judgement;
    }
    let held_against = matches!(&case.body, Body::Script(_)) || judgement.understood == Understood::Rejected;
    let unlisted = matches!(judgement.outcome.as_deref(), Some("rejected-otherwise" | "server-error"));
    let doubt = match (&judgement.understood, control.state) {
        (Understood::Accepted { .. } | Understood::Incomplete, _) if !distinguishes => {
            Some("the subject takes blatant faults too: that it takes this says nothing".to_owned())
        }
        (_, ControlState::Refused) if held_against => {
            Some("its control, which is well-formed, was not accepted either: this says nothing".to_owned())
        }
        (_, ControlState::Missing) if held_against => Some("its control was not played: this says nothing".to_owned()),
        (Understood::Rejected, _) if unlisted => {
            judgement.statuses.last().filter(|status| control.statuses.contains(status)).map(|status| {
                format!("its control, which is well-formed, was answered {status} too: this says nothing")
            })
        }
        _ => None,
    };
    if let Some(because) = doubt {
        judgement.message = Verdict::Inconclusive;
        judgement.findings.insert(0, plain(&judgement, Part::Message, Verdict::Inconclusive, because));
    }
    judgement
}

/// Deliveries of an allowed case that were understood differently.
fn disagreement(
    case: &Case,
    judgements: &[Judgement],
    result: &CaseResult,
    requirements: &BTreeMap<String, Requirement>,
) -> Option<CaseResult> {
    if case.kind == Kind::Survey || case.tags.iter().any(|tag| tag == "limit") {
        return None;
    }
    let comparable: Vec<&Judgement> = comparable(judgements).collect();
    if !judgements.iter().all(|judgement| judgement.verdict() <= Verdict::Warn) {
        return None;
    }
    let first = comparable.first()?;
    let other = comparable.iter().find(|own| !agree(&first.understood, &own.understood))?;
    let because = format!(
        "delivered {} it was {}, delivered {} it was {}",
        word(first.delivery),
        in_words(&first.understood),
        word(other.delivery),
        in_words(&other.understood)
    );
    let requirement = case.requirements.first().cloned();
    let level = requirement.as_deref().and_then(|id| requirements.get(id)).map(|requirement| requirement.level);
    let finding = plain(other, Part::Delivery, Verdict::Fail, because);
    Some(CaseResult {
        id: format!("{}#delivery", case.id),
        kind: Kind::Hardening,
        level,
        verdict: Verdict::Fail,
        outcome: Some("deliveries-disagree".to_owned()),
        wall_ms: 0,
        findings: vec![Finding { requirement, level, ..finding }],
        ..result.clone()
    })
}

/// Judgements whose understanding may not depend on the delivery: those of one variant that showed anything, 408 left out.
fn comparable(judgements: &[Judgement]) -> impl Iterator<Item = &Judgement> {
    judgements.iter().filter(|judgement| {
        judgement.variant == Variant::Plain
            && judgement.understood != Understood::Nothing
            && !judgement.statuses.contains(&408)
    })
}

fn agree(one: &Understood, other: &Understood) -> bool {
    match (one, other) {
        (Understood::Accepted { count: a, said: x }, Understood::Accepted { count: b, said: y }) => {
            a == b && (x.len() != y.len() || x == y)
        }
        _ => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}

/// Differences that are allowed: status, ending, interim responses.
fn noted(judgements: &[Judgement]) -> Vec<Finding> {
    let plain_ones: Vec<&Judgement> = judgements
        .iter()
        .filter(|judgement| judgement.variant == Variant::Plain && judgement.verdict() <= Verdict::Warn)
        .collect();
    let Some((first, others)) = plain_ones.split_first() else { return Vec::new() };
    let mut notes = Vec::new();
    for other in others {
        let mut differences = Vec::new();
        if first.statuses.first() != other.statuses.first() {
            differences.push(format!("status {} and {}", status(first), status(other)));
        }
        if (first.interim == 0) != (other.interim == 0) {
            differences.push("an interim response in one of them".to_owned());
        }
        if first.closed != other.closed && other.delivery != Delivery::Coalesced {
            differences.push("the connection ended in one of them".to_owned());
        }
        if !differences.is_empty() {
            let because = format!(
                "deliveries {} and {} differ: {}",
                word(first.delivery),
                word(other.delivery),
                differences.join(", ")
            );
            notes.push(plain(other, Part::Delivery, Verdict::Pass, because));
        }
    }
    notes
}

fn plain(judgement: &Judgement, part: Part, verdict: Verdict, because: String) -> Finding {
    Finding {
        part,
        requirement: None,
        level: None,
        verdict,
        delivery: judgement.delivery,
        connection: "c1".to_owned(),
        direction: Sender::Subject,
        at: judgement.answered,
        because,
    }
}

fn strongest(cited: &[String], requirements: &BTreeMap<String, Requirement>) -> Option<Keyword> {
    let weight = |keyword: &Keyword| match keyword {
        Keyword::MUST => 3,
        Keyword::GRAMMAR => 2,
        Keyword::SHOULD => 1,
        Keyword::MAY => 0,
    };
    cited.iter().filter_map(|id| requirements.get(id)).map(|requirement| requirement.level).max_by_key(weight)
}

fn status(judgement: &Judgement) -> String {
    judgement.statuses.first().map_or("none".to_owned(), u16::to_string)
}

fn in_words(understood: &Understood) -> String {
    match understood {
        Understood::Accepted { count, said } if said.is_empty() => format!("accepted as {count} messages"),
        Understood::Accepted { count, said } => format!("accepted as {count} messages, {}", said.join(" | ")),
        other => other.word().to_owned(),
    }
}

fn word(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Whole => "whole",
        Delivery::Cut => "cut",
        Delivery::Octets => "octet by octet",
        Delivery::Coalesced => "with a successor",
    }
}
