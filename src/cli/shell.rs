//! `completions` and `man`: what a shell and its users want of a program, made from the arguments' definitions.

use super::{Cli, Failure, Status, output};
use clap::CommandFactory;
use clap_complete::Shell;
use idtoken_lint::text::nearest::did_you_mean;

const NAME: &str = env!("CARGO_PKG_NAME");

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
    clap_complete::generate(arguments.shell, &mut Cli::command(), NAME, &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if arguments.shell == Shell::Bash {
        script = agreeing(&script);
    }
    output::to_stdout(false, |out| out.write_all(script.as_bytes()))?;
    Ok(Status::Clean)
}

/// A script for bash keeps in `cmd` which command it is in, and the generator writes that name in two ways where the
/// program's own has a hyphen (clap's issue 6421): behind a command, nothing would be completed. This is the way that
/// the script itself fills `cmd`.
fn agreeing(script: &str) -> String {
    script.replace(&NAME.replace('-', "__subcmd__"), &NAME.replace('-', "__"))
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
