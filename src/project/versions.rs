//! Which versions of a package a file's project may have, by its manifests and lock files.
//!
//! Owns reading the dependencies of `package.json` and `Cargo.toml`, and comparing requirements. A lock file chooses among
//! what a manifest allows. What cannot be read, a tag, a path, a repository, says nothing: any version may be meant.

use super::configs::{Configs, file_name};
use super::json::Json;
use super::locks::{self, Lock};
use super::{Project, cargo, manifest};
use crate::lower::data::{self, Format};
use crate::text::paths::{around, is_under, join, parent};
use crate::text::{FileId, Files};
use rustc_hash::FxHashMap;
use semver::{Comparator, Op, Prerelease, Version, VersionReq};
use std::sync::Arc;

/// Where packages are required in a manifest.
const SECTIONS: &[&str] = &[
    "peerDependencies",
    "optionalDependencies",
    "devDependencies",
    "dependencies",
    "dev-dependencies",
    "build-dependencies",
];

/// One requirement.
#[derive(Debug)]
struct Wanted {
    /// By which name.
    name: String,
    /// As it is written.
    text: String,
    /// Any of these; none where it cannot be read.
    any: Vec<VersionReq>,
    /// In which kind of manifest.
    kind: Kind,
    /// The crate that requires it.
    by: String,
}

impl Wanted {
    /// A dependency of npm; without a text, it cannot be read.
    fn npm(name: &str, text: Option<&str>) -> Wanted {
        let any = text.map(any_of_npm).unwrap_or_default();
        let text = text.unwrap_or_default().to_owned();
        Wanted { name: name.to_owned(), text, any, kind: Kind::Npm, by: String::new() }
    }
}

/// Whose manifests and lock files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Npm,
    Cargo,
}

/// What one manifest requires, by package: of one that it calls by several names, each.
type Required = FxHashMap<String, Vec<Wanted>>;

/// What the manifests of a project require, by folder.
#[derive(Debug, Default)]
pub(super) struct Versions {
    by_folder: FxHashMap<String, Required>,
}

impl Versions {
    /// Read the manifests. One that cannot be read requires nothing.
    fn read(system: &dyn Files, configs: &Configs) -> Versions {
        let mut versions = Versions::default();
        let catalogs: Vec<(&str, Required)> = configs
            .named(manifest::PNPM_WORKSPACE)
            .filter_map(|path| Some((parent(path), catalogs(&system.read(path).ok()?))))
            .collect();
        for path in configs.named(cargo::NAME).chain(configs.named(manifest::NAME)) {
            let Ok(text) = system.read(path) else { continue };
            let mut required = if path.ends_with(".json") { of_json(&text) } else { of_toml(&text) };
            for wanted in required.values_mut().flatten() {
                let of_catalog = |(folder, all): &(&str, Required)| {
                    let key = format!("{}@{}", wanted.name, wanted.text.strip_prefix("catalog:")?);
                    let found = is_under(path, folder).then(|| all.get(&key)?.first())??;
                    Some(found.any.clone())
                };
                if let Some(any) = catalogs.iter().find_map(of_catalog) {
                    wanted.any = any;
                }
            }
            let here = versions.by_folder.entry(parent(path).to_owned()).or_default();
            required.into_iter().for_each(|(name, wanted)| here.entry(name).or_default().extend(wanted));
        }
        versions
    }
}

impl Project<'_> {
    /// Whether `file` may use a version of `package` that `allowed` allows: by the nearest manifest above it that
    /// requires the package, and the lock file beside that or around it. `*` asks only whether one requires it.
    pub fn may_use(&self, file: FileId, package: &str, allowed: &VersionReq) -> bool {
        let versions = self.versions.get_or_init(|| Versions::read(self.system, &self.configs));
        let in_folder = |folder| Some((folder, versions.by_folder.get(folder)?.get(package)?));
        match around(parent(self.path(file))).find_map(in_folder) {
            Some(_) if *allowed == VersionReq::STAR => true,
            Some((folder, all)) => all.iter().any(|wanted| {
                let locked = self.locked(folder, wanted);
                if locked.is_empty() {
                    wanted.any.is_empty() || wanted.any.iter().any(|required| meet(required, allowed))
                } else {
                    locked.iter().any(|version| allowed.matches(version))
                }
            }),
            None => *allowed != VersionReq::STAR,
        }
    }

    /// The versions that the lock files around a manifest's folder settle on for a requirement. A file that settles on
    /// one that the manifest does not allow is out of date, and says nothing.
    fn locked(&self, folder: &str, wanted: &Wanted) -> Vec<Version> {
        let names = match wanted.kind {
            Kind::Npm => locks::NPM,
            Kind::Cargo => &[locks::CARGO],
        };
        let mut found = Vec::new();
        for at in around(folder) {
            let inside = match wanted.kind {
                Kind::Npm => folder[at.len()..].trim_start_matches('/'),
                Kind::Cargo => &wanted.by,
            };
            let locks: Vec<Arc<Lock>> = names.iter().filter_map(|name| self.lock(&join(at, name))).collect();
            found.extend(locks.iter().flat_map(|lock| lock.versions(inside, &wanted.name, &wanted.text)));
            if !locks.is_empty() {
                break;
            }
        }
        let is_allowed = |version: &Version| wanted.any.is_empty() || wanted.any.iter().any(|any| any.matches(version));
        found.retain(is_allowed);
        found
    }

    fn lock(&self, path: &str) -> Option<Arc<Lock>> {
        if !self.configs.has(path) {
            return None;
        }
        self.configs.locks.get(path, || {
            let text = self.system.read_within(path, locks::MAX_BYTES).ok()?;
            Some(Arc::new(Lock::parse(file_name(path), &text)))
        })
    }
}

fn of_json(text: &str) -> Required {
    let mut required = Required::default();
    let Some(manifest) = Json::parse(text) else { return required };
    for section in SECTIONS {
        for (name, version) in manifest.get(section).map_or(&[][..], Json::members) {
            let wanted = Wanted::npm(name, version.text());
            // `npm:other@1.2`: another package under this name
            let alias =
                wanted.text.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@')).map(|(other, _)| other);
            let of = alias.filter(|other| !other.is_empty()).unwrap_or(name);
            let all = required.entry(of.to_owned()).or_default();
            // a section that counts more comes later
            all.retain(|other| other.name != wanted.name);
            all.push(wanted);
        }
    }
    for way in [&["resolutions"][..], &["overrides"], &["pnpm", "overrides"]] {
        let replaced = way.iter().try_fold(&manifest, |json, key| json.get(key));
        for (name, version) in replaced.map_or(&[][..], Json::members) {
            let name = name.strip_prefix("**/").unwrap_or(name);
            if let (Some(text), Some(all)) = (version.text(), required.get_mut(name)) {
                let any = any_of_npm(text);
                all.iter_mut().filter(|wanted| wanted.name == name && !any.is_empty()).for_each(|wanted| {
                    wanted.any.clone_from(&any);
                    text.clone_into(&mut wanted.text);
                });
            }
        }
    }
    required
}

/// What the catalogs of a pnpm workspace stand for: `name@` of the one without a name, `name@of` of others.
fn catalogs(text: &str) -> Required {
    let mut all = Required::default();
    let documents = data::parse(Format::Yaml, text).unwrap_or_default();
    for document in &documents {
        let named = document.get("catalogs").map_or(&[][..], data::Data::entries);
        let default = document.get("catalog").map(|catalog| ("", catalog));
        for (of, catalog) in default.into_iter().chain(named.iter().map(|(of, catalog)| (&**of, catalog))) {
            for (name, version) in catalog.entries() {
                let wanted = Wanted::npm(name, version.text());
                all.entry(format!("{name}@{of}")).or_default().push(wanted);
            }
        }
    }
    all
}

fn of_toml(text: &str) -> Required {
    let mut required = Required::default();
    let Ok(manifest) = text.parse::<toml::Table>() else { return required };
    let by = manifest.get("package").and_then(|package| package.get("name")?.as_str()).unwrap_or_default().to_owned();
    let shared = manifest.get("workspace").and_then(toml::Value::as_table);
    let targets = manifest.get("target").and_then(toml::Value::as_table).into_iter().flatten();
    let targets = targets.filter_map(|(_, target)| target.as_table());
    for table in shared.into_iter().chain(targets).chain([&manifest]) {
        for section in SECTIONS {
            for (name, wanted) in table.get(*section).and_then(toml::Value::as_table).into_iter().flatten() {
                // what is inherited is written in the workspace's manifest
                if wanted.get("workspace").and_then(toml::Value::as_bool) == Some(true) {
                    continue;
                }
                let text = wanted.as_str().or_else(|| wanted.get("version")?.as_str()).unwrap_or_default();
                let renamed = wanted.get("package").and_then(toml::Value::as_str).unwrap_or(name);
                let any = Some(text).filter(|text| !text.is_empty()).and_then(|text| VersionReq::parse(text).ok());
                let wanted = Wanted {
                    name: renamed.to_owned(),
                    text: text.to_owned(),
                    any: any.into_iter().collect(),
                    kind: Kind::Cargo,
                    by: by.clone(),
                };
                required.entry(renamed.to_owned()).or_default().push(wanted);
            }
        }
    }
    required
}

/// What a dependency of npm allows; nothing where that cannot be read.
fn any_of_npm(text: &str) -> Vec<VersionReq> {
    npm(text).unwrap_or_default()
}

/// A range as npm writes them: alternatives between `||`, comparators between spaces, `1.2.3 - 1.4`, `1.x`; a bare
/// version is that version only.
fn npm(text: &str) -> Option<Vec<VersionReq>> {
    let text = match text.split_once(':') {
        // `npm:other@1.2`: another package under this name
        Some(("npm", alias)) => {
            alias.rsplit_once('@').map_or("*", |(name, range)| if name.is_empty() { "*" } else { range })
        }
        // `workspace:^1.2`; `workspace:*` and its like say nothing
        Some(("workspace", range)) => range.rsplit_once('@').map_or(range, |(_, range)| range),
        _ => match text.rsplit_once('#') {
            // a repository: `…#semver:^1.2`, `…#v1.2.3`; a commit or a branch says nothing
            Some((_, at)) => at.strip_prefix("semver:").or_else(|| Some(at).filter(|tag| tag.contains('.')))?,
            None => text,
        },
    };
    text.split("||").map(|one| VersionReq::parse(&comparators(one)).ok()).collect()
}

/// One alternative of an npm range in Cargo's spelling.
fn comparators(text: &str) -> String {
    if let Some((from, to)) = text.split_once(" - ") {
        return format!(">={}, <={}", from.trim(), to.trim());
    }
    let mut found: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let (op, version) = word.split_at(word.find(|c: char| !"<>=~^".contains(c)).unwrap_or(word.len()));
        // `1.x` is `1`
        let end = version.find(".x").or_else(|| version.find(".X")).or_else(|| version.find(".*"));
        let version = version[..end.unwrap_or(version.len())].trim_start_matches('v');
        let bare = op.is_empty() && version.starts_with(|c: char| c.is_ascii_digit());
        let op = if op == "~>" { "~" } else { op };
        match found.last_mut() {
            // `>= 1.2`
            Some(last) if last.chars().all(|c| "<>=~^".contains(c)) => last.push_str(version),
            _ if bare => found.push(format!("={version}")),
            _ => found.push(format!("{op}{version}")),
        }
    }
    if found.is_empty() { "*".to_owned() } else { found.join(", ") }
}

/// Whether some version fulfils both.
fn meet(left: &VersionReq, right: &VersionReq) -> bool {
    // ranges without gaps meet where one of them begins, if they meet at all
    let bounds = left.comparators.iter().chain(&right.comparators).flat_map(lowest);
    bounds.chain([Version::new(0, 0, 0)]).any(|version| left.matches(&version) && right.matches(&version))
}

/// The lowest versions that a comparator may let begin.
fn lowest(comparator: &Comparator) -> [Version; 2] {
    let Comparator { op, major, minor, patch, pre } = comparator;
    let at = Version { pre: pre.clone(), ..Version::new(*major, minor.unwrap_or_default(), patch.unwrap_or_default()) };
    let after = match (op, minor, patch) {
        (Op::Greater, None, _) => Version::new(major + 1, 0, 0),
        (Op::Greater, Some(minor), None) => Version::new(*major, minor + 1, 0),
        (Op::Greater, Some(minor), Some(patch)) if *pre == Prerelease::EMPTY => Version::new(*major, *minor, patch + 1),
        _ => Version { pre: Prerelease::EMPTY, ..at.clone() },
    };
    [at, after]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meets(npm_range: &str, rule: &str) -> bool {
        npm(npm_range).unwrap().iter().any(|any| meet(any, &VersionReq::parse(rule).unwrap()))
    }

    #[test]
    fn ranges_of_npm_are_compared() {
        for (range, below, above) in [
            ("^0.1.28", true, false),
            ("0.1.28", true, false),
            ("~0.1.0", true, false),
            ("0.1.x", true, false),
            ("<=0.2.0", true, false),
            ("0.2.3", false, true),
            (">= 0.2.2 < 1", false, true),
            (">0.2.1", false, true),
            ("v0.2.2", false, true),
            ("^0.1.0 || ^0.2.3", true, true),
            ("0.1.0 - 0.3.0", true, true),
            ("*", true, true),
            ("", true, true),
            ("npm:other@^0.1.4", true, false),
            ("npm:@s/other@0.2.3", false, true),
            ("npm:other", true, true),
            ("npm:@s/other", true, true),
            ("workspace:^0.1.4", true, false),
            ("workspace:other@^0.1.4", true, false),
            ("workspace:*", true, true),
            ("github:auth0/angular2-jwt#v0.1.28", true, false),
            ("auth0/angular2-jwt#semver:^0.2.2", false, true),
            ("git+ssh://git@github.com/auth0/angular2-jwt.git#0.2.3", false, true),
            ("^0.x", true, true),
            ("0.2.3-beta.1 || 0.2.4", false, true),
        ] {
            assert_eq!(meets(range, "<=0.2.0"), below, "{range}");
            assert_eq!(meets(range, ">=0.2.2"), above, "{range}");
        }
        for unclear in [
            "latest",
            "auth0/angular2-jwt",
            "github:auth0/angular2-jwt#master",
            "auth0/angular2-jwt#4821973",
            "workspace:^",
            "workspace:~",
            "catalog:",
            "file:../jwt",
            "https://x.example/a.tgz",
        ] {
            assert!(npm(unclear).is_none(), "{unclear}");
        }
    }

    #[test]
    fn a_prerelease_is_a_version() {
        assert!(meets("2.0.0-alpha.5", ">=2.0.0-alpha, <2.1"));
        assert!(!meets("^2.17.0", ">=2.0.0-alpha, <2.1"));
    }

    fn of<'r>(required: &'r Required, package: &str) -> Vec<(&'r str, &'r str)> {
        let all = required.get(package).map_or(&[][..], Vec::as_slice);
        all.iter().map(|wanted| (wanted.name.as_str(), wanted.text.as_str())).collect()
    }

    #[test]
    fn manifests_are_read_as_far_as_they_can_be() {
        let json = of_json(
            r#"{ // ours
            "peerDependencies": {"a": ">=1"}, "dependencies": {"a": "^1.2", "b": "latest", "x": "npm:a@^2", "d": 1},
            "devDependencies": {"c": "2"}, "resolutions": {"**/c": "2.1.0", "e": "1"}, "overrides": {"b": {"c": "1"}}}"#,
        );
        assert_eq!(json.len(), 4);
        assert_eq!(of(&json, "a"), [("a", "^1.2"), ("x", "npm:a@^2")]);
        assert_eq!(of(&json, "c"), [("c", "2.1.0")]);
        assert!(json["b"][0].any.is_empty() && json["d"][0].any.is_empty());
        assert!(of_json("{").is_empty());
        let toml = of_toml(
            "[dependencies]\nureq = \"2\"\nhttp = { version = \"1\", package = \"http-x\" }\np = { path = \"p\" }\n\
             shared = { workspace = true, features = [] }\n[target.'cfg(unix)'.dev-dependencies]\ncurl = \"0.4\"\n\
             [workspace.dependencies]\nurl = \"2\"\n",
        );
        let mut names: Vec<&String> = toml.keys().collect();
        names.sort();
        assert_eq!(names, ["curl", "http-x", "p", "ureq", "url"]);
        assert!(toml["p"][0].any.is_empty());
        assert!(of_toml("[[").is_empty());
    }

    #[test]
    fn catalogs_are_told_apart() {
        let all = catalogs("packages: [a]\ncatalog:\n  a: ^1.2.3\ncatalogs:\n  old:\n    a: 0.9.1\n");
        assert_eq!((of(&all, "a@"), of(&all, "a@old")), (vec![("a", "^1.2.3")], vec![("a", "0.9.1")]));
        assert!(catalogs("catalog: [").is_empty());
    }
}
