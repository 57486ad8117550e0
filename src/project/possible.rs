//! Regions in which no request to an endpoint is possible: their code holds no path that may be one, and calls nothing that
//! stands for one. Many a word that makes a project worth a look means something else.
//!
//! Goes at bytes. What these do not tell is possible; a path is none of which not even the first segment is written out as
//! one.

use super::Project;
use super::evidence::{self, Outer};
use crate::text::FileId;
use crate::text::paths::{around, parent};
use crate::text::prefilter::{Prefilter, Signs};
use aho_corasick::AhoCorasick;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

impl Project<'_> {
    /// Make nothing worth a look in regions in which nothing is possible. Those that name the API all the same may be asked
    /// what they keep for others; the rest is out of it.
    pub(super) fn rule_out(&mut self, search: &Prefilter, outer: &Outer) {
        let hopeless = self.regions.iter().filter(|files| !self.is_possible(files, search, outer));
        let hopeless: Vec<&Vec<FileId>> = hopeless.collect();
        let names_it = |files: &&&Vec<FileId>| files.iter().any(|id| self.file(*id).signs.vendor);
        let out: FxHashSet<FileId> =
            hopeless.iter().filter(|files| !names_it(files)).copied().flatten().copied().collect();
        let ids: Vec<FileId> = hopeless.into_iter().flatten().copied().collect();
        for id in ids {
            let file = &mut self.files[id.0 as usize];
            file.has_file_evidence = false;
            file.is_telling = false;
        }
        self.in_regions.retain(|id| !out.contains(id));
    }

    /// Whether code of these files, with the settings and data that it reads, may send a request to an endpoint.
    fn is_possible(&self, files: &[FileId], search: &Prefilter, outer: &Outer) -> bool {
        let own = files.iter().map(|id| self.file(*id).signs).fold(Signs::default(), Signs::and);
        if own.suffice() {
            return true;
        }
        let with_data = self.data_named(files, &outer.data).fold(own, Signs::and);
        if with_data.suffice() {
            return true;
        }
        // what is looked for in the texts comes last
        let could = outer.settings.iter().map(|(_, signs)| *signs).fold(with_data, Signs::and);
        if could.suffice() && self.settings_named(files, &outer.settings).fold(with_data, Signs::and).suffice() {
            return true;
        }
        // where nothing names the API, only what a call is called may
        let may_call = |id: &FileId| !self.file(*id).signs.project && search.has_call(self.text(*id).as_bytes());
        files.par_iter().any(may_call) || self.gives_names(files, search)
    }

    /// What the data holds that one of these files names.
    fn data_named(&self, files: &[FileId], data: &[(String, Signs)]) -> impl Iterator<Item = Signs> {
        let paths = data.iter().map(|(path, _)| path.as_str());
        let named: FxHashSet<&str> =
            evidence::mentioned(paths, files.par_iter().map(|id| self.file(*id)), &self.configs).into_iter().collect();
        data.iter().filter(move |(path, _)| named.contains(path.as_str())).map(|(_, signs)| *signs)
    }

    /// What the settings hold whose name one of these files holds.
    fn settings_named(&self, files: &[FileId], settings: &[(String, Signs)]) -> impl Iterator<Item = Signs> {
        // names that cannot be looked for count as found
        let search = AhoCorasick::new(settings.iter().map(|(name, _)| name)).ok();
        let held = search.map(|search| {
            let in_file = |id: &FileId| -> FxHashSet<usize> {
                let text = self.text(*id);
                search.find_overlapping_iter(&*text).map(|found| found.pattern().as_usize()).collect()
            };
            files.par_iter().map(in_file).reduce(FxHashSet::default, |mut all, more| {
                all.extend(more);
                all
            })
        });
        let is_held = move |nth: usize| held.as_ref().is_none_or(|held| held.contains(&nth));
        settings.iter().enumerate().filter(move |(nth, _)| is_held(*nth)).map(|(_, (_, signs))| *signs)
    }

    /// Whether what says which packages the code of these files uses may give one of the API's another name.
    fn gives_names(&self, files: &[FileId], search: &Prefilter) -> bool {
        let folders: FxHashSet<&str> = files.iter().flat_map(|id| around(parent(self.path(*id)))).collect();
        let manifests = self.configs.naming().filter(|path| folders.contains(parent(path)));
        let names_it = |path: &str| self.config_text(path).is_some_and(|text| search.has_call(text.as_bytes()));
        manifests.collect::<Vec<&str>>().into_par_iter().any(names_it)
    }
}

#[cfg(test)]
mod tests {
    use crate::project::Project;
    use crate::text::{Literals, MemoryFiles};

    /// Whether anything in a project of these files is worth parsing.
    fn is_possible(files: &[(&str, &str)]) -> bool {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
        let literals = Literals {
            project: owned(&["acme", "api/v2"]),
            file: owned(&["users", "acme", "Acme"]),
            call: owned(&["acme", "linkUser"]),
            prefix: "/api/v2/".to_owned(),
            heads: owned(&["users"]),
            hosts: owned(&[".acme.com"]),
            all: false,
        };
        let mut system = MemoryFiles::new();
        for (path, text) in files {
            system.insert((*path).to_owned(), (*text).to_owned());
        }
        let project = Project::open(&system, &[".".to_owned()], &literals, &|_| false);
        project.regions().any(|region| !region.roots().is_empty())
    }

    #[test]
    fn a_word_alone_is_not_enough() {
        for text in [
            "const providers = ['Acme'];",
            "fetch(server.PREFIX + '/api/v2');",
            "fetch('https://cdn.acme.com/logo.png');",
            "fetch('https://api.example.com/api/v2/users/1');",
            "Acme; fetch('/v1/users/1');",
        ] {
            assert!(!is_possible(&[("a.js", text)]), "{text}");
        }
        for text in [
            "fetch(`${process.env.ACME_URL}/users/${id}`);",
            "import { Client } from 'acme';",
            "session.Acme.linkUser(id);",
            "Acme; fetch('/api/v2/' + path);",
        ] {
            assert!(is_possible(&[("a.js", text)]), "{text}");
        }
    }

    #[test]
    fn what_code_reads_counts() {
        let own = "fetch(process.env.BASE + paths.ofUser); // as users do";
        let settings = (".env", "ACME=1\nBASE=https://login.example.com/api/v2/\n");
        assert!(!is_possible(&[("a.js", own), settings]));
        let data = ("paths.json", "{ \"ofUser\": \"users/1\" }");
        assert!(!is_possible(&[("a.js", own), data, settings]));
        assert!(is_possible(&[("a.js", &format!("import paths from './paths.json'; {own}")), data, settings]));
        let settings = (".env", "USER=https://login.example.com/api/v2/users/1");
        assert!(!is_possible(&[("a.js", own), settings]));
        assert!(is_possible(&[("a.js", "fetch(process.env.USER) // as users do"), settings]));
    }

    #[test]
    fn a_region_is_more_than_its_packages() {
        let package = ("a/package.json", "{ \"name\": \"a\" }");
        let other = ("b/package.json", "{ \"name\": \"b\" }");
        let base = ("a/base.js", "export const base = process.env.ACME_URL; // Acme");
        let path = ("b/path.js", "export const path = 'users/1';");
        assert!(!is_possible(&[package, other, base, path]));
        let both = "import { base } from '../a/base.js'; import { path } from './path.js'; fetch(base + path);";
        assert!(is_possible(&[package, other, base, path, ("b/get.js", both)]));
        assert!(!is_possible(&[
            package,
            other,
            base,
            ("b/path.js", "export const path = 'clients/1';"),
            ("b/get.js", both)
        ]));
    }

    #[test]
    fn a_manifest_may_rename_a_package() {
        let code = ("src/main.rs", "use directory::Acme;");
        let manifest = |of: &str| format!("[package]\nname = \"x\"\n[dependencies]\ndirectory = {of}");
        assert!(!is_possible(&[code, ("Cargo.toml", &manifest("\"1\""))]));
        assert!(is_possible(&[code, ("Cargo.toml", &manifest("{ package = \"acme_client\", version = \"1\" }"))]));
    }
}
