//! A rewrite that keeps a program's meaning keeps what is said of it: every fixture, rewritten in many ways.
//!
//! The verdict, the endpoint and the subject of all calls stay, as a multiset for each case; where they are, and the way
//! the trace tells, may change. Every rewrite works on parsed code and must really change some cases. A run takes a part
//! of the cases for each rewrite, always the same one; `METAMORPHIC=all` takes all of them, and `METAMORPHIC=<name>` all
//! for one rewrite.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

use idtoken_lint::Options;
use idtoken_lint::text::MemoryFiles;
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

mod edit;
#[path = "../common/fixtures.rs"]
mod fixtures;
mod javascript;
mod rust;

/// Changed cases of one rewrite in a run.
const SAMPLE: usize = 12;

/// The files of a case: paths and texts.
type Sources = Vec<(String, String)>;

/// A rewrite of all files of a case; `None` where it has nothing to do.
type Rewrite = fn(&Sources) -> Option<Sources>;

const REWRITES: &[(&str, Rewrite)] = &[
    ("comments and blank lines", edit::comments),
    ("line ends of two characters", edit::crlf),
    ("templates to sums", javascript::templates_to_sums),
    ("sums to templates", javascript::sums_to_templates),
    ("members in brackets", javascript::members_in_brackets),
    ("shorthand written out", javascript::shorthand_written_out),
    ("functions to arrows", javascript::functions_to_arrows),
    ("arrows to functions", javascript::arrows_to_functions),
    ("constants to variables", javascript::constants_to_variables),
    ("branches the other way round", javascript::branches_negated),
    ("texts in a constant", javascript::texts_in_a_constant),
    ("texts from a function", javascript::texts_from_a_function),
    ("await to then", javascript::await_to_then),
    ("then to await", javascript::then_to_await),
    ("modules behind a barrel", javascript::modules_behind_a_barrel),
    ("scripts in a function", javascript::scripts_in_a_function),
    ("JavaScript as TypeScript", javascript::as_typescript),
    ("locals renamed", javascript::locals_renamed),
    ("Rust: inline arguments to positional", rust::inline_to_positional),
    ("Rust: positional arguments to inline", rust::positional_to_inline),
    ("Rust: texts in a binding", rust::texts_in_a_binding),
    ("Rust: texts from a closure", rust::texts_from_a_closure),
    ("Rust: texts from a method", rust::texts_from_a_method),
    ("Rust: question marks to matches", rust::question_to_match),
    ("Rust: branches the other way round", rust::branches_negated),
];

/// Cases in which a rewrite hides what this program needs to see, and why that is so.
const LIMITS: &[(&str, &str, &str)] = &[
    (
        "texts in a constant",
        "modules/required-from-own-folder",
        "a module that is required by a name kept elsewhere is found by no name in the text",
    ),
    (
        "texts from a function",
        "modules/required-from-own-folder",
        "a module that is required by what a function returns is found by no name in the text",
    ),
    (
        "texts from a function",
        "js/wrapper-called-by-name",
        "a method of an object that cannot be told is recognised by a path among its arguments, not by what is called there",
    ),
    (
        "await to then",
        "apps/dynamic-import",
        "a module that one promise hands to another is taken for its exports, which have no default",
    ),
    (
        "Rust: question marks to matches",
        "rust/http-request-send-fn",
        "a request that is taken out of a match is not followed on to the header that is put into it",
    ),
];

fn main() {
    let arguments = Arguments::from_args();
    let wanted = std::env::var("METAMORPHIC").unwrap_or_default();
    let cases: Vec<Arc<Case>> =
        fixtures::cases().into_iter().filter_map(|folder| Case::read(&folder)).map(Arc::new).collect();
    let trials = REWRITES
        .iter()
        .enumerate()
        .map(|(nth, (name, rewrite))| {
            let cases = cases.clone();
            let whole = wanted == "all" || wanted == *name;
            let limits: Vec<&str> =
                LIMITS.iter().filter(|(rewrite, ..)| rewrite == name).map(|(_, case, _)| *case).collect();
            Trial::test(*name, move || run(nth, *rewrite, &cases, whole, &limits))
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit();
}

/// A fixture that is all text and has no rules of its own.
struct Case {
    name: String,
    sources: Sources,
    said: OnceLock<Vec<String>>,
}

impl Case {
    fn read(folder: &Path) -> Option<Case> {
        let sources = fixtures::sources(folder).unwrap();
        if sources.iter().any(|(path, _)| path == "rules.toml" || path.ends_with("idtoken-lint.toml")) {
            return None;
        }
        let sources: Option<Sources> =
            sources.into_iter().map(|(path, bytes)| String::from_utf8(bytes).ok().map(|text| (path, text))).collect();
        let root: PathBuf = fixtures::folder();
        let name = folder.strip_prefix(root).unwrap_or(folder).to_string_lossy().replace('\\', "/");
        Some(Case { name, sources: sources?, said: OnceLock::new() })
    }

    fn said(&self) -> &[String] {
        self.said.get_or_init(|| said(&self.sources))
    }
}

fn run(nth: usize, rewrite: Rewrite, cases: &[Arc<Case>], whole: bool, limits: &[&str]) -> Result<(), Failed> {
    let mut changed: Vec<(&Case, Sources)> = cases
        .iter()
        .filter(|case| !limits.contains(&case.name.as_str()))
        .filter_map(|case| rewrite(&case.sources).filter(|new| *new != case.sources).map(|new| (&**case, new)))
        .collect();
    if changed.is_empty() {
        return Err("it changes no case".into());
    }
    if !whole && changed.len() > SAMPLE {
        // spread over all of them, each rewrite over others
        let step = changed.len().div_ceil(SAMPLE);
        let all = std::mem::take(&mut changed);
        changed = all.into_iter().skip(nth % step).step_by(step).collect();
    }
    let problems: Vec<String> = changed
        .iter()
        .filter_map(|(case, sources)| {
            let (before, after) = (case.said(), said(sources));
            (before != after.as_slice()).then(|| {
                let lost: Vec<&String> = before.iter().filter(|said| !after.contains(said)).collect();
                let new: Vec<&String> = after.iter().filter(|said| !before.contains(said)).collect();
                if let Some(folder) = std::env::var_os("METAMORPHIC_OUT") {
                    keep(Path::new(&folder), &case.name, sources);
                }
                format!("{}: lost {lost:?}, new {new:?}", case.name)
            })
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}

/// Put a rewritten case where it can be looked at.
fn keep(folder: &Path, name: &str, sources: &Sources) {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let folder = folder.join(format!("{}-{}", name.replace('/', "-"), COUNT.fetch_add(1, Ordering::Relaxed)));
    for (path, text) in sources {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// What is said of the calls of a program, sorted.
fn said(sources: &Sources) -> Vec<String> {
    let mut files = MemoryFiles::new();
    for (path, text) in sources {
        files.insert(path.clone(), text.clone().into_bytes());
    }
    let report = idtoken_lint::analyze_with(&files, &Options::default(), fixtures::rules()).unwrap();
    let mut said: Vec<String> =
        report.calls.iter().map(|call| format!("{:?} {} {:?}", call.verdict, call.endpoint, call.subject)).collect();
    said.sort();
    said
}
