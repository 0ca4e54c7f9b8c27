//! Gateways and proxies over real sockets: what goes through, what ends there, what is refused.
#![cfg(feature = "gateway")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use wiregauge_proto::connection::Waits;
use wiregauge_proto::driver::{self, Content, ResponseOptions};
use wiregauge_proto::gateway::{Gateway, Options};
use wiregauge_proto::origin_server::{self, Listener, OriginServer, whole};
use wiregauge_proto::tls::{client_config, server_config};
use wiregauge_proto::user_agent::{self, Ask, Proxy, Uri, UserAgent};

fn named() -> Options {
    Options { pseudonym: "gate".into(), ..Options::default() }
}

async fn front(gateway: Gateway) -> (OriginServer, SocketAddr) {
    let listener = Listener::plain("127.0.0.1:0".parse().unwrap());
    let http = driver::Options { date: None, ..driver::Options::default() };
    let options = origin_server::Options { http, ..origin_server::Options::default() };
    let server = OriginServer::start(vec![listener], options, gateway).await.unwrap();
    let at = server.addresses()[0];
    (server, at)
}

fn uri(at: SocketAddr) -> Uri {
    format!("http://{at}/").parse().unwrap()
}

/// An origin that takes one connection after another, and on each answers one head (and what follows up to `until`) with
/// `answer`. Gives what it read on each, up to the end where it does not answer any more.
fn origin(listener: TcpListener, script: Vec<(&'static str, String)>) -> JoinHandle<Vec<String>> {
    tokio::spawn(async move {
        let mut heard = Vec::new();
        for (until, answer) in script {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut got = read_until(&mut stream, until).await;
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
            got.push_str(&read_until(&mut stream, "\u{0}").await);
            heard.push(got);
        }
        heard
    })
}

/// What comes up to a text, or to the end.
async fn read_until(stream: &mut TcpStream, until: &str) -> String {
    let mut got = Vec::new();
    let mut octet = [0];
    while !got.ends_with(until.as_bytes()) && matches!(stream.read(&mut octet).await, Ok(1)) {
        got.push(octet[0]);
    }
    String::from_utf8(got).unwrap()
}

const HEAD: &str = "\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// What one request, as it is, is answered with, up to the end of the connection; and what the origin heard.
async fn through(request: &str, until: &'static str, answer: &str) -> (String, Vec<String>) {
    through_with(named(), request, until, answer).await
}

async fn through_with(options: Options, request: &str, until: &'static str, answer: &str) -> (String, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = listener.local_addr().unwrap();
    let heard = origin(listener, vec![(until, answer.to_owned())]);
    let (server, at) = front(Gateway::reverse(&uri(there), options)).await;
    let answered = send(at, request).await;
    // Its connections end with it.
    drop(server);
    (answered, tokio::time::timeout(Duration::from_secs(10), heard).await.unwrap().unwrap())
}

/// What this is answered with when nothing may reach the origin.
async fn refused(gateway: Gateway, request: &str) -> String {
    let (_server, at) = front(gateway).await;
    send(at, request).await
}

async fn send(at: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    read_until(&mut stream, "\u{0}").await
}

#[tokio::test]
async fn what_is_of_the_connection_ends_here() {
    let request = "GET /a/../b?c HTTP/1.1\r\nHost: a.example\r\nConnection: keep-alive, X-Hop, Content-Length, Host\r\n\
                   Keep-Alive: timeout=5\r\nX-Hop: 1\r\nTE: trailers\r\nProxy-Authorization: Basic eDp5\r\n\
                   Proxy-Connection: close\r\nUpgrade: x\r\nAccept: a\r\nVia: 1.0 first\r\naccept: b\r\n\r\n";
    let answer = "HTTP/1.1 200 Fine\r\nConnection: X-Back\r\nX-Back: 1\r\nKeep-Alive: timeout=5\r\nDate: Tue, 15 Nov 1994 08:12:31 \
                  GMT\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 2\r\n\r\nok";
    let (answered, heard) = through(request, HEAD, answer).await;
    assert_eq!(
        heard,
        [
            "GET /a/../b?c HTTP/1.1\r\nHost: a.example\r\nAccept: a\r\nVia: 1.0 first\r\naccept: b\r\nVia: 1.1 gate\r\n\r\n"
        ]
    );
    assert_eq!(
        answered,
        "HTTP/1.1 200 Fine\r\nDate: Tue, 15 Nov 1994 08:12:31 GMT\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nVia: 1.1 gate\r\n\
         Content-Length: 2\r\n\r\nok"
    );
}

#[tokio::test]
async fn host_by_choice_and_by_target() {
    let (_, heard) = through("GET http://b.example:81 HTTP/1.1\r\nHost: b.example:81\r\n\r\n", HEAD, OK).await;
    assert!(heard[0].starts_with("GET / HTTP/1.1\r\nHost: b.example:81\r\n"), "{heard:?}");
    let options = Options { keep_host: false, tell_client: true, ..named() };
    let (_, heard) = through_with(options, "GET /?x HTTP/1.1\r\nHost: b.example\r\n\r\n", HEAD, OK).await;
    assert!(heard[0].starts_with("GET /?x HTTP/1.1\r\nHost: 127.0.0.1:"), "{heard:?}");
    assert!(heard[0].contains("\r\nX-Forwarded-For: 127.0.0.1\r\n"), "{heard:?}");
    let (answered, heard) = through("GET / HTTP/1.0\r\n\r\n", HEAD, OK).await;
    assert!(heard[0].contains("Host: 127.0.0.1:") && heard[0].contains("Via: 1.0 gate\r\n"), "{heard:?}");
    assert!(answered.ends_with("Connection: close\r\n\r\nok"), "{answered}");
}

#[tokio::test]
async fn content_streams_as_it_was_framed() {
    let request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=\"x\"\r\nabc\r\n2\r\nde\r\n0\r\nSum: 5\r\nHost: \
                   b\r\nCookie: c\r\n\r\n";
    let answer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nok\r\n0\r\nDone: 1\r\nSet-Cookie: a\r\n\r\n";
    // A trailer field that routes is a broken message.
    let (answered, _) = through(&request.replace("Host: b\r\n", ""), "Sum: 5\r\n\r\n", answer).await;
    assert!(answered.ends_with("\r\n\r\n2\r\nok\r\n0\r\nDone: 1\r\n\r\n"), "{answered}");
    let (_, heard) = through(&request.replace("Host: b\r\n", ""), "Sum: 5\r\n\r\n", answer).await;
    assert!(heard[0].ends_with("0\r\nSum: 5\r\n\r\n") && !heard[0].contains("ext"), "{heard:?}");
    let (_, heard) = through("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde", "abcde", OK).await;
    assert!(heard[0].contains("Content-Length: 5\r\n") && heard[0].ends_with("\r\n\r\nabcde"), "{heard:?}");
    let (answered, _) = through("GET / HTTP/1.1\r\nHost: a\r\n\r\n", HEAD, "HTTP/1.0 200 OK\r\n\r\nto the end").await;
    assert!(answered.ends_with("\r\n\r\na\r\nto the end\r\n0\r\n\r\n"), "{answered}");
    assert!(answered.contains("Via: 1.0 gate\r\n"), "{answered}");
}

#[tokio::test]
async fn answers_without_content() {
    let head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
    let (answered, _) = through(head, HEAD, "HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n").await;
    assert!(answered.ends_with("Content-Length: 12345\r\n\r\n"), "{answered}");
    let (answered, _) = through(head, HEAD, "HTTP/1.1 200 OK\r\n\r\n").await;
    assert!(!answered.contains("Content-Length"), "nothing is known of it: {answered}");
    for status in ["204 No Content", "304 Not Modified"] {
        let (answered, _) =
            through("GET / HTTP/1.1\r\nHost: a\r\n\r\n", HEAD, &format!("HTTP/1.1 {status}\r\n\r\n")).await;
        assert!(answered.starts_with(&format!("HTTP/1.1 {status}\r\n")) && answered.ends_with(HEAD), "{answered}");
        assert!(!answered.contains("Content-Length"), "{answered}");
    }
}

#[tokio::test]
async fn interim_responses_go_through() {
    let early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: x\r\nX: 1\r\n\r\n";
    let answer = format!("{early}{OK}");
    let (answered, _) = through("GET / HTTP/1.1\r\nHost: a\r\n\r\n", HEAD, &answer).await;
    assert!(
        answered.starts_with("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nVia: 1.1 gate\r\n\r\nHTTP/1.1 200"),
        "{answered}"
    );
    let (answered, _) = through("GET / HTTP/1.0\r\nHost: a\r\n\r\n", HEAD, &answer).await;
    assert!(answered.starts_with("HTTP/1.1 200"), "version 1.0 knows none: {answered}");
}

#[tokio::test]
async fn an_expectation_goes_through_and_its_answer_comes_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = listener.local_addr().unwrap();
    let (_server, at) = front(Gateway::reverse(&uri(there), named())).await;
    let asked = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    let mut client = TcpStream::connect(at).await.unwrap();
    client.write_all(asked.as_bytes()).await.unwrap();
    let (mut stream, _) = listener.accept().await.unwrap();
    assert!(read_until(&mut stream, HEAD).await.contains("Expect: 100-continue\r\n"));
    stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.unwrap();
    assert!(read_until(&mut client, HEAD).await.starts_with("HTTP/1.1 100 "), "only now");
    client.write_all(b"hi").await.unwrap();
    assert_eq!(read_until(&mut stream, "hi").await, "hi");
    stream.write_all(OK.as_bytes()).await.unwrap();
    let answered = read_until(&mut client, "ok").await;
    assert!(answered.starts_with("HTTP/1.1 200 OK"), "100 once: {answered}");
    // Refused: the content stays where it is.
    let mut client = TcpStream::connect(at).await.unwrap();
    client.write_all(asked.as_bytes()).await.unwrap();
    assert!(read_until(&mut stream, HEAD).await.contains("Expect"), "the same connection");
    stream.write_all(b"HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n").await.unwrap();
    let answered = read_until(&mut client, "\u{0}").await;
    assert!(answered.starts_with("HTTP/1.1 417 No") && answered.contains("Connection: close"), "{answered}");
    assert_eq!(read_until(&mut stream, "\u{0}").await, "");
}

#[tokio::test]
async fn nothing_is_smuggled_towards_the_origin() {
    let nowhere: Uri = "http://127.0.0.1:1/".parse().unwrap();
    for (request, status) in [
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "400"),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
            "400",
        ),
        ("POST / HTTP/1.1\r\nHost: a\r\nX: a\rContent-Length: 5\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nabcde", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\n\r\n", "400"),
    ] {
        let answered = refused(Gateway::reverse(&nowhere, named()), request).await;
        assert!(answered.starts_with(&format!("HTTP/1.1 {status} ")), "{request:?}: {answered}");
        assert_eq!(answered.matches("HTTP/1.1 ").count(), 1, "{request:?}: {answered}");
    }
}

#[tokio::test]
async fn broken_chunks_reach_the_origin_as_no_whole_message() {
    let request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n\r\n";
    let (answered, heard) = through(request, "\u{0}", "").await;
    assert!(answered.starts_with("HTTP/1.1 400 "), "{answered}");
    assert!(!heard[0].contains("0\r\n\r\n"), "{heard:?}");
}

#[tokio::test]
async fn responses_that_are_broken_are_not_forwarded() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX : 1\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        "220 mail\r\n",
        "",
    ] {
        let (answered, _) = through("GET / HTTP/1.1\r\nHost: a\r\n\r\n", HEAD, answer).await;
        assert!(answered.starts_with("HTTP/1.1 502 "), "{answer:?}: {answered}");
    }
}

#[tokio::test]
async fn a_response_that_breaks_off_breaks_off_for_the_client() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ] {
        let (answered, _) = through("GET / HTTP/1.1\r\nHost: a\r\n\r\n", HEAD, answer).await;
        assert!(answered.starts_with("HTTP/1.1 200 OK") || answered.is_empty(), "{answered}");
        assert!(!answered.ends_with("0\r\n\r\n"), "{answered}");
    }
}

#[tokio::test]
async fn a_request_that_breaks_off_breaks_off_for_the_origin() {
    for request in [
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ] {
        let (_, heard) = through(request, "\u{0}", "").await;
        assert!(heard[0].contains("abc") && !heard[0].ends_with("0\r\n\r\n"), "{heard:?}");
    }
}

#[tokio::test]
async fn an_origin_that_is_late_or_nowhere() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = listener.local_addr().unwrap();
    let waits = Waits { answer: Some(Duration::from_millis(100)), ..Waits::DEFAULT };
    let http = driver::Options { waits, ..driver::Options::default() };
    let agent = user_agent::Options { http, ..user_agent::Options::default() };
    let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let answered = refused(Gateway::reverse(&uri(there), Options { agent, ..named() }), get).await;
    assert!(answered.starts_with("HTTP/1.1 504 "), "{answered}");
    drop(listener);
    let answered = refused(Gateway::reverse(&uri(there), named()), get).await;
    assert!(answered.starts_with("HTTP/1.1 502 "), "{answered}");
}

#[tokio::test]
async fn a_request_is_repeated_only_where_that_is_safe() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = listener.local_addr().unwrap();
    let (_server, at) = front(Gateway::reverse(&uri(there), named())).await;
    let ask = async |method: &str| send(at, &format!("{method} / HTTP/1.1\r\nHost: a\r\n\r\n")).await;
    let origin = tokio::spawn(async move {
        let mut methods = Vec::new();
        for _ in 0..3 {
            let (mut stream, _) = listener.accept().await.unwrap();
            methods.push(read_until(&mut stream, HEAD).await);
            stream.write_all(OK.as_bytes()).await.unwrap();
            // The next one is read, and not answered.
            methods.push(read_until(&mut stream, HEAD).await);
        }
        methods.iter().map(|head| head.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
    });
    assert!(ask("GET").await.contains(" 200 "));
    assert!(ask("GET").await.contains(" 200 "), "on a fresh connection");
    assert!(ask("POST").await.contains(" 502 "), "it may have been heard");
    assert!(ask("GET").await.contains(" 200 "));
    drop(_server);
    assert_eq!(origin.await.unwrap(), ["GET", "GET", "GET", "POST", "GET", ""]);
}

#[tokio::test]
async fn loops_and_limits() {
    let nowhere: Uri = "http://127.0.0.1:1/".parse().unwrap();
    let gateway = || Gateway::reverse(&nowhere, named());
    let answered = refused(gateway(), "GET / HTTP/1.1\r\nHost: a\r\nVia: 1.1 x, 1.1 Gate (y)\r\n\r\n").await;
    assert!(answered.starts_with("HTTP/1.1 508 "), "{answered}");
    let trace = "TRACE /x HTTP/1.1\r\nHost: a\r\nCookie: secret\r\nMax-Forwards: 0\r\n\r\n";
    let answered = refused(gateway(), trace).await;
    assert!(answered.starts_with("HTTP/1.1 200 ") && answered.contains("Content-Type: message/http\r\n"), "{answered}");
    assert!(answered.ends_with("TRACE /x HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n"), "{answered}");
    let answered = refused(gateway(), "OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n").await;
    assert!(answered.starts_with("HTTP/1.1 200 ") && answered.contains("Allow: "), "{answered}");
    let (_, heard) = through("OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 5\r\n\r\n", HEAD, OK).await;
    assert!(heard[0].starts_with("OPTIONS * ") && heard[0].contains("Max-Forwards: 4\r\n"), "{heard:?}");
    let (_, heard) = through("GET / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n", HEAD, OK).await;
    assert!(heard[0].contains("Max-Forwards: 0\r\n"), "it counts for OPTIONS and TRACE only: {heard:?}");
    let answered = refused(gateway(), "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n").await;
    assert!(answered.starts_with("HTTP/1.1 501 "), "{answered}");
}

#[tokio::test]
async fn a_proxy_goes_where_it_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = listener.local_addr().unwrap();
    let script = vec![(HEAD, OK.to_owned()), (HEAD, OK.to_owned())];
    let heard = origin(listener, script);
    let (server, at) = front(Gateway::forward(named())).await;
    let get = format!("GET http://{there}/a?b HTTP/1.1\r\nHost: other.example\r\n\r\n");
    assert!(send(at, &get).await.contains(" 200 "));
    let options = format!("OPTIONS http://{there} HTTP/1.1\r\nHost: {there}\r\n\r\n");
    assert!(send(at, &options).await.contains(" 200 "));
    drop(server);
    let heard = heard.await.unwrap();
    let (_server, at) = front(Gateway::forward(named())).await;
    assert_eq!(heard[0], format!("GET /a?b HTTP/1.1\r\nHost: {there}\r\nVia: 1.1 gate\r\n\r\n"));
    assert!(heard[1].starts_with("OPTIONS * HTTP/1.1\r\n"), "{heard:?}");
    for (request, status) in [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("CONNECT a:25 HTTP/1.1\r\nHost: a:25\r\n\r\n", "403"),
        ("CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
    ] {
        let answered = send(at, request).await;
        assert!(answered.starts_with(&format!("HTTP/1.1 {status} ")), "{request:?}: {answered}");
    }
}

#[tokio::test]
async fn a_tunnel_with_tls_inside_and_halves_of_its_own() {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let config = server_config(made.cert.pem().as_bytes(), made.signing_key.serialize_pem().as_bytes()).unwrap();
    let listener = Listener::secured("127.0.0.1:0".parse().unwrap(), config);
    let hello = whole(|_, _| async { Ok(ResponseOptions { content: "hello".into(), ..ResponseOptions::default() }) });
    let server = OriginServer::start(vec![listener], origin_server::Options::default(), hello).await.unwrap();
    let there = server.addresses()[0];
    let (_server, at) = front(Gateway::forward(Options { tunnel_ports: vec![there.port()], ..named() })).await;
    let agent = UserAgent::new(user_agent::Options {
        trusts: Some(client_config([made.cert.pem().as_bytes()]).unwrap()),
        proxy: Some(Proxy { host: "127.0.0.1".into(), port: at.port(), authorization: None }),
        ..user_agent::Options::default()
    });
    for _ in 0..2 {
        let answer = agent.ask(Ask::get(format!("https://{there}/").parse().unwrap())).await.unwrap();
        assert_eq!(answer.read_whole().await.unwrap().content, b"hello");
    }
    // The client's half ends first; the far end hears of it, and still answers.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = listener.local_addr().unwrap();
    let far = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let got = read_until(&mut stream, "\u{0}").await;
        stream.write_all(b"bye").await.unwrap();
        got
    });
    let (_server, at) = front(Gateway::forward(Options { tunnel_ports: vec![there.port()], ..named() })).await;
    let answered = send(at, &format!("CONNECT {there} HTTP/1.1\r\nHost: {there}\r\n\r\nhello there")).await;
    assert!(answered.starts_with("HTTP/1.1 200 ") && answered.ends_with("\r\n\r\nbye"), "{answered}");
    assert_eq!(far.await.unwrap(), "hello there");
    let idle = Options { tunnel_ports: vec![there.port()], tunnel_idle: Duration::from_millis(50), ..named() };
    let listener = TcpListener::bind(there).await.unwrap();
    let (_server, at) = front(Gateway::forward(idle)).await;
    let mut client = TcpStream::connect(at).await.unwrap();
    client.write_all(format!("CONNECT {there} HTTP/1.1\r\nHost: {there}\r\n\r\n").as_bytes()).await.unwrap();
    let (mut far, _) = listener.accept().await.unwrap();
    assert!(read_until(&mut client, "\u{0}").await.starts_with("HTTP/1.1 200 "), "nothing moves, so it ends");
    assert_eq!(read_until(&mut far, "\u{0}").await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_clients_at_once() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let echo = whole(move |request, content| {
        counted.fetch_add(1, Ordering::SeqCst);
        let content = [request.target.as_slice(), b" ", &content.content].concat();
        async move { Ok(ResponseOptions { content: content.into(), ..ResponseOptions::default() }) }
    });
    let listener = Listener::plain("127.0.0.1:0".parse().unwrap());
    let server = OriginServer::start(vec![listener], origin_server::Options::default(), echo).await.unwrap();
    let (_server, at) = front(Gateway::reverse(&uri(server.addresses()[0]), named())).await;
    let agent = UserAgent::new(user_agent::Options { connections_per_origin: 16, ..user_agent::Options::default() });
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..16_usize {
        let agent = agent.clone();
        clients.spawn(async move {
            for number in 0..64_usize {
                let uri = format!("http://{at}/{client}/{number}").parse().unwrap();
                let content = "x".repeat(number * 500);
                let reader = Box::new(std::io::Cursor::new(content.clone()));
                let ask = match number % 3 {
                    0 => Ask::get(uri),
                    1 => Ask::with("PUT", uri, content.clone()),
                    _ => Ask::with("POST", uri, Content::Reader { reader, size: None }),
                };
                let whole = agent.ask(ask).await.unwrap().read_whole().await.unwrap();
                let sent = if number % 3 == 0 { "" } else { &content };
                assert_eq!(whole.content, format!("/{client}/{number} {sent}").into_bytes());
            }
        });
    }
    while let Some(done) = clients.join_next().await {
        done.unwrap();
    }
    assert_eq!(count.load(Ordering::SeqCst), 16 * 64);
}
