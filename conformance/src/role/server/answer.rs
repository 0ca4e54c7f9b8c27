//! What came back to a probe: the little that the orchestrator itself reads.

use wiregauge_proto::Limits;
use wiregauge_proto::message::{Kind, Message, Then, read_all_findings};

use crate::corpus::model::Awaited;
use crate::script::{Act, Clock, Script, Segment, Step};
use crate::transcript::{Purpose, Transcript, Waited, What};

/// What came back on `c1`.
pub(super) struct Answer {
    /// The first final response, if it is complete and can be read.
    pub(super) response: Option<Message>,
    /// What was received.
    pub(super) octets: Vec<u8>,
    /// Whether the connection was opened.
    pub(super) refused: Option<String>,
    /// `FIN` or `reset`.
    pub(super) ended: Option<&'static str>,
    /// Whether what came breaks off in the middle of a message that could be read so far.
    pub(super) unfinished: bool,
}

impl Answer {
    /// Reads the transcript of an exchange of one request.
    pub(super) fn of(transcript: &Transcript, method: &str) -> Answer {
        let mut answer = Answer { response: None, octets: Vec::new(), refused: None, ended: None, unfinished: false };
        for event in transcript.events.iter().filter(|event| event.on == "c1") {
            match &event.what {
                What::Refused { error } => answer.refused = Some(error.clone()),
                What::Received { octets } => answer.octets.extend_from_slice(&octets.0),
                What::Fin => answer.ended = Some("FIN"),
                What::Reset => answer.ended = Some("reset"),
                _ => {}
            }
        }
        let ended = answer.ended == Some("FIN");
        let stream = read_all_findings(Kind::Responses, &answer.octets, ended, &[method.as_bytes()], &Limits::DEFAULT);
        answer.unfinished = stream.then == Then::More || (stream.partial.is_some() && answer.ended.is_some());
        answer.response = stream.messages.into_iter().find(|message| !message.is_interim());
        answer
    }

    /// The status code of the response; 0 without one.
    pub(super) fn status(&self) -> u16 {
        self.response.as_ref().map_or(0, |response| response.status)
    }

    /// Whether a well-formed request was understood, whatever became of it.
    pub(super) fn is_understood(&self) -> bool {
        matches!(self.status(), 200..=399 | 401 | 403..=407 | 409 | 410 | 412 | 415 | 416 | 422 | 426)
    }
}

/// A script of one request on `c1` and a wait for its answer.
pub(super) fn exchange(name: &str, method: &str, octets: Vec<u8>, clock: Clock) -> Script {
    let step = |act| Step { on: "c1".to_owned(), act };
    let segments = vec![Segment { octets, pause: std::time::Duration::ZERO }];
    Script {
        case: name.to_owned(),
        delivery: Default::default(),
        variant: Default::default(),
        fault: None,
        steps: vec![
            step(Act::Send { purpose: Purpose::Message, segments, methods: vec![method.to_owned()] }),
            step(Act::Await { awaited: Awaited::Response, count: 1, clock }),
        ],
    }
}

/// Microseconds from the last octet that was sent for the case to the completion of what was waited for next; none where that never
/// came, or came before.
pub(super) fn latency_us(transcript: &Transcript) -> Option<u64> {
    let sent = |what: &What| matches!(what, What::Sent { purpose: Purpose::Message, .. });
    let last = transcript.events.iter().rposition(|event| sent(&event.what))?;
    let waited = transcript.events[last..].iter().find(|event| matches!(event.what, What::Waited { .. }))?;
    let complete = matches!(waited.what, What::Waited { waited: Waited::Complete, .. });
    complete.then(|| waited.at_us.saturating_sub(transcript.events[last].at_us))
}

/// Whether nothing at all came back, on any connection, and nobody ended one: the subject may be gone.
pub(super) fn is_silent(transcript: &Transcript) -> bool {
    let asked = transcript.events.iter().any(|event| matches!(event.what, What::Sent { .. } | What::Refused { .. }));
    let heard = |what: &What| matches!(what, What::Received { .. } | What::Fin | What::Reset);
    asked && !transcript.events.iter().any(|event| heard(&event.what))
}
