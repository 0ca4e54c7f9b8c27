//! Which cases are meant: by name, section, level, kind, tag and role. Different criteria narrow each other, several values of
//! one widen it; no value of a criterion means all.

use std::fmt;
use std::str::FromStr;

use super::error::nearest;
use super::model::{Case, Corpus, Keyword, Kind, Requirement, Role};
use super::read::KINDS;

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Names; a case has to match one of those without `!` and none of those with it.
    pub names: Vec<NamePattern>,
    /// Sections of the cited requirements.
    pub sections: Vec<Section>,
    /// Levels of the cited requirements.
    pub levels: Vec<Keyword>,
    /// What the case is counted as.
    pub kinds: Vec<Kind>,
    /// Tags; those that begin with `!` leave out.
    pub tags: Vec<String>,
    /// Roles of the subject.
    pub roles: Vec<Role>,
}

impl Selection {
    /// The cases that are meant, in the order of the corpus.
    pub fn select<'c>(&self, corpus: &'c Corpus) -> Vec<&'c Case> {
        corpus.cases.iter().filter(|case| self.matches(case, corpus)).collect()
    }

    /// Whether a case is meant.
    pub fn matches(&self, case: &Case, corpus: &Corpus) -> bool {
        let tagged = |tag: &str| case.tags.iter().any(|own| own == tag);
        let names = either(&self.names, |pattern| pattern.leaves_out, |pattern| pattern.matches(&case.id));
        let tags = either(&self.tags, |tag| tag.starts_with('!'), |tag| tagged(tag.trim_start_matches('!')));
        let mut cited = case.requirements.iter().filter_map(|id| corpus.requirements.get(id));
        names
            && tags
            && (self.kinds.is_empty() || self.kinds.contains(&case.kind))
            && (self.roles.is_empty() || case.roles.iter().any(|role| self.roles.contains(role)))
            && (self.sections.is_empty() && self.levels.is_empty()
                || cited.any(|row| {
                    (self.levels.is_empty() || self.levels.contains(&row.level))
                        && (self.sections.is_empty() || self.sections.iter().any(|section| section.has(row)))
                }))
    }
}

/// Matches one of those that take in (or there are none), and none of those that leave out.
fn either<T>(all: &[T], leaves_out: impl Fn(&T) -> bool, matches: impl Fn(&T) -> bool) -> bool {
    let mut wanted = all.iter().filter(|one| !leaves_out(one)).peekable();
    let unwanted = all.iter().filter(|one| leaves_out(one)).any(&matches);
    !unwanted && (wanted.peek().is_none() || wanted.any(&matches))
}

/// A name or part of one. With `*` (any run, slashes too) or `?` (any character) the whole id has to match, without them a part
/// is enough; `!` in front leaves the matching cases out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern {
    text: String,
    leaves_out: bool,
}

impl NamePattern {
    /// Whether the id matches, `!` apart.
    pub fn matches(&self, id: &str) -> bool {
        if self.text.contains(['*', '?']) { glob(&self.text, id) } else { id.contains(&self.text) }
    }
}

impl FromStr for NamePattern {
    type Err = String;

    fn from_str(text: &str) -> Result<NamePattern, String> {
        let (leaves_out, text) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if text.is_empty() {
            return Err("a name pattern is empty; write part of a case's id, or a glob such as 'chunked/*'".to_owned());
        }
        Ok(NamePattern { text: text.to_owned(), leaves_out })
    }
}

/// Whether `text` matches `pattern` whole: `*` is any run of characters, `?` any one. Takes time proportional to both lengths.
pub fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((star_p, star_t)) => {
                    p = star_p + 1;
                    t = star_t + 1;
                    star = Some((star_p, t));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|rest| *rest == '*')
}

/// A section with its subsections: `9112:7.1`, or a whole RFC: `9112`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    rfc: String,
    section: Option<String>,
}

impl Section {
    /// Whether the requirement stands in this section or below it.
    pub fn has(&self, requirement: &Requirement) -> bool {
        let rfc = requirement.id.trim_start_matches('G').split('-').next().unwrap_or("");
        let below = |section: &String| {
            requirement
                .section
                .strip_prefix(section.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        rfc == self.rfc && self.section.as_ref().is_none_or(below)
    }
}

impl FromStr for Section {
    type Err = String;

    fn from_str(text: &str) -> Result<Section, String> {
        let (rfc, section) = match text.split_once(':') {
            Some((rfc, section)) => (rfc, Some(section)),
            None => (text, None),
        };
        let number = |part: &str| !part.is_empty() && part.bytes().all(|octet| octet.is_ascii_digit());
        if !matches!(rfc, "9110" | "9111" | "9112") || !section.is_none_or(|section| section.split('.').all(number)) {
            return Err(format!("`{text}` is not a section; write RFC and section as in 9112:7.1"));
        }
        Ok(Section { rfc: rfc.to_owned(), section: section.map(str::to_owned) })
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc)?;
        self.section.as_ref().map_or(Ok(()), |section| write!(f, ":{section}"))
    }
}

/// A level as the RFCs write it, in any case.
pub fn level_from_str(text: &str) -> Result<Keyword, String> {
    match text.to_ascii_uppercase().as_str() {
        "MUST" | "MUST NOT" | "REQUIRED" => Ok(Keyword::MUST),
        "SHOULD" | "SHOULD NOT" | "RECOMMENDED" => Ok(Keyword::SHOULD),
        "MAY" | "OPTIONAL" => Ok(Keyword::MAY),
        "GRAMMAR" => Ok(Keyword::GRAMMAR),
        _ => Err(format!("`{text}` is not a level; write must, should, may or grammar")),
    }
}

/// A kind as fixtures write it.
pub fn kind_from_str(text: &str) -> Result<Kind, String> {
    let known = || KINDS.iter().map(|(name, _)| *name);
    KINDS.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind).ok_or_else(|| match nearest(text, known()) {
        Some(near) => format!("`{text}` is not a kind; did you mean `{near}`?"),
        None => format!("`{text}` is not a kind; write conformance, hardening or survey"),
    })
}

#[cfg(test)]
mod tests;
