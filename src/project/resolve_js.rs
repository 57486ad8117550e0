//! From a JS import specifier to a file of the project.
//!
//! As Node, TypeScript and bundlers resolve it, without `node_modules`: the packages of the project are found by their
//! names, what is built by what it is built from. Where no configuration says what a name stands for, customs do.

use super::Project;
use super::configs::{file_name, is_data};
use super::manifest::Dependency;
use super::targets::{ENTRIES, entries_of, is_built, sources_of, targets};
use crate::text::FileId;
use crate::text::paths::{around, join, parent};

/// Where a module reference leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// To a file of the project.
    File(FileId),
    /// To a file of the project by a name that could be a package's: the first file, and the specifier. A copy of a
    /// package that is known may be better known by its name.
    Member(FileId, String),
    /// To a package, by its specifier.
    Package(String),
    /// To a file that is not in the project.
    Missing,
}

/// Endings that may be left off, in the order in which they are tried. Data comes before mere types.
const ENDINGS: &[&str] = &[".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".json", ".vue"];
const TYPES: &[&str] = &[".d.ts", ".d.mts", ".d.cts"];
/// Variants of a file for a platform.
const PLATFORMS: &[&str] = &[".native", ".web", ".ios", ".android"];
/// First segments that stand for the sources' folder.
const HOMES: &[&str] = &["@", "~", "@@", "~~", "#", "$lib", "@src", "@app", "@root"];

impl Project<'_> {
    /// Resolve `specifier` as written in `from`.
    pub fn resolve_js(&self, from: FileId, specifier: &str) -> Resolved {
        self.configs.resolved.get(from, specifier, || self.find_js(from, specifier))
    }

    fn find_js(&self, from: FileId, specifier: &str) -> Resolved {
        let folder = parent(self.path(from));
        // a bundler's query: './x?raw'
        let specifier = specifier.split('?').next().unwrap_or(specifier);
        if specifier.starts_with('.') {
            let path = join(folder, specifier);
            return self.relative(folder, &path).map_or(Resolved::Missing, Resolved::File);
        }
        if let Some(rest) = specifier.strip_prefix('/') {
            return self.rooted(folder, rest).map_or(Resolved::Missing, Resolved::File);
        }
        self.named_module(from, folder, specifier)
    }

    fn relative(&self, folder: &str, path: &str) -> Option<FileId> {
        let elsewhere = || self.other_roots(folder, path).iter().find_map(|path| self.js_file(path, true));
        let unbuilt = || {
            let cuts = path.match_indices('/').map(|(at, _)| (&path[..at], &path[at + 1..]));
            let mut cuts = std::iter::once(("", path)).chain(cuts);
            cuts.find_map(|(package, target)| self.source_of(package, target))
        };
        self.js_file(path, true).or_else(elsewhere).or_else(unbuilt)
    }

    /// `/x`: below the folder that is served or built, which lies around.
    fn rooted(&self, folder: &str, rest: &str) -> Option<FileId> {
        around(folder).find_map(|folder| {
            ["", "public", "static"].iter().find_map(|inside| self.js_file(&join(&join(folder, inside), rest), true))
        })
    }

    fn named_module(&self, from: FileId, folder: &str, specifier: &str) -> Resolved {
        let other = |file: &FileId| *file != from;
        if specifier.starts_with('#') {
            for manifest in self.manifests_around(folder) {
                let Some(imports) = &manifest.imports else { continue };
                for target in targets(imports, specifier) {
                    if !target.starts_with('.') {
                        return self.package(folder, &target);
                    }
                    if let Some(file) = self.built(&manifest.folder, &target).filter(other) {
                        return Resolved::File(file);
                    }
                }
            }
        }
        for config in self.configs_around(folder) {
            for target in config.targets(specifier).into_iter().flatten() {
                if target.contains(':') {
                    return Resolved::Package(plain(&target));
                }
                if let Some(file) = self.js_code(&target).or_else(|| self.source_of("", &target)).filter(other) {
                    // the name may be a library's, in its own repository
                    return Resolved::Member(file, plain(specifier));
                }
            }
        }
        let (name, _) = package_name(specifier);
        if self.dependency(folder, name).is_some() {
            return self.package(folder, specifier);
        }
        for config in self.configs_around(folder) {
            for target in config.catches_all(specifier) {
                if let Some(file) = self.js_code(&target).filter(other) {
                    return Resolved::File(file);
                }
            }
        }
        match self.package(folder, specifier) {
            Resolved::Package(name) => self.aliased(from, specifier).map_or(Resolved::Package(name), Resolved::File),
            found => found,
        }
    }

    /// A package, as one of `folder` names it.
    fn package(&self, folder: &str, specifier: &str) -> Resolved {
        let specifier = plain(specifier);
        let (name, inside) = package_name(&specifier);
        let (real, is_own) = match self.dependency(folder, name) {
            Some(Dependency::At(place)) => {
                let file = self.entry(&place, inside);
                return match file {
                    Some(file) => Resolved::Member(file, specifier),
                    None => Resolved::Package(specifier),
                };
            }
            Some(Dependency::Own(real)) => (real, true),
            Some(Dependency::Named(real)) => (real, false),
            None => (name.to_owned(), false),
        };
        let whole = if inside.is_empty() { real.clone() } else { format!("{real}/{inside}") };
        let package = self.package_named(folder, &real);
        match package.and_then(|package| self.entry(&package.folder, inside)) {
            Some(file) if is_own => Resolved::File(file),
            Some(file) => Resolved::Member(file, whole),
            None => Resolved::Package(whole),
        }
    }

    /// The file in which a package of the project begins; with `inside`, the one that it offers under that path.
    fn entry(&self, folder: &str, inside: &str) -> Option<FileId> {
        let manifest = self.manifest(folder);
        let subpath = if inside.is_empty() { ".".to_owned() } else { format!("./{inside}") };
        let mut named = Vec::new();
        if let Some(manifest) = &manifest {
            named.extend(manifest.exports.iter().flat_map(|exports| targets(exports, &subpath)));
            if inside.is_empty() {
                named.extend(manifest.entries.iter().cloned());
            }
        }
        if let Some(file) = named.iter().find_map(|target| self.built(folder, target)) {
            return Some(file);
        }
        if !inside.is_empty() {
            let places = ["", "src", "lib"];
            return self
                .built(folder, inside)
                .or_else(|| places.iter().find_map(|place| self.js_code(&join(&join(folder, place), inside))));
        }
        let customs = named.iter().flat_map(|target| entries_of(target));
        let mut customs = customs.chain(ENTRIES.iter().map(|entry| (*entry).to_owned()));
        customs.find_map(|entry| self.plain_file(&join(folder, &entry), false))
    }

    /// A file that a package names, or the source it is built from.
    fn built(&self, folder: &str, target: &str) -> Option<FileId> {
        let itself = || self.plain_file(&join(folder, target), false);
        let source = || self.source_of(folder, target);
        if is_built(target) { source().or_else(itself) } else { itself().or_else(source) }
    }

    fn source_of(&self, folder: &str, target: &str) -> Option<FileId> {
        sources_of(target).iter().find_map(|source| self.plain_file(&join(folder, source), false))
    }

    /// A specifier that a bundler maps into the project by custom: `@/x`, `~/x`, `src/x`, `app/x`. Tried from the
    /// importing file's folder outward, in the folder itself and in its `src` and `app`.
    fn aliased(&self, from: FileId, specifier: &str) -> Option<FileId> {
        let folder = parent(self.path(from));
        let (first, rest) = specifier.split_once('/')?;
        let rest = if HOMES.contains(&first) {
            rest
        } else if let Some(name) = specifier.strip_prefix('@') {
            // `@api/x` is a folder's nickname, unless nothing says which packages there are
            self.manifests_around(folder).next()?;
            name
        } else {
            specifier
        };
        if !self.any_is_called_like(rest) {
            return None;
        }
        let found = around(folder).find_map(|folder| {
            let places = ["", "src", "app", "lib"];
            places.iter().find_map(|inside| self.js_code(&join(&join(folder, inside), rest)))
        });
        found.filter(|found| *found != from)
    }

    /// A file that holds more than types.
    fn js_code(&self, path: &str) -> Option<FileId> {
        self.js_file(path, false)
    }

    /// The file that `path` names: itself, with an ending, or the first file of the folder.
    fn js_file(&self, path: &str, types: bool) -> Option<FileId> {
        if !self.any_is_called_like(path) {
            return None;
        }
        let package = || self.manifest(path).and_then(|_| self.entry(path, ""));
        self.exact_file(path, types).or_else(package).or_else(|| self.index_file(path, types))
    }

    /// The same, whatever a `package.json` in the folder says.
    fn plain_file(&self, path: &str, types: bool) -> Option<FileId> {
        self.exact_file(path, types).or_else(|| self.index_file(path, types))
    }

    fn exact_file(&self, path: &str, types: bool) -> Option<FileId> {
        // most of what is tried is not there, under any ending
        if !self.any_begins_like(path) {
            return None;
        }
        let is_types = |path: &str| TYPES.iter().any(|ending| path.ends_with(ending));
        let exact = || if types || !is_types(path) { self.by_path(path) } else { None };
        let typescript = || {
            // './x.js' written in TypeScript means './x.ts'
            let (stem, ending) = path.rsplit_once('.')?;
            let endings: &[&str] = match ending {
                "js" | "jsx" => &[".ts", ".tsx", ".jsx"],
                "mjs" => &[".mts"],
                "cjs" => &[".cts"],
                _ => &[],
            };
            endings.iter().find_map(|ending| self.by_path(&format!("{stem}{ending}")))
        };
        let platform = || {
            let mut variants =
                PLATFORMS.iter().flat_map(|platform| ENDINGS.iter().map(move |ending| (platform, ending)));
            variants.find_map(|(platform, ending)| self.by_path(&format!("{path}{platform}{ending}")))
        };
        exact().or_else(|| self.with_ending(path, types)).or_else(typescript).or_else(platform)
    }

    fn index_file(&self, folder: &str, types: bool) -> Option<FileId> {
        let path = join(folder, "index");
        if self.any_begins_like(&path) { self.with_ending(&path, types) } else { None }
    }

    fn with_ending(&self, path: &str, types: bool) -> Option<FileId> {
        let types = if types { TYPES } else { &[] };
        ENDINGS.iter().chain(types).find_map(|ending| self.by_path(&format!("{path}{ending}")))
    }

    /// Whether a file is data that code imports.
    pub fn is_data(&self, file: FileId) -> bool {
        is_data(file_name(self.path(file)))
    }
}

/// A package's name and the path inside it: `@a/b/c/d` is `c/d` of `@a/b`.
pub(super) fn package_name(specifier: &str) -> (&str, &str) {
    let scope = if specifier.starts_with('@') { specifier.find('/').map_or(0, |at| at + 1) } else { 0 };
    match specifier[scope..].find('/') {
        Some(at) => (&specifier[..scope + at], &specifier[scope + at + 1..]),
        None => (specifier, ""),
    }
}

/// A package's specifier without registry and version: `npm:x@1.2.3/y`, `https://esm.sh/x@1` are `x/y` and `x`.
fn plain(specifier: &str) -> String {
    const HOSTS: &[&str] =
        &["esm.sh/", "cdn.skypack.dev/", "unpkg.com/", "cdn.jsdelivr.net/npm/", "esm.run/", "jspm.dev/"];
    let hosted =
        specifier.strip_prefix("https://").and_then(|url| HOSTS.iter().find_map(|host| url.strip_prefix(host)));
    let is_version = |part: &str| part.strip_prefix('v').is_some_and(|rest| rest.parse::<u32>().is_ok());
    let specifier = match hosted {
        Some(rest) => rest.split_once('/').filter(|(first, _)| is_version(first)).map_or(rest, |(_, rest)| rest),
        None => specifier.strip_prefix("npm:").or_else(|| specifier.strip_prefix("jsr:")).unwrap_or(specifier),
    };
    let (name, inside) = package_name(specifier);
    let bare = name.char_indices().skip(1).find(|(_, c)| *c == '@').map_or(name, |(at, _)| &name[..at]);
    if inside.is_empty() { bare.to_owned() } else { format!("{bare}/{inside}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_told_from_the_paths_inside() {
        assert_eq!(package_name("a"), ("a", ""));
        assert_eq!(package_name("a/b/c"), ("a", "b/c"));
        assert_eq!(package_name("@a/b"), ("@a/b", ""));
        assert_eq!(package_name("@a/b/c"), ("@a/b", "c"));
        assert_eq!(package_name("@a"), ("@a", ""));
    }

    #[test]
    fn versions_and_registries_are_left_off() {
        for (written, name) in [
            ("axios", "axios"),
            ("npm:axios@^1.2", "axios"),
            ("npm:@a/b@1/c", "@a/b/c"),
            ("x@1.2.3", "x"),
            ("node:fs", "node:fs"),
            ("https://esm.sh/axios@1.6.0", "axios"),
            ("https://esm.sh/v135/@a/b@2", "@a/b"),
            ("https://example.org/axios", "https://example.org/axios"),
        ] {
            assert_eq!(plain(written), name, "{written}");
        }
    }
}
