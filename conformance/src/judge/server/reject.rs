//! `means = { reject = [..] }`: a listed status, then the connection as `then` says; a silent close as `silent_close` says.

use super::super::echo::Echo;
use super::super::judgement::Understood;
use super::super::result::Part;
use super::super::trial::Ruling;
use super::super::view::{Arrived, Ending};
use super::super::weigh::{Malformed, Weight, WellFormed, malformed, well_formed};
use super::Hearing;
use crate::corpus::model::{Observability, Rejection, ThenConnection, Verdict};
use crate::transcript::Purpose;

impl Hearing<'_> {
    /// Judges a message that a conforming server turns down.
    pub(super) fn reject(&self, rejection: &Rejection) -> Ruling {
        let number = self.reading.whole_before_fault;
        let understood = |answer: &Arrived| well_formed(answer.message.status, &[]) == WellFormed::Understood;
        let before = self.answers.finals.iter().take(number).filter(|answer| understood(answer)).count();
        if before < number {
            let mut ruling = Ruling::of("not-reached", Understood::Nothing);
            let spot = self.answer_spot(number, Part::Message);
            let weight = self.trial.scales.at(self.trial.cited(), Verdict::Inconclusive);
            let because = format!("the {number} messages before it were not all understood: {}", self.came());
            ruling.find(self.trial.finding(spot, weight, because));
            ruling.clock = self.line.is_late();
            return ruling;
        }
        match self.answers.finals.get(number) {
            Some(answer) if self.began_before_fault(answer.began) => self.by_what_follows(rejection, number),
            Some(answer) => self.by_status(rejection, number, answer.message.status),
            None => self.without_answer(rejection, number),
        }
    }

    fn by_status(&self, rejection: &Rejection, number: usize, status: u16) -> Ruling {
        let cited = self.trial.cited();
        let scales = &self.trial.scales;
        let spot = self.answer_spot(number, Part::Message);
        let listed = list(&rejection.statuses);
        let mut ruling = Ruling::of("rejected", Understood::Rejected);
        match malformed(status, &rejection.statuses) {
            Malformed::Listed => ruling.message = Some(Verdict::Pass),
            Malformed::AnotherError => {
                ruling.outcome = Some("rejected-otherwise".to_owned());
                if rejection.statuses.contains(&400) && scales.names_400(cited) {
                    let because = format!("the answer is {status} where {listed} was asked for");
                    ruling.find(self.trial.finding(spot, scales.at(cited, Verdict::Warn), because));
                }
            }
            Malformed::ServerError => {
                ruling.outcome = Some("server-error".to_owned());
                let because =
                    format!("the answer is {status}, as if the fault were the server's, where {listed} was asked for");
                ruling.find(self.trial.finding(spot, scales.at(cited, Verdict::Warn), because));
            }
            Malformed::Accepted => {
                return self.taken(number, format!("answered {status} where {listed} was asked for"));
            }
            Malformed::Unclear => {
                ruling = Ruling::of("not-understood", Understood::Nothing);
                let because = format!("the answer {status} says neither that it was taken nor that it was rejected");
                ruling.find(self.trial.finding(spot, scales.at(cited, Verdict::Inconclusive), because));
            }
        }
        self.then(&mut ruling, rejection.then, number + 1);
        ruling
    }

    /// No whole response to the malformed message.
    fn without_answer(&self, rejection: &Rejection, number: usize) -> Ruling {
        let cited = self.trial.cited();
        let scales = &self.trial.scales;
        let spot = self.answer_spot(number, Part::Message);
        let inconclusive = || scales.at(cited, Verdict::Inconclusive);
        if self.is_too_much() {
            let mut ruling = Ruling::of("too-much", Understood::Nothing);
            let weight = Weight { verdict: Verdict::Fail, ..scales.refused(cited) };
            ruling.find(self.trial.finding(spot, weight, "the response does not end within the octets that are read"));
            return ruling;
        }
        if let Some(cut) = &self.answers.cut {
            let status = cut.message.status;
            let was_success = malformed(status, &rejection.statuses) == Malformed::Accepted;
            return match self.line.ending {
                // Begun before the fault was met, and abandoned when it was. (With a successor unread behind it the reset may come
                // of that; then it is played without one.)
                Some((ending, _)) if was_success => {
                    let mut ruling = Ruling::of("cut-off", Understood::Rejected);
                    ruling.message = Some(Verdict::Pass);
                    ruling.cut_by_reset = ending == Ending::Reset && self.has_successor();
                    ruling
                }
                // The head of a refusal says it all: what a reset may have taken is its content.
                Some((Ending::Reset, _)) if status >= 400 => self.by_status(rejection, number, status),
                Some((Ending::Reset, _)) => {
                    let mut ruling = Ruling::of("cut-by-reset", Understood::Rejected);
                    ruling.cut_by_reset = true;
                    let because = format!("a reset cut the response {status}");
                    ruling.find(self.trial.finding(spot, inconclusive(), because));
                    ruling
                }
                Some((Ending::Fin, _)) => {
                    let mut ruling = Ruling::of("cut-off", Understood::Rejected);
                    let because = format!("the connection was closed before the response {status} was whole");
                    ruling.find(self.trial.finding(spot, inconclusive(), because));
                    ruling
                }
                None => {
                    let mut ruling = Ruling::of("late", Understood::Nothing).by_clock();
                    let because = format!("the response {status} began and did not end within the time");
                    ruling.find(self.trial.finding(spot, inconclusive(), because));
                    ruling
                }
            };
        }
        if let Some(finding) = self.no_response("what came is no response") {
            let mut ruling = Ruling::of("no-response", Understood::Nothing);
            ruling.find(finding);
            return ruling;
        }
        if self.line.has_ended() {
            let mut ruling = Ruling::of("closed-silently", Understood::Rejected);
            ruling.message = Some(rejection.silent_close);
            if rejection.silent_close != Verdict::Pass {
                let because = format!(
                    "the connection was closed without a response where {} was asked for",
                    list(&rejection.statuses)
                );
                ruling.find(self.trial.finding(spot, scales.at(cited, rejection.silent_close), because));
            }
            return ruling;
        }
        let mut ruling = Ruling::of("late", Understood::Nothing).by_clock();
        ruling.find(self.trial.finding(
            spot,
            inconclusive(),
            "neither a response nor the end of the connection came within the time",
        ));
        ruling
    }

    /// The answer began before the fault was sent: only what followed on the connection says anything.
    fn by_what_follows(&self, rejection: &Rejection, number: usize) -> Ruling {
        if let Some(further) = self.answers.finals.get(number + 1) {
            let status = further.message.status;
            if malformed(status, &rejection.statuses) == Malformed::Accepted {
                let because = format!(
                    "an early answer, and then the next request was answered {status} as if nothing were wrong"
                );
                return self.taken(number + 1, because);
            }
            let mut ruling = Ruling::of("rejected-after-early-answer", Understood::Rejected);
            ruling.message = Some(Verdict::Pass);
            return ruling;
        }
        if self.line.has_ended() {
            let mut ruling = Ruling::of("closed-after-early-answer", Understood::Rejected);
            ruling.message = Some(Verdict::Pass);
            return ruling;
        }
        let mut ruling = Ruling::of("early-answer", Understood::Nothing).by_clock();
        let weight = self.trial.scales.at(self.trial.cited(), Verdict::Inconclusive);
        let because = "the answer began before the fault was sent, and nothing followed";
        ruling.find(self.trial.finding(self.answer_spot(number, Part::Message), weight, because));
        ruling
    }

    /// The malformed message was taken.
    fn taken(&self, number: usize, came: String) -> Ruling {
        let own: Vec<String> =
            self.answers.finals.get(number).and_then(|answer| self.said(answer)).into_iter().collect();
        let mut ruling = Ruling::of("accepted", Understood::Accepted { count: 1, said: own });
        let mut weight = self.trial.scales.taken(self.trial.cited());
        let in_head = !self.reading.fault_in_content;
        if in_head && self.trial.scales.leaves_replacing(self.trial.cited()) && !self.shows_what_was_understood(number)
        {
            // A space in its place is allowed, and could not be seen here.
            weight.verdict = weight.verdict.min(Verdict::Warn);
        }
        let spot = self.trial.fault_spot("c1", self.length);
        ruling.find(self.trial.finding(spot, weight, format!("the malformed message was taken: {came}")));
        ruling
    }

    /// What follows a rejection on the connection.
    fn then(&self, ruling: &mut Ruling, then: ThenConnection, answered: usize) {
        match then {
            ThenConnection::Any => {}
            ThenConnection::Closed => self.must_have_ended(ruling, answered),
            ThenConnection::ShouldClose => self.should_have_ended(ruling, answered),
        }
    }

    /// Whether the answer with that number tells what was understood of the request.
    fn shows_what_was_understood(&self, number: usize) -> bool {
        let transcript = self.trial.transcript();
        let answer = self.answers.finals.get(number);
        transcript.level == Observability::Echo
            && answer.is_some_and(|answer| Echo::read(&answer.message.content, &transcript.lacks).is_some())
    }

    /// Whether an answer began before the octet at the fault was sent; where octets are missing there, before the last that is sent.
    fn began_before_fault(&self, began: usize) -> bool {
        let Some(fault) = self.trial.transcript().fault else { return false };
        let from = self.line.piece(Purpose::Message).map_or(0, |piece| piece.from);
        self.line.sent_before(began) <= from.saturating_add(fault.min(self.length.saturating_sub(1)))
    }
}

fn list(statuses: &[u16]) -> String {
    let words: Vec<String> = statuses.iter().map(u16::to_string).collect();
    if words.is_empty() { "a rejection".to_owned() } else { words.join(" or ") }
}
