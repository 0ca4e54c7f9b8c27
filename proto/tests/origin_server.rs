//! The origin server over real sockets, against a client that is octets.
#![cfg(feature = "origin-server")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::Semaphore;
use wiregauge_proto::connection::Waits;
use wiregauge_proto::driver::{self, Content, Http, RequestOptions, ResponseOptions};
use wiregauge_proto::origin_server::{
    Exchange, Handler, HandlerError, Listener, Options, OriginServer, Stopped, whole,
};
use wiregauge_proto::tls::{Tls, client_config, server_config, server_name};
use wiregauge_proto::transport::{AsyncTransport, Blocking, Close, tcp};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(10);

fn options() -> Options {
    let waits = Waits { linger: Some(Duration::from_millis(200)), ..Waits::DEFAULT };
    Options { http: driver::Options { waits, ..Options::default().http }, ..Options::default() }
}

/// What the paths of the test's server do.
struct Paths {
    /// `/wait` answers when there is a permit.
    go: Arc<Semaphore>,
    /// ... and says so before.
    begun: Arc<Semaphore>,
}

impl Handler for Paths {
    async fn handle(&self, exchange: &mut Exchange<'_>) -> Result<(), HandlerError> {
        let pieces = || ResponseOptions { content: Content::Pieces { size: None }, ..ResponseOptions::default() };
        match exchange.request().target.as_slice() {
            b"/echo" => {
                let content = exchange.read_content().await?.content;
                exchange.respond(ResponseOptions { content: content.into(), ..ResponseOptions::default() }).await
            }
            b"/pieces" => {
                exchange.respond(pieces()).await?;
                exchange.send_piece(b"one").await?;
                exchange.send_piece(b"two").await?;
                exchange.end(&[(b"X-Sum", b"6")]).await
            }
            b"/panic" => panic!("on purpose"),
            b"/fail" => Err(HandlerError::failed("on purpose")),
            b"/nothing" => Ok(()),
            b"/breaks-off" => {
                exchange.respond(pieces()).await?;
                exchange.send_piece(b"one").await?;
                panic!("in the middle");
            }
            b"/unended" => exchange.respond(pieces()).await,
            b"/ignores" => exchange.respond(ResponseOptions::default()).await,
            b"/hints" => {
                exchange.interim(103, &[(b"Link", b"</a>")]).await?;
                exchange.respond(ResponseOptions { status: 204, ..ResponseOptions::default() }).await
            }
            b"/wait" => {
                self.begun.add_permits(1);
                self.go.acquire().await.expect("it is never closed").forget();
                exchange.respond(ResponseOptions { content: "done".into(), ..ResponseOptions::default() }).await
            }
            b"/switch" => {
                let afterwards = |mut socket: wiregauge_proto::origin_server::Socket, octets: Vec<u8>| async move {
                    let answer = [b"heard ".as_slice(), &octets].concat();
                    let send = std::future::poll_fn(|context| socket.poll_send(context, &answer, None));
                    assert_eq!(send.await.unwrap(), answer.len());
                    let _ = std::future::poll_fn(|context| socket.poll_close(context, Close::Both, None)).await;
                };
                exchange.switch(101, &[b"chat"], &[], afterwards).await
            }
            _ => exchange.respond(ResponseOptions { status: 404, ..ResponseOptions::default() }).await,
        }
    }
}

struct Scene {
    server: OriginServer,
    at: SocketAddr,
    go: Arc<Semaphore>,
    begun: Arc<Semaphore>,
}

async fn scene(options: Options) -> Scene {
    let (go, begun) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let paths = Paths { go: go.clone(), begun: begun.clone() };
    let listener = Listener::plain("127.0.0.1:0".parse().unwrap());
    let server = OriginServer::start(vec![listener], options, paths).await.unwrap();
    let at = server.addresses()[0];
    Scene { server, at, go, begun }
}

fn connect(at: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream
}

/// Sends, and reads until the server ends the connection. The head's Date is left out.
async fn all(at: SocketAddr, octets: impl Into<Vec<u8>>) -> std::io::Result<String> {
    let octets = octets.into();
    tokio::task::spawn_blocking(move || {
        let mut stream = connect(at);
        stream.write_all(&octets)?;
        let mut got = Vec::new();
        let ended = stream.read_to_end(&mut got);
        let got = String::from_utf8(got).unwrap();
        let lines: Vec<&str> = got.split_inclusive('\n').filter(|line| !line.starts_with("Date: ")).collect();
        ended.map(|_| lines.concat())
    })
    .await
    .unwrap()
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn answers_whole_and_in_pieces() {
    let scene = scene(options()).await;
    let put = "PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
    assert_eq!(
        all(scene.at, [put, &get("/pieces")].concat()).await.unwrap(),
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
         3\r\none\r\n3\r\ntwo\r\n0\r\nX-Sum: 6\r\n\r\n"
    );
    let hints = all(scene.at, get("/hints")).await.unwrap();
    assert!(hints.starts_with("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n"), "{hints}");
    let dated = tokio::task::spawn_blocking(move || {
        let mut stream = connect(scene.at);
        stream.write_all(get("/x").as_bytes()).unwrap();
        let mut got = String::new();
        stream.read_to_string(&mut got).unwrap();
        got
    });
    let dated = dated.await.unwrap();
    assert!(dated.starts_with("HTTP/1.1 404 Not Found\r\nDate: ") && dated.contains(" GMT\r\n"), "{dated}");
    assert_eq!(scene.server.stop(LONG).await, Stopped::Finished);
}

#[tokio::test]
async fn a_handler_that_fails_is_a_500_and_no_dead_server() {
    let scene = scene(options()).await;
    for path in ["/panic", "/fail", "/nothing"] {
        let got = all(scene.at, get(path)).await.unwrap();
        assert!(got.starts_with("HTTP/1.1 500 Internal Server Error\r\n"), "{path}: {got}");
        assert!(!got.contains("on purpose"), "the client is not told why");
    }
    for path in ["/breaks-off", "/unended"] {
        match all(scene.at, get(path)).await {
            Ok(got) => assert!(!got.ends_with("0\r\n\r\n"), "{path}: nobody may take it for whole: {got}"),
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{path}"),
        }
    }
    assert!(all(scene.at, get("/ignores")).await.unwrap().starts_with("HTTP/1.1 200 OK\r\n"), "it lives on");
}

#[tokio::test]
async fn what_is_no_request_is_answered_by_its_rule() {
    let options = Options { http: driver::Options { content_in_memory: 10, ..options().http }, ..options() };
    let scene = scene(options).await;
    for (octets, status) in [
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), "400 Bad Request"),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n".to_owned(), "400 Bad Request"),
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n".to_owned(), "505 HTTP Version Not Supported"),
        (
            format!("PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n{}", "x".repeat(11)),
            "413 Content Too Large",
        ),
        ("PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".to_owned(), "400 Bad Request"),
    ] {
        let got = all(scene.at, octets.clone()).await.unwrap();
        assert!(got.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{octets}: {got}");
        assert!(got.contains("Connection: close\r\n"), "{got}");
    }
}

#[tokio::test]
async fn content_that_nobody_reads_is_dropped_within_bounds() {
    let scene = scene(options()).await;
    let short = "PUT /ignores HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    let got = all(scene.at, [short, &get("/ignores")].concat()).await.unwrap();
    assert_eq!(got.matches("200 OK").count(), 2, "{got}");
    let long = "PUT /ignores HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n";
    let got = all(scene.at, long).await.unwrap();
    assert!(got.contains("200 OK") && got.contains("Connection: close"), "{got}");
}

#[tokio::test]
async fn a_stop_lets_what_has_begun_come_to_its_end() {
    let scene = scene(options()).await;
    let at = scene.at;
    let idle = thread::spawn(move || {
        let mut stream = connect(at);
        stream.write_all(b"GET /ignores HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        let mut got = String::new();
        stream.read_to_string(&mut got).unwrap();
        got
    });
    let busy = tokio::spawn(all(at, "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"));
    scene.begun.acquire().await.unwrap().forget();
    let stop = tokio::spawn(scene.server.stop(LONG));
    // A listener that is gone tells that the stop has begun.
    while TcpStream::connect(at).is_ok() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    scene.go.add_permits(1);
    let busy = busy.await.unwrap().unwrap();
    assert!(busy.contains("Connection: close\r\n") && busy.ends_with("done"), "{busy}");
    assert!(idle.join().unwrap().contains("200 OK"), "a connection at rest is closed");
    assert_eq!(stop.await.unwrap(), Stopped::Finished);
}

#[tokio::test]
async fn a_stop_has_only_so_much_patience() {
    let scene = scene(options()).await;
    let stuck = tokio::spawn(all(scene.at, get("/wait")));
    scene.begun.acquire().await.unwrap().forget();
    assert_eq!(scene.server.stop(Duration::from_millis(50)).await, Stopped::CutOff);
    let got = stuck.await.unwrap();
    assert!(got.is_err() || got.is_ok_and(|got| got.is_empty()));
}

#[tokio::test]
async fn connections_beyond_the_limit_wait() {
    let scene = scene(Options { connections: 1, ..options() }).await;
    let first = tokio::spawn(all(scene.at, get("/wait")));
    scene.begun.acquire().await.unwrap().forget();
    let second = tokio::spawn(all(scene.at, get("/wait")));
    // The second is not begun while the first is open.
    assert!(tokio::time::timeout(Duration::from_millis(100), scene.begun.acquire()).await.is_err());
    scene.go.add_permits(2);
    assert!(first.await.unwrap().unwrap().ends_with("done"));
    assert!(second.await.unwrap().unwrap().ends_with("done"));
}

#[tokio::test]
async fn a_switch_hands_the_connection_over() {
    let scene = scene(options()).await;
    let octets = "GET /switch HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\nhello";
    let got = all(scene.at, octets).await.unwrap();
    assert!(got.starts_with("HTTP/1.1 101 Switching Protocols\r\n"), "{got}");
    assert!(got.ends_with("\r\n\r\nheard hello") || got.ends_with("\r\n\r\nheard "), "{got}");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_listeners_plain_and_secured() {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let config = server_config(made.cert.pem().as_bytes(), made.signing_key.serialize_pem().as_bytes()).unwrap();
    let trusts = client_config([made.cert.pem().as_bytes()]).unwrap();
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let scheme = whole(|request, _| async move {
        Ok(ResponseOptions { content: request.target.into(), ..ResponseOptions::default() })
    });
    let listeners = vec![Listener::plain(any), Listener::secured(any, config)];
    let server = OriginServer::start(listeners, options(), scheme).await.unwrap();
    let &[plain, secured] = server.addresses() else { panic!("two listeners") };
    assert!(all(plain, get("/x")).await.unwrap().ends_with("/x"));
    let asked = tokio::task::spawn_blocking(move || {
        let socket = tcp::Tcp::new(TcpStream::connect(secured).unwrap()).unwrap();
        let tls = Tls::client(Blocking(socket), trusts, server_name("127.0.0.1").unwrap()).unwrap();
        let mut http = Http::new(tls, driver::Options { https: true, ..driver::Options::default() });
        for path in ["/one", "/two"] {
            let options = RequestOptions { host: "127.0.0.1".into(), target: path.into(), ..RequestOptions::default() };
            let mut request = http.make_request(options);
            http.send_request(&mut request).unwrap();
            http.read_response(&request).unwrap();
            assert_eq!(http.read_content().unwrap().content, path.as_bytes());
        }
        http.close().unwrap();
    });
    asked.await.unwrap();
    assert!(all(secured, get("/")).await.is_ok_and(|got| !got.contains("200")), "no answer to what is no TLS");
    assert_eq!(server.stop(LONG).await, Stopped::Finished);
}
