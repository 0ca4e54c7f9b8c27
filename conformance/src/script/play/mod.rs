//! The player: a script becomes octets on a wire, and what happened becomes a transcript. It never judges.
//!
//! ```text
//!   Script ──► steps, one after another ──► connections ──► the subject
//!                                              │ read all the time, also while writing and after a failed write
//!   Transcript ◄── log ◄───────────────────────┘
//! ```
//!
//! Three rules keep it honest. Reading goes on whatever else is done, until end or reset, so that data is never lost to a reset that a
//! write was told of. All of a playing is one task: between two looks at a connection nobody else touches it, so the order of events
//! is the order in which the system told them. Every wait has an end, and everything that is received counts against a limit.

mod completeness;
mod connection;
mod log;
mod wire;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use self::connection::{Connection, End, Room};
use self::log::Log;
pub use self::wire::{Address, Connecting, Security, Stream, Wire, connect};
use super::{Act, Clock, Script, Segment, Step};
use crate::corpus::model::{Awaited, Bindings, Observability, Role, Shut};
use crate::transcript::{Clocks, Delivery, Purpose, Transcript, Waited, What};

/// Who a script is played to.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where it listens.
    pub address: Address,
    /// What it is judged as.
    pub role: Role,
    /// What the variables stand for.
    pub bindings: Bindings,
    /// How closely it can be seen.
    pub level: Observability,
    /// What it can do beyond that.
    pub can: Vec<String>,
    /// What its echo cannot tell.
    pub lacks: Vec<String>,
    /// Whether nothing else is going on.
    pub alone: bool,
}

/// What one playing may use up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayLimits {
    /// Octets received, over all connections; reading stops beyond.
    pub received: u64,
    /// Events written down one by one; beyond, octets join those before them or reading stops.
    pub events: usize,
    /// The pause between two segments whose script names none.
    pub pacing: Duration,
}

impl Default for PlayLimits {
    fn default() -> PlayLimits {
        PlayLimits { received: 4 << 20, events: 20_000, pacing: Duration::from_millis(1) }
    }
}

/// Plays a script to its end, or until the case's total time is used up (waits are then late, octets not sent).
///
/// A wait is `complete` when what it waits for is there (for the end of a connection: FIN or reset, or it never came to be), `ended`
/// when the connection ended first, `late` when its clock ran out, `too-much` when reading had stopped. Beside the octets, only FIN,
/// reset and late are ever told; nothing is concluded from them.
pub async fn play(script: &Script, target: &Target, clocks: &Clocks, limits: &PlayLimits) -> Transcript {
    let mut playing = Playing::new(target, clocks, limits);
    let mut steps = script.steps.as_slice();
    while let Some((step, rest)) = steps.split_first() {
        // Coalesced: octets for several purposes on one connection leave in one write.
        let together = match script.delivery {
            Delivery::Coalesced => 1 + rest.iter().take_while(|next| sends_on(next, step)).count(),
            _ => 1,
        };
        let (now, later) = steps.split_at(together);
        playing.step(now).await;
        steps = later;
    }
    playing.last_look().await;
    Transcript {
        format: 1,
        case: script.case.clone(),
        role: target.role,
        delivery: script.delivery,
        variant: script.variant,
        bindings: target.bindings.clone(),
        level: target.level,
        can: target.can.clone(),
        lacks: target.lacks.clone(),
        clocks: *clocks,
        alone: target.alone,
        fault: script.fault,
        events: playing.log.into_events(),
    }
}

/// The connections that a script opens.
pub fn connections(script: &Script) -> usize {
    script.steps.iter().map(|step| step.on.as_str()).collect::<BTreeSet<_>>().len()
}

fn sends_on(next: &Step, first: &Step) -> bool {
    next.on == first.on && matches!((&next.act, &first.act), (Act::Send { .. }, Act::Send { .. }))
}

struct Playing<'a> {
    target: &'a Target,
    limits: &'a PlayLimits,
    patience: Duration,
    quiet: Duration,
    over: Instant,
    log: Log,
    room: Room,
    connections: Vec<Connection>,
}

/// Octets that leave in one write, by purpose.
struct Write {
    pause: Duration,
    octets: Vec<u8>,
    /// Where each purpose begins in the octets, and the methods that begin there.
    parts: Vec<(usize, Purpose, Vec<String>)>,
    /// Whether it continues the run before it.
    joined: bool,
}

impl<'a> Playing<'a> {
    fn new(target: &'a Target, clocks: &Clocks, limits: &'a PlayLimits) -> Playing<'a> {
        let begun = Instant::now();
        Playing {
            target,
            limits,
            patience: Duration::from_millis(clocks.patience_ms),
            quiet: Duration::from_millis(clocks.quiet_ms),
            over: begun + Duration::from_millis(clocks.total_ms),
            log: Log::new(begun, limits.events),
            room: Room { octets: limits.received },
            connections: Vec::new(),
        }
    }

    async fn step(&mut self, steps: &[Step]) {
        let Some(step) = steps.first() else { return };
        let on = self.connection(&step.on).await;
        match &step.act {
            Act::Send { .. } => self.send(on, writes(steps, self.limits.pacing)).await,
            Act::Await { awaited, count, clock } => {
                let (awaited, count) = (*awaited, *count);
                let word = match awaited {
                    Awaited::Request => "request",
                    Awaited::Response => "final response",
                    Awaited::Interim => "interim response",
                };
                // Where a final response is there that no step waited for, no interim one comes before it.
                let finals = self.connections[on].finals_awaited;
                if awaited == Awaited::Response {
                    self.connections[on].finals_awaited = finals.max(count);
                }
                let there = move |c: &Connection| {
                    c.completeness.count(awaited) >= count
                        || (awaited == Awaited::Interim && c.completeness.count(Awaited::Response) > finals)
                };
                self.wait(on, format!("{word} {count}"), *clock, there).await;
            }
            Act::AwaitAnother { clock } => {
                let count = self.connections[on].answered_before + 1;
                let there = move |c: &Connection| c.completeness.count(Awaited::Response) >= count;
                self.wait(on, format!("final response {count}"), *clock, there).await;
            }
            Act::AwaitEnd { clock } => self.wait(on, "end".to_owned(), *clock, |c| c.end.is_some()).await,
            Act::Shut(how) => self.shut(on, *how).await,
            Act::Pause(time) => {
                let until = self.over.min(Instant::now() + *time);
                self.drive(|_| until, |_, _| Poll::<()>::Pending).await;
            }
        }
    }

    /// The connection of that name, opened if it is named for the first time.
    async fn connection(&mut self, name: &str) -> usize {
        if let Some(index) = self.connections.iter().position(|c| c.name == name) {
            return index;
        }
        let by = self.over.min(Instant::now() + self.patience);
        let opened = if name.starts_with('c') {
            let address = &self.target.address;
            let mut opening = pin!(connect(address, by));
            // A little after `by`, so that it is the connecting that tells how it failed.
            let outcome = self.drive(|_| by + Duration::from_millis(50), |_, cx| opening.as_mut().poll(cx)).await;
            outcome.unwrap_or_else(|| Err(std::io::ErrorKind::TimedOut.into()))
        } else {
            Err(std::io::Error::other("only connections of ours are opened"))
        };
        let connection = match opened {
            Ok(stream) => {
                self.log.note(name, What::Connected);
                Connection::open(name, stream)
            }
            Err(error) => {
                self.log.note(name, What::Refused { error: error.to_string() });
                Connection::refused(name, &error)
            }
        };
        self.connections.push(connection);
        self.connections.len() - 1
    }

    async fn send(&mut self, on: usize, writes: Vec<Write>) {
        let connection = &mut self.connections[on];
        connection.answered_before = connection.completeness.count(Awaited::Response);
        for method in writes.iter().flat_map(|w| &w.parts).flat_map(|(_, _, methods)| methods) {
            self.connections[on].completeness.answering(method);
        }
        let mut failed: Option<String> = None;
        for write in writes {
            if !write.pause.is_zero() && failed.is_none() {
                let until = self.over.min(Instant::now() + write.pause);
                self.drive(|_| until, |_, _| Poll::<()>::Pending).await;
            }
            let mut at = 0;
            let (over, patience) = (self.over, self.patience);
            let mut last = Instant::now();
            while failed.is_none() && at < write.octets.len() {
                let going = |me: &mut Self, cx: &mut Context<'_>| match me.connections[on]
                    .poll_writing(cx, &write.octets[at..])
                {
                    // Written down before anything is read again: an answer never stands before what it answers.
                    Poll::Ready(Ok(count)) => {
                        me.note_sent(on, &write, at, at + count);
                        Poll::Ready(Ok(count))
                    }
                    other => other,
                };
                match self.drive(|_| over.min(last + patience), going).await {
                    Some(Ok(count)) => {
                        at += count;
                        last = Instant::now();
                    }
                    Some(Err(why)) => failed = Some(why),
                    None => {
                        let why = "the peer takes no more octets".to_owned();
                        failed = Some(self.connections[on].cannot_write(why));
                    }
                }
            }
            if let Some(error) = &failed {
                self.note_not_sent(on, &write, at, error);
            }
        }
    }

    /// Writes down what one call took of a write, purpose by purpose.
    fn note_sent(&mut self, on: usize, write: &Write, from: usize, to: usize) {
        for (index, (begins, purpose, methods)) in write.parts.iter().enumerate() {
            let ends = write.parts.get(index + 1).map_or(write.octets.len(), |next| next.0);
            let (first, last) = (from.max(*begins), to.min(ends));
            if first < last {
                let (methods, joined) =
                    if first == *begins { (methods.clone(), write.joined) } else { (Vec::new(), true) };
                self.log.sent(&self.connections[on].name, *purpose, &write.octets[first..last], methods, joined);
            }
        }
    }

    /// Writes down what did not go out of a write, purpose by purpose.
    fn note_not_sent(&mut self, on: usize, write: &Write, sent: usize, error: &str) {
        for (index, (begins, purpose, _)) in write.parts.iter().enumerate() {
            let ends = write.parts.get(index + 1).map_or(write.octets.len(), |next| next.0);
            let reached = sent.clamp(*begins, ends);
            if reached < ends {
                let count = (ends - reached) as u64;
                let what = What::NotSent { purpose: *purpose, count, error: error.to_owned() };
                self.log.note(&self.connections[on].name, what);
            }
        }
    }

    async fn wait(&mut self, on: usize, word: String, clock: Clock, there: impl Fn(&Connection) -> bool) {
        let begun = Instant::now();
        let (over, patience, quiet) = (self.over, self.patience, self.quiet);
        let deadline = move |c: &Connection| {
            over.min(match clock {
                Clock::Patience => begun.max(c.last_octet) + patience,
                Clock::Quiet => begun + quiet,
                Clock::Within(time) => begun + time,
            })
        };
        let outcome = self
            .drive(
                |me| deadline(&me.connections[on]),
                |me, _| match &me.connections[on] {
                    c if there(c) => Poll::Ready(Waited::Complete),
                    c if c.end.is_some() => Poll::Ready(Waited::Ended),
                    c if c.too_much => Poll::Ready(Waited::TooMuch),
                    _ => Poll::Pending,
                },
            )
            .await;
        let waited = outcome.unwrap_or(Waited::Late);
        self.log.note(&self.connections[on].name, What::Waited { on: word, waited });
    }

    async fn shut(&mut self, on: usize, how: Shut) {
        if self.connections[on].end == Some(End::Refused) {
            return;
        }
        match how {
            Shut::Write => {
                let by = self.over.min(Instant::now() + self.patience);
                self.drive(|_| by, |me, cx| me.connections[on].poll_half_close(cx)).await;
            }
            Shut::Both => self.connections[on].close(false),
            Shut::Reset => self.connections[on].close(true),
        }
        self.log.note(&self.connections[on].name, What::Shut { how });
    }

    /// Reads what is there already, without waiting.
    async fn last_look(&mut self) {
        let now = Instant::now();
        self.drive(|_| now, |_, _| Poll::<()>::Pending).await;
    }

    /// Reads on every connection until `done` says so, or nothing when the deadline (asked anew after each octet) passed first.
    async fn drive<T>(
        &mut self,
        deadline: impl Fn(&Self) -> Instant,
        mut done: impl FnMut(&mut Self, &mut Context<'_>) -> Poll<T>,
    ) -> Option<T> {
        let mut by = deadline(self);
        let mut sleep = pin!(sleep_until(by));
        poll_fn(|cx| {
            let Playing { connections, log, room, .. } = &mut *self;
            for connection in connections {
                connection.poll_reading(cx, log, room);
            }
            if let Poll::Ready(value) = done(self, cx) {
                return Poll::Ready(Some(value));
            }
            loop {
                let now_by = deadline(self);
                if now_by != by {
                    by = now_by;
                    sleep.as_mut().reset(by);
                }
                if by <= Instant::now() {
                    return Poll::Ready(None);
                }
                // A timer that fired early (its grain is a millisecond) is set again.
                match sleep.as_mut().poll(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(()) => sleep.as_mut().reset(by + Duration::from_millis(1)),
                }
            }
        })
        .await
    }
}

/// The writes of consecutive sends on one connection: each segment one write, the last of a send joined to the first of the next.
fn writes(steps: &[Step], pacing: Duration) -> Vec<Write> {
    let mut writes: Vec<Write> = Vec::new();
    for step in steps {
        let Act::Send { purpose, segments, methods } = &step.act else { continue };
        for (index, Segment { octets, pause }) in segments.iter().enumerate() {
            let methods = if index == 0 { methods.clone() } else { Vec::new() };
            match writes.last_mut() {
                Some(last) if index == 0 => {
                    last.parts.push((last.octets.len(), *purpose, methods));
                    last.octets.extend_from_slice(octets);
                }
                _ => {
                    let joined = index > 0 && *pause <= pacing;
                    let pause = if index == 0 || !pause.is_zero() { *pause } else { pacing };
                    writes.push(Write { pause, octets: octets.clone(), parts: vec![(0, *purpose, methods)], joined });
                }
            }
        }
    }
    writes
}
