use super::*;

const FILE: &str = r#"format = 1
title = "t"
requirements = ["9112-5.1-1"]
rule = "field-line.space-before-colon"
roles = ["server", "parser"]

[[case]]
id = "control"
note = "n"
request = '''
GET ${path} HTTP/1.1\r\n
Host: ${authority}\r\n
X-Probe: a\r\n
Content-Length: 1\r\n
\r\n
x
'''
means = { accept = 1 }
[[case.message]]
fields = { x-probe = 'a' }
content = 'x'

[[case]]
id = "space"
note = "n"
request = '''
GET ${path} HTTP/1.1\r\n
Host: ${authority}\r\n
X-Probe\^ : a\r\n
Content-Length: 1\r\n
\r\n
x
'''
means = { reject = [400] }

[[case]]
id = "cut-off"
note = "n"
request = 'GET / HTTP/1.1\r\nHost: a\r\n'
rest = '\r\n'
means = { incomplete = true }
"#;

/// What the lint says of the file with `from` replaced by `to`, without the file's name.
fn problems(from: &str, to: &str) -> Vec<String> {
    assert!(FILE.contains(from), "{from}");
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("field-line");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("space-before-colon.toml"), FILE.replacen(from, to, 1)).unwrap();
    let (_, problems) = lint_dir(dir.path());
    problems.iter().map(|problem| problem.to_string().split_once(".toml:").unwrap().1.to_owned()).collect()
}

#[test]
fn a_file_without_a_problem_has_none() {
    assert_eq!(problems("format = 1", "format = 1"), Vec::<String>::new());
}

/// Each replacement makes one thing wrong; what is said begins with the text beside it.
#[test]
fn whatever_is_wrong_is_found_with_its_place() {
    let mut wrong = Vec::new();
    for (from, to, expected) in [
        ("9112-5.1-1", "9112-5.1-9", "3:17: the requirement `9112-5.1-9` is not in requirements.toml; did you mean"),
        ("\"server\", \"parser\"", "\"client\"", "3:17: the requirement `9112-5.1-1` binds server"),
        (
            "space-before-colon\"",
            "space-before-column\"",
            "4:8: there is no rule `field-line.space-before-column`; did you mean `field-line.space-before-colon`?",
        ),
        (
            "line.space-before-colon\"",
            "line.colon-missing\"",
            "4:8: the case `space`: our reader finds field-line.space-before-colon at octet 45",
        ),
        (
            "X-Probe\\^ : a",
            "X-\\^Probe : a",
            "29:5: the case `space`: our reader finds field-line.space-before-colon at octet 45",
        ),
        ("X-Probe\\^ : a", "X-Probe\\^: a", "34:9: the case `space`: our reader accepts 1 messages"),
        (
            "X-Probe\\^ : a",
            "Y-Probe\\^ : a",
            "29:10: the case `space` differs from its control `control` at octet 38 already",
        ),
        (
            "\\^ : a\\r\\n\nContent-Length: 1\\r\\n\n\\r\\n\nx",
            "\\^ : a\\r\\n\nContent-Length: 1\\r\\n\n\\r\\n\ny",
            "29:10: the case `space` differs from its control `control` after the line of its fault",
        ),
        ("accept = 1", "accept = 1, incomplete = false", "18:36: `incomplete` is not `true`"),
        (
            "accept = 1 }\n[[case.message]]\nfields = { x-probe = 'a' }\ncontent = 'x'",
            "accept = 2 }",
            "18:9: the case `control`: our reader accepts 1 messages, `accept` says 2",
        ),
        (
            "x-probe = 'a'",
            "x-probe = 'b'",
            "19:1: the case `control`: message 1: the field x-probe is \"a\", expected \"b\"",
        ),
        (
            "content = 'x'",
            "content = 'xy'",
            "19:1: the case `control`: message 1: the content is \"x\", expected \"xy\"",
        ),
        (
            "X-Probe: a\\r\\n",
            "X Probe: a\\r\\n",
            "10:11: the case `control`: our reader finds field-name.blank at octet",
        ),
        ("Content-Length: 1", "Content-Length: 2", "10:11: the case `control`: our reader wants more octets"),
        (
            "rest = '\\r\\n'",
            "rest = ' x\\r\\n\\r\\n'",
            "40:8: the case `cut-off`: with its rest, our reader finds field-line.obs-fold",
        ),
        (
            "rest = '\\r\\n'",
            "rest = 'A: b\\r\\n'",
            "40:8: the case `cut-off`: with its rest, our reader still wants more octets",
        ),
        ("Host: a\\r\\n'", "Host: a\\r\\n\\r\\n'", "41:9: the case `cut-off`: our reader accepts 1 messages"),
    ] {
        let found = problems(from, to);
        if !found.iter().any(|problem| problem.starts_with(expected)) {
            wrong.push(format!("{from:?} -> {to:?}\n  wanted {expected}\n  found {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_response_that_lasts_until_the_end_is_complete_then() {
    let request = "request = 'GET / HTTP/1.1\\r\\nHost: a\\r\\n'\nrest = '\\r\\n'\nmeans = { incomplete = true }";
    let response =
        "response = 'HTTP/1.1 200 OK\\r\\n\\r\\nabc'\nmeans = { accept = 1 }\n[[case.message]]\ncontent = 'abc'";
    assert_eq!(problems(request, response), Vec::<String>::new());
}

#[test]
fn the_embedded_corpus_has_no_problem() {
    let none: [&str; 0] = [];
    let (_, problems) = lint_with(&none);
    assert!(problems.is_empty(), "{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
}

/// Whoever reads a failing report wants to know what the requirement asks.
#[test]
fn every_requirement_that_a_case_cites_exists_and_has_a_sentence() {
    let corpus = crate::corpus::load_embedded().unwrap();
    for case in &corpus.cases {
        for id in case.requirements.iter().chain(case.outcomes.iter().flat_map(|outcome| &outcome.requirements)) {
            let requirement = corpus.requirements.get(id);
            assert!(requirement.is_some(), "{}: {id} is not in requirements.toml", case.id);
            assert!(requirement.is_some_and(|row| row.sentence.is_some()), "{}: {id} has no sentence", case.id);
        }
    }
}
