//! `completions` and `man`: what a shell and its users want of a program, made from the arguments' definitions.

use super::{Cli, Failure, Status, output};
use clap::CommandFactory;
use clap_complete::Shell;
use idtoken_lint::text::nearest::did_you_mean;

#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, clap::Args)]
pub(super) struct ManArguments {
    /// A command, for the page about it
    command: Option<String>,
}

pub(super) fn completions(arguments: &CompletionsArguments) -> Result<Status, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), env!("CARGO_PKG_NAME"), &mut script);
    output::to_stdout(false, |out| out.write_all(&script))?;
    Ok(Status::Clean)
}

pub(super) fn man(arguments: &ManArguments) -> Result<Status, Failure> {
    let mut program = Cli::command();
    // commands get the names of their pages
    program.build();
    let page = match &arguments.command {
        None => program,
        Some(name) => {
            let known: Vec<&str> = program.get_subcommands().map(clap::Command::get_name).collect();
            let Some(command) = program.find_subcommand(name) else {
                let help = did_you_mean(name, "commands", &known);
                return Err(Failure::new(format!("there is no command {name:?}"), help));
            };
            command.clone().version(env!("CARGO_PKG_VERSION"))
        }
    };
    output::to_stdout(false, |out| clap_mangen::Man::new(page).render(out))?;
    Ok(Status::Clean)
}
