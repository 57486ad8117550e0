//! The `Cargo.toml` files of the project: its crates, where they begin, what they call each other.
//!
//! Read when a path asks for a crate. What has the wrong type is left out, the rest counts.

use super::{Project, Resolved};
use crate::text::FileId;
use crate::text::paths::{around, folders_shared, is_under, join, parent};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// The file's name.
pub(super) const NAME: &str = "Cargo.toml";

/// Folders whose files are crates of their own, each.
const TARGETS: &[&str] = &["src/bin", "examples", "tests", "benches"];

/// The crates of the project.
#[derive(Debug, Default)]
pub(super) struct Crates {
    by_folder: BTreeMap<String, Package>,
    /// Folders of the packages with a library, by its name in paths.
    by_name: BTreeMap<String, Vec<String>>,
    /// What workspaces let their members inherit, by the workspace's folder.
    workspaces: BTreeMap<String, BTreeMap<String, Dependency>>,
    /// The files in which crates begin, by their package's folder.
    roots: BTreeMap<String, Vec<FileId>>,
}

/// One Cargo package.
#[derive(Debug, Default)]
struct Package {
    folder: String,
    /// The library's name in paths, where there is a package at all.
    library: Option<String>,
    /// Where the library begins.
    lib_path: String,
    /// Where other targets begin that do not lie where Cargo looks by itself.
    targets: Vec<String>,
    dependencies: BTreeMap<String, Dependency>,
}

/// What a manifest says about a dependency.
#[derive(Clone, Debug, Default, PartialEq)]
struct Dependency {
    path: Option<String>,
    package: Option<String>,
    inherited: bool,
}

impl Package {
    fn new(folder: &str, table: &Table) -> Package {
        let lib = table.get("lib");
        let text = |section: Option<&Value>, key: &str| section?.get(key)?.as_str().map(str::to_owned);
        let name = text(lib, "name").or_else(|| text(table.get("package"), "name"));
        let lib_path = text(lib, "path").unwrap_or_else(|| "src/lib.rs".to_owned());
        let sections = ["bin", "example", "test", "bench"].iter().filter_map(|kind| table.get(*kind)?.as_array());
        let mut targets: Vec<String> =
            sections.flatten().filter_map(|target| Some(join(folder, target.get("path")?.as_str()?))).collect();
        targets.push(join(folder, &text(table.get("package"), "build").unwrap_or_else(|| "build.rs".to_owned())));
        let mut dependencies = dependencies_of(table);
        for (_, target) in table.get("target").and_then(Value::as_table).into_iter().flatten() {
            dependencies.extend(target.as_table().map(dependencies_of).unwrap_or_default());
        }
        Package {
            folder: folder.to_owned(),
            library: name.map(|name| in_paths(&name)),
            lib_path: join(folder, &lib_path),
            targets,
            dependencies,
        }
    }

    /// Whether a crate of this package begins in the file at `path`.
    fn begins_at(&self, path: &str) -> bool {
        if path == self.lib_path || self.targets.iter().any(|target| target == path) {
            return true;
        }
        let inside = |folder: &str| path.strip_prefix(&join(&self.folder, folder))?.strip_prefix('/');
        if matches!(inside("src"), Some("main.rs" | "lib.rs")) {
            return true;
        }
        TARGETS.iter().any(|folder| match inside(folder) {
            Some(rest) => !rest.contains('/') || rest.split_once('/').is_some_and(|(_, file)| file == "main.rs"),
            None => false,
        })
    }
}

/// The dependencies in the three sections of a table, by their names in paths.
fn dependencies_of(table: &Table) -> BTreeMap<String, Dependency> {
    let sections = ["build-dependencies", "dev-dependencies", "dependencies"];
    let tables = sections.iter().filter_map(|section| table.get(*section)?.as_table());
    tables.flatten().map(|(name, value)| (in_paths(name), dependency(value))).collect()
}

fn dependency(value: &Value) -> Dependency {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    Dependency {
        path: text("path"),
        package: text("package"),
        inherited: value.get("workspace").and_then(Value::as_bool) == Some(true),
    }
}

/// A package's name as paths spell it.
fn in_paths(name: &str) -> String {
    name.replace('-', "_")
}

impl Crates {
    fn own(&self, path: &str) -> Option<&Package> {
        let mut packages = around(parent(path)).filter_map(|folder| self.by_folder.get(folder));
        packages.find(|package| package.library.is_some())
    }

    /// What a package calls `name`: the dependency, and the folder its path starts from.
    fn dependency<'c>(&'c self, package: &'c Package, name: &str) -> Option<(&'c Dependency, &'c str)> {
        let declared = package.dependencies.get(name)?;
        if declared.inherited {
            for folder in around(&package.folder) {
                if let Some(inherited) = self.workspaces.get(folder).and_then(|all| all.get(name)) {
                    return Some((inherited, folder));
                }
            }
        }
        Some((declared, &package.folder))
    }
}

impl Project<'_> {
    /// The crates of the project.
    pub(super) fn crates(&self) -> &Crates {
        self.configs.crates.get_or_init(|| {
            let mut crates = Crates::default();
            for path in self.configs.named(NAME) {
                let table = self.config_text(path).and_then(|text| text.parse::<Table>().ok());
                let Some(table) = table else { continue };
                let folder = parent(path);
                let package = Package::new(folder, &table);
                let begins = |path: &str| self.by_path(path).is_some();
                if let Some(name) = &package.library
                    && (begins(&package.lib_path) || begins(&join(folder, "lib.rs")))
                {
                    crates.by_name.entry(name.clone()).or_default().push(folder.to_owned());
                }
                crates.by_folder.insert(folder.to_owned(), package);
                if let Some(workspace) = table.get("workspace").and_then(Value::as_table) {
                    crates.workspaces.insert(folder.to_owned(), dependencies_of(workspace));
                }
            }
            for file in self.ids() {
                let path = self.path(file);
                if path.ends_with(".rs")
                    && let Some(package) = crates.own(path)
                    && package.begins_at(path)
                {
                    let folder = package.folder.clone();
                    crates.roots.entry(folder).or_default().push(file);
                }
            }
            crates
        })
    }

    /// The crate that a file of the project calls `name`.
    pub(super) fn crate_named(&self, from: FileId, name: &str) -> Resolved {
        let crates = self.crates();
        let path = self.path(from);
        let mut real = name.to_owned();
        if let Some(own) = crates.own(path) {
            if let Some((dependency, folder)) = crates.dependency(own, name) {
                let place = dependency.path.as_ref().map(|path| join(folder, path));
                if let Some(file) = place.and_then(|place| self.library_in(&place)) {
                    return Resolved::File(file);
                }
                real = dependency.package.as_deref().map_or(real, in_paths);
            } else if own.library.as_deref() == Some(name)
                && let Some(file) = self.library_in(&own.folder)
            {
                return Resolved::File(file);
            }
        }
        let folders = crates.by_name.get(&real).map_or(&[][..], Vec::as_slice);
        let nearest = folders.iter().min_by_key(|folder| (std::cmp::Reverse(folders_shared(path, folder)), *folder));
        match nearest.and_then(|folder| self.library_in(folder)) {
            Some(file) => Resolved::Member(file, real),
            None => Resolved::Package(real),
        }
    }

    /// The names that the package of a file has for other crates.
    pub(super) fn dependencies_of(&self, file: FileId) -> Vec<String> {
        let Some(own) = self.crates().own(self.path(file)) else { return Vec::new() };
        own.dependencies.keys().chain(&own.library).cloned().collect()
    }

    /// The folders of the project's packages that the one in `folder` may depend on.
    pub(super) fn crates_used(&self, folder: &str) -> Vec<String> {
        let crates = self.crates();
        let Some(own) = crates.by_folder.get(folder) else { return Vec::new() };
        let mut used = Vec::new();
        for name in own.dependencies.keys() {
            let declared = crates.dependency(own, name);
            used.extend(declared.and_then(|(one, from)| one.path.as_ref().map(|path| join(from, path))));
            let real = declared.and_then(|(one, _)| one.package.as_deref()).map_or(name.clone(), in_paths);
            used.extend(crates.by_name.get(&real).into_iter().flatten().cloned());
        }
        used
    }

    /// The file in which the library of the package in `folder` begins.
    fn library_in(&self, folder: &str) -> Option<FileId> {
        let declared = self.crates().by_folder.get(folder).and_then(|package| self.by_path(&package.lib_path));
        declared.or_else(|| self.by_path(&join(folder, "src/lib.rs"))).or_else(|| self.by_path(&join(folder, "lib.rs")))
    }

    /// Whether a crate begins in a file: by its manifest, or by Cargo's customs.
    pub(super) fn begins_crate(&self, path: &str) -> bool {
        match self.crates().own(path) {
            Some(package) => package.begins_at(path),
            None => {
                let folder = parent(path);
                let in_folder = |name: &str| folder == name || folder.ends_with(&format!("/{name}"));
                ["bin", "examples", "tests", "benches"].iter().any(|name| in_folder(name))
            }
        }
    }

    /// The files in which the crates of the package around `path` begin that may hold it as a module, the nearest
    /// first, a library before a program.
    pub(super) fn crate_roots_around(&self, path: &str) -> Vec<FileId> {
        let crates = self.crates();
        let Some(package) = crates.own(path) else { return Vec::new() };
        let all = crates.roots.get(&package.folder).map_or(&[][..], Vec::as_slice);
        let mut found: Vec<FileId> =
            all.iter().copied().filter(|file| is_under(path, parent(self.path(*file)))).collect();
        found.sort_by_key(|file| {
            let root = self.path(*file);
            let depth = std::cmp::Reverse(root.matches('/').count());
            (depth, root != package.lib_path, !root.ends_with("/main.rs"), *file)
        });
        found
    }

    /// Modules that a `#[path = "…"]` brings, with the file that declares each.
    pub(super) fn modules_elsewhere(&self) -> &BTreeMap<FileId, FileId> {
        self.configs.modules_elsewhere.get_or_init(|| self.find_modules_elsewhere())
    }

    fn find_modules_elsewhere(&self) -> BTreeMap<FileId, FileId> {
        let attribute = memchr::memmem::Finder::new("path");
        let mut found = BTreeMap::new();
        for file in self.ids().filter(|file| self.path(*file).ends_with(".rs")) {
            let text = self.text(file);
            let is_attribute = |at: usize| text[..at].trim_end().ends_with('[');
            if !attribute.find_iter(text.as_bytes()).any(is_attribute) {
                continue;
            }
            let Some(lowered) = self.lowered(file) else { continue };
            for import in &lowered.ir.imports {
                if let Some(name) = import.specifier.strip_prefix("mod:")
                    && name.contains('#')
                    && let Some(child) = self.child_module(file, name)
                {
                    found.entry(child).or_insert(file);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_the_wrong_type_are_left_out() {
        let table = "lib = 1\nbin = [1, {path = 2}, {path = 'cmd/serve.rs'}]\n[package]\nname = 'a-b'\nbuild = false\n\
                     [dependencies]\nx = 1\ny-z = {path = '../y', package = 3}\n[target.'cfg(unix)']\ndependencies = 1\n";
        let package = Package::new("p", &table.parse().unwrap());
        assert_eq!(package.library.as_deref(), Some("a_b"));
        assert_eq!(package.targets, ["p/cmd/serve.rs", "p/build.rs"]);
        assert_eq!(package.dependencies["y_z"].path.as_deref(), Some("../y"));
        assert_eq!(package.dependencies["x"], Dependency::default());
    }

    #[test]
    fn crates_begin_where_cargo_looks() {
        let package = Package::new("p", &"[package]\nname = 'p'\n".parse().unwrap());
        for root in
            ["p/src/lib.rs", "p/src/main.rs", "p/src/bin/a.rs", "p/src/bin/a/main.rs", "p/tests/t.rs", "p/build.rs"]
        {
            assert!(package.begins_at(root), "{root}");
        }
        for module in ["p/src/a.rs", "p/src/bin/a/b.rs", "p/tests/common/mod.rs", "p/src/tests/t.rs", "p/src/a/main.rs"]
        {
            assert!(!package.begins_at(module), "{module}");
        }
    }
}
