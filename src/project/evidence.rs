//! Literals that tell where something may be found: in code, and in the settings and data that code reads.
//!
//! A file's code is only looked at closer if it holds one, or if what it reads from outside does.

use super::Project;
use super::configs::file_name;
use super::settings::{is_settings, parse};
use aho_corasick::AhoCorasick;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// Data beyond this many bytes is not what URLs are kept in.
const DATA_BYTES: u64 = 256 * 1024;

/// Data that tools keep for themselves.
const LOCKS: &[&str] = &["package-lock.json", "npm-shrinkwrap.json", "composer.lock.json", "deno.lock.json"];

/// The evidence literals, compiled. Literals that cannot be compiled rule nothing out.
pub(super) struct Search {
    project: Option<AhoCorasick>,
    file: Option<AhoCorasick>,
}

impl Search {
    pub(super) fn new(project: &[String], file: &[String]) -> Search {
        let build = |literals: &[String], any_case: bool| {
            AhoCorasick::builder().ascii_case_insensitive(any_case).build(literals).ok()
        };
        Search { project: build(project, true), file: build(file, false) }
    }

    /// Whether a text makes the project worth a look.
    pub(super) fn in_project(&self, text: &str) -> bool {
        self.project.as_ref().is_none_or(|search| search.is_match(text))
    }

    /// Whether a text makes its file worth a look.
    pub(super) fn in_file(&self, text: &str) -> bool {
        self.file.as_ref().is_none_or(|search| search.is_match(text))
    }
}

/// The data files of the project by their names without ending, and which of them code mentions.
#[derive(Default)]
pub(super) struct Mentions<'p> {
    stems: FxHashMap<&'p str, (Vec<&'p str>, AtomicBool)>,
}

impl<'p> Mentions<'p> {
    pub(super) fn new(data: &'p [String]) -> Mentions<'p> {
        let mut mentions = Mentions::default();
        for path in data.iter().filter(|path| !LOCKS.contains(&file_name(path))) {
            mentions.stems.entry(stem(path)).or_default().0.push(path);
        }
        mentions
    }

    /// Note the data that a text mentions: `…/name'`, `…/name.json`, `'name.json'`.
    pub(super) fn note(&self, text: &str) {
        if self.stems.is_empty() {
            return;
        }
        let bytes = text.as_bytes();
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'@');
        for slash in memchr::memchr3_iter(b'/', b'\'', b'"', bytes) {
            let from = slash + 1;
            let end = bytes[from..].iter().position(|byte| !part(byte)).map_or(bytes.len(), |length| from + length);
            let is_name = matches!(bytes.get(end), Some(b'\'' | b'"' | b'`'));
            let Some(name) = text.get(from..end).filter(|name| is_name && !name.is_empty()) else { continue };
            for name in [name, stem(name)] {
                if let Some((_, mentioned)) = self.stems.get(name) {
                    mentioned.store(true, Ordering::Relaxed);
                }
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
    /// What the settings and the data at `data` add: whether the project is worth a look, and the words by which code
    /// reads what makes a file worth one.
    pub(super) fn outer_evidence(&self, search: &Search, data: &[&str]) -> (bool, Vec<String>) {
        let settings = self.settings_files();
        let files: Vec<&str> = settings.iter().map(String::as_str).chain(data.iter().copied()).collect();
        let found: Vec<(bool, Vec<String>)> = files
            .par_iter()
            .map(|path| {
                let Ok(text) = self.system.read_within(path, DATA_BYTES) else { return (false, Vec::new()) };
                if !search.in_project(&text) {
                    return (false, Vec::new());
                }
                let words = if is_settings(file_name(path)) {
                    let telling = |value: &str| search.in_project(value) && search.in_file(value);
                    parse(&text).into_iter().filter(|(_, value)| telling(value)).map(|(name, _)| name).collect()
                } else if search.in_file(&text) {
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
        (found.iter().any(|(evidence, _)| *evidence), words)
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
        mentions.note("require('./config'); import y from \"y.json\"; // x");
        assert_eq!(mentions.mentioned(), ["a/config.json", "b/config.json", "y.json"]);
        mentions.note("'./package-lock.json' ./x.json é/");
        assert_eq!(mentions.mentioned().len(), 3);
    }
}
