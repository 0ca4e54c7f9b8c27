//! Where content goes: standard output, or a file that appears once it is whole.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::NamedTempFile;

use super::super::Failure;
use super::trouble;

/// Cheap to clone; clones are the same place, so that one thread may give up what another one writes.
#[derive(Clone, Debug)]
pub(super) struct Output {
    to: To,
    keep_partial: bool,
    ends_a_line: bool,
}

#[derive(Clone, Debug)]
enum To {
    StandardOutput,
    /// A temporary file beside the one that it becomes; nothing once it has become it, or was given up.
    Regular(PathBuf, Arc<Mutex<Option<NamedTempFile>>>),
    /// A device or a pipe, which cannot be replaced.
    Special(PathBuf, Arc<File>),
}

impl Output {
    /// Nothing, and `-`, are standard output.
    pub(super) fn open(path: Option<&Path>, keep_partial: bool) -> Result<Output, Failure> {
        let to = match path {
            None => To::StandardOutput,
            Some(path) if path == Path::new("-") => To::StandardOutput,
            Some(path) => file(path).map_err(|error| Failure::file(path, error))?,
        };
        Ok(Output { to, keep_partial, ends_a_line: true })
    }

    /// Whether progress may be shown on standard error, if that is a terminal: content does not go to one at the same time.
    pub(super) fn leaves_the_terminal_free(&self) -> bool {
        match &self.to {
            To::StandardOutput => !io::stdout().is_terminal(),
            To::Regular(..) => true,
            To::Special(_, file) => !file.is_terminal(),
        }
    }

    /// The file, if it goes to one.
    pub(super) fn path(&self) -> Option<&Path> {
        match &self.to {
            To::StandardOutput => None,
            To::Regular(path, _) | To::Special(path, _) => Some(path),
        }
    }

    /// Whether what is written next to standard output begins a line.
    pub(super) fn ends_a_line(&self) -> bool {
        self.ends_a_line
    }

    pub(super) fn write(&mut self, octets: &[u8]) -> Result<(), Failure> {
        let Some(last) = octets.last() else { return Ok(()) };
        match &self.to {
            To::StandardOutput => {
                self.ends_a_line = *last == b'\n';
                // Unbuffered but for whole pieces: what has come is seen at once.
                let mut out = io::stdout().lock();
                out.write_all(octets)?;
                Ok(out.flush()?)
            }
            To::Regular(path, temporary) => {
                let mut temporary = temporary.lock().unwrap_or_else(PoisonError::into_inner);
                let file = temporary.as_mut().ok_or_else(|| trouble::ours("the file was given up"))?;
                file.as_file_mut().write_all(octets).map_err(|error| trouble::unwritten(path, &error))
            }
            To::Special(path, file) => match (&mut &**file).write_all(octets) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(error.into()),
                told => told.map_err(|error| trouble::unwritten(path, &error)),
            },
        }
    }

    pub(super) fn flush(&self) -> Result<(), Failure> {
        Ok(io::stdout().lock().flush()?)
    }

    /// The content is complete: the file takes its place.
    pub(super) fn finish(&self) -> Result<(), Failure> {
        self.flush()?;
        let To::Regular(path, temporary) = &self.to else { return Ok(()) };
        match temporary.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(file) => persist(file, path).map_err(|error| trouble::unwritten(path, &error)),
            None => Err(trouble::ours("the file was given up")),
        }
    }

    /// The content is incomplete. Removes what came of it, or keeps it under the name that is given back.
    pub(super) fn give_up(&self) -> Option<PathBuf> {
        let To::Regular(path, temporary) = &self.to else { return None };
        let file = temporary.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let has_some = file.as_file().metadata().is_ok_and(|metadata| metadata.len() > 0);
        let partial = PathBuf::from([path.as_os_str(), ".partial".as_ref()].iter().copied().collect::<OsString>());
        (self.keep_partial && has_some && persist(file, &partial).is_ok()).then_some(partial)
    }
}

fn file(path: &Path) -> io::Result<To> {
    let mut path = path.to_owned();
    if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) {
        // What the link leads to is replaced, and not the link.
        path = fs::canonicalize(path)?;
    }
    match fs::metadata(&path) {
        Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(metadata) if !metadata.is_file() => {
            let file = OpenOptions::new().write(true).open(&path)?;
            return Ok(To::Special(path, Arc::new(file)));
        }
        _ if path.file_name().is_none() => return Err(io::ErrorKind::IsADirectory.into()),
        _ => {}
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mode = fs::metadata(&path).map_or(0o666, |metadata| metadata.permissions().mode() & 0o777);
    let temporary = tempfile::Builder::new()
        .prefix(".wiregauge-fetch-")
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)
        // The words of this error name the temporary file, which nobody has heard of.
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => io::Error::other(format!("there is no folder {}", folder.display())),
            kind => io::Error::from(kind),
        })?;
    Ok(To::Regular(path, Arc::new(Mutex::new(Some(temporary)))))
}

fn persist(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.persist(path).map(drop).map_err(|error| error.error)
}
