//! What the obvious server answers: the echo contract, written plainly.

use std::io::{self, Write};
use std::net::TcpStream;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Mutation;
use super::read::{self, Request};

/// The methods that every resource allows.
const ALLOW: &str = "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH";

/// Nothing, as gzip has it (RFC 1952): a head of ten octets, an empty block, its checksum and its length.
const EMPTY_GZIP: [u8; 20] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// One answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    status: u16,
    minor: u8,
    fields: Vec<(&'static str, String)>,
    content: Vec<u8>,
    head_only: bool,
    close: bool,
    keep_alive: bool,
}

/// A refusal with the connection's end, or without.
pub(super) fn refusal(status: u16, close: bool) -> Answer {
    plain(status, close)
}

/// A short text.
pub(super) fn plain(status: u16, close: bool) -> Answer {
    let content = format!("{status} {}\n", reason(status)).into_bytes();
    Answer {
        status,
        minor: 1,
        fields: vec![("content-type", "text/plain".into())],
        content,
        head_only: false,
        close,
        keep_alive: false,
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        101 => "Switching Protocols",
        200 => "OK",
        204 => "No Content",
        206 => "Partial Content",
        400 => "Bad Request",
        405 => "Method Not Allowed",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        417 => "Expectation Failed",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        505 => "HTTP Version Not Supported",
        _ => "Refused",
    }
}

impl Answer {
    /// The answer to a request that was read whole.
    pub(super) fn to(request: &Request, close: bool, mutation: Option<Mutation>) -> Answer {
        let is = |m| mutation == Some(m);
        let mut answer = match &request.method[..] {
            b"CONNECT" if is(Mutation::TunnelsAnything) => plain(200, close),
            b"CONNECT" | b"TRACE" => {
                let mut answer = plain(405, close);
                answer.fields.push(("allow", ALLOW.into()));
                answer
            }
            b"OPTIONS" if is(Mutation::NoContentWithLength) || is(Mutation::TransferEncodingIn204) => plain(204, close),
            b"DELETE" if is(Mutation::DeleteIsMalformed) => plain(400, close),
            _ => {
                let mut answer = plain(200, close);
                answer.fields = vec![("content-type", "application/json".into())];
                answer.content = echo(request);
                if request.method == b"OPTIONS" && !is(Mutation::OptionsInSilence) {
                    answer.fields.push(("allow", ALLOW.into()));
                }
                answer
            }
        };
        answer.ill_negotiated(request, mutation);
        if is(Mutation::SwitchesAlways) && read::values(request, "upgrade").next().is_some() {
            answer = plain(101, false);
            answer.content.clear();
            answer.fields = vec![("upgrade", "our-own/1".into()), ("connection", "upgrade".into())];
        }
        answer.head_only = request.method == b"HEAD";
        if answer.head_only && is(Mutation::HeadWithoutType) {
            answer.fields.clear();
        }
        answer.minor = request.minor;
        answer.keep_alive = request.minor == 0 && !close;
        answer
    }

    /// What the mutants do that do not understand preconditions, ranges and codings.
    fn ill_negotiated(&mut self, request: &Request, mutation: Option<Mutation>) {
        let is = |m| mutation == Some(m);
        let has = |name| read::values(request, name).next().is_some();
        if is(Mutation::ConditionsFirst) && (has("if-match") || has("if-range")) {
            *self = plain(412, self.close);
        }
        if is(Mutation::ContentRangeRefused) && has("content-range") {
            *self = plain(400, self.close);
        }
        if is(Mutation::RangesAnything) && has("range") {
            *self = plain(206, self.close);
            self.content.truncate(1);
            self.fields.push(("content-range", "bytes 0-0/12".into()));
        }
        let codings = read::members(request, "accept-encoding");
        let gzip = codings.iter().any(|coding| coding.starts_with(b"gzip"));
        let coded = is(Mutation::CodesInSilence) && gzip
            || is(Mutation::CodesUnasked) && codings.first().is_some_and(|coding| coding != b"identity");
        if coded {
            self.content = EMPTY_GZIP.to_vec();
            if is(Mutation::CodesUnasked) {
                self.fields.push(("content-encoding", "gzip".into()));
            }
        }
    }

    /// Writes it in one go.
    pub(super) fn write(&self, out: &mut TcpStream, mutation: Option<Mutation>) -> io::Result<()> {
        let is = |m| mutation == Some(m);
        let mut octets = match is(Mutation::StatusLineWithoutSpace) {
            true => format!("HTTP/1.1 {}\r\n", self.status),
            false => format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status)),
        }
        .into_bytes();
        if self.status != 101 {
            octets.extend(format!("date: {}\r\n", httpdate::fmt_http_date(SystemTime::now())).bytes());
        }
        for (name, value) in &self.fields {
            octets.extend(format!("{name}: {value}\r\n").bytes());
        }
        let content = if is(Mutation::ErrorsInSilence) && self.status >= 400 { &[] } else { &self.content[..] };
        let close = self.close && !is(Mutation::IgnoresClose) || is(Mutation::AnnouncedCloseStaysOpen);
        if close && !is(Mutation::EndsInSilence) {
            octets.extend_from_slice(b"connection: close\r\n");
        } else if self.keep_alive {
            octets.extend_from_slice(b"connection: keep-alive\r\n");
        }
        let chunked = is(Mutation::ChunkedToOldVersion) && self.minor == 0;
        let bodyless = self.status == 204 || self.status == 101;
        if self.status == 204 && is(Mutation::TransferEncodingIn204) {
            octets.extend_from_slice(b"transfer-encoding: chunked\r\n");
        } else if self.status == 204 && is(Mutation::NoContentWithLength) {
            octets.extend_from_slice(b"content-length: 0\r\n");
        } else if chunked {
            octets.extend_from_slice(b"transfer-encoding: chunked\r\n");
        } else if !bodyless {
            octets.extend(format!("content-length: {}\r\n", content.len()).bytes());
        }
        octets.extend_from_slice(b"\r\n");
        if !bodyless && (!self.head_only || is(Mutation::ContentToHead)) {
            if chunked {
                octets.extend(format!("{:x}\r\n", content.len()).bytes());
                octets.extend_from_slice(content);
                octets.extend_from_slice(b"\r\n0\r\n\r\n");
            } else {
                octets.extend_from_slice(content);
            }
        }
        out.write_all(&octets)
    }
}

/// The echo contract: how the request was understood.
fn echo(request: &Request) -> Vec<u8> {
    let pairs = |fields: &[(Vec<u8>, Vec<u8>)]| -> Vec<[String; 2]> {
        fields.iter().map(|(n, v)| [STANDARD.encode(n), STANDARD.encode(v)]).collect()
    };
    let value = serde_json::json!({
        "method": STANDARD.encode(&request.method),
        "target": STANDARD.encode(&request.target),
        "version": format!("1.{}", request.minor),
        "fields": pairs(&request.fields),
        "body": STANDARD.encode(&request.content),
        "trailers": pairs(&request.trailers),
        "lacks": [],
    });
    value.to_string().into_bytes()
}
