//! Why a command could not do its work: what to print, and which exit code.

use std::io;

use crate::report::exit;

/// An error of the command line.
#[derive(Debug)]
pub(super) struct Failure {
    /// The exit code.
    pub(super) code: u8,
    /// What to say, one complaint per line.
    pub(super) says: String,
}

impl Failure {
    /// The user asked for something that cannot be, or named a file that cannot be read.
    pub(super) fn usage(says: impl Into<String>) -> Failure {
        Failure { code: exit::USAGE, says: says.into() }
    }

    /// The same, with the file in front.
    pub(super) fn file(file: &std::path::Path, error: impl std::fmt::Display) -> Failure {
        Failure::usage(format!("{}: {error}", file.display()))
    }

    /// The selection left nothing over.
    pub(super) fn nothing_selected() -> Failure {
        Failure { code: exit::NOTHING_SELECTED, says: "no case is selected".to_owned() }
    }
}

/// Writing to standard output fails when its reader is gone (`| head`): nobody is left to be told, so nothing is said.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure { code: exit::CONFORMS, says: String::new() },
            _ => Failure { code: exit::HARNESS_FAULT, says: error.to_string() },
        }
    }
}
