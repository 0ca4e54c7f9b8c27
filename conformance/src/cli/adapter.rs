//! `wiregauge adapter`: answers the adapter contract with `wiregauge-proto`.

use std::io;

use super::Failure;
use crate::adapter;
use crate::report::exit;

/// Speaks the adapter contract on standard input and output, with wiregauge-proto as the parser.
///
/// An example for whoever writes an adapter for another parser, and a second opinion for whoever has one: one JSON object per line
/// is a question, one per line the answer, in the order asked. It ends with its input.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  printf '{\"do\":\"parse\",\"id\":\"1\",\"kind\":\"request\",\"octets\":\"R0VUIC8=\",\"end\":false}\\n' | wiregauge adapter")]
pub(super) struct Args {}

pub(super) fn run(_: &Args) -> Result<u8, Failure> {
    adapter::answer_all(io::stdin().lock(), io::stdout().lock())?;
    Ok(exit::CONFORMS)
}
