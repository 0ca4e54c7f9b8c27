//! Transcripts that never were, one file each in `tests/transcripts/<role>/`, with what the judge has to say about them.
//!
//! A file has what it shows (`what`), the playings of one case of `tests/transcripts/cases` in the format in which `wiregauge` writes
//! transcripts (one JSON object each), what became of the case's control, and for each result what is expected of it. Beside the
//! `octets` of an event stands `text`, the same in wire text (`fixtures/README.md` section 2), for people; the two have to agree.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use wiregauge::corpus::model::{Corpus, Keyword, Kind, Role, Verdict};
use wiregauge::corpus::wire_text::{Marks, parse};
use wiregauge::corpus::{example_bindings, load_dir};
use wiregauge::judge::result::{CaseResult, ControlState, Sender};
use wiregauge::judge::{Control, Judgement, combine, judge};
use wiregauge::transcript::{Delivery, Transcript};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    what: String,
    control: ControlState,
    distinguishes: bool,
    playings: Vec<Transcript>,
    expect: Vec<Expected>,
}

/// What is given is compared; `requirement`, `level`, `at` and so on are those of the first finding.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    verdict: Verdict,
    id: Option<String>,
    outcome: Option<String>,
    kind: Option<Kind>,
    message: Option<Verdict>,
    ending: Option<Verdict>,
    clock: Option<bool>,
    requirement: Option<String>,
    level: Option<Keyword>,
    at: Option<[u64; 2]>,
    direction: Option<Sender>,
    connection: Option<String>,
    delivery: Option<Delivery>,
    because: Option<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts")
}

fn corpus() -> Corpus {
    load_dir(&folder().join("cases")).unwrap_or_else(|errors| panic!("{}", errors[0]))
}

/// Every file, with its role's folder.
fn files() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for role in ["client", "parser", "proxy", "server"] {
        let entries = std::fs::read_dir(folder().join(role)).expect("a folder for each role");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        for path in paths {
            let text = std::fs::read_to_string(&path).expect("a file of text");
            files.push((path, text));
        }
    }
    files
}

fn judged(corpus: &Corpus, file: &File) -> (Vec<Judgement>, Vec<CaseResult>) {
    let id = &file.playings[0].case;
    let case = corpus.case(id).unwrap_or_else(|| panic!("no case is called {id}"));
    let judgements: Vec<Judgement> =
        file.playings.iter().map(|playing| judge(case, playing, &corpus.requirements)).collect();
    let control = Control { state: file.control, statuses: vec![200] };
    let role = file.playings[0].role;
    let results = combine(case, role, &judgements, &control, file.distinguishes, &corpus.requirements);
    (judgements, results)
}

/// What is not as expected, in words.
fn differences(expected: &Expected, judgements: &[Judgement], result: &CaseResult) -> Vec<String> {
    fn differ<T: PartialEq + std::fmt::Debug>(
        found: &mut Vec<String>,
        what: &str,
        expected: &Option<T>,
        came: Option<T>,
    ) {
        if expected.is_some() && *expected != came {
            found.push(format!("{what}: expected {expected:?}, came {came:?}"));
        }
    }
    let mut found = Vec::new();
    let all = &mut found;
    let first = result.findings.first();
    differ(all, "verdict", &Some(expected.verdict), Some(result.verdict));
    differ(all, "id", &expected.id, Some(result.id.clone()));
    differ(all, "outcome", &expected.outcome, result.outcome.clone());
    differ(all, "kind", &expected.kind, Some(result.kind));
    differ(all, "message", &expected.message, judgements.iter().map(|judgement| judgement.message).max());
    differ(all, "ending", &expected.ending, judgements.iter().map(|judgement| judgement.ending).max());
    differ(all, "clock", &expected.clock, Some(judgements.iter().any(|judgement| judgement.rests_on_clock)));
    differ(all, "requirement", &expected.requirement, first.and_then(|finding| finding.requirement.clone()));
    differ(all, "level", &expected.level, first.and_then(|finding| finding.level));
    differ(all, "at", &expected.at, first.map(|finding| finding.at));
    differ(all, "direction", &expected.direction, first.map(|finding| finding.direction));
    differ(all, "connection", &expected.connection, first.map(|finding| finding.connection.clone()));
    differ(all, "delivery", &expected.delivery, first.map(|finding| finding.delivery));
    let because = first.map_or("", |finding| finding.because.as_str());
    if let Some(part) = expected.because.as_deref().filter(|part| !because.contains(part)) {
        found.push(format!("because: expected '{part}' in '{because}'"));
    }
    found
}

#[test]
fn every_transcript_is_judged_as_its_file_says() {
    let corpus = corpus();
    let mut wrong = Vec::new();
    for (path, text) in files() {
        let name = path.strip_prefix(folder()).expect("in the folder").display().to_string();
        let file: File = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(file.what.ends_with('.'), "{name} says what it shows in a sentence");
        let (judgements, results) = judged(&corpus, &file);
        if results.len() != file.expect.len() {
            wrong.push(format!("{name}: {} results are expected, {} came", file.expect.len(), results.len()));
        }
        for (expected, result) in file.expect.iter().zip(&results) {
            let found = differences(expected, &judgements, result);
            wrong.extend(found.into_iter().map(|difference| format!("{name}: {difference}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_failure_has_its_requirement_level_and_reason() {
    let corpus = corpus();
    for (path, text) in files() {
        let file: File = serde_json::from_str(&text).expect("read above");
        let (_, results) = judged(&corpus, &file);
        let findings = results.iter().flat_map(|result| &result.findings);
        for finding in findings.filter(|finding| finding.verdict == Verdict::Fail) {
            let named = finding.requirement.is_some() && finding.level.is_some();
            assert!(named && finding.because.len() > 10, "{}: {finding:?}", path.display());
        }
    }
}

#[test]
fn the_files_are_transcripts_as_they_are_written() {
    let mut octets_seen = 0;
    for (path, text) in files() {
        let name = path.display();
        let value: Value = serde_json::from_str(&text).expect("read above");
        for playing in value["playings"].as_array().expect("a list") {
            for event in playing["events"].as_array().expect("a list") {
                let Some(octets) = event.get("octets").and_then(Value::as_str) else { continue };
                octets_seen += 1;
                let said = event["text"].as_str().unwrap_or_else(|| panic!("{name}: octets without their text"));
                let said = parse(said, Marks::Sent).unwrap_or_else(|error| panic!("{name}: {said}: {}", error.what));
                let said = STANDARD.encode(said.bind(&example_bindings()).octets);
                assert_eq!(octets, said, "{name}: the octets are not those of {}", event["text"]);
            }
            let transcript: Transcript = serde_json::from_value(playing.clone()).expect("read above");
            let written = serde_json::to_string(&transcript).expect("JSON");
            let back: Transcript = serde_json::from_str(&written).expect("what was written is read");
            assert_eq!(back, transcript, "{name}");
        }
    }
    assert!(octets_seen > 100, "{octets_seen}");
}

#[test]
fn every_role_and_every_verdict_is_there() {
    let files: Vec<File> = files().iter().map(|(_, text)| serde_json::from_str(text).expect("read above")).collect();
    let roles: BTreeSet<Role> = files.iter().map(|file| file.playings[0].role).collect();
    assert_eq!(roles.len(), 4);
    let verdicts: BTreeSet<Verdict> = files.iter().flat_map(|file| &file.expect).map(|each| each.verdict).collect();
    assert_eq!(verdicts.len(), 6, "{verdicts:?}");
}
