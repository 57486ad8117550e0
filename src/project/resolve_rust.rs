//! From a Rust module reference to a file of the project.
//!
//! `mod name;`, `crate`, `super`, `self`, and crates by the names that Cargo gives them.

use super::{Project, Resolved};
use crate::text::FileId;
use crate::text::paths::{around, join, parent};

/// How many modules may lie inside each other.
const DEPTH: usize = 32;

impl Project<'_> {
    /// Resolve the first segment of a path, or `mod:name`, as written in `from`.
    pub fn resolve_rust(&self, from: FileId, specifier: &str, inline_mods: u32) -> Resolved {
        // inside an inline module, `super` is the file's own module
        if specifier == "self" || specifier == "super" && inline_mods > 0 {
            return Resolved::File(from);
        }
        self.configs.resolved.get(from, specifier, || self.find_rust(from, specifier))
    }

    fn find_rust(&self, from: FileId, specifier: &str) -> Resolved {
        let file = |found: Option<FileId>| found.map_or(Resolved::Missing, Resolved::File);
        match specifier {
            "crate" => file(self.crate_root(from)),
            _ if specifier == "super" || specifier.starts_with("super::") => {
                file(specifier.split("::").try_fold(from, |module, _| self.parent_module(module)))
            }
            _ => match specifier.strip_prefix("mod:") {
                Some(name) => file(self.child_module(from, name)),
                None => self.crate_named(from, specifier),
            },
        }
    }

    /// The folder in which a file's child modules lie.
    fn module_folder(&self, file: FileId) -> String {
        let path = self.path(file);
        let folder = parent(path);
        let name = path.rsplit('/').next().unwrap_or(path);
        match name {
            "mod.rs" | "lib.rs" | "main.rs" => folder.to_owned(),
            _ if self.begins_crate(path) => folder.to_owned(),
            _ => path.strip_suffix(".rs").unwrap_or(path).to_owned(),
        }
    }

    /// The file of `mod name;` (`a/name` inside the inline module `a`; `#path` where an attribute says where it lies).
    pub(super) fn child_module(&self, from: FileId, name: &str) -> Option<FileId> {
        if let Some(path) = name.strip_prefix('#') {
            return self.by_path(&join(parent(self.path(from)), path));
        }
        if let Some((inside, path)) = name.split_once('#') {
            return self.by_path(&join(&join(&self.module_folder(from), inside), path));
        }
        let child = |folder: &str| {
            self.by_path(&join(folder, &format!("{name}.rs")))
                .or_else(|| self.by_path(&join(folder, &format!("{name}/mod.rs"))))
        };
        // a lone root file beside its modules has no conventional name
        child(&self.module_folder(from)).or_else(|| child(parent(self.path(from))))
    }

    fn parent_module(&self, from: FileId) -> Option<FileId> {
        if let Some(file) = self.modules_elsewhere().get(&from) {
            return Some(*file);
        }
        let path = self.path(from);
        let folder = if path.ends_with("/mod.rs") { parent(parent(path)) } else { parent(path) };
        let module = self.module_of_folder(folder).filter(|module| *module != from);
        module.or_else(|| self.declaring_root(from)).or_else(|| self.root_in(folder))
    }

    /// The module, other than a crate's root, whose children lie in `folder`.
    fn module_of_folder(&self, folder: &str) -> Option<FileId> {
        let beside = || if folder.is_empty() { None } else { self.by_path(&format!("{folder}.rs")) };
        self.by_path(&join(folder, "mod.rs")).or_else(beside)
    }

    /// A crate's root, by its name alone.
    fn root_in(&self, folder: &str) -> Option<FileId> {
        self.by_path(&join(folder, "lib.rs")).or_else(|| self.by_path(&join(folder, "main.rs")))
    }

    fn crate_root(&self, from: FileId) -> Option<FileId> {
        let mut module = from;
        for _ in 0..DEPTH {
            match self.modules_elsewhere().get(&module) {
                Some(file) => module = *file,
                None => break,
            }
        }
        let path = self.path(module);
        if self.begins_crate(path) {
            return Some(module);
        }
        if let Some(root) = self.declaring_root(module) {
            return Some(root);
        }
        // no manifest says anything: the nearest root by name
        for folder in around(parent(path)) {
            // the binary beside a library is a crate of its own
            let itself = self.by_path(&join(folder, "main.rs")).filter(|main| *main == module);
            let found = itself.or_else(|| self.root_in(folder));
            if found.is_some() {
                return found;
            }
        }
        // a folder of loose files: the top one is the root
        self.module_of_folder(parent(path)).or(Some(module))
    }

    /// The crate root of the package that declares the module through which `from` is reached.
    fn declaring_root(&self, from: FileId) -> Option<FileId> {
        let path = self.path(from);
        let roots: Vec<FileId> = self.crate_roots_around(path).into_iter().filter(|root| *root != from).collect();
        let declares = |root: &FileId| {
            let folder = parent(self.path(*root));
            let rest = path[folder.len()..].trim_start_matches('/');
            let top = rest.split('/').next().unwrap_or(rest);
            let wanted = format!("mod:{}", top.strip_suffix(".rs").unwrap_or(top));
            self.lowered(*root).is_some_and(|lowered| {
                lowered.ir.imports.iter().any(|import| {
                    let name = &*import.specifier;
                    name == wanted || name.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.starts_with('/'))
                })
            })
        };
        roots.iter().copied().find(declares).or_else(|| roots.first().copied())
    }
}
