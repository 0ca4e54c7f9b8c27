//! The adapter contract as values: questions about octets, and answers. One JSON object a line, answers in the order of the
//! questions; octets are base64, everything else is plain. `fixtures/README.md` has the contract for people.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::corpus::model::Direction;
use crate::transcript::Octets;

/// A question about octets: what messages are they?
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parse {
    /// Given back with the answer.
    pub id: String,
    /// Requests or responses.
    pub kind: Direction,
    /// The octets; questions about the same ones share them.
    pub octets: Arc<[u8]>,
    /// Where they are cut, ascending.
    pub splits: Vec<usize>,
    /// Whether the connection ends behind them.
    pub end: bool,
    /// What each final response answers, in order; missing ones are GET.
    pub request_methods: Vec<String>,
}

impl Parse {
    /// The question as a line, without its end.
    pub fn line(&self) -> String {
        #[derive(Serialize)]
        struct Line<'q> {
            r#do: &'static str,
            id: &'q str,
            kind: Direction,
            octets: String,
            splits: &'q [usize],
            end: bool,
            #[serde(skip_serializing_if = "<[String]>::is_empty")]
            request_methods: &'q [String],
        }
        let line = Line {
            r#do: "parse",
            id: &self.id,
            kind: self.kind,
            octets: encoded(&self.octets),
            splits: &self.splits,
            end: self.end,
            request_methods: &self.request_methods,
        };
        serde_json::to_string(&line).unwrap_or_default()
    }
}

/// A line of a question as an adapter reads it; what a verb does not use is absent.
#[derive(Debug, Deserialize)]
pub(super) struct QuestionLine<'l> {
    #[serde(borrow, default)]
    pub(super) r#do: Cow<'l, str>,
    #[serde(borrow, default)]
    pub(super) id: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    pub(super) kind: Cow<'l, str>,
    #[serde(borrow, default)]
    pub(super) octets: Cow<'l, str>,
    #[serde(default)]
    pub(super) splits: Vec<usize>,
    #[serde(default)]
    pub(super) end: bool,
    #[serde(default)]
    pub(super) request_methods: Vec<String>,
    #[serde(default)]
    pub(super) request_method: Option<String>,
}

/// Who answers, and what it can.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// Its name.
    pub name: String,
    /// Its version.
    #[serde(default)]
    pub version: String,
    /// `request`, `response`, `head`, `rule`, `offset`, `ask`, `session`.
    #[serde(default)]
    pub can: Vec<String>,
}

impl Started {
    /// Whether it can do that.
    pub fn can(&self, what: &str) -> bool {
        self.can.iter().any(|word| word == what)
    }
}

/// What follows the complete messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Then {
    /// Nothing: between two messages.
    #[default]
    Idle,
    /// The middle of a message that wants more.
    More,
    /// A rejection.
    Reject,
    /// The connection is over at a message boundary.
    End,
    /// Another protocol.
    Switched,
}

/// A complete message as the subject understood it; what it does not know is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParsedMessage {
    /// The method of a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Octets>,
    /// The request-target of a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Octets>,
    /// Such as "1.1".
    #[serde(default)]
    pub version: String,
    /// The status code of a response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The reason phrase of a response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Octets>,
    /// Field lines in order.
    #[serde(default)]
    pub fields: Vec<(Octets, Octets)>,
    /// The content.
    #[serde(default)]
    pub body: Octets,
    /// Trailer field lines in order.
    #[serde(default)]
    pub trailers: Vec<(Octets, Octets)>,
    /// Whether the connection persists behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_alive: Option<bool>,
}

/// What the octets are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parsed {
    /// The complete messages, interim responses among them.
    #[serde(default)]
    pub messages: Vec<ParsedMessage>,
    /// What follows them.
    pub then: Then,
    /// The octets of the other protocol.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<Octets>,
    /// The rule that broke, if it names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Where, counted from the first octet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
}

/// An answer, whatever the question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// It does not answer this.
    Skipped {
        /// Why not.
        skipped: String,
    },
    /// To [`Parse`].
    Parsed(Parsed),
}

/// An answer with the id of its question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerLine {
    /// Of the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The answer itself.
    #[serde(flatten)]
    pub answer: Answer,
}

/// Octets as base64.
pub(crate) fn encoded(octets: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(octets)
}
