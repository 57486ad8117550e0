//! What a team decided about findings: how serious each rule is, and which unknowns it looked at and accepts.
//!
//! Changes a report after the analysis. Must not know where the decisions are written.

use super::model::{Call, Notice, Report, Severity, Suppressed, SuppressedBy, Suppression, Verdict};
use crate::text::{Files, Globs};
use std::collections::BTreeMap;

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

/// A team's decisions.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// By rule id.
    pub levels: BTreeMap<String, Level>,
    /// In the order in which they are written.
    pub accept: Vec<Accept>,
}

impl Policy {
    /// Apply the decisions. Those that apply to nothing are noticed if the `whole` project is reported.
    pub fn apply(&self, report: &mut Report, files: &dyn Files, whole: bool) {
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

impl Accept {
    fn fits(&self, call: &Call, files: &dyn Files) -> bool {
        call.verdict == Verdict::Unknown
            && self.endpoint.as_ref().is_none_or(|endpoint| *endpoint == call.endpoint)
            && self.unknown.as_deref().is_none_or(|id| call.reason.as_ref().is_some_and(|reason| reason.id == id))
            && self.files.matches(&files.absolute(&call.at.path))
    }
}
