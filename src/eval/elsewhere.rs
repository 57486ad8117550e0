//! What other programs of the project write to stores, for one that reads a key which nothing near it writes.

use super::engine::Shared;
use super::store::{StoreWrite, StoreWrites, store_files, store_writes_in};
use crate::ir::Name;
use crate::project::{Cache, Project};
use crate::rules::Rules;
use crate::text::FileId;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Other packages in which one key is looked for.
const PACKAGES: usize = 8;

/// What each package writes, by its number: found once in a run, whichever program asks first.
#[derive(Default)]
pub struct Elsewhere(Cache<usize, Arc<StoreWrites>>);

impl Elsewhere {
    /// Take what a program knows of the packages that are near it.
    pub(super) fn learn(&self, shared: &Shared<'_>, writes: &StoreWrites) {
        let project = shared.project;
        let mut near: FxHashMap<usize, Vec<StoreWrite>> = FxHashMap::default();
        let is_near = |file: &FileId| shared.near.as_ref().is_none_or(|near| project.is_part_of(near, *file));
        for file in project.ids().filter(is_near) {
            near.entry(project.package_of(file)).or_default();
        }
        for write in writes.all() {
            near.entry(project.package_of(write.at.file())).or_default().push(write.clone());
        }
        for (package, writes) in near {
            _ = self.0.get(&package, || Arc::new(writes.into_iter().collect()));
        }
    }

    /// A package is looked at by itself: what it writes is the same for all that ask.
    fn of_package(&self, project: &Project<'_>, rules: &Rules, package: usize) -> Arc<StoreWrites> {
        self.0.get(&package, || {
            let files: Vec<FileId> = project.ids().filter(|file| project.lies_in(package, *file)).collect();
            let region = project.only(&files);
            let shared = Shared::new(&region, rules);
            let writing = store_files(rules, &|word, limit| region.files_with(word, limit).0);
            Arc::new(writing.into_iter().flat_map(|file| store_writes_in(&shared, file)).collect())
        })
    }
}

/// The writes to a store under a key in the packages that are not near, of those that hold the key's text.
pub(super) fn written(shared: &Shared<'_>, store: &Arc<str>, key: &Name) -> Vec<StoreWrite> {
    let Some(near) = &shared.near else { return Vec::new() };
    let project = shared.project.whole();
    let packages = project.packages_beyond(near, &project.files_with(key, usize::MAX).0);
    if packages.len() > PACKAGES {
        // a word that everybody uses says nothing
        return Vec::new();
    }
    let writes = packages.into_iter().map(|package| shared.elsewhere.of_package(project, shared.rules, package));
    writes.flat_map(|writes| writes.of(store, key).to_vec()).collect()
}
