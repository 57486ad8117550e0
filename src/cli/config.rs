//! `config`: which configuration counts here, and its schema.

use super::{Failure, Status, output, shared};
use idtoken_lint::Error;
use idtoken_lint::check::policy::Level;
use idtoken_lint::config::{self, Config};
use idtoken_lint::report::redact::clean;
use idtoken_lint::rules::docs;
use std::io::{self, Write};
use std::path::Path;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print the configuration that counts for a path, and the file that it comes from
    Show(ShowArguments),
    /// Print the JSON Schema of configuration files
    Schema,
}

#[derive(Debug, clap::Args)]
struct ShowArguments {
    /// The file or folder to look from
    #[arg(default_value = ".")]
    path: String,

    #[command(flatten)]
    config: shared::ConfigArguments,
}

pub(super) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    match &arguments.command {
        Command::Show(arguments) => {
            if !Path::new(&arguments.path).exists() {
                return Err(shared::failure(Error::NoSuchPath(arguments.path.clone())));
            }
            let config = arguments.config.read(&arguments.path)?;
            output::to_stdout(false, |out| write(&config, out))?;
        }
        Command::Schema => output::to_stdout(false, |out| out.write_all(config::SCHEMA.as_bytes()))?,
    }
    Ok(Status::Clean)
}

/// The configuration as TOML, with all that was left out.
fn write(config: &Config, out: &mut dyn Write) -> io::Result<()> {
    match &config.file {
        Some(file) => writeln!(out, "# from {}", clean(file))?,
        None => writeln!(out, "# no {} is found: this is what counts without one", config::NAME)?,
    }
    let list = |texts: &[String]| {
        let quoted: Vec<String> = texts.iter().map(|text| quote(text)).collect();
        format!("[{}]", quoted.join(", "))
    };
    writeln!(out, "# hosts under auth0.com are tenants' in any case")?;
    writeln!(out, "tenants = {}", list(&config.tenants))?;
    writeln!(out, "own-hosts = {}", list(&config.own_hosts))?;
    writeln!(out, "exclude = {}", list(&config.exclude))?;
    writeln!(out, "# relative to the working directory")?;
    writeln!(out, "rules = {}", list(&config.rules))?;
    if let Some(baseline) = &config.baseline {
        writeln!(out, "baseline = {}", quote(baseline))?;
    }
    if let Some(file) = &config.accept_unknown {
        writeln!(out, "accept-unknown = {}", quote(file))?;
    }
    writeln!(out, "\n[severity]")?;
    for doc in docs::rules() {
        let own = doc.severity();
        let level = match config.policy.levels.get(doc.id) {
            Some(Level::Error) => "error",
            Some(Level::Warning) => "warning",
            Some(Level::Off) => "off",
            None => own,
        };
        write!(out, "{} = {}", doc.id, quote(level))?;
        if level != own {
            write!(out, "  # the default is {}", quote(own))?;
        }
        writeln!(out)?;
    }
    for accept in &config.policy.accept {
        writeln!(out, "\n[[accept]]\nfiles = {}", list(&accept.patterns))?;
        for (key, text) in [("endpoint", &accept.endpoint), ("unknown", &accept.unknown)] {
            if let Some(text) = text {
                writeln!(out, "{key} = {}", quote(text))?;
            }
        }
        writeln!(out, "because = {}", quote(&accept.because))?;
    }
    Ok(())
}

/// A text as TOML has it: its own escapes keep a terminal from obeying anything.
fn quote(text: &str) -> String {
    clean(&toml::Value::from(text).to_string())
}
