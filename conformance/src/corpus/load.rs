//! From folders, or from the binary, to a [`Corpus`].
//!
//! A corpus is a set of files by `folder/file`. A later folder adds files, and replaces those of the same name whole: a case is
//! never put together from two files. Its `requirements.toml`, where it has one, adds rows and replaces those of the same id.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::error::FixtureError;
use super::model::{Corpus, Requirement};
use super::read::{CasePlaces, read_file};
use super::requirements;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../fixtures");

/// A fixture file is not larger than this.
const MOST_OCTETS_OF_A_FILE: u64 = 8 * 1024 * 1024;

/// The folder of inputs for benches and fuzzers; it holds no cases.
const SAMPLES: &str = "samples";

/// The corpus in the binary.
pub fn load_embedded() -> Result<Corpus, Vec<FixtureError>> {
    load_with::<&Path>(&[])
}

/// The corpus of a folder alone; it may lack a `requirements.toml` and then uses the one in the binary.
pub fn load_dir(path: &Path) -> Result<Corpus, Vec<FixtureError>> {
    let mut files = Files::default();
    files.add_dir(path);
    files.read().map(|loaded| loaded.corpus)
}

/// The corpus in the binary, with the files of these folders added or in place of those of the same folder and name.
pub fn load_with<P: AsRef<Path>>(dirs: &[P]) -> Result<Corpus, Vec<FixtureError>> {
    let mut files = Files::default();
    files.add_embedded();
    for dir in dirs {
        files.add_dir(dir.as_ref());
    }
    files.read().map(|loaded| loaded.corpus)
}

/// The requirements in the binary.
pub fn embedded_requirements() -> Result<BTreeMap<String, Requirement>, Vec<FixtureError>> {
    match EMBEDDED.get_file("requirements.toml").and_then(|file| file.contents_utf8()) {
        Some(text) => requirements::read("fixtures/requirements.toml", text),
        None => Ok(BTreeMap::new()),
    }
}

/// A corpus and where its parts stand.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) corpus: Corpus,
    pub(super) places: BTreeMap<String, CasePlaces>,
}

/// The texts of a corpus before they are read.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// By folder and file name: the name to show, and the text.
    fixtures: BTreeMap<(String, String), (String, String)>,
    /// Names to show, and texts.
    requirements: Vec<(String, String)>,
    errors: Vec<FixtureError>,
}

impl Files {
    /// The files in the binary.
    pub(super) fn add_embedded(&mut self) {
        for entry in EMBEDDED.dirs() {
            let folder = name_of(entry.path());
            for file in entry.files() {
                let shown = format!("fixtures/{folder}/{}", name_of(file.path()));
                self.add(&folder, &name_of(file.path()), shown, file.contents().to_vec());
            }
        }
        if let Some(file) = EMBEDDED.get_file("requirements.toml") {
            let shown = "fixtures/requirements.toml".to_owned();
            if let Some(text) = self.utf8(&shown, file.contents().to_vec()) {
                self.requirements.push((shown, text));
            }
        }
    }

    /// The files of a folder on disk.
    pub(super) fn add_dir(&mut self, dir: &Path) {
        let before = self.fixtures.len();
        let requirements = dir.join("requirements.toml");
        if requirements.is_file()
            && let Some(text) = self.text_of(&requirements)
        {
            self.requirements.push((requirements.display().to_string(), text));
        }
        for folder in self.entries(dir) {
            if !folder.is_dir() {
                continue;
            }
            for path in self.entries(&folder) {
                if name_of(&folder) == SAMPLES || name_of(&path).starts_with('.') {
                    continue;
                }
                if path.is_dir() {
                    self.wrong(
                        path.display().to_string(),
                        "a folder in a folder of fixtures",
                        "fixtures are `folder/file.toml`",
                    );
                    continue;
                }
                if let Some(octets) = self.octets_of(&path) {
                    self.add(&name_of(&folder), &name_of(&path), path.display().to_string(), octets);
                }
            }
        }
        if self.fixtures.len() == before && self.errors.is_empty() && self.requirements.is_empty() {
            self.wrong(
                dir.display().to_string(),
                "there is no fixture here",
                "fixtures are `folder/file.toml` below this folder",
            );
        }
    }

    fn add(&mut self, folder: &str, name: &str, shown: String, octets: Vec<u8>) {
        if folder == SAMPLES || folder.starts_with(['.', '_']) {
            return;
        }
        if !name.ends_with(".toml") {
            self.wrong(shown, "neither a fixture nor a folder", "fixtures end in `.toml`; move other files elsewhere");
            return;
        }
        if let Some(text) = self.utf8(&shown, octets) {
            self.fixtures.insert((folder.to_owned(), name.to_owned()), (shown, text));
        }
    }

    /// Reads every file; all errors at once.
    pub(super) fn read(mut self) -> Result<Loaded, Vec<FixtureError>> {
        let mut loaded = Loaded::default();
        if self.requirements.is_empty() {
            match embedded_requirements() {
                Ok(rows) => loaded.corpus.requirements = rows,
                Err(errors) => self.errors.extend(errors),
            }
        }
        for (shown, text) in &self.requirements {
            match requirements::read(shown, text) {
                Ok(rows) => loaded.corpus.requirements.extend(rows),
                Err(errors) => self.errors.extend(errors),
            }
        }
        for ((folder, name), (shown, text)) in &self.fixtures {
            match read_file(shown, folder, name.trim_end_matches(".toml"), text) {
                Ok(file) => {
                    loaded.corpus.cases.extend(file.cases);
                    loaded.places.extend(file.places);
                }
                Err(errors) => self.errors.extend(errors),
            }
        }
        if self.errors.is_empty() {
            return Ok(loaded);
        }
        self.errors.sort();
        Err(self.errors)
    }

    /// The visible entries of a folder, by name.
    fn entries(&mut self, dir: &Path) -> Vec<PathBuf> {
        let entries =
            std::fs::read_dir(dir).and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect());
        match entries {
            Ok(mut entries) => {
                let _: &Vec<PathBuf> = &entries;
                entries.sort();
                entries
            }
            Err(error) => {
                self.wrong(
                    dir.display().to_string(),
                    format!("the folder cannot be read: {error}"),
                    "name a folder of fixtures",
                );
                Vec::new()
            }
        }
    }

    fn text_of(&mut self, path: &Path) -> Option<String> {
        let octets = self.octets_of(path)?;
        self.utf8(&path.display().to_string(), octets)
    }

    fn octets_of(&mut self, path: &Path) -> Option<Vec<u8>> {
        let shown = path.display().to_string();
        match std::fs::metadata(path).and_then(|found| {
            if found.len() > MOST_OCTETS_OF_A_FILE { Ok(None) } else { std::fs::read(path).map(Some) }
        }) {
            Ok(Some(octets)) => Some(octets),
            Ok(None) => {
                self.wrong(
                    shown,
                    format!("the file has more than {MOST_OCTETS_OF_A_FILE} octets"),
                    "use `\\{N*text}` for long runs",
                );
                None
            }
            Err(error) => {
                self.wrong(shown, format!("the file cannot be read: {error}"), "");
                None
            }
        }
    }

    fn utf8(&mut self, shown: &str, octets: Vec<u8>) -> Option<String> {
        match String::from_utf8(octets) {
            Ok(text) => Some(text),
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let before = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
                let (line, column) = super::error::line_and_column(&before, good);
                self.errors.push(FixtureError {
                    file: shown.to_owned(),
                    line,
                    column,
                    what: "an octet that is not UTF-8".to_owned(),
                    remedy: "write it as `\\xHH`".to_owned(),
                });
                None
            }
        }
    }

    fn wrong(&mut self, file: String, what: impl Into<String>, remedy: &str) {
        self.errors.push(FixtureError { file, line: 1, column: 1, what: what.into(), remedy: remedy.to_owned() });
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
