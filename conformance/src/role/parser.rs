//! The parser role: octets go to a subject that turns them into messages, without a connection.
//!
//! ```text
//! case ─► questions (whole, every cut, octet by octet) ─► Subject ─► answers ─► transcripts ─► judge ─► results
//!                                                  proto, httparse, or a process
//! ```
//!
//! Every message case is asked whole, cut in two at every place ([`deliveries`] says what is left out of long messages) and octet
//! by octet. Answers that are equal make one transcript, so a parser that does not care where the octets are cut is judged three
//! times a case. An incomplete message is asked twice more: with its rest, which has to be accepted (nothing passes by always
//! wanting more), and with the end of the connection, which has to be a rejection where our own reader rejects it.

mod builtin;
pub mod deliveries;
mod play;
mod process;
mod subject;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use crate::corpus::model::{Case, Corpus, Observability, Role, Verdict};
use crate::judge::result::{CaseResult, ControlState, SubjectFacts};
use crate::judge::{Control, Judgement, combine};

pub use builtin::{HttparseHeads, Proto};
pub use process::AdapterProcess;
pub use subject::{Subject, Trouble};

/// How long an answer of an adapter is waited for, unless something else is asked.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// What a run found.
#[derive(Clone, Debug)]
pub struct ParserRun {
    /// What is known of the subject.
    pub facts: SubjectFacts,
    /// One result per case, in the order given; a second one follows a case whose deliveries disagree.
    pub results: Vec<CaseResult>,
}

/// Asks the subject about those of `cases` that are about parsers; `told` hears of each result as it comes and ends the run early with `false`.
///
/// ```
/// use wiregauge::{corpus, role::parser};
/// let corpus = corpus::load_embedded().unwrap();
/// let cases: Vec<_> = corpus.cases.iter().filter(|case| case.id.starts_with("field-line/")).collect();
/// let run = parser::run(&corpus, &cases, &mut parser::Proto::new(), &mut |_| true);
/// assert!(!run.results.is_empty());
/// ```
pub fn run(
    corpus: &Corpus,
    cases: &[&Case],
    subject: &mut dyn Subject,
    told: &mut dyn FnMut(&CaseResult) -> bool,
) -> ParserRun {
    let distinguishes = play::distinguishes(subject);
    let mut run = ParserRun { facts: facts(subject, distinguishes), results: Vec::new() };
    let by_id: HashMap<&str, &Case> = corpus.cases.iter().map(|case| (case.id.as_str(), case)).collect();
    let mut controls: BTreeMap<String, Control> = BTreeMap::new();
    for case in cases.iter().filter(|case| case.roles.contains(&Role::Parser)) {
        let control = match &case.control {
            None => Control::NONE,
            Some(id) => match (controls.get(id), by_id.get(id.as_str())) {
                (Some(control), _) => control.clone(),
                (None, Some(other)) => {
                    let control = control_of(other, subject, corpus);
                    controls.insert(id.clone(), control.clone());
                    control
                }
                (None, None) => Control::MISSING,
            },
        };
        let played = match (&case.control, control.state) {
            (Some(id), ControlState::None) => vec![play::beyond_its_control(case, subject, &corpus.requirements, id)],
            _ => play::case(case, subject, &corpus.requirements),
        };
        let judgements: Vec<Judgement> = played.iter().map(|played| played.judgement.clone()).collect();
        let mut results = combine(case, Role::Parser, &judgements, &control, distinguishes, &corpus.requirements);
        if let Some(first) = results.first_mut() {
            first.transcripts = played.into_iter().map(|played| played.transcript).collect();
        }
        for result in results {
            let on = told(&result);
            run.results.push(result);
            if !on {
                return run;
            }
        }
    }
    run
}

/// What became of a control; [`Control::NONE`] where it says nothing about this subject, so that its cases say nothing either.
fn control_of(control: &Case, subject: &mut dyn Subject, corpus: &Corpus) -> Control {
    let played = play::case(control, subject, &corpus.requirements);
    let judgements: Vec<Judgement> = played.into_iter().map(|played| played.judgement).collect();
    if judgements.iter().all(|judgement| judgement.verdict() == Verdict::NotApplicable) {
        return Control::NONE;
    }
    Control::of(&judgements)
}

fn facts(subject: &dyn Subject, distinguishes: bool) -> SubjectFacts {
    let started = subject.started();
    SubjectFacts {
        name: format!("{} {}", started.name, started.version).trim_end().to_owned(),
        address: subject.address(),
        observability: Observability::Echo,
        can: started.can.clone(),
        jobs: 1,
        quiet_ms: 0,
        patience_ms: u64::try_from(subject.patience().as_millis()).unwrap_or(u64::MAX),
        distinguishes,
        headline: (!distinguishes)
            .then(|| "the parser rejects none of the blatant faults: what it accepts says nothing".to_owned()),
    }
}

#[cfg(test)]
mod tests;
