//! One connection of the obvious server: read a request, answer it, again.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use super::Mutation;
use super::answer::{self, Answer};
use super::read::{self, Length, Request, Stop};

/// How long a peer may be silent.
const IDLE: Duration = Duration::from_secs(20);
/// How much is read after the last answer, and for how long, so that no reset destroys it.
const LINGER: (usize, Duration) = (256 * 1024, Duration::from_secs(2));
/// How long the mutant that notices no end keeps its half open: longer than a wait that is played again with three times the time.
const HALF_OPEN: Duration = Duration::from_secs(15);
/// Requests on one connection.
const REQUESTS: usize = 1000;

/// What the peer sent and nobody has taken yet.
pub(super) struct Input {
    stream: TcpStream,
    octets: Vec<u8>,
    taken: usize,
    ended: bool,
    /// Only what the first read returned counts.
    one_read: bool,
}

impl Input {
    /// One line with its LF; 400-class refusal once it is longer than `most`.
    pub(super) fn line(&mut self, most: usize, too_long: u16) -> Result<Vec<u8>, Stop> {
        let mut searched = 0;
        loop {
            let waiting = &self.octets[self.taken..];
            if let Some(lf) = waiting[searched..].iter().position(|o| *o == b'\n') {
                let line = waiting[..searched + lf + 1].to_vec();
                if line.len() > most {
                    return Err(Stop::Refuse(too_long));
                }
                self.taken += line.len();
                return Ok(line);
            }
            searched = waiting.len();
            if searched > most {
                return Err(Stop::Refuse(too_long));
            }
            self.fill()?;
        }
    }

    pub(super) fn exactly(&mut self, count: usize) -> Result<Vec<u8>, Stop> {
        while self.octets.len() - self.taken < count {
            self.fill()?;
        }
        let octets = self.octets[self.taken..self.taken + count].to_vec();
        self.taken += count;
        Ok(octets)
    }

    /// The two octets after a chunk's data, or the one that shows that it is not a terminator.
    pub(super) fn terminator(&mut self) -> Result<Vec<u8>, Stop> {
        let first = self.exactly(1)?;
        if first != b"\r" {
            // Mutants that take anything read on; the strict server refuses on this octet alone.
            let Some(second) = self.octets.get(self.taken).copied() else { return Ok(first) };
            self.taken += 1;
            return Ok(vec![first[0], second]);
        }
        let second = self.exactly(1)?;
        Ok(vec![first[0], second[0]])
    }

    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    pub(super) fn is_empty(&self) -> bool {
        self.taken == self.octets.len()
    }

    /// Puts octets back before everything else.
    fn unread(&mut self, octets: &[u8]) {
        self.octets.splice(self.taken..self.taken, octets.iter().copied());
    }

    fn fill(&mut self) -> Result<(), Stop> {
        if self.one_read && !self.octets.is_empty() {
            return Err(Stop::Refuse(400));
        }
        if self.ended {
            return Err(Stop::Gone);
        }
        self.octets.drain(..self.taken);
        self.taken = 0;
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer) {
            Ok(0) => {
                self.ended = true;
                Err(Stop::Gone)
            }
            Ok(count) => {
                self.octets.extend_from_slice(&buffer[..count]);
                Ok(())
            }
            Err(_) => Err(Stop::Gone),
        }
    }
}

/// Serves one connection to its end.
pub(super) fn serve(stream: TcpStream, mutation: Option<Mutation>) {
    let Ok(mut out) = stream.try_clone() else { return };
    let _ = stream.set_read_timeout(Some(IDLE));
    let _ = out.set_write_timeout(Some(IDLE));
    let _ = out.set_nodelay(true);
    let one_read = mutation == Some(Mutation::FirstSegmentIsHead);
    let mut input = Input { stream, octets: Vec::new(), taken: 0, ended: false, one_read };
    exchanges(&mut input, &mut out, mutation);
    if mutation == Some(Mutation::HalfOpen) && input.ended {
        std::thread::sleep(HALF_OPEN);
    }
    let _ = out.shutdown(Shutdown::Write);
    let until = Instant::now() + LINGER.1;
    let mut drained = 0;
    let _ = input.stream.set_read_timeout(Some(Duration::from_millis(200)));
    let mut buffer = [0; 4096];
    while drained < LINGER.0 && Instant::now() < until && !input.ended {
        match input.stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => drained += count,
            Err(e) if matches!(e.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
    }
}

fn exchanges(input: &mut Input, out: &mut TcpStream, mutation: Option<Mutation>) {
    let is = |m| mutation == Some(m);
    let mut before: Option<Request> = None;
    let mut closing = false;
    for _ in 0..REQUESTS {
        if is(Mutation::AnswersEarly) && answers_early(input, out) {
            return;
        }
        let request = match exchange_read(input, out, mutation) {
            Ok(request) => request,
            Err(Stop::Gone) => return,
            Err(Stop::Refuse(status)) if is(Mutation::KeepsOpenAfterFramingError) && status != 414 => {
                if answer::refusal(status, false).write(out, mutation).is_err() {
                    return;
                }
                continue;
            }
            Err(Stop::Refuse(status)) => {
                let _ = answer::refusal(status, true).write(out, mutation);
                return;
            }
            Err(Stop::Decline(status)) => {
                let _ = answer::refusal(status, true).write(out, mutation);
                return;
            }
        };
        let mut requests = vec![request];
        if is(Mutation::OutOfOrder)
            && !input.is_empty()
            && let Ok(next) = exchange_read(input, out, mutation)
        {
            requests.insert(0, next);
        }
        for mut request in requests {
            if is(Mutation::LeakyFields)
                && request.content.is_empty()
                && let Some(before) = &before
            {
                request.content.clone_from(&before.content);
            }
            let close = !persists(&request, mutation);
            let answer = Answer::to(&request, close, mutation);
            if answer.write(out, mutation).is_err() {
                return;
            }
            if is(Mutation::UnannouncedClose) || request.minor == 9 {
                return;
            }
            if closing || (close && !is(Mutation::AnswersBehindClose) && !is(Mutation::IgnoresClose)) {
                return;
            }
            closing |= close && is(Mutation::AnswersBehindClose);
            before = Some(request);
        }
        if closing && input.is_empty() {
            return;
        }
    }
}

/// The request with its content.
fn exchange_read(input: &mut Input, out: &mut TcpStream, mutation: Option<Mutation>) -> Result<Request, Stop> {
    let is = |m| mutation == Some(m);
    let mut request = read::head(input, mutation)?;
    let length = read::length(&request, mutation)?;
    let expectations = read::members(&request, "expect");
    let continues = expectations.iter().any(|e| e == b"100-continue");
    if expectations.iter().any(|e| e != b"100-continue") {
        return Err(Stop::Decline(417));
    }
    let wanted = continues && request.minor >= 1 && length != Length::None && length != Length::Fixed(0);
    let wanted = wanted && input.is_empty() && !is(Mutation::NeverContinue);
    let wrongly = is(Mutation::UnaskedContinue) && length != Length::None
        || is(Mutation::InterimToOldVersion) && continues && request.minor == 0;
    if wanted || wrongly {
        out.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").map_err(|_| Stop::Gone)?;
    }
    if is(Mutation::UnreadContentIsRequest) && request.method == b"GET" {
        return Ok(request);
    }
    let trailers_wait = is(Mutation::TrailersLeftInStream) && length == Length::Chunked;
    read::content(input, &mut request, length, mutation)?;
    if trailers_wait {
        skip_empty_end(input)?;
    }
    Ok(request)
}

/// The mutant that forgets trailers still knows the empty line that ends a message without them.
fn skip_empty_end(input: &mut Input) -> Result<(), Stop> {
    let line = input.line(8192, 431)?;
    if line != b"\r\n" {
        input.unread(&line);
    }
    Ok(())
}

/// The mutant that does not wait for the empty line.
fn answers_early(input: &mut Input, out: &mut TcpStream) -> bool {
    let Ok(line) = input.line(16 * 1024, 414) else { return true };
    let complete = input.octets[input.taken..].windows(4).any(|w| w == b"\r\n\r\n");
    input.unread(&line);
    if complete {
        return false;
    }
    let _ = answer::plain(200, true).write(out, None);
    true
}

/// Whether the connection persists after this request (RFC 9112 §9.3).
fn persists(request: &Request, mutation: Option<Mutation>) -> bool {
    let is = |m| mutation == Some(m);
    let mut options = read::members(request, "connection");
    if is(Mutation::IgnoresSecondConnectionLine) {
        let mut first = request.clone();
        let at = first.fields.iter().position(|(n, _)| n.eq_ignore_ascii_case(b"connection"));
        if let Some(at) = at {
            let mut index = 0;
            first.fields.retain(|(n, _)| {
                index += 1;
                index - 1 <= at || !n.eq_ignore_ascii_case(b"connection")
            });
        }
        options = read::members(&first, "connection");
    }
    let mut members = read::values(request, "connection").flat_map(|value| value.split(|o| *o == b','));
    if is(Mutation::EmptyMemberSpoilsList) && members.any(|member| member.trim_ascii().is_empty()) {
        options.clear();
    }
    let close = options.iter().any(|o| o == b"close");
    let keep_alive = options.iter().any(|o| o == b"keep-alive");
    !close && (request.minor >= 1 || keep_alive || is(Mutation::OldVersionPersists))
}
