//! Script cases: one step is one act, then what the outcomes' endings need.

use std::collections::BTreeMap;

use super::ends;
use super::message::{PACING, cut, probe};
use crate::corpus::model::{Awaited, Bindings, Case, EndMatcher, Role, ScriptStep, Shut, Verb};
use crate::script::reading::methods_in;
use crate::script::{Act, Clock, Script, Step};
use crate::transcript::{Delivery, Purpose, Variant};

/// What was done on one connection so far.
#[derive(Default)]
struct Done {
    sent: Vec<u8>,
    methods: usize,
    requests: usize,
    responses: usize,
    interim: usize,
    shut: bool,
}

pub(super) fn script(case: &Case, steps: &[ScriptStep], role: Role, bindings: &Bindings) -> Script {
    let mut connections: BTreeMap<&str, Done> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    let mut acts = Vec::new();
    let mut fault = None;
    for step in steps {
        if !order.contains(&step.on.as_str()) {
            order.push(&step.on);
        }
        let done = connections.entry(&step.on).or_default();
        let clock = step.within.map_or(Clock::Patience, Clock::Within);
        let act = match &step.verb {
            Verb::Send(text) => {
                let wire = text.bind(bindings);
                if step.on == "c1" && fault.is_none() {
                    fault = wire.fault.map(|at| (done.sent.len() + at) as u64);
                }
                done.sent.extend_from_slice(&wire.octets);
                let methods = if step.on.starts_with('c') { methods_in(&done.sent) } else { Vec::new() };
                let new = methods.get(done.methods..).unwrap_or_default().to_vec();
                done.methods = done.methods.max(methods.len());
                Act::Send { purpose: Purpose::Message, segments: cut(&wire.octets, &wire.cuts, PACING), methods: new }
            }
            Verb::Recv(awaited) => {
                let count = match awaited {
                    Awaited::Request => &mut done.requests,
                    Awaited::Response => &mut done.responses,
                    Awaited::Interim => &mut done.interim,
                };
                *count += 1;
                Act::Await { awaited: *awaited, count: *count, clock }
            }
            Verb::Shut(how) => {
                done.shut = true;
                Act::Shut(*how)
            }
            Verb::Pause(time) => Act::Pause(*time),
        };
        acts.push(Step { on: step.on.clone(), act });
    }
    for name in order {
        endings(&mut acts, name, &connections[name], &ends(case, role, name), steps, bindings);
    }
    Script { case: case.id.clone(), delivery: Delivery::Whole, variant: Variant::Plain, fault, steps: acts }
}

/// An open connection is shown by an answer, a closed one by its end. Where both may be, a probe tells them apart without waiting;
/// it may turn a FIN into a reset, so where an outcome asks which of the two it was, the end is waited for in quiet first.
fn endings(
    acts: &mut Vec<Step>,
    name: &str,
    done: &Done,
    ends: &[EndMatcher],
    steps: &[ScriptStep],
    bindings: &Bindings,
) {
    if ends.is_empty() || gone(name, steps) {
        return;
    }
    let mut add = |act| acts.push(Step { on: name.to_owned(), act });
    let may_be_open = ends.contains(&EndMatcher::Open) && name.starts_with('c') && !done.shut;
    if !may_be_open {
        // One that has to end and did not is asked: an answer shows at once that it is open.
        let asked = name.starts_with('c') && !done.shut && !ends.contains(&EndMatcher::Late);
        let quiet = asked || ends.iter().all(|end| *end == EndMatcher::Open);
        add(Act::AwaitEnd { clock: if quiet { Clock::Quiet } else { Clock::Patience } });
        if asked {
            add(probe(bindings));
            add(Act::AwaitAnother { clock: Clock::Patience });
        }
        return;
    }
    if ends.iter().any(|end| matches!(end, EndMatcher::Fin | EndMatcher::Reset)) {
        add(Act::AwaitEnd { clock: Clock::Quiet });
    }
    add(probe(bindings));
    add(Act::AwaitAnother { clock: Clock::Patience });
}

/// Whether our own script closed or reset this connection.
fn gone(name: &str, steps: &[ScriptStep]) -> bool {
    steps.iter().any(|step| step.on == name && matches!(step.verb, Verb::Shut(Shut::Both | Shut::Reset)))
}
