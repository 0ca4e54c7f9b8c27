//! What a message of the subject must look like.

use toml::de::DeTable;

use super::page::{Page, Value};
use crate::corpus::model::{MessageMatcher, StatusMatcher, TextMatcher};
use crate::corpus::wire_text::Marks;

const MATCHER_KEYS: &[&str] =
    &["status", "version", "reason", "method", "target", "fields", "content", "trailers", "echo"];

const ECHO_KEYS: &[&str] = &["method", "target", "version", "fields", "content", "trailers"];

const TEXT_KEYS: &[&str] = &["has", "lacks", "present", "absent", "contains"];

pub(super) fn read(page: &mut Page<'_>, value: &Value<'_>, what: &str) -> MessageMatcher {
    let Some(table) = table_of(page, value, what) else { return MessageMatcher::default() };
    page.known_keys(table, MATCHER_KEYS, what);
    let mut matcher = common(page, table, what);
    if let Some(value) = table.get("status") {
        matcher.status = statuses(page, value);
    }
    matcher.reason = table.get("reason").and_then(|value| text(page, value, "`reason`"));
    matcher.echo = table.get("echo").map(|value| {
        let what = "`echo`";
        Box::new(match table_of(page, value, what) {
            Some(table) => {
                page.known_keys(table, ECHO_KEYS, what);
                common(page, table, what)
            }
            None => MessageMatcher::default(),
        })
    });
    matcher
}

fn table_of<'v, 'd>(page: &mut Page<'_>, value: &'v Value<'d>, what: &str) -> Option<&'v DeTable<'d>> {
    let table = value.get_ref().as_table();
    if table.is_none() {
        page.wrong(value.span().start, format!("{what} is not a table"), "write it as in `{ status = 200 }`");
    }
    table
}

/// What may be said of a message itself and of the echo of a message.
fn common(page: &mut Page<'_>, table: &DeTable<'_>, what: &str) -> MessageMatcher {
    let mut matcher = MessageMatcher::default();
    for (key, slot) in
        [("method", &mut matcher.method), ("target", &mut matcher.target), ("content", &mut matcher.content)]
    {
        *slot = table.get(key).and_then(|value| text(page, value, &format!("`{key}`")));
    }
    matcher.version = table.get("version").and_then(|value| page.version(value, &format!("`version` of {what}")));
    for (key, slot) in [("fields", &mut matcher.fields), ("trailers", &mut matcher.trailers)] {
        if let Some(value) = table.get(key) {
            *slot = fields(page, value, &format!("`{key}`"));
        }
    }
    matcher
}

fn statuses(page: &mut Page<'_>, value: &Value<'_>) -> Vec<StatusMatcher> {
    let items: Vec<&Value<'_>> = match value.get_ref().as_array() {
        Some(array) => array.iter().collect(),
        None => vec![value],
    };
    let mut statuses = Vec::new();
    for item in items {
        if let Some(class) = item.get_ref().as_str() {
            match class.as_bytes() {
                [digit @ b'1'..=b'5', b'x', b'x'] => statuses.push(StatusMatcher::Class(u16::from(digit - b'0'))),
                _ => page.wrong(
                    item.span().start,
                    format!("`{}` is not a class of status codes", class.escape_debug()),
                    "write a number, or a class from `\"1xx\"` to `\"5xx\"`",
                ),
            }
        } else if let Some(number) = page.number(item, "a status", 100, 999) {
            statuses.push(StatusMatcher::Exactly(number as u16));
        }
    }
    statuses
}

fn fields(page: &mut Page<'_>, value: &Value<'_>, what: &str) -> Vec<(String, TextMatcher)> {
    let Some(table) = table_of(page, value, what) else { return Vec::new() };
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    let mut fields = Vec::new();
    for (name, value) in entries {
        if let Some(matcher) = text(page, value, &format!("`{}`", name.get_ref().escape_debug())) {
            fields.push((name.get_ref().to_string(), matcher));
        }
    }
    fields
}

fn text(page: &mut Page<'_>, value: &Value<'_>, what: &str) -> Option<TextMatcher> {
    if let Some(array) = value.get_ref().as_array() {
        if array.is_empty() {
            page.wrong(value.span().start, format!("{what} is an empty list"), "name what it may be");
        }
        let texts = array.iter().filter_map(|item| page.wire(item, what, Marks::Refused));
        return Some(TextMatcher::OneOf(texts.collect()));
    }
    let Some(table) = value.get_ref().as_table() else {
        return page.wire(value, what, Marks::Refused).map(|text| TextMatcher::OneOf(vec![text]));
    };
    page.known_keys(table, TEXT_KEYS, what);
    let mut entries = table.iter();
    let (Some((key, value)), None) = (entries.next(), entries.next()) else {
        let at = value.span().start;
        page.wrong(
            at,
            format!("{what} says {} things", table.len()),
            "write exactly one of has, lacks, contains, present, absent",
        );
        return None;
    };
    let key: &str = key.get_ref();
    let what = format!("`{key}`");
    match key {
        "present" => page.truth(value, &what).then_some(TextMatcher::Present),
        "absent" => page.truth(value, &what).then_some(TextMatcher::Absent),
        "has" => page.wire(value, &what, Marks::Refused).map(TextMatcher::Has),
        "lacks" => page.wire(value, &what, Marks::Refused).map(TextMatcher::Lacks),
        "contains" => page.wire(value, &what, Marks::Refused).map(TextMatcher::Contains),
        _ => None,
    }
}
