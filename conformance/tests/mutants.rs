//! The suite proves itself: each mutant breaks one requirement, and a case that cites it has to fail, with its control understood, while
//! the unmutated server passes all of them. The kill table is kept in `tests/mutants/kill-table.md`; `WIREGAUGE_BLESS=1` writes it anew.

mod support;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use wiregauge::corpus::model::{Corpus, Verdict};
use wiregauge::judge::result::ControlState;
use wiregauge::mutant::{self, Mutation, Nature};
use wiregauge::role::server::Options;
use wiregauge::transcript::Delivery;

/// The failing results that count: they cite what the mutation breaks, and their control was understood or is not needed.
async fn killers(corpus: &Corpus, mutation: Mutation) -> Vec<String> {
    let running = mutant::start(Some(mutation)).expect("a free port");
    let selected = support::citing(corpus, mutation.breaks());
    // Only one mutant is wrong about how octets arrive.
    let arrival = mutation == Mutation::FirstSegmentIsHead;
    let deliveries = (!arrival).then(|| [Delivery::Whole, Delivery::Coalesced].into_iter().collect());
    let options = Options { deliveries, patience: Duration::from_secs(1), ..support::brisk() };
    let run = support::judge(corpus, &selected, running.address(), &options).await;
    let breaks = mutation.breaks();
    let only_should = mutation.is_leniency();
    run.report
        .cases
        .iter()
        // What only a SHOULD asks, or only the grammar (RFC 9112 section 2.2 lets a recipient recover), is a warning.
        .filter(|case| case.verdict == if only_should { Verdict::Warn } else { Verdict::Fail })
        .filter(|case| matches!(case.control, ControlState::None | ControlState::Accepted))
        .filter(|case| {
            let cited = case.requirements.iter().any(|id| breaks.contains(&id.as_str()));
            let found = case.findings.iter().any(|finding| {
                finding.verdict == case.verdict && finding.requirement.as_deref().is_some_and(|id| breaks.contains(&id))
            });
            cited || found
        })
        .map(|case| case.id.clone())
        .collect()
}

#[test]
fn every_mutant_is_caught() {
    let corpus = support::corpus();
    let mut rows = Vec::new();
    // A third of them at a time: they mostly wait. A run stays on the thread that began it.
    for some in Mutation::ALL.chunks(Mutation::ALL.len().div_ceil(3)) {
        std::thread::scope(|scope| {
            let each = some.iter().map(|mutation| {
                scope.spawn(|| {
                    let runtime =
                        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                    (*mutation, runtime.block_on(killers(&corpus, *mutation)))
                })
            });
            let each: Vec<_> = each.collect();
            rows.extend(each.into_iter().map(|row| row.join().expect("the harness does not panic")));
        });
    }
    let table = table(&rows);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutants/kill-table.md");
    if std::env::var_os("WIREGAUGE_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, &table).expect("a writable file");
    }
    let alive: Vec<&str> = rows.iter().filter(|(_, killers)| killers.is_empty()).map(|(m, _)| m.id()).collect();
    assert!(alive.is_empty(), "nobody catches {alive:?}");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    for (mutation, killers) in &rows {
        let row = kept.lines().find(|line| line.contains(&format!("| `{}` |", mutation.id()))).unwrap_or_default();
        assert!(
            killers.iter().any(|killer| row.contains(&format!("`{killer}`"))),
            "the kept table does not name who catches {}: run with WIREGAUGE_BLESS=1 and look at the change",
            mutation.id()
        );
    }
}

/// For people: what breaks, and who sees it.
fn table(rows: &[(Mutation, Vec<String>)]) -> String {
    let mut text = String::from(
        "# Who catches which mutant\n\nWritten by `WIREGAUGE_BLESS=1 cargo test -p wiregauge --test mutants`. A mutant is a correct server \
         (`conformance/src/mutant`) made wrong in one named way; it is caught when a case fails that cites what it breaks, its control is \
         understood, and the server without the mutation passes both.\n\n\
         | mutant | kind | what it does | breaks | caught by |\n| --- | --- | --- | --- | --- |\n",
    );
    for (mutation, killers) in rows {
        let nature = match mutation.nature() {
            Nature::Reading => "reading",
            Nature::Behaviour => "behaviour",
        };
        let mut named: Vec<String> = killers.iter().take(4).map(|id| format!("`{id}`")).collect();
        if killers.len() > named.len() {
            named.push(format!("and {} more", killers.len() - named.len()));
        }
        let _ = writeln!(
            text,
            "| `{}` | {nature} | {} | {} | {} |",
            mutation.id(),
            mutation.sentence(),
            mutation.breaks().join(", "),
            if mutation.is_leniency() { format!("{} (warn)", named.join(", ")) } else { named.join(", ") }
        );
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_without_a_mutation_passes_every_case() {
    let corpus = support::corpus();
    let running = mutant::start(None).expect("a free port");
    let selected: Vec<_> = corpus.cases.iter().collect();
    let options = Options { patience: Duration::from_secs(5), ..support::brisk() };
    let run = support::judge(&corpus, &selected, running.address(), &options).await;
    let wrong: Vec<String> = run
        .report
        .cases
        .iter()
        .filter(|case| !matches!(case.verdict, Verdict::Pass | Verdict::NotApplicable))
        .map(|case| format!("{} {:?}: {:?}", case.id, case.verdict, case.findings.first().map(|f| &f.because)))
        .collect();
    assert!(run.accepted && !run.report.interrupted);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
