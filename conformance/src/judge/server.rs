//! The server role: what a server made of the case's requests.

mod accept;
mod incomplete;
mod reject;

use super::echo::show;
use super::judgement::{Judgement, Understood};
use super::matcher::Seen;
use super::result::{Finding, Part, Sender};
use super::steps::never_opened;
use super::trial::{Ruling, Spot, Trial};
use super::view::{Answers, Arrived, Line};
use super::weigh::Weight;
use crate::corpus::model::{ConnectionMatcher, EndMatcher, MessageCase, Observability, Verdict};
use crate::script::lower::shows;
use crate::script::reading::Reading;
use crate::transcript::{Delivery, Purpose, Variant, Waited};

/// All that a message case needs on `c1`.
pub(crate) struct Hearing<'a> {
    pub(crate) trial: &'a Trial<'a>,
    pub(crate) message: &'a MessageCase,
    /// What our octets say.
    pub(crate) reading: Reading,
    /// How many of the octets sent are the case's own message.
    pub(crate) length: u64,
    pub(crate) line: &'a Line,
    pub(crate) answers: Answers,
}

/// Judges a message case.
pub(crate) fn message<'a>(trial: &'a Trial<'a>, message: &'a MessageCase) -> Judgement {
    if let Some(ruling) = trial.broken_down() {
        return trial.judgement(ruling);
    }
    let Some(line) = trial.view.line("c1") else {
        return trial.judgement(not_played(trial));
    };
    let wire = message.wire.bind(&trial.transcript().bindings);
    let reading = Reading::of(&wire);
    if !shows(message, &reading, trial.transcript().level) {
        let mut ruling = Ruling::of("not-shown", Understood::Nothing);
        ruling.message = Some(Verdict::NotApplicable);
        return trial.judgement(ruling);
    }
    let hearing = Hearing { trial, message, reading, length: wire.octets.len() as u64, line, answers: line.answers() };
    let mut ruling = hearing.of_the_fixture().unwrap_or_else(|| hearing.of_the_meaning());
    hearing.surplus(&mut ruling);
    let mut judgement = trial.judgement(ruling);
    let own = hearing.own().min(hearing.expected());
    judgement.statuses = hearing.answers.finals[..own].iter().map(|answer| answer.message.status).collect();
    judgement.answered = hearing.answer_spot(0, Part::Message).at;
    judgement.interim = hearing.answers.interim.len();
    judgement
}

/// A transcript in which nothing happened on the connection that matters.
pub(crate) fn not_played(trial: &Trial<'_>) -> Ruling {
    let mut ruling = Ruling::of("not-played", Understood::Nothing);
    let weight = Weight { requirement: None, level: None, verdict: Verdict::Fault };
    ruling.find(trial.finding(trial.missing_spot("c1", Part::Message), weight, "the case was not played on c1"));
    ruling
}

impl Hearing<'_> {
    /// How many final responses the case's own messages may have; what follows answers a successor or a probe.
    fn own(&self) -> usize {
        let probe = self.line.piece(Purpose::Probe).map(|piece| piece.event);
        match probe {
            Some(event) => self.answers.finals.iter().take_while(|answer| answer.began < event).count(),
            None => self.answers.finals.len(),
        }
    }

    /// How many final responses the case's own messages have at most, if all goes as one of the alternatives says.
    fn expected(&self) -> usize {
        let means = &self.message.means;
        let rejected = means.reject.as_ref().map_or(0, |_| self.reading.whole_before_fault + 1);
        let unfinished = if means.incomplete { self.line.methods.len() } else { 0 };
        means.accept.unwrap_or(0).max(rejected).max(unfinished)
    }

    /// How many requests beyond the case's own were sent.
    fn others(&self) -> usize {
        usize::from(self.has_successor()) + usize::from(self.line.piece(Purpose::Probe).is_some())
    }

    fn has_successor(&self) -> bool {
        self.trial.transcript().delivery == Delivery::Coalesced
            && self.line.piece(Purpose::Message).is_some_and(|piece| piece.to - piece.from > self.length)
    }

    /// The fixture's own outcomes come before what `means` stands for.
    fn of_the_fixture(&self) -> Option<Ruling> {
        let own = self.without_successor(self.own());
        let matches = |name: &String, matcher: &ConnectionMatcher| match self.trial.view.line(name) {
            Some(line) if name == "c1" => {
                self.trial.against().connection(matcher, &Seen::answers(line, &self.answers, own))
            }
            Some(line) => {
                let stream = line.asked();
                self.trial.against().connection(matcher, &Seen::requests(line, &stream.messages))
            }
            None => never_opened(matcher),
        };
        let outcome =
            self.trial.outcomes().find(|outcome| outcome.connections.iter().all(|(name, how)| matches(name, how)))?;
        let mut ruling =
            self.trial.matched(outcome, self.understood(own), self.answer_spot(0, Part::Message), &self.came());
        let awaits_silence = outcome.connections.values().any(|matcher| matcher.end.contains(&EndMatcher::Late));
        ruling.clock = self.line.is_late() && (awaits_silence || ruling.verdict() != Verdict::Pass);
        Some(ruling)
    }

    /// How many of these answers are the case's own: with more of them than it has requests, the last is the successor's. (Where
    /// the subject sees another request inside the message, there is one more before it.)
    fn without_successor(&self, answers: usize) -> usize {
        let asked = self.line.methods.len().saturating_sub(self.others()).max(1);
        if self.has_successor() && answers > asked { answers - 1 } else { answers }
    }

    /// The best of the alternatives that `means` allows.
    fn of_the_meaning(&self) -> Ruling {
        let means = &self.message.means;
        let mut rulings = Vec::new();
        match self.trial.transcript().variant {
            Variant::Withheld => return self.withheld(),
            Variant::Ended if means.accept.is_none() && means.reject.is_none() => return self.ended(),
            _ => {}
        }
        if let Some(count) = means.accept {
            rulings.push(self.accept(count));
        }
        if let Some(rejection) = &means.reject {
            // Where the message may be taken, taking it is judged above: as a rejection it says nothing.
            let ruling = self.reject(rejection);
            if means.accept.is_none() || matches!(ruling.understood, Understood::Rejected) {
                rulings.push(ruling);
            }
        }
        if means.incomplete {
            rulings.push(self.ended());
        }
        Ruling::best(rulings).unwrap_or_else(|| {
            let mut ruling = Ruling::of("means-nothing", Understood::Nothing);
            let weight = Weight { requirement: None, level: None, verdict: Verdict::Fault };
            let spot = self.trial.fault_spot("c1", self.length);
            ruling.find(self.trial.finding(spot, weight, "the case says nothing about what its message means"));
            ruling
        })
    }

    /// Answers to nothing: more final responses than requests that a reader could see in what was sent.
    fn surplus(&self, ruling: &mut Ruling) {
        // Where the message may be rejected, readers may part about where the next one begins.
        let (Some(count), None) = (self.message.means.accept, &self.message.means.reject) else { return };
        let read = count.saturating_add(self.others());
        // A 408 may come unasked, when the subject tires of waiting (RFC 9110 §15.5.9).
        let tired = self.answers.finals.last().is_some_and(|last| last.message.status == 408);
        let extra = self.answers.finals.len() - usize::from(tired);
        if extra > read && ruling.verdict() < Verdict::Fail {
            let spot = self.answer_spot(read, Part::Message);
            let weight = Weight { verdict: Verdict::Fail, ..self.trial.scales.refused(self.trial.cited()) };
            let because = format!("{read} requests were sent, and {extra} final responses came: {}", self.came());
            ruling.find(self.trial.finding(spot, weight, because));
        }
    }

    fn understood(&self, own: usize) -> Understood {
        let own = &self.answers.finals[..own.min(self.answers.finals.len())];
        let taken = own.iter().filter(|answer| matches!(answer.message.status, 200..=399)).count();
        match (taken, own.is_empty()) {
            (0, false) => Understood::Rejected,
            (0, true) if self.line.has_ended() => Understood::Rejected,
            (0, true) => Understood::Nothing,
            (count, _) => {
                Understood::Accepted { count, said: own.iter().take(count).filter_map(|one| self.said(one)).collect() }
            }
        }
    }

    /// What an answer says about the request that it answers, without what differs from one playing to the next.
    fn said(&self, answer: &Arrived) -> Option<String> {
        let transcript = self.trial.transcript();
        match transcript.level {
            Observability::Echo => {
                let echo = super::echo::Echo::read(&answer.message.content, &transcript.lacks)?;
                Some(echo.line(|name| begins_a_line(&self.line.sent, name)))
            }
            Observability::Body if answer.message.status == 200 => Some(show(&answer.message.content)),
            _ => None,
        }
    }

    /// The head of the answer with that number, or the end of what came.
    fn answer_spot(&self, number: usize, part: Part) -> Spot<'static> {
        let answer = self.answers.finals.get(number).or(self.answers.cut.as_ref());
        match answer {
            Some(answer) => {
                let at = answer.message.at;
                let end = if answer.message.body_at > at.start { answer.message.body_at } else { at.end };
                Spot { part, connection: "c1", direction: Sender::Subject, at: [at.start, end] }
            }
            None => self.trial.missing_spot("c1", part),
        }
    }

    /// What came and is no response: the first octet where it shows. Whoever cannot read the version of a request may take it for one
    /// of HTTP/0.9, whose answers have no status-line: that is no answer in HTTP/1.1, but what it breaks is arguable.
    fn no_response(&self, begin: &str) -> Option<Finding> {
        let garbage = self.answers.garbage?;
        let spot = Spot {
            part: Part::Message,
            connection: "c1",
            direction: Sender::Subject,
            at: [garbage.fault, garbage.fault.saturating_add(1)],
        };
        let is_like_older = garbage.begin == 0 && !self.line.received.starts_with(b"HTTP/");
        let older = is_like_older && !names_a_version(self.first_line());
        let verdict = if older { Verdict::Warn } else { Verdict::Fail };
        let as_older = if older { ", as to a request of HTTP/0.9" } else { "" };
        let because = format!("{begin}: {}{as_older}", self.came());
        Some(self.trial.finding(spot, self.trial.scales.named("9110-2.2-2", verdict), because))
    }

    /// The first line of the case's message.
    fn first_line(&self) -> &[u8] {
        let from = self.line.piece(Purpose::Message).map_or(0, |piece| piece.from as usize);
        let octets = self.line.sent.get(from..).unwrap_or_default();
        octets.split(|octet| matches!(octet, b'\r' | b'\n')).find(|line| !line.is_empty()).unwrap_or_default()
    }

    /// What came, in words.
    fn came(&self) -> String {
        let mut parts: Vec<String> =
            self.answers.finals.iter().map(|answer| answer.message.status.to_string()).collect();
        if let Some(cut) = &self.answers.cut {
            parts.push(format!("{} cut off", cut.message.status));
        }
        if let Some(garbage) = self.answers.garbage {
            let octets = &self.line.received[garbage.begin as usize..];
            parts.push(format!("no response: {}", super::trial::excerpt(octets)));
        }
        if parts.is_empty() {
            parts.push("no response".to_owned());
        }
        let end = match self.line.ending {
            Some((super::view::Ending::Fin, _)) => "then the connection was closed",
            Some((super::view::Ending::Reset, _)) => "then the connection was reset",
            None if self.line.is_late() => "then nothing within the time",
            None => "and the connection stayed open",
        };
        format!("{}, {end}", parts.join(", "))
    }

    /// Whether a wait ended because too much came.
    fn is_too_much(&self) -> bool {
        self.line.waits.iter().any(|(_, waited)| *waited == Waited::TooMuch)
    }
}

/// Whether a request-line ends in a version of HTTP/1.
fn names_a_version(line: &[u8]) -> bool {
    let last = line.rsplit(|octet| *octet == b' ').next().unwrap_or_default();
    matches!(last.strip_prefix(b"HTTP/1."), Some([digit]) if digit.is_ascii_digit())
}

/// Whether a line of what was sent begins with this name.
fn begins_a_line(octets: &[u8], name: &[u8]) -> bool {
    !name.is_empty()
        && octets
            .split(|octet| *octet == b'\n')
            .any(|line| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
}
