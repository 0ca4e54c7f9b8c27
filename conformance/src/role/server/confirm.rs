//! No failure is believed that was seen once, in company: it is played again, alone, with three times the time. What rests on a
//! silence is played again in the company of other silences only.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::plan::{Item, Key, Plan};
use super::round::{END, note_death};
use super::{Director, Progress};
use crate::corpus::model::{Kind, Role, Verdict};
use crate::judge::result::{CaseResult, Finding, Part, Sender};
use crate::judge::{Control, Judgement, combine, judge};
use crate::script::Script;
use crate::script::play::play;
use crate::transcript::{Clocks, Delivery, Transcript, Variant, What};

/// How often a response that a reset cut is asked for again.
const RACES: usize = 4;

/// How many silences are waited out at once, at most.
const SIDE_BY_SIDE: usize = 16;

/// How much more time a playing gets alone.
const PATIENTLY: u64 = 3;

impl Director<'_> {
    /// Plays again what has to be: first, one by one, what an answer decided; then what a silence decided.
    pub(super) async fn confirm(&mut self, plan: &mut Plan<'_>) {
        for index in 0..plan.items.len() {
            if !self.stage.killers.contains(&index) {
                self.confirm_answers(&mut plan.items[index]).await;
            }
        }
        self.confirm_silences(plan).await;
    }

    async fn confirm_answers(&mut self, item: &mut Item<'_>) {
        let mut believed: Vec<Judgement> = Vec::new();
        let keys: Vec<Key> = item.playings.keys().copied().collect();
        for key in keys {
            let Some((before, script)) = item.played(key) else { continue };
            if before.cut_by_reset {
                self.without_successor(item, key, &script).await;
            } else if is_doubtful(item, &before) && !before.rests_on_clock && !is_like(&believed, &before) {
                let transcript = self.alone(item, &script).await;
                believed.extend(self.second(item, key, &before, transcript));
            }
        }
    }

    /// Silences are waited out side by side, a few at a time and with nothing else going on: they cost the subject nothing, and one
    /// after another they would take minutes. One of each kind of a case is enough as long as it is confirmed.
    async fn confirm_silences(&mut self, plan: &mut Plan<'_>) {
        let mut believed: Vec<(usize, Judgement)> = Vec::new();
        let mut asked: BTreeSet<(usize, Key)> = BTreeSet::new();
        loop {
            let mut next: Vec<(usize, Key, Judgement, Arc<Script>)> = Vec::new();
            for (index, item) in plan.items.iter().enumerate() {
                if self.stage.killers.contains(&index) {
                    continue;
                }
                let mut kinds: Vec<Judgement> =
                    believed.iter().filter(|(of, _)| *of == index).map(|(_, judgement)| judgement.clone()).collect();
                for key in item.playings.keys() {
                    let Some((before, script)) = item.played(*key) else { continue };
                    let asks = is_doubtful(item, &before) && before.rests_on_clock && !before.cut_by_reset;
                    if asks && !is_like(&kinds, &before) && asked.insert((index, *key)) {
                        kinds.push(before.clone());
                        next.push((index, *key, before, script));
                    }
                }
            }
            if next.is_empty() {
                return;
            }
            for group in next.chunks(self.stage.jobs.min(SIDE_BY_SIDE)) {
                let trusted = self.facts.distinguishes;
                let scripts: Vec<&Script> = group.iter().map(|(_, _, _, script)| script.as_ref()).collect();
                let ids: Vec<&str> = group.iter().map(|(index, ..)| plan.items[*index].case.id.as_str()).collect();
                let transcripts = if trusted { self.quietly(&ids, &scripts).await } else { None };
                let mut transcripts = transcripts.unwrap_or_default().into_iter();
                for (index, key, before, _) in group {
                    let item = &mut plan.items[*index];
                    if trusted {
                        let second = self.second(item, *key, before, transcripts.next());
                        believed.extend(second.map(|judgement| (*index, judgement)));
                    } else {
                        let because =
                            "a silence decided, and the subject takes blatant faults: not played again, not confirmed";
                        item.doubt(*key, None, because.to_owned());
                    }
                }
            }
        }
    }

    /// Holds a second playing against the first: the judgement if they agree.
    fn second(
        &self,
        item: &mut Item<'_>,
        key: Key,
        before: &Judgement,
        transcript: Option<Transcript>,
    ) -> Option<Judgement> {
        let Some(transcript) = transcript else {
            let because = "the run was over before this could be played again: not confirmed";
            item.doubt(key, None, because.to_owned());
            return None;
        };
        let after = judge(item.case, &transcript, &self.corpus.requirements);
        let same = after.message == before.message && after.ending == before.ending;
        if same || before.verdict() == Verdict::Fault {
            item.replace(key, after.clone(), transcript);
            return Some(after);
        }
        let company = if transcript.alone { "alone" } else { "beside other silences only," };
        let because = format!(
            "played again {company} with {PATIENTLY} times the time it came to {}, and before to {}: {}",
            word(after.verdict()),
            word(before.verdict()),
            before.findings.first().map_or("", |finding| finding.because.as_str())
        );
        item.doubt(key, Some(transcript), because);
        None
    }

    /// A response that a reset cut while octets of ours were unread: the same message without the successor behind it.
    async fn without_successor(&mut self, item: &mut Item<'_>, key: Key, script: &Arc<Script>) {
        let whole =
            item.scripts.iter().find(|other| (other.delivery, other.variant) == (Delivery::Whole, key.1)).cloned();
        let script = whole.filter(|_| key.0 == Delivery::Coalesced).unwrap_or_else(|| script.clone());
        // Whether a reset overtakes the answer is a race: it is run a few times.
        for _ in 0..RACES {
            let Some(transcript) = self.alone(item, &script).await else { return };
            let judgement = judge(item.case, &transcript, &self.corpus.requirements);
            let cut = judgement.cut_by_reset;
            item.replace(key, Judgement { delivery: key.0, ..judgement }, transcript);
            if !cut {
                return;
            }
        }
    }

    /// Plays a script with nothing else going on; none if the run is over.
    async fn alone(&mut self, item: &Item<'_>, script: &Script) -> Option<Transcript> {
        self.quietly(&[&item.case.id], &[script]).await?.pop()
    }

    /// Plays a few scripts with nothing else going on and three times the time; none if the run is over. A subject that died is raised
    /// again, and one that dies of the only script is written down.
    async fn quietly(&mut self, ids: &[&str], scripts: &[&Script]) -> Option<Vec<Transcript>> {
        if self.stage.is_over() {
            return None;
        }
        for (case, script) in ids.iter().zip(scripts) {
            (self.progress)(Progress::Confirming { case, delivery: script.delivery });
        }
        if self.stage.standing.died().is_some() {
            self.stage.standing.restart().await.ok()?;
        }
        let Clocks { patience_ms, quiet_ms, total_ms } = self.stage.clocks;
        let clocks = Clocks {
            patience_ms: PATIENTLY * patience_ms,
            quiet_ms: PATIENTLY * quiet_ms,
            total_ms: PATIENTLY * total_ms,
        };
        let target = Arc::new(self.stage.standing.target(self.stage.level, scripts.len() == 1));
        let limits = self.stage.limits();
        let mut stop = self.stage.stop.clone();
        let until = self.stage.until;
        let mut plays = JoinSet::new();
        for (number, script) in scripts.iter().enumerate() {
            let (script, target) = ((*script).clone(), target.clone());
            plays.spawn(async move { (number, play(&script, &target, &clocks, &limits).await) });
        }
        let mut played = tokio::select! {
            played = plays.join_all() => played,
            () = stop.stopped() => return None,
            () = super::round::at(until) => return None,
        };
        played.sort_by_key(|(number, _)| *number);
        let mut transcripts: Vec<Transcript> = played.into_iter().map(|(_, transcript)| transcript).collect();
        if let [transcript] = transcripts.as_mut_slice() {
            let heard = transcript.events.iter().any(|event| matches!(event.what, What::Received { .. }));
            // The sockets of a process are closed before its end can be seen.
            if !heard && self.stage.standing.refuses_connections().await {
                self.stage.standing.dies_within(END).await;
            }
            if let Some(how) = self.stage.standing.died() {
                note_death(transcript, how);
            }
        }
        Some(transcripts)
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

/// The same verdict by the same outcome is confirmed once for all deliveries of a case.
fn is_like(believed: &[Judgement], judgement: &Judgement) -> bool {
    believed.iter().any(|known| known.verdict() == judgement.verdict() && known.outcome == judgement.outcome)
}

impl Item<'_> {
    /// What a playing came to, and its script.
    fn played(&self, key: Key) -> Option<(Judgement, Arc<Script>)> {
        let script = self.scripts.iter().find(|script| (script.delivery, script.variant) == key)?;
        Some((self.playings.get(&key)?.judgement.clone(), script.clone()))
    }

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
