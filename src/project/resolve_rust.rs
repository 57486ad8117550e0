//! From a Rust module reference to a file of the project.
//!
//! `mod name;`, `crate`, `super`, `self`, and the crates of the project by their package names.

use super::{Project, Resolved};
use crate::text::files::{join, parent};
use crate::text::{FileId, Files};
use std::collections::BTreeMap;

/// The Cargo packages of the project: folder by crate name.
#[derive(Debug, Default)]
pub(super) struct Packages {
    folders: BTreeMap<String, String>,
}

impl Packages {
    /// Read the names from the manifests. A manifest that cannot be read names nothing.
    pub(super) fn read(system: &dyn Files, manifests: &[String]) -> Packages {
        let mut folders = BTreeMap::new();
        for path in manifests {
            let name = system.read(path).ok().and_then(|text| text.parse::<toml::Table>().ok()).and_then(|table| {
                let name = |section: &str| table.get(section)?.get("name")?.as_str().map(str::to_owned);
                name("lib").or_else(|| name("package"))
            });
            if let Some(name) = name {
                folders.entry(name.replace('-', "_")).or_insert_with(|| parent(path).to_owned());
            }
        }
        Packages { folders }
    }
}

impl Project<'_> {
    /// Resolve the first segment of a path, or `mod:name`, as written in `from`.
    pub fn resolve_rust(&self, from: FileId, specifier: &str, inline_mods: u32) -> Resolved {
        let file = |found: Option<FileId>| found.map_or(Resolved::Missing, Resolved::File);
        match specifier {
            "crate" => file(self.crate_root(from)),
            "self" => Resolved::File(from),
            // inside an inline module, `super` is the file's own module
            "super" if inline_mods > 0 => Resolved::File(from),
            "super" => file(self.parent_module(from)),
            _ => match specifier.strip_prefix("mod:") {
                Some(name) => file(self.child_module(from, name)),
                None => match self.package(specifier) {
                    Some(root) => Resolved::File(root),
                    None => Resolved::Package(specifier.to_owned()),
                },
            },
        }
    }

    fn package(&self, name: &str) -> Option<FileId> {
        let folder = self.packages.folders.get(name)?;
        self.by_path(&join(folder, "src/lib.rs")).or_else(|| self.by_path(&join(folder, "lib.rs")))
    }

    /// The folder in which a file's child modules lie.
    fn module_folder(&self, file: FileId) -> String {
        let path = self.path(file);
        let folder = parent(path);
        let name = path.rsplit('/').next().unwrap_or(path);
        match name {
            "mod.rs" | "lib.rs" | "main.rs" => folder.to_owned(),
            _ if self.is_crate_root(path) => folder.to_owned(),
            _ => path.strip_suffix(".rs").unwrap_or(path).to_owned(),
        }
    }

    /// Whether a file is a crate's root by Cargo's conventions, besides `lib.rs` and `main.rs`.
    fn is_crate_root(&self, path: &str) -> bool {
        let folder = parent(path);
        let in_folder = |name: &str| folder == name || folder.ends_with(&format!("/{name}"));
        in_folder("bin") || in_folder("examples") || in_folder("tests") || in_folder("benches")
    }

    fn child_module(&self, from: FileId, name: &str) -> Option<FileId> {
        if let Some(path) = name.strip_prefix('#') {
            return self.by_path(&join(parent(self.path(from)), path));
        }
        let name = name.strip_prefix("r#").unwrap_or(name);
        let child = |folder: &str| {
            self.by_path(&join(folder, &format!("{name}.rs")))
                .or_else(|| self.by_path(&join(folder, &format!("{name}/mod.rs"))))
        };
        // a lone root file beside its modules has no conventional name
        child(&self.module_folder(from)).or_else(|| child(parent(self.path(from))))
    }

    fn parent_module(&self, from: FileId) -> Option<FileId> {
        let path = self.path(from);
        let folder = if path.ends_with("/mod.rs") { parent(parent(path)) } else { parent(path) };
        self.module_of_folder(folder)
    }

    /// The module whose children lie in `folder`.
    fn module_of_folder(&self, folder: &str) -> Option<FileId> {
        let inside = |name: &str| self.by_path(&join(folder, name));
        let beside = || if folder.is_empty() { None } else { self.by_path(&format!("{folder}.rs")) };
        inside("mod.rs").or_else(beside).or_else(|| inside("lib.rs")).or_else(|| inside("main.rs"))
    }

    fn crate_root(&self, from: FileId) -> Option<FileId> {
        let path = self.path(from);
        if self.is_crate_root(path) {
            return Some(from);
        }
        let mut folder = parent(path);
        loop {
            let inside = |name: &str| self.by_path(&join(folder, name));
            let found = match (inside("lib.rs"), inside("main.rs")) {
                // the binary beside a library is a crate of its own
                (_, Some(main)) if main == from => Some(main),
                (lib, main) => lib.or(main),
            };
            if found.is_some() {
                return found;
            }
            if folder.is_empty() {
                // a folder of loose files: the top one is the root
                return self.module_of_folder(parent(path)).or(Some(from));
            }
            folder = parent(folder);
        }
    }
}
