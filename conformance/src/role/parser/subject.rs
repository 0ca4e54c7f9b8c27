//! What a parser has to be for us: something that answers questions of the adapter contract.

use std::fmt;
use std::time::Duration;

use crate::adapter::contract::{Answer, Parse, Started};

/// A parser that can be asked.
pub trait Subject {
    /// Who it is and what it can.
    fn started(&self) -> &Started;

    /// How it is reached, for the report.
    fn address(&self) -> String;

    /// How long each answer is waited for; zero where nothing can be late.
    fn patience(&self) -> Duration {
        Duration::ZERO
    }

    /// Asks one question after another; one answer each, in order.
    fn parse_all(&mut self, questions: &[Parse]) -> Vec<Result<Answer, Trouble>>;

    /// Asks one question.
    fn parse(&mut self, question: &Parse) -> Result<Answer, Trouble> {
        self.parse_all(std::slice::from_ref(question))
            .pop()
            .unwrap_or(Err(Trouble::Died("it gave no answer".to_owned())))
    }
}

/// Why there is no answer: a fault of the set-up, never a verdict about the parser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It could not be started, or did not say who it is.
    NotStarted(String),
    /// What came is not an answer of the contract.
    Garbage(String),
    /// Nothing came in time.
    Silent(Duration),
    /// The process ended; exit status or signal, and the end of what it wrote to its standard error.
    Died(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::NotStarted(why) => write!(f, "the adapter did not start: {why}"),
            Trouble::Garbage(what) => write!(f, "the adapter's answer does not follow the contract: {what}"),
            Trouble::Silent(patience) => write!(f, "the adapter gave no answer within {patience:?}"),
            Trouble::Died(how) => write!(f, "the adapter ended: {how}"),
        }
    }
}

impl std::error::Error for Trouble {}
