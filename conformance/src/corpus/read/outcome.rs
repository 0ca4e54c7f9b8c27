//! `[[case.outcome]]`.

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::case::NEEDS;
use super::page::{Page, Value, is_word};
use super::step::is_connection;
use super::{CasePlaces, FileHead, ROLES, matcher};
use crate::corpus::model::{Body, ConnectionMatcher, EndMatcher, Outcome, Verdict};

const OUTCOME_KEYS: &[&str] = &["id", "role", "needs", "requirements", "verdict", "because"];

const CONNECTION_KEYS: &[&str] = &["got", "first", "interim", "end"];

const VERDICTS: &[(&str, Verdict)] = &[
    ("pass", Verdict::Pass),
    ("warn", Verdict::Warn),
    ("fail", Verdict::Fail),
    ("inconclusive", Verdict::Inconclusive),
];

const ENDS: &[(&str, EndMatcher)] = &[
    ("open", EndMatcher::Open),
    ("closed", EndMatcher::Closed),
    ("fin", EndMatcher::Fin),
    ("reset", EndMatcher::Reset),
    ("late", EndMatcher::Late),
];

pub(super) fn read_all(
    page: &mut Page<'_>,
    value: &Value<'_>,
    head: &FileHead,
    body: Option<&Body>,
    places: &mut CasePlaces,
) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = Vec::new();
    for (table, at) in page.tables(value, "`outcome`") {
        let outcome = read(page, table, at, head, body, places);
        if outcomes.iter().any(|earlier| earlier.id == outcome.id) {
            page.wrong(at, format!("the outcome `{}` stands twice", outcome.id), "give each outcome a name of its own");
        }
        outcomes.push(outcome);
    }
    outcomes
}

fn read(
    page: &mut Page<'_>,
    table: &DeTable<'_>,
    at: usize,
    head: &FileHead,
    body: Option<&Body>,
    places: &mut CasePlaces,
) -> Outcome {
    let names: Vec<&str> = table.keys().map(|key| key.get_ref().as_ref()).filter(|name| is_connection(name)).collect();
    let known: Vec<&str> = OUTCOME_KEYS.iter().copied().chain(names.iter().copied()).collect();
    page.known_keys(table, &known, "a `[[case.outcome]]`");
    let id = page.needed_text(table, "id", at, "the outcome");
    if !id.is_empty() && !is_word(&id) {
        let what = format!("the id `{}` is not kebab-case words", id.escape_debug());
        page.wrong(at, what, "begin with a word of small letters; join by `-`");
    }
    let role = table.get("role").and_then(|value| {
        let role = page.choice(value, "`role`", ROLES)?;
        if !head.roles.contains(&role) {
            page.wrong(
                value.span().start,
                "the outcome's role is none of the file's",
                "add it to `roles`, or remove it here",
            );
        }
        Some(role)
    });
    let needs = match table.get("needs") {
        Some(value) => page.choices(value, "`needs`", NEEDS).into_iter().map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let requirements = match table.get("requirements") {
        Some(value) => page.requirement_ids(value),
        None => Vec::new(),
    };
    for (id, at) in &requirements {
        places.requirements.push((id.clone(), page.position(*at)));
    }
    let verdict =
        table.get("verdict").and_then(|value| page.choice(value, "`verdict`", VERDICTS)).unwrap_or(Verdict::Pass);
    let because = table.get("because").and_then(|value| page.text_of(value, "`because`"));
    if verdict != Verdict::Pass && because.is_none() {
        page.wrong(
            at,
            format!("the outcome `{id}` does not say why"),
            "add `because = \"...\"` for the reader of the report",
        );
    }
    let mut connections = BTreeMap::new();
    for name in names {
        let Some(value) = table.get(name) else { continue };
        if let Some(Body::Script(steps)) = body
            && name.starts_with('c')
            && !steps.iter().any(|step| step.on == name)
        {
            page.wrong(value.span().start, format!("no step uses `{name}`"), "name a connection of the steps");
        }
        connections.insert(name.to_owned(), connection(page, value, name));
    }
    if connections.is_empty() {
        page.wrong(
            at,
            format!("the outcome `{id}` says nothing of any connection"),
            "add as in `c1 = { end = \"closed\" }`",
        );
    }
    let requirements = requirements.into_iter().map(|(id, _)| id).collect();
    Outcome { id, role, needs, requirements, connections, verdict, because }
}

fn connection(page: &mut Page<'_>, value: &Value<'_>, name: &str) -> ConnectionMatcher {
    let at = value.span().start;
    let Some(table) = value.get_ref().as_table() else {
        page.wrong(at, format!("`{name}` is not a table"), "write it as in `c1 = { end = \"closed\" }`");
        return ConnectionMatcher::default();
    };
    page.known_keys(table, CONNECTION_KEYS, &format!("`{name}`"));
    if table.is_empty() {
        page.wrong(at, format!("`{name}` says nothing"), "write `got`, `first`, `interim` or `end`");
    }
    if table.contains_key("got") && table.contains_key("first") {
        page.wrong(
            at,
            format!("`{name}` has both `got` and `first`"),
            "`got` lists all final messages: remove one of them",
        );
    }
    let messages = |page: &mut Page<'_>, key: &str| {
        table.get(key).and_then(|value| match value.get_ref().as_array() {
            Some(array) => Some(array.iter().map(|item| matcher::read(page, item, &format!("`{key}`"))).collect()),
            None => {
                page.wrong(value.span().start, format!("`{key}` is not a list of messages"), "write `[{ ... }]`");
                None
            }
        })
    };
    ConnectionMatcher {
        got: messages(page, "got"),
        interim: messages(page, "interim"),
        first: table.get("first").map(|value| matcher::read(page, value, "`first`")),
        end: match table.get("end") {
            Some(value) if value.get_ref().is_array() => page.choices(value, "`end`", ENDS),
            Some(value) => page.choice(value, "`end`", ENDS).into_iter().collect(),
            None => Vec::new(),
        },
    }
}
