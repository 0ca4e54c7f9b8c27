//! How many of the requirements have a case, per role, level and priority, and which have none.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde::Serialize;

use super::lint::role_word;
use super::model::{Corpus, Keyword, Role};

/// Requirements of one role, priority and level that an observer of octets can see (`wire` and `echo`), or that need something
/// of the subject's set-up (`config`).
#[derive(Clone, Debug, Serialize)]
pub struct CoverageRow {
    /// Of the subject.
    pub role: Role,
    /// A, B or C.
    pub priority: String,
    /// How strongly the requirements bind.
    pub level: Keyword,
    /// Whether they need something of the subject's set-up.
    pub config: bool,
    /// How many have a case of that role.
    pub covered: usize,
    /// How many there are.
    pub total: usize,
    /// Those without a case.
    pub uncovered: Vec<String>,
}

/// How much of the requirements is tested.
#[derive(Clone, Debug, Serialize)]
pub struct Coverage {
    /// By role, then those seen on the wire before those of set-up, then priority, then the strongest level first.
    pub rows: Vec<CoverageRow>,
}

/// Counts the requirements that the cases cite. `beside` are ids that something other than a case tests, by role: the courtesy
/// lints of the judge.
pub fn coverage(corpus: &Corpus, beside: &BTreeMap<Role, BTreeSet<String>>) -> Coverage {
    let mut cited: BTreeMap<Role, BTreeSet<&str>> = BTreeMap::new();
    for case in &corpus.cases {
        let ids = case.requirements.iter().chain(case.outcomes.iter().flat_map(|outcome| &outcome.requirements));
        for id in ids {
            for role in &case.roles {
                cited.entry(*role).or_default().insert(id);
            }
        }
    }
    let mut rows: Vec<CoverageRow> = Vec::new();
    for role in [Role::Server, Role::Client, Role::Proxy, Role::Parser] {
        for requirement in corpus.requirements.values() {
            if !requirement.roles.iter().any(|word| word == role_word(role)) {
                continue;
            }
            let (priority, level, config) =
                (&requirement.priority, requirement.level, requirement.testable == "config");
            let at = rows.iter().position(|row| {
                row.role == role && row.priority == *priority && row.level == level && row.config == config
            });
            let at = at.unwrap_or_else(|| {
                let priority = priority.clone();
                rows.push(CoverageRow { role, priority, level, config, covered: 0, total: 0, uncovered: Vec::new() });
                rows.len() - 1
            });
            let row = &mut rows[at];
            row.total += 1;
            let has_case = cited.get(&role).is_some_and(|ids| ids.contains(requirement.id.as_str()));
            let has_lint = beside.get(&role).is_some_and(|ids| ids.contains(&requirement.id));
            if has_case || has_lint {
                row.covered += 1;
            } else {
                row.uncovered.push(requirement.id.clone());
            }
        }
    }
    rows.sort_by(|a, b| {
        let key =
            |row: &CoverageRow| (row.role, row.config, row.priority.clone(), std::cmp::Reverse(strength(row.level)));
        key(a).cmp(&key(b))
    });
    Coverage { rows }
}

impl Coverage {
    /// Covered and total of one role and priority, as far as octets show it.
    pub fn on_the_wire(&self, role: Role, priority: &str) -> (usize, usize) {
        let rows = self.rows.iter().filter(|row| row.role == role && row.priority == priority && !row.config);
        rows.fold((0, 0), |(covered, total), row| (covered + row.covered, total + row.total))
    }

    /// For people: a table, then, with `uncovered`, the ids that have no case.
    pub fn text(&self, uncovered: bool) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "{:<8}{:<9}{:<8}{:>9}{:>11}", "role", "priority", "seen", "level", "covered");
        for row in &self.rows {
            let seen = if row.config { "set-up" } else { "wire" };
            let share = format!("{}/{}", row.covered, row.total);
            let level = format!("{:?}", row.level);
            let _ = writeln!(text, "{:<8}{:<9}{seen:<8}{level:>9}{share:>11}", role_word(row.role), row.priority);
        }
        for role in [Role::Server, Role::Client, Role::Proxy, Role::Parser] {
            for priority in ["A", "B", "C"] {
                let (covered, total) = self.on_the_wire(role, priority);
                if covered > 0 {
                    let role = role_word(role);
                    let _ = writeln!(
                        text,
                        "{role}: {covered} of {total} requirements of priority {priority} seen on the wire"
                    );
                }
            }
        }
        if uncovered {
            for row in self.rows.iter().filter(|row| !row.uncovered.is_empty()) {
                let seen = if row.config { "set-up" } else { "wire" };
                let role = role_word(row.role);
                let _ = writeln!(text, "\n{role}, priority {}, {seen}, {:?}, without a case:", row.priority, row.level);
                for ids in row.uncovered.chunks(8) {
                    let _ = writeln!(text, "  {}", ids.join(" "));
                }
            }
        }
        text
    }
}

fn strength(level: Keyword) -> u8 {
    match level {
        Keyword::MUST => 3,
        Keyword::GRAMMAR => 2,
        Keyword::SHOULD => 1,
        Keyword::MAY => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_is_covered_for_the_roles_of_its_cases_only() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("host")).unwrap();
        let file = "format = 1\ntitle = \"t\"\nrequirements = [\"9112-3.2-6\"]\nroles = [\"server\"]\n[[case]]\nid = \"one\"\nnote = \"n\"\nrequest = 'x'\n[[case.outcome]]\nid = \"o\"\nrequirements = [\"9112-2.2-4\"]\nc1 = { got = [] }\n";
        std::fs::write(dir.path().join("host/x.toml"), file).unwrap();
        let corpus = crate::corpus::load_dir(dir.path()).unwrap_or_else(|errors| panic!("{errors:#?}"));
        let counted = coverage(&corpus, &BTreeMap::new());
        let (covered, total) = counted.on_the_wire(Role::Server, "A");
        assert_eq!(covered, 2);
        assert!(total > 90, "{total}");
        assert_eq!(counted.on_the_wire(Role::Parser, "A").0, 0);
        let all: usize = counted.rows.iter().map(|row| row.covered + row.uncovered.len() - row.total).sum();
        assert_eq!(all, 0);
        let with = coverage(&corpus, &BTreeMap::from([(Role::Proxy, BTreeSet::from(["9112-2.2-1".to_owned()]))]));
        assert_eq!((with.on_the_wire(Role::Proxy, "A").0, with.on_the_wire(Role::Parser, "A").0), (1, 0));
        let text = counted.text(true);
        assert!(text.contains("server: 2 of ") && text.contains("9112-2.2-1"), "{text}");
    }
}
