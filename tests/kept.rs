//! What is said of a project is kept until anything in it changes, and comes back whole.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

use idtoken_lint::Options;
use idtoken_lint::check::model::Report;
use idtoken_lint::report::kept;
use idtoken_lint::text::files::{Purposes, ReadError, Walked};
use idtoken_lint::text::seen::Stamp;
use idtoken_lint::text::{Files, Globs, MemoryFiles, OsFiles};
use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

#[path = "common/fixtures.rs"]
mod fixtures;

/// The system's files, of which the reads are counted.
#[derive(Default)]
struct Counted {
    reads: AtomicUsize,
}

impl Counted {
    fn count(&self) -> &OsFiles {
        self.reads.fetch_add(1, Ordering::Relaxed);
        &OsFiles
    }
}

impl Files for Counted {
    fn walk(&self, root: &str, wanted: &(dyn Fn(&str) -> Purposes + Sync)) -> Walked {
        OsFiles.walk(root, wanted)
    }
    fn read(&self, path: &str) -> Result<Arc<str>, ReadError> {
        self.count().read(path)
    }
    fn read_within(&self, path: &str, limit: u64) -> Result<Arc<str>, ReadError> {
        self.count().read_within(path, limit)
    }
    fn bytes_within(&self, path: &str, limit: u64, into: &mut Vec<u8>) -> Result<(), ReadError> {
        self.count().bytes_within(path, limit, into)
    }
    fn stamped_within(&self, path: &str, limit: u64, into: &mut Vec<u8>) -> Result<Option<Stamp>, ReadError> {
        self.count().stamped_within(path, limit, into)
    }
    fn stamp(&self, path: &str) -> Option<Stamp> {
        OsFiles.stamp(path)
    }
    fn exists(&self, path: &str) -> bool {
        OsFiles.exists(path)
    }
    fn among<'n>(&self, folder: &str, names: &[&'n str]) -> Vec<&'n str> {
        OsFiles.among(folder, names)
    }
    fn is_dir(&self, path: &str) -> bool {
        OsFiles.is_dir(path)
    }
    fn named(&self, path: &str) -> String {
        OsFiles.named(path)
    }
    fn absolute(&self, path: &str) -> String {
        OsFiles.absolute(path)
    }
    fn project_root(&self, path: &str) -> String {
        OsFiles.project_root(path)
    }
    fn repository(&self, path: &str) -> Option<String> {
        OsFiles.repository(path)
    }
}

/// Modules of a project, besides those that call.
const MODULES: usize = 60;

const CALL: &str =
    "fetch('https://acme.auth0.com/api/v2/users/1', { headers: { Authorization: `Bearer ${idToken}` } });\n";

/// A project, and beside it what is kept of it.
struct Project {
    here: tempfile::TempDir,
}

impl Project {
    fn new() -> Project {
        let project = Project { here: tempfile::tempdir().unwrap() };
        for nth in 0..MODULES {
            project.write(&format!("src/module{nth}.js"), &format!("export const of{nth} = {nth};\n"));
        }
        let imports: String = (0..MODULES).map(|nth| format!("import './module{nth}';\n")).collect();
        project.write("src/index.js", &format!("{imports}import './call'; // users of auth0\n"));
        project.write("src/call.js", CALL);
        project.write(
            "src/env.js",
            "fetch(`${process.env.USERS_BASE}/users/2`, { headers: { Authorization: `Bearer ${idToken}` } });\n",
        );
        project.write("package.json", "{ \"name\": \"web\" }\n");
        project.write("tenant.yaml", "flags:\n  enable_idtoken_api2: false\n");
        project.write(".gitignore", "/left/\n");
        project.write("left/call.js", CALL);
        project.write("own.toml", "client = \"own\"\nsource = \"here\"\n");
        project
    }

    fn path(&self, path: &str) -> PathBuf {
        self.here.path().join("project").join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn cache(&self) -> PathBuf {
        self.here.path().join("cache")
    }

    fn options(&self) -> Options {
        let path = self.path("").to_str().unwrap().trim_end_matches('/').to_owned();
        Options { paths: vec![path.clone()], root: Some(path), ..Options::default() }
    }

    /// The report, and how many files were read for it.
    fn analyze(&self, options: &Options) -> (String, usize) {
        let files = Counted::default();
        let options = Options { cache: Some(self.cache()), ..options.clone() };
        let report = idtoken_lint::analyze(&files, &options).unwrap();
        (format!("{report:#?}"), files.reads.into_inner())
    }

    /// The report that nothing was kept for.
    fn anew(&self, options: &Options) -> String {
        format!("{:#?}", idtoken_lint::analyze(&OsFiles, options).unwrap())
    }

    fn kept(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.cache()) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

/// How many files the places in a report lie in: those that have to be read to show it.
fn shown(report: &str) -> usize {
    let sources = report.split_once("sources: {").unwrap().1.split_once("\n    }").unwrap().0;
    sources.matches(".js\": ").count() + sources.matches(".yaml\": ").count()
}

/// Something that changes a project.
type Change = (&'static str, fn(&Project));

#[test]
fn a_report_is_kept_until_anything_changes() {
    let changes: &[Change] = &[
        ("another text of the same length, with the old time of writing", |project| {
            let path = project.path("src/call.js");
            let written = fs::metadata(&path).unwrap().modified().unwrap();
            project.write("src/call.js", &CALL.replace("users/1", "users/2"));
            let times = FileTimes::new().set_modified(written);
            File::options().write(true).open(path).unwrap().set_times(times).unwrap();
        }),
        ("a file less", |project| fs::remove_file(project.path("src/call.js")).unwrap()),
        ("a file under another name", |project| {
            fs::rename(project.path("src/call.js"), project.path("src/other.js")).unwrap();
        }),
        ("a file more", |project| project.write("src/more.js", CALL)),
        ("other patterns of what is ignored", |project| project.write(".gitignore", "/right/\n")),
        ("hidden settings", |project| project.write(".env", "USERS_BASE=https://acme.auth0.com/api/v2\n")),
        ("another manifest", |project| {
            project.write("package.json", "{ \"name\": \"web\", \"dependencies\": { \"express\": \"4\" } }\n");
        }),
        ("a file that is no code", |project| project.write("tenant.yaml", "flags:\n  enable_idtoken_api2: true\n")),
        ("a remark", |project| {
            let text = format!("// idtoken-lint-ignore-next-line id-token-as-bearer -- known\n{CALL}");
            project.write("src/call.js", &text);
        }),
    ];
    let projects: Vec<Project> = changes.iter().map(|_| Project::new()).collect();
    // what was written just before is not kept
    assert!(projects[0].analyze(&projects[0].options()).1 > MODULES);
    assert!(projects[0].kept().is_empty());
    std::thread::sleep(Duration::from_millis(3200));
    for (project, (what, change)) in projects.iter().zip(changes) {
        let options = project.options();
        let fresh = project.anew(&options);
        assert!(fresh.contains("IdToken"));
        let (before, reads) = project.analyze(&options);
        assert!(before == fresh && reads > MODULES, "{what}");
        let (again, reads) = project.analyze(&options);
        assert!(again == fresh && reads == shown(&again), "{what}: {reads}");
        change(project);
        let (after, reads) = project.analyze(&options);
        assert!(after == project.anew(&options) && reads > MODULES, "{what}");
        assert!(*what == "another manifest" || after != before, "{what} changes nothing");
    }
}

#[test]
fn a_report_is_kept_for_one_question() {
    let project = Project::new();
    std::thread::sleep(Duration::from_millis(3200));
    let options = project.options();
    let own = project.path("own.toml").to_str().unwrap().to_owned();
    let others = [
        Options { hosts: vec!["login.example.com".to_owned()], ..options.clone() },
        Options { own_hosts: vec!["acme.auth0.com".to_owned()], ..options.clone() },
        Options { exclude: Some(Globs::new(&options.paths[0], &["call.js".to_owned()]).unwrap()), ..options.clone() },
        Options { exclude: Some(Globs::new(&options.paths[0], &["env.js".to_owned()]).unwrap()), ..options.clone() },
        Options { rules: vec![own.clone()], ..options.clone() },
        Options { all_files: true, ..options.clone() },
        options,
    ];
    for options in &others {
        let fresh = project.anew(options);
        assert!(project.analyze(options).1 > MODULES, "{options:?}");
        let (again, reads) = project.analyze(options);
        // own rules are read in any case
        assert!(again == fresh && reads == shown(&again) + options.rules.len(), "{options:?}: {reads}");
    }
    let ruled = &others[4];
    project.analyze(ruled);
    project.write("own.toml", "client = \"other\"\nsource = \"here\"\n");
    assert!(project.analyze(ruled).1 > MODULES);
    // of some paths, others are asked for each time
    let part = Options { paths: vec![project.path("src").to_str().unwrap().to_owned()], ..project.options() };
    let before = project.kept().len();
    for _ in 0..2 {
        assert!(project.analyze(&part).1 > MODULES);
    }
    assert_eq!(project.kept().len(), before);
}

#[test]
fn a_report_that_is_not_whole_is_not_believed() {
    let project = Project::new();
    std::thread::sleep(Duration::from_millis(3200));
    let options = project.options();
    let fresh = project.anew(&options);
    project.analyze(&options);
    let [kept] = project.kept().try_into().unwrap();
    let whole = fs::read(&kept).unwrap();
    let broken = (0..whole.len()).step_by(whole.len() / 7).map(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        bytes
    });
    let short = (0..whole.len()).step_by(whole.len() / 5).map(|length| whole[..length].to_vec());
    for bytes in broken.chain(short) {
        fs::write(&kept, bytes).unwrap();
        let (again, reads) = project.analyze(&options);
        assert!(again == fresh && reads > MODULES);
    }
    // found out again, and kept again
    assert_eq!(project.analyze(&options), (fresh.clone(), shown(&fresh)));
}

/// The report of a fixture, and its files.
fn analyzed(case: &Path) -> (Report, MemoryFiles) {
    let mut files = MemoryFiles::new();
    for (path, bytes) in fixtures::sources(case).unwrap() {
        files.insert(path, bytes);
    }
    (idtoken_lint::analyze_with(&files, &Options::default(), fixtures::rules()).unwrap(), files)
}

#[test]
fn reports_come_back_from_their_bytes() {
    let mut told = String::new();
    for case in fixtures::cases().iter().step_by(12) {
        let (report, files) = analyzed(case);
        let Some(bytes) = kept::pack(&report) else { continue };
        let back = kept::unpack(&bytes, |path| files.read(path).ok()).unwrap();
        assert_eq!(format!("{back:#?}"), format!("{report:#?}"), "{}", case.display());
        assert!(kept::unpack(&bytes[..bytes.len() / 2], |path| files.read(path).ok()).is_none());
        told += &format!("{report:?}");
    }
    for kind in
        ["Finding {", "Plan {", "Edit {", "Related {", "Reason {", "Runs {", "TraceStep {", "IdToken", "no_fix: Some"]
    {
        assert!(told.contains(kind), "no fixture has {kind}");
    }
}

#[test]
fn a_secret_is_not_kept() {
    let (mut report, _) = analyzed(&fixtures::cases()[0]);
    assert!(kept::pack(&report).is_some());
    report.root = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhdXRoMHwxIn0.c2lnbmF0dXJl".to_owned();
    assert!(kept::pack(&report).is_none());
}
