//! Heads to the types of the `http` crate and back.

use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode, Uri};
use proptest::prelude::*;
use wiregauge_proto::convert::{ConvertError, WireRequest, WireResponse, request_options, response_options};
use wiregauge_proto::driver::{self, Content, Http, Options};
use wiregauge_proto::head::{self, Progress, Reading, Version};
use wiregauge_proto::message::{Kind, OwnedField, WriteError, read_all_strict};
use wiregauge_proto::transport::{Transport, memory};
use wiregauge_proto::{Limits, Rule, Strict};

fn lines(lines: &[(&str, &str)]) -> Vec<OwnedField> {
    lines.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec())).collect()
}

fn request(method: &str, target: &str, fields: &[(&str, &str)]) -> WireRequest {
    WireRequest { method: method.into(), target: target.into(), version: Version::HTTP_11, fields: lines(fields) }
}

fn response(status: u16, reason: &str, fields: &[(&str, &str)]) -> WireResponse {
    WireResponse { status, reason: reason.into(), fields: lines(fields), ..WireResponse::default() }
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap()
}

// By chance.

/// Few names, so that they come up again, in any case.
fn name() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "([aA]ccept|[xX]-[aAbB]|[sS]et-[cC]ookie|COOKIE|Cookie|[hH]ost|[vV]i[aA])",
        "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}"
    ]
    .prop_map(String::into_bytes)
}

/// Octets without blanks around them, obs-text among them.
fn field_value() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![0x20u8..=0x7e, 0x80u8..=0xff, Just(b'\t')];
    prop::collection::vec(octet, 0..12).prop_map(|mut octets| {
        while octets.last().is_some_and(|octet| matches!(octet, b' ' | b'\t')) {
            octets.pop();
        }
        let blanks = octets.iter().take_while(|octet| matches!(octet, b' ' | b'\t')).count();
        octets.drain(..blanks);
        octets
    })
}

fn fields() -> impl Strategy<Value = Vec<OwnedField>> {
    prop::collection::vec((name(), field_value()), 0..12)
}

fn text(pattern: &str) -> impl Strategy<Value = String> + use<> {
    proptest::string::string_regex(pattern).unwrap()
}

fn method_and_target() -> impl Strategy<Value = (String, String)> {
    let path = "/([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}){0,12}(\\?([a-z/?&=]|%2f){0,8})?";
    let authority = "([a-zA-Z0-9-]{1,8}(\\.[a-zA-Z]{2})?|\\[::1\\]|127\\.0\\.0\\.1)";
    prop_oneof![
        4 => (text("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,10}"), text(path)),
        2 => (text("(GET|get|OPTIONS|PUT)"), text(&format!("([hH][tT]{{2}}[pP]s?)://{authority}(:[1-9][0-9]{{0,3}})?({path})?"))),
        1 => (text("CONNECT"), text(&format!("{authority}:[1-9][0-9]{{0,3}}"))),
        1 => (text("OPTIONS"), text("\\*")),
    ]
    .prop_filter("CONNECT has a form of its own", |(method, target)| {
        (method == "CONNECT") != (target.starts_with(['/', '*']) || target.contains("://"))
    })
}

fn any_request() -> impl Strategy<Value = WireRequest> {
    (method_and_target(), 0u8..=9, fields()).prop_map(|((method, target), minor, fields)| WireRequest {
        method: method.into(),
        target: target.into(),
        version: Version { major: 1, minor },
        fields,
    })
}

fn any_response() -> impl Strategy<Value = WireResponse> {
    let interim = prop::collection::vec((100u16..200, fields()), 0..2);
    (100u16..600, field_octets(), 0u8..=9, fields(), interim, any::<bool>()).prop_map(
        |(status, reason, minor, fields, interim, decoded)| WireResponse {
            version: Version { major: 1, minor },
            status,
            reason,
            fields,
            interim,
            decoded,
        },
    )
}

/// A reason phrase may begin and end with blanks.
fn field_octets() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![0x20u8..=0x7e, 0x80u8..=0xff, Just(b'\t')], 0..8)
}

/// What is done to a map.
#[derive(Clone, Debug)]
enum Edit {
    Insert(HeaderName, HeaderValue),
    Append(HeaderName, HeaderValue),
    Remove(HeaderName),
}

fn key() -> impl Strategy<Value = HeaderName> {
    name().prop_map(|name| HeaderName::from_bytes(&name).unwrap())
}

fn map_value() -> impl Strategy<Value = HeaderValue> {
    field_value().prop_map(|value| HeaderValue::from_bytes(&value).unwrap())
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = prop_oneof![
        (key(), map_value()).prop_map(|(key, value)| Edit::Insert(key, value)),
        (key(), map_value()).prop_map(|(key, value)| Edit::Append(key, value)),
        key().prop_map(Edit::Remove),
    ];
    prop::collection::vec(edit, 0..6)
}

/// The values of a name, in order, from lines and by hand.
fn of_name<'l>(lines: &'l [OwnedField], name: &str) -> Vec<&'l [u8]> {
    let of_it = lines.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()));
    of_it.map(|(_, value)| value.as_slice()).collect()
}

proptest! {
    #[test]
    fn a_request_comes_back_as_it_was(head in any_request()) {
        let parts = head.clone().into_parts().unwrap();
        prop_assert_eq!(WireRequest::from_parts(&parts).unwrap(), head);
    }

    #[test]
    fn a_response_comes_back_as_it_was(head in any_response()) {
        let parts = head.clone().into_parts().unwrap();
        prop_assert_eq!(WireResponse::from_parts(&parts).unwrap(), head);
    }

    #[test]
    fn parts_have_what_the_head_had(head in any_request()) {
        let parts = head.clone().into_parts().unwrap();
        prop_assert_eq!(parts.method.as_str().as_bytes(), head.method.as_slice());
        prop_assert_eq!(parts.headers.len(), head.fields.len());
        for key in parts.headers.keys() {
            let values: Vec<_> = parts.headers.get_all(key).iter().map(HeaderValue::as_bytes).collect();
            prop_assert_eq!(values, of_name(&head.fields, key.as_str()));
        }
    }

    #[test]
    fn parts_that_were_made_elsewhere_come_back_equal(
        (method, target) in method_and_target(), old in any::<bool>(), list in fields(),
    ) {
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.method = Method::from_bytes(method.as_bytes()).unwrap();
        parts.uri = target.parse().unwrap();
        parts.version = if old { http::Version::HTTP_10 } else { http::Version::HTTP_11 };
        for (name, value) in &list {
            let name = HeaderName::from_bytes(name).unwrap();
            parts.headers.append(name, HeaderValue::from_bytes(value).unwrap());
        }
        let back = WireRequest::from_parts(&parts).unwrap().into_parts().unwrap();
        prop_assert_eq!(&back.method, &parts.method);
        prop_assert_eq!(&back.uri, &parts.uri);
        prop_assert_eq!(back.version, parts.version);
        prop_assert_eq!(&back.headers, &parts.headers);
    }

    #[test]
    fn responses_made_elsewhere_come_back_equal(status in 100u16..600, list in fields()) {
        let (mut parts, ()) = Response::new(()).into_parts();
        parts.status = StatusCode::from_u16(status).unwrap();
        for (name, value) in &list {
            let name = HeaderName::from_bytes(name).unwrap();
            parts.headers.append(name, HeaderValue::from_bytes(value).unwrap());
        }
        let back = WireResponse::from_parts(&parts).unwrap().into_parts().unwrap();
        prop_assert_eq!((back.status, back.version, &back.headers), (parts.status, parts.version, &parts.headers));
    }

    #[test]
    fn what_was_changed_is_as_it_is_now_and_the_rest_as_it_was(head in any_request(), edits in edits()) {
        let mut parts = head.clone().into_parts().unwrap();
        for edit in edits {
            match edit {
                Edit::Insert(key, value) => drop(parts.headers.insert(key, value)),
                Edit::Append(key, value) => drop(parts.headers.append(key, value)),
                Edit::Remove(key) => drop(parts.headers.remove(key)),
            }
        }
        let back = WireRequest::from_parts(&parts).unwrap();
        // All that the map has, and nothing else.
        prop_assert_eq!(back.fields.len(), parts.headers.len());
        let mut now = HeaderMap::new();
        for (name, value) in &back.fields {
            now.append(HeaderName::from_bytes(name).unwrap(), HeaderValue::from_bytes(value).unwrap());
        }
        prop_assert_eq!(&now, &parts.headers);
        // The lines of names whose values are the same are the same lines in the same order.
        let untouched = |lines: &[OwnedField]| -> Vec<OwnedField> {
            let same = |name: &[u8]| {
                let name = std::str::from_utf8(name).unwrap();
                of_name(&head.fields, name) == of_name(&back.fields, name)
            };
            lines.iter().filter(|(name, _)| same(name)).cloned().collect()
        };
        prop_assert_eq!(untouched(&back.fields), untouched(&head.fields));
    }
}

// By hand.

#[test]
fn a_changed_field_keeps_its_place_and_its_name() {
    let head = request("GET", "/", &[("HOST", "a"), ("x-One", "1"), ("Accept", "a"), ("X-ONE", "2"), ("Via", "v")]);
    let mut parts = head.into_parts().unwrap();
    parts.headers.insert("x-one", value("3"));
    let back = WireRequest::from_parts(&parts).unwrap();
    assert_eq!(back.fields, lines(&[("HOST", "a"), ("x-One", "3"), ("Accept", "a"), ("Via", "v")]));
    for more in ["4", "5"] {
        parts.headers.append("x-one", value(more));
    }
    let back = WireRequest::from_parts(&parts).unwrap();
    let expected = [("HOST", "a"), ("x-One", "3"), ("Accept", "a"), ("X-ONE", "4"), ("X-ONE", "5"), ("Via", "v")];
    assert_eq!(back.fields, lines(&expected));
}

#[test]
fn a_removed_field_is_gone_and_a_new_one_comes_last() {
    let head = request("GET", "/", &[("Host", "a"), ("Cookie", "s"), ("Accept", "a"), ("cookie", "t")]);
    let mut parts = head.into_parts().unwrap();
    parts.headers.remove("cookie");
    parts.headers.insert("x-new", value("1"));
    parts.headers.append("x-new", value("2"));
    let back = WireRequest::from_parts(&parts).unwrap();
    assert_eq!(back.fields, lines(&[("Host", "a"), ("Accept", "a"), ("x-new", "1"), ("x-new", "2")]));
}

#[test]
fn set_cookies_stay_apart_and_in_order_between_other_fields() {
    let fields = [("Set-Cookie", "a=1; Path=/"), ("Server", "s"), ("set-cookie", "b=2, c"), ("Set-Cookie", "a=3")];
    let head = response(200, "OK", &fields);
    let parts = head.clone().into_parts().unwrap();
    let cookies: Vec<_> = parts.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["a=1; Path=/", "b=2, c", "a=3"]);
    assert_eq!(WireResponse::from_parts(&parts).unwrap(), head);
}

#[test]
fn the_four_forms_of_a_target_stand_as_they_stood() {
    for (method, target, uri) in [
        ("GET", "/a%2fb?c=%41", "/a%2fb?c=%41"),
        ("GET", "//a", "//a"),
        ("GET", "HTTP://A.example?b", "http://A.example/?b"),
        ("CONNECT", "A.example:443", "A.example:443"),
        ("OPTIONS", "*", "*"),
    ] {
        let head = request(method, target, &[("Host", "a")]);
        let mut parts = head.clone().into_parts().unwrap();
        assert_eq!(parts.uri.to_string(), uri);
        assert_eq!(WireRequest::from_parts(&parts).unwrap(), head);
        if method != "CONNECT" {
            parts.uri = Uri::from_static("/new");
            assert_eq!(WireRequest::from_parts(&parts).unwrap().target, b"/new");
        }
    }
}

#[test]
fn another_method_with_the_old_target_has_to_go_together() {
    let mut parts = request("OPTIONS", "*", &[]).into_parts().unwrap();
    parts.method = Method::GET;
    let error = WireRequest::from_parts(&parts).unwrap_err();
    assert_eq!(error, ConvertError::Target { target: "*".into(), rule: Some(Rule::RequestTargetAsteriskMethod) });
}

#[test]
fn reason_phrases_go_with_their_status() {
    let mut parts = response(200, "Tout va bien", &[]).into_parts().unwrap();
    assert_eq!(WireResponse::from_parts(&parts).unwrap().reason, b"Tout va bien");
    parts.status = StatusCode::NOT_FOUND;
    assert_eq!(WireResponse::from_parts(&parts).unwrap().reason, b"Not Found");
    let (parts, ()) = Response::builder().status(299).body(()).unwrap().into_parts();
    assert_eq!(WireResponse::from_parts(&parts).unwrap().reason, b"");
}

#[test]
fn versions_stay_unless_they_are_changed_and_only_those_of_http_1_pass() {
    for minor in [0, 1, 7] {
        let head = WireRequest { version: Version { major: 1, minor }, ..request("GET", "/", &[]) };
        let mut parts = head.clone().into_parts().unwrap();
        assert_eq!(parts.version, if minor == 0 { http::Version::HTTP_10 } else { http::Version::HTTP_11 });
        assert_eq!(WireRequest::from_parts(&parts).unwrap(), head);
        parts.version = if minor == 0 { http::Version::HTTP_11 } else { http::Version::HTTP_10 };
        assert_eq!(WireRequest::from_parts(&parts).unwrap().version, Version { major: 1, minor: u8::from(minor == 0) });
        for version in [http::Version::HTTP_09, http::Version::HTTP_2, http::Version::HTTP_3] {
            parts.version = version;
            let error = WireRequest::from_parts(&parts).unwrap_err();
            assert_eq!(error, ConvertError::Version(format!("{version:?}")));
        }
    }
    let head = WireResponse { version: Version { major: 2, minor: 0 }, ..response(200, "", &[]) };
    assert_eq!(head.into_parts().unwrap_err(), ConvertError::Version("HTTP/2.0".into()));
}

#[test]
fn what_is_not_right_on_the_wire_is_refused_in_both_directions() {
    let refused = |head: WireRequest| head.into_parts().unwrap_err();
    assert_eq!(refused(request("G T", "/", &[])), ConvertError::Method("G T".into()));
    assert_eq!(refused(request("", "/", &[])), ConvertError::Method(Vec::new()));
    assert_eq!(refused(request("GET", "/", &[("a b", "c")])), ConvertError::FieldName("a b".into()));
    assert_eq!(
        refused(request("GET", "/", &[("A", "b\r\nC: d")])),
        ConvertError::FieldValue { name: "A".into(), why: Some(WriteError::Rule(Rule::FieldValueBareCr)) }
    );
    assert_eq!(response(600, "", &[]).into_parts().unwrap_err(), ConvertError::Status(600));
    assert_eq!(response(200, "a\nb", &[]).into_parts().unwrap_err(), ConvertError::Reason("a\nb".into()));
    for target in ["/a b", "/#f", "a:80", "http://u:p@a/", ""] {
        let error = refused(request("GET", target, &[]));
        assert!(matches!(error, ConvertError::Target { rule: Some(_), .. }) || target.is_empty(), "{target}: {error}");
    }

    let (mut parts, ()) = Request::new(()).into_parts();
    parts.headers.insert("a", value(" b"));
    assert_eq!(
        WireRequest::from_parts(&parts).unwrap_err(),
        ConvertError::FieldValue { name: "a".into(), why: Some(WriteError::BlankAround) }
    );
    parts.headers.clear();
    for uri in ["/a{b}", "/\u{e9}", "/a|b"] {
        parts.uri = Uri::try_from(uri).unwrap();
        let error = WireRequest::from_parts(&parts).unwrap_err();
        assert!(matches!(error, ConvertError::Target { rule: Some(_), .. }), "{uri}: {error}");
    }
    let (parts, ()) = Response::builder().status(999).body(()).unwrap().into_parts();
    assert_eq!(WireResponse::from_parts(&parts).unwrap_err(), ConvertError::Status(999));
}

#[test]
fn what_the_http_crate_does_not_hold_is_named() {
    let target = "http://a%20b/";
    let error = request("GET", target, &[]).into_parts().unwrap_err();
    assert_eq!(error, ConvertError::Target { target: target.into(), rule: None });
    assert_eq!(error.to_string(), "the request-target \"http://a%20b/\" is none that a Uri of the http crate holds");
    let long = "x".repeat(70_000);
    let error = request("GET", &format!("/{long}"), &[]).into_parts().unwrap_err();
    assert!(matches!(&error, ConvertError::Target { rule: None, .. }) && error.to_string().len() < 200, "{error}");
    let error = request("GET", "/", &[(&long, "a")]).into_parts().unwrap_err();
    assert!(matches!(&error, ConvertError::FieldName(_)) && error.to_string().len() < 200, "{error}");
    let many = vec![(b"a".to_vec(), Vec::new()); 40_000];
    let parts = WireRequest { fields: many.clone(), ..request("GET", "/", &[]) }.into_parts().unwrap();
    assert_eq!(parts.headers.len(), many.len(), "of one name there may be any number");
    let many = (0..40_000).map(|number| (format!("a{number}").into_bytes(), Vec::new())).collect();
    let error = WireRequest { fields: many, ..request("GET", "/", &[]) }.into_parts().unwrap_err();
    assert_eq!(error, ConvertError::TooManyFields);
}

#[test]
fn no_error_tells_the_value_of_a_field() {
    let error = request("GET", "/", &[("Cookie", "secret\0")]).into_parts().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
}

#[test]
fn heads_that_were_read_are_taken_in_every_shape() {
    let octets = b"PUT /a HTTP/1.1\r\nHOST: a\r\nX: 1\r\nx: 2\r\nContent-Length: 0\r\n\r\n";
    let expected = request("PUT", "/a", &[("HOST", "a"), ("X", "1"), ("x", "2"), ("Content-Length", "0")]);
    let stream = read_all_strict(Kind::Requests, octets, true, &[], &Limits::DEFAULT);
    assert_eq!(WireRequest::from(&stream.messages[0]), expected);
    let read = head::read_request(octets, &mut Progress::default(), &Limits::DEFAULT, &mut Strict).unwrap();
    let Reading::Done(head) = read else { panic!("{read:?}") };
    assert_eq!(WireRequest::of(&head, octets), expected);
    let (near, mut far) = memory::pair();
    far.send(octets, None).unwrap();
    let read = Http::new(near, Options::default()).read_request().unwrap().unwrap();
    assert_eq!(WireRequest::from(read), expected);

    let octets = b"HTTP/1.0 404 Nope\r\nServer: s\r\n\r\n";
    let expected = WireResponse { version: Version::HTTP_10, ..response(404, "Nope", &[("Server", "s")]) };
    let stream = read_all_strict(Kind::Responses, octets, true, &[], &Limits::DEFAULT);
    assert_eq!(WireResponse::from(&stream.messages[0]), expected);
    let read = head::read_response(octets, &mut Progress::default(), &Limits::DEFAULT, &mut Strict).unwrap();
    let Reading::Done(head) = read else { panic!("{read:?}") };
    assert_eq!(WireResponse::of(&head, octets), expected);
    assert!(WireRequest::from(&stream.messages[0]).into_parts().is_err(), "a response is no request");
}

// To the driver.

/// What a request of these Parts is on the wire.
fn sent(request: Request<Content>) -> Result<String, ConvertError> {
    let (parts, content) = request.into_parts();
    let options = request_options(&parts, content)?;
    let (near, mut far) = memory::pair();
    let mut http = Http::new(near, Options::default());
    let mut request = http.make_request(options);
    http.send_request(&mut request).unwrap();
    let mut buf = [0; 4096];
    let count = far.recv(&mut buf, None).unwrap();
    Ok(String::from_utf8_lossy(&buf[..count]).into_owned())
}

#[test]
fn a_request_goes_out_with_what_the_connection_writes() {
    let request = Request::put("http://a.example:81/b?c").header("X-A", "1").header("content-length", "2");
    let request = request.header("connection", "close").body(Content::from("hi")).unwrap();
    assert_eq!(
        sent(request).unwrap(),
        "PUT /b?c HTTP/1.1\r\nHost: a.example:81\r\nx-a: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
    );
    let head = WireRequest { version: Version::HTTP_10, ..request_of_a_proxy() };
    assert_eq!(
        sent(head.into_request(Content::None).unwrap()).unwrap(),
        "GET HTTP://a.example HTTP/1.0\r\nHost: A.example\r\nX-b: c\r\n\r\n"
    );
    let request = Request::connect("a.example:443").body(Content::None).unwrap();
    assert_eq!(sent(request).unwrap(), "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n");
    let request = Request::options("*").header("host", "a").body(Content::None).unwrap();
    assert_eq!(sent(request).unwrap(), "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    let request = Request::get("http://a").header("upgrade", "x, y/1").header("connection", "Upgrade");
    assert_eq!(
        sent(request.body(Content::None).unwrap()).unwrap(),
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x, y/1\r\nConnection: upgrade\r\n\r\n"
    );
}

fn request_of_a_proxy() -> WireRequest {
    request("GET", "HTTP://a.example", &[("X-b", "c"), ("host", "A.example")])
}

#[test]
fn a_field_of_the_connection_that_it_would_not_write_is_refused() {
    let refused = |fields: &[(&str, &str)], content: Content| {
        let request = request("PUT", "/", fields).into_request(content).unwrap();
        sent(request).unwrap_err()
    };
    let named = |fields: &[(&str, &str)], content: Content| match refused(fields, content) {
        ConvertError::Connections { name, .. } => name,
        other => panic!("{other}"),
    };
    let host = ("Host", "a");
    assert_eq!(named(&[host, ("Content-Length", "3")], "hi".into()), "Content-Length");
    assert_eq!(named(&[host, ("Content-Length", "02")], "hi".into()), "Content-Length");
    assert_eq!(named(&[host, ("Content-Length", "3")], Content::None), "Content-Length");
    assert_eq!(named(&[host, ("Transfer-Encoding", "chunked")], "hi".into()), "Transfer-Encoding");
    assert_eq!(named(&[host, ("Transfer-Encoding", "gzip")], Content::Pieces { size: None }), "Transfer-Encoding");
    assert_eq!(named(&[host, ("Connection", "x-hop")], Content::None), "Connection");
    assert_eq!(named(&[host, ("Connection", "close, keep-alive")], Content::None), "Connection");
    assert_eq!(named(&[host, ("Upgrade", "x")], Content::None), "Upgrade");
    assert_eq!(named(&[host, ("Expect", "x")], Content::None), "Expect");
    assert_eq!(named(&[host, host], Content::None), "Host");
    assert!(matches!(refused(&[], Content::None), ConvertError::Uri { .. }));
    let other = Request::get("http://b/").header("host", "a").body(Content::None).unwrap();
    assert!(matches!(sent(other).unwrap_err(), ConvertError::Uri { .. }));
}

#[test]
fn a_response_goes_out_with_its_reason_and_the_fields_in_order() {
    let head = response(404, "Nicht da", &[("X-b", "1"), ("Content-Length", "2"), ("a", "2"), ("Connection", "close")]);
    let (parts, content) = head.into_response(Content::from("hi")).unwrap().into_parts();
    let options = response_options(&parts, content).unwrap();
    let (near, mut far) = memory::pair();
    far.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", None).unwrap();
    let mut http = Http::new(near, Options::default());
    let request = http.read_request().unwrap().unwrap();
    http.read_content().unwrap();
    let reply = http.make_response(&request, options);
    http.send_response(reply).unwrap();
    let mut buf = [0; 4096];
    let count = far.recv(&mut buf, None).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&buf[..count]),
        "HTTP/1.1 404 Nicht da\r\nX-b: 1\r\na: 2\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
    );
    for (head, name) in [
        (response(200, "", &[("Upgrade", "x"), ("Connection", "upgrade")]), "Upgrade"),
        (WireResponse { decoded: true, ..response(200, "", &[("Content-Encoding", "gzip")]) }, "Content-Encoding"),
    ] {
        let error = response_options(&head.into_parts().unwrap(), Content::None).unwrap_err();
        assert!(matches!(error, ConvertError::Connections { name: n, .. } if n == name), "{error}");
    }
    let parts = response(101, "", &[]).into_parts().unwrap();
    assert_eq!(response_options(&parts, Content::None).unwrap_err(), ConvertError::Status(101));
}

#[test]
fn interim_responses_go_along() {
    let read = driver_response("HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\nHTTP/1.1 204 \r\n\r\n");
    let parts = WireResponse::from(read).into_parts().unwrap();
    let back = WireResponse::from_parts(&parts).unwrap();
    assert_eq!(back.interim, [(103, lines(&[("Link", "</a>")]))]);
}

fn driver_response(octets: &str) -> driver::Response {
    let (near, mut far) = memory::pair();
    let mut http = Http::new(near, Options::default());
    let mut request = http.make_request(driver::RequestOptions { host: "a".into(), ..Default::default() });
    http.send_request(&mut request).unwrap();
    far.send(octets.as_bytes(), None).unwrap();
    http.read_response(&request).unwrap()
}

#[cfg(feature = "user-agent")]
#[test]
fn an_agent_is_asked_for_a_whole_uri() {
    use wiregauge_proto::convert::ask;
    let (parts, content) =
        Request::put("https://a.example/b").header("x-a", "1").body(Content::from("hi")).unwrap().into_parts();
    let asked = ask(&parts, content).unwrap();
    assert_eq!((asked.method, asked.uri.to_string()), (b"PUT".to_vec(), "https://a.example/b".to_owned()));
    assert_eq!(asked.fields, lines(&[("x-a", "1")]));
    for request in [Request::get("/b").header("host", "a"), Request::get("http://a/").header("connection", "close")] {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        ask(&parts, Content::None).unwrap_err();
    }
}
