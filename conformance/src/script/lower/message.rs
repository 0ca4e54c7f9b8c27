//! Message cases: the octets cut as the delivery says, and the waits that its meaning needs.

use std::time::Duration;

use crate::corpus::model::{Awaited, Bindings, Case, EndMatcher, MessageCase, Role, Shut, ThenConnection, Wire};
use crate::script::reading::Reading;
use crate::script::{Act, Clock, Script, Segment, Step};
use crate::transcript::{Delivery, Purpose, Variant};

/// The gap between two segments where the fixture names none.
pub(super) const PACING: Duration = Duration::from_millis(1);

/// How many octets of a head, and on either side of a fault, are sent one by one.
const CLOSELY: usize = 512;

/// In how many strides the rest of a long message goes out, at most.
const STRIDES: usize = 64;

pub(super) fn script(
    case: &Case,
    message: &MessageCase,
    delivery: Delivery,
    variant: Variant,
    bindings: &Bindings,
) -> Script {
    let wire = message.wire.bind(bindings);
    let reading = Reading::of(&wire);
    let mut line = Line { steps: Vec::new() };
    let mut methods = reading.methods.clone();
    let segments = match delivery {
        Delivery::Coalesced => {
            let mut octets = wire.octets.clone();
            octets.extend_from_slice(&successor(bindings));
            methods.push("GET".to_owned());
            vec![Segment { octets, pause: Duration::ZERO }]
        }
        _ => segments(&wire, &reading, delivery, message.pause),
    };
    line.add(Act::Send { purpose: Purpose::Message, segments, methods });
    match variant {
        Variant::Plain => plain(&mut line, case, message, &reading, delivery, bindings),
        Variant::Withheld => withheld(&mut line, message, &wire, &reading, bindings),
        Variant::Ended => ended(&mut line, message, &reading),
    }
    Script { case: case.id.clone(), delivery, variant, fault: wire.fault.map(|at| at as u64), steps: line.steps }
}

struct Line {
    steps: Vec<Step>,
}

impl Line {
    fn add(&mut self, act: Act) {
        self.steps.push(Step { on: "c1".to_owned(), act });
    }

    fn answers(&mut self, count: usize, clock: Clock) {
        self.add(Act::Await { awaited: Awaited::Response, count, clock });
    }
}

fn plain(
    line: &mut Line,
    case: &Case,
    message: &MessageCase,
    reading: &Reading,
    delivery: Delivery,
    bindings: &Bindings,
) {
    let means = &message.means;
    let ends = super::ends(case, Role::Server, "c1");
    let then = means.reject.as_ref().map(|rejection| rejection.then);
    let rejected = means.reject.as_ref().map(|_| reading.whole_before_fault + 1);
    let answers = means.accept.unwrap_or(0).max(rejected.unwrap_or(0));
    let must_end = then == Some(ThenConnection::Closed) || reading.asks_close;
    let coalesced = delivery == Delivery::Coalesced;
    if must_end {
        // An open connection is shown by an answer, not by patience: a subject that has ended, or ends in its own time, gives none.
        line.answers(answers, Clock::Patience);
        line.add(Act::AwaitEnd { clock: Clock::Quiet });
        line.add(probe(bindings));
        line.add(Act::AwaitAnother { clock: Clock::Patience });
    } else if means.reject.is_none() && coalesced {
        // The successor announces close, so that a conforming subject ends the connection behind it and nothing is waited out:
        // what came until then is all that there is.
        line.answers(answers + 1, Clock::Patience);
        line.add(Act::AwaitEnd { clock: Clock::Quiet });
    } else if then == Some(ThenConnection::ShouldClose) {
        line.answers(answers, Clock::Patience);
        line.add(Act::AwaitEnd { clock: Clock::Quiet });
        if !coalesced {
            line.add(probe(bindings));
            line.add(Act::AwaitAnother { clock: Clock::Quiet });
        }
    } else {
        line.answers(answers, Clock::Patience);
        if ends.iter().any(|end| *end != EndMatcher::Open) {
            line.add(Act::AwaitEnd { clock: Clock::Quiet });
        }
        // An answer may have come before a fault in content did; then only what follows on the connection says anything.
        if !coalesced && (reading.fault_in_content || ends.contains(&EndMatcher::Open)) {
            line.add(probe(bindings));
            line.add(Act::AwaitAnother { clock: Clock::Quiet });
        }
    }
}

fn withheld(line: &mut Line, message: &MessageCase, wire: &Wire, reading: &Reading, bindings: &Bindings) {
    let rest = message.rest.as_ref().map(|rest| rest.bind(bindings)).unwrap_or_default();
    let mut all = wire.octets.clone();
    all.extend_from_slice(&rest.octets);
    let methods = crate::script::reading::methods_in(&all);
    let answers = methods.len().max(reading.whole + 1);
    line.answers(reading.whole + 1, Clock::Quiet);
    let begun = reading.methods.len().min(methods.len());
    line.add(Act::Send {
        purpose: Purpose::Rest,
        segments: vec![Segment { octets: rest.octets, pause: Duration::ZERO }],
        methods: methods[begun..].to_vec(),
    });
    line.answers(answers, Clock::Patience);
}

fn ended(line: &mut Line, message: &MessageCase, reading: &Reading) {
    if message.means.accept.is_some() || message.means.reject.is_some() {
        let answers = message.means.accept.unwrap_or(0).max(reading.whole_before_fault + 1);
        line.answers(answers, Clock::Quiet);
    }
    line.add(Act::Shut(Shut::Write));
    line.add(Act::AwaitEnd { clock: Clock::Patience });
}

/// A request that shows that the connection is open: its answer.
pub(super) fn probe(bindings: &Bindings) -> Act {
    let octets = format!("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", bindings.path, bindings.authority).into_bytes();
    Act::Send {
        purpose: Purpose::Probe,
        segments: vec![Segment { octets, pause: Duration::ZERO }],
        methods: vec!["GET".to_owned()],
    }
}

/// A harmless request after the case's own, the last of its connection.
fn successor(bindings: &Bindings) -> Vec<u8> {
    format!("GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", bindings.path, bindings.authority).into_bytes()
}

fn segments(wire: &Wire, reading: &Reading, delivery: Delivery, pause: Option<Duration>) -> Vec<Segment> {
    let cuts = match delivery {
        Delivery::Whole | Delivery::Coalesced => Vec::new(),
        Delivery::Cut => cuts(wire),
        Delivery::Octets => one_by_one(wire, reading),
    };
    let pause = if delivery == Delivery::Octets { PACING } else { pause.unwrap_or(PACING) };
    cut(&wire.octets, &cuts, pause)
}

/// The octets, cut before each of these places.
pub(super) fn cut(octets: &[u8], cuts: &[usize], pause: Duration) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut from = 0;
    for &to in cuts.iter().chain([&octets.len()]) {
        if to > from && to <= octets.len() {
            let pause = if from == 0 { Duration::ZERO } else { pause };
            segments.push(Segment { octets: octets[from..to].to_vec(), pause });
            from = to;
        }
    }
    segments
}

/// At `\|`, else before `\^`, else between CR and LF of the first line: the same for ever.
fn cuts(wire: &Wire) -> Vec<usize> {
    let inside = |at: &usize| *at > 0 && *at < wire.octets.len();
    let marked: Vec<usize> = wire.cuts.iter().copied().filter(inside).collect();
    if !marked.is_empty() {
        return marked;
    }
    let line = wire.octets.windows(2).position(|two| two == b"\r\n").map(|at| at + 1);
    wire.fault.or(line).filter(inside).into_iter().collect()
}

/// The head and the octets around the fault one by one, the rest in strides.
fn one_by_one(wire: &Wire, reading: &Reading) -> Vec<usize> {
    let end = wire.octets.len();
    let head = reading.first_head;
    let near_fault = wire.fault.map(|at| at.saturating_sub(CLOSELY / 2)..at.saturating_add(CLOSELY / 2));
    let closely = |at: usize| {
        at < CLOSELY
            || (at <= head && at + CLOSELY / 2 >= head)
            || near_fault.as_ref().is_some_and(|near| near.contains(&at))
    };
    let stride = (end / STRIDES).max(16);
    let mut last = 0;
    let mut cuts = Vec::new();
    for at in 1..end {
        if closely(at) || at - last >= stride {
            cuts.push(at);
            last = at;
        }
    }
    cuts
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
