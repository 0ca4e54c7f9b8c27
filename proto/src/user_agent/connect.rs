//! How a connection comes about: name, address, proxy, TLS.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpSocket, TcpStream, lookup_host};

use super::pool::Connection;
use super::uri::{Origin, Scheme, Uri};
use super::watch::{Step, Teller, untee};
use super::{AskError, Options, Proxy};
use crate::driver::{AsyncHttp, RequestOptions};
use crate::tls::{Channel, Tls, server_name};
use crate::transport::AsyncTransport;
use crate::transport::tokio::Tcp;

/// Where a connection leads to, as far as it matters for using it again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Route {
    /// To the origin itself.
    Direct(Origin),
    /// To the proxy, which is asked for whole URIs.
    Proxy,
    /// Through the proxy to the origin.
    Tunnel(Origin),
}

impl Route {
    pub(super) fn new(uri: &Uri, options: &Options) -> Route {
        match (&options.proxy, uri.origin().scheme) {
            (None, _) => Route::Direct(uri.origin().clone()),
            (Some(_), Scheme::Http) => Route::Proxy,
            (Some(_), Scheme::Https) => Route::Tunnel(uri.origin().clone()),
        }
    }
}

/// A fresh connection, and who tells of it.
pub(super) async fn connect(route: &Route, options: &Options) -> Result<(Connection, Teller), AskError> {
    let teller = Teller::of_a_fresh_one(options.watch.as_ref());
    match tokio::time::timeout(options.connect, connect_to(route, options, &teller)).await {
        Ok(connected) => connected.map(|http| (http, teller)),
        Err(_) => Err(AskError::ConnectLate),
    }
}

async fn connect_to(route: &Route, options: &Options, teller: &Teller) -> Result<Connection, AskError> {
    let (channel, leads_to) = match (route, &options.proxy) {
        (Route::Direct(origin), _) => {
            let tcp = dial(&origin.host, origin.port, options, teller).await?;
            (secure(tcp, origin, options, teller).await?, (origin.host.as_str(), origin.port))
        }
        (Route::Proxy, Some(proxy)) => {
            let tcp = dial(&proxy.host, proxy.port, options, teller).await?;
            (Channel::Plain(tcp), (proxy.host.as_str(), proxy.port))
        }
        (Route::Tunnel(origin), Some(proxy)) => {
            let tcp = dial(&proxy.host, proxy.port, options, teller).await?;
            let tcp = tunnel(tcp, origin, proxy, options, teller).await?;
            (secure(tcp, origin, options, teller).await?, (origin.host.as_str(), origin.port))
        }
        (_, None) => return Err(AskError::Connect(io::ErrorKind::NotFound.into())),
    };
    let mut http = options.http.clone();
    http.https = channel.is_secured();
    // The agent writes the port into Host itself.
    http.port = None;
    Ok(AsyncHttp::new(teller.tee(channel, leads_to), http))
}

pub(super) async fn dial(host: &str, port: u16, options: &Options, teller: &Teller) -> Result<Tcp, AskError> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let mut last = io::Error::new(io::ErrorKind::NotFound, format!("{host} has no address"));
    for address in lookup_host((bare, port)).await.map_err(AskError::Connect)? {
        teller.tell(Step::Dials(address));
        match dial_address(address, options).await {
            Ok(stream) => {
                teller.tell(Step::Connected(address));
                return Tcp::new(stream).map_err(AskError::Connect);
            }
            Err(error) => {
                teller.tell(Step::Failed(address, &error));
                last = error;
            }
        }
    }
    Err(AskError::Connect(last))
}

async fn dial_address(address: SocketAddr, options: &Options) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Some(local) = options.local_address {
        socket.bind(SocketAddr::new(local, 0))?;
    }
    socket.connect(address).await
}

/// Asks the proxy for a tunnel (RFC 9110 §9.3.6).
async fn tunnel(tcp: Tcp, origin: &Origin, proxy: &Proxy, options: &Options, teller: &Teller) -> Result<Tcp, AskError> {
    let authority = format!("{}:{}", origin.host, origin.port);
    teller.tell(Step::Tunnels(&authority));
    let authority = authority.into_bytes();
    let tcp = teller.tee(tcp, (&proxy.host, proxy.port));
    let mut http = AsyncHttp::new(tcp, crate::driver::Options { port: None, ..options.http.clone() });
    let authorization = proxy.authorization.clone().map(|value| (b"Proxy-Authorization".to_vec(), value));
    let mut request = http.make_request(RequestOptions {
        host: authority.clone(),
        method: b"CONNECT".to_vec(),
        target: authority,
        fields: authorization.into_iter().collect(),
        ..RequestOptions::default()
    });
    http.send_request(&mut request).await?;
    let response = http.read_response(&request).await?;
    teller.tell(Step::Answered(&response));
    if !response.switched {
        return Err(AskError::Proxy(response.status));
    }
    match http.into_parts() {
        (record, octets) if octets.is_empty() => Ok(untee(record)),
        // A client speaks first in TLS.
        _ => Err(AskError::Tls(crate::transport::TransportError::Other(io::ErrorKind::InvalidData.into()))),
    }
}

async fn secure(tcp: Tcp, origin: &Origin, options: &Options, teller: &Teller) -> Result<Channel<Tcp>, AskError> {
    if origin.scheme == Scheme::Http {
        return Ok(Channel::Plain(tcp));
    }
    let Some(trusts) = options.trusts.clone() else { return Err(AskError::NobodyTrusted) };
    let name = server_name(&origin.host).map_err(AskError::Name)?;
    let mut tls = Tls::client(tcp, trusts, name).map_err(AskError::Tls)?;
    let by = tls.now().checked_add(options.connect);
    tls.handshake(by).await.map_err(AskError::Tls)?;
    teller.tell(Step::Secured(tls.session()));
    Ok(Channel::Secured(Box::new(tls)))
}
