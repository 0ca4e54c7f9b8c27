//! Whether the octets of the cases mean what the files say: requirements and rules exist, a case differs from its control only
//! where its fault stands, and our own strict reader agrees with `means`, `rule`, `\^` and `[[case.message]]`.

mod reading;

use std::path::Path;

use wiregauge_proto::Rule;

use super::error::{FixtureError, nearest};
use super::load::{Files, Loaded};
use super::model::{Bindings, Body, Case, Corpus, MessageCase, Role};
use super::read::{CasePlaces, Position};

/// Checks the corpus in the binary, with these folders added or in place.
///
/// ```
/// let none: [&str; 0] = [];
/// let (cases, problems) = wiregauge::corpus::lint_with(&none);
/// println!("{cases} cases, {} problems", problems.len());
/// ```
pub fn lint_with<P: AsRef<Path>>(dirs: &[P]) -> (usize, Vec<FixtureError>) {
    let mut files = Files::default();
    files.add_embedded();
    for dir in dirs {
        files.add_dir(dir.as_ref());
    }
    lint_files(files)
}

/// Checks the corpus of a folder alone.
pub fn lint_dir(dir: &Path) -> (usize, Vec<FixtureError>) {
    let mut files = Files::default();
    files.add_dir(dir);
    lint_files(files)
}

fn lint_files(files: Files) -> (usize, Vec<FixtureError>) {
    match files.read() {
        Ok(loaded) => (loaded.corpus.cases.len(), lint(&loaded)),
        Err(errors) => (0, errors),
    }
}

/// What stands for the resources of a subject.
const EXAMPLE_FACTS: [(&str, &str); 10] = [
    ("file-path", "/resources/file"),
    ("file-etag", "\"v1\""),
    ("file-last-modified", "Tue, 14 Nov 2023 22:13:20 GMT"),
    ("file-earlier", "Mon, 13 Nov 2023 22:13:20 GMT"),
    ("file-later", "Wed, 15 Nov 2023 22:13:20 GMT"),
    ("file-length", "4096"),
    ("file-beginning", "0123456789"),
    ("file-ending", "9876543210"),
    ("redirect-path", "/resources/redirect"),
    ("protected-path", "/resources/protected"),
];

/// The names that our own reading gives the variables; any others of the same form would do.
pub fn example_bindings() -> Bindings {
    Bindings {
        authority: "127.0.0.1:8080".into(),
        host: "127.0.0.1".into(),
        path: "/".into(),
        origin: "127.0.0.1:8081".into(),
        token: "token".into(),
        facts: EXAMPLE_FACTS.iter().map(|(name, fact)| (String::from(*name), String::from(*fact))).collect(),
    }
}

fn lint(loaded: &Loaded) -> Vec<FixtureError> {
    let mut lint = Lint { bindings: example_bindings(), problems: Vec::new() };
    for case in &loaded.corpus.cases {
        let Some(places) = loaded.places.get(&case.id) else { continue };
        lint.requirements(case, places, &loaded.corpus);
        lint.rule(case, places);
        if let Body::Message(message) = &case.body {
            lint.control(case, message, places, &loaded.corpus);
            for problem in reading::disagreements(case, message, &lint.bindings) {
                let at = match problem.at {
                    reading::At::Wire => places.fault,
                    reading::At::Rest => places.rest,
                    reading::At::Means => places.means,
                    reading::At::Rule => places.rule,
                    reading::At::Message => places.message,
                };
                lint.wrong(places, at, format!("the case `{}`: {}", word(&case.id), problem.what), problem.remedy);
            }
        }
    }
    lint.problems.sort();
    lint.problems.dedup();
    lint.problems
}

struct Lint {
    bindings: Bindings,
    problems: Vec<FixtureError>,
}

impl Lint {
    fn wrong(&mut self, places: &CasePlaces, at: Position, what: impl Into<String>, remedy: impl Into<String>) {
        let (line, column) = at;
        self.problems.push(FixtureError {
            file: places.file.clone(),
            line,
            column,
            what: what.into(),
            remedy: remedy.into(),
        });
    }

    fn requirements(&mut self, case: &Case, places: &CasePlaces, corpus: &Corpus) {
        for (id, at) in &places.requirements {
            let Some(requirement) = corpus.requirements.get(id) else {
                let remedy = match nearest(id, corpus.requirements.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "see requirements.toml for those that can be observed".to_owned(),
                };
                self.wrong(places, *at, format!("the requirement `{id}` is not in requirements.toml"), remedy);
                continue;
            };
            let binds = |role: &Role| requirement.roles.iter().any(|word| word == role_word(*role));
            if !requirement.roles.is_empty() && !case.roles.iter().any(binds) {
                let whom = requirement.roles.join(", ");
                let what = format!("the requirement `{id}` binds {whom}, none of the file's roles");
                self.wrong(places, *at, what, "cite another, or change `roles`");
            }
        }
    }

    fn rule(&mut self, case: &Case, places: &CasePlaces) {
        if let Some(rule) = &case.rule
            && Rule::from_id(rule).is_none()
        {
            let remedy = match nearest(rule, Rule::ALL.iter().map(|rule| rule.id())) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`wiregauge explain` lists the rules".to_owned(),
            };
            self.wrong(places, places.rule, format!("there is no rule `{rule}`"), remedy);
        }
    }

    /// A case with a fault differs from its control only from the last octet before the fault to the end of the fault's line.
    fn control(&mut self, case: &Case, message: &MessageCase, places: &CasePlaces, corpus: &Corpus) {
        let Some(control) = case.control.as_deref().and_then(|id| corpus.case(id)) else { return };
        let Body::Message(innocent) = &control.body else { return };
        let (wire, other) = (message.wire.bind(&self.bindings), innocent.wire.bind(&self.bindings).octets);
        let Some(fault) = wire.fault else { return };
        let octets = &wire.octets;
        let name = word(&control.id);
        let this = word(&case.id);
        if *octets == other {
            let what = format!("the case `{this}` has the same octets as its control `{name}`");
            return self.wrong(places, places.id, what, "make the control innocent");
        }
        let same = octets.iter().zip(&other).take_while(|(a, b)| a == b).count();
        if same + 1 < fault {
            let what = format!(
                "the case `{this}` differs from its control `{name}` at octet {same} already, its fault stands at octet {fault}"
            );
            return self.wrong(places, places.fault, what, "make them equal up to the fault, or name another control");
        }
        let line_end =
            octets[fault..].iter().position(|octet| *octet == b'\n').map_or(octets.len(), |at| fault + at + 1);
        if !other.ends_with(&octets[line_end..]) {
            let what = format!("the case `{this}` differs from its control `{name}` after the line of its fault");
            self.wrong(places, places.fault, what, "make them equal after that line, or name another control");
        }
    }
}

/// A role as requirements and fixtures write it.
pub(super) fn role_word(role: Role) -> &'static str {
    match role {
        Role::Server => "server",
        Role::Client => "client",
        Role::Proxy => "proxy",
        Role::Parser => "parser",
    }
}

fn word(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

#[cfg(test)]
mod tests;
