//! The walk over real folders: ignore files respected, vendored code left out.

use super::files::{NO_FILE, Purposes, Walked};
use super::paths::slashed;
use ignore::{WalkBuilder, WalkState};
use std::ffi::OsStr;
use std::fs::FileType;
use std::path::Path;
use std::sync::Mutex;

/// Folders that hold other people's code or build results, whatever the ignore files say.
const LEFT_OUT: &[&str] =
    &["node_modules", "bower_components", "jspm_packages", "target", ".yarn", ".git", ".hg", ".svn"];

/// All files under `root` that are `wanted` for anything by their paths. Hidden folders are walked, except those of version control;
/// symbolic links are not followed.
pub(super) fn walk(root: &Path, wanted: &(dyn Fn(&str) -> Purposes + Sync)) -> Walked {
    let found = Mutex::new(Walked::default());
    let inside = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    let mut builder = WalkBuilder::new(root);
    builder.threads(rayon::current_num_threads()).hidden(false).follow_links(false).require_git(false).filter_entry(
        |entry| {
            // what was named on the command line is looked at, whatever its name
            entry.depth() == 0
                || !entry.file_type().is_some_and(|kind| kind.is_dir())
                || !is_left_out(entry.file_name())
        },
    );
    builder.build_parallel().run(|| {
        let mut local = Batch { found: Walked::default(), all: &found };
        let inside = &inside;
        Box::new(move |result| {
            match result {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    let path = slashed(entry.path());
                    let purposes = wanted(&path);
                    if purposes != 0 {
                        local.found.files.push((path, purposes));
                    }
                }
                Ok(entry) => local
                    .found
                    .unreadable
                    .extend(entry.file_type().and_then(|kind| special(entry.path(), kind, inside, wanted))),
                Err(error) => local.found.unreadable.push(unreadable(root, &error)),
            }
            WalkState::Continue
        })
    });
    super::gathered::inner(found)
}

fn is_left_out(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| LEFT_OUT.contains(&name))
}

/// What is neither a file nor a folder is named where something may be lost by it: a link that leads nowhere or out of
/// `inside` (what lies in there is walked by itself), a pipe, a socket, a device with the name of a source.
fn special(
    path: &Path,
    kind: FileType,
    inside: &Path,
    wanted: &(dyn Fn(&str) -> Purposes + Sync),
) -> Option<(String, String)> {
    if kind.is_dir() || path.file_name().is_some_and(is_left_out) {
        return None;
    }
    let named = slashed(path);
    let is_source = wanted(&named) != 0;
    let reason = if kind.is_symlink() {
        match path.canonicalize() {
            Ok(target) if target.starts_with(inside) || !(is_source || target.is_dir()) => return None,
            Ok(_) => "a symbolic link out of the project, not followed",
            Err(_) if is_source => "a symbolic link that leads nowhere",
            Err(_) => return None,
        }
    } else if is_source {
        NO_FILE
    } else {
        return None;
    };
    Some((named, reason.to_owned()))
}

/// What one thread found, handed over when the thread is done.
struct Batch<'a> {
    found: Walked,
    all: &'a Mutex<Walked>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // the longer list need not move
        if all.files.len() < self.found.files.len() {
            std::mem::swap(&mut *all, &mut self.found);
        }
        all.files.append(&mut self.found.files);
        all.unreadable.append(&mut self.found.unreadable);
    }
}

fn unreadable(root: &Path, error: &ignore::Error) -> (String, String) {
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
    (slashed(&path), format!("cannot be looked at: {reason}"))
}
