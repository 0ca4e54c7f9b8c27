//! Content from an iterator, to a writer, through a reader; and where a redirection leads.

use std::io::{self, Read, Write};
use std::thread;

use wiregauge_proto::driver::{Content, Error, Http, Options, RequestOptions, ResponseOptions};
use wiregauge_proto::transport::memory::{self, Memory};
use wiregauge_proto::transport::{Close, Transport};

const PIECES: [&str; 5] = ["", "one", "", " and ", "two"];

fn asked(octets: &str) -> (Http<Memory>, Memory) {
    let (near, mut far) = memory::pair();
    far.send(octets.as_bytes(), None).unwrap();
    let mut http = Http::new(near, Options::default());
    http.read_request().unwrap().expect("a request");
    (http, far)
}

fn got(far: &mut Memory) -> String {
    let mut buf = [0; 4096];
    let count = far.recv(&mut buf, None).unwrap();
    String::from_utf8(buf[..count].to_vec()).unwrap()
}

#[test]
fn content_from_an_iterator_is_sent_in_pieces() {
    for (size, wire) in [
        (Some(11), "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\none and two"),
        (
            None,
            "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n5\r\n and \r\n3\r\ntwo\r\n0\r\n\r\n",
        ),
    ] {
        let (near, mut far) = memory::pair();
        let mut http = Http::new(near, Options::default());
        let content = Content::chunks(PIECES, size);
        let options = RequestOptions { host: "a".into(), method: "PUT".into(), content, ..RequestOptions::default() };
        let mut request = http.make_request(options);
        http.send_request(&mut request).unwrap();
        assert_eq!(got(&mut far), wire);
    }
    // A size that is not kept is an error, and no message.
    let (near, _far) = memory::pair();
    let mut http = Http::new(near, Options::default());
    let content = Content::chunks(PIECES.map(String::from), Some(12));
    let mut request = http.make_request(RequestOptions { host: "a".into(), content, ..RequestOptions::default() });
    assert!(matches!(http.send_request(&mut request), Err(Error::Send(_))));
    assert!(!http.persists());
}

const POST: &str =
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n4\r\n two\r\n0\r\nNote: x\r\n\r\n";

#[test]
fn content_goes_to_a_writer() {
    let (mut http, _far) = asked(POST);
    let mut written = Vec::new();
    assert_eq!(http.read_content_to(&mut written).unwrap(), 7);
    assert_eq!((written.as_slice(), http.trailers().len()), (&b"one two"[..], 1));
    assert_eq!(http.read_content_to(&mut written).unwrap(), 0, "it is read once");
}

#[test]
fn a_writer_that_fails_ends_the_reading() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let (mut http, mut far) = asked(POST);
    let told = http.read_content_to(&mut Full);
    assert!(matches!(told, Err(Error::Content(error)) if error.kind() == io::ErrorKind::StorageFull));
    http.send_response(ResponseOptions { status: 507, ..ResponseOptions::default() }.into()).unwrap();
    assert!(got(&mut far).contains("Connection: close\r\n"), "what is left of the request is not read");
    assert!(!http.persists());
}

#[test]
fn content_is_read_through_a_reader() {
    for size in [1, 2, 100] {
        let (mut http, _far) = asked(POST);
        let (mut reader, mut read, mut buf) = (http.content(), Vec::new(), vec![0; size]);
        loop {
            match reader.read(&mut buf).unwrap() {
                0 => break,
                count => read.extend_from_slice(&buf[..count]),
            }
        }
        assert_eq!(reader.read(&mut buf).unwrap(), 0);
        assert_eq!((read.as_slice(), http.trailers().len()), (&b"one two"[..], 1));
    }
}

#[test]
fn the_end_of_a_reader_is_the_end_of_a_complete_message() {
    let (mut http, mut far) = asked(&POST[..POST.len() - 5]);
    far.close(Close::Write, None).unwrap();
    let (mut reader, mut read) = (http.content(), Vec::new());
    for _ in 0..2 {
        let error = reader.read_to_end(&mut read).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{error}");
    }
    assert_eq!(read, b"one two");
}

#[test]
fn what_a_reader_leaves_is_dropped() {
    let (mut http, mut far) = asked(&[POST, "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"].concat());
    let mut few = [0; 2];
    http.content().read_exact(&mut few).unwrap();
    http.send_response(ResponseOptions::default().into()).unwrap();
    assert_eq!(http.read_request().unwrap().expect("another").target, b"/next");
    assert!(got(&mut far).starts_with("HTTP/1.1 200 "));
}

#[test]
fn a_redirection_says_where_it_leads() {
    for (head, location) in [
        ("301 Moved\r\nLocation: /there?a#b", Some("/there?a#b")),
        ("308 \r\nLocation: http://b/", Some("http://b/")),
        ("302 \r\nLocation: /a\r\nLocation: /b", None),
        ("307 ", None),
        ("201 \r\nLocation: /new", None),
        ("304 \r\nLocation: /a", None),
    ] {
        let (near, mut far) = memory::pair();
        let server = thread::spawn(move || {
            got(&mut far);
            far.send(format!("HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n").as_bytes(), None).unwrap();
            far
        });
        let mut http = Http::new(near, Options::default());
        let mut request = http.make_request(RequestOptions { host: "a".into(), ..RequestOptions::default() });
        http.send_request(&mut request).unwrap();
        let response = http.read_response(&request).unwrap();
        assert_eq!(response.location(), location.map(str::as_bytes), "{head}");
        server.join().unwrap();
    }
}
