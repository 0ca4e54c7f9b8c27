//! The proxy role: to its client it is a server; beyond that, what reached the origin on `s*` counts.

use wiregauge_proto::message::Message;

use super::judgement::{Judgement, Understood};
use super::result::{Finding, Part, Sender};
use super::told;
use super::trial::{Spot, Trial};
use super::weigh::Weight;
use crate::corpus::model::{MessageCase, Verdict};
use crate::script::reading::Reading;
use crate::transcript::Delivery;

/// Judges a message case (requests): the server's judgement, and the origin's.
pub(crate) fn message<'a>(trial: &'a Trial<'a>, message: &'a MessageCase) -> Judgement {
    let mut judgement = super::server::message(trial, message);
    if matches!(judgement.verdict(), Verdict::NotApplicable | Verdict::Fault) {
        return judgement;
    }
    let mut reached: Vec<(usize, &str, Message)> = Vec::new();
    for (name, line) in trial.view.origins() {
        let requests = line.asked().messages.into_iter();
        reached.extend(requests.map(|request| (line.arrival(request.at.start), name, request)));
    }
    // In the order in which they began, on whatever connection.
    reached.sort_by_key(|(began, ..)| *began);
    let reached: Vec<(&str, Message)> = reached.into_iter().map(|(_, name, request)| (name, request)).collect();
    let means = &message.means;
    let reading = Reading::of(&message.wire.bind(&trial.transcript().bindings));
    match &judgement.understood {
        Understood::Accepted { .. } if means.accept.is_some() => accepted(trial, message, &mut judgement, &reached),
        Understood::Rejected | Understood::Nothing if means.reject.is_some() => {
            // Those before the broken one were passed on, and so may the successor be: only what comes of the broken one may not.
            let others = reading.whole_before_fault + usize::from(trial.transcript().delivery == Delivery::Coalesced);
            leaked(trial, &mut judgement, &reached, others, reading.fault_in_content);
        }
        _ => {}
    }
    judgement
}

/// The origin got the same N.
fn accepted(trial: &Trial<'_>, message: &MessageCase, judgement: &mut Judgement, reached: &[(&str, Message)]) {
    let count = message.means.accept.unwrap_or(0);
    let successors = usize::from(trial.transcript().delivery == Delivery::Coalesced);
    let mut problems = Vec::new();
    if reached.len() < count || reached.len() > count + successors {
        problems.push(format!("{count} requests were sent, and {} reached the origin", reached.len()));
    }
    for (number, (said, (_, came))) in message.said.iter().zip(reached).enumerate() {
        let own = told::differences(said, came, &trial.transcript().bindings, true);
        problems
            .extend(own.into_iter().map(|difference| format!("request {} at the origin: {difference}", number + 1)));
    }
    if !problems.is_empty() {
        let weight = trial.scales.refused(trial.cited());
        add(judgement, trial.finding(spot(reached, 0), weight, problems.join("; ")));
    }
}

/// Nothing of a rejected message reaches the origin. `may_begin`: the fault is in its content, and what stands before it may have been
/// passed on before the fault was met; it may not become whole.
fn leaked(trial: &Trial<'_>, judgement: &mut Judgement, reached: &[(&str, Message)], allowed: usize, may_begin: bool) {
    let begun = trial.view.origins().filter(|_| !may_begin).find_map(|(name, line)| {
        let from = line.asked().messages.last().map_or(0, |last| last.at.end);
        let rest = line.received.get(from as usize..)?;
        (!rest.trim_ascii().is_empty()).then_some((name, [from, line.received.len() as u64]))
    });
    if reached.len() <= allowed && begun.is_none() {
        return;
    }
    let weight = Weight { verdict: Verdict::Fail, ..trial.scales.taken(trial.cited()) };
    let because = match begun {
        Some(_) if reached.len() <= allowed => "the beginning of the rejected message reached the origin".to_owned(),
        _ => format!(
            "{} requests reached the origin, of which {allowed} may; something of the rejected message did",
            reached.len()
        ),
    };
    let spot = match begun {
        Some((connection, at)) if reached.len() <= allowed => {
            Spot { part: Part::Message, connection, direction: Sender::Subject, at }
        }
        _ => spot(reached, allowed),
    };
    add(judgement, trial.finding(spot, weight, because));
}

fn add(judgement: &mut Judgement, finding: Finding) {
    judgement.message = judgement.message.max(finding.verdict);
    judgement.findings.insert(0, finding);
    // The first one says why the verdict is what it is.
    judgement.findings.sort_by_key(|finding| std::cmp::Reverse(finding.verdict));
}

fn spot<'c>(reached: &[(&'c str, Message)], number: usize) -> Spot<'c> {
    let (connection, at) =
        reached.get(number).map_or(("s1", [0, 0]), |(name, message)| (*name, [message.at.start, message.at.end]));
    Spot { part: Part::Message, connection, direction: Sender::Subject, at }
}
