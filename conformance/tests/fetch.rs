//! `wiregauge fetch`, the binary, on servers of ours and on peers that do as the test wants.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::JoinHandle;

use wiregauge::serve::{Contract, Options, Server};

fn fetch(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the binary starts")
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wiregauge"));
    command.arg("fetch").args(arguments).stdin(Stdio::null());
    command
}

fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).expect("text")
}

/// Code, standard output and standard error.
fn seen(output: &Output) -> (Option<i32>, String, String) {
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// Answers one head (and content of `content` octets) after another, on a connection each, and gives what was heard.
fn peer(answers: Vec<(usize, String)>) -> (SocketAddr, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let heard = std::thread::spawn(move || {
        answers
            .into_iter()
            .map(|(content, answer)| {
                let (mut stream, _) = listener.accept().expect("a client");
                let (mut got, mut octet) = (Vec::new(), [0]);
                while !got.ends_with(b"\r\n\r\n") && stream.read(&mut octet).expect("octets") == 1 {
                    got.push(octet[0]);
                }
                let head = got.len();
                while got.len() < head + content && stream.read(&mut octet).expect("octets") == 1 {
                    got.push(octet[0]);
                }
                stream.write_all(answer.as_bytes()).expect("a client that reads");
                text(&got)
            })
            .collect()
    });
    (address, heard)
}

fn served(options: Options) -> (tokio::runtime::Runtime, Server) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let server = runtime.block_on(Server::start(options)).expect("a server");
    (runtime, server)
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[test]
fn an_answer_and_its_head() {
    let early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    let chunked = "HTTP/1.1 200 Fine\r\nx-Case: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nSum: 1\r\n\r\n";
    let (at, heard) = peer(vec![(0, OK.into()), (0, format!("{early}{chunked}"))]);
    let url = format!("http://{at}/a?b#c");
    assert_eq!(seen(&fetch(&[&url])), (Some(0), "ok".into(), String::new()));
    let (code, out, _) = seen(&fetch(&["-i", "-H", "Accept: a/b", &url]));
    let expected = "HTTP/1.1 103 \r\nLink: </a>\r\n\r\nHTTP/1.1 200 Fine\r\nx-Case: a\r\nTransfer-Encoding: \
                    chunked\r\n\r\nokSum: 1\r\n";
    assert_eq!((code, out.as_str()), (Some(0), expected));
    let heard = heard.join().expect("a peer");
    let version = env!("CARGO_PKG_VERSION");
    let first = format!(
        "GET /a?b HTTP/1.1\r\nHost: {at}\r\nUser-Agent: wiregauge/{version}\r\nAccept-Encoding: gzip, deflate\r\n\r\n"
    );
    assert_eq!(heard[0], first);
    assert!(heard[1].contains("\r\nAccept: a/b\r\n"), "{}", heard[1]);
}

#[test]
fn content_to_send() {
    let (_runtime, server) = served(Options { contract: Contract::Body, ..Options::default() });
    let url = format!("http://{}/", server.address());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("data");
    let long = "0123456789".repeat(30_000);
    std::fs::write(&file, &long).expect("a file");
    let (code, out, _) = seen(&fetch(&["-d", &format!("@{}", file.display()), &url]));
    assert!(code == Some(0) && out == long);
    let (code, out, _) = seen(&fetch(&["-X", "PUT", "-d", "text", &url]));
    assert_eq!((code, out.as_str()), (Some(0), "text"));
    let mut child =
        command(&["-d", "-", &url]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    child.stdin.take().expect("a pipe").write_all(long.as_bytes()).expect("it reads");
    assert_eq!(text(&child.wait_with_output().expect("it ends").stdout), long);
    let (code, out, _) = seen(&fetch(&["-I", "-i", &url]));
    assert!(code == Some(0) && out.starts_with("HTTP/1.1 200 OK\r\n") && out.ends_with("\r\n\r\n"), "{out}");
}

#[test]
fn a_file_is_there_when_it_is_complete() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc";
    let (at, _heard) = peer(vec![(0, OK.into()), (0, cut.into()), (0, cut.into())]);
    let url = format!("http://{at}/");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file").display().to_string();
    assert_eq!(seen(&fetch(&["-o", &file, &url])), (Some(0), String::new(), String::new()));
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), "ok");
    let (code, _, err) = seen(&fetch(&["-o", &file, &url]));
    assert_eq!(code, Some(1));
    assert!(
        err.contains("message.incomplete-content (RFC 9112 §8)") && err.contains("3 octets have come of it"),
        "{err}"
    );
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), "ok", "what was there is kept");
    let (code, _, err) = seen(&fetch(&["-o", &file, "--keep-partial", &url]));
    assert!(code == Some(1) && err.contains("file.part has what came"), "{err}");
    assert_eq!(std::fs::read_to_string(format!("{file}.part")).expect("a file"), "abc");
    let left = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 2, "no temporary file is left");
}

#[test]
fn a_broken_answer_is_told_with_its_rule() {
    let (at, _heard) =
        peer(vec![(0, "HTTP/1.1 200 OK\r\nX : 1\r\nContent-Length: 0\r\n\r\n".into()), (0, String::new())]);
    let (code, out, err) = seen(&fetch(&[&format!("http://{at}/")]));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains("field-line.space-before-colon (RFC 9112 §5.1) at octet 18 "), "{err}");
    assert!(err.contains("`wiregauge explain field-line.space-before-colon` tells more"), "{err}");
    let (code, _, err) = seen(&fetch(&[&format!("http://{at}/")]));
    assert!(code == Some(1) && err.contains("ended the connection"), "{err}");
}

#[test]
fn redirects_and_statuses() {
    let away =
        "HTTP/1.1 302 Found\r\nLocation: /there\r\nSet-Cookie: a=1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let missing = "HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno";
    let (at, heard) = peer(vec![
        (0, away.into()),
        (0, OK.into()),
        (0, away.into()),
        (0, away.into()),
        (0, missing.into()),
        (0, missing.into()),
    ]);
    let url = format!("http://{at}/");
    let (code, out, err) = seen(&fetch(&["-v", &url]));
    assert_eq!((code, out.as_str()), (Some(0), "ok"));
    assert!(err.contains("1 redirects led to") && err.contains("* GET http://"), "{err}");
    let (code, out, _) = seen(&fetch(&["-i", "--no-follow", &url]));
    assert!(code == Some(0) && out.starts_with("HTTP/1.1 302 "), "{out}");
    let (code, _, err) = seen(&fetch(&["--max-redirects", "0", "-f", &url]));
    assert_eq!((code, err.as_str()), (Some(0), ""), "no redirect is followed, and 302 is no failure");
    assert_eq!(seen(&fetch(&[&url])).0, Some(0));
    let (code, _, err) = seen(&fetch(&["-f", &url]));
    assert!(code == Some(1) && err.contains("404"), "{err}");
    let heard = heard.join().expect("a peer");
    assert!(heard[1].starts_with("GET /there ") && heard[1].contains("Cookie: a=1\r\n"), "{}", heard[1]);
}

#[test]
fn codings_are_undone_unless_raw() {
    // "hello" by gzip without compression, made by hand (RFC 1952, RFC 1951 §3.2.4).
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01\x05\0\xfa\xffhello\x86\xa6\x10\x36\x05\0\0\0";
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let peer = std::thread::spawn(move || {
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut piece = [0; 4096];
            assert!(stream.read(&mut piece).expect("a request") > 0);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", gzip.len());
            stream.write_all(&[head.as_bytes(), gzip].concat()).expect("a client that reads");
        }
    });
    assert_eq!(fetch(&[&url]).stdout, b"hello");
    assert_eq!(fetch(&["--raw", &url]).stdout, gzip);
    peer.join().expect("a peer");
}

#[test]
fn over_tls() {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    let folder = tempfile::tempdir().expect("a folder");
    let pem = folder.path().join("ca.pem");
    std::fs::write(&pem, made.cert.pem()).expect("a file");
    let key = made.signing_key.serialize_pem();
    let config =
        wiregauge_proto::tls::server_config(made.cert.pem().as_bytes(), key.as_bytes()).expect("a configuration");
    let (_runtime, server) = served(Options { contract: Contract::Static, tls: Some(config), ..Options::default() });
    let url = format!("https://{}/", server.address());
    let path = |path: &Path| path.display().to_string();
    let (code, out, _) = seen(&fetch(&["--cacert", &path(&pem), &url]));
    assert!(code == Some(0) && out.contains("same at every path"), "{out}");
    assert_eq!(seen(&fetch(&["--insecure", &url])).0, Some(0));
    let (code, _, err) = seen(&fetch(&[&url]));
    // Where the system has no roots, that is what is said.
    assert!(code == Some(3) && err.contains("--insecure trusts anybody") || code == Some(2), "{code:?} {err}");
}

#[test]
fn through_a_proxy() {
    let (at, heard) = peer(vec![(0, OK.into()), (0, "HTTP/1.1 407 \r\nContent-Length: 0\r\n\r\n".into())]);
    let (code, out, _) = seen(&fetch(&["--proxy", &format!("http://x:y@{at}"), "http://a.example/b"]));
    assert_eq!((code, out.as_str()), (Some(0), "ok"));
    let (code, _, err) = seen(&fetch(&["--proxy", &format!("http://{at}"), "--insecure", "https://a.example/b"]));
    assert!(code == Some(3) && err.contains("407"), "{err}");
    let heard = heard.join().expect("a peer");
    assert!(heard[0].starts_with("GET http://a.example/b HTTP/1.1\r\nHost: a.example\r\n"), "{}", heard[0]);
    assert!(heard[0].contains("Proxy-Authorization: Basic eDp5\r\n"), "{}", heard[0]);
    assert!(heard[1].starts_with("CONNECT a.example:443 "), "{}", heard[1]);
}

#[test]
fn what_cannot_be_asked() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let (code, _, err) = seen(&fetch(&[&format!("http://{free}/")]));
    assert!(code == Some(3) && err.contains("no connection"), "{err}");
    for (arguments, words) in [
        (&["ftp://a/"][..], "http:// or https://"),
        (&["http://a b/"], "octet 8"),
        (&["-H", "no colon", "http://a/"], "Name: value"),
        (&["-H", "A b: c", "http://a/"], "no field name"),
        (&["-H", "Host: b", "http://a/"], "by the connection itself"),
        (&["-d", "@/nowhere/at/all", "http://a/"], "/nowhere/at/all: "),
        (&["--cacert", "/nowhere/at/all", "https://a/"], "/nowhere/at/all: "),
        (&["-o", "/nowhere/at/all", "http://a/"], "/nowhere/at/all: "),
        (&["--proxy", "socks5://a:1", "http://a/"], "a proxy is written"),
    ] {
        let (code, _, err) = seen(&fetch(arguments));
        assert!(code == Some(2) && err.contains(words), "{arguments:?}: {code:?} {err}");
    }
}

#[test]
fn limits_of_size_and_time() {
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(100_000));
    let (at, _heard) = peer(vec![(0, endless)]);
    let (code, _, err) = seen(&fetch(&["--limit", "10", &format!("http://{at}/")]));
    assert!(code == Some(1) && err.contains("--limit 10"), "{err}");
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", silent.local_addr().expect("an address"));
    let (code, _, err) = seen(&fetch(&["--timeout", "1", &url]));
    assert!(code == Some(1) && err.contains("not complete after 1 s"), "{err}");
}

#[test]
fn ctrl_c_leaves_nothing_behind() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file").display().to_string();
    let mut child = command(&["-o", &file, &url]).stderr(Stdio::null()).spawn().expect("it starts");
    let (mut stream, _) = listener.accept().expect("a client");
    let mut piece = [0; 4096];
    assert!(stream.read(&mut piece).expect("a request") > 0);
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").expect("a client that reads");
    let id = nix::unistd::Pid::from_raw(i32::try_from(child.id()).expect("an id"));
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGINT).expect("it lives");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
}
