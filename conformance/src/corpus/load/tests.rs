use std::path::Path;

use super::*;

fn case(id: &str) -> String {
    format!(
        "format = 1\ntitle = \"t\"\nrequirements = [\"9112-3.2-6\"]\nroles = [\"server\"]\n[[case]]\nid = \"{id}\"\nnote = \"n\"\nrequest = 'GET / HTTP/1.1\\r\\n\\r\\n'\nmeans = {{ accept = 1 }}\n"
    )
}

fn write(dir: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn ids(corpus: &Corpus) -> Vec<&str> {
    corpus.cases.iter().map(|case| case.id.as_str()).collect()
}

#[test]
fn the_embedded_corpus_loads() {
    let corpus = load_embedded().unwrap_or_else(|errors| panic!("{errors:#?}"));
    assert!(corpus.requirements.len() > 500);
}

#[test]
fn folders_and_files_are_read_by_name() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["host/b.toml", "host/a.toml", "chunked/z.toml", "host/.hidden", "samples/big.bin"] {
        write(dir.path(), name, if name.ends_with(".toml") { case("one") } else { "\u{0}".into() });
    }
    write(dir.path(), "README.md", "not a fixture");
    assert_eq!(ids(&load_dir(dir.path()).unwrap()), ["chunked/z/one", "host/a/one", "host/b/one"]);
}

#[test]
fn a_later_folder_adds_files_and_replaces_whole_ones() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(first.path(), "a-test-folder/same.toml", case("old"));
    write(first.path(), "a-test-folder/kept.toml", case("kept"));
    write(second.path(), "a-test-folder/same.toml", case("new"));
    let corpus = load_with(&[first.path(), second.path()]).unwrap();
    let mine: Vec<&str> = ids(&corpus).into_iter().filter(|id| id.starts_with("a-test-folder/")).collect();
    assert_eq!(mine, ["a-test-folder/kept/kept", "a-test-folder/same/new"]);
}

#[test]
fn requirements_of_a_folder_add_rows_and_replace_them() {
    let dir = tempfile::tempdir().unwrap();
    let row = "section = \"3.2\", level = \"SHOULD NOT\", roles = [\"server\"], testable = \"wire\", priority = \"C\"";
    write(dir.path(), "requirements.toml", format!("\"9112-3.2-6\" = {{ {row} }}\n\"9110-99.9-9\" = {{ {row} }}\n"));
    let corpus = load_with(&[dir.path()]).unwrap();
    assert_eq!(corpus.requirements["9112-3.2-6"].level, super::super::model::Keyword::SHOULD);
    assert_eq!(corpus.requirements.len(), embedded_requirements().unwrap().len() + 1);
}

#[test]
fn a_broken_requirements_file_names_the_place() {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        "requirements.toml",
        "\n\"9112-3.2-6\" = { section = \"3.2\", levle = \"MUST\", roles = [\"servre\"] }\nx = 1\n",
    );
    let errors: Vec<String> = load_dir(dir.path()).unwrap_err().iter().map(ToString::to_string).collect();
    for expected in [
        "requirements.toml:2:35: unknown key `levle` in a requirement; did you mean `level`?",
        "requirements.toml:2:60: `roles` cannot be `servre`; did you mean `server`?",
        "requirements.toml:2:1: `9112-3.2-6` has no `testable`",
        "requirements.toml:3:1: `x` is not a requirement id",
    ] {
        assert!(errors.iter().any(|error| error.contains(expected)), "{expected}\n{errors:#?}");
    }
}

#[test]
fn what_is_no_fixture_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "host/a.toml", case("one"));
    write(dir.path(), "host/b.tmol", case("one"));
    write(dir.path(), "host/c.toml", b"format = 1\n# \xff\n");
    write(dir.path(), "host/deeper/d.toml", case("one"));
    let errors = load_dir(dir.path()).unwrap_err();
    assert_eq!(errors.len(), 3, "{errors:#?}");
    assert!(errors[0].to_string().contains("b.tmol:1:1: neither a fixture"), "{errors:#?}");
    assert!(errors[1].to_string().contains("c.toml:2:3: an octet that is not UTF-8"), "{errors:#?}");
}

#[test]
fn a_folder_that_is_not_there_or_empty_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    assert!(load_dir(&dir.path().join("nowhere")).unwrap_err()[0].what.contains("cannot be read"));
    assert!(load_dir(dir.path()).unwrap_err()[0].what.contains("there is no fixture here"));
}

#[test]
fn a_file_has_a_largest_size() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "host/a.toml", vec![b'#'; MOST_OCTETS_OF_A_FILE as usize + 1]);
    assert!(load_dir(dir.path()).unwrap_err()[0].what.contains("more than"));
}
