use super::*;

#[test]
fn a_url_without_a_scheme_gets_a_hint() {
    assert!(uri("localhost:8000/a").unwrap_err().ends_with("http://localhost:8000/a, perhaps?"));
    assert!(!uri("ftp://a/").unwrap_err().contains("perhaps"));
    assert!(uri("http://a/b c").unwrap_err().ends_with("%20"));
    assert!(uri("http://u:p@a/").unwrap_err().contains("Authorization"));
}

#[test]
fn field_lines_are_checked_as_they_will_be_sent() {
    assert_eq!(header("X-A:  b: c ").unwrap().0, (b"X-A".to_vec(), b"b: c".to_vec()));
    assert_eq!(header("X-A:").unwrap().0, (b"X-A".to_vec(), Vec::new()));
    for (wrong, says) in [
        ("no colon", "colon"),
        ("a b: c", "field-name"),
        (": c", "field-"),
        ("A: b\r\nC: d", "it would break"),
        ("host: a", "URL"),
        ("Content-Length: 1", "--data"),
        ("Expect: 100-continue", "--expect-continue"),
    ] {
        let told = header(wrong).unwrap_err();
        assert!(told.contains(says), "{wrong:?}: {told}");
    }
}

#[test]
fn methods_are_tokens_and_not_connect() {
    assert_eq!(method("PROPFIND").unwrap(), "PROPFIND");
    assert!(method("a b").unwrap_err().contains("it would break"));
    assert!(method("").is_err());
    assert!(method("CONNECT").unwrap_err().contains("--proxy"));
}

#[test]
fn credentials_of_a_proxy_are_decoded_and_encoded() {
    let ProxyAt(given) = proxy("http://user:p%40s:s@[::1]:3128").unwrap();
    assert_eq!((given.host.as_str(), given.port), ("[::1]", 3128));
    let encoded = given.authorization.unwrap();
    assert_eq!(STANDARD.decode(&encoded["Basic ".len()..]).unwrap(), b"user:p@s:s");
    assert_eq!(proxy("http://a:80").unwrap().0.authorization, None);
    for wrong in [
        "a:80",
        "https://a:80",
        "http://u%3a:p@a:80",
        "http://u@a:80",
        "http://u:%@a:80",
        "http://a:80/x",
        "http://u:%+1@a",
    ] {
        assert!(proxy(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn sizes_and_seconds() {
    assert_eq!((size("0"), size("64k"), size("2G")), (Ok(0), Ok(65536), Ok(2 << 30)));
    for wrong in ["", "K", "-1", "1.5M", "1T", "99999999999G", "+1", "é"] {
        assert!(size(wrong).is_err(), "{wrong}");
    }
    assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
    for wrong in ["0", "-1", "NaN", "soon", ""] {
        assert!(seconds(wrong).is_err(), "{wrong}");
    }
    assert!(seconds("1e18").is_ok());
    assert!(seconds("inf").is_err());
}

#[test]
fn content_is_text_a_file_or_standard_input() {
    assert!(matches!(data("a@b"), Ok(Data::Text(text)) if text == "a@b"));
    assert!(matches!(data("@a"), Ok(Data::File(file)) if file.as_path() == std::path::Path::new("a")));
    assert!(matches!((data("-"), data("@-")), (Ok(Data::StandardInput), Ok(Data::StandardInput))));
    assert!(data("@").is_err());
}
