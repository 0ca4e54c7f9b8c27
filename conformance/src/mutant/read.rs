//! The obvious reader: a line ends at LF, a field is split at its colon. Strict, but for what a mutation says.

use super::Mutation;
use super::connection::Input;

/// A request that was read whole.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub(super) method: Vec<u8>,
    pub(super) target: Vec<u8>,
    pub(super) minor: u8,
    pub(super) fields: Vec<(Vec<u8>, Vec<u8>)>,
    pub(super) content: Vec<u8>,
    pub(super) trailers: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Why no request was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The peer ended, or was silent too long, between requests or inside one.
    Gone,
    /// Answer this and end the connection.
    Refuse(u16),
    /// Answer this; the message's end is known, the connection may persist.
    Decline(u16),
}

/// How content is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    None,
    Fixed(u64),
    Chunked,
}

const LINE: usize = 32 * 1024;
const HEAD: usize = 64 * 1024;
const FIELDS: usize = 128;
const CONTENT: u64 = 8 * 1024 * 1024;

pub(super) fn is_token(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet)
}

fn trimmed(octets: &[u8]) -> &[u8] {
    let blank = |o: &u8| *o == b' ' || *o == b'\t';
    let start = octets.iter().position(|o| !blank(o)).unwrap_or(octets.len());
    let end = octets.iter().rposition(|o| !blank(o)).map_or(start, |i| i + 1);
    &octets[start..end]
}

/// Reads the head of a request.
pub(super) fn head(input: &mut Input, mutation: Option<Mutation>) -> Result<Request, Stop> {
    let is = |m| mutation == Some(m);
    let mut line = input.line(LINE, 414)?;
    for _ in 0..4 {
        if line != b"\r\n" {
            break;
        }
        line = input.line(LINE, 414)?;
    }
    let mut request = request_line(&line, mutation)?;
    if is(Mutation::SimpleRequest) && request.minor == 9 {
        return Ok(request);
    }
    let mut total = line.len();
    let mut first = true;
    loop {
        let mut line = input.line(LINE, 431)?;
        total += line.len();
        if total > HEAD {
            return Err(Stop::Refuse(431));
        }
        if line == b"\r\n" {
            break;
        }
        if request.fields.len() == FIELDS {
            return Err(Stop::Refuse(431));
        }
        let blank_first = line[0] == b' ' || line[0] == b'\t';
        if blank_first && first && is(Mutation::BlankBeforeFirstField) {
            line = trimmed(&line).to_vec();
        } else if blank_first && !first && is(Mutation::ObsFoldDropped) {
            continue;
        } else if blank_first {
            return Err(Stop::Refuse(400));
        }
        first = false;
        for field in field_lines(&line, mutation)? {
            if !(is(Mutation::TruncatesFields) && request.fields.len() >= 20) {
                request.fields.push(field);
            }
        }
    }
    check_host(&request, mutation)?;
    Ok(request)
}

fn request_line(line: &[u8], mutation: Option<Mutation>) -> Result<Request, Stop> {
    let is = |m| mutation == Some(m);
    let line = line.strip_suffix(b"\r\n").ok_or(Stop::Refuse(400))?;
    let mut words: Vec<&[u8]> = line.split(|o| *o == b' ').collect();
    if is(Mutation::TargetCutAtBlank) && words.len() > 3 {
        words = vec![words[0], words[1], words[words.len() - 1]];
    }
    if is(Mutation::SimpleRequest) && words.len() == 2 {
        let (method, target) = (words[0].to_vec(), words[1].to_vec());
        return Ok(Request { method, target, minor: 9, ..Request::default() });
    }
    let [method, target, version] = words[..] else { return Err(Stop::Refuse(400)) };
    if method.is_empty() || !method.iter().all(|o| is_token(*o)) {
        return Err(Stop::Refuse(400));
    }
    if target.len() > 16 * 1024 {
        return Err(Stop::Refuse(414));
    }
    let minor = match version {
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit() => {
            if *major != b'1' {
                return Err(Stop::Refuse(505));
            }
            *minor - b'0'
        }
        _ if is(Mutation::AnyVersion) => 1,
        _ => return Err(Stop::Refuse(400)),
    };
    let connect_ok = is(Mutation::TunnelsAnything) && method == b"CONNECT";
    let host_guessed = is(Mutation::HostGuessed) && names_no_host(target);
    if !connect_ok && !host_guessed && !target_is_right(method, target) {
        return Err(Stop::Refuse(400));
    }
    Ok(Request { method: method.to_vec(), target: target.to_vec(), minor, ..Request::default() })
}

fn target_is_right(method: &[u8], target: &[u8]) -> bool {
    let allowed = |o: &u8| o.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%:@/?[]".contains(o);
    if target.is_empty() || !target.iter().all(allowed) || !percent_is_right(target) {
        return false;
    }
    if method == b"CONNECT" {
        let Some(colon) = target.iter().rposition(|o| *o == b':') else { return false };
        let (host, port) = (&target[..colon], &target[colon + 1..]);
        let number = std::str::from_utf8(port).ok().and_then(|p| p.parse::<u16>().ok());
        return !host.is_empty()
            && host_is_right(host)
            && port.iter().all(u8::is_ascii_digit)
            && number.is_some_and(|n| n > 0);
    }
    if target == b"*" {
        return method == b"OPTIONS";
    }
    // `[` and `]` stand around an address only.
    let bracket = |part: &[u8]| part.iter().any(|o| *o == b'[' || *o == b']');
    if target[0] == b'/' {
        return !bracket(target);
    }
    let scheme_end = target.windows(3).position(|w| w == b"://");
    let Some(end) = scheme_end else { return false };
    if !target[..end].eq_ignore_ascii_case(b"http") && !target[..end].eq_ignore_ascii_case(b"https") {
        return false;
    }
    let rest = &target[end + 3..];
    let authority_end = rest.iter().position(|o| *o == b'/' || *o == b'?').unwrap_or(rest.len());
    let authority = &rest[..authority_end];
    !authority.is_empty() && authority[0] != b':' && authority_is_right(authority) && !bracket(&rest[authority_end..])
}

/// Whether a scheme is there, and no host behind it.
fn names_no_host(target: &[u8]) -> bool {
    let authority = target.windows(3).position(|w| w == b"://").map(|at| &target[at + 3..]);
    authority.is_some_and(|rest| matches!(rest.first(), None | Some(b'/' | b':' | b'?')))
}

fn percent_is_right(text: &[u8]) -> bool {
    text.iter()
        .enumerate()
        .filter(|(_, o)| **o == b'%')
        .all(|(i, _)| matches!(text.get(i + 1..i + 3), Some([a, b]) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()))
}

fn host_is_right(host: &[u8]) -> bool {
    if let Some(inner) = host.strip_prefix(b"[") {
        let Some(inner) = inner.strip_suffix(b"]") else { return false };
        let future = inner.first().is_some_and(|o| *o == b'v' || *o == b'V');
        return future && inner.contains(&b'.')
            || std::str::from_utf8(inner).is_ok_and(|t| t.parse::<std::net::Ipv6Addr>().is_ok());
    }
    host.iter().all(|o| o.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%".contains(o)) && percent_is_right(host)
}

fn authority_is_right(authority: &[u8]) -> bool {
    let colon = authority.iter().rposition(|o| *o == b':');
    let in_brackets = authority.iter().rposition(|o| *o == b']');
    match colon {
        Some(colon) if in_brackets.is_none_or(|b| b < colon) => {
            host_is_right(&authority[..colon]) && authority[colon + 1..].iter().all(u8::is_ascii_digit)
        }
        _ => host_is_right(authority),
    }
}

fn check_host(request: &Request, mutation: Option<Mutation>) -> Result<(), Stop> {
    let is = |m| mutation == Some(m);
    let hosts: Vec<&[u8]> = values(request, "host").collect();
    match hosts[..] {
        [] if request.minor == 0 || is(Mutation::HostNotRequired) => Ok(()),
        [_, _] if is(Mutation::TwoHosts) => Ok(()),
        [_] if is(Mutation::AnyHost) => Ok(()),
        [host] if authority_is_right(host) => Ok(()),
        _ => Err(Stop::Refuse(400)),
    }
}

/// The values of every line of that name.
pub(super) fn values<'r>(request: &'r Request, name: &'r str) -> impl Iterator<Item = &'r [u8]> {
    request.fields.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name.as_bytes())).map(|(_, v)| v.as_slice())
}

/// The members of a list field, lowercase, over all of its lines.
pub(super) fn members(request: &Request, name: &str) -> Vec<Vec<u8>> {
    let lines = values(request, name);
    lines
        .flat_map(|v| v.split(|o| *o == b','))
        .map(|m| trimmed(m).to_ascii_lowercase())
        .filter(|m| !m.is_empty())
        .collect()
}

type Field = (Vec<u8>, Vec<u8>);

/// One line is one field, unless a bare CR ends lines.
fn field_lines(line: &[u8], mutation: Option<Mutation>) -> Result<Vec<Field>, Stop> {
    let is = |m| mutation == Some(m);
    let line = line.strip_suffix(b"\r\n").ok_or(Stop::Refuse(400))?;
    if is(Mutation::BareCrEndsLine) {
        return line.split(|o| *o == b'\r').map(|l| field_line(l, mutation)).collect();
    }
    if is(Mutation::ColonMissing) && !line.contains(&b':') {
        return Ok(Vec::new());
    }
    Ok(vec![field_line(line, mutation)?])
}

fn field_line(line: &[u8], mutation: Option<Mutation>) -> Result<Field, Stop> {
    let is = |m| mutation == Some(m);
    let colon = line.iter().position(|o| *o == b':').ok_or(Stop::Refuse(400))?;
    let mut name = &line[..colon];
    if is(Mutation::SpaceBeforeColon) {
        name = trimmed(name);
    }
    if name.is_empty() || !name.iter().all(|o| is_token(*o)) {
        return Err(Stop::Refuse(400));
    }
    let value = trimmed(&line[colon + 1..]);
    let nul_passes = is(Mutation::NulInValue);
    if value.iter().any(|o| (*o < 0x20 && *o != b'\t' && !(*o == 0 && nul_passes)) || *o == 0x7f) {
        return Err(Stop::Refuse(400));
    }
    Ok((name.to_vec(), value.to_vec()))
}

/// How the content of a request is delimited (RFC 9112 §6.3).
pub(super) fn length(request: &Request, mutation: Option<Mutation>) -> Result<Length, Stop> {
    let is = |m| mutation == Some(m);
    let mut lines: Vec<&[u8]> = values(request, "transfer-encoding").collect();
    if is(Mutation::FirstTransferEncodingLine) {
        lines.truncate(1);
    }
    let lengths: Vec<&[u8]> = values(request, "content-length").collect();
    let length_wins = is(Mutation::ContentLengthWins) && !lengths.is_empty();
    if !lines.is_empty() && !length_wins {
        if request.minor == 0 || !lengths.is_empty() {
            return Err(Stop::Refuse(400));
        }
        let joined = lines.join(&b',');
        let codings: Vec<&[u8]> = joined.split(|o| *o == b',').map(trimmed).filter(|c| !c.is_empty()).collect();
        let chunked = |c: &[u8]| match is(Mutation::CaseSensitiveCoding) {
            true => c == b"chunked",
            false => c.eq_ignore_ascii_case(b"chunked"),
        };
        return match codings.split_last() {
            Some((last, before)) if chunked(last) && (before.is_empty() || is(Mutation::CodingsIgnored)) => {
                Ok(Length::Chunked)
            }
            Some((last, _)) if !chunked(last) && is(Mutation::UnknownCodingIgnored) => Ok(Length::None),
            Some((last, _)) if is(Mutation::CaseSensitiveCoding) && last.eq_ignore_ascii_case(b"chunked") => {
                Ok(Length::None)
            }
            Some((last, before)) if chunked(last) && !before.iter().any(|c| chunked(c)) => {
                let tokens = before.iter().all(|c| c.iter().all(|o| is_token(*o)));
                Err(Stop::Refuse(if tokens { 501 } else { 400 }))
            }
            _ => Err(Stop::Refuse(400)),
        };
    }
    match lengths[..] {
        [] => Ok(Length::None),
        [one] => number(one, mutation).map(Length::Fixed),
        [.., last] if is(Mutation::LastContentLengthWins) => number(last, mutation).map(Length::Fixed),
        _ => Err(Stop::Refuse(400)),
    }
}

fn number(value: &[u8], mutation: Option<Mutation>) -> Result<u64, Stop> {
    let is = |m| mutation == Some(m);
    let digits = if is(Mutation::SignedContentLength) { value.strip_prefix(b"+").unwrap_or(value) } else { value };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Stop::Refuse(400));
    }
    let radix = if is(Mutation::OctalContentLength) && digits[0] == b'0' { 8 } else { 10 };
    let mut number = 0u64;
    for digit in digits {
        let digit = u64::from(digit - b'0');
        number = if is(Mutation::ContentLengthWraps) {
            number.wrapping_mul(radix).wrapping_add(digit)
        } else {
            number.checked_mul(radix).and_then(|n| n.checked_add(digit)).ok_or(Stop::Refuse(400))?
        };
    }
    Ok(number)
}

/// Reads the content into the request.
pub(super) fn content(
    input: &mut Input,
    request: &mut Request,
    length: Length,
    mutation: Option<Mutation>,
) -> Result<(), Stop> {
    let is = |m| mutation == Some(m);
    match length {
        Length::None => Ok(()),
        Length::Fixed(count) if count > CONTENT => Err(Stop::Refuse(413)),
        Length::Fixed(count) => match input.exactly(count as usize) {
            Ok(octets) => {
                request.content = octets;
                Ok(())
            }
            Err(Stop::Gone) if is(Mutation::ShortContentAccepted) && input.ended() => Ok(()),
            Err(stop) => Err(stop),
        },
        Length::Chunked => match chunks(input, request, mutation) {
            Err(Stop::Gone) if is(Mutation::ShortChunkedAccepted) && input.ended() => Ok(()),
            other => other,
        },
    }
}

fn chunks(input: &mut Input, request: &mut Request, mutation: Option<Mutation>) -> Result<(), Stop> {
    let is = |m| mutation == Some(m);
    let (mut seen, mut lines) = (0, 0);
    loop {
        let line = input.line(4096, 400)?;
        // Extensions are not free: chunk lines may not cost more than this beyond what they bring.
        lines += line.len();
        if lines > 16 * 1024 + request.content.len() {
            return Err(Stop::Refuse(400));
        }
        let size = chunk_line(&line, mutation)?;
        if size == 0 {
            break;
        }
        if request.content.len() as u64 + size > CONTENT {
            return Err(Stop::Refuse(413));
        }
        let data = input.exactly(size as usize)?;
        seen += 1;
        if !(is(Mutation::LosesChunk) && seen == 2) {
            request.content.extend_from_slice(&data);
        }
        let end = input.terminator()?;
        if end != b"\r\n" && !is(Mutation::AnyChunkTerminator) {
            return Err(Stop::Refuse(400));
        }
    }
    if is(Mutation::TrailersLeftInStream) {
        return Ok(());
    }
    let mut total = 0;
    loop {
        let line = input.line(8192, 431)?;
        total += line.len();
        if total > 16 * 1024 {
            return Err(Stop::Refuse(431));
        }
        if line == b"\r\n" {
            return Ok(());
        }
        if is(Mutation::UnparsedTrailers) {
            continue;
        }
        let field = field_line(line.strip_suffix(b"\r\n").ok_or(Stop::Refuse(400))?, mutation)?;
        if is(Mutation::MergesTrailers) {
            request.fields.push(field);
        } else {
            request.trailers.push(field);
        }
    }
}

fn chunk_line(line: &[u8], mutation: Option<Mutation>) -> Result<u64, Stop> {
    let is = |m| mutation == Some(m);
    let bad = Stop::Refuse(400);
    let line = match line.strip_suffix(b"\r\n") {
        Some(line) => line,
        None if is(Mutation::ChunkLineBareLf) => &line[..line.len() - 1],
        None => return Err(bad),
    };
    let digits =
        line.iter().take_while(|o| o.is_ascii_hexdigit() || (**o == b'x' && is(Mutation::HexPrefixedChunkSize)));
    let count = digits.count();
    let (mut digits, rest) = line.split_at(count);
    if is(Mutation::HexPrefixedChunkSize) {
        digits = digits.strip_prefix(b"0x").unwrap_or(digits);
    }
    let text = std::str::from_utf8(digits).map_err(|_| bad)?;
    let mut size = 0u64;
    if text.is_empty() || text.len() > 64 {
        return Err(bad);
    }
    for digit in text.chars() {
        let digit = u64::from(digit.to_digit(16).ok_or(bad)?);
        size = if is(Mutation::ChunkSizeWraps) {
            u64::from((size as u32).wrapping_mul(16).wrapping_add(digit as u32))
        } else {
            size.checked_mul(16).ok_or(bad)? + digit
        };
    }
    extensions(rest, mutation).then_some(size).ok_or(bad)
}

/// `*( BWS ";" BWS name [ BWS "=" BWS value ] )`
fn extensions(mut rest: &[u8], mutation: Option<Mutation>) -> bool {
    let blanks = |r: &[u8]| r.iter().take_while(|o| **o == b' ' || **o == b'\t').count();
    while !rest.is_empty() {
        rest = &rest[blanks(rest)..];
        let Some(after) = rest.strip_prefix(b";") else { return false };
        rest = &after[blanks(after)..];
        let name = rest.iter().take_while(|o| is_token(**o)).count();
        if name == 0 {
            return false;
        }
        rest = &rest[name..];
        let tight = &rest[blanks(rest)..];
        let Some(after) = tight.strip_prefix(b"=") else { continue };
        rest = &after[blanks(after)..];
        let value = if rest.first() == Some(&b'"') {
            quoted(rest, mutation)
        } else {
            Some(rest.iter().take_while(|o| is_token(**o)).count()).filter(|n| *n > 0)
        };
        let Some(value) = value else { return false };
        rest = &rest[value..];
    }
    true
}

/// How many octets the quoted string at the start has.
fn quoted(text: &[u8], mutation: Option<Mutation>) -> Option<usize> {
    let visible = |o: u8| o == b'\t' || (o >= 0x20 && o != 0x7f);
    let mut at = 1;
    loop {
        match *text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' if mutation != Some(Mutation::QuotedPairUnseen) => {
                if !visible(*text.get(at + 1)?) {
                    return None;
                }
                at += 2;
            }
            o if visible(o) => at += 1,
            _ => return None,
        }
    }
}
