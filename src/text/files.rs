//! The file systems: the real one, and one in memory for tests and for standard input.

use super::paths::{around, is_under, join, normalize, parent, slashed};
use super::seen::Stamp;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

/// What a file is wanted for, a bit for each purpose. Without any, it is not wanted.
pub type Purposes = u8;

/// What a walk found, in no order. Paths have `/`, and are relative to the working directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// Files, and what each is wanted for.
    pub files: Vec<(String, Purposes)>,
    /// Folders and files that could not be looked at, each with the reason.
    pub unreadable: Vec<(String, String)>,
}

/// Why a file has no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// The system said no.
    Io(String),
    /// It is a folder, a pipe, a socket or a device.
    NoFile,
    /// It holds NUL bytes: not a text.
    Binary,
    /// Larger than the limit, both in bytes.
    TooLarge(u64, u64),
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReadError::Io(message) => write!(f, "cannot be read: {message}"),
            ReadError::NoFile => write!(f, "{NO_FILE}"),
            ReadError::Binary => write!(f, "binary data (NUL bytes)"),
            ReadError::TooLarge(size, limit) => write!(f, "{size} bytes, over the limit of {limit}"),
        }
    }
}

/// What is said of folders, pipes, sockets and devices where a file was expected.
pub(super) const NO_FILE: &str = "not a regular file";

/// Buffers keep this much from file to file, in bytes.
const BUFFER_BYTES: usize = 4 * 1024 * 1024;

/// Buffers have at least this much room, in bytes: most files are shorter.
const MOST_FILES: usize = 64 * 1024;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// A place where files are.
pub trait Files: Sync {
    /// All files under `root` (or `root` itself) that are `wanted` for anything by their paths, ignore rules applied.
    fn walk(&self, root: &str, wanted: &(dyn Fn(&str) -> Purposes + Sync)) -> Walked;
    /// A file's text: UTF-8, or UTF-16 behind a byte-order mark. What is invalid is replaced by U+FFFD, the mark is left
    /// off.
    fn read(&self, path: &str) -> Result<Arc<str>, ReadError>;
    /// A file's text, if it has no more than `limit` bytes.
    fn read_within(&self, path: &str, limit: u64) -> Result<Arc<str>, ReadError> {
        let text = self.read(path)?;
        let size = text.len() as u64;
        if size > limit { Err(ReadError::TooLarge(size, limit)) } else { Ok(text) }
    }
    /// A file's bytes, if they are no more than `limit`, for a look that needs no text: as they are, or as UTF-8 where that
    /// is another. `into` is what they are put into, emptied before.
    fn bytes_within(&self, path: &str, limit: u64, into: &mut Vec<u8>) -> Result<(), ReadError> {
        into.clear();
        into.extend_from_slice(self.read_within(path, limit)?.as_bytes());
        Ok(())
    }
    /// The same, with what tells later whether the file is still the same, where something does.
    fn stamped_within(&self, path: &str, limit: u64, into: &mut Vec<u8>) -> Result<Option<Stamp>, ReadError> {
        self.bytes_within(path, limit, into).map(|()| None)
    }
    /// What tells whether a file is the same as it was.
    fn stamp(&self, _path: &str) -> Option<Stamp> {
        None
    }
    /// Whether there is a file or folder at `path`.
    fn exists(&self, path: &str) -> bool;
    /// Those of `names` that are in the folder `folder`, whatever ignore rules say.
    fn among<'n>(&self, folder: &str, names: &[&'n str]) -> Vec<&'n str> {
        names.iter().copied().filter(|name| self.exists(&join(folder, name))).collect()
    }
    /// Whether `path` is a folder.
    fn is_dir(&self, path: &str) -> bool;
    /// A path as the walk names it: relative to the working directory, with `/`; `.` for that itself.
    fn named(&self, path: &str) -> String;
    /// A path from the root of all files on, with `/`.
    fn absolute(&self, path: &str) -> String {
        self.named(path)
    }
    /// The folder to read for judging what lies in `path`: the repository it lies in, or without one its own folder.
    fn project_root(&self, path: &str) -> String;
    /// The folder of the repository that `path` lies in.
    fn repository(&self, _path: &str) -> Option<String> {
        None
    }
    /// The nearest file called `name` in the folder `path` or one around it, up to the repository that it lies in; without
    /// one, up to the working directory.
    fn find_upward(&self, _path: &str, _name: &str) -> Option<String> {
        None
    }
}

/// The real file system. Paths are relative to the working directory, or absolute.
#[derive(Clone, Debug, Default)]
pub struct OsFiles;

impl Files for OsFiles {
    fn walk(&self, root: &str, wanted: &(dyn Fn(&str) -> Purposes + Sync)) -> Walked {
        let mut walked = super::walk::walk(Path::new(root), wanted);
        // what lies below a folder that is named as it should be is named as it should be; but below an ancestor lies the
        // working directory, whose files are named without it
        if root == "." || (!root.starts_with("..") && self.named(root) == root) {
            return walked;
        }
        let unreadable = walked.unreadable.iter_mut().map(|(path, _)| path);
        walked.files.iter_mut().map(|(path, _)| path).chain(unreadable).for_each(|path| *path = self.named(path));
        walked
    }

    fn read(&self, path: &str) -> Result<Arc<str>, ReadError> {
        self.read_within(path, MAX_BYTES)
    }

    fn read_within(&self, path: &str, limit: u64) -> Result<Arc<str>, ReadError> {
        let mut bytes = Vec::new();
        read_bytes(path, limit, &mut bytes, |_| ())?;
        text_of(bytes)
    }

    fn bytes_within(&self, path: &str, limit: u64, into: &mut Vec<u8>) -> Result<(), ReadError> {
        read_bytes(path, limit, into, |_| ())?;
        as_utf8(into)
    }

    fn stamped_within(&self, path: &str, limit: u64, into: &mut Vec<u8>) -> Result<Option<Stamp>, ReadError> {
        // before it is read: what is written meanwhile makes it another
        let stamp = read_bytes(path, limit, into, |file| Stamp::of(&file.metadata().ok()?))?;
        as_utf8(into).map(|()| stamp)
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        Stamp::of(&std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?)
    }

    fn exists(&self, path: &str) -> bool {
        Path::new(path).exists()
    }

    fn among<'n>(&self, folder: &str, names: &[&'n str]) -> Vec<&'n str> {
        // to read a folder costs less than to ask for a handful of paths
        let Ok(entries) = std::fs::read_dir(if folder.is_empty() { "." } else { folder }) else { return Vec::new() };
        let known = |entry: std::fs::DirEntry| names.iter().find(|name| *entry.file_name() == ***name);
        entries.flatten().filter_map(known).copied().collect()
    }

    fn is_dir(&self, path: &str) -> bool {
        Path::new(path).is_dir()
    }

    fn named(&self, path: &str) -> String {
        match std::env::current_dir() {
            Ok(here) => relative_to(&super::paths::slashed(&here), path),
            Err(_) => normalize(path),
        }
    }

    fn absolute(&self, path: &str) -> String {
        // the folder of a file in the working directory has no name
        let path = if path.is_empty() { "." } else { path };
        std::path::absolute(path).map_or_else(|_| normalize(path), |path| normalize(&slashed(&path)))
    }

    fn find_upward(&self, path: &str, name: &str) -> Option<String> {
        let start = absolute_folder(self, path);
        let start = Path::new(&start);
        let is_repository = |folder: &Path| folder.join(".git").exists();
        let here = std::env::current_dir().ok();
        let end = start.ancestors().find(|folder| is_repository(folder));
        let end = end.or_else(|| here.as_deref().filter(|here| start.starts_with(here))).unwrap_or(start);
        let folders = start.ancestors().take_while(|folder| folder.starts_with(end));
        let found = folders.map(|folder| folder.join(name)).find(|file| file.is_file())?;
        Some(self.named(&slashed(&found)))
    }

    fn repository(&self, path: &str) -> Option<String> {
        let own = absolute_folder(self, path);
        let repository = Path::new(&own).ancestors().find(|folder| folder.join(".git").exists())?;
        Some(self.named(&slashed(repository)))
    }

    fn project_root(&self, path: &str) -> String {
        self.repository(path).unwrap_or_else(|| self.named(&absolute_folder(self, path)))
    }
}

/// A file's bytes as UTF-8, where they are a text.
fn as_utf8(into: &mut Vec<u8>) -> Result<(), ReadError> {
    if into.starts_with(&[0xff, 0xfe]) || into.starts_with(&[0xfe, 0xff]) {
        let text = text_of(std::mem::take(into))?;
        into.extend_from_slice(text.as_bytes());
    }
    if memchr::memchr(0, into).is_some() { Err(ReadError::Binary) } else { Ok(()) }
}

/// What is in the file at `path`, if that is no more than `limit` bytes; and what is found out of it when it is open.
fn read_bytes<T>(
    path: &str,
    limit: u64,
    into: &mut Vec<u8>,
    opened: impl FnOnce(&std::fs::File) -> T,
) -> Result<T, ReadError> {
    let io = |error: std::io::Error| ReadError::Io(error.to_string());
    into.clear();
    let is_no_file = || std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file());
    let file = open(path).map_err(|error| if is_no_file() { ReadError::NoFile } else { io(error) })?;
    let found = opened(&file);
    // what a large file took is not kept for small ones
    if !(MOST_FILES..=BUFFER_BYTES).contains(&into.capacity()) {
        *into = Vec::with_capacity(MOST_FILES);
    }
    // most files are read without asking how long they are: a first read that brings less than there is room for, and a
    // second that brings nothing; opened as it was, no pipe or device keeps it waiting
    let first = read_once(&file, into);
    let is_whole = matches!(first, Ok(read) if read > 0 && into.len() < into.capacity())
        && matches!(read_once(&file, into), Ok(0));
    if !is_whole {
        let metadata = file.metadata().map_err(io)?;
        if !metadata.is_file() {
            // reading it may never end
            return Err(ReadError::NoFile);
        }
        first.map_err(io)?;
        if metadata.len() > limit {
            return Err(ReadError::TooLarge(metadata.len(), limit));
        }
        let expected = usize::try_from(metadata.len()).unwrap_or(0);
        if expected >= into.capacity() {
            let begun = std::mem::take(into);
            // room for one byte more, to see the end with the read that comes to it; and for the next that is larger
            into.reserve_exact(expected.saturating_add(1).max(2 * begun.capacity()));
            into.extend_from_slice(&begun);
        }
        // it may grow while it is read
        let rest = limit.saturating_add(1).saturating_sub(into.len() as u64);
        file.take(rest).read_to_end(into).map_err(io)?;
    }
    let size = into.len() as u64;
    if size > limit { Err(ReadError::TooLarge(size, limit)) } else { Ok(found) }
}

/// Read as much as one call brings and `into` has room for, without filling the room with zeros first.
#[cfg(unix)]
fn read_once(file: &std::fs::File, into: &mut Vec<u8>) -> std::io::Result<usize> {
    loop {
        match rustix::io::read(file, rustix::buffer::spare_capacity(into)) {
            Err(rustix::io::Errno::INTR) => {}
            read => return Ok(read?),
        }
    }
}

/// Read as much as one call brings and `into` has room for.
#[cfg(not(unix))]
fn read_once(mut file: &std::fs::File, into: &mut Vec<u8>) -> std::io::Result<usize> {
    let before = into.len();
    into.resize(into.capacity(), 0);
    let read = file.read(&mut into[before..]);
    into.truncate(before + *read.as_ref().unwrap_or(&0));
    read
}

/// Do something with room for the bytes of one file at a time, which each thread keeps.
pub(crate) fn with_buffer<R>(work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    thread_local! {
        static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    }
    // where one piece of work does another, that one finds no room and makes its own
    let mut buffer = BUFFER.take();
    let done = work(&mut buffer);
    BUFFER.set(buffer);
    done
}

/// Open a file without waiting for what may never come: the other end of a pipe.
fn open(path: &str) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed());
    }
    options.open(path)
}

/// The folder `path`, or that of the file `path`, from the root of all files on. Without `..`, which must not make an
/// ancestor of the folder that it leaves.
fn absolute_folder(files: &OsFiles, path: &str) -> String {
    files.absolute(if files.is_dir(path) { path } else { parent(path) })
}

/// `path` as seen from the folder `here`: below it or beside it relative, elsewhere as given.
fn relative_to(here: &str, path: &str) -> String {
    let is_absolute = path.starts_with('/') || path.get(1..3) == Some(":/");
    let absolute = if is_absolute { normalize(path) } else { normalize(&format!("{here}/{path}")) };
    let here = normalize(here);
    if absolute == here {
        return ".".to_owned();
    }
    if is_under(&absolute, &here) {
        return absolute[here.len()..].trim_start_matches('/').to_owned();
    }
    let (from, to): (Vec<&str>, Vec<&str>) = (here.split('/').collect(), absolute.split('/').collect());
    let shared = from.iter().zip(&to).take_while(|(left, right)| left == right).count();
    if shared <= 1 {
        // nothing but the root in common
        return absolute;
    }
    let up = std::iter::repeat_n("..", from.len() - shared);
    up.chain(to[shared..].iter().copied()).collect::<Vec<_>>().join("/")
}

/// Files in memory, by path with `/`.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryFiles {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Add or replace a file.
    pub fn insert(&mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), content.into());
    }
}

impl Files for MemoryFiles {
    fn walk(&self, root: &str, wanted: &(dyn Fn(&str) -> Purposes + Sync)) -> Walked {
        let root = if root == "." { "" } else { root };
        let inside = self.files.keys().filter(|path| is_under(path, root));
        let files = inside.map(|path| (path.clone(), wanted(path))).filter(|(_, purposes)| *purposes != 0);
        Walked { files: files.collect(), unreadable: Vec::new() }
    }

    fn read(&self, path: &str) -> Result<Arc<str>, ReadError> {
        match self.files.get(path) {
            Some(bytes) => text_of(bytes.clone()),
            None => Err(ReadError::Io("no such file".into())),
        }
    }

    fn exists(&self, path: &str) -> bool {
        self.files.contains_key(path) || self.is_dir(path)
    }

    fn is_dir(&self, path: &str) -> bool {
        path == "." || path.is_empty() || self.files.keys().any(|file| file != path && is_under(file, path))
    }

    fn named(&self, path: &str) -> String {
        match normalize(path) {
            path if path.is_empty() => ".".to_owned(),
            path => path,
        }
    }

    fn absolute(&self, path: &str) -> String {
        normalize(path)
    }

    fn project_root(&self, _path: &str) -> String {
        ".".to_owned()
    }

    fn find_upward(&self, path: &str, name: &str) -> Option<String> {
        let path = normalize(path);
        let folder = if self.is_dir(&path) { path.as_str() } else { parent(&path) };
        around(folder).map(|folder| join(folder, name)).find(|file| self.files.contains_key(file))
    }
}

/// The text that bytes are. Invalid UTF-8 is replaced by U+FFFD, a byte-order mark is left off.
pub(crate) fn text_of(bytes: Vec<u8>) -> Result<Arc<str>, ReadError> {
    // as some editors on Windows save a text
    let wide = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => Some((rest, true)),
        [0xfe, 0xff, rest @ ..] => Some((rest, false)),
        _ => None,
    };
    if let Some((rest, is_little_endian)) = wide {
        let unit = |pair: &[u8]| {
            let pair = [pair[0], pair[1]];
            if is_little_endian { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
        };
        let units: Vec<u16> = rest.chunks_exact(2).map(unit).collect();
        let text = String::from_utf16_lossy(&units);
        return if text.contains('\0') { Err(ReadError::Binary) } else { Ok(text.into()) };
    }
    if memchr::memchr(0, &bytes).is_some() {
        return Err(ReadError::Binary);
    }
    let bytes = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => rest.to_vec(),
        None => bytes,
    };
    Ok(match String::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_working_directory() {
        assert_eq!(relative_to("/a/b", "c/../d.js"), "d.js");
        assert_eq!(relative_to("/a/b", "/a/b/c.js"), "c.js");
        assert_eq!(relative_to("/a/b", ".."), "..");
        assert_eq!(relative_to("/a/b", "../b/c.js"), "c.js");
        assert_eq!(relative_to("/a/b", "/a/x/y.js"), "../x/y.js");
        assert_eq!(relative_to("/a/b", "/z/y.js"), "/z/y.js");
        assert_eq!(relative_to("/a/b", "."), ".");
    }

    #[test]
    fn broken_utf8_is_read_and_nul_bytes_are_not() {
        assert_eq!(&*text_of(b"\xef\xbb\xbfa\xffb".to_vec()).unwrap(), "a\u{fffd}b");
        assert_eq!(text_of(b"a\0b".to_vec()), Err(ReadError::Binary));
    }

    #[test]
    fn utf16_is_read_behind_its_mark() {
        let read = |mark: [u8; 2], unit: fn(u16) -> [u8; 2]| {
            let bytes: Vec<u8> = mark.into_iter().chain("aé".encode_utf16().flat_map(unit)).collect();
            text_of(bytes).unwrap()
        };
        assert_eq!(&*read([0xff, 0xfe], u16::to_le_bytes), "aé");
        assert_eq!(&*read([0xfe, 0xff], u16::to_be_bytes), "aé");
        assert_eq!(text_of(b"\xff\xfe\0\0a\0".to_vec()), Err(ReadError::Binary));
    }
}
