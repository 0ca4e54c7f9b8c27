//! Colours, where somebody looks.

use std::io::IsTerminal;

use crate::corpus::model::Verdict;

/// Paints words for a terminal, or leaves them as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint(
    /// Whether to.
    pub bool,
);

impl Paint {
    /// For standard output: a terminal, and NO_COLOR is not set to anything (<https://no-color.org>).
    pub fn for_stdout() -> Paint {
        Paint(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty()))
    }

    /// Louder.
    pub fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// Quieter.
    pub fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    /// As bad as the verdict.
    pub fn verdict(self, verdict: Verdict, text: &str) -> String {
        match verdict {
            Verdict::Pass => self.wrap("32", text),
            Verdict::NotApplicable => self.wrap("2", text),
            Verdict::Warn => self.wrap("33", text),
            Verdict::Inconclusive => self.wrap("35", text),
            Verdict::Fail | Verdict::Fault => self.wrap("1;31", text),
        }
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
