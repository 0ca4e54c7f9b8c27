//! One fixture file becomes cases. Every part reads a TOML table by hand, so that each error has the place of the very word
//! that is wrong; a file with an error yields all its errors, not only the first.

mod case;
mod matcher;
mod message;
mod outcome;
mod page;
mod step;

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::error::{FixtureError, line_and_column};
use super::model::{Case, Kind, Role};
pub(super) use page::{Page, is_requirement};

/// A line and a column, both from 1.
pub(super) type Position = (usize, usize);

/// Where in its file the parts of a case stand that the lint speaks about.
#[derive(Clone, Debug, Default)]
pub(super) struct CasePlaces {
    /// The file, as the user would open it.
    pub(super) file: String,
    /// The case's id.
    pub(super) id: Position,
    /// `\^`, or the beginning of the wire text.
    pub(super) fault: Position,
    /// The beginning of the rest.
    pub(super) rest: Position,
    /// `means`, or the id.
    pub(super) means: Position,
    /// The file's rule.
    pub(super) rule: Position,
    /// The first `[[case.message]]`, or the id.
    pub(super) message: Position,
    /// Each cited requirement.
    pub(super) requirements: Vec<(String, Position)>,
}

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct FileCases {
    /// In the order of the file.
    pub(super) cases: Vec<Case>,
    /// By full id.
    pub(super) places: BTreeMap<String, CasePlaces>,
}

const FILE_KEYS: &[&str] = &["format", "title", "requirements", "kind", "rule", "roles", "tags", "case"];

/// The roles as fixtures write them.
pub(super) const ROLES: &[(&str, Role)] =
    &[("server", Role::Server), ("client", Role::Client), ("proxy", Role::Proxy), ("parser", Role::Parser)];

/// The kinds as fixtures write them.
pub(super) const KINDS: &[(&str, Kind)] =
    &[("conformance", Kind::Conformance), ("hardening", Kind::Hardening), ("survey", Kind::Survey)];

/// The tags as fixtures write them.
const TAGS: &[(&str, &str)] = &[("slow", "slow"), ("limit", "limit")];

/// What holds for all cases of a file.
pub(super) struct FileHead {
    /// `folder/file`.
    name: String,
    title: String,
    kind: Kind,
    rule: Option<String>,
    rule_at: Position,
    roles: Vec<Role>,
    tags: Vec<String>,
    requirements: Vec<(String, usize)>,
}

/// Reads the file `shown`, whose name is `folder/stem`, from its text.
pub(super) fn read_file(shown: &str, folder: &str, stem: &str, text: &str) -> Result<FileCases, Vec<FixtureError>> {
    let mut page = Page::new(shown, text);
    invisible_octets(&mut page);
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            page.wrong(error.span().map_or(0, |span| span.start), error.message(), "");
            return Err(page.errors);
        }
    };
    let file = read_table(&mut page, table.get_ref(), folder, stem);
    if page.errors.is_empty() { Ok(file) } else { Err(page.errors) }
}

fn read_table(page: &mut Page<'_>, table: &DeTable<'_>, folder: &str, stem: &str) -> FileCases {
    for name in [folder, stem] {
        if !page::is_word(name) {
            page.wrong(
                0,
                format!("`{name}` is not kebab-case words"),
                "rename it: small letters and digits, joined by `-`",
            );
        }
    }
    page.known_keys(table, FILE_KEYS, "a fixture file");
    match table.get("format").map(|value| (value, value.get_ref().as_integer())) {
        Some((_, Some(format))) if format.as_str() == "1" => {}
        Some((value, _)) => page.wrong(value.span().start, "`format` is not 1", "this version reads format 1 only"),
        None => page.wrong(0, "`format` is missing", "begin the file with `format = 1`"),
    }
    let rule = table.get("rule").and_then(|value| {
        let rule = page.text_of(value, "`rule`")?;
        if !page::is_rule(&rule) {
            page.wrong(
                value.span().start,
                format!("`{rule}` is not the name of a rule"),
                "write it as in `field-value.nul`",
            );
        }
        Some(rule)
    });
    let head = FileHead {
        name: format!("{folder}/{stem}"),
        title: page.needed_text(table, "title", 0, "the file"),
        kind: table.get("kind").and_then(|value| page.choice(value, "`kind`", KINDS)).unwrap_or_default(),
        rule,
        rule_at: page.position(table.get("rule").map_or(0, |value| value.span().start)),
        roles: match table.get("roles") {
            Some(value) => page.choices(value, "`roles`", ROLES),
            None => {
                page.wrong(
                    0,
                    "`roles` is missing",
                    "say of whom the file speaks, as in `roles = [\"server\", \"parser\"]`",
                );
                Vec::new()
            }
        },
        tags: match table.get("tags") {
            Some(value) => page.choices(value, "`tags`", TAGS).into_iter().map(str::to_owned).collect(),
            None => Vec::new(),
        },
        requirements: match table.get("requirements") {
            Some(value) => page.requirement_ids(value),
            None => {
                page.wrong(
                    0,
                    "`requirements` is missing",
                    "name what is tested, as in `requirements = [\"9112-3.2-6\"]`",
                );
                Vec::new()
            }
        },
    };
    if table.get("requirements").is_some() && head.requirements.is_empty() {
        let at = table.get("requirements").map_or(0, |value| value.span().start);
        page.wrong(at, "`requirements` names nothing that could be read", "name at least one id of requirements.toml");
    }
    let mut file = FileCases::default();
    match table.get("case") {
        Some(value) => {
            for (table, at) in page.tables(value, "`case`") {
                case::read(page, &head, table, at, &mut file);
            }
            if file.cases.is_empty() && page.errors.is_empty() {
                page.wrong(value.span().start, "there is no case", "add a `[[case]]`");
            }
        }
        None => page.wrong(0, "there is no case", "add a `[[case]]`"),
    }
    if page.errors.is_empty() {
        case::bind_controls(page, &mut file);
    }
    file
}

/// Nothing is invisible anywhere in the file: a tab or a space at the end of a line is an error even in a comment.
fn invisible_octets(page: &mut Page<'_>) {
    let mut offset = 0;
    let mut found = Vec::new();
    for line in page.text.split_inclusive('\n') {
        let visible = line.trim_end_matches(['\n', '\r']);
        if let Some(tab) = visible.find('\t') {
            found.push((offset + tab, "a tab", "write spaces, or `\\t` inside wire text"));
        }
        if visible.ends_with(' ') {
            found.push((
                offset + visible.len() - 1,
                "a line ends in a space",
                "remove it, or write `\\x20` inside wire text",
            ));
        }
        offset += line.len();
    }
    for (at, what, remedy) in found {
        page.wrong(at, what, remedy);
    }
}

impl Page<'_> {
    /// Line and column of an offset.
    pub(super) fn position(&self, offset: usize) -> Position {
        line_and_column(self.text, offset)
    }
}

#[cfg(test)]
mod tests;
