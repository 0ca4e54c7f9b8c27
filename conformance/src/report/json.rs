//! The whole report as one JSON object, described by `report.schema.json`. Its shape is public: it grows, it does not change
//! without a new `format`.

use std::io::{self, Write};

use serde::Serialize;

use crate::judge::result::Report;
use crate::report::Material;
use crate::report::account::Troubled;

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    report: &'a Report,
    exit_code: u8,
    known_troubles: &'a [Troubled],
}

/// Writes the object and a line break.
pub fn write(material: Material<'_>, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        report: material.report,
        exit_code: material.account.exit(),
        known_troubles: &material.account.troubled,
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}
