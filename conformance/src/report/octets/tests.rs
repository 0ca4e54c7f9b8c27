use super::*;

fn mark(at: Range<usize>, says: &str) -> Mark {
    Mark { at, says: says.to_owned() }
}

#[test]
fn every_octet_is_visible_and_distinct() {
    let mut seen = std::collections::HashSet::new();
    for octet in 0..=255u8 {
        let text = escape(&[octet]);
        assert!(text.bytes().all(|b| (b' '..=b'~').contains(&b)), "{text:?}");
        assert!(seen.insert(text));
    }
}

#[test]
fn a_caret_stands_under_the_octet_it_names_behind_escapes() {
    let shown = rows(b"GET / HTTP/1.1\r\nX: a\0b\r\n\r\n", 0, &[mark(20..21, "field-value.nul")], Look::default());
    assert_eq!(
        shown,
        [
            "      0  GET / HTTP/1.1\\r\\n",
            "     16  X: a\\0b\\r\\n",
            "             ^^ field-value.nul",
            "     24  \\r\\n",
        ]
    );
}

#[test]
fn a_place_between_octets_is_one_caret_also_behind_the_last() {
    let shown = rows(b"GET / HTTP/1.1\r\n", 0, &[mark(16..16, "ends here")], Look::default());
    assert_eq!(shown[1], "                           ^ ends here");
    let shown = rows(b"", 0, &[mark(0..0, "nothing came")], Look::default());
    assert_eq!(shown, ["      0  ", "         ^ nothing came"]);
}

#[test]
fn a_mark_past_the_end_does_not_panic() {
    let shown = rows(b"ab", 5, &[mark(40..50, "gone"), mark(9..9, "beyond")], Look::default());
    assert_eq!(shown[0], "      5  ab");
    assert_eq!(shown[1], "           ^ beyond");
}

#[test]
fn a_mark_over_two_rows_is_labelled_once() {
    let shown = rows(b"a: b\r\n c\r\n", 0, &[mark(4..7, "obs-fold")], Look::default());
    assert_eq!(shown[1], "             ^^^^ obs-fold");
    assert_eq!(shown[3], "         ^");
}

#[test]
fn long_octets_are_cut_down_to_the_interesting_rows() {
    let octets = vec![b'a'; 65536];
    let shown = rows(&octets, 0, &[mark(30000..30001, "here")], Look { columns: 64, rows: 12 });
    assert!(shown.len() < 24, "{}", shown.len());
    assert!(shown.iter().any(|row| row.ends_with("^ here")));
    assert!(shown.iter().any(|row| row.contains("octets not shown")));
}

#[test]
fn an_excerpt_says_how_much_it_leaves_out() {
    assert_eq!(excerpt(b"abcdef", 4), "abcd ... (2 octets more)");
    assert_eq!(excerpt(b"abcd", 4), "abcd");
}

#[test]
fn notes_stand_behind_their_rows() {
    let notes = [(0, "method".to_owned()), (4, "request-target".to_owned()), (16, "field name".to_owned())];
    let shown = annotated(b"GET / HTTP/1.1\r\nX: a\r\n\r\n", 0, &[], &notes, Look::default());
    assert!(shown[0].ends_with("  method, request-target"), "{shown:?}");
    assert!(shown[1].ends_with("  field name"));
    assert_eq!(shown[2], "     22  \\r\\n");
}
