//! The walk over real folders: ignore files respected, vendored code left out.

use super::files::{Entry, slashed};
use ignore::{WalkBuilder, WalkState};
use std::path::Path;
use std::sync::Mutex;

/// Folders that hold other people's code or build results, whatever the ignore files say.
const LEFT_OUT: &[&str] =
    &["node_modules", "bower_components", "jspm_packages", "target", ".yarn", ".git", ".hg", ".svn"];

/// All files under `root` whose path `wanted` accepts. Hidden folders are walked, except those of version control;
/// symbolic links are not followed.
pub(super) fn walk(root: &Path, wanted: &(dyn Fn(&str) -> bool + Sync)) -> Vec<Entry> {
    let found = Mutex::new(Vec::new());
    let mut builder = WalkBuilder::new(root);
    builder.hidden(false).follow_links(false).require_git(false).filter_entry(|entry| {
        // what was named on the command line is looked at, whatever its name
        entry.depth() == 0
            || !entry.file_type().is_some_and(|kind| kind.is_dir())
            || !entry.file_name().to_str().is_some_and(|name| LEFT_OUT.contains(&name))
    });
    builder.build_parallel().run(|| {
        let mut local = Batch { entries: Vec::new(), all: &found };
        Box::new(move |result| {
            match result {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    let path = slashed(entry.path());
                    if wanted(&path) {
                        local.entries.push(Entry::File(path));
                    }
                }
                Ok(_) => {}
                Err(error) => local.entries.push(unreadable(root, &error)),
            }
            WalkState::Continue
        })
    });
    found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// One thread's entries, handed over when the thread is done.
struct Batch<'a> {
    entries: Vec<Entry>,
    all: &'a Mutex<Vec<Entry>>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.append(&mut self.entries);
    }
}

fn unreadable(root: &Path, error: &ignore::Error) -> Entry {
    let mut path = root.to_path_buf();
    let mut inner = error;
    loop {
        match inner {
            ignore::Error::WithPath { path: named, err } => {
                path.clone_from(named);
                inner = err;
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => inner = err,
            _ => break,
        }
    }
    let reason = inner.io_error().map_or_else(|| inner.to_string(), ToString::to_string);
    Entry::Unreadable(slashed(&path), format!("cannot be looked at: {reason}"))
}
