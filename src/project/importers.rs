//! From what holds evidence to what imports it: a URL or a client that is made in one file may be used in another that
//! names nothing telling itself.
//!
//! Imports are read off the texts here, so that nothing has to be parsed for it. That is rough, and roughness is harmless:
//! a file too many is looked at.

use super::{Project, Resolved};
use crate::lower::Syntax;
use crate::text::FileId;
use memchr::memmem::{Finder, find};
use regex::bytes::Regex;
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Specifiers are no longer than this, in bytes.
const LENGTH: usize = 256;

impl Project<'_> {
    /// Those of a region's files that hold a literal worth parsing for, and those that import one which names an endpoint's
    /// place or a client of it, through as many others as it takes.
    pub(super) fn roots_among(&self, files: &[FileId]) -> Vec<FileId> {
        let mut led_to = FxHashSet::default();
        let mut queue: Vec<FileId> = files.iter().copied().filter(|id| self.file(*id).is_telling).collect();
        while let Some(file) = queue.pop() {
            if led_to.insert(file) {
                queue.extend(self.importers_of(file));
            }
        }
        files.iter().copied().filter(|id| led_to.contains(id) || self.file(*id).has_file_evidence).collect()
    }

    /// Who imports each file, given what each file imports.
    pub(super) fn turn_round<'i>(&self, imports: impl Iterator<Item = (FileId, &'i [FileId])>) -> Vec<Vec<FileId>> {
        let mut importers: Vec<Vec<FileId>> = vec![Vec::new(); self.len()];
        for (importer, imported) in imports {
            for &file in imported {
                importers[file.0 as usize].push(importer);
                let is_rust = self.file(file).syntax == Syntax::Rust;
                if is_rust && self.resolve_rust(importer, "crate", 0) == Resolved::File(file) {
                    // a crate's root holds its modules
                    importers[importer.0 as usize].push(file);
                }
            }
        }
        importers
    }

    /// The sources of a region that import a file, as far as their texts tell.
    pub fn importers_of(&self, file: FileId) -> &[FileId] {
        self.importers.get().and_then(|all| all.get(file.0 as usize)).map_or(&[], Vec::as_slice)
    }

    /// The sources that a file imports, as far as its text tells.
    pub fn imports_of(&self, file: FileId) -> Vec<FileId> {
        let text = self.text(file);
        let resolved = match self.file(file).syntax {
            Syntax::Rust => self.crates_in(file),
            _ => {
                let named = specifiers(text.as_bytes());
                let loaded = lists(&text);
                let resolved = named.iter().map(|specifier| self.resolve_js(file, specifier));
                resolved.chain(loaded.iter().map(|specifier| self.resolve_loaded(file, specifier))).collect()
            }
        };
        let mut files: Vec<FileId> = resolved
            .into_iter()
            .filter_map(|resolved| match resolved {
                Resolved::File(file) | Resolved::Member(file, _) => Some(file),
                Resolved::Package(_) | Resolved::Missing => None,
            })
            .filter(|imported| *imported != file && (imported.0 as usize) < self.len())
            .collect();
        files.sort_unstable();
        files.dedup();
        files
    }
}

impl Project<'_> {
    /// What a Rust file can name: everything of its own crate, by way of its root, and the crates that this depends on.
    fn crates_in(&self, file: FileId) -> Vec<Resolved> {
        let root = self.resolve_rust(file, "crate", 0);
        if root != Resolved::File(file) {
            return vec![root];
        }
        self.dependencies_of(file).into_iter().map(|name| self.crate_named(file, &name)).collect()
    }
}

/// What stands behind `from`, `import`, `require` and the module's own folder in quotes.
pub(super) fn specifiers(text: &[u8]) -> Vec<Cow<'_, str>> {
    /// The module's own folder.
    const FOLDER: &str = "__dirname";
    static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&format!("from|import|require|{FOLDER}")).ok());
    let mut found = Vec::new();
    for word in WORDS.iter().flat_map(|words| words.find_iter(text)) {
        let mut rest = &text[word.end()..];
        loop {
            let skipped =
                rest.iter().take_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b'(' | b',' | b'+'));
            rest = &rest[skipped.count()..];
            let after = rest.strip_prefix(b"/*").and_then(|comment| Some(&comment[find(comment, b"*/")? + 2..]));
            match after {
                Some(after) => rest = after,
                None => break,
            }
        }
        let Some((quote @ (b'\'' | b'"' | b'`'), rest)) = rest.split_first() else { continue };
        let rest = &rest[..rest.len().min(LENGTH + 1)];
        let Some(specifier) = memchr::memchr(*quote, rest).and_then(|end| std::str::from_utf8(&rest[..end]).ok())
        else {
            continue;
        };
        if specifier.is_empty() || specifier.contains(['\n', '$']) {
            continue;
        }
        let is_inside = word.as_bytes() == FOLDER.as_bytes();
        found.push(if is_inside { Cow::Owned(format!("./{specifier}")) } else { Cow::Borrowed(specifier) });
    }
    found
}

/// What stands in quotes in the lists that loaders are given: `define(['a'], …)`, `define('name', ['a'], …)`.
fn lists(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for word in ["define", "require", "requirejs"] {
        for at in Finder::new(word).find_iter(text.as_bytes()) {
            let Some(rest) = text[at + word.len()..].trim_start().strip_prefix('(') else { continue };
            let Some(open) = rest.find(['[', '{', ')', ';']).filter(|open| rest[*open..].starts_with('[')) else {
                continue;
            };
            let Some((list, _)) = rest[open + 1..].split_once(']') else { continue };
            let quoted = list.split(['\'', '"']).skip(1).step_by(2);
            found.extend(quoted.filter(|name| !name.is_empty() && name.len() <= LENGTH));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn any_text_is_looked_through(text in "(from|import|require|__dirname|[ ('\"`/*,é\n]){0,20}") {
            let _ = (specifiers(text.as_bytes()), lists(&text));
        }
    }

    #[test]
    fn lists_of_loaders_are_read_off_the_text() {
        let text =
            "define(['a', \"./b\"], f); require (['c'], g); define('d', ['e'], h); define({ f: ['g'] }); define([";
        assert_eq!(lists(text), ["a", "./b", "e", "c"]);
    }

    #[test]
    fn specifiers_are_read_off_the_text() {
        let text = "import a, { b } from './a';\nimport './b';const c=require(\"c\"), d = import(/* chunk: 'x' */ `./d`);\n\
                    require(path.join(__dirname, 'e')); export * from\n'f'; transform('g'); from(x); require(`${h}`); import '";
        assert_eq!(specifiers(text.as_bytes()), ["./a", "./b", "c", "./d", "./e", "f"]);
    }
}
