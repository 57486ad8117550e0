//! What a team decided about findings: how serious each rule is, and which unknowns it looked at and accepts.
//!
//! Changes a report after the analysis. Must not know where the decisions are written.

use super::model::{Call, Notice, Report, Severity, Suppressed, SuppressedBy, Suppression, Verdict};
use crate::text::paths::{is_inside, join};
use crate::text::{Files, Globs};
use std::collections::{BTreeMap, BTreeSet};

/// The rule that reports unknown calls.
pub const UNRESOLVED: &str = super::advice::UNRESOLVED;

/// What becomes of a rule's findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// They are errors.
    Error,
    /// They are warnings.
    Warning,
    /// They are not reported. What the calls send is not changed by that.
    Off,
}

/// Unknown calls that somebody looked at.
#[derive(Clone, Debug)]
pub struct Accept {
    /// In which files: the patterns as written.
    pub patterns: Vec<String>,
    /// The same, ready.
    pub files: Globs,
    /// To which endpoint; without it, to any.
    pub endpoint: Option<String>,
    /// Unknown for which reason (its id); without it, for any.
    pub unknown: Option<String>,
    /// What was found out.
    pub because: String,
    /// Where this is written: file and 1-based line.
    pub at: (String, u32),
}

/// One unknown call that somebody looked at, known again by what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// Its file, from [`Report::base`] on.
    pub path: String,
    /// To which endpoint.
    pub endpoint: String,
    /// The id of the reason, when it was looked at.
    pub unknown: String,
    /// Of the finding about it: survives moved lines.
    pub fingerprint: String,
    /// Of the finding about it: survives a file's move.
    pub content: String,
    /// What was found out; empty where nobody said yet.
    pub because: String,
    /// Where this is written: file and 1-based line.
    pub at: (String, u32),
}

/// A team's decisions.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// By rule id.
    pub levels: BTreeMap<String, Level>,
    /// In the order in which they are written.
    pub accept: Vec<Accept>,
    /// Single calls that are accepted.
    pub reviewed: Vec<Reviewed>,
}

impl Policy {
    /// Apply the decisions. Those that apply to nothing are noticed if the `whole` project is reported.
    pub fn apply(&self, report: &mut Report, files: &dyn Files, whole: bool) {
        self.apply_reviewed(report, files, whole);
        let mut used = vec![false; self.accept.len()];
        for call in &mut report.calls {
            let fits = |accept: &Accept| accept.fits(call, files);
            if let Some(nth) = self.accept.iter().position(fits) {
                used[nth] = true;
                call.accepted.get_or_insert_with(|| self.accept[nth].because.clone());
            }
        }
        let findings = std::mem::take(&mut report.findings);
        for mut finding in findings {
            match self.levels.get(&finding.rule) {
                Some(Level::Off) => continue,
                Some(Level::Error) => finding.severity = Severity::Error,
                Some(Level::Warning) => finding.severity = Severity::Warning,
                None => {}
            }
            let call = finding.call.and_then(|nth| report.calls.get(nth));
            match call.and_then(|call| call.accepted.clone()) {
                Some(reason) => {
                    let suppression = Suppression { by: SuppressedBy::Configuration, reason, at: None };
                    report.suppressed.push(Suppressed { finding, suppression });
                }
                None => report.findings.push(finding),
            }
        }
        for (accept, _) in self.accept.iter().zip(used).filter(|(_, used)| whole && !used) {
            let (path, line) = accept.at.clone();
            let message = "this accepts no call: none in these files is unknown like that".to_owned();
            report.notices.push(Notice { id: "unused-accept", path, line, message });
        }
    }
}

impl Policy {
    /// Accept the calls that somebody looked at one by one. Entries without a reason accept nothing; those that are about
    /// nothing any more are noticed, if their file was looked at.
    fn apply_reviewed(&self, report: &mut Report, files: &dyn Files, whole: bool) {
        let matched = Reviewed::matched(&self.reviewed, report, files);
        let used: BTreeSet<usize> = matched.values().copied().collect();
        for (call, nth) in &matched {
            let because = &self.reviewed[*nth].because;
            if let Some(call) = report.calls.get_mut(*call).filter(|_| !because.is_empty()) {
                call.accepted.get_or_insert_with(|| because.clone());
            }
        }
        for (nth, reviewed) in self.reviewed.iter().enumerate() {
            let (path, line) = reviewed.at.clone();
            if used.contains(&nth) && reviewed.because.is_empty() {
                let message = "nobody said why yet: the call is not accepted while `because` is empty".to_owned();
                report.notices.push(Notice { id: "empty-accept", path, line, message });
            } else if !used.contains(&nth) && (reviewed.is_looked_at(report, files) || whole) {
                let message =
                    format!("this accepts no call: {} in {} is not unknown any more", reviewed.endpoint, reviewed.path);
                report.notices.push(Notice { id: "stale-accept", path, line, message });
            }
        }
    }
}

impl Reviewed {
    /// Which of `all` each unknown call is, by call: by its fingerprint, and where its file was moved, by its content.
    pub fn matched(all: &[Reviewed], report: &Report, files: &dyn Files) -> BTreeMap<usize, usize> {
        let findings = report.findings.iter().chain(report.suppressed.iter().map(|suppressed| &suppressed.finding));
        let unknown: Vec<_> = findings
            .filter(|finding| finding.rule == UNRESOLVED)
            .filter_map(|finding| Some((finding.call?, finding)))
            .filter(|(call, _)| report.calls.get(*call).is_some_and(|call| call.verdict == Verdict::Unknown))
            .collect();
        let mut matched = BTreeMap::new();
        let mut free: BTreeSet<usize> = (0..all.len()).collect();
        for (call, finding) in &unknown {
            let found = free.iter().copied().find(|nth| all[*nth].fingerprint == finding.fingerprint);
            if let Some(nth) = found.filter(|nth| free.remove(nth)) {
                matched.insert(*call, nth);
            }
        }
        for (call, finding) in unknown {
            if matched.contains_key(&call) {
                continue;
            }
            let moved = |nth: &usize| {
                let reviewed = &all[*nth];
                reviewed.content == finding.content && !files.exists(&reviewed.named(report, files))
            };
            let found = free.iter().copied().find(moved);
            if let Some(nth) = found.filter(|nth| free.remove(nth)) {
                matched.insert(call, nth);
            }
        }
        matched
    }

    /// Whether what is in its file is reported.
    pub fn is_looked_at(&self, report: &Report, files: &dyn Files) -> bool {
        let path = self.named(report, files);
        report.paths.iter().any(|folder| is_inside(&path, folder))
    }

    /// Its path as the report names files.
    fn named(&self, report: &Report, files: &dyn Files) -> String {
        files.named(&join(&report.base, &self.path))
    }
}

impl Accept {
    fn fits(&self, call: &Call, files: &dyn Files) -> bool {
        call.verdict == Verdict::Unknown
            && self.endpoint.as_ref().is_none_or(|endpoint| *endpoint == call.endpoint)
            && self.unknown.as_deref().is_none_or(|id| call.reason.as_ref().is_some_and(|reason| reason.id == id))
            && self.files.matches(&files.absolute(&call.at.path))
    }
}
