//! What does a new connection cost, beside hyper? Each time: connect, over TLS a whole handshake (nothing is resumed, on either side),
//! one exchange with 100 octets of content, and close. Client and server are on one thread, so what the server still has to do after
//! the client has closed is in the time as well.

use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wiregauge_benches::Trouble;
use wiregauge_benches::measure::{bounded, exchanges, runtime};
use wiregauge_benches::message::SMALL;
use wiregauge_benches::pairing::{PAIRINGS, Pairing};
use wiregauge_benches::security::Security;
use wiregauge_benches::server::Server;

fn connections(c: &mut Criterion) {
    let secured = Security::new().expect("a certificate can be made");
    for (name, security) in [("plain", None), ("tls", Some(&secured))] {
        let mut group = c.benchmark_group(format!("connections/{name}"));
        group.throughput(Throughput::Elements(1));
        for pairing in PAIRINGS {
            let runtime = runtime().expect("a runtime can be had");
            let started = bounded(&runtime, async {
                let server = pairing.server(security, SMALL).await?;
                pairing.checked_client(&server, security).await?.close().await?;
                Ok(server)
            });
            let server = started.expect("the exchange works");
            group.bench_function(pairing.name, |b| {
                b.iter_custom(|count| {
                    bounded(&runtime, one_after_another(pairing, &server, security, count)).expect("it goes on working")
                });
            });
            bounded(&runtime, async {
                server.stop().await;
                Ok(())
            })
            .expect("it comes to an end");
        }
        group.finish();
    }
}

async fn one_after_another(
    pairing: Pairing,
    server: &Server,
    security: Option<&Security>,
    count: u64,
) -> Result<Duration, Trouble> {
    let start = Instant::now();
    for _ in 0..count {
        let mut client = pairing.client(server, security).await?;
        exchanges(&mut client, 1, server.length).await?;
        client.close().await?;
    }
    Ok(start.elapsed())
}

fn quick() -> Criterion {
    Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3))
}

criterion_group! { name = benches; config = quick(); targets = connections }
criterion_main!(benches);
