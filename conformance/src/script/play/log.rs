//! What happened, as it is written down: in order, with its time, within limits.

use tokio::time::Instant;

use crate::transcript::{Event, Octets, Purpose, What};

/// The events of one playing.
pub(super) struct Log {
    begun: Instant,
    events: Vec<Event>,
    most: usize,
}

impl Log {
    /// An empty log; beyond `most` events, octets that follow octets are written into one event.
    pub(super) fn new(begun: Instant, most: usize) -> Log {
        Log { begun, events: Vec::new(), most }
    }

    /// Something happened just now.
    pub(super) fn note(&mut self, on: &str, what: What) {
        let at_us = self.now();
        self.events.push(Event { at_us, on: on.to_owned(), what });
    }

    /// Octets came in. False when there is no room to write them down as they came.
    pub(super) fn received(&mut self, on: &str, octets: &[u8]) -> bool {
        if self.events.len() < self.most {
            self.note(on, What::Received { octets: Octets(octets.to_vec()) });
            return true;
        }
        match self.events.last_mut() {
            Some(Event { on: last, what: What::Received { octets: so_far }, .. }) if last == on => {
                so_far.0.extend_from_slice(octets);
                true
            }
            _ => false,
        }
    }

    /// Octets went out. `joined`: they belong to the run before them if nothing happened in between, so that a message sent octet
    /// by octet is not a thousand events.
    pub(super) fn sent(&mut self, on: &str, purpose: Purpose, octets: &[u8], methods: Vec<String>, joined: bool) {
        let at_us = self.now();
        if let Some(Event { at_us: last_at, on: last, what: What::Sent { purpose: p, octets: so_far, .. } }) =
            self.events.last_mut()
            && joined
            && methods.is_empty()
            && last == on
            && *p == purpose
        {
            so_far.0.extend_from_slice(octets);
            *last_at = at_us;
            return;
        }
        self.note(on, What::Sent { purpose, octets: Octets(octets.to_vec()), methods });
    }

    /// All of it.
    pub(super) fn into_events(self) -> Vec<Event> {
        self.events
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
