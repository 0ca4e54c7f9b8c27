//! The head of a request.

use http::{Method, Request, Uri, request::Parts};

use super::{ConvertError, fields, version_in_parts, version_on_the_wire};
use crate::driver;
use crate::head::write::{self, PartError};
use crate::head::{RequestHead, Version};
use crate::message::{Message, OwnedField};
use crate::rule::Rule;

/// The head of a request, with everything that is on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireRequest {
    /// The method, case as it stands.
    pub method: Vec<u8>,
    /// The request-target, in any of its four forms (RFC 9112 §3.2), as it stands.
    pub target: Vec<u8>,
    /// The version.
    pub version: Version,
    /// The field lines in order, names as they stand.
    pub fields: Vec<OwnedField>,
}

impl WireRequest {
    /// The head that was read from `octets`. An obs-fold becomes a space.
    pub fn of(head: &RequestHead, octets: &[u8]) -> WireRequest {
        WireRequest {
            method: head.method.of(octets).to_vec(),
            target: head.target.of(octets).to_vec(),
            version: head.version,
            fields: fields::owned(&head.fields, octets),
        }
    }

    /// The head as Parts, with itself in their extensions.
    ///
    /// # Errors
    /// What is not right on the wire, or what the `http` crate does not hold: reg-names with percent-encoded octets, for example.
    pub fn into_parts(self) -> Result<Parts, ConvertError> {
        self.check()?;
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.method = Method::from_bytes(&self.method).map_err(|_| ConvertError::Method(self.method.clone()))?;
        parts.uri = uri(&self.target)?;
        parts.version = version_in_parts(self.version)?;
        parts.headers = fields::in_map(&self.fields)?;
        parts.extensions.insert(self);
        Ok(parts)
    }

    /// The head of these Parts, seen with the one that went along in their extensions, if one did. A URI that was changed is in
    /// absolute-form if it has a scheme, in authority-form with CONNECT, else in origin-form or asterisk-form. No field is added, Host
    /// neither: [`super::request_options`] does that.
    ///
    /// # Errors
    /// What Parts hold and HTTP/1.1 cannot carry.
    pub fn from_parts(parts: &Parts) -> Result<WireRequest, ConvertError> {
        let along = parts.extensions.get::<WireRequest>();
        let head = WireRequest {
            method: parts.method.as_str().as_bytes().to_vec(),
            target: match target_along(parts) {
                Some(target) => target.to_vec(),
                None => parts.uri.to_string().into_bytes(),
            },
            version: version_on_the_wire(parts.version, along.map(|along| along.version))?,
            fields: fields::on_the_wire(&parts.headers, along.map_or(&[], |along| &along.fields))?,
        };
        head.check()?;
        Ok(head)
    }

    /// With content, which is passed through.
    ///
    /// # Errors
    /// As [`WireRequest::into_parts`].
    pub fn into_request<B>(self, content: B) -> Result<Request<B>, ConvertError> {
        Ok(Request::from_parts(self.into_parts()?, content))
    }

    /// The head and the content of a request.
    ///
    /// # Errors
    /// As [`WireRequest::from_parts`].
    pub fn from_request<B>(request: Request<B>) -> Result<(WireRequest, B), ConvertError> {
        let (parts, content) = request.into_parts();
        Ok((WireRequest::from_parts(&parts)?, content))
    }

    /// Whether a strict reader reads the request-line back as it is. Fields are checked where they are converted.
    fn check(&self) -> Result<(), ConvertError> {
        let WireRequest { method, target, version, .. } = self;
        match write::request_line(&mut Vec::new(), 0, method, target, *version) {
            Ok(_) => Ok(()),
            Err(PartError::Rule(Rule::RequestLineMethodMissing | Rule::RequestLineMethodOctet)) => {
                Err(ConvertError::Method(method.clone()))
            }
            Err(PartError::Rule(Rule::HttpVersionMajorUnsupported | Rule::HttpVersionDigits)) => {
                Err(ConvertError::Version(format!("HTTP/{}.{}", version.major, version.minor)))
            }
            Err(PartError::Rule(rule)) => Err(ConvertError::Target { target: target.clone(), rule: Some(rule) }),
            Err(PartError::BlankAround) => Err(ConvertError::no_uri(target)),
        }
    }
}

/// The target that went along, if it is still the one of the URI.
pub(super) fn target_along(parts: &Parts) -> Option<&[u8]> {
    let target = &parts.extensions.get::<WireRequest>()?.target;
    // URIs are compared as they are written: an authority in another case is a change, too.
    uri(target).is_ok_and(|uri| uri.to_string() == parts.uri.to_string()).then_some(target)
}

fn uri(target: &[u8]) -> Result<Uri, ConvertError> {
    Uri::try_from(target).map_err(|_| ConvertError::no_uri(target))
}

impl From<driver::Request> for WireRequest {
    fn from(request: driver::Request) -> WireRequest {
        let driver::Request { method, target, version, fields, .. } = request;
        WireRequest { method, target, version, fields }
    }
}

impl From<&Message> for WireRequest {
    /// The head of a message that is a request; of a response, one without a method, which is not converted any further.
    fn from(message: &Message) -> WireRequest {
        let (major, minor) = message.version;
        WireRequest {
            method: message.method.clone(),
            target: message.target.clone(),
            version: Version { major, minor },
            fields: message.fields.clone(),
        }
    }
}

impl TryFrom<WireRequest> for Parts {
    type Error = ConvertError;

    fn try_from(head: WireRequest) -> Result<Parts, ConvertError> {
        head.into_parts()
    }
}

impl TryFrom<&Parts> for WireRequest {
    type Error = ConvertError;

    fn try_from(parts: &Parts) -> Result<WireRequest, ConvertError> {
        WireRequest::from_parts(parts)
    }
}
