//! Transcript x case -> what the RFC says about it. Pure functions: no socket, no clock, no file.
//!
//! How a run uses them:
//!
//! 1. [`applicable`] says which cases a subject can show at all;
//! 2. [`judge`] makes one [`Judgement`] of every transcript. One with `rests_on_clock`, or that fails, is played again alone before it
//!    is believed; one with `cut_by_reset` is played again without the successor;
//! 3. [`Control::of`] makes of a control's judgements what its cases are held against;
//! 4. [`combine`] makes results of all judgements of a case;
//! 5. [`Courtesy`] looks at every transcript of the run and makes results of its own.
//!
//! What a judge relies on in a transcript: an event that says that octets were sent stands before whatever the subject sent because
//! of them, and [`crate::transcript::Transcript::fault`] counts from the first octet sent for
//! [`crate::transcript::Purpose::Message`] on `c1`.

mod client;
mod combine;
mod courtesy;
mod echo;
mod judgement;
mod matcher;
mod parser;
mod proxy;
pub mod result;
mod server;
mod steps;
mod told;
mod trial;
mod view;
mod weigh;

use std::collections::BTreeMap;

use crate::corpus::model::{Body, Case, Kind, Observability, Requirement, Role, Verdict};
use crate::transcript::Transcript;

pub use combine::combine;
pub use courtesy::Courtesy;
pub use echo::{Echo, Field};
pub use judgement::{Control, Judgement, Understood};
use trial::{Ruling, Trial};

/// Judges one playing of a case. Never panics, whatever the transcript holds.
pub fn judge(case: &Case, transcript: &Transcript, requirements: &BTreeMap<String, Requirement>) -> Judgement {
    let trial = Trial::new(case, transcript, requirements);
    if let Err(why) = applicable(case, transcript.role, transcript.level, &transcript.can) {
        let mut ruling = Ruling::of(why, Understood::Nothing);
        ruling.message = Some(Verdict::NotApplicable);
        return trial.judgement(ruling);
    }
    let judgement = match (&case.body, transcript.role) {
        (Body::Script(_), _) => steps::script(&trial),
        (Body::Message(message), Role::Server) => server::message(&trial, message),
        (Body::Message(message), Role::Proxy) => proxy::message(&trial, message),
        (Body::Message(message), Role::Client) => client::message(&trial, message),
        (Body::Message(message), Role::Parser) => parser::message(&trial, message),
    };
    // A subject that dies is a finding, whatever the case wanted to know.
    if case.kind == Kind::Survey && !judgement.died() { surveyed(judgement) } else { judgement }
}

/// Whether a case says something about a subject of this role, seen at this level, that can do this; or else, in a few words, why not.
pub fn applicable(case: &Case, role: Role, level: Observability, can: &[String]) -> Result<(), &'static str> {
    if !case.roles.contains(&role) {
        return Err("another-role");
    }
    if !case.needs.iter().all(|need| trial::is_met(need, level, can)) {
        return Err("needs-more");
    }
    Ok(())
}

/// A survey case has no pass and no fail: its result is the id of the outcome.
fn surveyed(mut judgement: Judgement) -> Judgement {
    let neutral = |verdict: Verdict| match verdict {
        Verdict::NotApplicable | Verdict::Fault => verdict,
        _ => Verdict::Pass,
    };
    judgement.message = neutral(judgement.message);
    judgement.ending = neutral(judgement.ending);
    for finding in &mut judgement.findings {
        finding.verdict = neutral(finding.verdict);
    }
    judgement
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
