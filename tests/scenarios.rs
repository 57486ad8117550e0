//! The command line by example: every page in `docs/` and every file in `tests/scenarios/` is run.
//!
//! A page is Markdown. Comments put files in place, console blocks are typed, and what they show must come out:
//!
//! - `<!-- project: NAME -->` begins anew in a copy of `fixtures/NAME`; without it, in an empty folder.
//! - `<!-- file: PATH -->` before a block writes the block to a file.
//! - In a `console` block a line that begins with `$ ` is a command for the shell; the lines after it are what it prints,
//!   both streams. `...` alone stands for any lines, `[..]` for any part of a line.
//! - `<!-- status: N -->` before a block: its last command ends so; the others, and those without, with 0.
//!
//! With `UPDATE=1` what comes out is written into the pages, to be read and thinned by hand.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

use libtest_mimic::{Arguments, Failed, Trial};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut trials = Vec::new();
    for folder in ["docs", "tests/scenarios"] {
        for entry in walkdir::WalkDir::new(root.join(folder)).sort_by_file_name() {
            let path = entry.unwrap().into_path();
            if path.extension().is_some_and(|ending| ending == "md") {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                let trial = Trial::test(name, move || run(&path));
                // the commands are those of a Unix shell
                trials.push(trial.with_ignored_flag(cfg!(not(unix))));
            }
        }
    }
    assert!(trials.len() > 8, "the pages are not found");
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Run a page.
fn run(page: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(page).unwrap();
    let mut place = Place::new(None);
    let mut out = String::new();
    let mut wrong = String::new();
    let mut file: Option<String> = None;
    let mut status = 0;
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        writeln!(out, "{line}").unwrap();
        if let Some(remark) = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->")) {
            match remark.split_once(": ") {
                Some(("project", name)) => place = Place::new(Some(name)),
                Some(("file", path)) => file = Some(path.to_owned()),
                Some(("status", code)) => status = code.parse().unwrap(),
                _ => {}
            }
        } else if let Some(language) = line.strip_prefix("```").filter(|language| !language.is_empty()) {
            let block: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
            if let Some(path) = file.take() {
                place.write(&path, &block);
            }
            if language == "console" {
                let last = std::mem::take(&mut status);
                for (at, shown) in commands(&block, &mut out, &place, last) {
                    writeln!(wrong, "{}:{}: {shown}", page.display(), number + 2 + at).unwrap();
                }
            } else {
                block.iter().for_each(|line| writeln!(out, "{line}").unwrap());
            }
            out.push_str("```\n");
        }
    }
    if std::env::var_os("UPDATE").is_some() && out != text {
        std::fs::write(page, out).unwrap();
        return Ok(());
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}

/// Type the commands of a block. Writes what came out to `out`, and tells what should not have.
fn commands(block: &[&str], out: &mut String, place: &Place, last: i32) -> Vec<(usize, String)> {
    let mut wrong = Vec::new();
    let mut at = 0;
    while let Some(command) = block.get(at).and_then(|line| line.strip_prefix("$ ")) {
        let expected: Vec<&str> = block[at + 1..].iter().take_while(|line| !line.starts_with("$ ")).copied().collect();
        let next = at + 1 + expected.len();
        let (status, printed) = place.shell(command);
        let wanted = if next == block.len() { last } else { 0 };
        let printed_lines: Vec<&str> = printed.lines().map(str::trim_end).collect();
        writeln!(out, "$ {command}").unwrap();
        if status != wanted {
            wrong.push((at, format!("`{command}` ended with {status}, not {wanted}:\n{printed}")));
        }
        if matches(&expected, &printed_lines) {
            expected.iter().for_each(|line| writeln!(out, "{line}").unwrap());
        } else {
            wrong.push((at, format!("`{command}` should print\n{}\nbut prints\n{printed}", expected.join("\n"))));
            printed_lines.iter().for_each(|line| writeln!(out, "{line}").unwrap());
        }
        at = next;
    }
    if at < block.len() {
        wrong.push((at, "a console block begins with `$ `".to_owned()));
    }
    wrong
}

/// Whether lines are as expected: `...` is any number of lines.
fn matches(expected: &[&str], printed: &[&str]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((&"...", rest)) => (0..=printed.len()).any(|skipped| matches(rest, &printed[skipped..])),
        Some((line, rest)) => {
            printed.split_first().is_some_and(|(first, others)| line_matches(line, first) && matches(rest, others))
        }
    }
}

/// Whether a line is as expected: `[..]` is any text.
fn line_matches(expected: &str, printed: &str) -> bool {
    let mut parts = expected.trim_end().split("[..]");
    let Some(mut rest) = printed.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(found) = rest.find(part) else { return false };
        rest = &rest[found + part.len()..];
    }
    rest.ends_with(last)
}

/// Where commands are typed.
struct Place {
    folder: TempDir,
}

impl Place {
    /// An empty folder, or a copy of a fixture, outside of this repository.
    fn new(fixture: Option<&str>) -> Place {
        let folder = tempfile::tempdir().unwrap();
        if let Some(name) = fixture {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
            for entry in walkdir::WalkDir::new(&from).into_iter().map(Result::unwrap) {
                let to = folder.path().join(entry.path().strip_prefix(&from).unwrap());
                if entry.file_type().is_dir() {
                    std::fs::create_dir_all(to).unwrap();
                } else {
                    std::fs::copy(entry.path(), to).unwrap();
                }
            }
        }
        Place { folder }
    }

    fn write(&self, path: &str, lines: &[&str]) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(path, text).unwrap();
    }

    /// The status of a command, and what it prints on both streams.
    fn shell(&self, command: &str) -> (i32, String) {
        let program: PathBuf = assert_cmd::cargo::cargo_bin("idtoken-lint");
        let mut path = program.parent().unwrap().as_os_str().to_owned();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut shell = Command::new("sh");
        for variable in ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "COLUMNS", "TERM", "LC_ALL", "LC_CTYPE", "LANG"] {
            shell.env_remove(variable);
        }
        let output = shell
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .current_dir(self.folder.path())
            .env("PATH", path)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (output.status.code().unwrap_or(-1), String::from_utf8(output.stdout).unwrap())
    }
}
