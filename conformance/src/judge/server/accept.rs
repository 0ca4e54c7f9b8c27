//! `means = { accept = N }`: N final responses in order, each *understood*.

use super::super::echo::Echo;
use super::super::judgement::Understood;
use super::super::result::Part;
use super::super::trial::{Ruling, Spot};
use super::super::view::{Arrived, Ending};
use super::super::weigh::{Weight, WellFormed, well_formed};
use super::Hearing;
use crate::corpus::model::{Observability, Said, ThenConnection, Verdict, WireText};
use crate::script::reading::has_option;

/// A server that says that it will close after a response is not bound to answer what follows.
const SHOULD_PERSIST: &str = "9112-9.3-1";
/// What could not be read is answered 400, and the connection closed.
const SHOULD_END: &str = "9112-2.2-10";
/// A connection of HTTP/1.0 ends unless keep-alive was agreed upon.
const OLD_ENDS: &str = "G9112-9.3-1";

/// How a connection stands behind the answers that were expected on it.
enum Standing {
    /// A further request was answered with this status.
    Answers(u16),
    Ended,
    /// Neither within the time.
    Open,
    /// Nobody waited to see.
    Unknown,
}

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
        } else if let Some(finding) = self.no_response(&format!("{which}: what came is no response")) {
            ruling.outcome = Some("no-response".to_owned());
            ruling.find(finding);
            return;
        } else if let Some(why) = self.is_excused(number) {
            let persists = cited.iter().any(|id| id == SHOULD_PERSIST);
            let weight = if persists {
                self.trial.scales.named(SHOULD_PERSIST, Verdict::Warn)
            } else {
                self.trial.scales.at(cited, Verdict::Inconclusive)
            };
            ("closed-early", weight, format!("{which} was not answered, since {why}"))
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

    /// Why a subject need not answer the request with that number, if it need not: an answer before it announced close (RFC 9112
    /// §9.6), or refused its request, and the connection ended (§9.3: who does not read the content of a request has to close).
    fn is_excused(&self, number: usize) -> Option<String> {
        let before = &self.answers.finals[..number.min(self.answers.finals.len())];
        if before.iter().any(announces_close) {
            return Some("a response before it announced close".to_owned());
        }
        let refused = before.iter().map(|answer| answer.message.status).find(|status| !(200..400).contains(status));
        let refused = refused.filter(|_| self.line.has_ended())?;
        Some(format!("a request before it was refused with {refused}, and the connection ended"))
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
        if self.reading.asks_close || then == Some(ThenConnection::Closed) {
            return self.must_have_ended(ruling, count);
        }
        match (self.has_successor(), self.reading.old_without_keep_alive) {
            (true, true) => self.nothing_behind_old(ruling, count),
            (true, false) => self.successor(ruling, count),
            (false, _) => {}
        }
        if then == Some(ThenConnection::ShouldClose) {
            self.should_have_ended(ruling, count);
        }
    }

    /// How the connection stands behind `count` answers.
    fn standing(&self, count: usize) -> Standing {
        match self.answers.finals.get(count) {
            Some(further) => Standing::Answers(further.message.status),
            None if self.line.has_ended() => Standing::Ended,
            None if self.line.is_late() => Standing::Open,
            None => Standing::Unknown,
        }
    }

    /// The connection ends behind `count` answers, and nothing more is answered on it.
    pub(super) fn must_have_ended(&self, ruling: &mut Ruling, count: usize) {
        let scales = &self.trial.scales;
        let weight = |id: &str| {
            if self.reading.asks_close { scales.named(id, Verdict::Fail) } else { scales.ending(self.trial.cited()) }
        };
        let spot = self.answer_spot(count, Part::Ending);
        match self.standing(count) {
            Standing::Ended => ruling.ending = Some(ruling.ending.unwrap_or(Verdict::Pass)),
            Standing::Answers(status) => {
                let because = format!("the connection had to end, and a further request on it was answered {status}");
                ruling.find(self.trial.finding(spot, weight("9112-9.6-5"), because));
            }
            Standing::Open => {
                let because = "the connection had to end, and was still open when the time was over";
                ruling.find(self.trial.finding(spot, weight("9112-9.6-3"), because));
                ruling.clock = true;
            }
            Standing::Unknown => self.end_unseen(ruling, weight("9112-9.6-3")),
        }
    }

    /// The connection is better ended behind `count` answers (RFC 9112 §2.2).
    pub(super) fn should_have_ended(&self, ruling: &mut Ruling, count: usize) {
        let weight = self.trial.scales.named(SHOULD_END, Verdict::Warn);
        let spot = self.answer_spot(count, Part::Ending);
        match self.standing(count) {
            Standing::Ended => ruling.ending = Some(ruling.ending.unwrap_or(Verdict::Pass)),
            Standing::Answers(status) => {
                let because = format!("the connection should end, and a further request on it was answered {status}");
                ruling.find(self.trial.finding(spot, weight, because));
            }
            Standing::Open => {
                let because = "the connection should end, and was still open when the time was over";
                ruling.find(self.trial.finding(spot, weight, because));
                ruling.clock = true;
            }
            Standing::Unknown => self.end_unseen(ruling, weight),
        }
    }

    fn end_unseen(&self, ruling: &mut Ruling, weight: Weight) {
        let weight = Weight { verdict: Verdict::Inconclusive, ..weight };
        let because = "whether the connection ended was not waited for";
        ruling.find(self.trial.finding(self.trial.missing_spot("c1", Part::Ending), weight, because));
    }

    /// Without keep-alive a connection of HTTP/1.0 ends behind its answer: the harmless request in the same write has none.
    fn nothing_behind_old(&self, ruling: &mut Ruling, count: usize) {
        if let Standing::Answers(status) = self.standing(count) {
            let because = format!(
                "a request of HTTP/1.0 without keep-alive ends its connection, and the request behind it was answered {status}"
            );
            let weight = self.trial.scales.named(OLD_ENDS, Verdict::Fail);
            ruling.find(self.trial.finding(self.answer_spot(count, Part::Ending), weight, because));
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
        } else if let Some(garbage) = self.answers.garbage {
            let because = format!("after the answers came what is no response: {}", self.came());
            let spot = Spot { at: [garbage.fault, garbage.fault.saturating_add(1)], ..spot };
            ruling.find(self.trial.finding(spot, weight(), because));
        } else if self.answers.cut.is_some() && matches!(self.line.ending, Some((Ending::Reset, _))) {
            ruling.cut_by_reset = true;
        } else if self.line.has_ended() || self.is_excused(count).is_some() {
            // The message itself was understood. Where it ends, this successor does not say; whether the end was announced is
            // for courtesy.
        } else if self.line.is_late() && self.message.means.reject.is_none() {
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
