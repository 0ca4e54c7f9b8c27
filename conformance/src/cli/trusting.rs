//! Whom commands trust that speak TLS.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::ClientConfig;
use wiregauge_proto::tls::{client_config, client_config_of_the_system, client_config_trusting_anybody};

use super::Failure;

/// Whom to trust.
#[derive(Debug, clap::Args)]
pub(super) struct TrustArgs {
    /// The certificates to trust, in PEM, in place of the system's
    #[arg(long, value_name = "FILE")]
    pub(super) cacert: Option<PathBuf>,
    /// Trusts any certificate. Whoever stands in the way can read and change everything
    #[arg(long, conflicts_with = "cacert")]
    pub(super) insecure: bool,
}

impl TrustArgs {
    /// Who is trusted; or why nobody is, which matters only once something is asked for over TLS.
    pub(super) fn trusts(&self) -> Result<Result<Arc<ClientConfig>, String>, Failure> {
        if self.insecure {
            return Ok(client_config_trusting_anybody().map_err(|error| error.to_string()));
        }
        let Some(path) = &self.cacert else {
            return Ok(client_config_of_the_system().map_err(|error| error.to_string()));
        };
        let pem = fs::read(path).map_err(|error| Failure::file(path, error))?;
        client_config([pem.as_slice()]).map(Ok).map_err(|error| Failure::file(path, error))
    }

    /// Whether anything was said of it.
    pub(super) fn is_given(&self) -> bool {
        self.insecure || self.cacert.is_some()
    }
}
