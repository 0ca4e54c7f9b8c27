//! The flags that every judging command has for its report, and what is done with them once the run is over.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::Failure;
use crate::corpus::model::Corpus;
use crate::judge::result::{CaseResult, Report};
pub(super) use crate::report::account::Ending;
use crate::report::account::{Account, Policy, Trouble, settle};
use crate::report::known::{self, Known};
use crate::report::paint::Paint;
use crate::report::{Format, Material, Output, word, write};

/// How a run is reported and what of it counts.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Report")]
pub(super) struct ReportArgs {
    /// How the report is written: text, json, jsonl or junit, to a file or to standard output; may be given several times.
    /// Where none goes to standard output, text does
    #[arg(long, value_name = "FORMAT[=FILE]")]
    format: Vec<Output>,
    /// A line for every case, and octets both ways for what is wrong; twice: octets for every case
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// A list of known failures ([[known]] tables in TOML), beside the one in the subject's manifest
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,
    /// Write what this run showed into that list (or the manifest): new failures with an empty reason, which somebody has to
    /// fill in before they count as known; entries that no longer hold are taken out
    #[arg(long)]
    update_known: bool,
    /// Make these count as well
    #[arg(long, value_name = "VERDICT", value_parser = ["warn"])]
    deny: Vec<String>,
    /// Do not let these count
    #[arg(long, value_name = "VERDICT", value_parser = ["inconclusive"])]
    allow: Vec<String>,
    /// Write the playings that show each result as one JSON object per file, for `wiregauge judge`
    #[arg(long, value_name = "DIR")]
    save_transcripts: Option<PathBuf>,
}

/// The list of known failures of a run, and the file that `--update-known` writes.
#[derive(Debug, Default)]
pub(super) struct KnownList {
    entries: Vec<Known>,
    update: Option<PathBuf>,
}

/// Where reports go, opened before the run so that nobody waits for a run that cannot be reported.
pub(super) struct Reporting {
    outputs: Vec<(Format, Option<File>)>,
    list: KnownList,
    policy: Policy,
    verbose: u8,
    save_transcripts: Option<PathBuf>,
}

impl ReportArgs {
    /// Opens files and reads lists. `manifest` is the subject's own list and, where it is a file on disk, its path.
    pub(super) fn open(
        &self,
        manifest: Vec<Known>,
        manifest_file: Option<&Path>,
        all_selected: bool,
    ) -> Result<Reporting, Failure> {
        if self.format.iter().filter(|output| output.file.is_none()).count() > 1 {
            return Err(Failure::usage(
                "only one --format can go to standard output: give the others a file, --format json=FILE",
            ));
        }
        let mut outputs = Vec::new();
        for output in &self.format {
            let file =
                output.file.as_deref().map(|path| File::create(path).map_err(|error| Failure::file(path, error)));
            outputs.push((output.format, file.transpose()?));
        }
        if outputs.iter().all(|(_, file)| file.is_some()) {
            outputs.insert(0, (Format::Text, None));
        }
        if let Some(dir) = &self.save_transcripts {
            std::fs::create_dir_all(dir).map_err(|error| Failure::file(dir, error))?;
        }
        Ok(Reporting {
            outputs,
            list: self.known_list(manifest, manifest_file)?,
            policy: Policy {
                deny_warn: self.deny.iter().any(|word| word == "warn"),
                allow_inconclusive: self.allow.iter().any(|word| word == "inconclusive"),
                all_selected,
            },
            verbose: self.verbose,
            save_transcripts: self.save_transcripts.clone(),
        })
    }

    fn known_list(&self, manifest: Vec<Known>, manifest_file: Option<&Path>) -> Result<KnownList, Failure> {
        let mut entries = manifest;
        let update = self.known.as_deref().or(manifest_file).filter(|_| self.update_known).map(Path::to_owned);
        if self.update_known && update.is_none() {
            return Err(Failure::usage("--update-known needs a file to write: --known FILE, or --subject FILE.toml"));
        }
        if let Some(file) = &self.known {
            // A list that is about to be written for the first time need not exist.
            if file.exists() || !self.update_known {
                entries.extend(known::load(file).map_err(|error| Failure::usage(error.to_string()))?);
            }
        }
        Ok(KnownList { entries, update })
    }
}

impl Reporting {
    /// Settles what counts, writes every report, saves transcripts and updates the list. Gives the exit code.
    pub(super) fn finish(
        self,
        corpus: &Corpus,
        report: &mut Report,
        again: &str,
        ending: Ending,
    ) -> Result<u8, Failure> {
        let account = settle(report, &self.list.entries, self.policy, ending, &known::today());
        if let Some(dir) = &self.save_transcripts {
            save_transcripts(dir, &report.cases)?;
        }
        let material = Material { corpus, report, account: &account, again, verbose: self.verbose };
        for (format, file) in self.outputs {
            let written = match file {
                Some(file) => {
                    let mut out = BufWriter::new(file);
                    write(format, material, Paint(false), &mut out).and_then(|()| out.flush())
                }
                None => write(format, material, Paint::for_stdout(), &mut io::stdout().lock()),
            };
            match written {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
                _ => {}
            }
        }
        if let Some(file) = &self.list.update {
            update(file, report, &account)?;
        }
        Ok(account.exit())
    }
}

fn update(file: &Path, report: &Report, account: &Account) -> Result<(), Failure> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Failure::file(file, error)),
    };
    let stale: Vec<&str> = account
        .troubled
        .iter()
        .filter(|entry| matches!(entry.trouble, Trouble::NoLongerHolds | Trouble::NamesNothing))
        .map(|entry| entry.case.as_str())
        .collect();
    // An entry that waits for its reason is on the list already.
    let listed = known::parse(&text).map_err(|error| Failure::file(file, error))?;
    let unlisted: Vec<&CaseResult> = report
        .cases
        .iter()
        .filter(|case| {
            account.counted.contains(&case.id)
                && !listed.iter().any(|entry| entry.case == case.id && entry.excuses(case.verdict))
        })
        .collect();
    let (after, updated) = known::update(&text, &unlisted, &stale).map_err(|error| Failure::file(file, error))?;
    if after != text {
        std::fs::write(file, after).map_err(|error| Failure::file(file, error))?;
    }
    let (added, removed) = (updated.added.len(), updated.removed.len());
    eprintln!("{}: {added} added (each wants a reason before it counts), {removed} taken out", file.display());
    Ok(())
}

/// `DIR/folder/file/case.delivery.variant.N.json`, N counting the playings of the same kind.
fn save_transcripts(dir: &Path, cases: &[CaseResult]) -> Result<(), Failure> {
    for case in cases {
        let mut names = std::collections::HashMap::new();
        for transcript in &case.transcripts {
            let kind = format!("{}.{}", word(&transcript.delivery), word(&transcript.variant));
            let number = names.entry(kind.clone()).and_modify(|n| *n += 1).or_insert(1);
            let path = dir.join(format!("{}.{kind}.{number}.json", case.id.replace('#', ".")));
            let folder = path.parent().unwrap_or(dir);
            std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, error))?;
            let mut line = serde_json::to_string(transcript).map_err(|error| Failure::file(&path, error))?;
            line.push('\n');
            std::fs::write(&path, line).map_err(|error| Failure::file(&path, error))?;
        }
    }
    Ok(())
}
