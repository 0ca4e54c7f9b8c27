//! Who asks: a connection that one request after another goes out on.

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use wiregauge_proto::driver::message::OwnedField;
use wiregauge_proto::driver::{AsyncHttp, Options, RequestOptions};
use wiregauge_proto::tls::{Channel, Tls};
use wiregauge_proto::transport::tokio::Tcp;

use crate::message::{self, FIELDS, Got, TARGET, answer_octets, request_octets};
use crate::security::{Security, agreed};
use crate::server::{Server, Stream};
use crate::{Side, Trouble};

/// A connection, and what it asks for.
pub struct Client(Asks);

/// What is cloned for each request was made once, as a program would that asks often.
enum Asks {
    Ours {
        http: Box<AsyncHttp<Channel<Tcp>>>,
        fields: Vec<OwnedField>,
    },
    Hyper {
        sender: SendRequest<Empty<Bytes>>,
        /// The task of the connection, which ends when the sender is dropped.
        connection: JoinHandle<hyper::Result<()>>,
        fields: HeaderMap,
    },
    Octets {
        stream: Box<dyn Stream>,
        request: Vec<u8>,
        /// Room for what comes, which has exactly the size of an answer.
        answer: Vec<u8>,
    },
}

impl Client {
    /// Connects, and shakes hands where that is called for.
    ///
    /// # Errors
    /// Nobody there, or another TLS session than the one that is meant.
    pub async fn connect(side: Side, server: &Server, security: Option<&Security>) -> Result<Client, Trouble> {
        let socket = TcpStream::connect(server.address).await?;
        socket.set_nodelay(true)?;
        if side == Side::Ours {
            return ours(socket, security).await;
        }
        match security {
            None => theirs(side, socket, server.length).await,
            Some(security) => {
                let connector = TlsConnector::from(security.client.clone());
                let stream = connector.connect(security.name.clone(), socket).await?;
                agreed(stream.get_ref().1)?;
                theirs(side, stream, server.length).await
            }
        }
    }

    /// Asks once, and reads the answer with the whole of its content into one piece of memory.
    ///
    /// # Errors
    /// The connection is of no further use then.
    pub async fn get(&mut self) -> Result<Got, Trouble> {
        match &mut self.0 {
            Asks::Ours { http, fields } => {
                let mut request = http.make_request(RequestOptions {
                    host: message::HOST.into(),
                    target: TARGET.into(),
                    fields: fields.clone(),
                    ..RequestOptions::default()
                });
                http.send_request(&mut request).await?;
                let response = http.read_response(&request).await?;
                let length = http.read_content().await?.content.len();
                Ok(Got { status: response.status, fields: response.fields.len(), length })
            }
            Asks::Hyper { sender, fields, .. } => {
                let mut request = hyper::Request::new(Empty::new());
                *request.uri_mut() = hyper::Uri::from_static(TARGET);
                *request.headers_mut() = fields.clone();
                // The connection may still be putting the exchange before this one away.
                sender.ready().await?;
                let (head, content) = sender.send_request(request).await?.into_parts();
                let length = content.collect().await?.to_bytes().len();
                Ok(Got { status: head.status.as_u16(), fields: head.headers.len(), length })
            }
            Asks::Octets { stream, request, answer } => {
                stream.write_all(request).await?;
                stream.read_exact(answer).await?;
                let length = answer.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |at| answer.len() - at - 4);
                Ok(Got { status: 200, fields: 3, length })
            }
        }
    }

    /// Closes the connection. Ours waits until the server has closed as well; the others do not.
    ///
    /// # Errors
    /// What the socket reports.
    pub async fn close(self) -> Result<(), Trouble> {
        match self.0 {
            Asks::Ours { mut http, .. } => http.close().await?,
            Asks::Hyper { sender, connection, .. } => {
                drop(sender);
                connection.await??;
            }
            Asks::Octets { mut stream, .. } => stream.shutdown().await?,
        }
        Ok(())
    }
}

async fn ours(socket: TcpStream, security: Option<&Security>) -> Result<Client, Trouble> {
    let tcp = Tcp::new(socket)?;
    let channel = match security {
        None => Channel::Plain(tcp),
        Some(security) => {
            let mut tls = Tls::client(tcp, security.client.clone(), security.name.clone())?;
            tls.handshake(None).await?;
            agreed(tls.session())?;
            Channel::Secured(Box::new(tls))
        }
    };
    let options = Options { https: channel.is_secured(), ..Options::default() };
    let fields = FIELDS.map(|(name, value)| (name.into(), value.into())).to_vec();
    Ok(Client(Asks::Ours { http: Box::new(AsyncHttp::new(channel, options)), fields }))
}

async fn theirs(side: Side, stream: impl Stream, length: usize) -> Result<Client, Trouble> {
    if side == Side::Octets {
        let answer = vec![0; answer_octets(length).len()];
        return Ok(Client(Asks::Octets { stream: Box::new(stream), request: request_octets(), answer }));
    }
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let mut fields = HeaderMap::new();
    fields.insert(HOST, HeaderValue::from_static(message::HOST));
    for (name, value) in FIELDS {
        fields.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    Ok(Client(Asks::Hyper { sender, connection, fields }))
}
