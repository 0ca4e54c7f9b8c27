//! The octets that were received and not yet consumed.

/// How much is asked of the transport at once.
const PIECE: usize = 8 * 1024;

/// A receive buffer. At rest it keeps one piece of memory at most. Its room is cleared when it is made, not each time that something is
/// received: who asks again and again while nothing comes pays nothing for it.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    /// What was received, from `start` to `end`, and room behind it.
    room: Vec<u8>,
    /// The first octet that was not consumed.
    start: usize,
    /// Behind the last octet that was received.
    end: usize,
}

impl Buffer {
    /// What was received and not consumed.
    pub(super) fn octets(&self) -> &[u8] {
        &self.room[self.start..self.end]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.start += count;
        assert!(self.start <= self.end, "only what was received is consumed");
        if self.is_empty() {
            (self.start, self.end) = (0, 0);
        }
    }

    /// Receives once, through `recv`, behind what is there. Octets move to the front when less than half is in use, so each is
    /// moved a bounded number of times.
    pub(super) fn fill<P>(&mut self, recv: impl FnOnce(&mut [u8]) -> P, count: impl FnOnce(&P) -> usize) -> P {
        if self.start > 0 && self.start >= self.end - self.start {
            self.room.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        let until = self.end + PIECE;
        if self.room.len() < until {
            self.room.resize(until, 0);
        }
        let polled = recv(&mut self.room[self.end..until]);
        self.end += count(&polled).min(PIECE);
        polled
    }

    /// Gives the memory back but for one piece, if nothing is in it.
    pub(super) fn rest(&mut self) {
        if self.is_empty() && self.room.len() > PIECE {
            self.room = Vec::new();
        }
    }

    /// Everything that is left.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let Buffer { mut room, start, end } = std::mem::take(self);
        room.truncate(end);
        room.drain(..start);
        room
    }
}

#[cfg(test)]
#[path = "buffer_tests.rs"]
mod tests;
