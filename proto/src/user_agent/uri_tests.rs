//! What is a URI, what a reference leads to, and what neither is.

use super::{Scheme, Uri, UriError};

fn uri(text: &str) -> Uri {
    Uri::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn absolute_uris() {
    for (text, shown, port) in [
        ("http://a.example", "http://a.example/", 80),
        ("HTTP://A.Example:80/x?y#z", "http://a.example/x?y", 80),
        ("https://a:8443?q", "https://a:8443/?q", 8443),
        ("https://a:/", "https://a/", 443),
        ("http://[::1]:8080/", "http://[::1]:8080/", 8080),
        ("http://a/b/./c/../d", "http://a/b/d", 80),
        ("http://a/..", "http://a/", 80),
        ("http://a//b//", "http://a//b//", 80),
    ] {
        let uri = uri(text);
        assert_eq!((uri.to_string().as_str(), uri.origin().port), (shown, port), "{text}");
    }
    assert_eq!(uri("https://a/").origin().scheme, Scheme::Https);
    assert_eq!(uri("http://a/p/q?r").path(), "/p/q");
}

#[test]
fn what_is_none() {
    for (text, error) in [
        ("a.example", UriError::Scheme),
        ("ftp://a/", UriError::Scheme),
        ("http:a", UriError::Scheme),
        ("http:///x", UriError::Host),
        ("http://:80/", UriError::Host),
        ("http://[::1/", UriError::Host),
        ("http://[zz]/", UriError::Host),
        ("http://u@a/", UriError::UserInformation),
        ("http://a:0/", UriError::Port),
        ("http://a:99999/", UriError::Port),
        ("http://a:8o/", UriError::Port),
        ("http://a/b c", UriError::Octet(10)),
        ("http://a/\r\nX: y", UriError::Octet(9)),
        ("http://a/é", UriError::Octet(9)),
    ] {
        assert_eq!(Uri::parse(text), Err(error), "{text}");
    }
    assert_eq!(Uri::parse(&format!("http://a/{}", "x".repeat(8000))), Err(UriError::Length));
}

#[test]
fn references() {
    // The examples of RFC 3986 §5.4, as far as their scheme allows.
    let base = uri("http://a/b/c/d;p?q");
    for (reference, shown) in [
        ("g", "http://a/b/c/g"),
        ("./g", "http://a/b/c/g"),
        ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"),
        ("//g", "http://g/"),
        ("?y", "http://a/b/c/d;p?y"),
        ("g?y", "http://a/b/c/g?y"),
        ("#s", "http://a/b/c/d;p?q"),
        ("g#s", "http://a/b/c/g"),
        (";x", "http://a/b/c/;x"),
        ("", "http://a/b/c/d;p?q"),
        (".", "http://a/b/c/"),
        ("..", "http://a/b/"),
        ("../g", "http://a/b/g"),
        ("../..", "http://a/"),
        ("../../../g", "http://a/g"),
        ("/./g", "http://a/g"),
        ("/../g", "http://a/g"),
        ("g.", "http://a/b/c/g."),
        ("./g/.", "http://a/b/c/g/"),
        ("g;x=1/../y", "http://a/b/c/y"),
        ("g?y/../x", "http://a/b/c/g?y/../x"),
        ("https://h/i", "https://h/i"),
        ("x/y:z", "http://a/b/c/x/y:z"),
    ] {
        assert_eq!(base.join(reference).map(|uri| uri.to_string()), Ok(shown.to_owned()), "{reference}");
    }
    for (reference, error) in [
        ("mailto:x", UriError::Scheme),
        ("javascript:alert(1)", UriError::Scheme),
        ("http:g", UriError::Host),
        ("//u@h/", UriError::UserInformation),
        ("a b", UriError::Octet(1)),
    ] {
        assert_eq!(base.join(reference), Err(error), "{reference}");
    }
}
