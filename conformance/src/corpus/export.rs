//! The corpus for others: one JSON object per case, or one file of octets per case.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::lint::{example_bindings, role_word};
use super::model::{
    Awaited, Body, Case, Direction, Kind, Means, Role, ScriptStep, Shut, ThenConnection, Verb, Verdict,
};

/// Writes one JSON object per case and line, in the order given: exactly what `fixtures/read.py` prints. The variables of wire
/// text are filled in as [`example_bindings`] says.
///
/// # Errors
/// When `out` cannot be written to.
pub fn jsonl<'c>(cases: impl IntoIterator<Item = &'c Case>, out: &mut impl Write) -> io::Result<()> {
    for case in cases {
        serde_json::to_writer(&mut *out, &line(case))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Writes the octets of each case into a file of its own, `DIR/requests/<folder>.<file>.<case>` or `DIR/responses/..`: seeds for
/// a fuzzer, or input for a parser at hand. Of a script it is what the first connection sends. Gives the number of files.
///
/// # Errors
/// When a folder or a file cannot be written.
pub fn raw<'c>(cases: impl IntoIterator<Item = &'c Case>, dir: &Path) -> io::Result<usize> {
    let bindings = example_bindings();
    let mut written = HashSet::new();
    for case in cases {
        let (folder, octets) = match &case.body {
            Body::Message(message) => {
                let folder = match message.direction {
                    Direction::Request => "requests",
                    Direction::Response => "responses",
                };
                (folder, message.wire.bind(&bindings).octets)
            }
            Body::Script(steps) => {
                let sent = steps.iter().filter(|step| step.on == "c1").filter_map(|step| match &step.verb {
                    Verb::Send(text) => Some(text.bind(&bindings).octets),
                    _ => None,
                });
                ("requests", sent.flatten().collect())
            }
        };
        let folder = dir.join(folder);
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(case.id.replace('/', "."));
        std::fs::write(&path, octets)?;
        written.insert(path);
    }
    Ok(written.len())
}

#[derive(Serialize)]
struct Line<'c> {
    id: &'c str,
    kind: Kind,
    roles: Vec<&'static str>,
    requirements: &'c [String],
    octets: String,
    cuts: Vec<usize>,
    fault: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rest: Option<String>,
    means: MeansLine<'c>,
    steps: Vec<StepLine<'c>>,
}

#[derive(Default, Serialize)]
struct MeansLine<'c> {
    #[serde(skip_serializing_if = "Option::is_none")]
    accept: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    also: Option<&'c [u16]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reject: Option<&'c [u16]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    then: Option<ThenConnection>,
    #[serde(skip_serializing_if = "Option::is_none")]
    silent_close: Option<Verdict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incomplete: Option<bool>,
}

#[derive(Default, Serialize)]
struct StepLine<'c> {
    #[serde(skip_serializing_if = "str::is_empty")]
    on: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    send: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cuts: Option<Vec<usize>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recv: Option<Awaited>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shut: Option<Shut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pause: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<u64>,
}

fn line(case: &Case) -> Line<'_> {
    let bindings = example_bindings();
    let mut line = Line {
        id: &case.id,
        kind: case.kind,
        roles: case.roles.iter().map(|role: &Role| role_word(*role)).collect(),
        requirements: &case.requirements,
        octets: String::new(),
        cuts: Vec::new(),
        fault: None,
        rest: None,
        means: MeansLine::default(),
        steps: Vec::new(),
    };
    match &case.body {
        Body::Message(message) => {
            let wire = message.wire.bind(&bindings);
            line.octets = STANDARD.encode(wire.octets);
            line.cuts = wire.cuts;
            line.fault = wire.fault;
            line.rest = message.rest.as_ref().map(|rest| STANDARD.encode(rest.bind(&bindings).octets));
            line.means = means_line(&message.means);
        }
        Body::Script(steps) => line.steps = steps.iter().map(step_line).collect(),
    }
    line
}

fn means_line(means: &Means) -> MeansLine<'_> {
    MeansLine {
        accept: means.accept,
        also: means.accept.map(|_| means.also.as_slice()),
        reject: means.reject.as_ref().map(|reject| reject.statuses.as_slice()),
        then: means.reject.as_ref().map(|reject| reject.then),
        silent_close: means.reject.as_ref().map(|reject| reject.silent_close),
        incomplete: means.incomplete.then_some(true),
    }
}

fn step_line(step: &ScriptStep) -> StepLine<'_> {
    let milliseconds = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let mut line = StepLine { on: &step.on, within: step.within.map(milliseconds), ..StepLine::default() };
    match &step.verb {
        Verb::Send(text) => {
            let wire = text.bind(&example_bindings());
            line.send = Some(STANDARD.encode(wire.octets));
            line.cuts = Some(wire.cuts);
        }
        Verb::Recv(awaited) => line.recv = Some(*awaited),
        Verb::Shut(shut) => line.shut = Some(*shut),
        Verb::Pause(pause) => line.pause = Some(milliseconds(*pause)),
    }
    line
}

#[cfg(test)]
mod tests;
