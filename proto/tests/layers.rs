//! The modules stand in an order, and each uses only those before it.

use std::path::{Path, PathBuf};

/// From the bottom up. The names are those of `src/`.
const ORDER: &[&str] = &[
    "octet",
    "span",
    "rule",
    "witness",
    "limits",
    "head",
    "field",
    "body",
    "message",
    "connection",
    "client",
    "server",
    "coding",
    "transport",
    "driver",
    "representation",
    "tls",
    "user_agent",
    "origin_server",
    "gateway",
    "convert",
];

/// What `lib.rs` re-exports under the root, and the module it belongs to.
const AT_THE_ROOT: &[(&str, &str)] = &[
    ("Limits", "limits"),
    ("Class", "rule"),
    ("Level", "rule"),
    ("Rule", "rule"),
    ("Place", "span"),
    ("Span", "span"),
    ("Broken", "witness"),
    ("Element", "witness"),
    ("Findings", "witness"),
    ("RuleSet", "witness"),
    ("Strict", "witness"),
    ("Tolerant", "witness"),
    ("Witness", "witness"),
];

#[test]
fn each_module_uses_only_those_before_it() {
    let mut upward = Vec::new();
    for (module, file, text) in sources() {
        let Some(place) = ORDER.iter().position(|name| *name == module) else {
            assert_eq!(module, "lib", "{} belongs to no module of the order", file.display());
            continue;
        };
        for used in uses(&text) {
            let target = AT_THE_ROOT.iter().find(|(name, _)| *name == used).map_or(used.as_str(), |(_, module)| module);
            match ORDER.iter().position(|name| *name == target) {
                Some(other) if other <= place => {}
                Some(_) => upward.push(format!("{} uses crate::{used}", file.display())),
                None => upward.push(format!("{} uses crate::{used}, which the order does not know", file.display())),
            }
        }
    }
    assert_eq!(upward, [] as [String; 0]);
}

#[test]
fn files_stay_small() {
    let long: Vec<_> = sources()
        .into_iter()
        .filter(|(module, _, text)| module != "rule" && text.lines().count() > 600)
        .map(|(_, file, text)| format!("{}: {} lines", file.display(), text.lines().count()))
        .collect();
    assert_eq!(long, [] as [String; 0]);
}

/// Every source file: the module it belongs to, its path, its text.
fn sources() -> Vec<(String, PathBuf, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(&source).expect("inside");
                let first = inside.components().next().expect("a name");
                let module = Path::new(first.as_os_str()).with_extension("").to_string_lossy().into_owned();
                let text = std::fs::read_to_string(&path).expect("text");
                files.push((module, path, text));
            }
        }
    }
    assert!(files.len() > 20, "where are the sources?");
    files
}

/// The names that stand behind `crate::` in code, those of a `crate::{..}` list too. (Documents may point upward.)
fn uses(text: &str) -> Vec<String> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let text = code.join("\n");
    let mut names = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        match rest.strip_prefix('{') {
            None => names.push(name(rest)),
            Some(list) => {
                let mut depth = 1;
                let mut begins = true;
                for (place, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 1 => begins = true,
                        c if begins && depth == 1 && c.is_alphanumeric() => {
                            names.push(name(&list[place..]));
                            begins = false;
                        }
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
        }
    }
    names
}

#[test]
fn lists_of_names_are_seen() {
    assert_eq!(uses("use crate::{a::{b, c}, d::e};\nuse crate::f::g;\n/// [`crate::H`]"), ["a", "d", "f"]);
}
