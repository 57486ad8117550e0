//! One line for each finding, as compilers write them: for editors, `grep` and problem matchers.

use super::redact::clean;
use crate::check::model::Report;
use std::io;

/// Write `report` as `file:line:column: severity: message [rule]`.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in &report.findings {
        let (path, start, severity) = (clean(&finding.at.path), finding.at.start, finding.severity.as_str());
        let message = clean(&finding.message);
        writeln!(out, "{path}:{}:{}: {severity}: {message} [{}]", start.line, start.column, finding.rule)?;
    }
    for notice in &report.notices {
        writeln!(out, "{}:{}:1: note: {} [{}]", clean(&notice.path), notice.line, clean(&notice.message), notice.id)?;
    }
    for skipped in &report.skipped {
        writeln!(out, "{}:1:1: note: not analysed: {} [skipped]", clean(&skipped.path), clean(&skipped.reason))?;
    }
    Ok(())
}
