//! The client role: what a client told its caller about the responses that we sent it on `s*`.

use super::judgement::{Judgement, Understood};
use super::result::{Part, Sender};
use super::steps;
use super::told;
use super::trial::{Ruling, Spot, Trial};
use super::view::Line;
use crate::corpus::model::{MessageCase, Verdict};
use crate::transcript::Purpose;

/// Judges a message case (a response).
pub(crate) fn message(trial: &Trial<'_>, message: &MessageCase) -> Judgement {
    if let Some(ruling) = trial.broken_down() {
        return trial.judgement(ruling);
    }
    let origin = trial.view.origins().find(|(_, line)| line.piece(Purpose::Message).is_some());
    let Some((name, line)) = origin else {
        return trial.judgement(super::server::not_played(trial));
    };
    if trial.told().is_empty() {
        let mut ruling = Ruling::of("nothing-told", Understood::Nothing).by_clock();
        let weight = trial.scales.at(trial.cited(), Verdict::Inconclusive);
        ruling.find(trial.finding(spot(trial, name), weight, "the caller was told nothing within the time"));
        return trial.judgement(ruling);
    }
    if let Some(ruling) = steps::of_the_fixture(trial, &steps::connections(trial)) {
        return trial.judgement(ruling);
    }
    let means = &message.means;
    let mut rulings = Vec::new();
    if let Some(count) = means.accept {
        rulings.push(accept(trial, message, name, count));
    }
    if means.reject.is_some() {
        rulings.push(reject(trial, name, line));
    }
    if means.incomplete {
        rulings.push(incomplete(trial, name));
    }
    let ruling = Ruling::best(rulings).unwrap_or_else(|| super::server::not_played(trial));
    trial.judgement(ruling)
}

/// The caller got it, equal to what was said.
fn accept(trial: &Trial<'_>, message: &MessageCase, name: &str, count: usize) -> Ruling {
    let told = trial.told();
    let mut ruling = Ruling::of("accepted", Understood::Accepted { count, said: Vec::new() });
    let mut problems = Vec::new();
    // Interim responses of the case are messages of their own, and no answers for the caller.
    let said = message.said.iter().filter(|said| said.status.is_none_or(|status| status >= 200 || status == 101));
    let finals = if message.said.is_empty() { count } else { said.clone().count().min(count) };
    for number in 0..finals {
        let Some(answer) = told.get(number) else {
            problems.push(format!("answer {} did not reach the caller", number + 1));
            break;
        };
        match (told::error(answer), told::message(answer)) {
            (Some(error), _) => problems.push(format!("the caller got an error for answer {}: {error}", number + 1)),
            (None, Some(came)) => {
                if !told::is_complete(answer) {
                    problems.push(format!("answer {} reached the caller as unfinished", number + 1));
                }
                if let Some(said) = said.clone().nth(number) {
                    let mut said = said.clone();
                    said.reason = None;
                    problems.extend(told::differences(&said, &came, &trial.transcript().bindings, true));
                }
            }
            (None, None) => problems.push(format!("answer {} does not follow the adapter contract", number + 1)),
        }
    }
    if !problems.is_empty() {
        ruling = Ruling::of("refused", Understood::Rejected);
        ruling.find(trial.finding(spot(trial, name), trial.scales.refused(trial.cited()), problems.join("; ")));
    }
    ruling
}

/// The caller got an error; no later response was taken from this connection.
fn reject(trial: &Trial<'_>, name: &str, line: &Line) -> Ruling {
    let told = trial.told();
    let failed = told.iter().position(|answer| told::error(answer).is_some() || !told::is_complete(answer));
    let Some(failed) = failed else {
        let mut ruling = Ruling::of("accepted", Understood::Accepted { count: told.len(), said: Vec::new() });
        let because = "the malformed response reached the caller as if nothing were wrong";
        ruling.find(trial.finding(spot(trial, name), trial.scales.taken(trial.cited()), because));
        return ruling;
    };
    let mut ruling = Ruling::of("rejected", Understood::Rejected);
    ruling.message = Some(Verdict::Pass);
    let sent =
        line.pieces.iter().filter(|piece| piece.purpose == Purpose::Message).map(|piece| piece.event).next_back();
    let asked_again =
        line.asked().messages.iter().any(|request| sent.is_some_and(|sent| line.arrival(request.at.start) > sent));
    if asked_again && told[failed + 1..].iter().any(|answer| told::message(answer).is_some()) {
        let weight = trial.scales.ending(trial.cited());
        let spot = Spot { part: Part::Ending, ..spot(trial, name) };
        ruling.find(trial.finding(spot, weight, "a later response was taken from the same connection"));
    }
    ruling
}

/// An error if the connection ends here.
fn incomplete(trial: &Trial<'_>, name: &str) -> Ruling {
    let whole = trial.told().into_iter().rfind(|answer| told::message(answer).is_some() && told::is_complete(answer));
    if whole.is_none() {
        return Ruling::of("not-taken", Understood::Incomplete);
    }
    let mut ruling = Ruling::of("taken-unfinished", Understood::Accepted { count: 1, said: Vec::new() });
    let because = "the response was cut off, and reached the caller as if it were whole";
    ruling.find(trial.finding(spot(trial, name), trial.scales.refused(trial.cited()), because));
    ruling
}

/// Where the response breaks its rule, in what we sent.
fn spot<'c>(trial: &Trial<'_>, name: &'c str) -> Spot<'c> {
    let line = trial.view.line(name);
    let length = line.and_then(|line| line.piece(Purpose::Message)).map_or(0, |piece| piece.to - piece.from);
    Spot { direction: Sender::Us, ..trial.fault_spot(name, length) }
}
