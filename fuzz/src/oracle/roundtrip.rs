//! What is written reads back as itself; what would not is refused.

use arbitrary::{Arbitrary, Unstructured};
use wiregauge_proto::Limits;
use wiregauge_proto::body::{Answered, BodyLength, Encoder};
use wiregauge_proto::head::Version;
use wiregauge_proto::message::{HeadWriter, Kind, OwnedField, Then, read_all_strict};

use super::shown;

/// The writer has no limits of its own; a fuzzer's input is never longer than this.
const WIDE: Limits = Limits {
    method: 1 << 20,
    request_target: 1 << 20,
    reason: 1 << 20,
    field_name: 1 << 20,
    field_value: 1 << 20,
    field_count: 1 << 20,
    head: 1 << 24,
    trailer_section: 1 << 24,
    trailer_count: 1 << 20,
    ..Limits::DEFAULT
};

/// A message as somebody might ask for it, sensible or not.
#[derive(Arbitrary, Debug)]
struct Wanted {
    response: bool,
    old: bool,
    method: Method,
    target: Vec<u8>,
    status: u16,
    reason: Vec<u8>,
    fields: Vec<(Name, Vec<u8>)>,
    content: Vec<u8>,
    pieces: u8,
    trailers: Vec<(Name, Vec<u8>)>,
}

#[derive(Arbitrary, Debug)]
enum Method {
    Get,
    Head,
    Post,
    Connect,
    Options,
    Other(Vec<u8>),
}

/// Names that matter are drawn often; random octets would never make one.
#[derive(Arbitrary, Debug)]
enum Name {
    Host,
    ContentLength(u8),
    TransferEncoding,
    Connection,
    Plain(u8),
    Other(Vec<u8>),
}

impl Method {
    fn octets(&self) -> &[u8] {
        match self {
            Method::Get => b"GET",
            Method::Head => b"HEAD",
            Method::Post => b"POST",
            Method::Connect => b"CONNECT",
            Method::Options => b"OPTIONS",
            Method::Other(octets) => octets,
        }
    }
}

fn field(name: &Name, value: &[u8]) -> OwnedField {
    let (name, value): (&[u8], Vec<u8>) = match name {
        Name::Host => (b"Host", b"a.example".to_vec()),
        Name::ContentLength(count) => (b"Content-Length", count.to_string().into_bytes()),
        Name::TransferEncoding => (b"Transfer-Encoding", b"chunked".to_vec()),
        Name::Connection => (b"Connection", b"close".to_vec()),
        Name::Plain(number) => (&b"X-Plain-Field"[..usize::from(number % 12) + 1], value.to_vec()),
        Name::Other(octets) => (octets, value.to_vec()),
    };
    (name.to_vec(), value)
}

/// Draws a message, writes it, and reads it strictly: either writing refused and left nothing behind, or the reader finds the very same.
pub fn roundtrip(octets: &[u8]) {
    let mut u = Unstructured::new(octets);
    let Ok(wanted) = Wanted::arbitrary(&mut u) else { return };
    let mut fields: Vec<OwnedField> = wanted.fields.iter().map(|(name, value)| field(name, value)).collect();
    if !wanted.response {
        fields.insert(0, field(&Name::Host, b""));
    }
    let target = if wanted.target.first() == Some(&b'/') { wanted.target.clone() } else { b"/".to_vec() };
    let version = if wanted.old { Version::HTTP_10 } else { Version::HTTP_11 };
    let mut out = b"before".to_vec();
    let mut writer = HeadWriter::default();
    let method = wanted.method.octets();
    let written = if wanted.response {
        let answered = Answered::by(method);
        writer.response(&mut out, answered, version, wanted.status, &wanted.reason, fields.iter().map(|(n, v)| (n, v)))
    } else {
        writer.request(&mut out, method, &target, version, fields.iter().map(|(n, v)| (n, v)))
    };
    let Ok(decision) = written else {
        assert_eq!(out, b"before", "a refused head leaves nothing behind");
        return;
    };
    out.drain(..6);
    let length = if wanted.response && wanted.status == 101 { BodyLength::None } else { decision.length };
    let mut encoder = Encoder::new(length);
    let pieces = usize::from(wanted.pieces % 4) + 1;
    let mut content = Vec::new();
    for piece in wanted.content.chunks(wanted.content.len() / pieces + 1) {
        let before = out.len();
        match encoder.write(&mut out, piece) {
            Ok(()) => content.extend_from_slice(piece),
            Err(_) => assert_eq!(out.len(), before, "a refused piece leaves nothing behind"),
        }
    }
    let trailers: Vec<OwnedField> = wanted.trailers.iter().map(|(name, value)| field(name, value)).collect();
    let mut kept = trailers.clone();
    let mut finished = encoder.finish(&mut out, trailers.iter().map(|(n, v)| (n, v)));
    if finished.is_err() {
        kept.clear();
        finished = encoder.finish(&mut out, kept.iter().map(|(n, v)| (n, v)));
    }
    if finished.is_err() {
        return; // Less content than announced: the message cannot be finished, and the encoder said so.
    }
    let kind = if wanted.response { Kind::Responses } else { Kind::Requests };
    let stream = read_all_strict(kind, &out, true, &[method], &WIDE);
    let over = matches!(stream.then, Then::End | Then::Switched { .. });
    assert!(over && stream.messages.len() == 1, "{:?} of {}", stream.then, shown(&out));
    let read = &stream.messages[0];
    assert_eq!((read.version.0, read.version.1), (version.major, version.minor));
    if wanted.response {
        assert_eq!((read.status, &read.reason), (wanted.status, &wanted.reason), "{}", shown(&out));
    } else {
        assert_eq!((&read.method[..], &read.target), (method, &target), "{}", shown(&out));
    }
    assert_eq!(read.fields, fields, "{}", shown(&out));
    assert_eq!(read.content, content, "{}", shown(&out));
    assert_eq!(read.trailers, kept, "{}", shown(&out));
}
