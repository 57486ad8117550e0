//! A file system that remembers what it was asked, so that it can be told later whether it would answer the same; and, in
//! the user's caches, what was concluded from its answers.
//!
//! Owns when a conclusion still holds: every walk comes to the same files, every file that was looked into is as it was,
//! and so is what was or was not in a folder. Must not know what is concluded.

use super::files::{Files, Purposes, ReadError, Walked};
use super::gathered::{Gathered, inner, lock};
use super::keep::{self, Magic, Packed, hash, packed_members};
use super::seen::Stamp;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;
use std::hash::{BuildHasher as _, Hash};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// What the file begins with; the last byte counts its formats.
const MAGIC: &Magic = b"idtsaid\x01";

/// `files`, with what they were asked.
pub struct Witness<'a> {
    files: &'a dyn Files,
    /// The files that were looked into: a hash of each one's path and of what it was before.
    looked: Gathered<u64>,
    /// The paths of those that were asked for by their names: not all of them need be found by a walk.
    named: Mutex<Vec<String>>,
    walks: Mutex<Vec<(String, u64)>>,
    folders: Mutex<Vec<Folder>>,
    /// Whether something was asked that cannot be told to be the same later.
    in_doubt: AtomicBool,
}

/// Names that were looked for in a folder, and those that were there.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Folder {
    path: String,
    names: Vec<String>,
    found: Vec<String>,
}

/// What a file system was asked, and what tells whether it would answer the same.
pub struct Testimony {
    walks: Vec<(String, u64)>,
    /// In order.
    looked: Vec<u64>,
    named: Vec<String>,
    folders: Vec<Folder>,
}

impl<'a> Witness<'a> {
    /// Nothing was asked yet.
    pub fn new(files: &'a dyn Files) -> Self {
        Witness {
            files,
            looked: Gathered::default(),
            named: Mutex::default(),
            walks: Mutex::default(),
            folders: Mutex::default(),
            in_doubt: AtomicBool::new(false),
        }
    }

    /// What was asked; `None` where a file changed so shortly before that nothing can be told by it.
    pub fn testimony(self) -> Option<Testimony> {
        let mut looked = self.looked.all();
        looked.sort_unstable();
        looked.dedup();
        let (mut named, mut folders) = (inner(self.named), inner(self.folders));
        named.sort_unstable();
        named.dedup();
        folders.sort_unstable();
        folders.dedup();
        let is_sure = !self.in_doubt.into_inner();
        is_sure.then(|| Testimony { walks: inner(self.walks), looked, named, folders })
    }

    fn looked_into(&self, path: &str, stamp: Option<Stamp>) {
        if stamp.is_some_and(|stamp| !stamp.is_settled()) {
            self.doubts();
        }
        let seen = seen_as(path, stamp);
        self.looked.add(seen, seen);
    }

    /// Note a file that is about to be read; what it is, as far as that can be told.
    fn reads(&self, path: &str) -> Option<Stamp> {
        let stamp = self.files.stamp(path);
        self.looked_into(path, stamp);
        lock(&self.named).push(path.to_owned());
        stamp
    }

    /// A file that was read although nothing tells what it is can be another one at any time.
    fn told<T>(&self, read: Result<T, ReadError>, stamp: Option<Stamp>) -> Result<T, ReadError> {
        if read.is_ok() && stamp.is_none() {
            self.doubts();
        }
        read
    }

    fn doubts(&self) {
        self.in_doubt.store(true, Ordering::Relaxed);
    }
}

/// A file as it was seen; without a stamp, that there was none.
fn seen_as(path: &str, stamp: Option<Stamp>) -> u64 {
    quick(&(path, stamp.map(Stamp::parts)))
}

/// A hash for what there is a hundred thousand times.
fn quick(of: &impl Hash) -> u64 {
    FxBuildHasher.hash_one(of)
}

/// What a walk came to, in whichever order.
fn digest(walked: &Walked) -> u64 {
    let files = walked.files.par_iter().with_min_len(4096).map(quick).reduce(|| 0, u64::wrapping_add);
    let unreadable = walked.unreadable.iter().map(quick).fold(0, u64::wrapping_add);
    quick(&(files, walked.files.len(), unreadable, walked.unreadable.len()))
}

impl Files for Witness<'_> {
    fn walk(&self, root: &str, wanted: &(dyn Fn(&str) -> Purposes + Sync)) -> Walked {
        let walked = self.files.walk(root, wanted);
        lock(&self.walks).push((root.to_owned(), digest(&walked)));
        walked
    }

    fn read(&self, path: &str) -> Result<Arc<str>, ReadError> {
        let stamp = self.reads(path);
        self.told(self.files.read(path), stamp)
    }

    fn read_within(&self, path: &str, limit: u64) -> Result<Arc<str>, ReadError> {
        let stamp = self.reads(path);
        self.told(self.files.read_within(path, limit), stamp)
    }

    fn bytes_within(&self, path: &str, limit: u64, into: &mut Vec<u8>) -> Result<(), ReadError> {
        self.stamped_within(path, limit, into).map(|_| ())
    }

    fn stamped_within(&self, path: &str, limit: u64, into: &mut Vec<u8>) -> Result<Option<Stamp>, ReadError> {
        let read = self.files.stamped_within(path, limit, into);
        let stamp = match &read {
            Ok(stamp) => *stamp,
            Err(_) => self.files.stamp(path),
        };
        self.looked_into(path, stamp);
        self.told(read, stamp)
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        let stamp = self.files.stamp(path);
        self.looked_into(path, stamp);
        stamp
    }

    fn among<'n>(&self, folder: &str, names: &[&'n str]) -> Vec<&'n str> {
        let found = self.files.among(folder, names);
        lock(&self.folders).push(Folder { path: folder.to_owned(), names: owned(names), found: owned(&found) });
        found
    }

    fn exists(&self, path: &str) -> bool {
        self.doubts();
        self.files.exists(path)
    }

    fn is_dir(&self, path: &str) -> bool {
        self.doubts();
        self.files.is_dir(path)
    }

    // these two depend on the working directory alone

    fn named(&self, path: &str) -> String {
        self.files.named(path)
    }

    fn absolute(&self, path: &str) -> String {
        self.files.absolute(path)
    }

    fn project_root(&self, path: &str) -> String {
        self.doubts();
        self.files.project_root(path)
    }

    fn repository(&self, path: &str) -> Option<String> {
        self.doubts();
        self.files.repository(path)
    }

    fn find_upward(&self, path: &str, name: &str) -> Option<String> {
        self.doubts();
        self.files.find_upward(path, name)
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

impl Testimony {
    /// Whether `files` would answer the same. What is `wanted` of a walk has to be what was.
    pub fn holds(&self, files: &dyn Files, wanted: &(dyn Fn(&str) -> Purposes + Sync)) -> bool {
        let mut paths = self.named.clone();
        for (root, came_to) in &self.walks {
            let walked = files.walk(root, wanted);
            if digest(&walked) != *came_to {
                return false;
            }
            paths.extend(walked.files.into_iter().map(|(path, _)| path));
        }
        let again = |path: &String| Some(seen_as(path, files.stamp(path))).filter(|seen| self.has_seen(*seen));
        let mut same: Vec<u64> = paths.par_iter().with_min_len(64).filter_map(again).collect();
        same.par_sort_unstable();
        same.dedup();
        let has_same = |Folder { path, names, found }: &Folder| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            files.among(path, &names) == *found
        };
        // a file that is not what it was is not among what was seen, and leaves one of that over
        same == self.looked && self.folders.par_iter().all(has_same)
    }

    fn has_seen(&self, seen: u64) -> bool {
        self.looked.binary_search(&seen).is_ok()
    }
}

packed_members! {
    Folder { path, names, found }
    Testimony { walks, looked, named, folders }
}

/// What was concluded about one project, and from which answers.
pub struct Conclusion {
    to: PathBuf,
    key: u64,
}

impl Conclusion {
    /// What is kept in `folder` of the project that `project` stands for, for whoever asks `question`.
    pub fn about(folder: &Path, project: &impl Hash, question: &impl Hash) -> Conclusion {
        let to = folder.join(format!("{:016x}-said", hash(project)));
        Conclusion { to, key: keep::key(question) }
    }

    /// What was concluded, if `files` would answer the same.
    pub fn recall(&self, files: &dyn Files, wanted: &(dyn Fn(&str) -> Purposes + Sync)) -> Option<Vec<u8>> {
        let kept = keep::read(&self.to, MAGIC, self.key)?;
        let mut rest = kept.as_slice();
        let testimony = Testimony::unpack(&mut rest)?;
        testimony.holds(files, wanted).then(|| rest.to_vec())
    }

    /// Keep what was concluded. What cannot be kept will be found out again.
    pub fn keep(&self, testimony: &Testimony, concluded: &[u8]) {
        let mut body = Vec::new();
        testimony.pack(&mut body);
        body.extend(concluded);
        _ = keep::write(&self.to, MAGIC, self.key, &body);
    }
}
