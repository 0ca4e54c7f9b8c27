//! A case made playable: case x delivery x variant -> a straight line of steps. Steps wait for conditions, never for a while
//! (pacing of segments is the one exception). The player records what happened; it does not judge.

pub mod lower;
pub mod play;
pub mod reading;

use std::time::Duration;

use crate::corpus::model::{Awaited, Shut};
use crate::transcript::{Delivery, Purpose, Variant};

/// Which of the two clocks bounds a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// An answer that must come; every octet received renews it up to the case's total.
    Patience,
    /// How long silence is believed.
    Quiet,
    /// A time that the fixture names.
    Within(Duration),
}

/// A run of octets written at once, after its pause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The octets.
    pub octets: Vec<u8>,
    /// The pause before it; zero for the first.
    pub pause: Duration,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Octets go out.
    Send {
        /// What for.
        purpose: Purpose,
        /// Cut like this.
        segments: Vec<Segment>,
        /// Methods of the requests that begin in these octets, in order (so that the answers to HEAD are read rightly).
        methods: Vec<String>,
    },
    /// Wait until so many messages of that kind came on this connection since it was opened, the peer ended, or it is late.
    Await {
        /// Which.
        awaited: Awaited,
        /// How many in all.
        count: usize,
        /// For how long.
        clock: Clock,
    },
    /// Wait until one more final response came than before octets were last sent here, the peer ended, or it is late.
    AwaitAnother {
        /// For how long.
        clock: Clock,
    },
    /// Read to the end of the peer's half.
    AwaitEnd {
        /// For how long.
        clock: Clock,
    },
    /// End our side.
    Shut(Shut),
    /// Let time pass, reading on.
    Pause(Duration),
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// `c1`, `s1`; a connection of ours is opened when it is first named.
    pub on: String,
    /// What is done.
    pub act: Act,
}

/// A straight line of steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Full id of the case.
    pub case: String,
    /// How the octets are cut.
    pub delivery: Delivery,
    /// Which playing.
    pub variant: Variant,
    /// Offset of the fault in the octets of [`Purpose::Message`] on `c1`.
    pub fault: Option<u64>,
    /// Top to bottom.
    pub steps: Vec<Step>,
}
