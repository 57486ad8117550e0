//! Regions: parts of a project that share no code with each other, as far as manifests, imports and pages tell. A repository,
//! or a folder with many of them, holds many programs; what is looked for on behalf of one is looked for in its region.

use super::names::Wanted;
use super::{Cache, Project};
use crate::text::FileId;
use crate::text::paths::parent;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Deref;
use std::sync::Arc;

/// One region: a project that holds only its files, as far as words are searched for.
pub struct Region<'p> {
    project: &'p Project<'p>,
    files: &'p [FileId],
    found: Cache<String, Arc<Vec<FileId>>>,
}

impl<'p> Deref for Region<'p> {
    type Target = Project<'p>;

    fn deref(&self) -> &Project<'p> {
        self.project
    }
}

impl<'p> Region<'p> {
    fn new(project: &'p Project<'p>, files: &'p [FileId]) -> Region<'p> {
        Region { project, files, found: Cache::default() }
    }

    /// The whole project.
    pub fn whole(&self) -> &'p Project<'p> {
        self.project
    }

    /// Its source files, in order.
    pub fn ids(&self) -> impl Iterator<Item = FileId> {
        self.files.iter().copied()
    }

    /// Whether a file lies in it.
    pub fn holds(&self, file: FileId) -> bool {
        self.files.binary_search(&file).is_ok()
    }

    /// Its files whose text holds `word` as a whole identifier, in order, at most `limit`; whether there were more.
    pub fn files_with(&self, word: &str, limit: usize) -> (Vec<FileId>, bool) {
        let found = self.found.get(word, || Arc::new(self.project.search_in(self.files, word)));
        (found.iter().copied().take(limit).collect(), found.len() > limit)
    }

    /// Its files that hold a literal worth parsing for, and those that import one which names an endpoint's place or a
    /// client of it, through as many others as it takes.
    pub fn roots(&self) -> Vec<FileId> {
        self.project.roots_among(self.files)
    }
}

/// Rounds in which packages are looked for step by step, before all imports are looked at.
const ROUNDS: usize = 12;

/// Packages that are tied together, by number.
struct Ties(Vec<usize>);

impl Ties {
    fn new(count: usize) -> Ties {
        Ties((0..count).collect())
    }

    /// The package that stands for all that `package` is tied to.
    fn of(&mut self, mut package: usize) -> usize {
        while self.0[package] != package {
            self.0[package] = self.0[self.0[package]];
            package = self.0[package];
        }
        package
    }

    /// Tie two packages.
    fn tie(&mut self, one: usize, other: usize) {
        let (one, other) = (self.of(one), self.of(other));
        self.0[one.max(other)] = one.min(other);
    }
}

impl<'a> Project<'a> {
    /// The regions in which there is something to find.
    pub fn regions(&'a self) -> impl Iterator<Item = Region<'a>> {
        self.regions.iter().map(|files| Region::new(self, files))
    }

    /// Some of its files, which are in order, as a region of their own.
    pub fn only<'r>(&'r self, files: &'r [FileId]) -> Region<'r> {
        Region::new(self, files)
    }

    /// Find the regions around the packages `with_evidence`, and who imports whom in them.
    pub(super) fn find_regions(&mut self, with_evidence: Vec<bool>) {
        let mut ties = Ties::new(with_evidence.len());
        for (user, used) in self.packages_used().iter().enumerate() {
            used.iter().for_each(|used| ties.tie(user, *used));
        }
        for page in self.pages() {
            let packages = page.iter().map(|file| self.package_of(*file));
            packages.zip(page.iter().skip(1)).for_each(|(package, next)| ties.tie(package, self.package_of(*next)));
        }
        let all: Vec<FileId> = self.ids().collect();
        let mut imports: FxHashMap<FileId, Vec<FileId>> = FxHashMap::default();
        let (mut asked, mut round) = (0, 0);
        let alive = loop {
            round += 1;
            let mut alive = vec![false; with_evidence.len()];
            (0..alive.len()).filter(|nth| with_evidence[*nth]).for_each(|nth| alive[ties.of(nth)] = true);
            let mut lives = |file: &FileId| alive[ties.of(self.package_of(*file))];
            let (inside, outside): (Vec<FileId>, Vec<FileId>) = all.iter().partition(|file| lives(file));
            // a long chain of packages takes no round for each of them
            let asked_for = if round == ROUNDS { &all } else { &inside };
            let new: Vec<FileId> = asked_for.iter().copied().filter(|file| !imports.contains_key(file)).collect();
            if !new.is_empty() {
                self.note_ties(&new, &mut imports, &mut ties);
                continue;
            }
            if outside.is_empty() || inside.len() == asked {
                break alive;
            }
            // files of other packages import from these, whether or not their package says so
            asked = inside.len();
            let wanted = self.names_of(&inside);
            let may_import = |file: &FileId| !imports.contains_key(file) && self.may_name(*file, &wanted);
            let candidates: Vec<FileId> = outside.into_par_iter().filter(may_import).collect();
            self.note_ties(&candidates, &mut imports, &mut ties);
        };
        let mut regions: FxHashMap<usize, Vec<FileId>> = FxHashMap::default();
        for file in all {
            let part = ties.of(self.package_of(file));
            if alive[part] {
                regions.entry(part).or_default().push(file);
            }
        }
        let mut regions: Vec<Vec<FileId>> = regions.into_values().collect();
        regions.sort();
        self.in_regions = regions.iter().flatten().copied().collect();
        self.in_regions.sort_unstable();
        self.regions = regions;
        let importers = self.turn_round(self.ids().filter_map(|file| Some((file, &**imports.get(&file)?))));
        self.note_imports(&importers);
        _ = self.importers.set(importers);
    }

    /// What these files import, and which packages that ties together.
    fn note_ties(&self, files: &[FileId], imports: &mut FxHashMap<FileId, Vec<FileId>>, ties: &mut Ties) {
        let found: Vec<Vec<FileId>> = files.par_iter().map(|file| self.imports_of(*file)).collect();
        for (file, imported) in files.iter().zip(found) {
            let package = self.package_of(*file);
            imported.iter().for_each(|other| ties.tie(package, self.package_of(*other)));
            imports.insert(*file, imported);
        }
    }

    /// Whether a file may import something of these names that lies outside of its package.
    fn may_name(&self, file: FileId, wanted: &Wanted) -> bool {
        let names = &self.file(file).names;
        match self.levels_in_package(file) {
            Some(levels) => names.may_name_outside(levels, wanted),
            None => names.may_name(wanted),
        }
    }

    /// By which names other files may import these.
    fn names_of(&self, files: &[FileId]) -> Wanted {
        let mut wanted = Wanted::default();
        // `..` and `.` name a folder
        ["", ".", ".."].iter().for_each(|name| wanted.add(name));
        for file in files {
            wanted.add_file(self.path(*file));
        }
        let folders: FxHashSet<&str> = files.iter().map(|file| parent(self.path(*file))).collect();
        for manifest in folders.into_iter().filter_map(|folder| self.manifests_around(folder).next()) {
            manifest.name.iter().for_each(|name| wanted.add(name));
        }
        self.aliases().iter().for_each(|alias| wanted.add(alias));
        wanted
    }
}
