use super::*;
use crate::corpus::model::Bindings;

fn octets(text: &str) -> Vec<u8> {
    parse(text, Marks::Refused).unwrap().bind(&Bindings::default()).octets
}

fn fails(text: &str, marks: Marks) -> (usize, String) {
    let error = parse(text, marks).unwrap_err();
    assert!(!error.remedy.is_empty(), "{text:?}: an error says what to do");
    (error.offset, error.what)
}

#[test]
fn every_printable_octet_stands_for_itself() {
    for octet in b' '..=b'~' {
        if octet == b'\\' {
            continue;
        }
        let text = format!("{}.", octet as char);
        assert_eq!(octets(&text), [octet, b'.'], "{text:?}");
    }
}

#[test]
fn escapes_stand_for_their_octet() {
    assert_eq!(octets(r"\r\n\t\0\\"), b"\r\n\t\0\\");
    for octet in 0..=255u8 {
        assert_eq!(octets(&format!("\\x{octet:02x}")), [octet]);
        assert_eq!(octets(&format!("\\x{octet:02X}")), [octet]);
    }
    assert_eq!(octets(r"\x414"), b"A4");
}

#[test]
fn a_line_break_means_nothing_whatever_the_checkout_made_of_it() {
    assert_eq!(octets("\nGET\n /\n"), b"GET /");
    assert_eq!(octets("\r\nGET\r\n /\r\n"), b"GET /");
    assert_eq!(octets(""), b"");
}

#[test]
fn repetitions_repeat_what_their_escapes_mean() {
    assert_eq!(octets(r"a\{3*bc}d"), b"abcbcbcd");
    assert_eq!(octets(r"\{2*\r\n\x7d\\}"), b"\r\n}\\\r\n}\\");
    assert_eq!(octets("\\{2*a\nb}"), b"abab");
    assert_eq!(octets(r"\{2*$}"), b"$$");
    assert_eq!(octets(r"\{00012*x}"), b"xxxxxxxxxxxx");
    let text = parse(r"ab\{70000*x}", Marks::Refused).unwrap();
    assert_eq!(text.pieces, [Piece::Octets(b"ab".to_vec()), Piece::Repeat(70000, b"x".to_vec())]);
}

#[test]
fn variables_are_filled_in_when_bound() {
    let text = parse("${path} ${authority} ${host} ${origin} ${token} $ {path} $", Marks::Refused).unwrap();
    let bindings = Bindings {
        authority: "h:1".into(),
        host: "h".into(),
        path: "/p".into(),
        origin: "o:2".into(),
        token: "t".into(),
        facts: [("file-etag".to_owned(), "\"v1\"".to_owned())].into(),
    };
    assert_eq!(text.bind(&bindings).octets, b"/p h:1 h o:2 t $ {path} $");
    let facts = parse("[${file-etag}] [${file-length}]", Marks::Refused).unwrap();
    assert_eq!(facts.bind(&bindings).octets, b"[\"v1\"] []", "what is not known is nothing");
}

#[test]
fn marks_leave_their_places_and_no_octet() {
    let wire = parse(r"ab\|c\^d\|${path}e", Marks::Message)
        .unwrap()
        .bind(&Bindings { path: "/xyz".into(), ..Bindings::default() });
    assert_eq!(wire.octets, b"abcd/xyze");
    assert_eq!(wire.cuts, [2, 4]);
    assert_eq!(wire.fault, Some(3));
}

#[test]
fn marks_are_refused_where_they_mean_nothing() {
    assert_eq!(fails(r"ab\|c", Marks::Refused).0, 2);
    assert_eq!(fails(r"ab\^c", Marks::Refused).0, 2);
    assert_eq!(fails(r"a\^b\^c", Marks::Message), (4, "a second `\\^`".into()));
}

#[test]
fn a_cut_has_to_cut_something_in_a_message() {
    assert_eq!(fails(r"\|ab", Marks::Message).0, 0);
    assert_eq!(fails(r"ab\|", Marks::Message).0, 2);
    assert_eq!(fails("a\\|\n\\|b", Marks::Message).0, 4);
    assert!(parse(r"a\|b\|", Marks::Sent).is_ok());
    assert!(parse(r"a\|\^b", Marks::Message).is_ok());
}

#[test]
fn nothing_invisible_loads() {
    assert_eq!(fails("a\tb", Marks::Message), (1, "a tab".into()));
    assert_eq!(fails("aäb", Marks::Message), (1, "U+00E4 is not printable ASCII".into()));
    assert_eq!(fails("a\u{a0}b", Marks::Message).0, 1);
    assert_eq!(fails("a\u{7f}b", Marks::Message).0, 1);
    assert_eq!(fails("a\rb", Marks::Message).0, 1);
    assert_eq!(fails("ab \ncd", Marks::Message), (2, "a line ends in a space".into()));
    assert_eq!(fails("ab \r\ncd", Marks::Message).0, 2);
    assert_eq!(fails("\\{2*a\u{2028}}", Marks::Message).0, 5);
    assert!(parse("aä", Marks::Message).unwrap_err().remedy.contains(r"\xC3\xA4"));
}

#[test]
fn unknown_escapes_name_their_place() {
    assert_eq!(fails(r"ab\q", Marks::Message), (2, r"unknown escape `\q`".into()));
    assert_eq!(fails(r"ab\", Marks::Message).0, 2);
    assert_eq!(fails(r"\x", Marks::Message).0, 0);
    assert_eq!(fails(r"\x4", Marks::Message).0, 0);
    assert_eq!(fails(r"\x4g", Marks::Message).0, 0);
    assert_eq!(fails(r"\x+1", Marks::Message).0, 0);
    assert_eq!(fails(r"\xää", Marks::Message).0, 0);
    assert_eq!(fails("\\\n", Marks::Message).0, 0);
    assert_eq!(fails(r"\R", Marks::Message).0, 0);
}

#[test]
fn unknown_variables_name_their_place_and_the_nearest() {
    assert_eq!(fails("a ${autority}", Marks::Message), (2, "unknown variable `${autority}`".into()));
    assert!(parse("${autority}", Marks::Message).unwrap_err().remedy.contains("${authority}"));
    assert_eq!(fails("${path", Marks::Message), (0, "a variable is not closed".into()));
    assert_eq!(fails("${pa\nth}", Marks::Message), (0, "a variable is not closed".into()));
    assert_eq!(fails("${}", Marks::Message).0, 0);
}

#[test]
fn broken_repetitions_name_their_place() {
    for (text, offset) in [
        (r"a\{}", 1),
        (r"a\{3}", 1),
        (r"a\{*x}", 1),
        (r"a\{3*}", 1),
        (r"a\{3*x", 1),
        (r"a\{0*x}", 3),
        (r"a\{99999999999999999999*x}", 3),
        (r"a\{3*x\|y}", 6),
        (r"a\{3*x\^y}", 6),
        (r"a\{3*x\{2*y}}", 6),
        (r"a\{3*x${path}}", 6),
        (r"a\{3*\q}", 5),
    ] {
        assert_eq!(fails(text, Marks::Message).0, offset, "{text}");
    }
}

#[test]
fn the_limit_counts_octets_made_not_written() {
    assert!(parse(r"\{16777216*x}", Marks::Refused).is_ok());
    assert_eq!(fails(r"\{16777216*x}y", Marks::Refused).0, 13);
    assert_eq!(fails(r"\{8388609*xy}", Marks::Refused).0, 0);
    assert_eq!(fails(r"\{16777216*x}\{16777216*x}", Marks::Refused).0, 13);
    assert_eq!(fails(r"\{16777216*x}${path}", Marks::Refused).0, 13);
}

proptest::proptest! {
    #[test]
    fn any_octets_can_be_written_and_read_back(wanted in proptest::collection::vec(proptest::num::u8::ANY, 0..64)) {
        let text: String = wanted.iter().map(|octet| format!("\\x{octet:02x}")).collect();
        proptest::prop_assert_eq!(octets(&text), wanted);
    }

    #[test]
    fn any_text_loads_or_names_a_place_in_it(text in ".{0,40}") {
        if let Err(error) = parse(&text, Marks::Message) {
            proptest::prop_assert!(error.offset <= text.len());
        }
    }
}
