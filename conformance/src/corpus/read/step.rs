//! `[[case.step]]`.

use toml::de::DeTable;

use super::page::{Page, Value};
use crate::corpus::model::{Awaited, ScriptStep, Shut, Verb};
use crate::corpus::wire_text::Marks;

const STEP_KEYS: &[&str] = &["on", "send", "recv", "shut", "pause", "within"];

const VERBS: &[&str] = &["send", "recv", "shut", "pause"];

const AWAITED: &[(&str, Awaited)] =
    &[("response", Awaited::Response), ("interim", Awaited::Interim), ("request", Awaited::Request)];

const SHUTS: &[(&str, Shut)] = &[("write", Shut::Write), ("both", Shut::Both), ("reset", Shut::Reset)];

const ASK_KEYS: &[&str] = &["url", "method", "fields", "body", "session", "follow"];

/// `c1`, `s1` or `app`.
pub(super) fn is_connection(name: &str) -> bool {
    name == "app" || matches!(name.as_bytes(), [b'c' | b's', b'1'..=b'9'])
}

pub(super) fn read_all(page: &mut Page<'_>, value: &Value<'_>) -> Vec<ScriptStep> {
    let tables = page.tables(value, "`step`");
    tables.into_iter().filter_map(|(table, at)| read(page, table, at)).collect()
}

fn read(page: &mut Page<'_>, table: &DeTable<'_>, at: usize) -> Option<ScriptStep> {
    page.known_keys(table, STEP_KEYS, "a `[[case.step]]`");
    let verbs: Vec<&str> = VERBS.iter().copied().filter(|verb| table.contains_key(*verb)).collect();
    let &[verb] = &verbs[..] else {
        page.wrong(
            at,
            format!("a step with {} verbs", verbs.len()),
            "give it exactly one of send, recv, shut and pause",
        );
        return None;
    };
    let value = table.get(verb)?;
    let on = match table.get("on") {
        Some(on) => {
            let name = page.text_of(on, "`on`").unwrap_or_default();
            if !name.is_empty() && !is_connection(&name) {
                page.wrong(
                    on.span().start,
                    format!("`{}` is not a connection", name.escape_debug()),
                    "write c1 to c9, s1 to s9, or app",
                );
            }
            name
        }
        None if verb == "pause" => String::new(),
        None => {
            page.wrong(at, "a step without `on`", "name its connection, as in `on = \"c1\"`");
            String::new()
        }
    };
    let within = table.get("within").and_then(|value| page.duration(value, "`within`"));
    let verb = match verb {
        "send" => Verb::Send(page.wire(value, "`send`", Marks::Sent)?),
        "recv" => Verb::Recv(page.choice(value, "`recv`", AWAITED)?),
        "shut" => Verb::Shut(page.choice(value, "`shut`", SHUTS)?),
        _ => Verb::Pause(page.duration(value, "`pause`")?),
    };
    Some(ScriptStep { on, verb, within })
}

/// `ask` lists the requests that the caller of a client makes. No role plays it yet: its form is checked and it is not kept.
pub(super) fn check_asks(page: &mut Page<'_>, value: &Value<'_>) {
    for (table, _) in page.tables(value, "`ask`") {
        page.known_keys(table, ASK_KEYS, "`ask`");
    }
}
