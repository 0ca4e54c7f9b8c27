//! How much does a whole exchange cost when no system is in the way? Client and server of the driver, blocking, on the two ends of a
//! memory transport in one thread: the request is written and read, the response is written and read. "transport" carries the same
//! octets without any protocol: what is left of the others without it is the protocol's own cost.

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use wiregauge_proto::driver::{Content, Http, Options, RequestOptions, ResponseOptions};
use wiregauge_proto::transport::Transport;
use wiregauge_proto::transport::memory;

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("exchange");
    for (name, content) in [("get", 0), ("post-1024", 1024)] {
        let (near, far) = memory::pair_with_room(1 << 16);
        let mut client = Http::new(near, Options::default());
        let mut server = Http::new(far, Options::default());
        let octets = vec![b'x'; content];
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut wanted = RequestOptions { host: "a.example".into(), ..RequestOptions::default() };
                if content > 0 {
                    wanted.method = b"POST".to_vec();
                    wanted.content = Content::Octets(octets.clone());
                }
                let mut request = client.make_request(wanted);
                client.send_request(&mut request).expect("there is room");
                let asked = server.read_request().expect("a request").expect("the client goes on");
                server.read_content().expect("its content");
                let reply =
                    ResponseOptions { content: Content::Octets(b"hello".to_vec()), ..ResponseOptions::default() };
                let reply = server.make_response(&asked, reply);
                server.send_response(reply).expect("there is room");
                let response = client.read_response(&request).expect("a response");
                black_box((response.status, client.read_content().expect("its content")))
            });
        });
    }
    let (mut near, mut far) = memory::pair_with_room(1 << 16);
    let (request, response) = ([b'q'; 60], [b'r'; 60]);
    let mut buffer = [0; 4096];
    group.bench_function("transport", |b| {
        b.iter(|| {
            near.send(&request, None).expect("there is room");
            far.recv(&mut buffer, None).expect("it is there");
            far.send(&response, None).expect("there is room");
            black_box(near.recv(&mut buffer, None).expect("it is there"))
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
