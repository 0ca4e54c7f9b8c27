//! What the arguments say, read and checked before anything is asked. The errors are shown behind the name of their argument.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use wiregauge_proto::driver::OwnedField;
use wiregauge_proto::head::Version;
use wiregauge_proto::message::{HeadWriter, WriteError};
use wiregauge_proto::user_agent::{Proxy, Uri, UriError};

/// A field line of the request.
#[derive(Clone, Debug)]
pub(super) struct Header(pub(super) OwnedField);

/// Where the content comes from.
#[derive(Clone, Debug)]
pub(super) enum Data {
    Text(String),
    File(PathBuf),
    StandardInput,
}

/// The proxy, with the credentials in it.
#[derive(Clone, Debug)]
pub(super) struct ProxyAt(pub(super) Proxy);

pub(super) fn uri(text: &str) -> Result<Uri, String> {
    Uri::parse(text).map_err(|error| match error {
        UriError::Scheme if Uri::parse(&format!("http://{text}")).is_ok() && !text.contains("://") => {
            format!("{error}: http://{text}, perhaps?")
        }
        UriError::UserInformation => format!("{error}: give it by -H 'Authorization: Basic …'"),
        UriError::Octet(at) => match text.as_bytes().get(at) {
            Some(octet) => format!("{error}: %{octet:02X}"),
            None => error.to_string(),
        },
        _ => error.to_string(),
    })
}

pub(super) fn method(text: &str) -> Result<String, String> {
    if text == "CONNECT" {
        return Err("CONNECT asks for a tunnel, which --proxy does by itself for https".to_owned());
    }
    written(text.as_bytes(), None).map(|()| text.to_owned())
}

pub(super) fn header(text: &str) -> Result<Header, String> {
    let (name, value) = text.split_once(':').ok_or("it has no colon: -H 'Name: value'")?;
    let remedy = match name.to_ascii_lowercase().as_str() {
        "host" => "it follows from the URL",
        "content-length" | "transfer-encoding" => "it follows from --data",
        "expect" => "--expect-continue sends it",
        "connection" | "upgrade" => "no connection is kept or switched here",
        _ => "",
    };
    if !remedy.is_empty() {
        return Err(format!("{name} is written by the connection itself: {remedy}"));
    }
    let value = value.trim_matches([' ', '\t']);
    written(b"GET", Some((name, value)))?;
    Ok(Header((name.into(), value.into())))
}

/// Whether a head with them in it could be written.
fn written(method: &[u8], field: Option<(&str, &str)>) -> Result<(), String> {
    let fields = [("Host", "a")].into_iter().chain(field);
    let told = HeadWriter::default().request(&mut Vec::new(), method, b"/", Version::HTTP_11, fields);
    told.map(drop).map_err(|error| match error {
        WriteError::Rule(rule) => format!("it would break {}: {}", rule.id(), rule.sentence()),
        error => error.to_string(),
    })
}

pub(super) fn data(text: &str) -> Result<Data, String> {
    match text.strip_prefix('@') {
        Some("") => Err("@ is followed by the name of a file".to_owned()),
        Some("-") => Ok(Data::StandardInput),
        Some(file) => Ok(Data::File(file.into())),
        None if text == "-" => Ok(Data::StandardInput),
        None => Ok(Data::Text(text.to_owned())),
    }
}

pub(super) fn proxy(text: &str) -> Result<ProxyAt, String> {
    const FORM: &str = "a proxy is given as http://[USER:PASSWORD@]HOST:PORT";
    let rest = text.strip_prefix("http://").ok_or(FORM)?;
    let (credentials, host) =
        rest.rsplit_once('@').map_or((None, rest), |(credentials, host)| (Some(credentials), host));
    let uri = Uri::parse(&format!("http://{host}")).map_err(|error| format!("{FORM}: {error}"))?;
    if uri.target() != "/" {
        return Err(format!("{FORM}: there is no path"));
    }
    let authorization = credentials.map(basic).transpose()?;
    let origin = uri.origin();
    Ok(ProxyAt(Proxy { host: origin.host.clone(), port: origin.port, authorization }))
}

/// The value of Proxy-Authorization (RFC 7617 §2) for credentials as they stand in a URL.
fn basic(credentials: &str) -> Result<Vec<u8>, String> {
    let (user, password) = credentials.split_once(':').ok_or("the credentials of the proxy are USER:PASSWORD")?;
    let (user, password) = (decoded(user)?, decoded(password)?);
    if user.contains(&b':') {
        return Err("the user of the proxy has a colon, which Basic cannot say".to_owned());
    }
    let both = [user, b":".to_vec(), password].concat();
    Ok(format!("Basic {}", STANDARD.encode(both)).into_bytes())
}

/// Without percent-encoding.
fn decoded(text: &str) -> Result<Vec<u8>, String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            octets.push(*first);
            continue;
        }
        let digits = after.first_chunk::<2>().and_then(|digits| std::str::from_utf8(digits).ok());
        let octet =
            digits.filter(|digits| !digits.starts_with('+')).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        octets.push(octet.ok_or("a % in the credentials of the proxy is written %25")?);
        rest = &after[2..];
    }
    Ok(octets)
}

pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds: &f64| *seconds > 0.0);
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    // A clock does not go further than this.
    let longest = Duration::from_secs(10 * 365 * 24 * 3600);
    duration.map(|duration| duration.min(longest)).ok_or_else(|| "a number of seconds, such as 10 or 0.5".to_owned())
}

pub(super) fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" => Some(1),
        "K" => Some(1 << 10),
        "M" => Some(1 << 20),
        "G" => Some(1 << 30),
        _ => None,
    };
    let all_digits = !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit());
    let size =
        digits.parse::<u64>().ok().filter(|_| all_digits).zip(unit).and_then(|(size, unit)| size.checked_mul(unit));
    size.ok_or_else(|| "a number of octets, such as 100, 64K, 10M or 2G (K is 1024)".to_owned())
}

#[cfg(test)]
#[path = "values_tests.rs"]
mod tests;
