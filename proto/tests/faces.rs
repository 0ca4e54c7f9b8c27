//! A client's and a server's face of a connection against each other and against octets, without I/O: what is written, what is
//! refused to be written, and how a connection ends.

use std::time::{Duration, Instant};

use wiregauge_proto::body::EncodeError;
use wiregauge_proto::client::{self, Client};
use wiregauge_proto::connection::{Wait, Waits, Why};
use wiregauge_proto::head::Version;
use wiregauge_proto::message::WriteError;
use wiregauge_proto::server::{self, Field, Length, SendError, Server};
use wiregauge_proto::{Limits, Rule};

fn client() -> (Client, Instant) {
    let now = Instant::now();
    (Client::new(Limits::DEFAULT, Waits::DEFAULT, now), now)
}

fn server() -> (Server, Instant) {
    let now = Instant::now();
    (Server::new(Limits::DEFAULT, Waits::DEFAULT, now), now)
}

const GET: client::Head<'static> = client::Head {
    method: b"GET",
    target: b"/",
    version: Version::HTTP_11,
    host: b"a",
    fields: &[],
    close: false,
    expect_continue: false,
    upgrade: &[],
};

const OK: server::Head<'static> = server::Head { status: 200, reason: b"OK", fields: &[], close: false };

/// What a client writes for a request with that content.
fn request(head: client::Head<'_>, length: Option<Length>, content: &[u8]) -> String {
    let (mut client, now) = client();
    let mut requesting = client.request(&head, length, now).unwrap();
    if head.expect_continue {
        client.proceed(now).unwrap();
    }
    requesting.content(&mut client, content, now).unwrap();
    requesting.end(&mut client, &[], now).unwrap();
    String::from_utf8(client.take_out()).unwrap()
}

/// Reads a whole request.
fn read(server: &mut Server, octets: &[u8], now: Instant) -> Vec<server::Event> {
    let (mut at, mut told) = (0, Vec::new());
    loop {
        let (consumed, event) = server.read(&octets[at..], false, now).unwrap();
        at += consumed;
        let done = matches!(event, server::Event::Complete { .. } | server::Event::Need | server::Event::Over);
        told.push(event);
        if done {
            return told;
        }
    }
}

/// What a server writes in answer to `octets`.
fn response(octets: &str, head: server::Head<'_>, length: Length, content: &[u8]) -> String {
    let (mut server, now) = server();
    read(&mut server, octets.as_bytes(), now);
    let mut responding = server.respond(&head, length, now).unwrap();
    responding.content(&mut server, content, now).unwrap();
    responding.end(&mut server, &[], now).unwrap();
    String::from_utf8(server.take_out()).unwrap()
}

const ASKED: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn a_client_frames_what_it_sends() {
    assert_eq!(request(GET, None, b""), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let post = client::Head { method: b"POST", close: true, fields: &[(b"A", b"b")], ..GET };
    assert_eq!(
        request(post, Some(Length::Known(2)), b"hi"),
        "POST / HTTP/1.1\r\nHost: a\r\nA: b\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
    );
    assert_eq!(
        request(client::Head { upgrade: &[b"tea", b"x/1"], ..post }, Some(Length::Unknown), b"hi"),
        "POST / HTTP/1.1\r\nHost: a\r\nA: b\r\nTransfer-Encoding: chunked\r\nUpgrade: tea, x/1\r\n\
         Connection: upgrade, close\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
    );
}

#[test]
fn an_expectation_without_content_is_not_sent() {
    let get = client::Head { expect_continue: true, ..GET };
    assert!(!request(client::Head { expect_continue: false, ..get }, None, b"").contains("Expect"));
    let (mut client, now) = client();
    client.request(&get, None, now).unwrap().end(&mut client, &[], now).unwrap();
    assert!(!String::from_utf8(client.take_out()).unwrap().contains("Expect"));
    assert!(request(get, Some(Length::Known(1)), b"x").contains("Expect: 100-continue\r\n"));
}

#[test]
fn what_would_not_read_back_is_not_sent() {
    let refused = |head: client::Head<'_>, length| {
        let (mut client, now) = client();
        let told = client.request(&head, length, now).unwrap_err();
        assert!(client.take_out().is_empty() && client.connection().is_idle());
        told
    };
    let rule = |rule| SendError::Head(WriteError::Rule(rule));
    let get = GET;
    assert_eq!(refused(client::Head { target: b"/ HTTP/1.1\r\nX: y", ..get }, None), rule(Rule::RequestTargetSpace));
    assert_eq!(refused(client::Head { method: b"G T", ..get }, None), rule(Rule::RequestLineMethodOctet));
    assert_eq!(refused(client::Head { host: b"a/b", ..get }, None), rule(Rule::HostOctet));
    assert_eq!(refused(client::Head { fields: &[(b"A", b"b\r\nC: d")], ..get }, None), rule(Rule::FieldValueBareCr));
    for name in [&b"content-LENGTH"[..], b"Transfer-Encoding", b"Connection", b"Host", b"Expect", b"Upgrade"] {
        assert_eq!(refused(client::Head { fields: &[(name, b"1")], ..get }, None), SendError::FieldReserved);
    }
    let connect = client::Head { method: b"CONNECT", target: b"a:1", ..get };
    assert_eq!(refused(connect, Some(Length::Known(0))), SendError::Connect);
    assert_eq!(refused(client::Head { upgrade: &[b"tea"], ..connect }, None), SendError::Connect);
}

#[test]
fn content_is_as_long_as_announced() {
    let (mut client, now) = client();
    let mut requesting = client.request(&GET, Some(Length::Known(2)), now).unwrap();
    let much = requesting.content(&mut client, b"abc", now);
    assert_eq!(much, Err(SendError::Content(EncodeError::TooMuch(1))));
    requesting.content(&mut client, b"a", now).unwrap();
    assert_eq!(requesting.end(&mut client, &[], now), Err(SendError::Content(EncodeError::TooLittle(1))));
    assert!(client.request(&GET, None, now).is_err(), "the message was never ended");
}

#[test]
fn held_content_waits_for_100_and_no_longer_than_its_deadline() {
    let (mut client, now) = client();
    let head = client::Head { expect_continue: true, ..GET };
    let mut requesting = client.request(&head, Some(Length::Known(2)), now).unwrap();
    assert_eq!(requesting.content(&mut client, b"hi", now), Err(SendError::OutOfTurn));
    let deadline = client.deadline().unwrap();
    assert_eq!((deadline.wait, deadline.at - now), (Wait::Proceed, Duration::from_secs(1)));
    let (_, event) = client.read(b"HTTP/1.1 100 Continue\r\n\r\n", false, now).unwrap();
    assert!(matches!(event, client::Event::Interim(head) if head.status == 100));
    requesting.content(&mut client, b"hi", now).unwrap();
    requesting.end(&mut client, &[], now).unwrap();
    assert!(client.connection().persists());
}

#[test]
fn a_final_answer_to_held_content_makes_an_end_of_it() {
    let (mut client, now) = client();
    let head = client::Head { expect_continue: true, ..GET };
    let mut requesting = client.request(&head, Some(Length::Known(2)), now).unwrap();
    let octets = b"HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n";
    assert!(matches!(client.read(octets, false, now), Ok((38, client::Event::Response(_)))));
    assert_eq!(requesting.content(&mut client, b"hi", now), Err(SendError::OutOfTurn));
    requesting.leave(&mut client, now);
    assert!(matches!(client.read(b"", false, now), Ok((0, client::Event::Complete { .. }))));
    assert!(client.connection().is_over());
    assert_eq!(client.connection().why(), Some(Why::ContentLeft));
}

#[test]
fn a_client_uses_no_connection_again_after_its_end_was_announced() {
    for head in [
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: Close\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x\r\nConnection: ,CLOSE,\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 204 OK\r\nConnection: close\r\n\r\n",
    ] {
        let (mut client, now) = client();
        client.request(&GET, None, now).unwrap().end(&mut client, &[], now).unwrap();
        client.read(head.as_bytes(), false, now).unwrap();
        client.read(b"", false, now).unwrap();
        assert!(client.connection().is_over(), "{head:?}");
        assert_eq!(client.request(&GET, None, now).unwrap_err(), SendError::OutOfTurn);
    }
    let (mut client, now) = client();
    client.request(&GET, None, now).unwrap().end(&mut client, &[], now).unwrap();
    client.read(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", false, now).unwrap();
    client.read(b"", false, now).unwrap();
    assert!(client.connection().is_idle());
}

#[test]
fn a_response_that_is_cut_off_is_incomplete_and_one_until_the_end_is_not() {
    for (head, rule) in [
        ("HTTP/1.1 200 OK\r\nContent-", Rule::MessageIncompleteHead),
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", Rule::MessageIncompleteContent),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n", Rule::MessageIncompleteChunked),
    ] {
        let (told, client) = until_end(head);
        assert_eq!(told.unwrap_err(), rule);
        assert_eq!((client.connection().why(), client.connection().outstanding()), (Some(Why::Broken), 1));
    }
    let (told, client) = until_end("HTTP/1.1 200 OK\r\n\r\nall of it");
    assert!(matches!(told.unwrap(), client::Event::Complete { .. }));
    assert_eq!(client.connection().why(), Some(Why::ResponseSaidClose));
    let (told, client) = until_end("");
    assert_eq!((told.unwrap(), client.connection().outstanding()), (client::Event::Over, 1));
}

/// The last thing that is told of the answer to a request, when the server ends its half behind it.
fn until_end(octets: &str) -> (Result<client::Event, Rule>, Client) {
    let (mut client, now) = client();
    client.request(&GET, None, now).unwrap().end(&mut client, &[], now).unwrap();
    let mut at = 0;
    loop {
        match client.read(&octets.as_bytes()[at..], true, now) {
            Err(fault) => return (Err(fault.rule), client),
            Ok((consumed, event)) => {
                at += consumed;
                if matches!(event, client::Event::Complete { .. } | client::Event::Over) {
                    return (Ok(event), client);
                }
            }
        }
    }
}

#[test]
fn a_server_frames_what_it_sends() {
    assert_eq!(response(ASKED, OK, Length::Known(2), b"hi"), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    assert_eq!(
        response(ASKED, OK, Length::Unknown, b"hi"),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
    );
    let none = server::Head { status: 204, reason: b"", ..OK };
    assert_eq!(response(ASKED, none, Length::Known(2), b"hi"), "HTTP/1.1 204 \r\n\r\n");
    let head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_eq!(response(head, OK, Length::Known(2), b"hi"), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    assert_eq!(response(head, OK, Length::Unknown, b"hi"), "HTTP/1.1 200 OK\r\n\r\n");
}

#[test]
fn a_client_of_version_1_0_gets_no_chunks() {
    let old = "GET / HTTP/1.0\r\n\r\n";
    assert_eq!(response(old, OK, Length::Unknown, b"hi"), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhi");
    let stays = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    assert_eq!(response(stays, OK, Length::Unknown, b"hi"), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhi");
    assert_eq!(
        response(stays, OK, Length::Known(2), b"hi"),
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nhi"
    );
}

#[test]
fn a_server_says_close_whenever_the_connection_will_end() {
    let closes = |octets: &str, head| response(octets, head, Length::Known(0), b"").contains("Connection: close\r\n");
    assert!(!closes(ASKED, OK));
    assert!(closes(ASKED, server::Head { close: true, ..OK }));
    assert!(closes("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", OK));
    let held = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n";
    let (mut server, now) = server();
    server.read(held.as_bytes(), false, now).unwrap();
    server.respond(&OK, Length::Known(0), now).unwrap().end(&mut server, &[], now).unwrap();
    assert!(String::from_utf8(server.take_out()).unwrap().contains("Connection: close\r\n"), "it was never asked for");
    assert!(server.connection().is_over());
}

#[test]
fn a_server_reads_nothing_behind_the_last_request() {
    let (mut server, now) = server();
    let two = ["GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", ASKED].concat();
    read(&mut server, two.as_bytes(), now);
    assert_eq!(server.read(ASKED.as_bytes(), false, now), Ok((0, server::Event::Over)));
    assert_eq!(server.connection().outstanding(), 1);
}

#[test]
fn pipelined_requests_are_answered_by_what_each_of_them_was() {
    let (mut server, now) = server();
    for octets in ["HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", ASKED, "GET / HTTP/1.0\r\n\r\n"] {
        read(&mut server, octets.as_bytes(), now);
    }
    let mut out = Vec::new();
    for _ in 0..3 {
        let mut responding = server.respond(&OK, Length::Known(1), now).unwrap();
        responding.content(&mut server, b"x", now).unwrap();
        responding.end(&mut server, &[], now).unwrap();
        out.push(String::from_utf8(server.take_out()).unwrap());
    }
    assert_eq!(out[0], "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n");
    assert_eq!(out[1], "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
    assert_eq!(out[2], "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
    assert_eq!(server.respond(&OK, Length::Known(0), now).unwrap_err(), SendError::OutOfTurn);
}

#[test]
fn a_broken_request_can_still_be_answered_once_after_those_before_it() {
    let (mut server, now) = server();
    read(&mut server, ASKED.as_bytes(), now);
    let fault = server.read(b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", false, now).unwrap_err();
    assert_eq!(fault.rule, Rule::FieldLineSpaceBeforeColon);
    for (status, close) in [(200, false), (400, true)] {
        let head = server::Head { status, ..OK };
        server.respond(&head, Length::Known(0), now).unwrap().end(&mut server, &[], now).unwrap();
        assert_eq!(String::from_utf8(server.take_out()).unwrap().contains("close"), close);
    }
    assert!(server.connection().is_over());
    assert_eq!(server.respond(&OK, Length::Known(0), now).unwrap_err(), SendError::OutOfTurn);
}

#[test]
fn interim_responses_go_to_those_who_know_them_and_before_the_final_one() {
    let (mut server, now) = server();
    let lines: &[Field<'_>] = &[(b"Link", b"</a>")];
    assert_eq!(server.interim(103, b"", lines, now), Err(SendError::OutOfTurn));
    read(&mut server, ASKED.as_bytes(), now);
    server.interim(103, b"", lines, now).unwrap();
    assert_eq!(server.take_out(), b"HTTP/1.1 103 \r\nLink: </a>\r\n\r\n");
    assert_eq!(server.interim(101, b"", &[], now), Err(SendError::Status));
    assert_eq!(server.interim(200, b"", &[], now), Err(SendError::Status));
    let responding = server.respond(&OK, Length::Known(0), now).unwrap();
    assert_eq!(server.interim(103, b"", &[], now), Err(SendError::OutOfTurn));
    responding.end(&mut server, &[], now).unwrap();
    server.take_out();
    read(&mut server, b"GET / HTTP/1.0\r\n\r\n", now);
    server.interim(103, b"", lines, now).unwrap();
    assert!(server.take_out().is_empty(), "version 1.0 has no interim responses");
}

#[test]
fn a_server_switches_only_where_it_was_asked_to() {
    let upgrade = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: tea\r\n\r\n";
    let (mut server, now) = server();
    read(&mut server, upgrade, now);
    assert_eq!(server.read(b"tea octets", false, now), Ok((0, server::Event::Wait)), "HTTP or not: the answer says");
    server.switch(101, &[b"tea"], &[], now).unwrap();
    assert_eq!(server.take_out(), b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: tea\r\n\r\n");
    assert!(server.connection().is_switched());
    assert_eq!(server.read(b"tea octets", false, now), Ok((0, server::Event::Switched)));

    for asked in [ASKED.as_bytes(), b"GET / HTTP/1.0\r\nConnection: upgrade, keep-alive\r\nUpgrade: tea\r\n\r\n"] {
        let (mut server, now) = self::server();
        read(&mut server, asked, now);
        assert_eq!(server.switch(101, &[b"tea"], &[], now), Err(SendError::OutOfTurn));
    }
    let (mut server, now) = self::server();
    read(&mut server, b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", now);
    assert_eq!(server.respond(&OK, Length::Known(0), now).unwrap_err(), SendError::Status, "a 2xx is a switch");
    assert_eq!(server.switch(101, &[b"tea"], &[], now), Err(SendError::Status));
    server.switch(200, &[], &[], now).unwrap();
    assert_eq!(server.take_out(), b"HTTP/1.1 200 \r\n\r\n");
}

#[test]
fn an_offer_that_is_declined_leaves_both_sides_http() {
    let (mut client, now) = client();
    let (mut server, _) = self::server();
    for _ in 0..2 {
        let head = client::Head { upgrade: &[b"tea"], ..GET };
        client.request(&head, None, now).unwrap().end(&mut client, &[], now).unwrap();
        assert_eq!(client.request(&GET, None, now).unwrap_err(), SendError::OutOfTurn, "not before the answer");
        read(&mut server, &client.take_out(), now);
        server.respond(&OK, Length::Known(0), now).unwrap().end(&mut server, &[], now).unwrap();
        client.read(&server.take_out(), false, now).unwrap();
        client.read(b"", false, now).unwrap();
        assert!(client.connection().is_idle() && server.connection().is_idle());
    }
}

#[test]
fn the_wait_for_a_head_begins_with_the_head() {
    let wait = |server: &Server| server.connection().deadline().map(|deadline| (deadline.wait, deadline.at));
    let (mut server, now) = server();
    let later = |seconds| now + Duration::from_secs(seconds);
    // A whole head at once, then content in pieces: both count for the message, and neither for the head of the next one.
    let head = b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    server.read(head, false, now).unwrap();
    for (second, octets) in [(3571, &b"1\r\nx\r\n"[..]), (3574, b"0"), (3580, b"0\r\n\r\n")] {
        read(&mut server, octets, later(second));
        if second < 3580 {
            assert_eq!(wait(&server), Some((Wait::Message, later(3600))));
        }
    }
    let responding = server.respond(&OK, Length::Known(0), later(3581)).unwrap();
    responding.end(&mut server, &[], later(3581)).unwrap();
    assert_eq!(wait(&server), Some((Wait::Idle, later(3581 + 60))));

    let wait = |client: &Client| client.connection().deadline().map(|deadline| (deadline.wait, deadline.at));
    let (mut client, _) = client();
    client.request(&GET, None, now).unwrap().end(&mut client, &[], now).unwrap();
    let answer = ["HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n", "0", "01\r\nx\r\n", "0", "0\r\n\r\n"];
    for octets in answer {
        let (mut octets, mut ended) = (octets.as_bytes(), false);
        while !octets.is_empty() && !ended {
            let (consumed, event) = client.read(octets, false, later(1)).unwrap();
            octets = &octets[consumed..];
            ended = matches!(event, client::Event::Need | client::Event::Complete { .. });
        }
    }
    client.request(&GET, None, later(40)).unwrap().end(&mut client, &[], later(40)).unwrap();
    assert_eq!(wait(&client), Some((Wait::Answer, later(40 + 60))), "an answer has its own time");
}
