//! Which versions the lock files of package managers settle on.
//!
//! Owns their forms: `package-lock.json` (1 to 3), `npm-shrinkwrap.json`, `yarn.lock` of both kinds, `pnpm-lock.yaml`
//! (5 to 9), `bun.lock`, `Cargo.lock`. What a file does not say, or in no version that can be compared, stays open. Must
//! not know which versions are of interest.

use super::json::Json;
use crate::lower::data::{self, Data, Format};
use crate::text::paths::{around, join};
use rustc_hash::FxHashMap;
use semver::Version;
use serde::Deserialize;

/// The largest lock file that is read, in bytes.
pub(super) const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// The lock files of packages of npm, by name.
pub(super) const NPM: &[&str] =
    &["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"];

/// The lock file of crates.
pub(super) const CARGO: &str = "Cargo.lock";

/// One lock file.
#[derive(Debug, Default)]
pub(super) struct Lock {
    /// By the package that asks, a folder from the lock file's or, of crates, a name: what it gets by which name.
    given: FxHashMap<String, FxHashMap<String, Version>>,
    /// By what is asked for, `name@range`.
    asked: FxHashMap<String, Version>,
    /// Everything that a name stands for anywhere.
    all: FxHashMap<String, Vec<Version>>,
}

impl Lock {
    /// What a file of this name holds.
    pub(super) fn parse(name: &str, text: &str) -> Lock {
        let mut lock = Lock::default();
        match name {
            "yarn.lock" => lock.add_yarn(text),
            "pnpm-lock.yaml" => {
                for document in data::parse(Format::Yaml, text).unwrap_or_default() {
                    lock.add_pnpm(&document);
                }
            }
            "bun.lock" => lock.add_bun(text),
            CARGO => lock.add_cargo(text),
            _ => lock.add_npm(text),
        }
        lock
    }

    /// The versions that a package may get where it asks for `range` of `name`: one in `folder`, from the lock file's, or the
    /// crate of this name.
    pub(super) fn versions(&self, folder: &str, name: &str, range: &str) -> Vec<Version> {
        if let Some(version) = self.asked.get(&format!("{name}@{range}")) {
            return vec![version.clone()];
        }
        if let Some(version) = around(folder).find_map(|folder| self.given.get(folder)?.get(name)) {
            return vec![version.clone()];
        }
        self.all.get(name).cloned().unwrap_or_default()
    }

    fn give(&mut self, folder: &str, name: &str, version: Option<Version>) {
        let Some(version) = version else { return };
        self.know(name, &version);
        self.given.entry(folder.to_owned()).or_default().insert(name.to_owned(), version);
    }

    fn know(&mut self, name: &str, version: &Version) {
        let all = self.all.entry(name.to_owned()).or_default();
        if !all.contains(version) {
            all.push(version.clone());
        }
    }

    /// npm: the folders in which packages lie, or, in the first form, what lies in the outermost.
    fn add_npm(&mut self, text: &str) {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct File {
            packages: FxHashMap<String, Entry>,
            dependencies: FxHashMap<String, Entry>,
        }
        #[derive(Deserialize)]
        struct Entry {
            version: Option<String>,
        }
        let Ok(file) = serde_json::from_str::<File>(text) else { return };
        for (place, entry) in &file.packages {
            let version = entry.version.as_deref().and_then(version_in);
            if let Some((folder, name)) = place.rsplit_once("node_modules/") {
                self.give(folder.trim_end_matches('/'), name, version);
            }
        }
        if file.packages.is_empty() {
            for (name, entry) in &file.dependencies {
                self.give("", name, entry.version.as_deref().and_then(version_in));
            }
        }
    }

    /// Yarn: a line with what was asked for, and below it the version.
    fn add_yarn(&mut self, text: &str) {
        let mut asked: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            if let Some(keys) = line.strip_suffix(':').filter(|line| !line.starts_with([' ', '#'])) {
                asked = keys.split(',').filter_map(|key| descriptor(key.trim().trim_matches('"').trim())).collect();
            } else if let Some(rest) = line.strip_prefix("  version") {
                let Some(version) = version_in(rest.trim_start_matches(':').trim().trim_matches('"')) else { continue };
                for (name, range) in asked.drain(..) {
                    self.asked.insert(format!("{name}@{range}"), version.clone());
                    self.know(&name, &version);
                }
            }
        }
    }

    /// pnpm: what each importer gets; without importers, there is one.
    fn add_pnpm(&mut self, file: &Data<'_>) {
        self.add_importer("", file);
        for (folder, importer) in file.get("importers").map_or(&[][..], Data::entries) {
            self.add_importer(&join("", folder), importer);
        }
    }

    fn add_importer(&mut self, folder: &str, importer: &Data<'_>) {
        for section in ["dependencies", "devDependencies", "optionalDependencies"] {
            for (name, entry) in importer.get(section).map_or(&[][..], Data::entries) {
                let version = entry.text().or_else(|| entry.text_of("version")).and_then(version_in);
                self.give(folder, name, version);
            }
        }
    }

    /// Bun: names, with who asks before them where several versions lie in the project.
    fn add_bun(&mut self, text: &str) {
        let Some(file) = Json::parse(text) else { return };
        for (name, entry) in file.get("packages").map_or(&[][..], Json::members) {
            let version = entry.items().first().and_then(Json::text).and_then(version_in);
            let is_outermost = name.matches('/').count() == usize::from(name.starts_with('@'));
            if is_outermost {
                self.give("", name, version);
            }
        }
    }

    /// Cargo: all versions, of which a requirement chooses; where there are several, packages say which they get.
    fn add_cargo(&mut self, text: &str) {
        #[derive(Deserialize)]
        struct File {
            #[serde(default)]
            package: Vec<Package>,
        }
        #[derive(Deserialize)]
        struct Package {
            name: String,
            version: String,
            #[serde(default)]
            dependencies: Vec<String>,
        }
        let Ok(file) = toml::from_str::<File>(text) else { return };
        for package in file.package {
            for dependency in &package.dependencies {
                let mut words = dependency.split(' ');
                if let (Some(name), Some(version)) = (words.next(), words.next()) {
                    self.give(&package.name, name, Version::parse(version).ok());
                }
            }
            if let Ok(version) = Version::parse(&package.version) {
                self.know(&package.name, &version);
            }
        }
    }
}

/// What Yarn was asked for: `name@^1`, `name@npm:^1`, `name@npm:other@^1`.
fn descriptor(text: &str) -> Option<(String, String)> {
    let (name, range) = text.get(1..)?.split_once('@').map(|(rest, range)| (&text[..=rest.len()], range))?;
    let plain = range.strip_prefix("npm:").filter(|range| !range.contains('@'));
    Some((name.to_owned(), plain.unwrap_or(range).to_owned()))
}

/// The version in `1.2.3`, `1.2.3(peer@1)`, `1.2.3_peer@1`, `other@1.2.3`, `npm:other@1.2.3`, `/other/1.2.3`.
fn version_in(text: &str) -> Option<Version> {
    let text = text.split(['(', '_']).next().unwrap_or_default();
    let at = text.rfind(['@', '/']).map_or(0, |at| at + 1);
    Version::parse(&text[at..]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn got(name: &str, text: &str, asks: &[(&str, &str, &str)]) -> Vec<String> {
        let lock = Lock::parse(name, text);
        let one = |(folder, name, range): &(&str, &str, &str)| {
            let versions: Vec<String> = lock.versions(folder, name, range).iter().map(Version::to_string).collect();
            versions.join(" ")
        };
        asks.iter().map(one).collect()
    }

    #[test]
    fn npm_says_where_packages_lie() {
        let first = r#"{"lockfileVersion": 1, "dependencies": {"a": {"version": "1.2.3", "requires": {"b": "^1"}},
            "c": {"version": "npm:a@2.0.0"}, "d": {"version": "github:x/d#7e1f"}}}"#;
        let asks = [("", "a", "^1.0.0"), ("", "c", "npm:a@2"), ("", "d", "github:x/d"), ("", "e", "1")];
        assert_eq!(got("package-lock.json", first, &asks), ["1.2.3", "2.0.0", "", ""]);
        let third = r#"{"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "^1.0.0"}}, "packages/p": {"version": "0.0.0"},
            "node_modules/a": {"version": "1.2.3"}, "packages/p/node_modules/a": {"version": "2.0.0"},
            "node_modules/x/node_modules/a": {"version": "0.9.0"}, "node_modules/@s/b": {"version": "3.1.0-rc.1"},
            "node_modules/p": {"resolved": "packages/p", "link": true}}}"#;
        let asks =
            [("", "a", "^1"), ("packages/p", "a", "^2"), ("packages/q", "a", "^1"), ("packages/q", "@s/b", "^3")];
        assert_eq!(got("npm-shrinkwrap.json", third, &asks), ["1.2.3", "2.0.0", "1.2.3", "3.1.0-rc.1"]);
    }

    #[test]
    fn yarn_says_what_was_asked_for() {
        let classic = "# yarn lockfile v1\n\n\n\"@s/a@^1.0.0\", \"@s/a@^1.1.0\":\n  version \"1.2.3\"\n  resolved \"x\"\n  dependencies:\n    b \"^1\"\n\nb@^1, b@~1.0:\n  version \"1.0.4\"\n\nb@^2:\n  version \"2.0.0\"\n";
        let asks = [("", "@s/a", "^1.1.0"), ("x", "b", "~1.0"), ("", "b", "^2"), ("", "b", "*")];
        assert_eq!(got("yarn.lock", classic, &asks), ["1.2.3", "1.0.4", "2.0.0", "1.0.4 2.0.0"]);
        let berry = "__metadata:\n  version: 8\n\n\"@s/a@npm:^1.0.0, @s/a@npm:^1.1.0\":\n  version: 1.2.3\n  resolution: \"@s/a@npm:1.2.3\"\n\n\"c@npm:b@^2\":\n  version: 2.0.0\n\n\"p@workspace:packages/p\":\n  version: 0.0.0-use.local\n";
        let asks = [("", "@s/a", "^1.0.0"), ("", "c", "npm:b@^2")];
        assert_eq!(got("yarn.lock", berry, &asks), ["1.2.3", "2.0.0"]);
    }

    #[test]
    fn pnpm_says_what_each_importer_gets() {
        let fifth = "lockfileVersion: 5.4\nspecifiers:\n  a: ^1\ndependencies:\n  a: 1.2.3_react@18.2.0\n  c: /a/2.0.0\n  l: link:../l\n";
        let asks = [("", "a", "^1"), ("", "c", "npm:a@2"), ("", "l", "workspace:*")];
        assert_eq!(got("pnpm-lock.yaml", fifth, &asks), ["1.2.3", "2.0.0", ""]);
        let ninth = "lockfileVersion: '9.0'\nimporters:\n  .:\n    devDependencies:\n      a:\n        specifier: ^1\n        version: 1.2.3(react@18.2.0)\n  packages/p:\n    dependencies:\n      a:\n        specifier: 'catalog:'\n        version: 2.0.0\n      c:\n        specifier: npm:a@2\n        version: a@2.1.0\n";
        let asks = [("", "a", "^1"), ("packages/p", "a", "catalog:"), ("packages/p", "c", "npm:a@2")];
        assert_eq!(got("pnpm-lock.yaml", ninth, &asks), ["1.2.3", "2.0.0", "2.1.0"]);
    }

    #[test]
    fn bun_and_cargo_say_what_there_is() {
        let bun = "{\n  \"lockfileVersion\": 1,\n  \"packages\": {\n    \"a\": [\"a@1.2.3\", \"\", {}, \"sha\"],\n    \"x/a\": [\"a@0.1.0\", \"\", {}, \"sha\"],\n    \"@s/b\": [\"@s/b@2.0.0\", \"\", {}, \"sha\"],\n  }\n}\n";
        let asks = [("", "a", "^1"), ("packages/p", "@s/b", "^2")];
        assert_eq!(got("bun.lock", bun, &asks), ["1.2.3", "2.0.0"]);
        let cargo = "version = 4\n[[package]]\nname = \"a\"\nversion = \"2.12.1\"\n[[package]]\nname = \"a\"\nversion = \"3.0.0\"\n[[package]]\nname = \"p\"\nversion = \"0.1.0\"\ndependencies = [\"a 3.0.0\", \"b\"]\n";
        let asks = [("q", "a", "2"), ("p", "a", ""), ("p", "b", "1")];
        assert_eq!(got("Cargo.lock", cargo, &asks), ["2.12.1 3.0.0", "3.0.0", ""]);
    }

    #[test]
    fn what_cannot_be_read_says_nothing() {
        for name in NPM.iter().chain([&CARGO]) {
            for text in ["", "{", "[[", "a@\n", "\u{0}", "packages: 1", "{\"packages\": 1}", "@:\n  version \"1.0.0\""]
            {
                assert!(Lock::parse(name, text).versions("", "a", "^1").is_empty(), "{name}: {text}");
            }
        }
    }
}
