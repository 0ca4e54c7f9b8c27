//! Heads: a start-line and a field section, read from octets into spans (RFC 9112 §2 to §5).
//!
//! ```text
//! GET /where?q=now HTTP/1.1 CRLF      request_line, request_target, http_version
//! Host: www.example.org CRLF          field_section
//! CRLF
//! ```
//!
//! This layer knows what a head looks like and not what a field means: `field` does that. Lines are read as they are
//! complete, each once; a fault is told when its line is complete, whether or not the head is. Where the buffer was cut while
//! it arrived never changes what is told.

mod authority;
pub(crate) mod field_section;
mod http_version;

pub(crate) mod lines;
mod reason;
mod request_line;
mod request_target;
pub(crate) mod runs;
mod scan;
mod status_line;
pub(crate) mod write;

pub use reason::reason_phrase;

pub(crate) use authority::{AuthorityRules, read as read_authority};

use crate::limits::Limits;
use crate::rule::Rule;
use crate::span::Span;
use crate::witness::{Broken, Element, Witness};
use field_section::{FieldSection, SectionLimits, SectionRules};
use lines::Next;
use request_line::RequestLine;
use status_line::StatusLine;

/// A field line: where its name and its value stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FieldLine {
    /// The field name.
    pub name: Span,
    /// The field value without the white space around it. An obs-fold stays inside: [`crate::field::unfolded`] turns it into
    /// a space.
    pub value: Span,
}

/// An HTTP-version (RFC 9112 §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version {
    /// The digit before the dot.
    pub major: u8,
    /// The digit after the dot.
    pub minor: u8,
}

impl Version {
    /// HTTP/1.0.
    pub const HTTP_10: Version = Version { major: 1, minor: 0 };
    /// HTTP/1.1.
    pub const HTTP_11: Version = Version { major: 1, minor: 1 };
}

impl Default for Version {
    /// That of everything that is sent here unless somebody says otherwise.
    fn default() -> Version {
        Version::HTTP_11
    }
}

/// The four forms of a request-target (RFC 9112 §3.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TargetForm {
    /// A path, and perhaps a query: `/where?q=now`.
    #[default]
    Origin,
    /// A whole URI: `http://www.example.org/where`.
    Absolute,
    /// Host and port, for CONNECT: `www.example.org:80`.
    Authority,
    /// `*`, for OPTIONS.
    Asterisk,
}

/// The head of a request. All spans count from the beginning of the buffer that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestHead {
    /// The method, case as it stood.
    pub method: Span,
    /// The request-target as it stood.
    pub target: Span,
    /// The form of the target.
    pub form: TargetForm,
    /// The version.
    pub version: Version,
    /// The field lines in order.
    pub fields: Vec<FieldLine>,
    /// How many octets the head took, the empty lines before it and the one that ends it included.
    pub length: u32,
}

/// The head of a response. All spans count from the beginning of the buffer that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseHead {
    /// The version.
    pub version: Version,
    /// The status code, between 0 and 999 (a strict reader gives 100 to 599).
    pub status: u16,
    /// The reason phrase; may be empty.
    pub reason: Span,
    /// The field lines in order.
    pub fields: Vec<FieldLine>,
    /// How many octets the head took, the empty line that ends it included.
    pub length: u32,
}

/// What a reading gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading<T> {
    /// The octets are right so far and more of them are needed.
    Need,
    /// It was read whole.
    Done(T),
}

/// How far a head was read while it arrives in pieces. One per head; a [`Reading::Done`] leaves it fresh for the next one.
/// Between two calls the buffer may grow at its end and change in nothing else.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    section: FieldSection,
    stage: Stage,
    empty_lines: u32,
}

#[derive(Clone, Copy, Debug, Default)]
enum Stage {
    #[default]
    StartLine,
    Request {
        line: RequestLine,
        start: usize,
    },
    Response {
        line: StatusLine,
        start: usize,
    },
}

impl Progress {
    /// A fresh one that fills `storage`, whose old entries are forgotten and whose memory is used again.
    pub fn reusing(storage: Vec<FieldLine>) -> Progress {
        let mut progress = Progress::default();
        progress.reuse(storage);
        progress
    }

    /// Gives storage to fill, if nothing was read yet: its old entries are forgotten, its memory is used again.
    pub fn reuse(&mut self, mut storage: Vec<FieldLine>) {
        if self.section.fields.capacity() < storage.capacity() && self.section.fields.is_empty() {
            storage.clear();
            self.section.fields = storage;
        }
    }

    /// How many octets are empty lines before the start-line, if nothing else was seen yet. Equal to the length of the buffer
    /// where the stream stands between two messages.
    pub fn empty_lines(&self) -> Option<usize> {
        matches!(self.stage, Stage::StartLine).then_some(self.section.lines.at)
    }

    /// Whether nothing was looked at yet: then the fast path may try, once per head.
    fn is_untouched(&self) -> bool {
        self.section.lines.is_untouched()
    }

    /// Takes the field lines and leaves a fresh progress.
    fn finish(&mut self) -> (Vec<FieldLine>, u32) {
        let section = std::mem::take(self).section;
        (section.fields, section.lines.at as u32)
    }
}

/// Reads the head of a request from the beginning of `octets`. Empty lines before it are skipped (RFC 9112 §2.2).
///
/// # Errors
/// The rule that ended the reading and the octets that broke it; the progress is then of no further use.
///
/// ```
/// use wiregauge_proto::{Limits, Strict, head};
/// let octets = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
/// let read = head::read_request(octets, &mut head::Progress::default(), &Limits::DEFAULT, &mut Strict);
/// let Ok(head::Reading::Done(head)) = read else { panic!("{read:?}") };
/// assert_eq!(head.target.of(octets), b"/");
/// ```
pub fn read_request<W: Witness>(
    octets: &[u8],
    progress: &mut Progress,
    limits: &Limits,
    witness: &mut W,
) -> Result<Reading<RequestHead>, Broken> {
    if progress.is_untouched()
        && witness.may_skip_grammar()
        && let Some((line, length)) = scan::request(octets, limits, &mut progress.section.fields)
    {
        let RequestLine { method, target, form, version } = line;
        let fields = std::mem::take(&mut progress.section.fields);
        return Ok(Reading::Done(RequestHead { method, target, form, version, fields, length }));
    }
    request_by_grammar(octets, progress, limits, witness)
}

#[inline(never)]
fn request_by_grammar<W: Witness>(
    octets: &[u8],
    progress: &mut Progress,
    limits: &Limits,
    witness: &mut W,
) -> Result<Reading<RequestHead>, Broken> {
    if let Stage::StartLine = progress.stage {
        match request_line(octets, progress, limits, witness)? {
            Reading::Need => return Ok(Reading::Need),
            Reading::Done(()) => {}
        }
    }
    let Stage::Request { line, start } = progress.stage else {
        unreachable!("one progress serves requests or responses, not both")
    };
    if let Reading::Need = progress.section.read(octets, section_limits(start, limits), &RULES, witness)? {
        return Ok(Reading::Need);
    }
    let (fields, length) = progress.finish();
    let RequestLine { method, target, form, version } = line;
    Ok(Reading::Done(RequestHead { method, target, form, version, fields, length }))
}

/// Skips empty lines and reads the request-line.
fn request_line<W: Witness>(
    octets: &[u8],
    progress: &mut Progress,
    limits: &Limits,
    witness: &mut W,
) -> Result<Reading<()>, Broken> {
    loop {
        let start = progress.section.lines.at;
        let window = start.saturating_add(limits.head as usize);
        let line = match progress.section.lines.next(octets, window) {
            Next::Need => return Ok(Reading::Need),
            Next::Long => return Err(request_line::too_long(octets, start, window, limits, witness)),
            Next::Line(line) => line,
        };
        if line.start == line.end {
            if progress.empty_lines >= limits.empty_lines {
                return Err(witness.lost(Rule::LimitEmptyLines, Span::new(line.start, line.lf() + 1)));
            }
            progress.empty_lines += 1;
            if line.bare_lf {
                witness.broke(Rule::RequestLineBareLf, Span::octet(line.lf()))?;
            }
            continue;
        }
        let line = request_line::read(octets, line, limits, witness)?;
        progress.stage = Stage::Request { line, start };
        return Ok(Reading::Done(()));
    }
}

/// Reads the head of a response from the beginning of `octets`.
///
/// # Errors
/// The rule that ended the reading and the octets that broke it; the progress is then of no further use.
pub fn read_response<W: Witness>(
    octets: &[u8],
    progress: &mut Progress,
    limits: &Limits,
    witness: &mut W,
) -> Result<Reading<ResponseHead>, Broken> {
    if progress.is_untouched()
        && witness.may_skip_grammar()
        && let Some((line, length)) = scan::response(octets, limits, &mut progress.section.fields)
    {
        let StatusLine { version, status, reason } = line;
        let fields = std::mem::take(&mut progress.section.fields);
        return Ok(Reading::Done(ResponseHead { version, status, reason, fields, length }));
    }
    response_by_grammar(octets, progress, limits, witness)
}

#[inline(never)]
fn response_by_grammar<W: Witness>(
    octets: &[u8],
    progress: &mut Progress,
    limits: &Limits,
    witness: &mut W,
) -> Result<Reading<ResponseHead>, Broken> {
    if let Stage::StartLine = progress.stage {
        let start = progress.section.lines.at;
        let window = start.saturating_add(limits.head as usize);
        let line = match progress.section.lines.next(octets, window) {
            Next::Need => return Ok(Reading::Need),
            Next::Long => return Err(status_line::too_long(window, start, limits, witness)),
            Next::Line(line) => line,
        };
        progress.stage = Stage::Response { line: status_line::read(octets, line, limits, witness)?, start };
    }
    let Stage::Response { line, start } = progress.stage else {
        unreachable!("one progress serves requests or responses, not both")
    };
    if let Reading::Need = progress.section.read(octets, section_limits(start, limits), &RULES, witness)? {
        return Ok(Reading::Need);
    }
    let (fields, length) = progress.finish();
    let StatusLine { version, status, reason } = line;
    Ok(Reading::Done(ResponseHead { version, status, reason, fields, length }))
}

fn section_limits(start: usize, limits: &Limits) -> SectionLimits {
    SectionLimits {
        window: start.saturating_add(limits.head as usize),
        name: limits.field_name as usize,
        value: limits.field_value as usize,
        count: limits.field_count as usize,
    }
}

static RULES: SectionRules = SectionRules {
    blank_before_first: Rule::FieldLineBlankBeforeFirst,
    obs_fold: Rule::FieldLineObsFold,
    space_before_colon: Rule::FieldLineSpaceBeforeColon,
    colon_missing: Rule::FieldLineColonMissing,
    line_bare_lf: Rule::FieldLineBareLf,
    end_bare_lf: Rule::FieldLineEndBareLf,
    end_bare_cr: Rule::FieldLineEndBareCr,
    name_empty: Rule::FieldNameEmpty,
    name_octet: Rule::FieldNameOctet,
    name_blank: Rule::FieldNameBlank,
    value_nul: Rule::FieldValueNul,
    value_bare_cr: Rule::FieldValueBareCr,
    value_control: Rule::FieldValueControl,
    limit_section: Rule::LimitHead,
    limit_count: Rule::LimitFieldCount,
    name: Element::FieldName,
    value: Element::FieldValue,
};
