use super::Outcome::{Failed, NotModified, Proceed};
use super::*;
use crate::field::grammar::Validation;

const THEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
const AFTER: &str = "Sunday, 06-Nov-94 08:49:38 GMT";

fn current(validation: Validation) -> Validators {
    Validators { etag: EntityTag::new(validation, "a"), last_modified: HttpDate::from_seconds(784_111_777) }
}

fn outcome(method: &str, fields: &[(&str, &str)], current: Option<&Validators>) -> Outcome {
    let fields: Vec<OwnedField> = fields.iter().map(|(n, v)| (n.as_bytes().to_vec(), v.as_bytes().to_vec())).collect();
    precondition(method.as_bytes(), &fields, current)
}

/// Method, fields, and the outcome for a strong tag.
type Row = (&'static str, &'static [(&'static str, &'static str)], Outcome);

#[test]
fn each_field_and_their_order() {
    let rows: &[Row] = &[
        ("GET", &[], Proceed),
        ("PUT", &[("If-Match", "\"a\"")], Proceed),
        ("PUT", &[("If-Match", "\"b\", \"a\"")], Proceed),
        ("PUT", &[("If-Match", "\"b\"")], Failed),
        ("PUT", &[("If-Match", "\"b\""), ("If-Match", "\"a\"")], Proceed),
        ("GET", &[("If-Match", "\"b\"")], Failed),
        ("PUT", &[("If-Match", "W/\"a\"")], Failed),
        ("PUT", &[("If-Match", "*")], Proceed),
        ("PUT", &[("If-Match", "a")], Failed),
        // If-Unmodified-Since counts only without If-Match.
        ("PUT", &[("If-Unmodified-Since", THEN)], Proceed),
        ("PUT", &[("If-Unmodified-Since", AFTER)], Proceed),
        ("PUT", &[("If-Unmodified-Since", BEFORE)], Failed),
        ("GET", &[("If-Unmodified-Since", BEFORE)], Failed),
        ("PUT", &[("If-Unmodified-Since", "yesterday")], Proceed),
        ("PUT", &[("If-Match", "\"a\""), ("If-Unmodified-Since", BEFORE)], Proceed),
        ("PUT", &[("If-Match", "\"b\""), ("If-Unmodified-Since", AFTER)], Failed),
        // If-None-Match is weak, and says 304 to those who read.
        ("GET", &[("If-None-Match", "\"a\"")], NotModified),
        ("HEAD", &[("If-None-Match", "W/\"a\"")], NotModified),
        ("GET", &[("If-None-Match", "\"b\"")], Proceed),
        ("GET", &[("If-None-Match", "*")], NotModified),
        ("PUT", &[("If-None-Match", "*")], Failed),
        ("DELETE", &[("If-None-Match", "\"a\"")], Failed),
        ("PUT", &[("If-None-Match", "\"b\"")], Proceed),
        ("GET", &[("If-None-Match", "a")], Proceed),
        ("PUT", &[("If-None-Match", "a")], Failed),
        // If-Modified-Since counts for GET and HEAD, and without If-None-Match.
        ("GET", &[("If-Modified-Since", THEN)], NotModified),
        ("HEAD", &[("If-Modified-Since", AFTER)], NotModified),
        ("GET", &[("If-Modified-Since", BEFORE)], Proceed),
        ("GET", &[("If-Modified-Since", "soon")], Proceed),
        ("GET", &[("If-Modified-Since", THEN), ("If-Modified-Since", THEN)], Proceed),
        ("PUT", &[("If-Modified-Since", THEN)], Proceed),
        ("GET", &[("If-None-Match", "\"b\""), ("If-Modified-Since", THEN)], Proceed),
        ("GET", &[("If-None-Match", "\"a\""), ("If-Modified-Since", BEFORE)], NotModified),
        // The first step that fails decides.
        ("GET", &[("If-Match", "\"b\""), ("If-None-Match", "\"a\"")], Failed),
        ("GET", &[("If-Match", "\"a\""), ("If-None-Match", "\"a\"")], NotModified),
        ("GET", &[("If-Unmodified-Since", BEFORE), ("If-None-Match", "\"a\"")], Failed),
        ("PUT", &[("If-Match", "\"a\""), ("If-None-Match", "\"a\"")], Failed),
        // These do nothing with a representation.
        ("OPTIONS", &[("If-Match", "\"b\"")], Proceed),
        ("TRACE", &[("If-None-Match", "*")], Proceed),
        ("CONNECT", &[("If-Match", "\"b\"")], Proceed),
    ];
    for (method, fields, expected) in rows {
        assert_eq!(outcome(method, fields, Some(&current(Validation::Strong))), *expected, "{method} {fields:?}");
    }
}

#[test]
fn a_weak_tag_and_nothing_at_all() {
    let weak = current(Validation::Weak);
    assert_eq!(outcome("PUT", &[("If-Match", "W/\"a\"")], Some(&weak)), Failed, "nothing weak is the same");
    assert_eq!(outcome("PUT", &[("If-Match", "*")], Some(&weak)), Proceed);
    assert_eq!(outcome("GET", &[("If-None-Match", "\"a\"")], Some(&weak)), NotModified);
    for (method, fields, expected) in [
        ("PUT", ("If-Match", "*"), Failed),
        ("PUT", ("If-None-Match", "*"), Proceed),
        ("PUT", ("If-Match", "\"a\""), Failed),
        ("PUT", ("If-Unmodified-Since", BEFORE), Proceed),
        ("GET", ("If-Modified-Since", AFTER), Proceed),
    ] {
        assert_eq!(outcome(method, &[fields], None), expected, "nothing there: {method} {fields:?}");
    }
    let bare = Validators::default();
    assert_eq!(outcome("GET", &[("If-None-Match", "*")], Some(&bare)), NotModified);
    assert_eq!(outcome("GET", &[("If-None-Match", "\"a\"")], Some(&bare)), Proceed);
    assert_eq!(outcome("PUT", &[("If-Match", "\"a\"")], Some(&bare)), Failed);
}

#[test]
fn all_fields_at_once_come_out_as_the_order_says() {
    // Each field is missing, met or not met; the outcome is worked out from the steps of the section again.
    let tags = [None, Some("\"a\""), Some("\"b\"")];
    let dates = [None, Some(THEN), Some(BEFORE)];
    for (m, u, n, s) in (0..81).map(|i| (i % 3, i / 3 % 3, i / 9 % 3, i / 27)) {
        for method in ["GET", "HEAD", "PUT", "DELETE"] {
            let all = [
                ("If-Match", tags[m]),
                ("If-Unmodified-Since", dates[u]),
                ("If-None-Match", tags[n]),
                ("If-Modified-Since", dates[s]),
            ];
            let fields: Vec<_> = all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
            let reads = method == "GET" || method == "HEAD";
            let expected = if m == 2 || (m == 0 && u == 2) {
                Failed
            } else if n == 1 {
                if reads { NotModified } else { Failed }
            } else if n == 0 && reads && s == 1 {
                NotModified
            } else {
                Proceed
            };
            assert_eq!(outcome(method, &fields, Some(&current(Validation::Strong))), expected, "{method} {fields:?}");
        }
    }
}
