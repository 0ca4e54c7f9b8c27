//! Parts as what the driver is told of a message to send. The connection writes some fields itself: those in Parts have to say what it
//! would write, and then become what makes it write them.

use http::{request, response};

use super::{ConvertError, WireRequest, WireResponse, request::target_along};
use crate::connection::outgoing::Length;
use crate::driver::{Content, RequestOptions, ResponseOptions};
use crate::head::Version;
use crate::message::OwnedField;
#[cfg(feature = "user-agent")]
use crate::user_agent::Ask;

/// What is to be sent for a request of these Parts and this content.
///
/// A URI with a scheme is asked for in origin-form, with its authority in Host, unless its request-target went along in another form and
/// is still the same. Host, Connection, Content-Length, Transfer-Encoding, Upgrade and Expect become options, and stand where the
/// connection writes them. `host` has the port of the authority, so [`crate::driver::Options::port`] stays `None`.
/// `Connection: keep-alive` is what HTTP/1.1 does anyway (RFC 9112 §9.3).
///
/// # Errors
/// As [`WireRequest::from_parts`]; no host, or two different ones; one of these fields that says what the connection would not do, such
/// as a Content-Length that is not the one of the content.
///
/// ```
/// use wiregauge_proto::convert::request_options;
/// let request = http::Request::put("http://a.example:8080/b").header("Content-Length", "5").body("hello")?;
/// let (parts, content) = request.into_parts();
/// let options = request_options(&parts, content.into())?;
/// assert_eq!((options.host, options.target), (b"a.example:8080".to_vec(), b"/b".to_vec()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn request_options(parts: &request::Parts, content: Content) -> Result<RequestOptions, ConvertError> {
    let mut head = WireRequest::from_parts(parts)?;
    let uri = |why| ConvertError::Uri { uri: parts.uri.to_string(), why };
    if target_along(parts).is_none() && parts.uri.scheme().is_some() {
        head.target = parts.uri.path_and_query().map_or("/", |path| path.as_str()).into();
    }
    let mut fields = Fields::take(head.fields)?;
    // The authority of the URI and Host are one (RFC 9112 §3.2).
    let authority = parts.uri.authority().map(|authority| authority.as_str().as_bytes());
    let host = match (fields.host.take(), authority) {
        (Some(host), Some(authority)) if !host.eq_ignore_ascii_case(authority) => {
            return Err(uri("its authority and Host are different"));
        }
        (Some(host), _) => host,
        (None, Some(authority)) if authority.contains(&b'@') => {
            return Err(uri("userinfo has no place in Host"));
        }
        (None, Some(authority)) => authority.to_vec(),
        (None, None) => return Err(uri("there is neither an authority nor Host")),
    };
    let content = fields.content(content)?;
    if head.version < Version::HTTP_11 && fields.keep_alive {
        return Err(ConvertError::Connections { name: "Connection", why: "no request of HTTP/1.0 asks to persist" });
    }
    Ok(RequestOptions {
        host,
        method: head.method,
        target: head.target,
        version: head.version,
        fields: fields.others,
        content,
        close: fields.close,
        expect_continue: fields.expect_continue,
        upgrade: fields.upgrade,
        #[cfg(feature = "gzip")]
        compress: false,
    })
}

/// What the user agent is to ask for. Its URI is that of the Parts, whole; the agent chooses the form of the request-target.
///
/// # Errors
/// As [`request_options`]; a URI that has no scheme, or one that is not asked for; close and Upgrade, which an agent does not send.
#[cfg(feature = "user-agent")]
pub fn ask(parts: &request::Parts, content: Content) -> Result<Ask, ConvertError> {
    let options = request_options(parts, content)?;
    let uri = parts.uri.to_string();
    let uri = uri.parse().map_err(|_| ConvertError::Uri { uri, why: "an agent asks for http and https URIs" })?;
    if options.close || !options.upgrade.is_empty() {
        return Err(ConvertError::Connections { name: "Connection", why: "an agent keeps its connections" });
    }
    Ok(Ask {
        method: options.method,
        uri,
        version: options.version,
        fields: options.fields,
        content: options.content,
        expect_continue: options.expect_continue,
    })
}

/// What is to be sent for a response of these Parts and this content.
///
/// Connection, Content-Length and Transfer-Encoding become options, and stand where the connection writes them; the version is the
/// connection's own (RFC 9112 §2.3). [Interim responses](WireResponse::interim) that went along were sent before this one, or are the
/// caller's to send.
///
/// # Errors
/// As [`WireResponse::from_parts`]; one of these fields that says what the connection would not do; Upgrade and status 101, which a
/// switch sends; a Content-Encoding that the content is not in any more.
pub fn response_options(parts: &response::Parts, content: Content) -> Result<ResponseOptions, ConvertError> {
    let head = WireResponse::from_parts(parts)?;
    if !(200..600).contains(&head.status) {
        return Err(ConvertError::Status(head.status));
    }
    if head.decoded && parts.headers.contains_key("content-encoding") {
        let why = "the content was decoded";
        return Err(ConvertError::Connections { name: "Content-Encoding", why });
    }
    let mut fields = Fields::take(head.fields)?;
    if !fields.upgrade.is_empty() {
        return Err(ConvertError::Connections { name: "Upgrade", why: "a final response does not switch" });
    }
    // In a response these two are nobody's.
    fields.others.extend(fields.host.take().map(|host| (b"Host".to_vec(), host)));
    if fields.expect_continue {
        fields.others.push((b"Expect".to_vec(), b"100-continue".to_vec()));
    }
    let content = fields.content(content)?;
    Ok(ResponseOptions {
        status: head.status,
        reason: head.reason,
        close: fields.close,
        content,
        fields: fields.others,
        ..ResponseOptions::default()
    })
}

/// Fields, and what those of the connection say.
#[derive(Default)]
struct Fields {
    others: Vec<OwnedField>,
    host: Option<Vec<u8>>,
    close: bool,
    keep_alive: bool,
    upgrade: Vec<Vec<u8>>,
    expect_continue: bool,
    length: Option<Vec<u8>>,
    chunked: bool,
}

impl Fields {
    fn take(fields: Vec<OwnedField>) -> Result<Fields, ConvertError> {
        let mut taken = Fields::default();
        let mut upgrades = false;
        for (name, value) in fields {
            let refused = |name, why| Err(ConvertError::Connections { name, why });
            match name.to_ascii_lowercase().as_slice() {
                b"host" => {
                    if taken.host.replace(value).is_some() {
                        return refused("Host", "there are two");
                    }
                }
                b"connection" => {
                    for option in listed(&value) {
                        match option.to_ascii_lowercase().as_slice() {
                            b"close" => taken.close = true,
                            b"keep-alive" => taken.keep_alive = true,
                            b"upgrade" => upgrades = true,
                            _ => return refused("Connection", "it can say close, keep-alive and upgrade"),
                        }
                    }
                }
                b"upgrade" => taken.upgrade.extend(listed(&value).map(<[u8]>::to_vec)),
                b"expect" if value.eq_ignore_ascii_case(b"100-continue") => taken.expect_continue = true,
                b"expect" => return refused("Expect", "it can say 100-continue"),
                b"content-length" => {
                    if taken.length.replace(value).is_some() {
                        return refused("Content-Length", "there are two");
                    }
                }
                b"transfer-encoding" if value.eq_ignore_ascii_case(b"chunked") && !taken.chunked => {
                    taken.chunked = true;
                }
                b"transfer-encoding" => return refused("Transfer-Encoding", "it can say chunked, once"),
                _ => taken.others.push((name, value)),
            }
        }
        if upgrades == taken.upgrade.is_empty() {
            let why = "Connection says upgrade where it is, and nowhere else";
            return Err(ConvertError::Connections { name: "Upgrade", why });
        }
        if taken.close && taken.keep_alive {
            return Err(ConvertError::Connections { name: "Connection", why: "it says close or keep-alive, not both" });
        }
        Ok(taken)
    }

    /// The content, if it is framed as the fields say.
    fn content(&self, content: Content) -> Result<Content, ConvertError> {
        let refused = |name, why| Err(ConvertError::Connections { name, why });
        let content = match (content, &self.length) {
            // Said in so many words.
            (Content::None, Some(length)) if length == b"0" => Content::Octets(Vec::new()),
            (content, _) => content,
        };
        match (content.length(), &self.length, self.chunked) {
            (_, Some(_), true) => refused("Content-Length", "Transfer-Encoding has no other beside it"),
            (None | Some(Length::Known(_)), _, true) => {
                refused("Transfer-Encoding", "content of a known size, or none, is not sent chunked")
            }
            (Some(Length::Known(size)), Some(length), false) if size.to_string().as_bytes() == length => Ok(content),
            (_, Some(_), false) => refused("Content-Length", "the content has another"),
            (_, None, _) => Ok(content),
        }
    }
}

/// The elements of a list without quoted strings (RFC 9110 §5.6.1).
fn listed(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|octet| *octet == b',').map(<[u8]>::trim_ascii).filter(|element| !element.is_empty())
}
