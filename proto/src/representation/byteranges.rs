//! Several parts in one content: multipart/byteranges (RFC 9110 §14.6, RFC 2046 §5.1).

use std::fmt;
use std::hash::{BuildHasher, RandomState};

use crate::field::typed::{self, ContentRange, ContentType, TypedField};
use crate::message::OwnedField;
use crate::octet::is_token;

/// What stands between parts. It is drawn by lot from 2^128, so that nobody can have put it into the content.
pub(super) struct Boundary(String);

impl Boundary {
    pub(super) fn new() -> Boundary {
        let random = || RandomState::new().hash_one(0);
        Boundary(format!("{:016x}{:016x}", random(), random()))
    }

    pub(super) fn content_type(&self) -> Vec<u8> {
        format!("multipart/byteranges; boundary={}", self.0).into_bytes()
    }

    /// What stands before a part.
    pub(super) fn head(&self, first: bool, content_type: Option<&[u8]>, range: &ContentRange) -> Vec<u8> {
        let mut head = if first { Vec::new() } else { b"\r\n".to_vec() };
        head.extend_from_slice(format!("--{}\r\n", self.0).as_bytes());
        if let Some(content_type) = content_type {
            head.extend_from_slice(&[b"Content-Type: ", content_type, b"\r\n"].concat());
        }
        head.extend_from_slice(b"Content-Range: ");
        range.write(&mut head);
        head.extend_from_slice(b"\r\n\r\n");
        head
    }

    pub(super) fn end(&self) -> Vec<u8> {
        format!("\r\n--{}--\r\n", self.0).into_bytes()
    }
}

/// One part of a 206 with several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its fields, Content-Range included.
    pub fields: Vec<OwnedField>,
    /// The offset of its first octet in the whole representation.
    pub first: u64,
    /// The length of the whole representation, if it is known.
    pub complete: Option<u64>,
    /// Its octets.
    pub content: Vec<u8>,
}

/// Why a content is not made of parts of one representation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartsError {
    /// The Content-Type is not multipart/byteranges with a boundary.
    NotMultipart,
    /// There is no delimiter where one must be, or the last one is missing.
    Delimiter,
    /// More than [`super::RANGES`] parts.
    TooMany,
    /// A field line of a part is none, or its fields have no end.
    Fields,
    /// A part has no Content-Range, or not as many octets as it says.
    Range,
    /// The parts disagree about the length of the whole.
    Disagree,
}

impl fmt::Display for PartsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PartsError::NotMultipart => "the content is not multipart/byteranges with a boundary",
            PartsError::Delimiter => "a delimiter of the parts is missing",
            PartsError::TooMany => "there are more parts than anybody asks for",
            PartsError::Fields => "the fields of a part are broken",
            PartsError::Range => "a part is not what its Content-Range says",
            PartsError::Disagree => "the parts are not of the same representation",
        })
    }
}

impl std::error::Error for PartsError {}

/// The parts of the content of a 206 with that Content-Type. They may be put together with others only where a strong validator says that
/// all are of one representation (RFC 9110 §15.3.7.3).
///
/// # Errors
/// What is wrong; nothing is taken of a content that is not whole.
pub fn parts(content_type: &[u8], content: &[u8]) -> Result<Vec<Part>, PartsError> {
    let kind = ContentType::parse(&mut [content_type].into_iter()).map_err(|_| PartsError::NotMultipart)?;
    let boundary = kind.parameters.first("boundary").map(|text| text.as_octets()).unwrap_or_default();
    if !kind.kind.is("multipart") || !kind.subtype.is("byteranges") || !(1..=70).contains(&boundary.len()) {
        return Err(PartsError::NotMultipart);
    }
    let delimiter = [b"\r\n--", boundary].concat();
    let mut rest = match content.strip_prefix(&delimiter[2..]) {
        Some(rest) => rest,
        // What stands before the first part means nothing.
        None => find(content, &delimiter).ok_or(PartsError::Delimiter)?.1,
    };
    let mut parts: Vec<Part> = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return if parts.is_empty() { Err(PartsError::Delimiter) } else { Ok(parts) };
        }
        // Blanks may stand behind a delimiter.
        let (blanks, inside) = find(rest, b"\r\n").ok_or(PartsError::Delimiter)?;
        if !blanks.iter().all(|octet| matches!(octet, b' ' | b'\t')) {
            return Err(PartsError::Delimiter);
        }
        let (fields, inside) = fields_of(inside)?;
        let Some(Ok(ContentRange::Enclosed { first, last, complete })) = typed::get::<ContentRange>(&fields) else {
            return Err(PartsError::Range);
        };
        // The range says where the part ends, so a delimiter inside of it is content.
        let length = usize::try_from(last - first).ok().and_then(|length| length.checked_add(1));
        let (part, behind) = length.and_then(|length| inside.split_at_checked(length)).ok_or(PartsError::Range)?;
        rest = behind.strip_prefix(delimiter.as_slice()).ok_or(PartsError::Range)?;
        if parts.iter().any(|part| part.complete != complete) {
            return Err(PartsError::Disagree);
        }
        if parts.len() == super::RANGES {
            return Err(PartsError::TooMany);
        }
        parts.push(Part { fields, first, complete, content: part.to_vec() });
    }
}

/// Field lines, and what stands behind the empty line.
fn fields_of(mut octets: &[u8]) -> Result<(Vec<OwnedField>, &[u8]), PartsError> {
    let mut fields = Vec::new();
    loop {
        let (line, rest) = find(octets, b"\r\n").ok_or(PartsError::Fields)?;
        octets = rest;
        if line.is_empty() {
            return Ok((fields, octets));
        }
        let colon = line.iter().position(|octet| *octet == b':').ok_or(PartsError::Fields)?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.is_empty() || !name.iter().all(|octet| is_token(*octet)) || fields.len() == 64 {
            return Err(PartsError::Fields);
        }
        fields.push((name.to_vec(), value.to_vec()));
    }
}

/// What stands before and behind the first place of `needle`.
fn find<'o>(octets: &'o [u8], needle: &[u8]) -> Option<(&'o [u8], &'o [u8])> {
    let at = octets.windows(needle.len()).position(|window| window == needle)?;
    Some((&octets[..at], &octets[at + needle.len()..]))
}
