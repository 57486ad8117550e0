//! Where a report goes: standard output, a file, and standard error for failures.

use super::Failure;
use super::terminal::{self, Color};
use anstream::{AutoStream, ColorChoice};
use idtoken_lint::report::text;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Write to standard output. A reader that has seen enough (`| head`) is no failure.
pub(super) fn to_stdout(colour: bool, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = BufWriter::new(AutoStream::new(io::stdout().lock(), choice(colour)));
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(
            format!("standard output cannot be written: {error}"),
            "See whether the disk is full; or write to another place with `--output FILE`.",
        )),
        _ => Ok(()),
    }
}

/// Write to a file: whole or not at all, so that no other program reads half a report.
pub(super) fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let failure = |error: io::Error| {
        Failure::new(
            format!("{:?} cannot be written: {error}", path.display().to_string()),
            "Name a file in a folder that exists and can be written to.",
        )
    };
    if path.is_dir() {
        return Err(failure(ErrorKind::IsADirectory.into()));
    }
    // a device or a pipe (`/dev/stdout`) cannot be replaced, only written to
    if path.exists() && !path.is_file() {
        let file = std::fs::File::options().write(true).open(path).map_err(failure)?;
        return write_all(file, write).map_err(failure);
    }
    // renaming onto a link would replace the link
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let beside = beside(&target);
    let result = std::fs::File::create(&beside)
        .and_then(|file| write_all(file, write))
        .and_then(|()| std::fs::rename(&beside, &target));
    result.map_err(|error| {
        // what could not be made needs no removal
        _ = std::fs::remove_file(&beside);
        failure(error)
    })
}

/// Say on standard error why there is no report.
pub(super) fn report_failure(failure: &Failure, color: Color) {
    let options = terminal::for_stderr(color);
    let mut out = AutoStream::new(io::stderr().lock(), choice(options.colour));
    // where standard error is closed too, the exit status is all that can be said
    _ = match &failure.mistake {
        Some(mistake) => text::write_mistake(mistake, &options, &mut out),
        None => text::write_problem(&failure.problem, &failure.help, &options, &mut out),
    };
}

/// Say something on standard error that is no failure.
pub(super) fn remark(text: &str) {
    let mut out = AutoStream::new(io::stderr().lock(), ColorChoice::Never);
    // where standard error is closed, nobody wants to know
    _ = writeln!(out, "{}", idtoken_lint::report::redact::clean(text));
}

fn write_all(file: std::fs::File, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    out.flush()
}

/// A name in the same folder, so that renaming does not cross file systems.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}

/// Styles are written only where wanted; the stream still translates them for old consoles.
fn choice(colour: bool) -> ColorChoice {
    if colour { ColorChoice::Always } else { ColorChoice::Never }
}
