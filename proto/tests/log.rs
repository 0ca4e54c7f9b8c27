//! What the log says of messages and octets, and what it must not say.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use wiregauge_proto::connection::Waits;
use wiregauge_proto::driver::{Content, Http, MESSAGES, Options, RequestOptions, ResponseOptions};
use wiregauge_proto::transport::fault::{Fault, Plan};
use wiregauge_proto::transport::log::{Logged, OCTETS, Show};
use wiregauge_proto::transport::memory::{self, Memory};
use wiregauge_proto::transport::{Close, Transport};

/// Collects events up to a level.
#[derive(Clone)]
struct Collector {
    level: Level,
    events: Arc<Mutex<Vec<Told>>>,
}

#[derive(Clone, Debug)]
struct Told {
    level: Level,
    target: String,
    /// The message, and the other fields in order, but for the number of the connection, which depends on other tests.
    text: String,
}

struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.0.insert_str(0, &format!("{value:?}")),
            name => write!(self.0, " {name}={value:?}").unwrap(),
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() != "connection" {
            self.record_debug(field, &value);
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }
}

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }

    fn event(&self, event: &Event<'_>) {
        let mut words = Words(String::new());
        event.record(&mut words);
        let (level, target) = (*event.metadata().level(), event.metadata().target().to_owned());
        self.events.lock().unwrap().push(Told { level, target, text: words.0 });
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Everything of ours that is told up to `level` while `act` goes on, on this thread.
fn told(level: Level, act: impl FnOnce()) -> Vec<Told> {
    let collector = Collector { level, events: Arc::default() };
    tracing::subscriber::with_default(collector.clone(), act);
    let mut events = collector.events.lock().unwrap().clone();
    events.retain(|told| told.target.starts_with("wiregauge_proto::"));
    events
}

fn messages(act: impl FnOnce()) -> Vec<String> {
    let events = told(Level::DEBUG, act);
    assert!(events.iter().all(|told| told.target == MESSAGES && told.level == Level::DEBUG), "{events:?}");
    events.into_iter().map(|told| told.text).collect()
}

fn octets(act: impl FnOnce()) -> Vec<(Level, String)> {
    let events = told(Level::TRACE, act).into_iter().filter(|told| told.target == OCTETS);
    events.map(|told| (told.level, told.text)).collect()
}

fn options() -> Options {
    let waits = Waits { linger: Some(Duration::from_millis(20)), ..Waits::DEFAULT };
    Options { waits, ..Options::default() }
}

fn by(milliseconds: u64) -> Option<Instant> {
    Some(Instant::now() + Duration::from_millis(milliseconds))
}

/// A client that asks, and a peer that has answered already.
fn ask(request: RequestOptions, answer: &str) {
    let (near, mut far) = memory::pair_with_room(1 << 20);
    let mut http = Http::new(near, options());
    let mut request = http.make_request(request);
    http.send_request(&mut request).unwrap();
    assert_eq!(far.send(answer.as_bytes(), by(5000)).unwrap(), answer.len());
    if http.read_response(&request).is_ok() {
        // What is wrong with it is told in the log.
        let _ = http.read_content();
    }
}

/// A server that is asked, and answers.
fn serve(request: &str, response: ResponseOptions) {
    let (near, mut far) = memory::pair_with_room(1 << 20);
    assert_eq!(far.send(request.as_bytes(), by(5000)).unwrap(), request.len());
    let mut http = Http::new(near, options());
    if let Ok(Some(request)) = http.read_request() {
        http.read_content().unwrap();
        let response = http.make_response(&request, response);
        http.send_response(response).unwrap();
    }
}

fn get() -> RequestOptions {
    RequestOptions { host: "a".into(), ..RequestOptions::default() }
}

fn field(name: &str, value: &str) -> (Vec<u8>, Vec<u8>) {
    (name.into(), value.into())
}

#[test]
fn a_client_tells_each_head_and_the_end_of_each_message() {
    let request =
        RequestOptions { method: "PUT".into(), fields: vec![field("x-Case", "\u{e9}")], content: "hi".into(), ..get() };
    let answer = "HTTP/1.1 103 Early Hints\r\nLink: </b>\r\n\r\n\
                  HTTP/1.1 200 Fine\r\nX-a: 1\r\nx-A: 2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n";
    assert_eq!(
        messages(|| ask(request, answer)),
        [
            "request sent head=PUT / HTTP/1.1\nHost: a\nx-Case: \\xc3\\xa9\nContent-Length: 2",
            "sent to the end content=2",
            "response read head=HTTP/1.1 103 Early Hints\nLink: </b>",
            "response read head=HTTP/1.1 200 Fine\nX-a: 1\nx-A: 2\nTransfer-Encoding: chunked",
            "read to the end content=5 trailers=X-Sum: 7",
        ]
    );
}

#[test]
fn a_server_tells_them_too_with_the_100_that_it_sends_of_itself() {
    let request = "PUT /b?c HTTP/1.1\r\nhost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    let told = messages(|| {
        let (near, mut far) = memory::pair();
        far.send(request.as_bytes(), by(5000)).unwrap();
        let mut http = Http::new(near, options());
        let request = http.read_request().unwrap().unwrap();
        let asked = std::thread::spawn(move || {
            // The other side of the wait: nothing comes before 100 (Continue) does.
            let mut buf = [0; 64];
            let count = far.recv(&mut buf, by(5000)).unwrap();
            assert!(buf[..count].starts_with(b"HTTP/1.1 100 "));
            far.send(b"hi", by(5000)).unwrap();
            far
        });
        http.read_content().unwrap();
        let _far = asked.join().unwrap();
        let options = ResponseOptions { content: Content::Pieces { size: None }, close: true, ..Default::default() };
        let response = http.make_response(&request, options);
        http.send_response(response).unwrap();
        http.send_piece(b"abc").unwrap();
        http.end(&[(b"X-Sum", b"7"), (b"set-cookie", b"secret")]).unwrap();
    });
    assert_eq!(
        told,
        [
            "request read head=PUT /b?c HTTP/1.1\nhost: a\nExpect: 100-continue\nContent-Length: 2",
            "response sent head=HTTP/1.1 100 Continue",
            "read to the end content=2",
            "response sent head=HTTP/1.1 200 \nTransfer-Encoding: chunked\nConnection: close",
            "sent to the end content=3 trailers=X-Sum: 7\nset-cookie: (6 octets hidden)",
        ]
    );
}

#[test]
fn an_answer_to_head_has_no_content_that_is_sent() {
    let told = messages(|| {
        serve("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", ResponseOptions { content: "hello".into(), ..Default::default() });
    });
    assert_eq!(told.last().map(String::as_str), Some("sent to the end content=0"));
}

#[test]
fn a_fault_is_told_once_with_its_rule_and_place() {
    let told = messages(|| {
        let (near, mut far) = memory::pair();
        far.send(b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", by(5000)).unwrap();
        let mut http = Http::new(near, options());
        http.read_request().unwrap_err();
        // An answer to it is given, and nothing more is read.
        http.send_response(ResponseOptions { status: 400, ..Default::default() }.into()).unwrap();
    });
    assert!(told[0].ends_with(" rule=field-line.space-before-colon octet=20"), "{told:?}");
    assert_eq!(told.iter().filter(|told| told.contains("rule=")).count(), 1, "{told:?}");
    let told = messages(|| ask(get(), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n"));
    assert!(told.last().unwrap().contains(" rule=content-length."), "{told:?}");
}

/// What stands in the fields of a message and is in no event.
const SECRET: &str = "czNjcjN0";

#[test]
fn secrets_are_in_no_event_of_messages() {
    let secret = |before: &str| format!("{before}{SECRET}");
    let fields = || {
        vec![
            field("AUTHORIZATION", &secret("Basic ")),
            field("Proxy-Authorization", &secret("")),
            field("authorization", &format!("{SECRET} b")),
            field("cookie", &secret("a=")),
            field("Authentication-Info", &secret("x=")),
            field("X-Shown", "yes"),
        ]
    };
    let lines = [
        "AUTHORIZATION: Basic (8 octets hidden)",
        "Proxy-Authorization: (8 octets hidden)",
        "authorization: (10 octets hidden)",
        "cookie: (10 octets hidden)",
        "Authentication-Info: (10 octets hidden)",
        "X-Shown: yes",
    ]
    .join("\n");
    let answer = format!("HTTP/1.1 200 OK\r\nSet-Cookie: a={SECRET}\r\nContent-Length: 8\r\n\r\n{SECRET}");
    let client = messages(|| ask(RequestOptions { fields: fields(), content: SECRET.into(), ..get() }, &answer));
    let text: String = fields()
        .iter()
        .map(|(name, value)| format!("{}: {}\r\n", String::from_utf8_lossy(name), String::from_utf8_lossy(value)))
        .collect();
    let response = || {
        let mut fields = fields();
        fields.push(field("Set-Cookie", &secret("a=")));
        ResponseOptions { fields, content: SECRET.into(), ..Default::default() }
    };
    let server = messages(|| {
        serve(&format!("GET / HTTP/1.1\r\nHost: a\r\n{text}Content-Length: 8\r\n\r\n{SECRET}"), response());
    });
    // Broken at the end of a field that holds one.
    let broken = messages(|| serve(&format!("GET / HTTP/1.1\r\nHost: a\r\nCookie: {SECRET}\0\r\n\r\n"), response()));
    assert!(client[0].contains(&lines), "{client:#?}");
    assert!(client[2].contains("\nSet-Cookie: (10 octets hidden)\n"), "{client:#?}");
    assert!(server[0].contains(&lines), "{server:#?}");
    assert!(server[2].contains("\nSet-Cookie: (10 octets hidden)\n"), "{server:#?}");
    assert!(broken[0].contains("rule="), "{broken:#?}");
    for told in [client, server, broken].concat() {
        assert!(!told.contains(SECRET), "{told}");
    }
}

const NONE: &str = "HTTP/1.1 204 No Content\r\n\r\n";

#[test]
fn a_long_value_is_cut() {
    let told = messages(|| ask(RequestOptions { fields: vec![field("A", &"x".repeat(2000))], ..get() }, NONE));
    assert!(told[0].contains(&format!("\nA: {} (and 976 more)", "x".repeat(1024))), "{told:?}");
}

#[test]
fn nothing_is_told_where_the_level_is_off() {
    let all = || {
        let (near, mut far) = memory::pair();
        far.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", by(5000)).unwrap();
        let mut http = Http::new(Logged::new(near, "a"), options());
        let mut request = http.make_request(get());
        // The answer has come too early: that is told as well.
        http.send_request(&mut request).unwrap_err();
    };
    assert_eq!(told(Level::INFO, all).len(), 0);
    assert!(told(Level::DEBUG, all).iter().all(|told| told.target == MESSAGES));
    assert!(told(Level::TRACE, all).iter().any(|told| told.target == OCTETS));
    // Nobody who listens at all.
    all();
}

fn logged(show: Show) -> (Logged<Memory>, Memory) {
    let (near, far) = memory::pair();
    (Logged::new(near, "a.example:80").show(show), far)
}

#[test]
fn octets_are_shown_in_both_directions_to_the_end() {
    let told = octets(|| {
        let (mut near, mut far) = logged(Show::default());
        near.send(b"GET / HTTP/1.1\r\n\r\n", None).unwrap();
        far.send(b"\x00\xff\"\n", None).unwrap();
        far.close(Close::Write, None).unwrap();
        let mut buf = [0; 16];
        assert_eq!((near.recv(&mut buf, None).unwrap(), near.recv(&mut buf, None).unwrap()), (4, 0));
        near.close(Close::Write, None).unwrap();
        near.close(Close::Both, None).unwrap();
    });
    let trace = |text: &str| (Level::TRACE, text.to_owned());
    assert_eq!(
        told,
        [
            trace(r"sent connection=a.example:80 count=18 octets=GET / HTTP/1.1\r\n\r\n"),
            trace(r#"received connection=a.example:80 count=4 octets=\x00\xff\"\n"#),
            trace("the peer ended its half connection=a.example:80"),
            trace("closed connection=a.example:80 what=our half"),
            trace("closed connection=a.example:80 what=both halves"),
        ]
    );
}

#[test]
fn only_so_many_octets_are_shown_or_none() {
    for (show, shown) in [
        (Show::default(), format!(" octets={} (and 44 more)", "x".repeat(256))),
        (Show::First(300), format!(" octets={}", "x".repeat(300))),
        (Show::First(0), " octets= (and 300 more)".to_owned()),
        (Show::Counts, String::new()),
    ] {
        let told = octets(|| {
            logged(show).0.send(&[b'x'; 300], None).unwrap();
        });
        assert_eq!(told, [(Level::TRACE, format!("sent connection=a.example:80 count=300{shown}"))]);
    }
}

#[test]
fn what_fails_is_told_louder_than_a_deadline_that_passed() {
    let told = octets(|| {
        let (mut near, far) = logged(Show::default());
        near.recv(&mut [0; 4], by(0)).unwrap_err();
        let mut far = far;
        far.close(Close::Reset, None).unwrap();
        near.recv(&mut [0; 4], by(5000)).unwrap_err();
        near.close(Close::Both, None).unwrap();
        near.send(b"a", None).unwrap_err();
    });
    assert_eq!(told[0].1, "nothing was received in time connection=a.example:80");
    assert_eq!(told[0].0, Level::TRACE);
    assert_eq!(told[1].1, "nothing was received connection=a.example:80 error=the peer reset the connection");
    assert_eq!(told[1].0, Level::DEBUG);
    assert_eq!(told[3].0, Level::DEBUG, "{told:?}");
    assert!(told[3].1.starts_with("nothing was sent connection="), "{told:?}");
}

#[test]
fn both_doors_tell_the_same_and_change_nothing() {
    use std::task::{Context, Poll, Waker};
    use wiregauge_proto::transport::AsyncTransport;
    let blocking = octets(|| {
        let (mut near, mut far) = logged(Show::default());
        near.send(b"hi", None).unwrap();
        far.send(b"ho", None).unwrap();
        near.recv(&mut [0; 4], None).unwrap();
        near.close(Close::Both, None).unwrap();
    });
    let polled = octets(|| {
        let mut context = Context::from_waker(Waker::noop());
        let (mut near, mut far) = logged(Show::default());
        let mut buf = [0; 4];
        assert!(matches!(near.poll_send(&mut context, b"hi", None), Poll::Ready(Ok(2))));
        assert!(near.poll_recv(&mut context, &mut buf, None).is_pending());
        far.send(b"ho", None).unwrap();
        assert!(matches!(near.poll_recv(&mut context, &mut buf, None), Poll::Ready(Ok(2))));
        assert_eq!(&buf, b"ho\0\0");
        assert!(matches!(near.poll_close(&mut context, Close::Both, None), Poll::Ready(Ok(()))));
    });
    assert_eq!((blocking.len(), &polled), (3, &blocking));
}

#[test]
fn what_a_transport_takes_is_what_is_told() {
    let told = octets(|| {
        let (near, _far) = memory::pair();
        let mut near = Logged::new(Fault::new(near, Plan::default(), Plan::pieces(3)), "a");
        assert_eq!(near.send(b"hello", None).unwrap(), 3);
    });
    assert_eq!(told, [(Level::TRACE, "sent connection=a count=3 octets=hel".to_owned())]);
}
