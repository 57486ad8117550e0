//! The first look: every source read once, by its bytes alone, which tells whether there is anything to find; and then
//! what of the project has to be looked at closer.

use super::cache::Cache;
use super::configs::Configs;
use super::evidence::Outer;
use super::names::Names;
use super::{Project, SourceFile, beginnings, evidence, pages, scope, settings};
use crate::lower::{self, Syntax};
use crate::text::files::{MAX_BYTES, Purposes, with_buffer};
use crate::text::paths::is_inside;
use crate::text::prefilter::Prefilter;
use crate::text::seen::Sight;
use crate::text::{FileId, Files, Literals, Seen};
use memchr::memmem::Finder;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, OnceLock};

/// Files are wanted as code; as what says how code is put together; for what they tell besides.
const SOURCE: Purposes = 1;
const CONFIG: Purposes = 2;
const BESIDE: Purposes = 4;

/// Texts of the first look that are kept, in bytes: those that are likely needed.
const FIRST_KEPT_BYTES: usize = 4 * 1024 * 1024;

/// So many files are looked at by one thread while another may have nothing to do any more.
pub(crate) const AT_ONCE: usize = 64;

/// What begins a remark to this program.
static MARK: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(lower::comments::MARK));

/// A project of which only what its files' bytes tell is known.
pub struct Looked<'a> {
    project: Project<'a>,
    search: Prefilter,
    /// What its settings and data hold.
    outer: Outer,
    /// Whether everything is worth one.
    all: bool,
}

impl<'a> Looked<'a> {
    /// Walk `roots` and look into every source file once, but where what was `seen` in it before counts. Files `beside`
    /// the code are found, not read.
    pub fn new(
        system: &'a dyn Files,
        seen: Option<&'a Seen>,
        roots: &[String],
        literals: &Literals,
        beside: &(dyn Fn(&str) -> bool + Sync),
    ) -> Looked<'a> {
        let wanted = |path: &str| wanted(path, beside);
        let mut files: Vec<(String, Purposes)> = Vec::new();
        let mut unreadable = Vec::new();
        for root in roots {
            // what the walk of a folder around it came to needs none of its own
            if files.iter().any(|(path, _)| is_inside(path, root)) {
                continue;
            }
            let mut walked = system.walk(root, &wanted);
            files.append(&mut walked.files);
            unreadable.append(&mut walked.unreadable);
        }
        files.par_sort_unstable();
        files.dedup();
        let mut sources = Vec::with_capacity(files.iter().filter(|(_, purposes)| *purposes == SOURCE).count());
        let (mut others, mut besides) = (Vec::new(), Vec::new());
        for (path, purposes) in files {
            if purposes == SOURCE {
                sources.push(path);
                continue;
            }
            if purposes & BESIDE != 0 {
                besides.push(path.clone());
            }
            if purposes & CONFIG != 0 {
                others.push(path);
            }
        }
        let search = Prefilter::new(literals);
        let kept_bytes = AtomicUsize::new(0);
        let look_at = |path| with_buffer(|buffer| look((system, seen), path, buffer, &search, &kept_bytes));
        let (files, (configs, settings_files)) = rayon::join(
            || sources.into_par_iter().with_max_len(AT_ONCE).map(look_at).collect::<Vec<SourceFile>>(),
            || {
                let configs = Configs::new(others, roots);
                let settings_files = settings::files(&configs, system);
                (configs, settings_files)
            },
        );
        let has_evidence = files.iter().any(|file| file.signs.project);
        let mentioned: Vec<String> =
            evidence::mentioned(configs.data(), files.par_iter(), &configs).into_iter().map(str::to_owned).collect();
        let sources = files.len();
        unreadable.sort();
        let mut project = Project {
            system,
            seen,
            files,
            sources,
            by_path: FxHashMap::default(),
            beginnings: FxHashSet::default(),
            versions: OnceLock::new(),
            importers: OnceLock::new(),
            regions: Vec::new(),
            in_regions: Vec::new(),
            configs,
            settings_files,
            packages: scope::Packages::default(),
            unreadable,
            beside: besides,
            has_evidence,
            pages: Vec::new(),
            together: FxHashMap::default(),
            kept_bytes,
            found: Cache::default(),
            vocabularies: OnceLock::new(),
        };
        let outer = project.outer_evidence(&search, &mentioned);
        project.has_evidence |= !outer.telling.is_empty();
        Looked { project, search, outer, all: literals.all }
    }

    /// Whether any file holds a literal without which nothing can be found.
    pub fn has_evidence(&self) -> bool {
        self.project.has_evidence
    }

    /// The project, and where there is something to find, which of its files are worth a closer look.
    pub fn opened(self) -> Project<'a> {
        let Looked { mut project, search, outer, all } = self;
        if !project.has_evidence {
            return project;
        }
        let data = project.configs.data().map(|path| SourceFile::new(path.to_owned(), Syntax::Json));
        project.files.extend(data);
        let named = (0u32..).map(FileId).zip(&project.files);
        project.by_path = named.map(|(id, file)| (file.path.to_string(), id)).collect();
        project.beginnings = project.files.iter().flat_map(|file| beginnings(&file.path)).collect();
        let with_evidence = project.look_closer(&search, all, &outer.telling);
        project.pages = project.find_pages();
        project.together = pages::together(&project.pages);
        project.find_regions(with_evidence);
        project.look_for(&outer.words);
        project.rule_out(&search, &outer);
        project
    }
}

/// What a project is walked for. Files `beside` the code are among it.
pub fn wanted(path: &str, beside: &dyn Fn(&str) -> bool) -> Purposes {
    match Syntax::of_path(path) {
        Some(_) => SOURCE,
        None => (Purposes::from(Configs::wanted(path)) * CONFIG) | (Purposes::from(beside(path)) * BESIDE),
    }
}

/// The first look at a file: by its bytes alone.
fn look(
    (system, seen): (&dyn Files, Option<&Seen>),
    path: String,
    buffer: &mut Vec<u8>,
    search: &Prefilter,
    kept_bytes: &AtomicUsize,
) -> SourceFile {
    let syntax = Syntax::of_path(&path).unwrap_or(Syntax::Js);
    let mut file = SourceFile::new(path, syntax);
    // what holds evidence is read in any case: it is needed for more
    if let Some(Sight { bits, words }) = seen.and_then(|seen| seen.recall(system, &file.path)) {
        [file.has_remark, file.signs.head] = bits;
        file.names = Names::of_words(words);
        return file;
    }
    let stamp = match Seen::read(seen, system, &file.path, MAX_BYTES, buffer) {
        Ok(stamp) => stamp,
        Err(error) => {
            file.unreadable = Some(Box::new(error));
            return file;
        }
    };
    file.signs = search.signs(buffer);
    file.has_remark = MARK.find(buffer).is_some();
    file.names = Names::new(syntax, buffer);
    if let Some(seen) = seen.filter(|_| !file.signs.project) {
        let bits = [file.has_remark, file.signs.head];
        seen.note(&file.path, stamp, || Sight { bits, words: file.names.words().into() });
    }
    if file.signs.project && kept_bytes.load(Ordering::Relaxed) < FIRST_KEPT_BYTES {
        kept_bytes.fetch_add(buffer.len(), Ordering::Relaxed);
        if let Ok(text) = crate::text::files::text_of(buffer.clone()) {
            file.kept = OnceLock::from(text);
        }
    }
    file
}
