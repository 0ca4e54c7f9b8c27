//! Known failures: a list beside a subject of what it is known to do wrong, each entry with a reason. The list keeps a run green
//! without hiding anything: what is not on it fails the run, and so does an entry that no longer holds.
//!
//! Three rules keep it honest. An entry without a reason excuses nothing. An entry past its `expires` excuses nothing. An entry
//! whose cases ran, and of which none gave the listed verdict, fails the run until it is taken off the list.

use std::path::Path;

use serde::{Deserialize, Serialize};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use crate::corpus::model::{Kind, Verdict};
use crate::corpus::select::glob;
use crate::judge::result::CaseResult;

/// One `[[known]]` entry of a list or manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The id of a result, or a pattern: `*` stands for any run of characters, `?` for one.
    pub case: String,
    /// The verdict it excuses; without one, `fail` and `inconclusive`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Why. Never empty in an entry that counts.
    #[serde(default)]
    pub reason: String,
    /// Where it is discussed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The last day on which it excuses anything: `2027-01-31`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

impl Known {
    /// Whether the entry is about the result of that id.
    pub fn names(&self, id: &str) -> bool {
        glob(&self.case, id)
    }

    /// Whether it excuses that verdict, reason and date apart.
    pub fn excuses(&self, verdict: Verdict) -> bool {
        match self.verdict {
            Some(listed) => listed == verdict,
            None => matches!(verdict, Verdict::Fail | Verdict::Inconclusive),
        }
    }

    /// Whether its time is over on `today` (`2027-02-01`; such dates compare as text).
    pub fn is_over(&self, today: &str) -> bool {
        self.expires.as_deref().is_some_and(|expires| expires < today)
    }
}

/// Why a list could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum KnownError {
    /// The file system said no.
    #[error("{file}: {error}")]
    File {
        /// Which file.
        file: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// It is not TOML, or not a list of `[[known]]`.
    #[error("{file}: {error}")]
    Content {
        /// Which file.
        file: String,
        /// With line and column.
        error: String,
    },
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    known: Vec<Known>,
}

/// Reads the `[[known]]` entries of a file; other keys of it (a manifest has some) are left to those who know them.
pub fn load(file: &Path) -> Result<Vec<Known>, KnownError> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| KnownError::File { file: name.clone(), error })?;
    let list = parse(&text).map_err(|error| KnownError::Content { file: name.clone(), error })?;
    // Other tables and none of ours: a misspelt name, rather than an empty list.
    let table: toml::Table = text.parse().unwrap_or_default();
    if !table.is_empty() && !table.contains_key("known") {
        let error = "has no [[known]] tables; an empty list is an empty file".to_owned();
        return Err(KnownError::Content { file: name, error });
    }
    Ok(list)
}

/// Reads the `[[known]]` entries of a text. The error has line and column.
pub fn parse(text: &str) -> Result<Vec<Known>, String> {
    let list: File = toml::from_str(text).map_err(|e| e.to_string())?;
    for entry in &list.known {
        if let Some(verdict) =
            entry.verdict.filter(|v| !matches!(v, Verdict::Warn | Verdict::Fail | Verdict::Inconclusive))
        {
            let verdict = crate::report::word(&verdict);
            return Err(format!(
                "known failure `{}`: verdict = \"{verdict}\" cannot be excused: it is fail, inconclusive or warn",
                entry.case
            ));
        }
        if let Some(expires) = entry.expires.as_deref().filter(|date| !is_date(date)) {
            return Err(format!(
                "known failure `{}`: expires = \"{expires}\" is not a date like \"2027-01-31\"",
                entry.case
            ));
        }
    }
    Ok(list.known)
}

fn is_date(text: &str) -> bool {
    text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, octet)| if at == 4 || at == 7 { octet == b'-' } else { octet.is_ascii_digit() })
}

/// What `--update-known` changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Updated {
    /// Ids that were put on the list, with an empty reason.
    pub added: Vec<String>,
    /// Entries that were taken off it, since they no longer hold.
    pub removed: Vec<String>,
}

/// Writes into `text` what a run showed: entries in `stale` (as [`Known::case`]) go, results in `unlisted` come, with an empty
/// reason that somebody has to fill in before the entry counts. Comments and order of what stays are kept.
pub fn update(text: &str, unlisted: &[&CaseResult], stale: &[&str]) -> Result<(String, Updated), String> {
    let mut document: DocumentMut = text.parse().map_err(|e: toml_edit::TomlError| e.to_string())?;
    let mut updated = Updated::default();
    let item = document.entry("known").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let list = item.as_array_of_tables_mut().ok_or("`known` is not a list of [[known]] tables")?;
    let mut left_behind = String::new();
    let mut kept = ArrayOfTables::new();
    for mut entry in std::mem::take(list) {
        let case = entry.get("case").and_then(Item::as_str).unwrap_or_default().to_owned();
        let before = entry.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default().to_owned();
        if stale.contains(&case.as_str()) {
            // What stands right above an entry is about it; what a blank line parts from it is not.
            left_behind.push_str(before.rfind("\n\n").map_or("", |blank| &before[..=blank]));
            updated.removed.push(case);
        } else {
            entry.decor_mut().set_prefix(format!("{}{before}", std::mem::take(&mut left_behind)));
            kept.push(entry);
        }
    }
    *list = kept;
    for result in unlisted {
        let mut entry = Table::new();
        entry["case"] = value(&result.id);
        entry["verdict"] = value(crate::report::word(&result.verdict));
        entry["reason"] = value("");
        entry.decor_mut().set_prefix(format!("{}\n", std::mem::take(&mut left_behind)));
        list.push(entry);
        updated.added.push(result.id.clone());
    }
    if list.is_empty() {
        document.remove("known");
    }
    let after = format!("{left_behind}{}", document.trailing().as_str().unwrap_or_default());
    document.set_trailing(after);
    Ok((document.to_string(), updated))
}

/// Whether a list has anything to say about a result: a survey case has no failure, and a fault is not the subject's.
pub fn may_be_listed(result: &CaseResult) -> bool {
    result.kind != Kind::Survey && !matches!(result.verdict, Verdict::NotApplicable | Verdict::Fault)
}

/// Today in UTC, as `2026-07-01`.
pub fn today() -> String {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    date((seconds / 86400) as i64)
}

/// The date of a day counted from 1970-01-01, in the proleptic Gregorian calendar.
fn date(days: i64) -> String {
    // Years begin in March, so that the leap day is the last of its year; eras of 400 years repeat exactly.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests;
