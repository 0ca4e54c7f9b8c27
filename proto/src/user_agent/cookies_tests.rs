//! What is kept, what comes back, and to whom.

use std::time::{Duration, SystemTime};

use super::super::uri::Uri;
use super::{CookieJar, IN_ALL, LONGEST, PER_DOMAIN};

fn uri(text: &str) -> Uri {
    Uri::parse(text).unwrap()
}

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

/// A jar with what `from` set.
fn jar(from: &str, lines: &[&str]) -> CookieJar {
    let mut jar = CookieJar::new();
    for line in lines {
        jar.set(&uri(from), line.as_bytes(), now());
    }
    jar
}

fn sent(jar: &mut CookieJar, to: &str) -> String {
    String::from_utf8(jar.field(&uri(to), now()).unwrap_or_default()).unwrap()
}

#[test]
fn to_whom_cookies_go() {
    for (from, line, to, expected) in [
        ("http://a.example/x/y", "n=v", "http://a.example/x/z", "n=v"),
        ("http://a.example/x/y", "n=v", "http://a.example/", ""),
        ("http://a.example/x/y", "n=v; Path=/", "http://a.example/", "n=v"),
        ("http://a.example/x", "n=v; path=/x", "http://a.example/xy", ""),
        ("http://a.example/x", "n=v; path=/x/", "http://a.example/x/y", "n=v"),
        ("http://a.example/", "n=v", "http://b.a.example/", ""),
        ("http://a.example/", "n=v; Domain=a.example", "http://b.a.example/", "n=v"),
        ("http://a.example/", "n=v; Domain=.A.Example", "http://b.a.example/", "n=v"),
        ("http://b.a.example/", "n=v; Domain=a.example", "http://a.example/", "n=v"),
        ("http://a.example/", "n=v; Domain=b.a.example", "http://b.a.example/", ""),
        ("http://a.example/", "n=v; Domain=other.example", "http://other.example/", ""),
        ("http://a.example/", "n=v; Domain=example", "http://a.example/", ""),
        ("http://aa.example/", "n=v; Domain=a.example", "http://aa.example/", ""),
        ("http://127.0.0.1/", "n=v; Domain=0.0.1", "http://127.0.0.1/", ""),
        ("http://127.0.0.1/", "n=v; Domain=127.0.0.1", "http://127.0.0.1/", "n=v"),
        ("https://a.example/", "n=v; Secure", "https://a.example/", "n=v"),
        ("https://a.example/", "n=v; Secure", "http://a.example/", ""),
        ("http://a.example/", "n=v; Secure", "https://a.example/", ""),
        ("http://a.example/", "n=v", "https://a.example:8443/", "n=v"),
        ("http://a.example/", "n=v; HttpOnly; SameSite=Lax", "http://a.example/", "n=v"),
        ("http://a.example/", "novalue", "http://a.example/", "novalue"),
        ("http://a.example/", "n = \"v w\" ; x", "http://a.example/", "n=\"v w\""),
        ("http://a.example/", "=", "http://a.example/", ""),
        ("http://a.example/", "n=v\x01", "http://a.example/", ""),
    ] {
        assert_eq!(sent(&mut jar(from, &[line]), to), expected, "{from} set {line}, to {to}");
    }
}

#[test]
fn how_long_they_live() {
    let here = "http://a.example/";
    for (line, lives) in [
        ("n=v; Max-Age=60", true),
        ("n=v; Max-Age=0", false),
        ("n=v; Max-Age=-1", false),
        ("n=v; Max-Age=soon", true),
        ("n=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT", false),
        ("n=v; Expires=Thu, 01-Jan-1970 00:00:00 GMT", false),
        ("n=v; Expires=Sun, 01 Jan 2040 00:00:00 GMT", true),
        ("n=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", true),
        ("n=v; Max-Age=99999999999999999999999", true),
    ] {
        assert_eq!(!sent(&mut jar(here, &[line]), here).is_empty(), lives, "{line}");
    }
    let mut jar = jar(here, &["n=v; Max-Age=60", "session=1"]);
    assert_eq!(jar.field(&uri(here), now() + Duration::from_secs(59)).unwrap(), b"n=v; session=1");
    assert_eq!(jar.field(&uri(here), now() + Duration::from_secs(60)).unwrap(), b"session=1");
    jar.end_session();
    assert!(jar.is_empty());
}

#[test]
fn order_and_replacement() {
    let here = "http://a.example/x/y";
    let mut all = jar(here, &["a=1; path=/", "b=2; path=/x", "c=3; path=/", "a=4; path=/"]);
    assert_eq!(
        sent(&mut all, here),
        "b=2; a=4; c=3",
        "longer paths first, then the older, and a new value is no new cookie"
    );
    all.set(&uri(here), b"a=; path=/; max-age=0", now());
    assert_eq!((sent(&mut all, here).as_str(), all.len()), ("b=2; c=3", 2));
}

#[test]
fn there_is_room_for_so_many() {
    let mut jar = CookieJar::new();
    for number in 0..PER_DOMAIN + 10 {
        jar.set(&uri("http://a.example/"), format!("n{number}=v").as_bytes(), now());
    }
    assert_eq!(jar.len(), PER_DOMAIN);
    assert!(!sent(&mut jar, "http://a.example/").contains("n9="), "the one that was used longest ago goes first");
    for number in 0..IN_ALL {
        jar.set(&uri(&format!("http://h{number}.example/")), b"n=v", now());
    }
    assert_eq!(jar.len(), IN_ALL);
    jar.set(&uri("http://a.example/"), format!("n={}", "v".repeat(LONGEST)).as_bytes(), now());
    assert_eq!(sent(&mut jar, "http://a.example/"), "");
}
