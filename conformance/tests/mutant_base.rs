//! The obvious server, before anything is made wrong with it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use wiregauge::mutant::{self, Mutation};

/// Sends octets, ends our half, reads to the end.
fn exchange(mutation: Option<Mutation>, octets: &[u8]) -> String {
    let running = mutant::start(mutation).expect("a free port");
    let mut stream = TcpStream::connect(running.address()).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a socket");
    stream.write_all(octets).expect("it reads");
    stream.shutdown(Shutdown::Write).expect("a socket");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it ends");
    String::from_utf8_lossy(&answer).into_owned()
}

fn statuses(answer: &str) -> Vec<&str> {
    answer.split("HTTP/1.1 ").skip(1).map(|rest| &rest[..3]).collect()
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let answer = exchange(
        None,
        b"GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhiHEAD / HTTP/1.1\r\nHost: x\r\n\r\n",
    );
    assert_eq!(statuses(&answer), ["200", "200", "200"]);
    assert!(answer.find("L2E=") < answer.find("L2I="), "/a, then /b: {answer}");
    assert!(answer.ends_with("\r\n\r\n"), "HEAD has no content: {answer}");
}

#[test]
fn faults_are_refused_and_end_the_connection() {
    for fault in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc: d\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\nx",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\nx\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n0\r\n\r\n",
    ] {
        let answer = exchange(None, format!("{fault}GET / HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
        assert_eq!(statuses(&answer), ["400"], "{fault:?}");
    }
}

#[test]
fn every_mutation_has_a_name_of_its_own_and_enough_are_behaviour() {
    let names: std::collections::BTreeSet<_> = Mutation::ALL.iter().map(|m| m.id()).collect();
    assert_eq!(names.len(), Mutation::ALL.len());
    let behaviour = Mutation::ALL.iter().filter(|m| m.nature() == mutant::Nature::Behaviour).count();
    assert!(Mutation::ALL.len() >= 25 && behaviour * 3 >= Mutation::ALL.len());
    assert!(Mutation::ALL.iter().all(|m| Mutation::from_id(m.id()) == Some(*m) && !m.breaks().is_empty()));
}

#[test]
fn a_mutation_changes_what_it_names() {
    let both = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_eq!(statuses(&exchange(Some(Mutation::ContentLengthWins), both.as_bytes())), ["200"]);
    let blank = "GET / HTTP/1.1\r\nHost : x\r\n\r\n";
    assert_eq!(statuses(&exchange(Some(Mutation::SpaceBeforeColon), blank.as_bytes())), ["200"]);
    let short = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhi";
    assert_eq!(statuses(&exchange(None, short.as_bytes())), [""; 0]);
    assert_eq!(statuses(&exchange(Some(Mutation::ShortContentAccepted), short.as_bytes())), ["200"]);
}
