//! What the octets of a case say, read by our own grammar: how many messages are whole before the fault, where heads end, which
//! methods ask for answers, whether a message announces the end of its connection. The script is cut by it, and the judge counts by it.

use wiregauge_proto::Limits;
use wiregauge_proto::message::{self, Kind, Message, Stream, Then};

use crate::corpus::model::Wire;

/// Limits wide enough that none of them is met before those of the corpus and the player.
pub fn wide() -> Limits {
    Limits {
        empty_lines: 64,
        method: 1 << 20,
        request_target: 1 << 24,
        reason: 1 << 20,
        field_name: 1 << 20,
        field_value: 1 << 24,
        field_count: 1 << 16,
        head: 1 << 25,
        content: u64::MAX,
        chunk_size_digits: 1 << 16,
        chunk_ext: 1 << 20,
        chunk_ext_total: 1 << 24,
        trailer_section: 1 << 20,
        trailer_count: 1 << 16,
        interim_responses: 1 << 16,
    }
}

/// Reads requests, noting what is broken and reading on where anything sensible follows.
pub fn requests(octets: &[u8]) -> Stream {
    message::read_all_findings(Kind::Requests, octets, false, &[], &wide())
}

/// Reads responses to requests of these methods, likewise. `ended`: the sender ended its half in an orderly way.
pub fn responses(octets: &[u8], ended: bool, methods: &[String]) -> Stream {
    let methods: Vec<&[u8]> = methods.iter().map(|method| method.as_bytes()).collect();
    message::read_all_findings(Kind::Responses, octets, ended, &methods, &wide())
}

/// What the requests of a case are to whoever reads them strictly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Methods of the requests that begin here, in order; a broken or unfinished one counts once its method is over.
    pub methods: Vec<String>,
    /// Requests that are whole and clean.
    pub whole: usize,
    /// Requests that are whole before the octet at which the case breaks its rule. Without such an octet: before the first that a
    /// strict reader would not take, or before the last one.
    pub whole_before_fault: usize,
    /// Whether that octet stands after the end of a head.
    pub fault_in_content: bool,
    /// Whether what is unfinished at the end has its head.
    pub head_is_whole: bool,
    /// Where the first head ends.
    pub first_head: usize,
    /// Whether a request carries the `close` connection option (RFC 9112 §9.6).
    pub asks_close: bool,
    /// Whether a request of HTTP/1.0 leaves the connection without `keep-alive` (RFC 9112 §9.3).
    pub old_without_keep_alive: bool,
    /// Whether another protocol may follow (CONNECT, Upgrade).
    pub may_switch: bool,
}

impl Reading {
    /// Reads the octets of a case.
    pub fn of(wire: &Wire) -> Reading {
        let stream = requests(&wire.octets);
        let before = requests(&wire.octets[..wire.fault.unwrap_or(wire.octets.len())]);
        let fault_in_content = wire.fault.is_some_and(|fault| head_of_partial_is_whole(&before, fault));
        let mut reading = Reading {
            methods: methods(&wire.octets, &stream),
            whole: stream.messages.len(),
            whole_before_fault: whole_before_fault(&before, wire.fault.is_some()),
            fault_in_content,
            head_is_whole: head_of_partial_is_whole(&stream, wire.octets.len()),
            first_head: first_head(&wire.octets),
            ..Reading::default()
        };
        if let (Then::Reject(_), None) = (&stream.then, &stream.partial) {
            reading.asks_close |= asks_close_in_words(&wire.octets[past_last(&stream)..]);
        }
        for message in stream.messages.iter().chain(&stream.partial) {
            reading.asks_close |= has_option(message, "close");
            reading.old_without_keep_alive |= message.version == (1, 0) && !has_option(message, "keep-alive");
            reading.may_switch |= message.method == b"CONNECT" || message.values("upgrade").next().is_some();
        }
        reading
    }
}

/// See [`Reading::whole_before_fault`]. `marked`: the octets end where the case breaks its rule.
fn whole_before_fault(before: &Stream, marked: bool) -> usize {
    match before.faults.first() {
        Some(fault) => before.messages.iter().take_while(|message| message.at.end <= fault.at.start).count(),
        None if marked => before.messages.len(),
        None => before.messages.len().saturating_sub(1),
    }
}

/// Whether a message names a connection option, in any case and on any line (RFC 9110 §7.6.1).
pub fn has_option(message: &Message, option: &str) -> bool {
    message
        .values("connection")
        .flat_map(|value| value.split(|octet| *octet == b','))
        .any(|member| trim(member).eq_ignore_ascii_case(option.as_bytes()))
}

/// Without optional white space around it (RFC 9110 §5.6.3).
pub fn trim(mut octets: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = octets {
        octets = rest;
    }
    octets
}

/// Whether a head that is too broken to be read has a line that asks for the end of the connection.
fn asks_close_in_words(head: &[u8]) -> bool {
    head.split(|octet| *octet == b'\n').any(|line| {
        let Some(colon) = line.iter().position(|octet| *octet == b':') else { return false };
        trim(&line[..colon]).eq_ignore_ascii_case(b"connection")
            && line[colon + 1..]
                .split(|octet| *octet == b',')
                .any(|member| member.trim_ascii().eq_ignore_ascii_case(b"close"))
    })
}

/// Where the last whole message ends.
pub(crate) fn past_last(stream: &Stream) -> usize {
    stream.messages.last().map_or(0, |message| message.at.end as usize)
}

/// The methods of the requests that begin in these octets.
pub fn methods_in(octets: &[u8]) -> Vec<String> {
    methods(octets, &requests(octets))
}

fn methods(octets: &[u8], stream: &Stream) -> Vec<String> {
    let mut methods: Vec<String> =
        stream.messages.iter().map(|message| String::from_utf8_lossy(&message.method).into_owned()).collect();
    let unfinished = octets[past_last(stream).min(octets.len())..].trim_ascii_start();
    if !matches!(stream.then, Then::Idle | Then::End)
        && !unfinished.is_empty()
        && let Some(end) = unfinished.iter().position(|octet| matches!(octet, b' ' | b'\t' | b'\r' | b'\n'))
    {
        methods.push(String::from_utf8_lossy(&unfinished[..end]).into_owned());
    }
    methods
}

fn head_of_partial_is_whole(stream: &Stream, upto: usize) -> bool {
    stream
        .partial
        .as_ref()
        .is_some_and(|partial| partial.body_at > partial.at.start && partial.body_at as usize <= upto)
}

/// Where the first empty line ends, or the octets do.
fn first_head(octets: &[u8]) -> usize {
    octets.windows(4).position(|four| four == b"\r\n\r\n").map_or(octets.len(), |at| at + 4)
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
