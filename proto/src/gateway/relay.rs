//! One exchange that passes through.

use super::trouble::Trouble;
use super::{Gateway, fields};
use crate::body::BodyLength;
use crate::driver::message::values;
use crate::driver::{Answer, Content, Error, Outgoing, Request, RequestOptions, Response, ResponseOptions, Wanted};
use crate::head::Version;
use crate::message::OwnedField;
use crate::origin_server::Exchange;
use crate::user_agent::passage::Passage;
use crate::user_agent::{AskError, Origin, is_idempotent, is_of_the_connection, may_have_been_sent};

impl Gateway {
    pub(super) async fn relay(
        &self,
        exchange: &mut Exchange<'_>,
        request: &Request,
        fields: Vec<OwnedField>,
        origin: &Origin,
        target: Vec<u8>,
        host: Vec<u8>,
    ) -> Result<(), Trouble> {
        if request.expects_more {
            return Err(Trouble::Refused(417, "nothing is known of that expectation here".into()));
        }
        let mut fields = fields::forwarded(fields, request.version, &self.options.pseudonym);
        if self.options.tell_client {
            fields.push((b"X-Forwarded-For".to_vec(), exchange.peer().address.ip().to_string().into_bytes()));
        }
        let head = || RequestOptions {
            host: host.clone(),
            method: request.method.clone(),
            target: target.clone(),
            fields: fields.clone(),
            content: content_of(request.length),
            expect_continue: request.expects_continue,
            ..RequestOptions::default()
        };
        let mut passage = self.agent.passage(origin).await?;
        let (outgoing, first) = start(&mut passage, request, head).await?;
        self.forward_content(exchange, &mut passage).await?;
        let answer = match first {
            Some(answer) => answer,
            None => passage.http().read_answer(&outgoing).await.map_err(of_origin)?,
        };
        self.forward_answer(exchange, request, passage, outgoing, answer).await
    }

    /// Sends on what the client sends, as far as the origin wants it.
    async fn forward_content(&self, exchange: &mut Exchange<'_>, passage: &mut Passage) -> Result<(), Trouble> {
        if matches!(exchange.request().length, BodyLength::None) {
            return Ok(());
        }
        let mut piece = Vec::new();
        // A client that holds its content back is told to go on by its being read, so it is not read for nothing.
        let mut wanted = passage.http().send_piece(&[]).await.map_err(of_origin)?;
        while wanted == Wanted::More {
            piece.clear();
            let more = exchange.read_piece(&mut piece).await.map_err(Trouble::Client)?;
            wanted = passage.http().send_piece(&piece).await.map_err(of_origin)?;
            if !more {
                let trailers = match exchange.request().length {
                    BodyLength::Chunked => fields::trailers(exchange.trailers()),
                    _ => Vec::new(),
                };
                return passage.http().end(&trailers).await.map_err(of_origin);
            }
        }
        passage.http().end(&[]).await.map_err(of_origin)
    }

    async fn forward_answer(
        &self,
        exchange: &mut Exchange<'_>,
        request: &Request,
        mut passage: Passage,
        outgoing: Outgoing,
        mut answer: Answer,
    ) -> Result<(), Trouble> {
        // Reading the content has told the client to go on already.
        let mut told = request.expects_continue;
        let response = loop {
            match answer {
                Answer::Final(response) => break response,
                Answer::Interim(100, _) if std::mem::take(&mut told) => {}
                Answer::Interim(status, fields) if request.version >= Version::HTTP_11 => {
                    let fields = fields::forwarded(fields, Version::HTTP_11, &self.options.pseudonym);
                    let fields: Vec<_> =
                        fields.iter().map(|(name, value)| (name.as_slice(), value.as_slice())).collect();
                    exchange.interim(status, &fields).await.map_err(Trouble::Client)?;
                }
                Answer::Interim(..) => {}
            }
            answer = passage.http().read_answer(&outgoing).await.map_err(of_origin)?;
        };
        let content = content_of_response(request, &response);
        let streams = matches!(content, Content::Pieces { .. });
        let chunked = matches!(content, Content::Pieces { size: None }) && request.version >= Version::HTTP_11;
        let options = ResponseOptions {
            status: response.status,
            reason: response.reason.clone(),
            fields: fields::forwarded(response.fields, response.version, &self.options.pseudonym),
            content,
            #[cfg(feature = "gzip")]
            compress: false,
            ..ResponseOptions::default()
        };
        exchange.respond(options).await.map_err(Trouble::Client)?;
        let mut piece = Vec::new();
        loop {
            piece.clear();
            let more =
                passage.http().read_piece(&mut piece).await.map_err(|error| Trouble::BrokeOff(error.to_string()))?;
            if streams {
                exchange.send_piece(&piece).await.map_err(Trouble::Client)?;
            }
            if !more {
                break;
            }
        }
        let received = passage.http().trailers().to_vec();
        passage.give_back();
        match streams {
            true => {
                let trailers = if chunked { fields::trailers(&received) } else { Vec::new() };
                exchange.end(&trailers).await.map_err(Trouble::Client)
            }
            false => Ok(()),
        }
    }
}

/// Sends the head, on a fresh connection if one that was used before turns out to be at its end and that is safe. What has no content is
/// also waited for, since only then is such an end seen for certain.
async fn start(
    passage: &mut Passage,
    request: &Request,
    head: impl Fn() -> RequestOptions,
) -> Result<(Outgoing, Option<Answer>), Trouble> {
    let idempotent = is_idempotent(&request.method);
    loop {
        let mut outgoing = passage.http().make_request(head());
        let was_used = passage.was_used();
        let again = |error: &Error, sent: bool| was_used && is_of_the_connection(error) && (!sent || idempotent);
        let error = match passage.http().send_request(&mut outgoing).await {
            Ok(()) if request.length != BodyLength::None => return Ok((outgoing, None)),
            Ok(()) => match passage.http().read_answer(&outgoing).await {
                Ok(answer) => return Ok((outgoing, Some(answer))),
                Err(error) if again(&error, true) => error,
                Err(error) => return Err(of_origin(error)),
            },
            Err(error) => error,
        };
        if !again(&error, may_have_been_sent(&error)) {
            return Err(of_origin(error));
        }
        passage.renew().await?;
    }
}

fn content_of(length: BodyLength) -> Content {
    match length {
        BodyLength::None => Content::None,
        BodyLength::Fixed(size) => Content::Pieces { size: Some(size) },
        BodyLength::Chunked | BodyLength::UntilClose => Content::Pieces { size: None },
    }
}

/// Content to come in pieces. An answer to HEAD has no content, and speaks of that of GET all the same.
fn content_of_response(request: &Request, response: &Response) -> Content {
    if request.method == b"HEAD" {
        let length = values(&response.fields, "content-length").next();
        let size = length.and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|digits| digits.parse().ok());
        return Content::Pieces { size };
    }
    match response.status {
        204 | 304 => Content::None,
        _ => match response.length {
            BodyLength::None => Content::None,
            length => content_of(length),
        },
    }
}

fn of_origin(error: Error) -> Trouble {
    Trouble::Origin(AskError::Http(error))
}
