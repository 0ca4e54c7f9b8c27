//! Who answers.

use std::error;
use std::fmt;
use std::future::Future;

use super::Exchange;
use crate::driver::{Error, Request, ResponseOptions, Whole};

/// Answers requests. One handler serves all connections at once.
pub trait Handler: Send + Sync + 'static {
    /// Answers the request of this exchange, whole or piece by piece.
    ///
    /// # Errors
    /// Whatever went wrong. Before the answer has begun, the client gets 500, or the status that [`Error::status`] names where the
    /// request itself was at fault; an answer that has begun is broken off, so that nobody takes it for a whole one. A panic
    /// comes to the same.
    fn handle(&self, exchange: &mut Exchange<'_>) -> impl Future<Output = Result<(), HandlerError>> + Send;
}

/// Why a handler did not answer.
#[derive(Debug)]
pub enum HandlerError {
    /// The connection: the request was broken or cut off, the client is gone or too slow, the answer could not be sent.
    Http(Error),
    /// Anything else. The client is not told more than 500.
    Failed(Box<dyn error::Error + Send + Sync>),
}

impl HandlerError {
    /// A failure in words, for the log.
    pub fn failed(why: impl Into<Box<dyn error::Error + Send + Sync>>) -> HandlerError {
        HandlerError::Failed(why.into())
    }
}

impl fmt::Display for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HandlerError::Http(error) => write!(f, "{error}"),
            HandlerError::Failed(error) => write!(f, "{error}"),
        }
    }
}

impl error::Error for HandlerError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            HandlerError::Http(error) => Some(error),
            HandlerError::Failed(error) => Some(&**error),
        }
    }
}

impl From<Error> for HandlerError {
    fn from(error: Error) -> HandlerError {
        HandlerError::Http(error)
    }
}

/// A handler made of a function of the whole request.
#[derive(Clone, Debug)]
pub struct WholeHandler<F>(F);

/// A handler that reads the content of each request whole (within [`crate::driver::Options::content_in_memory`]) and answers with
/// what `answer` gives.
pub fn whole<F, A>(answer: F) -> WholeHandler<F>
where
    F: Fn(Request, Whole) -> A + Send + Sync + 'static,
    A: Future<Output = Result<ResponseOptions, HandlerError>> + Send,
{
    WholeHandler(answer)
}

impl<F, A> Handler for WholeHandler<F>
where
    F: Fn(Request, Whole) -> A + Send + Sync + 'static,
    A: Future<Output = Result<ResponseOptions, HandlerError>> + Send,
{
    async fn handle(&self, exchange: &mut Exchange<'_>) -> Result<(), HandlerError> {
        let content = exchange.read_content().await?;
        let answer = (self.0)(exchange.request().clone(), content).await?;
        exchange.respond(answer).await
    }
}
