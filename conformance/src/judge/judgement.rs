//! What one playing of a case came to.

use serde::{Deserialize, Serialize};

use super::result::{ControlState, Finding};
use crate::corpus::model::Verdict;
use crate::transcript::{Delivery, Variant};

/// What the subject made of the case's message, as far as it showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Understood {
    /// So many messages were taken; `said` is what the subject says about each, where it says anything, without what does not
    /// depend on the message.
    Accepted {
        /// How many.
        count: usize,
        /// One line per message.
        said: Vec<String>,
    },
    /// It was turned down: by an answer, or by an ending.
    Rejected,
    /// It was held to be unfinished.
    Incomplete,
    /// Nothing was shown either way.
    #[default]
    Nothing,
}

impl Understood {
    /// In one word.
    pub fn word(&self) -> &'static str {
        match self {
            Understood::Accepted { .. } => "accepted",
            Understood::Rejected => "rejected",
            Understood::Incomplete => "held to be unfinished",
            Understood::Nothing => "not shown",
        }
    }
}

/// The outcome of a playing during which the subject's process ended.
pub(crate) const DIED: &str = "died";

/// What one playing of a case came to: two verdicts and what they rest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Full id of the case.
    pub case: String,
    /// How the octets were cut.
    pub delivery: Delivery,
    /// Which playing.
    pub variant: Variant,
    /// About what was understood and answered.
    pub message: Verdict,
    /// About how the connection ended; `pass` where nobody asks.
    pub ending: Verdict,
    /// The outcome that matched: one of the fixture's, or one of those that `means` stands for.
    pub outcome: Option<String>,
    /// What the subject made of it.
    pub understood: Understood,
    /// Status codes of the final responses to the case's own messages, in order.
    pub statuses: Vec<u16>,
    /// Where the first of them stands in all that the subject sent on `c1`; empty, at the end of that, if there is none.
    pub answered: [u64; 2],
    /// How many interim responses came.
    pub interim: usize,
    /// Whether the subject ended the connection.
    pub closed: bool,
    /// What was seen, the worst first.
    pub findings: Vec<Finding>,
    /// Whether a silence decided: such a verdict is played again, alone and with more time, before it is believed.
    pub rests_on_clock: bool,
    /// Whether a reset cut a response while octets of ours were unread: to be played again without the successor.
    pub cut_by_reset: bool,
    /// Microseconds from the first event to the last.
    pub wall_us: u64,
}

impl Judgement {
    /// The worse of the two verdicts.
    pub fn verdict(&self) -> Verdict {
        self.message.max(self.ending)
    }

    /// Whether the subject's process ended while it was played.
    pub fn died(&self) -> bool {
        self.outcome.as_deref() == Some(DIED)
    }

    /// Whether the case was played and the subject took its message as the case asks: what a control is for.
    pub fn is_accepted(&self) -> bool {
        matches!(self.understood, Understood::Accepted { .. })
            && matches!(self.verdict(), Verdict::Pass | Verdict::Warn)
    }
}

/// What became of a control, in all its deliveries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// In a word.
    pub state: ControlState,
    /// Every status that its messages got: the same status to the case itself, if the case does not list it, says nothing.
    pub statuses: Vec<u16>,
}

impl Control {
    /// For a case that has none.
    pub const NONE: Control = Control { state: ControlState::None, statuses: Vec::new() };

    /// For a control that was not played.
    pub const MISSING: Control = Control { state: ControlState::Missing, statuses: Vec::new() };

    /// From all playings of the control: accepted if it was accepted whole, and in every delivery that was played.
    pub fn of(judgements: &[Judgement]) -> Control {
        if judgements.is_empty() {
            return Control::MISSING;
        }
        let accepted = judgements.iter().all(Judgement::is_accepted);
        let mut statuses: Vec<u16> =
            judgements.iter().flat_map(|judgement| judgement.statuses.iter().copied()).collect();
        statuses.sort_unstable();
        statuses.dedup();
        Control { state: if accepted { ControlState::Accepted } else { ControlState::Refused }, statuses }
    }
}
