//! How fast are heads read, against the parser that everybody compares with? Both get storage for the fields that they do
//! not have to make, and both give places, no copies.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::path::Path;
use wiregauge_proto::head::{Progress, Reading, read_request, read_response};
use wiregauge_proto::{Findings, Limits, Strict};

/// By name, without ending: files of `fixtures/samples`.
const REQUESTS: &[&str] = &["request-smallest", "request", "request-browser", "request-100-fields"];
const RESPONSES: &[&str] = &["response"];

fn sample(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/samples").join(name).with_extension("http");
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn requests(criterion: &mut Criterion) {
    for name in REQUESTS {
        let octets = sample(name);
        let mut group = criterion.benchmark_group(format!("head/{name}"));
        group.throughput(Throughput::Bytes(octets.len() as u64));
        group.bench_function("proto", |bencher| {
            let mut storage = Vec::with_capacity(128);
            bencher.iter(|| {
                let mut progress = Progress::reusing(std::mem::take(&mut storage));
                let read = read_request(black_box(&octets), &mut progress, &Limits::DEFAULT, &mut Strict);
                let Ok(Reading::Done(head)) = read else { panic!("{read:?}") };
                storage = black_box(head).fields;
            });
        });
        group.bench_function("proto, grammar only", |bencher| {
            let mut storage = Vec::with_capacity(128);
            let mut findings = Findings::default();
            bencher.iter(|| {
                let mut progress = Progress::reusing(std::mem::take(&mut storage));
                let read = read_request(black_box(&octets), &mut progress, &Limits::DEFAULT, &mut findings);
                let Ok(Reading::Done(head)) = read else { panic!("{read:?}") };
                storage = black_box(head).fields;
            });
        });
        group.bench_function("httparse", |bencher| {
            bencher.iter(|| {
                let mut fields = [const { MaybeUninit::uninit() }; 128];
                let mut request = httparse::Request::new(&mut []);
                let read = request.parse_with_uninit_headers(black_box(&octets), &mut fields);
                assert!(read.is_ok_and(|read| read.is_complete()));
                black_box(&request);
            });
        });
        group.finish();
    }
}

fn responses(criterion: &mut Criterion) {
    for name in RESPONSES {
        let octets = sample(name);
        let mut group = criterion.benchmark_group(format!("head/{name}"));
        group.throughput(Throughput::Bytes(octets.len() as u64));
        group.bench_function("proto", |bencher| {
            let mut storage = Vec::with_capacity(128);
            bencher.iter(|| {
                let mut progress = Progress::reusing(std::mem::take(&mut storage));
                let read = read_response(black_box(&octets), &mut progress, &Limits::DEFAULT, &mut Strict);
                let Ok(Reading::Done(head)) = read else { panic!("{read:?}") };
                storage = black_box(head).fields;
            });
        });
        group.bench_function("httparse", |bencher| {
            let config = httparse::ParserConfig::default();
            bencher.iter(|| {
                let mut fields = [const { MaybeUninit::uninit() }; 128];
                let mut response = httparse::Response::new(&mut []);
                let read = config.parse_response_with_uninit_headers(&mut response, black_box(&octets), &mut fields);
                assert!(read.is_ok_and(|read| read.is_complete()));
                black_box(&response);
            });
        });
        group.finish();
    }
}

criterion_group!(benches, requests, responses);
criterion_main!(benches);
