//! GitLab's Code Quality report: one JSON array, an object for each finding.

use super::json_text;
use super::redact::redact;
use crate::check::model::{Finding, Report, Severity};
use serde::Serialize;
use std::borrow::Cow;
use std::io;

#[derive(Serialize)]
struct Issue<'a> {
    description: Cow<'a, str>,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Place<'a>,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Write `report` as one array and a line end.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let issues: Vec<Issue<'_>> = report.findings.iter().map(issue).collect();
    json_text::write(&issues, out)
}

fn issue(finding: &Finding) -> Issue<'_> {
    Issue {
        description: redact(&finding.message),
        check_name: &finding.rule,
        fingerprint: &finding.fingerprint,
        severity: match finding.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
        },
        location: Place {
            path: &finding.at.path,
            lines: Lines { begin: finding.at.start.line, end: finding.at.end.line },
        },
    }
}
