//! Workflow commands of GitHub Actions: each finding is an annotation on its line.
//!
//! A command is one line, `::error file=…,line=…::message`; what would end a part of it is percent-encoded.

use super::redact::clean;
use crate::check::model::{Finding, Report, Severity};
use std::io;

/// Write `report` as annotations.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in &report.findings {
        write_finding(finding, out)?;
    }
    for notice in &report.notices {
        let (path, id, message) = (property(&notice.path), property(notice.id), data(&clean(&notice.message)));
        writeln!(out, "::notice file={path},line={},title={id}::{message}", notice.line)?;
    }
    for skipped in &report.skipped {
        let (path, reason) = (property(&skipped.path), data(&clean(&skipped.reason)));
        writeln!(out, "::warning file={path},title=not analysed::{reason}")?;
    }
    Ok(())
}

fn write_finding(finding: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let (start, end) = (finding.at.start, finding.at.end);
    write!(out, "::{command} file={},line={},endLine={}", property(&finding.at.path), start.line, end.line)?;
    // columns are for regions of one line only; their ends are inclusive
    if start.line == end.line {
        write!(out, ",col={},endColumn={}", start.column, end.column.saturating_sub(1).max(start.column))?;
    }
    let lines = std::iter::once(finding.message.as_str()).chain(finding.help.split('\n'));
    let message: Vec<String> = lines.filter(|line| !line.is_empty()).map(|line| data(&clean(line))).collect();
    writeln!(out, ",title={}::{}", property(&finding.rule), message.join("%0A"))
}

/// What stands behind the second pair of colons.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(&clean(text)).replace(':', "%3A").replace(',', "%2C")
}
