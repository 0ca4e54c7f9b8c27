//! What a connection shows as a whole: the grammar of all that was sent on it, where content stands, and how it ended.

use wiregauge_proto::Rule as Broken;
use wiregauge_proto::message::{Fault, Message, Stream};

use super::super::matcher::members;
use super::super::view::{Ending, Line};
use super::exchange::Exchanges;
use super::head::spot;
use super::{Courtesy, Rule, Scene};
use crate::script::reading::has_option;
use crate::transcript::Waited;

/// An end so soon after a response, in microseconds, was not for want of patience with an idle connection (RFC 9112 §9.5).
const AT_ONCE_US: u64 = 1_000_000;

impl Courtesy {
    /// Looks at the stream of responses and the end of the connection.
    pub(super) fn line(&mut self, scene: Scene<'_>, line: &Line, exchanges: &Exchanges) {
        if line.received.is_empty() {
            return;
        }
        let content_at = self.no_content(scene, line, exchanges);
        let certain = exchanges.certain.min(content_at.unwrap_or(u64::MAX));
        self.grammar(scene, line, &exchanges.answers.stream, certain, RESPONSES);
        self.one_final(scene, exchanges);
        self.endings(scene, line, exchanges);
    }

    /// Looks at the requests that the subject sent.
    pub(super) fn requests(&mut self, scene: Scene<'_>, line: &Line) {
        if line.received.is_empty() {
            return;
        }
        let stream = line.asked();
        self.grammar(scene, line, &stream, u64::MAX, REQUESTS);
        for request in stream.messages.iter().filter(|request| request.version >= (1, 1)) {
            let hosts = request.values("host").count();
            self.note(
                Rule::HostSent,
                scene,
                spot(request),
                (hosts != 1).then(|| format!("a request with {hosts} Host fields")),
            );
        }
    }

    /// Every broken rule of the grammar, as the rule of courtesy that it is; every rule counts once per connection.
    fn grammar(&mut self, scene: Scene<'_>, line: &Line, stream: &Stream, certain: u64, shown: &[Rule]) {
        let chunked = stream.messages.iter().any(|message| message.values("transfer-encoding").next().is_some());
        let sized = stream.messages.iter().any(|message| message.values("content-length").next().is_some());
        // What a reset or our own closing cut is no grammar of the subject's; nor is an end before a message is whole.
        let faults: Vec<(Rule, &Fault)> = stream
            .faults
            .iter()
            .filter(|fault| fault.at.start < certain)
            .filter_map(|fault| courtesy_of(fault.rule).map(|rule| (rule, fault)))
            .collect();
        for rule in shown {
            let can_be_shown = match rule {
                Rule::ChunkedSyntax | Rule::TransferEncodingSyntax => chunked,
                Rule::ContentLengthValue => sized,
                Rule::BothLengths => chunked || sized,
                _ => !stream.messages.is_empty(),
            };
            match faults.iter().find(|(own, _)| own == rule) {
                Some((_, fault)) => {
                    let end = (fault.at.end.max(fault.at.start + 1)).min(line.received.len() as u64);
                    let because = format!("{}: {}", fault.rule.id(), fault.rule.sentence());
                    self.note(*rule, scene, [fault.at.start, end], Some(because));
                }
                None if can_be_shown => self.note(*rule, scene, [0, 0], None),
                None => {}
            }
        }
    }

    /// Content behind a response that has none; gives where it stands.
    fn no_content(&mut self, scene: Scene<'_>, line: &Line, exchanges: &Exchanges) -> Option<u64> {
        let mut found = None;
        let finals = exchanges.finals().filter_map(|(message, request)| request.map(|request| (message, request)));
        let without: Vec<&Message> = finals
            .filter(|(message, request)| {
                matches!(message.status, 204 | 304) || (request.method == b"HEAD" && message.status != 101)
            })
            .map(|(message, _)| message)
            .chain(exchanges.interim().map(|(message, _)| message))
            .collect();
        for message in without {
            let next = &line.received[(message.at.end as usize).min(line.received.len())..];
            let broken = !next.is_empty() && !could_be_response(next);
            let at = [message.at.end, message.at.end + next.len().min(64) as u64];
            let because = || format!("octets that are no response follow a {} that has no content", message.status);
            self.note(Rule::NoContent, scene, at, broken.then(because));
            if broken {
                found = Some(message.at.end);
            }
        }
        found
    }

    /// More final responses than requests. A 408 may come unasked, when the subject tires of waiting.
    fn one_final(&mut self, scene: Scene<'_>, exchanges: &Exchanges) {
        if !exchanges.all_clean || exchanges.requests.is_empty() {
            return;
        }
        let further =
            exchanges.answers.finals.get(exchanges.requests.len()).filter(|further| further.message.status != 408);
        let at = further.map_or([0, 0], |further| spot(&further.message));
        let because = further.map(|further| {
            format!("{} requests, and one more final response, {}", exchanges.requests.len(), further.message.status)
        });
        self.note(Rule::OneFinal, scene, at, because);
    }

    fn endings(&mut self, scene: Scene<'_>, line: &Line, exchanges: &Exchanges) {
        // Whatever ends after we ended our side ended because of that.
        if line.shut.is_some() {
            return;
        }
        self.unchunked(scene, line, exchanges);
        let Some((number, last)) = exchanges.answers.finals.iter().enumerate().next_back() else { return };
        for (message, _) in exchanges.finals().take(number).filter(|(message, _)| has_option(message, "close")) {
            let because = "close was announced, and a further request on the connection was answered".to_owned();
            self.note(Rule::CloseEnds, scene, spot(message), Some(because));
        }
        let message = &last.message;
        let whole = line.arrival(message.at.end.saturating_sub(1));
        if number <= exchanges.requests.len() && has_option(message, "close") && message.status != 101 {
            match line.ending {
                Some(_) => self.note(Rule::CloseEnds, scene, spot(message), None),
                // While our own content is unfinished the subject may read on for a time that no RFC bounds.
                None if exchanges.all_clean && waited_long(scene, line, whole) => {
                    let because = "close was announced, and the connection stayed open".to_owned();
                    self.note(Rule::CloseEnds, scene, spot(message), Some(because));
                }
                None => {}
            }
        }
        let everything_answered = exchanges.all_clean && exchanges.requests.len() == exchanges.answers.finals.len();
        let persistent = |message: &Message| message.version == (1, 1) && message.keep_alive;
        let no_error = exchanges.answers.finals.iter().all(|answer| matches!(answer.message.status, 200..=399));
        if everything_answered && no_error && exchanges.requests.iter().all(persistent) && message.version == (1, 1) {
            let announced = !message.keep_alive;
            let at_once = line
                .ending
                .is_some_and(|(_, event)| time(scene, event).saturating_sub(time(scene, whole)) < AT_ONCE_US);
            if line.ending.is_none() || announced || at_once {
                let because = || "the connection ended at once, and no close was announced".to_owned();
                self.note(Rule::EndAnnounced, scene, spot(message), (at_once && !announced).then(because));
            }
            if let (Some((how, _)), false, false) = (line.ending, announced, at_once) {
                let because = || "the idle connection was reset".to_owned();
                self.note(Rule::IdleEnd, scene, spot(message), (how == Ending::Reset).then(because));
            }
        }
    }

    /// A response whose last transfer coding is not chunked is whole only when its connection ends.
    fn unchunked(&mut self, scene: Scene<'_>, line: &Line, exchanges: &Exchanges) {
        let is_unchunked = |message: &Message| {
            let codings: Vec<&[u8]> = message.values("transfer-encoding").flat_map(members).collect();
            codings.last().is_some_and(|last| !last.eq_ignore_ascii_case(b"chunked"))
        };
        for (message, request) in exchanges.finals() {
            let has_content = !matches!(message.status, 100..=199 | 204 | 304);
            if has_content && is_unchunked(message) && request.is_some_and(|request| request.method != b"HEAD") {
                self.note(Rule::UnchunkedEnds, scene, spot(message), None);
            }
        }
        let Some(cut) = &exchanges.answers.cut else { return };
        if is_unchunked(&cut.message) && matches!(line.ending, None | Some((Ending::Fin, _))) {
            let open = line.ending.is_none() && waited_long(scene, line, cut.began);
            let because = "its last transfer coding is not chunked, and the connection stayed open".to_owned();
            self.note(Rule::UnchunkedEnds, scene, spot(&cut.message), open.then_some(because));
        }
    }
}

const RESPONSES: &[Rule] = &[
    Rule::StatusLineSpace,
    Rule::StatusLine,
    Rule::StatusCode,
    Rule::FieldSyntax,
    Rule::ObsFold,
    Rule::BlankBeforeFirst,
    Rule::BareCr,
    Rule::BareLf,
    Rule::TransferEncodingSyntax,
    Rule::BothLengths,
    Rule::ContentLengthValue,
    Rule::ChunkedSyntax,
];

pub(super) const REQUESTS: &[Rule] = &[
    Rule::RequestLine,
    Rule::FieldSyntax,
    Rule::ObsFold,
    Rule::BlankBeforeFirst,
    Rule::BareCr,
    Rule::BareLf,
    Rule::TransferEncodingSyntax,
    Rule::BothLengths,
    Rule::ContentLengthValue,
    Rule::ChunkedSyntax,
];

/// The rule of courtesy that a broken rule of the grammar is; none for what says nothing about the sender.
fn courtesy_of(rule: Broken) -> Option<Rule> {
    let id = rule.id();
    let (group, what) = id.split_once('.')?;
    if !rule.is_finding() {
        return None;
    }
    if what.ends_with("bare-cr") {
        return Some(Rule::BareCr);
    }
    if what.ends_with("bare-lf") {
        return Some(Rule::BareLf);
    }
    Some(match (group, what) {
        ("status-line", "space-missing") => Rule::StatusLineSpace,
        ("status-line", "status-code-digits" | "status-code-range") => Rule::StatusCode,
        ("status-line" | "http-version", _) => Rule::StatusLine,
        ("request-line" | "request-target", _) => Rule::RequestLine,
        ("field-line", "obs-fold") => Rule::ObsFold,
        ("field-line", "blank-before-first") => Rule::BlankBeforeFirst,
        ("field-line" | "field-name" | "field-value" | "connection", _) => Rule::FieldSyntax,
        ("transfer-encoding", "with-content-length") => Rule::BothLengths,
        ("transfer-encoding", "old-version") => return None,
        ("transfer-encoding", _) => Rule::TransferEncodingSyntax,
        ("content-length", _) => Rule::ContentLengthValue,
        ("chunk" | "chunk-ext" | "trailer", _) => Rule::ChunkedSyntax,
        _ => return None,
    })
}

/// Whether these octets begin as a response does.
fn could_be_response(octets: &[u8]) -> bool {
    let start = &octets[..octets.len().min(5)];
    b"HTTP/".starts_with(start)
}

/// Whether patience ran out on this connection after that event.
fn waited_long(scene: Scene<'_>, line: &Line, since: usize) -> bool {
    line.waits.iter().any(|(event, waited)| {
        *waited == Waited::Late
            && *event > since
            && time(scene, *event).saturating_sub(time(scene, since))
                >= scene.transcript.clocks.patience_ms.saturating_mul(900)
    })
}

/// When an event was, in microseconds after the beginning.
pub(super) fn time(scene: Scene<'_>, event: usize) -> u64 {
    scene.transcript.events.get(event).map_or(0, |event| event.at_us)
}
