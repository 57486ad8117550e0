//! `init`: a configuration to begin with.

use super::{Failure, Status, output};
use idtoken_lint::config;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder to write idtoken-lint.toml into
    #[arg(default_value = ".")]
    folder: PathBuf,

    /// Replace the one that is there
    #[arg(long)]
    force: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    // the working directory needs no name
    let here = arguments.folder.as_os_str() == ".";
    let file = if here { PathBuf::from(config::NAME) } else { arguments.folder.join(config::NAME) };
    let shown = file.display();
    if file.exists() && !arguments.force {
        return Err(Failure::new(format!("there is a {shown} already"), "Use `--force` to replace it."));
    }
    output::to_file(&file, |out| out.write_all(config::TEMPLATE.as_bytes()))?;
    output::remark(&format!("{shown} written; every line in it is commented out"));
    Ok(Status::Clean)
}
