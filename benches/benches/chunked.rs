//! How much does taking chunks apart cost? The same content in chunks of 16, 1024 and 16384 octets, beside a plain copy of it,
//! which is the least that anybody who keeps the content can do.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use wiregauge_proto::body::{BodyLength, Decoder, Piece};
use wiregauge_proto::{Limits, Strict};

const CONTENT: usize = 64 * 1024;

fn chunked(size: usize) -> Vec<u8> {
    let mut octets = Vec::new();
    for _ in 0..CONTENT / size {
        octets.extend(format!("{size:x}\r\n").bytes());
        octets.extend(std::iter::repeat_n(b'x', size));
        octets.extend_from_slice(b"\r\n");
    }
    octets.extend_from_slice(b"0\r\n\r\n");
    octets
}

/// Decodes and copies the content out, as somebody would who wants to have it.
fn decode(octets: &[u8], content: &mut Vec<u8>) {
    let mut decoder = Decoder::new(BodyLength::Chunked, &Limits::DEFAULT);
    let mut at = 0;
    loop {
        let (consumed, piece) = decoder.read(&octets[at..], &mut Strict).expect("the message is right");
        match piece {
            Piece::Data(range) => content.extend_from_slice(&octets[at..][range]),
            Piece::End(_) => return,
            Piece::Need => panic!("the message is whole"),
        }
        at += consumed;
    }
}

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("chunked");
    group.throughput(Throughput::Bytes(CONTENT as u64));
    let mut content = Vec::with_capacity(CONTENT);
    for size in [16, 1024, 16384] {
        let octets = chunked(size);
        group.bench_function(format!("decode/{size}"), |b| {
            b.iter(|| {
                content.clear();
                decode(black_box(&octets), &mut content);
                black_box(content.len())
            });
        });
    }
    let plain = vec![b'x'; CONTENT];
    group.bench_function("copy", |b| {
        b.iter(|| {
            content.clear();
            content.extend_from_slice(black_box(&plain));
            black_box(content.len())
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
