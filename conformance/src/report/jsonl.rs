//! One JSON object per case and line: an entry of the JSON report's `cases`.

use std::io::{self, Write};

use crate::report::Material;

/// Writes a line for every case.
pub fn write(material: Material<'_>, out: &mut dyn Write) -> io::Result<()> {
    for case in &material.report.cases {
        serde_json::to_writer(&mut *out, case)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
