//! Generators and oracles for fuzzing `wiregauge-proto`. The targets in `fuzz_targets/` are glue of a few lines: what to make and what
//! must hold is library code, tested on stable, and replayed by `cargo test` over `regressions/` and over every fixture.

pub mod generate;
pub mod oracle;
