//! A client that asks an origin server for a bit of everything, and says of each whether the answer was right. `.ci/interop` tries it on
//! other people's servers.
//!
//! ```text
//! cargo run --release --example ask --features user-agent,gzip -- BASE [--cacert FILE] [--without CHECK,CHECK]
//! ```
//!
//! The server has the resources of the example `origin`: `/page`, `/octets/N`, `/digest`, `/echo`, `/trailers`, `/connection`.

use std::error::Error;
use std::future::Future;
use std::io::{Read, Write};
use std::pin::Pin;
use std::process::ExitCode;

use wiregauge_proto::coding::Settings;
use wiregauge_proto::driver::message::values;
use wiregauge_proto::driver::{Content, Whole};
use wiregauge_proto::tls::client_config;
use wiregauge_proto::user_agent::{Answer, Ask, Options, UserAgent};

#[path = "octets/mod.rs"]
mod octets;
use octets::{Adler, Pattern, pattern};

/// More than any buffer on the way holds.
const LARGE: u64 = 1 << 30;

type Told = Result<String, Box<dyn Error>>;
type Check = for<'c> fn(&'c Client) -> Pin<Box<dyn Future<Output = Told> + 'c>>;

const CHECKS: &[(&str, Check)] = &[
    ("get", |client| Box::pin(client.get())),
    ("head", |client| Box::pin(client.head())),
    ("range", |client| Box::pin(client.range())),
    ("condition", |client| Box::pin(client.condition())),
    ("gzip", |client| Box::pin(client.gzip())),
    ("post", |client| Box::pin(client.post())),
    ("chunked", |client| Box::pin(client.chunked())),
    ("expect", |client| Box::pin(client.expect())),
    ("persistence", |client| Box::pin(client.persistence())),
    ("pipelining", |client| Box::pin(client.pipelining())),
    ("repetition", |client| Box::pin(client.repetition())),
    ("trailers", |client| Box::pin(client.trailers())),
    ("large", |client| Box::pin(client.large())),
    ("upload", |client| Box::pin(client.upload())),
];

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let base = arguments.next().ok_or("the base URL is missing")?;
    let (mut options, mut without) = (Options::default(), String::new());
    while let Some(argument) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{argument} needs a value"))?;
        match argument.as_str() {
            "--cacert" => options.trusts = Some(client_config([std::fs::read(value)?.as_slice()])?),
            "--without" => without = value,
            other => return Err(format!("{other} is not known").into()),
        }
    }
    let mut coded = options.clone();
    coded.http.codings = Some(Settings::default());
    let client = Client { agent: UserAgent::new(options), coded: UserAgent::new(coded), base };
    let mut failed = 0;
    for (name, check) in CHECKS {
        if without.split(',').any(|left_out| left_out == *name) {
            println!("  left out  {name}");
            continue;
        }
        match check(&client).await {
            Ok(told) => println!("  ok        {name}: {told}"),
            Err(error) => {
                failed += 1;
                println!("  FAILED    {name}: {error}");
            }
        }
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Client {
    agent: UserAgent,
    /// One that takes content codings.
    coded: UserAgent,
    base: String,
}

fn expect(
    what: &str,
    told: impl PartialEq + std::fmt::Debug,
    wanted: impl PartialEq + std::fmt::Debug,
) -> Result<(), String> {
    let (told, wanted) = (format!("{told:?}"), format!("{wanted:?}"));
    if told == wanted { Ok(()) } else { Err(format!("{what}: {told:.200}, not {wanted:.200}")) }
}

fn value(answer: &Answer, name: &str) -> String {
    let mut values = values(&answer.response().fields, name);
    values.next().map(|value| value.escape_ascii().to_string()).unwrap_or_default()
}

impl Client {
    fn uri(&self, path: &str) -> Result<wiregauge_proto::user_agent::Uri, Box<dyn Error>> {
        Ok(format!("{}{path}", self.base).parse()?)
    }

    async fn whole(&self, ask: Ask) -> Result<(u16, Whole), Box<dyn Error>> {
        let answer = self.agent.ask(ask).await?;
        Ok((answer.response().status, answer.read_whole().await?))
    }

    async fn get(&self) -> Told {
        let (status, whole) = self.whole(Ask::get(self.uri("/page")?)).await?;
        expect("status", status, 200)?;
        expect("content", whole.content == pattern(12_000), true)?;
        Ok(format!("{} octets", whole.content.len()))
    }

    async fn head(&self) -> Told {
        let answer = self.agent.ask(Ask { method: b"HEAD".to_vec(), ..Ask::get(self.uri("/page")?) }).await?;
        expect("status", answer.response().status, 200)?;
        let length = value(&answer, "content-length");
        expect("Content-Length", length.as_str(), "12000")?;
        expect("content", answer.read_whole().await?.content.len(), 0)?;
        Ok("12000 octets announced, none sent".into())
    }

    async fn range(&self) -> Told {
        let answer = self.agent.ask(Ask::get(self.uri("/page")?).field("Range", "bytes=100-199")).await?;
        expect("status", answer.response().status, 206)?;
        let range = value(&answer, "content-range");
        expect("Content-Range", range.as_str(), "bytes 100-199/12000")?;
        expect("content", answer.read_whole().await?.content == pattern(200)[100..], true)?;
        Ok(range)
    }

    async fn condition(&self) -> Told {
        let answer = self.agent.ask(Ask::get(self.uri("/page")?)).await?;
        let etag = value(&answer, "etag").replace('\\', "");
        answer.read_whole().await?;
        let (status, whole) = self.whole(Ask::get(self.uri("/page")?).field("If-None-Match", etag.clone())).await?;
        expect("status", (status, whole.content.len()), (304, 0))?;
        Ok(format!("304 to If-None-Match: {etag}"))
    }

    async fn gzip(&self) -> Told {
        let answer = self.coded.ask(Ask::get(self.uri("/page")?)).await?;
        expect("Content-Encoding", value(&answer, "content-encoding").as_str(), "gzip")?;
        expect("decoded", answer.response().decoded, true)?;
        expect("content", answer.read_whole().await?.content == pattern(12_000), true)?;
        Ok("12000 octets decoded".into())
    }

    async fn echo(&self, content: Content, expect_continue: bool) -> Told {
        let ask = Ask::with("POST", self.uri("/echo")?, content);
        let (status, whole) = self.whole(Ask { expect_continue, ..ask }).await?;
        expect("status", status, 200)?;
        expect("content", whole.content == pattern(70_000), true)?;
        Ok(format!("{} octets there and back", whole.content.len()))
    }

    async fn post(&self) -> Told {
        self.echo(pattern(70_000).into(), false).await
    }

    async fn chunked(&self) -> Told {
        self.echo(Content::Reader { reader: Box::new(Pattern::new().take(70_000)), size: None }, false).await
    }

    async fn expect(&self) -> Told {
        self.echo(pattern(70_000).into(), true).await
    }

    async fn persistence(&self) -> Told {
        let mut connections = Vec::new();
        for _ in 0..3 {
            let (status, whole) = self.whole(Ask::get(self.uri("/connection")?)).await?;
            expect("status", status, 200)?;
            connections.push(String::from_utf8_lossy(&whole.content).trim().to_owned());
        }
        expect("connections", connections.iter().all(|one| *one == connections[0] && !one.is_empty()), true)?;
        Ok(format!("three requests on connection {}", connections[0]))
    }

    async fn pipelining(&self) -> Told {
        let connections = self.in_a_row().await?;
        expect("connections", connections, 1)?;
        Ok("20 answers in order on one connection, 8 requests on it at a time".into())
    }

    /// The same, on as many connections as the server makes of it.
    async fn repetition(&self) -> Told {
        Ok(format!("20 answers in order, connections: {}", self.in_a_row().await?))
    }

    async fn in_a_row(&self) -> Result<usize, Box<dyn Error>> {
        let asks = (0..20).map(|number| Ok(Ask::get(self.uri(["/page", "/connection"][number % 2])?)));
        let mut pipeline = self.agent.pipeline(asks.collect::<Result<_, Box<dyn Error>>>()?)?;
        let (mut count, mut connections) = (0, Vec::new());
        while let Some(next) = pipeline.next().await {
            let (response, whole) = next?;
            expect("status", response.status, 200)?;
            match count % 2 {
                0 => expect("content", whole.content == pattern(12_000), true)?,
                _ => connections.push(whole.content),
            }
            count += 1;
        }
        connections.dedup();
        expect("answers", count, 20)?;
        Ok(connections.len())
    }

    async fn trailers(&self) -> Told {
        let (status, whole) = self.whole(Ask::get(self.uri("/trailers")?)).await?;
        expect("status", status, 200)?;
        expect("content", whole.content.escape_ascii().to_string().as_str(), "in two pieces")?;
        let trailers: Vec<String> =
            whole.trailers.iter().map(|(n, v)| format!("{}: {}", n.escape_ascii(), v.escape_ascii())).collect();
        expect("trailers", &trailers, ["Note: the end"])?;
        Ok(trailers.concat())
    }

    async fn large(&self) -> Told {
        let mut answer = self.agent.ask(Ask::get(self.uri(&format!("/octets/{LARGE}"))?)).await?;
        expect("status", answer.response().status, 200)?;
        let (mut adler, mut piece, before) = (Adler::default(), Vec::new(), resident());
        while answer.read_piece(&mut piece).await? {
            adler.write_all(&piece)?;
            piece.clear();
        }
        expect("octets", (adler.octets, adler.sum()), (LARGE, known_sum()))?;
        constant(before, "received")
    }

    async fn upload(&self) -> Told {
        let (before, mut told) = (resident(), Vec::new());
        for size in [Some(LARGE), None] {
            let content = Content::Reader { reader: Box::new(Pattern::new().take(LARGE)), size };
            let (status, whole) = self.whole(Ask::with("PUT", self.uri("/digest")?, content)).await?;
            expect("status", status, 200)?;
            let content = String::from_utf8_lossy(&whole.content).trim().to_owned();
            expect("octets", content.as_str(), format!("{LARGE} octets, adler32 {}", known_sum()).as_str())?;
            told.push(if size.is_some() { "with a length" } else { "in chunks" });
        }
        constant(before, &format!("sent {}", told.join(", and again ")))
    }
}

fn known_sum() -> u32 {
    let mut adler = Adler::default();
    let _ = std::io::copy(&mut Pattern::new().take(LARGE), &mut adler);
    adler.sum()
}

/// The most memory that this process had at once, in kB, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn constant(before: Option<u64>, what: &str) -> Told {
    let (Some(before), Some(after)) = (before, resident()) else { return Ok(format!("1 GiB {what}")) };
    let grown = after - before;
    if grown > 8 * 1024 {
        Err(format!("{grown} kB more memory").into())
    } else {
        Ok(format!("1 GiB {what}, {grown} kB more memory"))
    }
}
