//! What is to be played, and what came of it, case by case.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::Options;
use super::round::Play;
use crate::corpus::model::{Bindings, Body, Case, Corpus, Observability, Requirement, Role};
use crate::judge::{Judgement, applicable, judge};
use crate::script::lower::scripts;
use crate::script::{Act, Clock, Script, Step};
use crate::transcript::{Delivery, Transcript, Variant};

/// One playing of a case: by how it is cut, and which.
pub(super) type Key = (Delivery, Variant);

/// What one playing came to.
pub(super) struct Playing {
    pub(super) judgement: Judgement,
    pub(super) transcript: Transcript,
    /// Those of earlier or later playings of the same script.
    pub(super) others: Vec<Transcript>,
}

/// One case.
pub(super) struct Item<'c> {
    pub(super) case: &'c Case,
    /// Whether it was asked for; else it is there as a control.
    pub(super) reported: bool,
    /// Whether others are held against it.
    pub(super) is_control: bool,
    pub(super) scripts: Vec<Arc<Script>>,
    pub(super) playings: BTreeMap<Key, Playing>,
}

/// All cases of a run, in the order of the corpus.
pub(super) struct Plan<'c> {
    pub(super) items: Vec<Item<'c>>,
}

impl<'c> Plan<'c> {
    pub(super) fn new(
        corpus: &'c Corpus,
        selected: &[&'c Case],
        options: &Options,
        bindings: &Bindings,
        level: Observability,
        can: &[String],
    ) -> Plan<'c> {
        let asked: BTreeSet<&str> = selected.iter().map(|case| case.id.as_str()).collect();
        let controls: BTreeSet<&str> = selected.iter().filter_map(|case| case.control.as_deref()).collect();
        let wanted = |delivery| options.deliveries.as_ref().is_none_or(|deliveries| deliveries.contains(&delivery));
        let item = |case: &'c Case| {
            let id = case.id.as_str();
            let (reported, is_control) = (asked.contains(id), controls.contains(id));
            if !reported && !is_control {
                return None;
            }
            let scripts = match applicable(case, Role::Server, level, can) {
                Ok(()) => scripts(case, Role::Server, bindings, level),
                Err(_) => Vec::new(),
            };
            let by_choice = |script: &Script| wanted(script.delivery) || matches!(case.body, Body::Script(_));
            let scripts = scripts.into_iter().filter(by_choice).map(Arc::new).collect();
            Some(Item { case, reported, is_control, scripts, playings: BTreeMap::new() })
        };
        Plan { items: corpus.cases.iter().filter_map(item).collect() }
    }

    /// How many scripts there are.
    pub(super) fn len(&self) -> usize {
        self.items.iter().map(|item| item.scripts.len()).sum()
    }

    /// The case of that id.
    pub(super) fn item(&self, id: &str) -> Option<&Item<'c>> {
        self.items.iter().find(|item| item.case.id == id)
    }

    /// What is to be played first, or after it. First come the controls, from which it is learnt how long silence is believed; those
    /// sent octet by octet are left for later, since they take their time for reasons of their own.
    pub(super) fn plays(&self, first: bool, shuffle: Option<u64>) -> Vec<Play> {
        let of_item = |(case, item): (usize, &Item<'_>)| -> Vec<Play> {
            let now = |script: &&Arc<Script>| (item.is_control && script.delivery != Delivery::Octets) == first;
            item.scripts.iter().filter(now).map(|script| Play { case, script: script.clone() }).collect()
        };
        let mut plays: Vec<Play> = self.items.iter().enumerate().flat_map(of_item).collect();
        match shuffle {
            Some(seed) => shuffled(&mut plays, seed),
            // Who takes longest goes first, so that nobody is waited for at the end.
            None => plays.sort_by_cached_key(|play| std::cmp::Reverse(at_least(&play.script))),
        }
        plays
    }
}

/// How long a script takes whatever the subject does, roughly: its pauses, and the times that it names.
fn at_least(script: &Script) -> Duration {
    let pacing = Duration::from_millis(2);
    let takes = |step: &Step| match &step.act {
        Act::Send { segments, .. } => segments.iter().skip(1).map(|segment| segment.pause.max(pacing)).sum(),
        Act::Pause(time) => *time,
        Act::Await { clock, .. } | Act::AwaitAnother { clock } | Act::AwaitEnd { clock } => match clock {
            Clock::Within(time) => *time,
            Clock::Quiet => Duration::from_millis(100),
            Clock::Patience => Duration::ZERO,
        },
        Act::Shut(_) => Duration::ZERO,
    };
    script.steps.iter().map(takes).sum()
}

impl Item<'_> {
    /// Takes in a transcript and judges it; a second one of the same script takes the place of the first.
    pub(super) fn judged(
        &mut self,
        script: &Script,
        transcript: Transcript,
        requirements: &BTreeMap<String, Requirement>,
    ) -> &Judgement {
        let judgement = judge(self.case, &transcript, requirements);
        let key = (script.delivery, script.variant);
        let mut others = Vec::new();
        if let Some(before) = self.playings.remove(&key) {
            others = before.others;
            others.push(before.transcript);
        }
        &self.playings.entry(key).or_insert(Playing { judgement, transcript, others }).judgement
    }

    /// Whether all its scripts were played, or as many as its subject lives through.
    pub(super) fn is_done(&self, is_killer: bool) -> bool {
        is_killer || self.playings.len() == self.scripts.len()
    }

    /// Whether it waits for seconds by design.
    pub(super) fn is_slow(&self) -> bool {
        self.case.tags.iter().any(|tag| tag == "slow")
    }

    pub(super) fn judgements(&self) -> Vec<Judgement> {
        self.playings.values().map(|playing| playing.judgement.clone()).collect()
    }

    pub(super) fn transcripts(&self) -> impl Iterator<Item = &Transcript> {
        self.playings.values().flat_map(|playing| playing.others.iter().chain([&playing.transcript]))
    }
}

/// The same order for the same seed, on every machine.
fn shuffled(plays: &mut [Play], seed: u64) {
    let mut state = seed;
    let mut next = || {
        // SplitMix64: three lines, and good enough for an order.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    for last in (1..plays.len()).rev() {
        let other = usize::try_from(next() % (last as u64 + 1)).unwrap_or(last);
        plays.swap(last, other);
    }
}
