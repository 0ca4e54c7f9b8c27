use super::*;

const FILE: &str = r#"format = 1
title = "t"
requirements = ["9112-5.1-1"]
roles = ["server", "parser"]

[[case]]
id = "control"
note = "n"
request = 'GET ${path} HTTP/1.1\r\nHost: ${authority}\r\n\r\n'
means = { accept = 1 }

[[case]]
id = "part"
note = "n"
request = 'GET\| \^'
rest = 'x'
means = { reject = [400], incomplete = true }

[[case]]
id = "script"
note = "n"
[[case.step]]
on = "c1"
send = 'a\|b'
[[case.step]]
pause = "2s"
[[case.step]]
on = "c1"
recv = "response"
within = "150ms"
[[case.step]]
on = "c1"
shut = "both"
[[case.outcome]]
id = "one"
c1 = { end = "fin" }
"#;

fn cases(dir: &Path) -> Vec<Case> {
    std::fs::create_dir(dir.join("host")).unwrap();
    std::fs::write(dir.join("host/x.toml"), FILE).unwrap();
    crate::corpus::load_dir(dir).unwrap_or_else(|errors| panic!("{errors:#?}")).cases
}

#[test]
fn a_case_is_one_line_with_the_defaults_written_out() {
    let dir = tempfile::tempdir().unwrap();
    let mut out = Vec::new();
    jsonl(&cases(dir.path()), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            r#"{"id":"host/x/control","kind":"conformance","roles":["server","parser"],"requirements":["9112-5.1-1"],"octets":"R0VUIC8gSFRUUC8xLjENCkhvc3Q6IDEyNy4wLjAuMTo4MDgwDQoNCg==","cuts":[],"fault":null,"means":{"accept":1,"also":[]},"steps":[]}"#,
            r#"{"id":"host/x/part","kind":"conformance","roles":["server","parser"],"requirements":["9112-5.1-1"],"octets":"R0VUIA==","cuts":[3],"fault":4,"rest":"eA==","means":{"reject":[400],"then":"any","silent_close":"warn","incomplete":true},"steps":[]}"#,
            r#"{"id":"host/x/script","kind":"conformance","roles":["server","parser"],"requirements":["9112-5.1-1"],"octets":"","cuts":[],"fault":null,"means":{},"steps":[{"on":"c1","send":"YWI=","cuts":[1]},{"pause":2000},{"on":"c1","recv":"response","within":150},{"on":"c1","shut":"both"}]}"#,
        ]
    );
}

#[test]
fn octets_go_into_a_file_per_case() {
    let (dir, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert_eq!(raw(&cases(dir.path()), out.path()).unwrap(), 3);
    assert_eq!(std::fs::read(out.path().join("requests/host.x.part")).unwrap(), b"GET ");
    assert_eq!(std::fs::read(out.path().join("requests/host.x.script")).unwrap(), b"ab");
}
