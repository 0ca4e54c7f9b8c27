//! What a message says, compared with what a fixture says that it says (`[[case.message]]`).

use super::model::{Bindings, Said, WireText};

/// A message as somebody understood it; what does not apply is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Understood<'m> {
    /// The method of a request.
    pub method: &'m [u8],
    /// The request-target of a request.
    pub target: &'m [u8],
    /// Such as "1.1".
    pub version: &'m str,
    /// The status code of a response.
    pub status: u16,
    /// The reason phrase of a response.
    pub reason: &'m [u8],
    /// Field lines in order.
    pub fields: &'m [(Vec<u8>, Vec<u8>)],
    /// The content.
    pub content: &'m [u8],
    /// Trailer field lines in order.
    pub trailers: &'m [(Vec<u8>, Vec<u8>)],
}

/// In a sentence each, how a message differs from what is said of it; only what is said is compared. Field names are compared
/// without case; lines of one name may have been joined by a comma and a space.
pub fn differences(said: &Said, bindings: &Bindings, got: &Understood<'_>) -> Vec<String> {
    let mut differences = Vec::new();
    let mut octets = |what: &str, wanted: &Option<WireText>, got: &[u8]| {
        if let Some(wanted) = wanted {
            let wanted = wanted.bind(bindings).octets;
            if wanted != got {
                differences.push(format!("{what} is {}, expected {}", shown(got), shown(&wanted)));
            }
        }
    };
    octets("the method", &said.method, got.method);
    octets("the request-target", &said.target, got.target);
    octets("the reason phrase", &said.reason, got.reason);
    octets("the content", &said.content, got.content);
    if let Some(version) = said.version.as_deref().filter(|version| *version != got.version) {
        differences.push(format!("the version is {}, expected {version}", got.version));
    }
    if let Some(status) = said.status.filter(|status| *status != got.status) {
        differences.push(format!("the status code is {}, expected {status}", got.status));
    }
    compare_fields("the field", &said.fields, bindings, got.fields, &mut differences);
    compare_fields("the trailer field", &said.trailers, bindings, got.trailers, &mut differences);
    differences
}

fn compare_fields(
    what: &str,
    said: &[(String, WireText)],
    bindings: &Bindings,
    got: &[(Vec<u8>, Vec<u8>)],
    differences: &mut Vec<String>,
) {
    for (index, (name, _)) in said.iter().enumerate() {
        let same = |other: &str| other.eq_ignore_ascii_case(name);
        if said[..index].iter().any(|(earlier, _)| same(earlier)) {
            continue;
        }
        let wanted: Vec<Vec<u8>> =
            said.iter().filter(|(other, _)| same(other)).map(|(_, value)| value.bind(bindings).octets).collect();
        let values: Vec<&[u8]> = got
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value.as_slice())
            .collect();
        if values.is_empty() {
            differences.push(format!("{what} {name} is missing"));
        } else if wanted != values && wanted.join(&b", "[..]) != values.join(&b", "[..]) {
            let list = |values: &[&[u8]]| values.iter().map(|value| shown(value)).collect::<Vec<_>>().join(" and ");
            let wanted: Vec<&[u8]> = wanted.iter().map(Vec::as_slice).collect();
            differences.push(format!("{what} {name} is {}, expected {}", list(&values), list(&wanted)));
        }
    }
}

/// Octets for a reader: in quotes, escaped, and not too many of them.
pub fn shown(octets: &[u8]) -> String {
    const MOST: usize = 120;
    let escaped = octets[..octets.len().min(MOST)].escape_ascii();
    match octets.len() {
        0..=MOST => format!("\"{escaped}\""),
        more => format!("\"{escaped}\".. ({more} octets)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::wire_text::{Marks, parse};

    fn text(text: &str) -> WireText {
        parse(text, Marks::Refused).unwrap()
    }

    fn of(said: Said, got: Understood<'_>) -> Vec<String> {
        differences(&said, &Bindings { path: "/p".into(), ..Bindings::default() }, &got)
    }

    #[test]
    fn nothing_said_is_no_difference() {
        assert!(of(Said::default(), Understood { method: b"GET", status: 200, ..Understood::default() }).is_empty());
    }

    #[test]
    fn every_part_that_is_said_is_compared() {
        let said = || Said {
            method: Some(text("GET")),
            target: Some(text("${path}")),
            version: Some("1.1".into()),
            status: Some(200),
            reason: Some(text("OK")),
            fields: vec![("Host".into(), text("a"))],
            content: Some(text("x")),
            trailers: vec![("T".into(), text("b"))],
        };
        let fields = [(b"host".to_vec(), b"a".to_vec()), (b"other".to_vec(), b"".to_vec())];
        let trailers = [(b"t".to_vec(), b"b".to_vec())];
        let same = Understood {
            method: b"GET",
            target: b"/p",
            version: "1.1",
            status: 200,
            reason: b"OK",
            fields: &fields,
            content: b"x",
            trailers: &trailers,
        };
        assert_eq!(of(said(), same), Vec::<String>::new());
        assert_eq!(of(said(), Understood::default()).len(), 8);
    }

    #[test]
    fn lines_of_one_name_may_have_been_joined() {
        let said = || Said { fields: vec![("a".into(), text("1")), ("A".into(), text("2"))], ..Said::default() };
        let apart = [(b"a".to_vec(), b"1".to_vec()), (b"a".to_vec(), b"2".to_vec())];
        let joined = [(b"a".to_vec(), b"1, 2".to_vec())];
        let swapped = [(b"a".to_vec(), b"2".to_vec()), (b"a".to_vec(), b"1".to_vec())];
        assert!(of(said(), Understood { fields: &apart, ..Understood::default() }).is_empty());
        assert!(of(said(), Understood { fields: &joined, ..Understood::default() }).is_empty());
        assert_eq!(
            of(said(), Understood { fields: &swapped, ..Understood::default() }),
            ["the field a is \"2\" and \"1\", expected \"1\" and \"2\""]
        );
    }

    #[test]
    fn long_octets_are_shown_short() {
        assert_eq!(shown(b"a\r\n\0\"\x80"), "\"a\\r\\n\\x00\\\"\\x80\"");
        assert!(shown(&[b'a'; 5000]).ends_with("(5000 octets)"));
    }
}
