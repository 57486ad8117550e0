//! The `package.json` files of the project: what a package is called, where it begins, what it depends on.
//!
//! Read when an import asks for them, each at most once. What has the wrong type is left out, the rest counts.

use super::Project;
use super::json::Json;
use super::locks::NPM;
use crate::text::paths::{around, folders_shared, is_under, join, parent};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The file's name.
pub(super) const NAME: &str = "package.json";

/// The file that lists the packages of a workspace of pnpm.
pub(super) const PNPM_WORKSPACE: &str = "pnpm-workspace.yaml";

/// One `package.json`.
#[derive(Debug)]
pub(super) struct Manifest {
    /// Where it lies.
    pub(super) folder: String,
    /// The files that it begins with, best first: sources, then modules, then the rest.
    pub(super) entries: Vec<String>,
    /// What may be imported from outside.
    pub(super) exports: Option<Json>,
    /// Its own names for modules, `#x`.
    pub(super) imports: Option<Json>,
    /// What it is called.
    pub(super) name: Option<String>,
    dependencies: BTreeMap<String, String>,
    workspaces: Vec<String>,
}

/// What a package declares a dependency to be.
#[derive(Debug, PartialEq)]
pub(super) enum Dependency {
    /// From a registry, or of the same workspace: found by its name.
    Named(String),
    /// Of the same workspace, by its name.
    Own(String),
    /// In this folder.
    At(String),
}

impl Manifest {
    fn new(folder: &str, json: &Json) -> Manifest {
        let text = |name: &str| json.get(name).and_then(Json::text).map(str::to_owned);
        let fields = ["source", "module", "main", "browser", "es2015", "jsnext:main", "types", "typings"];
        let sections = ["peerDependencies", "optionalDependencies", "devDependencies", "dependencies"];
        let mut dependencies = BTreeMap::new();
        for section in sections {
            for (name, version) in json.get(section).map_or(&[][..], Json::members) {
                let version = version.text().unwrap_or_default();
                // a peer's range says less than where the package comes from
                dependencies.insert(name.to_string(), version.to_owned());
            }
        }
        let workspaces = match json.get("workspaces") {
            Some(list @ Json::Object(_)) => list.texts("packages"),
            _ => json.texts("workspaces"),
        };
        Manifest {
            folder: folder.to_owned(),
            entries: fields.iter().filter_map(|field| text(field)).collect(),
            exports: json.get("exports").filter(|exports| **exports != Json::Other).cloned(),
            imports: json.get("imports").cloned(),
            name: text("name").filter(|name| !name.is_empty()),
            dependencies,
            workspaces,
        }
    }

    /// Whether it is about a package, and does not merely say of what kind the modules of a folder are.
    pub(super) fn is_package(&self) -> bool {
        self.name.is_some() || !self.dependencies.is_empty()
    }

    /// What `name` is to this package, if it declares it.
    fn dependency(&self, name: &str) -> Option<Dependency> {
        let version = self.dependencies.get(name)?.trim();
        let protocol = version.split_once(':');
        Some(match protocol {
            Some(("file" | "link" | "portal", path)) => Dependency::At(join(&self.folder, path)),
            Some(("workspace", path)) if path.starts_with('.') => Dependency::At(join(&self.folder, path)),
            // `npm:other@1`, `workspace:other@^`
            Some((protocol @ ("npm" | "workspace"), spec)) => {
                let real = spec.rfind('@').filter(|at| *at > 0).map_or(name, |end| &spec[..end]).to_owned();
                if protocol == "npm" { Dependency::Named(real) } else { Dependency::Own(real) }
            }
            _ => Dependency::Named(name.to_owned()),
        })
    }
}

/// The packages of the project by name.
#[derive(Debug, Default)]
pub(super) struct Packages {
    folders: BTreeMap<String, Vec<String>>,
    workspaces: Vec<Workspace>,
}

/// A folder with packages that know each other.
#[derive(Debug)]
struct Workspace {
    root: String,
    members: GlobSet,
    left_out: GlobSet,
}

impl Workspace {
    fn new(root: &str, patterns: &[String]) -> Workspace {
        let set = |left_out: bool| {
            let mut set = GlobSetBuilder::new();
            for pattern in patterns {
                let (is_left_out, pattern) = match pattern.strip_prefix('!') {
                    Some(pattern) => (true, pattern),
                    None => (false, pattern.as_str()),
                };
                let pattern = join("", pattern);
                if is_left_out == left_out
                    && let Ok(glob) = GlobBuilder::new(&pattern).literal_separator(true).build()
                {
                    set.add(glob);
                }
            }
            set.build().unwrap_or_default()
        };
        Workspace { root: root.to_owned(), members: set(false), left_out: set(true) }
    }

    fn holds(&self, folder: &str) -> bool {
        if !is_under(folder, &self.root) {
            return false;
        }
        let inside = folder[self.root.len()..].trim_start_matches('/');
        self.members.is_match(inside) && !self.left_out.is_match(inside)
    }
}

impl Project<'_> {
    /// The `package.json` of a folder.
    pub(super) fn manifest(&self, folder: &str) -> Option<Arc<Manifest>> {
        // most folders have none
        if !self.configs.is_home(folder) {
            return None;
        }
        let path = join(folder, NAME);
        if !self.configs.has(&path) {
            return None;
        }
        self.configs.manifests.get(&path, || {
            let json = self.config_json(&path)?;
            Some(Arc::new(Manifest::new(folder, &json)))
        })
    }

    /// The `package.json` files of a folder and of those around it, innermost first.
    pub(super) fn manifests_around<'f>(&'f self, folder: &'f str) -> impl Iterator<Item = Arc<Manifest>> + use<'f> {
        around(folder).filter_map(|folder| self.manifest(folder))
    }

    /// What the packages around a folder declare `name` to be.
    pub(super) fn dependency(&self, folder: &str, name: &str) -> Option<Dependency> {
        self.manifests_around(folder).find_map(|manifest| manifest.dependency(name))
    }

    /// The package of the project with this name. Of several, one of the workspace around `folder`, then the nearest.
    pub(super) fn package_named(&self, folder: &str, name: &str) -> Option<Arc<Manifest>> {
        let packages = self.configs.packages.get_or_init(|| self.read_packages());
        let folders = packages.folders.get(name)?;
        let own = self.manifests_around(folder).next();
        let own = own.as_ref().map_or(folder, |manifest| &manifest.folder);
        let is_member = |other: &str| {
            let mut mine = packages.workspaces.iter().filter(|space| space.root == own || space.holds(own));
            mine.any(|space| space.holds(other))
        };
        // what is installed apart comes from a registry
        let installed = self.installed_in(own);
        let found = folders
            .iter()
            .filter(|other| is_member(other) || self.installed_in(other) == installed)
            .min_by_key(|other| (!is_member(other), std::cmp::Reverse(folders_shared(folder, other)), *other));
        found.and_then(|folder| self.manifest(folder))
    }

    /// The folder around a package whose lock file says what is installed for it.
    fn installed_in<'f>(&self, folder: &'f str) -> Option<&'f str> {
        around(folder).find(|folder| NPM.iter().any(|name| self.configs.has(&join(folder, name))))
    }

    /// The folders of the project's packages that the one in `folder` declares as dependencies.
    pub(super) fn folders_used(&self, folder: &str) -> Vec<String> {
        let Some(manifest) = self.manifest(folder) else { return Vec::new() };
        let used = manifest.dependencies.keys().filter_map(|name| match manifest.dependency(name)? {
            Dependency::At(folder) => Some(folder),
            Dependency::Named(name) | Dependency::Own(name) => {
                self.package_named(folder, &name).map(|package| package.folder.clone())
            }
        });
        used.collect()
    }

    fn read_packages(&self) -> Packages {
        let mut packages = Packages::default();
        for path in self.configs.named(NAME) {
            let Some(manifest) = self.manifest(parent(path)) else { continue };
            if let Some(name) = &manifest.name {
                packages.folders.entry(name.clone()).or_default().push(manifest.folder.clone());
            }
            if !manifest.workspaces.is_empty() {
                packages.workspaces.push(Workspace::new(&manifest.folder, &manifest.workspaces));
            }
        }
        for path in self.configs.named("lerna.json") {
            let patterns = self.config_json(path).map(|json| json.texts("packages")).unwrap_or_default();
            if !patterns.is_empty() {
                packages.workspaces.push(Workspace::new(parent(path), &patterns));
            }
        }
        for path in self.configs.named(PNPM_WORKSPACE) {
            let patterns = self.config_text(path).map(|text| pnpm_packages(&text)).unwrap_or_default();
            packages.workspaces.push(Workspace::new(parent(path), &patterns));
        }
        packages
    }
}

/// The patterns under `packages:` of a `pnpm-workspace.yaml`: a list of strings, in lines or in brackets.
fn pnpm_packages(text: &str) -> Vec<String> {
    let mut patterns = Vec::new();
    let mut inside = false;
    let clean = |item: &str| {
        let item = item.trim();
        let quoted = item.strip_prefix(['\'', '"']).and_then(|rest| rest.split(['\'', '"']).next());
        quoted.unwrap_or_else(|| item.split(" #").next().unwrap_or(item).trim()).to_owned()
    };
    for line in text.lines() {
        let trimmed = line.trim();
        if let Some(rest) = line.strip_prefix("packages:") {
            inside = true;
            if let Some(list) = rest.trim().strip_prefix('[') {
                patterns.extend(list.trim_end_matches(']').split(',').map(clean));
            }
        } else if !inside || trimmed.is_empty() || trimmed.starts_with('#') {
            // of another section, or nothing
        } else if let Some(item) = trimmed.strip_prefix("- ") {
            patterns.push(clean(item));
        } else {
            inside = false;
        }
    }
    patterns.retain(|pattern| !pattern.is_empty());
    patterns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_the_wrong_type_are_left_out() {
        let json = Json::parse(
            "{\"name\": 1, \"main\": [\"x\"], \"module\": \"m.js\", \"exports\": 7, \"dependencies\": {\"a\": 1},
              \"workspaces\": \"packages/*\", \"devDependencies\": [1]}",
        );
        let manifest = Manifest::new("p", &json.unwrap());
        assert_eq!((manifest.name.as_deref(), &manifest.entries[..]), (None, &["m.js".to_owned()][..]));
        assert_eq!(manifest.dependency("a"), Some(Dependency::Named("a".into())));
        assert!(manifest.exports.is_none() && manifest.workspaces.is_empty());
    }

    #[test]
    fn dependencies_say_where_they_come_from() {
        let json = Json::parse(
            "{\"dependencies\": {\"a\": \"^1\", \"b\": \"file:../b\", \"c\": \"npm:@x/y@2\", \"d\": \"workspace:*\",
              \"e\": \"workspace:@x/z@^\", \"f\": \"link:./f\"}}",
        );
        let manifest = Manifest::new("packages/p", &json.unwrap());
        let named = |name: &str| Some(Dependency::Named(name.into()));
        assert_eq!(manifest.dependency("a"), named("a"));
        assert_eq!(manifest.dependency("b"), Some(Dependency::At("packages/b".into())));
        assert_eq!(manifest.dependency("c"), named("@x/y"));
        assert_eq!(manifest.dependency("d"), Some(Dependency::Own("d".into())));
        assert_eq!(manifest.dependency("e"), Some(Dependency::Own("@x/z".into())));
        assert_eq!(manifest.dependency("f"), Some(Dependency::At("packages/p/f".into())));
        assert_eq!(manifest.dependency("g"), None);
    }

    #[test]
    fn workspaces_hold_their_members() {
        let patterns =
            pnpm_packages("# ours\npackages:\n  - 'packages/*'\n- apps/** # all\n  - '!apps/old'\ncatalog:\n  - x\n");
        assert_eq!(patterns, ["packages/*", "apps/**", "!apps/old"]);
        assert_eq!(pnpm_packages("packages: ['a', \"b/*\"]\n"), ["a", "b/*"]);
        let workspace = Workspace::new("r", &patterns);
        assert!(workspace.holds("r/packages/a") && workspace.holds("r/apps/x/y"));
        assert!(!workspace.holds("r/packages/a/b") && !workspace.holds("r/apps/old") && !workspace.holds("packages/a"));
    }
}
