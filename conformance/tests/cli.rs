//! The command as its users meet it: what it prints and how it ends.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn wiregauge(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_wiregauge"))
        .args(arguments)
        .env_remove("NO_COLOR")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    // A command that does not read its input may be over before all of it is written.
    let _ = child.stdin.take().expect("piped").write_all(input);
    child.wait_with_output().expect("the command ends")
}

fn text(octets: &[u8]) -> &str {
    std::str::from_utf8(octets).expect("what is printed is text")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it was not killed")
}

/// A folder with one fixture.
fn fixture(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host");
    std::fs::create_dir(&path).unwrap();
    std::fs::write(path.join("probe.toml"), text).unwrap();
    folder
}

const GOOD: &str = r"format = 1
title = 'A request with a Host is understood'
requirements = ['9112-3.2-6']
roles = ['server', 'parser']

[[case]]
id = 'control'
note = 'Nothing is wrong with it.'
request = '''
GET ${path} HTTP/1.1\r\n
Host: ${authority}\r\n
\r\n
'''
means = { accept = 1 }
";

fn path(folder: &Path) -> &str {
    folder.to_str().expect("temporary folders have plain names")
}

#[test]
fn explain_points_at_the_octet_and_ends_with_1() {
    let output = wiregauge(&["explain", "-"], b"GET / HTTP/1.1\r\nHost : a\r\n\r\n");
    let shown = text(&output.stdout);
    let rows: Vec<&str> = shown.lines().collect();
    let at = rows.iter().position(|row| row.contains("Host : a")).expect("the octets are shown");
    let column = rows[at].find(" : a").unwrap();
    assert_eq!(rows[at + 1].find('^'), Some(column), "{shown}");
    assert!(shown.contains("field-line.space-before-colon (RFC 9112 §5.1;"), "{shown}");
    assert_eq!(code(&output), 1);
}

#[test]
fn explain_guesses_responses_and_ends_with_0_for_a_whole_message() {
    let output = wiregauge(&["explain", "-"], b"HTTP/1.1 204 No Content\r\n\r\n");
    assert!(text(&output.stdout).contains("1 complete response"), "{output:?}");
    assert_eq!(code(&output), 0);
    let output = wiregauge(&["explain", "-", "--method", "HEAD"], b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
    assert_eq!(code(&output), 0, "{output:?}");
}

#[test]
fn explain_says_when_more_is_waited_for() {
    let output = wiregauge(&["explain", "-"], b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc");
    assert!(text(&output.stdout).contains("more is waited for"), "{output:?}");
    assert_eq!(code(&output), 1);
}

#[test]
fn explain_tells_rules_and_requirements_and_the_nearest_of_a_typo() {
    let output = wiregauge(&["explain", "chunk.size-sign"], b"");
    assert!(text(&output.stdout).contains("RFC 9112 §7.1"), "{output:?}");
    let output = wiregauge(&["explain", "9112-5.1-1"], b"");
    assert!(text(&output.stdout).starts_with("9112-5.1-1 (RFC 9112 §5.1; MUST"), "{output:?}");
    let output = wiregauge(&["explain", "chunk.size-sing"], b"");
    assert!(text(&output.stderr).contains("did you mean `chunk.size-sign`?"), "{output:?}");
    assert_eq!(code(&output), 2);
}

#[test]
fn usage_errors_end_with_2() {
    for arguments in
        [&["frobnicate"][..], &["explain"], &["explain", "chunk.size-sign", "--nonsense"], &["show", "no/such/case"]]
    {
        let output = wiregauge(arguments, b"");
        assert_eq!(code(&output), 2, "{arguments:?} {output:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn the_long_help_lists_every_exit_code() {
    let output = wiregauge(&["--help"], b"");
    let help = text(&output.stdout);
    for (code, meaning) in wiregauge::report::exit::MEANINGS {
        let first_words = meaning.split(' ').take(4).collect::<Vec<_>>().join(" ");
        assert!(help.contains(&format!("{code:>3}  {first_words}")), "{code} {help}");
    }
}

#[test]
fn a_typo_in_a_fixture_is_named_with_file_line_and_column() {
    let folder = fixture(&GOOD.replace("means =", "meens ="));
    let output = wiregauge(&["lint", path(folder.path())], b"");
    assert!(text(&output.stdout).contains("host/probe.toml:14:1: "), "{output:?}");
    assert_eq!(code(&output), 1);
    let output = wiregauge(&["show", "host/probe/control", "--fixtures", path(folder.path())], b"");
    assert!(text(&output.stderr).contains("host/probe.toml:14:1: "), "{output:?}");
    assert_eq!(code(&output), 2);
}

#[test]
fn lint_passes_what_our_reader_agrees_with_and_finds_what_it_does_not() {
    let folder = fixture(GOOD);
    assert_eq!(code(&wiregauge(&["lint", path(folder.path())], b"")), 0);
    let folder = fixture(&GOOD.replace("Host:", "Host :"));
    assert_eq!(code(&wiregauge(&["lint", path(folder.path())], b"")), 1);
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(code(&wiregauge(&["lint", path(empty.path())], b"")), 1, "a folder without fixtures is no good one");
}

#[test]
fn show_takes_the_octets_of_a_case_apart_and_raw_prints_them() {
    let folder = fixture(GOOD);
    let output = wiregauge(&["show", "host/probe/control", "--fixtures", path(folder.path())], b"");
    let shown = text(&output.stdout);
    assert!(shown.contains("field name 16-19, field value 22-35"), "{shown}");
    let output = wiregauge(&["show", "host/probe/control", "--raw", "--fixtures", path(folder.path())], b"");
    assert_eq!(output.stdout, b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n");
}

#[test]
fn nobody_reading_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_wiregauge"))
        .args(["explain", "chunk.size-sign"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[test]
fn selecting_nothing_ends_with_4() {
    for command in [&["list", "--filter", "no-such-thing"][..], &["export", "--filter", "no-such-thing"]] {
        let output = wiregauge(command, b"");
        assert_eq!(code(&output), 4, "{output:?}");
    }
}

#[test]
fn export_writes_the_octets_of_a_case() {
    let folder = fixture(GOOD);
    let arguments = ["export", "--fixtures", path(folder.path()), "--filter", "host/probe/control"];
    let line: serde_json::Value = serde_json::from_slice(&wiregauge(&arguments, b"").stdout).unwrap();
    assert_eq!(line["octets"], "R0VUIC8gSFRUUC8xLjENCkhvc3Q6IDEyNy4wLjAuMTo4MDgwDQoNCg==");
    let seeds = tempfile::tempdir().unwrap();
    let raw = format!("raw={}", path(seeds.path()));
    assert_eq!(code(&wiregauge(&[&arguments[..], &["--format", &raw]].concat(), b"")), 0);
    assert!(std::fs::read_dir(seeds.path()).unwrap().next().is_some());
}

#[test]
fn the_adapter_answers_a_line_with_a_line() {
    let question = b"{\"do\":\"parse\",\"id\":\"7\",\"kind\":\"request\",\"octets\":\"R0VUIC8=\",\"end\":false}\n";
    let output = wiregauge(&["adapter"], question);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&answer["id"], &answer["then"]), (&"7".into(), &"more".into()));
    assert_eq!(code(&output), 0);
}

#[test]
fn coverage_counts_and_its_check_can_fail() {
    let output = wiregauge(&["coverage", "--json"], b"");
    let counted: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(counted["rows"].as_array().unwrap().iter().any(|row| row["covered"].as_u64() > Some(20)));
    assert_eq!(code(&output), 0);
    // A case that cites a requirement nobody tested before, so that it has no sentence.
    let folder = fixture(&GOOD.replace("9112-3.2-6", "9110-13.1-1"));
    let output = wiregauge(&["coverage", "--check", "--fixtures", path(folder.path())], b"");
    assert!(text(&output.stderr).contains("it has no sentence"), "{output:?}");
    assert_eq!(code(&output), 1);
}

#[test]
fn the_self_check_passes_every_role() {
    let output = wiregauge(&[], b"");
    let shown = text(&output.stdout);
    assert_eq!(code(&output), 0, "{shown}");
    assert!(shown.contains("server wiregauge serve") && shown.contains("parser wiregauge-proto"), "{shown}");
    assert!(shown.lines().last().unwrap().starts_with("self-check: ok, 2 roles"), "{shown}");
}

#[test]
fn parsers_are_judged_built_in_and_behind_the_contract() {
    let of = |subject: &[&str]| wiregauge(&[&["parser"], subject, &["--section", "9112:7.1"]].concat(), b"");
    assert_eq!(code(&of(&["--builtin", "proto"])), 0);
    let command = format!("{} adapter", env!("CARGO_BIN_EXE_wiregauge"));
    let output = of(&["--adapter", &command]);
    assert_eq!(code(&output), 0, "{output:?}");
    assert_eq!(code(&of(&["--adapter", "false"])), 3);
    assert_eq!(code(&of(&["--builtin", "nobody"])), 2);
    let output = wiregauge(&["parser", "--builtin", "httparse", "--filter", "no-such-thing"], b"");
    assert_eq!(code(&output), 4);
}
