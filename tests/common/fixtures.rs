//! The fixtures: which there are, and what is in them.

#![allow(dead_code, reason = "each test file uses some of it")]

use idtoken_lint::rules::{RuleFiles, Rules};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

#[allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]
/// The rules that come with the tool, compiled once for all cases, so that it is remembered which of them answer.
pub(crate) fn rules() -> &'static Rules {
    static RULES: OnceLock<Rules> = OnceLock::new();
    RULES.get_or_init(|| RuleFiles::embedded().unwrap().compile_recorded().unwrap())
}

/// Where they lie.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The folder of every fixture, `fixtures/<area>/<case>`, sorted.
pub(crate) fn cases() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = walkdir::WalkDir::new(folder())
        .min_depth(2)
        .max_depth(2)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_dir())
        .map(walkdir::DirEntry::into_path)
        .collect();
    folders.sort();
    folders
}

/// The files of a fixture, sorted: their paths inside it, with `/`, and what they hold.
pub(crate) fn sources(case: &Path) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut sources = Vec::new();
    for entry in walkdir::WalkDir::new(case).sort_by_file_name().into_iter().filter_map(Result::ok) {
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(case).unwrap_or(entry.path());
            sources.push((path.to_string_lossy().replace('\\', "/"), std::fs::read(entry.path())?));
        }
    }
    Ok(sources)
}
