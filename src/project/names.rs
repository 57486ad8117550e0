//! What a file names in quotes, kept so briefly that all files of a large tree can be asked: whether one may import from a
//! given place, or mention a data file, before anything is parsed or read again.
//!
//! Two names may be kept as one: what a file may name has to be looked at in it.

use super::configs::{file_name, is_data};
use super::importers::specifiers;
use super::resolve_js::package_name;
use crate::lower::Syntax;
use memchr::memmem::Finder;
use rustc_hash::{FxHashSet, FxHasher};
use std::hash::Hasher;
use std::sync::LazyLock;

/// The bits that say where a name leads: how many levels up from its file, or one of the following. The others are its
/// hash.
const LEADS: u32 = 0b1111;

/// This many levels up or more.
const FAR: u32 = LEADS - 3;

/// The name of a package out of which something is imported.
const PACKAGE: u32 = LEADS - 2;

/// The last part of a name that is a package's or mapped.
const MAPPED: u32 = LEADS - 1;

/// The same, with the ending of data.
const ANYWHERE: u32 = LEADS;

/// Where a name may lead from its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leads {
    /// To what lies below the folder so many levels up.
    Up(usize),
    /// To what is mapped or in a package.
    Mapped,
    /// To any folder.
    Anywhere,
}

/// Endings of what can be imported.
const ENDINGS: &[&str] =
    &["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte", "astro", "json", "jsonc", "json5"];

/// The last parts of the paths and packages that a text names.
#[derive(Debug, Default)]
pub(super) struct Names(Box<[u32]>);

impl Names {
    /// What a text imports, and what it mentions with the ending of data: `'name.json'`. Rust names its modules otherwise.
    pub(super) fn new(syntax: Syntax, text: &[u8]) -> Names {
        static ENDING: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(".json"));
        if syntax == Syntax::Rust {
            return Names::default();
        }
        let mut names = Vec::new();
        for ending in ENDING.find_iter(text) {
            let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'@');
            let from = ending - text[..ending].iter().rev().take_while(part).count();
            let end = ending + text[ending..].iter().take_while(part).count();
            let opens = from.checked_sub(1).is_some_and(|at| matches!(text[at], b'/' | b'\'' | b'"' | b'!'));
            let closes = matches!(text.get(end), Some(b'\'' | b'"' | b'`'));
            if opens && closes {
                names.push(name(&text[from..end]) | mention_leads(&text[..from]));
            }
        }
        for specifier in specifiers(text) {
            let (leads, rest) = leads(&specifier);
            names.push(name(file_name(rest).as_bytes()) | leads);
            if leads >= MAPPED {
                names.push(name(file_name(package_name(rest).0).as_bytes()) | PACKAGE);
            }
        }
        names.sort_unstable();
        names.dedup();
        Names(names.into())
    }

    /// In short.
    pub(super) fn words(&self) -> &[u32] {
        &self.0
    }

    /// What [`words`](Names::words) gave.
    pub(super) fn of_words(words: Box<[u32]>) -> Names {
        Names(words)
    }

    /// Whether it may name one of `wanted`.
    pub(super) fn may_name(&self, wanted: &Wanted) -> bool {
        self.0.iter().any(|known| wanted.0.contains(&(known & !LEADS)))
    }

    /// Whether it may name one of `wanted` out of the folder that is so many levels above its file.
    pub(super) fn may_name_outside(&self, levels: usize, wanted: &Wanted) -> bool {
        let leads_out = |known: &u32| {
            let up = known & LEADS;
            up >= FAR || up as usize > levels
        };
        self.0.iter().any(|known| leads_out(known) && wanted.0.contains(&(known & !LEADS)))
    }

    /// What names files, and where each leads.
    pub(super) fn of_files(&self) -> impl Iterator<Item = (u32, Leads)> {
        let files = self.0.iter().filter(|known| *known & LEADS != PACKAGE);
        files.map(|known| {
            let leads = match known & LEADS {
                up if up < FAR => Leads::Up(up as usize),
                MAPPED => Leads::Mapped,
                _ => Leads::Anywhere,
            };
            (known & !LEADS, leads)
        })
    }
}

/// How many levels up a path may lead that ends in quotes behind `before`: `'../'`, `join(__dirname, '..', '`. What is
/// imported by a name is a specifier, but for what a loader's plugin is asked for: `'json!config/'`.
fn mention_leads(before: &[u8]) -> u32 {
    // what is joined is no longer, and ends no statement
    const LENGTH: usize = 256;
    let before = &before[before.len().saturating_sub(LENGTH)..];
    let before = memchr::memrchr(b';', before).map_or(before, |end| &before[end + 1..]);
    let is_quote = |byte: &u8| matches!(byte, b'\'' | b'"' | b'`');
    if before.iter().rev().take_while(|byte| !is_quote(byte)).any(|byte| *byte == b'!') {
        return ANYWHERE;
    }
    let ends = |byte: Option<&u8>| byte.is_some_and(|byte| *byte == b'/' || is_quote(byte));
    let is_up = |at: &usize| ends(at.checked_sub(1).and_then(|at| before.get(at))) && ends(before.get(at + 2));
    let up = memchr::memmem::find_iter(before, b"..").filter(is_up).count();
    u32::try_from(up).unwrap_or(FAR).min(FAR)
}

/// How many levels up a specifier leads, and what it names from there.
fn leads(specifier: &str) -> (u32, &str) {
    if !specifier.starts_with('.') {
        return (if is_data(specifier) { ANYWHERE } else { MAPPED }, specifier);
    }
    let up = specifier.split('/').filter(|part| *part == "..").count();
    (u32::try_from(up).unwrap_or(FAR).min(FAR), specifier)
}

/// A name without the ending of what can be imported, in short.
fn name(name: &[u8]) -> u32 {
    let ending =
        memchr::memrchr(b'.', name).filter(|at| ENDINGS.iter().any(|ending| name[at + 1..] == *ending.as_bytes()));
    let mut hasher = FxHasher::default();
    hasher.write(&name[..ending.unwrap_or(name.len())]);
    // the upper bits are mixed best
    ((hasher.finish() >> 32) as u32) & !LEADS
}

/// Names that are looked for.
#[derive(Debug, Default)]
pub(super) struct Wanted(FxHashSet<u32>);

impl Wanted {
    /// A file, by its path: by its own name and, as some begin a folder, by that of the folder.
    pub(super) fn add_file(&mut self, path: &str) {
        let mut parts = path.rsplit('/');
        self.0.extend(parts.by_ref().take(2).map(|part| name(part.as_bytes())));
    }

    /// A name as it may be written.
    pub(super) fn add(&mut self, written: &str) {
        self.0.insert(name(file_name(written).as_bytes()));
    }
}

/// What [`Names`] keeps of those that name the data file at `path`: its own, and the folder's where it begins one.
pub(super) fn of_data(path: &str) -> impl Iterator<Item = u32> {
    let mut parts = path.rsplit('/').map(|part| name(part.as_bytes()));
    let own = parts.next();
    let folder = parts.next().filter(|_| own == Some(name(b"index")));
    own.into_iter().chain(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Names {
        Names::new(Syntax::Js, text.as_bytes())
    }

    fn wanted(path: &str) -> Wanted {
        let mut wanted = Wanted::default();
        wanted.add_file(path);
        wanted
    }

    #[test]
    fn files_are_named_by_their_last_parts() {
        let text = names("import a from '../b/user.service'; require('./c.js'); import '@org/lib/sub'; x('d.json')");
        for path in ["b/user.service.ts", "x/c.tsx", "c/index.js", "lib/x.ts", "sub.ts", "d.json", "d/e.ts"] {
            assert!(text.may_name(&wanted(path)), "{path}");
        }
        for path in ["user.ts", "x/a.ts", "x/b.ts"] {
            assert!(!text.may_name(&wanted(path)), "{path}");
        }
    }

    #[test]
    fn a_way_out_of_a_folder_climbs_over_it() {
        let text = names(
            "import '../b'; import './c'; import '../../d'; import 'e';\
             import '../../../../../../../../../../../f'",
        );
        for (levels, path, is_named) in [
            (0, "b.js", true),
            (1, "b.js", false),
            (0, "c.js", false),
            (1, "d.js", true),
            (2, "d.js", false),
            (9, "e.js", true),
            (9, "f.js", true),
        ] {
            assert_eq!(text.may_name_outside(levels, &wanted(path)), is_named, "{path} {levels}");
        }
    }
}
