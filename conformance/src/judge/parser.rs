//! The parser role, from answers of the adapter contract: N messages equal to what was said; a rejection, by the rule and at the octet
//! if it names them; or wanting more.

use serde_json::Value;

use super::judgement::{Judgement, Understood};
use super::matcher::Seen;
use super::result::{Part, Sender};
use super::steps::never_opened;
use super::told;
use super::trial::{Ruling, Spot, Trial};
use super::weigh::Weight;
use crate::corpus::model::{EndMatcher, MessageCase, Verdict};

use wiregauge_proto::message::Message;

/// Judges a message case: every answer in the transcript, the worst of them first.
pub(crate) fn message(trial: &Trial<'_>, message: &MessageCase) -> Judgement {
    if let Some(ruling) = trial.broken_down() {
        return trial.judgement(ruling);
    }
    let mut worst: Option<Ruling> = None;
    for answer in trial.told() {
        let ruling = one(trial, message, answer);
        if worst.as_ref().is_none_or(|worst| ruling.verdict() > worst.verdict()) {
            worst = Some(ruling);
        }
    }
    trial.judgement(worst.unwrap_or_else(|| super::server::not_played(trial)))
}

fn one(trial: &Trial<'_>, message: &MessageCase, answer: &Value) -> Ruling {
    if let Some(why) = answer.get("skipped").and_then(Value::as_str) {
        let mut ruling = Ruling::of("skipped", Understood::Nothing);
        let weight = Weight { requirement: None, level: None, verdict: Verdict::NotApplicable };
        ruling.message = Some(Verdict::NotApplicable);
        ruling.findings.push(trial.finding(spot(answer), weight, format!("the parser skipped it: {why}")));
        return ruling;
    }
    let Some(then) = answer.get("then").and_then(Value::as_str) else {
        let mut ruling = Ruling::of("no-answer", Understood::Nothing);
        let weight = Weight { requirement: None, level: None, verdict: Verdict::Fault };
        ruling.find(trial.finding(
            spot(answer),
            weight,
            format!("the answer does not follow the adapter contract: {answer}"),
        ));
        return ruling;
    };
    let messages = answer.get("messages").and_then(Value::as_array).cloned().unwrap_or_default();
    if let Some(ruling) = of_the_fixture(trial, answer, then, &messages) {
        return ruling;
    }
    let means = &message.means;
    let mut rulings = Vec::new();
    if let Some(count) = means.accept {
        rulings.push(accept(trial, message, (answer, then), &messages, count));
    }
    if means.reject.is_some() {
        rulings.push(reject(trial, answer, then, messages.len()));
    }
    if means.incomplete {
        rulings.push(incomplete(trial, answer, then));
    }
    Ruling::best(rulings).unwrap_or_else(|| super::server::not_played(trial))
}

/// The first of the fixture's outcomes that came; what follows the messages stands for an ending.
fn of_the_fixture(trial: &Trial<'_>, answer: &Value, then: &str, messages: &[Value]) -> Option<Ruling> {
    let messages: Vec<Message> = messages.iter().filter_map(told::message).collect();
    let (interim, finals) = messages.iter().partition(|message| message.is_interim());
    let end = match then {
        "more" => EndMatcher::Late,
        "reject" | "end" => EndMatcher::Closed,
        _ => EndMatcher::Open,
    };
    let seen = Seen { finals, interim, ends: vec![end] };
    let outcome = trial.outcomes().find(|outcome| {
        outcome.connections.iter().all(|(name, matcher)| match name.as_str() {
            "c1" | "app" => trial.against().connection(matcher, &seen),
            _ => never_opened(matcher),
        })
    })?;
    let understood = match then {
        "reject" => Understood::Rejected,
        "more" if messages.is_empty() => Understood::Incomplete,
        _ => Understood::Accepted { count: messages.len(), said: Vec::new() },
    };
    let came = format!("{} messages, then '{then}'{}", messages.len(), names(answer));
    Some(trial.matched(outcome, understood, fault(trial, answer), &came))
}

fn accept(
    trial: &Trial<'_>,
    message: &MessageCase,
    (answer, then): (&Value, &str),
    messages: &[Value],
    count: usize,
) -> Ruling {
    let mut ruling = Ruling::of("accepted", Understood::Accepted { count: messages.len(), said: Vec::new() });
    let mut differences = Vec::new();
    if messages.len() != count || then == "more" {
        differences.push(format!("{count} whole messages were expected, {} came, then '{then}'", messages.len()));
    }
    if then == "reject" {
        ruling = Ruling::of("refused", Understood::Rejected);
        differences.push(format!("it was rejected{}", names(answer)));
    }
    for (number, (said, came)) in message.said.iter().zip(messages).enumerate() {
        let Some(came) = told::message(came) else {
            differences.push(format!("message {} does not follow the adapter contract", number + 1));
            continue;
        };
        let own = told::differences(said, &came, &trial.transcript().bindings, false);
        differences.extend(own.into_iter().map(|difference| format!("message {}: {difference}", number + 1)));
    }
    if !differences.is_empty() {
        let weight = trial.scales.refused(trial.cited());
        ruling.find(trial.finding(spot(answer), weight, differences.join("; ")));
    }
    ruling
}

fn reject(trial: &Trial<'_>, answer: &Value, then: &str, messages: usize) -> Ruling {
    if then != "reject" {
        let understood = if then == "more" {
            Understood::Incomplete
        } else {
            Understood::Accepted { count: messages, said: Vec::new() }
        };
        let mut ruling = Ruling::of("accepted", understood);
        let weight = trial.scales.taken(trial.cited());
        let because = format!("the malformed message was not rejected: {messages} messages, then '{then}'");
        ruling.find(trial.finding(fault(trial, answer), weight, because));
        return ruling;
    }
    let mut ruling = Ruling::of("rejected", Understood::Rejected);
    ruling.message = Some(Verdict::Pass);
    let rule = answer.get("rule").and_then(Value::as_str);
    let at = answer.get("at").and_then(Value::as_u64);
    let other_rule = rule.zip(trial.case.rule.as_deref()).filter(|(own, expected)| own != expected);
    let other_place = at.zip(trial.transcript().fault).filter(|(own, expected)| own != expected);
    // A right verdict for a wrong reason breaks no requirement; it is worth a look.
    if let Some((own, expected)) = other_rule {
        let because = format!("rejected by the rule {own}, where {expected} is broken");
        ruling.find(trial.finding(fault(trial, answer), trial.scales.at(trial.cited(), Verdict::Warn), because));
    }
    if let Some((own, expected)) = other_place {
        let because = format!("rejected at octet {own}, where octet {expected} breaks the rule");
        ruling.find(trial.finding(fault(trial, answer), trial.scales.at(trial.cited(), Verdict::Warn), because));
    }
    ruling
}

fn incomplete(trial: &Trial<'_>, answer: &Value, then: &str) -> Ruling {
    if then == "more" {
        return Ruling::of("waited", Understood::Incomplete);
    }
    let mut ruling =
        Ruling::of("not-waited", if then == "reject" { Understood::Rejected } else { Understood::Nothing });
    let weight = trial.scales.refused(trial.cited());
    ruling.find(trial.finding(
        spot(answer),
        weight,
        format!("the message wants more, and '{then}' was the answer{}", names(answer)),
    ));
    ruling
}

fn names(answer: &Value) -> String {
    let rule = answer.get("rule").and_then(Value::as_str).map(|rule| format!(" by the rule {rule}"));
    let at = answer.get("at").and_then(Value::as_u64).map(|at| format!(" at octet {at}"));
    [rule, at].into_iter().flatten().collect()
}

/// The octet that the parser names, in what it was given; all of that if it names none.
fn spot(answer: &Value) -> Spot<'static> {
    let at = answer.get("at").and_then(Value::as_u64).map_or([0, u64::MAX], |at| [at, at.saturating_add(1)]);
    Spot { part: Part::Message, connection: "app", direction: Sender::Us, at }
}

fn fault(trial: &Trial<'_>, answer: &Value) -> Spot<'static> {
    match trial.transcript().fault {
        Some(at) => Spot { at: [at, at.saturating_add(1)], ..spot(answer) },
        None => spot(answer),
    }
}
