//! `--diff` and `--fix`: show the edits of a report, or make them.

use super::{Failure, output};
use idtoken_lint::check::model::{Applicability, Report};
use idtoken_lint::report::diff::{self, Changed, Edited};
use std::fs;
use std::io;
use std::path::Path;

/// A byte order mark, which is no part of the text.
const MARK: &str = "\u{feff}";

/// Write all edits to standard output, as a unified diff.
pub(super) fn show(report: &Report) -> Result<(), Failure> {
    let edited = diff::edited(report, |_| true, |_, _| true);
    output::to_stdout(false, |out| diff::write(&edited, out))?;
    tell(&edited, report, "can be made: `--fix --unsafe-fixes`");
    Ok(())
}

/// Make the edits that are safe; with `all`, the others too. Whether anything was changed.
pub(super) fn make(report: &Report, all: bool) -> Result<bool, Failure> {
    let wanted = |fix: &idtoken_lint::check::model::Fix| all || fix.applicability == Applicability::Safe;
    let unchanged = |path: &str, text: &str| {
        fs::read_to_string(path).is_ok_and(|now| now.strip_prefix(MARK).unwrap_or(&now) == text)
    };
    let edited = diff::edited(report, wanted, unchanged);
    write_all(&edited.files)?;
    let withheld = report.findings.iter().filter(|it| it.fix.as_ref().is_some_and(|fix| !wanted(fix))).count();
    if withheld > 0 {
        let edits = if withheld == 1 { "1 finding has an edit" } else { "some findings have edits" };
        output::remark(&format!("{edits} that change what the program asks for: `--unsafe-fixes` makes them too"));
    }
    tell(&edited, report, "made");
    Ok(!edited.files.is_empty())
}

/// Say what came of it.
fn tell(edited: &Edited, report: &Report, done: &str) {
    let count = |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    let (fixes, files) = (count(edited.fixes, "edit", "edits"), count(edited.files.len(), "file", "files"));
    output::remark(&format!("{fixes} in {files} {done}"));
    for (place, reason) in &edited.left {
        output::remark(&format!("left alone: {place}: {reason}"));
    }
    for finding in report.findings.iter().filter(|finding| finding.fix.is_none()) {
        let at = &finding.at;
        let why = finding.no_fix.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        let rule = &finding.rule;
        output::remark(&format!("left alone: {}:{}: {rule}: no edit is certain{why}", at.path, at.start.line));
    }
}

/// Write all files, or leave all as they were.
fn write_all(files: &[Changed]) -> Result<(), Failure> {
    for (nth, file) in files.iter().enumerate() {
        if let Err(error) = write(&file.path, &file.new) {
            for done in &files[..nth] {
                // what cannot be restored is told by the failure below: the file is named
                _ = write(&done.path, &done.old);
            }
            return Err(Failure::new(
                format!("{:?} cannot be written: {error}; the other files are as they were", file.path),
                "Make the file and its folder writable, or make the edits by hand: `--diff` shows them.",
            ));
        }
    }
    Ok(())
}

/// Replace a file's text at once, and keep its permissions and its byte order mark.
fn write(path: &str, text: &str) -> io::Result<()> {
    // renaming onto a link would replace the link
    let target = fs::canonicalize(Path::new(path))?;
    let permissions = fs::metadata(&target)?.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    let has_mark = fs::read_to_string(&target)?.starts_with(MARK);
    let beside = output::beside(&target);
    let whole = if has_mark { format!("{MARK}{text}") } else { text.to_owned() };
    let result = fs::write(&beside, whole)
        .and_then(|()| fs::set_permissions(&beside, permissions))
        .and_then(|()| fs::rename(&beside, &target));
    if result.is_err() {
        // what could not be made needs no removal
        _ = fs::remove_file(&beside);
    }
    result
}
