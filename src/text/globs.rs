//! Patterns for files, in the language of ignore files, seen from one folder.

use super::Files;
use super::files::{Purposes, ReadError, Walked};
use super::gathered::lock;
use super::paths::is_under;
use super::seen::Stamp;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// Patterns as `.gitignore` has them: `dist/`, `*.min.js`, `/generated`, `!kept.js`.
#[derive(Clone, Debug)]
pub struct Globs {
    /// An absolute path with `/`, or empty for the root of files in memory.
    folder: String,
    patterns: Vec<String>,
    matcher: Gitignore,
}

/// By what was written.
impl std::hash::Hash for Globs {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (&self.folder, &self.patterns).hash(state);
    }
}

impl Globs {
    /// The patterns of a file in `folder`, which is as [`Files::absolute`] names it. An error names the pattern by its
    /// place in the list, and says what is wrong with it.
    pub fn new(folder: &str, patterns: &[String]) -> Result<Globs, (usize, String)> {
        let mut builder = GitignoreBuilder::new("");
        builder.allow_unclosed_class(false);
        for (nth, pattern) in patterns.iter().enumerate() {
            // in an ignore file, a line that means nothing
            if pattern.trim().is_empty() || pattern.starts_with('#') {
                return Err((nth, "it means no file".to_owned()));
            }
            builder.add_line(None, pattern).map_err(|error| (nth, reason(&error)))?;
        }
        let matcher = builder.build().map_err(|error| (0, reason(&error)))?;
        Ok(Globs { folder: folder.trim_end_matches('/').to_owned(), patterns: patterns.to_vec(), matcher })
    }

    /// Whether the file at the absolute path `path` is meant: it, or a folder that it lies in.
    pub fn matches(&self, path: &str) -> bool {
        if !is_under(path, &self.folder) {
            return false;
        }
        let inside = path[self.folder.len()..].trim_start_matches('/');
        !inside.is_empty() && self.matcher.matched_path_or_any_parents(inside, false).is_ignore()
    }
}

/// The pattern is named by its place, so only the cause is worth telling.
fn reason(error: &ignore::Error) -> String {
    match error {
        ignore::Error::Glob { err, .. } => err.clone(),
        ignore::Error::WithLineNumber { err, .. } | ignore::Error::WithPath { err, .. } => reason(err),
        other => other.to_string(),
    }
}

/// Files without those that some patterns mean: they are not there, whoever asks for them.
pub struct Excluding<'a> {
    files: &'a dyn Files,
    globs: &'a Globs,
    left_out: Mutex<BTreeSet<String>>,
}

impl<'a> Excluding<'a> {
    /// `files` without what `globs` means.
    pub fn new(files: &'a dyn Files, globs: &'a Globs) -> Self {
        Excluding { files, globs, left_out: Mutex::default() }
    }

    /// The files that walks left out.
    pub fn left_out(&self) -> Vec<String> {
        lock(&self.left_out).iter().cloned().collect()
    }
}

impl Files for Excluding<'_> {
    fn walk(&self, root: &str, wanted: &(dyn Fn(&str) -> Purposes + Sync)) -> Walked {
        let mut walked = self.files.walk(root, wanted);
        let mut left_out = lock(&self.left_out);
        let mut keep = |path: &String| {
            let keep = !self.globs.matches(&self.files.absolute(path));
            if !keep {
                left_out.insert(path.clone());
            }
            keep
        };
        walked.files.retain(|(path, _)| keep(path));
        walked.unreadable.retain(|(path, _)| keep(path));
        walked
    }

    fn read(&self, path: &str) -> Result<Arc<str>, ReadError> {
        self.files.read(path)
    }

    fn read_within(&self, path: &str, limit: u64) -> Result<Arc<str>, ReadError> {
        self.files.read_within(path, limit)
    }

    fn bytes_within(&self, path: &str, limit: u64, into: &mut Vec<u8>) -> Result<(), ReadError> {
        self.files.bytes_within(path, limit, into)
    }

    fn stamped_within(&self, path: &str, limit: u64, into: &mut Vec<u8>) -> Result<Option<Stamp>, ReadError> {
        self.files.stamped_within(path, limit, into)
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.files.stamp(path)
    }

    fn exists(&self, path: &str) -> bool {
        !self.globs.matches(&self.files.absolute(path)) && self.files.exists(path)
    }

    fn is_dir(&self, path: &str) -> bool {
        self.files.is_dir(path)
    }

    fn named(&self, path: &str) -> String {
        self.files.named(path)
    }

    fn absolute(&self, path: &str) -> String {
        self.files.absolute(path)
    }

    fn project_root(&self, path: &str) -> String {
        self.files.project_root(path)
    }

    fn repository(&self, path: &str) -> Option<String> {
        self.files.repository(path)
    }

    fn find_upward(&self, path: &str, name: &str) -> Option<String> {
        self.files.find_upward(path, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::MemoryFiles;

    fn globs(folder: &str, patterns: &[&str]) -> Globs {
        Globs::new(folder, &patterns.iter().map(|pattern| (*pattern).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn patterns_are_those_of_ignore_files_seen_from_their_folder() {
        let globs = globs("/repo/web", &["dist/", "*.min.js", "/generated", "!generated/kept.js"]);
        for path in ["dist/a.js", "src/dist/x/a.js", "src/a.min.js", "generated/a.js"] {
            assert!(globs.matches(&format!("/repo/web/{path}")), "{path}");
        }
        for path in ["/repo/web/src/generated/a.js", "/repo/web/distant.js", "/repo/dist/a.js", "/repo/web2/dist/a.js"]
        {
            assert!(!globs.matches(path), "{path}");
        }
    }

    #[test]
    fn a_broken_pattern_is_named() {
        let (nth, reason) = Globs::new("", &["a".into(), "b[".into()]).unwrap_err();
        assert_eq!(nth, 1);
        assert!(reason.contains("character class"), "{reason}");
        for nothing in ["", " ", "# dist"] {
            assert!(Globs::new("", &[nothing.to_owned()]).is_err(), "{nothing:?}");
        }
    }

    #[test]
    fn what_is_left_out_is_told() {
        let mut files = MemoryFiles::new();
        for path in ["a.js", "dist/b.js", "dist/c.css"] {
            files.insert(path, "");
        }
        let globs = globs("", &["dist"]);
        let files = Excluding::new(&files, &globs);
        assert_eq!(files.walk(".", &|path| path.ends_with(".js").into()).files, [("a.js".into(), 1)]);
        assert_eq!(files.left_out(), ["dist/b.js"]);
        assert!(files.exists("a.js") && !files.exists("dist/b.js"));
    }
}
