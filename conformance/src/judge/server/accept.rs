//! `means = { accept = N }`: N final responses in order, each *understood*.

use super::super::echo::Echo;
use super::super::judgement::Understood;
use super::super::result::Part;
use super::super::trial::Ruling;
use super::super::view::{Arrived, Ending};
use super::super::weigh::{Weight, WellFormed, well_formed};
use super::Hearing;
use crate::corpus::model::{Observability, Said, ThenConnection, Verdict, WireText};
use crate::script::reading::has_option;

/// A server that says that it will close after a response is not bound to answer what follows.
const SHOULD_PERSIST: &str = "9112-9.3-1";

impl Hearing<'_> {
    /// Judges a message, or several in a row, that a conforming server takes.
    pub(super) fn accept(&self, count: usize) -> Ruling {
        let mut ruling = Ruling::of("accepted", Understood::Nothing);
        self.understood_answers(&mut ruling, 0, count);
        let answered = count.min(self.answers.finals.len());
        if answered == count {
            self.after_acceptance(&mut ruling, count);
        }
        ruling
    }

    /// Answers number `from` to `to` have to come, and each to say that its message was understood.
    pub(super) fn understood_answers(&self, ruling: &mut Ruling, from: usize, to: usize) {
        let (mut taken, mut refused, mut said) = (0, false, Vec::new());
        for number in from..to {
            let Some(answer) = self.answers.finals.get(number) else {
                self.missing(ruling, number);
                break;
            };
            let status = answer.message.status;
            let spot = self.answer_spot(number, Part::Message);
            match well_formed(status, &self.message.means.also) {
                WellFormed::Understood => {
                    taken += 1;
                    said.extend(self.said(answer));
                    self.compare(ruling, number, answer);
                }
                WellFormed::Refused => {
                    refused = true;
                    let weight = self.trial.scales.refused(self.trial.cited());
                    let because = format!("message {} is well-formed, and was refused with {status}", number + 1);
                    ruling.find(self.trial.finding(spot, weight, because));
                    ruling.outcome = Some("refused".to_owned());
                }
                WellFormed::Unclear => {
                    refused = true;
                    let weight = self.trial.scales.at(self.trial.cited(), Verdict::Inconclusive);
                    let because = format!(
                        "message {} was answered {status}, which does not say whether it was understood",
                        number + 1
                    );
                    ruling.find(self.trial.finding(spot, weight, because));
                    ruling.outcome = Some("not-understood".to_owned());
                }
            }
        }
        ruling.understood = match (taken, refused) {
            (_, true) => Understood::Rejected,
            (0, false) => Understood::Nothing,
            (count, false) => Understood::Accepted { count, said },
        };
    }

    /// An answer that did not come, and why that is.
    pub(super) fn missing(&self, ruling: &mut Ruling, number: usize) {
        let cited = self.trial.cited();
        let refused = self.trial.scales.refused(cited);
        let spot = self.answer_spot(number, Part::Message);
        let which = format!("message {}", number + 1);
        let announced =
            number.checked_sub(1).and_then(|last| self.answers.finals.get(last)).is_some_and(announces_close);
        let (outcome, weight, because) = if self.is_too_much() {
            ("too-much", refused, format!("{which}: the response does not end within the octets that are read"))
        } else if let Some(cut) = &self.answers.cut {
            let status = cut.message.status;
            match self.line.ending {
                Some((Ending::Reset, _)) => {
                    ruling.cut_by_reset = true;
                    let weight = self.trial.scales.at(cited, Verdict::Inconclusive);
                    ("cut-by-reset", weight, format!("{which}: a reset cut the response {status}"))
                }
                Some((Ending::Fin, _)) => (
                    "cut-off",
                    refused,
                    format!("{which}: the connection was closed before the response {status} was whole"),
                ),
                None => {
                    ruling.clock = true;
                    ("late", refused, format!("{which}: the response {status} began and did not end within the time"))
                }
            }
        } else if self.answers.garbage.is_some() {
            (
                "no-response",
                self.trial.scales.named("9110-2.2-2", Verdict::Fail),
                format!("{which}: what came is no response: {}", self.came()),
            )
        } else if self.line.has_ended() && announced {
            let persists = cited.iter().any(|id| id == SHOULD_PERSIST);
            let weight = if persists {
                self.trial.scales.named(SHOULD_PERSIST, Verdict::Warn)
            } else {
                self.trial.scales.at(cited, Verdict::Inconclusive)
            };
            (
                "closed-early",
                weight,
                format!("{which}: the response before it announced close, and the connection was closed"),
            )
        } else if self.line.has_ended() {
            (
                "closed",
                refused,
                format!("{which} is well-formed, and the connection was closed without an answer to it"),
            )
        } else if self.line.is_late() {
            ruling.clock = true;
            ("late", refused, format!("{which} is well-formed, and no answer came within the time"))
        } else {
            (
                "not-shown",
                self.trial.scales.at(cited, Verdict::Inconclusive),
                format!("{which}: no answer was waited for"),
            )
        };
        ruling.outcome = Some(outcome.to_owned());
        ruling.find(self.trial.finding(spot, weight, because));
    }

    /// What the subject says that it understood, at the levels that show it.
    fn compare(&self, ruling: &mut Ruling, number: usize, answer: &Arrived) {
        let Some(said) = self.message.said.get(number) else { return };
        let is_head = self.line.methods.get(number).is_some_and(|method| method == "HEAD");
        if is_head || answer.message.status != 200 {
            return;
        }
        let transcript = self.trial.transcript();
        let spot = self.answer_spot(number, Part::Message);
        let differences = match transcript.level {
            Observability::Echo => match Echo::read(&answer.message.content, &transcript.lacks) {
                Some(echo) => echo.differences(said, &transcript.bindings),
                None => {
                    let weight = self.trial.scales.at(self.trial.cited(), Verdict::Inconclusive);
                    let because = format!("the answer to message {} does not follow the echo contract", number + 1);
                    ruling.find(self.trial.finding(spot, weight, because));
                    return;
                }
            },
            Observability::Body => {
                content_differences(said, &answer.message.content, |text| text.bind(&transcript.bindings).octets)
            }
            Observability::Opaque | Observability::Static => return,
        };
        if !differences.is_empty() {
            let weight = self.trial.scales.refused(self.trial.cited());
            let because = format!("message {} was understood otherwise: {}", number + 1, differences.join("; "));
            ruling.find(self.trial.finding(spot, weight, because));
            ruling.outcome = Some("misunderstood".to_owned());
        }
    }

    /// What follows N answers: the end of a connection that has to end, or the answer to the successor.
    pub(super) fn after_acceptance(&self, ruling: &mut Ruling, count: usize) {
        let then = self.message.means.reject.as_ref().map(|rejection| rejection.then);
        let must_end = self.reading.asks_close || then == Some(ThenConnection::Closed);
        if must_end {
            self.must_have_ended(ruling, count);
        } else if self.has_successor() {
            self.successor(ruling, count);
        }
    }

    /// The connection ends behind `count` answers, and nothing more is answered on it.
    pub(super) fn must_have_ended(&self, ruling: &mut Ruling, count: usize) {
        let scales = &self.trial.scales;
        let weight = |id: &str| {
            if self.reading.asks_close { scales.named(id, Verdict::Fail) } else { scales.ending(self.trial.cited()) }
        };
        if let Some(further) = self.answers.finals.get(count) {
            let because = format!(
                "the connection had to end, and a further request on it was answered {}",
                further.message.status
            );
            let spot = self.answer_spot(count, Part::Ending);
            ruling.find(self.trial.finding(spot, weight("9112-9.6-5"), because));
        } else if !self.line.has_ended() {
            let because = "the connection had to end, and was still open when the time was over";
            let spot = self.trial.missing_spot("c1", Part::Ending);
            ruling.find(self.trial.finding(spot, weight("9112-9.6-3"), because));
            ruling.clock = true;
        } else {
            ruling.ending = Some(ruling.ending.unwrap_or(Verdict::Pass));
        }
    }

    /// The harmless request in the same write has to be answered as itself, unless the connection was closed before it.
    fn successor(&self, ruling: &mut Ruling, count: usize) {
        let weight = || Weight { verdict: Verdict::Fail, ..self.trial.scales.refused(self.trial.cited()) };
        let spot = self.answer_spot(count, Part::Message);
        if let Some(answer) = self.answers.finals.get(count) {
            let status = answer.message.status;
            if well_formed(status, &[]) == WellFormed::Refused {
                let because = format!(
                    "the harmless request after it was refused with {status}: the message was held to end elsewhere"
                );
                ruling.find(self.trial.finding(spot, weight(), because));
                ruling.outcome = Some("ends-elsewhere".to_owned());
            } else if status == 200 && self.trial.transcript().level == Observability::Echo {
                let transcript = self.trial.transcript();
                let said = Said {
                    method: Some(text(b"GET")),
                    target: Some(text(transcript.bindings.path.as_bytes())),
                    ..Said::default()
                };
                let echo = Echo::read(&answer.message.content, &transcript.lacks);
                let differences = echo.map_or(Vec::new(), |echo| echo.differences(&said, &transcript.bindings));
                if !differences.is_empty() {
                    let because = format!(
                        "the harmless request after it was not what was answered next: {}",
                        differences.join("; ")
                    );
                    ruling.find(self.trial.finding(spot, weight(), because));
                    ruling.outcome = Some("ends-elsewhere".to_owned());
                }
            }
        } else if self.answers.garbage.is_some() {
            let because = format!("after the answers came what is no response: {}", self.came());
            ruling.find(self.trial.finding(spot, weight(), because));
        } else if self.answers.cut.is_some() && matches!(self.line.ending, Some((Ending::Reset, _))) {
            ruling.cut_by_reset = true;
        } else if !self.line.has_ended() && self.line.is_late() {
            let because = "the harmless request after it was never answered: the message was held to end elsewhere";
            ruling.find(self.trial.finding(spot, weight(), because));
            ruling.outcome = Some("ends-elsewhere".to_owned());
            ruling.clock = true;
        }
    }
}

/// Whether a response says that its connection ends (RFC 9112 §9.3).
pub(super) fn announces_close(answer: &Arrived) -> bool {
    let message = &answer.message;
    has_option(message, "close") || (message.version < (1, 1) && !has_option(message, "keep-alive"))
}

fn content_differences(said: &Said, content: &[u8], bound: impl Fn(&WireText) -> Vec<u8>) -> Vec<String> {
    match said.content.as_ref().map(bound) {
        Some(expected) if !expected.is_empty() && expected != content => {
            vec![format!("content was {}, understood as {}", super::show(&expected), super::show(content))]
        }
        _ => Vec::new(),
    }
}

fn text(octets: &[u8]) -> WireText {
    WireText { pieces: vec![crate::corpus::model::Piece::Octets(octets.to_vec())] }
}
