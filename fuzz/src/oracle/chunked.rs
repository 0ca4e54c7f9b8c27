//! The chunked coding against a decoder that is as plain as can be.

use wiregauge_proto::body::{BodyLength, Decoder, Piece};
use wiregauge_proto::{Findings, Limits, Strict};

use super::shown;

/// No panic; what is accepted has the content that a naive decoder finds, and takes as many octets.
pub fn chunked(octets: &[u8]) {
    let strict = decode(octets);
    if let Some((content, taken)) = strict {
        let naive = naive(octets);
        assert_eq!(naive, Some((content, taken)), "chunked: {}", shown(octets));
    }
    let mut decoder = Decoder::new(BodyLength::Chunked, &Limits::DEFAULT);
    let mut findings = Findings::default();
    let mut at = 0;
    while let Ok((consumed, piece)) = decoder.read(&octets[at..], &mut findings) {
        at += consumed;
        if !matches!(piece, Piece::Data(_)) {
            break;
        }
    }
    assert!(at <= octets.len());
}

fn decode(octets: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut decoder = Decoder::new(BodyLength::Chunked, &Limits::DEFAULT);
    let (mut at, mut content) = (0, Vec::new());
    loop {
        let (consumed, piece) = decoder.read(&octets[at..], &mut Strict).ok()?;
        match piece {
            Piece::Need => return None,
            Piece::Data(range) => content.extend_from_slice(&octets[at..][range]),
            Piece::End(_) => return Some((content, at + consumed)),
        }
        at += consumed;
    }
}

/// Splits at CRLF, reads the digits before the first octet that is none, believes the rest.
fn naive(octets: &[u8]) -> Option<(Vec<u8>, usize)> {
    let line_end = |from: usize| octets[from..].windows(2).position(|w| w == b"\r\n").map(|i| from + i);
    let (mut at, mut content) = (0, Vec::new());
    loop {
        let end = line_end(at)?;
        let digits: Vec<u8> = octets[at..end].iter().copied().take_while(u8::is_ascii_hexdigit).collect();
        let size = u64::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?;
        at = end + 2;
        if size == 0 {
            break;
        }
        let data = octets.get(at..)?.get(..usize::try_from(size).ok()?)?;
        content.extend_from_slice(data);
        at += data.len() + 2;
        if &octets[at - 2..at] != b"\r\n" {
            return None;
        }
    }
    while line_end(at)? != at {
        at = line_end(at)? + 2;
    }
    Some((content, at + 2))
}
