//! The edits of a report, made: the new texts of files, and what they change as a unified diff.
//!
//! Each fix is made whole or not at all: not where it would touch what another one changes, nor where a file would no
//! longer parse. Nothing here touches the system.

use crate::check::model::{Edit, Fix, Report};
use crate::lower::{Syntax, lower};
use similar::TextDiff;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

/// A file with its edits.
#[derive(Clone, Debug)]
pub struct Changed {
    /// Relative to the working directory, with `/`.
    pub path: String,
    /// As it was read.
    pub old: Arc<str>,
    /// As it is to be.
    pub new: String,
}

/// What the edits of a report come to.
#[derive(Clone, Debug, Default)]
pub struct Edited {
    /// The files that change, by path.
    pub files: Vec<Changed>,
    /// How many fixes are made.
    pub fixes: usize,
    /// Fixes that are not made: where, and why.
    pub left: Vec<(String, String)>,
    /// Findings for which there is no edit.
    pub without: usize,
}

/// Make the fixes that are `wanted`, in files that are `usable`: whose text is still the one that was read.
pub fn edited(report: &Report, wanted: impl Fn(&Fix) -> bool, usable: impl Fn(&str, &str) -> bool) -> Edited {
    let mut result =
        Edited { without: report.findings.iter().filter(|it| it.fix.is_none()).count(), ..Edited::default() };
    let mut edits: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
    let mut seen: Vec<&Fix> = Vec::new();
    for finding in &report.findings {
        let Some(fix) = finding.fix.as_ref().filter(|fix| wanted(fix)) else { continue };
        if seen.contains(&fix) {
            continue;
        }
        seen.push(fix);
        let place = format!("{}:{}", finding.at.path, finding.at.start.line);
        let mut with = edits.clone();
        for edit in &fix.edits {
            let list = with.entry(&edit.at.path).or_default();
            if !list.contains(&edit) {
                list.push(edit);
            }
        }
        match problem(report, fix, &mut with, &usable) {
            None => {
                edits = with;
                result.fixes += 1;
            }
            Some(reason) => result.left.push((place, reason)),
        }
    }
    for (path, list) in edits {
        let Some(old) = report.sources.get(path).cloned() else { continue };
        if let Some(new) = applied(&old, &list) {
            result.files.push(Changed { path: path.to_owned(), old, new });
        }
    }
    result
}

/// Why a fix cannot be made together with those before it.
fn problem<'a>(
    report: &'a Report,
    fix: &'a Fix,
    edits: &mut BTreeMap<&'a str, Vec<&'a Edit>>,
    usable: &impl Fn(&str, &str) -> bool,
) -> Option<String> {
    for edit in &fix.edits {
        let path = edit.at.path.as_str();
        let Some(old) = report.sources.get(path) else { return Some(format!("the text of {path} is not known")) };
        if !usable(path, old) {
            return Some(format!("{path} was changed since it was read"));
        }
        let list = edits.entry(path).or_default();
        list.sort();
        let overlap =
            list.windows(2).any(|two| two[0].at.span.end > two[1].at.span.start || two[0].at.span == two[1].at.span);
        if overlap {
            return Some("another edit changes the same place".to_owned());
        }
        let Some(new) = applied(old, list) else { return Some(format!("the place in {path} is not there any more")) };
        if !parses(path, old, &new) {
            return Some(format!("{path} would no longer parse"));
        }
    }
    None
}

/// A text with edits made; they are sorted and do not overlap.
fn applied(old: &str, edits: &[&Edit]) -> Option<String> {
    let mut new = String::with_capacity(old.len() + 64);
    let mut from = 0;
    for edit in edits {
        let range = edit.at.span.range();
        new.push_str(old.get(from..range.start)?);
        old.get(range.clone())?;
        new.push_str(&edit.replacement);
        from = range.end;
    }
    new.push_str(old.get(from..)?);
    Some(new)
}

/// Whether a file has no more mistakes than before.
fn parses(path: &str, old: &str, new: &str) -> bool {
    let Some(syntax) = Syntax::of_path(path) else { return false };
    match (lower(syntax, old), lower(syntax, new)) {
        (Ok(old), Ok(new)) => new.errors.len() <= old.errors.len(),
        _ => false,
    }
}

/// Write what changes, as a unified diff.
pub fn write(edited: &Edited, out: &mut dyn io::Write) -> io::Result<()> {
    for file in &edited.files {
        let diff = TextDiff::from_lines(&*file.old, file.new.as_str());
        let (from, to) = (format!("a/{}", file.path), format!("b/{}", file.path));
        write!(out, "{}", diff.unified_diff().context_radius(3).header(&from, &to))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::model::{Applicability, Finding, Location, Severity};
    use crate::text::{LineIndex, Span};

    const TEXT: &str = "send(result.idToken);\r\nsend(other);\r\n";

    fn edit(start: usize, end: usize, to: &str) -> Edit {
        let span = Span::new(start, end);
        let (from, until) = LineIndex::new(TEXT).range(TEXT, span);
        Edit { at: Location { path: "a.js".into(), start: from, end: until, span }, replacement: to.into() }
    }

    fn report(fixes: &[Vec<Edit>]) -> Report {
        let mut report = Report::default();
        report.sources.insert("a.js".into(), TEXT.into());
        for edits in fixes {
            report.findings.push(Finding {
                rule: "x".into(),
                severity: Severity::Error,
                message: "m".into(),
                help: String::new(),
                at: edits[0].at.clone(),
                fingerprint: "0".into(),
                content: "0".into(),
                place: "a.js".into(),
                call: None,
                related: Vec::new(),
                fix: Some(Fix { description: "d".into(), edits: edits.clone(), applicability: Applicability::Unsafe }),
                no_fix: None,
            });
        }
        report
    }

    #[test]
    fn edits_are_made_whole_and_once_and_line_ends_stay() {
        let rename = vec![edit(12, 19, "accessToken")];
        let made = edited(&report(&[rename.clone(), rename]), |_| true, |_, _| true);
        assert_eq!((made.fixes, made.files.len()), (1, 1));
        assert_eq!(made.files[0].new, "send(result.accessToken);\r\nsend(other);\r\n");
        let mut out = Vec::new();
        write(&made, &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(out.starts_with("--- a/a.js\n+++ b/a.js\n@@ -1,2 +1,2 @@\n-send(result.idToken);"), "{out}");
    }

    #[test]
    fn what_would_not_parse_or_overlaps_is_left() {
        let made = edited(&report(&[vec![edit(12, 19, "(")]]), |_| true, |_, _| true);
        assert_eq!((made.fixes, made.left[0].1.as_str()), (0, "a.js would no longer parse"));
        let made = edited(&report(&[vec![edit(12, 19, "a")], vec![edit(12, 19, "b")]]), |_| true, |_, _| true);
        assert_eq!((made.fixes, made.left[0].1.as_str()), (1, "another edit changes the same place"));
        let made = edited(&report(&[vec![edit(12, 19, "a")]]), |_| true, |_, _| false);
        assert_eq!(made.left[0].1, "a.js was changed since it was read");
    }
}
