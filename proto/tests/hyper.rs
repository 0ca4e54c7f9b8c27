//! Our client with a server that is hyper's, and hyper's client with our server; plain and over TLS.

use std::convert::Infallible;
use std::future::Future;
use std::io::Read;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{HeaderMap, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use wiregauge_proto::coding::Settings;
use wiregauge_proto::driver::{Content, ResponseOptions};
use wiregauge_proto::origin_server::{self, Exchange, Handler, HandlerError, Listener, OriginServer};
use wiregauge_proto::representation::{Representation, Validators};
use wiregauge_proto::tls::{client_config, server_config, server_name};
use wiregauge_proto::user_agent::{Ask, Options, UserAgent};

/// Enough not to fit into any buffer on the way.
const LARGE: u64 = 32 << 20;

fn octets(count: usize) -> Vec<u8> {
    (0..count).map(|number| (number % 251) as u8).collect()
}

fn configs() -> (Arc<ClientConfig>, Arc<ServerConfig>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let pem = made.cert.pem();
    let server = server_config(pem.as_bytes(), made.signing_key.serialize_pem().as_bytes()).unwrap();
    (client_config([pem.as_bytes()]).unwrap(), server)
}

type Body = BoxBody<Bytes, Infallible>;

fn whole(octets: impl Into<Bytes>) -> Body {
    Full::new(octets.into()).boxed()
}

/// Content of unknown length, in pieces of 10,000 octets, with a trailer field.
fn pieces(octets: &[u8]) -> Body {
    let mut frames: Vec<_> = octets.chunks(10_000).map(|piece| Frame::data(Bytes::copy_from_slice(piece))).collect();
    let mut trailers = HeaderMap::new();
    trailers.insert("note", HeaderValue::from_static("the end"));
    frames.push(Frame::trailers(trailers));
    Frames(frames.into_iter()).boxed()
}

struct Frames(std::vec::IntoIter<Frame<Bytes>>);

impl hyper::body::Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        std::task::Poll::Ready(self.0.next().map(Ok))
    }
}

/// hyper's server: echoes content, counts uploads, streams downloads.
async fn hyper_answers(
    request: hyper::Request<Incoming>,
    connection: u64,
) -> Result<hyper::Response<Body>, hyper::Error> {
    let answer = |body| hyper::Response::new(body);
    Ok(match request.uri().path() {
        "/echo" => answer(whole(request.into_body().collect().await?.to_bytes())),
        "/count" => {
            let (mut count, mut body) = (0, request.into_body());
            while let Some(frame) = body.frame().await {
                count += frame?.data_ref().map_or(0, Bytes::len);
            }
            answer(whole(count.to_string()))
        }
        "/large" => answer(pieces(&octets(LARGE as usize))),
        "/trailers" => {
            let mut response = answer(pieces(b"in pieces"));
            response.headers_mut().insert("trailer", HeaderValue::from_static("note"));
            response
        }
        "/connection" => answer(whole(connection.to_string())),
        _ => hyper::Response::builder().status(StatusCode::NOT_FOUND).body(Empty::new().boxed()).unwrap(),
    })
}

async fn hyper_serves(tls: Option<Arc<ServerConfig>>) -> (SocketAddr, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (mut tasks, connections) = (JoinSet::new(), AtomicU64::new(0));
    tasks.spawn(async move {
        let mut each = JoinSet::new();
        loop {
            let socket = listener.accept().await.unwrap().0;
            let number = connections.fetch_add(1, Ordering::Relaxed);
            let tls = tls.clone();
            each.spawn(async move {
                match tls {
                    None => hyper_serves_one(socket, number).await,
                    Some(config) => {
                        let socket = tokio_rustls::TlsAcceptor::from(config).accept(socket).await.unwrap();
                        hyper_serves_one(socket, number).await;
                    }
                }
            });
        }
    });
    (address, tasks)
}

async fn hyper_serves_one(socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, number: u64) {
    let service = service_fn(move |request| hyper_answers(request, number));
    // How it ended is the client's to judge.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), service).await;
}

#[tokio::test]
async fn our_client_with_hyper() {
    let (trusts, config) = configs();
    for (scheme, tls) in [("http", None), ("https", Some(config))] {
        let (address, tasks) = hyper_serves(tls).await;
        let uri = |path: &str| format!("{scheme}://localhost:{}{path}", address.port()).parse().unwrap();
        let agent = UserAgent::new(Options { trusts: Some(trusts.clone()), ..Options::default() });
        let ask = async |ask: Ask| {
            let answer = agent.ask(ask).await.unwrap();
            (answer.response().status, answer.read_whole().await.unwrap())
        };
        assert_eq!(ask(Ask::get(uri("/nothing"))).await.0, 404);
        let content = octets(70_000);
        let reader = || Content::Reader { reader: Box::new(std::io::Cursor::new(octets(70_000))), size: None };
        for expect_continue in [false, true] {
            for content_sent in [content.clone().into(), reader()] {
                let post = Ask { expect_continue, ..Ask::with("POST", uri("/echo"), content_sent) };
                let (status, whole) = ask(post).await;
                assert!(status == 200 && whole.content == content, "{scheme}: what was sent comes back");
            }
        }
        let head = agent.ask(Ask { method: b"HEAD".to_vec(), ..Ask::get(uri("/trailers")) }).await.unwrap();
        assert_eq!((head.response().status, head.read_whole().await.unwrap().content.len()), (200, 0));
        let (_, whole) = ask(Ask::get(uri("/trailers")).field("TE", "trailers")).await;
        assert_eq!(whole.content, b"in pieces");
        assert_eq!(whole.trailers, [(b"note".to_vec(), b"the end".to_vec())]);
        let first = ask(Ask::get(uri("/connection"))).await.1.content;
        let mut pipeline = agent.pipeline((0..20).map(|_| Ask::get(uri("/connection"))).collect()).unwrap();
        let mut count = 0;
        while let Some(answer) = pipeline.next().await {
            assert_eq!(answer.unwrap().1.content, first, "{scheme}: one connection for all of it");
            count += 1;
        }
        assert_eq!(count, 20);
        let mut large = agent.ask(Ask::get(uri("/large"))).await.unwrap();
        let (mut received, mut piece) = (0, Vec::new());
        while large.read_piece(&mut piece).await.unwrap() {
            received += piece.len() as u64;
            piece.clear();
        }
        assert_eq!(received, LARGE);
        for size in [Some(LARGE), None] {
            let reader = Box::new(std::io::repeat(b'x').take(LARGE));
            let put = Ask::with("PUT", uri("/count"), Content::Reader { reader, size });
            assert_eq!(ask(put).await.1.content, LARGE.to_string().into_bytes());
        }
        drop(tasks);
    }
}

struct Ours;

impl Handler for Ours {
    async fn handle(&self, exchange: &mut Exchange<'_>) -> Result<(), HandlerError> {
        let content = match &*exchange.request().target {
            b"/echo" => exchange.read_content().await?.content,
            b"/trailers" => {
                let whole = exchange.read_content().await?;
                let fields = vec![(b"Trailer".to_vec(), b"note".to_vec())];
                let content = Content::Pieces { size: None };
                exchange.respond(ResponseOptions { content, fields, ..ResponseOptions::default() }).await?;
                exchange.send_piece(&whole.content).await?;
                let trailers: Vec<(&[u8], &[u8])> = whole.trailers.iter().map(|(n, v)| (&**n, &**v)).collect();
                return exchange.end(&trailers).await;
            }
            b"/page" => {
                let page = Representation {
                    content: octets(12_000).into(),
                    content_type: Some(b"text/plain".to_vec()),
                    validators: Validators::default(),
                    fields: Vec::new(),
                };
                let answer = page.answer(exchange.request(), std::time::SystemTime::now());
                return exchange.respond(answer).await;
            }
            b"/large" => {
                let content = Content::Reader { reader: Box::new(std::io::repeat(b'x').take(LARGE)), size: None };
                return exchange.respond(ResponseOptions { content, ..ResponseOptions::default() }).await;
            }
            b"/count" => {
                let (mut count, mut piece) = (0, Vec::new());
                while exchange.read_piece(&mut piece).await? {
                    count += piece.len();
                    piece.clear();
                }
                count.to_string().into_bytes()
            }
            _ => exchange.peer().address.to_string().into_bytes(),
        };
        exchange.respond(ResponseOptions { content: content.into(), ..ResponseOptions::default() }).await
    }
}

type Sender = hyper::client::conn::http1::SendRequest<Body>;

async fn hyper_connects(address: SocketAddr, tls: Option<Arc<ClientConfig>>) -> (Sender, JoinSet<()>) {
    let socket = TcpStream::connect(address).await.unwrap();
    match tls {
        None => hyper_shakes_hands(socket).await,
        Some(config) => {
            let name = server_name("localhost").unwrap();
            hyper_shakes_hands(tokio_rustls::TlsConnector::from(config).connect(name, socket).await.unwrap()).await
        }
    }
}

async fn hyper_shakes_hands(socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> (Sender, JoinSet<()>) {
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket)).await.unwrap();
    let mut task = JoinSet::new();
    task.spawn(async move { connection.await.unwrap() });
    (sender, task)
}

#[tokio::test]
async fn hyper_with_our_server() {
    let (trusts, config) = configs();
    let free = "127.0.0.1:0".parse().unwrap();
    let mut options = origin_server::Options::default();
    options.http.codings = Some(Settings::default());
    let listeners = vec![Listener::plain(free), Listener::secured(free, config)];
    let server = OriginServer::start(listeners, options, Ours).await.unwrap();
    for (address, tls) in server.addresses().iter().zip([None, Some(trusts)]) {
        let (mut sender, mut task) = hyper_connects(*address, tls).await;
        let first = ask(&mut sender, Method::GET, "/connection", Empty::new().boxed(), &[]).await.1.to_bytes();
        let content = Bytes::from(octets(70_000));
        for body in [whole(content.clone()), pieces(&content)] {
            let (_, echoed) = ask(&mut sender, Method::POST, "/echo", body, &[]).await;
            assert!(echoed.to_bytes() == content, "what was sent comes back");
        }
        let expects = [("expect", "100-continue")];
        let (_, echoed) = ask(&mut sender, Method::POST, "/echo", whole(content.clone()), &expects).await;
        assert!(echoed.to_bytes() == content);
        let (_, echoed) = ask(&mut sender, Method::POST, "/trailers", pieces(&content), &[("trailer", "note")]).await;
        let trailers = echoed.trailers().cloned().unwrap_or_default();
        assert!(echoed.to_bytes() == content && trailers["note"] == "the end", "{trailers:?}");
        let (head, empty) = ask(&mut sender, Method::HEAD, "/page", Empty::new().boxed(), &[]).await;
        assert_eq!((head["content-length"].as_bytes(), empty.to_bytes().len()), (&b"12000"[..], 0));
        let (range, part) =
            ask(&mut sender, Method::GET, "/page", Empty::new().boxed(), &[("range", "bytes=-5")]).await;
        assert_eq!(range["content-range"], "bytes 11995-11999/12000");
        assert_eq!(&part.to_bytes()[..], &octets(12_000)[11_995..]);
        let (zipped, _) =
            ask(&mut sender, Method::GET, "/page", Empty::new().boxed(), &[("accept-encoding", "gzip")]).await;
        assert_eq!(zipped["content-encoding"], "gzip");
        let (_, large) = ask(&mut sender, Method::GET, "/large", Empty::new().boxed(), &[]).await;
        assert_eq!(large.to_bytes().len() as u64, LARGE);
        let upload = pieces(&vec![b'x'; LARGE as usize]);
        let (_, count) = ask(&mut sender, Method::PUT, "/count", upload, &[]).await;
        assert_eq!(count.to_bytes(), LARGE.to_string());
        let last = ask(&mut sender, Method::GET, "/connection", Empty::new().boxed(), &[]).await.1.to_bytes();
        assert_eq!(first, last, "one connection for all of it");
        drop(sender);
        within_time(task.join_next()).await.unwrap().unwrap();
    }
    server.stop(Duration::from_secs(1)).await;
}

async fn within_time<V>(what: impl Future<Output = V>) -> V {
    tokio::time::timeout(Duration::from_secs(30), what).await.expect("it takes too long")
}

async fn ask(
    sender: &mut Sender,
    method: Method,
    path: &str,
    body: Body,
    fields: &[(&str, &str)],
) -> (HeaderMap, http_body_util::Collected<Bytes>) {
    let mut request = hyper::Request::builder().method(method).uri(path).header("host", "localhost");
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    within_time(sender.ready()).await.unwrap();
    let response = within_time(sender.send_request(request.body(body).unwrap())).await.unwrap();
    let (head, body) = response.into_parts();
    (head.headers, within_time(body.collect()).await.unwrap())
}
