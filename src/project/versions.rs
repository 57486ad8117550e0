//! Which versions of a package a file's project may have, by its manifests.
//!
//! Owns reading the dependencies of `package.json` and `Cargo.toml` and comparing requirements. What cannot be read, a
//! tag, a path, a repository, says nothing: any version may be meant.

use super::configs::Configs;
use super::{Project, cargo, manifest};
use crate::text::files::{around, parent};
use crate::text::{FileId, Files};
use rustc_hash::FxHashMap;
use semver::{Comparator, Op, Prerelease, Version, VersionReq};

/// Where packages are required in a manifest.
const SECTIONS: &[&str] = &[
    "dependencies",
    "devDependencies",
    "peerDependencies",
    "optionalDependencies",
    "dev-dependencies",
    "build-dependencies",
];

/// What one manifest requires: any of these, by package; none where that cannot be read.
type Required = FxHashMap<String, Vec<VersionReq>>;

/// What the manifests of a project require, by folder.
#[derive(Debug, Default)]
pub(super) struct Versions {
    by_folder: FxHashMap<String, Required>,
}

impl Versions {
    /// Read the manifests. One that cannot be read requires nothing.
    fn read(system: &dyn Files, configs: &Configs) -> Versions {
        let mut versions = Versions::default();
        for path in configs.named(cargo::NAME).iter().chain(configs.named(manifest::NAME)) {
            let Ok(text) = system.read(path) else { continue };
            let required = if path.ends_with(".json") { of_json(&text) } else { of_toml(&text) };
            versions.by_folder.entry(parent(path).to_owned()).or_default().extend(required);
        }
        versions
    }
}

impl Project<'_> {
    /// Whether `file` may use a version of `package` that `wanted` allows: by the nearest manifest above it that
    /// requires the package. `*` asks only whether one does.
    pub fn may_use(&self, file: FileId, package: &str, wanted: &VersionReq) -> bool {
        let versions = self.versions.get_or_init(|| Versions::read(self.system, &self.configs));
        let required = around(parent(self.path(file))).find_map(|folder| versions.by_folder.get(folder)?.get(package));
        match required {
            Some(any) => any.is_empty() || any.iter().any(|required| meet(required, wanted)),
            None => *wanted != VersionReq::STAR,
        }
    }
}

fn of_json(text: &str) -> Required {
    let mut required = Required::default();
    let Ok(manifest) = serde_json::from_str::<serde_json::Value>(text) else { return required };
    for section in SECTIONS {
        for (name, version) in manifest.get(section).and_then(|section| section.as_object()).into_iter().flatten() {
            required.insert(name.clone(), version.as_str().and_then(npm).unwrap_or_default());
        }
    }
    required
}

fn of_toml(text: &str) -> Required {
    let mut required = Required::default();
    let Ok(manifest) = text.parse::<toml::Table>() else { return required };
    let shared = manifest.get("workspace").and_then(|workspace| workspace.as_table());
    for table in shared.into_iter().chain([&manifest]) {
        for section in SECTIONS {
            for (name, wanted) in table.get(*section).and_then(|section| section.as_table()).into_iter().flatten() {
                let text = wanted.as_str().or_else(|| wanted.get("version")?.as_str());
                let renamed = wanted.get("package").and_then(|package| package.as_str());
                let any = text.and_then(|text| VersionReq::parse(text).ok()).into_iter().collect();
                required.insert(renamed.unwrap_or(name).to_owned(), any);
            }
        }
    }
    required
}

/// A range as npm writes them: alternatives between `||`, comparators between spaces, `1.2.3 - 1.4`, `1.x`; a bare
/// version is that version only.
fn npm(text: &str) -> Option<Vec<VersionReq>> {
    // `npm:other@1.2`: another package under this name
    let text = match text.strip_prefix("npm:") {
        Some(alias) => alias.rsplit_once('@')?.1,
        None => text,
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
        let version = version.trim_start_matches('v');
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
        ] {
            assert_eq!(meets(range, "<=0.2.0"), below, "{range}");
            assert_eq!(meets(range, ">=0.2.2"), above, "{range}");
        }
        for unclear in ["latest", "github:auth0/angular2-jwt", "workspace:*", "file:../jwt", "https://x.example/a.tgz"]
        {
            assert!(npm(unclear).is_none(), "{unclear}");
        }
    }

    #[test]
    fn a_prerelease_is_a_version() {
        assert!(meets("2.0.0-alpha.5", ">=2.0.0-alpha, <2.1"));
        assert!(!meets("^2.17.0", ">=2.0.0-alpha, <2.1"));
    }

    #[test]
    fn manifests_are_read_as_far_as_they_can_be() {
        let json = of_json(r#"{"dependencies": {"a": "^1.2", "b": "latest"}, "devDependencies": {"c": "2"}}"#);
        assert_eq!(json.len(), 3);
        assert!(json["b"].is_empty());
        assert!(of_json("{").is_empty());
        let toml = of_toml(
            "[dependencies]\nureq = \"2\"\nhttp = { version = \"1\", package = \"http-x\" }\np = { path = \"p\" }\n[workspace.dependencies]\nurl = \"2\"\n",
        );
        let mut names: Vec<&String> = toml.keys().collect();
        names.sort();
        assert_eq!(names, ["http-x", "p", "ureq", "url"]);
        assert!(toml["p"].is_empty());
        assert!(of_toml("[[").is_empty());
    }
}
