//! `[[case]]`.

use toml::de::DeTable;

use super::page::{Page, is_word};
use super::{CasePlaces, FileCases, FileHead, message, outcome, step};
use crate::corpus::error::nearest;
use crate::corpus::model::{Body, Case, Kind, Piece, Source, Verdict};

const CASE_KEYS: &[&str] = &[
    "id",
    "note",
    "needs",
    "requirements",
    "control",
    "request",
    "response",
    "rest",
    "means",
    "message",
    "step",
    "outcome",
    "delivery",
    "ask",
    "request_methods",
];

/// Keys that only a message case has.
const MESSAGE_ONLY: &[&str] = &["means", "message", "rest", "delivery", "request_methods"];

/// What a case may ask of a subject: levels at which it can be seen, and capabilities of its manifest.
pub(super) const NEEDS: &[(&str, &str)] = &[
    ("static", "static"),
    ("body", "body"),
    ("echo", "echo"),
    ("general-purpose", "general-purpose"),
    ("connect", "connect"),
    ("trace", "trace"),
    ("upgrade", "upgrade"),
    ("range", "range"),
    ("redirect", "redirect"),
    ("etag", "etag"),
    ("file", "file"),
    ("last-modified", "last-modified"),
    ("protected", "protected"),
    ("slow", "slow"),
];

pub(super) fn read(page: &mut Page<'_>, head: &FileHead, table: &DeTable<'_>, at: usize, file: &mut FileCases) {
    page.known_keys(table, CASE_KEYS, "a case");
    let word = page.needed_text(table, "id", at, "the case");
    let id_at = table.get("id").map_or(at, |value| value.span().start);
    if !word.is_empty() && !is_word(&word) {
        page.wrong(
            id_at,
            format!("the id `{}` is not kebab-case words", word.escape_debug()),
            "begin with a word of small letters; join by `-`",
        );
    }
    let id = format!("{}/{word}", head.name);
    if file.places.contains_key(&id) {
        page.wrong(id_at, format!("the id `{word}` stands twice in this file"), "give each case a name of its own");
        return;
    }
    let note = page.needed_text(table, "note", id_at, "the case");
    let needs = match table.get("needs") {
        Some(value) => page.choices(value, "`needs`", NEEDS).into_iter().map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let requirements = match table.get("requirements") {
        Some(value) => page.requirement_ids(value),
        None => head.requirements.clone(),
    };
    let mut places = CasePlaces {
        file: page.file().to_owned(),
        id: page.position(id_at),
        fault: page.position(id_at),
        rest: page.position(table.get("rest").map_or(id_at, |value| value.span().start)),
        means: page.position(table.get("means").map_or(id_at, |value| value.span().start)),
        rule: head.rule_at,
        message: page.position(message_at(table).unwrap_or(id_at)),
        requirements: requirements.iter().map(|(id, at)| (id.clone(), page.position(*at))).collect(),
    };
    let shapes: Vec<&str> =
        ["request", "response", "step"].into_iter().filter(|key| table.contains_key(*key)).collect();
    let body = match shapes[..] {
        ["step"] => Some(script(page, table, id_at)),
        [shape] => {
            places.fault = page.position(table.get(shape).map_or(id_at, |value| page.fault_position(value)));
            message::read(page, table, shape, id_at).map(|message| Body::Message(Box::new(message)))
        }
        _ => {
            let what = format!("the case has {} of `request`, `response` and `[[case.step]]`", shapes.len());
            page.wrong(id_at, what, "give it exactly one of them");
            None
        }
    };
    let outcomes = match table.get("outcome") {
        Some(value) => outcome::read_all(page, value, head, body.as_ref(), &mut places),
        None => Vec::new(),
    };
    if head.kind == Kind::Survey
        && let Some(outcome) = outcomes.iter().find(|outcome| outcome.verdict != Verdict::Pass)
    {
        let what = format!("the outcome `{}` of a survey case has a verdict", outcome.id);
        page.wrong(id_at, what, "a survey has neither pass nor fail: leave the verdict out");
    }
    if table.get("outcome").is_none() && (shapes == ["step"] || table.get("means").is_none()) {
        page.wrong(id_at, "nothing says what is expected", "add `means` to a message, or a `[[case.outcome]]`");
    }
    if let Some(value) = table.get("ask") {
        step::check_asks(page, value);
    }
    let Some(body) = body else { return };
    let control = table.get("control").and_then(|value| page.text_of(value, "`control`"));
    file.places.insert(id.clone(), places);
    file.cases.push(Case {
        id,
        title: head.title.clone(),
        note,
        kind: head.kind,
        rule: head.rule.clone(),
        roles: head.roles.clone(),
        tags: head.tags.clone(),
        needs,
        requirements: requirements.into_iter().map(|(id, _)| id).collect(),
        control: control.map(|word| format!("{}/{word}", head.name)),
        body,
        outcomes,
        source: Source { file: page.file().to_owned(), line: page.position(id_at).0 },
    });
}

fn script(page: &mut Page<'_>, table: &DeTable<'_>, at: usize) -> Body {
    for key in MESSAGE_ONLY {
        if let Some(value) = table.get(*key) {
            page.wrong(value.span().start, format!("a script case has no `{key}`"), "say it with outcomes");
        }
    }
    let steps = table.get("step").map(|value| step::read_all(page, value)).unwrap_or_default();
    if steps.is_empty() && page.errors.is_empty() {
        page.wrong(at, "a script without a step", "add a `[[case.step]]`");
    }
    Body::Script(steps)
}

fn message_at(table: &DeTable<'_>) -> Option<usize> {
    let value = table.get("message")?;
    let first = value.get_ref().as_array().and_then(|array| array.iter().next()).map(|item| item.span().start);
    Some(first.unwrap_or(value.span().start))
}

/// A rejection is compared with the accepting case that it names, or else with the file's case `control`; a script may name one.
pub(super) fn bind_controls(page: &mut Page<'_>, file: &mut FileCases) {
    let word = |id: &str| id.rsplit('/').next().unwrap_or("").to_owned();
    let usable: Vec<(String, bool)> = file
        .cases
        .iter()
        .map(|case| match &case.body {
            Body::Message(message) => (case.id.clone(), message.means.accept.is_some()),
            Body::Script(_) => (case.id.clone(), true),
        })
        .collect();
    let mut wrong = Vec::new();
    for case in &mut file.cases {
        let (rejects, marked) = match &case.body {
            Body::Message(message) => (message.means.reject.is_some(), message.wire.pieces.contains(&Piece::Fault)),
            Body::Script(_) => (false, false),
        };
        let default = format!("{}/control", case.id.rsplit_once('/').map_or("", |(stem, _)| stem));
        let named = case.control.is_some();
        let wanted = match case.control.take() {
            Some(wanted) => wanted,
            None if case.id != default && (rejects || marked) => default,
            None => continue,
        };
        let (this, other) = (word(&case.id), word(&wanted));
        let found = usable.iter().find(|(id, _)| *id == wanted);
        let (what, remedy) = match found {
            Some(_) if wanted == case.id => {
                (format!("the case `{this}` is its own control"), "name an accepting case of this file".to_owned())
            }
            Some((_, true)) => {
                case.control = Some(wanted);
                continue;
            }
            Some((_, false)) => (
                format!("the control `{other}` of the case `{this}` does not accept"),
                "give it `means = { accept = 1 }`, or name another".to_owned(),
            ),
            None if named || rejects => {
                let near = nearest(&other, usable.iter().map(|(id, _)| id.rsplit('/').next().unwrap_or("")));
                let remedy = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "add an accepting case `control`, or name one with `control = \"...\"`".to_owned(),
                };
                (format!("the control `{other}` of the case `{this}` is not in this file"), remedy)
            }
            None => continue,
        };
        wrong.push((case.source.line, what, remedy));
    }
    for (line, what, remedy) in wrong {
        let offset = page.text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        page.wrong(offset, what, remedy);
    }
}
