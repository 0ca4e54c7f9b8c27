//! Transcripts in a line: what goes out is what the script of the case says, what comes is written here.

use std::path::Path;
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::corpus::model::{Bindings, Body, Case, Corpus, Observability, Role, Shut, Verdict};
use crate::corpus::{example_bindings, load_dir};
use crate::judge::result::{CaseResult, Finding};
use crate::judge::{Control, Judgement, combine, judge};
use crate::script::lower::scripts;
use crate::script::{Act, Script};
use crate::transcript::{Clocks, Delivery, Event, Octets, Purpose, Transcript, Variant, Waited, What};

/// The cases of `tests/transcripts/cases`.
pub(crate) fn corpus() -> &'static Corpus {
    static CORPUS: OnceLock<Corpus> = OnceLock::new();
    CORPUS.get_or_init(|| {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts/cases");
        load_dir(&dir).unwrap_or_else(|errors| panic!("{}", errors[0]))
    })
}

/// The case of that `file/id`.
pub(crate) fn case(id: &str) -> &'static Case {
    let id = format!("judge/{id}");
    corpus().case(&id).unwrap_or_else(|| panic!("no case is called {id}"))
}

/// A transcript that is being written.
#[derive(Clone, Debug)]
pub(crate) struct Playing {
    case: &'static Case,
    pub(crate) transcript: Transcript,
}

impl Playing {
    /// Of a server that serves files, whole.
    pub(crate) fn of(id: &str) -> Playing {
        let case = case(id);
        let transcript = Transcript {
            format: 1,
            case: case.id.clone(),
            role: Role::Server,
            delivery: Delivery::Whole,
            variant: Variant::Plain,
            bindings: example_bindings(),
            level: Observability::Static,
            can: Vec::new(),
            lacks: Vec::new(),
            clocks: Clocks { patience_ms: 1_000, quiet_ms: 100, total_ms: 5_000 },
            alone: false,
            fault: None,
            events: Vec::new(),
        };
        Playing { case, transcript }
    }

    pub(crate) fn role(mut self, role: Role) -> Playing {
        self.transcript.role = role;
        self
    }

    pub(crate) fn level(mut self, level: Observability) -> Playing {
        self.transcript.level = level;
        self
    }

    /// Level echo.
    pub(crate) fn echo(self) -> Playing {
        self.level(Observability::Echo)
    }

    /// What this platform cannot know.
    pub(crate) fn lacks(mut self, what: &str) -> Playing {
        self.transcript.lacks.push(what.to_owned());
        self
    }

    pub(crate) fn can(mut self, what: &str) -> Playing {
        self.transcript.can.push(what.to_owned());
        self
    }

    pub(crate) fn delivered(mut self, delivery: Delivery) -> Playing {
        self.transcript.delivery = delivery;
        self
    }

    /// With a successor in the same write.
    pub(crate) fn coalesced(self) -> Playing {
        self.delivered(Delivery::Coalesced)
    }

    pub(crate) fn variant(mut self, variant: Variant) -> Playing {
        self.transcript.variant = variant;
        self
    }

    /// What the script sends for this purpose. (A case that is about more than this subject shows has no script: it is played as
    /// if it did.)
    fn sends(&self, purpose: Purpose) -> Option<(Vec<u8>, Vec<String>)> {
        let Transcript { delivery, variant, bindings, .. } = &self.transcript;
        let all = scripts(self.case, Role::Server, bindings, Observability::Echo);
        let is_this = |script: &&Script| script.delivery == *delivery && script.variant == *variant;
        let script = all.iter().find(is_this).or(all.first())?.clone();
        script.steps.into_iter().find_map(|step| match step.act {
            Act::Send { purpose: own, segments, methods } if own == purpose => {
                Some((segments.into_iter().flat_map(|segment| segment.octets).collect(), methods))
            }
            _ => None,
        })
    }

    /// The case's own octets, and the successor if it is delivered so.
    pub(crate) fn message(mut self) -> Playing {
        if let Body::Message(message) = &self.case.body {
            self.transcript.fault = message.wire.bind(&self.transcript.bindings).fault.map(|fault| fault as u64);
        }
        self.send(Purpose::Message)
    }

    /// What makes an incomplete message whole.
    pub(crate) fn rest(self) -> Playing {
        self.send(Purpose::Rest)
    }

    /// A request that shows whether the connection is open.
    pub(crate) fn probe(self) -> Playing {
        let get = format!("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", self.transcript.bindings.path);
        self.sent("c1", Purpose::Probe, get.as_bytes(), &["GET"])
    }

    fn send(self, purpose: Purpose) -> Playing {
        let (octets, methods) = self.sends(purpose).expect("the script sends that");
        let methods: Vec<&str> = methods.iter().map(String::as_str).collect();
        self.sent("c1", purpose, &octets, &methods)
    }

    /// The case's own octets in two, with what comes between and behind.
    pub(crate) fn cut_at(self, at: usize, between: &str) -> Playing {
        let (octets, methods) = self.sends(Purpose::Message).expect("a message");
        let methods: Vec<&str> = methods.iter().map(String::as_str).collect();
        let mut playing = self;
        if let Body::Message(message) = &playing.case.body {
            playing.transcript.fault = message.wire.bind(&playing.transcript.bindings).fault.map(|fault| fault as u64);
        }
        playing.sent("c1", Purpose::Message, &octets[..at], &methods).got(between).sent(
            "c1",
            Purpose::Message,
            &octets[at..],
            &[],
        )
    }

    pub(crate) fn sent(self, on: &str, purpose: Purpose, octets: &[u8], methods: &[&str]) -> Playing {
        let methods = methods.iter().map(|method| (*method).to_owned()).collect();
        self.event(on, What::Sent { purpose, octets: Octets(octets.to_vec()), methods })
    }

    /// What the subject sends on `c1`.
    pub(crate) fn got(self, octets: &str) -> Playing {
        self.got_on("c1", octets.as_bytes())
    }

    pub(crate) fn got_on(self, on: &str, octets: &[u8]) -> Playing {
        if octets.is_empty() { self } else { self.event(on, What::Received { octets: Octets(octets.to_vec()) }) }
    }

    /// The final responses with these statuses, without content.
    pub(crate) fn answered(self, statuses: &[u16]) -> Playing {
        statuses.iter().fold(self, |playing, status| playing.got(&response(*status)))
    }

    pub(crate) fn fin(self) -> Playing {
        self.event("c1", What::Fin)
    }

    pub(crate) fn reset(self) -> Playing {
        self.event("c1", What::Reset)
    }

    /// A wait came out so.
    pub(crate) fn waited(self, waited: Waited) -> Playing {
        self.event("c1", What::Waited { on: "final response 1".to_owned(), waited })
    }

    /// A wait ran out of time.
    pub(crate) fn late(self) -> Playing {
        self.waited(Waited::Late)
    }

    pub(crate) fn half_closed(self) -> Playing {
        self.event("c1", What::Shut { how: Shut::Write })
    }

    /// An answer of the adapter contract.
    pub(crate) fn told(self, answer: serde_json::Value) -> Playing {
        self.event("app", What::Told { answer })
    }

    pub(crate) fn event(mut self, on: &str, what: What) -> Playing {
        let at_us = 1_000 * self.transcript.events.len() as u64;
        self.transcript.events.push(Event { at_us, on: on.to_owned(), what });
        self
    }

    /// Time passes before the next event.
    pub(crate) fn after_ms(mut self, time: u64) -> Playing {
        if let Some(last) = self.transcript.events.last_mut() {
            last.at_us += 1_000 * time;
        }
        self
    }

    pub(crate) fn judged(&self) -> Judgement {
        let judgement = judge(self.case, &self.transcript, &corpus().requirements);
        well_made(&judgement, self.case, &self.transcript);
        judgement
    }

    /// The verdict and the outcome.
    pub(crate) fn verdict(&self) -> (Verdict, String) {
        let judgement = self.judged();
        (judgement.verdict(), judgement.outcome.unwrap_or_default())
    }

    /// The results of the case from this playing and these.
    pub(crate) fn with(&self, others: &[&Playing], control: &Control, distinguishes: bool) -> Vec<CaseResult> {
        let judgements: Vec<Judgement> =
            std::iter::once(self).chain(others.iter().copied()).map(Playing::judged).collect();
        combine(self.case, self.transcript.role, &judgements, control, distinguishes, &corpus().requirements)
    }
}

/// What every judgement keeps to: a verdict has a finding that says why, and a failure its requirement, level and octets.
pub(crate) fn well_made(judgement: &Judgement, case: &Case, transcript: &Transcript) {
    let verdict = judgement.verdict();
    let worst = judgement.findings.first().map(|finding| finding.verdict);
    if verdict > Verdict::Pass {
        assert_eq!(worst, Some(verdict), "the first finding says why: {judgement:#?}");
    }
    for finding in &judgement.findings {
        assert!(!finding.because.is_empty(), "{judgement:#?}");
        assert!(finding.at[0] <= finding.at[1], "{judgement:#?}");
        if finding.verdict == Verdict::Fail && !case.requirements.is_empty() {
            assert!(finding.requirement.is_some(), "{judgement:#?}");
            let known = corpus().requirements.contains_key(finding.requirement.as_deref().unwrap_or_default());
            assert_eq!(finding.level.is_some(), known, "{judgement:#?}");
        }
        assert!(points_inside(finding, transcript), "{judgement:#?}");
    }
}

fn points_inside(finding: &Finding, transcript: &Transcript) -> bool {
    use crate::judge::result::Sender;
    let on = if finding.connection == "app" { "c1" } else { &finding.connection };
    let length: usize = transcript
        .events
        .iter()
        .filter(|event| event.on == on)
        .map(|event| match (&event.what, finding.direction) {
            (What::Sent { octets, .. }, Sender::Us) | (What::Received { octets }, Sender::Subject) => octets.0.len(),
            _ => 0,
        })
        .sum();
    finding.at[1] <= length as u64
}

/// A final response without content.
pub(crate) fn response(status: u16) -> String {
    with_fields(status, "")
}

/// One that announces the end of its connection.
pub(crate) fn closing(status: u16) -> String {
    with_fields(status, "Connection: close\r\n")
}

/// One with these field lines.
pub(crate) fn with_fields(status: u16, lines: &str) -> String {
    let length = if matches!(status, 100..=199 | 204 | 304) { "" } else { "Content-Length: 0\r\n" };
    format!("HTTP/1.1 {status} Word\r\n{lines}{length}\r\n")
}

/// One with content.
pub(crate) fn with_content(status: u16, content: &str) -> String {
    format!("HTTP/1.1 {status} Word\r\nContent-Length: {}\r\n\r\n{content}", content.len())
}

/// An answer of the echo contract.
pub(crate) fn echo(method: &str, target: &str, fields: &[(&str, &str)], body: &str) -> String {
    with_content(200, &echo_json(method, target, fields, body).to_string())
}

pub(crate) fn echo_json(method: &str, target: &str, fields: &[(&str, &str)], body: &str) -> serde_json::Value {
    let fields: Vec<[String; 2]> = fields.iter().map(|(name, value)| [coded(name), coded(value)]).collect();
    serde_json::json!({
        "method": coded(method), "target": coded(target), "version": "1.1", "fields": fields, "body": coded(body),
    })
}

/// In base64.
pub(crate) fn coded(text: &str) -> String {
    STANDARD.encode(text)
}

/// What the variables stand for in these transcripts.
pub(crate) fn bindings() -> Bindings {
    example_bindings()
}
