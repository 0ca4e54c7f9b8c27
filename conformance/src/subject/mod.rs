//! The subject of a run: where it listens, how it is started and stopped, what is known of it beforehand.

mod command;
mod location;
mod manifest;
mod process;

#[cfg(test)]
mod tests;

use std::io;
use std::time::Duration;

pub use location::{Location, Trust};
pub use manifest::{Claims, Manifest, READY_TIMEOUT, Resources, Start, built_in, duration};
pub use process::{Process, free_port};

/// Who is judged.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What reports call it.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
    /// What is known of it beforehand.
    pub claims: Claims,
}

/// Where a subject comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// It listens already; nobody of us starts or stops it.
    Listening(Location),
    /// We start it, and stop it with the run.
    Started {
        /// How.
        start: Start,
        /// What stands in the Host field instead of its address.
        host: Option<String>,
    },
}

impl Subject {
    /// One that listens already. `text`, `host` and `trust` as in [`Location::parse`].
    ///
    /// # Errors
    /// [`SubjectError::Address`].
    pub fn at(text: &str, host: Option<&str>, trust: Option<&Trust>) -> Result<Subject, SubjectError> {
        let location = Location::parse(text, host, trust)?;
        Ok(Subject { name: text.to_owned(), source: Source::Listening(location), claims: Claims::default() })
    }

    /// One that a manifest describes.
    pub fn of(manifest: &Manifest) -> Subject {
        let start = manifest.start.clone();
        let source = Source::Started { start, host: None };
        Subject { name: manifest.name.clone(), source, claims: manifest.claims.clone() }
    }

    /// One that a command starts; `{port}` in it, and PORT in its environment, say where it is to listen (on 127.0.0.1).
    ///
    /// # Errors
    /// [`SubjectError::Command`].
    pub fn command(text: &str) -> Result<Subject, SubjectError> {
        let start = Start::command(text)?;
        let source = Source::Started { start, host: None };
        Ok(Subject { name: text.to_owned(), source, claims: Claims::default() })
    }
}

/// Why there is no subject.
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    /// An address that is none.
    #[error(
        "'{text}' is no address: {why} (understood: HOST:PORT, http://HOST[:PORT]/path, https://HOST[:PORT]/path, unix:PATH)"
    )]
    Address {
        /// What was written.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// A command that is none.
    #[error("'{text}' is no command: {why}")]
    Command {
        /// What was written.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// No manifest of that name.
    #[error(
        "no subject '{name}' is built in; there are: {known}; a manifest of your own is given as a path that ends in .toml"
    )]
    Unknown {
        /// The name.
        name: String,
        /// Those that are.
        known: String,
    },
    /// A manifest that cannot be opened.
    #[error("{file}: {error}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system said.
        error: io::Error,
    },
    /// A manifest that says something wrong.
    #[error("{file}:{line}:{column}: {why}")]
    Manifest {
        /// The file.
        file: String,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong.
        why: String,
    },
    /// The run folder, or the program, could not be set up.
    #[error("cannot start '{command}': {error}")]
    Start {
        /// The command.
        command: String,
        /// What the system said.
        error: io::Error,
    },
    /// It ended before it answered.
    #[error("'{command}' ended before it answered: {how}{tail}")]
    DiedEarly {
        /// The command.
        command: String,
        /// Exit status or signal.
        how: String,
        /// The last lines that it wrote, each on a line of its own.
        tail: String,
    },
    /// It did not answer in time.
    #[error("'{command}' did not answer a GET on {address} within {} s{tail}", waited.as_secs_f32())]
    NotReady {
        /// The command.
        command: String,
        /// Where it was expected.
        address: String,
        /// How long was waited.
        waited: Duration,
        /// The last lines that it wrote, each on a line of its own.
        tail: String,
    },
}

impl SubjectError {
    /// Whether the mistake is in what the user wrote (exit code 2) rather than in the subject (exit code 3).
    pub fn is_usage(&self) -> bool {
        !matches!(self, SubjectError::Start { .. } | SubjectError::DiedEarly { .. } | SubjectError::NotReady { .. })
    }
}
