//! Answers of the adapter contract, read as messages.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use wiregauge_proto::message::Message;

use super::echo::{Field, show};
use crate::corpus::model::{Bindings, Said, WireText};

/// The message of one answer, or of one entry of its `messages`; `None` if it is an error or something else.
pub(crate) fn message(value: &Value) -> Option<Message> {
    let object = value.as_object()?;
    if object.contains_key("error") || !(object.contains_key("status") || object.contains_key("method")) {
        return None;
    }
    Some(Message {
        method: octets(value, "method"),
        target: octets(value, "target"),
        version: object.get("version").and_then(Value::as_str).and_then(version).unwrap_or((1, 1)),
        status: object.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok()).unwrap_or(0),
        reason: octets(value, "reason"),
        fields: fields(value, "fields"),
        content: octets(value, "body"),
        trailers: fields(value, "trailers"),
        keep_alive: object.get("keep_alive").and_then(Value::as_bool).unwrap_or(true),
        ..Message::default()
    })
}

/// The error that a caller was told.
pub(crate) fn error(value: &Value) -> Option<&str> {
    value.get("error").and_then(Value::as_str)
}

/// Whether the caller got the content whole.
pub(crate) fn is_complete(value: &Value) -> bool {
    value.get("complete").and_then(Value::as_bool).unwrap_or(true)
}

/// What differs between a message and what was said; only what is given is compared, names without case.
/// `method_and_target`: an entry of a request. `as_passed_on`: field lines may be joined, and trailer fields dropped.
pub(crate) fn differences(said: &Said, message: &Message, bindings: &Bindings, as_passed_on: bool) -> Vec<String> {
    let mut found = Vec::new();
    let bound = |text: &WireText| text.bind(bindings).octets;
    let mut differ = |what: &str, expected: Option<Vec<u8>>, came: &[u8]| {
        if let Some(expected) = expected.filter(|expected| expected != came) {
            found.push(format!("{what} was {}, came as {}", show(&expected), show(came)));
        }
    };
    differ("method", said.method.as_ref().map(bound), &message.method);
    differ("content", said.content.as_ref().map(bound), &message.content);
    if !as_passed_on {
        differ("request-target", said.target.as_ref().map(bound), &message.target);
        differ("reason phrase", said.reason.as_ref().map(bound), &message.reason);
        let own = format!("{}.{}", message.version.0, message.version.1);
        differ("version", said.version.as_ref().map(|version| version.clone().into_bytes()), own.as_bytes());
    }
    if let Some(status) = said.status.filter(|status| *status != message.status) {
        found.push(format!("status was {status}, came as {}", message.status));
    }
    section(&mut found, "field", &said.fields, &message.fields, bindings, as_passed_on);
    if !message.trailers.is_empty() || !as_passed_on {
        section(&mut found, "trailer field", &said.trailers, &message.trailers, bindings, as_passed_on);
    }
    found
}

/// Fields that belong to one connection: who passes a message on does not pass them on (RFC 9110 §7.6.1), or writes its own.
const OF_THE_CONNECTION: &[&str] = &[
    "connection",
    "keep-alive",
    "te",
    "transfer-encoding",
    "content-length",
    "upgrade",
    "proxy-connection",
    "host",
    "via",
    "trailer",
];

fn section(
    found: &mut Vec<String>,
    what: &str,
    said: &[(String, WireText)],
    came: &[Field],
    bindings: &Bindings,
    as_passed_on: bool,
) {
    let mut seen: Vec<&str> = Vec::new();
    for (name, _) in said {
        if seen.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            continue;
        }
        seen.push(name);
        if as_passed_on && OF_THE_CONNECTION.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            continue;
        }
        let want: Vec<Vec<u8>> = said
            .iter()
            .filter(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, text)| text.bind(bindings).octets)
            .collect();
        let have: Vec<Vec<u8>> = came
            .iter()
            .filter(|(own, _)| own.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value.clone())
            .collect();
        if want != have && want.join(&b", "[..]) != have.join(&b", "[..]) {
            let came = if have.is_empty() { "nothing".to_owned() } else { show(&have.join(&b", "[..])) };
            found.push(format!("{what} {name} was {}, came as {came}", show(&want.join(&b", "[..]))));
        }
    }
}

fn octets(value: &Value, key: &str) -> Vec<u8> {
    value.get(key).and_then(Value::as_str).and_then(|text| STANDARD.decode(text).ok()).unwrap_or_default()
}

fn fields(value: &Value, key: &str) -> Vec<Field> {
    let pair = |pair: &Value| {
        let decode = |at: usize| pair.get(at).and_then(Value::as_str).and_then(|text| STANDARD.decode(text).ok());
        Some((decode(0)?, decode(1)?))
    };
    value.get(key).and_then(Value::as_array).map_or(Vec::new(), |pairs| pairs.iter().filter_map(pair).collect())
}

fn version(text: &str) -> Option<(u8, u8)> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
