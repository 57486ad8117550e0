//! The command line: parse arguments, call the library, map to an exit status.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
