use super::*;
use crate::corpus::model::{
    Awaited, Bindings, Body, EndMatcher, MessageCase, Shut, StatusMatcher, TextMatcher, ThenConnection, Verb, Verdict,
};
use std::time::Duration;

const FILE: &str = r#"format = 1
title = "A NUL in a field value leads to rejection"
requirements = ["9110-5.5-4"]
rule = "field-value.nul"
roles = ["server", "parser"]
tags = ["limit"]

[[case]]
id = "control"
note = "Without the NUL."
request = '''
GET ${path} HTTP/1.1\r\n
Host: ${authority}\r\n
X-Probe: a-b\r\n
\r\n
'''
means = { accept = 1, also = [431] }
[[case.message]]
method = 'GET'
version = "1.1"
fields = { x-probe = 'a-b' }

[[case]]
id = "middle-of-value"
note = "With it."
needs = ["echo"]
requirements = ["9110-5.5-3", "9110-5.5-4"]
delivery = { pause = "150ms" }
request = '''
GET ${path} HTTP/1.1\r\n
Host: ${authority}\r\n
X-Probe: \|a\^\0b\r\n
\r\n
'''
means = { reject = [400, 431], then = "closed", silent_close = "pass" }

[[case.outcome]]
id = "replaced"
role = "server"
needs = ["echo"]
requirements = ["9110-5.5-4"]
verdict = "warn"
because = "it was replaced"
c1 = { got = [{ status = ["2xx", 301], echo = { fields = { x-probe = 'a b' } } }], end = ["open", "late"] }
"#;

fn read(text: &str) -> Result<FileCases, Vec<FixtureError>> {
    read_file("fixtures/field-value/nul.toml", "field-value", "nul", text)
}

/// The errors of the file with `from` replaced by `to`.
fn errors(from: &str, to: &str) -> Vec<String> {
    assert!(FILE.contains(from), "{from}");
    let found = read(&FILE.replacen(from, to, 1)).expect_err("an error");
    found.iter().map(|error| error.to_string().replacen("fixtures/field-value/nul.toml:", "", 1)).collect()
}

fn error(from: &str, to: &str) -> String {
    let errors = errors(from, to);
    assert_eq!(errors.len(), 1, "{errors:#?}");
    errors.into_iter().next().unwrap()
}

fn message(file: &FileCases, at: usize) -> &MessageCase {
    match &file.cases[at].body {
        Body::Message(message) => message,
        Body::Script(_) => panic!("a script"),
    }
}

#[test]
fn a_file_becomes_its_cases() {
    let file = read(FILE).unwrap();
    let [control, case] = &file.cases[..] else { panic!("two cases") };
    assert_eq!(control.id, "field-value/nul/control");
    assert_eq!(control.control, None);
    assert_eq!(control.requirements, ["9110-5.5-4"]);
    assert_eq!(control.source.line, 9);
    assert_eq!(message(&file, 0).means.accept, Some(1));
    assert_eq!(message(&file, 0).means.also, [431]);
    assert_eq!(message(&file, 0).said[0].fields[0].0, "x-probe");

    assert_eq!(case.id, "field-value/nul/middle-of-value");
    assert_eq!(case.title, "A NUL in a field value leads to rejection");
    assert_eq!((case.kind, case.rule.as_deref()), (Kind::Conformance, Some("field-value.nul")));
    assert_eq!(case.roles, [Role::Server, Role::Parser]);
    assert_eq!((&case.tags[..], &case.needs[..]), (&["limit".to_owned()][..], &["echo".to_owned()][..]));
    assert_eq!(case.control.as_deref(), Some("field-value/nul/control"));
    let message = message(&file, 1);
    let wire = message.wire.bind(&Bindings { path: "/".into(), authority: "h".into(), ..Bindings::default() });
    assert_eq!(wire.octets, b"GET / HTTP/1.1\r\nHost: h\r\nX-Probe: a\0b\r\n\r\n");
    assert_eq!((&wire.cuts[..], wire.fault), (&[34][..], Some(35)));
    assert_eq!(message.pause, Some(Duration::from_millis(150)));
    let reject = message.means.reject.as_ref().unwrap();
    assert_eq!(
        (&reject.statuses[..], reject.then, reject.silent_close),
        (&[400, 431][..], ThenConnection::Closed, Verdict::Pass)
    );
    let outcome = &case.outcomes[0];
    assert_eq!((outcome.verdict, outcome.because.as_deref()), (Verdict::Warn, Some("it was replaced")));
    let c1 = &outcome.connections["c1"];
    assert_eq!(c1.end, [EndMatcher::Open, EndMatcher::Late]);
    let got = &c1.got.as_ref().unwrap()[0];
    assert_eq!(got.status, [StatusMatcher::Class(2), StatusMatcher::Exactly(301)]);
    let echo = got.echo.as_ref().unwrap();
    assert!(matches!(&echo.fields[0], (name, TextMatcher::OneOf(texts)) if name == "x-probe" && texts.len() == 1));
}

#[test]
fn places_lead_to_the_words_in_the_file() {
    let places = &read(FILE).unwrap().places["field-value/nul/middle-of-value"];
    assert_eq!(places.fault, (32, 15));
    assert_eq!(places.means, (35, 9));
    assert_eq!(places.rule, (4, 8));
    assert_eq!(places.requirements[0], ("9110-5.5-3".to_owned(), (27, 17)));
    assert_eq!(places.requirements[2], ("9110-5.5-4".to_owned(), (41, 17)));
}

#[test]
fn a_checkout_with_cr_lf_changes_nothing() {
    let file = read(&FILE.replace('\n', "\r\n")).unwrap();
    assert_eq!(message(&file, 1).wire, message(&read(FILE).unwrap(), 1).wire);
    assert_eq!(file.places["field-value/nul/middle-of-value"].fault, (32, 15));
}

#[test]
fn a_script_becomes_its_steps() {
    let file = read(
        r#"format = 1
title = "t"
requirements = ["9112-9.6-6"]
kind = "hardening"
roles = ["server"]
[[case]]
id = "two-connections"
note = "n"
[[case.step]]
on = "c1"
send = 'GET / HTTP/1.1\r\n\r\n'
[[case.step]]
on = "c1"
recv = "interim"
within = "5s"
[[case.step]]
pause = "20ms"
[[case.step]]
on = "c2"
shut = "reset"
[[case.outcome]]
id = "nothing"
c1 = { got = [] }
c2 = { first = { fields = { a = { has = 'x' }, b = { absent = true } }, content = { contains = 'y' } }, end = "fin" }
"#,
    )
    .unwrap();
    let Body::Script(steps) = &file.cases[0].body else { panic!("a message") };
    assert!(matches!(steps[0].verb, Verb::Send(_)));
    assert!(
        matches!((&steps[1].verb, steps[1].within), (Verb::Recv(Awaited::Interim), Some(within)) if within.as_secs() == 5)
    );
    assert!(matches!((&steps[2].verb, steps[2].on.as_str()), (Verb::Pause(_), "")));
    assert!(matches!(&steps[3].verb, Verb::Shut(Shut::Reset)));
    assert_eq!(file.cases[0].control, None);
    let outcome = &file.cases[0].outcomes[0];
    assert_eq!(outcome.connections["c1"].got, Some(Vec::new()));
    let first = outcome.connections["c2"].first.as_ref().unwrap();
    assert!(matches!(first.fields[0].1, TextMatcher::Has(_)) && first.fields[1].1 == TextMatcher::Absent);
}

#[test]
fn a_typo_names_its_place_and_the_nearest_word() {
    assert_eq!(
        error("silent_close = \"pass\"", "silent_closed = \"pass\""),
        "35:49: unknown key `silent_closed` in `means`; did you mean `silent_close`?"
    );
    assert_eq!(
        error("note = \"With it.\"", "nota = \"With it.\"\nnote = \"With it.\""),
        "25:1: unknown key `nota` in a case; did you mean `note`?"
    );
    assert_eq!(error("\"closed\"", "\"close\""), "35:39: `then` cannot be `close`; did you mean `closed`?");
    assert_eq!(
        error("\"server\", \"parser\"]", "\"server\", \"parsr\"]"),
        "5:20: `roles` cannot be `parsr`; did you mean `parser`?"
    );
    let found = errors("c1 = { got", "cl = { got");
    assert!(
        found[0].starts_with("44:1: unknown key `cl` in a `[[case.outcome]]`; the known ones are id, "),
        "{found:#?}"
    );
}

#[test]
fn a_fault_in_wire_text_names_the_character() {
    assert_eq!(error("a\\^\\0b", "a\\^\\qb").split(';').next(), Some("32:15: `request`: unknown escape `\\q`"));
    assert_eq!(
        error("${authority}\\r\\n\nX-Probe: \\|", "${autority}\\r\\n\nX-Probe: \\|"),
        "31:7: `request`: unknown variable `${autority}`; did you mean `${authority}`?"
    );
    assert_eq!(
        error("X-Probe: a-b", "X-Probe: aäb").split(';').next(),
        Some("14:11: `request`: U+00E4 is not printable ASCII")
    );
    assert_eq!(error("'a b'", "'a\\^ b'").split(';').next(), Some("44:72: `x-probe`: `\\^` has no meaning here"));
    assert_eq!(
        error("'a b'", "\"a\\tb\"").split(';').next(),
        Some("44:72: `x-probe` has a backslash in double quotes")
    );
}

#[test]
fn toml_that_does_not_parse_names_its_place() {
    assert!(error("title = \"A", "title = A").starts_with("2:9: "), "{}", error("title = \"A", "title = A"));
    assert!(error("id = \"control\"", "id = \"control\"\nid = \"again\"").starts_with("10:1: duplicate key"));
}

#[test]
fn an_invisible_octet_is_an_error_even_in_a_comment() {
    assert_eq!(error("tags =", "# a\tb\ntags =").split(';').next(), Some("6:4: a tab"));
    assert_eq!(error("tags =", "# a \ntags =").split(';').next(), Some("6:4: a line ends in a space"));
}

/// Each replacement breaks one rule of the format; what is said begins with the text beside it.
#[test]
fn every_rule_of_the_format_can_be_broken() {
    let mut wrong = Vec::new();
    for (from, to, expected) in [
        ("format = 1", "format = 2", "1:10: `format` is not 1"),
        ("format = 1\n", "", "1:1: `format` is missing"),
        ("title = \"A NUL in a field value leads to rejection\"", "title = \"\"", "2:9: `title` is empty"),
        ("title = \"A NUL in a field value leads to rejection\"\n", "", "1:1: the file has no `title`"),
        ("rule = \"field-value.nul\"", "rule = \"nul\"", "4:8: `nul` is not the name of a rule"),
        (
            "requirements = [\"9110-5.5-4\"]\nrule",
            "requirements = [\"9110.5-4\"]\nrule",
            "3:17: `9110.5-4` is not a requirement id",
        ),
        ("requirements = [\"9110-5.5-4\"]\nrule", "rule", "1:1: `requirements` is missing"),
        ("roles = [\"server\", \"parser\"]\n", "", "1:1: `roles` is missing"),
        ("tags = [\"limit\"]", "tags = [\"limit\", \"limit\"]", "6:18: `tags` names `limit` twice"),
        ("tags = [\"limit\"]", "tags = [\"limits\"]", "6:9: `tags` cannot be `limits`; did you mean `limit`?"),
        ("tags = [\"limit\"]", "kind = \"hard\"", "6:8: `kind` cannot be `hard`"),
        ("id = \"middle-of-value\"", "id = \"control\"", "24:6: the id `control` stands twice in this file"),
        ("id = \"middle-of-value\"", "id = \"2-values\"", "24:6: the id `2-values` is not kebab-case words"),
        ("note = \"With it.\"\n", "", "24:6: the case has no `note`"),
        (
            "needs = [\"echo\"]\nrequirements",
            "needs = [\"ecko\"]\nrequirements",
            "26:10: `needs` cannot be `ecko`; did you mean `echo`?",
        ),
        ("a\\^\\0b", "a\\0b", "29:11: a message to be rejected without `\\^`"),
        ("a-b\\r", "a\\^-b\\r", "14:13: `\\^` in a message that is only accepted"),
        ("X-Probe: \\|a", "X-Probe: a", "28:12: `delivery` paces `\\|` marks and there is none"),
        ("\"150ms\"", "\"150\"", "28:22: `pause` is not a duration"),
        ("\"150ms\"", "\"9999s\"", "28:22: `pause` is not a duration"),
        ("accept = 1, also = [431]", "also = [431]", "17:18: `also` stands beside `accept` only"),
        ("accept = 1, also", "accept = 2, also", "18:1: 1 `[[case.message]]` beside `accept = 2`"),
        ("accept = 1, also = [431]", "accept = \"1\"", "17:20: `accept` is not a number from 0 to 1000"),
        ("also = [431]", "also = []", "17:30: `also` is not a list of status codes"),
        ("also = [431]", "also = [99]", "17:31: a member of `also` is not a number from 100 to 599"),
        ("also = [431]", "then = \"any\"", "17:30: `then` stands beside `reject` only"),
        ("reject = [400, 431], then = \"closed\", silent_close = \"pass\"", "", "35:9: `means` is empty"),
        (
            "reject = [400, 431], then = \"closed\", silent_close = \"pass\"",
            "incomplete = true",
            "24:6: `incomplete` without `rest`",
        ),
        ("method = 'GET'", "method = 'GET'\nstatus = 200", "18:1: a message that is both a request and a response"),
        ("method = 'GET'", "method = 3", "19:10: `method` is not wire text"),
        ("version = \"1.1\"", "version = \"11\"", "20:11: `version` is not a version"),
        ("{ x-probe = 'a-b' }", "'a-b'", "21:10: `fields` is neither a table nor a list of pairs"),
        ("{ x-probe = 'a-b' }", "[['x-probe']]", "21:11: a member of `fields` is not a pair"),
        ("role = \"server\"\n", "role = \"proxy\"\n", "39:8: the outcome's role is none of the file's"),
        ("because = \"it was replaced\"\n", "", "37:1: the outcome `replaced` does not say why"),
        ("verdict = \"warn\"", "verdict = \"fault\"", "42:11: `verdict` cannot be `fault`"),
        ("end = [\"open\", \"late\"]", "end = \"gone\"", "44:90: `end` cannot be `gone`"),
        ("[\"2xx\", 301]", "\"2x\"", "44:26: `2x` is not a class of status codes"),
        ("got = [{", "first = {}, got = [{", "44:6: `c1` has both `got` and `first`"),
        (
            "c1 = { got = [{ status = [\"2xx\", 301], echo = { fields = { x-probe = 'a b' } } }], end = [\"open\", \"late\"] }",
            "c1 = {}",
            "44:6: `c1` says nothing",
        ),
        (
            "fields = { x-probe = 'a b' }",
            "fields = { x-probe = { has = 'a', lacks = 'b' } }",
            "44:70: `x-probe` says 2 things",
        ),
        (
            "fields = { x-probe = 'a b' }",
            "fields = { x-probe = { present = false } }",
            "44:82: `present` is not `true`",
        ),
        (
            "accept = 1, also = [431] }\n[[case.message]]\nmethod = 'GET'\nversion = \"1.1\"\nfields = { x-probe = 'a-b' }",
            "incomplete = true }\nrest = 'x'",
            "21:1: the control `control` of the case `middle-of-value` does not accept",
        ),
        (
            "needs = [\"echo\"]\nrequirements",
            "control = \"contrl\"\nrequirements",
            "24:1: the control `contrl` of the case `middle-of-value` is not in this file; did you mean `control`?",
        ),
    ] {
        let found = errors(from, to);
        if !found.iter().any(|error| error.starts_with(expected)) {
            wrong.push(format!("{from:?} -> {to:?}\n  wanted {expected}\n  found {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_errors_of_a_file_come_at_once() {
    let text = FILE.replace("\"limit\"", "\"limits\"").replace("needs", "need").replace("\\0b", "\\qb");
    assert_eq!(read(&text).unwrap_err().len(), 4);
}

#[test]
fn file_and_folder_names_are_words() {
    let found = read_file("f", "Host", "2-hosts", FILE).unwrap_err();
    assert_eq!(found.len(), 2);
}
