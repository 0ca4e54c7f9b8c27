//! The modules of the library are layers: each uses only itself and those below it. Rust checks cycles of crates, not of modules.

use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom to the top.
const LAYERS: &[&str] =
    &["corpus", "transcript", "script", "judge", "subject", "serve", "mutant", "adapter", "role", "report", "cli"];

#[test]
fn no_module_looks_upward() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    assert!(files.len() > 20, "the sources are not where they were: {files:?}");
    let mut wrong = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&source).expect("files lie below the sources");
        let first = inside.iter().next().and_then(|part| part.to_str()).expect("file names are UTF-8");
        let module = first.trim_end_matches(".rs");
        if matches!(module, "lib" | "main") {
            continue;
        }
        let text = fs::read_to_string(&file).expect("sources can be read");
        for (line, used) in upward(module, &text) {
            wrong.push(format!("{}:{line}: `{module}` uses `crate::{used}`", inside.display()));
        }
    }
    assert!(wrong.is_empty(), "the order is {}\n{}", LAYERS.join(", "), wrong.join("\n"));
}

#[test]
fn every_module_has_its_layer_and_the_documentation_names_them_in_order() {
    let lib = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs");
    let lib = fs::read_to_string(lib).expect("lib.rs can be read");
    for line in lib.lines() {
        let declared = line.trim_start_matches("pub ").strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';'));
        if let Some(module) = declared {
            assert!(LAYERS.contains(&module), "`{module}` has no layer: give it one in LAYERS");
        }
    }
    let documented: String = lib.lines().filter_map(|line| line.strip_prefix("//!")).collect::<Vec<_>>().join(" ");
    let mut names = documented.split('`').skip(1).step_by(2).filter(|word| LAYERS.contains(word));
    for layer in LAYERS {
        assert_eq!(names.next(), Some(*layer), "lib.rs names the layers in their order");
    }
}

#[test]
fn what_looks_upward_is_found() {
    assert_eq!(upward("judge", "use crate::role::server;\n"), [(1, "role".to_owned())]);
    assert_eq!(upward("judge", "fn f() {\n    crate::report::text();\n}"), [(2, "report".to_owned())]);
    assert_eq!(
        upward("judge", "use crate::{\n    corpus::model::{Case, Role},\n    cli,\n    role::{self, parser},\n};"),
        [(1, "cli".to_owned()), (1, "role".to_owned())]
    );
    assert_eq!(upward("role", "use crate::judge;\nuse crate::role::x;\n// crate::cli\n/// [`crate::cli`]\n"), []);
    assert_eq!(upward("corpus", "use crate::unheard_of;\n"), [(1, "unheard_of".to_owned())]);
}

/// The lines of `text`, a source of `module`, that name a module above it or one without a layer.
fn upward(module: &str, text: &str) -> Vec<(usize, String)> {
    let own = LAYERS.iter().position(|layer| *layer == module);
    let mut found = Vec::new();
    let code: String = text.lines().map(|line| line.split("//").next().unwrap_or("").to_owned() + "\n").collect();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == '$') {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        for used in modules(&code[at + "crate::".len()..]) {
            let layer = LAYERS.iter().position(|layer| *layer == used);
            if layer.is_none() || own.is_none() || layer > own {
                found.push((line, used));
            }
        }
    }
    found
}

/// The first names behind `crate::`: one, or those of a group.
fn modules(after: &str) -> Vec<String> {
    let name = |text: &str| -> String { text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    let Some(group) = after.strip_prefix('{') else { return vec![name(after)] };
    let mut names = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                names.push(name(group[start..at].trim_start()));
                start = at + 1;
                if character == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("sources can be listed").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
