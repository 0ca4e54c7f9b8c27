//! The server role: we connect, the subject answers.
//!
//! ```text
//!   raise ─► base control ─► faults, level, load ─► base control again ─► controls ─► quiet ─► all other cases ─► alone ─► report
//!            no answer, no        what is wrong with the subject as a        many at once,        what failed is
//!            verdict              whole stands in the headline               as the subject holds  played again
//! ```
//!
//! It knows when to play what; what a transcript means is for the judge. Four rules: nothing counts before a plain GET was understood;
//! no failure is reported that was not seen twice, the second time with nothing else going on and three times the time; a subject that
//! dies is a finding and not the end; and whatever ends the run early, what was done is reported.

mod answer;
mod confirm;
mod plan;
mod probe;
mod resources;
mod round;
mod standing;
mod stop;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use self::answer::latency_us;
use self::plan::{Item, Plan};
use self::probe::{base_control, load, sight};
use self::round::{BUDGET, Go, Outcome, Played, Stage};
use self::standing::Standing;
pub use self::stop::{Reason, Stop, Stopper};
use crate::corpus::model::{Case, Corpus, Kind, Observability, Role, Verdict};
use crate::judge::result::{CaseResult, ControlState, Finding, Part, Report, Sender, SubjectFacts, Tool};
use crate::judge::{Control, Courtesy, combine};
use crate::script::play::PlayLimits;
use crate::subject::{Subject, SubjectError};
use crate::transcript::{Clocks, Delivery, Transcript};

/// How a run is made.
#[derive(Clone, Debug)]
pub struct Options {
    /// Only these deliveries of message cases; all if absent.
    pub deliveries: Option<BTreeSet<Delivery>>,
    /// How many connections at once; the manifest's `parallel`, or what a probe shows, if absent.
    pub jobs: Option<usize>,
    /// How long an answer that must come is waited for.
    pub patience: Duration,
    /// How long one case may take in all.
    pub total: Duration,
    /// How long the run may take; it ends early then, and is reported as interrupted.
    pub max_time: Option<Duration>,
    /// Ends the run at the first failure.
    pub fail_fast: bool,
    /// Plays the cases in an order that this seed gives, instead of the corpus's.
    pub shuffle: Option<u64>,
    /// Plays the cases although the base control was not accepted: to try the harness itself on degenerate subjects.
    pub insist: bool,
    /// Whether what the subject sends is linted beside the cases.
    pub courtesy: bool,
    /// Ends the run from outside.
    pub stop: Stop,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            deliveries: None,
            jobs: None,
            patience: Duration::from_secs(5),
            total: Duration::from_secs(30),
            max_time: Some(Duration::from_secs(600)),
            fail_fast: false,
            shuffle: None,
            insist: false,
            courtesy: true,
            stop: Stop::never(),
        }
    }
}

/// What whoever waits for a run is told.
#[derive(Debug)]
pub enum Progress<'a> {
    /// The subject is up and was probed.
    Probed(&'a SubjectFacts),
    /// So many playings are to come (those that are repeated alone not counted).
    Planned(usize),
    /// One was done.
    Played {
        /// Full id.
        case: &'a str,
        /// Which.
        delivery: Delivery,
        /// What it came to, before it was confirmed.
        verdict: Verdict,
    },
    /// One is played again, alone.
    Confirming {
        /// Full id.
        case: &'a str,
        /// Which.
        delivery: Delivery,
    },
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Run {
    /// All that was found.
    pub report: Report,
    /// Whether the subject was reached and understood a plain GET; if not, exit code 3.
    pub accepted: bool,
    /// Whether a signal ended the run.
    pub stopped: Option<Reason>,
}

/// Judges a server with the selected cases (controls that they need are played with them).
///
/// # Errors
/// [`SubjectError`] if the subject is ours to start and did not come up. A subject that listens already and cannot be reached gives a
/// report that says so.
pub async fn run(
    corpus: &Corpus,
    selected: &[&Case],
    subject: &Subject,
    options: &Options,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<Run, SubjectError> {
    let begun = Instant::now();
    let mut stop = options.stop.clone();
    let standing = tokio::select! {
        biased;
        standing = Standing::raise(subject) => standing?,
        () = stop.stopped() => return Ok(nothing(subject, options, begun)),
    };
    let clocks = Clocks { patience_ms: millis(options.patience), quiet_ms: 100, total_ms: millis(options.total) };
    let stage = Stage {
        standing,
        level: Observability::Opaque,
        clocks,
        jobs: 1,
        stop: options.stop.clone(),
        until: options.max_time.map(|time| begun + time),
        budget: BUDGET,
        lost: false,
        killers: BTreeSet::new(),
        notes: Vec::new(),
    };
    let mut director =
        Director { corpus, options, progress, stage, facts: SubjectFacts::default(), seen: Vec::new(), base_status: 0 };
    let mut stop = options.stop.clone();
    let accepted = tokio::select! {
        accepted = director.look(subject) => accepted,
        () = stop.stopped() => false,
    };
    let mut plan = Plan::new(
        corpus,
        selected,
        options,
        &director.stage.standing.bindings,
        director.facts.observability,
        &director.facts.can,
    );
    let mut interrupted = options.stop.reason().is_some();
    let mut results = Vec::new();
    if accepted || (options.insist && !interrupted) {
        interrupted |= !director.play(&mut plan).await;
        if accepted {
            director.confirm(&mut plan).await;
        }
        results = director.results(&mut plan, accepted).await;
        interrupted |= options.stop.reason().is_some();
    }
    director.stage.standing.fell().await;
    let report = director.report(results, interrupted, begun);
    Ok(Run { report, accepted, stopped: options.stop.reason() })
}

/// Who directs a run.
struct Director<'r> {
    corpus: &'r Corpus,
    options: &'r Options,
    progress: &'r (dyn Fn(Progress<'_>) + Sync),
    stage: Stage,
    facts: SubjectFacts,
    /// Transcripts of probes.
    seen: Vec<Transcript>,
    base_status: u16,
}

impl Director<'_> {
    /// Looks at the subject before the first case. Whether it accepted the base control, now and after the probes.
    async fn look(&mut self, subject: &Subject) -> bool {
        let limits = PlayLimits { received: 1 << 20, ..PlayLimits::default() };
        let standing = &self.stage.standing;
        let clocks = self.stage.clocks;
        self.facts = SubjectFacts {
            name: subject.name.clone(),
            address: standing.location.address.to_string(),
            can: standing.claims.can.clone(),
            patience_ms: clocks.patience_ms,
            ..SubjectFacts::default()
        };
        let base = base_control(standing, &clocks, &limits).await;
        self.seen.extend(base.transcripts);
        self.base_status = base.status;
        if base.wrong.is_some() && base.status == 0 {
            self.facts.headline = base.wrong;
            self.facts.jobs = self.options.jobs.unwrap_or(1);
            self.stage.jobs = self.facts.jobs;
            self.facts.quiet_ms = clocks.quiet_ms;
            (self.progress)(Progress::Probed(&self.facts));
            return false;
        }
        let sight = sight(standing, base.status, &clocks, &limits).await;
        self.seen.extend(sight.transcripts);
        self.facts.distinguishes = sight.distinguishes;
        let jobs = match (self.options.jobs, standing.claims.parallel) {
            (Some(jobs), _) => jobs,
            (None, Some(parallel)) => parallel.get(),
            (None, None) if base.wrong.is_some() => 1,
            (None, None) => load(standing, base.slowest_ms, &clocks, &limits).await,
        };
        let again = base_control(standing, &clocks, &limits).await;
        self.seen.extend(again.transcripts);
        let claimed = standing.claims.level;
        self.facts.observability = claimed.map_or(sight.level, |claimed| claimed.min(sight.level));
        self.stage.level = self.facts.observability;
        self.facts.jobs = jobs.max(1);
        self.stage.jobs = self.facts.jobs;
        self.settle_quiet(base.slowest_ms.max(again.slowest_ms));
        let always = sight.always.map(|status| format!("the subject answers {status} to whatever is sent"));
        let after = again.wrong.filter(|_| base.wrong.is_none());
        let after = after.map(|wrong| format!("the subject answered at first and then went wrong: {wrong}"));
        let undistinguished = (!sight.distinguishes).then(|| {
            "the subject takes five blatant faults as it takes a clean request: that it accepts anything says nothing".to_owned()
        });
        let overclaimed = claimed.filter(|claimed| *claimed > sight.level).map(|claimed| {
            format!("the manifest claims that the subject can be seen at level {claimed:?}, but it was seen at level {:?} only", sight.level)
        });
        let accepted = base.wrong.is_none() && after.is_none();
        self.facts.headline =
            always.or(base.wrong).or(after).or(undistinguished).or(overclaimed.map(|text| text.to_lowercase()));
        for word in sight.lacks {
            if !self.stage.standing.claims.lacks.contains(&word) {
                self.stage.standing.claims.lacks.push(word);
            }
        }
        // What a resource gives is found out there, and not believed.
        for can in [&mut self.stage.standing.claims.can, &mut self.facts.can] {
            can.retain(|word| !resources::GIVEN.contains(&word.as_str()));
        }
        if accepted {
            self.look_at_resources(&limits).await;
        }
        (self.progress)(Progress::Probed(&self.facts));
        accepted
    }

    /// What cases have to know of the resources that the subject declares, and which of them are as they should be.
    async fn look_at_resources(&mut self, limits: &PlayLimits) {
        let found = resources::look(&self.stage.standing, &self.stage.clocks, limits).await;
        self.seen.extend(found.transcripts);
        self.stage.notes.extend(found.notes);
        self.stage.standing.bindings.facts = found.facts;
        for word in found.can {
            for can in [&mut self.stage.standing.claims.can, &mut self.facts.can] {
                if !can.iter().any(|known| known == word) {
                    can.push(word.to_owned());
                }
            }
        }
    }

    /// Silence is believed after ten times the slowest control, at least 100 ms, at most patience.
    fn settle_quiet(&mut self, slowest_ms: u64) {
        let quiet = (10 * slowest_ms).max(100).max(self.stage.clocks.quiet_ms).min(self.stage.clocks.patience_ms);
        self.stage.clocks.quiet_ms = quiet;
        self.facts.quiet_ms = quiet;
    }

    /// Plays everything once: controls, then all others. False when the run ended early.
    async fn play(&mut self, plan: &mut Plan<'_>) -> bool {
        (self.progress)(Progress::Planned(plan.len()));
        for first in [true, false] {
            let plays = plan.plays(first, self.options.shuffle);
            let (options, progress) = (self.options, self.progress);
            let requirements = &self.corpus.requirements;
            let mut slowest_us = 0;
            let mut told = |played: Played| {
                let item = &mut plan.items[played.case];
                if first && !item.is_slow() {
                    slowest_us = latency_us(&played.transcript).unwrap_or_default().max(slowest_us);
                }
                let (case, reported) = (item.case, item.reported);
                let judgement = item.judged(&played.script, played.transcript, requirements);
                let verdict = judgement.verdict();
                progress(Progress::Played { case: &case.id, delivery: judgement.delivery, verdict });
                let failed = verdict == Verdict::Fail && reported && case.kind != Kind::Survey;
                if options.fail_fast && failed { Go::Stop } else { Go::On }
            };
            match self.stage.round(plays, &mut told).await {
                Outcome::Done if first => self.settle_quiet(slowest_us.div_ceil(1000)),
                Outcome::Done => {}
                Outcome::Stopped => return false,
                Outcome::Lost(why) => {
                    self.facts.headline.get_or_insert(why);
                    self.stage.lost = true;
                    return false;
                }
            }
        }
        true
    }

    /// Results in the order of the corpus, courtesy last.
    async fn results(&mut self, plan: &mut Plan<'_>, accepted: bool) -> Vec<CaseResult> {
        let mut results = Vec::new();
        for index in 0..plan.items.len() {
            if plan.items[index].reported && plan.items[index].is_done(self.stage.killers.contains(&index)) {
                let control = self.control_of(plan, index, accepted);
                results.extend(self.result(plan, index, &control).await);
            } else if plan.items[index].reported && self.stage.lost {
                // The subject is gone, the question is not: what was not played any more stands in the report.
                let control = self.control_of(plan, index, accepted);
                let none =
                    combine(plan.items[index].case, Role::Server, &[], &control, true, &self.corpus.requirements);
                results.extend(none.into_iter().map(|mut result| {
                    result.outcome = Some("not-played".to_owned());
                    nothing_said(&mut result, "the subject was gone before this could be played");
                    result
                }));
            }
        }
        if !accepted {
            let right = results.iter_mut().filter(|result| {
                result.kind != Kind::Survey && matches!(result.verdict, Verdict::Pass | Verdict::Warn)
            });
            right.for_each(|result| nothing_said(result, "a plain GET was not understood: nothing else says anything"));
        }
        if self.options.courtesy {
            let mut courtesy = Courtesy::new();
            let played = plan.items.iter().flat_map(Item::transcripts);
            self.seen.iter().chain(played).for_each(|transcript| courtesy.observe(transcript));
            let trusted = accepted && self.facts.distinguishes;
            results.extend(courtesy.results(Role::Server, trusted, &self.corpus.requirements));
        }
        results
    }

    /// What a case is held against: its control, or the base control.
    fn control_of(&self, plan: &Plan<'_>, index: usize, accepted: bool) -> Control {
        let base = if accepted { ControlState::Accepted } else { ControlState::Refused };
        match &plan.items[index].case.control {
            // No control, nor an accepted GET, makes anything count that follows a base control which was refused.
            _ if !accepted => Control { state: base, statuses: vec![self.base_status] },
            None => Control { state: base, statuses: vec![self.base_status] },
            Some(id) => plan.item(id).map_or(Control::MISSING, |item| Control::of(&item.judgements())),
        }
    }

    fn report(mut self, cases: Vec<CaseResult>, interrupted: bool, begun: Instant) -> Report {
        if let Some(note) = self.stage.notes.first() {
            self.facts.headline.get_or_insert(note.clone());
        }
        let mut summary: BTreeMap<Kind, BTreeMap<Verdict, usize>> = BTreeMap::new();
        for case in &cases {
            *summary.entry(case.kind).or_default().entry(case.verdict).or_default() += 1;
        }
        let counts = cases.iter().filter(|case| case.kind != Kind::Survey).map(|case| case.verdict);
        let verdict =
            counts.max().unwrap_or(if self.facts.headline.is_some() { Verdict::Fault } else { Verdict::NotApplicable });
        Report {
            format: 1,
            tool: Tool { name: "wiregauge".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
            subject: self.facts,
            verdict,
            summary,
            cases,
            interrupted,
            wall_ms: millis(begun.elapsed()),
        }
    }
}

/// The report of a run that was stopped before the subject stood.
fn nothing(subject: &Subject, options: &Options, begun: Instant) -> Run {
    let report = Report {
        format: 1,
        tool: Tool { name: "wiregauge".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        subject: SubjectFacts { name: subject.name.clone(), ..SubjectFacts::default() },
        verdict: Verdict::NotApplicable,
        summary: BTreeMap::new(),
        cases: Vec::new(),
        interrupted: true,
        wall_ms: millis(begun.elapsed()),
    };
    Run { report, accepted: false, stopped: options.stop.reason() }
}

/// A result that says nothing, and why.
fn nothing_said(result: &mut CaseResult, because: &str) {
    result.verdict = Verdict::Inconclusive;
    let finding = Finding {
        part: Part::Message,
        requirement: None,
        level: None,
        verdict: Verdict::Inconclusive,
        delivery: Delivery::Whole,
        connection: "c1".to_owned(),
        direction: Sender::Subject,
        at: [0, 0],
        because: because.to_owned(),
    };
    result.findings.insert(0, finding);
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
