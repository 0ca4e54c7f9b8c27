//! Several requests on one connection before the first is answered (RFC 9112 §9.3.2).

use std::collections::VecDeque;

use super::connect::{self, Route};
use super::pool::Lease;
use super::watch::Step;
use super::{Ask, AskError, UserAgent, is_idempotent, is_of_the_connection, may_have_been_sent};
use crate::driver::{Content, Error, Outgoing, Response, Whole};

/// Requests to one origin, answered one after another in the order in which they were asked.
///
/// A request with a method that is not idempotent, or with content from a reader, is alone on the connection. Where the connection ends
/// early, what had no answer is asked again on a fresh one, as far as that is safe; and there the second request waits for
/// the first answer, so that what ended the connection shows. Redirects are handed over, not followed. Dropped before the last answer,
/// the connection is closed.
#[derive(Debug)]
pub struct Pipeline {
    agent: UserAgent,
    waiting: VecDeque<Asked>,
    /// Sent, and not answered.
    sent: VecDeque<(Asked, Outgoing)>,
    lease: Option<Lease>,
    /// Whether one request at a time is sent, until one is answered.
    one_at_a_time: bool,
}

#[derive(Debug)]
struct Asked {
    ask: Ask,
    /// Whether it was the first to have no answer when a connection ended.
    failed: bool,
}

impl Asked {
    fn may_be_repeated(&self) -> bool {
        is_idempotent(&self.ask.method) && !self.is_given_once()
    }

    fn is_given_once(&self) -> bool {
        matches!(self.ask.content, Content::Reader { .. })
    }
}

impl Pipeline {
    pub(super) fn new(agent: UserAgent, asks: Vec<Ask>) -> Result<Pipeline, AskError> {
        if asks.iter().any(|ask| matches!(ask.content, Content::Pieces { .. })) {
            return Err(AskError::Pieces);
        }
        if asks.windows(2).any(|two| two[0].uri.origin() != two[1].uri.origin()) {
            return Err(AskError::Origins);
        }
        let waiting = asks.into_iter().map(|ask| Asked { ask, failed: false }).collect();
        Ok(Pipeline { agent, waiting, sent: VecDeque::new(), lease: None, one_at_a_time: false })
    }

    /// The next answer, whole (within [`crate::driver::Options::content_in_memory`]); `None` when all are there.
    ///
    /// # Errors
    /// Why the request whose turn it is has no answer. Those behind it are still asked when this is called again.
    pub async fn next(&mut self) -> Option<Result<(Response, Whole), AskError>> {
        loop {
            if self.sent.is_empty() && self.waiting.is_empty() {
                if let Some(lease) = self.lease.take() {
                    self.agent.shared.pool.give_back(lease);
                }
                return None;
            }
            if let Err(error) = self.connect().await {
                // Each request learns that it has no answer.
                self.requeue();
                self.waiting.pop_front();
                return Some(Err(error));
            }
            match self.exchange().await {
                Ok(answer) => return Some(Ok(answer)),
                Err(error) => {
                    if let Some(error) = self.failed(error) {
                        return Some(Err(error.into()));
                    }
                }
            }
        }
    }

    /// A connection, with the right to it.
    async fn connect(&mut self) -> Result<(), AskError> {
        let shared = &self.agent.shared;
        let lease = match &mut self.lease {
            Some(lease) => lease,
            none => {
                let Some(first) = self.waiting.front() else { return Ok(()) };
                let route = Route::new(&first.ask.uri, &shared.options);
                none.insert(shared.pool.lease(route, first.is_given_once()).await?)
            }
        };
        // Content that is given once is not tried on a connection that may have ended.
        let fresh = self.sent.is_empty() && self.waiting.front().is_some_and(Asked::is_given_once);
        if lease.http.is_none() || (fresh && lease.was_used) {
            lease.was_used = false;
            let (http, teller) = connect::connect(&lease.route, &shared.options).await?;
            (lease.http, lease.teller) = (Some(http), teller);
        }
        Ok(())
    }

    /// Sends what may be sent, and reads the next answer.
    async fn exchange(&mut self) -> Result<(Response, Whole), Error> {
        self.fill().await?;
        let (Some(http), Some((_, request))) =
            (self.lease.as_mut().and_then(|lease| lease.http.as_mut()), self.sent.front())
        else {
            return Err(Error::Ended);
        };
        let response = http.read_response(request).await?;
        let whole = http.read_content().await?;
        let persists = http.persists();
        if let Some(lease) = &mut self.lease {
            lease.teller.tell(Step::Answered(&response));
            lease.was_used = true;
        }
        self.one_at_a_time = false;
        if let Some((asked, _)) = self.sent.pop_front() {
            self.agent.keep_cookies(&asked.ask.uri, &response);
        }
        if !persists {
            // The end was announced, so the server has not acted on what came behind (RFC 9112 §9.6), or it may be repeated.
            self.requeue();
        }
        Ok((response, whole))
    }

    async fn fill(&mut self) -> Result<(), Error> {
        let most = if self.one_at_a_time { 1 } else { self.agent.shared.options.pipelined.max(1) };
        while self.sent.len() < most {
            let alone = |asked: &Asked| !asked.may_be_repeated();
            let Some(next) = self.waiting.front() else { break };
            if !self.sent.is_empty() && (alone(next) || self.sent.back().is_some_and(|(last, _)| alone(last))) {
                break;
            }
            let (Some(lease), Some(mut asked)) = (self.lease.as_mut(), self.waiting.pop_front()) else { break };
            let Some(http) = lease.http.as_mut() else { break };
            let mut request = self.agent.request(&mut asked.ask, &lease.route, http);
            lease.teller.tell(Step::Asks { uri: &asked.ask.uri, reused: lease.was_used });
            let told = http.send_request(&mut request).await;
            match told {
                Ok(()) => self.sent.push_back((asked, request)),
                // What is wrong shows when it is its turn, or before.
                Err(_) if !self.sent.is_empty() => {
                    self.waiting.push_front(asked);
                    break;
                }
                // Nothing of it is gone yet, so even a method that is not idempotent may go elsewhere.
                Err(error) if !may_have_been_sent(&error) && is_of_the_connection(&error) && lease.was_used => {
                    lease.http = None;
                    lease.was_used = false;
                    self.waiting.push_front(asked);
                    return Err(error);
                }
                Err(error) => {
                    self.sent.push_back((asked, request));
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// The connection failed. `None` where everything is asked again, else why the request whose turn it was has no answer.
    fn failed(&mut self, error: Error) -> Option<Error> {
        let Some((mut first, request)) = self.sent.pop_front() else {
            // Told before anything was sent, on a connection that was at rest.
            self.requeue();
            return None;
        };
        if is_of_the_connection(&error) && first.may_be_repeated() && !first.failed {
            first.failed = true;
            self.sent.push_front((first, request));
            self.requeue();
            return None;
        }
        self.requeue();
        Some(error)
    }

    /// What was sent and not answered is asked again, on another connection.
    fn requeue(&mut self) {
        while let Some((asked, _)) = self.sent.pop_back() {
            self.waiting.push_front(asked);
        }
        if let Some(lease) = &mut self.lease {
            lease.http = None;
            lease.was_used = false;
        }
        self.one_at_a_time = true;
    }
}
