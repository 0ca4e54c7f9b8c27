//! What the judge says, as values that reports are written from.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::corpus::model::{Keyword, Kind, Observability, Role, Verdict};
use crate::transcript::{Delivery, Transcript};

/// Which part of a judgement a finding belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// What was understood and answered.
    Message,
    /// How the connection ended.
    Ending,
    /// What the subject sent, whatever the case.
    Courtesy,
    /// Deliveries disagreed.
    Delivery,
}

/// Who sent the octets that a finding points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sender {
    /// We did.
    Us,
    /// The subject did.
    Subject,
}

/// One thing that was seen, with its requirement and its octets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which part.
    pub part: Part,
    /// The requirement it is about.
    pub requirement: Option<String>,
    /// The level of that requirement.
    pub level: Option<Keyword>,
    /// What it counts as.
    pub verdict: Verdict,
    /// In which delivery.
    pub delivery: Delivery,
    /// On which connection.
    pub connection: String,
    /// Who sent the octets at `at`.
    pub direction: Sender,
    /// First octet and one past the last, in all that was sent on that connection in that direction.
    pub at: [u64; 2],
    /// In a sentence: what was expected and what came.
    pub because: String,
}

/// What became of the control of a rejection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ControlState {
    /// The case has none.
    None,
    /// Understood, so that rejections count.
    Accepted,
    /// Not understood: a rejection says nothing.
    Refused,
    /// Not played.
    Missing,
}

/// The result of one case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CaseResult {
    /// Full id, or `courtesy/<rule>`.
    pub id: String,
    /// Of the subject.
    pub role: Role,
    /// What it is counted as.
    pub kind: Kind,
    /// The level of the requirement that decided.
    pub level: Option<Keyword>,
    /// The requirements it tests.
    pub requirements: Vec<String>,
    /// The worst of its findings.
    pub verdict: Verdict,
    /// The id of the outcome that matched; for a survey case this is the result.
    pub outcome: Option<String>,
    /// What became of its control.
    pub control: ControlState,
    /// How long it took, all deliveries together.
    pub wall_ms: u64,
    /// Verdict by delivery.
    pub deliveries: BTreeMap<Delivery, Verdict>,
    /// What was seen.
    pub findings: Vec<Finding>,
    /// The reason from the list of known failures, if it is on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
    /// The playings that show it (not part of the JSON report).
    #[serde(skip)]
    pub transcripts: Vec<Transcript>,
}

/// What is known of the subject before its first case.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SubjectFacts {
    /// From the manifest, or the address.
    pub name: String,
    /// Where it listens, or the adapter's command.
    pub address: String,
    /// How closely it can be seen, as probed.
    pub observability: Observability,
    /// What it can do beyond that.
    pub can: Vec<String>,
    /// How many connections are used at once.
    pub jobs: usize,
    /// Milliseconds that silence is believed, as measured.
    pub quiet_ms: u64,
    /// Milliseconds that an answer is waited for.
    pub patience_ms: u64,
    /// Whether it refused at least one of the blatant faults.
    pub distinguishes: bool,
    /// What is wrong with the subject as a whole; the report's first line.
    pub headline: Option<String>,
}

/// Who judged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tool {
    /// `wiregauge`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// All that a run found: the JSON report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// 1.
    pub format: u32,
    /// Who judged.
    pub tool: Tool,
    /// What was judged.
    pub subject: SubjectFacts,
    /// The worst verdict that counts.
    pub verdict: Verdict,
    /// Kind -> verdict -> how many. Courtesy results count as conformance.
    pub summary: BTreeMap<Kind, BTreeMap<Verdict, usize>>,
    /// In the order of the corpus, courtesy last.
    pub cases: Vec<CaseResult>,
    /// Whether the run was stopped before its end.
    pub interrupted: bool,
    /// How long the run took.
    pub wall_ms: u64,
}

impl Report {
    /// The report of these results: counted, with the worst verdict of those that count.
    pub fn of(subject: SubjectFacts, cases: Vec<CaseResult>, interrupted: bool, wall: Duration) -> Report {
        let mut summary: BTreeMap<Kind, BTreeMap<Verdict, usize>> = BTreeMap::new();
        for case in &cases {
            *summary.entry(case.kind).or_default().entry(case.verdict).or_default() += 1;
        }
        let counted = cases.iter().filter(|case| case.kind != Kind::Survey).map(|case| case.verdict);
        Report {
            format: 1,
            tool: Tool { name: "wiregauge".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
            verdict: counted.max().unwrap_or(Verdict::NotApplicable),
            subject,
            summary,
            cases,
            interrupted,
            wall_ms: u64::try_from(wall.as_millis()).unwrap_or(u64::MAX),
        }
    }
}
