//! Almost-valid messages, and ways to cut them. Everything is drawn from octets ([`Unstructured`]), so that a fuzzer steers it and a
//! test can replay it from a seed.

use arbitrary::{Result, Unstructured};

/// Octets for a generator, from a seed: the same for ever (xorshift, so that no library's change moves a test).
pub fn seeded(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut octets = Vec::with_capacity(count + 8);
    while octets.len() < count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        octets.extend_from_slice(&state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes());
    }
    octets.truncate(count);
    octets
}

/// Requests in a row, mostly valid, then possibly mutated in one or two places.
pub fn requests(u: &mut Unstructured) -> Result<Vec<u8>> {
    let mut octets = Vec::new();
    for _ in 0..u.int_in_range(1..=3)? {
        request(u, &mut octets)?;
    }
    mutate(u, &mut octets)?;
    Ok(octets)
}

/// Responses in a row, mostly valid, then possibly mutated in one or two places.
pub fn responses(u: &mut Unstructured) -> Result<Vec<u8>> {
    let mut octets = Vec::new();
    for _ in 0..u.int_in_range(1..=3)? {
        response(u, &mut octets)?;
    }
    mutate(u, &mut octets)?;
    Ok(octets)
}

/// A chunked message body, mostly valid, then possibly mutated.
pub fn chunked(u: &mut Unstructured) -> Result<Vec<u8>> {
    let mut octets = Vec::new();
    chunks(u, &mut octets)?;
    mutate(u, &mut octets)?;
    Ok(octets)
}

/// Where to cut `length` octets: ascending, without the ends.
pub fn cuts(u: &mut Unstructured, length: usize) -> Result<Vec<usize>> {
    let mut cuts = Vec::new();
    if length > 1 {
        for _ in 0..u.int_in_range(0..=6)? {
            cuts.push(u.int_in_range(1..=length - 1)?);
        }
    }
    cuts.sort_unstable();
    cuts.dedup();
    Ok(cuts)
}

fn request(u: &mut Unstructured, octets: &mut Vec<u8>) -> Result<()> {
    if u.ratio(1, 12)? {
        octets.extend_from_slice(b"\r\n");
    }
    let method = *u.choose(&["GET", "HEAD", "POST", "PUT", "OPTIONS", "CONNECT", "X-ODD"])?;
    let target = match method {
        "CONNECT" => *u.choose(&["a:1", "[::1]:443", "a.example:65535"])?,
        "OPTIONS" => *u.choose(&["*", "/", "http://a/"])?,
        _ => *u.choose(&["/", "/a/b?c=d&e", "http://a.example/x", "https://[::1]:8/?q", "/%41", "/a%20b"])?,
    };
    let version = *u.choose(&["1.1", "1.1", "1.1", "1.1", "1.1", "1.1", "1.0", "1.2"])?;
    octets.extend(format!("{method} {target} HTTP/{version}\r\n").bytes());
    octets.extend_from_slice(
        u.choose(&["Host: a\r\n", "host:a.example:80\r\n", "HOST: [::1]\r\n", "Host:\r\n"])?.as_bytes(),
    );
    fields(u, octets)?;
    match u.int_in_range(0..=11)? {
        0..=3 => {
            octets.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
            chunks(u, octets)?;
        }
        4..=7 => fixed(u, octets)?,
        8 => {
            octets.extend(u.choose(FRAMING)?.bytes());
            octets.extend_from_slice(b"\r\n\r\nabcd");
        }
        _ => octets.extend_from_slice(b"\r\n"),
    }
    Ok(())
}

fn response(u: &mut Unstructured, octets: &mut Vec<u8>) -> Result<()> {
    let status =
        *u.choose(&["200 OK", "200 ", "204 No", "304 ", "100 Continue", "103 ", "404 not \x7ehere", "101 Up"])?;
    let version = *u.choose(&["1.1", "1.1", "1.0"])?;
    octets.extend(format!("HTTP/{version} {status}\r\n").bytes());
    fields(u, octets)?;
    match u.int_in_range(0..=11)? {
        0..=3 => {
            octets.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
            chunks(u, octets)?;
        }
        4..=7 => fixed(u, octets)?,
        8 => {
            octets.extend(u.choose(FRAMING)?.bytes());
            octets.extend_from_slice(b"\r\n\r\nabcd");
        }
        _ => octets.extend_from_slice(b"\r\n"),
    }
    Ok(())
}

const FRAMING: &[&str] = &[
    "Content-Length: 4, 4",
    "Content-Length: 4\r\nContent-Length: 4",
    "Content-Length: 4\r\nContent-Length: 5",
    "Content-Length: +4",
    "Content-Length: 18446744073709551616",
    "Content-Length:",
    "Content-Length: 0004",
    "Transfer-Encoding: gzip",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding: , chunked ,",
    "Transfer-Encoding: chunked;a=b",
    "Transfer-Encoding: \"chunked\"",
    "Transfer-Encoding: chunked\r\nContent-Length: 4",
    "Content-Length: 4\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding:",
    "Transfer-Encoding: x;q=\"a,b\", chunked",
];

const FIELDS: &[&str] = &[
    "Accept: */*\r\n",
    "X:\r\n",
    "X-Blank: \t a \t\r\n",
    "X-Text: \u{e9}\u{2028}\r\n",
    "Connection: close\r\n",
    "Connection: keep-alive, Upgrade\r\n",
    "Connection: ,\r\nConnection: a, b\r\n",
    "Expect: 100-continue\r\n",
    "Upgrade: a/1\r\n",
    "Cookie: a=b; c=d\r\n",
    "Long-Name-Of-A-Field-That-Goes-On-And-On-For-More-Than-Sixty-Four-Octets-Altogether: v\r\n",
    "Long-Value: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n",
];

fn fields(u: &mut Unstructured, octets: &mut Vec<u8>) -> Result<()> {
    for _ in 0..u.int_in_range(0..=4)? {
        octets.extend_from_slice(u.choose(FIELDS)?.as_bytes());
    }
    Ok(())
}

fn fixed(u: &mut Unstructured, octets: &mut Vec<u8>) -> Result<()> {
    let count = u.int_in_range(0..=40)?;
    octets.extend(format!("Content-Length: {count}\r\n\r\n").bytes());
    octets.extend(std::iter::repeat_n(b'c', count));
    Ok(())
}

const EXTENSIONS: &[&str] = &["", "", "", "", ";a", ";a=b", " ; a = \"b;\\\"c\"", ";a=\"\";b", "\t;x=1"];

fn chunks(u: &mut Unstructured, octets: &mut Vec<u8>) -> Result<()> {
    for _ in 0..u.int_in_range(0..=4)? {
        let count = u.int_in_range(1..=20)?;
        let ext = u.choose(EXTENSIONS)?;
        let size = match u.int_in_range(0..=3)? {
            0 => format!("{count:X}"),
            1 => format!("000{count:x}"),
            _ => format!("{count:x}"),
        };
        octets.extend(format!("{size}{ext}\r\n").bytes());
        octets.extend(std::iter::repeat_n(b'd', count));
        octets.extend_from_slice(b"\r\n");
    }
    octets.extend(format!("{}{}\r\n", u.choose(&["0", "0", "000"])?, u.choose(EXTENSIONS)?).bytes());
    for _ in 0..u.int_in_range(0..=2)? {
        octets.extend_from_slice(u.choose(&["T: v\r\n", "Trailer-Two:\r\n", "Digest: a=b, c=\"d\"\r\n"])?.as_bytes());
    }
    octets.extend_from_slice(b"\r\n");
    Ok(())
}

/// What stands between valid and hopeless: the octets that parsers stumble over.
const ODD: &[u8] = b"\r\n\t \0\x0b\x0c\x7f\x80\x85\xa0\xff:;,=\"\\/%#?[](){}@<>+-_.0159afxGZ";

fn mutate(u: &mut Unstructured, octets: &mut Vec<u8>) -> Result<()> {
    for _ in 0..*u.choose(&[0, 0, 0, 1, 1, 2])? {
        if octets.is_empty() {
            return Ok(());
        }
        let at = u.int_in_range(0..=octets.len() - 1)?;
        let odd = *u.choose(ODD)?;
        match u.int_in_range(0..=4)? {
            0 => octets[at] = odd,
            1 => octets.insert(at, odd),
            2 => {
                octets.remove(at);
            }
            3 => octets[at] = u.arbitrary()?,
            _ => octets.truncate(at),
        }
    }
    Ok(())
}
