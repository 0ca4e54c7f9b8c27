use super::{Lines, Next};

#[test]
fn every_octet_is_looked_at_once_however_the_line_arrives() {
    let octets = b"a\r\n\nbcd\r\r\nlonger than the others\r\nx";
    let mut lines = Lines::default();
    let mut looked_at = 0;
    let mut ends = Vec::new();
    for arrived in 0..=octets.len() {
        loop {
            // What `next` looks at begins at `searched` and ends at the LF, or where the buffer does.
            let from = lines.searched;
            match lines.next(&octets[..arrived], usize::MAX) {
                Next::Line(line) => {
                    looked_at += line.lf() + 1 - from;
                    ends.push((line.end, line.bare_lf));
                }
                Next::Need => {
                    looked_at += lines.searched - from;
                    assert_eq!(lines.searched, arrived);
                    break;
                }
                Next::Long => panic!("no window"),
            }
        }
    }
    assert_eq!(looked_at, octets.len());
    assert_eq!(ends, [(1, false), (3, true), (8, false), (32, false)]);
}

#[test]
fn a_line_is_too_long_once_an_octet_stands_behind_the_window() {
    let mut lines = Lines::default();
    assert!(matches!(lines.next(b"abc", 3), Next::Need));
    assert!(matches!(lines.next(b"abc\n", 3), Next::Long));
    assert!(matches!(Lines::default().next(b"abc\n", 4), Next::Line(_)));
}
