//! The `wiregauge` command.

fn main() -> std::process::ExitCode {
    wiregauge::cli::main()
}
