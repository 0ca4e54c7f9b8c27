//! Where a subject listens, as a user writes it: `HOST:PORT`, `http://HOST[:PORT][/path]`, the same with `https`, or `unix:PATH`.

use std::hash::{BuildHasher, Hasher};
use std::path::PathBuf;
use std::sync::Arc;

use rustls::ClientConfig;
use wiregauge_proto::tls::server_name;

use super::SubjectError;
use crate::corpus::model::Bindings;
use crate::script::play::{Address, Security};

/// Where a subject listens and how it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Where to connect.
    pub address: Address,
    /// What stands in the Host field.
    pub authority: String,
    /// The host of the authority.
    pub host: String,
    /// A path that it answers; begins with `/`.
    pub path: String,
}

/// How to secure connections to an `https` address.
#[derive(Clone, Debug)]
pub struct Trust {
    /// Whom to trust.
    pub config: Arc<ClientConfig>,
    /// The name to ask for, and that the certificate must be for; the host of the URL unless given.
    pub server_name: Option<String>,
}

impl Location {
    /// Reads what a user wrote. `host` stands in the Host field instead of what is connected to; it may carry a port. `trust` is for
    /// `https` addresses.
    ///
    /// # Errors
    /// [`SubjectError::Address`], which says what is wrong and shows the forms that are understood.
    pub fn parse(text: &str, host: Option<&str>, trust: Option<&Trust>) -> Result<Location, SubjectError> {
        let wrong = |why: &str| SubjectError::Address { text: text.to_owned(), why: why.to_owned() };
        let mut location = if let Some(path) = text.strip_prefix("unix:") {
            if path.is_empty() {
                return Err(wrong("the path of the socket is missing"));
            }
            Location {
                address: Address::Unix(PathBuf::from(path)),
                authority: "localhost".to_owned(),
                host: "localhost".to_owned(),
                path: "/".to_owned(),
            }
        } else {
            let (default_port, trust, rest) = match text.split_once("://") {
                Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Some(80), None, rest),
                Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => {
                    let trust = trust.ok_or_else(|| wrong("nobody is trusted, so TLS cannot be spoken"))?;
                    (Some(443), Some(trust), rest)
                }
                Some(_) => return Err(wrong("only http:// and https:// are understood")),
                None => (None, None, text),
            };
            let rest = rest.split('#').next().unwrap_or_default();
            let cut = rest.find(['/', '?']).unwrap_or(rest.len());
            let (authority, path) = rest.split_at(cut);
            if authority.contains('@') {
                return Err(wrong("user information is not part of an address"));
            }
            let (host, port) = split_port(authority).ok_or_else(|| wrong("the host is malformed"))?;
            let port = match port {
                Some(digits) => digits
                    .parse()
                    .ok()
                    .filter(|p| *p > 0)
                    .ok_or_else(|| wrong("the port is not a number from 1 to 65535"))?,
                None => default_port.ok_or_else(|| wrong("the port is missing"))?,
            };
            let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
            if !path.bytes().all(|octet| octet.is_ascii_graphic()) {
                return Err(wrong("the path has octets that do not stand in a request-target: percent-encode them"));
            }
            let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
            let address = match trust {
                None => Address::Tcp { host: bare, port },
                Some(trust) => {
                    let name = trust.server_name.as_deref().unwrap_or(&bare);
                    let server_name = server_name(name).map_err(|error| wrong(&error.to_string()))?;
                    Address::Tls { host: bare, port, security: Security { server_name, config: trust.config.clone() } }
                }
            };
            Location { address, authority: authority.to_owned(), host: host.to_owned(), path }
        };
        if let Some(host) = host {
            let (name, _) = split_port(host).ok_or_else(|| wrong("the name for the Host field is malformed"))?;
            location.host = name.to_owned();
            location.authority = host.to_owned();
        }
        Ok(location)
    }

    /// A listener of ours on this machine.
    pub fn local(port: u16) -> Location {
        let address = Address::Tcp { host: "127.0.0.1".to_owned(), port };
        Location { authority: format!("127.0.0.1:{port}"), host: "127.0.0.1".to_owned(), path: "/".to_owned(), address }
    }

    /// What the variables of wire text stand for in this run; the token is new in each.
    pub fn bindings(&self) -> Bindings {
        // The keys of a hash map's hasher are fresh: no need for a generator of random numbers.
        let word = std::collections::hash_map::RandomState::new().build_hasher().finish();
        Bindings {
            authority: self.authority.clone(),
            host: self.host.clone(),
            path: self.path.clone(),
            origin: String::new(),
            token: format!("wg{word:016x}"),
            facts: Default::default(),
        }
    }
}

/// `host`, `host:port`, `[v6]` or `[v6]:port`; none if it is none of these.
fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let end = rest.find(']')?;
            rest[..end].parse::<std::net::Ipv6Addr>().ok()?;
            let (host, after) = authority.split_at(end + 2);
            match after.strip_prefix(':') {
                Some(port) => (host, Some(port)),
                None if after.is_empty() => (host, None),
                None => return None,
            }
        }
        None => match authority.split_once(':') {
            Some((_, port)) if port.contains(':') => return None,
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let visible = |octet: u8| octet.is_ascii_graphic() && !b"/?#@\\\"<>".contains(&octet);
    (!host.is_empty() && host.bytes().all(visible)).then_some((host, port))
}
