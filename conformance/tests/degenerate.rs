//! Subjects that are no servers, and subjects that attack. None of the former may look conforming, none of the latter may stop the harness.

mod support;

use std::time::{Duration, Instant};

use wiregauge::corpus::model::{Kind, Verdict};
use wiregauge::mutant::degenerate::{self, Degenerate};
use wiregauge::mutant::hostile::{self, Hostile};
use wiregauge::role::server::Options;

/// How long any of these runs may take: its time limit and the little that writing the report takes.
const LIMIT: Duration = Duration::from_secs(20);

fn options() -> Options {
    Options {
        patience: Duration::from_millis(300),
        total: Duration::from_secs(3),
        max_time: Some(LIMIT),
        ..support::brisk()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_degenerate_subject_looks_conforming() {
    let corpus = support::corpus();
    let selected: Vec<_> = corpus.cases.iter().collect();
    let mut table = String::new();
    let mut wrong = Vec::new();
    for degenerate in Degenerate::ALL {
        let running = degenerate::start(*degenerate).expect("a free port");
        let begun = Instant::now();
        let run = support::judge(&corpus, &selected, running.address(), &options()).await;
        let applicable = run
            .report
            .cases
            .iter()
            .filter(|case| case.kind == Kind::Conformance && case.verdict != Verdict::NotApplicable);
        let (passed, all) = applicable
            .fold((0, 0), |(passed, all), case| (passed + usize::from(case.verdict == Verdict::Pass), all + 1));
        let headline = run.report.subject.headline.clone();
        let seconds = begun.elapsed().as_secs();
        table.push_str(&format!("{:20} {passed:4} of {all:4} pass, {seconds:2} s  {headline:?}\n", degenerate.id()));
        // A subject that no plain GET gets an answer from may end the run before a case does: then it was never accepted.
        if passed * 20 > all || (all == 0 && run.accepted) {
            let who: Vec<_> = run
                .report
                .cases
                .iter()
                .filter(|case| case.verdict == Verdict::Pass)
                .map(|case| case.id.as_str())
                .collect();
            wrong.push(format!("{}: {passed} of {all} pass: {who:?}", degenerate.id()));
        }
        if headline.is_none() {
            wrong.push(format!("{}: the report does not say what is wrong with the subject", degenerate.id()));
        }
        if begun.elapsed() > LIMIT + Duration::from_secs(10) {
            wrong.push(format!("{}: took {:?}", degenerate.id(), begun.elapsed()));
        }
    }
    println!("{table}");
    assert!(wrong.is_empty(), "{}\n{table}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_hostile_subject_stops_the_harness() {
    let corpus = support::corpus();
    let selected: Vec<_> = corpus.cases.iter().step_by(40).collect();
    for hostile in Hostile::ALL {
        let running = hostile::start(*hostile, 1).expect("a free port");
        let begun = Instant::now();
        let run = support::judge(&corpus, &selected, running.address(), &options()).await;
        assert!(begun.elapsed() < LIMIT + Duration::from_secs(10), "{}: {:?}", hostile.id(), begun.elapsed());
        let passed = run
            .report
            .cases
            .iter()
            .filter(|case| case.verdict == Verdict::Pass && case.kind == Kind::Conformance)
            .count();
        println!("{:20} {passed} pass, {:?}, {:?}", hostile.id(), begun.elapsed(), run.report.subject.headline);
        assert!(passed * 20 <= run.report.cases.len(), "{}: {passed} of {} pass", hostile.id(), run.report.cases.len());
    }
}
