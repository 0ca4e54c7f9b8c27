//! Client and server joined over memory, with something going wrong at every octet of their exchanges, in virtual time: cuts
//! between two octets, delays short and long, a deadline that passes, a half that ends, a reset; at either end, in either
//! direction. Whatever happens: a message that its reader holds to be complete is the one that was sent, and comes once; what is
//! missing is an error; nothing hangs, and nothing waits longer than the waits say.

mod exchanges;
mod world;

use std::time::Duration;

use exchanges::{Complete, Exchange, GET, Log, Script, Sent, client, server};
use wiregauge_proto::connection::Waits;
use wiregauge_proto::driver::{Error, Options};
use wiregauge_proto::head::Version;
use wiregauge_proto::rule::Rule;
use wiregauge_proto::transport::fault::{Fault, Happens, Plan};
use wiregauge_proto::transport::memory;
use world::{Clock, Delay, Stuck, Timed, run};

const TRAILERS: exchanges::Trailers = &[(b"Digest", b"abc"), (b"Note", b"the end")];

const SCRIPTS: &[Script] = &[
    Script {
        name: "two on one connection",
        exchanges: &[GET, Exchange { target: "/b", answer: Sent::None, status: 204, close: true, ..GET }],
        pipelined: false,
        until_close: false,
    },
    Script {
        name: "fixed content both ways",
        exchanges: &[
            Exchange { method: "POST", target: "/post", content: Sent::Whole(b"what the client says"), ..GET },
            Exchange { method: "HEAD", target: "/head", answer: Sent::None, ..GET },
        ],
        pipelined: false,
        until_close: false,
    },
    Script {
        name: "chunks and trailers both ways",
        exchanges: &[
            Exchange {
                method: "PUT",
                target: "/chunks",
                content: Sent::Pieces(&[b"one", b" and two", b"!"], TRAILERS),
                answer: Sent::Pieces(&[b"answer", b" in", b" pieces"], TRAILERS),
                ..GET
            },
            Exchange { target: "/next", ..GET },
        ],
        pipelined: false,
        until_close: false,
    },
    Script {
        name: "held content and hints",
        exchanges: &[
            Exchange { method: "PUT", target: "/held", content: Sent::Whole(b"held back"), expect: true, ..GET },
            Exchange { target: "/hints", hints: true, ..GET },
        ],
        pipelined: false,
        until_close: false,
    },
    Script {
        name: "three in a row",
        exchanges: &[
            Exchange { target: "/1", answer: Sent::Whole(b"first"), ..GET },
            Exchange { method: "PUT", target: "/2", content: Sent::Whole(b"second"), ..GET },
            Exchange { target: "/3", answer: Sent::Pieces(&[b"thi", b"rd"], &[]), ..GET },
        ],
        pipelined: true,
        until_close: false,
    },
    Script {
        name: "version 1.0, until the end of the connection",
        exchanges: &[Exchange {
            target: "/old",
            version: Version::HTTP_10,
            answer: Sent::Pieces(&[b"no length", b" is known"], &[]),
            ..GET
        }],
        pipelined: false,
        until_close: true,
    },
];

/// Something that goes wrong at one end.
#[derive(Clone, Copy, Debug)]
struct Trouble {
    end: End,
    what: What,
    at: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Client,
    Server,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Receiving(Happens),
    Sending(Happens),
    /// The octets behind the place come so much later.
    Delay(Duration),
}

const SHORT: Duration = Duration::from_millis(700);
const LONG: Duration = Duration::from_secs(7200);

/// Troubles after which everything must have gone as if there had been none.
fn is_harmless(what: What) -> bool {
    matches!(what, What::Receiving(Happens::Cut) | What::Sending(Happens::Cut) | What::Delay(SHORT))
}

struct Outcome {
    client: Log,
    server: Log,
    elapsed: Duration,
    /// Octets that the client and the server received.
    received: (u64, u64),
}

fn play(script: Script, trouble: Option<Trouble>, piece: usize) -> Result<Outcome, Stuck> {
    // Less room than some of the messages need, so that senders wait for readers.
    let (near, far) = memory::pair_with_room(48);
    let clock = Clock::new();
    let end = |inner, end| {
        let what = trouble.filter(|trouble| trouble.end == end);
        let delay = what.and_then(|trouble| match trouble.what {
            What::Delay(by) => Some(Delay { at: trouble.at, by }),
            _ => None,
        });
        let (timed, count) = Timed::new(inner, clock.clone(), delay);
        let (mut receiving, mut sending) = (Plan::pieces(piece), Plan::pieces(piece));
        match what {
            Some(Trouble { what: What::Receiving(happens), at, .. }) => receiving = receiving.then(at, happens),
            Some(Trouble { what: What::Sending(happens), at, .. }) => sending = sending.then(at, happens),
            _ => {}
        }
        (Fault::new(timed, receiving, sending), count)
    };
    let ((near, near_count), (far, far_count)) = (end(near, End::Client), end(far, End::Server));
    let options =
        Options { waits: Waits { message: Some(Duration::from_secs(120)), ..Waits::DEFAULT }, ..Options::default() };
    let (client, server) = run(&clock, client(near, options.clone(), script), server(far, options, script))?;
    let received = (near_count.lock().unwrap().0, far_count.lock().unwrap().0);
    Ok(Outcome { client, server, elapsed: clock.elapsed(), received })
}

fn requests(script: Script) -> Vec<Complete> {
    let complete = |exchange: &Exchange| Complete {
        start: exchange.target.into(),
        content: exchange.content.octets(),
        trailers: exchange.content.trailers(),
    };
    script.exchanges.iter().map(complete).collect()
}

fn responses(script: Script) -> Vec<Complete> {
    let complete = |exchange: &Exchange| Complete {
        start: exchange.status.to_string(),
        content: exchange.answer.octets(),
        trailers: exchange.answer.trailers(),
    };
    script.exchanges.iter().map(complete).collect()
}

/// Whether the error says that something is missing, and nothing else: no rule but those of incomplete messages was broken.
fn says_incomplete(error: &Error) -> bool {
    match error {
        Error::Fault(fault) => matches!(
            fault.rule,
            Rule::MessageIncompleteHead | Rule::MessageIncompleteContent | Rule::MessageIncompleteChunked
        ),
        Error::Ended | Error::Late(_) | Error::Reset | Error::Transport(_) => true,
        _ => false,
    }
}

#[test]
fn everything_is_complete_where_nothing_goes_wrong() {
    for &script in SCRIPTS {
        for piece in [0, 1, 2, 3, 7] {
            let outcome = play(script, None, piece).unwrap();
            whole(script, &outcome, &format!("{} in pieces of {piece}", script.name));
            assert!(outcome.elapsed < Duration::from_secs(1), "{}: nobody waits", script.name);
        }
    }
}

/// Both ends have all messages, and no error.
fn whole(script: Script, outcome: &Outcome, what: &str) {
    assert_eq!(outcome.server.complete, requests(script), "{what}: {:?}", outcome.server.error);
    assert_eq!(outcome.client.complete, responses(script), "{what}: {:?}", outcome.client.error);
    assert!(outcome.client.error.is_none() && outcome.server.error.is_none(), "{what}");
}

#[test]
fn trouble_at_every_octet() {
    let happens = [Happens::Cut, Happens::Late, Happens::End, Happens::Reset];
    let kinds: Vec<What> = (happens.iter().map(|happens| What::Receiving(*happens)))
        .chain(happens.iter().map(|happens| What::Sending(*happens)))
        .chain([What::Delay(SHORT), What::Delay(LONG)])
        .collect();
    let (mut played, mut cut_short) = (0, 0);
    for &script in SCRIPTS {
        let (near, far) = play(script, None, 0).unwrap().received;
        for end in [End::Client, End::Server] {
            for &what in &kinds {
                let octets = match (end, what) {
                    (End::Client, What::Sending(_)) | (End::Server, What::Receiving(_) | What::Delay(_)) => far,
                    _ => near,
                };
                for at in 0..=octets {
                    let trouble = Trouble { end, what, at };
                    let told = format!("{}: {trouble:?}", script.name);
                    let outcome = play(script, Some(trouble), 0).unwrap_or_else(|stuck| panic!("{told}: {stuck:?}"));
                    judge(script, trouble, &outcome, &told);
                    played += 1;
                    cut_short += usize::from(outcome.client.complete.len() < script.exchanges.len());
                }
            }
        }
    }
    // The troubles are real ones: most of those that are not harmless leave something out.
    assert!(played > 12_000 && cut_short > played / 3, "{played} played, {cut_short} cut short");
}

fn judge(script: Script, trouble: Trouble, outcome: &Outcome, told: &str) {
    let Outcome { client, server, elapsed, .. } = outcome;
    if is_harmless(trouble.what) {
        return whole(script, outcome, told);
    }
    // What was understood is what was said: in order, whole, and once.
    assert!(requests(script).starts_with(&server.complete), "{told}: the server read {:?}", server.complete);
    let mut heard = client.complete.clone();
    let refused = heard.pop_if(|last| matches!(last.start.as_str(), "400" | "408")).is_some();
    let mut expected = responses(script);
    if script.until_close && trouble.end == End::Client && trouble.what == What::Receiving(Happens::End) {
        // The one message whose end is not told from a cut (RFC 9112 §8): what there is of it is the beginning.
        for (heard, expected) in heard.iter().zip(&mut expected) {
            expected.content.truncate(heard.content.len());
        }
    }
    assert!(expected.starts_with(&heard), "{told}: the client read {heard:?}");
    assert!(heard.len() <= server.complete.len(), "{told}: answers to requests that were not read");
    // What is missing is an error that says so, or the server's word that it could not read the request.
    let whole = heard.len() == script.exchanges.len();
    match &client.error {
        Some(error) => assert!(says_incomplete(error), "{told}: the client says {error}"),
        None => assert!(whole || refused, "{told}: the client lacks an answer and says nothing"),
    }
    match &server.error {
        Some(error) => assert!(says_incomplete(error), "{told}: the server says {error}"),
        // A connection that ends between two requests is none.
        None => assert!(!refused, "{told}: the server refused without a reason"),
    }
    assert!(*elapsed <= Duration::from_secs(200), "{told}: {elapsed:?}");
}
