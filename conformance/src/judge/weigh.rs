//! How much a broken requirement weighs: which of the cited ones decides, and the verdict of its level.

use std::collections::BTreeMap;

use crate::corpus::model::{Keyword, Kind, Requirement, Verdict};

/// Requirements whose sentence is a MUST that names 400: another error status is a `warn`.
const NAMES_400: &[&str] = &["9112-3.2-6", "9112-5.1-1", "9112-5.2-2", "9112-6.3-3", "9112-6.3-5"];

/// Requirements that leave the choice between refusing a message and putting a space in place of NUL, bare CR or obs-fold.
const EITHER_OR: &[&str] = &["9110-5.5-4", "9112-2.2-4", "9112-5.2-2"];

/// Requirements about the end of a connection.
const ABOUT_ENDING: &[&str] = &[
    "9112-6.1-4",
    "9112-6.1-13",
    "9112-6.1-14",
    "9112-6.3-5",
    "9112-6.3-8",
    "9112-9.3-3",
    "9112-9.6-3",
    "9112-9.6-5",
    "9112-9.6-6",
    "9112-9.6-7",
    "9112-9.5-2",
    "9112-2.2-10",
];

/// The requirement that decides, and what breaking it counts as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Weight {
    pub(crate) requirement: Option<String>,
    pub(crate) level: Option<Keyword>,
    pub(crate) verdict: Verdict,
}

/// The cited requirements, looked up.
pub(crate) struct Scales<'a> {
    pub(crate) table: &'a BTreeMap<String, Requirement>,
    pub(crate) kind: Kind,
}

impl Scales<'_> {
    /// A well-formed message was not taken, or an outcome that the fixture lists did not come: `fail`, for a SHOULD row `warn`.
    /// The grammar binds here as a MUST: a recipient reads whatever the grammar of its role allows (RFC 9110 §2.2, §2.3).
    pub(crate) fn refused(&self, cited: &[String]) -> Weight {
        let (requirement, level) =
            self.strongest(cited, &[Keyword::MUST, Keyword::GRAMMAR, Keyword::SHOULD, Keyword::MAY]);
        self.weigh(requirement, level, |level| match level {
            Some(Keyword::SHOULD) => Verdict::Warn,
            Some(Keyword::MAY) => Verdict::Inconclusive,
            _ => Verdict::Fail,
        })
    }

    /// A malformed message was taken: `fail` where a MUST names the fault; the grammar alone forbids it to the sender only
    /// (RFC 9110 §2.4), so beside a SHOULD, or alone, `warn`.
    pub(crate) fn taken(&self, cited: &[String]) -> Weight {
        let (requirement, level) =
            self.strongest(cited, &[Keyword::MUST, Keyword::SHOULD, Keyword::GRAMMAR, Keyword::MAY]);
        self.weigh(requirement, level, |level| match level {
            Some(Keyword::SHOULD | Keyword::GRAMMAR) => Verdict::Warn,
            Some(Keyword::MAY) => Verdict::Inconclusive,
            _ => Verdict::Fail,
        })
    }

    /// A connection did not end as it must: the cited requirement about that, or the strongest.
    pub(crate) fn ending(&self, cited: &[String]) -> Weight {
        let about: Vec<String> = cited
            .iter()
            .filter(|id| ABOUT_ENDING.contains(&id.as_str()) && self.level(id) == Some(Keyword::MUST))
            .cloned()
            .collect();
        let mut weight = self.refused(if about.is_empty() { cited } else { &about });
        weight.verdict = Verdict::Fail;
        weight
    }

    /// This requirement, whatever the case cites, at this verdict.
    pub(crate) fn named(&self, id: &str, verdict: Verdict) -> Weight {
        Weight { requirement: Some(id.to_owned()), level: self.level(id), verdict }
    }

    /// The strongest of the cited requirements at a verdict that a table says.
    pub(crate) fn at(&self, cited: &[String], verdict: Verdict) -> Weight {
        Weight { verdict, ..self.refused(cited) }
    }

    /// The first of the cited requirements at a verdict that the fixture says.
    pub(crate) fn first(&self, cited: &[String], verdict: Verdict) -> Weight {
        let requirement = cited.first().cloned();
        let level = requirement.as_deref().and_then(|id| self.level(id));
        Weight { requirement, level, verdict }
    }

    /// Whether all that a MUST forbids here is to keep an octet as it is: the message may be refused, or the octet replaced by a space.
    pub(crate) fn leaves_replacing(&self, cited: &[String]) -> bool {
        let musts: Vec<&String> = cited.iter().filter(|id| self.level(id) == Some(Keyword::MUST)).collect();
        !musts.is_empty() && musts.iter().all(|id| EITHER_OR.contains(&id.as_str()))
    }

    /// Whether a MUST among them names 400.
    pub(crate) fn names_400(&self, cited: &[String]) -> bool {
        cited.iter().any(|id| NAMES_400.contains(&id.as_str()))
    }

    /// The level of a requirement.
    pub(crate) fn level(&self, id: &str) -> Option<Keyword> {
        self.table.get(id).map(|requirement| requirement.level)
    }

    fn strongest(&self, cited: &[String], order: &[Keyword]) -> (Option<String>, Option<Keyword>) {
        for keyword in order {
            if let Some(id) = cited.iter().find(|id| self.level(id) == Some(*keyword)) {
                return (Some(id.clone()), Some(*keyword));
            }
        }
        (cited.first().cloned(), None)
    }

    fn weigh(
        &self,
        requirement: Option<String>,
        level: Option<Keyword>,
        verdict: impl Fn(Option<Keyword>) -> Verdict,
    ) -> Weight {
        let verdict = match self.kind {
            Kind::Survey => Verdict::Pass,
            Kind::Hardening => Verdict::Fail,
            Kind::Conformance => verdict(level),
        };
        Weight { requirement, level, verdict }
    }
}

/// What a status says about a message that is well-formed (fixtures, "Answers to a well-formed message").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WellFormed {
    Understood,
    Refused,
    Unclear,
}

pub(crate) fn well_formed(status: u16, also: &[u16]) -> WellFormed {
    match status {
        _ if also.contains(&status) => WellFormed::Understood,
        101 | 200..=399 | 401 | 403..=407 | 409 | 410 | 412 | 415 | 416 | 422 | 426 => WellFormed::Understood,
        400 | 505 => WellFormed::Refused,
        _ => WellFormed::Unclear,
    }
}

/// What a status says about a message that is malformed (fixtures, "Answers to a malformed message").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    Listed,
    AnotherError,
    ServerError,
    Accepted,
    Unclear,
}

pub(crate) fn malformed(status: u16, listed: &[u16]) -> Malformed {
    match status {
        _ if listed.contains(&status) => Malformed::Listed,
        400..=499 | 501 | 505 => Malformed::AnotherError,
        500..=599 => Malformed::ServerError,
        101 | 200..=399 => Malformed::Accepted,
        _ => Malformed::Unclear,
    }
}
