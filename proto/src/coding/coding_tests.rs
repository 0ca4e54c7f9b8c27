use std::io::{Read, Write};

use proptest::prelude::*;

use super::*;
use crate::field::typed::{AcceptEncoding, TypedField};

/// Encodes with one coding after another.
fn encoded(content: &[u8], codings: &[Coding]) -> Vec<u8> {
    codings.iter().fold(content.to_vec(), |content, coding| {
        let mut coded = Vec::new();
        let mut encoder = Encoder::new(*coding, 6);
        encoder.encode(&content, &mut coded).unwrap();
        encoder.finish(&mut coded).unwrap();
        coded
    })
}

/// Decodes what comes in pieces of these sizes, over and over.
fn decoded(octets: &[u8], codings: &[Coding], sizes: &[usize], guards: Guards) -> Result<Vec<u8>, CodingError> {
    let mut decoder = Decoder::new(codings, guards);
    let (mut out, mut rest) = (Vec::new(), octets);
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, later) = rest.split_at((*size).clamp(1, rest.len()));
        rest = later;
        decoder.take(piece);
        while decoder.give(&mut out)? {}
    }
    decoder.finish().map(|()| out)
}

fn whole(octets: &[u8], codings: &[Coding]) -> Result<Vec<u8>, CodingError> {
    decoded(octets, codings, &[usize::MAX], Guards::default())
}

fn raw_deflate(content: &[u8]) -> Vec<u8> {
    let mut stream = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    stream.write_all(content).unwrap();
    stream.finish().unwrap()
}

const TEXT: &[u8] =
    b"If you can look into the seeds of time, and say which grain will grow and which will not, speak then.";

proptest! {
    #[test]
    fn what_was_encoded_is_decoded_however_it_is_cut(
        content in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..5000),
            prop::collection::vec(0_u8..3, 0..200_000),
        ],
        codings in prop::collection::vec(prop_oneof![Just(Coding::Gzip), Just(Coding::Deflate)], 1..=4),
        sizes in prop::collection::vec(1_usize..3000, 1..8),
    ) {
        let coded = encoded(&content, &codings);
        prop_assert_eq!(decoded(&coded, &codings, &sizes, Guards::default()), Ok(content));
    }

    #[test]
    fn octets_that_are_nothing_are_an_error_and_no_more(
        octets in prop::collection::vec(any::<u8>(), 0..300),
        coding in prop_oneof![Just(Coding::Gzip), Just(Coding::Deflate)],
        sizes in prop::collection::vec(1_usize..30, 1..8),
    ) {
        let at_once = whole(&octets, &[coding]);
        let in_pieces = decoded(&octets, &[coding], &sizes, Guards::default());
        prop_assert_eq!(at_once, in_pieces);
    }

    #[test]
    fn a_reader_is_encoded_as_it_is_read(content in prop::collection::vec(0_u8..9, 0..100_000), sizes in prop::collection::vec(1_usize..9000, 1..5)) {
        let mut reader = EncodingReader::new(content.as_slice(), Encoder::new(Coding::Gzip, 1));
        let mut coded = Vec::new();
        for size in sizes.iter().cycle() {
            let mut piece = vec![0; *size];
            let count = reader.read(&mut piece).unwrap();
            if count == 0 {
                break;
            }
            coded.extend_from_slice(&piece[..count]);
        }
        prop_assert_eq!(whole(&coded, &[Coding::Gzip]), Ok(content));
    }
}

#[test]
fn a_stream_that_is_cut_off_is_an_error_at_every_octet() {
    for codings in [&[Coding::Gzip][..], &[Coding::Deflate], &[Coding::Deflate, Coding::Gzip]] {
        let coded = encoded(TEXT, codings);
        for end in 0..coded.len() {
            let outcome = whole(&coded[..end], codings);
            assert!(matches!(outcome, Err(CodingError::Truncated(_))), "{codings:?} {end}: {outcome:?}");
        }
    }
    let raw = raw_deflate(TEXT);
    assert_eq!(whole(&raw, &[Coding::Deflate]).as_deref(), Ok(TEXT), "a bare stream is understood");
    for end in 0..raw.len() {
        assert!(whole(&raw[..end], &[Coding::Deflate]).is_err(), "{end}");
    }
}

#[test]
fn an_octet_that_was_changed_is_never_content() {
    for coding in Coding::ALL {
        let coded = encoded(TEXT, &[coding]);
        for at in 0..coded.len() {
            for flip in [0x01, 0x80, 0xff] {
                let mut changed = coded.clone();
                changed[at] ^= flip;
                // Some octets of a header say nothing about the content: time, system, and the level.
                if let Ok(content) = whole(&changed, &[coding]) {
                    assert_eq!(content, TEXT, "{coding:?}: octet {at}");
                }
            }
        }
    }
}

#[test]
fn what_follows_the_end() {
    let one = encoded(TEXT, &[Coding::Gzip]);
    let two = [one.clone(), encoded(b"!", &[Coding::Gzip])].concat();
    assert_eq!(whole(&two, &[Coding::Gzip]), Ok([TEXT, b"!"].concat()), "members follow one another");
    assert!(matches!(whole(&[&one[..], b"x"].concat(), &[Coding::Gzip]), Err(CodingError::Corrupt("gzip", _))));
    for coded in [encoded(TEXT, &[Coding::Deflate]), raw_deflate(TEXT)] {
        assert_eq!(whole(&[&coded[..], b"x"].concat(), &[Coding::Deflate]), Err(CodingError::Surplus("deflate")));
    }
}

#[test]
fn headers_of_gzip_with_everything() {
    let builder = flate2::GzBuilder::new().filename("a").comment("b").extra([7; 300]).mtime(1);
    let mut stream = builder.write(Vec::new(), flate2::Compression::default());
    stream.write_all(TEXT).unwrap();
    let plain = stream.finish().unwrap();
    assert_eq!(whole(&plain, &[Coding::Gzip]).as_deref(), Ok(TEXT));
    // The same with a check of the header, behind the comment; and FTEXT, which says nothing.
    let end = plain.windows(3).position(|three| three == b"\0b\0").expect("the comment") + 3;
    let mut checked = plain[..end].to_vec();
    checked[3] |= 0b11;
    let mut crc = flate2::Crc::new();
    crc.update(&checked);
    let check = (crc.sum() as u16).to_le_bytes();
    let body = &plain[end..];
    assert_eq!(whole(&[&checked, &check[..], body].concat(), &[Coding::Gzip]).as_deref(), Ok(TEXT));
    let wrong = [check[0] ^ 1, check[1]];
    assert!(whole(&[&checked, &wrong[..], body].concat(), &[Coding::Gzip]).is_err());
    checked[3] |= 0x20;
    assert!(whole(&checked, &[Coding::Gzip]).is_err(), "a flag that is reserved");
}

#[test]
fn bombs_do_not_go_off() {
    let mut encoder = Encoder::new(Coding::Gzip, 9);
    let (mut coded, zeros) = (Vec::new(), vec![0; 1 << 20]);
    for _ in 0..64 {
        encoder.encode(&zeros, &mut coded).unwrap();
    }
    encoder.finish(&mut coded).unwrap();
    let double = encoded(&coded, &[Coding::Gzip]);
    for (octets, codings) in [(&coded, vec![Coding::Gzip]), (&double, vec![Coding::Gzip; 2])] {
        let mut decoder = Decoder::new(&codings, Guards::default());
        decoder.take(octets);
        let (mut piece, mut most) = (Vec::new(), 0);
        let error = loop {
            piece.clear();
            match decoder.give(&mut piece) {
                Ok(more) => assert!(more, "it should have ended"),
                Err(error) => break error,
            }
            most += piece.len();
            assert!(piece.len() <= 32 * 1024);
        };
        assert!(matches!(error, CodingError::TooLong(_)), "{error}");
        assert!(most <= 16 << 20, "{most}");
    }
    let guards = Guards { octets: 10, ..Guards::default() };
    let coded = encoded(TEXT, &[Coding::Deflate]);
    assert!(matches!(decoded(&coded, &[Coding::Deflate], &[9], guards), Err(CodingError::TooLong(_))));
}

#[test]
fn names_of_codings() {
    let of = |lines: &[&str]| Coding::all_of(lines.iter().map(|line| line.as_bytes()));
    assert_eq!(of(&["X-GZip, identity", ", deflate"]), Ok(vec![Coding::Gzip, Coding::Deflate]));
    assert_eq!(of(&[]), Ok(vec![]));
    assert_eq!(of(&["br"]), Err(CodingError::Unsupported("br".into())));
    assert_eq!(of(&["compress, gzip"]), Err(CodingError::Unsupported("compress".into())));
    assert_eq!(of(&["gzip,gzip,gzip,gzip,gzip"]), Err(CodingError::TooManyCodings));
}

#[test]
fn what_a_client_takes() {
    use Choice::{Coded, Identity, Nothing};
    for (field, expected) in [
        (None, Identity),
        (Some(""), Identity),
        (Some("gzip"), Coded(Coding::Gzip)),
        (Some("x-gzip"), Coded(Coding::Gzip)),
        (Some("deflate"), Coded(Coding::Deflate)),
        (Some("gzip;q=0.5, deflate"), Coded(Coding::Deflate)),
        (Some("gzip, deflate"), Coded(Coding::Gzip)),
        (Some("*"), Coded(Coding::Gzip)),
        (Some("*;q=0"), Nothing),
        (Some("*;q=0, identity"), Identity),
        (Some("gzip;q=0, *"), Coded(Coding::Deflate)),
        (Some("identity;q=0"), Nothing),
        (Some("identity;q=0, gzip;q=0.1"), Coded(Coding::Gzip)),
        (Some("gzip;q=0.5, identity"), Identity),
        (Some("gzip;q=0.5, identity;q=0.5"), Coded(Coding::Gzip)),
        (Some("br"), Identity),
        (Some("br, identity;q=0"), Nothing),
        (Some("gzip;q=0"), Identity),
    ] {
        let parsed = field.map(|field| AcceptEncoding::parse(&mut [field.as_bytes()].into_iter()).unwrap());
        assert_eq!(negotiate(parsed.as_ref(), &Coding::ALL), expected, "{field:?}");
    }
}

#[test]
fn what_is_worth_it() {
    for good in
        ["text/plain", "TEXT/HTML;charset=utf-8", "application/json", "application/problem+json", "image/svg+xml"]
    {
        assert!(gains(good.as_bytes()), "{good}");
    }
    for bad in
        ["image/png", "video/mp4", "application/zip", "application/octet-stream", "text/event-stream", "", "\u{e4}"]
    {
        assert!(!gains(bad.as_bytes()), "{bad}");
    }
}
