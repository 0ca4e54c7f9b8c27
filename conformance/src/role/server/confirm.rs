//! No failure is believed that was seen once, in company: it is played again, alone, with three times the time.

use std::sync::Arc;

use super::plan::{Item, Key, Plan};
use super::round::note_death;
use super::{Director, Progress};
use crate::corpus::model::{Kind, Role, Verdict};
use crate::judge::result::{CaseResult, Finding, Part, Sender};
use crate::judge::{Control, Judgement, combine, judge};
use crate::script::Script;
use crate::script::play::play;
use crate::transcript::{Clocks, Delivery, Transcript, Variant};

/// How much more time a playing gets alone.
const PATIENTLY: u64 = 3;

impl Director<'_> {
    /// Plays again what has to be, controls first.
    pub(super) async fn confirm(&mut self, plan: &mut Plan<'_>) {
        for controls in [true, false] {
            for index in 0..plan.items.len() {
                if plan.items[index].is_control == controls && !self.stage.killers.contains(&index) {
                    self.confirm_case(&mut plan.items[index]).await;
                }
            }
        }
    }

    async fn confirm_case(&mut self, item: &mut Item<'_>) {
        let mut believed: Vec<Judgement> = Vec::new();
        let keys: Vec<Key> = item.playings.keys().copied().collect();
        for key in keys {
            let Some(script) = item.scripts.iter().find(|script| (script.delivery, script.variant) == key).cloned()
            else {
                continue;
            };
            let Some(playing) = item.playings.get(&key) else { continue };
            let before = playing.judgement.clone();
            if before.cut_by_reset {
                self.without_successor(item, key, &script).await;
                continue;
            }
            if !is_doubtful(item, &before) {
                continue;
            }
            // The same failure by the same outcome is confirmed once for all deliveries of a case.
            if believed.iter().any(|known| known.verdict() == before.verdict() && known.outcome == before.outcome) {
                continue;
            }
            if before.rests_on_clock && !self.facts.distinguishes {
                let because =
                    "a silence decided, and the subject takes blatant faults: not played again, not confirmed";
                item.doubt(key, None, because.to_owned());
                continue;
            }
            let Some(transcript) = self.alone(item, &script).await else {
                let because = "the run was over before this could be played again alone: not confirmed";
                item.doubt(key, None, because.to_owned());
                continue;
            };
            let after = judge(item.case, &transcript, &self.corpus.requirements);
            let same = after.message == before.message && after.ending == before.ending;
            if same || before.verdict() == Verdict::Fault {
                believed.push(after.clone());
                item.replace(key, after, transcript);
            } else {
                let because = format!(
                    "played again alone with {PATIENTLY} times the time it came to {}, and before to {}: {}",
                    word(after.verdict()),
                    word(before.verdict()),
                    before.findings.first().map_or("", |finding| finding.because.as_str())
                );
                item.doubt(key, Some(transcript), because);
            }
        }
    }

    /// A response that a reset cut while octets of ours were unread: the same message without the successor behind it.
    async fn without_successor(&mut self, item: &mut Item<'_>, key: Key, script: &Arc<Script>) {
        let whole =
            item.scripts.iter().find(|other| (other.delivery, other.variant) == (Delivery::Whole, key.1)).cloned();
        let script = whole.filter(|_| key.0 == Delivery::Coalesced).unwrap_or_else(|| script.clone());
        if let Some(transcript) = self.alone(item, &script).await {
            let judgement = judge(item.case, &transcript, &self.corpus.requirements);
            item.replace(key, Judgement { delivery: key.0, ..judgement }, transcript);
        }
    }

    /// Plays a script with nothing else going on; none if the run is over. A subject that dies of it is raised again.
    async fn alone(&mut self, item: &Item<'_>, script: &Script) -> Option<Transcript> {
        if self.stage.is_over() {
            return None;
        }
        (self.progress)(Progress::Confirming { case: &item.case.id, delivery: script.delivery });
        if self.stage.standing.died().is_some() {
            self.stage.standing.restart().await.ok()?;
        }
        let Clocks { patience_ms, quiet_ms, total_ms } = self.stage.clocks;
        let clocks = Clocks {
            patience_ms: PATIENTLY * patience_ms,
            quiet_ms: PATIENTLY * quiet_ms,
            total_ms: PATIENTLY * total_ms,
        };
        let target = self.stage.standing.target(self.stage.level, true);
        let limits = self.stage.limits();
        let mut stop = self.stage.stop.clone();
        let until = self.stage.until;
        let playing = play(script, &target, &clocks, &limits);
        let mut transcript = tokio::select! {
            transcript = playing => transcript,
            () = stop.stopped() => return None,
            () = super::round::at(until) => return None,
        };
        if let Some(how) = self.stage.standing.died() {
            note_death(&mut transcript, how);
        }
        Some(transcript)
    }

    /// The results of a case; deliveries that disagree have to do so again, alone.
    pub(super) async fn result(&mut self, plan: &mut Plan<'_>, index: usize, control: &Control) -> Vec<CaseResult> {
        let (distinguishes, requirements) = (self.facts.distinguishes, &self.corpus.requirements);
        let case = plan.items[index].case;
        let combined =
            |judgements: &[Judgement]| combine(case, Role::Server, judgements, control, distinguishes, requirements);
        let mut results = combined(&plan.items[index].judgements());
        if results.len() > 1 {
            let scripts = plan.items[index].scripts.clone();
            let mut judgements = Vec::new();
            for script in scripts.iter().filter(|script| script.variant == Variant::Plain) {
                let Some(transcript) = self.alone(&plan.items[index], script).await else { break };
                judgements.push(judge(case, &transcript, requirements));
                let key = (script.delivery, script.variant);
                plan.items[index].replace(key, judgements[judgements.len() - 1].clone(), transcript);
            }
            let again = combined(&judgements);
            if again.len() > 1 {
                results = again;
            } else {
                for result in &mut results[1..] {
                    result.verdict = Verdict::Inconclusive;
                    result.findings.iter_mut().for_each(|finding| {
                        finding.verdict = Verdict::Inconclusive;
                        finding.because.push_str("; played again one by one they did not disagree");
                    });
                }
            }
        }
        let transcripts: Vec<Transcript> = plan.items[index].transcripts().cloned().collect();
        for result in &mut results {
            result.transcripts.clone_from(&transcripts);
        }
        results
    }
}

/// Whether a judgement has to be seen again before it is believed.
fn is_doubtful(item: &Item<'_>, judgement: &Judgement) -> bool {
    match judgement.verdict() {
        Verdict::Fail | Verdict::Fault => true,
        Verdict::NotApplicable => false,
        _ => judgement.rests_on_clock && item.case.kind != Kind::Survey,
    }
}

impl Item<'_> {
    /// A later playing counts instead of the earlier.
    fn replace(&mut self, key: Key, judgement: Judgement, transcript: Transcript) {
        if let Some(playing) = self.playings.get_mut(&key) {
            playing.judgement = judgement;
            let before = std::mem::replace(&mut playing.transcript, transcript);
            playing.others.push(before);
        }
    }

    /// Two playings disagree, or there was no second one: nothing is concluded.
    fn doubt(&mut self, key: Key, second: Option<Transcript>, because: String) {
        let Some(playing) = self.playings.get_mut(&key) else { return };
        playing.others.extend(second);
        let judgement = &mut playing.judgement;
        let first = judgement.findings.first();
        let finding = Finding {
            part: first.map_or(Part::Message, |finding| finding.part),
            requirement: first.and_then(|finding| finding.requirement.clone()),
            level: first.and_then(|finding| finding.level),
            verdict: Verdict::Inconclusive,
            delivery: judgement.delivery,
            connection: first.map_or("c1".to_owned(), |finding| finding.connection.clone()),
            direction: first.map_or(Sender::Subject, |finding| finding.direction),
            at: first.map_or([0, 0], |finding| finding.at),
            because,
        };
        judgement.message = Verdict::Inconclusive;
        judgement.ending = Verdict::Pass;
        judgement.outcome = Some("not-confirmed".to_owned());
        judgement.findings = vec![finding];
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotApplicable => "not-applicable",
        Verdict::Pass => "pass",
        Verdict::Warn => "warn",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Fail => "fail",
        Verdict::Fault => "fault",
    }
}
