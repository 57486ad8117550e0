//! `idtoken-lint.toml`: what a team says about its project.
//!
//! Owns the file's shape, where it is looked for, and what its keys come to. Must not know the command line.

pub mod found;
mod model;
mod resolve;
pub mod reviewed;

use crate::check::policy::Policy;
use crate::text::files::ReadError;
use crate::text::{Files, Globs, Mistake};

/// The file's name.
pub const NAME: &str = "idtoken-lint.toml";

/// The JSON Schema of the file.
pub const SCHEMA: &str = include_str!("config.schema.json");

/// A file to begin with: every key with what it is for, commented out.
pub const TEMPLATE: &str = include_str!("template.toml");

/// What the file says, checked.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file; none where nothing is configured.
    pub file: Option<String>,
    /// Hosts of tenants, and custom domains.
    pub tenants: Vec<String>,
    /// Hosts of one's own: what is sent there is no finding.
    pub own_hosts: Vec<String>,
    /// The patterns of files that are left out, as written.
    pub exclude: Vec<String>,
    /// The same, ready.
    pub excluded: Option<Globs>,
    /// Own rule files and folders, relative to the working directory.
    pub rules: Vec<String>,
    /// The baseline, relative to the working directory.
    pub baseline: Option<String>,
    /// The file of unknown calls that are accepted one by one, relative to the working directory.
    pub accept_unknown: Option<String>,
    /// Severities, and accepted unknowns.
    pub policy: Policy,
}

/// Why there is no configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("the configuration {path:?}: {reason}")]
    Unreadable {
        /// Which.
        path: String,
        /// Why.
        reason: String,
    },
    /// The file is broken.
    #[error("{0}")]
    Mistake(Box<Mistake>),
}

/// The name of a host that serves the Management API, as configured; where it is none, what was probably meant.
///
/// # Errors
///
/// A sentence, which is empty where nothing comes near.
pub fn tenant_host(written: &str) -> Result<String, String> {
    resolve::host_name(written, true)
}

impl Config {
    /// The configuration that is nearest to `path`: in its folder or one around it, up to its repository.
    pub fn find(files: &dyn Files, path: &str) -> Result<Config, Error> {
        files.find_upward(path, NAME).map_or(Ok(Config::default()), |file| Config::read(files, &file))
    }

    /// The configuration in `file`.
    pub fn read(files: &dyn Files, file: &str) -> Result<Config, Error> {
        let name = files.named(file);
        let unreadable = |error: ReadError| Error::Unreadable { path: file.to_owned(), reason: error.to_string() };
        let text = files.read(&name).map_err(unreadable)?;
        resolve::resolve(files, &name, &text).map_err(|mistake| Error::Mistake(Box::new(mistake)))
    }
}
