#![doc = include_str!("../README.md")]

pub mod check;
pub mod config;
pub mod eval;
pub mod ir;
pub mod lower;
pub mod project;
pub mod report;
pub mod rules;
pub mod text;

use check::policy::Policy;
use check::watch::{Nobody, Stage, Watch};
use std::borrow::Borrow;
use std::path::PathBuf;
use std::sync::Arc;
use text::globs::Excluding;
use text::witness::{Conclusion, Witness};
use text::{Globs, Mistake};

/// What is said of a project in which fewer files had to be parsed is found out again as quickly.
const KEPT_FROM: usize = 50;

/// What to analyse.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What to report: files and folders.
    pub paths: Vec<String>,
    /// What may be read; by default the repository around the paths.
    pub root: Option<String>,
    /// The teams' own tenant and custom domains.
    pub hosts: Vec<String>,
    /// The teams' own rules: files and folders of files.
    pub rules: Vec<String>,
    /// Hosts of one's own: what is sent there is no finding.
    pub own_hosts: Vec<String>,
    /// Files that are not there.
    pub exclude: Option<Globs>,
    /// What the team decided about findings.
    pub policy: Policy,
    /// Which part of the requests to look at; without it, all.
    pub part: Option<check::unite::Part>,
    /// Whether to look closer at every file, whatever literals it holds: slow, and the report is the same.
    pub all_files: bool,
    /// A folder in which to keep what was seen in files that hold nothing, so that they need not be read again until they
    /// change; and what was found in a whole project, until anything in it changes.
    pub cache: Option<PathBuf>,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A path that was given does not exist.
    #[error("there is no file or folder {0:?}")]
    NoSuchPath(String),
    /// A path that was given cannot be read.
    #[error("{path:?}: {reason}")]
    Unreadable {
        /// Which.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// A folder that was named for its rules has none.
    #[error("the folder {0:?} holds no rule file (`*.toml`)")]
    NoRules(String),
    /// The rules that come with the tool are broken.
    #[error("the rules cannot be loaded: {0}")]
    Rules(String),
    /// A file that a person wrote for this program is broken.
    #[error("{0}")]
    Mistake(Box<Mistake>),
    /// The system gives no threads.
    #[error("no threads to work with: {0}")]
    Threads(String),
}

/// Analyse the files that `options` names.
///
/// PATHS say what is reported; the project around them is what may be read. The rules are only compiled where some file
/// holds a literal without which nothing can be found.
pub fn analyze(files: &dyn text::Files, options: &Options) -> Result<check::model::Report, Error> {
    analyze_watched(files, options, &Nobody)
}

/// The rules of this build with the own ones that `options` names, ready for [`analyze_with`].
pub fn compile_rules(files: &dyn text::Files, options: &Options) -> Result<rules::Rules, Error> {
    if options.rules.is_empty() {
        return rules::Rules::load(&options.hosts, &options.own_hosts).map_err(broken);
    }
    read_rules(files, &options.rules)?.compile(&options.hosts, &options.own_hosts).map_err(broken)
}

/// [`analyze`] with rules that were compiled before, for one who analyses many projects: those that `options` names are
/// not read.
pub fn analyze_with(
    files: &dyn text::Files,
    options: &Options,
    rules: &rules::Rules,
) -> Result<check::model::Report, Error> {
    analyze_in(files, options, (rules, None), || Ok(rules), &Nobody)
}

/// [`analyze`] for one who waits, and wants to know how far it is.
pub fn analyze_watched(
    files: &dyn text::Files,
    options: &Options,
    watch: &dyn Watch,
) -> Result<check::model::Report, Error> {
    if options.rules.is_empty() {
        let outline = rules::Rules::outline(&options.hosts, &options.own_hosts)
            .map_err(|mistake| Error::Rules(mistake.to_string()))?;
        let known = (&outline, Some(Vec::new()));
        return analyze_in(files, options, known, || compile_rules(files, options), watch);
    }
    // own rules may have literals of their own, and mistakes
    let all = read_rules(files, &options.rules)?;
    let own = all.own().map(|source| (source.name.clone(), source.text.clone())).collect();
    let rules = all.compile(&options.hosts, &options.own_hosts).map_err(broken)?;
    analyze_in(files, options, (&rules, Some(own)), || Ok(&rules), watch)
}

/// The files of own rules, each with its name and its text: what is found depends on them.
type OwnRules = Vec<(String, Arc<str>)>;

/// What `outline` looks for is found before the `whole` rules are needed, if they are. Where the `own` ones among them are
/// not known, what is found is not kept.
fn analyze_in<R: Borrow<rules::Rules> + Send>(
    files: &dyn text::Files,
    options: &Options,
    (outline, own): (&rules::Rules, Option<OwnRules>),
    whole: impl FnOnce() -> Result<R, Error> + Send,
    watch: &dyn Watch,
) -> Result<check::model::Report, Error> {
    watch.begins(Stage::Look);
    let given: &[String] = if options.paths.is_empty() { &[".".to_owned()] } else { &options.paths };
    for path in given.iter().chain(&options.root) {
        if !files.exists(path) {
            return Err(Error::NoSuchPath(path.clone()));
        }
    }
    let paths: Vec<String> = given.iter().map(|path| files.named(path)).collect();
    let mut roots: Vec<String> = match &options.root {
        Some(root) => vec![files.named(root)],
        None => paths.iter().map(|path| files.project_root(path)).collect(),
    };
    roots.sort();
    roots.dedup();
    // the same wherever the program runs, as far as that can be
    let base = roots.first().and_then(|root| files.repository(root)).unwrap_or_else(|| ".".to_owned());
    let root = options.root.clone().unwrap_or_else(|| roots.join(", "));
    let whole_project = roots.iter().all(|root| paths.iter().any(|path| text::paths::is_inside(root, path)));
    // paths are told apart as they are seen from the working directory
    let around = (files.absolute("."), roots.clone());
    // what was named is looked at, even where ignore files or the root leave it out
    roots.extend(paths.iter().cloned());
    let excluding = options.exclude.as_ref().map(|globs| Excluding::new(files, globs));
    let remaining: &dyn text::Files = excluding.as_ref().map_or(files, |files| files);
    let literals = text::Literals { all: options.all_files, ..outline.literals.clone() };
    let beside = |path: &str| outline.outside.wants(path);
    // of a part of the project another part is asked for each time
    let own = own.filter(|_| whole_project && options.part.is_none());
    let kept = options.cache.as_ref().zip(own).map(|(folder, own)| {
        let Options { hosts, own_hosts, exclude, all_files, .. } = options;
        Conclusion::about(folder, &around, &(&root, &paths, &base, hosts, own_hosts, exclude, all_files, own))
    });
    let work = || {
        let recalled = kept.as_ref().and_then(|kept| kept.recall(remaining, &|path| project::wanted(path, &beside)));
        let read = |path: &str| remaining.read(path).ok();
        if let Some(report) = recalled.and_then(|bytes| report::kept::unpack(&bytes, read)) {
            return Ok(report);
        }
        let seen = options.cache.as_ref().map(|folder| text::Seen::open(folder, &around, &format!("{literals:?}")));
        let witness = kept.as_ref().map(|_| Witness::new(remaining));
        let system = witness.as_ref().map_or(remaining, |witness| witness);
        let report = {
            let looked = project::Looked::new(system, seen.as_ref(), &roots, &literals, &beside);
            let scope = check::Scope { root, paths, base, part: options.part };
            let (project, whole) = if looked.has_evidence() {
                let (project, whole) = rayon::join(|| looked.opened(), whole);
                (project, Some(whole?))
            } else {
                (looked.opened(), None)
            };
            let rules = whole.as_ref().map_or(outline, Borrow::borrow);
            let mut report = check::run(&project, rules, scope, watch);
            watch.begins(Stage::Conclude);
            check::suppress::apply(&mut report, &project, whole_project);
            report
        };
        seen.into_iter().for_each(text::Seen::save);
        if report.files.parsed >= KEPT_FROM
            && let Some(kept) = &kept
            && let Some(testimony) = witness.and_then(Witness::testimony)
            && let Some(bytes) = report::kept::pack(&report)
        {
            kept.keep(&testimony, &bytes);
        }
        Ok(report)
    };
    let mut report = project::Project::on_large_stack(work).map_err(|error| Error::Threads(error.to_string()))??;
    let left_out = excluding.as_ref().map(Excluding::left_out).unwrap_or_default();
    report.files.excluded = left_out.iter().filter(|path| lower::Syntax::of_path(path).is_some()).count();
    options.policy.apply(&mut report, files, whole_project);
    report.sort();
    Ok(report)
}

/// The rules of this build, and the own ones at `paths`: files, and all `.toml` files of folders.
pub fn read_rules(files: &dyn text::Files, paths: &[String]) -> Result<rules::RuleFiles, Error> {
    let mut all = rules::RuleFiles::embedded().map_err(|mistake| Error::Rules(mistake.to_string()))?;
    for path in paths {
        for file in rule_files(files, path)? {
            let unreadable =
                |error: text::files::ReadError| Error::Unreadable { path: file.clone(), reason: error.to_string() };
            let text = files.read(&file).map_err(unreadable)?;
            all.add(&file, text).map_err(broken)?;
        }
    }
    Ok(all)
}

/// The rule files that `path` names.
fn rule_files(files: &dyn text::Files, path: &str) -> Result<Vec<String>, Error> {
    if !files.exists(path) {
        return Err(Error::NoSuchPath(path.to_owned()));
    }
    let named = files.named(path);
    if !files.is_dir(path) {
        return Ok(vec![named]);
    }
    let text::files::Walked { files: found, unreadable } = files.walk(&named, &|path| path.ends_with(".toml").into());
    if let Some((path, reason)) = unreadable.into_iter().next() {
        return Err(Error::Unreadable { path, reason });
    }
    let mut found: Vec<String> = found.into_iter().map(|(path, _)| path).collect();
    found.sort();
    if found.is_empty() {
        return Err(Error::NoRules(path.to_owned()));
    }
    Ok(found)
}

fn broken(mistake: Mistake) -> Error {
    Error::Mistake(Box::new(mistake))
}
