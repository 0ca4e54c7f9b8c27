//! Lines, found once. A line ends at LF; whether a CR stands before it is the reader's business (RFC 9112 §2.2).

/// How far a section of lines was read and searched. The buffer may grow between two calls; it may not move.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lines {
    /// Where the next line begins.
    pub(crate) at: usize,
    /// No LF stands in `at..searched`.
    searched: usize,
}

/// One line without its terminator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) start: usize,
    /// One past the last octet of the line, where CRLF or LF stands.
    pub(crate) end: usize,
    /// Whether the line ends in LF without CR.
    pub(crate) bare_lf: bool,
}

impl Line {
    /// Where the LF stands.
    pub(crate) fn lf(&self) -> usize {
        self.end + usize::from(!self.bare_lf)
    }
}

/// What looking for a line found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Next {
    Line(Line),
    /// The line is not complete yet.
    Need,
    /// The line does not end before the window does, and the window is full.
    Long,
}

impl Lines {
    /// Lines from `at` on.
    pub(crate) fn starting(at: usize) -> Lines {
        Lines { at, searched: at }
    }

    /// Whether nothing was looked at yet.
    pub(crate) fn is_untouched(&self) -> bool {
        self.searched == 0
    }

    /// The same, once the first `dropped` octets of the buffer are gone; all of them were read.
    pub(crate) fn rebase(&mut self, dropped: usize) {
        self.at -= dropped;
        self.searched -= dropped;
    }

    /// The next line, which has to end before `window`. Every octet is looked at once, however often this is asked.
    pub(crate) fn next(&mut self, octets: &[u8], window: usize) -> Next {
        let reach = octets.len().min(window);
        let from = self.searched.max(self.at).min(reach);
        match octets[from..reach].iter().position(|octet| *octet == b'\n') {
            Some(distance) => {
                let lf = from + distance;
                let bare_lf = lf == self.at || octets[lf - 1] != b'\r';
                let line = Line { start: self.at, end: lf - usize::from(!bare_lf), bare_lf };
                self.at = lf + 1;
                self.searched = lf + 1;
                Next::Line(line)
            }
            None => {
                self.searched = reach.max(self.at);
                if octets.len() > window { Next::Long } else { Next::Need }
            }
        }
    }
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
