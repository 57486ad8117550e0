//! The files of one project, each read and lowered at most once, and the way from one to another.
//!
//! Owns loading, module resolution and literal look-ups over the texts. Must not know rules or verdicts.

mod aliases;
mod cache;
mod cargo;
mod configs;
mod evidence;
mod importers;
mod index;
mod json;
mod loader;
mod locks;
mod look;
mod manifest;
mod names;
mod pages;
mod possible;
mod region;
mod resolve_js;
mod resolve_rust;
mod scope;
mod settings;
mod targets;
mod versions;
mod vocabulary;

pub(crate) use cache::Cache;
pub use index::{Effect, EffectKind, FileIndex, PlaceKey, Root};
pub(crate) use index::{last_name, place};
pub(crate) use look::AT_ONCE;
pub use look::{Looked, wanted};
pub use region::Region;
pub use resolve_js::Resolved;
pub use scope::Applications;

use crate::ir::{ExprId, FileIr, Import, Lang};
use crate::lower::{self, Syntax};
use crate::text::files::ReadError;
use crate::text::prefilter::Signs;
use crate::text::seen::{Sight, Stamp};
use crate::text::{FileId, Files, LineCol, LineIndex, Literals, Seen, Span};
use configs::Configs;
use names::Names;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use vocabulary::Vocabulary;

/// Texts beyond this many bytes in all are read again when they are needed.
const KEPT_BYTES: usize = 48 * 1024 * 1024;

/// Files that one look tells whether any of them may hold a word.
const GROUP: usize = 64;

/// The largest data file that is lowered, in bytes.
const DATA_BYTES: u64 = 4 * 1024 * 1024;

/// The stack of the threads that lower and evaluate: parsers recurse as deep as the source nests.
const STACK_BYTES: usize = 128 * 1024 * 1024;

/// A file that was lowered.
#[derive(Debug)]
pub struct Lowered {
    /// Its graph.
    pub ir: FileIr,
    /// Look-ups over the graph.
    pub index: FileIndex,
    /// Its lines, once a place in it is named.
    lines: OnceLock<LineIndex>,
    /// Its expressions in the order of their places, once one is looked for by its place.
    by_place: OnceLock<Vec<ExprId>>,
}

impl Lowered {
    /// The expressions that stand exactly at a place, in the order of the graph: one that is taken out of a pattern shares
    /// it with the variable.
    pub fn at(&self, span: Span) -> impl Iterator<Item = ExprId> {
        let place = |id: &ExprId| (self.ir.span(*id).start, self.ir.span(*id).end);
        let all = self.by_place.get_or_init(|| {
            let mut ids: Vec<ExprId> = self.ir.ids().collect();
            ids.sort_by_key(place);
            ids
        });
        let first = all.partition_point(|id| place(id) < (span.start, span.end));
        all[first..].iter().copied().take_while(move |id| self.ir.span(*id) == span)
    }
}

#[derive(Debug)]
struct SourceFile {
    path: Box<str>,
    syntax: Syntax,
    kept: OnceLock<Arc<str>>,
    /// What it holds of what a request needs.
    signs: Signs,
    /// Whether it holds one that makes a file worth a look, and lies where there is something to find.
    has_file_evidence: bool,
    /// Whether it names an endpoint's place, or a client of it, as far as a file can by itself.
    is_telling: bool,
    /// Whether it may hold a remark to this program.
    has_remark: bool,
    /// What it names, for the question who may import what.
    names: Names,
    // in boxes: most files of a large tree have none
    unreadable: Option<Box<ReadError>>,
    /// Its graph, or why there is none.
    lowered: OnceLock<Box<Result<Lowered, String>>>,
}

/// The files around the paths that are to be reported.
pub struct Project<'a> {
    system: &'a dyn Files,
    /// What earlier runs saw in its files.
    seen: Option<&'a Seen>,
    /// The sources in the order of their paths; then the data that they may import, which is only read if they do.
    files: Vec<SourceFile>,
    sources: usize,
    /// Only where there is something to find.
    by_path: FxHashMap<String, FileId>,
    /// Hashes of all their paths up to the first point in the name, and of the names by which a file or a folder of any
    /// path ends.
    beginnings: FxHashSet<u64>,
    configs: Configs,
    /// The files with settings of the environment, in order.
    settings_files: Vec<String>,
    /// Only where there is something to find.
    packages: scope::Packages,
    /// What the manifests require of packages, once something asks.
    versions: OnceLock<versions::Versions>,
    unreadable: Vec<(String, String)>,
    /// Who imports each source, once that was looked up.
    importers: OnceLock<Vec<Vec<FileId>>>,
    /// The parts that share no code with each other, of those with evidence.
    regions: Vec<Vec<FileId>>,
    /// The files of all of them, in order.
    in_regions: Vec<FileId>,
    /// Files that are no code, but were asked for.
    beside: Vec<String>,
    has_evidence: bool,
    pages: Vec<Vec<FileId>>,
    together: FxHashMap<FileId, Vec<FileId>>,
    kept_bytes: AtomicUsize,
    found: Cache<String, Arc<Vec<FileId>>>,
    /// Which identifiers each file holds, and each [`GROUP`] of files.
    vocabularies: OnceLock<(Vec<Vocabulary>, Vec<Vocabulary>)>,
}

impl<'a> Project<'a> {
    /// Walk `roots`, look into every source file once, and closer where there is something to find: see [`Looked`].
    pub fn open(
        system: &'a dyn Files,
        roots: &[String],
        literals: &Literals,
        beside: &(dyn Fn(&str) -> bool + Sync),
    ) -> Project<'a> {
        Looked::new(system, None, roots, literals, beside).opened()
    }

    /// Run `work` where lowering and evaluation have stack enough, in parallel where it asks for it.
    pub fn on_large_stack<R: Send>(work: impl FnOnce() -> R + Send) -> Result<R, rayon::ThreadPoolBuildError> {
        let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK_BYTES).build()?;
        Ok(pool.install(work))
    }

    /// Whether any file holds a literal without which nothing can be found.
    pub fn has_evidence(&self) -> bool {
        self.has_evidence
    }

    /// How many source files there are.
    pub fn len(&self) -> usize {
        self.sources
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sources == 0
    }

    /// Every source file, in the order of their paths.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..u32::try_from(self.sources).unwrap_or(u32::MAX)).map(FileId)
    }

    /// The files that may hold a remark to this program.
    pub fn remarked(&self) -> Vec<FileId> {
        self.ids().filter(|id| self.file(*id).has_remark).collect()
    }

    /// A path from the root of all files on.
    pub fn absolute(&self, path: &str) -> String {
        self.system.absolute(path)
    }

    /// A file's path.
    pub fn path(&self, id: FileId) -> &str {
        &self.file(id).path
    }

    /// A file's text; empty where it cannot be read.
    pub fn text(&self, id: FileId) -> Arc<str> {
        let file = self.file(id);
        if let Some(text) = file.kept.get() {
            return text.clone();
        }
        if file.unreadable.is_some() {
            return Arc::from("");
        }
        let text = self.system.read(&file.path).unwrap_or_else(|_| Arc::from(""));
        if self.kept_bytes.fetch_add(text.len(), Ordering::Relaxed) < KEPT_BYTES {
            return file.kept.get_or_init(|| text).clone();
        }
        text
    }

    /// A file's graph; `None` where it cannot be read or parsed.
    pub fn lowered(&self, id: FileId) -> Option<&Lowered> {
        let file = self.file(id);
        let lower = || {
            if let Some(error) = &file.unreadable {
                return Err(error.to_string());
            }
            let text = match file.syntax {
                Syntax::Json => self.system.read_within(&file.path, DATA_BYTES).map_err(|error| error.to_string())?,
                _ => self.text(id),
            };
            let ir = lower::lower(file.syntax, &text).map_err(|refused| {
                let line = refused.line.map(|line| format!("line {line}: ")).unwrap_or_default();
                format!("does not parse: {line}{}", refused.reason)
            })?;
            let index = FileIndex::new(&ir);
            Ok(Lowered { ir, index, lines: OnceLock::new(), by_place: OnceLock::new() })
        };
        let lowered = file.lowered.get_or_init(|| Box::new(lower()));
        (**lowered).as_ref().ok()
    }

    /// Both ends of a span of a file, as people name them.
    pub fn range(&self, id: FileId, span: Span) -> (LineCol, LineCol) {
        let text = self.text(id);
        match self.lowered(id) {
            Some(lowered) => lowered.lines.get_or_init(|| LineIndex::new(&text)).range(&text, span),
            None => LineIndex::new(&text).range(&text, span),
        }
    }

    /// Where a span of a file begins, as people look for it: `path:line`.
    pub fn place(&self, id: FileId, span: Span) -> String {
        format!("{}:{}", self.path(id), self.range(id, span).0.line)
    }

    /// How many files were lowered so far.
    pub fn parsed(&self) -> usize {
        self.files[..self.sources]
            .iter()
            .filter(|file| file.lowered.get().is_some_and(|lowered| lowered.is_ok()))
            .count()
    }

    /// Everything that could not be looked at, with the reason, sorted by path.
    pub fn skipped(&self) -> Vec<(String, String)> {
        let mut skipped = self.unreadable.clone();
        // data as well as sources
        for (id, file) in (0u32..).map(FileId).zip(&self.files) {
            if let Some(error) = &file.unreadable {
                skipped.push((file.path.to_string(), error.to_string()));
                continue;
            }
            match file.lowered.get().map(|lowered| &**lowered) {
                Some(Err(reason)) => skipped.push((file.path.to_string(), reason.clone())),
                Some(Ok(lowered)) => {
                    let reasons = self.left_out(id, &lowered.ir);
                    skipped.extend(reasons.into_iter().map(|reason| (file.path.to_string(), reason)));
                }
                None => {}
            }
        }
        skipped.sort();
        skipped.dedup();
        skipped
    }

    /// Which parts of a lowered file were left out, and why.
    fn left_out(&self, id: FileId, ir: &FileIr) -> Vec<String> {
        let mut reasons: Vec<String> = ir
            .unread
            .iter()
            .map(|language| format!("a script in it is written in {language:?}, which is not read"))
            .collect();
        let (deep, broken) = (ir.too_deep(), &ir.errors);
        if deep.is_none() && broken.is_empty() {
            return reasons;
        }
        let text = self.text(id);
        let line = |span: Span| text.get(..span.start as usize).map_or(0, |before| before.matches('\n').count()) + 1;
        reasons.extend(deep.map(|span| format!("line {}: nested too deeply, what is inside is not read", line(span))));
        // most of what stands in such a region is understood nevertheless; without a call there is nothing to miss in it
        let may_call =
            |span: &&Span| text.get(span.start as usize..span.end as usize).is_none_or(|part| part.contains('('));
        let broken = broken.iter().filter(may_call).min();
        reasons.extend(broken.map(|span| format!("line {}: does not parse, a call in it may be missed", line(*span))));
        reasons
    }

    /// The files of all regions whose text holds `word` as a whole identifier, in order, at most `limit`; whether there were more.
    pub fn files_with(&self, word: &str, limit: usize) -> (Vec<FileId>, bool) {
        let found = self.found.get(word, || Arc::new(self.search_in(&self.in_regions, word)));
        (found.iter().copied().take(limit).collect(), found.len() > limit)
    }

    /// Learn which identifiers the files of all regions hold, on all cores: many words are searched for in them. In other
    /// files nothing is found from then on.
    pub fn learn_words(&self) {
        let ids: Vec<FileId> = self.ids().collect();
        let learnt: Vec<(Vec<Vocabulary>, Vocabulary)> = ids
            .par_chunks(GROUP)
            .map(|group| {
                let is_part = |id: &FileId| self.in_regions.binary_search(id).is_ok();
                let text = |id: &FileId| if is_part(id) { self.text(*id) } else { Arc::from("") };
                let texts: Vec<Arc<str>> = group.iter().map(text).collect();
                let mut all = Vocabulary::sized(texts.iter().map(|text| text.len()).sum());
                texts.iter().for_each(|text| all.add(text));
                (texts.iter().map(|text| Vocabulary::new(text)).collect(), all)
            })
            .collect();
        let (files, groups): (Vec<Vec<Vocabulary>>, Vec<Vocabulary>) = learnt.into_iter().unzip();
        let vocabularies = (files.into_iter().flatten().collect(), groups);
        // what is there already is the same
        _ = self.vocabularies.set(vocabularies);
    }

    /// Whether a file may hold one of `words`; without having [learnt](Project::learn_words), all may.
    pub fn may_hold(&self, id: FileId, words: &[String]) -> bool {
        let vocabulary = self.vocabularies.get().and_then(|(files, _)| files.get(id.0 as usize));
        vocabulary.is_none_or(|vocabulary| words.iter().any(|word| vocabulary.may_hold(word)))
    }

    /// Those of `files`, which are in order, that hold `word`.
    fn search_in(&self, files: &[FileId], word: &str) -> Vec<FileId> {
        let finder = memchr::memmem::Finder::new(word);
        let groups = self.vocabularies.get().map(|(_, groups)| groups);
        let group_may = |group: usize| {
            let group = groups.and_then(|groups| groups.get(group));
            group.is_none_or(|group| group.may_hold(word))
        };
        let by_group = files.chunk_by(|one, other| one.0 as usize / GROUP == other.0 as usize / GROUP);
        let worth_it = by_group.filter(|group| group_may(group[0].0 as usize / GROUP)).flatten();
        worth_it.copied().filter(|id| self.holds(*id, word, &finder)).collect()
    }

    /// Whether the file's text holds `word` as a whole identifier.
    pub fn has_word(&self, id: FileId, word: &str) -> bool {
        self.holds(id, word, &memchr::memmem::Finder::new(word))
    }

    fn holds(&self, id: FileId, word: &str, finder: &memchr::memmem::Finder<'_>) -> bool {
        let vocabulary = self.vocabularies.get().and_then(|(files, _)| files.get(id.0 as usize));
        if let Some(known) = vocabulary.and_then(|vocabulary| vocabulary.holds(word)) {
            return known;
        }
        let text = self.text(id);
        let bytes = text.as_bytes();
        let part = |at: Option<&u8>| at.is_some_and(|byte| vocabulary::is_part(*byte));
        finder.find_iter(bytes).any(|at| {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            !part(before) && !part(bytes.get(at + word.len()))
        })
    }

    /// The file of the project that an import of `from` leads to.
    pub fn resolve(&self, from: FileId, lang: Lang, import: &Import) -> Option<FileId> {
        let resolved = match lang {
            Lang::Js if import.loaded => self.resolve_loaded(from, &import.specifier),
            Lang::Js => self.resolve_js(from, &import.specifier),
            Lang::Rust => self.resolve_rust(from, &import.specifier, import.inline_mods),
        };
        match resolved {
            Resolved::File(file) | Resolved::Member(file, _) => Some(file),
            Resolved::Package(_) | Resolved::Missing => None,
        }
    }

    /// The files that are no code but were asked for, in order.
    pub fn beside(&self) -> &[String] {
        &self.beside
    }

    /// The bytes of one of them, if it has no more than `limit`, for a look that needs no text.
    pub fn beside_bytes(&self, path: &str, limit: u64, into: &mut Vec<u8>) -> Result<Option<Stamp>, ReadError> {
        Seen::read(self.seen, self.system, path, limit, into)
    }

    /// Whether one of them told nothing when it was last read, and is as it was.
    pub fn told_nothing(&self, path: &str) -> bool {
        self.seen.is_some_and(|seen| seen.recall(self.system, path).is_some())
    }

    /// One of them tells nothing; `stamp` is what it was read with.
    pub fn tells_nothing(&self, path: &str, stamp: Option<Stamp>) {
        if let Some(seen) = self.seen {
            seen.note(path, stamp, Sight::default);
        }
    }

    /// The text of one of them, if it has no more than `limit` bytes.
    pub fn beside_text(&self, path: &str, limit: u64) -> Result<Arc<str>, ReadError> {
        self.system.read_within(path, limit)
    }

    /// The file at exactly this path.
    pub fn by_path(&self, path: &str) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// Whether any path may be this one with an ending, or this one with another.
    fn any_begins_like(&self, path: &str) -> bool {
        self.beginnings.contains(&beginning(path))
    }

    /// Whether any file or folder may have the name by which a path ends. The outermost folder has none.
    fn any_is_called_like(&self, path: &str) -> bool {
        path.is_empty() || self.beginnings.contains(&beginning(configs::file_name(path)))
    }

    fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }
}

/// The hashes by which a path is found: see [`Project::any_begins_like`], [`Project::any_is_called_like`].
fn beginnings(path: &str) -> impl Iterator<Item = u64> {
    path.split('/').map(beginning).chain([beginning(path)])
}

/// The hash of a path without what may be endings: up to the first point in the name behind its first character.
fn beginning(path: &str) -> u64 {
    let name = path.rfind('/').map_or(0, |slash| slash + 1);
    let point = path.bytes().skip(name + 1).position(|byte| byte == b'.').map_or(path.len(), |at| name + 1 + at);
    let mut hasher = FxHasher::default();
    path.as_bytes()[..point].hash(&mut hasher);
    hasher.finish()
}

impl SourceFile {
    fn new(path: String, syntax: Syntax) -> SourceFile {
        SourceFile {
            path: path.into(),
            syntax,
            kept: OnceLock::new(),
            signs: Signs::default(),
            has_file_evidence: false,
            is_telling: false,
            has_remark: false,
            names: Names::default(),
            unreadable: None,
            lowered: OnceLock::new(),
        }
    }
}
