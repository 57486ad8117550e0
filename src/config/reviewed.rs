//! The file of unknown calls that a team looked at, each with its reason: read it, write it.
//!
//! The same as `[[accept]]` in the configuration, but for single calls, known again by what they are about. Nobody has to
//! type a fingerprint: the program writes the entries, people fill in `because`. Does not read or write files.

use crate::check::model::{Finding, Report, Verdict};
use crate::check::policy::{Reviewed, UNRESOLVED};
use crate::rules::toml_file;
use crate::text::{Files, Mistake, Span};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

/// What the file begins with.
const HEAD: &str = "\
# Unknown calls that somebody looked at, and that send no ID token.
# Say in `because` what was found out; a call whose `because` is empty is not accepted.
# `idtoken-lint audit --write-accept-unknown FILE` adds what is new and takes out what is gone.
";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Document {
    accept: Vec<toml::Spanned<Entry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    endpoint: String,
    unknown: String,
    fingerprint: String,
    content: String,
    because: String,
}

/// Read the file `file` with this text.
pub fn read(file: &str, text: &Arc<str>) -> Result<Vec<Reviewed>, Mistake> {
    let document: Document = toml_file::read(file, text)?;
    let mut known = BTreeSet::new();
    let mut all = Vec::new();
    for table in document.accept {
        let at = table.span();
        let entry = table.into_inner();
        if !known.insert(entry.fingerprint.clone()) {
            return Err(Mistake {
                file: file.to_owned(),
                text: text.clone(),
                span: Span::new(at.start, at.end.min(at.start + "[[accept]]".len())),
                message: format!("the fingerprint {} is here twice", entry.fingerprint),
                label: "the second one".to_owned(),
                help: "Take one of the two out.".to_owned(),
            });
        }
        let line = 1 + text[..at.start].matches('\n').count();
        all.push(Reviewed {
            path: entry.path,
            endpoint: entry.endpoint,
            unknown: entry.unknown,
            fingerprint: entry.fingerprint,
            content: entry.content,
            because: entry.because.trim().to_owned(),
            at: (file.to_owned(), u32::try_from(line).unwrap_or(u32::MAX)),
        });
    }
    Ok(all)
}

/// What becomes of the entries when the file is written again: those that still say something, then the unknown calls of
/// `report` that nobody accepted, without a reason yet.
pub fn renewed(old: &[Reviewed], report: &Report, files: &dyn Files) -> Vec<Reviewed> {
    let matched = Reviewed::matched(old, report, files);
    let used: BTreeSet<usize> = matched.values().copied().collect();
    let kept = (0..old.len()).filter(|nth| used.contains(nth) || !old[*nth].is_looked_at(report, files));
    let mut all: Vec<Reviewed> = kept.map(|nth| old[nth].clone()).collect();
    for (nth, finding) in unresolved(report) {
        let Some(call) = report.calls.get(nth) else { continue };
        if call.verdict == Verdict::Unknown && !call.is_accepted() && !matched.contains_key(&nth) {
            all.push(Reviewed {
                path: finding.place.clone(),
                endpoint: call.endpoint.clone(),
                unknown: call.reason.as_ref().map(|reason| reason.id.to_owned()).unwrap_or_default(),
                fingerprint: finding.fingerprint.clone(),
                content: finding.content.clone(),
                because: String::new(),
                at: (finding.at.path.clone(), finding.at.start.line),
            });
        }
    }
    all.sort_by(|left, right| (&left.path, &left.fingerprint).cmp(&(&right.path, &right.fingerprint)));
    all
}

/// Write the entries. Above each stands where the call is now, and why it is unknown.
pub fn write(entries: &[Reviewed], report: &Report, files: &dyn Files, out: &mut dyn io::Write) -> io::Result<()> {
    let matched = Reviewed::matched(entries, report, files);
    out.write_all(HEAD.as_bytes())?;
    for (nth, entry) in entries.iter().enumerate() {
        writeln!(out, "\n[[accept]]")?;
        let call = matched.iter().find(|(_, entry)| **entry == nth).and_then(|(call, _)| report.calls.get(*call));
        if let Some(call) = call {
            let reason = call.reason.as_ref().map(|reason| reason.text.clone()).unwrap_or_default();
            let remark = format!("{}:{}: {reason}", call.at.path, call.at.start.line);
            // a comment ends with its line
            writeln!(out, "# {}", crate::report::redact::clean(&remark))?;
        }
        let rows = [
            ("path", &entry.path),
            ("endpoint", &entry.endpoint),
            ("unknown", &entry.unknown),
            ("fingerprint", &entry.fingerprint),
            ("content", &entry.content),
            ("because", &entry.because),
        ];
        for (key, text) in rows {
            writeln!(out, "{key} = {}", toml::Value::from(text.as_str()))?;
        }
    }
    Ok(())
}

/// The findings about unknown calls, with the call.
fn unresolved(report: &Report) -> impl Iterator<Item = (usize, &Finding)> {
    let suppressed = report.suppressed.iter().map(|suppressed| &suppressed.finding);
    let all = report.findings.iter().chain(suppressed);
    all.filter(|finding| finding.rule == UNRESOLVED).filter_map(|finding| Some((finding.call?, finding)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_files_are_told() {
        let entry =
            "[[accept]]\npath = 'a'\nendpoint = 'b'\nunknown = 'c'\nfingerprint = 'd'\ncontent = 'e'\nbecause = 'f'\n";
        assert_eq!(read("x.toml", &entry.into()).unwrap()[0].at, ("x.toml".to_owned(), 1));
        for (text, said) in [
            ("accept = 1".to_owned(), "x.toml:1: this is of another type"),
            ("[[accept]]\npath = 'a'".to_owned(), "x.toml:1: the key `endpoint` is missing"),
            (format!("{entry}{entry}"), "x.toml:8: the fingerprint d is here twice"),
            ("[[acept]]".to_owned(), "x.toml:1: unknown key `acept`"),
            ("= 1".to_owned(), "x.toml:1: this is not TOML"),
        ] {
            let mistake = read("x.toml", &text.as_str().into()).unwrap_err().to_string();
            assert!(mistake.starts_with(said), "{mistake}");
        }
    }
}
