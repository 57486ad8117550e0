//! `init`: a configuration to begin with, for the project that is there.

use super::{Failure, Status, output, shared};
use idtoken_lint::config;
use idtoken_lint::rules::Rules;
use idtoken_lint::text::{Files, OsFiles};
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
        return Err(Failure::new(format!("{shown} is there already"), "Use `--force` to replace it."));
    }
    let rules = Rules::outline(&[], &[]).map_err(shared::broken_file)?;
    let text = config::found::template(&OsFiles, &OsFiles.named(&arguments.folder.to_string_lossy()), &rules);
    output::to_file(&file, |out| out.write_all(text.as_bytes()))?;
    output::remark(&format!("{shown} written; every line in it is commented out"));
    Ok(Status::Clean)
}
