//! Content that is decoded as it comes in, within bounds.

use std::fmt;

use super::stage::{Stage, Step};
use super::{Coding, CodingError};

/// What is believed of content. Honest content keeps to it; a few octets that would become gigabytes do not (RFC 9110 §17.6 has
/// more of that kind).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards {
    /// The most octets that the decoded content may have.
    pub octets: u64,
    /// The most decoded octets for each octet received, for content longer than [`Guards::ratio_from`]. deflate itself cannot do more
    /// than 1032; text seldom does more than 20.
    pub ratio: u64,
    /// Up to how many decoded octets the ratio is not looked at.
    pub ratio_from: u64,
}

impl Default for Guards {
    fn default() -> Guards {
        Guards { octets: 4 << 30, ratio: 200, ratio_from: 4 << 20 }
    }
}

/// Undoes the codings of one content.
pub struct Decoder {
    /// In the order in which they are undone.
    stages: Vec<Stage>,
    /// What stands before each stage.
    waiting: Vec<Waiting>,
    guards: Guards,
    taken: u64,
    /// How much each stage has given.
    given: Vec<u64>,
}

#[derive(Default)]
struct Waiting {
    octets: Vec<u8>,
    done: usize,
}

/// The most that one call gives, and that stands between two codings.
const PIECE: usize = 32 * 1024;

impl Decoder {
    /// For content with these codings, in the order in which they were applied.
    pub fn new(codings: &[Coding], guards: Guards) -> Decoder {
        let stages: Vec<Stage> = codings.iter().rev().map(|coding| Stage::new(*coding)).collect();
        let waiting = stages.iter().map(|_| Waiting::default()).collect();
        let given = vec![0; stages.len()];
        Decoder { stages, waiting, guards, taken: 0, given }
    }

    /// Takes octets as they were received. They wait until they are asked for.
    pub fn take(&mut self, octets: &[u8]) {
        self.taken += octets.len() as u64;
        if let Some(first) = self.waiting.first_mut() {
            first.octets.extend_from_slice(octets);
        }
    }

    /// Appends some decoded octets, at most 32 KiB. `false` says that nothing is left to be given of what was taken.
    ///
    /// # Errors
    /// What is wrong with the content. It is not asked for more then.
    pub fn give(&mut self, out: &mut Vec<u8>) -> Result<bool, CodingError> {
        let start = out.len();
        loop {
            let mut moved = false;
            for at in 0..self.stages.len() {
                let mut before = std::mem::take(&mut self.waiting[at]);
                let left = PIECE - (out.len() - start);
                let (onto, room) = match self.waiting.get_mut(at + 1) {
                    Some(next) => {
                        let room = PIECE.saturating_sub(next.octets.len());
                        (&mut next.octets, room)
                    }
                    None => (&mut *out, left),
                };
                let step = self.stages[at].step(&before.octets[before.done..], onto, room);
                let Step { taken, given } = step?;
                before.done += taken;
                before.settle();
                self.waiting[at] = before;
                self.given[at] += given as u64;
                self.guard(self.given[at])?;
                moved |= taken > 0 || given > 0;
            }
            if !moved || out.len() - start == PIECE {
                break;
            }
        }
        Ok(out.len() > start)
    }

    /// The content was taken to its end, and given.
    ///
    /// # Errors
    /// [`CodingError::Truncated`] where a stream has not come to its end.
    pub fn finish(&self) -> Result<(), CodingError> {
        match self.stages.iter().find(|stage| !stage.is_at_its_end()) {
            Some(stage) => Err(stage.truncated()),
            None => Ok(()),
        }
    }

    fn guard(&self, given: u64) -> Result<(), CodingError> {
        let Guards { octets, ratio, ratio_from } = self.guards;
        let bomb = given > ratio_from && given > self.taken.saturating_mul(ratio);
        if given > octets || bomb { Err(CodingError::TooLong(given)) } else { Ok(()) }
    }
}

impl Waiting {
    /// What is done is forgotten, when it is all or much.
    fn settle(&mut self) {
        if self.done == self.octets.len() {
            self.octets.clear();
            self.done = 0;
        } else if self.done >= PIECE {
            self.octets.drain(..self.done);
            self.done = 0;
        }
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decoder({} octets in, {} out)", self.taken, self.given.last().copied().unwrap_or_default())
    }
}
