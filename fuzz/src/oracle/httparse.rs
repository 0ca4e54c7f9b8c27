//! Against httparse, the parser everybody compares with. It is meant to be lenient; every difference is listed with its section,
//! anything else is a fault of one of the two.

use httparse::{EMPTY_HEADER, Header, Status};
use wiregauge_proto::head::{self, FieldLine, Progress, Reading};
use wiregauge_proto::{Limits, Rule, Strict};

use super::shown;

/// Rules at which we refuse what httparse takes; each names its section.
pub const KNOWN_DIFFERENCES: &[Rule] = &[
    // RFC 9112 §2.2 lets a recipient take LF alone; we do not.
    Rule::RequestLineBareLf,
    Rule::StatusLineBareLf,
    Rule::FieldLineBareLf,
    Rule::FieldLineEndBareLf,
    // RFC 9112 §3.2: httparse looks at few octets of a target and at no form.
    Rule::RequestTargetOctet,
    Rule::RequestTargetPercentEncoding,
    Rule::RequestTargetFragment,
    Rule::RequestTargetForm,
    Rule::RequestTargetAsteriskMethod,
    Rule::RequestTargetConnectForm,
    Rule::RequestTargetSchemeUnsupported,
    Rule::RequestTargetHostMissing,
    Rule::RequestTargetUserinfo,
    Rule::RequestTargetHostOctet,
    Rule::RequestTargetPort,
    Rule::RequestTargetIpLiteral,
    // RFC 9112 §4: httparse takes a status-line without the space behind the code, and any three digits.
    Rule::StatusLineSpaceMissing,
    Rule::StatusLineStatusCodeRange,
    // Our limits (RFC 9110 §5.4, RFC 9112 §2.2, §3); httparse has one, on the number of fields.
    Rule::LimitEmptyLines,
    Rule::LimitMethod,
    Rule::LimitRequestTarget,
    Rule::LimitReason,
    Rule::LimitFieldName,
    Rule::LimitFieldValue,
    Rule::LimitFieldCount,
    Rule::LimitHead,
];

/// Requests and responses: both refuse, or both read the same, or the difference is listed.
pub fn diff_httparse(octets: &[u8]) {
    let mut fields = [EMPTY_HEADER; Limits::DEFAULT.field_count as usize];
    let mut request = httparse::Request::new(&mut fields);
    let theirs = request.parse(octets);
    let ours = head::read_request(octets, &mut Progress::default(), &Limits::DEFAULT, &mut Strict);
    if let (Ok(Reading::Done(head)), Ok(Status::Complete(length))) = (&ours, &theirs) {
        assert_eq!(head.length as usize, *length, "length: {}", shown(octets));
        assert_eq!(Some(head.method.of(octets)), request.method.map(str::as_bytes), "{}", shown(octets));
        assert_eq!(Some(head.target.of(octets)), request.path.map(str::as_bytes), "{}", shown(octets));
        assert_eq!(Some(head.version.minor), request.version, "{}", shown(octets));
        same_fields(octets, &head.fields, request.headers);
    }
    let minor = if let Ok(Reading::Done(head)) = &ours { Some(head.version.minor) } else { None };
    compare(octets, ours.map(|r| matches!(r, Reading::Done(_))).map_err(|b| b.rule), minor, theirs);

    let mut fields = [EMPTY_HEADER; Limits::DEFAULT.field_count as usize];
    let mut response = httparse::Response::new(&mut fields);
    let theirs = response.parse(octets);
    let ours = head::read_response(octets, &mut Progress::default(), &Limits::DEFAULT, &mut Strict);
    if let (Ok(Reading::Done(head)), Ok(Status::Complete(length))) = (&ours, &theirs) {
        assert_eq!(head.length as usize, *length, "length: {}", shown(octets));
        assert_eq!(Some(head.status), response.code, "{}", shown(octets));
        // httparse gives an empty reason where it holds obs-text.
        let reason = head.reason.of(octets);
        let theirs = response.reason.map(str::as_bytes);
        assert!(theirs == Some(reason) || !reason.is_ascii() && theirs == Some(b""), "{}", shown(octets));
        same_fields(octets, &head.fields, response.headers);
    }
    let minor = if let Ok(Reading::Done(head)) = &ours { Some(head.version.minor) } else { None };
    compare(octets, ours.map(|r| matches!(r, Reading::Done(_))).map_err(|b| b.rule), minor, theirs);
}

fn same_fields(octets: &[u8], ours: &[FieldLine], theirs: &[Header]) {
    assert_eq!(ours.len(), theirs.len(), "number of fields: {}", shown(octets));
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert_eq!(ours.name.of(octets), theirs.name.as_bytes(), "{}", shown(octets));
        assert_eq!(ours.value.of(octets), theirs.value, "{}", shown(octets));
    }
}

fn compare(octets: &[u8], ours: Result<bool, Rule>, minor: Option<u8>, theirs: httparse::Result<usize>) {
    match (ours, theirs) {
        // A broken line is told when it is complete; httparse tells at the octet. Or both refuse.
        (Ok(false) | Err(_), Err(_)) | (Ok(false), Ok(Status::Partial)) | (Ok(true), Ok(Status::Complete(_))) => {}
        // RFC 9110 §2.5: a higher minor version is read as the highest one known; httparse knows two.
        (Ok(true), Err(httparse::Error::Version)) if minor.is_some_and(|minor| minor > 1) => {}
        // RFC 9112 §2.2 speaks of empty lines before a request; httparse skips them before a response, too.
        (Err(Rule::HttpVersionName), Ok(_)) if octets.starts_with(b"\r\n") || octets.starts_with(b"\n") => {}
        (Err(rule), Ok(_)) => {
            assert!(KNOWN_DIFFERENCES.contains(&rule), "refused with {rule}, taken by httparse: {}", shown(octets));
        }
        (ours, theirs) => panic!("ours {ours:?}, httparse {theirs:?}: {}", shown(octets)),
    }
}
