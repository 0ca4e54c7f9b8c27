//! Whatever a transcript holds, the judge comes to a judgement, and what it says has its reasons.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::playing::{bindings, corpus, well_made};
use crate::corpus::load_embedded;
use crate::corpus::model::{Case, Corpus, Observability, Role, Shut};
use crate::judge::{Control, Courtesy, combine, judge};
use crate::transcript::{Clocks, Delivery, Event, Octets, Purpose, Transcript, Variant, Waited, What};

/// Half of the cases are those of these tests, half are real.
fn any_case() -> impl Strategy<Value = &'static Case> {
    static REAL: OnceLock<Corpus> = OnceLock::new();
    let real = REAL.get_or_init(|| load_embedded().unwrap_or_else(|errors| panic!("{}", errors[0])));
    let own = corpus();
    let whole = any::<prop::sample::Index>();
    prop_oneof![
        whole.prop_map(move |index| &own.cases[index.index(own.cases.len())]),
        any::<prop::sample::Index>().prop_map(move |index| &real.cases[index.index(real.cases.len())]),
    ]
}

/// Pieces of messages in any order, and any octets between them.
fn octets() -> impl Strategy<Value = Octets> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            &b"HTTP/1.1 200 OK\r\n"[..], b"HTTP/1.0 200 OK\r\n", b"HTTP/1.1 400 Bad Request\r\n", b"HTTP/1.1 204 \r\n",
            b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", b"HTTP/1.1 304\r\n",
            b"HTTP/9.9 999 \r\n", b"Content-Length: 5\r\n", b"Content-Length: 18446744073709551615\r\n",
            b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip\r\n", b"Connection: close\r\n", b"X: a\r\n b\r\n",
            b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", b"\r\n", b"hello", b"5\r\nhello\r\n", b"0\r\n\r\n",
            b"ffffffffffffffff\r\n", b"GET / HTTP/1.1\r\n", b"HEAD / HTTP/1.1\r\n", b"CONNECT a:1 HTTP/1.1\r\n",
            b"POST / HTTP/1.0\r\n", b"Host: a\r\n", b"{\"method\":\"R0VU\",\"target\":\"Lw==\",\"fields\":[]}",
        ]).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| Octets(pieces.concat()))
}

fn what() -> impl Strategy<Value = What> {
    let purpose = prop::sample::select(vec![Purpose::Message, Purpose::Rest, Purpose::Successor, Purpose::Probe]);
    let methods = prop::collection::vec(prop::sample::select(vec!["GET", "HEAD", "POST", "CONNECT", ""]), 0..3);
    let methods = methods.prop_map(|methods| methods.into_iter().map(str::to_owned).collect());
    let waited = prop::sample::select(vec![Waited::Complete, Waited::Ended, Waited::Late, Waited::TooMuch]);
    let how = prop::sample::select(vec![Shut::Write, Shut::Both, Shut::Reset]);
    prop_oneof![
        1 => Just(What::Connected),
        1 => Just(What::Refused { error: "refused".to_owned() }),
        6 => (purpose.clone(), octets(), methods).prop_map(|(purpose, octets, methods)| What::Sent { purpose, octets, methods }),
        1 => (purpose, any::<u64>())
            .prop_map(|(purpose, count)| What::NotSent { purpose, count, error: "gone".to_owned() }),
        8 => octets().prop_map(|octets| What::Received { octets }),
        2 => Just(What::Fin),
        1 => Just(What::Reset),
        1 => how.prop_map(|how| What::Shut { how }),
        3 => waited.prop_map(|waited| What::Waited { on: "end".to_owned(), waited }),
        3 => answer().prop_map(|answer| What::Told { answer }),
        1 => answer().prop_map(|question| What::Asked { question }),
        1 => Just(What::Died { how: "signal 11".to_owned() }),
    ]
}

/// JSON that may or may not be an answer of the adapter contract.
fn answer() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::json;
    let leaf = prop_oneof![
        Just(json!(null)),
        Just(json!("R0VU")),
        Just(json!("more")),
        Just(json!("reject")),
        Just(json!("idle")),
        any::<u64>().prop_map(|number| json!(number)),
        any::<bool>().prop_map(|truth| json!(truth)),
    ];
    let key = prop::sample::select(vec![
        "id", "messages", "then", "rule", "at", "error", "status", "fields", "body", "complete", "method", "target",
        "version", "skipped", "trailers",
    ]);
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|values| json!(values)),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|pairs| {
                let object = pairs.into_iter().map(|(key, value)| (key.to_owned(), value));
                serde_json::Value::Object(object.collect())
            }),
        ]
    })
}

prop_compose! {
    fn transcript()(
        (role, delivery, variant, level) in (
            prop::sample::select(vec![Role::Server, Role::Client, Role::Proxy, Role::Parser]),
            prop::sample::select(vec![Delivery::Whole, Delivery::Cut, Delivery::Octets, Delivery::Coalesced]),
            prop::sample::select(vec![Variant::Plain, Variant::Withheld, Variant::Ended]),
            prop::sample::select(vec![
                Observability::Opaque, Observability::Static, Observability::Body, Observability::Echo,
            ]),
        ),
        can in prop::collection::vec(prop::sample::select(vec!["slow", "connect", "upgrade"]), 0..3),
        lacks in prop::collection::vec(prop::sample::select(vec!["order", "raw-target", "version"]), 0..3),
        clocks in (any::<u64>(), any::<u64>(), any::<u64>()),
        alone in any::<bool>(),
        fault in prop::option::of(prop_oneof![0..80u64, any::<u64>()]),
        events in prop::collection::vec(
            (any::<u64>(), prop::sample::select(vec!["c1", "c1", "c1", "c2", "s1", "s2", "app", "ask", "process"]), what()),
            0..14,
        ),
    ) -> Transcript {
        Transcript {
            format: 1,
            case: "any".to_owned(),
            role,
            delivery,
            variant,
            bindings: bindings(),
            level,
            can: can.into_iter().map(str::to_owned).collect(),
            lacks: lacks.into_iter().map(str::to_owned).collect(),
            clocks: Clocks { patience_ms: clocks.0, quiet_ms: clocks.1, total_ms: clocks.2 },
            alone,
            fault,
            events: events.into_iter().map(|(at_us, on, what)| Event { at_us, on: on.to_owned(), what }).collect(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_transcript_of_any_case_is_judged(case in any_case(), mut transcript in transcript(), own_role in any::<bool>()) {
        if own_role {
            transcript.role = case.roles[0];
        }
        // The requirements of the real corpus are those of these cases, too.
        let judgement = judge(case, &transcript, &corpus().requirements);
        well_made(&judgement, case, &transcript);
        prop_assert_eq!(&judgement, &judge(case, &transcript, &corpus().requirements), "the same again");
        let written = serde_json::to_string(&judgement).expect("a judgement is JSON");
        prop_assert_eq!(&judgement, &serde_json::from_str(&written).expect("and read back"));
        for control in [Control::NONE, Control::MISSING, Control::of(std::slice::from_ref(&judgement))] {
            let results = combine(
                case, transcript.role, &[judgement.clone(), judgement.clone()], &control, own_role, &corpus().requirements,
            );
            prop_assert_eq!(results.len(), 1, "what is the same does not disagree");
        }
    }

    #[test]
    fn any_transcript_is_linted(transcript in transcript()) {
        let mut courtesy = Courtesy::new();
        courtesy.observe(&transcript);
        for result in courtesy.results(transcript.role, true, &corpus().requirements) {
            for finding in &result.findings {
                prop_assert!(finding.at[0] <= finding.at[1] && finding.requirement.is_some() && finding.level.is_some());
            }
        }
    }

    #[test]
    fn a_transcript_survives_json(transcript in transcript()) {
        let line = serde_json::to_string(&transcript).expect("a transcript is JSON");
        prop_assert!(!line.contains('\n'));
        let back: Transcript = serde_json::from_str(&line).expect("and is read back");
        prop_assert_eq!(transcript, back);
    }
}
