//! Runs against servers, from the command line: what counts, what is written, how it ends.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use wiregauge::mutant::degenerate::{self, Degenerate};
use wiregauge::mutant::{self, Mutation};

const WIREGAUGE: &str = env!("CARGO_BIN_EXE_wiregauge");

fn wiregauge(arguments: &[&str]) -> Output {
    Command::new(WIREGAUGE).args(arguments).stdin(Stdio::null()).output().expect("the command starts")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it was not killed")
}

fn shown(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// `wiregauge serve`, stopped when dropped.
struct Reference {
    child: Child,
    address: String,
}

impl Reference {
    fn start() -> Reference {
        let mut child =
            Command::new(WIREGAUGE).arg("serve").stdout(Stdio::piped()).spawn().expect("the command starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("it says where it listens");
        let address =
            line.split([' ', ',']).find(|word| word.starts_with("127.0.0.1:")).expect("an address").to_owned();
        Reference { child, address }
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).expect("the report was written")).expect("it is JSON")
}

fn assert_is_as_the_schema_says(report: &serde_json::Value) {
    let schema = serde_json::from_str(include_str!("../report.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = schema.iter_errors(report).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn a_conforming_server_ends_with_0_and_every_format_is_written() {
    let reference = Reference::start();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let formats = ["json", "jsonl", "junit"].map(|name| format!("{name}={}", file(name).display()));
    let output = wiregauge(&[
        "server",
        &reference.address,
        "--filter",
        "host/*",
        "--format",
        &formats[0],
        "--format",
        &formats[1],
        "--format",
        &formats[2],
    ]);
    assert_eq!(code(&output), 0, "{}", shown(&output));
    assert!(shown(&output).contains("seen at level echo"), "{}", shown(&output));
    let report = json(&file("json"));
    assert_is_as_the_schema_says(&report);
    let cases = report["cases"].as_array().unwrap();
    assert!(cases.len() > 20 && report["exit_code"] == 0);
    assert_eq!(std::fs::read_to_string(file("jsonl")).unwrap().lines().count(), cases.len());
    let junit = std::fs::read_to_string(file("junit")).unwrap();
    assert_eq!(junit.matches("<testcase").count(), cases.len());
}

#[test]
fn a_wrong_server_ends_with_1_and_the_report_points_at_the_octet() {
    let subject = mutant::start(Some(Mutation::SpaceBeforeColon)).unwrap();
    let address = subject.address().to_string();
    let folder = tempfile::tempdir().unwrap();
    let report_file = folder.path().join("report.json");
    let format = format!("json={}", report_file.display());
    let output = wiregauge(&["server", &address, "--filter", "field-line/space-before-colon/*", "--format", &format]);
    let text = shown(&output);
    assert_eq!(code(&output), 1, "{text}");
    let rows: Vec<&str> = text.lines().collect();
    assert!(
        rows.iter().any(|row| row.starts_with("FAIL field-line/space-before-colon/space  (conformance, MUST)")),
        "{text}"
    );
    let carets = rows.iter().position(|row| row.trim_end().ends_with("^ field-line.space-before-colon"));
    assert!(rows[carets.expect("the octet is marked") - 1].contains(" :"), "{text}");
    assert!(text.contains("9112-5.1-1") && text.contains("RFC 9112 §5.1"), "{text}");
    assert!(
        text.contains(&format!("again: wiregauge server {address} --filter field-line/space-before-colon/space -v"))
    );
    assert_is_as_the_schema_says(&json(&report_file));
}

#[test]
fn a_known_failure_with_a_reason_is_excused_and_shouts_when_it_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("known.toml");
    let known = list.display().to_string();
    let wrong = mutant::start(Some(Mutation::SpaceBeforeColon)).unwrap();
    let judge = |address: &str, more: &[&str]| {
        let arguments = ["server", address, "--filter", "field-line/space-before-colon/*", "--known", &known];
        wiregauge(&[&arguments[..], more].concat())
    };
    let address = wrong.address().to_string();
    assert_eq!(code(&judge(&address, &[])), 2, "a list that is not there");
    let output = judge(&address, &["--update-known"]);
    assert_eq!(code(&output), 1, "{}", shown(&output));
    let written = std::fs::read_to_string(&list).unwrap();
    assert!(written.contains("case = \"field-line/space-before-colon/space\"") && written.contains("reason = \"\""));
    // Written, but nobody said why.
    let output = judge(&address, &[]);
    assert_eq!(code(&output), 1);
    assert!(shown(&output).contains("gives no reason"), "{}", shown(&output));
    // Once more changes nothing.
    assert_eq!(code(&judge(&address, &["--update-known"])), 1);
    assert_eq!(std::fs::read_to_string(&list).unwrap(), written);
    std::fs::write(&list, format!("# ours\n\n{}", written.replace("reason = \"\"", "reason = \"ticket 7\""))).unwrap();
    let output = judge(&address, &[]);
    assert_eq!(code(&output), 0, "{}", shown(&output));
    assert!(shown(&output).contains("field-line/space-before-colon/space: ticket 7"), "{}", shown(&output));
    drop(wrong);
    let right = mutant::start(None).unwrap();
    let address = right.address().to_string();
    let output = judge(&address, &[]);
    assert_eq!(code(&output), 1);
    assert!(shown(&output).contains("no longer holds"), "{}", shown(&output));
    judge(&address, &["--update-known"]);
    assert_eq!(std::fs::read_to_string(&list).unwrap().trim_end(), "# ours", "the comment stays");
    assert_eq!(code(&judge(&address, &[])), 0);
}

#[test]
fn a_subject_that_cannot_be_judged_ends_with_3() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for subject in [
        &["server", &format!("127.0.0.1:{port}")][..],
        &["server", "--start", "false"],
        &["server", "--start", "sleep 30", "--ready-timeout", "300ms"],
    ] {
        let output = wiregauge(&[subject, &["--filter", "host/*", "--timeout", "500ms"]].concat());
        assert_eq!(code(&output), 3, "{subject:?} {}", shown(&output));
    }
    let silent = degenerate::start(Degenerate::NeverAnswers).unwrap();
    let output = wiregauge(&["server", &silent.address().to_string(), "--filter", "host/*", "--timeout", "500ms"]);
    assert_eq!(code(&output), 3, "{}", shown(&output));
    assert!(shown(&output).starts_with("The subject: "), "the first line says what is wrong: {}", shown(&output));
}

#[test]
fn usage_of_the_server_command_ends_with_2_or_4() {
    for (arguments, expected) in [
        (&["server"][..], 2),
        (&["server", "nowhere"], 2),
        (&["server", "gopher://127.0.0.1:1/"], 2),
        (&["server", "https://127.0.0.1:1/", "--cacert", "/no/such/file"], 2),
        (&["server", "127.0.0.1:1", "--insecure"], 2),
        (&["server", "--start", "true", "--server-name", "a"], 2),
        (&["serve", "--connections", "0"], 2),
        (&["server", "127.0.0.1:1", "--resource", "file"], 2),
        (&["server", "127.0.0.1:1", "--resource", "moon=/"], 2),
        (&["server", "--subject", "nobody"], 2),
        (&["server", "127.0.0.1:1", "--start", "true"], 2),
        (&["server", "127.0.0.1:1", "--timeout", "soon"], 2),
        (&["server", "127.0.0.1:1", "--format", "yaml"], 2),
        (&["server", "127.0.0.1:1", "--format", "json=/no/such/folder/report.json"], 2),
        (&["server", "127.0.0.1:1", "--format", "json", "--format", "text"], 2),
        (&["server", "127.0.0.1:1", "--known", "/no/such/file"], 2),
        (&["server", "127.0.0.1:1", "--update-known"], 2),
        (&["server", "127.0.0.1:1", "--filter", "no-such-thing"], 4),
    ] {
        let output = wiregauge(arguments);
        assert_eq!(code(&output), expected, "{arguments:?} {}", shown(&output));
    }
}

#[test]
fn a_signal_ends_with_its_code_and_what_was_done_is_written() {
    // After its first answer on a connection this one says nothing: a run takes its time.
    let subject = degenerate::start(Degenerate::HangsAfterFirst).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (signal, expected) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let file = folder.path().join(format!("{expected}.json"));
        let child = Command::new(WIREGAUGE)
            .args(["server", &subject.address().to_string(), "--timeout", "60s", "--format"])
            .arg(format!("json={}", file.display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(700));
        let begun = Instant::now();
        kill(Pid::from_raw(child.id() as i32), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), expected);
        assert!(begun.elapsed() < Duration::from_secs(20), "it ends soon");
        let report = json(&file);
        assert_is_as_the_schema_says(&report);
        assert_eq!((&report["interrupted"], &report["exit_code"]), (&true.into(), &expected.into()));
    }
}

#[test]
fn a_started_subject_is_stopped_and_judged_again_from_its_transcripts() {
    let folder = tempfile::tempdir().unwrap();
    let start = format!("{WIREGAUGE} serve --port {{port}}");
    let transcripts = folder.path().display().to_string();
    let output = wiregauge(&[
        "server",
        "--start",
        &start,
        "--filter",
        "host/missing/*",
        "--save-transcripts",
        &transcripts,
        "-vv",
    ]);
    assert_eq!(code(&output), 0, "{}", shown(&output));
    let output = wiregauge(&["judge", &transcripts, "--assume-controls"]);
    assert_eq!(code(&output), 0, "{}", shown(&output));
    let output = wiregauge(&["judge", &transcripts, "--assume-controls", "--format", "jsonl"]);
    assert!(String::from_utf8_lossy(&output.stdout).lines().count() > 1, "{}", shown(&output));
    std::fs::write(folder.path().join("broken.json"), "{\"format\":1}\n").unwrap();
    let output = wiregauge(&["judge", &transcripts]);
    assert_eq!(code(&output), 2);
    assert!(shown(&output).contains("broken.json:1:"), "{}", shown(&output));
}

#[test]
fn what_was_not_played_in_time_does_not_pass() {
    let subject = degenerate::start(Degenerate::HangsAfterFirst).unwrap();
    let output = wiregauge(&["server", &subject.address().to_string(), "--filter", "pipelining/*", "--max-time", "1s"]);
    assert_ne!(code(&output), 0, "{}", shown(&output));
}
