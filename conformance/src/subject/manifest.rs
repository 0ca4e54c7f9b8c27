//! A manifest says how a subject is started, what it can, and what is known to be wrong with it.
//!
//! ```toml
//! format   = 1
//! name     = "nginx"
//! note     = "nginx with its echo module"       # optional
//! level    = "body"                             # a claim; what is seen may be less, never more is used
//! can      = ["general-purpose"]                # beyond the level
//! lacks    = []                                 # what its echo cannot tell
//! parallel = 64                                 # connections it holds at once; probed if absent
//!
//! [resources]                                   # optional; what they have to be: fixtures/README.md, §6
//! file      = "/index.html"
//! redirect  = "/old"
//! protected = "/private"
//!
//! [start]
//! command = "nginx -c {run}/nginx.conf"         # or a list of words; {port}, {run} (a fresh folder), {dir} (the manifest's folder)
//! cwd     = "{dir}"                             # the run folder if absent
//! env     = { MODE = "test" }                   # PORT is always there
//! ready   = { path = "/", timeout = "10s" }     # what it must answer, with anything, before the run begins
//! [start.files]                                 # written into {run}, variables filled in
//! "nginx.conf" = '''...'''
//!
//! [[known]]                                     # read by `report::known`
//! case    = "host/two-fields/*"
//! reason  = "..."
//! ```

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use toml::Spanned;

use super::SubjectError;
use super::command::words;
use crate::corpus::model::Observability;

/// The manifests, and the programs beside them, that travel inside the binary.
static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/subjects");

/// What is known of a subject beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// How closely it can be seen; probed if absent.
    pub level: Option<Observability>,
    /// What it can do beyond that.
    pub can: Vec<String>,
    /// What its echo cannot tell.
    pub lacks: Vec<String>,
    /// How many connections it holds at once; probed if absent.
    pub parallel: Option<NonZeroUsize>,
    /// Where its resources are.
    pub resources: Resources,
}

/// The paths of resources that a subject declares, so that cases can be about what is not on the wire alone (fixtures/README.md, §6).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resources {
    /// A file that does not change.
    #[serde(default)]
    pub file: Option<String>,
    /// A redirection.
    #[serde(default)]
    pub redirect: Option<String>,
    /// What wants credentials.
    #[serde(default)]
    pub protected: Option<String>,
}

impl Resources {
    /// The names that there are.
    pub const NAMES: [&str; 3] = ["file", "redirect", "protected"];

    /// Declares one more, in the form `NAME=PATH`.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub fn declare(&mut self, text: &str) -> Result<(), String> {
        let names = Resources::NAMES.join(", ");
        let (name, path) =
            text.split_once('=').ok_or_else(|| format!("`{text}` is not NAME=PATH; the names are {names}"))?;
        if !is_path(path) {
            return Err(format!(
                "`{path}` is not a path: it begins with `/`, and what is not visible ASCII is percent-encoded"
            ));
        }
        let place = match name {
            "file" => &mut self.file,
            "redirect" => &mut self.redirect,
            "protected" => &mut self.protected,
            _ => return Err(format!("there is no resource `{name}`; the names are {names}")),
        };
        *place = Some(path.to_owned());
        Ok(())
    }

    fn paths(&self) -> impl Iterator<Item = &str> {
        [&self.file, &self.redirect, &self.protected].into_iter().filter_map(|path| path.as_deref())
    }
}

fn is_path(text: &str) -> bool {
    text.starts_with('/') && text.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'#')
}

/// How a subject is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The program and its arguments, variables not yet filled in.
    pub command: Vec<String>,
    /// Where it runs; the run folder if absent.
    pub cwd: Option<String>,
    /// Its environment beyond ours and PORT.
    pub env: BTreeMap<String, String>,
    /// Files written into the run folder: name and text, variables not yet filled in.
    pub files: BTreeMap<String, String>,
    /// The path that it must answer before the run begins.
    pub ready_path: String,
    /// For how long that is tried.
    pub ready_timeout: Duration,
    /// What `{dir}` stands for; for a built-in subject, a copy of what stands beside its manifest.
    pub dir: Option<PathBuf>,
}

impl Start {
    /// From a command line, with what is usual for the rest.
    ///
    /// # Errors
    /// [`SubjectError::Command`] if the quotation marks do not match or there is no word.
    pub fn command(text: &str) -> Result<Start, SubjectError> {
        let command =
            words(text).map_err(|why| SubjectError::Command { text: text.to_owned(), why: why.to_owned() })?;
        Ok(Start {
            command,
            cwd: None,
            env: BTreeMap::new(),
            files: BTreeMap::new(),
            ready_path: "/".to_owned(),
            ready_timeout: READY_TIMEOUT,
            dir: None,
        })
    }
}

/// How long a subject may take to answer for the first time, if nobody says otherwise.
pub const READY_TIMEOUT: Duration = Duration::from_secs(10);

/// A manifest that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// What reports call the subject.
    pub name: String,
    /// For the reader.
    pub note: Option<String>,
    /// The file, as the user would open it; none for a built-in one.
    pub file: Option<PathBuf>,
    /// What is known beforehand.
    pub claims: Claims,
    /// How it is started.
    pub start: Start,
    /// The manifest itself. Its `[[known]]` failures are read from it by whoever holds a report against them.
    pub text: String,
}

impl Manifest {
    /// A built-in manifest by its name, or the manifest in that file (anything with a `/` or that ends in `.toml`).
    ///
    /// # Errors
    /// [`SubjectError::Unknown`], [`SubjectError::Unreadable`], or [`SubjectError::Manifest`] with file, line and column.
    pub fn load(name_or_file: &str) -> Result<Manifest, SubjectError> {
        if name_or_file.contains('/') || name_or_file.ends_with(".toml") {
            return Manifest::read(Path::new(name_or_file));
        }
        let file = format!("{name_or_file}.toml");
        let text = BUILT_IN.get_file(&file).and_then(|file| file.contents_utf8());
        let text =
            text.ok_or_else(|| SubjectError::Unknown { name: name_or_file.to_owned(), known: built_in().join(", ") })?;
        Manifest::parse(text, &format!("subjects/{file}"))
    }

    /// The manifest in a file.
    ///
    /// # Errors
    /// As [`Manifest::load`].
    pub fn read(path: &Path) -> Result<Manifest, SubjectError> {
        let file = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|error| SubjectError::Unreadable { file: file.clone(), error })?;
        let mut manifest = Manifest::parse(&text, &file)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        manifest.start.dir = Some(std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()));
        manifest.file = Some(path.to_owned());
        Ok(manifest)
    }

    /// A manifest from its text; `file` is for errors.
    ///
    /// # Errors
    /// [`SubjectError::Manifest`].
    pub fn parse(text: &str, file: &str) -> Result<Manifest, SubjectError> {
        let at = |span: Option<Range<usize>>, why: String| {
            let (line, column) = position(text, span.map_or(0, |span| span.start));
            SubjectError::Manifest { file: file.to_owned(), line, column, why }
        };
        let table: Table = toml::from_str(text).map_err(|error| at(error.span(), error.message().to_owned()))?;
        let refuse = |span: Range<usize>, why: String| Err(at(Some(span), why));
        if *table.format.get_ref() != 1 {
            return refuse(table.format.span(), "this build reads format = 1".to_owned());
        }
        let StartTable { command, cwd, env, files, ready } = table.start;
        let command_span = command.span();
        let command = match command.into_inner() {
            Command::Words(list) if list.is_empty() => return refuse(command_span, "there is no command".to_owned()),
            Command::Words(list) => list,
            Command::Line(line) => words(&line).map_err(|why| at(Some(command_span), why.to_owned()))?,
        };
        for name in files.keys() {
            let inside =
                Path::new(name.get_ref()).components().all(|part| matches!(part, std::path::Component::Normal(_)));
            if !inside || name.get_ref().is_empty() {
                return refuse(
                    name.span(),
                    "a file stands inside the run folder: a relative path without '..'".to_owned(),
                );
            }
        }
        let ready_timeout = match ready.timeout {
            None => READY_TIMEOUT,
            Some(time) => duration(time.get_ref())
                .ok_or_else(|| at(Some(time.span()), "a time such as \"10s\" or \"500ms\"".to_owned()))?,
        };
        if ready.path.as_ref().is_some_and(|path| !path.get_ref().starts_with('/')) {
            return refuse(ready.path.map_or(0..0, |path| path.span()), "a path begins with '/'".to_owned());
        }
        let resources_span = table.resources.as_ref().map_or(0..0, Spanned::span);
        let resources = table.resources.map(Spanned::into_inner).unwrap_or_default();
        if let Some(path) = resources.paths().find(|path| !is_path(path)) {
            return refuse(resources_span, format!("`{path}` is not a path: it begins with '/', in visible ASCII"));
        }
        Ok(Manifest {
            name: table.name,
            note: table.note,
            file: None,
            claims: Claims {
                level: table.level,
                can: table.can,
                lacks: table.lacks,
                parallel: table.parallel,
                resources,
            },
            start: Start {
                command,
                cwd,
                env,
                files: files.into_iter().map(|(name, text)| (name.into_inner(), text)).collect(),
                ready_path: ready.path.map_or("/".to_owned(), Spanned::into_inner),
                ready_timeout,
                dir: None,
            },
            text: text.to_owned(),
        })
    }
}

/// The names of the built-in manifests.
pub fn built_in() -> Vec<String> {
    let stem = |file: &include_dir::File<'_>| {
        let is_toml = file.path().extension().is_some_and(|extension| extension == "toml");
        is_toml.then(|| file.path().file_stem().unwrap_or_default().to_string_lossy().into_owned())
    };
    BUILT_IN.files().filter_map(stem).collect()
}

/// Writes what stands beside the built-in manifests into a folder.
pub(super) fn unpack(into: &Path) -> std::io::Result<()> {
    BUILT_IN.extract(into)
}

/// A time such as `10s`, `1.5s`, `500ms` or `2m`.
pub fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(digits);
    let unit = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(number.parse::<f64>().ok()? * unit).ok()
}

/// Line and column, both from 1.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line_start = before.iter().rposition(|octet| *octet == b'\n').map_or(0, |end| end + 1);
    (1 + before.iter().filter(|octet| **octet == b'\n').count(), 1 + at.min(text.len()) - line_start)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    format: Spanned<u32>,
    name: String,
    note: Option<String>,
    level: Option<Observability>,
    #[serde(default)]
    can: Vec<String>,
    #[serde(default)]
    lacks: Vec<String>,
    parallel: Option<NonZeroUsize>,
    resources: Option<Spanned<Resources>>,
    start: StartTable,
    /// Read elsewhere.
    #[serde(default, rename = "known")]
    _known: Vec<toml::Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StartTable {
    command: Spanned<Command>,
    cwd: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    files: BTreeMap<Spanned<String>, String>,
    #[serde(default)]
    ready: ReadyTable,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Command {
    Line(String),
    Words(Vec<String>),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadyTable {
    path: Option<Spanned<String>>,
    timeout: Option<Spanned<String>>,
}
