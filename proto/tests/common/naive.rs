//! A second parser, written to be obvious: split at CRLF, split at the colon, look at each part. It shares nothing with the
//! first, knows no incremental reading and says only yes or no.

use wiregauge_proto::message::Kind;

/// Whether `octets` are messages and nothing else, on a connection that ends behind them.
pub(crate) fn accepts(kind: Kind, octets: &[u8]) -> bool {
    let mut rest = octets;
    loop {
        if kind == Kind::Requests {
            let mut empty = 0;
            while let Some(after) = rest.strip_prefix(b"\r\n") {
                empty += 1;
                if empty > 4 {
                    return false;
                }
                rest = after;
            }
        }
        if rest.is_empty() {
            return true;
        }
        match message(kind, rest) {
            Some(after) => rest = after,
            None => return false,
        }
    }
}

/// What follows the first message, or nothing if it is none.
fn message(kind: Kind, octets: &[u8]) -> Option<&[u8]> {
    let (head, rest) = split_once(octets, b"\r\n\r\n")?;
    let mut lines = split(head, b"\r\n");
    let start_line = lines.remove(0);
    let fields = lines.iter().map(|line| field(line)).collect::<Option<Vec<_>>>()?;
    let named = |name: &str| -> Vec<&[u8]> {
        fields.iter().filter(|field| field.0.eq_ignore_ascii_case(name.as_bytes())).map(|field| field.1).collect()
    };
    for value in named("connection") {
        if !outside_quotes(value, b',').iter().all(|option| trim(option).is_empty() || token(trim(option))) {
            return None;
        }
    }
    let (minor, status) = match kind {
        Kind::Requests => (request_line(start_line)?, None),
        Kind::Responses => status_line(start_line).map(|(minor, status)| (minor, Some(status)))?,
    };
    if kind == Kind::Requests {
        let hosts = named("host");
        if hosts.len() > 1 || (hosts.is_empty() && minor > 0) || !hosts.iter().all(|host| authority(host, false)) {
            return None;
        }
    }
    if let Some(100..=199 | 204 | 304) = status {
        return if status == Some(101) { Some(b"") } else { Some(rest) };
    }
    let (codings, lengths) = (named("transfer-encoding"), named("content-length"));
    if !codings.is_empty() {
        if minor == 0 || !lengths.is_empty() {
            return None;
        }
        let mut members: Vec<&[u8]> = Vec::new();
        for value in codings {
            members.extend(outside_quotes(value, b',').into_iter().map(trim).filter(|member| !member.is_empty()));
        }
        let chunked = |member: &&&[u8]| member.eq_ignore_ascii_case(b"chunked");
        let last_is_chunked = members.last().is_some_and(|last| chunked(&last));
        if kind == Kind::Requests {
            return if members.len() == 1 && last_is_chunked { chunked_body(rest) } else { None };
        }
        if members.is_empty() || members.iter().filter(chunked).count() > 1 || !members.iter().all(|m| coding(m)) {
            return None;
        }
        return if last_is_chunked { chunked_body(rest) } else { Some(b"") };
    }
    match lengths[..] {
        [] if kind == Kind::Requests => Some(rest),
        [] => Some(b""),
        [length] if !length.is_empty() && length.iter().all(u8::is_ascii_digit) => {
            let length: u64 = std::str::from_utf8(length).ok()?.parse().ok()?;
            rest.get(usize::try_from(length).ok()?..)
        }
        _ => None,
    }
}

/// The minor version.
fn request_line(line: &[u8]) -> Option<u8> {
    let [method, target, version] = split(line, b" ")[..] else { return None };
    let connect = method == b"CONNECT";
    let right = match target {
        _ if connect => authority(target, true),
        b"*" => method == b"OPTIONS",
        [b'/', ..] => path(target),
        _ => absolute(target),
    };
    if token(method) && right { minor(version) } else { None }
}

fn absolute(target: &[u8]) -> bool {
    let Some((scheme, rest)) = split_once(target, b"://") else { return false };
    let end = rest.iter().position(|octet| b"/?".contains(octet)).unwrap_or(rest.len());
    let (scheme, place) = (scheme.to_ascii_lowercase(), &rest[..end]);
    let host_end = place
        .iter()
        .rposition(|octet| b":]".contains(octet))
        .map_or(place.len(), |at| if place[at] == b':' { at } else { at + 1 });
    [&b"http"[..], b"https"].contains(&&scheme[..])
        && host_end > 0
        && port_fits(place.get(host_end + 1..).unwrap_or_default())
        && authority(place, false)
        && path(&rest[end..])
}

fn port_fits(digits: &[u8]) -> bool {
    digits.is_empty()
        || std::str::from_utf8(digits).is_ok_and(|digits| {
            let digits = digits.trim_start_matches('0');
            digits.is_empty() || digits.parse::<u16>().is_ok()
        })
}

/// host [ ":" port ]; `whole` asks for both of them, and a port that fits.
fn authority(text: &[u8], whole: bool) -> bool {
    let (host, port) = match text.iter().rposition(|octet| *octet == b':') {
        Some(at) if !text[at..].contains(&b']') => (&text[..at], Some(&text[at + 1..])),
        _ => (text, None),
    };
    if whole && (host.is_empty() || port.is_none_or(<[u8]>::is_empty) || !port_fits(port.unwrap_or_default())) {
        return false;
    }
    let address = host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]"));
    port.is_none_or(|port| port.iter().all(u8::is_ascii_digit))
        && match address {
            Some(address) => ip_literal(address),
            None => uri_octets(host, b""),
        }
}

fn ip_literal(address: &[u8]) -> bool {
    let text = String::from_utf8_lossy(address);
    if let Some((version, rest)) = text.strip_prefix(['v', 'V']).and_then(|future| future.split_once('.')) {
        return !version.is_empty()
            && version.chars().all(|c| c.is_ascii_hexdigit())
            && !rest.is_empty()
            && !rest.contains('%')
            && uri_octets(rest.as_bytes(), b":");
    }
    text.parse::<std::net::Ipv6Addr>().is_ok()
}

fn path(text: &[u8]) -> bool {
    uri_octets(text, b":@/?")
}

/// unreserved, sub-delims, percent-encoded and `also`.
fn uri_octets(text: &[u8], also: &[u8]) -> bool {
    let plain =
        |octet: &u8| octet.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(octet) || also.contains(octet);
    let mut parts = split(text, b"%").into_iter();
    parts.next().is_some_and(|first| first.iter().all(plain))
        && parts
            .all(|part| part.len() >= 2 && part[..2].iter().all(u8::is_ascii_hexdigit) && part[2..].iter().all(plain))
}

/// Minor version and status.
fn status_line(line: &[u8]) -> Option<(u8, u16)> {
    let (version, rest) = split_once(line, b" ")?;
    let (status, reason) = split_once(rest, b" ")?;
    if status.len() != 3 || !status.iter().all(u8::is_ascii_digit) || !text(reason) {
        return None;
    }
    let status: u16 = std::str::from_utf8(status).ok()?.parse().ok()?;
    if (100..600).contains(&status) { Some((minor(version)?, status)) } else { None }
}

fn minor(version: &[u8]) -> Option<u8> {
    match version.strip_prefix(b"HTTP/1.") {
        Some([digit]) if digit.is_ascii_digit() => Some(digit - b'0'),
        _ => None,
    }
}

fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (name, value) = split_once(line, b":")?;
    if token(name) && text(value) { Some((name, trim(value))) } else { None }
}

/// What follows the chunked body, or nothing if it is none.
fn chunked_body(octets: &[u8]) -> Option<&[u8]> {
    let mut rest = octets;
    loop {
        let (line, after) = split_once(rest, b"\r\n")?;
        let size = chunk_size(line)?;
        if size == 0 {
            return trailers(after);
        }
        let size = usize::try_from(size).ok()?;
        rest = after.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

fn trailers(octets: &[u8]) -> Option<&[u8]> {
    let mut rest = octets;
    loop {
        let (line, after) = split_once(rest, b"\r\n")?;
        if line.is_empty() {
            return Some(after);
        }
        field(line)?;
        rest = after;
    }
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    let mut parts = outside_quotes(line, b';').into_iter();
    let first = parts.next()?;
    let extensions: Vec<&[u8]> = parts.collect();
    let digits = if extensions.is_empty() { first } else { trim_end(first) };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    for (at, extension) in extensions.iter().enumerate() {
        let last = at + 1 == extensions.len();
        if last && trim_end(extension).len() < extension.len() {
            return None;
        }
        let (name, value) = match split_once(extension, b"=") {
            Some((name, value)) => (trim(name), Some(trim(value))),
            None => (trim(extension), None),
        };
        if !token(name) || value.is_some_and(|value| !token(value) && !quoted(value)) {
            return None;
        }
    }
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// transfer-coding
fn coding(member: &[u8]) -> bool {
    let parts = outside_quotes(member, b';');
    let chunked = trim(parts[0]).eq_ignore_ascii_case(b"chunked");
    token(trim(parts[0]))
        && (parts.len() == 1 || !chunked)
        && parts[1..].iter().all(|parameter| {
            split_once(parameter, b"=")
                .is_some_and(|(name, value)| token(trim(name)) && (token(trim(value)) || quoted(trim(value))))
        })
}

fn quoted(text: &[u8]) -> bool {
    let Some(inner) = text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")) else { return false };
    let mut octets = inner.iter();
    while let Some(octet) = octets.next() {
        let right = match octet {
            b'"' => false,
            b'\\' => octets.next().is_some_and(|octet| self::text(&[*octet])),
            octet => self::text(&[*octet]),
        };
        if !right {
            return false;
        }
    }
    true
}

fn token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|octet| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(octet))
}

/// Octets of a value or a reason phrase.
fn text(text: &[u8]) -> bool {
    text.iter().all(|octet| matches!(octet, b'\t' | b' '..=b'~' | 0x80..))
}

fn trim(text: &[u8]) -> &[u8] {
    let start = text.iter().take_while(|octet| b" \t".contains(octet)).count();
    trim_end(&text[start..])
}

fn trim_end(text: &[u8]) -> &[u8] {
    &text[..text.len() - text.iter().rev().take_while(|octet| b" \t".contains(octet)).count()]
}

fn split_once<'t>(text: &'t [u8], at: &[u8]) -> Option<(&'t [u8], &'t [u8])> {
    let found = text.windows(at.len()).position(|window| window == at)?;
    Some((&text[..found], &text[found + at.len()..]))
}

fn split<'t>(text: &'t [u8], at: &[u8]) -> Vec<&'t [u8]> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((part, after)) = split_once(rest, at) {
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts
}

/// Splits at `at` where no quoted string stands.
fn outside_quotes(text: &[u8], at: u8) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (place, octet) in text.iter().enumerate() {
        match octet {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            octet if *octet == at && !quoted => {
                parts.push(&text[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}
