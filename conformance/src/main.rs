//! The `wiregauge` command.
fn main() {}
