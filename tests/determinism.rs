//! The same sources give the same report, byte for byte: again, in any order, on any number of threads.
//!
//! The fixtures are the sources. A run looks at a part of them, to stay short; each day at another one.
//! `DETERMINISM_TURN=<n>` says at which.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

use idtoken_lint::Options;
use idtoken_lint::check::merge::merge;
use idtoken_lint::check::model::FileCounts;
use idtoken_lint::check::unite::Part;
use idtoken_lint::report::read;
use idtoken_lint::text::files::{Purposes, ReadError, Walked};
use idtoken_lint::text::{Files, MemoryFiles};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

#[path = "common/fixtures.rs"]
mod fixtures;

/// At most this many fixtures in one run.
const CASES: usize = 45;

/// A fixture, and what the first analysis says about it.
struct Case {
    name: String,
    files: MemoryFiles,
    paths: Vec<String>,
    report: String,
}

/// The fixtures whose turn it is.
fn cases() -> &'static [Case] {
    static CASES_OF_TODAY: OnceLock<Vec<Case>> = OnceLock::new();
    CASES_OF_TODAY.get_or_init(|| {
        let folders = fixtures::cases();
        let turns = folders.len().div_ceil(CASES);
        let turn = turn() % turns;
        let found: Vec<Case> = folders.iter().skip(turn).step_by(turns).map(|folder| read(folder)).collect();
        assert!(found.len() > CASES / 2 && found.len() <= CASES, "{} cases", found.len());
        assert!(found.iter().any(|case| case.report.contains("\"id-token-")), "the fixtures say nothing");
        found
    })
}

fn turn() -> usize {
    match std::env::var("DETERMINISM_TURN") {
        Ok(turn) => turn.parse().unwrap(),
        Err(_) => {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
            usize::try_from(since.as_secs() / (24 * 60 * 60)).unwrap()
        }
    }
}

fn read(folder: &Path) -> Case {
    let mut files = MemoryFiles::new();
    let mut paths = Vec::new();
    for (path, bytes) in fixtures::sources(folder).unwrap() {
        files.insert(path.clone(), bytes);
        paths.push(path);
    }
    let name = folder.strip_prefix(fixtures::folder()).unwrap().to_string_lossy().into_owned();
    let report = json(&files, &Options::default());
    Case { name, files, paths, report }
}

fn json(files: &dyn Files, options: &Options) -> String {
    let report = idtoken_lint::analyze_with(files, options, fixtures::rules()).unwrap();
    let mut out = Vec::new();
    idtoken_lint::report::json::write(&report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The reports of all cases are those of the first analysis.
fn same(analyse: impl Fn(&Case) -> String) {
    let differing: Vec<String> = cases()
        .iter()
        .filter_map(|case| Some(format!("{}: {}", case.name, difference(&case.report, &analyse(case))?)))
        .collect();
    assert!(differing.is_empty(), "DETERMINISM_TURN={}\n{}", turn(), differing.join("\n"));
}

/// The first line that differs.
fn difference(first: &str, second: &str) -> Option<String> {
    if first == second {
        return None;
    }
    let common = first.lines().zip(second.lines()).take_while(|(one, other)| one == other).count();
    let line = |report: &str| report.lines().nth(common).unwrap_or("the end").trim().to_owned();
    Some(format!("line {}: `{}` became `{}`", common + 1, line(first), line(second)))
}

/// Another order: the same one in every run, a different one for every length and `salt`.
fn shuffled<T>(mut list: Vec<T>, salt: u64) -> Vec<T> {
    let mut state = salt.wrapping_add(0x9e37_79b9_7f4a_7c15);
    for nth in (1..list.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(state >> 33).unwrap() % (nth + 1);
        list.swap(nth, other);
    }
    list
}

/// Files that are walked in another order, like those of a walk by several threads.
struct Shuffled<'a> {
    files: &'a MemoryFiles,
    salt: u64,
}

impl Files for Shuffled<'_> {
    fn walk(&self, root: &str, wanted: &(dyn Fn(&str) -> Purposes + Sync)) -> Walked {
        let Walked { files, unreadable } = self.files.walk(root, wanted);
        Walked { files: shuffled(files, self.salt), unreadable }
    }

    fn read(&self, path: &str) -> Result<Arc<str>, ReadError> {
        self.files.read(path)
    }

    fn exists(&self, path: &str) -> bool {
        self.files.exists(path)
    }

    fn is_dir(&self, path: &str) -> bool {
        self.files.is_dir(path)
    }

    fn named(&self, path: &str) -> String {
        self.files.named(path)
    }

    fn project_root(&self, path: &str) -> String {
        self.files.project_root(path)
    }
}

#[test]
fn again() {
    same(|case| json(&case.files, &Options::default()));
}

/// Naming every file is naming the folder, in whatever order and however often.
#[test]
fn paths_in_another_order() {
    same(|case| {
        let mut paths = shuffled(case.paths.clone(), 1);
        paths.extend(case.paths.first().cloned());
        json(&case.files, &Options { paths, ..Options::default() })
    });
}

#[test]
fn files_found_in_another_order() {
    same(|case| json(&Shuffled { files: &case.files, salt: 2 }, &Options::default()));
}

/// A report as far as `merge` promises to keep it. How many files a part parses is its own affair; what logins lack is
/// judged by each part alone, and neither united nor read back (`docs/many-repositories.md` says so).
fn kept_by_merge(report: &str) -> String {
    let mut report: Value = serde_json::from_str(report).unwrap();
    let of_bearer = ["id-token-as-bearer", "id-token-links-accounts", "unresolved-bearer"];
    report["summary"]["files"]["parsed"] = Value::Null;
    report["summary"]["findings"] = Value::Null;
    report["plans"] = Value::Null;
    let findings = report["findings"].as_array_mut().unwrap();
    findings.retain(|finding| of_bearer.iter().any(|rule| finding["rule"] == *rule));
    for finding in findings {
        // why there is no edit depends on the calls that would be mended together
        finding["fix"] = Value::Null;
        finding["no_fix"] = Value::Null;
        finding["related"] = Value::Null;
    }
    serde_json::to_string_pretty(&report).unwrap()
}

fn written(report: &idtoken_lint::check::model::Report) -> String {
    let mut out = Vec::new();
    idtoken_lint::report::json::write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn in_parts() {
    let differing: Vec<String> = cases()
        .iter()
        .filter_map(|case| {
            let parts = [1, 2, 3].map(|index| {
                let part = Some(Part { index, count: 3 });
                let report = json(&case.files, &Options { part, ..Options::default() });
                ("part".to_owned(), read::read(&report).unwrap())
            });
            let merged = merge(parts.to_vec(), fixtures::rules()).unwrap();
            let found = difference(&kept_by_merge(&case.report), &kept_by_merge(&written(&merged)))?;
            Some(format!("{}: {found}", case.name))
        })
        .collect();
    assert!(differing.is_empty(), "DETERMINISM_TURN={}\n{}", turn(), differing.join("\n"));
}

/// What each project's report says goes on meaning that project's calls.
#[test]
fn of_several_projects() {
    let logins = ["login/legacy-spa", "login/legacy-lock", "login/legacy-spa"];
    let reports = logins
        .iter()
        .zip(["one", "two", "three"])
        .map(|(case, name)| (name.to_owned(), read::read(&read(&fixtures::folder().join(case)).report).unwrap()));
    let merged = merge(reports.collect(), fixtures::rules()).unwrap();
    let project = |path: &str| path.split('/').next().unwrap().to_owned();
    let mut seen = Vec::new();
    for plan in &merged.plans {
        assert!(!plan.calls.is_empty());
        for call in &plan.calls {
            assert_eq!(project(&merged.calls[*call].at.path), project(&plan.at.path));
        }
        seen.push(project(&plan.at.path));
    }
    seen.sort();
    assert_eq!(seen, ["one", "three", "two"]);
    for finding in merged.findings.iter().filter_map(|finding| Some((finding, finding.call?))) {
        assert_eq!(merged.calls[finding.1].at, finding.0.at);
    }
}

#[test]
fn parts_are_missed() {
    let case = &cases()[0];
    let part = |index| {
        let part = Some(Part { index, count: 2 });
        let report = json(&case.files, &Options { part, ..Options::default() });
        ("part".to_owned(), read::read(&report).unwrap())
    };
    let problem = |parts: Vec<_>| merge(parts, fixtures::rules()).unwrap_err();
    assert!(problem(vec![part(2)]).starts_with("part 1 of 2"));
    assert!(problem(vec![part(2), part(1), part(2)]).contains("there twice"));
}

#[test]
fn read_back_and_written_again() {
    let differing: Vec<String> = cases()
        .iter()
        .filter_map(|case| {
            let again = written(&read::read(&case.report).unwrap());
            Some(format!("{}: {}", case.name, difference(&kept_by_merge(&case.report), &kept_by_merge(&again))?))
        })
        .collect();
    assert!(differing.is_empty(), "DETERMINISM_TURN={}\n{}", turn(), differing.join("\n"));
}

/// Looking closer at every file finds what looking at those with telling words finds.
#[test]
fn without_the_first_look() {
    let mut differing = Vec::new();
    for case in cases() {
        let report = |all_files| {
            let options = Options { all_files, ..Options::default() };
            let mut report = idtoken_lint::analyze_with(&case.files, &options, fixtures::rules()).unwrap();
            // what is not parsed has no mistakes
            report.files = FileCounts::default();
            report.skipped.clear();
            written(&report)
        };
        if let Some(found) = difference(&report(false), &report(true)) {
            differing.push(format!("{}: {found}", case.name));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// Many files that have nothing to do with each other, as one project: there is something to do for every thread.
#[test]
fn on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let from = fixtures::folder().join("js");
    for entry in walkdir::WalkDir::new(&from).into_iter().filter_map(Result::ok) {
        let to = folder.path().join(entry.path().strip_prefix(&from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(to).unwrap();
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
    let report = |threads: &str| {
        let output = Command::new(assert_cmd::cargo::cargo_bin("idtoken-lint"))
            .args(["check", "--format", "json"])
            .env("RAYON_NUM_THREADS", threads)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stdout).unwrap()
    };
    let one = report("1");
    assert!(one.matches("\"verdict\"").count() > 50, "{one}");
    for threads in ["4", "4", "13"] {
        assert_eq!(difference(&one, &report(threads)), None, "{threads} threads");
    }
}
