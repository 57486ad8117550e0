//! Which part of a project there is something to find in: the packages with evidence, and those tied to them.
//!
//! Large repositories hold many programs. A word that makes a file worth a look in one of them says nothing in another
//! that shares no code with it, and neither does what one of them keeps under a key of a store.

use super::{Cache, Project};
use super::{cargo, manifest};
use crate::text::FileId;
use crate::text::paths::{around, parent};
use crate::text::prefilter::Prefilter;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Arc, OnceLock};

/// The packages of a project and what they use of each other.
#[derive(Debug, Default)]
pub(super) struct Packages {
    by_folder: FxHashMap<String, usize>,
    /// The packages that each one depends on.
    uses: Vec<Vec<usize>>,
    /// Those that each one imports files of, whether or not it says that it depends on them.
    imports: OnceLock<Vec<Vec<usize>>>,
    /// Those in whose folder others lie, once something asks.
    nesting: OnceLock<FxHashSet<usize>>,
    /// The package around each source, once something asks.
    of_sources: OnceLock<Vec<usize>>,
    /// The packages that make up the applications around one.
    applications: Cache<usize, Arc<Vec<bool>>>,
}

/// Some of a project's packages, by number.
#[derive(Clone, Debug)]
pub struct Applications(Vec<bool>);

impl Packages {
    /// The package around a path; what lies in none is one together.
    fn of(&self, path: &str) -> usize {
        around(parent(path)).find_map(|folder| self.by_folder.get(folder).copied()).unwrap_or(0)
    }

    /// The packages of the applications that `package` is part of: those that use it, and all that these use.
    fn application(&self, package: usize) -> Arc<Vec<bool>> {
        self.applications.get(&package, || {
            let mut from = vec![false; self.uses.len()];
            from[package] = true;
            Arc::new(self.applications_of(&from))
        })
    }

    /// The packages of the applications that those in `from` are part of.
    fn applications_of(&self, from: &[bool]) -> Vec<bool> {
        let mut uses = self.uses.clone();
        for (own, imported) in uses.iter_mut().zip(self.imports.get().into_iter().flatten()) {
            own.extend(imported);
        }
        tied(&uses, from)
    }
}

/// The packages in `from`, those that use them, and all that these use.
fn tied(uses: &[Vec<usize>], from: &[bool]) -> Vec<bool> {
    let mut used_by: Vec<Vec<usize>> = vec![Vec::new(); uses.len()];
    for (user, used) in uses.iter().enumerate() {
        used.iter().for_each(|used| used_by[*used].push(user));
    }
    follow(uses, &follow(&used_by, from))
}

/// What can be reached from `from`, itself among it.
fn follow(edges: &[Vec<usize>], from: &[bool]) -> Vec<bool> {
    let mut reached = vec![false; from.len()];
    let mut queue: Vec<usize> = (0..from.len()).filter(|nth| from[*nth]).collect();
    while let Some(next) = queue.pop() {
        if !std::mem::replace(&mut reached[next], true) {
            queue.extend(&edges[next]);
        }
    }
    reached
}

impl Project<'_> {
    /// Look for the literals that make a file worth a look, where there is something to find: around the files with
    /// evidence and around the settings and data at `telling`. With `all`, in every file.
    /// Tells which packages hold evidence.
    pub(super) fn look_closer(&mut self, search: &Prefilter, all: bool, telling: &[String]) -> Vec<bool> {
        let packages = self.read_scopes();
        let mut with_evidence = vec![all; packages.uses.len()];
        let sources = self.files[..self.sources].iter().filter(|file| file.signs.project);
        for path in sources.map(|file| &*file.path).chain(telling.iter().map(String::as_str)) {
            with_evidence[packages.of(path)] = true;
        }
        let in_scope = tied(&packages.uses, &with_evidence);
        let ids: Vec<FileId> = self.ids().filter(|id| in_scope[packages.of(self.path(*id))]).collect();
        let found: Vec<FileId> = ids.into_par_iter().filter(|id| search.in_file(self.text(*id).as_bytes())).collect();
        for id in found {
            let file = &mut self.files[id.0 as usize];
            file.has_file_evidence = true;
            file.is_telling = file.signs.project;
        }
        self.packages = packages;
        with_evidence
    }

    /// Whether two files are parts of one application: they lie in one package, or in packages that are used together.
    pub fn in_one_application(&self, one: FileId, other: FileId) -> bool {
        let (one, other) = (self.package_of(one), self.package_of(other));
        one == other || self.packages.application(one)[other]
    }

    /// Which packages make up the applications that these files are part of; `None` where those are all there are.
    pub fn applications_of(&self, files: &[FileId]) -> Option<Applications> {
        let mut from = vec![false; self.packages.uses.len()];
        files.iter().for_each(|file| from[self.package_of(*file)] = true);
        let near = self.packages.applications_of(&from);
        near.iter().any(|near| !near).then_some(Applications(near))
    }

    /// Whether a file is part of these applications.
    pub fn is_part_of(&self, applications: &Applications, file: FileId) -> bool {
        applications.0.get(self.package_of(file)).is_none_or(|near| *near)
    }

    /// The packages, by number, that some of these files lie in and that are no part of the applications.
    pub fn packages_beyond(&self, applications: &Applications, files: &[FileId]) -> Vec<usize> {
        let beyond = files.iter().filter(|file| !self.is_part_of(applications, **file));
        let mut packages: Vec<usize> = beyond.map(|file| self.package_of(*file)).collect();
        packages.sort_unstable();
        packages.dedup();
        packages
    }

    /// Whether a file lies in the package of this number.
    pub fn lies_in(&self, package: usize, file: FileId) -> bool {
        self.package_of(file) == package
    }

    /// The packages that each one says it uses.
    pub(super) fn packages_used(&self) -> &[Vec<usize>] {
        &self.packages.uses
    }

    /// The package around a file, and those around that.
    pub(super) fn packages_around(&self, file: FileId) -> Vec<usize> {
        let folders = around(parent(self.path(file)));
        folders.filter_map(|folder| self.packages.by_folder.get(folder).copied()).collect()
    }

    /// How many folders a file lies below that of its package; `None` where other packages lie in that.
    pub(super) fn levels_in_package(&self, file: FileId) -> Option<usize> {
        let by_folder = &self.packages.by_folder;
        let nesting = self.packages.nesting.get_or_init(|| {
            let outer = by_folder.keys().filter(|folder| !folder.is_empty()).flat_map(|folder| around(parent(folder)));
            outer.filter_map(|folder| by_folder.get(folder).copied()).collect()
        });
        let below = around(parent(self.path(file))).take_while(|folder| !by_folder.contains_key(*folder)).count();
        (!nesting.contains(&self.package_of(file))).then_some(below)
    }

    /// The package around a file.
    pub(crate) fn package_of(&self, file: FileId) -> usize {
        let of = |file: FileId| self.packages.of(self.path(file));
        let known = self.packages.of_sources.get_or_init(|| self.ids().map(of).collect());
        // data comes behind the sources
        known.get(file.0 as usize).copied().unwrap_or_else(|| of(file))
    }

    /// Note which packages' files are imported by which others', given who imports each file.
    pub(super) fn note_imports(&self, importers: &[Vec<FileId>]) {
        self.packages.imports.get_or_init(|| {
            let mut imports = vec![Vec::new(); self.packages.uses.len()];
            for (file, importers) in self.ids().zip(importers) {
                let imported = self.package_of(file);
                let others = importers.iter().map(|importer| self.package_of(*importer));
                others.filter(|importer| *importer != imported).for_each(|importer| imports[importer].push(imported));
            }
            imports
        });
    }

    fn read_scopes(&self) -> Packages {
        let js = self.configs.named(manifest::NAME);
        let js = js.filter(|path| self.manifest(parent(path)).is_some_and(|manifest| manifest.is_package()));
        let mut folders: Vec<&str> = js.chain(self.configs.named(cargo::NAME)).map(parent).chain([""]).collect();
        folders.sort_unstable();
        folders.dedup();
        let by_folder: FxHashMap<String, usize> =
            folders.iter().enumerate().map(|(nth, folder)| ((*folder).to_owned(), nth)).collect();
        let uses = folders.iter().map(|folder| {
            let mut used = self.folders_used(folder);
            used.extend(self.crates_used(folder));
            let mut used: Vec<usize> =
                used.iter().filter_map(|folder| by_folder.get(folder.as_str()).copied()).collect();
            used.sort_unstable();
            used.dedup();
            used
        });
        let uses = uses.collect();
        Packages { by_folder, uses, ..Packages::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_what_they_use_are_tied() {
        // 0: none; 1 uses 2; 3 uses 2 and 4; 5 imports files of 6
        let uses = vec![vec![], vec![2], vec![], vec![2, 4], vec![], vec![], vec![]];
        let folders = [("", 0), ("a", 1), ("a/b", 2)];
        let by_folder = folders.into_iter().map(|(folder, nth)| (folder.to_owned(), nth)).collect();
        let packages = Packages { by_folder, uses, ..Packages::default() };
        assert_eq!([packages.of("x.js"), packages.of("a/x.js"), packages.of("a/b/c/x.js")], [0, 1, 2]);
        _ = packages.imports.set(vec![vec![], vec![], vec![], vec![], vec![], vec![6], vec![]]);
        let application = |nth: usize| {
            let tied = packages.application(nth);
            (0..7).filter(|nth| tied[*nth]).collect::<Vec<_>>()
        };
        assert_eq!(application(1), [1, 2]);
        assert_eq!(application(2), [1, 2, 3, 4]);
        assert_eq!(application(6), [5, 6]);
    }
}
