//! Subject zero: the reference server passes every applicable case of the server role, under every delivery, with each of its
//! contracts. Nothing about it is known to fail, nothing about it is arguable.

#[allow(dead_code, reason = "this suite uses a part of it")]
mod support;

use wiregauge::corpus::model::{Kind, Observability, Verdict};
use wiregauge::role::server::{Options, Run};
use wiregauge::serve::{self, Contract, Server};
use wiregauge::subject::Trust;
use wiregauge_proto::tls::{client_config, server_config};

async fn passes(contract: Contract, level: Observability, least: usize) {
    let corpus = support::corpus();
    let selected: Vec<_> = corpus.cases.iter().collect();
    let server = Server::start(serve::Options { contract, ..Default::default() }).await.expect("a free port");
    let at = server.address().to_string();
    let run = support::judge_at(&corpus, &selected, &at, None, serve::resources(), &Options::default()).await;
    server.shutdown(std::time::Duration::ZERO).await;
    holds(&run, level, least);
}

fn holds(run: &Run, level: Observability, least: usize) {
    let wrong: Vec<_> = run
        .report
        .cases
        .iter()
        .filter(|case| !matches!(case.verdict, Verdict::Pass | Verdict::NotApplicable))
        .map(|case| {
            let because: Vec<_> = case.findings.iter().map(|finding| (finding.delivery, &finding.because)).collect();
            format!("{:?} {} {because:?}", case.verdict, case.id)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(run.report.subject.observability, level, "what it can was seen");
    let passed = run.report.summary[&Kind::Conformance][&Verdict::Pass];
    assert!(passed >= least, "only {passed} conformance results");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_echo_passes() {
    passes(Contract::Echo, Observability::Echo, 600).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_body_passes() {
    passes(Contract::Body, Observability::Body, 600).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_passes() {
    passes(Contract::Static, Observability::Static, 500).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_echo_passes_over_tls() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let (pem, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let tls = Some(server_config(pem.as_bytes(), key.as_bytes()).expect("a configuration"));
    let trust = Trust { config: client_config([pem.as_bytes()]).expect("a configuration"), server_name: None };
    let corpus = support::corpus();
    let selected: Vec<_> = corpus.cases.iter().collect();
    let server = Server::start(serve::Options { tls, ..Default::default() }).await.expect("a free port");
    let url = format!("https://localhost:{}", server.address().port());
    let run = support::judge_at(&corpus, &selected, &url, Some(&trust), serve::resources(), &Options::default()).await;
    server.shutdown(std::time::Duration::ZERO).await;
    holds(&run, Observability::Echo, 600);
}
