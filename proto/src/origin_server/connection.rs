//! One connection: requests one after another, and what becomes of it when something goes wrong.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::net::TcpStream;

use super::exchange::Afterwards;
use super::socket::{self, Line, accepted};
use super::{Exchange, Handler, HandlerError, Peer, Security, Shared};
use crate::connection::Responses;
use crate::driver::{AsyncHttp, Error, Request, ResponseOptions};
use crate::head::reason_phrase;
use crate::message::OwnedField;
use crate::transport::AsyncTransport;

/// How a connection goes on after a request.
enum Then {
    Next,
    /// Closed in stages.
    Close,
    /// Ended so that the peer sees that something is missing.
    Abort,
    Switch(Afterwards),
}

pub(super) async fn serve<H: Handler>(socket: TcpStream, security: Security, shared: &Arc<Shared<H>>) {
    // A socket that cannot be set up is one whose client is gone.
    let Ok((mut socket, peer)) = accepted(socket, security) else { return };
    let by = socket.now().checked_add(shared.options.handshake);
    if let Err(error) = socket.handshake(by).await {
        tracing::debug!(peer = %peer.address, %error, "no TLS session");
        return;
    }
    let mut http = AsyncHttp::new(socket::line(socket, &peer), shared.options.http.clone());
    let then = loop {
        match exchange(&mut http, &peer, shared).await {
            Then::Next if http.persists() => {}
            Then::Next => break Then::Close,
            other => break other,
        }
    };
    match then {
        Then::Next | Then::Close => {
            // What the transport has to say about it is of no use to anybody any more.
            let _ = http.close().await;
        }
        Then::Abort => {
            let _ = http.abort().await;
        }
        Then::Switch(afterwards) => {
            let (line, octets) = http.into_parts();
            afterwards(socket::socket(line), octets).await;
        }
    }
}

async fn exchange<H: Handler>(http: &mut AsyncHttp<Line>, peer: &Peer, shared: &Arc<Shared<H>>) -> Then {
    let request = match next_request(http, shared).await {
        Ok(Some(request)) => request,
        Ok(None) => return Then::Close,
        Err(error) => return refuse(http, peer, &error).await,
    };
    let mut exchange = Exchange { http, request: &request, peer, stopping: &shared.stopping, afterwards: None };
    let outcome = caught(shared.handler.handle(&mut exchange)).await;
    if let Some(afterwards) = exchange.afterwards.take() {
        return Then::Switch(afterwards);
    }
    let state = match http.connection().map(|connection| (connection.responses(), connection.outstanding())) {
        Some((Responses::Content { .. }, _)) => State::Begun,
        Some((_, 0)) => State::Answered,
        _ => State::Unanswered,
    };
    match (outcome, state) {
        (Ok(Ok(())), State::Answered) => Then::Next,
        (Ok(Ok(())), state) => {
            let why = HandlerError::failed("the handler returned before the answer was whole");
            failed(http, &request, peer, &why, state).await
        }
        (Ok(Err(HandlerError::Http(error))), State::Unanswered) if error.status().is_some() => {
            refuse(http, peer, &error).await
        }
        (Ok(Err(error)), state) => failed(http, &request, peer, &error, state).await,
        (Err(panic), state) => {
            failed(http, &request, peer, &HandlerError::failed(format!("the handler panicked: {panic}")), state).await
        }
    }
}

/// How far the answer is.
enum State {
    Unanswered,
    Begun,
    Answered,
}

/// The next request; none when the connection is at its end, or at rest while the server stops.
async fn next_request<H: Handler>(
    http: &mut AsyncHttp<Line>,
    shared: &Arc<Shared<H>>,
) -> Result<Option<Request>, Error> {
    let mut stopping = shared.stopping.clone();
    tokio::select! {
        biased;
        request = http.read_request() => return request,
        _ = stopping.wait_for(|stopping| *stopping) => {}
    }
    // A request of which something has come is still answered.
    if http.is_at_rest() { Ok(None) } else { http.read_request().await }
}

/// Answers what was no request, or did not come to its end, if an answer makes sense.
async fn refuse(http: &mut AsyncHttp<Line>, peer: &Peer, error: &Error) -> Then {
    tracing::debug!(peer = %peer.address, %error, "a request was not read");
    if matches!(error, Error::Reset) {
        return Then::Abort;
    }
    if let Some(status) = error.status() {
        let words = match error {
            Error::Fault(fault) => format!("{}: {}\n", fault.rule, fault.rule.sentence()),
            other => format!("{other}\n"),
        };
        let page = ResponseOptions { fields: taken_instead(error), ..page(status, words) };
        if http.send_response(page.into()).await.is_err() {
            return Then::Abort;
        }
    }
    Then::Close
}

/// A handler that failed: 500 if the answer has not begun; else there is no way to say so but to break it off.
async fn failed(
    http: &mut AsyncHttp<Line>,
    request: &Request,
    peer: &Peer,
    error: &HandlerError,
    state: State,
) -> Then {
    let (method, target) = (request.method.escape_ascii(), request.target.escape_ascii());
    match error {
        // The client's doing, or the line's.
        HandlerError::Http(error) if !matches!(error, Error::Send(_) | Error::Content(_)) => {
            tracing::debug!(peer = %peer.address, %method, %target, %error, "an exchange ended early");
        }
        error => tracing::error!(peer = %peer.address, %method, %target, %error, "a handler failed"),
    }
    match state {
        State::Answered => Then::Close,
        State::Begun => Then::Abort,
        State::Unanswered => match http.send_response(page(500, "The server failed.\n".into()).into()).await {
            Ok(()) => Then::Close,
            Err(_) => Then::Abort,
        },
    }
}

/// The codings that would have been understood (RFC 9110 §15.5.16).
fn taken_instead(error: &Error) -> Vec<OwnedField> {
    match error {
        #[cfg(feature = "gzip")]
        Error::Coding(_) if error.status() == Some(415) => {
            vec![(b"Accept-Encoding".to_vec(), b"gzip, deflate".to_vec())]
        }
        _ => Vec::new(),
    }
}

fn page(status: u16, words: String) -> ResponseOptions {
    ResponseOptions {
        status,
        reason: reason_phrase(status).into(),
        content_type: Some(b"text/plain; charset=utf-8".to_vec()),
        content: words.into_bytes().into(),
        close: true,
        ..ResponseOptions::default()
    }
}

/// The outcome of a future, or what it said when it panicked.
async fn caught<V>(future: impl Future<Output = V>) -> Result<V, String> {
    let mut future = pin!(future);
    poll_fn(|context| {
        // A future that panicked is not polled again, and what it had borrowed is looked at afresh.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(polled) => polled.map(Ok),
            Err(panic) => Poll::Ready(Err(match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
                (Some(words), _) => (*words).to_owned(),
                (_, Some(words)) => words.clone(),
                _ => "it said nothing".to_owned(),
            })),
        }
    })
    .await
}
