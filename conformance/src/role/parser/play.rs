//! One case asked in all its deliveries: questions, answers, transcripts, judgements.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use wiregauge_proto::Rule;

use super::deliveries;
use super::subject::{Subject, Trouble};
use crate::adapter::contract::{Answer, Parse, Parsed, Then};
use crate::adapter::{Stream, read};
use crate::corpus::example_bindings;
use crate::corpus::model::{
    Body, Case, Direction, Means, MessageCase, Observability, Rejection, Requirement, Role, ThenConnection, Verdict,
    Wire, WireText,
};
use crate::judge::result::{Finding, Part, Sender};
use crate::judge::{Judgement, Understood, judge};
use crate::transcript::{Clocks, Delivery, Event, Octets, Purpose, Transcript, Variant, What};

/// So many different answers to the cuts of one message are judged; a parser that gives more is told about these.
const MOST_DIFFERENT: usize = 8;

/// A playing and what it came to.
pub(super) struct Played {
    pub(super) transcript: Transcript,
    pub(super) judgement: Judgement,
}

/// Whether the subject rejects at least one of five blatant faults.
pub(super) fn distinguishes(subject: &mut dyn Subject) -> bool {
    let can_requests = subject.started().can("request");
    let faults: [&[u8]; 5] = if can_requests {
        [
            b"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            b"GET / HTTP/1.1\r\n\r\n",
            b"\x01\x02\x03 garbage\r\n\r\n",
        ]
    } else {
        [
            b"HTTP/1.1 2\x000 OK\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nA\0: b\r\n\r\n",
            b"\x01\x02\x03 garbage\r\n\r\n",
        ]
    };
    let kind = if can_requests { Direction::Request } else { Direction::Response };
    let questions: Vec<Parse> = faults
        .iter()
        .enumerate()
        .map(|(index, octets)| Parse {
            id: format!("blatant-{index}"),
            kind,
            octets: (*octets).into(),
            ..Parse::default()
        })
        .collect();
    let answers = subject.parse_all(&questions);
    // Who gives no answer has not accepted anything: its faults are reported case by case.
    answers.iter().any(|answer| match answer {
        Ok(Answer::Parsed(parsed)) => parsed.then == Then::Reject,
        _ => true,
    })
}

/// Asks about a case. Where it says nothing about this subject there is one judgement, which says why.
pub(super) fn case(
    case: &Case,
    subject: &mut dyn Subject,
    requirements: &BTreeMap<String, Requirement>,
) -> Vec<Played> {
    let mut player = Player { case, subject, requirements, began: Instant::now() };
    let why = match &case.body {
        _ if !case.roles.contains(&Role::Parser) => Some("the case is not about parsers".to_owned()),
        Body::Script(_) => Some("a script needs connections".to_owned()),
        Body::Message(message) => player.beyond(message),
    };
    match (&case.body, why) {
        (Body::Message(message), None) => player.message(message),
        (_, why) => vec![player.without_answer(
            Delivery::Whole,
            Variant::Plain,
            &Wire::default(),
            Verdict::NotApplicable,
            why.unwrap_or_default(),
        )],
    }
}

/// What is said of a case whose control is not applicable to the subject.
pub(super) fn beyond_its_control(
    case: &Case,
    subject: &mut dyn Subject,
    requirements: &BTreeMap<String, Requirement>,
    control: &str,
) -> Played {
    let player = Player { case, subject, requirements, began: Instant::now() };
    let why = format!("its control {control} says nothing about this parser");
    player.without_answer(Delivery::Whole, Variant::Plain, &Wire::default(), Verdict::NotApplicable, why)
}

struct Player<'p> {
    case: &'p Case,
    subject: &'p mut dyn Subject,
    requirements: &'p BTreeMap<String, Requirement>,
    began: Instant,
}

impl Player<'_> {
    /// Why the subject cannot be asked about this, if so.
    fn beyond(&self, message: &MessageCase) -> Option<String> {
        let started = self.subject.started();
        let (word, what) = match message.direction {
            Direction::Request => ("request", "requests"),
            Direction::Response => ("response", "responses"),
        };
        if !started.can(word) {
            return Some(format!("the parser does not read {what}"));
        }
        if started.can("head") && is_about_more_than_heads(self.case, message) {
            return Some("the parser reads heads only, and does not interpret their fields".to_owned());
        }
        let means = &message.means;
        if means.accept.is_none() && means.reject.is_none() && !means.incomplete {
            return Some("what the message means is said for connections only".to_owned());
        }
        None
    }

    fn message(&mut self, message: &MessageCase) -> Vec<Played> {
        let wire = message.wire.bind(&example_bindings());
        let octets: Arc<[u8]> = wire.octets.as_slice().into();
        let ends = ends(message, &wire.octets);
        let question = |id: &str, splits: Vec<usize>| Parse {
            id: id.to_owned(),
            kind: message.direction,
            octets: Arc::clone(&octets),
            splits,
            end: ends,
            request_methods: message.request_methods.clone(),
        };
        let mut played = Vec::new();
        let whole = vec![question("whole", Vec::new())];
        played.extend(self.ask(self.case, Delivery::Whole, Variant::Plain, &wire, whole));
        let cuts: Vec<Parse> =
            deliveries::cuts(&wire).into_iter().map(|at| question(&format!("cut-{at}"), vec![at])).collect();
        played.extend(self.ask(self.case, Delivery::Cut, Variant::Plain, &wire, cuts));
        let octet_by_octet = deliveries::octet_by_octet(&wire);
        if octet_by_octet.len() > 1 {
            let question = vec![question("octets", octet_by_octet)];
            played.extend(self.ask(self.case, Delivery::Octets, Variant::Plain, &wire, question));
        }
        if message.means.incomplete {
            played.extend(self.incomplete(message, &wire));
        }
        played
    }

    /// With its rest an incomplete message is accepted, unless the case allows its rejection; where the connection ends instead,
    /// it is rejected.
    fn incomplete(&mut self, message: &MessageCase, prefix: &Wire) -> Vec<Played> {
        let mut played = Vec::new();
        if let Some(rest) = &message.rest {
            let text = WireText { pieces: [&message.wire.pieces[..], &rest.pieces[..]].concat() };
            let wire = text.bind(&example_bindings());
            let end = ends(message, &wire.octets);
            let own = own_reading(message, &wire.octets, end);
            let means =
                Means { accept: Some(own.messages.len()), reject: message.means.reject.clone(), ..Means::default() };
            let completed = MessageCase { wire: text, rest: None, means, ..message.clone() };
            let case = Case { body: Body::Message(Box::new(completed)), ..self.case.clone() };
            let question = Parse {
                id: "with-its-rest".to_owned(),
                kind: message.direction,
                octets: wire.octets.as_slice().into(),
                splits: vec![prefix.octets.len()],
                end,
                request_methods: message.request_methods.clone(),
            };
            played.extend(self.ask(&case, Delivery::Cut, Variant::Withheld, &wire, vec![question]));
        }
        if own_reading(message, &prefix.octets, true).then == Then::Reject {
            let rejection = Rejection { statuses: vec![400], then: ThenConnection::Any, silent_close: Verdict::Warn };
            let means = Means { reject: Some(rejection), ..Means::default() };
            let ended = MessageCase { rest: None, means, ..message.clone() };
            let case = Case { rule: None, body: Body::Message(Box::new(ended)), ..self.case.clone() };
            let question = Parse {
                id: "with-the-end".to_owned(),
                kind: message.direction,
                octets: prefix.octets.as_slice().into(),
                end: true,
                request_methods: message.request_methods.clone(),
                ..Parse::default()
            };
            played.extend(self.ask(&case, Delivery::Whole, Variant::Ended, prefix, vec![question]));
        }
        played
    }

    /// Asks, and judges every different answer once.
    fn ask(
        &mut self,
        case: &Case,
        delivery: Delivery,
        variant: Variant,
        wire: &Wire,
        questions: Vec<Parse>,
    ) -> Vec<Played> {
        let answers = self.subject.parse_all(&questions);
        let mut different: Vec<(&Parse, Result<Answer, Trouble>)> = Vec::new();
        for (question, answer) in questions.iter().zip(answers) {
            if different.len() < MOST_DIFFERENT && !different.iter().any(|(_, own)| *own == answer) {
                different.push((question, answer));
            }
        }
        let mut played = Vec::new();
        for (question, answer) in different {
            let one = match answer {
                Err(trouble) => self.without_answer(delivery, variant, wire, Verdict::Fault, trouble.to_string()),
                Ok(Answer::Skipped { skipped }) => {
                    let why = format!("the parser skipped it: {skipped}");
                    self.without_answer(delivery, variant, wire, Verdict::NotApplicable, why)
                }
                Ok(Answer::Parsed(parsed)) => {
                    let transcript = self.transcript(delivery, variant, wire, Some((question, &parsed)));
                    let mut judgement = judge(case, &transcript, self.requirements);
                    if let Understood::Accepted { said, .. } = &mut judgement.understood {
                        *said = parsed.messages.iter().map(in_a_line).collect();
                    }
                    Played { transcript, judgement }
                }
            };
            played.push(one);
        }
        played
    }

    fn transcript(
        &self,
        delivery: Delivery,
        variant: Variant,
        wire: &Wire,
        exchange: Option<(&Parse, &Parsed)>,
    ) -> Transcript {
        let at_us = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let event = |on: &str, what: What| Event { at_us, on: on.to_owned(), what };
        let mut events = Vec::new();
        if let Some((question, parsed)) = exchange {
            let asked = serde_json::from_str(&question.line()).unwrap_or_default();
            events.push(event("app", What::Asked { question: asked }));
            events.push(event("app", What::Told { answer: serde_json::to_value(parsed).unwrap_or_default() }));
        }
        let sent = What::Sent { purpose: Purpose::Message, octets: Octets(wire.octets.clone()), methods: Vec::new() };
        events.insert(0, event("c1", sent));
        let patience_ms = u64::try_from(self.subject.patience().as_millis()).unwrap_or(u64::MAX);
        Transcript {
            format: 1,
            case: self.case.id.clone(),
            role: Role::Parser,
            delivery,
            variant,
            bindings: example_bindings(),
            level: Observability::Echo,
            can: self.subject.started().can.clone(),
            lacks: Vec::new(),
            clocks: Clocks { patience_ms, quiet_ms: 0, total_ms: patience_ms },
            alone: true,
            fault: wire.fault.map(|at| at as u64),
            events,
        }
    }

    fn without_answer(
        &self,
        delivery: Delivery,
        variant: Variant,
        wire: &Wire,
        verdict: Verdict,
        because: String,
    ) -> Played {
        let transcript = self.transcript(delivery, variant, wire, None);
        let finding = Finding {
            part: Part::Message,
            requirement: None,
            level: None,
            verdict,
            delivery,
            connection: "app".to_owned(),
            direction: Sender::Subject,
            at: [0, 0],
            because,
        };
        let judgement = Judgement {
            case: self.case.id.clone(),
            delivery,
            variant,
            message: verdict,
            ending: verdict.min(Verdict::Pass),
            outcome: Some(if verdict == Verdict::Fault { "no-answer" } else { "skipped" }.to_owned()),
            understood: Understood::Nothing,
            statuses: Vec::new(),
            answered: [0, 0],
            interim: 0,
            closed: false,
            findings: vec![finding],
            rests_on_clock: false,
            cut_by_reset: false,
            wall_us: 0,
        };
        Played { transcript, judgement }
    }
}

/// What a message says, without what does not depend on it: for comparing deliveries.
fn in_a_line(message: &crate::adapter::contract::ParsedMessage) -> String {
    let message = crate::adapter::contract::ParsedMessage { keep_alive: None, ..message.clone() };
    serde_json::to_string(&message).unwrap_or_default()
}

/// Whether the connection ends behind the octets: where only its end completes the response.
fn ends(message: &MessageCase, octets: &[u8]) -> bool {
    message.direction == Direction::Response
        && !message.means.incomplete
        && own_reading(message, octets, false).then == Then::More
        && own_reading(message, octets, true).then == Then::End
}

fn own_reading(message: &MessageCase, octets: &[u8], end: bool) -> Parsed {
    read(Stream { kind: message.direction, octets, splits: &[], end, request_methods: &message.request_methods })
}

/// Rules about what stands behind a head, or about what its fields mean.
fn is_beyond_heads(rule: &str) -> bool {
    let group = rule.split('.').next().unwrap_or("");
    matches!(
        group,
        "body-length"
            | "chunk"
            | "chunk-ext"
            | "connection"
            | "content-length"
            | "expect"
            | "host"
            | "message"
            | "trailer"
            | "transfer-encoding"
    ) || Rule::from_id(rule).is_some_and(|rule| !rule.is_finding())
}

fn is_about_more_than_heads(case: &Case, message: &MessageCase) -> bool {
    let wire = message.wire.bind(&example_bindings());
    let mut octets = wire.octets;
    let head_ends = octets.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
    if message.means.incomplete && head_ends.is_some() {
        return true;
    }
    octets.extend(message.rest.iter().flat_map(|rest| rest.bind(&example_bindings()).octets));
    let own = own_reading(message, &octets, true);
    let has_content = own.messages.iter().any(|message| {
        let framed = |(name, _): &(Octets, Octets)| name.0.eq_ignore_ascii_case(b"transfer-encoding");
        !message.body.0.is_empty() || !message.trailers.is_empty() || message.fields.iter().any(framed)
    });
    has_content
        || own.then == Then::Switched
        || case.rule.as_deref().is_some_and(is_beyond_heads)
        || own.rule.as_deref().is_some_and(is_beyond_heads)
        || wire.fault.zip(head_ends).is_some_and(|(fault, end)| fault >= end)
}
