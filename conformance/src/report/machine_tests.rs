//! The formats that machines read.

use std::str::FromStr;

use crate::report::account::{Account, Ending, Policy, settle};
use crate::report::known::parse;
use crate::report::{Format, Material, paint, sample, write};

const LIST: &str =
    "[[known]]\ncase = \"incomplete/*\"\nreason = \"clock\"\n[[known]]\ncase = \"host/*\"\nreason = \"was so\"\n";

fn written(format: Format) -> String {
    let mut report = sample::report();
    let account: Account =
        settle(&mut report, &parse(LIST).unwrap(), Policy::default(), Ending::default(), "2026-07-01");
    let corpus = sample::corpus();
    let material = Material { corpus: &corpus, report: &report, account: &account, again: "wiregauge", verbose: 0 };
    let mut out = Vec::new();
    write(format, material, paint::Paint(false), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn schema() -> serde_json::Value {
    serde_json::from_str(include_str!("../../report.schema.json")).unwrap()
}

#[test]
fn the_json_report_is_as_its_schema_says() {
    let schema = jsonschema::validator_for(&schema()).unwrap();
    let report = serde_json::Value::from_str(&written(Format::Json)).unwrap();
    let errors: Vec<String> =
        schema.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(report["exit_code"], 1);
    assert_eq!(report["known_troubles"][0]["trouble"], "no-longer-holds");
}

#[test]
fn the_schema_refuses_what_is_not_a_report() {
    let schema = jsonschema::validator_for(&schema()).unwrap();
    let good = serde_json::Value::from_str(&written(Format::Json)).unwrap();
    for (pointer, wrong) in [
        ("/format", serde_json::json!(2)),
        ("/verdict", serde_json::json!("ok")),
        ("/cases/1/findings/0/at", serde_json::json!([1])),
        ("/cases/1/deliveries", serde_json::json!({ "whole": "good" })),
        ("/summary", serde_json::json!({ "other": {} })),
    ] {
        let mut report = good.clone();
        *report.pointer_mut(pointer).unwrap() = wrong;
        assert!(!schema.is_valid(&report), "{pointer}");
    }
}

#[test]
fn a_line_of_jsonl_is_a_case_of_the_json_report() {
    let report = serde_json::Value::from_str(&written(Format::Json)).unwrap();
    let lines: Vec<serde_json::Value> =
        written(Format::Jsonl).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(serde_json::Value::Array(lines), report["cases"]);
}

#[test]
fn junit_maps_every_verdict() {
    let xml = written(Format::Junit);
    insta::assert_snapshot!(xml);
    assert_eq!(xml.matches("<failure").count(), 2, "the failing case, and the entry that no longer holds");
    assert_eq!(xml.matches("<skipped").count(), 2, "known and not-applicable");
}
