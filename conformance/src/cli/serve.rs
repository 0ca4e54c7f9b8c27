//! `wiregauge serve`: the embedded reference server, for as long as nobody stops it.

use std::fs;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use wiregauge_proto::origin_server::Stopped;
use wiregauge_proto::tls::{client_config, client_config_of_the_system, server_config};
use wiregauge_proto::user_agent::{Scheme, Uri};

use super::log::{self, Log};
use super::{Failure, runtime};
use crate::report::exit;
use crate::serve::{Contract, Intermediary, Options, Server};

/// Runs the embedded reference server, or gateway, on 127.0.0.1 until it is stopped by SIGINT or SIGTERM.
///
/// It is what the harness is tried on first, and something known to be right to try other tools on. It is not a web server. The first
/// signal lets requests that have begun come to their end, for 5 s; a second one ends them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wiregauge serve                          a free port, which is printed
  wiregauge serve --port 8080 --contract body
  wiregauge serve --tls --save-cert a.pem  a certificate made on the spot: curl --cacert a.pem https://localhost:PORT/
  wiregauge serve --cert chain.pem --key key.pem
  wiregauge serve --proxy http://127.0.0.1:8080   a gateway in front of that origin
  wiregauge serve --forward                a proxy: curl --proxy http://127.0.0.1:PORT http://example.com/")]
pub(super) struct Args {
    /// The port; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// What it answers: echo (all that it understood, as JSON), body (the content of the request) or static (a small page)
    #[arg(long, value_name = "CONTRACT", default_value_t = Contract::Echo)]
    contract: Contract,
    /// How many connections are open at once; further ones wait until one is closed
    #[arg(long, value_name = "COUNT", default_value_t = Options::default().connections as u32, value_parser = clap::value_parser!(u32).range(1..))]
    connections: u32,
    /// A gateway (reverse proxy) in front of this origin, in place of answers of its own
    #[arg(long, value_name = "ORIGIN", conflicts_with = "contract")]
    proxy: Option<Uri>,
    /// A proxy, which clients tell whom to ask; tunnels lead to port 443 unless --tunnel-port names others
    #[arg(long, conflicts_with_all = ["contract", "proxy"])]
    forward: bool,
    /// A port that --forward opens tunnels to; may be repeated
    #[arg(long, value_name = "PORT", requires = "forward")]
    tunnel_port: Vec<u16>,
    /// Who is trusted with https origins, in PEM; the system's roots unless given
    #[arg(long, value_name = "FILE")]
    cacert: Option<PathBuf>,
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
    /// Prints messages, or octets, as they pass, on standard error; both with a comma between them
    #[arg(long, value_name = "WHAT", value_enum, value_delimiter = ',')]
    log: Vec<Log>,
}

/// How long requests that have begun may take to come to their end.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn run(args: &Args) -> Result<u8, Failure> {
    log::print(&args.log);
    let tls = args.security()?;
    let intermediary = args.intermediary()?;
    runtime()?.block_on(async {
        use tokio::signal::unix::{SignalKind, signal};
        let scheme = if tls.is_some() { ", TLS" } else { "" };
        let role = match (&intermediary, &args.proxy) {
            (None, _) => format!("contract {}", args.contract),
            (Some(_), Some(origin)) => format!("a gateway to {}", origin.origin()),
            (Some(_), None) => "a proxy".to_owned(),
        };
        let options = Options {
            port: args.port,
            contract: args.contract,
            connections: args.connections as usize,
            intermediary,
            tls,
            ..Options::default()
        };
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let started = Server::start(options).await;
        let server = started.map_err(|error| Failure::usage(format!("port {}: {error}", args.port)))?;
        {
            let mut out = io::stdout().lock();
            writeln!(out, "listening on {}, {role}{scheme}", server.address())?;
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
    fn intermediary(&self) -> Result<Option<Intermediary>, Failure> {
        if self.proxy.is_none() && !self.forward {
            return match self.cacert {
                Some(_) => Err(Failure::usage("--cacert is for origins that are asked: it needs --proxy or --forward")),
                None => Ok(None),
            };
        }
        let trusts = match (&self.cacert, &self.proxy) {
            (Some(path), _) => {
                let config = client_config([read(path)?.as_slice()]);
                Some(config.map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?)
            }
            (None, Some(origin)) if origin.origin().scheme == Scheme::Http => None,
            // Without roots, https origins are refused, and others asked.
            (None, Some(_)) => {
                let config = client_config_of_the_system();
                Some(config.map_err(|error| Failure::usage(format!("{error}; name some with --cacert")))?)
            }
            (None, None) => client_config_of_the_system().ok(),
        };
        let tunnel_ports = if self.tunnel_port.is_empty() { vec![443] } else { self.tunnel_port.clone() };
        Ok(Some(Intermediary { origin: self.proxy.clone(), trusts, tunnel_ports }))
    }

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
