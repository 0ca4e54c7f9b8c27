//! Courtesy: lint of every message that the subject sent, in any case. It never changes the case on whose wire a message was seen:
//! each rule is one result of its own, `courtesy/<rule>`, with a count and the first three examples.
//!
//! It raises no false alarm: a response is looked at only as far as it is certain which request it answers and where it begins, so
//! nothing behind the answer to the first broken request counts; neither does what a reset or our own closing cut.

mod date;
mod exchange;
mod fields;
mod head;
mod line;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use super::result::{CaseResult, ControlState, Finding, Part, Sender};
use super::view::View;
use crate::corpus::model::{Keyword, Kind, Requirement, Role, Verdict};
use crate::transcript::Transcript;
use exchange::Exchanges;
pub(crate) use rules::Rule;

use date::Dated;

/// How many examples of a broken rule are kept.
const EXAMPLES: usize = 3;

/// What a rule showed so far.
#[derive(Clone, Debug, Default)]
struct Tally {
    /// How many messages, or connections, could show it.
    shown: usize,
    broken: usize,
    examples: Vec<Finding>,
}

/// The tally of all rules over all transcripts of a run.
#[derive(Clone, Debug, Default)]
pub struct Courtesy {
    tallies: BTreeMap<Rule, Tally>,
    /// Whether any response had a Date: the subject has a clock.
    has_clock: bool,
}

/// The transcript and connection on which something was seen.
#[derive(Clone, Copy)]
struct Scene<'t> {
    transcript: &'t Transcript,
    connection: &'t str,
}

impl Courtesy {
    /// Nothing was seen yet.
    pub fn new() -> Courtesy {
        Courtesy::default()
    }

    /// The sentence of a rule, by the id of its result (`courtesy/<rule>`): what a conforming subject does.
    pub fn sentence(id: &str) -> Option<&'static str> {
        let name = id.strip_prefix("courtesy/")?;
        Rule::ALL.iter().find(|rule| rule.name() == name).map(|rule| rule.sentence())
    }

    /// The requirements that are looked at in whatever a subject of that role sends: responses, requests, or both.
    pub fn requirements(role: Role) -> BTreeSet<String> {
        let sends = |rule: &&Rule| match role {
            Role::Server => **rule != Rule::RequestLine && **rule != Rule::HostSent,
            Role::Client => line::REQUESTS.contains(rule) || **rule == Rule::HostSent,
            Role::Proxy => true,
            Role::Parser => false,
        };
        Rule::ALL.iter().filter(sends).map(|rule| rule.requirement().to_owned()).collect()
    }

    /// Looks at everything the subject sent in one playing.
    pub fn observe(&mut self, transcript: &Transcript) {
        if transcript.role == Role::Parser {
            return;
        }
        let view = View::of(transcript);
        let mut dated: Vec<Dated<'_>> = Vec::new();
        for (name, line) in &view.lines {
            let scene = Scene { transcript, connection: name };
            if name.starts_with('c') {
                let exchanges = Exchanges::of(line);
                self.line(scene, line, &exchanges);
                self.heads(scene, &exchanges);
                dated.extend(date::dated(scene, line, &exchanges));
            } else if name.starts_with('s') {
                self.requests(scene, line);
            }
        }
        self.time_goes_on(dated);
    }

    /// One result for every rule. `trusted`: the base control was accepted, and the subject distinguishes blatant faults from clean
    /// messages; otherwise nothing passes.
    pub fn results(&self, role: Role, trusted: bool, requirements: &BTreeMap<String, Requirement>) -> Vec<CaseResult> {
        Rule::ALL.iter().map(|rule| self.result(*rule, role, trusted, requirements)).collect()
    }

    fn result(
        &self,
        rule: Rule,
        role: Role,
        trusted: bool,
        requirements: &BTreeMap<String, Requirement>,
    ) -> CaseResult {
        let nothing = Tally::default();
        let tally = self.tallies.get(&rule).unwrap_or(&nothing);
        let requirement = rule.requirement();
        let level = requirements.get(requirement).map(|requirement| requirement.level);
        // Who never sends a Date may have no clock, and then must not (RFC 9110 §6.6.1).
        let arguable = rule == Rule::DatePresent && !self.has_clock;
        let broken = match level {
            Some(Keyword::SHOULD | Keyword::MAY) => Verdict::Warn,
            _ if arguable => Verdict::Warn,
            _ => Verdict::Fail,
        };
        let verdict = match (tally.shown, tally.broken) {
            (0, 0) => Verdict::NotApplicable,
            (_, 0) if trusted => Verdict::Pass,
            (_, 0) => Verdict::Inconclusive,
            _ => broken,
        };
        let findings = tally
            .examples
            .iter()
            .map(|example| Finding {
                requirement: Some(requirement.to_owned()),
                level,
                verdict: broken,
                ..example.clone()
            })
            .collect();
        CaseResult {
            id: format!("courtesy/{}", rule.name()),
            role,
            kind: Kind::Conformance,
            level,
            requirements: vec![requirement.to_owned()],
            verdict,
            outcome: Some(format!("{} of {}", tally.broken, tally.shown)),
            control: ControlState::None,
            wall_ms: 0,
            deliveries: BTreeMap::new(),
            findings,
            known: None,
            transcripts: Vec::new(),
        }
    }

    /// A rule that could be shown, and was or was not kept.
    fn note(&mut self, rule: Rule, scene: Scene<'_>, at: [u64; 2], broken: Option<String>) {
        let tally = self.tallies.entry(rule).or_default();
        tally.shown += 1;
        let Some(because) = broken else { return };
        tally.broken += 1;
        if tally.examples.len() < EXAMPLES {
            tally.examples.push(Finding {
                part: Part::Courtesy,
                requirement: None,
                level: None,
                verdict: Verdict::Fail,
                delivery: scene.transcript.delivery,
                connection: scene.connection.to_owned(),
                direction: Sender::Subject,
                at,
                because: format!("{} (in {})", because, scene.transcript.case),
            });
        }
    }
}

#[cfg(test)]
#[path = "../courtesy_tests.rs"]
mod tests;
