use super::*;
use crate::report::sample;

#[test]
fn dates_are_those_of_the_calendar() {
    assert_eq!(date(0), "1970-01-01");
    assert_eq!(date(59), "1970-03-01");
    assert_eq!(date(11_016), "2000-02-29");
    assert_eq!(date(20_453), "2025-12-31");
    assert_eq!(date(20_454), "2026-01-01");
    assert_eq!(today().len(), 10);
}

#[test]
fn an_entry_past_its_day_is_over() {
    let entry =
        Known { case: "a".into(), verdict: None, reason: "r".into(), link: None, expires: Some("2026-01-31".into()) };
    assert!(!entry.is_over("2026-01-31"));
    assert!(entry.is_over("2026-02-01"));
}

#[test]
fn errors_name_line_and_column() {
    let error = parse("[[known]]\ncase = \"a\"\nreson = \"typo\"\n").unwrap_err();
    assert!(error.contains("line 3, column 1"), "{error}");
    assert!(parse("[[known]]\ncase = \"a\"\nexpires = \"soon\"\n").unwrap_err().contains("not a date"));
}

#[test]
fn an_update_keeps_comments_and_asks_for_reasons() {
    let text = "# nginx, as Debian ships it\nname = \"nginx\"\n\n# kept\n[[known]]\ncase = \"a/b/kept\"\nreason = \"upstream says no\" # ours\n\n[[known]]\ncase = \"a/b/gone\"\nreason = \"was fixed\"\n";
    let failing = sample::failing_case();
    let (after, updated) = update(text, &[&failing], &["a/b/gone"]).unwrap();
    assert_eq!(updated.removed, ["a/b/gone"]);
    assert_eq!(updated.added, std::slice::from_ref(&failing.id));
    assert!(after.contains("# nginx, as Debian ships it") && after.contains("# kept") && after.contains("# ours"));
    assert!(!after.contains("was fixed"));
    let list = parse(&after).unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!(
        (list[1].case.as_str(), list[1].verdict, list[1].reason.as_str()),
        (failing.id.as_str(), Some(Verdict::Fail), "")
    );
}

#[test]
fn a_comment_goes_with_the_entry_below_it_and_a_heading_stays() {
    let text = "# heading\n\n# about a\n[[known]]\ncase = \"a\"\nreason = \"r\"\n\n# about b\n[[known]]\ncase = \"b\"\nreason = \"r\"\n";
    let (after, _) = update(text, &[], &["a"]).unwrap();
    assert_eq!(after, "# heading\n\n# about b\n[[known]]\ncase = \"b\"\nreason = \"r\"\n");
    let (after, _) = update(text, &[], &["a", "b"]).unwrap();
    assert_eq!(after, "# heading\n");
    let (after, _) = update(text, &[&sample::failing_case()], &["a", "b"]).unwrap();
    assert!(after.starts_with("# heading\n\n[[known]]\ncase = \"field-value"), "{after}");
}

#[test]
fn the_last_entry_leaves_no_empty_list_behind() {
    let (after, _) = update("name = \"x\"\n[[known]]\ncase = \"a\"\nreason = \"r\"\n", &[], &["a"]).unwrap();
    assert_eq!(after, "name = \"x\"\n");
}
