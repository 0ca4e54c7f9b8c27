//! The law of the scan: it steps aside, or gives what the grammar gives.

use super::super::{Progress, Reading, RequestHead, ResponseHead, read_request, read_response};
use super::*;
use crate::witness::Findings;

/// What the grammar gives without its fast path, or nothing where it finds anything.
fn grammar<T>(read: impl Fn(&mut Progress, &mut Findings) -> Result<Reading<T>, crate::Broken>) -> Option<T> {
    let mut findings = Findings::default();
    match read(&mut Progress::default(), &mut findings) {
        Ok(Reading::Done(head)) if findings.found.is_empty() => Some(head),
        _ => None,
    }
}

type Level<T> = (&'static str, fn(&[u8], &Limits, &mut Vec<FieldLine>) -> Option<T>);

fn levels<T>(words: Level<T>, _vectors: &[Level<T>]) -> Vec<Level<T>>
where
    Level<T>: Clone,
{
    let mut levels = vec![words];
    #[cfg(target_arch = "x86_64")]
    for (level, found) in _vectors.iter().zip([x86::has_sse42(), x86::has_avx2()]) {
        if found {
            levels.push(*level);
        }
    }
    levels
}

#[cfg(target_arch = "x86_64")]
mod vectors {
    use super::*;

    macro_rules! at {
        ($name:ident, $level:ident, $function:ident, $found:ty) => {
            pub(super) fn $name(octets: &[u8], limits: &Limits, fields: &mut Vec<FieldLine>) -> Option<$found> {
                // SAFETY: `levels` keeps this one only where the processor has the features.
                #[allow(unsafe_code)]
                unsafe {
                    x86::$level::$function(octets, limits, fields)
                }
            }
        };
    }
    at!(sse42_request, sse42, request, (RequestLine, u32));
    at!(sse42_response, sse42, response, (StatusLine, u32));
    at!(avx2_request, avx2, request, (RequestLine, u32));
    at!(avx2_response, avx2, response, (StatusLine, u32));
}

#[cfg(target_arch = "x86_64")]
const REQUESTS: &[Level<(RequestLine, u32)>] = &[("sse42", vectors::sse42_request), ("avx2", vectors::avx2_request)];
#[cfg(target_arch = "x86_64")]
const RESPONSES: &[Level<(StatusLine, u32)>] = &[("sse42", vectors::sse42_response), ("avx2", vectors::avx2_response)];
#[cfg(not(target_arch = "x86_64"))]
const REQUESTS: &[Level<(RequestLine, u32)>] = &[];
#[cfg(not(target_arch = "x86_64"))]
const RESPONSES: &[Level<(StatusLine, u32)>] = &[];

/// Whether any level took it.
fn hold_request(octets: &[u8], limits: &Limits) -> bool {
    let expected = grammar(|progress, findings| read_request(octets, progress, limits, findings));
    let mut taken = false;
    for (name, scan) in levels(("words", words::request), REQUESTS) {
        let mut fields = Vec::new();
        let Some((line, length)) = scan(octets, limits, &mut fields) else { continue };
        let RequestLine { method, target, form, version } = line;
        let head = RequestHead { method, target, form, version, fields, length };
        assert_eq!(Some(head), expected, "{name}: {}", octets.escape_ascii());
        taken = true;
    }
    taken
}

fn hold_response(octets: &[u8], limits: &Limits) -> bool {
    let expected = grammar(|progress, findings| read_response(octets, progress, limits, findings));
    let mut taken = false;
    for (name, scan) in levels(("words", words::response), RESPONSES) {
        let mut fields = Vec::new();
        let Some((line, length)) = scan(octets, limits, &mut fields) else { continue };
        let StatusLine { version, status, reason } = line;
        let head = ResponseHead { version, status, reason, fields, length };
        assert_eq!(Some(head), expected, "{name}: {}", octets.escape_ascii());
        taken = true;
    }
    taken
}

const CLEAN_REQUESTS: &[&[u8]] = &[
    b"GET / HTTP/1.1\r\n\r\n",
    b"OPTIONS * HTTP/1.0\r\n\r\n",
    b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
    b"GET HTTP://a/b?c HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /a/b%20c?d=e&f:@!$'()*+,;=-._~ HTTP/1.9\r\nHost: a\r\nX-Y:\t v \xff v \t\r\nEmpty:\r\nBlank:  \t\r\nA:b\r\n\r\nand content",
    b"GET /a-target-that-is-longer-than-one-vector/and-then-some/0123456789012345678901234567890123456789 HTTP/1.1\r\n\
      A-Name-That-Goes-On-For-Longer-Than-A-Whole-Block-Of-Octets-As-Names-Seldom-Do-But-May: and a value that goes on for \
      longer than a block, too, \xe2\x82\xac and goes on, and on, until it ends here\r\nB: c\r\n\r\nGET / HTTP/1.1\r\n",
];

const CLEAN_RESPONSES: &[&[u8]] = &[
    b"HTTP/1.1 200 OK\r\n\r\n",
    b"HTTP/1.0 599 \r\nA: b\r\n\r\n",
    b"HTTP/1.1 404 N\xf6t\tFound here, nor anywhere else that this server knows of, for it knows little\r\nServer: a\r\n\
      Content-Length:  12 \r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nEtag: \"0123456789abcdef0123456789abcdef\"\r\n\r\nHello World!",
];

#[test]
fn clean_heads_are_taken_at_every_level() {
    for octets in CLEAN_REQUESTS {
        for (name, scan) in levels(("words", words::request), REQUESTS) {
            assert!(scan(octets, &Limits::DEFAULT, &mut Vec::new()).is_some(), "{name}: {}", octets.escape_ascii());
        }
    }
    for octets in CLEAN_RESPONSES {
        for (name, scan) in levels(("words", words::response), RESPONSES) {
            assert!(scan(octets, &Limits::DEFAULT, &mut Vec::new()).is_some(), "{name}: {}", octets.escape_ascii());
        }
    }
}

/// xorshift64*, below `bound`.
fn random(state: &mut u64, bound: usize) -> usize {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
}

#[test]
fn it_steps_aside_or_agrees_with_the_grammar() {
    const TURNS: usize = 200_000;
    let small = Limits {
        method: 4,
        request_target: 40,
        reason: 20,
        field_name: 40,
        field_value: 40,
        field_count: 3,
        head: 300,
        ..Limits::DEFAULT
    };
    let mut state = 0x5eed;
    let mut taken = 0;
    for turn in 0..TURNS {
        let response = turn % 2 == 1;
        let clean = if response { CLEAN_RESPONSES } else { CLEAN_REQUESTS };
        let mut octets = clean[random(&mut state, clean.len())].to_vec();
        // Another beginning moves everything against the blocks.
        if random(&mut state, 2) == 0 {
            let at = octets.iter().position(|octet| *octet == b'\n').unwrap_or(0) + 1;
            let field = [b"A: ".to_vec(), vec![b'x'; random(&mut state, 80)], b"\r\n".to_vec()].concat();
            octets.splice(at..at, field);
        }
        if random(&mut state, 3) == 0 {
            octets.truncate(random(&mut state, octets.len() + 1));
        }
        for _ in 0..random(&mut state, 3) {
            let octet = if random(&mut state, 2) == 0 {
                random(&mut state, 256) as u8
            } else {
                b"\r\n:\t \0\x7f\x80(@%/\x1f"[random(&mut state, 13)]
            };
            let at = random(&mut state, octets.len() + 1);
            match (random(&mut state, 3), at < octets.len()) {
                (0, true) => octets[at] = octet,
                (1, true) => drop(octets.remove(at)),
                _ => octets.insert(at, octet),
            }
        }
        let limits = if random(&mut state, 4) == 0 { &small } else { &Limits::DEFAULT };
        let took = if response { hold_response(&octets, limits) } else { hold_request(&octets, limits) };
        taken += usize::from(took);
    }
    println!("{taken} of {TURNS} heads were taken");
    assert!(taken > TURNS / 5);
}
