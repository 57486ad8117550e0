//! JUnit's XML, for CI servers that show tests: each call to an affected endpoint is a test case of its file.
//!
//! A call fails if there is a finding about it, is skipped if the finding does not count, and passes otherwise. What XML
//! cannot hold is escaped as on a terminal.

use super::redact::clean;
use crate::check::model::{Call, Finding, Report};
use std::collections::BTreeMap;
use std::io;

/// What became of a test case.
enum Outcome<'a> {
    Passed,
    Failed(&'a Finding),
    Skipped(String),
}

/// One test case.
struct Case<'a> {
    name: String,
    outcome: Outcome<'a>,
}

/// Write `report` as one document.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let suites = suites(report);
    let count =
        |cases: &[Case<'_>], of: fn(&Outcome<'_>) -> bool| cases.iter().filter(|case| of(&case.outcome)).count();
    let failed = |outcome: &Outcome<'_>| matches!(outcome, Outcome::Failed(_));
    let skipped = |outcome: &Outcome<'_>| matches!(outcome, Outcome::Skipped(_));
    let all = |of: fn(&Outcome<'_>) -> bool| suites.values().map(|cases| count(cases, of)).sum::<usize>();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let (tests, failures, skips) = (all(|_| true), all(failed), all(skipped));
    writeln!(
        out,
        "<testsuites name=\"idtoken-lint\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skips}\">"
    )?;
    for (path, cases) in &suites {
        let (tests, failures, skips) = (cases.len(), count(cases, failed), count(cases, skipped));
        writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skips}\">",
            escape(path)
        )?;
        for case in cases {
            write_case(path, case, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// The test cases by file.
fn suites(report: &Report) -> BTreeMap<&str, Vec<Case<'_>>> {
    let mut suites: BTreeMap<&str, Vec<Case<'_>>> = BTreeMap::new();
    for (nth, call) in report.calls.iter().enumerate() {
        let about = |finding: &&Finding| finding.call == Some(nth);
        let suppressed = report.suppressed.iter().find(|suppressed| about(&&suppressed.finding));
        let outcome = match (report.findings.iter().find(about), suppressed) {
            (Some(finding), _) => Outcome::Failed(finding),
            (None, Some(suppressed)) => {
                let suppression = &suppressed.suppression;
                Outcome::Skipped(format!("{}: {}", suppression.by.as_str(), suppression.reason))
            }
            (None, None) => Outcome::Passed,
        };
        suites.entry(&call.at.path).or_default().push(Case { name: name(call), outcome });
    }
    for finding in report.findings.iter().filter(|finding| finding.call.is_none()) {
        let start = finding.at.start;
        let name = format!("{} ({}:{})", finding.rule, start.line, start.column);
        suites.entry(&finding.at.path).or_default().push(Case { name, outcome: Outcome::Failed(finding) });
    }
    for skipped in &report.skipped {
        let outcome = Outcome::Skipped(format!("not analysed: {}", skipped.reason));
        suites.entry(&skipped.path).or_default().push(Case { name: "the file is analysed".to_owned(), outcome });
    }
    if suites.is_empty() {
        // an empty report is taken for a broken one
        let name = "no call to an affected endpoint".to_owned();
        suites.insert("idtoken-lint", vec![Case { name, outcome: Outcome::Passed }]);
    }
    suites
}

fn name(call: &Call) -> String {
    format!("{} by {} ({}:{})", call.endpoint, call.client, call.at.start.line, call.at.start.column)
}

fn write_case(path: &str, case: &Case<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let (name, path) = (escape(&case.name), escape(path));
    write!(out, "    <testcase name=\"{name}\" classname=\"{path}\" file=\"{path}\"")?;
    match &case.outcome {
        Outcome::Passed => writeln!(out, "/>"),
        Outcome::Skipped(why) => writeln!(out, "><skipped message=\"{}\"/></testcase>", escape(why)),
        Outcome::Failed(finding) => {
            let (message, start) = (escape(&finding.message), finding.at.start);
            writeln!(out, ">")?;
            writeln!(out, "      <failure type=\"{}\" message=\"{message}\">", escape(&finding.rule))?;
            writeln!(out, "{}: {path}:{}:{}", finding.severity.as_str(), start.line, start.column)?;
            for line in finding.help.split('\n').filter(|line| !line.is_empty()) {
                writeln!(out, "{}", escape(line))?;
            }
            writeln!(out, "      </failure>\n    </testcase>")
        }
    }
}

/// Text for an attribute or element: clean, and without what is markup or no character of XML.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}
