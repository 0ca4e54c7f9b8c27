//! A representation and what a request wants of it: preconditions (RFC 9110 §13) and ranges (RFC 9110 §14).
//!
//! ```text
//!   request ─► precondition ─► select ─► 200 whole · 206 a part, or several · 304 · 412 · 416
//! ```
//!
//! [`Representation::answer`] does it all for GET and HEAD; [`precondition`] and [`select`] are its halves, for whoever has methods or
//! storage of their own. A client reads several parts with [`parts`].
//!
//! ```
//! use wiregauge_proto::driver::{Http, Options, RequestOptions};
//! use wiregauge_proto::field::grammar::{EntityTag, Validation};
//! use wiregauge_proto::representation::{Representation, Validators};
//! use wiregauge_proto::transport::memory;
//!
//! let (near, far) = memory::pair();
//! let server = std::thread::spawn(move || {
//!     let mut http = Http::new(far, Options::default());
//!     let request = http.read_request()?.expect("a request");
//!     let etag = EntityTag::new(Validation::Strong, "v1");
//!     let page = Representation {
//!         content: b"0123456789".to_vec().into(),
//!         content_type: Some(b"text/plain".to_vec()),
//!         validators: Validators { etag, last_modified: None },
//!         fields: Vec::new(),
//!     };
//!     let response = http.make_response(&request, page.answer(&request, std::time::SystemTime::now()));
//!     http.send_response(response)
//! });
//! let mut http = Http::new(near, Options::default());
//! let range = vec![(b"Range".to_vec(), b"bytes=2-4".to_vec())];
//! let mut request = http.make_request(RequestOptions { host: "a.example".into(), fields: range, ..Default::default() });
//! http.send_request(&mut request)?;
//! assert_eq!(http.read_response(&request)?.status, 206);
//! assert_eq!(http.read_content()?.content, b"234");
//! server.join().unwrap()?;
//! # Ok::<(), wiregauge_proto::driver::Error>(())
//! ```

mod byteranges;
mod precondition;
mod range;
mod slices;

use std::fmt;
use std::io::{self, Read, Seek};
use std::time::SystemTime;

pub use byteranges::{Part, PartsError, parts};
pub use precondition::{Outcome, Validators, precondition};
pub use range::{RANGES, Selected, select};

use crate::driver::{Content, Request, ResponseOptions};
use crate::field::grammar::HttpDate;
use crate::field::typed::{self, AcceptRanges, ContentRange, ETag, IfRange, LastModified, TypedField};
use crate::message::OwnedField;
use byteranges::Boundary;
use slices::{Piece, Slices};

/// What can be read from any place.
pub trait ReadSeek: Read + Seek {}

impl<R: Read + Seek> ReadSeek for R {}

/// Where the octets of a representation are.
pub enum Source {
    /// In memory.
    Octets(Vec<u8>),
    /// In a file, for example. Only what is asked for is read.
    Reader {
        /// Who gives them; from its beginning on.
        reader: Box<dyn ReadSeek + Send>,
        /// How many there are.
        length: u64,
    },
}

impl Source {
    /// How many octets there are.
    pub fn length(&self) -> u64 {
        match self {
            Source::Octets(octets) => octets.len() as u64,
            Source::Reader { length, .. } => *length,
        }
    }

    fn into_reader(self) -> Box<dyn ReadSeek + Send> {
        match self {
            Source::Octets(octets) => Box::new(io::Cursor::new(octets)),
            Source::Reader { reader, .. } => reader,
        }
    }
}

impl From<Vec<u8>> for Source {
    fn from(octets: Vec<u8>) -> Source {
        Source::Octets(octets)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({})", self.length())
    }
}

/// The current representation of a resource, selected already.
#[derive(Debug)]
pub struct Representation {
    /// The octets.
    pub content: Source,
    /// The value of Content-Type.
    pub content_type: Option<Vec<u8>>,
    /// What tells it from others of the same resource.
    pub validators: Validators,
    /// Other fields of a 200 (Cache-Control, Vary, Content-Language, ...), without ETag, Last-Modified and Accept-Ranges.
    pub fields: Vec<OwnedField>,
}

/// The fields that a 304 repeats, and a part for who has the rest already (RFC 9110 §15.4.5, §15.3.7).
const REPEATED: [&str; 4] = ["cache-control", "content-location", "expires", "vary"];

impl Representation {
    /// The answer to a GET or HEAD at the time `now`. Other methods are for the caller, who may ask [`precondition`] first.
    pub fn answer(self, request: &Request, now: SystemTime) -> ResponseOptions {
        match precondition(&request.method, &request.fields, Some(&self.validators)) {
            Outcome::Proceed => {}
            Outcome::NotModified => return ResponseOptions { status: 304, ..self.without_content() },
            Outcome::Failed => return ResponseOptions { status: 412, ..ResponseOptions::default() },
        }
        let length = self.content.length();
        match select(&request.method, &request.fields, &self.validators, now, length) {
            Selected::Whole => self.whole(),
            Selected::Unsatisfiable => {
                let mut fields = Vec::new();
                typed::put(&ContentRange::Unsatisfied(length), &mut fields);
                ResponseOptions { status: 416, fields, ..ResponseOptions::default() }
            }
            Selected::Parts(parts) => {
                let has_the_rest = typed::get::<IfRange>(&request.fields).is_some();
                self.partial(&parts, has_the_rest)
            }
        }
    }

    fn whole(self) -> ResponseOptions {
        let mut fields = self.fields;
        self.validators.put(&mut fields);
        typed::put(&accept_ranges(), &mut fields);
        let content = match self.content {
            Source::Octets(octets) => Content::Octets(octets),
            Source::Reader { reader, length } => Content::Reader { reader: Box::new(reader), size: Some(length) },
        };
        ResponseOptions { content, content_type: self.content_type, fields, ..ResponseOptions::default() }
    }

    fn without_content(mut self) -> ResponseOptions {
        self.fields.retain(|(name, _)| is_repeated(name));
        let mut fields = self.fields;
        match self.validators.etag {
            Some(etag) => typed::put(&ETag(etag), &mut fields),
            None => self.validators.put(&mut fields),
        }
        ResponseOptions { fields, ..ResponseOptions::default() }
    }

    fn partial(mut self, parts: &[(u64, u64)], has_the_rest: bool) -> ResponseOptions {
        let complete = self.content.length();
        let range = |(first, last): (u64, u64)| ContentRange::Enclosed { first, last, complete: Some(complete) };
        if has_the_rest {
            self.fields.retain(|(name, _)| is_repeated(name));
        }
        let mut fields = self.fields;
        self.validators.put(&mut fields);
        typed::put(&accept_ranges(), &mut fields);
        let (pieces, content_type) = match parts {
            [part] => {
                typed::put(&range(*part), &mut fields);
                (vec![Piece::of(*part)], self.content_type)
            }
            several => {
                let boundary = Boundary::new();
                let mut pieces = Vec::with_capacity(2 * several.len() + 1);
                for (number, part) in several.iter().enumerate() {
                    let head = boundary.head(number == 0, self.content_type.as_deref(), &range(*part));
                    pieces.extend([Piece::Text(head), Piece::of(*part)]);
                }
                pieces.push(Piece::Text(boundary.end()));
                (pieces, Some(boundary.content_type()))
            }
        };
        let size = pieces.iter().map(Piece::length).sum();
        let reader = Box::new(Slices::new(self.content.into_reader(), pieces));
        let content = Content::Reader { reader, size: Some(size) };
        ResponseOptions { status: 206, content, content_type, fields, ..ResponseOptions::default() }
    }
}

impl Validators {
    fn put(&self, fields: &mut Vec<OwnedField>) {
        if let Some(etag) = &self.etag {
            typed::put(&ETag(etag.clone()), fields);
        }
        if let Some(date) = self.last_modified {
            typed::put(&LastModified(date), fields);
        }
    }
}

fn is_repeated(name: &[u8]) -> bool {
    REPEATED.iter().any(|repeated| name.eq_ignore_ascii_case(repeated.as_bytes()))
}

fn accept_ranges() -> AcceptRanges {
    AcceptRanges::parse(&mut [b"bytes".as_slice()].into_iter()).unwrap_or(AcceptRanges(Vec::new()))
}

/// The second that a time falls in.
fn second(time: SystemTime) -> Option<HttpDate> {
    HttpDate::from_system_time(time)
}
