//! Method, content and credentials behind a redirect.

use super::next;
use crate::body::BodyLength;
use crate::driver::{Content, Response};
use crate::head::Version;
use crate::user_agent::{Ask, AskError, UriError};

fn response(status: u16, locations: &[&str]) -> Response {
    Response {
        version: Version::HTTP_11,
        status,
        reason: Vec::new(),
        fields: locations.iter().map(|to| (b"Location".to_vec(), to.as_bytes().to_vec())).collect(),
        length: BodyLength::None,
        interim: Vec::new(),
        switched: false,
        decoded: false,
    }
}

fn ask(method: &str) -> Ask {
    Ask::with(method, "http://a.example/x/y".parse().unwrap(), "content")
        .field("Content-Type", "text/plain")
        .field("Authorization", "Basic eDp5")
        .field("Accept", "*/*")
}

#[test]
fn methods_and_content() {
    for (method, status, expected, keeps) in [
        ("GET", 301, "GET", true),
        ("POST", 301, "GET", false),
        ("POST", 302, "GET", false),
        ("PUT", 302, "PUT", true),
        ("POST", 303, "GET", false),
        ("PUT", 303, "GET", false),
        ("HEAD", 303, "HEAD", true),
        ("POST", 307, "POST", true),
        ("POST", 308, "POST", true),
    ] {
        let next = next(&ask(method), &response(status, &["z"])).unwrap().unwrap();
        assert_eq!(next.method, expected.as_bytes(), "{method} {status}");
        assert_eq!(next.uri.to_string(), "http://a.example/x/z");
        assert_eq!(matches!(next.content, Content::Octets(_)), keeps, "{method} {status}");
        assert_eq!(
            next.fields.len(),
            if keeps { 3 } else { 2 },
            "{method} {status}: what speaks of content goes with it"
        );
    }
}

#[test]
fn credentials_stay_with_their_origin() {
    for (to, kept) in [
        ("http://a.example/", true),
        ("http://a.example:80/", true),
        ("http://a.example:8080/", false),
        ("https://a.example/", false),
        ("http://b.example/", false),
    ] {
        let next = next(&ask("GET"), &response(307, &[to])).unwrap().unwrap();
        assert_eq!(next.fields.iter().any(|(name, _)| name == b"Authorization"), kept, "{to}");
    }
}

#[test]
fn what_is_no_redirect_is_the_answer() {
    for status in [200, 201, 300, 304, 305, 306, 400] {
        assert!(next(&ask("GET"), &response(status, &["/z"])).is_none(), "{status}");
    }
    assert!(next(&ask("GET"), &response(302, &[])).is_none());
    assert!(next(&ask("GET"), &response(302, &["/a", "/b"])).is_none(), "two are none");
}

#[test]
fn where_none_can_follow() {
    let nowhere = next(&ask("GET"), &response(302, &["mailto:x"])).unwrap();
    assert!(matches!(nowhere, Err(AskError::Redirect(UriError::Scheme))));
    let reader = Content::Reader { reader: Box::new(std::io::empty()), size: None };
    let once = Ask { content: reader, ..ask("POST") };
    assert!(matches!(next(&once, &response(307, &["/z"])).unwrap(), Err(AskError::ContentIsGone)));
    assert!(next(&once, &response(303, &["/z"])).unwrap().is_ok(), "a GET needs no content");
}
