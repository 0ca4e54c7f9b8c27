//! What every role needs while a transcript is judged: the case, its bound octets, the view of the transcript, and the making of findings.

use std::collections::BTreeMap;

use super::echo::show;
use super::judgement::{DIED, Judgement, Understood};
use super::matcher::Against;
use super::result::{Finding, Part, Sender};
use super::view::View;
use super::weigh::{Scales, Weight};
use crate::corpus::model::{Case, Observability, Outcome, Requirement, Verdict};
use crate::transcript::{Purpose, Transcript, What};

/// A case, a transcript of it, and the scales.
pub(crate) struct Trial<'a> {
    pub(crate) case: &'a Case,
    pub(crate) view: View<'a>,
    pub(crate) scales: Scales<'a>,
}

/// What is decided about one reading of the case; a case with alternatives has several.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ruling {
    pub(crate) message: Option<Verdict>,
    pub(crate) ending: Option<Verdict>,
    pub(crate) outcome: Option<String>,
    pub(crate) understood: Understood,
    pub(crate) findings: Vec<Finding>,
    pub(crate) clock: bool,
    pub(crate) cut_by_reset: bool,
}

impl Ruling {
    /// With this outcome so far.
    pub(crate) fn of(outcome: &str, understood: Understood) -> Ruling {
        Ruling { outcome: Some(outcome.to_owned()), understood, ..Ruling::default() }
    }

    /// About the message, then about the ending; where nobody asks about the ending it is as good as the message can be.
    fn verdicts(&self) -> (Verdict, Verdict) {
        let message = self.message.unwrap_or(Verdict::Pass);
        (message, self.ending.unwrap_or(message.min(Verdict::Pass)))
    }

    /// The worse of the two verdicts.
    pub(crate) fn verdict(&self) -> Verdict {
        let (message, ending) = self.verdicts();
        message.max(ending)
    }

    /// The best of several readings of a case: by its verdict, then by that about the message, then one that says something.
    pub(crate) fn best(rulings: Vec<Ruling>) -> Option<Ruling> {
        let cost = |ruling: &Ruling| (ruling.verdict(), ruling.verdicts().0, ruling.understood == Understood::Nothing);
        rulings.into_iter().min_by_key(cost)
    }

    /// Adds a finding; the verdict of its part becomes the worse one.
    pub(crate) fn find(&mut self, finding: Finding) {
        let part = if finding.part == Part::Ending { &mut self.ending } else { &mut self.message };
        *part = Some(part.unwrap_or(Verdict::Pass).max(finding.verdict));
        self.findings.push(finding);
    }

    /// Says that a silence decided.
    pub(crate) fn by_clock(mut self) -> Ruling {
        self.clock = true;
        self
    }
}

/// Where a finding points.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot<'a> {
    pub(crate) part: Part,
    pub(crate) connection: &'a str,
    pub(crate) direction: Sender,
    pub(crate) at: [u64; 2],
}

impl<'a> Trial<'a> {
    pub(crate) fn new(
        case: &'a Case,
        transcript: &'a Transcript,
        table: &'a BTreeMap<String, Requirement>,
    ) -> Trial<'a> {
        Trial { case, view: View::of(transcript), scales: Scales { table, kind: case.kind } }
    }

    pub(crate) fn transcript(&self) -> &'a Transcript {
        self.view.transcript
    }

    pub(crate) fn cited(&self) -> &'a [String] {
        &self.case.requirements
    }

    pub(crate) fn against(&self) -> Against<'a> {
        Against { bindings: &self.transcript().bindings, lacks: &self.transcript().lacks }
    }

    /// A finding in the delivery of this transcript. It points at octets that are in the transcript, or at the end of them.
    pub(crate) fn finding(&self, spot: Spot<'_>, weight: Weight, because: impl Into<String>) -> Finding {
        let line = self.view.line(if spot.connection == "app" { "c1" } else { spot.connection });
        let octets = line.map(|line| if spot.direction == Sender::Us { &line.sent } else { &line.received });
        let end = octets.map_or(0, |octets| octets.len() as u64);
        Finding {
            part: spot.part,
            requirement: weight.requirement,
            level: weight.level,
            verdict: weight.verdict,
            delivery: self.transcript().delivery,
            connection: spot.connection.to_owned(),
            direction: spot.direction,
            at: spot.at.map(|at| at.min(end)),
            because: because.into(),
        }
    }

    /// Where the case's message breaks its rule, in all that we sent on this connection; the whole message if it has no such place.
    pub(crate) fn fault_spot<'c>(&self, connection: &'c str, length: u64) -> Spot<'c> {
        let line = self.view.line(connection);
        let from = line.and_then(|line| line.piece(Purpose::Message)).map_or(0, |piece| piece.from);
        let at = match self.transcript().fault {
            Some(fault) => [from.saturating_add(fault), from.saturating_add(fault).saturating_add(1)],
            None => [from, from.saturating_add(length)],
        };
        Spot { part: Part::Message, connection, direction: Sender::Us, at }
    }

    /// The end of what the subject sent on this connection: where something is missing.
    pub(crate) fn missing_spot<'c>(&self, connection: &'c str, part: Part) -> Spot<'c> {
        let end = self.view.line(connection).map_or(0, |line| line.received.len() as u64);
        Spot { part, connection, direction: Sender::Subject, at: [end, end] }
    }

    /// Outcomes of the fixture that this subject and role may show, in their order.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = &'a Outcome> + '_ {
        let transcript = self.transcript();
        self.case.outcomes.iter().filter(move |outcome| {
            outcome.role.is_none_or(|role| role == transcript.role)
                && outcome.needs.iter().all(|need| is_met(need, transcript.level, &transcript.can))
        })
    }

    /// A ruling from an outcome of the fixture that matched. It breaks the first of the requirements that it, or else the case, cites.
    pub(crate) fn matched(&self, outcome: &Outcome, understood: Understood, spot: Spot<'_>, came: &str) -> Ruling {
        let mut ruling = Ruling::of(&outcome.id, understood);
        let cited = if outcome.requirements.is_empty() { self.cited() } else { &outcome.requirements };
        let because = outcome.because.clone().unwrap_or_else(|| format!("the outcome '{}' came", outcome.id));
        ruling.message = Some(outcome.verdict);
        if outcome.verdict != Verdict::Pass {
            let weight = self.scales.first(cited, outcome.verdict);
            ruling.find(self.finding(spot, weight, format!("{because}; came: {came}")));
        }
        ruling
    }

    /// The judgement that a ruling is.
    pub(crate) fn judgement(&self, ruling: Ruling) -> Judgement {
        let transcript = self.transcript();
        let (message, ending) = ruling.verdicts();
        let events = &transcript.events;
        let wall = events.last().map_or(0, |last| last.at_us.saturating_sub(events[0].at_us));
        let mut findings = ruling.findings;
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.verdict));
        Judgement {
            case: self.case.id.clone(),
            delivery: transcript.delivery,
            variant: transcript.variant,
            message,
            ending,
            outcome: ruling.outcome,
            understood: ruling.understood,
            statuses: Vec::new(),
            answered: self.missing_spot("c1", Part::Message).at,
            interim: 0,
            closed: self.view.line("c1").is_some_and(|line| line.has_ended()),
            findings,
            rests_on_clock: ruling.clock,
            cut_by_reset: ruling.cut_by_reset,
            wall_us: wall,
        }
    }

    /// Set-up that failed, or a subject that died: nothing else is judged then.
    pub(crate) fn broken_down(&self) -> Option<Ruling> {
        if let Some(how) = self.view.died {
            let mut ruling = Ruling::of(DIED, Understood::Nothing);
            let weight = Weight { verdict: Verdict::Fail, ..self.scales.refused(self.cited()) };
            let spot = self.missing_spot("c1", Part::Message);
            ruling.find(self.finding(spot, weight, format!("the subject's process ended: {how}")));
            return Some(ruling);
        }
        let error = self.view.lines.values().find_map(|line| line.refused.as_ref())?;
        let mut ruling = Ruling::of("not-connected", Understood::Nothing);
        let weight = Weight { requirement: None, level: None, verdict: Verdict::Fault };
        let spot = self.missing_spot("c1", Part::Message);
        ruling.find(self.finding(spot, weight, format!("no connection to the subject: {error}")));
        Some(ruling)
    }

    /// Octets of answers of the adapter contract, in order.
    pub(crate) fn told(&self) -> Vec<&'a serde_json::Value> {
        self.transcript()
            .events
            .iter()
            .filter_map(|event| match &event.what {
                What::Told { answer } => Some(answer),
                _ => None,
            })
            .collect()
    }
}

/// Whether a subject has what a case needs: an observability level, or a capability it declares.
pub(crate) fn is_met(need: &str, level: Observability, can: &[String]) -> bool {
    match need {
        "opaque" => true,
        "static" => level >= Observability::Static,
        "body" => level >= Observability::Body,
        "echo" => level >= Observability::Echo,
        _ => can.iter().any(|ability| ability == need),
    }
}

/// The first octets of what came, for a sentence.
pub(crate) fn excerpt(octets: &[u8]) -> String {
    let line = octets.iter().position(|octet| *octet == b'\n').map_or(octets.len(), |at| at + 1);
    show(&octets[..line])
}
