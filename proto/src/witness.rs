//! One grammar, three witnesses. The grammar is written once and tells a [`Witness`] when a rule breaks; the witness decides
//! whether the reading goes on. [`Strict`] stops at the first broken rule, [`Tolerant`] goes on where its set allows it,
//! [`Findings`] notes every broken rule and reads on where anything sensible follows.

use crate::rule::Rule;
use crate::span::Span;

/// Why a reading ended: which rule, and which octets of the buffer broke it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Broken {
    /// The rule that broke.
    pub rule: Rule,
    /// The offending octets, in the buffer that was read; empty where something is missing.
    pub at: Span,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at octet {}: {}", self.rule, self.at.start, self.rule.sentence())
    }
}

impl std::error::Error for Broken {}

/// An element of a message, for whoever wants to annotate octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Element {
    /// The method of a request-line.
    Method,
    /// The request-target of a request-line.
    RequestTarget,
    /// The HTTP-version of a start-line.
    HttpVersion,
    /// The status code of a status-line.
    StatusCode,
    /// The reason phrase of a status-line.
    ReasonPhrase,
    /// A field name.
    FieldName,
    /// A field value without the white space around it.
    FieldValue,
    /// The digits of a chunk size.
    ChunkSize,
    /// A chunk extension, with its semicolon.
    ChunkExt,
    /// The data of a chunk, or a piece of content of known length.
    Content,
    /// The name of a trailer field.
    TrailerName,
    /// The value of a trailer field.
    TrailerValue,
}

/// Told by the grammar when a rule breaks.
pub trait Witness {
    /// A rule broke and the RFC, or common sense that nobody disputes, says how to read on. `Err` ends the reading.
    fn broke(&mut self, rule: Rule, at: Span) -> Result<(), Broken>;

    /// A rule broke and nothing sensible follows. Always ends the reading.
    fn lost(&mut self, rule: Rule, at: Span) -> Broken;

    /// An element was read. Nobody listens unless they want to.
    #[inline(always)]
    fn saw(&mut self, _element: Element, _at: Span) {}

    /// Places told from now on count from this octet of the stream. A reader of streams says so before each reading; nobody
    /// listens unless they want to.
    #[inline(always)]
    fn stands_at(&mut self, _base: u64) {}

    /// Whether the fast path, which only accepts clean heads and tells nobody anything, may be used.
    #[inline(always)]
    fn may_skip_grammar(&self) -> bool {
        false
    }
}

/// Stops at the first broken rule.
#[derive(Clone, Copy, Debug, Default)]
pub struct Strict;

impl Witness for Strict {
    #[inline(always)]
    fn broke(&mut self, rule: Rule, at: Span) -> Result<(), Broken> {
        Err(Broken { rule, at })
    }

    #[inline(always)]
    fn lost(&mut self, rule: Rule, at: Span) -> Broken {
        Broken { rule, at }
    }

    #[inline(always)]
    fn may_skip_grammar(&self) -> bool {
        true
    }
}

/// A set of rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleSet {
    bits: [u64; 4],
}

const _: () = assert!(Rule::ALL.len() <= 256);

impl RuleSet {
    /// No rule.
    pub const NONE: RuleSet = RuleSet { bits: [0; 4] };

    /// With `rule` in it.
    pub const fn with(mut self, rule: Rule) -> RuleSet {
        self.bits[rule as usize / 64] |= 1 << (rule as usize % 64);
        self
    }

    /// Whether `rule` is in it.
    pub const fn has(self, rule: Rule) -> bool {
        self.bits[rule as usize / 64] & (1 << (rule as usize % 64)) != 0
    }
}

impl FromIterator<Rule> for RuleSet {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> RuleSet {
        rules.into_iter().fold(RuleSet::NONE, RuleSet::with)
    }
}

/// Goes on at the rules of its set, where the grammar knows how; stops at all others.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tolerant(pub RuleSet);

impl Witness for Tolerant {
    #[inline]
    fn broke(&mut self, rule: Rule, at: Span) -> Result<(), Broken> {
        if self.0.has(rule) { Ok(()) } else { Err(Broken { rule, at }) }
    }

    #[inline]
    fn lost(&mut self, rule: Rule, at: Span) -> Broken {
        Broken { rule, at }
    }

    #[inline]
    fn may_skip_grammar(&self) -> bool {
        true
    }
}

/// Notes every broken rule with its place and reads on as long as anything sensible follows. At most
/// [`Findings::MOST`] are kept; a message that breaks more ends the reading at that one.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// What broke, in the order in which it was seen. The spans are relative to the buffer of that reading.
    pub found: Vec<Broken>,
}

impl Findings {
    /// How many findings are kept.
    pub const MOST: usize = 256;
}

impl Witness for Findings {
    fn broke(&mut self, rule: Rule, at: Span) -> Result<(), Broken> {
        self.found.push(Broken { rule, at });
        if self.found.len() < Findings::MOST { Ok(()) } else { Err(Broken { rule, at }) }
    }

    fn lost(&mut self, rule: Rule, at: Span) -> Broken {
        self.found.push(Broken { rule, at });
        Broken { rule, at }
    }
}
