//! Exit codes: named, documented in `wiregauge help` and the README, and the same for ever.

/// Every case is pass, warn or not-applicable, or is listed as known with a reason.
pub const CONFORMS: u8 = 0;
/// A `fail`, an unlisted `inconclusive`, a listed entry that no longer holds or gives no reason; a `warn` with `--deny warn`.
pub const FAILED: u8 = 1;
/// Usage, or a fixture, manifest, list or other file that cannot be read.
pub const USAGE: u8 = 2;
/// The subject was not reached, or never accepted the plain request that everything is compared with.
pub const UNREACHED: u8 = 3;
/// Nothing was selected.
pub const NOTHING_SELECTED: u8 = 4;
/// The harness, or the set-up around the subject, failed in a case.
pub const HARNESS_FAULT: u8 = 5;
/// Stopped by SIGINT (Ctrl-C) before its end; what was done is written first.
pub const INTERRUPTED: u8 = 130;
/// Stopped by SIGTERM before its end; what was done is written first.
pub const TERMINATED: u8 = 143;

/// Code and meaning, in the order of the codes, as the help prints them.
pub const MEANINGS: [(u8, &str); 8] = [
    (CONFORMS, "every case is pass, warn or not-applicable, or is listed as known with a reason"),
    (FAILED, "a fail, an unlisted inconclusive, or a listed entry that no longer holds (or gives no reason)"),
    (USAGE, "usage, or a fixture, manifest or other file that cannot be read"),
    (UNREACHED, "the subject was not reached, or never accepted the base control"),
    (NOTHING_SELECTED, "nothing was selected"),
    (HARNESS_FAULT, "a fault of the harness or of the set-up"),
    (INTERRUPTED, "interrupted by SIGINT; what was done is written first"),
    (TERMINATED, "interrupted by SIGTERM; what was done is written first"),
];

/// The table of exit codes as the help prints it.
pub fn table() -> String {
    let mut table = String::from("Exit codes:\n");
    for (code, meaning) in MEANINGS {
        table.push_str(&format!("  {code:>3}  {meaning}\n"));
    }
    table.push_str("Several at once: 5, then 3, then 1. `--deny warn` makes warnings count, `--allow inconclusive` lets them be.\n");
    table.push_str("`wiregauge fetch` ends with 0, 1, 2, 3, 5, 130 or 143, for what its own help says.\n");
    table
}
