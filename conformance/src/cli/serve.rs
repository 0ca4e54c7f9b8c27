//! `wiregauge serve`: the embedded reference server, for as long as nobody stops it.

use std::fs;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use wiregauge_proto::origin_server::Stopped;
use wiregauge_proto::tls::server_config;

use super::{Failure, runtime};
use crate::report::exit;
use crate::serve::{Contract, Options, Server};

/// Runs the embedded reference server on 127.0.0.1 until it is stopped by SIGINT or SIGTERM.
///
/// It is what the harness is tried on first, and something known to be right to try other tools on. It is not a web server. The first
/// signal lets requests that have begun come to their end, for 5 s; a second one ends them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wiregauge serve                          a free port, which is printed
  wiregauge serve --port 8080 --contract body
  wiregauge serve --tls --save-cert a.pem  a certificate made on the spot: curl --cacert a.pem https://localhost:PORT/
  wiregauge serve --cert chain.pem --key key.pem")]
pub(super) struct Args {
    /// The port; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// What it answers: echo (all that it understood, as JSON), body (the content of the request) or static (a small page)
    #[arg(long, value_name = "CONTRACT", default_value_t = Contract::Echo)]
    contract: Contract,
    /// Secures connections by TLS, with a certificate for localhost and 127.0.0.1 that is made on the spot unless --cert names one
    #[arg(long)]
    tls: bool,
    /// The server's chain of certificates, its own first, in PEM
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// The private key of the first certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    /// Where to write the certificate that was made on the spot, so that clients can be told to trust it
    #[arg(long, value_name = "FILE", requires = "tls", conflicts_with = "cert")]
    save_cert: Option<PathBuf>,
}

/// How long requests that have begun may take to come to their end.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn run(args: &Args) -> Result<u8, Failure> {
    let tls = args.security()?;
    runtime()?.block_on(async {
        use tokio::signal::unix::{SignalKind, signal};
        let scheme = if tls.is_some() { ", TLS" } else { "" };
        let options = Options { port: args.port, contract: args.contract, tls, ..Options::default() };
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let started = Server::start(options).await;
        let server = started.map_err(|error| Failure::usage(format!("port {}: {error}", args.port)))?;
        {
            let mut out = io::stdout().lock();
            writeln!(out, "listening on {}, contract {}{scheme}", server.address(), args.contract)?;
            out.flush()?;
        }
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tokio::select! {
            stopped = server.shutdown(PATIENCE) => {
                if stopped == Stopped::CutOff {
                    eprintln!("requests that took longer than {} s were cut off", PATIENCE.as_secs());
                }
            }
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        Ok(exit::CONFORMS)
    })
}

impl Args {
    fn security(&self) -> Result<Option<Arc<rustls::ServerConfig>>, Failure> {
        let (chain, key) = match (&self.cert, &self.key) {
            (Some(cert), Some(key)) => (read(cert)?, read(key)?),
            _ if self.tls => self.made()?,
            _ => return Ok(None),
        };
        let config = server_config(&chain, &key);
        config.map(Some).map_err(|error| Failure::usage(format!("the certificate and its key: {error}")))
    }

    /// A certificate that nobody has signed but itself.
    fn made(&self) -> Result<(Vec<u8>, Vec<u8>), Failure> {
        let names = ["localhost".to_owned(), Ipv4Addr::LOCALHOST.to_string()];
        let made = rcgen::generate_simple_self_signed(names)
            .map_err(|error| Failure::usage(format!("no certificate could be made: {error}")))?;
        if let Some(path) = &self.save_cert {
            fs::write(path, made.cert.pem()).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        }
        Ok((made.cert.pem().into_bytes(), made.signing_key.serialize_pem().into_bytes()))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}
