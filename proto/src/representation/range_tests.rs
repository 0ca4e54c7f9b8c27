use std::time::{Duration, SystemTime};

use super::Selected::{Parts, Unsatisfiable, Whole};
use super::*;
use crate::field::grammar::{EntityTag, HttpDate, Validation};

const THEN: u64 = 784_111_777;

fn selected(method: &str, fields: &[(&str, &str)], length: u64, seconds: u64) -> Selected {
    let fields: Vec<OwnedField> = fields.iter().map(|(n, v)| (n.as_bytes().to_vec(), v.as_bytes().to_vec())).collect();
    let validators =
        Validators { etag: EntityTag::new(Validation::Strong, "a"), last_modified: HttpDate::from_seconds(THEN) };
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    select(method.as_bytes(), &fields, &validators, now, length)
}

#[test]
fn ranges_of_ten_octets() {
    let one = |first, last| Parts(vec![(first, last)]);
    for (range, expected) in [
        ("bytes=0-0", one(0, 0)),
        ("BYTES=2-4", one(2, 4)),
        ("bytes=5-", one(5, 9)),
        ("bytes=5-99", one(5, 9)),
        ("bytes=9-9", one(9, 9)),
        ("bytes=-3", one(7, 9)),
        ("bytes=-99", one(0, 9)),
        ("bytes=10-", Unsatisfiable),
        ("bytes=10-20", Unsatisfiable),
        ("bytes=-0", Unsatisfiable),
        ("bytes=99999999999999999999-", Whole),
        ("bytes=4-2", Whole),
        ("bytes=", Whole),
        ("bytes=a-b", Whole),
        ("bytes=1 -2", Whole),
        ("lines=0-1", Whole),
        ("bytes=0-1,4-5", Parts(vec![(0, 1), (4, 5)])),
        ("bytes=8-9, 0-1", Parts(vec![(8, 9), (0, 1)])),
        ("bytes=0-1,20-30", one(0, 1)),
        ("bytes=20-30,40-", Unsatisfiable),
        // Longer together than all of it.
        ("bytes=0-,0-,0-", Whole),
        ("bytes=0-5,5-9", Whole),
    ] {
        assert_eq!(selected("GET", &[("Range", range)], 10, THEN + 9), expected, "{range}");
    }
    let many = format!("bytes={}", ["0-0"; RANGES + 1].join(","));
    assert_eq!(selected("GET", &[("Range", &many)], 1000, THEN), Whole);
    for method in ["HEAD", "PUT", "POST"] {
        assert_eq!(selected(method, &[("Range", "bytes=0-0")], 10, THEN), Whole, "{method}");
    }
}

#[test]
fn ranges_of_nothing() {
    assert_eq!(selected("GET", &[("Range", "bytes=0-")], 0, THEN), Unsatisfiable);
    assert_eq!(selected("GET", &[("Range", "bytes=-1")], 0, THEN), Whole, "satisfied by nothing");
    assert_eq!(selected("GET", &[("Range", "bytes=-0")], 0, THEN), Unsatisfiable);
}

#[test]
fn if_range() {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (if_range, seconds, heeded) in [
        ("\"a\"", THEN, true),
        ("\"b\"", THEN, false),
        ("W/\"a\"", THEN, false),
        (date, THEN + 1, true),
        (date, THEN, false),
        ("Sun, 06 Nov 1994 08:49:38 GMT", THEN + 9, false),
        ("Sun, 06 Nov 1994 08:49:36 GMT", THEN + 9, false),
        ("nonsense", THEN + 9, false),
    ] {
        let fields = [("Range", "bytes=0-0"), ("If-Range", if_range)];
        let expected = if heeded { Parts(vec![(0, 0)]) } else { Whole };
        assert_eq!(selected("GET", &fields, 10, seconds), expected, "{if_range}");
    }
    let beyond = [("Range", "bytes=10-"), ("If-Range", "\"b\"")];
    assert_eq!(selected("GET", &beyond, 10, THEN), Whole, "what it has is of something else: it gets all");
}
