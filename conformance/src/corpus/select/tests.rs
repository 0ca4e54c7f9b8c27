use super::*;
use crate::corpus::model::{Body, Source};

fn case(id: &str, requirements: &[&str], kind: Kind, tags: &[&str]) -> Case {
    Case {
        id: id.into(),
        title: "t".into(),
        note: "n".into(),
        kind,
        rule: None,
        roles: vec![Role::Server],
        tags: tags.iter().map(ToString::to_string).collect(),
        needs: Vec::new(),
        requirements: requirements.iter().map(ToString::to_string).collect(),
        control: None,
        body: Body::Script(Vec::new()),
        outcomes: Vec::new(),
        source: Source::default(),
    }
}

fn corpus() -> Corpus {
    let mut corpus = Corpus { cases: Vec::new(), requirements: crate::corpus::embedded_requirements().unwrap() };
    corpus.cases = vec![
        case("chunked/size/control", &["9112-7.1-1"], Kind::Conformance, &[]),
        case("chunked/size/hex", &["9112-7.1.1-1"], Kind::Hardening, &["slow"]),
        case("host/missing/no-host", &["9112-3.2-6", "9110-7.2-1"], Kind::Survey, &["limit", "slow"]),
    ];
    corpus
}

fn ids(selection: &Selection) -> Vec<String> {
    selection.select(&corpus()).into_iter().map(|case| case.id.rsplit('/').next().unwrap().to_owned()).collect()
}

fn named(names: &[&str]) -> Vec<String> {
    ids(&Selection { names: names.iter().map(|name| name.parse().unwrap()).collect(), ..Selection::default() })
}

#[test]
fn nothing_asked_is_everything() {
    assert_eq!(ids(&Selection::default()).len(), 3);
}

#[test]
fn names_are_parts_or_globs_and_can_leave_out() {
    assert_eq!(named(&["size/"]), ["control", "hex"]);
    assert_eq!(named(&["chunked/*/hex"]), ["hex"]);
    assert_eq!(named(&["h*"]), ["no-host"]);
    assert_eq!(named(&["*he?"]), ["hex"]);
    assert_eq!(named(&["hex", "no-host"]), ["hex", "no-host"]);
    assert_eq!(named(&["chunked", "!hex"]), ["control"]);
    assert_eq!(named(&["!hex"]), ["control", "no-host"]);
    assert!("".parse::<NamePattern>().is_err() && "!".parse::<NamePattern>().is_err());
}

#[test]
fn globs_match_whole() {
    for (pattern, text, matches) in [
        ("*", "", true),
        ("?", "", false),
        ("a*b*c", "axxbyyc", true),
        ("a*b*c", "axxbyy", false),
        ("**a", "ba", true),
        ("ab", "abc", false),
        ("*aab", "aaaab", true),
    ] {
        assert_eq!(glob(pattern, text), matches, "{pattern} {text}");
    }
    assert!(!glob(&"*a".repeat(50), &"a".repeat(40)));
}

#[test]
fn sections_have_their_subsections_and_no_namesakes() {
    let of = |section: &str| ids(&Selection { sections: vec![section.parse().unwrap()], ..Selection::default() });
    assert_eq!(of("9112:7.1"), ["control", "hex"]);
    assert_eq!(of("9112:7.1.1"), ["hex"]);
    assert_eq!(of("9112:7"), ["control", "hex"]);
    assert_eq!(of("9110:7"), ["no-host"]);
    assert_eq!(of("9112"), ["control", "hex", "no-host"]);
    assert_eq!(of("9112:3.20"), Vec::<String>::new());
    for wrong in ["", "7.1", "9112:", "9112:7.", "9112:x", "1945:7"] {
        assert!(wrong.parse::<Section>().is_err(), "{wrong}");
    }
    assert_eq!("9112:7.1".parse::<Section>().unwrap().to_string(), "9112:7.1");
}

#[test]
fn a_level_and_a_section_have_to_meet_in_one_requirement() {
    let corpus = corpus();
    let level = corpus.requirements["9110-7.2-1"].level;
    let of = |section: &str, level| {
        ids(&Selection { sections: vec![section.parse().unwrap()], levels: vec![level], ..Selection::default() })
    };
    assert_eq!(of("9110:7.2", level), ["no-host"]);
    let other = if level == Keyword::MAY { Keyword::MUST } else { Keyword::MAY };
    assert_eq!(of("9110:7.2", other), Vec::<String>::new());
}

#[test]
fn kinds_tags_and_roles_narrow() {
    assert_eq!(ids(&Selection { kinds: vec![Kind::Survey, Kind::Hardening], ..Selection::default() }).len(), 2);
    assert_eq!(ids(&Selection { tags: vec!["slow".into()], ..Selection::default() }), ["hex", "no-host"]);
    assert_eq!(ids(&Selection { tags: vec!["slow".into(), "!limit".into()], ..Selection::default() }), ["hex"]);
    assert_eq!(ids(&Selection { roles: vec![Role::Parser], ..Selection::default() }).len(), 0);
}

#[test]
fn levels_and_kinds_are_read_as_people_write_them() {
    assert_eq!(level_from_str("must not"), Ok(Keyword::MUST));
    assert_eq!(level_from_str("Grammar"), Ok(Keyword::GRAMMAR));
    assert!(level_from_str("shall").is_err());
    assert_eq!(kind_from_str("survey"), Ok(Kind::Survey));
    assert!(kind_from_str("hardning").unwrap_err().contains("`hardening`"));
}
