//! The reference server over real sockets: what it answers, and how it ends connections.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use wiregauge::serve::{Contract, Options, Server};
use wiregauge_proto::Limits;
use wiregauge_proto::message::{Kind, Message, Then, read_all_strict};

/// A server on a runtime of its own.
struct Scene {
    runtime: tokio::runtime::Runtime,
    server: Server,
}

impl Scene {
    fn new(options: Options) -> Scene {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let server = runtime.block_on(Server::start(options)).unwrap();
        Scene { runtime, server }
    }

    fn of(contract: Contract) -> Scene {
        Scene::new(Options { contract, ..Options::default() })
    }

    fn echo() -> Scene {
        Scene::of(Contract::Echo)
    }

    fn connect(&self) -> Peer {
        Peer::new(self.server.address())
    }

    /// Sends `octets`, ends our half, and reads all answers to the end.
    fn ask(&self, octets: &[u8], methods: &[&[u8]]) -> Vec<Message> {
        let mut peer = self.connect();
        peer.send(octets);
        peer.socket.shutdown(Shutdown::Write).unwrap();
        peer.rest(methods)
    }

    /// The same without ending our half: the server has to.
    fn ask_until_closed(&self, octets: &[u8], methods: &[&[u8]]) -> Vec<Message> {
        let mut peer = self.connect();
        peer.send(octets);
        peer.rest(methods)
    }
}

struct Peer {
    socket: TcpStream,
    got: Vec<u8>,
}

impl Peer {
    fn new(address: SocketAddr) -> Peer {
        let socket = TcpStream::connect(address).unwrap();
        socket.set_nodelay(true).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        Peer { socket, got: Vec::new() }
    }

    fn send(&mut self, octets: &[u8]) {
        self.socket.write_all(octets).unwrap();
    }

    /// Reads until `count` messages are complete; interim ones count.
    fn read(&mut self, count: usize) -> Vec<Message> {
        loop {
            let stream = read_all_strict(Kind::Responses, &self.got, false, &[], &Limits::DEFAULT);
            assert!(!matches!(stream.then, Then::Reject(_)), "{:?} {}", stream.then, self.got.escape_ascii());
            if stream.messages.len() >= count {
                return stream.messages;
            }
            let mut buf = [0; 4096];
            match self.socket.read(&mut buf).unwrap() {
                0 => panic!("closed after {}", self.got.escape_ascii()),
                octets => self.got.extend_from_slice(&buf[..octets]),
            }
        }
    }

    /// Reads to the end of the connection.
    fn rest(&mut self, methods: &[&[u8]]) -> Vec<Message> {
        self.socket.read_to_end(&mut self.got).unwrap();
        let stream = read_all_strict(Kind::Responses, &self.got, true, methods, &Limits::DEFAULT);
        assert_eq!(stream.then, Then::End, "{}", self.got.escape_ascii());
        stream.messages
    }

    /// Nothing comes for a while.
    fn is_silent(&mut self) -> bool {
        self.socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let told = self.socket.read(&mut [0; 1]);
        self.socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        matches!(told.map_err(|error| error.kind()), Err(std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut))
    }
}

fn echo(message: &Message) -> Value {
    assert_eq!(message.status, 200);
    assert_eq!(message.values("content-type").next(), Some(&b"application/json"[..]));
    serde_json::from_slice(&message.content).unwrap()
}

fn text(value: &Value) -> String {
    String::from_utf8(STANDARD.decode(value.as_str().unwrap()).unwrap()).unwrap()
}

fn closes(message: &Message) -> bool {
    message.values("connection").any(|value| value == b"close")
}

fn statuses(messages: &[Message]) -> Vec<u16> {
    messages.iter().map(|message| message.status).collect()
}

const GET: &[u8] = b"GET /next HTTP/1.1\r\nHost: x\r\n\r\n";

#[test]
fn the_echo_says_what_was_understood() {
    let request = b"PUT /a?b HTTP/1.1\r\nHost: x\r\nX-Two: 1\r\nx-two:\t2 \r\nTransfer-Encoding: chunked\r\n\r\n\
        3;e=\"v\"\r\nabc\r\n2\r\nde\r\n0\r\nT: t\r\n\r\n";
    let answers = Scene::echo().ask(request, &[]);
    let echo = echo(&answers[0]);
    assert_eq!((text(&echo["method"]), text(&echo["target"])), ("PUT".into(), "/a?b".into()));
    assert_eq!(text(&echo["body"]), "abcde");
    assert_eq!((&echo["version"], &echo["lacks"]), (&"1.1".into(), &Value::Array(Vec::new())));
    let lines = |key: &str| -> Vec<(String, String)> {
        echo[key].as_array().unwrap().iter().map(|line| (text(&line[0]), text(&line[1]))).collect()
    };
    let fields = [("Host", "x"), ("X-Two", "1"), ("x-two", "2"), ("Transfer-Encoding", "chunked")];
    assert_eq!(lines("fields"), fields.map(|(name, value)| (name.to_string(), value.to_string())));
    assert_eq!(lines("trailers"), [("T".to_string(), "t".to_string())]);
    assert_eq!(answers[0].values("date").count(), 1);
}

#[test]
fn octet_by_octet_is_the_same_as_whole() {
    let scene = Scene::echo();
    let request = [b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", GET].concat();
    let whole = scene.ask(&request, &[]);
    let mut peer = scene.connect();
    for octet in &request {
        peer.send(&[*octet]);
    }
    let octets = peer.read(2);
    let contents = |messages: &[Message]| messages.iter().map(|message| message.content.clone()).collect::<Vec<_>>();
    assert_eq!(contents(&whole), contents(&octets));
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let scene = Scene::echo();
    let mut peer = scene.connect();
    let requests: String = (0..20).map(|number| format!("GET /{number} HTTP/1.1\r\nHost: x\r\n\r\n")).collect();
    peer.send(requests.as_bytes());
    for (number, answer) in peer.read(20).iter().enumerate() {
        assert_eq!(text(&echo(answer)["target"]), format!("/{number}"));
        assert!(!closes(answer));
    }
}

#[test]
fn close_is_announced_and_kept_and_nothing_behind_it_is_answered() {
    let scene = Scene::echo();
    for option in ["close", "CLOSE", "x, Close", ",close,,", "x\r\nConnection: keep-alive, close"] {
        let request = format!("GET / HTTP/1.1\r\nHost: x\r\nConnection: {option}\r\n\r\n");
        let answers = scene.ask_until_closed(&[request.as_bytes(), GET].concat(), &[]);
        assert_eq!(statuses(&answers), [200], "{option}");
        assert!(closes(&answers[0]), "{option}");
    }
}

#[test]
fn version_1_0_closes_unless_it_asks_to_stay_and_gets_no_interim_response() {
    let scene = Scene::echo();
    assert!(closes(&scene.ask_until_closed(b"GET / HTTP/1.0\r\n\r\n", &[])[0]));
    let mut peer = scene.connect();
    peer.send(b"PUT / HTTP/1.0\r\nConnection: Keep-Alive\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assert!(peer.is_silent());
    peer.send(b"hi");
    let answer = &peer.read(1)[0];
    assert_eq!((answer.status, answer.values("connection").next()), (200, Some(&b"keep-alive"[..])));
    peer.send(b"GET / HTTP/1.0\r\n\r\n");
    assert_eq!(statuses(&peer.rest(&[])), [200, 200]);
}

#[test]
fn content_that_is_held_back_is_asked_for_once() {
    let scene = Scene::of(Contract::Body);
    let mut peer = scene.connect();
    let head = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
    peer.send(head);
    assert_eq!(statuses(&peer.read(1)), [100]);
    peer.send(b"hi");
    assert_eq!(statuses(&peer.read(2)), [100, 200]);
    peer.got.clear();
    peer.send(&[&head[..], b"yo"].concat());
    let answer = peer.read(1);
    assert_eq!((answer[0].status, answer[0].content.as_slice()), (200, &b"yo"[..]), "it came without being asked for");
}

#[test]
fn an_expectation_without_content_gets_no_100_and_an_unknown_one_417() {
    let scene = Scene::echo();
    let none = scene.ask(b"GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n", &[]);
    assert_eq!(statuses(&none), [200]);
    let unknown = scene.ask(&[b"GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", GET].concat(), &[]);
    assert_eq!(statuses(&unknown), [417, 200]);
}

#[test]
fn head_gives_the_fields_of_get_and_no_content() {
    for contract in Contract::ALL {
        let requests = b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n";
        let answers = Scene::of(contract).ask(requests, &[b"HEAD", b"GET"]);
        assert_eq!(statuses(&answers), [200, 200]);
        let length = answers[1].content.len().to_string();
        assert_eq!(answers[0].values("content-length").next(), Some(length.as_bytes()), "{contract}");
        assert!(answers[0].content.is_empty());
    }
}

#[test]
fn a_broken_request_is_answered_with_its_rule_and_closes() {
    let scene = Scene::echo();
    let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(20_000));
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "A: b\r\n".repeat(200));
    let post = "POST / HTTP/1.1\r\nHost: x\r\n";
    for (request, status, rule) in [
        ("GET / HTTP/1.1\r\n\r\n".to_string(), 400, "host.missing"),
        ("GET / HTTP/1.1\r\nHost : x\r\n\r\n".to_string(), 400, "field-line.space-before-colon"),
        ("GET / HTTP/2.0\r\nHost: x\r\n\r\n".to_string(), 505, "http-version.major-unsupported"),
        (long, 414, "limit.request-target"),
        (many, 431, "limit.field-count"),
        (format!("{post}Content-Length: 99999999999\r\n\r\n"), 413, "limit.content"),
        (format!("{post}Transfer-Encoding: chunked\r\n\r\nffffffff\r\n"), 413, "limit.content"),
        (
            format!("{post}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            400,
            "transfer-encoding.with-content-length",
        ),
        (format!("{post}Transfer-Encoding: br, chunked\r\n\r\n"), 501, "transfer-encoding.coding-unsupported"),
    ] {
        let answers = scene.ask_until_closed(&[request.as_bytes(), GET].concat(), &[]);
        assert_eq!(statuses(&answers), [status], "{rule}");
        assert!(closes(&answers[0]), "{rule}");
        assert!(answers[0].content.starts_with(rule.as_bytes()), "{rule} {}", answers[0].content.escape_ascii());
    }
    let head = scene.ask_until_closed(b"HEAD / HTTP/1.1\r\n\r\n", &[b"HEAD"]);
    assert_eq!(statuses(&head), [400]);
}

#[test]
fn a_message_that_is_cut_off_is_not_answered_as_if_whole() {
    let scene = Scene::echo();
    for request in [
        "GET / HTTP/1.1\r\nHost: x\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n",
    ] {
        assert_eq!(statuses(&scene.ask(request.as_bytes(), &[])), [400], "{request:?}");
    }
    assert!(scene.ask(b"", &[]).is_empty());
    assert!(scene.ask(b"\r\n", &[]).is_empty());
}

#[test]
fn methods_that_are_not_served_are_refused() {
    let scene = Scene::echo();
    let requests = b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n";
    let answers = scene.ask(requests, &[]);
    assert_eq!(statuses(&answers), [405, 200]);
    assert!(answers.iter().all(|answer| answer.values("allow").count() == 1));
    let connect = [b"CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n", GET].concat();
    assert_eq!(statuses(&scene.ask_until_closed(&connect, &[b"CONNECT"])), [405]);

    let page = Scene::of(Contract::Static);
    let inner = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n";
    assert_eq!(statuses(&page.ask(&[inner, GET].concat(), &[])), [405, 200]);
    assert_eq!(statuses(&page.ask(&[b"TEA / HTTP/1.1\r\nHost: x\r\n\r\n", GET].concat(), &[])), [501, 200]);
    let held = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n";
    let refused = page.ask_until_closed(held, &[]);
    assert_eq!(statuses(&refused), [405]);
    assert!(closes(&refused[0]));
}

#[test]
fn an_offer_to_upgrade_is_passed_over() {
    let offer = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: tea\r\n\r\n";
    assert_eq!(statuses(&Scene::echo().ask(&[offer, GET].concat(), &[])), [200, 200]);
}

#[test]
fn patience_ends_with_408_and_rest_with_a_silent_close() {
    let short = Duration::from_millis(150);
    let scene = Scene::new(Options { patience: short, idle: short, ..Options::default() });
    let mut peer = scene.connect();
    peer.send(b"GET / HTTP/1.1\r\n");
    assert_eq!(statuses(&peer.rest(&[])), [408]);
    let mut peer = scene.connect();
    peer.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na");
    assert_eq!(statuses(&peer.rest(&[])), [408]);
    assert!(scene.connect().rest(&[]).is_empty());
}

#[test]
fn the_last_response_survives_what_is_sent_after_it() {
    let scene = Scene::echo();
    for _ in 0..20 {
        let mut peer = scene.connect();
        peer.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        // A server that closed at once would answer these with a reset, which takes the response away.
        for _ in 0..10 {
            peer.send(&[b'x'; 4096]);
        }
        assert_eq!(statuses(&peer.read(1)), [200]);
    }
}

#[test]
fn connections_beyond_the_limit_wait_their_turn() {
    let scene = Scene::new(Options { connections: 1, ..Options::default() });
    let mut first = scene.connect();
    first.send(GET);
    first.read(1);
    let mut second = scene.connect();
    second.send(GET);
    assert!(second.is_silent());
    drop(first);
    assert_eq!(statuses(&second.read(1)), [200]);
}

#[test]
fn shutting_down_ends_connections_and_frees_the_port() {
    let Scene { runtime, server } = Scene::echo();
    let address = server.address();
    let mut peer = Peer::new(address);
    peer.send(GET);
    peer.read(1);
    let begun = Instant::now();
    runtime.block_on(server.shutdown(std::time::Duration::ZERO));
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(peer.rest(&[]).len(), 1);
    assert!(TcpStream::connect(address).is_err());
}
