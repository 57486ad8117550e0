//! Literals that tell where something may be found: in code, and in the settings and data that code reads.
//!
//! A file's code is only looked at closer if it holds one, or if what it reads from outside does.

use super::configs::file_name;
use super::settings::{is_settings, parse};
use super::{Project, SourceFile, names};
use crate::text::prefilter::Prefilter;
use aho_corasick::AhoCorasick;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// Data beyond this many bytes is not what URLs are kept in.
const DATA_BYTES: u64 = 256 * 1024;

/// Data that tools keep for themselves.
const OF_TOOLS: &[&str] = &[
    "package.json",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "composer.lock.json",
    "deno.lock.json",
    "tsconfig.json",
    "jsconfig.json",
];

/// The data among `paths` that some file mentions, in order.
pub(super) fn mentioned<'p>(paths: &'p [String], files: &[SourceFile]) -> Vec<&'p str> {
    let mut data = paths.iter().map(String::as_str).filter(|path| !OF_TOOLS.contains(&file_name(path))).peekable();
    if data.peek().is_none() {
        return Vec::new();
    }
    let mut named = FxHashSet::default();
    files.iter().for_each(|file| file.names.add_to(&mut named));
    data.filter(|path| names::is_among(path, &named)).collect()
}

/// A file's name without the ending of data.
fn stem(path: &str) -> &str {
    let name = file_name(path);
    let endings = [".json", ".jsonc", ".json5"];
    endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

impl Project<'_> {
    /// What the settings and the data at `data` add: the files that make the project worth a look, and the words by which
    /// code reads what makes a file worth one.
    pub(super) fn outer_evidence(&self, search: &Prefilter, data: &[&str]) -> (Vec<String>, Vec<String>) {
        let settings = self.settings_files();
        let files: Vec<&str> = settings.iter().map(String::as_str).chain(data.iter().copied()).collect();
        let found: Vec<(bool, Vec<String>)> = files
            .par_iter()
            .map(|path| {
                let Ok(text) = self.system.read_within(path, DATA_BYTES) else { return (false, Vec::new()) };
                if !search.in_project(text.as_bytes()) {
                    return (false, Vec::new());
                }
                let words = if is_settings(file_name(path)) {
                    let telling = |value: &str| search.in_project(value.as_bytes()) && search.in_file(value.as_bytes());
                    parse(&text).into_iter().filter(|(_, value)| telling(value)).map(|(name, _)| name).collect()
                } else if search.in_file(text.as_bytes()) {
                    let stem = stem(path);
                    ["'", "\"", "`", ".json"].iter().map(|end| format!("{stem}{end}")).collect()
                } else {
                    Vec::new()
                };
                (true, words)
            })
            .collect();
        let mut words: Vec<String> = found.iter().flat_map(|(_, words)| words.iter().cloned()).collect();
        words.sort();
        words.dedup();
        let telling =
            files.iter().zip(&found).filter(|(_, (evidence, _))| *evidence).map(|(file, _)| (*file).to_owned());
        (telling.collect(), words)
    }

    /// The files that hold one of `words` are worth a look.
    pub(super) fn look_for(&mut self, words: &[String]) {
        let Some(search) = AhoCorasick::new(words).ok().filter(|_| !words.is_empty()) else { return };
        let ids: Vec<_> = self.ids().filter(|id| !self.file(*id).is_telling).collect();
        let found: Vec<_> = ids.into_par_iter().filter(|id| search.is_match(&*self.text(*id))).collect();
        for id in found {
            let file = &mut self.files[id.0 as usize];
            file.has_file_evidence = true;
            file.is_telling = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::Syntax;
    use crate::project::names::Names;

    #[test]
    fn mentioned_data_is_noted() {
        let data = ["a/config.json", "b/config.json", "x.json", "y.json", "package-lock.json"].map(str::to_owned);
        let mut file = SourceFile::new("a.js".into(), Syntax::Js);
        file.names = Names::new(Syntax::Js, b"require('./config'); import y from \"y.json\"; // x");
        assert_eq!(mentioned(&data, &[file]), ["a/config.json", "b/config.json", "y.json"]);
        let mut file = SourceFile::new("a.js".into(), Syntax::Js);
        file.names = Names::new(Syntax::Js, "'./package-lock.json' ./x.json é/".as_bytes());
        assert!(mentioned(&data, &[file]).is_empty());
    }
}
