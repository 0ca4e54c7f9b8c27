//! `wiregauge fetch`: asks for what a URL names and gives its content, and says octet by octet what is wrong with a response that
//! breaks a rule.
//!
//! ```text
//!   arguments ─► request (what to ask, by which agent) ─► UserAgent ─► head, content ─► output (standard output, or a file)
//!                                                             └─► watching (steps, the octets that came) ─► trouble (what went wrong)
//! ```

mod head;
mod output;
mod request;
mod trouble;
mod values;
mod watching;

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use wiregauge_proto::body::BodyLength;
use wiregauge_proto::user_agent::{Answer, Uri, UserAgent};

use super::Failure;
use super::log::{self, Log};
use super::progress::Transfer;
use super::trusting::TrustArgs;
use crate::report::exit;
use output::Output;
use request::Plan;
use values::{Data, Header, ProxyAt};
use watching::Watcher;

/// Asks for what a URL names, and writes its content to standard output or a file.
///
/// Redirects are followed, with the cookies that were set on the way; content is passed on as it comes, in constant memory. A response that
/// breaks a rule of HTTP/1.1 is not believed: its octets are drawn with a caret beneath the one that is wrong, and the rule is named.
///
/// Waits: 15 s for a connection (name, proxy and TLS included), 60 s for the first octet of a response, 30 s for its whole head, 30 s for
/// the next octets of content, and for the server to take more of what is sent to it. The whole may take as long as it needs, unless
/// --timeout says how long.
///
/// For https the certificates that the system trusts are trusted. No proxy is taken from the environment.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wiregauge fetch http://localhost:8000/            the content, on standard output
  wiregauge fetch -i https://a.example/             with status-line and fields
  wiregauge fetch -o page.html https://a.example/   a file, which appears once it is whole
  wiregauge fetch -X PUT -d @a.jpg -H 'Content-Type: image/jpeg' http://localhost:8000/a
  tar c . | wiregauge fetch -d - http://localhost:8000/upload
  wiregauge fetch --cacert a.pem https://localhost:8443/

Exit codes:
    0  the response is complete
    1  it breaks a rule, is incomplete or longer than --limit, redirects without an end,
       or has a status of 400 or more and --fail is given
    2  usage, or a file that cannot be read
    3  no connection, or no answer
    5  what came could not be written
  130  stopped by SIGINT; 143 by SIGTERM")]
pub(super) struct Args {
    /// What to ask for: an http or https URL
    #[arg(value_name = "URL", value_parser = values::uri)]
    url: Uri,
    /// The method (GET, or POST with --data, if not told)
    #[arg(short = 'X', long, value_name = "METHOD", value_parser = values::method, conflicts_with = "head")]
    method: Option<String>,
    /// A field line to send; may be given several times
    #[arg(short = 'H', long, value_name = "NAME: VALUE", value_parser = values::header)]
    header: Vec<Header>,
    /// The content to send: TEXT as it is, @FILE that file with its size, - standard input, chunked. No Content-Type is guessed
    #[arg(short = 'd', long, value_name = "TEXT|@FILE|-", value_parser = values::data, allow_hyphen_values = true, conflicts_with = "head")]
    data: Option<Data>,
    /// Holds the content back until the server asks for it, or for a second (Expect: 100-continue)
    #[arg(long, requires = "data")]
    expect_continue: bool,
    /// Asks by HTTP/1.0
    #[arg(long = "http1.0")]
    http10: bool,
    /// Shows status-line and fields before the content, and trailer fields behind it; on standard output also with --output
    #[arg(short = 'i', long)]
    include: bool,
    /// Shows the interim responses (1xx) before them
    #[arg(long)]
    interim: bool,
    /// Asks by HEAD, and shows status-line and fields
    #[arg(short = 'I', long, conflicts_with = "output")]
    head: bool,
    /// Where to write the content; FILE appears, or is replaced, once the content is complete
    #[arg(short = 'o', long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Keeps what came of an incomplete content, as FILE.partial
    #[arg(long, requires = "output")]
    keep_partial: bool,
    /// Ends with 1 and writes no content where the status is 400 or more
    #[arg(short = 'f', long)]
    fail: bool,
    /// Follows no redirect: the response that asks for one is the answer
    #[arg(long, conflicts_with = "max_redirects")]
    no_follow: bool,
    /// How many redirects are followed; 0 is --no-follow
    #[arg(long, value_name = "N", default_value_t = 10)]
    max_redirects: u32,
    /// The proxy to go through: http://[USER:PASSWORD@]HOST:PORT
    #[arg(long, value_name = "URL", value_parser = values::proxy)]
    proxy: Option<ProxyAt>,
    #[command(flatten)]
    trust: TrustArgs,
    /// The local address to connect from
    #[arg(long, value_name = "IP")]
    local_address: Option<IpAddr>,
    /// How long the whole may take, in seconds
    #[arg(long, value_name = "SECONDS", value_parser = values::seconds)]
    timeout: Option<Duration>,
    /// The most octets of content that are taken: 100, 64K, 10M, 2G
    #[arg(long, value_name = "SIZE", value_parser = values::size)]
    limit: Option<u64>,
    /// Leaves content codings in place, and asks for none
    #[arg(long)]
    raw: bool,
    /// Shows connections, TLS, requests, responses and redirects, on standard error
    #[arg(short = 'v', long)]
    verbose: bool,
    /// Prints messages, or octets, as they pass, on standard error; both with a comma between them
    #[arg(long, value_name = "WHAT", value_enum, value_delimiter = ',')]
    log: Vec<Log>,
    /// Shows no progress
    #[arg(short = 'q', long)]
    quiet: bool,
}

pub(super) fn run(args: &Args) -> Result<u8, Failure> {
    log::print(&args.log);
    let content = request::content(args)?;
    let output = Output::open(args.output.as_deref(), args.keep_partial)?;
    let transfer = Transfer::new(!args.quiet && !args.head && args.log.is_empty() && output.leaves_the_terminal_free());
    let watcher = Arc::new(Watcher::new(args.verbose, &args.url, args.method().as_bytes(), transfer));
    let plan = request::plan(args, content, &watcher)?;
    let show = Show { head: args.include || args.head || args.interim, interim: args.interim, fail: args.fail };
    let outcome = watch_over(args.timeout, fetch(plan, show, watcher.clone(), output.clone()));
    watcher.transfer.over();
    match outcome? {
        Outcome::Done(told) => told,
        stopped => Err(trouble::stopped(&stopped, args.timeout, &watcher, &output)),
    }
}

impl Args {
    fn method(&self) -> &str {
        match &self.method {
            _ if self.head => "HEAD",
            Some(method) => method,
            None if self.data.is_some() => "POST",
            None => "GET",
        }
    }
}

/// What is shown beside the content, and whether a status may be a failure.
#[derive(Clone, Copy, Debug)]
struct Show {
    head: bool,
    interim: bool,
    fail: bool,
}

/// How it ended.
enum Outcome {
    /// It came to its end.
    Done(Result<u8, Failure>),
    /// It took longer than `--timeout`.
    Late,
    /// By a signal: SIGINT, or SIGTERM.
    Interrupted,
    Terminated,
}

/// Lets `work` go on in a thread of its own, which may be held up by a slow reader of standard output or a slow writer of standard
/// input; time and signals reach this one all the same.
fn watch_over(
    timeout: Option<Duration>,
    work: impl Future<Output = Result<u8, Failure>> + Send + 'static,
) -> Result<Outcome, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build();
    let (here, there) = (runtime()?, runtime()?);
    here.block_on(async {
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let (done, outcome) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            // Whoever would hear of it may have gone: nobody is left to be told then.
            let _ = done.send(there.block_on(work));
        });
        let late = async {
            match timeout {
                Some(timeout) => tokio::time::sleep(timeout).await,
                None => std::future::pending().await,
            }
        };
        Ok(tokio::select! {
            done = outcome => Outcome::Done(done.unwrap_or_else(|_| Err(trouble::ours("the thread that asks has gone")))),
            () = late => Outcome::Late,
            _ = interrupt.recv() => Outcome::Interrupted,
            _ = terminate.recv() => Outcome::Terminated,
        })
    })
}

async fn fetch(plan: Plan, show: Show, watcher: Arc<Watcher>, mut output: Output) -> Result<u8, Failure> {
    let Plan { options, ask, limits } = plan;
    let answer = UserAgent::new(options).ask(ask).await;
    let answer = answer.map_err(|error| trouble::no_answer(&error, &limits, &watcher))?;
    let response = answer.response();
    if show.head {
        head::write(response, show.interim)?;
    }
    if show.fail && response.status >= 400 {
        return Err(trouble::refused(&answer));
    }
    let size = match response.length {
        // What is decoded is longer, nobody knows by how much.
        _ if response.decoded => None,
        BodyLength::Fixed(size) => Some(size),
        BodyLength::None => Some(0),
        BodyLength::Chunked | BodyLength::UntilClose => None,
    };
    watcher.content_begins(size);
    let answer = pass_on(answer, &mut output, &watcher, &limits).await?;
    if show.head {
        head::write_trailers(answer.trailers(), output.ends_a_line())?;
    }
    output.finish()?;
    watcher.transfer.done(output.path());
    Ok(exit::CONFORMS)
}

/// Passes all content on, piece by piece, without chunked, and without content codings unless --raw.
async fn pass_on(
    mut answer: Answer,
    output: &mut Output,
    watcher: &Watcher,
    limits: &request::Bounds,
) -> Result<Answer, Failure> {
    let mut piece = Vec::new();
    loop {
        let told = answer.read_piece(&mut piece).await;
        // What came before something went wrong is passed on too.
        output.write(&piece)?;
        watcher.content_came(piece.len());
        piece.clear();
        match told {
            Ok(true) => {}
            Ok(false) => return Ok(answer),
            Err(error) => {
                output.flush()?;
                return Err(trouble::incomplete(&error, limits, watcher, output));
            }
        }
    }
}
