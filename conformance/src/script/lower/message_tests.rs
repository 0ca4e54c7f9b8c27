//! How message cases are played: what goes out in which pieces, and what is waited for.

use std::time::Duration;

use crate::corpus::model::{
    Awaited, Body, Case, Means, MessageCase, Observability, Piece, Rejection, Role, Shut, ThenConnection, Verdict,
};
use crate::corpus::wire_text::{Marks, parse};
use crate::corpus::{example_bindings, load_embedded};
use crate::script::lower::scripts;
use crate::script::{Act, Clock, Script};
use crate::transcript::{Delivery, Purpose, Variant};

const GET: &str = r"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// A case of these octets, for every role.
fn case(wire: &str, means: Means) -> Case {
    let message = MessageCase {
        direction: crate::corpus::model::Direction::Request,
        wire: parse(wire, Marks::Message).expect("wire text"),
        rest: None,
        means,
        said: Vec::new(),
        pause: None,
        request_methods: Vec::new(),
    };
    Case {
        id: "folder/file/case".to_owned(),
        title: String::new(),
        note: String::new(),
        kind: crate::corpus::model::Kind::Conformance,
        rule: None,
        roles: vec![Role::Server],
        tags: Vec::new(),
        needs: Vec::new(),
        requirements: vec!["9112-2.2-10".to_owned()],
        control: None,
        body: Body::Message(Box::new(message)),
        outcomes: Vec::new(),
        source: crate::corpus::model::Source::default(),
    }
}

fn message(case: &mut Case) -> &mut MessageCase {
    match &mut case.body {
        Body::Message(message) => message,
        Body::Script(_) => panic!("a message case"),
    }
}

fn accept(count: usize) -> Means {
    Means { accept: Some(count), ..Means::default() }
}

fn reject(then: ThenConnection) -> Means {
    let rejection = Rejection { statuses: vec![400], then, silent_close: Verdict::Warn };
    Means { reject: Some(rejection), ..Means::default() }
}

fn incomplete() -> Means {
    Means { incomplete: true, ..Means::default() }
}

fn all(case: &Case) -> Vec<Script> {
    scripts(case, Role::Server, &example_bindings(), Observability::Echo)
}

fn of(case: &Case, delivery: Delivery, variant: Variant) -> Script {
    let found = all(case).into_iter().find(|script| script.delivery == delivery && script.variant == variant);
    found.unwrap_or_else(|| panic!("it is played {delivery:?} and {variant:?}"))
}

fn whole(case: &Case) -> Script {
    of(case, Delivery::Whole, Variant::Plain)
}

/// The pieces of what is sent for that purpose.
fn pieces(script: &Script, purpose: Purpose) -> Vec<Vec<u8>> {
    let segments = script.steps.iter().filter_map(|step| match &step.act {
        Act::Send { purpose: own, segments, .. } if *own == purpose => Some(segments),
        _ => None,
    });
    segments.flatten().map(|segment| segment.octets.clone()).collect()
}

/// The steps behind the message, in words.
fn waits(script: &Script) -> Vec<String> {
    let word = |clock: &Clock| match clock {
        Clock::Patience => "patiently".to_owned(),
        Clock::Quiet => "quietly".to_owned(),
        Clock::Within(time) => format!("within {time:?}"),
    };
    let steps = script.steps.iter().skip(1).map(|step| match &step.act {
        Act::Send { purpose, .. } => format!("{purpose:?}"),
        Act::Await { awaited: Awaited::Response, count, clock } => format!("{count} {}", word(clock)),
        Act::Await { awaited, count, clock } => format!("{awaited:?} {count} {}", word(clock)),
        Act::AwaitAnother { clock } => format!("another {}", word(clock)),
        Act::AwaitEnd { clock } => format!("end {}", word(clock)),
        Act::Shut(how) => format!("shut {how:?}"),
        Act::Pause(time) => format!("pause {time:?}"),
    });
    steps.collect()
}

#[test]
fn in_whatever_pieces_the_octets_of_every_case_are_sent() {
    let corpus = load_embedded().unwrap_or_else(|errors| panic!("{}", errors[0]));
    let bindings = example_bindings();
    let mut played = 0;
    for case in &corpus.cases {
        let Body::Message(message) = &case.body else { continue };
        let wire = message.wire.bind(&bindings);
        for script in all(case) {
            played += 1;
            let (id, delivery) = (&case.id, script.delivery);
            let pieces = pieces(&script, Purpose::Message);
            let sent = pieces.concat();
            assert!(pieces.iter().all(|piece| !piece.is_empty()), "{id} {delivery:?}");
            assert_eq!(script.fault, wire.fault.map(|fault| fault as u64), "{id}");
            match delivery {
                Delivery::Coalesced => {
                    assert_eq!(pieces.len(), 1, "{id}: one write");
                    let successor = sent.strip_prefix(&wire.octets[..]).expect("the case's octets come first");
                    assert!(successor.ends_with(b"Connection: close\r\n\r\n"), "{id}");
                }
                _ => assert!(sent == wire.octets, "{id} {delivery:?}: other octets are sent"),
            }
            match delivery {
                Delivery::Whole => assert_eq!(pieces.len(), 1, "{id}"),
                // A message that breaks its rule at once, and one without a line end, has no place to be cut at.
                Delivery::Cut => {
                    let line_ends = wire.octets.windows(2).any(|two| two == b"\r\n");
                    let fault_first = wire.fault == Some(0);
                    assert!(pieces.len() > 1 || !line_ends || fault_first || id.contains("limit"), "{id}");
                }
                _ => {}
            }
            let half_closed = script.steps.iter().any(|step| matches!(step.act, Act::Shut(_)));
            assert_eq!(
                half_closed,
                script.variant == Variant::Ended,
                "{id}: our half ends in the middle of a message only"
            );
        }
    }
    assert!(played > 2_000, "the corpus is larger than that: {played}");
}

#[test]
fn a_cut_is_at_the_marks_else_at_the_fault_else_in_the_first_line_end() {
    let cut = |wire: &str| pieces(&of(&case(wire, accept(1)), Delivery::Cut, Variant::Plain), Purpose::Message);
    assert_eq!(cut(r"GET /\| HTTP/1.1\r\nHo\|st: a\^\r\n\r\n"), [&b"GET /"[..], b" HTTP/1.1\r\nHo", b"st: a\r\n\r\n"]);
    assert_eq!(cut(r"GET / HTTP/1.1\r\nHost: a\^\r\n\r\n"), [&b"GET / HTTP/1.1\r\nHost: a"[..], b"\r\n\r\n"]);
    assert_eq!(cut(GET), [&b"GET / HTTP/1.1\r"[..], b"\nHost: a\r\n\r\n"]);
    assert_eq!(cut(r"\^GET / HTTP/1.1\n\n"), [&b"GET / HTTP/1.1\n\n"[..]], "there is nothing before it");
}

#[test]
fn segments_are_paced_as_the_fixture_says() {
    let mut paced = case(r"GET /\| HTTP/1.1\r\nHost: a\r\n\r\n", accept(1));
    let pauses = |case: &Case, delivery| match &of(case, delivery, Variant::Plain).steps[0].act {
        Act::Send { segments, .. } => segments.iter().map(|segment| segment.pause).collect::<Vec<_>>(),
        _ => panic!("octets are sent first"),
    };
    assert_eq!(pauses(&paced, Delivery::Cut), [Duration::ZERO, Duration::from_millis(1)]);
    message(&mut paced).pause = Some(Duration::from_millis(150));
    assert_eq!(pauses(&paced, Delivery::Cut), [Duration::ZERO, Duration::from_millis(150)]);
    assert!(
        pauses(&paced, Delivery::Octets).iter().all(|pause| *pause <= Duration::from_millis(1)),
        "not at each octet"
    );
}

#[test]
fn heads_go_out_octet_by_octet_and_long_content_in_strides() {
    let octets = |case: &Case| pieces(&of(case, Delivery::Octets, Variant::Plain), Purpose::Message);
    assert!(octets(&case(GET, accept(1))).iter().all(|piece| piece.len() == 1));
    let long = r"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n\{90000*x}\^y\{9999*x}";
    let pieces = octets(&case(long, accept(1)));
    let head = 54;
    assert!(pieces[..head].iter().all(|piece| piece.len() == 1), "the head");
    assert!(pieces.len() < 512 + 512 + 100, "{}", pieces.len());
    let mut at = 0;
    for piece in &pieces {
        let near_fault = (at + 200..at + 200 + piece.len()).contains(&(head + 90_000 + 100));
        assert!(!near_fault || piece.len() == 1, "around the fault");
        at += piece.len();
    }
    let largest = pieces.iter().map(Vec::len).max();
    assert!(largest > Some(1_000) && largest < Some(3_000), "{largest:?}");
}

#[test]
fn deliveries_that_make_no_sense_are_left_out() {
    let deliveries = |case: &Case| {
        let mut deliveries: Vec<Delivery> = all(case).iter().map(|script| script.delivery).collect();
        deliveries.dedup();
        deliveries
    };
    let every = [Delivery::Whole, Delivery::Cut, Delivery::Octets, Delivery::Coalesced];
    assert_eq!(deliveries(&case(GET, accept(1))), every);
    assert_eq!(deliveries(&case(GET, reject(ThenConnection::Closed))), every);
    // What stands behind it has no place there: a server may refuse the whole for it.
    assert_eq!(
        deliveries(&case(r"GET / HTTP/1.0\r\n\r\n", accept(1))),
        every[..3],
        "it ends its connection in silence"
    );
    assert_eq!(deliveries(&case(r"GET / HTTP/1.1\r\nHost: a\r\n", incomplete())), every[..3]);
    let also_incomplete = Means { incomplete: true, ..accept(1) };
    assert_eq!(deliveries(&case(GET, also_incomplete)), every[..3]);
    for switch in [
        r"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
        r"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    ] {
        assert_eq!(deliveries(&case(switch, accept(1))), every[..3], "{switch}");
    }
}

#[test]
fn only_what_the_level_shows_is_played_and_only_for_servers() {
    let played = |case: &Case, level| !scripts(case, Role::Server, &example_bindings(), level).is_empty();
    let in_content = r"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\^x\r\n\r\n";
    let in_content = case(in_content, reject(ThenConnection::Any));
    let content_missing = case(r"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", incomplete());
    let head_missing = case(r"POST / HTTP/1.1\r\nHost: a\r\n", incomplete());
    for level in [Observability::Opaque, Observability::Static] {
        assert!(!played(&in_content, level) && !played(&content_missing, level) && played(&head_missing, level));
    }
    for level in [Observability::Body, Observability::Echo] {
        assert!(played(&in_content, level) && played(&content_missing, level) && played(&head_missing, level));
    }
    let mut of_clients = case(GET, accept(1));
    of_clients.roles = vec![Role::Client];
    assert!(!played(&of_clients, Observability::Echo));
    assert!(scripts(&case(GET, accept(1)), Role::Proxy, &example_bindings(), Observability::Echo).is_empty());
}

#[test]
fn an_answer_is_waited_for_and_silence_is_not() {
    assert_eq!(waits(&whole(&case(GET, accept(1)))), ["1 patiently"]);
    assert_eq!(waits(&whole(&case(&[GET, GET].concat(), accept(2)))), ["2 patiently"]);
    assert_eq!(waits(&whole(&case(GET, reject(ThenConnection::Any)))), ["1 patiently"]);
    let second = [GET, r"GET / HTTP/1.1\r\n\^\r\n"].concat();
    assert_eq!(waits(&whole(&case(&second, reject(ThenConnection::Any)))), ["2 patiently"]);
    let coalesced = of(&case(GET, accept(1)), Delivery::Coalesced, Variant::Plain);
    assert_eq!(waits(&coalesced), ["2 patiently", "end quietly"]);
}

#[test]
fn an_end_is_asked_for_by_a_probe() {
    let must = ["1 patiently", "end quietly", "Probe", "another patiently"];
    assert_eq!(waits(&whole(&case(GET, reject(ThenConnection::Closed)))), must);
    assert_eq!(waits(&whole(&case(r"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", accept(1)))), must);
    let either = Means { accept: Some(1), ..reject(ThenConnection::Closed) };
    assert_eq!(waits(&whole(&case(GET, either))), must);
    let should = case(GET, reject(ThenConnection::ShouldClose));
    assert_eq!(waits(&whole(&should)), ["1 patiently", "end quietly", "Probe", "another quietly"]);
    let coalesced = of(&should, Delivery::Coalesced, Variant::Plain);
    assert_eq!(waits(&coalesced), ["1 patiently", "end quietly"], "the successor is the probe");
    let in_content = r"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\^x\r\n\r\n";
    let in_content = case(in_content, reject(ThenConnection::Any));
    assert_eq!(
        waits(&whole(&in_content)),
        ["1 patiently", "Probe", "another quietly"],
        "an answer may have come before it"
    );
    let probe = pieces(&whole(&should), Purpose::Probe).concat();
    assert_eq!(probe, b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n");
}

#[test]
fn a_beginning_is_played_twice() {
    let mut beginning = case(r"GET / HTTP/1.1\r\nHost: a\r\n", incomplete());
    message(&mut beginning).rest = Some(parse(r"\r\n", Marks::Sent).expect("wire text"));
    let withheld = of(&beginning, Delivery::Whole, Variant::Withheld);
    assert_eq!(waits(&withheld), ["1 quietly", "Rest", "1 patiently"]);
    assert_eq!(pieces(&withheld, Purpose::Rest), [b"\r\n"]);
    assert_eq!(waits(&of(&beginning, Delivery::Whole, Variant::Ended)), ["shut Write", "end patiently"]);
    let and_more = [GET, r"GET / HTTP/1.1\r\nHost: a\r\n"].concat();
    message(&mut beginning).wire = parse(&and_more, Marks::Message).expect("wire text");
    assert_eq!(waits(&of(&beginning, Delivery::Whole, Variant::Withheld)), ["2 quietly", "Rest", "2 patiently"]);
    message(&mut beginning).means.reject = reject(ThenConnection::Any).reject;
    assert!(
        all(&beginning).iter().all(|script| script.variant == Variant::Ended),
        "with an alternative it is ended only"
    );
    let ended = of(&beginning, Delivery::Whole, Variant::Ended);
    assert_eq!(waits(&ended), ["1 quietly", "shut Write", "end patiently"]);
}

#[test]
fn the_rest_may_begin_requests_of_its_own() {
    let mut beginning = case(r"GET / HTTP/1.1\r\nHost: a\r\n", incomplete());
    message(&mut beginning).rest =
        Some(parse(r"\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\n", Marks::Sent).expect("wire text"));
    let withheld = of(&beginning, Delivery::Whole, Variant::Withheld);
    let methods = |purpose: Purpose| {
        withheld.steps.iter().find_map(|step| match &step.act {
            Act::Send { purpose: own, methods, .. } if *own == purpose => Some(methods.clone()),
            _ => None,
        })
    };
    assert_eq!(methods(Purpose::Message), Some(vec!["GET".to_owned()]));
    assert_eq!(methods(Purpose::Rest), Some(vec!["HEAD".to_owned()]));
    assert_eq!(waits(&withheld), ["1 quietly", "Rest", "2 patiently"]);
    assert!(withheld.steps.iter().all(|step| !matches!(step.act, Act::Shut(Shut::Write))));
}

#[test]
fn variables_are_filled_in() {
    let mut variable = case(GET, accept(1));
    message(&mut variable).wire.pieces = vec![
        Piece::Octets(b"GET ".to_vec()),
        Piece::Path,
        Piece::Octets(b" HTTP/1.1\r\nHost: ".to_vec()),
        Piece::Authority,
        Piece::Octets(b"\r\n\r\n".to_vec()),
    ];
    let octets = pieces(&whole(&variable), Purpose::Message).concat();
    assert_eq!(octets, b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n");
}
