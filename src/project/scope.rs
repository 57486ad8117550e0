//! Which part of a project there is something to find in: the packages with evidence, and those tied to them.
//!
//! Large repositories hold many programs. A word that makes a file worth a look in one of them says nothing in another
//! that shares no code with it.

use super::Project;
use super::{cargo, manifest};
use crate::text::FileId;
use crate::text::files::{around, parent};
use crate::text::prefilter::Prefilter;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// The packages of a project and what they use of each other.
struct Packages<'f> {
    by_folder: FxHashMap<&'f str, usize>,
    /// The packages that each one depends on.
    uses: Vec<Vec<usize>>,
}

impl Packages<'_> {
    /// The package around a path; what lies in none is one together.
    fn of(&self, path: &str) -> usize {
        around(parent(path)).find_map(|folder| self.by_folder.get(folder).copied()).unwrap_or(0)
    }

    /// The packages in `from`, those that depend on them, and all that these depend on.
    fn tied(&self, from: &[bool]) -> Vec<bool> {
        let mut used_by: Vec<Vec<usize>> = vec![Vec::new(); self.uses.len()];
        for (user, used) in self.uses.iter().enumerate() {
            used.iter().for_each(|used| used_by[*used].push(user));
        }
        follow(&self.uses, &follow(&used_by, from))
    }
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
    pub(super) fn look_closer(&mut self, search: &Prefilter, all: bool, telling: &[String]) {
        let packages = self.packages();
        let mut with_evidence = vec![false; packages.uses.len()];
        let sources = self.files[..self.sources].iter().filter(|file| file.has_project_evidence);
        for path in sources.map(|file| &file.path).chain(telling) {
            with_evidence[packages.of(path)] = true;
        }
        let in_scope = packages.tied(&with_evidence);
        let ids: Vec<FileId> = self.ids().filter(|id| all || in_scope[packages.of(self.path(*id))]).collect();
        let found: Vec<FileId> = ids.into_par_iter().filter(|id| search.in_file(self.text(*id).as_bytes())).collect();
        for id in found {
            let file = &mut self.files[id.0 as usize];
            file.has_file_evidence = true;
            file.is_telling = file.has_project_evidence;
        }
    }

    fn packages(&self) -> Packages<'_> {
        let js = self.configs.named(manifest::NAME).iter();
        let js = js.filter(|path| self.manifest(parent(path)).is_some_and(|manifest| manifest.is_package()));
        let mut folders: Vec<&str> =
            js.chain(self.configs.named(cargo::NAME)).map(|path| parent(path)).chain([""]).collect();
        folders.sort_unstable();
        folders.dedup();
        let by_folder: FxHashMap<&str, usize> =
            folders.iter().enumerate().map(|(nth, folder)| (*folder, nth)).collect();
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
        Packages { by_folder, uses }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_what_they_use_are_tied() {
        // 0: none; 1 uses 2; 3 uses 2 and 4; 5 stands alone
        let uses = vec![vec![], vec![2], vec![], vec![2, 4], vec![], vec![]];
        let by_folder = [("", 0), ("a", 1), ("a/b", 2)].into_iter().collect();
        let packages = Packages { by_folder, uses };
        let tied = |nth: usize| {
            let mut from = vec![false; 6];
            from[nth] = true;
            let tied = packages.tied(&from);
            (0..6).filter(|nth| tied[*nth]).collect::<Vec<_>>()
        };
        assert_eq!(tied(1), [1, 2]);
        assert_eq!(tied(2), [1, 2, 3, 4]);
        assert_eq!(tied(5), [5]);
        assert_eq!([packages.of("x.js"), packages.of("a/x.js"), packages.of("a/b/c/x.js")], [0, 1, 2]);
    }
}
