//! The baseline: findings that were there before, so that only new ones fail.
//!
//! Findings are known again by what they are about, not by where they stand: by their fingerprint, and where a file was
//! moved, by their content. Owns the file's format, one finding a line, so that changes to it can be read and merged.
//! Does not read or write files.

use crate::check::model::{Finding, Notice, Report, Suppressed, SuppressedBy, Suppression};
use crate::text::paths::{is_inside, join};
use crate::text::{Files, Mistake, Span};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

/// What a baseline's `format` says.
const FORMAT: &str = "idtoken-lint-baseline/1";

/// A baseline that was read.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    entries: Vec<Entry>,
}

/// One finding that is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
struct Entry {
    /// Relative to the folder that fingerprints are seen from.
    path: String,
    rule: String,
    endpoint: String,
    fingerprint: String,
    content: String,
    /// 1-based, in the baseline.
    #[serde(skip)]
    line: u32,
}

#[derive(Deserialize)]
struct Document {
    format: String,
    findings: Vec<Entry>,
}

impl Baseline {
    /// Read a baseline.
    pub fn read(file: &str, text: &Arc<str>) -> Result<Baseline, Mistake> {
        let mistake = |line: usize, label: String| {
            let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
            let length = text[start..].lines().next().map_or(0, str::len);
            Mistake {
                file: file.to_owned(),
                text: text.clone(),
                span: Span::new(start, start + length),
                message: "this is not a baseline".to_owned(),
                label,
                help: "Write it again with `--write-baseline FILE`.".to_owned(),
            }
        };
        let document: Document =
            serde_json::from_str(text).map_err(|error| mistake(error.line(), error.to_string()))?;
        if document.format != FORMAT {
            return Err(mistake(1, format!("expected the format {FORMAT}, found {}", document.format)));
        }
        let mut entries = document.findings;
        for entry in &mut entries {
            // the writer puts each on a line of its own
            let at = text.find(&entry.fingerprint).unwrap_or_default();
            entry.line = u32::try_from(1 + text[..at].matches('\n').count()).unwrap_or(u32::MAX);
        }
        Ok(Baseline { entries })
    }

    /// What becomes of the baseline when it is written again: the findings of `report`, and what is known of files that
    /// were not looked at.
    pub fn renewed(&self, report: &Report, files: &dyn Files) -> Baseline {
        let mut entries: Vec<Entry> = report.findings.iter().map(|finding| Entry::of(finding, report)).collect();
        entries.extend(self.entries.iter().filter(|entry| !entry.is_looked_at(report, files)).cloned());
        entries.sort();
        entries.dedup();
        Baseline { entries }
    }

    /// How many findings it knows.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many of its findings `other` does not know.
    pub fn beyond(&self, other: &Baseline) -> usize {
        let known: BTreeSet<&str> = other.entries.iter().map(|entry| entry.fingerprint.as_str()).collect();
        self.entries.iter().filter(|entry| !known.contains(entry.fingerprint.as_str())).count()
    }

    /// Write it.
    pub fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "{{\n  \"format\": \"{FORMAT}\",\n  \"findings\": [")?;
        for (nth, entry) in self.entries.iter().enumerate() {
            let comma = if nth + 1 < self.entries.len() { "," } else { "" };
            writeln!(out, "    {}{comma}", serde_json::to_string(entry)?)?;
        }
        writeln!(out, "  ]\n}}")
    }

    /// Take the findings that are known out of a report. Entries that no finding is like any more are noticed, if their
    /// file was looked at. `file` is the baseline's own path.
    pub fn apply(&self, report: &mut Report, file: &str, files: &dyn Files) {
        let mut left: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for entry in &self.entries {
            left.entry(&entry.fingerprint).or_default().push(entry);
        }
        let findings = std::mem::take(&mut report.findings);
        let (known, new): (Vec<Finding>, Vec<Finding>) =
            findings.into_iter().partition(|finding| left.get_mut(&*finding.fingerprint).and_then(Vec::pop).is_some());
        // of files that are not there any more, the findings may have moved with the content
        let mut left: Vec<&Entry> = left.into_values().flatten().collect();
        left.sort();
        let (moved, new): (Vec<Finding>, Vec<Finding>) = new.into_iter().partition(|finding| {
            let same = |entry: &&Entry| entry.content == finding.content && !files.exists(&entry.named(report, files));
            left.iter().position(same).map(|nth| left.remove(nth)).is_some()
        });
        report.findings = new;
        for finding in known.into_iter().chain(moved) {
            let reason = "known from the baseline".to_owned();
            let suppression = Suppression { by: SuppressedBy::Baseline, reason, at: None };
            report.suppressed.push(Suppressed { finding, suppression });
        }
        left.retain(|entry| entry.is_looked_at(report, files));
        report.notices.extend(left.into_iter().map(|entry| {
            let message = format!("{} in {} is not found any more ({})", entry.rule, entry.path, entry.endpoint);
            Notice { path: file.to_owned(), line: entry.line, id: "stale-baseline", message }
        }));
        report.sort();
    }
}

impl Entry {
    fn of(finding: &Finding, report: &Report) -> Entry {
        let call = finding.call.and_then(|nth| report.calls.get(nth));
        Entry {
            path: finding.place.clone(),
            rule: finding.rule.clone(),
            endpoint: call.map(|call| call.endpoint.clone()).unwrap_or_default(),
            fingerprint: finding.fingerprint.clone(),
            content: finding.content.clone(),
            line: 0,
        }
    }

    /// Its path as the report names files.
    fn named(&self, report: &Report, files: &dyn Files) -> String {
        files.named(&join(&report.base, &self.path))
    }

    /// Whether what is in its file is reported.
    fn is_looked_at(&self, report: &Report, files: &dyn Files) -> bool {
        let path = self.named(report, files);
        report.paths.iter().any(|folder| is_inside(&path, folder))
    }
}
