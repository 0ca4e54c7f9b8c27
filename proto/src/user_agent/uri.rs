//! The URIs that a user agent is given (RFC 9110 §4.2, RFC 3986): `http` and `https`, with the rest taken relative to one of them.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

/// Which of the two schemes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// `http`
    Http,
    /// `https`
    Https,
}

impl Scheme {
    /// The port of a URI that names none.
    pub fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }
}

/// Whom a connection leads to: scheme, host in lower case (an IPv6 address in brackets), port (RFC 9110 §4.3.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// The scheme.
    pub scheme: Scheme,
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// An absolute `http` or `https` URI without user information and without a fragment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Uri {
    origin: Origin,
    /// The path, which begins with `/`, and the query with its `?` if there is one.
    target: String,
}

/// Why a text is no URI that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UriError {
    /// Neither `http://` nor `https://`.
    Scheme,
    /// Empty, or of octets that no host has.
    Host,
    /// Not a number of 1 to 65535.
    Port,
    /// User information before the host, which a URI of HTTP must not have (RFC 9110 §4.2.4): it misleads people.
    UserInformation,
    /// An octet that no URI has, at this offset of the text. A space is written `%20`.
    Octet(usize),
    /// More than 8000 octets.
    Length,
}

impl fmt::Display for UriError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UriError::Scheme => f.write_str("a URI begins with http:// or https:// here"),
            UriError::Host => f.write_str("the URI has no host, or one of octets that no host has"),
            UriError::Port => f.write_str("the port of the URI is no number of 1 to 65535"),
            UriError::UserInformation => f.write_str("the URI has user information before its host"),
            UriError::Octet(at) => write!(f, "octet {at} of the URI is none of a URI: it has to be percent-encoded"),
            UriError::Length => f.write_str("the URI is longer than 8000 octets"),
        }
    }
}

impl std::error::Error for UriError {}

/// What every recipient should take (RFC 9112 §3).
const LONGEST: usize = 8000;

impl Uri {
    /// Reads an absolute URI. A fragment is dropped.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(text: &str) -> Result<Uri, UriError> {
        check(text)?;
        let (scheme, rest) = scheme(text).ok_or(UriError::Scheme)?;
        let rest = rest.strip_prefix("//").ok_or(UriError::Scheme)?;
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        Ok(Uri { origin: origin(scheme, authority)?, target: target(rest) })
    }

    /// Takes a reference relative to this URI (RFC 3986 §5.2), as a Location field has it.
    ///
    /// # Errors
    /// Why it leads to no URI that can be asked for.
    pub fn join(&self, reference: &str) -> Result<Uri, UriError> {
        check(reference)?;
        if let Some((_, rest)) = scheme(reference) {
            // Without `//` it would be the scheme's own URI without a host.
            return if rest.starts_with("//") { Uri::parse(reference) } else { Err(UriError::Host) };
        }
        let reference = reference.split('#').next().unwrap_or_default();
        if let Some(colon) = reference.find(':')
            && !reference[..colon].contains(['/', '?'])
        {
            return Err(UriError::Scheme);
        }
        if reference.starts_with("//") {
            return Uri::parse(&format!("{}:{reference}", self.origin.scheme.name()));
        }
        let (path, query) = self.target.split_at(self.target.find('?').unwrap_or(self.target.len()));
        let joined = match reference.as_bytes() {
            [] => format!("{path}{query}"),
            [b'?', ..] => format!("{path}{reference}"),
            [b'/', ..] => target(reference),
            _ => target(&format!("{}{reference}", &path[..=path.rfind('/').unwrap_or(0)])),
        };
        Ok(Uri { origin: self.origin.clone(), target: joined })
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Path and query, as a request-target in origin-form.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The path.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.target)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.name(), self.host)?;
        if self.port == self.scheme.default_port() { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

impl FromStr for Uri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Uri, UriError> {
        Uri::parse(text)
    }
}

fn check(text: &str) -> Result<(), UriError> {
    if text.len() > LONGEST {
        return Err(UriError::Length);
    }
    let wrong = |octet: u8| {
        !octet.is_ascii_graphic() || matches!(octet, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
    };
    match text.bytes().position(wrong) {
        Some(at) => Err(UriError::Octet(at)),
        None => Ok(()),
    }
}

fn scheme(text: &str) -> Option<(Scheme, &str)> {
    let (name, rest) = text.split_once(':')?;
    let scheme = [Scheme::Http, Scheme::Https].into_iter().find(|scheme| name.eq_ignore_ascii_case(scheme.name()))?;
    Some((scheme, rest))
}

fn origin(scheme: Scheme, authority: &str) -> Result<Origin, UriError> {
    if authority.contains('@') {
        return Err(UriError::UserInformation);
    }
    let end = match authority.strip_prefix('[') {
        Some(rest) => rest.find(']').ok_or(UriError::Host)? + 2,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at(end);
    let is_address =
        |host: &str| host.strip_prefix('[').is_some_and(|host| host[..host.len() - 1].parse::<Ipv6Addr>().is_ok());
    let is_name = |host: &str| !host.is_empty() && !host.contains(['[', ']', '/', '?', '#']);
    if !is_address(host) && !is_name(host) {
        return Err(UriError::Host);
    }
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => scheme.default_port(),
        Some("") => scheme.default_port(),
        Some(digits) if digits.bytes().all(|octet| octet.is_ascii_digit()) => {
            digits.parse().ok().filter(|port| *port > 0).ok_or(UriError::Port)?
        }
        _ => return Err(UriError::Port),
    };
    Ok(Origin { scheme, host: host.to_ascii_lowercase(), port })
}

/// Path and query without dot segments (RFC 3986 §5.2.4), and without a fragment.
fn target(rest: &str) -> String {
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
    let mut segments: Vec<&str> = Vec::new();
    let mut parts = path.strip_prefix('/').unwrap_or(path).split('/').peekable();
    while let Some(part) = parts.next() {
        let last = parts.peek().is_none();
        match part {
            "." | ".." => {
                if part == ".." {
                    segments.pop();
                }
                if last {
                    segments.push("");
                }
            }
            part => segments.push(part),
        }
    }
    format!("/{}{query}", segments.join("/"))
}

#[cfg(test)]
#[path = "uri_tests.rs"]
mod tests;
