//! The adapter contract's questions and answers, in words instead of base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::report::octets::excerpt;

/// How much of one value is shown.
const MOST: usize = 120;

/// A question. The octets are shown apart.
pub(super) fn asked(question: &Value) -> String {
    let cuts = question["splits"].as_array().map_or(0, Vec::len);
    let ends = if question["end"] == true { ", and the connection ends behind them" } else { "" };
    match (question["do"].as_str(), cuts) {
        (Some("parse"), 0) => format!("was asked to read these octets in one piece{ends}"),
        (Some("parse"), cuts) => format!("was asked to read these octets in {} pieces{ends}", cuts + 1),
        _ => format!("was asked {question}"),
    }
}

/// An answer: the messages, and what follows them.
pub(super) fn answered(answer: &Value) -> String {
    if let Some(why) = answer["skipped"].as_str() {
        return format!("skipped it: {why}");
    }
    let Some(messages) = answer["messages"].as_array() else { return format!("answered {answer}") };
    let mut parts: Vec<String> = messages.iter().map(message).collect();
    parts.push(then(answer));
    parts.join(", then ")
}

fn then(answer: &Value) -> String {
    match answer["then"].as_str() {
        Some("idle") => "nothing".to_owned(),
        Some("more") => "wants more".to_owned(),
        Some("end") => "the end of the connection".to_owned(),
        Some("switched") => "another protocol".to_owned(),
        Some("reject") => {
            let rule = answer["rule"].as_str().map(|rule| format!(": {rule}")).unwrap_or_default();
            let at = answer["at"].as_u64().map(|at| format!(" at octet {at}")).unwrap_or_default();
            format!("a rejection{rule}{at}")
        }
        other => other.unwrap_or("it does not say what").to_owned(),
    }
}

fn message(message: &Value) -> String {
    let version = message["version"].as_str().map(|version| format!(" HTTP/{version}")).unwrap_or_default();
    let start = match message["status"].as_u64().filter(|status| *status > 0) {
        Some(status) => format!("a response {status}{version}"),
        None => format!("a request {} {}{version}", octets(&message["method"]), octets(&message["target"])),
    };
    let pair = |field: &Value| format!("{}: {}", octets(&field[0]), octets(&field[1]));
    let lines = |name: &str| -> Vec<String> { message[name].as_array().into_iter().flatten().map(pair).collect() };
    let mut text = format!("{start} [{}]", lines("fields").join("; "));
    if message["body"].as_str().is_some_and(|body| !body.is_empty()) {
        text.push_str(&format!(" content '{}'", octets(&message["body"])));
    }
    let trailers = lines("trailers");
    if !trailers.is_empty() {
        text.push_str(&format!(" trailers [{}]", trailers.join("; ")));
    }
    text
}

fn octets(value: &Value) -> String {
    let base64 = value.as_str().unwrap_or_default();
    STANDARD.decode(base64).map_or_else(|_| format!("(not base64: {base64})"), |octets| excerpt(&octets, MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_in_words() {
        let answer = serde_json::json!({
            "messages": [{"method": "R0VU", "target": "Lw==", "version": "1.1", "fields": [["SG9zdA==", "YQ=="]], "body": "aGk="}],
            "then": "reject", "rule": "chunk.size-sign", "at": 7,
        });
        assert_eq!(
            answered(&answer),
            "a request GET / HTTP/1.1 [Host: a] content 'hi', then a rejection: chunk.size-sign at octet 7"
        );
        assert_eq!(answered(&serde_json::json!({"skipped": "heads only"})), "skipped it: heads only");
        assert!(
            answered(&serde_json::json!({"messages": [{"method": 3}], "then": 4})).contains("it does not say what")
        );
    }

    #[test]
    fn questions_are_told_in_words() {
        let question = serde_json::json!({"do": "parse", "splits": [3, 4], "end": true});
        assert_eq!(asked(&question), "was asked to read these octets in 3 pieces, and the connection ends behind them");
    }
}
