//! Literals that tell where something may be found: in code, and in the settings and data that code reads.
//!
//! A file's code is only looked at closer if it holds one, or if what it reads from outside does.

use super::Project;
use super::configs::file_name;
use super::importers::specifiers;
use super::settings::{is_settings, parse};
use crate::lower::Syntax;
use crate::text::prefilter::Prefilter;
use aho_corasick::AhoCorasick;
use memchr::memmem::Finder;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicBool, Ordering};

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

/// The data files of the project by their names without ending, and which of them code mentions.
pub(super) struct Mentions<'p> {
    stems: FxHashMap<&'p str, (Vec<&'p str>, AtomicBool)>,
    ending: Finder<'static>,
}

impl<'p> Mentions<'p> {
    pub(super) fn new(data: &'p [String]) -> Mentions<'p> {
        let mut mentions = Mentions { stems: FxHashMap::default(), ending: Finder::new(".json") };
        for path in data.iter().filter(|path| !OF_TOOLS.contains(&file_name(path))) {
            mentions.stems.entry(stem(path)).or_default().0.push(path);
        }
        mentions
    }

    /// Note the data that a text mentions: what it imports, `…/name'`, and what it names with the ending, `'name.json'`.
    pub(super) fn note(&self, syntax: Syntax, text: &[u8]) {
        if self.stems.is_empty() {
            return;
        }
        for ending in self.ending.find_iter(text) {
            let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'@');
            let from = ending - text[..ending].iter().rev().take_while(part).count();
            let end = ending + text[ending..].iter().take_while(part).count();
            let opens = from.checked_sub(1).is_some_and(|at| matches!(text[at], b'/' | b'\'' | b'"'));
            let closes = matches!(text.get(end), Some(b'\'' | b'"' | b'`'));
            if opens
                && closes
                && let Ok(name) = std::str::from_utf8(&text[from..end])
            {
                self.mark(name);
            }
        }
        if syntax != Syntax::Rust {
            specifiers(text).iter().for_each(|specifier| self.mark(file_name(specifier)));
        }
    }

    fn mark(&self, name: &str) {
        for name in [name, stem(name)] {
            if let Some((_, mentioned)) = self.stems.get(name) {
                mentioned.store(true, Ordering::Relaxed);
            }
        }
    }

    /// The data that was mentioned, in order.
    pub(super) fn mentioned(&self) -> Vec<&'p str> {
        let mentioned = self.stems.values().filter(|(_, mentioned)| mentioned.load(Ordering::Relaxed));
        let mut paths: Vec<&str> = mentioned.flat_map(|(paths, _)| paths.iter().copied()).collect();
        paths.sort_unstable();
        paths
    }
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

    #[test]
    fn mentioned_data_is_noted() {
        let data = ["a/config.json", "b/config.json", "x.json", "y.json", "package-lock.json"].map(str::to_owned);
        let mentions = Mentions::new(&data);
        mentions.note(Syntax::Js, b"require('./config'); import y from \"y.json\"; // x");
        assert_eq!(mentions.mentioned(), ["a/config.json", "b/config.json", "y.json"]);
        mentions.note(Syntax::Js, "'./package-lock.json' ./x.json é/".as_bytes());
        assert_eq!(mentions.mentioned().len(), 3);
    }
}
