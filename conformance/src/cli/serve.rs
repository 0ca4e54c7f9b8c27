//! `wiregauge serve`: the embedded reference server, for as long as nobody stops it.

use std::io::{self, Write};

use super::{Failure, runtime};
use crate::report::exit;
use crate::serve::{Contract, Options, Server};

/// Runs the embedded reference server on 127.0.0.1 until it is stopped by SIGINT or SIGTERM.
///
/// It is what the harness is tried on first, and something known to be right to try other tools on. It is not a web server.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wiregauge serve                          a free port, which is printed
  wiregauge serve --port 8080 --contract body")]
pub(super) struct Args {
    /// The port; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// What it answers: echo (all that it understood, as JSON), body (the content of the request) or static (a small page)
    #[arg(long, value_name = "CONTRACT", default_value_t = Contract::Echo)]
    contract: Contract,
}

pub(super) fn run(args: &Args) -> Result<u8, Failure> {
    runtime()?.block_on(async {
        use tokio::signal::unix::{SignalKind, signal};
        let options = Options { port: args.port, contract: args.contract, ..Options::default() };
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let started = Server::start(options).await;
        let server = started.map_err(|error| Failure::usage(format!("port {}: {error}", args.port)))?;
        {
            let mut out = io::stdout().lock();
            writeln!(out, "listening on {}, contract {}", server.address(), args.contract)?;
            out.flush()?;
        }
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        server.shutdown().await;
        Ok(exit::CONFORMS)
    })
}
