//! The cookies that origins have set (RFC 6265): which are kept, for how long, and to whom they go back.
//!
//! There is no list of public suffixes here: a `Domain` without a dot is refused, and `co.example` is not. Whoever talks to
//! origins that do not trust each other under one registry gives each a jar of its own.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use super::uri::{Scheme, Uri};

/// Cookies, kept in memory.
#[derive(Clone, Debug, Default)]
pub struct CookieJar {
    cookies: Vec<Cookie>,
    /// The next cookie's place in the order of creation.
    next: u64,
}

/// One cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cookie {
    name: Vec<u8>,
    value: Vec<u8>,
    domain: String,
    /// It goes to this host only, and not to those below it.
    host_only: bool,
    path: String,
    secure: bool,
    http_only: bool,
    expires: Option<SystemTime>,
    created: u64,
    used: u64,
}

/// The most octets of a name and its value together, the most cookies of a domain, and in all (RFC 6265 §6.1 asks for at least so
/// many). What was used longest ago goes first.
const LONGEST: usize = 4096;
const PER_DOMAIN: usize = 50;
const IN_ALL: usize = 3000;
/// A cookie that would live longer lives so long: 400 days.
const OLDEST: Duration = Duration::from_secs(400 * 24 * 3600);

impl CookieJar {
    /// An empty jar.
    pub fn new() -> CookieJar {
        CookieJar::default()
    }

    /// How many cookies there are.
    pub fn len(&self) -> usize {
        self.cookies.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.cookies.is_empty()
    }

    /// Keeps what a Set-Cookie field of a response from `from` says (RFC 6265 §5.2, §5.3), or drops it where that is what it says, or
    /// where `from` has no business to say it.
    pub fn set(&mut self, from: &Uri, set_cookie: &[u8], now: SystemTime) {
        let Some(mut cookie) = read(from, set_cookie, now) else { return };
        self.forget_expired(now);
        let is_same =
            |old: &Cookie| (&old.name, &old.domain, &old.path) == (&cookie.name, &cookie.domain, &cookie.path);
        let old = self.cookies.iter().position(is_same).map(|at| self.cookies.remove(at));
        if cookie.expires.is_some_and(|expires| expires <= now) {
            return;
        }
        self.next += 1;
        cookie.created = old.map_or(self.next, |old| old.created);
        cookie.used = self.next;
        let domain = cookie.domain.clone();
        self.cookies.push(cookie);
        self.make_room(PER_DOMAIN, |cookie| cookie.domain == domain);
        self.make_room(IN_ALL, |_| true);
    }

    /// The value of the Cookie field of a request to `to`, if there is one (RFC 6265 §5.4).
    pub fn field(&mut self, to: &Uri, now: SystemTime) -> Option<Vec<u8>> {
        self.forget_expired(now);
        self.next += 1;
        let used = self.next;
        let mut found: Vec<&mut Cookie> = self.cookies.iter_mut().filter(|cookie| cookie.goes_to(to)).collect();
        // Longer paths first, then older cookies.
        found.sort_by_key(|cookie| (std::cmp::Reverse(cookie.path.len()), cookie.created));
        let pairs: Vec<Vec<u8>> = found
            .into_iter()
            .map(|cookie| {
                cookie.used = used;
                match cookie.name.is_empty() {
                    true => cookie.value.clone(),
                    false => [&cookie.name[..], b"=", &cookie.value].concat(),
                }
            })
            .collect();
        if pairs.is_empty() { None } else { Some(pairs.join(&b"; "[..])) }
    }

    /// Forgets what lives no longer than the session.
    pub fn end_session(&mut self) {
        self.cookies.retain(|cookie| cookie.expires.is_some());
    }

    fn forget_expired(&mut self, now: SystemTime) {
        self.cookies.retain(|cookie| cookie.expires.is_none_or(|expires| expires > now));
    }

    fn make_room(&mut self, most: usize, counts: impl Fn(&Cookie) -> bool) {
        while self.cookies.iter().filter(|cookie| counts(cookie)).count() > most {
            let oldest =
                self.cookies.iter().enumerate().filter(|(_, cookie)| counts(cookie)).min_by_key(|(_, c)| c.used);
            let Some((at, _)) = oldest else { return };
            self.cookies.remove(at);
        }
    }
}

impl Cookie {
    fn goes_to(&self, to: &Uri) -> bool {
        let host = &to.origin().host;
        let domain = if self.host_only { *host == self.domain } else { domain_matches(host, &self.domain) };
        domain && path_matches(to.path(), &self.path) && (!self.secure || to.origin().scheme == Scheme::Https)
    }
}

fn read(from: &Uri, set_cookie: &[u8], now: SystemTime) -> Option<Cookie> {
    let mut parts = set_cookie.split(|octet| *octet == b';');
    let pair = parts.next().unwrap_or_default();
    let at = pair.iter().position(|octet| *octet == b'=');
    let (name, value) = match at {
        Some(at) => (trim(&pair[..at]), trim(&pair[at + 1..])),
        None => (&b""[..], trim(pair)),
    };
    let has_control = |octets: &[u8]| octets.iter().any(|octet| octet.is_ascii_control());
    if (name.is_empty() && value.is_empty()) || name.len() + value.len() > LONGEST || has_control(set_cookie) {
        return None;
    }
    let host = from.origin().host.clone();
    let mut cookie = Cookie {
        name: name.to_vec(),
        value: value.to_vec(),
        domain: host.clone(),
        host_only: true,
        path: default_path(from.path()),
        secure: false,
        http_only: false,
        expires: None,
        created: 0,
        used: 0,
    };
    let mut max_age = None;
    for attribute in parts {
        let (name, value) = match attribute.iter().position(|octet| *octet == b'=') {
            Some(at) => (trim(&attribute[..at]), trim(&attribute[at + 1..])),
            None => (trim(attribute), &b""[..]),
        };
        let Ok(value) = std::str::from_utf8(value) else { continue };
        match name.to_ascii_lowercase().as_slice() {
            // Whoever sends a date that nobody can read wants the cookie to end with the session.
            b"expires" => cookie.expires = httpdate::parse_http_date(&value.replace('-', " ")).ok().or(cookie.expires),
            b"max-age" => max_age = age(value).or(max_age),
            b"domain" => {
                let domain = value.strip_prefix('.').unwrap_or(value).to_ascii_lowercase();
                (cookie.domain, cookie.host_only) = match domain.is_empty() {
                    true => (host.clone(), true),
                    false => (domain, false),
                };
            }
            b"path" if value.starts_with('/') => cookie.path = value.to_owned(),
            b"path" => cookie.path = default_path(from.path()),
            b"secure" => cookie.secure = true,
            b"httponly" => cookie.http_only = true,
            _ => {}
        }
    }
    if let Some(age) = max_age {
        cookie.expires = Some(age.map_or(SystemTime::UNIX_EPOCH, |age| now + age));
    }
    cookie.expires = cookie.expires.map(|expires| expires.min(now + OLDEST));
    if !cookie.host_only {
        let is_own = cookie.domain == host;
        if !domain_matches(&host, &cookie.domain) || (!cookie.domain.contains('.') && !is_own) {
            return None;
        }
        // An address has nothing below it.
        cookie.host_only = is_own && is_address(&host);
    }
    // A plain connection must not lay a secure cookie over one of a secured connection.
    if cookie.secure && from.origin().scheme == Scheme::Http {
        return None;
    }
    Some(cookie)
}

/// Max-Age: so long, or not at all any more (`Some(None)`). `None` is no Max-Age.
fn age(value: &str) -> Option<Option<Duration>> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    if digits.is_empty() || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    if value.starts_with('-') || digits.bytes().all(|octet| octet == b'0') {
        return Some(None);
    }
    Some(Some(digits.parse().map_or(OLDEST, Duration::from_secs).min(OLDEST)))
}

/// The directory of a path (RFC 6265 §5.1.4).
fn default_path(path: &str) -> String {
    match path.rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(at) => path[..at].to_owned(),
    }
}

fn path_matches(path: &str, cookie: &str) -> bool {
    path.strip_prefix(cookie).is_some_and(|rest| rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'))
}

/// RFC 6265 §5.1.3.
fn domain_matches(host: &str, domain: &str) -> bool {
    host == domain || (host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')) && !is_address(host))
}

fn is_address(host: &str) -> bool {
    host.starts_with('[') || host.parse::<IpAddr>().is_ok()
}

fn trim(octets: &[u8]) -> &[u8] {
    octets.trim_ascii()
}

#[cfg(test)]
#[path = "cookies_tests.rs"]
mod tests;
