//! What a session is made of: who is trusted, and who one is.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, ServerConfig, SignatureScheme};

/// The one protocol that is spoken here (RFC 7301; RFC 9112 §12.4 registers it).
const HTTP_11: &[u8] = b"http/1.1";

/// Why there is no configuration.
#[derive(Debug)]
pub enum ConfigError {
    /// What should have been PEM is none, or has nothing of the kind in it.
    Pem(pem::Error),
    /// There is no certificate in it.
    NoCertificate,
    /// The certificate or the key cannot be used, or they do not belong together.
    Tls(rustls::Error),
    /// Neither a name nor an address.
    Name(String),
    /// The system's roots cannot be read.
    Roots(String),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::Pem(error) => write!(f, "not the PEM that is needed: {error}"),
            ConfigError::NoCertificate => f.write_str("the PEM has no certificate"),
            ConfigError::Tls(error) => write!(f, "{error}"),
            ConfigError::Name(name) => {
                write!(f, "{name:?} is neither a name nor an address that a certificate could have")
            }
            ConfigError::Roots(why) => write!(f, "whom the system trusts cannot be read: {why}"),
        }
    }
}

impl std::error::Error for ConfigError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ConfigError::Pem(error) => Some(error),
            ConfigError::Tls(error) => Some(error),
            _ => None,
        }
    }
}

impl From<pem::Error> for ConfigError {
    fn from(error: pem::Error) -> ConfigError {
        ConfigError::Pem(error)
    }
}

impl From<rustls::Error> for ConfigError {
    fn from(error: rustls::Error) -> ConfigError {
        ConfigError::Tls(error)
    }
}

/// A client that trusts these certificates, in PEM, and what they have signed; nobody else.
///
/// # Errors
/// What is wrong with the PEM.
pub fn client_config<'p>(trusted: impl IntoIterator<Item = &'p [u8]>) -> Result<Arc<ClientConfig>, ConfigError> {
    let mut roots = RootCertStore::empty();
    for pem in trusted {
        for certificate in certificates(pem)? {
            roots.add(certificate)?;
        }
    }
    client(roots)
}

/// A client that trusts whom browsers trust (feature `webpki-roots`).
///
/// # Errors
/// None that is known.
#[cfg(feature = "webpki-roots")]
pub fn client_config_of_browsers() -> Result<Arc<ClientConfig>, ConfigError> {
    client(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() })
}

/// A client that trusts whom the system trusts (feature `native-roots`).
///
/// # Errors
/// The system has no roots that could be read.
#[cfg(feature = "native-roots")]
pub fn client_config_of_the_system() -> Result<Arc<ClientConfig>, ConfigError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        let why = found.errors.first().map_or("there are none".to_owned(), ToString::to_string);
        return Err(ConfigError::Roots(why));
    }
    client(roots)
}

/// A client that trusts anybody, whatever the certificate says.
///
/// **Such a connection is secret from nobody who stands in its way**: whoever answers is taken for the server, so octets can be
/// read and changed on the way, and passwords be stolen. It is for looking at a server of one's own, never for anything that matters.
/// What a certificate signs is still verified with its key, since a handshake is broken otherwise.
///
/// # Errors
/// None that is known.
pub fn client_config_trusting_anybody() -> Result<Arc<ClientConfig>, ConfigError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let anybody = Arc::new(Anybody(provider.signature_verification_algorithms));
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = builder.dangerous().with_custom_certificate_verifier(anybody).with_no_client_auth();
    config.alpn_protocols = vec![HTTP_11.to_vec()];
    Ok(Arc::new(config))
}

/// Takes every certificate.
#[derive(Debug)]
struct Anybody(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}

fn client(roots: RootCertStore) -> Result<Arc<ClientConfig>, ConfigError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let mut config = builder.with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![HTTP_11.to_vec()];
    Ok(Arc::new(config))
}

/// A server with this chain of certificates (its own first) and its private key, both in PEM.
///
/// # Errors
/// What is wrong with them.
pub fn server_config(chain: &[u8], key: &[u8]) -> Result<Arc<ServerConfig>, ConfigError> {
    let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?.with_no_client_auth();
    let mut config = builder.with_single_cert(certificates(chain)?, PrivateKeyDer::from_pem_slice(key)?)?;
    config.alpn_protocols = vec![HTTP_11.to_vec()];
    Ok(Arc::new(config))
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let all = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>()?;
    if all.is_empty() { Err(ConfigError::NoCertificate) } else { Ok(all) }
}

/// Whom a client wants to speak to: a host as it stands in a URI, an IPv6 address in brackets.
///
/// # Errors
/// [`ConfigError::Name`].
pub fn server_name(host: &str) -> Result<ServerName<'static>, ConfigError> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    ServerName::try_from(bare.to_owned()).map_err(|_| ConfigError::Name(host.to_owned()))
}
