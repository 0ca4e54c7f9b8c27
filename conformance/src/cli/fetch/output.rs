//! Where the answer goes, and how far it is.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tempfile::NamedTempFile;
use wiregauge_proto::body::BodyLength;
use wiregauge_proto::user_agent::Answer;

use super::{Args, Failure};

/// Standard output, or a file that is there when it is complete.
pub(super) struct Output {
    file: Option<(PathBuf, NamedTempFile)>,
    keep_partial: bool,
    written: u64,
    bar: ProgressBar,
}

impl Output {
    pub(super) fn new(args: &Args) -> Result<Output, Failure> {
        let file = match &args.output {
            None => None,
            Some(path) => {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                let folder = folder.unwrap_or(Path::new("."));
                let file = NamedTempFile::new_in(folder).map_err(|error| Failure::file(path, error))?;
                Some((path.clone(), file))
            }
        };
        // A bar in the middle of the content is of no use to anybody.
        let shown = !args.quiet && io::stderr().is_terminal() && (file.is_some() || !io::stdout().is_terminal());
        let bar = ProgressBar::no_length();
        bar.set_draw_target(if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
        Ok(Output { file, keep_partial: args.keep_partial, written: 0, bar })
    }

    /// The file until it is complete.
    pub(super) fn temporary(&self) -> Option<PathBuf> {
        self.file.as_ref().map(|(_, file)| file.path().to_owned())
    }

    /// How many octets of content were written.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// The size of what comes, if it is known.
    pub(super) fn expects(&self, answer: &Answer) {
        let template = match answer.response().length {
            // What is decoded is longer, nobody knows by how much.
            BodyLength::Fixed(length) if !answer.response().decoded => {
                self.bar.set_length(length);
                "{bar:32} {bytes}/{total_bytes} {bytes_per_sec}, {eta}"
            }
            _ => "{spinner} {bytes} {bytes_per_sec}",
        };
        self.bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    }

    /// Writes of a head, to standard output always.
    pub(super) fn head(&mut self, octets: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(octets)?;
        Ok(out.flush()?)
    }

    /// Writes of the content.
    pub(super) fn content(&mut self, octets: &[u8]) -> Result<(), Failure> {
        self.written += octets.len() as u64;
        self.bar.inc(octets.len() as u64);
        match &mut self.file {
            Some((path, file)) => file.write_all(octets).map_err(|error| Failure::file(path, error)),
            None => {
                let mut out = io::stdout().lock();
                out.write_all(octets)?;
                Ok(out.flush()?)
            }
        }
    }

    /// The file takes its name if all went well. Otherwise nothing is left of it, or the part that came.
    pub(super) fn end(self, outcome: Result<u8, Failure>) -> Result<u8, Failure> {
        self.bar.finish_and_clear();
        let Some((path, file)) = self.file else { return outcome };
        let (at, kept) = match (&outcome, self.keep_partial && self.written > 0) {
            (Ok(_), _) => (path, false),
            (Err(_), true) => (PathBuf::from(format!("{}.part", path.display())), true),
            (Err(_), false) => return outcome,
        };
        open_as_usual(&file);
        file.persist(&at).map_err(|error| Failure::file(&at, error.error))?;
        match outcome {
            Err(mut failure) if kept => {
                failure.says.push_str(&format!("\n{} has what came", at.display()));
                Err(failure)
            }
            outcome => outcome,
        }
    }
}

/// A temporary file is for its owner alone; what was asked for is a file like others.
fn open_as_usual(file: &NamedTempFile) {
    use std::os::unix::fs::PermissionsExt;
    let mask = nix::sys::stat::umask(nix::sys::stat::Mode::empty());
    nix::sys::stat::umask(mask);
    let mode = 0o666 & !mask.bits();
    // Where that cannot be, it stays the owner's.
    let _ = file.as_file().set_permissions(std::fs::Permissions::from_mode(mode));
}
