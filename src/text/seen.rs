//! What earlier runs saw in files that have not changed since, so that these need not be read again.
//!
//! Owns one file for each project in a folder for caches: its format, when it is believed and when it is written. It holds
//! hashes and what was seen, no text and no path. Must not know what is looked for, only that it depends on the program,
//! on what the project is looked through for, and on the file itself.
//!
//! The file, behind the head of all that is kept: the number of records (4 bytes); the records in the order of their
//! first field, 32 bytes each (path, stamp, size, where its words begin, how many there are and the bits); then the words,
//! 4 bytes each. Numbers are little-endian.

use super::files::{Files, ReadError};
use super::gathered::Gathered;
use super::keep::{self, Magic, Packed, hash};
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

/// What the file begins with; the last byte counts its formats.
const MAGIC: &Magic = b"idtlint\x03";

/// Bytes of what stands before the records.
const HEADER: usize = 4;

/// Bytes of a record.
const RECORD: usize = 32;

/// Projects of fewer files are as quickly read.
const LEAST_FILES: usize = 500;

/// It is written anew where more than one in so many files was new.
const WORTH: usize = 20;

/// What changed so shortly ago may change again without another time of change: file systems keep it in steps of up to
/// two seconds.
const SETTLED: Duration = Duration::from_secs(3);

/// What tells that a file is the one that it was, and as it was: its place in the file system, its size, and when it was
/// written and changed last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    file: u64,
    size: u64,
    settled: bool,
}

impl Stamp {
    /// From what the system says of a file; `None` where that says too little.
    pub fn of(metadata: &std::fs::Metadata) -> Option<Stamp> {
        let written = metadata.modified().ok()?;
        let changed = changed(metadata).unwrap_or(written).max(written);
        // neither just now nor, where clocks differ, in the future
        let settled = SystemTime::now().duration_since(changed).is_ok_and(|age| age > SETTLED);
        Some(Stamp { file: hash(&(place(metadata), written, changed)), size: metadata.len(), settled })
    }

    /// Whether it is long enough ago that what it is of can not change any more without another stamp.
    pub(super) fn is_settled(self) -> bool {
        self.settled
    }

    /// What is the same as long as the file is.
    pub(super) fn parts(self) -> (u64, u64) {
        (self.file, self.size)
    }
}

/// When a file was last written, renamed or given other rights: unlike the time of writing, no program can set it.
#[cfg(unix)]
fn changed(metadata: &std::fs::Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt as _;
    let (seconds, nanos) = (u64::try_from(metadata.ctime()).ok()?, u32::try_from(metadata.ctime_nsec()).ok()?);
    SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, nanos))
}

#[cfg(not(unix))]
fn changed(_: &std::fs::Metadata) -> Option<SystemTime> {
    None
}

#[cfg(unix)]
fn place(metadata: &std::fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn place(metadata: &std::fs::Metadata) -> Option<SystemTime> {
    metadata.created().ok()
}

/// What was seen in a file: two bits, and words of four bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// The bits.
    pub bits: [bool; 2],
    /// The words.
    pub words: Box<[u32]>,
}

/// A file by its path and its stamp, and what was seen in it.
struct Note {
    path: u64,
    stamp: Stamp,
    sight: Sight,
}

/// What earlier runs saw in the files of one project, and what this one sees.
pub struct Seen {
    to: PathBuf,
    key: u64,
    /// The file as it was read; empty where there is none to be believed.
    known: Vec<u8>,
    count: usize,
    /// Which of its records answered.
    used: Vec<AtomicBool>,
    notes: Gathered<Note>,
}

impl Seen {
    /// What is kept in `folder` of the project that `project` stands for, and of looking through it for `wanted`.
    pub fn open(folder: &Path, project: &impl Hash, wanted: &impl Hash) -> Seen {
        let key = keep::key(wanted);
        let to = folder.join(format!("{:016x}", hash(project)));
        let (known, count) = kept(&to, key).unwrap_or_default();
        let used = std::iter::repeat_with(AtomicBool::default).take(count).collect();
        Seen { to, key, known, count, used, notes: Gathered::default() }
    }

    /// What was seen in the file at `path`, if it is as it was.
    pub fn recall(&self, files: &dyn Files, path: &str) -> Option<Sight> {
        if self.count == 0 {
            return None;
        }
        let wanted = hash(path);
        let (mut from, mut to) = (0, self.count);
        while from < to {
            let middle = from.midpoint(to);
            if self.record(middle)?.path < wanted { from = middle + 1 } else { to = middle }
        }
        let record = (from < self.count).then(|| self.record(from)).flatten()?;
        if record.path != wanted || files.stamp(path)? != record.stamp {
            return None;
        }
        let sight = self.sight(&record)?;
        self.used[from].store(true, Ordering::Relaxed);
        Some(sight)
    }

    /// Read a file's bytes like [`Files::bytes_within`], with what [`note`](Seen::note) takes where anything is kept.
    pub fn read(
        seen: Option<&Seen>,
        files: &dyn Files,
        path: &str,
        limit: u64,
        into: &mut Vec<u8>,
    ) -> Result<Option<Stamp>, ReadError> {
        match seen {
            Some(_) => files.stamped_within(path, limit, into),
            None => files.bytes_within(path, limit, into).map(|()| None),
        }
    }

    /// Remember what was seen in a file that was read; `stamp` is what it had before it was.
    pub fn note(&self, path: &str, stamp: Option<Stamp>, sight: impl FnOnce() -> Sight) {
        let Some(stamp) = stamp.filter(|stamp| stamp.settled) else { return };
        let path = hash(path);
        self.notes.add(path, Note { path, stamp, sight: sight() });
    }

    /// Keep it for later runs, if that is worth it. What cannot be kept will be looked at again.
    pub fn save(mut self) {
        let mut all = std::mem::take(&mut self.notes).all();
        let used = self.used.iter().filter(|used| used.load(Ordering::Relaxed)).count();
        if all.len() + used < LEAST_FILES || all.len() * WORTH < all.len() + used {
            return;
        }
        // what did not answer may be asked for by a run that looks at more, but does not pile up
        let keeps_unused = self.count - used <= used + all.len();
        for (nth, used) in self.used.iter().enumerate() {
            if (keeps_unused || used.load(Ordering::Relaxed))
                && let Some(record) = self.record(nth)
                && let Some(sight) = self.sight(&record)
            {
                all.push(Note { path: record.path, stamp: record.stamp, sight });
            }
        }
        // of two, what this run noted comes first
        all.sort_by_key(|note| note.path);
        all.dedup_by_key(|note| note.path);
        // a run that is disturbed, or beside another, leaves a whole file
        _ = write(&self.to, self.key, &all);
    }

    fn record(&self, nth: usize) -> Option<Record> {
        let at = HEADER + nth * RECORD;
        let mut bytes = self.known.get(at..at + RECORD)?;
        let path = u64::unpack(&mut bytes)?;
        let stamp = Stamp { file: u64::unpack(&mut bytes)?, size: u64::unpack(&mut bytes)?, settled: true };
        Some(Record { path, stamp, words: u32::unpack(&mut bytes)?, bits: u32::unpack(&mut bytes)? })
    }

    fn sight(&self, record: &Record) -> Option<Sight> {
        let words = self.known.get(HEADER + self.count * RECORD..)?.chunks_exact(4);
        let (from, count) = (record.words as usize, (record.bits >> 2) as usize);
        if words.len() < from + count {
            return None;
        }
        let words = words.skip(from).take(count).filter_map(|mut word| u32::unpack(&mut word)).collect();
        Some(Sight { bits: [record.bits & 1 != 0, record.bits & 2 != 0], words })
    }
}

/// A record of the file.
struct Record {
    path: u64,
    stamp: Stamp,
    words: u32,
    bits: u32,
}

/// What the file at `path` holds, and how many records that has, if it is to be believed.
fn kept(path: &Path, key: u64) -> Option<(Vec<u8>, usize)> {
    let known = keep::read(path, MAGIC, key)?;
    let count = u32::unpack(&mut known.as_slice())? as usize;
    (known.len() >= HEADER + count * RECORD).then_some((known, count))
}

fn write(path: &Path, key: u64, notes: &[Note]) -> std::io::Result<()> {
    let too_many = |_| std::io::Error::other("more than the file has numbers for");
    let mut body: Vec<u8> = Vec::new();
    u32::try_from(notes.len()).map_err(too_many)?.pack(&mut body);
    let mut from = 0;
    for Note { path, stamp, sight } in notes {
        let count = u32::try_from(sight.words.len()).map_err(too_many)?;
        [*path, stamp.file, stamp.size].iter().for_each(|number| number.pack(&mut body));
        let bits = u32::from(sight.bits[0]) | u32::from(sight.bits[1]) << 1;
        [from, count << 2 | bits].iter().for_each(|number| number.pack(&mut body));
        from += count;
    }
    notes.iter().flat_map(|note| &note.sight.words).for_each(|word| word.pack(&mut body));
    keep::write(path, MAGIC, key, &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::OsFiles;
    use std::fs::{File, FileTimes};

    /// A project of many files that are older than it takes to be sure of them.
    struct Folder {
        here: tempfile::TempDir,
    }

    impl Folder {
        fn new() -> Folder {
            let folder = Folder { here: tempfile::tempdir().unwrap() };
            (0..LEAST_FILES).for_each(|nth| folder.write(nth, "text"));
            folder
        }

        fn file(&self, nth: usize) -> String {
            self.here.path().join(format!("{nth}.js")).to_string_lossy().into_owned()
        }

        fn write(&self, nth: usize, text: &str) {
            std::fs::write(self.file(nth), text).unwrap();
        }

        fn seen(&self, wanted: &str) -> Seen {
            Seen::open(&self.here.path().join("cache"), &"project", &wanted)
        }

        fn kept(&self) -> PathBuf {
            std::fs::read_dir(self.here.path().join("cache")).unwrap().next().unwrap().unwrap().path()
        }

        /// Look at all files; how many had to be read.
        fn look(&self, seen: Seen) -> usize {
            let mut read = 0;
            for nth in 0..LEAST_FILES {
                let path = self.file(nth);
                let sight =
                    Sight { bits: [nth % 3 == 0, nth % 2 == 0], words: (0..u32::try_from(nth % 5).unwrap()).collect() };
                if let Some(known) = seen.recall(&OsFiles, &path) {
                    assert_eq!(known, sight);
                    continue;
                }
                read += 1;
                let stamp = OsFiles.stamped_within(&path, 100, &mut Vec::new()).unwrap().unwrap();
                // as if it were older: nothing waits in a test
                seen.note(&path, Some(Stamp { settled: true, ..stamp }), || sight);
            }
            seen.save();
            read
        }

        /// Make files count as settled: what is kept of them is what is asked for.
        fn settle(&self) {
            std::thread::sleep(SETTLED + Duration::from_millis(100));
        }
    }

    #[test]
    fn what_did_not_change_is_not_read_again() {
        let folder = Folder::new();
        folder.settle();
        assert_eq!(folder.look(folder.seen("a")), LEAST_FILES);
        assert_eq!(folder.look(folder.seen("a")), 0);
        // of the same length, and with the old time of writing
        let before = std::fs::metadata(folder.file(7)).unwrap().modified().unwrap();
        folder.write(7, "more");
        File::options()
            .write(true)
            .open(folder.file(7))
            .unwrap()
            .set_times(FileTimes::new().set_modified(before))
            .unwrap();
        assert_eq!(folder.look(folder.seen("a")), 1);
        // another file in its place
        std::fs::rename(folder.file(8), folder.file(9)).unwrap();
        folder.write(8, "text");
        // what was written so shortly ago is read until it has settled
        assert!((2..=3).contains(&folder.look(folder.seen("a"))));
        // another question
        assert_eq!(folder.look(folder.seen("b")), LEAST_FILES);
        assert!(folder.look(folder.seen("b")) <= 3);
    }

    #[test]
    fn what_is_not_whole_is_not_believed() {
        let folder = Folder::new();
        folder.settle();
        folder.look(folder.seen("a"));
        let whole = std::fs::read(folder.kept()).unwrap();
        let broken = (0..whole.len()).step_by(97).map(|at| {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            bytes
        });
        let short = (0..whole.len()).step_by(1009).map(|length| whole[..length].to_vec());
        for bytes in broken.chain(short) {
            std::fs::write(folder.kept(), &bytes).unwrap();
            assert_eq!(folder.seen("a").count, 0);
        }
        std::fs::write(folder.kept(), &whole).unwrap();
        assert_eq!(folder.look(folder.seen("a")), 0);
    }

    #[test]
    fn what_was_just_written_is_read_again() {
        let folder = Folder::new();
        let seen = folder.seen("a");
        for nth in 0..LEAST_FILES {
            folder.write(nth, "new");
            let stamp = OsFiles.stamp(&folder.file(nth));
            assert!(stamp.is_some_and(|stamp| !stamp.settled));
            seen.note(&folder.file(nth), stamp, Sight::default);
        }
        seen.save();
        assert!(!folder.here.path().join("cache").exists());
    }

    #[test]
    fn a_folder_that_cannot_be_written_does_no_harm() {
        let folder = Folder::new();
        std::fs::write(folder.here.path().join("cache"), "a file").unwrap();
        assert_eq!(folder.look(folder.seen("a")), LEAST_FILES);
        assert_eq!(folder.look(folder.seen("a")), LEAST_FILES);
    }
}
