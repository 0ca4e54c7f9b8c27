//! A soak for a server that answers with the content of the request (`wiregauge serve --contract body --connections 12000`): many
//! connections at rest, many busy ones, and clients that do what clients do when things go wrong. Nothing may come back but the right
//! answers, and the server's memory must not grow.
//!
//! ```text
//! cargo run --release --example soak --features tokio -- 127.0.0.1:8080 [SERVER'S PROCESS ID] [IDLE] [ACTIVE] [SECONDS]
//! ```

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use wiregauge_proto::driver::{AsyncHttp, Content, Options, RequestOptions};
use wiregauge_proto::transport::tokio::Tcp;

#[path = "octets/mod.rs"]
mod octets;
use octets::pattern;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Default)]
struct Tally {
    done: BTreeMap<&'static str, u64>,
    errors: Vec<String>,
}

#[derive(Clone)]
struct Soak {
    server: SocketAddr,
    until: Instant,
    tally: Arc<Mutex<Tally>>,
}

#[tokio::main]
async fn main() -> Result<ExitCode, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, otherwise: u64| match arguments.get(place) {
        Some(text) => text.parse(),
        None => Ok(otherwise),
    };
    let server: SocketAddr = arguments.first().ok_or("the address of the server is missing")?.parse()?;
    let (process, idle, active, seconds) = (number(1, 0)?, number(2, 10_000)?, number(3, 1000)?, number(4, 60)?);
    let tally = Arc::new(Mutex::new(Tally::default()));
    let mut soak =
        Soak { server, until: Instant::now() + PATIENCE + Duration::from_secs(seconds), tally: tally.clone() };
    let mut tasks = JoinSet::new();
    // Not faster than the server's queue of new connections is emptied.
    for wave in 0..idle.div_ceil(100) {
        for number in wave * 100..(wave * 100 + 100).min(idle) {
            tasks.spawn(soak.clone().rests(number));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    soak.until = Instant::now() + Duration::from_secs(seconds);
    println!("{idle} connections at rest, {active} busy ones, {seconds} s");
    for number in 0..active {
        tasks.spawn(soak.clone().keeps_busy(number));
    }
    let (mut memory, until) = (Vec::new(), soak.until);
    while Instant::now() < until {
        tokio::time::sleep(Duration::from_secs(1)).await;
        memory.extend(resident(process));
        if memory.len() % 10 == 0 {
            let exchanges: u64 = tally.lock().map_err(|_| "poisoned")?.done.values().sum();
            println!("{exchanges} exchanges, the server has {} kB", memory.last().copied().unwrap_or_default());
        }
    }
    while tasks.join_next().await.is_some() {}
    let tally = tally.lock().map_err(|_| "poisoned")?;
    report(&tally, &memory)
}

fn report(tally: &Tally, memory: &[u64]) -> Result<ExitCode, Failure> {
    for (what, count) in &tally.done {
        println!("  {count:>8}  {what}");
    }
    for error in tally.errors.iter().take(20) {
        println!("  ERROR     {error}");
    }
    let quarter = memory.len() / 4;
    let mut flat = true;
    if quarter > 0 {
        let average = |part: &[u64]| part.iter().sum::<u64>() / part.len() as u64;
        let (early, late) = (average(&memory[quarter..2 * quarter]), average(&memory[memory.len() - quarter..]));
        flat = late <= early + early / 20 + 1024;
        println!("  the server's memory: {early} kB in the second quarter, {late} kB in the last one");
    }
    println!("{} errors that were not injected, memory {}", tally.errors.len(), if flat { "flat" } else { "GROWS" });
    Ok(if tally.errors.is_empty() && flat { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn resident(process: u64) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Numbers that look drawn by lot, the same in every run.
struct Lot(u64);

impl Lot {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

impl Soak {
    fn note(&self, what: &'static str, told: Result<(), Failure>) {
        if let Ok(mut tally) = self.tally.lock() {
            match told {
                Ok(()) => *tally.done.entry(what).or_default() += 1,
                Err(error) => tally.errors.push(format!("{what}: {error}")),
            }
        }
    }

    /// A connection that asks now and then, sooner than a server closes one at rest.
    async fn rests(self, number: u64) {
        let told = async {
            let mut http = self.connect().await?;
            let mut lot = Lot(number * 2 + 1);
            while Instant::now() < self.until {
                get(&mut http).await?;
                self.note("now and then", Ok(()));
                let pause = Duration::from_millis(15_000 + lot.below(10_000));
                tokio::time::sleep_until((Instant::now() + pause).min(self.until + Duration::from_millis(500)).into())
                    .await;
            }
            // It is still there.
            get(&mut http).await?;
            Ok(http.close().await?)
        };
        let told: Result<(), Failure> = told.await;
        self.note("at rest until the end", told);
    }

    async fn keeps_busy(self, number: u64) {
        let (mut http, mut lot) = (None, Lot(number * 7919 + 1));
        while Instant::now() < self.until {
            let what = KINDS[lot.below(KINDS.len() as u64) as usize];
            let told = tokio::time::timeout(PATIENCE, self.one(what, &mut http, &mut lot)).await;
            let told = told.unwrap_or_else(|_| Err("it takes too long".into()));
            if told.is_err() {
                http = None;
            }
            self.note(what, told);
        }
    }

    async fn connect(&self) -> Result<AsyncHttp<Tcp>, Failure> {
        Ok(AsyncHttp::new(Tcp::new(TcpStream::connect(self.server).await?)?, Options::default()))
    }

    async fn one(&self, what: &str, kept: &mut Option<AsyncHttp<Tcp>>, lot: &mut Lot) -> Result<(), Failure> {
        let http = match kept {
            Some(http) if http.persists() => http,
            _ => kept.insert(self.connect().await?),
        };
        let content = || pattern(3000);
        match what {
            "get" => get(http).await,
            "post" => {
                let length = lot.below(64 * 1024) as usize;
                echo(http, pattern(length).into(), length).await
            }
            "post in chunks" => {
                let length = lot.below(64 * 1024) as usize;
                let reader = Box::new(std::io::Cursor::new(pattern(length)));
                echo(http, Content::Reader { reader, size: None }, length).await
            }
            "three in a row" => three(http).await,
            "injected: reset in the head" => self.reset_behind(b"POST / HTTP/1.1\r\nHo", 0).await,
            "injected: reset in the content" => self.reset_behind(&request(&content(), 3000, "")[..1000], 0).await,
            "injected: reset in the answer" => {
                let content = pattern(1 << 20);
                self.reset_behind(&request(&content, content.len(), ""), 1000).await
            }
            "injected: end in the content" => {
                let told = self.raw(&request(&content(), 5000, ""), Duration::ZERO).await?;
                refused(&told, b"HTTP/1.1 400 ")
            }
            "injected: end behind the request" => {
                let told = self.raw(&request(&content(), 3000, ""), Duration::ZERO).await?;
                let whole = told.starts_with(b"HTTP/1.1 200 ") && told.ends_with(&content());
                whole.then_some(()).ok_or_else(|| "no answer to a client that ended its half".into())
            }
            "injected: octet by octet" => {
                let told = self.raw(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", Duration::from_millis(3)).await?;
                refused(&told, b"HTTP/1.1 200 ")
            }
            "injected: garbage" => {
                let octets: Vec<u8> = (0..200).map(|_| lot.below(256) as u8).filter(|octet| *octet > b'\r').collect();
                let told = self.raw(&[&octets[..], b"\r\n\r\n"].concat(), Duration::ZERO).await?;
                // What looks like a method that is too long to be known is answered 501 (RFC 9112 §3).
                refused(&told, b"HTTP/1.1 400 ").or_else(|_| refused(&told, b"HTTP/1.1 501 "))
            }
            "injected: two lengths" => {
                let octets = request(&content(), 3000, "Transfer-Encoding: chunked\r\n");
                refused(&self.raw(&octets, Duration::ZERO).await?, b"HTTP/1.1 400 ")
            }
            _ => match self.raw(b"", Duration::ZERO).await?.as_slice() {
                b"" => Ok(()),
                _ => Err("an answer to nothing".into()),
            },
        }
    }

    /// Sends octets, reads some of what comes, and resets.
    async fn reset_behind(&self, octets: &[u8], read: usize) -> Result<(), Failure> {
        let mut socket = TcpStream::connect(self.server).await?;
        socket.write_all(octets).await?;
        let mut buf = vec![0; read];
        socket.read_exact(&mut buf).await?;
        socket.set_zero_linger()?;
        Ok(())
    }

    /// Sends octets, ends that half, and reads what comes.
    async fn raw(&self, octets: &[u8], pause: Duration) -> Result<Vec<u8>, Failure> {
        let (mut socket, mut told) = (TcpStream::connect(self.server).await?, Vec::new());
        if pause.is_zero() {
            socket.write_all(octets).await?;
        } else {
            socket.set_nodelay(true)?;
            for octet in octets {
                socket.write_all(&[*octet]).await?;
                tokio::time::sleep(pause).await;
            }
        }
        socket.shutdown().await?;
        socket.read_to_end(&mut told).await?;
        Ok(told)
    }
}

/// What busy clients do; some of it more often.
const KINDS: [&str; 17] = [
    "get",
    "get",
    "get",
    "post",
    "post",
    "post in chunks",
    "post in chunks",
    "three in a row",
    "injected: reset in the head",
    "injected: reset in the content",
    "injected: reset in the answer",
    "injected: end in the content",
    "injected: end behind the request",
    "injected: octet by octet",
    "injected: garbage",
    "injected: two lengths",
    "injected: nothing at all",
];

fn request(content: &[u8], length: usize, fields: &str) -> Vec<u8> {
    let head = format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), content].concat()
}

fn refused(told: &[u8], wanted: &[u8]) -> Result<(), Failure> {
    match told.starts_with(wanted) {
        true => Ok(()),
        false => Err(format!("{} was answered", told[..told.len().min(40)].escape_ascii()).into()),
    }
}

fn options(method: &str, content: Content) -> RequestOptions {
    RequestOptions { host: "a".into(), method: method.into(), content, ..RequestOptions::default() }
}

async fn get(http: &mut AsyncHttp<Tcp>) -> Result<(), Failure> {
    let mut request = http.make_request(options("GET", Content::None));
    http.send_request(&mut request).await?;
    let status = http.read_response(&request).await?.status;
    http.read_content().await?;
    if status == 200 { Ok(()) } else { Err(format!("status {status}").into()) }
}

async fn echo(http: &mut AsyncHttp<Tcp>, content: Content, length: usize) -> Result<(), Failure> {
    let mut request = http.make_request(options("POST", content));
    http.send_request(&mut request).await?;
    let status = http.read_response(&request).await?.status;
    let whole = http.read_content().await?.content;
    if (status, &whole) == (200, &pattern(length)) {
        Ok(())
    } else {
        Err(format!("status {status}, {} octets", whole.len()).into())
    }
}

async fn three(http: &mut AsyncHttp<Tcp>) -> Result<(), Failure> {
    let mut requests = Vec::new();
    for length in [10, 20, 30] {
        let mut request = http.make_request(options("PUT", pattern(length).into()));
        http.send_request(&mut request).await?;
        requests.push((request, length));
    }
    for (request, length) in requests {
        http.read_response(&request).await?;
        if http.read_content().await?.content != pattern(length) {
            return Err("another answer".into());
        }
    }
    Ok(())
}
