//! What a client and a server say to each other here, and what each of them understood.

use wiregauge_proto::connection::outgoing::SendError;
use wiregauge_proto::driver::{AsyncHttp, Content, Error, Options, Outgoing, RequestOptions, ResponseOptions};
use wiregauge_proto::head::Version;
use wiregauge_proto::transport::AsyncTransport;

pub(crate) type Trailers = &'static [(&'static [u8], &'static [u8])];

/// The content of a message, as its sender gives it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sent {
    None,
    Whole(&'static [u8]),
    /// Without a size: chunked where that can be.
    Pieces(&'static [&'static [u8]], Trailers),
}

impl Sent {
    pub(crate) fn octets(self) -> Vec<u8> {
        match self {
            Sent::None => Vec::new(),
            Sent::Whole(octets) => octets.to_vec(),
            Sent::Pieces(pieces, _) => pieces.concat(),
        }
    }

    pub(crate) fn trailers(self) -> Vec<(Vec<u8>, Vec<u8>)> {
        match self {
            Sent::Pieces(_, trailers) => trailers.iter().map(|(n, v)| (n.to_vec(), v.to_vec())).collect(),
            _ => Vec::new(),
        }
    }

    fn content(self) -> Content {
        match self {
            Sent::None => Content::None,
            Sent::Whole(octets) => octets.into(),
            Sent::Pieces(..) => Content::Pieces { size: None },
        }
    }
}

/// One request and the answer to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exchange {
    pub(crate) method: &'static str,
    pub(crate) target: &'static str,
    pub(crate) version: Version,
    pub(crate) content: Sent,
    pub(crate) expect: bool,
    pub(crate) status: u16,
    pub(crate) hints: bool,
    pub(crate) answer: Sent,
    /// Whether the server announces the end of the connection.
    pub(crate) close: bool,
}

pub(crate) const GET: Exchange = Exchange {
    method: "GET",
    target: "/a",
    version: Version::HTTP_11,
    content: Sent::None,
    expect: false,
    status: 200,
    hints: false,
    answer: Sent::Whole(b"content of a"),
    close: false,
};

/// Exchanges on one connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Script {
    pub(crate) name: &'static str,
    pub(crate) exchanges: &'static [Exchange],
    /// Whether the client sends all requests before it reads an answer.
    pub(crate) pipelined: bool,
    /// Whether the last answer ends with the connection, and with nothing else.
    pub(crate) until_close: bool,
}

/// A message that its reader held to be complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complete {
    /// The target of the request, or the status of the response.
    pub(crate) start: String,
    pub(crate) content: Vec<u8>,
    pub(crate) trailers: Vec<(Vec<u8>, Vec<u8>)>,
}

/// What came of a connection at one of its ends.
#[derive(Debug)]
pub(crate) struct Log {
    pub(crate) complete: Vec<Complete>,
    /// Why there is no further message, unless that is as it should be.
    pub(crate) error: Option<Error>,
}

pub(crate) async fn client<T: AsyncTransport>(transport: T, options: Options, script: Script) -> Log {
    let mut http = AsyncHttp::new(transport, options);
    let mut log = Log { complete: Vec::new(), error: None };
    log.error = ask_all(&mut http, script, &mut log.complete).await.err();
    let closed = if log.error.is_some() { http.abort().await } else { http.close().await };
    log.error = log.error.or(closed.err());
    log
}

async fn ask_all<T: AsyncTransport>(
    http: &mut AsyncHttp<T>,
    script: Script,
    complete: &mut Vec<Complete>,
) -> Result<(), Error> {
    let mut asked = Vec::new();
    for exchange in script.exchanges {
        let mut request = http.make_request(RequestOptions {
            host: "a".into(),
            method: exchange.method.into(),
            target: exchange.target.into(),
            version: exchange.version,
            content: exchange.content.content(),
            expect_continue: exchange.expect,
            ..RequestOptions::default()
        });
        match http.send_request(&mut request).await {
            Ok(()) => asked.push(request),
            // The connection takes no further request; what came of those before it is told when their answers are read.
            Err(Error::Send(SendError::OutOfTurn)) if !asked.is_empty() => {
                read_all(http, &mut asked, complete).await?;
                return Err(Error::Ended);
            }
            Err(error) => return Err(error),
        }
        if let Sent::Pieces(pieces, trailers) = exchange.content {
            for piece in pieces {
                http.send_piece(piece).await?;
            }
            http.end(trailers).await?;
        }
        if script.pipelined && asked.len() < script.exchanges.len() {
            continue;
        }
        if read_all(http, &mut asked, complete).await? == Then::Over {
            return Ok(());
        }
    }
    Ok(())
}

#[derive(PartialEq, Eq)]
enum Then {
    On,
    Over,
}

async fn read_all<T: AsyncTransport>(
    http: &mut AsyncHttp<T>,
    asked: &mut Vec<Outgoing>,
    complete: &mut Vec<Complete>,
) -> Result<Then, Error> {
    for request in asked.drain(..) {
        let response = http.read_response(&request).await?;
        let whole = http.read_content().await?;
        let start = response.status.to_string();
        complete.push(Complete { start, content: whole.content, trailers: whole.trailers });
        // The answer to what could not be read is the last one.
        if matches!(response.status, 400 | 408) {
            return Ok(Then::Over);
        }
    }
    Ok(Then::On)
}

pub(crate) async fn server<T: AsyncTransport>(transport: T, options: Options, script: Script) -> Log {
    let mut http = AsyncHttp::new(transport, options);
    let mut log = Log { complete: Vec::new(), error: None };
    log.error = answer_all(&mut http, script, &mut log.complete).await.err();
    if let Some(status) = log.error.as_ref().and_then(Error::status) {
        // Whether this arrives or not: the connection is at its end.
        let _ = http.send_response(ResponseOptions { status, close: true, ..Default::default() }.into()).await;
    }
    let closed = http.close().await;
    log.error = log.error.or(closed.err());
    log
}

async fn answer_all<T: AsyncTransport>(
    http: &mut AsyncHttp<T>,
    script: Script,
    complete: &mut Vec<Complete>,
) -> Result<(), Error> {
    while let Some(request) = http.read_request().await? {
        let whole = http.read_content().await?;
        let target = String::from_utf8(request.target.clone()).unwrap();
        let exchange = script.exchanges.iter().find(|exchange| exchange.target == target).expect("one that was asked");
        complete.push(Complete { start: target, content: whole.content, trailers: whole.trailers });
        if exchange.hints {
            http.send_interim(103, &[(b"Link", b"</style>")]).await?;
        }
        let reply = http.make_response(
            &request,
            ResponseOptions {
                status: exchange.status,
                content: exchange.answer.content(),
                close: exchange.close,
                ..Default::default()
            },
        );
        http.send_response(reply).await?;
        if let Sent::Pieces(pieces, trailers) = exchange.answer {
            for piece in pieces {
                http.send_piece(piece).await?;
            }
            http.end(trailers).await?;
        }
    }
    Ok(())
}
