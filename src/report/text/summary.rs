//! What was looked at and what came of it, in one line; and what was not looked at.

use super::paint::{Style, paint};
use super::{TextOptions, plural};
use crate::check::model::{Report, Severity, SuppressedBy, Verdict};
use crate::report::redact::clean;
use std::io;

/// More skipped files than this are only counted.
const MAX_SKIPPED: usize = 10;

/// Name the skipped files, with reasons.
pub(super) fn write_skipped(report: &Report, options: &TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    if report.skipped.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint("not analysed", Style::Heading, options.colour))?;
    for skipped in report.skipped.iter().take(MAX_SKIPPED) {
        writeln!(out, "  {}: {}", clean(&skipped.path), clean(&skipped.reason))?;
    }
    if let Some(more) = report.skipped.len().checked_sub(MAX_SKIPPED).filter(|&more| more > 0) {
        writeln!(out, "  and {more} more, all named by `--format json`")?;
    }
    writeln!(out)
}

/// Name what is to be tidied up in comments, configuration and baseline.
pub(super) fn write_notices(report: &Report, options: &TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    if report.notices.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint("to tidy up", Style::Heading, options.colour))?;
    for notice in &report.notices {
        writeln!(out, "  {}:{}: {} [{}]", clean(&notice.path), notice.line, clean(&notice.message), notice.id)?;
    }
    writeln!(out)
}

/// Write the summary line.
pub(super) fn write_line(report: &Report, options: &TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    let style = match report.findings.iter().map(|finding| finding.severity).min() {
        Some(Severity::Error) => Style::Bad,
        Some(Severity::Warning) => Style::Doubtful,
        None => Style::Good,
    };
    let (outcome, files) = sentence(report);
    let outcome = paint(outcome, style, options.colour);
    let dot = if options.unicode { "·" } else { "-" };
    if files.is_empty() { writeln!(out, "{outcome}") } else { writeln!(out, "{outcome} {dot} {files}") }
}

/// What came of it, and what was looked at.
pub(in crate::report) fn sentence(report: &Report) -> (String, String) {
    let findings = report.findings.len();
    let calls = report.calls.len();
    let seen = report.files.seen;
    let seen = format!("{seen} {}", plural(seen, "file", "files"));
    let more = |count: usize, what: &str| if count > 0 { format!(", {count} {what}") } else { String::new() };
    let skipped = more(report.files.skipped, "skipped") + &more(report.files.excluded, "excluded");
    let known = report.suppressed_by(SuppressedBy::Baseline);
    let suppressed = more(report.suppressed.len() - known, "suppressed") + &more(known, "in the baseline");
    let files = format!("{seen} seen, {} parsed{skipped}", report.files.parsed);
    let calls_text = format!("{calls} {} to affected endpoints", plural(calls, "call", "calls"));
    match (findings, calls) {
        (0, 0) if !report.suppressed.is_empty() => (format!("no findings{suppressed}"), files),
        (0, 0) if report.files.seen == 0 => {
            (format!("no source files in {}{skipped}", clean(&report.root)), String::new())
        }
        (0, 0) if report.is_of_part() => {
            // what lies around the paths was seen, but not reported
            ("no call to an affected endpoint in, or by way of, what was given".to_owned(), files)
        }
        (0, 0) => (format!("no call to an affected endpoint in {seen}{skipped}"), String::new()),
        (0, _) if report.count(Verdict::AccessToken) == calls => {
            (format!("no findings, {calls_text} with access tokens"), files)
        }
        (0, _) => (format!("no findings{suppressed} in {calls_text}"), files),
        _ => {
            let noun = plural(findings, "finding", "findings");
            (format!("{findings} {noun} ({}){suppressed}", by_severity(report)), files)
        }
    }
}

fn by_severity(report: &Report) -> String {
    let count = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let mut parts = Vec::new();
    if errors > 0 {
        parts.push(format!("{errors} {}", plural(errors, "error", "errors")));
    }
    if warnings > 0 {
        parts.push(format!("{warnings} {}", plural(warnings, "warning", "warnings")));
    }
    parts.join(", ")
}
