#![doc = include_str!("../README.md")]

pub mod check;
pub mod eval;
pub mod ir;
pub mod lower;
pub mod project;
pub mod report;
pub mod rules;
pub mod text;

/// What to analyse.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What to report: files and folders.
    pub paths: Vec<String>,
    /// What may be read; by default the repository around the paths.
    pub root: Option<String>,
    /// The teams' own tenant and custom domains.
    pub hosts: Vec<String>,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A path that was given does not exist.
    #[error("there is no file or folder {0:?}")]
    NoSuchPath(String),
    /// A path that was given cannot be read.
    #[error("{path:?} cannot be read: {reason}")]
    Unreadable {
        /// Which.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// The rules that come with the tool are broken.
    #[error("the rules cannot be loaded: {0}")]
    Rules(String),
}

/// Analyse the files that `options` names.
pub fn analyze(files: &dyn text::Files, options: &Options) -> Result<check::model::Report, Error> {
    if let Some(path) = options.paths.iter().find(|path| !files.exists(path)) {
        return Err(Error::NoSuchPath(path.clone()));
    }
    Ok(check::model::Report { root: options.root.clone().unwrap_or_else(|| ".".into()), ..Default::default() })
}
