//! The files of one project, each read and lowered at most once, and the way from one to another.
//!
//! Owns loading, module resolution and literal look-ups over the texts. Must not know rules or verdicts.

mod index;
mod resolve_js;
mod resolve_rust;
mod vocabulary;

pub use index::{Effect, EffectKind, FileIndex, PlaceKey, Root};
pub(crate) use index::{last_name, place};
pub use resolve_js::Resolved;

use crate::ir::{FileIr, Import, Lang};
use crate::lower::{self, Syntax};
use crate::text::files::{Entry, ReadError};
use crate::text::{FileId, Files};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use vocabulary::Vocabulary;

/// Texts beyond this many bytes in all are read again when they are needed.
const KEPT_BYTES: usize = 64 * 1024 * 1024;

/// The stack of the threads that lower and evaluate: parsers recurse as deep as the source nests.
const STACK_BYTES: usize = 128 * 1024 * 1024;

/// A file that was lowered.
#[derive(Debug)]
pub struct Lowered {
    /// Its graph.
    pub ir: FileIr,
    /// Look-ups over the graph.
    pub index: FileIndex,
}

#[derive(Debug)]
struct SourceFile {
    path: String,
    syntax: Syntax,
    kept: Option<Arc<str>>,
    has_file_evidence: bool,
    has_remark: bool,
    unreadable: Option<ReadError>,
    lowered: OnceLock<Result<Arc<Lowered>, lower::Refused>>,
}

/// The files around the paths that are to be reported.
pub struct Project<'a> {
    system: &'a dyn Files,
    files: Vec<SourceFile>,
    by_path: FxHashMap<String, FileId>,
    packages: resolve_rust::Packages,
    unreadable: Vec<(String, String)>,
    has_evidence: bool,
    found: Mutex<FxHashMap<String, Arc<Vec<FileId>>>>,
    vocabularies: OnceLock<Vec<Vocabulary>>,
}

impl<'a> Project<'a> {
    /// Walk `roots` and look into every source file once. A file's text is evidence if it holds one of the literals
    /// (those of the project in lower case, compared without case).
    pub fn open(
        system: &'a dyn Files,
        roots: &[String],
        project_evidence: &[String],
        file_evidence: &[String],
    ) -> Project<'a> {
        let wanted = |path: &str| Syntax::of_path(path).is_some() || path.ends_with("Cargo.toml");
        let mut paths = Vec::new();
        let mut unreadable = Vec::new();
        for root in roots {
            for entry in system.walk(root, &wanted) {
                match entry {
                    Entry::File(path) => paths.push(path),
                    Entry::Unreadable(path, reason) => unreadable.push((path, reason)),
                }
            }
        }
        paths.sort();
        paths.dedup();
        let (manifests, sources): (Vec<String>, Vec<String>) =
            paths.into_iter().partition(|path| Syntax::of_path(path).is_none());
        let search = Search::new(project_evidence, file_evidence);
        let kept_bytes = AtomicUsize::new(0);
        let looked: Vec<(SourceFile, bool)> =
            sources.into_par_iter().map(|path| look(system, path, &search, &kept_bytes)).collect();
        let has_evidence = looked.iter().any(|(_, evidence)| *evidence);
        let files: Vec<SourceFile> = looked.into_iter().map(|(file, _)| file).collect();
        let by_path = (0u32..).zip(&files).map(|(id, file)| (file.path.clone(), FileId(id))).collect();
        let packages = resolve_rust::Packages::read(system, &manifests);
        unreadable.sort();
        Project {
            system,
            files,
            by_path,
            packages,
            unreadable,
            has_evidence,
            found: Mutex::default(),
            vocabularies: OnceLock::new(),
        }
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
        self.files.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Every file, in the order of their paths.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..u32::try_from(self.files.len()).unwrap_or(u32::MAX)).map(FileId)
    }

    /// The files that hold a literal worth parsing for.
    pub fn roots(&self) -> Vec<FileId> {
        self.ids().filter(|id| self.file(*id).has_file_evidence).collect()
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
        match &file.kept {
            Some(text) => text.clone(),
            None if file.unreadable.is_some() => Arc::from(""),
            None => self.system.read(&file.path).unwrap_or_else(|_| Arc::from("")),
        }
    }

    /// A file's graph; `None` where it cannot be read or parsed.
    pub fn lowered(&self, id: FileId) -> Option<&Lowered> {
        let file = self.file(id);
        let lowered = file.lowered.get_or_init(|| {
            if let Some(error) = &file.unreadable {
                return Err(lower::Refused { line: None, reason: error.to_string() });
            }
            let ir = lower::lower(file.syntax, &self.text(id))?;
            let index = FileIndex::new(&ir);
            Ok(Arc::new(Lowered { ir, index }))
        });
        lowered.as_deref().ok()
    }

    /// How many files were lowered so far.
    pub fn parsed(&self) -> usize {
        self.files.iter().filter(|file| matches!(file.lowered.get(), Some(Ok(_)))).count()
    }

    /// Everything that could not be looked at, with the reason, sorted by path.
    pub fn skipped(&self) -> Vec<(String, String)> {
        let mut skipped = self.unreadable.clone();
        for file in &self.files {
            if let Some(error) = &file.unreadable {
                skipped.push((file.path.clone(), error.to_string()));
            } else if let Some(Err(refused)) = file.lowered.get() {
                let line = refused.line.map(|line| format!("line {line}: ")).unwrap_or_default();
                skipped.push((file.path.clone(), format!("does not parse: {line}{}", refused.reason)));
            }
        }
        skipped.sort();
        skipped.dedup();
        skipped
    }

    /// The files whose text holds `word` as a whole identifier, in order, at most `limit`; whether there were more.
    pub fn files_with(&self, word: &str, limit: usize) -> (Vec<FileId>, bool) {
        let known = self.found.lock().unwrap_or_else(PoisonError::into_inner).get(word).cloned();
        let found = known.unwrap_or_else(|| {
            let found = Arc::new(self.search(word));
            let mut all = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(word.to_owned(), found.clone());
            found
        });
        (found.iter().copied().take(limit).collect(), found.len() > limit)
    }

    /// Learn which identifiers the files hold, on all cores: for projects in which many words are searched for.
    pub fn learn_words(&self) {
        let ids: Vec<FileId> = self.ids().collect();
        let vocabularies = ids.par_iter().map(|id| Vocabulary::new(&self.text(*id))).collect();
        // what is there already is the same
        _ = self.vocabularies.set(vocabularies);
    }

    /// Whether a file may hold one of `words`; without having [learnt](Project::learn_words), all may.
    pub fn may_hold(&self, id: FileId, words: &[String]) -> bool {
        let vocabulary = self.vocabularies.get().and_then(|all| all.get(id.0 as usize));
        vocabulary.is_none_or(|vocabulary| words.iter().any(|word| vocabulary.may_hold(word)))
    }

    fn search(&self, word: &str) -> Vec<FileId> {
        let finder = memchr::memmem::Finder::new(word);
        let part = |at: Option<&u8>| at.is_some_and(|byte| vocabulary::is_part(*byte));
        let may_hold = |id: &FileId| {
            let vocabulary = self.vocabularies.get().and_then(|all| all.get(id.0 as usize));
            vocabulary.is_none_or(|vocabulary| vocabulary.may_hold(word))
        };
        let holds = |id: &FileId| {
            let text = self.text(*id);
            let bytes = text.as_bytes();
            finder.find_iter(bytes).any(|at| {
                let before = at.checked_sub(1).and_then(|before| bytes.get(before));
                !part(before) && !part(bytes.get(at + word.len()))
            })
        };
        self.ids().filter(|id| may_hold(id) && holds(id)).collect()
    }

    /// The file of the project that an import of `from` leads to.
    pub fn resolve(&self, from: FileId, lang: Lang, import: &Import) -> Option<FileId> {
        let resolved = match lang {
            Lang::Js => self.resolve_js(from, &import.specifier),
            Lang::Rust => self.resolve_rust(from, &import.specifier, import.inline_mods),
        };
        match resolved {
            Resolved::File(file) => Some(file),
            Resolved::Package(_) | Resolved::Missing => None,
        }
    }

    /// The file at exactly this path.
    pub fn by_path(&self, path: &str) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }
}

/// The evidence literals, compiled.
struct Search {
    project: Option<aho_corasick::AhoCorasick>,
    file: Option<aho_corasick::AhoCorasick>,
}

impl Search {
    fn new(project: &[String], file: &[String]) -> Search {
        let build = |literals: &[String], any_case: bool| {
            aho_corasick::AhoCorasick::builder().ascii_case_insensitive(any_case).build(literals).ok()
        };
        Search { project: build(project, true), file: build(file, false) }
    }
}

fn look(system: &dyn Files, path: String, search: &Search, kept_bytes: &AtomicUsize) -> (SourceFile, bool) {
    let syntax = Syntax::of_path(&path).unwrap_or(Syntax::Js);
    let found = |search: &Option<aho_corasick::AhoCorasick>, text: &str| {
        // literals that cannot be compiled rule nothing out
        search.as_ref().is_none_or(|search| search.is_match(text))
    };
    let mut file = SourceFile {
        path,
        syntax,
        kept: None,
        has_file_evidence: false,
        has_remark: false,
        unreadable: None,
        lowered: OnceLock::new(),
    };
    match system.read(&file.path) {
        Ok(text) => {
            file.has_file_evidence = found(&search.file, &text);
            file.has_remark = memchr::memmem::find(text.as_bytes(), lower::comments::MARK.as_bytes()).is_some();
            let evidence = found(&search.project, &text);
            if kept_bytes.fetch_add(text.len(), Ordering::Relaxed) < KEPT_BYTES {
                file.kept = Some(text);
            }
            (file, evidence)
        }
        Err(error) => {
            file.unreadable = Some(error);
            (file, false)
        }
    }
}
