//! What the suites on wrong subjects share: run the harness against a listener of ours.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use wiregauge::corpus::model::{Case, Corpus};
use wiregauge::role::server::{Options, Run, run};
use wiregauge::subject::{Resources, Subject, Trust};

/// The corpus that travels inside the binary.
pub(crate) fn corpus() -> Corpus {
    wiregauge::corpus::load_embedded().unwrap_or_else(|errors| panic!("{}", errors[0]))
}

/// Short waits: these subjects are on this machine and do nothing else.
pub(crate) fn brisk() -> Options {
    Options {
        patience: Duration::from_millis(800),
        total: Duration::from_secs(8),
        max_time: Some(Duration::from_secs(120)),
        insist: true,
        ..Options::default()
    }
}

/// Runs the cases against whoever listens there.
pub(crate) async fn judge(corpus: &Corpus, selected: &[&Case], address: SocketAddr, options: &Options) -> Run {
    judge_at(corpus, selected, &address.to_string(), None, Resources::default(), options).await
}

/// The same where the address is a URL, perhaps of TLS.
pub(crate) async fn judge_at(
    corpus: &Corpus,
    selected: &[&Case],
    address: &str,
    trust: Option<&Trust>,
    resources: Resources,
    options: &Options,
) -> Run {
    let mut subject = Subject::at(address, None, trust).expect("an address");
    subject.claims.resources = resources;
    run(corpus, selected, &subject, options, &|_| {}).await.expect("a subject that is not ours to start")
}

/// Cases that cite one of these requirements.
#[allow(dead_code, reason = "not every suite selects by requirement")]
pub(crate) fn citing<'c>(corpus: &'c Corpus, requirements: &[&str]) -> Vec<&'c Case> {
    let wanted: BTreeSet<&str> = requirements.iter().copied().collect();
    let cites = |ids: &[String]| ids.iter().any(|id| wanted.contains(id.as_str()));
    let cases = corpus.cases.iter();
    cases
        .filter(|case| cites(&case.requirements) || case.outcomes.iter().any(|outcome| cites(&outcome.requirements)))
        .collect()
}
