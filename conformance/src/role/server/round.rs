//! Many scripts at once, as many as the subject can hold, until all are played, the subject is lost, or the run is stopped.
//!
//! A subject that dies, or no longer answers anybody, is a finding: whatever was in flight is played one by one on a fresh start, and
//! who kills it alone is the killer.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::answer::is_silent;
use super::probe::{is_alive, pulse};
use super::standing::Standing;
use super::stop::Stop;
use crate::corpus::model::Observability;
use crate::script::Script;
use crate::script::play::{PlayLimits, Target, connections, play};
use crate::transcript::{Clocks, Event, Transcript, What};

/// A process needs a moment to die of what it was sent.
const MOMENT: Duration = Duration::from_millis(100);
/// ... and on a loaded machine a long one, until its exit status is there.
pub(super) const END: Duration = Duration::from_secs(2);

/// One playing that is asked for.
#[derive(Clone)]
pub(super) struct Play {
    /// Whose it is: the case's place in the run.
    pub(super) case: usize,
    /// What is played.
    pub(super) script: Arc<Script>,
}

/// One that was done.
pub(super) struct Played {
    /// Whose it is.
    pub(super) case: usize,
    /// What was played.
    pub(super) script: Arc<Script>,
    /// What happened.
    pub(super) transcript: Transcript,
}

/// How a round ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// All was played.
    Done,
    /// The run is to stop: a signal, its time, or its first failure.
    Stopped,
    /// The subject is gone for good; why, in a sentence.
    Lost(String),
}

/// What rounds share.
pub(super) struct Stage {
    pub(super) standing: Standing,
    pub(super) level: Observability,
    pub(super) clocks: Clocks,
    pub(super) jobs: usize,
    pub(super) stop: Stop,
    /// When the run has to be over.
    pub(super) until: Option<Instant>,
    /// Octets that may still be received before cases are kept short.
    pub(super) budget: u64,
    /// Whether the subject is gone for good.
    pub(super) lost: bool,
    /// Cases that killed the subject: nothing more of them is played.
    pub(super) killers: BTreeSet<usize>,
    /// What is to be said about the subject as a whole.
    pub(super) notes: Vec<String>,
}

/// What transcripts of a run may hold before a case may receive no more than [`SHORT`].
pub(super) const BUDGET: u64 = 64 << 20;
/// Octets that a case may receive when the run's budget is used up.
const SHORT: u64 = 64 << 10;
/// How long after its end a playing is still under suspicion.
const SUSPICION: Duration = Duration::from_millis(250);
/// How many playings in a row may hear nothing before the subject's pulse is felt.
const SILENT: usize = 8;

impl Stage {
    /// What a case may use up now.
    pub(super) fn limits(&self) -> PlayLimits {
        let whole = PlayLimits::default();
        PlayLimits { received: whole.received.min(self.budget.max(SHORT)), ..whole }
    }

    /// Plays all of them; `done` is told of each.
    pub(super) async fn round(&mut self, plays: Vec<Play>, mut done: impl FnMut(Played) -> Go) -> Outcome {
        let mut queue: VecDeque<Play> = plays.into();
        loop {
            queue.retain(|play| !self.killers.contains(&play.case));
            match self.until_trouble(&mut queue, &mut done).await {
                Flow::Over(outcome) => return outcome,
                Flow::Trouble { how, suspects } => {
                    if let Err(why) = self.interrogate(&how, suspects, &mut done).await {
                        return Outcome::Lost(why);
                    }
                }
            }
        }
    }

    async fn until_trouble(&mut self, queue: &mut VecDeque<Play>, done: &mut impl FnMut(Played) -> Go) -> Flow {
        let target = Arc::new(self.standing.target(self.level, false));
        let mut flying = Flying::default();
        // Those that heard nothing are held back until it is known that the subject still answers somebody.
        let mut held: Vec<Played> = Vec::new();
        let mut stop = self.stop.clone();
        let until = self.until;
        loop {
            if self.is_over() {
                return Flow::Over(Outcome::Stopped);
            }
            while let Some(next) = queue.front() {
                let wanted = connections(&next.script);
                if flying.connections > 0 && flying.connections + wanted > self.jobs {
                    break;
                }
                let Some(next) = queue.pop_front() else { break };
                flying.start(next, wanted, target.clone(), self.clocks, self.limits());
            }
            let landed = tokio::select! {
                biased;
                landed = flying.land() => landed,
                () = self.standing.death() => {
                    let how = self.standing.died().unwrap_or_default();
                    return Flow::Trouble { how, suspects: flying.suspects(held) };
                }
                () = stop.stopped() => return Flow::Over(Outcome::Stopped),
                () = at(until) => return Flow::Over(Outcome::Stopped),
            };
            let over = landed.is_none();
            let mut refused = false;
            if let Some(played) = landed {
                self.budget = self.budget.saturating_sub(received(&played.transcript));
                refused = has_refusal(&played.transcript);
                flying.remember(&played);
                if is_silent(&played.transcript) {
                    held.push(played);
                } else if done(played) == Go::Stop {
                    return Flow::Over(Outcome::Stopped);
                } else {
                    // Somebody was answered, so those before were not answered for reasons of their own.
                    if tell(&mut held, done) == Go::Stop {
                        return Flow::Over(Outcome::Stopped);
                    }
                }
            }
            if refused || held.len() >= SILENT || (over && !held.is_empty()) {
                if !self.has_pulse().await {
                    let how = self.standing.died().unwrap_or_else(|| self.standing.last_words("it no longer answers"));
                    return Flow::Trouble { how, suspects: flying.suspects(held) };
                }
                if tell(&mut held, done) == Go::Stop {
                    return Flow::Over(Outcome::Stopped);
                }
            }
            if over {
                return Flow::Over(Outcome::Done);
            }
        }
    }

    /// Whether the run is to stop now.
    pub(super) fn is_over(&self) -> bool {
        self.lost || self.stop.reason().is_some() || self.until.is_some_and(|until| until <= Instant::now())
    }

    /// Whether the subject has died of what it was just sent, or answers nobody any more.
    async fn is_gone(&self) -> bool {
        if self.standing.dies_within(MOMENT).await {
            return true;
        }
        if self.has_pulse().await {
            return false;
        }
        // The sockets of a process are closed before its end can be seen.
        self.standing.dies_within(END).await;
        true
    }

    /// Whether a plain GET is still answered.
    async fn has_pulse(&self) -> bool {
        let target = self.standing.target(self.level, false);
        let transcript = play(&pulse(&target.bindings), &target, &self.clocks, &self.limits()).await;
        is_alive(&transcript)
    }

    /// The suspects are played one by one on a fresh start.
    async fn interrogate(
        &mut self,
        how: &str,
        suspects: Vec<Play>,
        done: &mut impl FnMut(Played) -> Go,
    ) -> Result<(), String> {
        let lost = |why: String| format!("the subject is gone ({how}), and {why}");
        if !self.standing.is_ours() {
            return Err(format!(
                "the subject stopped answering during the run, with {} cases in flight",
                suspects.len()
            ));
        }
        self.standing.restart().await.map_err(lost)?;
        let mut found = false;
        for suspect in suspects {
            if self.is_over() {
                return Ok(());
            }
            if self.killers.contains(&suspect.case) {
                continue;
            }
            let target = self.standing.target(self.level, true);
            let mut transcript = play(&suspect.script, &target, &self.clocks, &self.limits()).await;
            if self.is_gone().await {
                found = true;
                self.killers.insert(suspect.case);
                let how = self.standing.died().unwrap_or_else(|| self.standing.last_words("it no longer answers"));
                note_death(&mut transcript, how.clone());
                done(Played { case: suspect.case, script: suspect.script, transcript });
                self.standing.restart().await.map_err(|why| format!("the subject is gone ({how}), and {why}"))?;
            } else {
                done(Played { case: suspect.case, script: suspect.script, transcript });
            }
        }
        if !found {
            self.notes
                .push(format!("the subject ended once during the run ({how}), and no case alone makes it do so again"));
        }
        Ok(())
    }
}

/// Whether the run goes on after a playing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Go {
    /// It does.
    On,
    /// Nothing new is begun.
    Stop,
}

enum Flow {
    Over(Outcome),
    Trouble { how: String, suspects: Vec<Play> },
}

/// What is being played now, and what was until a moment ago.
#[derive(Default)]
struct Flying {
    plays: JoinSet<(usize, Transcript)>,
    begun: Vec<Option<(Play, usize)>>,
    connections: usize,
    landed: VecDeque<(Instant, Play)>,
}

impl Flying {
    fn start(&mut self, what: Play, wanted: usize, target: Arc<Target>, clocks: Clocks, limits: PlayLimits) {
        let number = self.begun.len();
        let script = what.script.clone();
        self.begun.push(Some((what, wanted)));
        self.connections += wanted;
        self.plays.spawn(async move { (number, play(&script, &target, &clocks, &limits).await) });
    }

    /// The next that ends; none when nothing flies.
    async fn land(&mut self) -> Option<Played> {
        loop {
            let (number, transcript) = match self.plays.join_next().await? {
                Ok(landed) => landed,
                // A playing that panicked is a fault of ours: it is passed on.
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Err(_) => continue,
            };
            let Some((what, wanted)) = self.begun[number].take() else { continue };
            self.connections -= wanted;
            return Some(Played { case: what.case, script: what.script, transcript });
        }
    }

    fn remember(&mut self, played: &Played) {
        let now = Instant::now();
        self.landed.push_back((now, Play { case: played.case, script: played.script.clone() }));
        while self.landed.front().is_some_and(|(when, _)| *when + SUSPICION < now) {
            self.landed.pop_front();
        }
    }

    /// Whoever flies, the first begun first, then those that landed a moment ago. (What landed was told already; if it is the killer
    /// its second transcript says so.)
    fn suspects(mut self, held: Vec<Played>) -> Vec<Play> {
        self.plays.abort_all();
        let flying = self.begun.into_iter().flatten().map(|(play, _)| play);
        let held = held.into_iter().map(|played| Play { case: played.case, script: played.script });
        let landed = self.landed.into_iter().map(|(_, play)| play);
        let mut suspects: Vec<Play> = Vec::new();
        for suspect in flying.chain(held).chain(landed) {
            if !suspects.iter().any(|known| Arc::ptr_eq(&known.script, &suspect.script)) {
                suspects.push(suspect);
            }
        }
        suspects
    }
}

/// Writes down that the subject's process ended.
pub(super) fn note_death(transcript: &mut Transcript, how: String) {
    let at_us = transcript.events.last().map_or(0, |event| event.at_us);
    transcript.events.push(Event { at_us, on: "process".to_owned(), what: What::Died { how } });
}

/// Tells of those that were held back.
fn tell(held: &mut Vec<Played>, done: &mut impl FnMut(Played) -> Go) -> Go {
    let stops = held.drain(..).map(done).filter(|go| *go == Go::Stop).count();
    if stops > 0 { Go::Stop } else { Go::On }
}

/// Waits until that time; forever without one.
pub(super) async fn at(until: Option<Instant>) {
    match until {
        Some(until) => tokio::time::sleep_until(until).await,
        None => std::future::pending().await,
    }
}

fn received(transcript: &Transcript) -> u64 {
    let count = |event: &Event| match &event.what {
        What::Received { octets } => octets.0.len() as u64,
        _ => 0,
    };
    transcript.events.iter().map(count).sum()
}

fn has_refusal(transcript: &Transcript) -> bool {
    transcript.events.iter().any(|event| matches!(event.what, What::Refused { .. }))
}
