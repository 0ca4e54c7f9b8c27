//! `wiregauge fetch` as its users meet it, against servers that are right and against such that are wrong in one way.

#[path = "fetch/peer.rs"]
mod peer;

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use peer::{Peer, Told, command, fetch, fetch_with};
use wiregauge::serve::{Contract, Options, Server};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n";
const CUT: &str = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello\n";
const CUT_CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";

/// The reference server on a runtime of its own.
struct Scene {
    _runtime: tokio::runtime::Runtime,
    server: Server,
}

fn serve(options: Options) -> Scene {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = runtime.block_on(Server::start(options)).unwrap();
    Scene { _runtime: runtime, server }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn content_goes_to_standard_output_and_nothing_else_does() {
    let peer = Peer::answering(&[OK]);
    assert_eq!(fetch(&[&peer.url("/a?b#c"), "-H", "X-A: b", "-H", "x-a:c"]).succeeds(), "hello\n");
    let (address, version) = (peer.address, env!("CARGO_PKG_VERSION"));
    let head = format!("GET /a?b HTTP/1.1\r\nHost: {address}\r\nUser-Agent: wiregauge/{version}\r\n");
    assert_eq!(peer.requests(), [format!("{head}X-A: b\r\nx-a: c\r\nAccept-Encoding: gzip, deflate\r\n\r\n")]);
}

#[test]
fn the_head_is_shown_as_it_came_with_interim_responses_and_trailers() {
    let interim = "HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n";
    let head = "HTTP/1.1 200 Fine\r\nX-b: 1\r\nx-B: 2\r\nTransfer-Encoding: chunked\r\n\r\n";
    let answer = format!("{interim}{head}5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n");
    let peer = Peer::answering(&[&answer, &answer, &answer]);
    let with_head = format!("{head}hello\r\nX-Sum: 7\r\n");
    assert_eq!(fetch(&["-i", &peer.url("/")]).succeeds(), with_head);
    let with_both = fetch(&["--interim", &peer.url("/")]).succeeds();
    assert_eq!(with_both, format!("HTTP/1.1 103 \r\nLink: </a>\r\n\r\n{with_head}"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a");
    let shown = fetch(&["-i", "-o", file.to_str().unwrap(), &peer.url("/")]).succeeds();
    assert_eq!(shown, format!("{head}X-Sum: 7\r\n"), "the file has the content alone");
    assert_eq!(fs::read(&file).unwrap(), b"hello");
    peer.requests();
}

#[test]
fn messages_are_logged_without_secrets_and_octets_with_them() {
    let peer = Peer::answering(&[OK, OK]);
    let url = peer.url("/");
    let told = fetch(&["--log", "messages", "-H", "Authorization: Basic eDp5", &url]);
    assert_eq!((told.code, told.out.as_str()), (Some(0), "hello\n"), "{told:?}");
    for line in ["GET / HTTP/1.1\n", "\nAuthorization: Basic (4 octets hidden)\n", "HTTP/1.1 200 OK\n", "content=6"] {
        assert!(told.err.contains(line), "{line:?} in {}", told.err);
    }
    assert!(!told.err.contains("eDp5") && !told.err.contains("hello"), "{}", told.err);
    let told = fetch(&["--log", "octets", "-H", "Authorization: Basic eDp5", &url]);
    let whole = format!("connection={}", peer.address);
    for words in [whole.as_str(), r"\r\nAuthorization: Basic eDp5\r\n", r"hello\n"] {
        assert!(told.err.contains(words), "{words:?} in {}", told.err);
    }
    assert!(!told.err.contains("request sent"), "{}", told.err);
    fetch(&["--log", "everything", &url]).fails(2, &["everything", "messages"]);
    peer.requests();
}

#[test]
fn head_shows_the_fields_and_waits_for_no_content() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n";
    let peer = Peer::answering(&[head]);
    assert_eq!(fetch(&["-I", &peer.url("/")]).succeeds(), head);
    assert!(peer.requests()[0].starts_with("HEAD / HTTP/1.1\r\n"));
}

#[test]
fn a_file_appears_once_it_is_whole_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a");
    let path = file.to_str().unwrap();
    let peer = Peer::answering(&[CUT, OK, CUT_CHUNKED, CUT_CHUNKED]);
    let url = peer.url("/");
    let told = fetch(&["-o", path, &url]);
    told.fails(1, &["6 of 100 octets came, 94 are missing", "message.incomplete-content (RFC 9112 §8)", path]);
    assert_eq!(names(folder.path()), [""; 0]);
    assert_eq!(fetch(&["-o", path, &url]).succeeds(), "");
    fetch(&["-o", path, &url]).fails(1, &["before the last chunk", "5 octets came"]);
    assert_eq!((names(folder.path()), fs::read(&file).unwrap()), (vec!["a".to_owned()], b"hello\n".to_vec()));
    fetch(&["-o", path, "--keep-partial", &url]).fails(1, &["a.partial"]);
    assert_eq!(fs::read(folder.path().join("a.partial")).unwrap(), b"hello");
    assert_eq!(fs::read(&file).unwrap(), b"hello\n", "what is whole stays");
    fetch(&["-o", folder.path().join("no/a").to_str().unwrap(), &url]).fails(2, &["there is no folder", "no/a"]);
    peer.requests();
}

#[test]
fn what_came_of_an_incomplete_content_is_on_standard_output_all_the_same() {
    let peer = Peer::answering(&[CUT]);
    assert_eq!(fetch(&[&peer.url("/")]).fails(1, &["94 are missing"]).out, "hello\n");
}

#[test]
fn redirects_are_followed_with_the_cookies_that_were_set() {
    let moved = "HTTP/1.1 302 Found\r\nSet-Cookie: a=1\r\nLocation: there\r\nContent-Length: 5\r\nConnection: close\r\n\r\nmoved";
    let peer = Peer::answering(&[moved, OK, moved, moved, moved]);
    let url = peer.url("/x/here");
    assert_eq!(fetch(&[&url]).succeeds(), "hello\n");
    assert_eq!(fetch(&["--no-follow", &url]).succeeds(), "moved");
    fetch(&["--max-redirects", "1", &url]).fails(1, &["more than 1 redirects", "to there", "--max-redirects"]);
    let requests = peer.requests();
    assert!(requests[1].starts_with("GET /x/there ") && requests[1].contains("Cookie: a=1\r\n"), "{requests:?}");
}

#[test]
fn content_is_sent_from_the_command_line_a_file_and_standard_input() {
    let scene = serve(Options { contract: Contract::Body, ..Options::default() });
    let url = format!("http://{}/", scene.server.address());
    assert_eq!(fetch(&["-d", "a=b", &url]).succeeds(), "a=b");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a");
    let much = "0123456789".repeat(50_000);
    fs::write(&file, &much).unwrap();
    let data = format!("@{}", file.display());
    assert_eq!(fetch(&["-d", &data, "-X", "PUT", &url]).succeeds(), much);
    assert_eq!(fetch_with(&["-d", "-", "--expect-continue", &url], much.as_bytes()).succeeds(), much);
    fetch(&["-d", "@/no/such/file", &url]).fails(2, &["/no/such/file"]);

    let peer = Peer::answering(&[OK, OK, "HTTP/1.1 307 Later\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"]);
    fetch(&["-d", &data, "--http1.0", &peer.url("/")]).succeeds();
    fetch_with(&["-d", "-", &peer.url("/")], b"abc").succeeds();
    fetch_with(&["-d", "-", &peer.url("/")], b"abc").fails(1, &["was sent and is wanted again", "/b"]);
    fetch_with(&["-d", "-", "--http1.0", &peer.url("/")], b"abc").fails(2, &["--http1.0", "chunked"]);
    let requests = peer.requests();
    assert!(requests[0].starts_with("POST / HTTP/1.0\r\n") && requests[0].contains("Content-Length: 500000\r\n"));
    assert!(requests[1].contains("Transfer-Encoding: chunked\r\n"), "{requests:?}");
}

#[test]
fn a_broken_response_is_drawn_with_its_rule_section_and_octet() {
    let peer = Peer::answering(&[
        "HTTP/1.1 200 OK\r\nServer : x\r\nContent-Length: 6\r\n\r\nhello\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
        "SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransf",
        "",
    ]);
    let url = peer.url("/");
    let rule = "field-line.space-before-colon (RFC 9112 §5.1) at octet 23:";
    let told = fetch(&[&url]).fails(1, &["breaks a rule", rule, "`wiregauge explain field-line.space-before-colon`"]);
    let rows: Vec<&str> = told.err.lines().collect();
    let at = rows.iter().position(|row| row.contains("Server : x")).expect("the octets are shown");
    assert_eq!(rows[at + 1].find('^'), rows[at].find(" : x"), "{}", told.err);
    assert_eq!(told.out, "");
    let chunk = "chunk.size-octet (RFC 9112 §7.1) at octet 57:";
    assert_eq!(fetch(&[&url]).fails(1, &[chunk, "^ chunk.size-octet", "5 octets came"]).out, "hello");
    fetch(&[&url]).fails(1, &["  0  SSH-2.0-OpenSSH", "^", "RFC 9112 §", "explain"]);
    fetch(&[&url]).fails(1, &["message.incomplete-head (RFC 9112 §8) at octet 23"]);
    fetch(&[&url]).fails(3, &["without an answer"]);
    peer.requests();
}

#[test]
fn a_fault_far_behind_is_drawn_at_its_place() {
    let chunk = format!("1000\r\n{}\r\n", "a".repeat(4096));
    let answer = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}10\nabc", chunk.repeat(200));
    let peer = Peer::answering(&[&answer]);
    let told = fetch(&["-o", "/dev/null", &peer.url("/")]).fails(1, &["chunk.line-bare-lf", "at octet 820849"]);
    let rows: Vec<&str> = told.err.lines().collect();
    assert!(rows.len() < 40, "{}", told.err);
    let at = rows.iter().position(|row| row.trim_start() == "820847  10\\n").expect("the octets are shown");
    assert_eq!(rows[at + 1].trim_start(), "^^ chunk.line-bare-lf");
}

#[test]
fn a_status_of_failure_fails_if_asked_to() {
    let answer = "HTTP/1.1 404 Not Here\r\nContent-Length: 4\r\n\r\nno!\n";
    let peer = Peer::answering(&[answer, answer]);
    assert_eq!(fetch(&[&peer.url("/")]).succeeds(), "no!\n");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a");
    let told = fetch(&["-f", "-o", file.to_str().unwrap(), &peer.url("/")]).fails(1, &["404 (Not Here)"]);
    assert_eq!((told.out.as_str(), names(folder.path()).len()), ("", 0));
}

#[test]
fn a_limit_ends_with_what_it_is() {
    let peer = Peer::answering(&[OK, OK]);
    fetch(&["--limit", "5", &peer.url("/")]).fails(1, &["longer than --limit 5"]);
    assert_eq!(fetch(&["--limit", "6", &peer.url("/")]).succeeds(), "hello\n");
}

#[test]
fn usage_is_refused_by_the_name_of_the_argument() {
    for (arguments, says) in [
        (&["localhost:1"][..], &["<URL>", "http://localhost:1, perhaps?"][..]),
        (&["ftp://a/"], &["<URL>"]),
        (&["-H", "A b: c", "http://a/"], &["--header", "field-name.octet"]),
        (&["-H", "Host: b", "http://a/"], &["--header", "URL"]),
        (&["--proxy", "a:1", "http://a/"], &["--proxy", "http://[USER:PASSWORD@]HOST:PORT"]),
        (&["-X", "A B", "http://a/"], &["--method"]),
        (&["--limit", "big", "http://a/"], &["--limit"]),
        (&["--cacert", "/no/such/file", "https://a/"], &["/no/such/file"]),
        (&["--keep-partial", "http://a/"], &["--output"]),
    ] {
        assert_eq!(fetch(arguments).fails(2, says).out, "");
    }
}

#[test]
fn nobody_there_is_said_with_what_to_do() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}/");
    fetch(&[&url]).fails(3, &[&url, "does the server run"]);
    let moved = format!("HTTP/1.1 302 Found\r\nLocation: {url}\r\nContent-Length: 0\r\n\r\n");
    let peer = Peer::answering(&[&moved]);
    fetch(&[&peer.url("/")]).fails(3, &[&peer.url("/"), "redirected to", &url]);
    fetch(&["--proxy", &url, "http://a.example/"]).fails(3, &["no connection to the proxy"]);
}

#[test]
fn a_server_is_trusted_by_its_certificate_and_not_without() {
    let make = || rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let (made, other) = (make(), make());
    let folder = tempfile::tempdir().unwrap();
    let (ours, others) = (folder.path().join("ours.pem"), folder.path().join("others.pem"));
    fs::write(&ours, made.cert.pem()).unwrap();
    fs::write(&others, other.cert.pem()).unwrap();
    let tls =
        wiregauge_proto::tls::server_config(made.cert.pem().as_bytes(), made.signing_key.serialize_pem().as_bytes());
    let scene = serve(Options { contract: Contract::Body, tls: Some(tls.unwrap()), ..Options::default() });
    let url = format!("https://localhost:{}/", scene.server.address().port());
    assert_eq!(fetch(&["-d", "hi", "--cacert", ours.to_str().unwrap(), &url]).succeeds(), "hi");
    assert_eq!(fetch(&["-d", "hi", "--insecure", &url]).succeeds(), "hi");
    let remedy = ["invalid peer certificate", "--cacert FILE", "--insecure"];
    fetch(&["-d", "hi", "--cacert", others.to_str().unwrap(), &url]).fails(3, &remedy);
    // What the system trusts, as far as this test says what that is.
    let system = |roots: &Path| {
        Told::by(command(&["-d", "hi", &url]).env("SSL_CERT_FILE", roots).env_remove("SSL_CERT_DIR").spawn().unwrap())
    };
    assert_eq!(system(&ours).succeeds(), "hi");
    system(&others).fails(3, &remedy);
    let plain = Peer::answering(&["HTTP/1.1 400 What\r\n\r\n"]);
    let told = fetch(&["--insecure", &format!("https://{}/", plain.address)]);
    told.fails(3, &["does the server speak TLS", "http://"]);
}

#[test]
fn a_proxy_is_asked_with_credentials_which_are_not_shown() {
    let refuses = "HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n";
    let peer = Peer::answering(&[OK, refuses]);
    let proxy = format!("http://user:p%40ss@{}", peer.address);
    let told = fetch(&["-v", "--proxy", &proxy, "-H", "Authorization: Basic eDp5", "http://a.example/b"]);
    assert_eq!((told.out.as_str(), told.code), ("hello\n", Some(0)), "{told:?}");
    for shown in
        ["* connected to", "> GET http://a.example/b HTTP/1.1", "> Authorization: (not shown)", "< HTTP/1.1 200 OK"]
    {
        assert!(told.err.contains(shown), "{shown} in {}", told.err);
    }
    assert!(!told.err.contains("dXNlcjpwQHNz") && !told.err.contains("eDp5"), "{}", told.err);
    fetch(&["--insecure", "--proxy", &format!("http://{}", peer.address), "https://a.example/"])
        .fails(3, &["opened no tunnel", "407", "USER:PASSWORD"]);
    let requests = peer.requests();
    assert!(requests[0].contains("Proxy-Authorization: Basic dXNlcjpwQHNz\r\n"), "{requests:?}");
    assert!(requests[1].starts_with("CONNECT a.example:443 HTTP/1.1\r\n"), "{requests:?}");
}

#[test]
fn a_signal_ends_it_and_leaves_nothing_behind() {
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let (address, peer) = peer::that_stalls(CUT);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        let child = command(&["-o", file.to_str().unwrap(), &format!("http://{address}/")]).spawn().unwrap();
        let begun = Instant::now();
        let came = || {
            let mut entries = fs::read_dir(folder.path()).unwrap();
            entries.any(|entry| entry.unwrap().metadata().is_ok_and(|metadata| metadata.len() == 6))
        };
        while !came() {
            assert!(begun.elapsed() < Duration::from_secs(20), "nothing comes");
            std::thread::yield_now();
        }
        kill(Pid::from_raw(child.id() as i32), signal).unwrap();
        Told::by(child).fails(code, &["6 of 100 octets came"]);
        assert_eq!(names(folder.path()), [""; 0]);
        peer.join().unwrap();
    }
}

#[test]
fn the_whole_takes_no_longer_than_it_may() {
    let (address, peer) = peer::that_stalls(CUT);
    fetch(&["--timeout", "0.3", &format!("http://{address}/")]).fails(1, &["--timeout 0.3", "94 are missing"]);
    peer.join().unwrap();
    let (address, peer) = peer::that_stalls("");
    fetch(&["--timeout", "0.3", &format!("http://{address}/")]).fails(3, &["--timeout 0.3", "no response"]);
    peer.join().unwrap();
}

#[test]
fn a_reader_that_has_gone_is_told_nothing() {
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n{}", "x".repeat(4_000_000));
    let peer = Peer::answering(&[&answer]);
    let mut child = command(&[&peer.url("/")]).spawn().unwrap();
    drop(child.stdout.take());
    let told = Told::by(child);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    peer.requests();
}

#[test]
fn content_codings_are_undone_unless_raw_is_asked_for() {
    // "hello" in gzip without compression, made by hand (RFC 1952; RFC 1951 §3.2.4).
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01\x05\0\xfa\xffhello\x86\xa6\x10\x36\x05\0\0\0";
    let cut = &gzip[..gzip.len() - 1];
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let peer = std::thread::spawn(move || {
        for content in [&gzip[..], &gzip[..], cut] {
            let mut stream = listener.accept().unwrap().0;
            assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", content.len());
            stream.write_all(&[head.as_bytes(), content].concat()).unwrap();
        }
    });
    assert_eq!(fetch(&[&url]).succeeds(), "hello");
    let raw = command(&["--raw", &url]).output().unwrap();
    assert_eq!((raw.status.code(), raw.stdout.as_slice()), (Some(0), &gzip[..]));
    fetch(&[&url]).fails(1, &["in the middle of a gzip stream", "incomplete"]);
    peer.join().unwrap();
}
