//! An origin server with a bit of everything: a representation with validators and ranges, content in gzip, streams of any length,
//! uploads that are read as they come, trailers, hints; plain, and over TLS if a certificate is named. `.ci/interop` tries other people's
//! clients on it.
//!
//! ```text
//! cargo run --release --example origin --features origin-server,representation,gzip -- [CHAIN.pem KEY.pem]
//! ```
//!
//! It tells where it listens, and runs until its standard input ends.

use std::error::Error;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use wiregauge_proto::coding::Settings;
use wiregauge_proto::driver::{Content, ResponseOptions};
use wiregauge_proto::field::grammar::{EntityTag, HttpDate, Validation};
use wiregauge_proto::origin_server::{Exchange, Handler, HandlerError, Listener, Options, OriginServer};
use wiregauge_proto::representation::{Representation, Validators};
use wiregauge_proto::tls::server_config;

#[path = "octets/mod.rs"]
mod octets;
use octets::{Adler, Pattern, pattern};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let free: SocketAddr = "127.0.0.1:0".parse()?;
    let mut listeners = vec![Listener::plain(free)];
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [chain, key] = arguments.as_slice() {
        let config = server_config(&std::fs::read(chain)?, &std::fs::read(key)?)?;
        listeners.push(Listener::secured(free, config));
    }
    let mut options = Options::default();
    options.http.codings = Some(Settings::default());
    let server = OriginServer::start(listeners, options, Site).await?;
    for (address, scheme) in server.addresses().iter().zip(["http", "https"]) {
        println!("listening on {scheme}://{address}");
    }
    std::io::stdout().flush()?;
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink())).await??;
    server.stop(Duration::from_secs(2)).await;
    Ok(())
}

struct Site;

impl Handler for Site {
    async fn handle(&self, exchange: &mut Exchange<'_>) -> Result<(), HandlerError> {
        let target = String::from_utf8_lossy(&exchange.request().target).into_owned();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        match path.split('/').collect::<Vec<_>>().as_slice() {
            ["", "page"] => {
                let answer = page().answer(exchange.request(), SystemTime::now());
                exchange.respond(answer).await
            }
            ["", "octets", count] => {
                let count: u64 = count.parse().map_err(HandlerError::failed)?;
                let reader = Box::new(Pattern::new().take(count));
                let size = (query != "chunked").then_some(count);
                exchange.respond(stream(Content::Reader { reader, size })).await
            }
            ["", "digest"] => digest(exchange).await,
            ["", "echo"] => {
                let content = exchange.read_content().await?.content;
                exchange.respond(ResponseOptions { content: content.into(), ..ResponseOptions::default() }).await
            }
            ["", "trailers"] => {
                let fields = vec![(b"Trailer".to_vec(), b"Note".to_vec())];
                let head = ResponseOptions { fields, ..stream(Content::Pieces { size: None }) };
                exchange.respond(head).await?;
                exchange.send_piece(b"in two ").await?;
                exchange.send_piece(b"pieces").await?;
                exchange.end(&[(b"Note", b"the end")]).await
            }
            ["", "hints"] => {
                exchange.interim(103, &[(b"Link", b"</style.css>; rel=preload")]).await?;
                exchange.respond(ResponseOptions { content: "hinted".into(), ..ResponseOptions::default() }).await
            }
            ["", "connection"] => {
                let content = exchange.peer().address.to_string();
                exchange.respond(ResponseOptions { content: content.into(), ..ResponseOptions::default() }).await
            }
            _ => exchange.respond(ResponseOptions { status: 404, ..ResponseOptions::default() }).await,
        }
    }
}

/// An answer that is not worth a content coding.
fn stream(content: Content) -> ResponseOptions {
    let content_type = Some(b"application/octet-stream".to_vec());
    ResponseOptions { content, content_type, compress: false, ..ResponseOptions::default() }
}

/// Twelve thousand octets of text that can be had in parts, and conditionally.
fn page() -> Representation {
    Representation {
        content: pattern(12_000).into(),
        content_type: Some(b"text/plain".to_vec()),
        validators: Validators {
            etag: EntityTag::new(Validation::Strong, "v1"),
            last_modified: HttpDate::from_seconds(1_700_000_000),
        },
        fields: Vec::new(),
    }
}

/// Reads the content of the request, as long as it may be, and tells what it was.
async fn digest(exchange: &mut Exchange<'_>) -> Result<(), HandlerError> {
    let (mut adler, mut piece) = (Adler::default(), Vec::new());
    while exchange.read_piece(&mut piece).await? {
        adler.write_all(&piece).map_err(HandlerError::failed)?;
        piece.clear();
    }
    let trailers = exchange.trailers().iter();
    let trailers: String =
        trailers.map(|(name, value)| format!(" {}={}", name.escape_ascii(), value.escape_ascii())).collect();
    let content = format!("{} octets, adler32 {}{trailers}\n", adler.octets, adler.sum());
    exchange.respond(ResponseOptions { content: content.into(), ..ResponseOptions::default() }).await
}
