//! Our own strict reader beside what a fixture says.

use wiregauge_proto::message::{Fault, Kind, Message, Stream, Then, read_all_strict};
use wiregauge_proto::{Limits, Rule};

use crate::corpus::model::{Bindings, Case, Direction, MessageCase};
use crate::corpus::said::{Understood, differences};

/// Which part of the case a problem is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    Wire,
    Rest,
    Means,
    Rule,
    Message,
}

/// What our reader says against a fixture.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) at: At,
    pub(super) what: String,
    pub(super) remedy: &'static str,
}

fn problem(at: At, what: impl Into<String>, remedy: &'static str) -> Problem {
    Problem { at, what: what.into(), remedy }
}

/// Where the strict reader disagrees with `means`, `rule`, `\^`, `rest` and `[[case.message]]`.
pub(super) fn disagreements(case: &Case, message: &MessageCase, bindings: &Bindings) -> Vec<Problem> {
    let means = &message.means;
    if means.accept.is_none() && means.reject.is_none() && !means.incomplete {
        return Vec::new();
    }
    let wire = message.wire.bind(bindings);
    let stream = read(message, &wire.octets);
    match stream.then {
        Then::Reject(fault) if means.reject.is_some() => rejected(case, fault, wire.fault, &wire.octets),
        Then::Reject(fault) => {
            vec![problem(
                At::Wire,
                format!("our reader finds {}", described(fault, &wire.octets)),
                "correct the octets, or add `reject` to `means`",
            )]
        }
        Then::More if means.incomplete => completed(message, wire.octets, bindings),
        Then::More => vec![problem(
            At::Wire,
            "our reader wants more octets",
            "complete the message, or write `incomplete = true`",
        )],
        Then::Idle | Then::End | Then::Switched { .. } => match means.accept {
            Some(count) => accepted(message, &stream, count, bindings),
            None => {
                let what = format!("our reader accepts {} messages", stream.messages.len());
                vec![problem(At::Means, what, "correct the octets or `means`")]
            }
        },
    }
}

/// Reads strictly; where only the end of the connection can complete a response, it ends.
fn read(message: &MessageCase, octets: &[u8]) -> Stream {
    let kind = match message.direction {
        Direction::Request => Kind::Requests,
        Direction::Response => Kind::Responses,
    };
    let methods: Vec<&[u8]> = message.request_methods.iter().map(String::as_bytes).collect();
    let open = read_all_strict(kind, octets, false, &methods, &Limits::DEFAULT);
    if open.then == Then::More && message.direction == Direction::Response {
        let ended = read_all_strict(kind, octets, true, &methods, &Limits::DEFAULT);
        if ended.then == Then::End {
            return ended;
        }
    }
    open
}

fn described(fault: Fault, octets: &[u8]) -> String {
    let at = usize::try_from(fault.at.start).unwrap_or(octets.len()).min(octets.len());
    let (before, after) = (&octets[at.saturating_sub(12)..at], &octets[at..octets.len().min(at + 12)]);
    format!("{} at octet {at}: `{}` before `{}`", fault.rule, before.escape_ascii(), after.escape_ascii())
}

fn rejected(case: &Case, fault: Fault, marked: Option<usize>, octets: &[u8]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let expected = case.rule.as_deref().and_then(Rule::from_id);
    if let Some(rule) = expected.filter(|rule| *rule != fault.rule) {
        let what = format!("our reader finds {}, not {rule}", described(fault, octets));
        problems.push(problem(At::Rule, what, "correct the octets or the rule"));
    } else if let Some(at) = marked.filter(|at| *at as u64 != fault.at.start) {
        let what = format!("our reader finds {}, `\\^` stands at octet {at}", described(fault, octets));
        problems.push(problem(At::Wire, what, "move the mark to the first octet that breaks the rule"));
    }
    problems
}

fn completed(message: &MessageCase, mut octets: Vec<u8>, bindings: &Bindings) -> Vec<Problem> {
    let Some(rest) = &message.rest else { return Vec::new() };
    octets.extend(rest.bind(bindings).octets);
    match read(message, &octets).then {
        Then::Reject(fault) => {
            let what = format!("with its rest, our reader finds {}", described(fault, &octets));
            vec![problem(At::Rest, what, "correct the rest")]
        }
        Then::More => {
            vec![problem(At::Rest, "with its rest, our reader still wants more octets", "complete the message")]
        }
        Then::Idle | Then::End | Then::Switched { .. } => Vec::new(),
    }
}

fn accepted(message: &MessageCase, stream: &Stream, count: usize, bindings: &Bindings) -> Vec<Problem> {
    let got = stream.messages.len();
    if got != count {
        let what = format!("our reader accepts {got} messages, `accept` says {count}");
        return vec![problem(At::Means, what, "correct the octets or the number")];
    }
    let mut problems = Vec::new();
    for (index, (said, message)) in message.said.iter().zip(&stream.messages).enumerate() {
        let version = format!("{}.{}", message.version.0, message.version.1);
        for difference in differences(said, bindings, &understood(message, &version)) {
            problems.push(problem(
                At::Message,
                format!("message {}: {difference}", index + 1),
                "correct what is said, or the octets",
            ));
        }
    }
    problems
}

fn understood<'m>(message: &'m Message, version: &'m str) -> Understood<'m> {
    Understood {
        method: &message.method,
        target: &message.target,
        version,
        status: message.status,
        reason: &message.reason,
        fields: &message.fields,
        content: &message.content,
        trailers: &message.trailers,
    }
}
