//! The files of the project that hold no code but say how code is put together: which there are, and what was read of
//! them so far.
//!
//! Nothing is read before something asks for it, and then at most once.

use super::aliases::Config;
use super::cache::Cache;
use super::cargo::Crates;
use super::json::Json;
use super::loader::Loader;
use super::locks::Lock;
use super::manifest::{self, Manifest, Packages};
use super::settings::Settings;
use super::{Project, Resolved};
use crate::text::FileId;
use crate::text::paths::parent;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The largest configuration file that is read, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// The files around the code.
#[derive(Debug, Default)]
pub(super) struct Configs {
    /// Where the project was walked from.
    pub(super) roots: Vec<String>,
    paths: Vec<String>,
    /// The same, to look one up: where there is nothing to find, nobody does.
    present: OnceLock<FxHashSet<String>>,
    /// The folders that programs run in.
    homes: FxHashSet<String>,
    /// Configurations with aliases by folder, `tsconfig.json` first.
    pub(super) by_folder: FxHashMap<String, Vec<String>>,
    pub(super) manifests: Cache<String, Option<Arc<Manifest>>>,
    pub(super) packages: OnceLock<Packages>,
    pub(super) locks: Cache<String, Option<Arc<Lock>>>,
    pub(super) aliases: Cache<String, Option<Arc<Config>>>,
    pub(super) crates: OnceLock<Crates>,
    pub(super) settings: OnceLock<Settings>,
    pub(super) modules_elsewhere: OnceLock<BTreeMap<FileId, FileId>>,
    pub(super) resolved: References,
    pub(super) loaded: References,
    pub(super) loaders: Cache<usize, Arc<Vec<Loader>>>,
}

/// Where references lead, by file and specifier.
#[derive(Debug, Default)]
pub(super) struct References(Mutex<FxHashMap<FileId, FxHashMap<Box<str>, Resolved>>>);

impl References {
    /// Where `specifier` in `from` leads: as it is known, or as `find` finds it.
    pub(super) fn get(&self, from: FileId, specifier: &str, find: impl FnOnce() -> Resolved) -> Resolved {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().get(&from).and_then(|known| known.get(specifier).cloned());
        known.unwrap_or_else(|| {
            let found = find();
            lock().entry(from).or_default().insert(specifier.into(), found.clone());
            found
        })
    }
}

impl Configs {
    /// Whether a file without code is of interest.
    pub(super) fn wanted(path: &str) -> bool {
        let name = file_name(path);
        let is_lock = name == super::locks::CARGO || super::locks::NPM.contains(&name);
        let is_manifest = matches!(name, super::cargo::NAME | super::manifest::PNPM_WORKSPACE);
        is_data(name) || is_manifest || is_lock || super::settings::is_settings(name)
    }

    /// From sorted paths, found below `roots`.
    pub(super) fn new(paths: Vec<String>, roots: &[String]) -> Configs {
        let roots = roots.iter().map(|root| if root == "." { String::new() } else { root.clone() }).collect();
        let mut configs = Configs { roots, ..Configs::default() };
        for path in &paths {
            let name = file_name(path);
            if super::settings::HOMES.contains(&name) {
                configs.homes.insert(parent(path).to_owned());
            }
            if super::aliases::is_config(name) {
                let folder = parent(path).to_owned();
                configs.by_folder.entry(folder).or_default().push(path.clone());
            }
        }
        for paths in configs.by_folder.values_mut() {
            paths.sort_by_key(|path| super::aliases::rank(file_name(path)));
        }
        configs.paths = paths;
        configs
    }

    /// Whether there is such a file.
    pub(super) fn has(&self, path: &str) -> bool {
        self.present.get_or_init(|| self.paths.iter().cloned().collect()).contains(path)
    }

    /// The folders that programs run in, in no order.
    pub(super) fn homes(&self) -> impl Iterator<Item = &str> {
        self.homes.iter().map(String::as_str)
    }

    /// Whether a folder is one that programs run in.
    pub(super) fn is_home(&self, folder: &str) -> bool {
        self.homes.contains(folder)
    }

    /// All files without code, in order.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// All files of a name, in order.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = &str> {
        self.paths().filter(move |path| file_name(path) == name)
    }

    /// The files that say what the names of packages stand for, in order.
    pub(super) fn naming(&self) -> impl Iterator<Item = &str> {
        let is_naming =
            |name: &str| matches!(name, manifest::NAME | super::cargo::NAME) || super::aliases::is_config(name);
        self.paths().filter(move |path| is_naming(file_name(path)))
    }

    /// The files that code may import as data, in order.
    pub(super) fn data(&self) -> impl Iterator<Item = &str> {
        self.paths().filter(|path| is_data(file_name(path)))
    }
}

/// Whether code can import a file of this name as data.
pub(super) fn is_data(name: &str) -> bool {
    name.ends_with(".json") || name.ends_with(".jsonc") || name.ends_with(".json5")
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl Project<'_> {
    /// The text of a configuration file of the project.
    pub(super) fn config_text(&self, path: &str) -> Option<Arc<str>> {
        self.system.read_within(path, MAX_BYTES).ok()
    }

    /// What a configuration file of the project holds.
    pub(super) fn config_json(&self, path: &str) -> Option<Json> {
        if self.configs.has(path) { Json::parse(&self.config_text(path)?) } else { None }
    }
}
