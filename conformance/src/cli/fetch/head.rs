//! Heads and trailers on standard output, as they came: names in their case, lines in their order.

use std::io::{self, Write};

use wiregauge_proto::driver::{OwnedField, Response};

/// Writes the status-line and the fields, the interim responses before them if asked to.
pub(super) fn write(response: &Response, interim: bool) -> io::Result<()> {
    let mut octets = Vec::new();
    for (status, fields) in response.interim.iter().filter(|_| interim) {
        // There are none in HTTP/1.0, and their reason phrase is not kept.
        head(&mut octets, "HTTP/1.1", *status, b"", fields);
    }
    let version = format!("HTTP/{}.{}", response.version.major, response.version.minor);
    head(&mut octets, &version, response.status, &response.reason, &response.fields);
    put(&octets)
}

/// Writes trailer fields, if there are any, on lines of their own.
pub(super) fn write_trailers(fields: &[OwnedField], at_the_begin_of_a_line: bool) -> io::Result<()> {
    if fields.is_empty() {
        return Ok(());
    }
    let mut octets = Vec::new();
    if !at_the_begin_of_a_line {
        octets.extend_from_slice(b"\r\n");
    }
    lines(&mut octets, fields);
    put(&octets)
}

fn head(octets: &mut Vec<u8>, version: &str, status: u16, reason: &[u8], fields: &[OwnedField]) {
    octets.extend_from_slice(format!("{version} {status:03} ").as_bytes());
    octets.extend_from_slice(reason);
    octets.extend_from_slice(b"\r\n");
    lines(octets, fields);
    octets.extend_from_slice(b"\r\n");
}

fn lines(octets: &mut Vec<u8>, fields: &[OwnedField]) {
    for (name, value) in fields {
        octets.extend_from_slice(&[name, &b": "[..], value, b"\r\n"].concat());
    }
}

fn put(octets: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(octets)?;
    out.flush()
}
