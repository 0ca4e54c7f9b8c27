//! Preconditions and ranges over a connection.
#![cfg(feature = "representation")]

use std::io::{self, Read, Seek, SeekFrom};
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use wiregauge_proto::driver::message::values;
use wiregauge_proto::driver::{Http, Options, RequestOptions, Response, Whole};
use wiregauge_proto::field::grammar::{EntityTag, HttpDate, Validation};
use wiregauge_proto::message::OwnedField;
use wiregauge_proto::representation::{PartsError, Representation, Source, Validators, parts};
use wiregauge_proto::transport::memory;

fn page(content: impl Into<Source>) -> Representation {
    Representation {
        content: content.into(),
        content_type: Some(b"text/plain".to_vec()),
        validators: Validators {
            etag: EntityTag::new(Validation::Strong, "a"),
            last_modified: HttpDate::from_seconds(784_111_777),
        },
        fields: vec![field("Cache-Control", "max-age=60"), field("Content-Language", "en")],
    }
}

fn field(name: &str, value: &str) -> OwnedField {
    (name.as_bytes().to_vec(), value.as_bytes().to_vec())
}

fn exchange(page: Representation, method: &str, fields: Vec<OwnedField>) -> (Response, Whole) {
    let (near, far) = memory::pair();
    let server = std::thread::spawn(move || {
        let mut http = Http::new(far, Options::default());
        let request = http.read_request().unwrap().unwrap();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let reply = http.make_response(&request, page.answer(&request, now));
        http.send_response(reply).unwrap();
    });
    let mut http = Http::new(near, Options::default());
    let options =
        RequestOptions { host: "a.example".into(), method: method.into(), fields, ..RequestOptions::default() };
    let mut request = http.make_request(options);
    http.send_request(&mut request).unwrap();
    let response = http.read_response(&request).unwrap();
    let whole = http.read_content().unwrap();
    server.join().unwrap();
    (response, whole)
}

fn names(response: &Response) -> Vec<String> {
    response.fields.iter().map(|(name, _)| name.escape_ascii().to_string()).collect()
}

fn one(response: &Response, name: &str) -> String {
    values(&response.fields, name).map(|value| value.escape_ascii().to_string()).collect::<Vec<_>>().join("|")
}

const DIGITS: &[u8] = b"0123456789";

#[test]
fn each_status_has_its_fields() {
    let (response, whole) = exchange(page(DIGITS.to_vec()), "GET", vec![]);
    assert_eq!((response.status, whole.content.as_slice()), (200, DIGITS));
    let of_200 = [
        "Cache-Control",
        "Content-Language",
        "ETag",
        "Last-Modified",
        "Accept-Ranges",
        "Content-Type",
        "Content-Length",
    ];
    assert_eq!(names(&response), of_200);
    let (head, whole) = exchange(page(DIGITS.to_vec()), "HEAD", vec![field("Range", "bytes=0-1")]);
    assert_eq!((head.fields, whole.content.len()), (response.fields, 0));

    let (response, whole) = exchange(page(DIGITS.to_vec()), "GET", vec![field("If-None-Match", "\"a\"")]);
    assert_eq!((response.status, whole.content.len()), (304, 0));
    assert_eq!(names(&response), ["Cache-Control", "ETag"], "what a cache needs");

    let (response, _) = exchange(page(DIGITS.to_vec()), "GET", vec![field("If-Match", "\"b\"")]);
    assert_eq!((response.status, names(&response)), (412, vec!["Content-Length".to_owned()]));

    let (response, whole) = exchange(page(DIGITS.to_vec()), "GET", vec![field("Range", "bytes=3-5")]);
    assert_eq!((response.status, whole.content.as_slice()), (206, &b"345"[..]));
    assert_eq!(one(&response, "content-range"), "bytes 3-5/10");
    assert_eq!(one(&response, "content-language"), "en");
    let fields = vec![field("Range", "bytes=3-5"), field("If-Range", "\"a\"")];
    let (response, _) = exchange(page(DIGITS.to_vec()), "GET", fields);
    assert_eq!((response.status, one(&response, "content-language").as_str()), (206, ""), "it has the rest");

    let (response, _) = exchange(page(DIGITS.to_vec()), "GET", vec![field("Range", "bytes=10-")]);
    assert_eq!((response.status, one(&response, "content-range").as_str()), (416, "bytes */10"));

    let (response, whole) = exchange(page(DIGITS.to_vec()), "GET", vec![field("Range", "bytes=8-,0-0")]);
    assert_eq!((response.status, one(&response, "content-range").as_str()), (206, ""));
    let parts = parts(one(&response, "content-type").as_bytes(), &whole.content).unwrap();
    let seen: Vec<_> = parts.iter().map(|part| (part.first, part.complete, part.content.as_slice())).collect();
    assert_eq!(seen, [(8, Some(10), &b"89"[..]), (0, Some(10), &b"0"[..])]);
    assert!(parts.iter().all(|part| values(&part.fields, "content-type").eq([b"text/plain"])));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn parts_are_parts_of_the_content(
        content in prop::collection::vec(any::<u8>(), 1..2000),
        ranges in prop::collection::vec((0_u64..2100, 0_u64..60, 0_u8..3), 1..6),
        in_memory in any::<bool>(),
    ) {
        let specs: Vec<String> = ranges.iter().map(|(first, more, kind)| match kind {
            0 => format!("{first}-{}", first + more),
            1 => format!("{}-", first.max(&1900)),
            _ => format!("-{more}"),
        }).collect();
        let source = match in_memory {
            true => Source::Octets(content.clone()),
            false => Source::Reader { reader: Box::new(io::Cursor::new(content.clone())), length: content.len() as u64 },
        };
        let range = field("Range", &format!("bytes={}", specs.join(", ")));
        let (response, whole) = exchange(page(source), "GET", vec![range]);
        match response.status {
            200 => prop_assert_eq!(whole.content, content),
            416 => prop_assert!(whole.content.is_empty()),
            206 => {
                let kind = one(&response, "content-type");
                if kind == "text/plain" {
                    let range = one(&response, "content-range");
                    let (first, rest) = range.strip_prefix("bytes ").unwrap().split_once('-').unwrap();
                    let (last, all) = rest.split_once('/').unwrap();
                    let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
                    prop_assert_eq!(all, content.len().to_string());
                    prop_assert_eq!(&whole.content, &content[first..=last]);
                } else {
                    let parts = parts(kind.as_bytes(), &whole.content).unwrap();
                    prop_assert!(parts.len() > 1);
                    for part in parts {
                        let first = usize::try_from(part.first).unwrap();
                        prop_assert_eq!(&part.content, &content[first..first + part.content.len()]);
                    }
                }
            }
            other => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn any_octets_are_parts_or_an_error(content in prop::collection::vec(prop::sample::select(b"-B\r\n:Content-Range bytes 0-1/2".to_vec()), 0..200)) {
        let _ = parts(b"multipart/byteranges; boundary=B", &content);
    }
}

#[test]
fn what_is_wrong_with_parts() {
    let of = |content: &str| parts(b"multipart/byteranges; boundary=B", content.as_bytes()).map(|parts| parts.len());
    let part = "--B\r\nContent-Range: bytes 0-1/2\r\n\r\nab\r\n";
    assert_eq!(of(&format!("{part}--B--\r\n")), Ok(1));
    assert_eq!(of(&format!("preamble\r\n{part}--B--")), Ok(1));
    assert_eq!(of(&format!("{part}{part}--B--")), Ok(2));
    assert_eq!(of(&format!("{part}--B")), Err(PartsError::Delimiter));
    assert_eq!(of(part), Err(PartsError::Range));
    assert_eq!(of("--B--"), Err(PartsError::Delimiter));
    assert_eq!(of("--B\r\n\r\nab\r\n--B--"), Err(PartsError::Range));
    assert_eq!(of("--B\r\nContent-Range: bytes 0-2/3\r\n\r\nab\r\n--B--"), Err(PartsError::Range));
    assert_eq!(of("--B\r\nContent-Range : bytes 0-1/2\r\n\r\nab\r\n--B--"), Err(PartsError::Fields));
    assert_eq!(of(&format!("{part}--B\r\nContent-Range: bytes 0-1/3\r\n\r\nab\r\n--B--")), Err(PartsError::Disagree));
    assert_eq!(of(&format!("{}--B--", part.repeat(33))), Err(PartsError::TooMany));
    assert_eq!(parts(b"text/plain", b""), Err(PartsError::NotMultipart));
    assert_eq!(parts(b"multipart/byteranges", b""), Err(PartsError::NotMultipart));
}

/// A gigabyte that is nowhere: each octet is the low one of its place.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        for octet in buf.iter_mut() {
            *octet = self.0.to_le_bytes()[0];
            self.0 += 1;
        }
        Ok(buf.len())
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Start(place) => self.0 = place,
            _ => return Err(io::ErrorKind::Unsupported.into()),
        }
        Ok(self.0)
    }
}

#[test]
fn only_what_is_asked_for_is_read() {
    let source = Source::Reader { reader: Box::new(Endless(0)), length: 1 << 30 };
    let range = field("Range", "bytes=1000000000-1000000003,-2");
    let (response, whole) = exchange(page(source), "GET", vec![range]);
    let parts = parts(one(&response, "content-type").as_bytes(), &whole.content).unwrap();
    assert_eq!(parts[0].content, [0, 1, 2, 3].map(|more| (1_000_000_000_u64 + more).to_le_bytes()[0]));
    assert_eq!(parts[1].content, [254, 255]);
    assert_eq!(parts[1].first, (1 << 30) - 2);
}
