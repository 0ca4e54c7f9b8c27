//! `requirements.toml`: what the RFCs ask of somebody, one row a line, keyed by id.
//!
//! ```text
//! "9112-3.2-6" = { section = "3.2", level = "MUST", roles = ["server"], testable = "wire", priority = "A", sentence = "..." }
//! ```

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::error::FixtureError;
use super::model::{Keyword, Requirement};
use super::read::{Page, is_requirement};

const ROW_KEYS: &[&str] = &["section", "level", "roles", "testable", "priority", "sentence"];

/// The words of the RFCs and what they amount to.
pub(super) const LEVELS: &[(&str, Keyword)] = &[
    ("MUST", Keyword::MUST),
    ("MUST NOT", Keyword::MUST),
    ("SHOULD", Keyword::SHOULD),
    ("SHOULD NOT", Keyword::SHOULD),
    ("MAY", Keyword::MAY),
    ("GRAMMAR", Keyword::GRAMMAR),
];

const ROLES: &[(&str, &str)] = &[
    ("server", "server"),
    ("client", "client"),
    ("proxy", "proxy"),
    ("parser", "parser"),
    ("sender-lint", "sender-lint"),
];

const TESTABLE: &[(&str, &str)] = &[("wire", "wire"), ("echo", "echo"), ("config", "config")];

const PRIORITIES: &[(&str, &str)] = &[("A", "A"), ("B", "B"), ("C", "C")];

/// Reads the file `shown`.
pub(super) fn read(shown: &str, text: &str) -> Result<BTreeMap<String, Requirement>, Vec<FixtureError>> {
    let mut page = Page::new(shown, text);
    let table = match DeTable::parse(text) {
        Ok(table) => table.into_inner(),
        Err(error) => {
            page.wrong(error.span().map_or(0, |span| span.start), error.message(), "");
            return Err(page.errors);
        }
    };
    let mut requirements = BTreeMap::new();
    for (key, value) in &table {
        let id = key.get_ref().to_string();
        let at = key.span().start;
        if !is_requirement(&id) {
            page.wrong(at, format!("`{}` is not a requirement id", id.escape_debug()), "write it as in `9112-3.2-6`");
            continue;
        }
        let Some(row) = value.get_ref().as_table() else {
            page.wrong(
                at,
                format!("`{id}` is not a table"),
                "write it as in `{ section = \"3.2\", level = \"MUST\", .. }`",
            );
            continue;
        };
        page.known_keys(row, ROW_KEYS, "a requirement");
        for needed in &ROW_KEYS[..ROW_KEYS.len() - 1] {
            if !row.contains_key(*needed) {
                page.wrong(at, format!("`{id}` has no `{needed}`"), "add it");
            }
        }
        let mut word = |key: &str, known: &[(&'static str, &'static str)]| {
            row.get(key).and_then(|value| page.choice(value, &format!("`{key}`"), known)).unwrap_or_default().to_owned()
        };
        let testable = word("testable", TESTABLE);
        let priority = word("priority", PRIORITIES);
        let requirement = Requirement {
            section: page.needed_text(row, "section", at, "the requirement"),
            level: row.get("level").and_then(|value| page.choice(value, "`level`", LEVELS)).unwrap_or(Keyword::MUST),
            roles: match row.get("roles") {
                Some(value) => page.choices(value, "`roles`", ROLES).into_iter().map(str::to_owned).collect(),
                None => Vec::new(),
            },
            testable,
            priority,
            sentence: row.get("sentence").and_then(|value| page.text_of(value, "`sentence`")),
            id: id.clone(),
        };
        requirements.insert(id, requirement);
    }
    if page.errors.is_empty() { Ok(requirements) } else { Err(page.errors) }
}
