//! Content codings over a connection: what is offered, encoded, decoded, and refused.
#![cfg(feature = "gzip")]

use std::thread::{JoinHandle, spawn};

use wiregauge_proto::body::BodyLength;
use wiregauge_proto::coding::{Coding, CodingError, Encoder, Guards, Settings};
use wiregauge_proto::driver::message::values;
use wiregauge_proto::driver::{
    Content, Error, Http, Options, Request, RequestOptions, Response, ResponseOptions, Wanted, Whole,
};
use wiregauge_proto::head::Version;
use wiregauge_proto::message::OwnedField;
use wiregauge_proto::transport::memory::{self, Memory};

type Served = JoinHandle<Result<Vec<(Request, Result<Whole, Error>)>, Error>>;

fn coding(settings: Settings) -> Options {
    Options { codings: Some(settings), ..Options::default() }
}

/// Answers every request with what `answer` makes of it; pieces are `text()` in two. Says what was read.
fn serve(
    far: Memory,
    options: Options,
    mut answer: impl FnMut(&Request) -> ResponseOptions + Send + 'static,
) -> Served {
    spawn(move || {
        let mut http = Http::new(far, options);
        let mut seen = Vec::new();
        while let Some(request) = http.read_request()? {
            let content = http.read_content();
            let refused = content.as_ref().err().and_then(Error::status);
            let reply = match refused {
                Some(status) => ResponseOptions { status, close: true, ..ResponseOptions::default() }.into(),
                None => {
                    let options = answer(&request);
                    http.make_response(&request, options)
                }
            };
            let pieces = matches!(reply.content, Content::Pieces { .. });
            http.send_response(reply)?;
            if pieces {
                let text = text();
                let (first, second) = text.split_at(7000);
                assert_eq!(http.send_piece(first.as_bytes())?, Wanted::More);
                assert_eq!(http.send_piece(second.as_bytes())?, Wanted::More);
                http.end(&[(b"Sum", b"1")])?;
            }
            seen.push((request, content));
            if refused.is_some() {
                break;
            }
        }
        http.close()?;
        Ok(seen)
    })
}

fn text() -> String {
    "It is a tale told by an idiot, full of sound and fury. ".repeat(300)
}

fn html(content: Content) -> ResponseOptions {
    ResponseOptions { content, content_type: Some(b"text/html".to_vec()), ..ResponseOptions::default() }
}

fn ask(http: &mut Http<Memory>, options: RequestOptions) -> Result<(Response, Whole), Error> {
    let mut request = http.make_request(RequestOptions { host: "a.example".into(), ..options });
    http.send_request(&mut request)?;
    let response = http.read_response(&request)?;
    let whole = http.read_content()?;
    Ok((response, whole))
}

fn all(fields: &[OwnedField], name: &str) -> Vec<String> {
    values(fields, name).map(|value| value.escape_ascii().to_string()).collect()
}

fn shapes() -> [Content; 4] {
    let reader = |size| Content::Reader { reader: Box::new(std::io::Cursor::new(text())), size };
    [text().into(), reader(None), reader(Some(text().len() as u64)), Content::Pieces { size: None }]
}

#[test]
fn every_shape_of_content_is_coded_for_who_takes_it() {
    let (near, far) = memory::pair();
    let mut shape = 0;
    let served = serve(far, coding(Settings::default()), move |_| {
        shape += 1;
        ResponseOptions {
            fields: vec![(b"ETag".to_vec(), b"\"a\"".to_vec())],
            ..html(shapes().into_iter().nth((shape - 1) / 3).unwrap())
        }
    });
    let mut http = Http::new(near, coding(Settings::default()));
    let mut trailers = 0;
    for _ in 0..4 {
        let (response, whole) = ask(&mut http, RequestOptions::default()).unwrap();
        assert!(response.decoded && whole.content == text().as_bytes());
        assert_eq!(all(&response.fields, "content-encoding"), ["gzip"]);
        assert_eq!(all(&response.fields, "vary"), ["Accept-Encoding"]);
        assert_eq!(all(&response.fields, "etag"), ["W/\\\"a\\\""]);
        let plain = vec![(b"Accept-Encoding".to_vec(), b"identity".to_vec())];
        let (response, whole) = ask(&mut http, RequestOptions { fields: plain, ..RequestOptions::default() }).unwrap();
        assert!(!response.decoded && whole.content == text().as_bytes());
        assert_eq!(all(&response.fields, "vary"), ["Accept-Encoding"], "another client may get another one");
        assert_eq!(all(&response.fields, "etag"), ["\\\"a\\\""]);
        let deflate = vec![(b"Accept-Encoding".to_vec(), b"deflate, gzip;q=0".to_vec())];
        let (response, whole) =
            ask(&mut http, RequestOptions { fields: deflate, ..RequestOptions::default() }).unwrap();
        assert_eq!(all(&response.fields, "content-encoding"), ["deflate"]);
        assert_eq!(whole.content, text().as_bytes());
        trailers += whole.trailers.len();
    }
    http.close().unwrap();
    let seen = served.join().unwrap().unwrap();
    assert_eq!(all(&seen[0].0.fields, "accept-encoding"), ["gzip, deflate"], "it says what it takes");
    assert_eq!(trailers, 1, "those behind coded pieces");
}

#[test]
fn an_answer_to_head_has_the_fields_of_get() {
    let (near, far) = memory::pair();
    let served = serve(far, coding(Settings::default()), |_| html(text().into()));
    let mut http = Http::new(near, coding(Settings::default()));
    let (get, _) = ask(&mut http, RequestOptions::default()).unwrap();
    let (head, whole) = ask(&mut http, RequestOptions { method: "HEAD".into(), ..RequestOptions::default() }).unwrap();
    assert_eq!((get.fields, whole.content.len()), (head.fields, 0));
    http.close().unwrap();
    served.join().unwrap().unwrap();
}

#[test]
fn what_is_left_as_it_is() {
    let field = |name: &str, value: &str| (name.as_bytes().to_vec(), value.as_bytes().to_vec());
    let with = |field| ResponseOptions { fields: vec![field], ..html(text().into()) };
    let makers: [Box<dyn Fn() -> ResponseOptions + Send>; 8] = [
        Box::new(|| html("short".into())),
        Box::new(|| ResponseOptions { content_type: Some(b"image/png".to_vec()), ..html(text().into()) }),
        Box::new(|| ResponseOptions { content_type: None, ..html(text().into()) }),
        Box::new(|| ResponseOptions { compress: false, ..html(text().into()) }),
        Box::new(move || with(field("Cache-Control", "max-age=1, No-Transform"))),
        Box::new(move || with(field("Content-Encoding", "br"))),
        Box::new(move || with(field("Content-Digest", "sha-256=:AA==:"))),
        Box::new(move || ResponseOptions { status: 206, ..with(field("Content-Range", "bytes 0-9/10")) }),
    ];
    let count = makers.len();
    let (near, far) = memory::pair();
    let mut makers = makers.into_iter();
    let served = serve(far, coding(Settings::default()), move |_| makers.next().unwrap()());
    let mut http = Http::new(near, coding(Settings::default()));
    for case in 0..count {
        let (response, whole) = ask(&mut http, RequestOptions::default()).unwrap();
        let plain = if case == 0 { "short".to_owned() } else { text() };
        assert!(!response.decoded && whole.content == plain.as_bytes(), "{case}");
        assert_eq!(all(&response.fields, "vary"), [] as [&str; 0], "{case}");
    }
    http.close().unwrap();
    served.join().unwrap().unwrap();
}

#[test]
fn vary_is_said_once() {
    let (near, far) = memory::pair();
    let mut vary = [b"Accept, accept-encoding".to_vec(), b"*".to_vec(), b"Accept".to_vec()].into_iter();
    let served = serve(far, coding(Settings::default()), move |_| ResponseOptions {
        fields: vec![(b"Vary".to_vec(), vary.next().unwrap())],
        ..html(text().into())
    });
    let mut http = Http::new(near, coding(Settings::default()));
    for expected in [&["Accept, accept-encoding"][..], &["*"], &["Accept", "Accept-Encoding"]] {
        assert_eq!(all(&ask(&mut http, RequestOptions::default()).unwrap().0.fields, "vary"), expected);
    }
    http.close().unwrap();
    served.join().unwrap().unwrap();
}

#[test]
fn a_part_is_asked_for_as_it_is() {
    let (near, far) = memory::pair();
    let served = serve(far, coding(Settings::default()), |_| html("x".into()));
    let mut http = Http::new(near, coding(Settings::default()));
    let range = vec![(b"Range".to_vec(), b"bytes=0-0".to_vec())];
    ask(&mut http, RequestOptions { fields: range, ..RequestOptions::default() }).unwrap();
    http.close().unwrap();
    assert_eq!(all(&served.join().unwrap().unwrap()[0].0.fields, "accept-encoding"), [] as [&str; 0]);
}

#[test]
fn requests_are_coded_if_asked_to() {
    let (near, far) = memory::pair();
    let served = serve(far, coding(Settings::default()), |_| html("ok".into()));
    let mut http = Http::new(near, coding(Settings::default()));
    for content in shapes().into_iter().take(3) {
        let options = RequestOptions { method: "PUT".into(), content, compress: true, ..RequestOptions::default() };
        assert_eq!(ask(&mut http, options).unwrap().0.status, 200);
    }
    let mut request = http.make_request(RequestOptions {
        host: "a.example".into(),
        method: "PUT".into(),
        content: Content::Pieces { size: None },
        compress: true,
        ..RequestOptions::default()
    });
    http.send_request(&mut request).unwrap();
    for piece in text().as_bytes().chunks(999) {
        http.send_piece(piece).unwrap();
    }
    http.end(&[]).unwrap();
    assert_eq!(http.read_response(&request).unwrap().status, 200);
    http.read_content().unwrap();
    let options = RequestOptions { method: "PUT".into(), content: text().into(), ..RequestOptions::default() };
    ask(&mut http, options).unwrap();
    http.close().unwrap();
    let seen = served.join().unwrap().unwrap();
    for (at, (request, content)) in seen.into_iter().enumerate() {
        assert_eq!(content.unwrap().content, text().as_bytes());
        assert_eq!(values(&request.fields, "content-encoding").count(), usize::from(at < 4));
    }
}

/// What a server says to a request with this coding and content.
fn answer_to(options: Options, name: &str, content: Vec<u8>) -> (u16, bool, Result<Whole, Error>) {
    let (near, far) = memory::pair();
    let served = serve(far, options, |_| html("ok".into()));
    let mut http = Http::new(near, Options::default());
    let fields = vec![(b"Content-Encoding".to_vec(), name.as_bytes().to_vec())];
    let options = RequestOptions { method: "PUT".into(), fields, content: content.into(), ..RequestOptions::default() };
    let (response, _) = ask(&mut http, options).unwrap();
    let persists = http.persists();
    http.close().unwrap();
    (response.status, persists, served.join().unwrap().unwrap().remove(0).1)
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let (mut encoder, mut out) = (Encoder::new(Coding::Gzip, 9), Vec::new());
    encoder.encode(content, &mut out).unwrap();
    encoder.finish(&mut out).unwrap();
    out
}

#[test]
fn what_a_server_does_not_take() {
    let on = || coding(Settings::default());
    let whole = gzip(text().as_bytes());
    let (status, persists, content) = answer_to(on(), "gzip", whole.clone());
    assert_eq!((status, persists, content.unwrap().content.len()), (200, true, text().len()));
    let (status, persists, content) = answer_to(on(), "br", whole.clone());
    assert!(matches!(content, Err(Error::Coding(CodingError::Unsupported(_)))));
    assert_eq!((status, persists), (415, false));
    let (status, persists, _) = answer_to(on(), "gzip", whole[..whole.len() - 1].to_vec());
    assert_eq!((status, persists), (400, false), "cut off, though the message is whole");
    let (status, _, content) = answer_to(on(), "gzip", gzip(&vec![0; 20 << 20]));
    assert!(matches!(content, Err(Error::Coding(CodingError::TooLong(_)))));
    assert_eq!(status, 413);
    let guards = Guards { ratio: 2000, ..Guards::default() };
    let (status, _, content) =
        answer_to(coding(Settings { guards, ..Settings::default() }), "gzip", gzip(&vec![0; 20 << 20]));
    assert!(matches!(content, Err(Error::Fault(_))), "the limit of content in memory is one of decoded content");
    assert_eq!(status, 413);
    let (status, _, content) = answer_to(Options::default(), "br", whole.clone());
    assert_eq!((status, content.unwrap().content), (200, whole), "off, nothing is looked at");
    let (status, _, _) = answer_to(on(), "gzip", Vec::new());
    assert_eq!(status, 200, "no content is no stream");
}

#[test]
fn what_a_client_does_not_know_is_handed_over() {
    for (name, decoded) in [("br", false), ("gzip, br", false), ("gzip", true)] {
        let (near, far) = memory::pair();
        let coded = gzip(text().as_bytes());
        let content = coded.clone();
        let served = serve(far, Options::default(), move |_| ResponseOptions {
            fields: vec![(b"Content-Encoding".to_vec(), name.as_bytes().to_vec())],
            ..html(content.clone().into())
        });
        let mut http = Http::new(near, coding(Settings::default()));
        let (response, whole) = ask(&mut http, RequestOptions::default()).unwrap();
        assert_eq!((response.decoded, whole.content == coded), (decoded, !decoded), "{name}");
        http.close().unwrap();
        served.join().unwrap().unwrap();
    }
}

#[test]
fn a_client_of_version_1_0_gets_coded_content_too() {
    let (near, far) = memory::pair();
    let served = serve(far, coding(Settings::default()), |_| html(shapes().into_iter().nth(1).unwrap()));
    let mut http = Http::new(near, coding(Settings::default()));
    let options = RequestOptions { version: Version::HTTP_10, ..RequestOptions::default() };
    let (response, whole) = ask(&mut http, options).unwrap();
    assert!(response.decoded && whole.content == text().as_bytes() && response.length == BodyLength::UntilClose);
    http.close().unwrap();
    served.join().unwrap().unwrap();
}

#[test]
fn what_nobody_accepts() {
    let (near, far) = memory::pair();
    let served = serve(far, Options::default(), |_| ResponseOptions { insist_on_accept: true, ..html("x".into()) });
    let mut http = Http::new(near, Options::default());
    for (accept, status) in
        [("text/*", 200), ("image/png, text/html;q=0", 406), ("application/json", 406), ("broken", 200), ("", 200)]
    {
        let fields = vec![(b"Accept".to_vec(), accept.as_bytes().to_vec())];
        let (response, whole) = ask(&mut http, RequestOptions { fields, ..RequestOptions::default() }).unwrap();
        assert_eq!(response.status, status, "{accept}");
        if status == 406 {
            assert_eq!(whole.content, b"Available is: text/html\n");
        }
    }
    http.close().unwrap();
    served.join().unwrap().unwrap();
}
