use super::*;
use crate::corpus::load_embedded;
use crate::corpus::model::Verdict;
use std::collections::BTreeMap;
use std::time::Instant;

fn all(subject: &mut dyn Subject) -> ParserRun {
    let corpus = load_embedded().unwrap();
    let cases: Vec<&Case> = corpus.cases.iter().collect();
    run(&corpus, &cases, subject, &mut |_| true)
}

fn count(run: &ParserRun) -> BTreeMap<Verdict, usize> {
    let mut count = BTreeMap::new();
    for result in &run.results {
        *count.entry(result.verdict).or_insert(0) += 1;
    }
    count
}

fn described(result: &CaseResult) -> String {
    let because = result.findings.first().map_or("", |finding| finding.because.as_str());
    format!("{:?} {}: {because}", result.verdict, result.id)
}

#[test]
fn proto_passes_every_case_whole_cut_anywhere_and_octet_by_octet() {
    let run = all(&mut Proto::new());
    let wrong: Vec<String> = run
        .results
        .iter()
        .filter(|result| !matches!(result.verdict, Verdict::Pass | Verdict::NotApplicable))
        .map(described)
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), run.results.len(), wrong.join("\n"));
    let count = count(&run);
    assert!(count[&Verdict::Pass] > 400, "{count:?}");
    let deliveries = run.results.iter().filter(|result| result.deliveries.len() == 3).count();
    assert!(deliveries > 400, "{deliveries}");
}

#[test]
fn httparse_is_asked_about_heads_only() {
    let run = all(&mut HttparseHeads::new());
    let count = count(&run);
    assert!(count[&Verdict::Pass] > 50, "{count:?}");
    assert!(!count.contains_key(&Verdict::Fault), "{count:?}");
    let content = run.results.iter().filter(|result| result.id.starts_with("chunked/"));
    assert!(content.clone().count() > 0);
    for result in content {
        assert_eq!(result.verdict, Verdict::NotApplicable, "{}", described(result));
    }
    assert!(run.facts.distinguishes);
    assert!(!count.contains_key(&Verdict::Inconclusive), "a control that is not applicable decides nothing: {count:?}");
}

/// A subject that answers everything alike.
struct Always(crate::adapter::contract::Started, crate::adapter::contract::Parsed);

impl Subject for Always {
    fn started(&self) -> &crate::adapter::contract::Started {
        &self.0
    }

    fn address(&self) -> String {
        "always".to_owned()
    }

    fn parse_all(
        &mut self,
        questions: &[crate::adapter::contract::Parse],
    ) -> Vec<Result<crate::adapter::contract::Answer, Trouble>> {
        questions.iter().map(|_| Ok(crate::adapter::contract::Answer::Parsed(self.1.clone()))).collect()
    }
}

#[test]
fn a_parser_that_answers_everything_alike_does_not_look_conforming() {
    use crate::adapter::contract::{Parsed, ParsedMessage, Then};
    for then in [Then::Reject, Then::More, Then::Idle, Then::End, Then::Switched] {
        let messages = if then == Then::Idle { vec![ParsedMessage::default()] } else { Vec::new() };
        let mut subject = Always(crate::adapter::started(), Parsed { messages, then, ..Parsed::default() });
        let run = all(&mut subject);
        let applicable = run
            .results
            .iter()
            .filter(|result| result.kind == crate::corpus::model::Kind::Conformance)
            .filter(|result| result.verdict != Verdict::NotApplicable);
        let passed = applicable.clone().filter(|result| result.verdict == Verdict::Pass).count();
        let applicable = applicable.count();
        assert!(passed * 20 <= applicable, "{then:?}: {passed} of {applicable} pass");
    }
}

#[test]
fn a_run_ends_when_it_is_told_to() {
    let corpus = load_embedded().unwrap();
    let cases: Vec<&Case> = corpus.cases.iter().collect();
    let mut seen = 0;
    let run = run(&corpus, &cases, &mut Proto::new(), &mut |_| {
        seen += 1;
        seen < 3
    });
    assert_eq!(run.results.len(), 3);
}

fn few(command: &str, patience: Duration) -> Vec<CaseResult> {
    let corpus = load_embedded().unwrap();
    let cases: Vec<&Case> = corpus.cases.iter().filter(|case| case.roles.contains(&Role::Parser)).take(8).collect();
    let mut subject = AdapterProcess::start(command, patience).unwrap_or_else(|trouble| panic!("{trouble}"));
    run(&corpus, &cases, &mut subject, &mut |_| true).results
}

const START: &str = r#"read line; echo '{"name":"x","version":"1","can":["request","response"]}'"#;

#[test]
fn silence_garbage_and_death_are_faults_and_never_hang() {
    let began = Instant::now();
    for (what, command, said) in [
        ("silence", format!("{START}; sleep 60"), "no answer within"),
        ("garbage", format!("{START}; while read line; do echo garbage; done"), "does not follow the contract"),
        ("death", format!("{START}; read line; echo dying words >&2; exit 7"), "exit status 7"),
        ("a signal", format!("{START}; read line; kill -9 $$"), "signal 9"),
        (
            "another id",
            format!("{START}; while read line; do echo '{{\"id\":\"z\",\"then\":\"idle\"}}'; done"),
            "was asked",
        ),
        ("no words", format!("{START}; exec 0<&- 1>&-; sleep 60"), "closed its output"),
    ] {
        let results = few(&command, Duration::from_millis(300));
        for result in &results {
            assert!(matches!(result.verdict, Verdict::Fault | Verdict::NotApplicable), "{what}: {}", described(result));
        }
        let told = results.iter().any(|result| described(result).contains(said));
        assert!(told, "{what}: {:#?}", results.iter().map(described).collect::<Vec<_>>());
    }
    assert!(began.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_process_that_does_not_start_says_why() {
    let patience = Duration::from_millis(300);
    for (command, said) in [
        ("exit 3", "exit status 3"),
        ("echo hello", "not one of the contract"),
        ("sleep 60", "no answer within"),
        ("/nowhere/at/all", "exit status 127"),
        ("echo boo >&2; exit 1", "boo"),
    ] {
        let trouble = AdapterProcess::start(command, patience).err().map(|trouble| trouble.to_string());
        assert!(trouble.as_deref().is_some_and(|trouble| trouble.contains(said)), "{command}: {trouble:?}");
    }
}

#[test]
fn a_process_that_skips_everything_is_not_applicable() {
    let skip = r#"while read line; do echo '{"skipped":"no time"}'; done"#;
    for result in few(&format!("{START}; {skip}"), Duration::from_secs(20)) {
        assert_eq!(result.verdict, Verdict::NotApplicable, "{}", described(&result));
    }
}

#[test]
fn a_process_that_writes_without_end_is_stopped() {
    let began = Instant::now();
    let results = few(&format!("{START}; yes '{{\"then\":\"idle\"}}'"), Duration::from_secs(5));
    assert!(results.iter().all(|result| result.verdict != Verdict::Pass));
    assert!(began.elapsed() < Duration::from_secs(60));
}
