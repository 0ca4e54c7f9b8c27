//! Servers that are wrong about the resources they declare, each in one way: every case about a resource is failed by one of them, each of
//! them fails one, and the same server without a mistake passes.

#[allow(dead_code, reason = "this suite uses a part of it")]
mod support;

use std::collections::BTreeSet;
use std::time::SystemTime;

use wiregauge::corpus::model::{Case, Corpus, Verdict};
use wiregauge::role::server::Options;
use wiregauge::subject::Resources;
use wiregauge_proto::driver::message::values;
use wiregauge_proto::driver::{Request, ResponseOptions};
use wiregauge_proto::field::grammar::{EntityTag, HttpDate, Validation};
use wiregauge_proto::origin_server::{self, Exchange, Handler, HandlerError, Listener, OriginServer};
use wiregauge_proto::representation::{Representation, Validators};

const CONDITIONS: [&str; 4] = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    None,
    ConditionsAreIgnored,
    RangesAreIgnored,
    ListsEndWithTheirFirstLine,
    TagsAreComparedStrongly,
    AnyTagIsCurrent,
    NoTagIsCurrent,
    AnyDateIsLate,
    AnyDateIsEarly,
    WeakTagsMatch,
    IfRangeAlwaysHolds,
    EveryRangeIsTheFirstTen,
    EveryRangeIsAMultipart,
    RangesComeFirst,
    IfNoneMatchComesFirst,
    TagsAreLeftOut,
    LengthIsLeftOut,
    MultipartsHaveARange,
    NoChallenge,
    AnyCredentialsDo,
    ConditionsBeforeCredentials,
    ConditionsBeforeRedirection,
}

const MISTAKES: [Mistake; 21] = [
    Mistake::ConditionsAreIgnored,
    Mistake::RangesAreIgnored,
    Mistake::ListsEndWithTheirFirstLine,
    Mistake::TagsAreComparedStrongly,
    Mistake::AnyTagIsCurrent,
    Mistake::NoTagIsCurrent,
    Mistake::AnyDateIsLate,
    Mistake::AnyDateIsEarly,
    Mistake::WeakTagsMatch,
    Mistake::IfRangeAlwaysHolds,
    Mistake::EveryRangeIsTheFirstTen,
    Mistake::EveryRangeIsAMultipart,
    Mistake::RangesComeFirst,
    Mistake::IfNoneMatchComesFirst,
    Mistake::TagsAreLeftOut,
    Mistake::LengthIsLeftOut,
    Mistake::MultipartsHaveARange,
    Mistake::NoChallenge,
    Mistake::AnyCredentialsDo,
    Mistake::ConditionsBeforeCredentials,
    Mistake::ConditionsBeforeRedirection,
];

struct Wrong(Mistake);

impl Handler for Wrong {
    async fn handle(&self, exchange: &mut Exchange<'_>) -> Result<(), HandlerError> {
        let request = exchange.request().clone();
        let content = exchange.read_content().await?.content;
        let answer = match &*request.target {
            b"/file" => file(self.0, request),
            b"/protected" => protected(self.0, &request),
            b"/redirect" => redirect(self.0, &request),
            _ => ResponseOptions { content: content.into(), ..ResponseOptions::default() },
        };
        exchange.respond(answer).await
    }
}

fn has(request: &Request, name: &str) -> bool {
    values(&request.fields, name).next().is_some()
}

fn without(mut request: Request, names: &[&str]) -> Request {
    request.fields.retain(|(name, _)| !names.iter().any(|left_out| name.eq_ignore_ascii_case(left_out.as_bytes())));
    request
}

fn status(status: u16) -> ResponseOptions {
    ResponseOptions { status, ..ResponseOptions::default() }
}

/// The file, and what this server makes of a request for it.
fn file(mistake: Mistake, mut request: Request) -> ResponseOptions {
    let content: Vec<u8> = (0..100).flat_map(|number| format!("{number:09}\n").into_bytes()).collect();
    let ranged = has(&request, "range") && request.method == b"GET";
    let first_ten = |content_type: &str| ResponseOptions {
        status: 206,
        fields: vec![(b"Content-Range".to_vec(), b"bytes 0-9/1000".to_vec())],
        content_type: Some(content_type.into()),
        content: content[..10].to_vec().into(),
        ..ResponseOptions::default()
    };
    match mistake {
        Mistake::ConditionsAreIgnored => request = without(request, &CONDITIONS),
        // But for a plain one of the beginning: who honours none at all is not said to do ranges.
        Mistake::RangesAreIgnored
            if request.fields.len() > 2 || values(&request.fields, "range").any(|range| range != b"bytes=0-9") =>
        {
            request = without(request, &["range"]);
        }
        Mistake::ListsEndWithTheirFirstLine => {
            let mut seen = BTreeSet::new();
            request.fields.retain(|(name, _)| seen.insert(name.clone()));
        }
        Mistake::TagsAreComparedStrongly if values(&request.fields, "if-none-match").any(|v| v.starts_with(b"W/")) => {
            request = without(request, &["if-none-match"]);
        }
        Mistake::AnyTagIsCurrent if has(&request, "if-none-match") => return status(304),
        Mistake::AnyTagIsCurrent => request = without(request, &["if-match"]),
        Mistake::NoTagIsCurrent if has(&request, "if-match") => return status(412),
        Mistake::AnyDateIsLate if has(&request, "if-modified-since") => return status(304),
        Mistake::AnyDateIsLate => request = without(request, &["if-unmodified-since"]),
        Mistake::AnyDateIsEarly if has(&request, "if-unmodified-since") => return status(412),
        Mistake::AnyDateIsEarly => request = without(request, &["if-modified-since"]),
        Mistake::WeakTagsMatch => {
            for (_, value) in request.fields.iter_mut().filter(|(n, _)| matches!(&**n, b"If-Match" | b"If-Range")) {
                *value = value.strip_prefix(b"W/").unwrap_or(value).to_vec();
            }
        }
        Mistake::IfRangeAlwaysHolds => request = without(request, &["if-range"]),
        Mistake::EveryRangeIsTheFirstTen if ranged => return first_ten("text/plain"),
        Mistake::EveryRangeIsAMultipart if ranged && !values(&request.fields, "range").any(|v| v.contains(&b',')) => {
            return ResponseOptions { fields: Vec::new(), ..first_ten("multipart/byteranges; boundary=x") };
        }
        Mistake::RangesComeFirst if ranged => request = without(request, &CONDITIONS),
        Mistake::IfNoneMatchComesFirst if has(&request, "if-none-match") => request = without(request, &["if-match"]),
        Mistake::MultipartsHaveARange if ranged && values(&request.fields, "range").any(|v| v.contains(&b',')) => {
            return first_ten("multipart/byteranges; boundary=x");
        }
        _ => {}
    }
    let mut answer = Representation {
        content: content.clone().into(),
        content_type: Some(b"text/plain".to_vec()),
        validators: Validators {
            etag: EntityTag::new(Validation::Strong, "v1"),
            last_modified: HttpDate::from_seconds(1_700_000_000),
        },
        fields: Vec::new(),
    }
    .answer(&request, SystemTime::now());
    let left_out: &[u8] = match mistake {
        Mistake::TagsAreLeftOut if answer.status != 200 => b"etag",
        Mistake::LengthIsLeftOut if answer.status == 416 => b"content-range",
        _ => b"",
    };
    answer.fields.retain(|(name, _)| !name.eq_ignore_ascii_case(left_out));
    answer
}

fn protected(mistake: Mistake, request: &Request) -> ResponseOptions {
    let challenge = vec![(b"WWW-Authenticate".to_vec(), b"Basic realm=\"a\"".to_vec())];
    match mistake {
        Mistake::NoChallenge => status(401),
        Mistake::AnyCredentialsDo if has(request, "authorization") => status(200),
        Mistake::ConditionsBeforeCredentials if has(request, "if-none-match") => status(304),
        _ => ResponseOptions { fields: challenge, ..status(401) },
    }
}

fn redirect(mistake: Mistake, request: &Request) -> ResponseOptions {
    match mistake {
        Mistake::ConditionsBeforeRedirection if has(request, "if-none-match") => status(304),
        Mistake::ConditionsBeforeRedirection if has(request, "if-match") => status(412),
        _ => ResponseOptions { fields: vec![(b"Location".to_vec(), b"/file".to_vec())], ..status(302) },
    }
}

/// The cases about resources.
fn about_resources(corpus: &Corpus) -> Vec<&Case> {
    let names = ["file", "protected", "redirect"];
    corpus.cases.iter().filter(|case| case.needs.iter().any(|need| names.contains(&need.as_str()))).collect()
}

/// The cases that such a server does not pass.
async fn not_passed(mistake: Mistake, corpus: &Corpus, selected: &[&Case]) -> BTreeSet<String> {
    let listener = Listener::plain("127.0.0.1:0".parse().expect("an address"));
    let server = OriginServer::start(vec![listener], origin_server::Options::default(), Wrong(mistake))
        .await
        .expect("a free port");
    let resources = Resources {
        file: Some("/file".into()),
        redirect: Some("/redirect".into()),
        protected: Some("/protected".into()),
    };
    let at = server.addresses()[0].to_string();
    let run = support::judge_at(corpus, selected, &at, None, resources, &Options::default()).await;
    let cases = run.report.cases.iter().filter(|case| selected.iter().any(|selected| selected.id == case.id));
    let wrong = cases
        .filter(|case| matches!(case.verdict, Verdict::Fail | Verdict::Warn))
        .map(|case| case.id.clone())
        .collect();
    if mistake == Mistake::None {
        let run: Vec<_> = run.report.cases.iter().filter(|case| case.verdict == Verdict::Pass).collect();
        assert!(run.len() >= selected.len(), "all of them were played");
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_about_a_resource_can_fail() {
    let corpus = support::corpus();
    let selected = about_resources(&corpus);
    assert!(selected.len() > 45, "{} cases", selected.len());
    assert_eq!(not_passed(Mistake::None, &corpus, &selected).await, BTreeSet::new());
    let mut failed_by_one = BTreeSet::new();
    for mistake in MISTAKES {
        let caught = not_passed(mistake, &corpus, &selected).await;
        assert!(!caught.is_empty(), "{mistake:?} is not caught");
        failed_by_one.extend(caught);
    }
    let never: Vec<_> = selected
        .iter()
        .filter(|case| !case.id.ends_with("/control") && !failed_by_one.contains(&case.id))
        .map(|case| &case.id)
        .collect();
    assert!(never.is_empty(), "no mistake fails {never:#?}");
}
