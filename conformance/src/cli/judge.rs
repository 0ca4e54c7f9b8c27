//! `wiregauge judge`: judges what was recorded, without a socket.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::reporting::{Ending, ReportArgs};
use super::{Failure, Global, quoted};
use crate::corpus::error::nearest;
use crate::corpus::model::{Corpus, Role};
use crate::judge::result::{CaseResult, Report, SubjectFacts};
use crate::judge::{Control, Judgement, combine, judge};
use crate::transcript::Transcript;

/// Judges recorded playings again, as `--save-transcripts` writes them.
///
/// A rejection counts only if the case's control was accepted: give the control's playings as well, or say that it was.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wiregauge server 127.0.0.1:8080 --save-transcripts seen
  wiregauge judge seen
  wiregauge judge seen/host/missing/none.whole.plain.1.json --assume-controls -v")]
pub(super) struct Args {
    /// Files with one JSON object per line, or folders of them
    #[arg(value_name = "TRANSCRIPT", required = true)]
    files: Vec<PathBuf>,
    /// Take controls that are not among the transcripts as accepted
    #[arg(long)]
    assume_controls: bool,
    #[command(flatten)]
    report: ReportArgs,
}

/// A transcript that is longer is not read.
const MOST_OCTETS: u64 = 256 * 1024 * 1024;

pub(super) fn run(args: &Args, global: &Global) -> Result<u8, Failure> {
    let corpus = global.corpus()?;
    let begun = Instant::now();
    let mut files = Vec::new();
    for path in &args.files {
        collect(path, &mut files)?;
    }
    let mut playings: BTreeMap<(String, Role), Vec<Transcript>> = BTreeMap::new();
    let mut facts = SubjectFacts { name: "transcripts".to_owned(), distinguishes: true, ..SubjectFacts::default() };
    for file in &files {
        for transcript in read(file)? {
            facts.address.clone_from(&transcript.bindings.authority);
            facts.observability = transcript.level;
            facts.can.clone_from(&transcript.can);
            playings.entry((transcript.case.clone(), transcript.role)).or_default().push(transcript);
        }
    }
    if playings.is_empty() {
        return Err(Failure::nothing_selected());
    }
    let reporting = args.report.open(Vec::new(), None, false)?;
    let judgements = judged(&corpus, &playings)?;
    let mut results = Vec::new();
    for case in &corpus.cases {
        for (key, own) in judgements.iter().filter(|((id, _), _)| *id == case.id) {
            let control = match &case.control {
                None => Control::NONE,
                Some(id) => match judgements.get(&(id.clone(), key.1)) {
                    Some(judgements) => Control::of(judgements),
                    None if args.assume_controls => {
                        Control { state: crate::judge::result::ControlState::Accepted, ..Control::MISSING }
                    }
                    None => Control::MISSING,
                },
            };
            let mut of_case: Vec<CaseResult> = combine(case, key.1, own, &control, true, &corpus.requirements);
            if let Some(first) = of_case.first_mut() {
                first.transcripts.clone_from(&playings[key]);
            }
            results.extend(of_case);
        }
    }
    let mut report = Report::of(facts, results, false, begun.elapsed());
    let paths: Vec<String> = args.files.iter().map(|path| quoted(&path.display().to_string())).collect();
    let again = format!("wiregauge judge{} {}", global.again(), paths.join(" "));
    reporting.finish(&corpus, &mut report, &again, Ending::default())
}

type Judgements = BTreeMap<(String, Role), Vec<Judgement>>;

fn judged(corpus: &Corpus, playings: &BTreeMap<(String, Role), Vec<Transcript>>) -> Result<Judgements, Failure> {
    let mut judgements = Judgements::new();
    for (key, transcripts) in playings {
        let Some(case) = corpus.case(&key.0) else {
            let near = nearest(&key.0, corpus.cases.iter().map(|case| case.id.as_str()));
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            return Err(Failure::usage(format!("no case is called `{}`{hint}", key.0)));
        };
        let own = transcripts.iter().map(|transcript| judge(case, transcript, &corpus.requirements));
        judgements.insert(key.clone(), own.collect());
    }
    Ok(judgements)
}

/// The file, or the `.json` and `.jsonl` files of the folder and those below it, in order.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(|error| Failure::file(path, error))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|error| Failure::file(path, error))?.path());
    }
    paths.sort();
    for path in paths {
        let is_json = path.extension().is_some_and(|extension| extension == "json" || extension == "jsonl");
        if is_json || path.is_dir() {
            collect(&path, files)?;
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<Transcript>, Failure> {
    let length = std::fs::metadata(file).map_err(|error| Failure::file(file, error))?.len();
    if length > MOST_OCTETS {
        return Err(Failure::file(file, format!("longer than {MOST_OCTETS} octets")));
    }
    let text = std::fs::read_to_string(file).map_err(|error| Failure::file(file, error))?;
    let mut transcripts = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |error: serde_json::Error| {
            Failure::usage(format!("{}:{}:{}: not a transcript: {error}", file.display(), at + 1, error.column()))
        };
        transcripts.push(serde_json::from_str(line).map_err(wrong)?);
    }
    Ok(transcripts)
}
