//! What befell the exchange: shown with `--verbose`, and kept, within bounds, for whoever has to tell what went wrong.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use wiregauge_proto::driver::message::values;
use wiregauge_proto::driver::{OwnedField, Response};
use wiregauge_proto::transport::record::Passed;
use wiregauge_proto::user_agent::{Step, Uri};

use super::super::progress::Transfer;
use crate::report::octets::escape;

/// Sees every step of the user agent.
pub(super) struct Watcher {
    pub(super) transfer: Transfer,
    verbose: bool,
    /// The method of each request: a redirect changes it to GET at most, which frames no response otherwise.
    method: Vec<u8>,
    came: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    streams: BTreeMap<u64, Stream>,
    /// The connection of the last step.
    last: u64,
    /// What was asked for last.
    uri: String,
    /// Where the response to it leads, if it does.
    location: Option<String>,
    /// The size of the content, once the head of the last response is there; `None` in it if nobody knows.
    size: Option<Option<u64>>,
    /// The beginning of the head that is being sent.
    sending: Option<Vec<u8>>,
}

/// The octets of the responses that came last on one connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Stream {
    /// The place in the stream of the first octet that is kept.
    pub(super) base: u64,
    pub(super) octets: Vec<u8>,
    /// The methods of the requests on the connection.
    pub(super) methods: Vec<String>,
}

/// How many octets of a stream are kept at least: a head of any length that is read, and some more.
const KEPT: usize = 128 * 1024;
/// How many connections are remembered.
const STREAMS: usize = 8;

impl Stream {
    fn came(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
        if self.octets.len() >= 2 * KEPT {
            let gone = self.octets.len() - KEPT;
            self.octets.drain(..gone);
            self.base += gone as u64;
        }
    }
}

impl Watcher {
    /// Of an exchange that begins with this URI and this method.
    pub(super) fn new(verbose: bool, uri: &Uri, method: &[u8], transfer: Transfer) -> Watcher {
        let state = Mutex::new(State { uri: uri.to_string(), ..State::default() });
        Watcher { transfer, verbose, method: method.to_vec(), came: AtomicU64::new(0), state }
    }

    /// The head of the answer is there.
    pub(super) fn content_begins(&self, size: Option<u64>) {
        self.state().size = Some(size);
        self.transfer.begins(size);
    }

    /// Some content of it came.
    pub(super) fn content_came(&self, octets: usize) {
        self.came.fetch_add(octets as u64, Ordering::Relaxed);
        self.transfer.came(octets as u64);
    }

    /// How many octets of content came, and how many were to come, if that is known. `None` before the head of the answer was there.
    pub(super) fn content(&self) -> Option<(u64, Option<u64>)> {
        self.state().size.map(|size| (self.came.load(Ordering::Relaxed), size))
    }

    /// What was asked for last.
    pub(super) fn uri(&self) -> String {
        self.state().uri.clone()
    }

    /// Where the last response leads, if that is somewhere else.
    pub(super) fn location(&self) -> Option<String> {
        self.state().location.clone()
    }

    /// The stream of the connection that was used last.
    pub(super) fn stream(&self) -> Option<Stream> {
        let state = self.state();
        state.streams.get(&state.last).cloned()
    }

    /// A step of that connection.
    pub(super) fn sees(&self, connection: u64, step: Step<'_>) {
        let mut state = self.state();
        state.last = connection;
        match step {
            Step::Dials(_) | Step::Secured(_) => state.begin(connection, Vec::new()),
            Step::Tunnels(_) => {
                state.begin(connection, vec!["CONNECT".to_owned()]);
                state.sending = Some(Vec::new());
            }
            Step::Asks { uri, .. } => {
                (state.uri, state.location) = (uri.to_string(), None);
                state.sending = Some(Vec::new());
                if let Some(stream) = state.streams.get_mut(&connection) {
                    stream.methods.push(String::from_utf8_lossy(&self.method).into_owned());
                }
            }
            Step::Answered(response) => {
                let location = values(&response.fields, "location").next();
                let location = location.filter(|_| (300..400).contains(&response.status));
                state.location = location.map(|location| String::from_utf8_lossy(location).into_owned());
            }
            Step::Passed(Passed::Received(octets)) => {
                if let Some(stream) = state.streams.get_mut(&connection) {
                    stream.came(octets);
                }
            }
            _ => {}
        }
        if self.verbose {
            self.show(&mut state, step);
        }
    }

    fn show(&self, state: &mut State, step: Step<'_>) {
        let say = |line: &str| self.transfer.line(line);
        match step {
            Step::Dials(address) => say(&format!("* connecting to {address}")),
            Step::Failed(address, error) => say(&format!("* {address}: {error}")),
            Step::Connected(address) => say(&format!("* connected to {address}")),
            Step::Tunnels(to) => say(&format!("* asking the proxy for a tunnel to {to}")),
            Step::Secured(session) => {
                let version = session.protocol_version().map(|version| format!("{version:?}"));
                let suite = session.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite()));
                let certificates = session.peer_certificates().map_or(0, <[_]>::len);
                let words = [version, suite].into_iter().flatten().collect::<Vec<_>>().join(", ");
                say(&format!("* TLS: {words}, {certificates} certificate(s) of the server"));
            }
            Step::Asks { uri, reused } => {
                say(&format!("* asking for {uri}{}", if reused { ", on the same connection" } else { "" }));
            }
            Step::Answered(response) => self.show_response(response),
            Step::Passed(Passed::Sent(octets)) => self.show_sent(state, octets),
            Step::Passed(Passed::Ended) => say("* the server ended the connection"),
            Step::Passed(Passed::Reset) => say("* the server reset the connection"),
            _ => {}
        }
    }

    /// The head of a request, as it went out. Its content is not shown.
    fn show_sent(&self, state: &mut State, octets: &[u8]) {
        let Some(mut head) = state.sending.take() else { return };
        head.extend_from_slice(octets);
        match head.windows(4).position(|octets| octets == b"\r\n\r\n") {
            Some(end) => head[..end].split(|octet| *octet == b'\n').for_each(|line| {
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                self.transfer.line(&format!("> {}", without_secrets(line)));
            }),
            None => state.sending = Some(head),
        }
    }

    fn show_response(&self, response: &Response) {
        let line = |name: &[u8], value: &[u8]| self.transfer.line(&format!("< {}: {}", escape(name), escape(value)));
        let lines = |fields: &[OwnedField]| fields.iter().for_each(|(name, value)| line(name, value));
        for (status, fields) in &response.interim {
            self.transfer.line(&format!("< {status} (interim)"));
            lines(fields);
        }
        let (version, reason) = (response.version, escape(&response.reason));
        self.transfer.line(&format!("< HTTP/{}.{} {:03} {reason}", version.major, version.minor, response.status));
        lines(&response.fields);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The octets of the connection are counted from 0 (again).
    fn begin(&mut self, connection: u64, methods: Vec<String>) {
        self.streams.insert(connection, Stream { methods, ..Stream::default() });
        if self.streams.len() > STREAMS {
            self.streams.pop_first();
        }
    }
}

/// A field line without what opens doors: lines like these are sent to others to have a look at.
fn without_secrets(line: &[u8]) -> String {
    let name = line.split(|octet| *octet == b':').next().unwrap_or_default();
    let secret = ["authorization", "proxy-authorization"].iter().any(|one| name.eq_ignore_ascii_case(one.as_bytes()));
    if secret { format!("{}: (not shown)", escape(name)) } else { escape(line) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_keeps_its_last_octets_and_knows_their_place() {
        let mut stream = Stream::default();
        for _ in 0..100 {
            stream.came(&[b'x'; 10_000]);
        }
        assert!((KEPT..2 * KEPT).contains(&stream.octets.len()));
        assert_eq!(stream.base + stream.octets.len() as u64, 1_000_000);
    }

    #[test]
    fn credentials_are_not_shown() {
        assert_eq!(without_secrets(b"AUTHORIZATION: Basic eDp5"), "AUTHORIZATION: (not shown)");
        assert_eq!(without_secrets(b"Accept: a"), "Accept: a");
    }
}
