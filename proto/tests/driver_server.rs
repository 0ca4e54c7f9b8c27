//! The driver as a server, over the memory transport, against a client that is octets.

use std::thread;
use std::time::{Duration, Instant};

use wiregauge_proto::connection::{Wait, Waits};
use wiregauge_proto::driver::{Content, Date, Error, Http, Options, Reply, Request, ResponseOptions};
use wiregauge_proto::server::SendError;
use wiregauge_proto::transport::fault::{Fault, Plan};
use wiregauge_proto::transport::memory::{self, Memory};
use wiregauge_proto::transport::{Close, Transport, TransportError, tcp};
use wiregauge_proto::{Limits, Rule};

fn options() -> Options {
    let short = Some(Duration::from_millis(60));
    Options { waits: Waits { linger: short, ..Waits::DEFAULT }, drain: 100, ..Options::default() }
}

/// A server to which the client has sent `octets`.
fn asked(octets: &str) -> (Http<Memory>, Client) {
    asked_with(options(), octets)
}

fn asked_with(options: Options, octets: &str) -> (Http<Memory>, Client) {
    let (near, far) = memory::pair_with_room(1 << 20);
    let mut client = Client { far };
    client.send(octets);
    (Http::new(near, options), client)
}

/// Reads and writes octets, and knows nothing of HTTP.
struct Client {
    far: Memory,
}

impl Client {
    fn send(&mut self, octets: &str) {
        assert_eq!(self.far.send(octets.as_bytes(), by(5000)).unwrap(), octets.len());
    }

    fn end(&mut self) {
        self.far.close(Close::Write, None).unwrap();
    }

    /// What has come up to now.
    fn got(&mut self) -> String {
        let (mut got, mut buf) = (Vec::new(), [0; 4096]);
        while let Ok(count @ 1..) = self.far.recv(&mut buf, by(0)) {
            got.extend_from_slice(&buf[..count]);
        }
        String::from_utf8(got).unwrap()
    }
}

fn by(milliseconds: u64) -> Option<Instant> {
    Some(Instant::now() + Duration::from_millis(milliseconds))
}

fn next<T: Transport>(http: &mut Http<T>) -> Request {
    http.read_request().unwrap().expect("another request")
}

fn answer<T: Transport>(http: &mut Http<T>, request: &Request, options: ResponseOptions) {
    let reply = http.make_response(request, options);
    http.send_response(reply).unwrap();
}

fn ok(content: impl Into<Content>) -> ResponseOptions {
    ResponseOptions { content: content.into(), ..ResponseOptions::default() }
}

fn breaks<V: std::fmt::Debug>(told: Result<V, Error>, rule: Rule) {
    assert!(matches!(&told, Err(Error::Fault(fault)) if fault.rule == rule), "{told:?}");
    assert_eq!(told.unwrap_err().status(), Some(rule.status()));
}

const GET: &str = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
const PUT: &str = "PUT /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
const CHUNKED: &str =
    "PUT /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\nT: t\r\n\r\n";

#[test]
fn requests_and_responses_pass_whatever_the_pieces() {
    for piece in [1, 2, 7, 0] {
        let (near, far) = memory::pair();
        let mut http = Http::new(Fault::new(near, Plan::pieces(piece), Plan::pieces(piece)), options());
        let mut client = Client { far };
        client.send(&[GET, PUT, CHUNKED, GET].concat());
        client.end();
        let mut understood = Vec::new();
        while let Some(request) = http.read_request().unwrap() {
            let whole = http.read_content().unwrap();
            understood.push((request.target.clone(), whole.content.clone(), whole.trailers));
            let reader = Content::Reader { reader: Box::new(std::io::Cursor::new(whole.content)), size: None };
            answer(&mut http, &request, ok_reader(reader));
        }
        http.close().unwrap();
        let trailer = vec![(b"T".to_vec(), b"t".to_vec())];
        assert_eq!(
            understood,
            [
                (b"/a".to_vec(), b"".to_vec(), vec![]),
                (b"/b".to_vec(), b"hello".to_vec(), vec![]),
                (b"/c".to_vec(), b"hello".to_vec(), trailer),
                (b"/a".to_vec(), b"".to_vec(), vec![]),
            ]
        );
        let got = client.got();
        assert_eq!(got.matches("HTTP/1.1 200 ").count(), 4);
        assert_eq!(got.matches("\r\n\r\n5\r\nhello\r\n0\r\n\r\n").count(), 2);
    }
}

fn ok_reader(content: Content) -> ResponseOptions {
    ResponseOptions { content, ..ResponseOptions::default() }
}

#[test]
fn a_response_gets_what_its_options_ask_for() {
    let date = Some(Date::new(|| "Tue, 15 Nov 1994 08:12:31 GMT".into()));
    let (mut http, mut client) = asked_with(Options { date, ..options() }, &[GET, GET].concat());
    let request = next(&mut http);
    let full = ResponseOptions {
        status: 201,
        reason: b"Made".to_vec(),
        fields: vec![(b"Location".to_vec(), b"/x".to_vec())],
        content_type: Some(b"text/plain".to_vec()),
        ..ok("hi")
    };
    answer(&mut http, &request, full);
    assert_eq!(
        client.got(),
        "HTTP/1.1 201 Made\r\nDate: Tue, 15 Nov 1994 08:12:31 GMT\r\nLocation: /x\r\nContent-Type: text/plain\r\n\
         Content-Length: 2\r\n\r\nhi"
    );
    let request = next(&mut http);
    let allowed_methods = Some(vec![b"PUT".to_vec(), b"HEAD".to_vec()]);
    answer(&mut http, &request, ResponseOptions { allowed_methods, ..ok("hi") });
    let got = client.got();
    assert!(got.starts_with("HTTP/1.1 405 \r\n") && got.contains("\r\nAllow: PUT, HEAD\r\n"), "{got}");
    assert!(got.ends_with("Content-Length: 0\r\n\r\n"));
}

#[test]
fn each_request_has_one_answer_and_one_object_one_role() {
    let (mut http, _client) = asked(&[GET, GET].concat());
    let request = next(&mut http);
    assert!(matches!(http.read_request(), Err(Error::Send(SendError::OutOfTurn))));
    answer(&mut http, &request, ok("hi"));
    let again = http.make_response(&request, ok("hi"));
    assert!(matches!(http.send_response(again), Err(Error::Send(SendError::OutOfTurn))));
    let mut outgoing = http.make_request(Default::default());
    assert!(matches!(http.send_request(&mut outgoing), Err(Error::Send(SendError::OutOfTurn))));
}

#[test]
fn a_head_that_would_not_read_back_is_refused_and_another_may_follow() {
    let (mut http, mut client) = asked(GET);
    let request = next(&mut http);
    let bad = ResponseOptions { fields: vec![(b"A".to_vec(), b"b\r\nSet-Cookie: c".to_vec())], ..ok("hi") };
    let reply = http.make_response(&request, bad);
    assert!(matches!(http.send_response(reply), Err(Error::Send(SendError::Head(_)))));
    assert_eq!(client.got(), "");
    answer(&mut http, &request, ResponseOptions { status: 500, ..ok("") });
    assert!(client.got().starts_with("HTTP/1.1 500 "));
}

#[test]
fn content_that_is_held_back_is_asked_for_when_it_is_read() {
    let held = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    let (mut http, mut client) = asked(held);
    let request = next(&mut http);
    assert!(request.expects_continue);
    assert_eq!(client.got(), "");
    let reader = thread::spawn(move || {
        let whole = http.read_content().unwrap();
        (http, whole)
    });
    let begun = Instant::now();
    let mut got = String::new();
    while got.is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(5));
        got = client.got();
        thread::yield_now();
    }
    assert_eq!(got, "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hi");
    let (mut http, whole) = reader.join().unwrap();
    assert_eq!(whole.content, b"hi");
    answer(&mut http, &request, ok(""));
    assert!(http.persists());

    let (mut http, mut client) = asked(held);
    let request = next(&mut http);
    answer(&mut http, &request, ResponseOptions { status: 401, ..ok("") });
    assert!(client.got().contains("Connection: close\r\n"), "it was not asked for, so what follows is ambiguous");
    assert!(http.read_request().unwrap().is_none());

    let (mut http, mut client) = asked(&[held, "hi"].concat());
    next(&mut http);
    assert_eq!(http.read_content().unwrap().content, b"hi");
    assert_eq!(client.got(), "", "it came before anybody asked");
}

#[test]
fn content_left_unread_is_dropped_where_it_is_short_and_closes_where_it_is_not() {
    let part = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nGET /x HT";
    for (octets, then) in [
        // All of it has come: nothing is left to drop.
        ([PUT, GET].concat(), true),
        ([CHUNKED, GET].concat(), true),
        // What is missing is known to be short.
        (part[..part.len() - 3].to_string(), true),
        // It is long, or nobody knows.
        ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n".to_string(), false),
        ("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab".to_string(), false),
    ] {
        let (mut http, mut client) = asked(&octets);
        let request = next(&mut http);
        answer(&mut http, &request, ok("early"));
        assert_eq!(client.got().contains("Connection: close"), !then, "{octets:?}");
        if !octets.ends_with(GET) {
            client.send(&[" HT", GET].concat());
        }
        let next = http.read_request().unwrap().map(|request| request.target);
        assert_eq!(next, then.then(|| b"/a".to_vec()), "content never becomes a request");
    }
}

#[test]
fn a_fault_names_the_status_and_the_answer_is_the_last() {
    for (octets, rule) in [
        ("GET / HTTP/1.1\r\n\r\n", Rule::HostMissing),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", Rule::HttpVersionMajorUnsupported),
        ("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x, chunked\r\n\r\n", Rule::TransferEncodingCodingUnsupported),
    ] {
        let (mut http, mut client) = asked(&[octets, GET].concat());
        let told = http.read_request();
        let status = told.as_ref().unwrap_err().status().unwrap();
        breaks(told, rule);
        http.send_response(Reply::from(ResponseOptions { status, ..ok("why") })).unwrap();
        let got = client.got();
        assert!(got.starts_with(&format!("HTTP/1.1 {status} ")) && got.contains("Connection: close\r\n"), "{got}");
        assert!(http.read_request().unwrap().is_none(), "nothing behind it is read");
    }
}

#[test]
fn a_fault_in_the_content_is_answered_too() {
    let (mut http, mut client) = asked("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabX");
    next(&mut http);
    breaks(http.read_content(), Rule::ChunkDataTooLong);
    http.send_response(Reply::from(ResponseOptions { status: 400, ..ok("why") })).unwrap();
    assert!(client.got().contains("Connection: close\r\n"));
}

#[test]
fn a_request_that_is_cut_off_is_incomplete() {
    for (octets, rule) in [
        ("GET / HT", Rule::MessageIncompleteHead),
        ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na", Rule::MessageIncompleteContent),
        ("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", Rule::MessageIncompleteChunked),
    ] {
        let (mut http, mut client) = asked(octets);
        client.end();
        let told = http.read_request().and_then(|_| http.read_content());
        breaks(told, rule);
    }
    let (mut http, mut client) = asked("");
    client.end();
    assert!(http.read_request().unwrap().is_none());
}

#[test]
fn half_a_close_of_the_client_takes_no_answer_away() {
    let (mut http, mut client) = asked(&[GET, GET].concat());
    client.end();
    while let Some(request) = http.read_request().unwrap() {
        answer(&mut http, &request, ok("hi"));
    }
    assert_eq!(client.got().matches("HTTP/1.1 200").count(), 2);
}

#[test]
fn each_wait_is_told_by_its_name() {
    let short = Some(Duration::from_millis(30));
    for (octets, waits, wait, status) in [
        ("", Waits { idle: short, ..Waits::DEFAULT }, Wait::Idle, None),
        ("\r\n", Waits { idle: short, ..Waits::DEFAULT }, Wait::Idle, None),
        ("GET / HT", Waits { head: short, ..Waits::DEFAULT }, Wait::Head, Some(408)),
        (&PUT[..PUT.len() - 1], Waits { content: short, ..Waits::DEFAULT }, Wait::Content, Some(408)),
        (&PUT[..PUT.len() - 1], Waits { message: short, ..Waits::DEFAULT }, Wait::Message, Some(408)),
    ] {
        let (mut http, mut client) = asked_with(Options { waits, ..options() }, octets);
        let told = http.read_request().and_then(|_| http.read_content()).unwrap_err();
        assert!(matches!(told, Error::Late(late) if late == wait), "{told:?}");
        assert_eq!(told.status(), status);
        if let Some(status) = status {
            http.send_response(Reply::from(ResponseOptions { status, ..ok("") })).unwrap();
            assert!(client.got().contains("Connection: close\r\n"));
        }
    }
}

#[test]
fn a_client_that_takes_nothing_is_not_waited_for_for_ever() {
    let (near, mut far) = memory::pair_with_room(100);
    let waits = Waits { send: Some(Duration::from_millis(30)), ..Waits::DEFAULT };
    let mut http = Http::new(near, Options { waits, ..options() });
    far.send(GET.as_bytes(), by(1000)).unwrap();
    let request = next(&mut http);
    let reply = http.make_response(&request, ok(vec![b'x'; 1000]));
    assert!(matches!(http.send_response(reply), Err(Error::Late(Wait::Send))));
}

#[test]
fn a_reset_is_a_reset() {
    let (mut http, mut client) = asked("GET / HT");
    client.far.close(Close::Reset, None).unwrap();
    let told = http.read_request().unwrap_err();
    assert!(matches!(told, Error::Reset), "{told:?}");
    assert_eq!(told.status(), None);
    http.close().unwrap();
}

#[test]
fn a_client_of_version_1_0_gets_what_has_no_size_until_the_end() {
    let (mut http, mut client) = asked("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    let request = next(&mut http);
    let reader = Content::Reader { reader: Box::new(&b"all of it"[..]), size: None };
    answer(&mut http, &request, ok_reader(reader));
    assert!(http.read_request().unwrap().is_none());
    http.close().unwrap();
    assert_eq!(client.got(), "HTTP/1.1 200 \r\nConnection: close\r\n\r\nall of it");
    assert!(matches!(client.far.recv(&mut [0; 1], by(1000)), Ok(0)));
}

#[test]
fn head_does_not_read_the_content_that_it_leaves_out() {
    struct Never;
    impl std::io::Read for Never {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            panic!("nobody wants this content")
        }
    }
    let (mut http, mut client) = asked("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    let request = next(&mut http);
    let reader = Content::Reader { reader: Box::new(Never), size: Some(1 << 40) };
    answer(&mut http, &request, ok_reader(reader));
    assert_eq!(client.got(), "HTTP/1.1 200 \r\nContent-Length: 1099511627776\r\n\r\n");
}

#[test]
fn a_reader_that_breaks_off_cuts_the_response_off() {
    let (mut http, mut client) = asked(&[GET, GET].concat());
    let request = next(&mut http);
    let reader = Content::Reader { reader: Box::new(&b"abc"[..]), size: Some(4) };
    let reply = http.make_response(&request, ok_reader(reader));
    assert!(matches!(http.send_response(reply), Err(Error::Send(SendError::Content(_)))));
    assert!(client.got().ends_with("Content-Length: 4\r\n\r\nabc"));
    assert!(http.read_request().is_err(), "the next answer would be taken for the missing octet");
}

#[test]
fn limits_have_the_status_of_their_rules() {
    let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(100));
    let (mut http, _client) = asked_with(options().max_line_size(100), &long);
    breaks(http.read_request(), Rule::LimitRequestTarget);
    let limits = Limits { content: 4, ..Limits::DEFAULT };
    let (mut http, _client) = asked_with(Options { limits, ..options() }, PUT);
    breaks(http.read_request(), Rule::LimitContent);
    let (mut http, mut client) = asked_with(Options { content_in_memory: 1, ..options() }, CHUNKED);
    next(&mut http);
    breaks(http.read_content(), Rule::LimitContent);
    http.send_response(Reply::from(ResponseOptions { status: 413, ..ok("") })).unwrap();
    assert!(client.got().contains("Connection: close\r\n"));
}

#[test]
fn a_switch_hands_over_the_transport_and_the_octets_behind_the_request() {
    let offer = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: tea, x/1\r\n\r\nleaves";
    let (mut http, mut client) = asked(offer);
    let request = next(&mut http);
    assert_eq!(request.upgrade, [b"tea".to_vec(), b"x/1".to_vec()]);
    http.read_content().unwrap();
    http.switch(101, &[b"tea"], &[]).unwrap();
    assert!(client.got().starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
    assert_eq!(http.into_parts().1, b"leaves");
}

#[test]
fn interim_responses_come_before_the_final_one() {
    let (mut http, mut client) = asked(GET);
    let request = next(&mut http);
    http.send_interim(103, &[(b"Link", b"</a>")]).unwrap();
    answer(&mut http, &request, ok(""));
    assert!(client.got().starts_with("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 \r\n"));
}

#[test]
fn closing_lingers_so_that_the_last_response_is_not_lost() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let server = thread::spawn(move || {
        let mut http = Http::new(tcp::Tcp::new(listener.accept().unwrap().0).unwrap(), options());
        let request = next(&mut http);
        answer(&mut http, &request, ResponseOptions { close: true, ..ok("last words") });
        http.close().unwrap();
    });
    let mut client = tcp::Tcp::new(socket).unwrap();
    client.send(GET.as_bytes(), by(1000)).unwrap();
    // Octets that the server never reads as a request: a close at once would reset, and take the response away.
    for _ in 0..5 {
        client.send(&[b'x'; 1000], by(1000)).unwrap();
        thread::sleep(Duration::from_millis(2)); // pacing, so that some of them come after the answer
    }
    let mut got = Vec::new();
    let mut buf = [0; 1024];
    loop {
        match client.recv(&mut buf, by(5000)) {
            Ok(0) => break,
            Ok(count) => got.extend_from_slice(&buf[..count]),
            Err(TransportError::Reset) => panic!("reset after {}", got.escape_ascii()),
            Err(error) => panic!("{error}"),
        }
    }
    assert!(got.ends_with(b"last words"));
    drop(client);
    server.join().unwrap();
}

#[test]
fn a_client_that_never_stops_is_not_lingered_with_for_ever() {
    let (near, mut far) = memory::pair();
    let mut http = Http::new(near, options());
    let flood = thread::spawn(move || while far.send(&[b'x'; 1000], by(1000)).is_ok() {});
    let begun = Instant::now();
    http.close().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5));
    flood.join().unwrap();
}

#[test]
fn a_part_that_looks_whole_does_not_end_cleanly() {
    let get = "GET / HTTP/1.0\r\n\r\n";
    let (mut http, mut client) = asked_with(options(), get);
    let request = http.read_request().unwrap().expect("a request");
    let pieces = ResponseOptions { content: Content::Pieces { size: None }, ..ok("") };
    let reply = http.make_response(&request, pieces);
    http.send_response(reply).unwrap();
    http.send_piece(b"the beginning").unwrap();
    // The server gives up, and closes as after any other exchange.
    http.close().unwrap();
    let mut buf = [0; 1000];
    let told = std::iter::repeat_with(|| client.far.recv(&mut buf, by(1000))).find(|told| !matches!(told, Ok(1..)));
    assert!(matches!(told, Some(Err(TransportError::Reset))), "{told:?}");
}

#[test]
fn nothing_is_sent_behind_octets_that_were_lost() {
    let (near, mut far) = memory::pair_with_room(100);
    let waits = Waits { send: Some(Duration::from_millis(30)), ..Waits::DEFAULT };
    let mut http = Http::new(near, Options { waits, ..options() });
    far.send([GET, GET].concat().as_bytes(), by(1000)).unwrap();
    let request = next(&mut http);
    let reply = http.make_response(&request, ok("x".repeat(1000)));
    assert!(matches!(http.send_response(reply), Err(Error::Late(Wait::Send))), "the client takes nothing");
    let mut buf = [0; 4096];
    assert_eq!(far.recv(&mut buf, by(1000)).unwrap(), 100);
    // There is room again, and another request; its answer would stand in the middle of the first one.
    let request = next(&mut http);
    let reply = http.make_response(&request, ok("second"));
    assert!(matches!(http.send_response(reply), Err(Error::Transport(TransportError::Closed))));
    assert!(matches!(far.recv(&mut buf, by(50)), Err(TransportError::Late)), "no octet came");
}
