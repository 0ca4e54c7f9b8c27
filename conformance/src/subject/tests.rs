//! Addresses, manifests and processes as users write and meet them.

use std::time::{Duration, Instant};

use super::*;
use crate::corpus::model::Observability;
use crate::script::play::{Address, Security};

fn at(text: &str) -> Location {
    Location::parse(text, None, None).expect(text)
}

#[test]
fn addresses_are_read_in_all_their_forms() {
    let tcp = |host: &str, port| Address::Tcp { host: host.to_owned(), port };
    let location = at("127.0.0.1:8080");
    assert_eq!(
        (location.address, location.authority.as_str(), location.path.as_str()),
        (tcp("127.0.0.1", 8080), "127.0.0.1:8080", "/")
    );
    let location = at("http://example.org/a/b?c=d#e");
    assert_eq!(
        (location.address, location.authority.as_str(), location.path.as_str()),
        (tcp("example.org", 80), "example.org", "/a/b?c=d")
    );
    let location = at("http://[::1]:81?q");
    assert_eq!(
        (location.address, location.authority.as_str(), location.path.as_str()),
        (tcp("::1", 81), "[::1]:81", "/?q")
    );
    assert_eq!(location.host, "[::1]");
    assert_eq!(at("[::1]:81").address.to_string(), "[::1]:81");
    assert_eq!(at("unix:/run/s").address, Address::Unix("/run/s".into()));
    let location = Location::parse("127.0.0.1:80", Some("example.org:8443"), None).expect("a host");
    assert_eq!((location.authority.as_str(), location.host.as_str()), ("example.org:8443", "example.org"));
}

#[test]
fn addresses_that_are_none_are_refused_with_a_reason() {
    for (text, why) in [
        ("localhost", "port is missing"),
        ("localhost:http", "not a number"),
        ("localhost:0", "not a number"),
        (":80", "host"),
        ("::1:80", "host"),
        ("[::g]:80", "host"),
        ("https://a", "nobody is trusted"),
        ("ftp://a", "http://"),
        ("http://u:p@a/", "user information"),
        ("unix:", "socket"),
        ("http://a/b c", "percent"),
    ] {
        let error = Location::parse(text, None, None).expect_err(text).to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
}

#[test]
fn tokens_are_fresh() {
    let location = Location::local(1);
    assert_ne!(location.bindings().token, location.bindings().token);
}

const MANIFEST: &str = r#"
format = 1
name = "it"
level = "body"
can = ["range"]
parallel = 8
[start]
command = "serve --port {port} 'two words'"
env = { A = "{run}" }
ready = { path = "/up", timeout = "1.5s" }
[start.files]
"conf/a.conf" = "listen {port}; { braces }"
[[known]]
case = "a/b/c"
reason = "so it is"
"#;

#[test]
fn a_manifest_is_read() {
    let manifest = Manifest::parse(MANIFEST, "it.toml").expect("a manifest");
    assert_eq!(manifest.start.command, ["serve", "--port", "{port}", "two words"]);
    assert_eq!(manifest.start.ready_timeout, Duration::from_millis(1500));
    assert_eq!(manifest.claims.level, Some(Observability::Body));
    assert_eq!(manifest.claims.parallel.map(|n| n.get()), Some(8));
}

#[test]
fn a_mistake_in_a_manifest_has_its_place() {
    for (from, to, place, why) in [
        ("level = \"body\"", "level = \"bodily\"", "it.toml:4:9:", "bodily"),
        ("parallel", "paralel", "it.toml:6:1:", "paralel"),
        ("timeout = \"1.5s\"", "timeout = \"soon\"", "it.toml:10:35:", "10s"),
        ("'two words'", "'two words", "it.toml:8:11:", "quotation"),
        ("conf/a.conf", "../a.conf", "it.toml:12:1:", "run folder"),
        ("format = 1", "format = 2", "it.toml:2:10:", "format = 1"),
        ("[start]", "[start", "it.toml:7:", ""),
    ] {
        let error = Manifest::parse(&MANIFEST.replace(from, to), "it.toml").expect_err(to).to_string();
        assert!(error.starts_with(place) && error.contains(why), "{to}: {error}");
    }
    assert!(matches!(Manifest::load("nobody"), Err(SubjectError::Unknown { .. })));
    assert!(matches!(Manifest::load("./nobody.toml"), Err(SubjectError::Unreadable { .. })));
}

#[test]
fn every_built_in_manifest_is_read() {
    for name in built_in() {
        let manifest = Manifest::load(&name).expect("a manifest");
        assert_eq!(manifest.name, name);
    }
}

/// A server of few words: answers every connection with 204.
const SERVER: &str = r#"
import os, socket, sys
print("hello", flush=True)
sys.stderr.write(os.environ["GREETING"] + "\n"); sys.stderr.flush()
listener = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
if os.fork() == 0:
    import time; time.sleep(600)
while True:
    connection, _ = listener.accept()
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
    connection.close()
"#;

fn python(source: &str) -> Start {
    let mut start = Start::command("python3 {run}/server.py").expect("a command");
    start.files.insert("server.py".to_owned(), source.to_owned());
    start.env.insert("GREETING".to_owned(), "port {port}".to_owned());
    start.ready_timeout = Duration::from_secs(20);
    start
}

/// Whether anybody of the group is left.
fn group_is_gone(group: nix::unistd::Pid) -> bool {
    let by = Instant::now() + Duration::from_secs(5);
    while Instant::now() < by {
        if nix::sys::signal::killpg(group, None).is_err() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_is_ready_when_it_answers_and_its_group_ends_with_it() {
    let port = free_port().expect("a port");
    let mut process = Process::start(&python(SERVER), port, &Location::local(port)).await.expect("ready");
    // Two pipes are read side by side: both lines come, in either order.
    let by = Instant::now() + Duration::from_secs(5);
    while process.tail().len() < 2 && Instant::now() < by {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut said = process.tail();
    said.sort();
    assert_eq!(said, ["hello".to_owned(), format!("port {port}")]);
    let group = process.group();
    process.stop().await;
    assert!(group_is_gone(group));
    assert_eq!(process.died().as_deref(), Some("signal 15 (SIGTERM)"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_process_ends_with_its_children() {
    let port = free_port().expect("a port");
    let process = Process::start(&python(SERVER), port, &Location::local(port)).await.expect("ready");
    let group = process.group();
    drop(process);
    assert!(group_is_gone(group));
}

#[tokio::test]
async fn one_that_ends_early_says_why() {
    let source = "import sys\nsys.stderr.write('no such module\\n')\nsys.exit(7)\n";
    let port = free_port().expect("a port");
    let error = Process::start(&python(source), port, &Location::local(port)).await.err().expect("dead").to_string();
    assert!(error.contains("exit status 7") && error.contains("no such module"), "{error}");
    let missing = Start::command("no-such-program-anywhere {port}").expect("a command");
    let error = Process::start(&missing, port, &Location::local(port)).await.err().expect("none");
    assert!(matches!(error, SubjectError::Start { .. }) && !error.is_usage());
}

#[tokio::test]
async fn one_that_connects_but_never_answers_is_not_ready() {
    let source = "import os, socket, time\nl = socket.create_server(('127.0.0.1', int(os.environ['PORT'])))\nprint('deaf', flush=True)\ntime.sleep(60)\n";
    let mut start = python(source);
    start.ready_timeout = Duration::from_millis(700);
    let port = free_port().expect("a port");
    let begun = Instant::now();
    let error = Process::start(&start, port, &Location::local(port)).await.err().expect("deaf").to_string();
    assert!(error.contains("did not answer a GET"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(6));
}

#[test]
fn https_addresses_are_secured() {
    let config = wiregauge_proto::tls::client_config_trusting_anybody().expect("a configuration");
    let trust = Trust { config: config.clone(), server_name: None };
    let at = |text: &str, trust: &Trust| Location::parse(text, None, Some(trust)).expect(text).address;
    let secured = |host: &str, port, name: &str| Address::Tls {
        host: host.to_owned(),
        port,
        security: Security {
            server_name: wiregauge_proto::tls::server_name(name).expect("a name"),
            config: config.clone(),
        },
    };
    assert_eq!(at("https://a.example/b", &trust), secured("a.example", 443, "a.example"));
    assert_eq!(at("HTTPS://[::1]:8443", &trust), secured("::1", 8443, "::1"));
    let named = Trust { server_name: Some("b.example".to_owned()), ..trust.clone() };
    assert_eq!(at("https://127.0.0.1:1", &named), secured("127.0.0.1", 1, "b.example"));
    assert_eq!(at("https://127.0.0.1:1", &named).to_string(), "https://127.0.0.1:1");
    assert_eq!(at("http://127.0.0.1:1", &named).to_string(), "127.0.0.1:1", "only where it is asked for");
    let wrong = Trust { server_name: Some("no name".to_owned()), ..trust };
    assert!(Location::parse("https://a", None, Some(&wrong)).is_err());
}
