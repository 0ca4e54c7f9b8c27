//! `wiregauge fetch`: asks for one URI, strictly, and says what is wrong with the answer if something is.

mod output;
mod say;
mod trust;

use std::fs::File;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use wiregauge_proto::coding::Settings;
use wiregauge_proto::driver::{self, Content};
use wiregauge_proto::user_agent::{Answer, Ask, Options, Proxy, Uri, UserAgent};

use super::{Failure, runtime};
use crate::report::exit;
use output::Output;
use say::Told;

/// Asks for a URI over HTTP/1.1 and writes the content of the answer to standard output or to a file.
///
/// The answer is read as strictly as RFC 9112 allows: content that is cut off, or a message that breaks a rule, is an error that names
/// the rule and the octet, never half a success. Redirects are followed, cookies are kept on the way, content codings are undone.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wiregauge fetch http://127.0.0.1:8080/
  wiregauge fetch -i -H 'Accept: text/plain' http://127.0.0.1:8080/
  wiregauge fetch -o big.iso https://example.com/big.iso
  wiregauge fetch -X PUT -d @file.bin http://127.0.0.1:8080/x
  wiregauge fetch --cacert ca.pem https://localhost:8443/

Exit codes:
    0  the answer is complete (whatever its status, unless --fail)
    1  the answer is broken, incomplete or too late; with --fail, its status is 400 or more
    2  usage, or a file that cannot be read or written
    3  no connection, no TLS session, no tunnel
  130  stopped by Ctrl-C; what was written of FILE is removed")]
pub(super) struct Args {
    /// An http or https URI
    uri: Uri,
    /// The method; GET, or POST with --data
    #[arg(short = 'X', long, value_name = "METHOD", conflicts_with = "head")]
    method: Option<String>,
    /// Asks by HEAD
    #[arg(short = 'I', long)]
    head: bool,
    /// A field line to send, `Name: value`; may be repeated
    #[arg(short = 'H', long, value_name = "FIELD", value_parser = field)]
    header: Vec<(String, String)>,
    /// The content to send: TEXT, @FILE, or - for standard input (which is sent chunked). No Content-Type is made up
    #[arg(short, long, value_name = "DATA", conflicts_with = "head")]
    data: Option<String>,
    /// Shows the head of the answer, interim responses before it and trailers behind it, as they were received
    #[arg(short, long)]
    include: bool,
    /// Where to write the content; the file is there when it is complete, and not before
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Keeps what has come of an incomplete content as FILE.part
    #[arg(long, requires = "output")]
    keep_partial: bool,
    /// Shows the content as it came, without undoing content codings
    #[arg(long)]
    raw: bool,
    /// Fails where the status is 400 or more
    #[arg(short, long)]
    fail: bool,
    /// How many redirects are followed
    #[arg(long, value_name = "N", default_value_t = 10)]
    max_redirects: u32,
    /// Follows no redirect
    #[arg(long, conflicts_with = "max_redirects")]
    no_follow: bool,
    /// The proxy to go through: http://[USER:PASSWORD@]HOST:PORT
    #[arg(long, value_name = "URI", value_parser = trust::proxy)]
    proxy: Option<Proxy>,
    /// Who is trusted with https URIs, in PEM; the system's roots unless given
    #[arg(long, value_name = "FILE")]
    cacert: Option<PathBuf>,
    /// Trusts anybody: nobody knows then who answers
    #[arg(long, conflicts_with = "cacert")]
    insecure: bool,
    /// The local address to connect from
    #[arg(long, value_name = "IP")]
    local_address: Option<IpAddr>,
    /// How long it may take in all, in seconds; each step has a limit of its own besides
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    timeout: Option<u64>,
    /// The most octets of content that are taken
    #[arg(long, value_name = "OCTETS")]
    limit: Option<u64>,
    /// Says on standard error what happens
    #[arg(short, long)]
    verbose: bool,
    /// Shows no progress
    #[arg(short, long)]
    quiet: bool,
}

pub(super) fn run(args: &Args) -> Result<u8, Failure> {
    let options = args.options()?;
    let ask = args.ask()?;
    let mut output = Output::new(args)?;
    let runtime = runtime()?;
    // In a task of its own: a reader of standard input may hold this one up.
    runtime.spawn(stopped(output.temporary()));
    let code = runtime.block_on(async {
        match args.timeout.map(Duration::from_secs) {
            None => fetch(args, options, ask, &mut output).await,
            Some(limit) => match tokio::time::timeout(limit, fetch(args, options, ask, &mut output)).await {
                Ok(fetched) => fetched,
                Err(_) => Err(say::failed(format!("the answer was not complete after {} s", limit.as_secs()))),
            },
        }
    });
    // A reader of standard input may still wait: nobody waits for it.
    runtime.shutdown_background();
    output.end(code)
}

/// Ctrl-C: nothing is left of what was not complete.
async fn stopped(temporary: Option<PathBuf>) {
    if tokio::signal::ctrl_c().await.is_ok() {
        if let Some(path) = temporary {
            let _ = std::fs::remove_file(path);
        }
        eprintln!("wiregauge: stopped");
        std::process::exit(i32::from(exit::INTERRUPTED));
    }
}

async fn fetch(args: &Args, options: Options, ask: Ask, output: &mut Output) -> Result<u8, Failure> {
    let told = Told::new(args.verbose);
    told.say(|| format!("{} {}", ask.method.escape_ascii(), ask.uri));
    let mut answer = UserAgent::new(options).ask(ask).await.map_err(|error| say::no_answer(&error))?;
    told.answer(&answer);
    if args.include {
        output.head(&say::head(answer.response()))?;
    }
    content(args, &mut answer, output).await?;
    if args.include && !answer.trailers().is_empty() {
        output.head(&say::fields(answer.trailers()))?;
    }
    let status = answer.response().status;
    match args.fail && status >= 400 {
        true => Err(say::failed(format!("the status is {status}"))),
        false => Ok(exit::CONFORMS),
    }
}

async fn content(args: &Args, answer: &mut Answer, output: &mut Output) -> Result<(), Failure> {
    output.expects(answer);
    let mut piece = Vec::new();
    loop {
        piece.clear();
        let more = answer.read_piece(&mut piece).await;
        output.content(&piece)?;
        if args.limit.is_some_and(|limit| output.written() > limit) {
            return Err(say::failed(format!("the content is longer than --limit {}", args.limit.unwrap_or_default())));
        }
        match more {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => return Err(say::incomplete(&error, output.written())),
        }
    }
}

impl Args {
    fn options(&self) -> Result<Options, Failure> {
        let codings = (!self.raw).then(|| Settings { encode: false, ..Settings::default() });
        Ok(Options {
            http: driver::Options { codings, ..driver::Options::default() },
            redirects: if self.no_follow { 0 } else { self.max_redirects },
            cookies: true,
            local_address: self.local_address,
            trusts: trust::config(self.cacert.as_deref(), self.insecure, &self.uri)?,
            proxy: self.proxy.clone(),
            name: Some(concat!("wiregauge/", env!("CARGO_PKG_VERSION")).to_owned()),
            ..Options::default()
        })
    }

    fn ask(&self) -> Result<Ask, Failure> {
        let content = match self.data.as_deref() {
            None => Content::None,
            Some("-") => Content::Reader { reader: Box::new(std::io::stdin()), size: None },
            Some(text) => match text.strip_prefix('@') {
                None => Content::Octets(text.into()),
                Some(path) => {
                    let path = PathBuf::from(path);
                    let told = |error| Failure::file(&path, error);
                    let file = File::open(&path).map_err(told)?;
                    let kind = file.metadata().map_err(told)?;
                    if kind.is_dir() {
                        return Err(Failure::file(&path, "it is a folder"));
                    }
                    // What is no file has no size that could be told beforehand.
                    let size = kind.is_file().then_some(kind.len());
                    Content::Reader { reader: Box::new(file), size }
                }
            },
        };
        let method = match (&self.method, self.head, &content) {
            (Some(method), ..) => method.as_str(),
            (None, true, _) => "HEAD",
            (None, false, Content::None) => "GET",
            (None, false, _) => "POST",
        };
        let mut ask = Ask::with(method, self.uri.clone(), Content::None).content(content);
        for (name, value) in &self.header {
            ask = ask.field(name.as_str(), value.as_str());
        }
        Ok(ask)
    }
}

/// A field line of the command line.
fn field(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("a field line is written `Name: value`")?;
    let value = value.trim_matches([' ', '\t']);
    if name.is_empty() || !name.bytes().all(wiregauge_proto::octet::is_token) {
        return Err(format!("`{name}` is no field name: letters, digits and !#$%&'*+-.^_`|~ only"));
    }
    if value.bytes().any(|octet| octet < b' ' && octet != b'\t' || octet == 0x7f) {
        return Err("the value has a control character".to_owned());
    }
    const OURS: [&str; 6] = ["connection", "content-length", "expect", "host", "transfer-encoding", "upgrade"];
    if OURS.iter().any(|ours| name.eq_ignore_ascii_case(ours)) {
        return Err(format!("{name} is written by the connection itself"));
    }
    Ok((name.to_owned(), value.to_owned()))
}
