//! Content codings of what passes a connection ([`super::Options::codings`]).

use super::message::values;
use super::{AsyncHttp, Content, Error, Reply, Request, RequestOptions};
use crate::body::BodyLength;
use crate::coding::{Choice, Coding, CodingError, Decoder, Encoder, EncodingReader, Settings, gains, negotiate};
use crate::field::typed::{self, AcceptEncoding};
use crate::message::OwnedField;
use crate::transport::AsyncTransport;

/// What is being encoded and decoded on a connection.
#[derive(Debug, Default)]
pub(super) struct Coded {
    /// Of the message whose content the caller sends piece by piece.
    pub(super) encoder: Option<Encoder>,
    /// Of the message that was read last.
    pub(super) decoding: Option<Decoding>,
}

#[derive(Debug)]
pub(super) enum Decoding {
    /// Its codings are not known here.
    Refused(CodingError),
    Under {
        decoder: Decoder,
        /// Whether all content has been received.
        received: bool,
    },
}

impl Decoding {
    /// For content that follows behind these fields, if it is coded.
    pub(super) fn new(
        settings: Option<&Settings>,
        fields: &[OwnedField],
        status: Option<u16>,
        length: BodyLength,
    ) -> Option<Decoding> {
        let settings = settings.filter(|settings| settings.decode)?;
        // A part of coded content is no stream of its own; no content is none either, whatever its fields say.
        if status == Some(206) || matches!(length, BodyLength::None | BodyLength::Fixed(0)) {
            return None;
        }
        match Coding::all_of(values(fields, "content-encoding")) {
            Ok(codings) if codings.is_empty() => None,
            Ok(codings) => Some(Decoding::Under { decoder: Decoder::new(&codings, settings.guards), received: false }),
            Err(error) => Some(Decoding::Refused(error)),
        }
    }
}

impl<T: AsyncTransport> AsyncHttp<T> {
    /// Appends decoded content, as [`AsyncHttp::read_piece`] does content.
    pub(super) async fn read_decoded(&mut self, into: &mut Vec<u8>) -> Result<bool, Error> {
        loop {
            let given = match &mut self.coded.decoding {
                None => return Ok(false),
                Some(Decoding::Refused(error)) => Err(error.clone()),
                Some(Decoding::Under { decoder, received }) => match decoder.give(into) {
                    Ok(true) => return Ok(true),
                    Ok(false) if *received => decoder.finish().map(|()| true),
                    Ok(false) => Ok(false),
                    Err(error) => Err(error),
                },
            };
            match given {
                Ok(true) => {
                    self.coded.decoding = None;
                    return Ok(false);
                }
                Ok(false) => {}
                Err(error) => {
                    self.coded.decoding = None;
                    self.spoil();
                    return Err(Error::Coding(error));
                }
            }
            let mut raw = Vec::new();
            let more = self.read_coded(&mut raw).await?;
            if let Some(Decoding::Under { decoder, received }) = &mut self.coded.decoding {
                decoder.take(&raw);
                *received = !more;
            }
        }
    }

    /// Says what is taken, and encodes the content of a request where that was asked for.
    pub(super) fn code_request(&self, options: &mut RequestOptions) -> Option<Coding> {
        let settings = self.options.codings.as_ref()?;
        let has = |name: &str| values(&options.fields, name).next().is_some();
        let range = has("range");
        if settings.decode && !has("accept-encoding") && !range {
            options.fields.push((b"Accept-Encoding".to_vec(), b"gzip, deflate".to_vec()));
        }
        let has = |name: &str| values(&options.fields, name).next().is_some();
        let may = settings.encode && options.compress && !DECIDED.iter().any(|name| has(name));
        if !may || !is_worth_it(settings, &options.content) {
            return None;
        }
        let content = std::mem::take(&mut options.content);
        let (content, coding) = encoded(content, Coding::Gzip, settings.level);
        options.content = content;
        if coding.is_some() {
            options.fields.push((b"Content-Encoding".to_vec(), Coding::Gzip.name().into()));
        }
        coding.filter(|_| matches!(options.content, Content::Pieces { .. }))
    }

    /// Encodes the content of a response as the client likes it, if it gains.
    pub(super) fn code_response(&self, request: &Request, reply: &mut Reply) {
        let Some(settings) = self.options.codings.as_ref().filter(|settings| settings.encode) else { return };
        let has = |name: &str| values(&reply.fields, name).next().is_some();
        let transforms = !values(&reply.fields, "cache-control")
            .flat_map(|value| value.split(|octet| *octet == b','))
            .any(|directive| directive.trim_ascii().eq_ignore_ascii_case(b"no-transform"));
        let gains = values(&reply.fields, "content-type").next().is_some_and(gains);
        let decided = reply.status == 206 || DECIDED.iter().any(|name| has(name));
        if decided || !transforms || !gains || !is_worth_it(settings, &reply.content) {
            return;
        }
        let varies = values(&reply.fields, "vary").flat_map(|value| value.split(|octet| *octet == b',')).any(|name| {
            let name = name.trim_ascii();
            name == b"*" || name.eq_ignore_ascii_case(b"accept-encoding")
        });
        if !varies {
            reply.fields.push((b"Vary".to_vec(), b"Accept-Encoding".to_vec()));
        }
        // A field that cannot be read asks for nothing.
        let accepted = typed::get::<AcceptEncoding>(&request.fields).and_then(Result::ok);
        let Choice::Coded(coding) = negotiate(accepted.as_ref(), &Coding::ALL) else { return };
        let (content, coding) = encoded(std::mem::take(&mut reply.content), coding, settings.level);
        reply.content = content;
        let Some(coding) = coding else { return };
        reply.fields.push((b"Content-Encoding".to_vec(), coding.name().into()));
        for (name, value) in &mut reply.fields {
            // Other octets, the same meaning (RFC 9110 §8.8.3.3).
            if name.eq_ignore_ascii_case(b"etag") && value.starts_with(b"\"") {
                value.splice(..0, *b"W/");
            }
        }
        reply.coding = Some(coding).filter(|_| matches!(reply.content, Content::Pieces { .. }));
    }

    pub(super) fn encoder(&self, coding: Option<Coding>) -> Option<Encoder> {
        let level = self.options.codings.as_ref().map_or(6, |settings| settings.level);
        coding.map(|coding| Encoder::new(coding, level))
    }
}

/// With one of these the caller has decided about the octets of the content.
const DECIDED: [&str; 4] = ["content-encoding", "content-range", "content-digest", "content-md5"];

fn is_worth_it(settings: &Settings, content: &Content) -> bool {
    match content {
        Content::None => false,
        Content::Octets(octets) => octets.len() as u64 >= settings.from,
        Content::Reader { size, .. } | Content::Pieces { size } => size.is_none_or(|size| size >= settings.from),
    }
}

/// The content in that coding, unless it did not get shorter. Pieces are encoded when they come.
fn encoded(content: Content, coding: Coding, level: u32) -> (Content, Option<Coding>) {
    let encoder = Encoder::new(coding, level);
    match content {
        Content::None => (Content::None, None),
        Content::Octets(octets) => match all(encoder, &octets) {
            Some(shorter) if shorter.len() < octets.len() => (Content::Octets(shorter), Some(coding)),
            _ => (Content::Octets(octets), None),
        },
        Content::Reader { reader, .. } => {
            let reader = Box::new(EncodingReader::new(reader, encoder));
            (Content::Reader { reader, size: None }, Some(coding))
        }
        Content::Pieces { .. } => (Content::Pieces { size: None }, Some(coding)),
    }
}

fn all(mut encoder: Encoder, octets: &[u8]) -> Option<Vec<u8>> {
    let mut coded = Vec::with_capacity(octets.len() / 2);
    encoder.encode(octets, &mut coded).ok()?;
    encoder.finish(&mut coded).ok()?;
    Some(coded)
}
