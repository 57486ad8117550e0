//! The file of unknown calls that are accepted one by one: read it, write it.

use super::{Failure, output, shared};
use idtoken_lint::check::model::Report;
use idtoken_lint::check::policy::Reviewed;
use idtoken_lint::config::reviewed;
use idtoken_lint::text::{Files, OsFiles};

/// The calls that `file` accepts.
pub(super) fn read(file: &str) -> Result<Vec<Reviewed>, Failure> {
    let text = OsFiles.read(file).map_err(|error| {
        Failure::new(
            format!("the accepted calls {file:?}: {error}"),
            "Write them with `--write-accept-unknown FILE`, or leave `--accept-unknown` out.",
        )
    })?;
    reviewed::read(&OsFiles.named(file), &text).map_err(shared::broken_file)
}

/// Write to `file` what it knew, `old`, and the unknown calls of a report that nobody accepted.
pub(super) fn write(old: &[Reviewed], report: &Report, file: &str) -> Result<(), Failure> {
    let new = reviewed::renewed(old, report, &OsFiles);
    output::to_file(file.as_ref(), |out| reviewed::write(&new, report, &OsFiles, out))?;
    let calls = if new.len() == 1 { "1 call".to_owned() } else { format!("{} calls", new.len()) };
    let open = new.iter().filter(|reviewed| reviewed.because.is_empty()).count();
    output::remark(&format!("{file}: {calls} written, {open} of them without a reason yet"));
    Ok(())
}
