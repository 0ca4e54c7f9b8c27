//! Whom to trust, and through whom to go.

use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use wiregauge_proto::tls::{client_config, client_config_of_the_system};
use wiregauge_proto::user_agent::{Proxy, Scheme, Uri};

use super::Failure;

pub(super) fn config(cacert: Option<&Path>, insecure: bool, uri: &Uri) -> Result<Option<Arc<ClientConfig>>, Failure> {
    if insecure {
        return anybody().map(Some);
    }
    if let Some(path) = cacert {
        let pem = std::fs::read(path).map_err(|error| Failure::file(path, error))?;
        return client_config([pem.as_slice()]).map(Some).map_err(|error| Failure::file(path, error));
    }
    match (client_config_of_the_system(), uri.origin().scheme) {
        (Ok(config), _) => Ok(Some(config)),
        // A redirect may still lead to an https URI, and is an error then.
        (Err(_), Scheme::Http) => Ok(None),
        (Err(error), Scheme::Https) => Err(Failure::usage(format!("{error}; name some roots with --cacert"))),
    }
}

fn anybody() -> Result<Arc<ClientConfig>, Failure> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(Anybody(provider.clone()));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::usage(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Takes any certificate; that the peer has its key is still checked.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// The proxy of the command line.
pub(super) fn proxy(text: &str) -> Result<Proxy, String> {
    let rest = text.strip_prefix("http://").ok_or("a proxy is written http://[USER:PASSWORD@]HOST:PORT")?;
    let (user, authority) = match rest.rsplit_once('@') {
        Some((user, authority)) => (Some(user), authority),
        None => (None, rest),
    };
    let uri = Uri::parse(&format!("http://{authority}")).map_err(|error| error.to_string())?;
    let authorization = user.map(|user| format!("Basic {}", STANDARD.encode(user)).into_bytes());
    Ok(Proxy { host: uri.origin().host.clone(), port: uri.origin().port, authorization })
}
