//! One connection of the reference server: requests in turn, each read whole before it is answered.

use std::time::SystemTime;

use tokio::net::TcpStream;
use wiregauge_proto::driver::{AsyncHttp, Date, Error, Request, ResponseOptions};
use wiregauge_proto::head::reason_phrase;
use wiregauge_proto::transport::AsyncTransport;
use wiregauge_proto::transport::tokio::Tcp;

use super::app::{self, Question, Reply};
use super::{Contract, Options};

pub(super) async fn serve(socket: TcpStream, options: &Options) {
    // A socket that cannot be set up is one whose client is gone.
    let Ok(transport) = Tcp::new(socket) else { return };
    let driver = wiregauge_proto::driver::Options {
        limits: options.limits,
        waits: options.waits(),
        content_in_memory: options.limits.content,
        date: Some(Date::new(|| httpdate::fmt_http_date(SystemTime::now()))),
        ..Default::default()
    };
    let mut http = AsyncHttp::new(transport, driver);
    let ended = exchanges(&mut http, options.contract).await;
    // After a reset there is nothing left to close in stages.
    if !matches!(ended, Err(Error::Reset)) {
        let _ = http.close().await;
    }
}

/// All exchanges of a connection. An error is why there is no other; whoever could be told has been.
async fn exchanges<T: AsyncTransport>(http: &mut AsyncHttp<T>, contract: Contract) -> Result<(), Error> {
    loop {
        let request = match http.read_request().await {
            Ok(Some(request)) => request,
            Ok(None) => return Ok(()),
            Err(error) => return refuse(http, error).await,
        };
        let refusal = app::refuses(contract, &request.method).or_else(|| request.expects_more.then(app::expectation));
        let reply = match refusal {
            // Content that is held back need not be asked for.
            Some(reply) if request.expects_continue || reply.close => reply,
            refusal => {
                let whole = match http.read_content().await {
                    Ok(whole) => whole,
                    Err(error) => return refuse(http, error).await,
                };
                let question = Question {
                    method: &request.method,
                    target: &request.target,
                    version: (request.version.major, request.version.minor),
                    fields: &request.fields,
                    content: &whole.content,
                    trailers: &whole.trailers,
                };
                refusal.unwrap_or_else(|| app::answer(contract, &question))
            }
        };
        send(http, &request, reply).await?;
        if !http.persists() {
            return Ok(());
        }
    }
}

async fn send<T: AsyncTransport>(http: &mut AsyncHttp<T>, request: &Request, reply: Reply) -> Result<(), Error> {
    let response = http.make_response(request, reply.into());
    http.send_response(response).await
}

/// Answers what was no request, or did not come to its end, if an answer makes sense.
async fn refuse<T: AsyncTransport>(http: &mut AsyncHttp<T>, error: Error) -> Result<(), Error> {
    if let Some(status) = error.status() {
        let words = match &error {
            Error::Fault(fault) => format!("{}: {}", fault.rule, fault.rule.sentence()),
            other => other.to_string(),
        };
        http.send_response(ResponseOptions::from(app::error(status, &words)).into()).await?;
    }
    Err(error)
}

impl From<Reply> for ResponseOptions {
    fn from(reply: Reply) -> ResponseOptions {
        ResponseOptions {
            status: reply.status,
            reason: reason_phrase(reply.status).into(),
            fields: reply
                .fields
                .iter()
                .map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()))
                .collect(),
            content: reply.content.into(),
            close: reply.close,
            ..ResponseOptions::default()
        }
    }
}
