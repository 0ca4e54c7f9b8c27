//! Typed fields: examples accepted and refused for each, and what holds for any octets.
#![cfg(feature = "fields")]

use proptest::prelude::*;
use std::fmt::Debug;
use wiregauge_proto::field::grammar::{EntityTag, HttpDate, Parameters, Text, Token, Validation, Weight};
use wiregauge_proto::field::typed::{self, *};

/// The lines that were written, or why none were.
type Rewritten = Result<Vec<Vec<u8>>, String>;

/// What the examples say of one field.
struct Examples {
    name: &'static str,
    /// A value, and how it is written.
    accepted: &'static [(&'static str, &'static str)],
    refused: &'static [&'static str],
    /// Parses the lines and writes the field; panics if what was written does not parse to an equal field.
    rewrite: fn(&[&[u8]]) -> Rewritten,
}

fn rewrite<T: TypedField + Debug + PartialEq>(lines: &[&[u8]]) -> Rewritten {
    let field = T::parse(&mut lines.iter().copied()).map_err(|error| {
        assert_eq!(error.field, T::NAME);
        error.to_string()
    })?;
    let written = field.lines();
    for line in &written {
        assert!(line.iter().all(|octet| !matches!(octet, b'\r' | b'\n' | 0)), "{}", line.escape_ascii());
    }
    let again = T::parse(&mut written.iter().map(Vec::as_slice));
    assert_eq!(again.as_ref(), Ok(&field), "{lines:?} was written as {written:?}");
    Ok(written)
}

macro_rules! examples {
    ($($type:ident: [$($from:literal => $to:literal),* $(,)?], no [$($refused:literal),* $(,)?];)*) => {
        const ALL: &[Examples] = &[$(Examples {
            name: $type::NAME,
            accepted: &[$(($from, $to)),*],
            refused: &[$($refused),*],
            rewrite: rewrite::<$type>,
        }),*];
    };
}

examples! {
    Accept: ["text/html;q=0.50, */*;q=0" => "text/html;q=0.5, */*;q=0", "a/b; x=\"1 2\";q=1.000,," => "a/b; x=\"1 2\"", "" => "", "a/b;q=0.2;v=1" => "a/b; v=1;q=0.2"], no ["text", "*/html", "a/b;q=2", "a/b;q=0;q=1", "a/b c/d"];
    AcceptCharset: ["utf-8, *;q=0.1" => "utf-8, *;q=0.1"], no ["", "utf-8;x=1"];
    AcceptEncoding: ["gzip;Q=0.123 ,br" => "gzip;q=0.123, br", "" => "", "identity;q=0.000" => "identity;q=0"], no ["gzip;q=", "gzip;q=1.1", "gzip;q=0.1234", "gzip;q=.5", "gzip br", "gzip;q =1"];
    AcceptLanguage: ["de-AT, de;q=0.9" => "de-AT, de;q=0.9"], no [",", "de;;q=1"];
    AcceptRanges: ["bytes" => "bytes", "none" => "none"], no ["", "by tes"];
    Age: ["0" => "0", "99999999999999999999" => "2147483648"], no ["-1", "", "1.5", "1, 1"];
    Allow: ["GET,HEAD" => "GET, HEAD", "" => ""], no ["GET HEAD", "G(T"];
    Authorization: ["Basic YTpi" => "Basic YTpi", "Digest username=\"a, b\" , realm=r, nc=00000001" => "Digest username=\"a, b\", realm=\"r\", nc=00000001", "Bearer a.b-c==" => "Bearer a.b-c==", "Negotiate" => "Negotiate"], no ["", "Basic a b", "Digest a=1, Basic", "Digest a=\"1"];
    ProxyAuthorization: ["basic YTpi" => "basic YTpi"], no ["Basic YTpi, Basic YTpi"];
    CacheControl: ["max-age=60,no-cache=\"a, b\", x" => "max-age=60, no-cache=\"a, b\", x", "" => "", "max-age=\"5\"" => "max-age=5", "a=\"\\\"\\\\ \"" => "a=\"\\\"\\\\ \""], no ["max-age=", "=5", "a b"];
    Connection: ["close, , Upgrade" => "close, Upgrade", "" => ""], no ["close;x", "a b"];
    ContentDisposition: ["attachment;filename=\"a b\"" => "attachment; filename=\"a b\"", "x; filename*=UTF-8''%e2%82%ac" => "x; filename*=UTF-8''%e2%82%ac"], no ["", "attachment filename=x", "attachment; filename"];
    ContentEncoding: ["gzip, br" => "gzip, br"], no ["", "gzip;q=1"];
    ContentLanguage: ["mi, en" => "mi, en"], no [""];
    ContentLength: ["5" => "5", "5, 5" => "5", "18446744073709551615" => "18446744073709551615"], no ["", "5, 6", "+5", "0x5", "18446744073709551616"];
    ContentLocation: ["/a?b#c" => "/a?b#c"], no ["/a b", "/\u{e9}"];
    ContentRange: ["bytes 0-0/1" => "bytes 0-0/1", "bytes 2-5/*" => "bytes 2-5/*", "bytes */7" => "bytes */7"], no ["bytes 1-0/5", "bytes 0-5/5", "bytes */*", "pages 1-2/3", "bytes=0-1/2", "bytes -1/5"];
    ContentType: ["text/html;charset=utf-8;" => "text/html; charset=utf-8", "a/b;c=\"\\d\"" => "a/b; c=d", "a/b;c=\"\"" => "a/b; c=\"\""], no ["text", "text/", "a/b;c", "a/b;c =d", "a/b, c/d", "a/b;c=\"d"];
    Cookie: ["a=b;c=\"d\"" => "a=b; c=\"d\"", "a=" => "a=", "a=b, c=d; e=f;" => "a=b, c=d; e=f"], no ["", "a", "=b", "a=b; c"];
    SetCookie: ["a=b;PATH=/;secure;Max-Age=-1" => "a=b; PATH=/; Secure; Max-Age=-1", "a=b; Expires=Sun, 06 Nov 1994 08:49:37 GMT;httponly" => "a=b; Expires=Sun, 06 Nov 1994 08:49:37 GMT; HttpOnly", "a=b; Expires=soon; Max-Age=x" => "a=b"], no ["", "a", "a=b; =c", "a=b; x\u{1}"];
    Date: ["Sun, 06 Nov 1994 08:49:37 GMT" => "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT" => "Sun, 06 Nov 1994 08:49:37 GMT", "Sun Nov  6 08:49:37 1994" => "Sun, 06 Nov 1994 08:49:37 GMT"], no ["", "0", "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 +0000"];
    Expires: ["0" => "0", "never" => "0", "Sun, 06 Nov 1994 08:49:37 GMT" => "Sun, 06 Nov 1994 08:49:37 GMT"], no [];
    LastModified: ["Sun, 06 Nov 1994 08:49:37 GMT" => "Sun, 06 Nov 1994 08:49:37 GMT"], no ["1994"];
    IfModifiedSince: ["Sun, 06 Nov 1994 08:49:37 GMT" => "Sun, 06 Nov 1994 08:49:37 GMT"], no ["*"];
    IfUnmodifiedSince: ["Sun, 06 Nov 1994 08:49:37 GMT" => "Sun, 06 Nov 1994 08:49:37 GMT"], no ["\"a\""];
    ETag: ["\"a\\b,\"" => "\"a\\b,\"", "W/\"\"" => "W/\"\""], no ["a", "w/\"a\"", "\"a b\"", "\"a\"b\"", "\"a", "\"a\", \"b\""];
    IfMatch: ["*" => "*", "\"a\",W/\"b,c\"" => "\"a\", W/\"b,c\""], no ["", "*, \"a\"", "a"];
    IfNoneMatch: [" * " => "*", "\"a\"," => "\"a\""], no [",", "\"a\" \"b\""];
    IfRange: ["W/\"a\"" => "W/\"a\"", "Sun, 06 Nov 1994 08:49:37 GMT" => "Sun, 06 Nov 1994 08:49:37 GMT"], no ["*", "a", "\"a\", \"b\""];
    Expect: ["100-Continue" => "100-Continue", "a=\"b c\";d=e" => "a=\"b c\"; d=e"], no ["100 continue", "a="];
    Host: ["example.com:80" => "example.com:80", "" => "", "[::1]:8080" => "[::1]:8080"], no ["a b", "a:x", "a, b", "user@host"];
    Link: ["<>;rel=next,</a,b>; title=\"x;y\";foo" => "<>; rel=next, </a,b>; title=\"x;y\"; foo"], no ["/a", "</a", "<a b>", "<a> <b>"];
    Location: ["https://a/b?c#d" => "https://a/b?c#d"], no ["<a>", "a b"];
    MaxForwards: ["010" => "10"], no ["", "-1", "1 1"];
    Pragma: ["no-cache" => "no-cache"], no ["no cache"];
    ProxyAuthenticate: ["Basic realm=a" => "Basic realm=\"a\""], no [""];
    WwwAuthenticate: ["Basic realm=\"a\"" => "Basic realm=\"a\"", "Digest a = b ,stale=TRUE" => "Digest a=\"b\", stale=TRUE"], no ["", "Basic realm=\"", "Basic a=b c=d"];
    Range: ["bytes=0-4 , 9-,-2" => "bytes=0-4, 9-, -2", "Bytes=-0" => "bytes=-0"], no ["bytes", "bytes=", "bytes=2-1", "bytes=-", "pages=1-2", "bytes=a-b", "bytes=0 - 1"];
    Referer: ["/a" => "/a"], no ["a\"b"];
    Refresh: ["5" => "5", "5;URL=\"/a\"" => "5; url=/a", "0; /b" => "0; url=/b"], no ["", "x", "5 /a"];
    RetryAfter: ["120" => "120", "Sun, 06 Nov 1994 08:49:37 GMT" => "Sun, 06 Nov 1994 08:49:37 GMT"], no ["", "soon", "-1"];
    Server: ["nginx/1.0 (a (b)\\)) x" => "nginx/1.0 (a (b)\\)) x"], no ["", "(a)", "a/", "a (b"];
    UserAgent: ["a/1   b" => "a/1 b"], no ["", "a/b/c", "a ((((((((((((((((((((((((b"];
    StrictTransportSecurity: ["max-age=1;includeSubDomains;x=y" => "max-age=1; includeSubDomains", "MAX-AGE=\"0\"" => "max-age=0"], no ["", "includeSubDomains", "max-age=1; max-age=1", "max-age=x"];
    Te: ["trailers, deflate;q=0.5" => "trailers, deflate;q=0.5", "" => ""], no ["a;q=2", "a b"];
    Trailer: ["a,B" => "a, B"], no ["a b"];
    TransferEncoding: ["gzip,chunked" => "gzip, chunked", "a;b=c" => "a; b=c"], no ["", "chunked;x"];
    Upgrade: ["h2c, a/1" => "h2c, a/1"], no ["", "a/", "a/1/2"];
    Vary: ["*" => "*", "accept,Cookie" => "accept, Cookie"], no ["a b"];
    Via: ["1.1 a (b), HTTP/1.0 [::1]:80" => "1.1 a (b), HTTP/1.0 [::1]:80"], no ["", "1.1", "1.1(a)", "1.1 a b"];
    XForwardedFor: ["1.2.3.4,::1, unknown" => "1.2.3.4, ::1, unknown"], no ["", "a b"];
    XForwardedHost: ["a,b:80" => "a, b:80"], no ["a b"];
    XForwardedProto: ["https" => "https"], no ["", "a:b"];
    XRequestedWith: ["XMLHttpRequest" => "XMLHttpRequest"], no ["", "a b"];
    DoNotTrack: ["0" => "0", "1" => "1"], no ["", "2", "01", "null"];
}

#[test]
fn each_field_accepts_and_refuses_its_examples() {
    let mut wrong = Vec::new();
    for field in ALL {
        for (from, to) in field.accepted {
            match (field.rewrite)(&[from.as_bytes()]) {
                Ok(lines) if lines == [to.as_bytes()] => {}
                other => wrong.push(format!("{}: {from:?}: {other:?}", field.name)),
            }
        }
        for value in field.refused {
            if let Ok(lines) = (field.rewrite)(&[value.as_bytes()]) {
                wrong.push(format!("{}: {value:?} was accepted as {lines:?}", field.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lines_are_combined_where_they_may_be() {
    assert_eq!(rewrite::<Allow>(&[b"GET", b"", b"PUT"]), Ok(vec![b"GET, PUT".to_vec()]));
    assert!(rewrite::<ContentType>(&[b"a/b", b"a/b"]).is_err());
}

#[test]
fn cookies_and_challenges_keep_a_line_each() {
    let cookies = rewrite::<SetCookie>(&[b"a=b", b"c=d; Secure"]);
    assert_eq!(cookies, Ok(vec![b"a=b".to_vec(), b"c=d; Secure".to_vec()]));
    let apart = Ok(vec![b"Basic realm=\"a\"".to_vec(), b"Negotiate".to_vec(), b"X y=\"z\"".to_vec()]);
    assert_eq!(rewrite::<WwwAuthenticate>(&[b"Basic realm=a, Negotiate", b"X y=z"]), apart);
    assert_eq!(rewrite::<ProxyAuthenticate>(&[b"Basic realm=a, Negotiate", b"X y=z"]), apart);
}

#[test]
fn an_error_says_which_field_and_where() {
    let fields = vec![(b"ACCEPT-encoding".to_vec(), b"gzip;q=7".to_vec())];
    let error = typed::get::<AcceptEncoding>(&fields).expect("it is there").expect_err("it is wrong");
    assert_eq!((error.field, error.at), ("Accept-Encoding", 7));
    assert!(typed::get::<Accept>(&fields).is_none());
}

#[test]
fn lists_have_limits() {
    assert!(rewrite::<Allow>(&[",".repeat(64).as_bytes()]).is_ok());
    assert!(rewrite::<Allow>(&[",".repeat(65).as_bytes()]).is_err());
    assert!(rewrite::<Allow>(&["a,".repeat(1024).as_bytes()]).is_ok());
    assert!(rewrite::<Allow>(&["a,".repeat(1025).as_bytes()]).is_err());
}

/// Pieces of field values, so that many a heap of them is right.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let words = [
        "a",
        "b/1",
        "*",
        "gzip",
        "bytes",
        "=",
        ", ",
        ",",
        ";",
        " ",
        "\t",
        "\"",
        "\"x, \\\" y\"",
        "W/\"t\"",
        "q=0.5",
        ";q=1",
        "(c)",
        "(",
        ")",
        "\\",
        "<",
        ">",
        "</u>",
        "5",
        "0",
        "-",
        "/",
        "9-12",
        "url=",
        "Basic YTo=",
        "r=\"\"",
        "a=b",
        "; a=b",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Max-Age=",
        "Expires=",
        "Secure",
        "max-age=1",
        "Digest ",
        ":80",
        "[::1]",
        "1.1 h",
        "filename*=UTF-8''%41",
        "\u{e9}",
        "\r\n",
        "\0",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..10).prop_map(|words| words.concat().into_bytes())
}

/// An example with one octet removed, put in or changed.
fn near_an_example() -> impl Strategy<Value = (usize, Vec<u8>)> {
    let any = (0..ALL.len(), any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>(), 0..3);
    any.prop_map(|(field, example, place, octet, how)| {
        let examples = ALL[field].accepted;
        let mut value = examples[example.index(examples.len())].0.as_bytes().to_vec();
        let place = place.index(value.len() + 1);
        if how > 0 && place < value.len() {
            value.remove(place);
        }
        if how < 2 {
            value.insert(place, octet);
        }
        (field, value)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16_384))]

    #[test]
    fn any_octets_are_refused_or_round_trip(value in prop::collection::vec(any::<u8>(), 0..64)) {
        for field in ALL {
            let _ = (field.rewrite)(&[&value]);
        }
    }

    #[test]
    fn any_pieces_are_refused_or_round_trip(lines in prop::collection::vec(pieces(), 1..4)) {
        let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
        for field in ALL {
            let _ = (field.rewrite)(&lines);
            let _ = (field.rewrite)(&lines[..1]);
        }
    }

    #[test]
    fn what_is_near_an_example_is_refused_or_round_trips((field, value) in near_an_example()) {
        let _ = (ALL[field].rewrite)(&[&value]);
    }
}

fn token() -> impl Strategy<Value = Token> {
    "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,6}".prop_map(|text| Token::new(&text).expect("tchars"))
}

fn text() -> impl Strategy<Value = Text> {
    prop::collection::vec(any::<u8>(), 0..8).prop_filter_map("no field value", Text::new)
}

fn parameters() -> impl Strategy<Value = Parameters> {
    let pairs = prop::collection::vec((token(), text()), 0..4);
    pairs.prop_map(|pairs| {
        let mut parameters = Parameters::default();
        pairs.into_iter().filter(|(name, _)| !name.is("q")).for_each(|(name, value)| parameters.push(name, value));
        parameters
    })
}

fn entity_tag() -> impl Strategy<Value = EntityTag> {
    (prop::sample::select(vec![Validation::Strong, Validation::Weak]), prop::collection::vec(any::<u8>(), 0..8))
        .prop_filter_map("no etagc", |(validation, opaque)| EntityTag::new(validation, opaque))
}

fn weight() -> impl Strategy<Value = Weight> {
    (0..=1000_u16).prop_map(|thousandths| Weight::new(thousandths).expect("not above 1000"))
}

/// Writes the field and parses that.
fn again<T: TypedField>(field: &T) -> Option<T> {
    let mut fields = Vec::new();
    typed::put(field, &mut fields);
    typed::get(&fields)?.ok()
}

proptest! {
    #[test]
    fn generated_values_round_trip(
        (kind, subtype, parameters, weight) in (token(), token(), parameters(), weight()),
        tags in prop::collection::vec(entity_tag(), 1..4),
        pairs in prop::collection::vec((token(), text()), 1..4),
        seconds in 0..=253_402_300_799_u64,
        (first, more) in (any::<u32>(), any::<u32>()),
    ) {
        let content = ContentType { kind: kind.clone(), subtype: subtype.clone(), parameters: parameters.clone() };
        prop_assert_eq!(again(&content), Some(content));
        let codings = AcceptEncoding(vec![Weighted { value: kind.clone(), weight }; 2]);
        prop_assert_eq!(again(&codings), Some(codings));
        if !kind.is("*") {
            let accept = Accept(vec![MediaRange { kind: kind.clone(), subtype, parameters, weight }; 2]);
            prop_assert_eq!(again(&accept), Some(accept));
        }
        let tag = ETag(tags[0].clone());
        prop_assert_eq!(again(&tag), Some(tag));
        let tags = IfNoneMatch(Tags::These(tags));
        prop_assert_eq!(again(&tags), Some(tags));
        let challenge = Auth { scheme: kind, details: AuthDetails::Parameters(pairs.clone()) };
        let bare = Auth { scheme: challenge.scheme.clone(), details: AuthDetails::None };
        let challenges = WwwAuthenticate(vec![challenge.clone(), bare, challenge]);
        prop_assert_eq!(again(&challenges), Some(challenges));
        let cookies: Vec<Pair> = pairs.into_iter().filter_map(|(name, value)| Pair::new(name, value)).collect();
        if !cookies.is_empty() {
            prop_assert_eq!(again(&Cookie(cookies.clone())), Some(Cookie(cookies)));
        }
        let date = LastModified(HttpDate::from_seconds(seconds).expect("before the year 10000"));
        prop_assert_eq!(again(&date), Some(date));
        let (first, last) = (u64::from(first), u64::from(first) + u64::from(more));
        let range = Range(vec![RangeSpec::Between { first, last }, RangeSpec::From(last), RangeSpec::Last(first)]);
        prop_assert_eq!(again(&range), Some(range));
        let part = ContentRange::Enclosed { first, last, complete: Some(last + 1) };
        prop_assert_eq!(again(&part), Some(part));
    }
}
