//! `request` or `response`, `means`, `[[case.message]]`.

use toml::de::DeTable;

use super::page::{Page, Value};
use crate::corpus::model::{Direction, Means, MessageCase, Piece, Rejection, Said, ThenConnection, Verdict, WireText};
use crate::corpus::wire_text::Marks;

const MEANS_KEYS: &[&str] = &["accept", "also", "reject", "then", "silent_close", "incomplete"];

const MESSAGE_KEYS: &[&str] = &["method", "target", "version", "status", "reason", "fields", "content", "trailers"];

const THEN: &[(&str, ThenConnection)] =
    &[("any", ThenConnection::Any), ("should-close", ThenConnection::ShouldClose), ("closed", ThenConnection::Closed)];

const SILENT_CLOSE: &[(&str, Verdict)] = &[("pass", Verdict::Pass), ("warn", Verdict::Warn), ("fail", Verdict::Fail)];

pub(super) fn read(page: &mut Page<'_>, table: &DeTable<'_>, shape: &str, at: usize) -> Option<MessageCase> {
    let value = table.get(shape)?;
    let wire = page.wire(value, &format!("`{shape}`"), Marks::Message);
    let rest = table.get("rest").and_then(|value| page.wire(value, "`rest`", Marks::Refused));
    let means = table.get("means").map(|value| read_means(page, value)).unwrap_or_default();
    let said = match table.get("message") {
        Some(value) => {
            page.tables(value, "`message`").into_iter().map(|(table, at)| read_said(page, table, at)).collect()
        }
        None => Vec::new(),
    };
    let pause = table.get("delivery").and_then(|value| {
        let delivery = value.get_ref().as_table();
        let Some(delivery) = delivery else {
            page.wrong(value.span().start, "`delivery` is not a table", "write `delivery = { pause = \"150ms\" }`");
            return None;
        };
        page.known_keys(delivery, &["pause"], "`delivery`");
        delivery.get("pause").and_then(|value| page.duration(value, "`pause`"))
    });
    let request_methods = match table.get("request_methods") {
        Some(value) if shape == "response" => {
            page.texts(value, "`request_methods`").into_iter().map(|(text, _)| text).collect()
        }
        Some(value) => {
            page.wrong(value.span().start, "`request_methods` stands beside a `response` only", "remove it");
            Vec::new()
        }
        None => Vec::new(),
    };
    let message = MessageCase {
        direction: if shape == "response" { Direction::Response } else { Direction::Request },
        wire: wire?,
        rest,
        means,
        said,
        pause,
        request_methods,
    };
    check(page, table, value, &message, at);
    Some(message)
}

/// What has to hold between the parts of a message case.
fn check(page: &mut Page<'_>, table: &DeTable<'_>, value: &Value<'_>, message: &MessageCase, at: usize) {
    let means = &message.means;
    let octets = |text: &WireText| text.pieces.iter().any(|piece| !matches!(piece, Piece::Segment | Piece::Fault));
    if !octets(&message.wire) {
        page.wrong(value.span().start, "there are no octets", "write a message");
    }
    if means.incomplete && message.rest.is_none() && !table.contains_key("rest") {
        page.wrong(at, "`incomplete` without `rest`", "add what completes the message");
    }
    if let (false, Some(rest)) = (means.incomplete, table.get("rest")) {
        page.wrong(
            rest.span().start,
            "`rest` stands beside `incomplete` only",
            "add `incomplete = true` to `means`, or remove it",
        );
    }
    let marked = message.wire.pieces.contains(&Piece::Fault);
    if means.reject.is_some() && means.accept.is_none() && !means.incomplete && !marked {
        page.wrong(
            value.span().start,
            "a message to be rejected without `\\^`",
            "mark the first octet that breaks the rule",
        );
    }
    if means.reject.is_none() && means.accept.is_some() && marked {
        page.wrong(page.fault_position(value), "`\\^` in a message that is only accepted", "remove it");
    }
    if !message.said.is_empty() && means.accept != Some(message.said.len()) {
        let said = message.said.len();
        let accept = means.accept.map_or("no `accept`".to_owned(), |count| format!("`accept = {count}`"));
        let first = table.get("message").map_or(at, |value| value.span().start);
        page.wrong(
            first,
            format!("{said} `[[case.message]]` beside {accept}"),
            "say every message that is accepted, or none",
        );
    }
    if message.pause.is_some() && !message.wire.pieces.contains(&Piece::Segment) {
        let delivery = table.get("delivery").map_or(at, |value| value.span().start);
        page.wrong(delivery, "`delivery` paces `\\|` marks and there is none", "add a mark, or remove it");
    }
}

fn read_means(page: &mut Page<'_>, value: &Value<'_>) -> Means {
    let at = value.span().start;
    let Some(table) = value.get_ref().as_table() else {
        page.wrong(at, "`means` is not a table", "write it as in `means = { accept = 1 }`");
        return Means::default();
    };
    page.known_keys(table, MEANS_KEYS, "`means`");
    if table.is_empty() {
        page.wrong(at, "`means` is empty", "write `accept`, `reject` or `incomplete`");
    }
    let accept =
        table.get("accept").and_then(|value| page.number(value, "`accept`", 0, 1000)).map(|count| count as usize);
    let also = match table.get("also") {
        Some(value) if table.contains_key("accept") => statuses(page, value, "`also`"),
        Some(value) => {
            page.wrong(value.span().start, "`also` stands beside `accept` only", "remove it");
            Vec::new()
        }
        None => Vec::new(),
    };
    let reject = match table.get("reject") {
        Some(value) => Some(Rejection {
            statuses: statuses(page, value, "`reject`"),
            then: table.get("then").and_then(|value| page.choice(value, "`then`", THEN)).unwrap_or_default(),
            silent_close: table
                .get("silent_close")
                .and_then(|value| page.choice(value, "`silent_close`", SILENT_CLOSE))
                .unwrap_or(Verdict::Warn),
        }),
        None => {
            for key in ["then", "silent_close"] {
                if let Some(value) = table.get(key) {
                    page.wrong(value.span().start, format!("`{key}` stands beside `reject` only"), "remove it");
                }
            }
            None
        }
    };
    let incomplete = table.get("incomplete").is_some_and(|value| page.truth(value, "`incomplete`"));
    Means { accept, also, reject, incomplete }
}

fn statuses(page: &mut Page<'_>, value: &Value<'_>, what: &str) -> Vec<u16> {
    let Some(array) = value.get_ref().as_array().filter(|array| !array.is_empty()) else {
        page.wrong(value.span().start, format!("{what} is not a list of status codes"), "write it as in `[400]`");
        return Vec::new();
    };
    let numbers = array.iter().filter_map(|item| page.number(item, &format!("a member of {what}"), 100, 599));
    numbers.map(|number| number as u16).collect()
}

fn read_said(page: &mut Page<'_>, table: &DeTable<'_>, at: usize) -> Said {
    page.known_keys(table, MESSAGE_KEYS, "a `[[case.message]]`");
    let wire = |page: &mut Page<'_>, key: &str| {
        table.get(key).and_then(|value| page.wire(value, &format!("`{key}`"), Marks::Refused))
    };
    let said = Said {
        method: wire(page, "method"),
        target: wire(page, "target"),
        version: table.get("version").and_then(|value| page.version(value, "`version`")),
        status: table
            .get("status")
            .and_then(|value| page.number(value, "`status`", 0, 999))
            .map(|status| status as u16),
        reason: wire(page, "reason"),
        fields: table.get("fields").map(|value| fields(page, value, "`fields`")).unwrap_or_default(),
        content: wire(page, "content"),
        trailers: table.get("trailers").map(|value| fields(page, value, "`trailers`")).unwrap_or_default(),
    };
    if said.status.is_some() && (said.method.is_some() || said.target.is_some()) {
        page.wrong(at, "a message that is both a request and a response", "remove `status`, or `method` and `target`");
    }
    said
}

/// A table of names and values, or an array of pairs where order or duplicates matter.
fn fields(page: &mut Page<'_>, value: &Value<'_>, what: &str) -> Vec<(String, WireText)> {
    let mut fields = Vec::new();
    if let Some(table) = value.get_ref().as_table() {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in entries {
            if let Some(text) =
                page.wire(value, &format!("`{}` in {what}", name.get_ref().escape_debug()), Marks::Refused)
            {
                fields.push((name.get_ref().to_string(), text));
            }
        }
    } else if let Some(array) = value.get_ref().as_array() {
        for item in array.iter() {
            let pair = item.get_ref().as_array().filter(|pair| pair.len() == 2);
            let name = pair.and_then(|pair| pair[0].get_ref().as_str());
            match (pair, name) {
                (Some(pair), Some(name)) => {
                    if let Some(text) =
                        page.wire(&pair[1], &format!("`{}` in {what}", name.escape_debug()), Marks::Refused)
                    {
                        fields.push((name.to_owned(), text));
                    }
                }
                _ => page.wrong(
                    item.span().start,
                    format!("a member of {what} is not a pair"),
                    "write `['name', 'value']`",
                ),
            }
        }
    } else {
        page.wrong(
            value.span().start,
            format!("{what} is neither a table nor a list of pairs"),
            "write `{ name = 'value' }`",
        );
    }
    fields
}
