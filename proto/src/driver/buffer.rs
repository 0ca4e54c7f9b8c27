//! The octets that were received and not yet consumed.

/// How much is asked of the transport at once.
const PIECE: usize = 8 * 1024;

/// A receive buffer. At rest it keeps no memory.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    octets: Vec<u8>,
    /// The first octet that was not consumed.
    start: usize,
}

impl Buffer {
    /// What was received and not consumed.
    pub(super) fn octets(&self) -> &[u8] {
        &self.octets[self.start..]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.start == self.octets.len()
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.start += count;
        assert!(self.start <= self.octets.len(), "only what was received is consumed");
        if self.is_empty() {
            self.octets.clear();
            self.start = 0;
        }
    }

    /// Receives once, through `recv`, behind what is there. Octets move to the front when less than half is in use, so each is
    /// moved a bounded number of times.
    pub(super) fn fill<P>(&mut self, recv: impl FnOnce(&mut [u8]) -> P, count: impl FnOnce(&P) -> usize) -> P {
        if self.start > 0 && self.start >= self.octets.len() - self.start {
            self.octets.drain(..self.start);
            self.start = 0;
        }
        let end = self.octets.len();
        self.octets.resize(end + PIECE, 0);
        let polled = recv(&mut self.octets[end..]);
        self.octets.truncate(end + count(&polled));
        polled
    }

    /// Gives the memory back if nothing is in it.
    pub(super) fn rest(&mut self) {
        if self.is_empty() {
            *self = Buffer::default();
        }
    }

    /// Everything that is left.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let Buffer { mut octets, start } = std::mem::take(self);
        octets.drain(..start);
        octets
    }
}
