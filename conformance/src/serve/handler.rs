//! The contracts as a handler of the origin server: each request is read whole before it is answered.

use wiregauge_proto::driver::ResponseOptions;
use wiregauge_proto::origin_server::{Exchange, Handler, HandlerError};

use super::Contract;
use super::app::{self, Question, Reply};
use super::resources;

/// Answers by a contract.
pub(super) struct Answers(pub(super) Contract);

impl Handler for Answers {
    async fn handle(&self, exchange: &mut Exchange<'_>) -> Result<(), HandlerError> {
        if let Some(answer) = resources::answer(exchange.request()) {
            exchange.read_content().await?;
            return exchange.respond(answer).await;
        }
        let request = exchange.request();
        let refusal = app::refuses(self.0, &request.method).or_else(|| request.expects_more.then(app::expectation));
        let reply = match refusal {
            // Content that is held back need not be asked for.
            Some(reply) if request.expects_continue || reply.close => reply,
            refusal => {
                let whole = exchange.read_content().await?;
                let request = exchange.request();
                let question = Question {
                    method: &request.method,
                    target: &request.target,
                    version: (request.version.major, request.version.minor),
                    fields: &request.fields,
                    content: &whole.content,
                    trailers: &whole.trailers,
                };
                refusal.unwrap_or_else(|| app::answer(self.0, &question))
            }
        };
        exchange.respond(reply.into()).await
    }
}

impl From<Reply> for ResponseOptions {
    fn from(reply: Reply) -> ResponseOptions {
        ResponseOptions {
            status: reply.status,
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
