//! The rules that no reader of messages can know, since they are about who asked for what: each is broken by some octets, by
//! nothing else in them, and at an exact place, however the octets arrive. (`rules.rs` has all the others; its table leaves out
//! exactly those of this file.)

mod common;

use std::time::Instant;

use common::table::OF_THE_CONNECTION;
use wiregauge_proto::client::{Client, Event, Head};
use wiregauge_proto::connection::{Waits, Why};
use wiregauge_proto::message::Fault;
use wiregauge_proto::{Limits, Place, Rule};

/// What a client asked, what came, and what the client has to say to it: `at` are the offending octets.
struct Row {
    rule: Rule,
    asked: &'static [Asked],
    octets: &'static str,
    at: &'static str,
}

#[derive(Clone, Copy)]
enum Asked {
    Get,
    Upgrade(&'static [&'static [u8]]),
    Connect,
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

const ROWS: &[Row] = &[
    // Nobody asked for anything.
    Row { rule: Rule::ConnectionUnexpectedResponse, asked: &[], octets: "HTTP/1.1 408 Late\r\n\r\n", at: "H" },
    Row { rule: Rule::ConnectionUnexpectedResponse, asked: &[], octets: "\r\n\r\n!", at: "!" },
    Row { rule: Rule::ConnectionUnexpectedResponse, asked: &[], octets: "\r\n\n", at: "\n" },
    // Octets behind the content that was announced.
    Row {
        rule: Rule::ConnectionUnexpectedResponse,
        asked: &[Asked::Get],
        octets: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi!",
        at: "!",
    },
    Row {
        rule: Rule::ConnectionUnexpectedResponse,
        asked: &[Asked::Get],
        octets: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\r\n?",
        at: "?",
    },
    // Two answers to one request.
    Row {
        rule: Rule::ConnectionUnexpectedResponse,
        asked: &[Asked::Get],
        octets: "HTTP/1.1 204 No Content\r\n\r\nZTTP/1.1 204 No Content\r\n\r\n",
        at: "Z",
    },
    // A switch that nobody offered, that names nothing, or that names something else.
    Row {
        rule: Rule::ConnectionSwitchUnasked,
        asked: &[Asked::Get],
        octets: "HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: tea\r\n\r\n",
        at: "HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: tea\r\n\r\n",
    },
    Row {
        rule: Rule::ConnectionSwitchUnasked,
        asked: &[Asked::Upgrade(&[b"tea"])],
        octets: "HTTP/1.1 101 Go\r\n\r\n",
        at: "HTTP/1.1 101 Go\r\n\r\n",
    },
    Row {
        rule: Rule::ConnectionSwitchUnasked,
        asked: &[Asked::Upgrade(&[b"tea", b"coffee/2"])],
        octets: "HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: TEA, coffee/3\r\n\r\n",
        at: "HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: TEA, coffee/3\r\n\r\n",
    },
    Row {
        rule: Rule::ConnectionSwitchUnasked,
        asked: &[Asked::Connect],
        octets: "HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: tea\r\n\r\n",
        at: "HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: tea\r\n\r\n",
    },
    // One more interim response than is read.
    Row {
        rule: Rule::LimitInterimResponses,
        asked: &[Asked::Get],
        octets: "HTTP/1.1 102 \r\n\r\nHTTP/1.1 103 \r\n\r\nHTTP/1.1 100 \r\n\r\n",
        at: "HTTP/1.1 100 \r\n\r\n",
    },
];

const LIMITS: Limits = Limits { interim_responses: 2, ..Limits::DEFAULT };

fn client(asked: &[Asked], now: Instant) -> Client {
    let mut client = Client::new(LIMITS, Waits::NONE, now);
    for asked in asked {
        let head = Head { method: b"GET", target: b"/", host: b"a", ..Head::default() };
        let head = match asked {
            Asked::Get => head,
            Asked::Upgrade(protocols) => Head { upgrade: protocols, ..head },
            Asked::Connect => Head { method: b"CONNECT", target: b"a:1", host: b"a:1", ..head },
        };
        let requesting = client.request(&head, None, now).unwrap();
        requesting.end(&mut client, &[], now).unwrap();
    }
    client
}

/// Feeds `octets` cut as told; gives the names of the events, and the fault.
fn feed(client: &mut Client, octets: &[u8], cuts: &[usize], now: Instant) -> (Vec<String>, Option<Fault>) {
    let (mut told, mut at) = (Vec::new(), 0);
    for end in cuts.iter().copied().chain([octets.len()]) {
        loop {
            match client.read(&octets[at..end], false, now) {
                Err(fault) => return (told, Some(fault)),
                Ok((consumed, event)) => {
                    at += consumed;
                    match event {
                        Event::Need => break,
                        Event::Content(_) => {}
                        Event::Over | Event::Switched(_) => {
                            told.push(name(&event));
                            return (told, None);
                        }
                        event => told.push(name(&event)),
                    }
                }
            }
        }
    }
    (told, None)
}

fn name(event: &Event) -> String {
    match event {
        Event::Interim(head) => format!("interim {}", head.status),
        Event::Response(head) => format!("response {}", head.status),
        Event::Switched(head) => format!("switched {}", head.status),
        other => format!("{other:?}").split([' ', '(']).next().unwrap_or_default().to_string(),
    }
}

#[test]
fn each_is_told_at_its_place_however_the_octets_arrive() {
    let now = Instant::now();
    for row in ROWS {
        let octets = row.octets.as_bytes();
        let start = row.octets.rfind(row.at).expect("the offending octets are among them") as u64;
        let fault = Fault { rule: row.rule, at: Place { start, end: start + row.at.len() as u64 } };
        let whole = feed(&mut client(row.asked, now), octets, &[], now);
        assert_eq!(whole.1, Some(fault), "{}", row.octets.escape_debug());
        for cut in 1..octets.len() {
            assert_eq!(feed(&mut client(row.asked, now), octets, &[cut], now), whole, "cut at {cut}");
        }
        let every: Vec<_> = (1..octets.len()).collect();
        let mut client = client(row.asked, now);
        assert_eq!(feed(&mut client, octets, &every, now), whole);
        assert_eq!(client.read(b"more", false, now), Err(fault), "the same again");
        assert_eq!(client.connection().why(), Some(Why::Broken));
        assert!(!client.connection().persists());
    }
}

#[test]
fn none_of_them_is_told_where_nothing_is_wrong() {
    let now = Instant::now();
    let twice = [OK, OK].concat();
    for (asked, octets, told) in [
        (&[][..], "\r\n\r\n", &[][..]),
        (&[Asked::Get, Asked::Get], twice.as_str(), &["response 200", "Complete", "response 200", "Complete"][..]),
        (
            &[Asked::Get],
            "HTTP/1.1 102 \r\n\r\nHTTP/1.1 100 \r\n\r\nHTTP/1.1 204 \r\n\r\n\r\n",
            &["interim 102", "interim 100", "response 204", "Complete"],
        ),
        (
            &[Asked::Upgrade(&[b"tea", b"coffee/2"])],
            "HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: Tea\r\n\r\nnot HTTP",
            &["switched 101"],
        ),
        (&[Asked::Upgrade(&[b"tea"])], OK, &["response 200", "Complete"]),
        (&[Asked::Connect], "HTTP/1.1 200 \r\nContent-Length: 9\r\n\r\nnot HTTP", &["switched 200"]),
        (&[Asked::Connect], "HTTP/1.1 405 \r\nContent-Length: 2\r\n\r\nno", &["response 405", "Complete"]),
    ] {
        for cut in 1..octets.len() {
            let fed = feed(&mut client(asked, now), octets.as_bytes(), &[cut], now);
            assert_eq!(fed, (told.iter().map(|told| told.to_string()).collect(), None), "{octets:?}");
        }
    }
}

#[test]
fn every_rule_that_the_other_table_leaves_here_is_in_this_one() {
    for rule in OF_THE_CONNECTION {
        assert!(ROWS.iter().any(|row| row.rule == *rule), "{rule}");
    }
}
