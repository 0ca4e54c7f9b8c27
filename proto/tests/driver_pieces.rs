//! Content that the caller sends itself, piece by piece, and answers that are read one after another.

use std::thread;
use std::time::{Duration, Instant};

use wiregauge_proto::body::EncodeError;
use wiregauge_proto::connection::Waits;
use wiregauge_proto::driver::{Answer, Content, Error, Http, Options, RequestOptions, ResponseOptions, Wanted};
use wiregauge_proto::head::Version;
use wiregauge_proto::server::SendError;
use wiregauge_proto::transport::memory::{self, Memory};
use wiregauge_proto::transport::{Close, Transport};

const PIECES: Content = Content::Pieces { size: None };

fn options() -> Options {
    let short = Some(Duration::from_millis(60));
    Options { waits: Waits { linger: short, ..Waits::DEFAULT }, ..Options::default() }
}

fn by(milliseconds: u64) -> Option<Instant> {
    Some(Instant::now() + Duration::from_millis(milliseconds))
}

fn send(far: &mut Memory, octets: &str) {
    assert_eq!(far.send(octets.as_bytes(), by(5000)).unwrap(), octets.len());
}

/// What has come up to now.
fn got(far: &mut Memory) -> String {
    let (mut got, mut buf) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = far.recv(&mut buf, by(0)) {
        got.extend_from_slice(&buf[..count]);
    }
    String::from_utf8(got).unwrap()
}

fn put(content: Content) -> RequestOptions {
    RequestOptions { host: "a".into(), method: "PUT".into(), content, ..RequestOptions::default() }
}

#[test]
fn a_request_piece_by_piece_with_a_trailer() {
    let (near, mut far) = memory::pair_with_room(1 << 20);
    let mut http = Http::new(near, options());
    let mut request = http.make_request(put(PIECES));
    http.send_request(&mut request).unwrap();
    assert_eq!(got(&mut far), "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert_eq!(http.send_piece(b"hello").unwrap(), Wanted::More);
    assert_eq!(http.send_piece(b"").unwrap(), Wanted::More, "an empty piece is not the last chunk");
    assert_eq!(http.send_piece(b", you").unwrap(), Wanted::More);
    assert_eq!(got(&mut far), "5\r\nhello\r\n5\r\n, you\r\n");
    http.end(&[(b"X-Sum", b"10")]).unwrap();
    assert_eq!(got(&mut far), "0\r\nX-Sum: 10\r\n\r\n");
    send(&mut far, "HTTP/1.1 204 No Content\r\n\r\n");
    assert_eq!(http.read_response(&request).unwrap().status, 204);
    assert!(http.persists());
    let mut again = http.make_request(put(Content::Pieces { size: Some(2) }));
    http.send_request(&mut again).unwrap();
    http.send_piece(b"hi").unwrap();
    http.end(&[]).unwrap();
    assert_eq!(got(&mut far), "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
}

#[test]
fn pieces_that_are_not_what_was_announced_are_refused() {
    let (near, mut far) = memory::pair_with_room(1 << 20);
    let mut http = Http::new(near, options());
    assert!(matches!(http.send_piece(b"x"), Err(Error::Send(SendError::OutOfTurn))), "nothing was begun");
    assert!(matches!(http.end(&[]), Err(Error::Send(SendError::OutOfTurn))));
    let mut request = http.make_request(put(Content::Pieces { size: Some(3) }));
    http.send_request(&mut request).unwrap();
    let mut other = http.make_request(put(Content::None));
    assert!(matches!(http.send_request(&mut other), Err(Error::Send(SendError::OutOfTurn))), "in the middle of one");
    http.send_piece(b"ab").unwrap();
    got(&mut far);
    assert!(matches!(http.send_piece(b"cd"), Err(Error::Send(SendError::Content(EncodeError::TooMuch(1))))));
    assert!(matches!(http.end(&[]), Err(Error::Send(SendError::Content(EncodeError::TooLittle(1))))));
    assert_eq!(got(&mut far), "", "nothing of it was sent");
    assert!(!http.persists());
}

#[test]
fn a_response_piece_by_piece_and_none_to_head() {
    let (near, mut far) = memory::pair_with_room(1 << 20);
    let mut http = Http::new(near, options());
    for (method, expected) in [
        ("GET", "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"),
        ("HEAD", "HTTP/1.1 200 \r\n\r\n"),
    ] {
        send(&mut far, &format!("{method} / HTTP/1.1\r\nHost: a\r\n\r\n"));
        let request = http.read_request().unwrap().expect("a request");
        let reply = http.make_response(&request, ResponseOptions { content: PIECES, ..ResponseOptions::default() });
        http.send_response(reply).unwrap();
        assert!(matches!(http.read_request(), Err(Error::Send(SendError::OutOfTurn))), "in the middle of a response");
        http.send_piece(b"hi").unwrap();
        http.end(&[]).unwrap();
        assert_eq!(got(&mut far), expected);
    }
    assert!(http.persists());
}

#[test]
fn interim_responses_are_told_as_they_come() {
    let (near, mut far) = memory::pair_with_room(1 << 20);
    let mut http = Http::new(near, options());
    let mut request = http.make_request(put(Content::from("x")));
    http.send_request(&mut request).unwrap();
    send(&mut far, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    let hints = vec![(b"Link".to_vec(), b"</a>".to_vec())];
    assert_eq!(http.read_answer(&request).unwrap(), Answer::Interim(103, hints), "before the final one was sent");
    send(&mut far, "HTTP/1.1 102 \r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    assert_eq!(http.read_answer(&request).unwrap(), Answer::Interim(102, Vec::new()));
    let Answer::Final(response) = http.read_answer(&request).unwrap() else { panic!("a final response") };
    assert_eq!((response.status, response.interim.len()), (200, 0), "those that were told are told once");
    assert_eq!(http.read_content().unwrap().content, b"ok");
    assert!(matches!(http.read_answer(&request), Err(Error::Send(SendError::OutOfTurn))));
}

#[test]
fn an_answer_that_closes_makes_an_end_of_the_content() {
    let (near, mut far) = memory::pair_with_room(1 << 20);
    let mut http = Http::new(near, options());
    let mut request = http.make_request(put(PIECES));
    http.send_request(&mut request).unwrap();
    send(&mut far, "HTTP/1.1 413 \r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    // What has come is seen with the next piece at the latest but one.
    let pieces = (0..3).map(|_| http.send_piece(b"more").unwrap()).collect::<Vec<_>>();
    assert_eq!(pieces.last(), Some(&Wanted::NoMore));
    http.end(&[]).unwrap();
    assert_eq!(http.read_response(&request).unwrap().status, 413);
    assert!(!http.persists());
}

#[test]
fn a_request_of_http_1_0() {
    let (near, mut far) = memory::pair_with_room(1 << 20);
    let mut http = Http::new(near, options());
    let old = || RequestOptions { host: "a".into(), version: Version::HTTP_10, ..RequestOptions::default() };
    for refused in [
        RequestOptions { content: PIECES, ..old() },
        RequestOptions { expect_continue: true, ..old() },
        RequestOptions { upgrade: vec![b"x".to_vec()], ..old() },
        RequestOptions { version: Version { major: 2, minor: 0 }, ..old() },
    ] {
        let mut request = http.make_request(refused);
        assert!(matches!(http.send_request(&mut request), Err(Error::Send(SendError::Version))));
    }
    let mut request = http.make_request(old());
    http.send_request(&mut request).unwrap();
    assert_eq!(got(&mut far), "GET / HTTP/1.0\r\nHost: a\r\n\r\n");
    send(&mut far, "HTTP/1.1 200 OK\r\n\r\nto the end");
    let end = thread::spawn(move || far.close(Close::Write, None).map(|()| far));
    assert_eq!(http.read_response(&request).unwrap().status, 200);
    assert_eq!(http.read_content().unwrap().content, b"to the end");
    end.join().unwrap().unwrap();
    let mut again = http.make_request(old());
    assert!(http.send_request(&mut again).is_err(), "the last on its connection");
}
