//! Files of which one has another text than the system knows: what an editor has not saved.

use super::Files;
use super::files::{MAX_BYTES, Purposes, ReadError, Walked, text_of};
use super::paths::is_inside;
use super::seen::Stamp;
use std::sync::Arc;

/// `files`, with `text` as what is in one of them, whether it exists or not.
pub struct Overlay<'a> {
    files: &'a dyn Files,
    path: String,
    text: Result<Arc<str>, ReadError>,
}

impl<'a> Overlay<'a> {
    /// The file at `path` holds `bytes`.
    pub fn new(files: &'a dyn Files, path: &str, bytes: Vec<u8>) -> Self {
        let size = bytes.len() as u64;
        let text = if size > MAX_BYTES { Err(ReadError::TooLarge(size, MAX_BYTES)) } else { text_of(bytes) };
        Overlay { files, path: files.named(path), text }
    }

    fn is_it(&self, path: &str) -> bool {
        // most have another name
        let last = self.path.rsplit('/').next().unwrap_or_default();
        path.ends_with(last) && self.files.named(path) == self.path
    }
}

impl Files for Overlay<'_> {
    fn walk(&self, root: &str, wanted: &(dyn Fn(&str) -> Purposes + Sync)) -> Walked {
        let is_root = self.is_it(root);
        let mut walked = if is_root { Walked::default() } else { self.files.walk(root, wanted) };
        let lies_inside = is_root || is_inside(&self.path, &self.files.named(root));
        let it = (self.path.clone(), wanted(&self.path));
        if lies_inside && it.1 != 0 && !walked.files.contains(&it) {
            walked.files.push(it);
        }
        walked
    }

    fn read(&self, path: &str) -> Result<Arc<str>, ReadError> {
        if self.is_it(path) { self.text.clone() } else { self.files.read(path) }
    }

    fn bytes_within(&self, path: &str, limit: u64, into: &mut Vec<u8>) -> Result<(), ReadError> {
        if !self.is_it(path) {
            return self.files.bytes_within(path, limit, into);
        }
        into.clear();
        into.extend_from_slice(self.read_within(path, limit)?.as_bytes());
        Ok(())
    }

    fn stamped_within(&self, path: &str, limit: u64, into: &mut Vec<u8>) -> Result<Option<Stamp>, ReadError> {
        if self.is_it(path) {
            return self.bytes_within(path, limit, into).map(|()| None);
        }
        self.files.stamped_within(path, limit, into)
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        if self.is_it(path) { None } else { self.files.stamp(path) }
    }

    fn exists(&self, path: &str) -> bool {
        self.is_it(path) || self.files.exists(path)
    }

    fn is_dir(&self, path: &str) -> bool {
        !self.is_it(path) && self.files.is_dir(path)
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

    #[test]
    fn one_file_is_another_and_the_rest_is_there() {
        let mut files = MemoryFiles::new();
        files.insert("src/a.js", "old");
        files.insert("src/b.js", "b");
        let walked = |files: &Overlay<'_>, root: &str| {
            let walked = files.walk(root, &|path| path.ends_with(".js").into()).files;
            let mut paths: Vec<String> = walked.into_iter().map(|(path, _)| path).collect();
            paths.sort();
            paths.join(" ")
        };
        let changed = Overlay::new(&files, "./src/a.js", b"new".to_vec());
        assert_eq!(&*changed.read("src/a.js").unwrap(), "new");
        assert_eq!(&*changed.read("src/b.js").unwrap(), "b");
        assert_eq!(walked(&changed, "."), "src/a.js src/b.js");
        let added = Overlay::new(&files, "src/c.js", b"c".to_vec());
        assert_eq!(walked(&added, "src"), "src/a.js src/b.js src/c.js");
        assert_eq!((walked(&added, "lib").as_str(), added.exists("src/c.js")), ("", true));
        let binary = Overlay::new(&files, "src/c.js", b"c\0".to_vec());
        assert_eq!(binary.read("src/c.js"), Err(ReadError::Binary));
    }
}
