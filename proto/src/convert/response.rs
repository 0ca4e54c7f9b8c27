//! The head of a response.

use http::{Response, StatusCode, response::Parts};

use super::{ConvertError, fields, version_in_parts, version_on_the_wire};
use crate::driver;
use crate::head::write::{self, PartError};
use crate::head::{ResponseHead, Version, reason_phrase};
use crate::message::{Message, OwnedField};
use crate::rule::Rule;

/// The head of a response, with everything that is on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WireResponse {
    /// The version.
    pub version: Version,
    /// The status code.
    pub status: u16,
    /// The reason phrase; may be empty.
    pub reason: Vec<u8>,
    /// The field lines in order, names as they stand.
    pub fields: Vec<OwnedField>,
    /// The interim responses before it, in order: status and fields.
    pub interim: Vec<(u16, Vec<OwnedField>)>,
    /// Whether its content is read without the codings that its Content-Encoding still names, and is not as long as its Content-Length
    /// says ([`driver::Response::decoded`]).
    pub decoded: bool,
}

impl WireResponse {
    /// The head that was read from `octets`. An obs-fold becomes a space.
    pub fn of(head: &ResponseHead, octets: &[u8]) -> WireResponse {
        WireResponse {
            version: head.version,
            status: head.status,
            reason: head.reason.of(octets).to_vec(),
            fields: fields::owned(&head.fields, octets),
            ..WireResponse::default()
        }
    }

    /// The head as Parts, with itself in their extensions. All fields are there as they are on the wire, whether or not content is
    /// [decoded](WireResponse::decoded).
    ///
    /// # Errors
    /// What is not right on the wire, or what the `http` crate does not hold.
    pub fn into_parts(self) -> Result<Parts, ConvertError> {
        self.check()?;
        let (mut parts, ()) = Response::new(()).into_parts();
        parts.status = StatusCode::from_u16(self.status).map_err(|_| ConvertError::Status(self.status))?;
        parts.version = version_in_parts(self.version)?;
        parts.headers = fields::in_map(&self.fields)?;
        parts.extensions.insert(self);
        Ok(parts)
    }

    /// The head of these Parts, seen with the one that went along in their extensions, if one did. The reason phrase of another status
    /// is the one that RFC 9110 §15 has for it.
    ///
    /// # Errors
    /// What Parts hold and HTTP/1.1 cannot carry.
    pub fn from_parts(parts: &Parts) -> Result<WireResponse, ConvertError> {
        let along = parts.extensions.get::<WireResponse>();
        let status = parts.status.as_u16();
        let head = WireResponse {
            version: version_on_the_wire(parts.version, along.map(|along| along.version))?,
            status,
            reason: match along.filter(|along| along.status == status) {
                Some(along) => along.reason.clone(),
                None => reason_phrase(status).into(),
            },
            fields: fields::on_the_wire(&parts.headers, along.map_or(&[], |along| &along.fields))?,
            interim: along.map_or_else(Vec::new, |along| along.interim.clone()),
            decoded: along.is_some_and(|along| along.decoded),
        };
        head.check()?;
        Ok(head)
    }

    /// With content, which is passed through.
    ///
    /// # Errors
    /// As [`WireResponse::into_parts`].
    pub fn into_response<B>(self, content: B) -> Result<Response<B>, ConvertError> {
        Ok(Response::from_parts(self.into_parts()?, content))
    }

    /// The head and the content of a response.
    ///
    /// # Errors
    /// As [`WireResponse::from_parts`].
    pub fn from_response<B>(response: Response<B>) -> Result<(WireResponse, B), ConvertError> {
        let (parts, content) = response.into_parts();
        Ok((WireResponse::from_parts(&parts)?, content))
    }

    /// Whether a strict reader reads the status-line back as it is. Fields are checked where they are converted.
    fn check(&self) -> Result<(), ConvertError> {
        let WireResponse { version, status, reason, .. } = self;
        match write::status_line(&mut Vec::new(), 0, *version, *status, reason) {
            Ok(_) => Ok(()),
            Err(PartError::Rule(Rule::StatusLineStatusCodeRange)) => Err(ConvertError::Status(*status)),
            Err(PartError::Rule(Rule::HttpVersionMajorUnsupported | Rule::HttpVersionDigits)) => {
                Err(ConvertError::Version(format!("HTTP/{}.{}", version.major, version.minor)))
            }
            Err(_) => Err(ConvertError::Reason(reason.clone())),
        }
    }
}

impl From<driver::Response> for WireResponse {
    fn from(response: driver::Response) -> WireResponse {
        let driver::Response { version, status, reason, fields, interim, decoded, .. } = response;
        WireResponse { version, status, reason, fields, interim, decoded }
    }
}

impl From<&Message> for WireResponse {
    /// The head of a message that is a response; of a request, one of status 0, which is not converted any further.
    fn from(message: &Message) -> WireResponse {
        let (major, minor) = message.version;
        WireResponse {
            version: Version { major, minor },
            status: message.status,
            reason: message.reason.clone(),
            fields: message.fields.clone(),
            ..WireResponse::default()
        }
    }
}

impl TryFrom<WireResponse> for Parts {
    type Error = ConvertError;

    fn try_from(head: WireResponse) -> Result<Parts, ConvertError> {
        head.into_parts()
    }
}

impl TryFrom<&Parts> for WireResponse {
    type Error = ConvertError;

    fn try_from(parts: &Parts) -> Result<WireResponse, ConvertError> {
        WireResponse::from_parts(parts)
    }
}
