//! The command line: one file per subcommand, each from its arguments to an exit code. What a command does lives in the library;
//! here it is only asked for and shown.

mod adapter;
mod anatomy;
mod coverage;
mod error;
mod explain;
mod export;
mod fetch;
mod judge;
mod lint;
mod list;
mod log;
mod parser;
mod progress;
mod reporting;
mod selecting;
mod self_check;
mod serve;
mod server;
mod show;
mod trusting;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::corpus::{self, model::Corpus};
use crate::report::exit;
use error::Failure;

/// Judges HTTP/1.1 servers and parsers against RFC 9110 and RFC 9112.
///
/// Without a command: the self-check, every role that exists against the embedded reference subject.
#[derive(Debug, Parser)]
#[command(
    name = "wiregauge",
    version,
    after_help = "Examples:
  wiregauge                                             the self-check
  wiregauge server 127.0.0.1:8080                       judge a server that runs already
  wiregauge server --start 'python3 -m http.server {port}'
  wiregauge explain field-line.space-before-colon
  wiregauge fetch -i http://127.0.0.1:8080/             ask for something, strictly
`wiregauge help COMMAND` says more, with examples; `wiregauge --help` lists the exit codes."
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What every command may be told.
#[derive(Debug, clap::Args)]
struct Global {
    /// A folder of fixtures: its files are added to the corpus in the binary, or replace those of the same folder and name; may
    /// be given several times
    #[arg(long, value_name = "DIR", global = true)]
    fixtures: Vec<PathBuf>,
}

impl Global {
    /// The corpus in the binary, with the folders of `--fixtures`.
    fn corpus(&self) -> Result<Corpus, Failure> {
        corpus::load_with(&self.fixtures).map_err(|errors| {
            let says: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Failure::usage(says.join("\n"))
        })
    }

    /// The flags that do the same again.
    fn again(&self) -> String {
        self.fixtures.iter().map(|folder| format!(" --fixtures {}", quoted(&folder.display().to_string()))).collect()
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    Server(Box<server::Args>),
    Parser(Box<parser::Args>),
    Judge(judge::Args),
    Adapter(adapter::Args),
    Serve(Box<serve::Args>),
    Fetch(Box<fetch::Args>),
    List(list::Args),
    Show(show::Args),
    Explain(explain::Args),
    Lint(lint::Args),
    Coverage(coverage::Args),
    Export(export::Args),
}

/// Runs the command line of this process and gives its exit code.
pub fn main() -> ExitCode {
    let long_help =
        format!("{}\n{}", Cli::command().get_after_help().map(ToString::to_string).unwrap_or_default(), exit::table());
    let matches = Cli::command().after_long_help(long_help).get_matches();
    let cli = match <Cli as clap::FromArgMatches>::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    match run(&cli) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            for line in failure.says.lines() {
                // Where even that cannot be said, the exit code has to do.
                let _ = writeln!(std::io::stderr(), "wiregauge: {line}");
            }
            ExitCode::from(failure.code)
        }
    }
}

fn run(cli: &Cli) -> Result<u8, Failure> {
    let Some(command) = &cli.command else { return self_check::run(&cli.global) };
    match command {
        Command::Server(args) => server::run(args, &cli.global),
        Command::Parser(args) => parser::run(args, &cli.global),
        Command::Judge(args) => judge::run(args, &cli.global),
        Command::Adapter(args) => adapter::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Fetch(args) => fetch::run(args),
        Command::List(args) => list::run(args, &cli.global),
        Command::Show(args) => show::run(args, &cli.global),
        Command::Explain(args) => explain::run(args, &cli.global),
        Command::Lint(args) => lint::run(args, &cli.global),
        Command::Coverage(args) => coverage::run(args, &cli.global),
        Command::Export(args) => export::run(args, &cli.global),
    }
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// What awaits sockets, timers and processes.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_of_the_command_line_holds() {
        Cli::command().debug_assert();
    }

    #[test]
    fn words_are_quoted_where_a_shell_would_take_them_apart() {
        assert_eq!(quoted("127.0.0.1:8080"), "127.0.0.1:8080");
        assert_eq!(quoted("python3 -m x {port}"), "'python3 -m x {port}'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
