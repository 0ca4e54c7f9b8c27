//! Who answers: a server on a free port of 127.0.0.1, in the background of the runtime, with the same answer to every request.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use wiregauge_proto::driver::ResponseOptions;
use wiregauge_proto::origin_server::{Exchange, Handler, HandlerError, Listener, Options, OriginServer};

use crate::message::{self, answer_octets, content, request_octets};
use crate::{Side, Trouble};

/// A server that is running. Dropped, it stops at once.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// How many octets of content its answers have.
    pub length: usize,
    running: Running,
}

#[derive(Debug)]
enum Running {
    Ours(OriginServer),
    /// The task that accepts, with those of its connections.
    Tasks(JoinSet<()>),
}

/// How long a server is given to come to its end.
const PATIENCE: Duration = Duration::from_secs(1);

impl Server {
    /// Listens, and answers with content of that `length`; over TLS where there is a configuration for it.
    ///
    /// # Errors
    /// No free port.
    pub async fn start(side: Side, tls: Option<Arc<ServerConfig>>, length: usize) -> Result<Server, Trouble> {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        if side == Side::Ours {
            let listener = match tls {
                None => Listener::plain(free),
                Some(config) => Listener::secured(free, config),
            };
            let handler = Answers { content: content(length) };
            let server = OriginServer::start(vec![listener], Options::default(), handler).await?;
            let address = *server.addresses().first().ok_or("it listens nowhere")?;
            return Ok(Server { address, length, running: Running::Ours(server) });
        }
        let listener = TcpListener::bind(free).await?;
        let address = listener.local_addr()?;
        let mut tasks = JoinSet::new();
        match side {
            Side::Ours | Side::Hyper => {
                let content = Bytes::from(content(length));
                tasks.spawn(accept(listener, tls, move |stream| hyper_serves(stream, content.clone())));
            }
            Side::Octets => {
                let (request, answer) = (request_octets().len(), Bytes::from(answer_octets(length)));
                tasks.spawn(accept(listener, tls, move |stream| octets_pass(stream, request, answer.clone())));
            }
        }
        Ok(Server { address, length, running: Running::Tasks(tasks) })
    }

    /// Stops, with all of its connections.
    pub async fn stop(self) {
        match self.running {
            Running::Ours(server) => {
                server.stop(PATIENCE).await;
            }
            Running::Tasks(mut tasks) => tasks.shutdown().await,
        }
    }
}

/// Ours. The content is copied for each answer: the driver takes what it sends as its own.
struct Answers {
    content: Vec<u8>,
}

impl Handler for Answers {
    async fn handle(&self, exchange: &mut Exchange<'_>) -> Result<(), HandlerError> {
        let answer = ResponseOptions {
            content_type: Some(message::CONTENT_TYPE.into()),
            content: self.content.clone().into(),
            ..ResponseOptions::default()
        };
        exchange.respond(answer).await
    }
}

/// Any octets both ways.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Stream for S {}

/// hyper's. Its content is shared by all answers.
async fn hyper_serves(stream: Box<dyn Stream>, content: Bytes) {
    let answer = service_fn(move |_| {
        let mut response = hyper::Response::new(Full::new(content.clone()));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(message::CONTENT_TYPE));
        async { Ok::<_, Infallible>(response) }
    });
    // A client that has gone ends it, whichever way it went.
    let _ = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), answer).await;
}

async fn octets_pass(mut stream: Box<dyn Stream>, request: usize, answer: Bytes) {
    let mut room = vec![0; request];
    while stream.read_exact(&mut room).await.is_ok() && stream.write_all(&answer).await.is_ok() {}
    // As above.
    let _ = stream.shutdown().await;
}

/// Accepts until it is aborted, which ends the connections as well.
async fn accept<S, F>(listener: TcpListener, tls: Option<Arc<ServerConfig>>, serve: S)
where
    S: Fn(Box<dyn Stream>) -> F + Clone + Send + 'static,
    F: Future<Output = ()> + Send,
{
    let acceptor = tls.map(TlsAcceptor::from);
    let mut connections = JoinSet::new();
    while let Ok((socket, _)) = listener.accept().await {
        let (acceptor, serve) = (acceptor.clone(), serve.clone());
        connections.spawn(async move {
            // A socket that cannot be set up is one whose client is gone; the client tells of a handshake that failed.
            let stream: io::Result<Box<dyn Stream>> = async {
                socket.set_nodelay(true)?;
                Ok(match acceptor {
                    None => Box::new(socket) as Box<dyn Stream>,
                    Some(acceptor) => Box::new(acceptor.accept(socket).await?),
                })
            }
            .await;
            if let Ok(stream) = stream {
                serve(stream).await;
            }
        });
        while connections.try_join_next().is_some() {}
    }
}
