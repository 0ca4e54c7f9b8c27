//! `means = { incomplete = true }`: the message wants more. Played *withheld* (its rest comes after a silence) and *ended* (its rest
//! never comes).

use super::super::judgement::Understood;
use super::super::result::Part;
use super::super::trial::Ruling;
use super::super::weigh::{Weight, WellFormed, well_formed};
use super::Hearing;
use crate::corpus::model::Verdict;
use crate::transcript::Purpose;

/// An incomplete message ends its connection when it is over.
const MUST_CLOSE: &str = "9112-6.3-8";
/// A connection that the other side closed should be closed.
const SHOULD_CLOSE: &str = "9112-9.5-2";

impl Hearing<'_> {
    /// After the prefix and one silence no final response may have come; then the rest makes the message whole, and it must be
    /// taken: nothing passes by silence.
    pub(super) fn withheld(&self) -> Ruling {
        let whole = self.reading.whole;
        let Some(rest) = self.line.piece(Purpose::Rest).map(|piece| piece.event) else {
            let mut ruling = Ruling::of("ended-early", Understood::Rejected);
            match self.answers.finals.get(whole) {
                Some(answer) => self.early(&mut ruling, whole, answer.message.status),
                None => self.missing(&mut ruling, whole),
            }
            return ruling;
        };
        if let Some(answer) = self.answers.finals.get(whole).filter(|answer| answer.began < rest) {
            let mut ruling = Ruling::of("answered-early", Understood::Rejected);
            self.early(&mut ruling, whole, answer.message.status);
            return ruling;
        }
        let mut ruling = Ruling::of("waited", Understood::Nothing);
        self.understood_answers(&mut ruling, 0, self.line.methods.len().max(whole + 1));
        if matches!(ruling.understood, Understood::Accepted { .. }) && ruling.verdict() <= Verdict::Warn {
            ruling.understood = Understood::Incomplete;
        }
        ruling
    }

    /// A final response before the message was whole.
    fn early(&self, ruling: &mut Ruling, number: usize, status: u16) {
        let cited = self.trial.cited();
        let spot = self.answer_spot(number, Part::Message);
        // A server may answer before it has the content (RFC 9110 §10.1.1), and it may tire of waiting.
        let says_nothing = well_formed(status, &[]) == WellFormed::Unclear;
        let may_be = says_nothing || (self.reading.head_is_whole && !matches!(status, 200..=299 | 400));
        let weight =
            if may_be { self.trial.scales.at(cited, Verdict::Inconclusive) } else { self.trial.scales.refused(cited) };
        if matches!(status, 200..=399) {
            ruling.understood = Understood::Accepted { count: number + 1, said: Vec::new() };
        }
        ruling.find(self.trial.finding(spot, weight, format!("answered {status} before the message was whole")));
    }

    /// After the prefix our half is closed: no complete 2xx may come.
    pub(super) fn ended(&self) -> Ruling {
        let whole = self.reading.whole;
        let scales = &self.trial.scales;
        let cited = self.trial.cited();
        if let Some(answer) = self.answers.finals.get(whole).filter(|answer| matches!(answer.message.status, 200..=299))
        {
            let mut ruling =
                Ruling::of("taken-unfinished", Understood::Accepted { count: whole + 1, said: Vec::new() });
            let spot = self.answer_spot(whole, Part::Message);
            let because = format!("the message never became whole, and was answered {}", answer.message.status);
            ruling.find(self.trial.finding(spot, scales.refused(cited), because));
            return ruling;
        }
        if let Some(finding) = self.no_response("what came is no response") {
            let mut ruling = Ruling::of("no-response", Understood::Nothing);
            ruling.find(finding);
            return ruling;
        }
        if self.answers.finals.len() < whole {
            let mut ruling = Ruling::of("not-reached", Understood::Nothing);
            let because = format!("the {whole} messages before it were not all answered: {}", self.came());
            let spot = self.answer_spot(whole, Part::Message);
            ruling.find(self.trial.finding(spot, scales.at(cited, Verdict::Inconclusive), because));
            return ruling;
        }
        let mut ruling = Ruling::of("not-taken", Understood::Incomplete);
        ruling.message = Some(Verdict::Pass);
        if !self.line.has_ended() {
            let must = cited.iter().any(|id| id == MUST_CLOSE) && self.reading.head_is_whole;
            let weight: Weight =
                if must { scales.named(MUST_CLOSE, Verdict::Fail) } else { scales.named(SHOULD_CLOSE, Verdict::Warn) };
            let because = "our half was closed before the message was whole, and the connection was still open when the time was over";
            ruling.find(self.trial.finding(self.trial.missing_spot("c1", Part::Ending), weight, because));
            ruling.clock = true;
        }
        ruling
    }
}
