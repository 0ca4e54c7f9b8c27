//! Requests and responses as the caller of the driver has them: owned, with nothing of the connection in them.

use std::fmt;
use std::io;

use crate::body::BodyLength;
use crate::connection::outgoing::Length;
use crate::field;
use crate::head::{FieldLine, RequestHead, ResponseHead, TargetForm, Version};
pub use crate::message::OwnedField;

/// A request that was read: its head. Its content is read next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method, case as it stood.
    pub method: Vec<u8>,
    /// The request-target as it stood.
    pub target: Vec<u8>,
    /// The form of the target.
    pub form: TargetForm,
    /// The version.
    pub version: Version,
    /// The field lines in order.
    pub fields: Vec<OwnedField>,
    /// How the end of its content is found.
    pub length: BodyLength,
    /// The protocols that it offers to switch to, in order of preference.
    pub upgrade: Vec<Vec<u8>>,
    /// Whether it waits for 100 (Continue) before it sends content. Reading the content sends it.
    pub expects_continue: bool,
    /// Whether it expects something else, that nobody here can do: 417 may answer it, or it is ignored (RFC 9110 §10.1.1).
    pub expects_more: bool,
}

/// A response that was read: its head. Its content is read next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The version.
    pub version: Version,
    /// The status code.
    pub status: u16,
    /// The reason phrase; may be empty.
    pub reason: Vec<u8>,
    /// The field lines in order.
    pub fields: Vec<OwnedField>,
    /// How the end of its content is found.
    pub length: BodyLength,
    /// The interim responses before it, in order: status and fields.
    pub interim: Vec<(u16, Vec<OwnedField>)>,
    /// Whether the octets that follow are another protocol's.
    pub switched: bool,
    /// Whether its content is read without the codings that Content-Encoding names ([`super::Options`] says when).
    pub decoded: bool,
}

/// Content that was read whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whole {
    /// The content, without chunked, and without content codings where they are decoded.
    pub content: Vec<u8>,
    /// Trailer field lines in order.
    pub trailers: Vec<OwnedField>,
}

/// Content to send.
#[derive(Default)]
pub enum Content {
    /// None, and no field that speaks of it (in a response: a Content-Length of 0, where one may stand).
    #[default]
    None,
    /// These octets.
    Octets(Vec<u8>),
    /// What the reader gives until its end. Without a size it is sent chunked, or, to a client of version 1.0, until the
    /// connection closes. A reader that gives more or less than `size` is an error, and the connection is not used again.
    Reader {
        /// Who gives the octets. At the async door, one that does not make its caller wait.
        reader: Box<dyn io::Read + Send>,
        /// How many octets it will give.
        size: Option<u64>,
    },
    /// What the caller sends itself, with [`super::AsyncHttp::send_piece`] and [`super::AsyncHttp::end`], after the head.
    Pieces {
        /// How many octets that will be; as for a reader.
        size: Option<u64>,
    },
}

/// What an iterator gives, as a reader.
struct Chunks<I: Iterator> {
    pieces: I,
    piece: Option<I::Item>,
    given: usize,
}

impl<I: Iterator<Item: AsRef<[u8]>>> io::Read for Chunks<I> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            let rest = self.piece.as_ref().map_or(&[][..], |piece| &piece.as_ref()[self.given..]);
            if !rest.is_empty() {
                let count = rest.len().min(buf.len());
                buf[..count].copy_from_slice(&rest[..count]);
                self.given += count;
                return Ok(count);
            }
            (self.piece, self.given) = (self.pieces.next(), 0);
            if self.piece.is_none() {
                return Ok(0);
            }
        }
    }
}

impl Content {
    /// What the iterator gives, one piece behind the other; `size` as for [`Content::Reader`]. How they are cut is not kept.
    pub fn chunks<I>(pieces: I, size: Option<u64>) -> Content
    where
        I: IntoIterator<IntoIter: Send + 'static, Item: AsRef<[u8]> + Send + 'static>,
    {
        Content::Reader { reader: Box::new(Chunks { pieces: pieces.into_iter(), piece: None, given: 0 }), size }
    }

    pub(crate) fn length(&self) -> Option<Length> {
        match self {
            Content::None => None,
            Content::Octets(octets) => Some(Length::Known(octets.len() as u64)),
            Content::Reader { size: Some(size), .. } | Content::Pieces { size: Some(size) } => {
                Some(Length::Known(*size))
            }
            Content::Reader { size: None, .. } | Content::Pieces { size: None } => Some(Length::Unknown),
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::None => f.write_str("None"),
            Content::Octets(octets) => write!(f, "Octets({})", octets.len()),
            Content::Reader { size, .. } => write!(f, "Reader({size:?})"),
            Content::Pieces { size } => write!(f, "Pieces({size:?})"),
        }
    }
}

impl<O: Into<Vec<u8>>> From<O> for Content {
    fn from(octets: O) -> Content {
        Content::Octets(octets.into())
    }
}

impl Request {
    pub(super) fn new(head: &RequestHead, octets: &[u8], length: BodyLength, held: bool, more: bool) -> Request {
        Request {
            method: head.method.of(octets).to_vec(),
            target: head.target.of(octets).to_vec(),
            form: head.form,
            version: head.version,
            fields: owned(&head.fields, octets),
            length,
            upgrade: match head.version >= Version::HTTP_11 {
                true => field::upgrade_protocols(&head.fields, octets).map(|p| p.of(octets).to_vec()).collect(),
                false => Vec::new(),
            },
            expects_continue: held,
            expects_more: more,
        }
    }
}

impl Response {
    /// Where a redirection leads (RFC 9110 §15.4): the Location of a 301, 302, 303, 307 or 308, as it stood, relative to the URI that was
    /// asked for. `None` where there is none, or more than one.
    pub fn location(&self) -> Option<&[u8]> {
        if !matches!(self.status, 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let mut locations = values(&self.fields, "location");
        let (location, None) = (locations.next()?, locations.next()) else { return None };
        Some(location)
    }

    pub(super) fn new(head: &ResponseHead, octets: &[u8], length: BodyLength, switched: bool) -> Response {
        Response {
            version: head.version,
            status: head.status,
            reason: head.reason.of(octets).to_vec(),
            fields: owned(&head.fields, octets),
            length,
            interim: Vec::new(),
            switched,
            decoded: false,
        }
    }
}

/// The values of every field line of that name (compared without case), in order.
pub fn values<'f>(fields: &'f [OwnedField], name: &'f str) -> impl Iterator<Item = &'f [u8]> + 'f {
    fields.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value.as_slice())
}

pub(super) fn owned(fields: &[FieldLine], octets: &[u8]) -> Vec<OwnedField> {
    fields
        .iter()
        .map(|line| (line.name.of(octets).to_vec(), field::unfolded(line.value.of(octets)).into_owned()))
        .collect()
}
