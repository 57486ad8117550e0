//! The command line of `idtoken-lint`: arguments, one file per command, and the exit status.
//!
//! Owns what the library must not touch: the arguments, the environment, the terminal and standard output. Knows nothing
//! of how an analysis is done.

mod accepted;
mod audit;
mod baseline;
mod check;
mod config;
mod explain;
mod fix;
mod init;
mod merge;
mod output;
mod panics;
mod progress;
mod rules;
mod shared;
mod shell;
mod stats;
mod terminal;

use clap::{Parser, Subcommand};
use idtoken_lint::text::Mistake;
use std::process::ExitCode;

const EXIT_STATUS: &str = "\
Exit status, the same in every format:
  0  nothing to do
  1  findings (check), or the toggle cannot be turned off yet (audit)
  2  wrong usage, a broken rule file or configuration, an unreadable path, a skipped
     file with `--strict`, or an internal error";

/// Finds calls that send an ID token to the Management API.
///
/// Follows the Bearer of every call to an affected endpoint, through variables, functions, files and stores, to where
/// it was obtained, and says which scope an access token for that call should ask for. Reads JavaScript and TypeScript
/// sources, the scripts in Vue, Svelte, Astro and HTML files, and Rust sources; runs nothing, sends nothing.
#[derive(Debug, Parser)]
#[command(name = "idtoken-lint", version, after_help = EXIT_STATUS, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    color: terminal::Color,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Report the calls that need work: for CI and commit hooks
    Check(shared::Arguments),
    /// List every call to an affected endpoint, and say whether the toggle can be turned off
    Audit(shared::Arguments),
    /// Make one report of several: of the parts of a run, or of many repositories
    Merge(merge::Arguments),
    /// Print the page about a rule, an endpoint, an unknown call or a symptom
    Explain(explain::Arguments),
    /// List and test the rules: those of the program and your own
    Rules(rules::Arguments),
    /// Show the configuration that counts here
    Config(config::Arguments),
    /// Write a configuration to begin with, commented
    Init(init::Arguments),
    /// Print a script that completes commands and options
    Completions(shell::CompletionsArguments),
    /// Print the manual page
    Man(shell::ManArguments),
}

/// The exit status of a run that did what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// Nothing to do.
    Clean,
    /// Findings, or not ready.
    ToDo,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(match status {
            Status::Clean => 0,
            Status::ToDo => 1,
        })
    }
}

/// Why a run did not do what it should, and what its user can do about it.
#[derive(Debug)]
struct Failure {
    problem: String,
    help: String,
    /// Where it lies, if it lies in a file that was written for this program.
    mistake: Option<Box<Mistake>>,
}

impl Failure {
    fn new(problem: impl Into<String>, help: impl Into<String>) -> Self {
        Failure { problem: problem.into(), help: help.into(), mistake: None }
    }
}

/// Do what the arguments say.
pub(crate) fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(message) => {
            // help and version are "errors" too, with status 0; a closed pipe is no reason for another status
            _ = message.print();
            return if message.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let result = panics::guard(|| match &cli.command {
        Command::Check(arguments) => check::run(arguments, cli.color),
        Command::Audit(arguments) => audit::run(arguments, cli.color),
        Command::Merge(arguments) => merge::run(arguments, cli.color),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Rules(arguments) => rules::run(arguments, cli.color),
        Command::Config(arguments) => config::run(arguments),
        Command::Init(arguments) => init::run(arguments),
        Command::Completions(arguments) => shell::completions(arguments),
        Command::Man(arguments) => shell::man(arguments),
    });
    match result {
        Ok(status) => status.into(),
        Err(failure) => {
            output::report_failure(&failure, cli.color);
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }
}
