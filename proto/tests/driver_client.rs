//! The driver as a client, over the memory transport, against a server that is octets.

use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use wiregauge_proto::Rule;
use wiregauge_proto::connection::{Wait, Waits};
use wiregauge_proto::driver::{Content, Error, Http, Options, RequestOptions, Response};
use wiregauge_proto::server::SendError;
use wiregauge_proto::transport::fault::{Fault, Happens, Plan};
use wiregauge_proto::transport::memory::{self, Memory};
use wiregauge_proto::transport::{Close, Transport, TransportError};

fn options() -> Options {
    let short = Some(Duration::from_millis(60));
    let waits = Waits { proceed: short, answer: Some(Duration::from_secs(5)), linger: short, ..Waits::DEFAULT };
    Options { waits, ..Options::default() }
}

fn scene() -> (Http<Memory>, Server) {
    let (near, far) = memory::pair();
    (Http::new(near, options()), Server { far, got: Vec::new() })
}

fn get() -> RequestOptions {
    RequestOptions { host: "a".into(), ..RequestOptions::default() }
}

fn put(content: impl Into<Content>) -> RequestOptions {
    RequestOptions { method: "PUT".into(), content: content.into(), ..get() }
}

/// Reads and writes octets, and knows nothing of HTTP.
struct Server {
    far: Memory,
    got: Vec<u8>,
}

impl Server {
    fn send(&mut self, octets: &str) {
        let mut rest = octets.as_bytes();
        while !rest.is_empty() {
            let count = self.far.send(rest, by(5000)).unwrap();
            rest = &rest[count..];
        }
    }

    /// Everything up to `end`, which has to come.
    fn read_to(&mut self, end: &str) -> String {
        loop {
            if let Some(at) = self.got.windows(end.len()).position(|window| window == end.as_bytes()) {
                return String::from_utf8(self.got.drain(..at + end.len()).collect()).unwrap();
            }
            let mut buf = [0; 4096];
            let count = self.far.recv(&mut buf, by(5000)).unwrap();
            assert!(count > 0, "ended after {}", self.got.escape_ascii());
            self.got.extend_from_slice(&buf[..count]);
        }
    }

    /// Nothing comes for so long.
    fn is_silent(&mut self, milliseconds: u64) -> bool {
        self.got.is_empty() && matches!(self.far.recv(&mut [0; 1], by(milliseconds)), Err(TransportError::Late))
    }

    fn end(&mut self) {
        self.far.close(Close::Write, None).unwrap();
    }

    fn run(mut self, script: impl FnOnce(&mut Server) + Send + 'static) -> JoinHandle<Server> {
        thread::spawn(move || {
            script(&mut self);
            self
        })
    }
}

fn by(milliseconds: u64) -> Option<Instant> {
    Some(Instant::now() + Duration::from_millis(milliseconds))
}

fn exchange<T: Transport>(http: &mut Http<T>, options: RequestOptions) -> Result<(Response, Vec<u8>), Error> {
    let mut request = http.make_request(options);
    http.send_request(&mut request)?;
    let response = http.read_response(&request)?;
    let whole = http.read_content()?;
    Ok((response, whole.content))
}

/// The same, with a server that sends `octets` once it has the request (whose content is small).
fn answered(
    http: &mut Http<Memory>,
    server: &mut Server,
    options: RequestOptions,
    octets: &str,
) -> Result<(Response, Vec<u8>), Error> {
    let mut request = http.make_request(options);
    http.send_request(&mut request)?;
    server.send(octets);
    let response = http.read_response(&request)?;
    let whole = http.read_content()?;
    Ok((response, whole.content))
}

fn out_of_turn<V: std::fmt::Debug>(told: Result<V, Error>) {
    assert!(matches!(told, Err(Error::Send(SendError::OutOfTurn))), "{told:?}");
}

fn breaks<V: std::fmt::Debug>(told: Result<V, Error>, rule: Rule) {
    assert!(matches!(&told, Err(Error::Fault(fault)) if fault.rule == rule), "{told:?}");
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

#[test]
fn requests_and_responses_pass_whatever_the_pieces() {
    for piece in [1, 2, 7, 0] {
        let (near, far) = memory::pair();
        let mut http = Http::new(Fault::new(near, Plan::pieces(piece), Plan::pieces(piece)), options());
        let server = Server { far, got: Vec::new() }.run(|server| {
            assert_eq!(server.read_to("\r\n\r\n"), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            server.send("HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            server.send("1\r\nh\r\n1\r\ni\r\n0\r\nT: t\r\n\r\n");
            assert!(server.read_to("hello").ends_with("Content-Length: 5\r\n\r\nhello"));
            server.send(OK);
            assert!(server.read_to("0\r\n\r\n").ends_with("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
            server.send("HTTP/1.1 204 No Content\r\n\r\n");
        });
        let (response, content) = exchange(&mut http, get()).unwrap();
        assert_eq!((response.status, content.as_slice()), (200, &b"hi"[..]));
        assert_eq!(response.interim, [(103, vec![(b"Link".to_vec(), b"x".to_vec())])]);
        assert_eq!(http.trailers(), [], "they were given with the content");
        assert_eq!(exchange(&mut http, put("hello")).unwrap().1, b"hi");
        let content = Content::Reader { reader: Box::new(&b"abc"[..]), size: None };
        assert_eq!(exchange(&mut http, put_reader(content)).unwrap().0.status, 204);
        assert!(http.persists());
        server.join().unwrap();
    }
}

fn put_reader(content: Content) -> RequestOptions {
    RequestOptions { method: "PUT".into(), content, ..get() }
}

#[test]
fn the_host_has_the_port_unless_it_is_the_schemes_own() {
    for (port, https, host) in [
        (Some(8080), false, "a:8080"),
        (Some(80), false, "a"),
        (Some(443), true, "a"),
        (Some(80), true, "a:80"),
        (None, true, "a"),
    ] {
        let http = Http::new(memory::pair().0, Options { port, https, ..Options::default() });
        assert_eq!(http.make_request(get()).host(), host.as_bytes());
    }
}

#[test]
fn pipelined_responses_are_read_in_the_order_of_their_requests() {
    let (mut http, mut server) = scene();
    let mut requests = [get(), RequestOptions { method: "HEAD".into(), ..get() }, get()].map(|o| http.make_request(o));
    for request in &mut requests {
        http.send_request(request).unwrap();
    }
    out_of_turn(http.send_request(&mut requests[0]));
    server.send(OK);
    server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    server.send("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
    out_of_turn(http.read_response(&requests[1]));
    assert_eq!(http.read_response(&requests[0]).unwrap().status, 200);
    // Content that nobody reads is dropped before the next response.
    assert_eq!(http.read_response(&requests[1]).unwrap().status, 200);
    assert_eq!(http.read_content().unwrap().content, b"");
    assert_eq!(http.read_response(&requests[2]).unwrap().status, 404);
}

#[test]
fn a_connection_that_the_server_ended_takes_no_further_request() {
    let (mut http, mut server) = scene();
    answered(&mut http, &mut server, get(), OK).unwrap();
    server.end();
    let told = http.send_request(&mut http.make_request(get()));
    assert!(matches!(told, Err(Error::Ended)), "{told:?}");
    server.read_to("\r\n\r\n");
    assert!(server.is_silent(20), "nothing of the second request was sent");
}

#[test]
fn a_connection_that_was_announced_to_close_takes_no_further_request() {
    let (mut http, mut server) = scene();
    let last = "HTTP/1.1 200 OK\r\nConnection: x, CLOSE\r\nContent-Length: 0\r\n\r\n";
    answered(&mut http, &mut server, get(), last).unwrap();
    assert!(!http.persists());
    out_of_turn(http.send_request(&mut http.make_request(get())));
    let (mut http, mut server) = scene();
    answered(&mut http, &mut server, RequestOptions { close: true, ..get() }, OK).unwrap();
    assert!(server.read_to("\r\n\r\n").contains("Connection: close\r\n"));
    out_of_turn(http.send_request(&mut http.make_request(get())));
}

#[test]
fn surplus_octets_are_no_response_to_the_next_request() {
    let (mut http, mut server) = scene();
    answered(&mut http, &mut server, get(), &[OK, OK].concat()).unwrap();
    breaks(http.send_request(&mut http.make_request(get())), Rule::ConnectionUnexpectedResponse);
}

#[test]
fn a_response_that_is_cut_off_is_an_error_and_ends_the_connection() {
    let (mut http, mut server) = scene();
    let mut request = http.make_request(get());
    http.send_request(&mut request).unwrap();
    server.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi");
    server.end();
    http.read_response(&request).unwrap();
    breaks(http.read_content(), Rule::MessageIncompleteContent);
    assert!(!http.persists());
    assert!(http.send_request(&mut http.make_request(get())).is_err());
}

#[test]
fn no_answer_is_an_end_a_reset_or_late() {
    let (mut http, mut server) = scene();
    server.end();
    assert!(matches!(read_only(&mut http), Err(Error::Ended)));
    let (mut http, mut server) = scene();
    let mut request = http.make_request(get());
    http.send_request(&mut request).unwrap();
    server.far.close(Close::Reset, None).unwrap();
    assert!(matches!(http.read_response(&request), Err(Error::Reset)));
    assert!(!http.persists());
    let (near, _far) = memory::pair();
    let waits = Waits { answer: Some(Duration::from_millis(30)), ..Waits::DEFAULT };
    let mut http = Http::new(near, Options { waits, ..Options::default() });
    let mut request = http.make_request(get());
    http.send_request(&mut request).unwrap();
    assert!(matches!(http.read_response(&request), Err(Error::Late(Wait::Answer))));
    out_of_turn(http.send_request(&mut http.make_request(get())));
}

/// Sends a request on a connection whose end may have come already, as a client does that is unlucky.
fn read_only(http: &mut Http<Memory>) -> Result<Response, Error> {
    let mut request = http.make_request(get());
    http.send_request(&mut request)?;
    http.read_response(&request)
}

#[test]
fn held_content_is_sent_at_100() {
    let (mut http, server) = scene();
    let server = server.run(|server| {
        assert!(server.read_to("\r\n\r\n").contains("Expect: 100-continue\r\n"));
        assert!(server.is_silent(20));
        server.send("HTTP/1.1 100 Continue\r\n\r\n");
        assert_eq!(server.read_to("hello"), "hello");
        server.send(OK);
    });
    let (response, _) = exchange(&mut http, RequestOptions { expect_continue: true, ..put("hello") }).unwrap();
    assert_eq!((response.status, response.interim.len()), (200, 1));
    server.join().unwrap();
}

#[test]
fn held_content_is_sent_after_a_while_without_100() {
    let (mut http, server) = scene();
    let begun = Instant::now();
    let server = server.run(|server| {
        server.read_to("\r\n\r\n");
        assert_eq!(server.read_to("hello"), "hello");
        server.send(OK);
    });
    exchange(&mut http, RequestOptions { expect_continue: true, ..put("hello") }).unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(60));
    assert!(http.persists());
    server.join().unwrap();
}

#[test]
fn held_content_is_not_sent_after_a_final_answer() {
    let (mut http, server) = scene();
    let server = server.run(|server| {
        server.read_to("\r\n\r\n");
        server.send("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
    });
    let (response, _) = exchange(&mut http, RequestOptions { expect_continue: true, ..put("hello") }).unwrap();
    assert_eq!(response.status, 417);
    assert!(!http.persists(), "the content was owed and not sent");
    assert!(server.join().unwrap().is_silent(20));
}

#[test]
fn an_answer_in_two_halves_is_heard_while_content_is_sent() {
    let (mut http, server) = scene();
    let server = server.run(|server| {
        server.read_to("\r\n\r\n");
        server.send("HTTP/1.1 413 Big\r\nConnec");
        // The client has nothing to do but to send; it must not be deaf now.
        std::thread::sleep(Duration::from_millis(30));
        server.send("tion: close\r\nContent-Length: 2\r\n\r\nno");
    });
    let (response, content) = exchange(&mut http, put(vec![b'x'; 10_000_000])).unwrap();
    assert_eq!((response.status, content.as_slice()), (413, &b"no"[..]));
    server.join().unwrap();
}

#[test]
fn an_answer_that_closes_makes_an_end_of_the_content() {
    let (mut http, server) = scene();
    let server = server.run(|server| {
        server.read_to("\r\n\r\n");
        server.send("HTTP/1.1 413 Big\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
    });
    // Far more than fits into the transport while the server reads nothing.
    let (response, content) = exchange(&mut http, put(vec![b'x'; 10_000_000])).unwrap();
    assert_eq!((response.status, content.as_slice()), (413, &b"no"[..]));
    assert!(!http.persists());
    let mut server = server.join().unwrap();
    http.close().unwrap();
    let mut rest = 0;
    while let Ok(count @ 1..) = server.far.recv(&mut [0; 65536], by(1000)) {
        rest += count;
    }
    assert!(rest < 1_000_000, "it stopped sending");
}

#[test]
fn an_early_answer_that_does_not_close_lets_the_content_finish() {
    let (mut http, server) = scene();
    let server = server.run(|server| {
        server.read_to("\r\n\r\n");
        server.send(OK);
        server.read_to("end");
    });
    let content = [vec![b'x'; 500_000], b"end".to_vec()].concat();
    assert_eq!(exchange(&mut http, put(content)).unwrap().0.status, 200);
    assert!(http.persists());
    server.join().unwrap();
}

#[test]
fn a_reset_while_sending_is_told_behind_what_came_before_it() {
    let (near, far) = memory::pair();
    let mut http = Http::new(Fault::new(near, Plan::default(), Plan::default().then(40_000, Happens::End)), options());
    let mut server = Server { far, got: Vec::new() };
    let mut request = http.make_request(put(vec![b'x'; 100_000]));
    http.send_request(&mut request).unwrap();
    server.send("HTTP/1.1 400 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(http.read_response(&request).unwrap().status, 400);
    assert!(!http.persists());
}

#[test]
fn a_reader_that_gives_too_little_or_too_much_is_an_error_and_the_connection_is_not_used_again() {
    for (size, octets) in [(4, &b"abc"[..]), (2, b"abc")] {
        let (mut http, _server) = scene();
        let content = Content::Reader { reader: Box::new(octets), size: Some(size) };
        let told = http.send_request(&mut http.make_request(put_reader(content)));
        assert!(matches!(told, Err(Error::Send(SendError::Content(_)))), "{told:?}");
        out_of_turn(http.send_request(&mut http.make_request(get())));
    }
}

#[test]
fn a_response_until_the_end_is_whole_and_the_last() {
    let (mut http, mut server) = scene();
    let mut request = http.make_request(get());
    http.send_request(&mut request).unwrap();
    server.send("HTTP/1.1 200 OK\r\n\r\nall of it");
    let response = http.read_response(&request).unwrap();
    assert_eq!(response.status, 200);
    server.end();
    assert_eq!(http.read_content().unwrap().content, b"all of it");
    assert!(!http.persists());
}

#[test]
fn a_switch_hands_over_the_transport_and_the_octets_behind_the_head() {
    let (mut http, mut server) = scene();
    let upgrade = RequestOptions { upgrade: vec![b"tea".to_vec()], ..get() };
    let mut request = http.make_request(upgrade);
    http.send_request(&mut request).unwrap();
    server.send("HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: tea\r\n\r\nleaves");
    assert!(http.read_response(&request).unwrap().switched);
    out_of_turn(http.send_request(&mut http.make_request(get())));
    let (mut transport, octets) = http.into_parts();
    assert_eq!(octets, b"leaves");
    transport.send(b"water", by(1000)).unwrap();
    server.read_to("\r\n\r\n");
    assert_eq!(server.read_to("water"), "water");
}

#[test]
fn content_beyond_what_is_kept_in_memory_is_an_error() {
    let (near, far) = memory::pair();
    let mut http = Http::new(near, Options { content_in_memory: 1, ..options() });
    let mut server = Server { far, got: Vec::new() };
    breaks(answered(&mut http, &mut server, get(), OK), Rule::LimitContent);
    assert!(!http.persists());
}

#[test]
fn endless_interim_responses_and_endless_heads_are_errors() {
    for (octets, rule) in [
        ("HTTP/1.1 102 \r\n\r\n".repeat(100), Rule::LimitInterimResponses),
        (format!("HTTP/1.1 200 OK\r\nA: {}", "x".repeat(100_000)), Rule::LimitFieldValue),
    ] {
        let (near, far) = memory::pair_with_room(1 << 20);
        let mut http = Http::new(near, options());
        let mut server = Server { far, got: Vec::new() };
        breaks(answered(&mut http, &mut server, get(), &octets), rule);
    }
}

#[test]
fn one_object_is_a_client_or_a_server() {
    let (mut http, mut server) = scene();
    answered(&mut http, &mut server, get(), OK).unwrap();
    out_of_turn(http.read_request());
}
