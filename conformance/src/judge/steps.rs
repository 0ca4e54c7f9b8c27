//! Script cases, for every role: the first outcome that matches decides, no match is a failure.

use super::judgement::{Judgement, Understood};
use super::matcher::Seen;
use super::result::{Part, Sender};
use super::server::not_played;
use super::told;
use super::trial::{Ruling, Spot, Trial, excerpt};
use super::view::{Answers, Ending, Line};
use super::weigh::Weight;
use crate::corpus::model::{ConnectionMatcher, EndMatcher, Verdict};
use crate::transcript::{Purpose, Waited};

use wiregauge_proto::message::{Message, Stream};

/// A connection by name, and what came on it.
pub(super) type Connection<'v> = (&'v str, &'v Line, Came);

/// What came on one connection.
pub(super) enum Came {
    Answers(Box<Answers>, usize),
    Requests(Box<Stream>),
    Told(Vec<Message>, bool),
}

/// Judges a script case.
pub(crate) fn script(trial: &Trial<'_>) -> Judgement {
    if let Some(ruling) = trial.broken_down() {
        return trial.judgement(ruling);
    }
    let connections = connections(trial);
    if connections.is_empty() {
        return trial.judgement(not_played(trial));
    }
    let ruling = of_the_fixture(trial, &connections).unwrap_or_else(|| {
        let mut ruling = Ruling::of("none", understood(&connections));
        let weight: Weight = trial.scales.refused(trial.cited());
        let expected: Vec<&str> = trial.outcomes().map(|outcome| outcome.id.as_str()).collect();
        let because = format!("none of the outcomes came ({}); came: {}", expected.join(", "), in_words(&connections));
        let named = trial.outcomes().flat_map(|outcome| outcome.connections.keys()).next();
        ruling.find(trial.finding(spot(&connections, named), weight, because));
        ruling.clock = any_late(&connections);
        ruling
    });
    let mut judgement = trial.judgement(ruling);
    for (_, _, came) in &connections {
        if let Came::Answers(answers, own) = came {
            judgement.statuses.extend(answers.finals[..*own].iter().map(|answer| answer.message.status));
            judgement.interim += answers.interim.len();
        }
    }
    judgement
}

/// What came on every connection of the transcript.
pub(super) fn connections<'v>(trial: &'v Trial<'_>) -> Vec<Connection<'v>> {
    trial.view.lines.iter().map(|(name, line)| (*name, line, came(trial, name, line))).collect()
}

/// The first of the fixture's outcomes that came.
pub(super) fn of_the_fixture(trial: &Trial<'_>, connections: &[Connection<'_>]) -> Option<Ruling> {
    let outcome = trial.outcomes().find(|outcome| {
        outcome.connections.iter().all(|(name, matcher)| match connections.iter().find(|(own, ..)| own == name) {
            Some((_, line, came)) => trial.against().connection(matcher, &seen(line, came)),
            None => never_opened(matcher),
        })
    })?;
    let spot = spot(connections, outcome.connections.keys().next());
    let mut matched = trial.matched(outcome, understood(connections), spot, &in_words(connections));
    let silent = |(name, line, came): &Connection<'_>| {
        let asked = outcome.connections.get(*name).is_some_and(|matcher| matcher.end.contains(&EndMatcher::Late));
        asked && seen(line, came).ends == [EndMatcher::Late]
    };
    matched.clock = connections.iter().any(silent) || (matched.verdict() != Verdict::Pass && any_late(connections));
    Some(matched)
}

fn came(trial: &Trial<'_>, name: &str, line: &Line) -> Came {
    if name == "app" || name == "ask" {
        let told = trial.told();
        let failed = told.last().is_some_and(|answer| told::error(answer).is_some());
        return Came::Told(told.into_iter().filter_map(told::message).collect(), failed);
    }
    if name.starts_with('s') {
        return Came::Requests(Box::new(line.asked()));
    }
    let answers = line.answers();
    let own = match line.piece(Purpose::Probe) {
        Some(probe) => answers.finals.iter().take_while(|answer| answer.began < probe.event).count(),
        None => answers.finals.len(),
    };
    Came::Answers(Box::new(answers), own)
}

fn seen<'a>(line: &Line, came: &'a Came) -> Seen<'a> {
    match came {
        Came::Answers(answers, own) => Seen::answers(line, answers, *own),
        Came::Requests(stream) => Seen::requests(line, &stream.messages),
        // A caller that was told of an error has no connection any more.
        Came::Told(messages, failed) => Seen {
            finals: messages.iter().collect(),
            interim: Vec::new(),
            ends: vec![if *failed { EndMatcher::Closed } else { EndMatcher::Open }],
        },
    }
}

/// A connection that was never opened is as asked only where nothing was to come on it.
pub(super) fn never_opened(matcher: &ConnectionMatcher) -> bool {
    matcher.got.as_ref().is_some_and(Vec::is_empty) && matcher.first.is_none() && matcher.end.is_empty()
}

fn understood(connections: &[Connection<'_>]) -> Understood {
    let mut answered = false;
    let mut taken = 0;
    for (name, line, came) in connections {
        if let Came::Answers(answers, own) = came {
            answered |= *own > 0 || (line.has_ended() && name.starts_with('c'));
            taken += answers.finals[..*own].iter().filter(|answer| matches!(answer.message.status, 200..=399)).count();
        }
    }
    match (taken, answered) {
        (0, true) => Understood::Rejected,
        (0, false) => Understood::Nothing,
        (count, _) => Understood::Accepted { count, said: Vec::new() },
    }
}

/// All that the subject sent on the connection that an outcome names first, or else on the first.
fn spot<'c>(connections: &[Connection<'c>], named: Option<&String>) -> Spot<'c> {
    let named = connections.iter().find(|(name, ..)| named.is_some_and(|named| named == name));
    let (name, line) = named.or(connections.first()).map_or(("c1", None), |(name, line, _)| (*name, Some(*line)));
    let end = line.map_or(0, |line| line.received.len() as u64);
    Spot { part: Part::Message, connection: name, direction: Sender::Subject, at: [0, end] }
}

fn any_late(connections: &[Connection<'_>]) -> bool {
    connections.iter().any(|(_, line, _)| line.waits.iter().any(|(_, waited)| *waited == Waited::Late))
}

fn in_words(connections: &[Connection<'_>]) -> String {
    let words = connections.iter().map(|(name, line, came)| {
        let mut parts: Vec<String> = match came {
            Came::Answers(answers, _) => {
                answers.finals.iter().map(|answer| answer.message.status.to_string()).collect()
            }
            Came::Requests(stream) => {
                stream.messages.iter().map(|message| String::from_utf8_lossy(&message.method).into_owned()).collect()
            }
            Came::Told(messages, failed) => {
                let error = failed.then(|| "an error".to_owned());
                messages.iter().map(|message| message.status.to_string()).chain(error).collect()
            }
        };
        if let Came::Answers(answers, _) = came {
            if let Some(cut) = &answers.cut {
                parts.push(format!("{} cut off", cut.message.status));
            }
            if let Some(garbage) = answers.garbage {
                parts.push(format!("no response: {}", excerpt(&line.received[garbage.begin as usize..])));
            }
        }
        if parts.is_empty() {
            parts.push("nothing".to_owned());
        }
        let end = match line.ending {
            Some((Ending::Fin, _)) => ", closed",
            Some((Ending::Reset, _)) => ", reset",
            None if line.is_late() => ", then silence",
            None => "",
        };
        format!("{name}: {}{end}", parts.join(", "))
    });
    words.collect::<Vec<_>>().join("; ")
}
