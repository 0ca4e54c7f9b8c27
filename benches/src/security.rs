//! The one TLS configuration: rustls with ring, ALPN `http/1.1`, a certificate made at the start, and no resumption on either side.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::server::NoServerSessionStorage;
use rustls::{ClientConfig, ProtocolVersion, ServerConfig};
use wiregauge_proto::tls::{client_config, server_config, server_name};

use crate::Trouble;
use crate::message::HOST;

/// Both ends.
#[derive(Clone, Debug)]
pub struct Security {
    /// The server's.
    pub server: Arc<ServerConfig>,
    /// The client's, which trusts that server only.
    pub client: Arc<ClientConfig>,
    /// Whom the client wants to speak to.
    pub name: ServerName<'static>,
}

impl Security {
    /// With a fresh key and certificate (ECDSA, P-256).
    ///
    /// # Errors
    /// What is wrong with them, which is not expected.
    pub fn new() -> Result<Security, Trouble> {
        let made = rcgen::generate_simple_self_signed([HOST.to_owned()])?;
        let certificate = made.cert.pem();
        let mut server = (*server_config(certificate.as_bytes(), made.signing_key.serialize_pem().as_bytes())?).clone();
        server.session_storage = Arc::new(NoServerSessionStorage {});
        server.send_tls13_tickets = 0;
        let mut client = (*client_config([certificate.as_bytes()])?).clone();
        client.resumption = Resumption::disabled();
        Ok(Security { server: Arc::new(server), client: Arc::new(client), name: server_name(HOST)? })
    }
}

/// Holds a session against the one that is meant: TLS 1.3, `http/1.1`, a handshake without resumption.
///
/// # Errors
/// Where they differ.
pub fn agreed(session: &rustls::CommonState) -> Result<(), Trouble> {
    let version = session.protocol_version();
    let kind = session.handshake_kind();
    let is_full = matches!(kind, Some(rustls::HandshakeKind::Full | rustls::HandshakeKind::FullWithHelloRetryRequest));
    match session.alpn_protocol() {
        Some(b"http/1.1") if version == Some(ProtocolVersion::TLSv1_3) && is_full => Ok(()),
        protocol => {
            Err(format!("another session than the one that is meant: {version:?}, {protocol:?}, {kind:?}").into())
        }
    }
}
