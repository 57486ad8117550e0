//! The baseline's file: read it, write it.

use super::{Failure, output, shared};
use idtoken_lint::check::model::Report;
use idtoken_lint::report::baseline::Baseline;
use idtoken_lint::text::{Files, OsFiles};

/// Take out of a report what the baseline in `file` knows.
pub(super) fn apply(report: &mut Report, file: &str) -> Result<(), Failure> {
    read(file)?.apply(report, &OsFiles.named(file), &OsFiles);
    Ok(())
}

/// Write what a report finds to `file`, and take it out of the report. What an older baseline there knows of files that
/// were not looked at is kept.
pub(super) fn write(report: &mut Report, file: &str) -> Result<(), Failure> {
    let old = if OsFiles.exists(file) { read(file)? } else { Baseline::default() };
    let new = old.renewed(report, &OsFiles);
    output::to_file(file.as_ref(), |out| new.write(out))?;
    let findings = if new.len() == 1 { "1 finding".to_owned() } else { format!("{} findings", new.len()) };
    let (added, gone) = (new.beyond(&old), old.beyond(&new));
    output::remark(&format!("{file}: {findings} written, {added} of them new; {gone} taken out"));
    new.apply(report, &OsFiles.named(file), &OsFiles);
    Ok(())
}

fn read(file: &str) -> Result<Baseline, Failure> {
    let text = OsFiles.read(file).map_err(|error| {
        Failure::new(
            format!("the baseline {file:?}: {error}"),
            "Write one with `--write-baseline FILE`, or leave `--baseline` out.",
        )
    })?;
    Baseline::read(&OsFiles.named(file), &text).map_err(shared::broken_file)
}
