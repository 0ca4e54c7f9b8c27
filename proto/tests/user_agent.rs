//! The user agent over real sockets: connections that are used again, redirects, cookies, proxies, TLS.
#![cfg(all(feature = "user-agent", feature = "origin-server"))]

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use wiregauge_proto::driver::message::values;
use wiregauge_proto::driver::{self, Content, ResponseOptions};
use wiregauge_proto::head::Version;
use wiregauge_proto::origin_server::{self, Exchange, Handler, HandlerError, Listener, OriginServer};
use wiregauge_proto::tls::{client_config, client_config_trusting_anybody, server_config};
use wiregauge_proto::transport::record::Passed;
use wiregauge_proto::user_agent::{Ask, AskError, Options, Proxy, Step, Uri, UserAgent, Watch};

/// A server that says from which port it was asked, and knows a few more paths.
#[derive(Clone, Default)]
struct Paths {
    /// `/wait` answers when there is a permit.
    go: Option<Arc<Semaphore>>,
    begun: Arc<AtomicUsize>,
}

impl Handler for Paths {
    async fn handle(&self, exchange: &mut Exchange<'_>) -> Result<(), HandlerError> {
        let port = exchange.peer().address.port().to_string();
        let content = exchange.read_content().await?.content;
        let request = exchange.request();
        let to = |status, location: &str| ResponseOptions {
            status,
            fields: vec![(b"Location".to_vec(), location.as_bytes().to_vec())],
            content: "moved".into(),
            ..ResponseOptions::default()
        };
        let options = match request.target.as_slice() {
            b"/port" => ResponseOptions { content: port.into(), ..ResponseOptions::default() },
            b"/close" => ResponseOptions { content: port.into(), close: true, ..ResponseOptions::default() },
            b"/echo" => {
                let fields = ["authorization", "cookie", "user-agent"].map(|name| {
                    values(&request.fields, name)
                        .map(|value| value.escape_ascii().to_string())
                        .collect::<Vec<_>>()
                        .join(",")
                });
                let content =
                    format!("{} {} [{}]", request.method.escape_ascii(), content.escape_ascii(), fields.join("|"));
                ResponseOptions { content: content.into(), ..ResponseOptions::default() }
            }
            b"/to-echo" => to(307, "echo"),
            b"/see-echo" => to(303, "/echo"),
            b"/loop" => to(302, "/loop"),
            b"/nowhere" => to(302, "ftp://a/"),
            b"/set" => ResponseOptions {
                status: 302,
                fields: vec![
                    (b"Set-Cookie".to_vec(), b"a=1".to_vec()),
                    (b"Set-Cookie".to_vec(), b"b=2; Secure".to_vec()),
                    (b"Location".to_vec(), b"/echo".to_vec()),
                ],
                ..ResponseOptions::default()
            },
            b"/wait" => {
                self.begun.fetch_add(1, Ordering::SeqCst);
                if let Some(go) = &self.go {
                    go.acquire().await.expect("it is never closed").forget();
                }
                ResponseOptions::default()
            }
            other => match other.strip_prefix(b"/away/") {
                Some(location) => to(307, std::str::from_utf8(location).unwrap()),
                None => ResponseOptions { status: 404, ..ResponseOptions::default() },
            },
        };
        exchange.respond(options).await
    }
}

async fn serve(paths: Paths) -> (OriginServer, SocketAddr) {
    let listener = Listener::plain("127.0.0.1:0".parse().unwrap());
    let server = OriginServer::start(vec![listener], origin_server::Options::default(), paths).await.unwrap();
    let at = server.addresses()[0];
    (server, at)
}

fn at(address: SocketAddr, path: &str) -> Uri {
    format!("http://{address}{path}").parse().unwrap()
}

async fn text(agent: &UserAgent, ask: Ask) -> Result<String, AskError> {
    let whole = agent.ask(ask).await?.read_whole().await?;
    Ok(String::from_utf8(whole.content).unwrap())
}

#[tokio::test]
async fn a_connection_is_used_again_while_it_may_be() {
    let (_server, there) = serve(Paths::default()).await;
    let agent = UserAgent::new(Options::default());
    let get = async |path: &str| text(&agent, Ask::get(at(there, path))).await.unwrap();
    let first = get("/port").await;
    assert_eq!(get("/port").await, first, "the same connection");
    assert_eq!(get("/close").await, first);
    assert_ne!(get("/port").await, first, "that one was announced to end");
    let unread = agent.ask(Ask::get(at(there, "/port"))).await.unwrap();
    let second = get("/port").await;
    drop(unread);
    assert_eq!(get("/port").await, second, "what was not read to its end is not used again");
    let brief = UserAgent::new(Options { rest: Duration::ZERO, ..Options::default() });
    let ports = [
        text(&brief, Ask::get(at(there, "/port"))).await.unwrap(),
        text(&brief, Ask::get(at(there, "/port"))).await.unwrap(),
    ];
    assert_ne!(ports[0], ports[1], "it may not rest");
}

#[tokio::test]
async fn a_connection_rests_only_so_long() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = listener.local_addr().unwrap();
    let agent = UserAgent::new(Options { rest: Duration::from_millis(50), ..Options::default() });
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        answer_one(&mut stream, OK).await.unwrap();
        // Nobody asks again, and yet the agent ends it.
        answer_one(&mut stream, OK).await
    });
    assert_eq!(text(&agent, Ask::get(at(there, "/"))).await.unwrap(), "ok");
    assert_eq!(server.await.unwrap(), None);
    drop(agent);
}

#[tokio::test]
async fn redirects_are_followed_as_far_as_they_go() {
    let (_server, there) = serve(Paths::default()).await;
    let (_other, elsewhere) = serve(Paths::default()).await;
    let agent = UserAgent::new(Options { name: Some("test".into()), ..Options::default() });
    let post = |path: &str| Ask::with("POST", at(there, path), "hi").field("Authorization", "x");
    let answer = agent.ask(post("/to-echo")).await.unwrap();
    assert_eq!((answer.redirects(), answer.uri().target()), (1, "/echo"));
    assert_eq!(answer.read_whole().await.unwrap().content, b"POST hi [x||test]");
    assert_eq!(text(&agent, post("/see-echo")).await.unwrap(), "GET  [x||test]");
    let away = format!("/away/http://{elsewhere}/echo");
    assert_eq!(text(&agent, post(&away)).await.unwrap(), "POST hi [||test]", "credentials stay");
    assert!(matches!(agent.ask(post("/loop")).await, Err(AskError::TooManyRedirects)));
    assert!(matches!(agent.ask(post("/nowhere")).await, Err(AskError::Redirect(_))));
    let reader = Content::Reader { reader: Box::new(&b"hi"[..]), size: None };
    assert!(matches!(
        agent.ask(Ask::with("POST", at(there, "/to-echo"), "").content(reader)).await,
        Err(AskError::ContentIsGone)
    ));
    let pieces = Ask::get(at(there, "/echo")).content(Content::Pieces { size: None });
    assert!(matches!(agent.ask(pieces).await, Err(AskError::Pieces)));
    let none = UserAgent::new(Options { redirects: 0, ..Options::default() });
    assert_eq!(none.ask(post("/loop")).await.unwrap().response().status, 302);
}

#[tokio::test]
async fn cookies_are_kept_if_asked_for() {
    let (_server, there) = serve(Paths::default()).await;
    for (cookies, expected) in [(true, "GET  [|a=1|]"), (false, "GET  [||]")] {
        let agent = UserAgent::new(Options { cookies, ..Options::default() });
        assert_eq!(text(&agent, Ask::get(at(there, "/set"))).await.unwrap(), expected);
        assert_eq!(agent.cookies().len(), usize::from(cookies));
    }
}

/// Reads one request, and answers it; `None` where the peer ended.
async fn answer_one(stream: &mut TcpStream, answer: &str) -> Option<String> {
    let mut got = Vec::new();
    while !got.ends_with(b"\r\n\r\n") {
        let mut octet = [0];
        if stream.read(&mut octet).await.ok()? == 0 {
            return None;
        }
        got.push(octet[0]);
    }
    stream.write_all(answer.as_bytes()).await.ok()?;
    String::from_utf8(got).ok()
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn a_request_is_sent_again_only_where_that_is_safe() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = listener.local_addr().unwrap();
    // Every connection answers one request, and ends when it has read the next one.
    let server = tokio::spawn(async move {
        let mut heard = Vec::new();
        for _ in 0..3 {
            let (mut stream, _) = listener.accept().await.unwrap();
            heard.push(answer_one(&mut stream, OK).await.unwrap());
            if let Some(next) = answer_one(&mut stream, "").await {
                heard.push(next);
            }
        }
        heard.iter().map(|head| head.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
    });
    let agent = UserAgent::new(Options::default());
    assert_eq!(text(&agent, Ask::get(at(there, "/"))).await.unwrap(), "ok");
    assert_eq!(text(&agent, Ask::get(at(there, "/"))).await.unwrap(), "ok", "asked again on a fresh connection");
    let post = agent.ask(Ask::with("POST", at(there, "/"), "")).await;
    assert!(matches!(post, Err(AskError::Http(_))), "it may have been heard: {post:?}");
    assert_eq!(text(&agent, Ask::get(at(there, "/"))).await.unwrap(), "ok");
    drop(agent);
    assert_eq!(server.await.unwrap(), ["GET", "GET", "GET", "POST", "GET"]);
}

#[tokio::test]
async fn a_connection_that_ended_at_rest_is_not_used() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.unwrap();
            answer_one(&mut stream, OK).await.unwrap();
        }
    });
    let agent = UserAgent::new(Options::default());
    assert_eq!(text(&agent, Ask::get(at(there, "/"))).await.unwrap(), "ok");
    let post = || Ask::with("POST", at(there, "/"), Content::None);
    // Its end is seen before anything is sent, so even POST is safe; unless the end is still on its way.
    match text(&agent, post()).await {
        Ok(got) => assert_eq!(got, "ok"),
        Err(AskError::Http(_)) => assert_eq!(text(&agent, post()).await.unwrap(), "ok"),
        Err(error) => panic!("{error}"),
    }
    server.await.unwrap();
}

#[tokio::test]
async fn there_are_only_so_many_connections() {
    let go = Arc::new(Semaphore::new(0));
    let paths = Paths { go: Some(go.clone()), ..Paths::default() };
    let begun = paths.begun.clone();
    let (_server, there) = serve(paths).await;
    let agent = UserAgent::new(Options { connections_per_origin: 2, waiting: 1, ..Options::default() });
    let ask = || {
        let agent = agent.clone();
        tokio::spawn(async move { text(&agent, Ask::get(at(there, "/wait"))).await })
    };
    let (first, second) = (ask(), ask());
    while begun.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    let third = ask();
    // On a runtime of one thread the third is asked, and waits, when this task has its turn again: a fourth has no place to.
    tokio::task::yield_now().await;
    let fourth = text(&agent, Ask::get(at(there, "/wait"))).await;
    assert!(matches!(fourth, Err(AskError::Busy)), "{fourth:?}");
    assert_eq!(begun.load(Ordering::SeqCst), 2);
    go.add_permits(3);
    for ask in [first, second, third] {
        assert!(ask.await.unwrap().is_ok());
    }
}

#[tokio::test]
async fn a_local_address_and_nobody_there() {
    let (_server, there) = serve(Paths::default()).await;
    let local: IpAddr = "127.0.0.2".parse().unwrap();
    if cfg!(target_os = "linux") {
        let agent = UserAgent::new(Options { local_address: Some(local), ..Options::default() });
        assert!(text(&agent, Ask::get(at(there, "/port"))).await.is_ok());
    }
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let agent = UserAgent::new(Options::default());
    assert!(matches!(agent.ask(Ask::get(at(free, "/"))).await, Err(AskError::Connect(_))));
    let secure = Ask::get(format!("https://{there}/").parse().unwrap());
    assert!(matches!(agent.ask(secure).await, Err(AskError::NobodyTrusted)));
}

#[tokio::test]
async fn content_is_not_kept_without_bounds() {
    let (_server, there) = serve(Paths::default()).await;
    let http = driver::Options { content_in_memory: 3, ..driver::Options::default() };
    let agent = UserAgent::new(Options { http, ..Options::default() });
    assert!(matches!(text(&agent, Ask::get(at(there, "/port"))).await, Err(AskError::Http(_))));
}

/// A certificate for 127.0.0.1, a server that has it, and an agent that believes it.
async fn secured() -> (OriginServer, SocketAddr, Options) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let config = server_config(made.cert.pem().as_bytes(), made.signing_key.serialize_pem().as_bytes()).unwrap();
    let listener = Listener::secured("127.0.0.1:0".parse().unwrap(), config);
    let server =
        OriginServer::start(vec![listener], origin_server::Options::default(), Paths::default()).await.unwrap();
    let at = server.addresses()[0];
    let trusts = client_config([made.cert.pem().as_bytes()]).unwrap();
    (server, at, Options { trusts: Some(trusts), ..Options::default() })
}

#[tokio::test]
async fn over_tls() {
    let (_server, there, options) = secured().await;
    let agent = UserAgent::new(options);
    let get = async |path: &str| text(&agent, Ask::get(format!("https://{there}{path}").parse().unwrap())).await;
    let first = get("/port").await.unwrap();
    assert_eq!(get("/port").await.unwrap(), first);
    let (_stranger, elsewhere, _) = secured().await;
    let other = agent.ask(Ask::get(format!("https://{elsewhere}/").parse().unwrap())).await;
    assert!(matches!(other, Err(AskError::Tls(_))), "{other:?}");
    let careless =
        UserAgent::new(Options { trusts: Some(client_config_trusting_anybody().unwrap()), ..Options::default() });
    for (there, host) in [(elsewhere, "127.0.0.1"), (there, "localhost")] {
        let uri: Uri = format!("https://{host}:{}/port", there.port()).parse().unwrap();
        assert!(text(&careless, Ask::get(uri)).await.is_ok(), "neither who signed nor the name matters: {host}");
    }
}

/// What an agent tells: the steps, and the octets that came, of each connection.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<(Vec<String>, Vec<u8>)>>);

impl Told {
    fn watch(&self) -> Option<Watch> {
        let told = self.0.clone();
        Some(Watch::new(move |connection, step| {
            let mut told = told.lock().unwrap();
            let step = match step {
                Step::Passed(Passed::Received(octets)) => return told.1.extend_from_slice(octets),
                Step::Dials(_) => "dials".to_owned(),
                Step::Failed(..) => "failed".to_owned(),
                Step::Connected(_) => "connected".to_owned(),
                Step::Secured(session) => format!("secured {}", session.protocol_version().is_some()),
                Step::Asks { uri, reused } => format!("asks {} {reused}", uri.path()),
                Step::Answered(response) => format!("answered {}", response.status),
                _ => return,
            };
            told.0.push(format!("{connection} {step}"));
        }))
    }

    fn steps(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().0)
    }
}

#[tokio::test]
async fn each_step_is_told_with_the_octets_that_came() {
    let (_server, there, options) = secured().await;
    let told = Told::default();
    let agent = UserAgent::new(Options { watch: told.watch(), ..options });
    text(&agent, Ask::get(format!("https://{there}/to-echo").parse().unwrap())).await.unwrap();
    let first = ["0 dials", "0 connected", "0 secured true", "0 asks /to-echo false", "0 answered 307"];
    assert_eq!(told.steps(), [&first[..], &["0 asks /echo true", "0 answered 200"]].concat());
    let came = String::from_utf8(told.0.lock().unwrap().1.clone()).unwrap();
    assert!(came.starts_with("HTTP/1.1 307 ") && came.contains("\r\n\r\nmovedHTTP/1.1 200 "), "{came}");
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert!(agent.ask(Ask::get(at(nobody, "/"))).await.is_err());
    assert_eq!(told.steps(), ["1 dials", "1 failed"]);
}

#[tokio::test]
async fn an_old_request_says_so_and_has_no_second_one_behind_it() {
    let (_server, there) = serve(Paths::default()).await;
    let agent = UserAgent::new(Options::default());
    let old = || Ask { version: Version::HTTP_10, ..Ask::get(at(there, "/port")) };
    assert_ne!(text(&agent, old()).await.unwrap(), text(&agent, old()).await.unwrap());
}

#[tokio::test]
async fn through_a_proxy() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at_proxy = listener.local_addr().unwrap();
    let (_server, there, options) = secured().await;
    // Asks for credentials first, then relays one tunnel; the last connection is for an http URI.
    let proxy = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let refused = answer_one(&mut stream, "HTTP/1.1 407 \r\nContent-Length: 0\r\n\r\n").await.unwrap();
        drop(stream);
        let (mut stream, _) = listener.accept().await.unwrap();
        let tunnel = answer_one(&mut stream, "HTTP/1.1 200 \r\n\r\n").await.unwrap();
        let mut inner = TcpStream::connect(there).await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut stream, &mut inner).await;
        let (mut stream, _) = listener.accept().await.unwrap();
        let absolute = answer_one(&mut stream, OK).await.unwrap();
        [refused, tunnel, absolute]
    });
    let through = |authorization: Option<&str>| {
        let authorization = authorization.map(|value| value.as_bytes().to_vec());
        Proxy { host: "127.0.0.1".into(), port: at_proxy.port(), authorization }
    };
    let https = || Ask::get(format!("https://{there}/port").parse().unwrap());
    let stranger = UserAgent::new(Options { proxy: Some(through(None)), ..options.clone() });
    assert!(matches!(stranger.ask(https()).await, Err(AskError::Proxy(407))));
    let agent = UserAgent::new(Options { proxy: Some(through(Some("Basic eDp5"))), ..options });
    assert!(text(&agent, https()).await.unwrap().parse::<u16>().is_ok());
    drop(agent);
    let agent = UserAgent::new(Options { proxy: Some(through(Some("Basic eDp5"))), ..Options::default() });
    assert_eq!(text(&agent, Ask::get("http://a.example/x?y".parse().unwrap())).await.unwrap(), "ok");
    let [refused, tunnel, absolute] = proxy.await.unwrap();
    assert_eq!(refused, format!("CONNECT {there} HTTP/1.1\r\nHost: {there}\r\n\r\n"));
    assert!(tunnel.contains("Proxy-Authorization: Basic eDp5\r\n"));
    assert!(absolute.starts_with("GET http://a.example/x?y HTTP/1.1\r\nHost: a.example\r\n"), "{absolute}");
    assert!(absolute.contains("Proxy-Authorization: Basic eDp5\r\n"));
}

/// Answers as many requests as each connection is told to; then ends it, whatever has come. Says what was heard on each.
async fn some_of_each(listener: TcpListener, answers: &[&[&str]]) -> Vec<Vec<String>> {
    let mut heard = Vec::new();
    for answers in answers {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut on_this = Vec::new();
        for answer in *answers {
            let Some(head) = answer_one(&mut stream, answer).await else { break };
            on_this.push(head.split(' ').take(2).collect::<Vec<_>>().join(" "));
        }
        heard.push(on_this);
    }
    heard
}

#[tokio::test]
async fn several_requests_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = listener.local_addr().unwrap();
    // Nothing is answered before three requests are there: they must have been sent at once.
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut targets = Vec::new();
        for answer in ["", "", &OK.repeat(3), OK, OK] {
            let head = answer_one(&mut stream, answer).await.unwrap();
            targets.push(head.split(' ').nth(1).unwrap().to_owned());
        }
        targets
    });
    let agent = UserAgent::new(Options { pipelined: 3, ..Options::default() });
    let asks = ["/1", "/2", "/3", "/4", "/5"].map(|path| Ask::get(at(there, path)));
    let mut pipeline = agent.pipeline(asks.into()).unwrap();
    let mut answers = 0;
    while let Some(answer) = pipeline.next().await {
        assert_eq!(answer.unwrap().1.content, b"ok");
        answers += 1;
    }
    assert_eq!(answers, 5);
    assert_eq!(server.await.unwrap(), ["/1", "/2", "/3", "/4", "/5"]);
}

#[tokio::test]
async fn a_pipeline_goes_on_where_a_connection_ended() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = listener.local_addr().unwrap();
    const LAST: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    // An end without a word, an end that was announced, and one where a POST is on the line.
    let server = tokio::spawn(some_of_each(listener, &[&[OK], &[OK, LAST], &[OK, OK, ""], &[OK]]));
    let agent = UserAgent::new(Options::default());
    let asks = vec![
        Ask::get(at(there, "/1")),
        Ask::get(at(there, "/2")),
        Ask::get(at(there, "/3")),
        Ask::get(at(there, "/4")),
        Ask::get(at(there, "/5")),
        Ask::with("POST", at(there, "/6"), Content::None),
        Ask::get(at(there, "/7")),
    ];
    let mut pipeline = agent.pipeline(asks).unwrap();
    let mut answers = Vec::new();
    while let Some(answer) = pipeline.next().await {
        answers.push(answer.is_ok());
    }
    assert_eq!(answers, [true, true, true, true, true, false, true], "a POST is not sent twice");
    let heard = server.await.unwrap();
    assert_eq!(heard[0], ["GET /1"]);
    assert_eq!(heard[1], ["GET /2", "GET /3"]);
    assert_eq!(heard[2], ["GET /4", "GET /5", "POST /6"]);
    assert_eq!(heard[3], ["GET /7"]);
}

#[tokio::test]
async fn a_pipeline_tells_what_is_wrong_in_its_turn() {
    let (_server, there) = serve(Paths::default()).await;
    let agent = UserAgent::new(Options::default());
    let get = |path: &str| Ask::get(at(there, path));
    let asks = vec![get("/port"), get("/port").field("A\r\n", "b"), get("/port")];
    let mut pipeline = agent.pipeline(asks).unwrap();
    let first = pipeline.next().await.unwrap().unwrap();
    assert!(matches!(pipeline.next().await, Some(Err(AskError::Http(driver::Error::Send(_))))));
    assert!(pipeline.next().await.unwrap().is_ok());
    assert!(pipeline.next().await.is_none());
    let again = agent.ask(get("/port")).await.unwrap().read_whole().await.unwrap();
    assert_ne!(first.1.content, again.content, "the request that was refused cost its connection");
    let both = vec![get("/port"), Ask::get("http://a.example/".parse().unwrap())];
    assert!(matches!(agent.pipeline(both), Err(AskError::Origins)));
    assert!(agent.pipeline(Vec::new()).unwrap().next().await.is_none());
}
