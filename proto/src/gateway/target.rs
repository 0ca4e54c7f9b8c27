//! Whom a request goes to (RFC 9112 §3.2, §3.3).

use super::trouble::Trouble;
use crate::driver::Request;
use crate::driver::message::values;
use crate::head::TargetForm;
use crate::user_agent::{Origin, Uri};

/// Where to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To an origin server: with what request-target and Host.
    Origin { origin: Origin, target: Vec<u8>, host: Vec<u8> },
    /// Through a tunnel.
    Tunnel { host: String, port: u16 },
}

/// The target of a request to a gateway in front of `behind`, or to a proxy.
pub(super) fn of(request: &Request, behind: Option<&Origin>) -> Result<Target, Trouble> {
    let refused = |status, words: &str| Err(Trouble::Refused(status, words.into()));
    match (request.form, behind) {
        (TargetForm::Authority, None) => tunnel(&request.target),
        (TargetForm::Authority, Some(_)) => refused(501, "this gateway opens no tunnels"),
        (TargetForm::Origin | TargetForm::Asterisk, Some(origin)) => {
            // A client of version 1.0 may leave Host out.
            let host = values(&request.fields, "host").next().filter(|host| !host.is_empty());
            let host = host.map_or_else(|| authority(origin), <[u8]>::to_vec);
            Ok(Target::Origin { origin: origin.clone(), target: request.target.clone(), host })
        }
        (TargetForm::Origin | TargetForm::Asterisk, None) => {
            refused(400, "a proxy is asked in absolute-form (RFC 9112 section 3.2.2)")
        }
        (TargetForm::Absolute, behind) => {
            let text = std::str::from_utf8(&request.target).unwrap_or_default();
            let uri = Uri::parse(text).map_err(|error| Trouble::Refused(400, error.to_string()))?;
            let target = path_and_query(text, &request.method);
            let host = authority(uri.origin());
            let origin = behind.unwrap_or(uri.origin()).clone();
            Ok(Target::Origin { origin, target, host })
        }
    }
}

/// What an absolute URI has behind its authority, as it stands there (RFC 9110 §7.7 lets nobody change it); if that is nothing, `/`, or `*`
/// for OPTIONS (RFC 9112 §3.2.4).
fn path_and_query(uri: &str, method: &[u8]) -> Vec<u8> {
    let behind = uri.find("://").map_or("", |at| &uri[at + 3..]);
    let rest = behind.find(['/', '?', '#']).map_or("", |at| &behind[at..]);
    let rest = rest.split('#').next().unwrap_or_default();
    match rest.as_bytes() {
        [] if method == b"OPTIONS" => b"*".to_vec(),
        [b'/', ..] => rest.into(),
        _ => [b"/", rest.as_bytes()].concat(),
    }
}

fn tunnel(target: &[u8]) -> Result<Target, Trouble> {
    let wrong = || Trouble::Refused(400, "a tunnel leads to a host and a port".into());
    let text = std::str::from_utf8(target).map_err(|_| wrong())?;
    let uri = Uri::parse(&format!("http://{text}/")).map_err(|_| wrong())?;
    // The port must be written, even if it is the default.
    let (_, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    if port.is_empty() || !port.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(wrong());
    }
    Ok(Target::Tunnel { host: uri.origin().host.clone(), port: uri.origin().port })
}

/// The value of Host for an origin.
pub(super) fn authority(origin: &Origin) -> Vec<u8> {
    match origin.port == origin.scheme.default_port() {
        true => origin.host.clone().into_bytes(),
        false => format!("{}:{}", origin.host, origin.port).into_bytes(),
    }
}
