//! Names for modules that a `tsconfig.json`, `jsconfig.json` or `deno.json` gives: `paths`, `baseUrl`, `rootDirs`,
//! import maps.
//!
//! A configuration is read with all that it extends; one that extends itself ends where it began.

use super::Project;
use super::json::Json;
use crate::text::paths::{around, is_under, join, parent};
use std::sync::Arc;

/// How many configurations may extend each other.
const CHAIN: usize = 16;

/// The folder of the configuration that extends, in the one that is extended.
const LEAF: &str = "${configDir}";

/// What a configuration says about names.
#[derive(Clone, Debug, Default)]
pub(super) struct Config {
    /// Where names without a dot begin.
    pub(super) base_url: Option<String>,
    /// Folders whose contents lie in one place at run time.
    pub(super) root_dirs: Vec<String>,
    /// Where the targets of `paths` begin, unless there is a base.
    folder: String,
    /// Patterns and what they stand for.
    paths: Vec<(String, Vec<Target>)>,
}

/// What a pattern may stand for.
#[derive(Clone, Debug)]
struct Target {
    text: String,
    /// Whether it is told from the top already: `${configDir}/x`.
    placed: bool,
}

/// Whether a file of this name may give names.
pub(super) fn is_config(name: &str) -> bool {
    let is_variant = |stem: &str| name.strip_prefix(stem).is_some_and(|rest| rest.starts_with(['.', '-']));
    name.ends_with(".json") && (is_variant("tsconfig") || is_variant("jsconfig"))
        || matches!(name, "deno.json" | "deno.jsonc" | "import_map.json")
}

/// In which order the configurations of a folder are asked.
pub(super) fn rank(name: &str) -> usize {
    let first = ["tsconfig.json", "jsconfig.json", "deno.json", "deno.jsonc", "import_map.json"];
    first.iter().position(|known| *known == name).unwrap_or(first.len())
}

impl Config {
    /// What a name stands for, best first; `None` where nothing is said about it. A pattern that fits every name is
    /// left to `catches_all`.
    pub(super) fn targets(&self, specifier: &str) -> Option<Vec<String>> {
        let fits = |pattern: &str| match pattern.split_once('*') {
            Some((before, after)) => {
                let rest = specifier.strip_prefix(before).and_then(|rest| rest.strip_suffix(after))?;
                Some((before.len() + 1, rest.to_owned()))
            }
            None => (pattern == specifier).then(|| (usize::MAX, String::new())),
        };
        self.best(|pattern| if pattern == "*" { None } else { fits(pattern) })
    }

    /// What every name may stand for: by the pattern `*`, then under the base.
    pub(super) fn catches_all(&self, specifier: &str) -> Vec<String> {
        let mut found = self.best(|pattern| (pattern == "*").then(|| (1, specifier.to_owned()))).unwrap_or_default();
        found.extend(self.base_url.as_ref().map(|base| join(base, specifier)));
        found
    }

    fn best(&self, fits: impl Fn(&str) -> Option<(usize, String)>) -> Option<Vec<String>> {
        let best =
            self.paths.iter().filter_map(|(pattern, targets)| fits(pattern).map(|(rank, rest)| (rank, rest, targets)));
        // of equal ones the first
        let (_, rest, targets) = best.rev().max_by_key(|(rank, ..)| *rank)?;
        let base = self.base_url.as_deref().unwrap_or(&self.folder);
        let placed = |target: &Target| {
            let text = target.text.replace('*', &rest);
            // `npm:x`, `https://…`
            if target.placed || text.contains(':') { text } else { join(base, &text) }
        };
        Some(targets.iter().map(placed).collect())
    }

    /// Take over what `other` says, where it says something.
    fn overlay(&mut self, other: Config) {
        if !other.paths.is_empty() {
            self.paths = other.paths;
            self.folder = other.folder;
        }
        if other.base_url.is_some() {
            self.base_url = other.base_url;
        }
        if !other.root_dirs.is_empty() {
            self.root_dirs = other.root_dirs;
        }
    }
}

impl Project<'_> {
    /// The configurations that may give names to the files of `folder`, nearest first.
    pub(super) fn configs_around<'c>(&'c self, folder: &'c str) -> impl Iterator<Item = Arc<Config>> + use<'c> {
        let paths = around(folder).filter_map(|folder| self.configs.by_folder.get(folder)).flatten();
        paths.filter_map(|path| self.config_at(path))
    }

    /// All names that configurations map to files, with what stands for any name in them.
    pub(super) fn aliases(&self) -> Vec<String> {
        let configs = self.configs.by_folder.values().flatten().filter_map(|path| self.config_at(path));
        configs.flat_map(|config| config.paths.iter().map(|(pattern, _)| pattern.clone()).collect::<Vec<_>>()).collect()
    }

    fn config_at(&self, path: &String) -> Option<Arc<Config>> {
        self.configs.aliases.get(path, || Some(Arc::new(self.read_config(path))))
    }

    fn read_config(&self, path: &str) -> Config {
        let mut chain = Vec::new();
        self.extended(path, parent(path), &mut chain)
    }

    /// A configuration with what it extends, for the one in `leaf`.
    fn extended(&self, path: &str, leaf: &str, chain: &mut Vec<String>) -> Config {
        let mut config = Config::default();
        if chain.len() >= CHAIN || chain.iter().any(|known| known == path) {
            return config;
        }
        let Some(json) = self.config_json(path) else { return config };
        chain.push(path.to_owned());
        let folder = parent(path);
        let bases: Vec<&str> = match json.get("extends") {
            Some(Json::Text(base)) => vec![base],
            Some(Json::List(bases)) => bases.iter().filter_map(Json::text).collect(),
            _ => Vec::new(),
        };
        for base in bases {
            if let Some(base) = self.extended_path(folder, base) {
                config.overlay(self.extended(&base, leaf, chain));
            }
        }
        chain.pop();
        let is_leaf = |text: &str| text.starts_with(LEAF);
        let placed = |text: &str| match text.strip_prefix(LEAF) {
            Some(rest) => join(leaf, &format!("./{rest}")),
            None => join(folder, text),
        };
        let mut own = Config { folder: folder.to_owned(), ..Config::default() };
        if let Some(options) = json.get("compilerOptions") {
            own.base_url = options.get("baseUrl").and_then(Json::text).map(placed);
            own.root_dirs = options.texts("rootDirs").iter().map(|dir| placed(dir)).collect();
            own.paths = options
                .get("paths")
                .map_or(&[][..], Json::members)
                .iter()
                .map(|(pattern, targets)| {
                    let targets = targets.items().iter().filter_map(Json::text).map(|target| match is_leaf(target) {
                        true => Target { text: placed(target), placed: true },
                        false => Target { text: target.to_owned(), placed: false },
                    });
                    (pattern.to_string(), targets.collect())
                })
                .collect();
        }
        if let Some(map) = json.get("imports") {
            own.paths.extend(map.members().iter().filter_map(|(name, target)| {
                let target = target.text()?;
                let is_folder = name.ends_with('/');
                let star = |text: &str| if is_folder { format!("{text}*") } else { text.to_owned() };
                Some((star(name), vec![Target { text: star(target), placed: false }]))
            }));
        }
        config.overlay(own);
        config
    }

    /// The configuration that `base` names in one of `folder`: a file, or one of a package of the project.
    fn extended_path(&self, folder: &str, base: &str) -> Option<String> {
        let found = |path: String| {
            let endings = ["", ".json", "/tsconfig.json"];
            endings.iter().map(|ending| format!("{path}{ending}")).find(|path| self.configs.has(path))
        };
        if base.starts_with('.') || base.starts_with('/') {
            return found(join(folder, base));
        }
        let (name, inside) = super::resolve_js::package_name(base);
        let package = self.package_named(folder, name)?;
        found(join(&package.folder, inside))
    }

    /// The places where a relative path may lead by `rootDirs`.
    pub(super) fn other_roots(&self, folder: &str, path: &str) -> Vec<String> {
        let Some(config) = self.configs_around(folder).find(|config| !config.root_dirs.is_empty()) else {
            return Vec::new();
        };
        let inside = config.root_dirs.iter().filter(|dir| is_under(path, dir)).max_by_key(|dir| dir.len());
        let Some(inside) = inside else { return Vec::new() };
        let rest = path[inside.len()..].trim_start_matches('/');
        config.root_dirs.iter().filter(|dir| *dir != inside).map(|dir| join(dir, rest)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_beginning_counts() {
        let pattern =
            |pattern: &str, target: &str| (pattern.to_owned(), vec![Target { text: target.to_owned(), placed: false }]);
        let config = Config {
            folder: "app".into(),
            paths: vec![
                pattern("*", "types/*"),
                pattern("@/*", "src/*"),
                pattern("@/api/*", "src/services/*"),
                pattern("@/api/x", "src/x.ts"),
            ],
            ..Config::default()
        };
        let targets = |specifier: &str| config.targets(specifier).unwrap_or_default();
        assert_eq!(targets("@/a"), ["app/src/a"]);
        assert_eq!(targets("@/api/a"), ["app/src/services/a"]);
        assert_eq!(targets("@/api/x"), ["app/src/x.ts"]);
        assert_eq!(config.targets("x"), None);
        assert_eq!(config.catches_all("x"), ["app/types/x"]);
        let based = Config { base_url: Some("lib".into()), ..config };
        assert_eq!(based.targets("@/a").unwrap_or_default(), ["lib/src/a"]);
        assert_eq!(based.catches_all("x"), ["lib/types/x", "lib/x"]);
    }

    #[test]
    fn configurations_go_by_their_names() {
        for name in ["tsconfig.json", "tsconfig.app.json", "jsconfig.json", "tsconfig-base.json", "deno.json"] {
            assert!(is_config(name), "{name}");
        }
        assert!(!is_config("package.json") && !is_config("tsconfigs.json") && !is_config("tsconfig.ts"));
        assert!(rank("tsconfig.json") < rank("tsconfig.app.json"));
    }
}
