//! What does an exchange over a real loopback socket cost, beside hyper? One GET of some 400 octets on a connection that stays open, an
//! answer with 100 octets or 64 KiB of content, plain and over TLS; then the small one on 64 connections at once. Client and server
//! are on one thread. `octets` carries the same messages without reading them: what is left of the others without it is HTTP's own
//! cost.

use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wiregauge_benches::measure::{bounded, exchanges, exchanges_on_each, runtime};
use wiregauge_benches::message::{LARGE, SMALL};
use wiregauge_benches::pairing::PAIRINGS;
use wiregauge_benches::security::Security;

/// How many connections there are at once.
const MANY: usize = 64;

fn one_connection(c: &mut Criterion) {
    let secured = Security::new().expect("a certificate can be made");
    for (name, security, length) in [
        ("plain-100", None, SMALL),
        ("plain-65536", None, LARGE),
        ("tls-100", Some(&secured), SMALL),
        ("tls-65536", Some(&secured), LARGE),
    ] {
        let mut group = c.benchmark_group(format!("sockets/{name}"));
        group.throughput(Throughput::Elements(1));
        for pairing in PAIRINGS {
            let runtime = runtime().expect("a runtime can be had");
            let started = bounded(&runtime, async {
                let server = pairing.server(security, length).await?;
                let client = pairing.checked_client(&server, security).await?;
                Ok((server, client))
            });
            let (server, mut client) = started.expect("the exchange works");
            group.bench_function(pairing.name, |b| {
                b.iter_custom(|count| {
                    bounded(&runtime, exchanges(&mut client, count, length)).expect("it goes on working")
                });
            });
            bounded(&runtime, async {
                client.close().await?;
                server.stop().await;
                Ok(())
            })
            .expect("it comes to an end");
        }
        group.finish();
    }
}

fn many_connections(c: &mut Criterion) {
    let secured = Security::new().expect("a certificate can be made");
    for (name, security) in [("plain", None), ("tls", Some(&secured))] {
        many_connections_of(c, name, security);
    }
}

fn many_connections_of(c: &mut Criterion, name: &str, security: Option<&Security>) {
    let mut group = c.benchmark_group(format!("sockets/{name}-100-on-{MANY}"));
    // An iteration is an exchange on each of them.
    group.throughput(Throughput::Elements(MANY as u64));
    for pairing in PAIRINGS {
        let runtime = runtime().expect("a runtime can be had");
        let started = bounded(&runtime, async {
            let server = pairing.server(security, SMALL).await?;
            let mut clients = Vec::with_capacity(MANY);
            for _ in 0..MANY {
                clients.push(pairing.checked_client(&server, security).await?);
            }
            Ok((server, clients))
        });
        let (server, mut clients) = started.expect("the exchanges work");
        group.bench_function(pairing.name, |b| {
            b.iter_custom(|count| {
                bounded(&runtime, exchanges_on_each(&mut clients, count, SMALL)).expect("they go on working")
            });
        });
        bounded(&runtime, async {
            for client in clients {
                client.close().await?;
            }
            server.stop().await;
            Ok(())
        })
        .expect("they come to an end");
    }
    group.finish();
}

fn quick() -> Criterion {
    Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3))
}

criterion_group! { name = benches; config = quick(); targets = one_connection, many_connections }
criterion_main!(benches);
