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
    /// The system gives no threads.
    #[error("no threads to work with: {0}")]
    Threads(String),
}

/// Analyse the files that `options` names.
///
/// PATHS say what is reported; the project around them is what may be read.
pub fn analyze(files: &dyn text::Files, options: &Options) -> Result<check::model::Report, Error> {
    let given: &[String] = if options.paths.is_empty() { &[".".to_owned()] } else { &options.paths };
    for path in given.iter().chain(&options.root) {
        if !files.exists(path) {
            return Err(Error::NoSuchPath(path.clone()));
        }
    }
    let paths: Vec<String> = given.iter().map(|path| files.named(path)).collect();
    let rules = rules::Rules::load(&options.hosts).map_err(|error| Error::Rules(error.to_string()))?;
    let mut roots: Vec<String> = match &options.root {
        Some(root) => vec![files.named(root)],
        None => paths.iter().map(|path| files.project_root(path)).collect(),
    };
    roots.sort();
    roots.dedup();
    let root = options.root.clone().unwrap_or_else(|| roots.join(", "));
    // what was named is looked at, even where ignore files or the root leave it out
    roots.extend(paths.iter().cloned());
    let work = || {
        let project = project::Project::open(files, &roots, &rules.project_evidence, &rules.file_evidence);
        check::run(&project, &rules, &root, &paths)
    };
    project::Project::on_large_stack(work).map_err(|error| Error::Threads(error.to_string()))
}
