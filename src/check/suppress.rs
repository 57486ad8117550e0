//! Suppressions in comments: `// idtoken-lint: allow(rule-id) reason`.
//!
//! A suppression is about findings whose call or trace lies on its line, or in the statement there; `allow-file` is about
//! those of the whole file. It needs a reason. One that is broken or about nothing is noticed.

use super::advice::UNRESOLVED;
use super::model::{Location, Notice, Report, Suppressed, SuppressedBy, Suppression, Verdict};
use crate::lower::Syntax;
use crate::lower::comments::{self, Comments, MARK};
use crate::project::Project;
use crate::rules::docs;
use crate::text::nearest::did_you_mean;
use crate::text::paths::is_inside;
use crate::text::{FileId, LineIndex, Span};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a suppression allows.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Allow {
    /// Rule ids.
    rules: Vec<String>,
    /// Whether it is about the whole file.
    whole_file: bool,
    /// Why.
    reason: String,
}

/// A suppression with its place.
struct Placed {
    file: usize,
    allow: Allow,
    /// The line that it is about.
    line: Option<u32>,
    at: Location,
    used: bool,
}

/// A file with remarks.
struct Remarked {
    path: String,
    text: Arc<str>,
    lines: LineIndex,
    comments: Comments,
}

/// Take the findings that comments allow out of a report. Suppressions about nothing are noticed if the `whole` project
/// is reported.
pub fn apply(report: &mut Report, project: &Project<'_>, whole: bool) {
    let mut files = Vec::new();
    let mut all = Vec::new();
    let sources = project.remarked().into_iter().map(|id| read(project, id));
    for file in sources.chain(remarked_data(report, project)).collect::<Vec<_>>() {
        let reported = whole || report.paths.iter().any(|folder| is_inside(&file.path, folder));
        let notices = if reported { &mut report.notices } else { &mut Vec::new() };
        collect(&file, files.len(), &mut all, notices);
        files.push(file);
    }
    let findings = std::mem::take(&mut report.findings);
    for finding in findings {
        let trace = finding.call.and_then(|nth| report.calls.get(nth)).map_or(&[][..], |call| &call.trace);
        let places = || trace.iter().map(|step| &step.at).chain([&finding.at]);
        let mut by = None;
        for placed in all.iter_mut().filter(|placed| placed.allow.rules.contains(&finding.rule)) {
            let file = &files[placed.file];
            let on_line = |line: u32| {
                let here = |at: &&Location| at.path == file.path;
                places().filter(here).any(|at| file.comments.is_on(at.span, line, &file.text, &file.lines))
            };
            let applies = match placed.allow.whole_file {
                true => finding.at.path == file.path,
                false => placed.line.is_some_and(on_line),
            };
            if applies {
                placed.used = true;
                by.get_or_insert_with(|| (placed.allow.reason.clone(), placed.at.clone(), placed.file));
            }
        }
        let Some((reason, at, file)) = by else {
            report.findings.push(finding);
            continue;
        };
        if finding.rule == UNRESOLVED
            && let Some(call) = finding.call.and_then(|nth| report.calls.get_mut(nth))
            && call.verdict == Verdict::Unknown
        {
            // somebody looked at it
            call.accepted = Some(reason.clone());
        }
        report.sources.entry(at.path.clone()).or_insert_with(|| files[file].text.clone());
        let suppression = Suppression { by: SuppressedBy::Comment, reason, at: Some(at) };
        report.suppressed.push(Suppressed { finding, suppression });
    }
    for placed in all.iter().filter(|placed| whole && !placed.used) {
        let rules = placed.allow.rules.join(", ");
        let message = format!("this allows {rules}, but there is no such finding here");
        report.notices.push(notice("unused-suppression", &placed.at, message));
    }
}

fn read(project: &Project<'_>, id: FileId) -> Remarked {
    let (path, text) = (project.path(id).to_owned(), project.text(id));
    let lines = LineIndex::new(&text);
    let comments = Syntax::of_path(&path).map(|syntax| comments::comments(syntax, &text)).unwrap_or_default();
    Remarked { path, text, lines, comments }
}

/// The files with remarks that are no code; only those that have a finding are looked at.
fn remarked_data(report: &Report, project: &Project<'_>) -> Vec<Remarked> {
    let paths: BTreeSet<&str> = report.findings.iter().map(|finding| finding.at.path.as_str()).collect();
    let data = project.beside().iter().filter(|path| paths.contains(path.as_str()));
    let texts = data.filter_map(|path| Some((path, report.sources.get(path.as_str())?)));
    texts
        .filter(|(_, text)| text.contains(MARK))
        .map(|(path, text)| {
            let comments = comments::comments_of_data(path, text);
            Remarked { path: path.clone(), text: text.clone(), lines: LineIndex::new(text), comments }
        })
        .collect()
}

/// The suppressions of a file, and what is wrong with those that are broken.
fn collect(file: &Remarked, nth: usize, into: &mut Vec<Placed>, notices: &mut Vec<Notice>) {
    for comment in &file.comments.comments {
        for (remark, span) in remarks(&file.text, *comment) {
            let (start, end) = file.lines.range(&file.text, span);
            let at = Location { path: file.path.clone(), start, end, span };
            let (allow, problems) = match parse(remark) {
                Ok(allow) => checked(allow),
                Err(message) => (None, vec![("broken-suppression", message)]),
            };
            notices.extend(problems.into_iter().map(|(id, message)| notice(id, &at, message)));
            if let Some(allow) = allow {
                let line = file.comments.line_of(*comment, &file.text, &file.lines);
                into.push(Placed { file: nth, allow, line, at, used: false });
            }
        }
    }
}

/// What follows the mark on each line of a comment that begins with it, with its place.
fn remarks(text: &str, comment: Span) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    let mut start = comment.start as usize;
    for line in text.get(comment.range()).unwrap_or_default().split_inclusive(['\n', '\r']) {
        let is_frame = |c: char| c.is_whitespace() || matches!(c, '/' | '*' | '!' | '<' | '-' | '#');
        let content = line.trim_start_matches(is_frame);
        if let Some(rest) = content.strip_prefix(MARK) {
            let begin = start + line.len() - content.len();
            let rest = rest.trim_end().trim_end_matches("*/").trim_end_matches("-->").trim_end();
            let end = begin + MARK.len() + rest.len();
            found.push((rest.trim_start(), Span::new(begin, end)));
        }
        start += line.len();
    }
    found
}

/// `allow(rule, rule) reason`, `allow-file(rule) reason`.
fn parse(remark: &str) -> Result<Allow, String> {
    const EXPECTED: &str = "expected `allow(rule-id) reason` or `allow-file(rule-id) reason`";
    let word = remark.split(|c: char| c == '(' || c.is_whitespace()).next().unwrap_or_default();
    let whole_file = match word {
        "allow" => false,
        "allow-file" => true,
        other => return Err(format!("`{other}` is not known: {EXPECTED}")),
    };
    let list = remark[word.len()..].trim_start().strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let Some((list, reason)) = list else { return Err(format!("no rule is named: {EXPECTED}")) };
    let rules: Vec<String> = list.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect();
    if rules.is_empty() {
        return Err(format!("no rule is named: {EXPECTED}"));
    }
    let reason = reason.trim().trim_start_matches([':', '-', '–', '—']).trim().to_owned();
    if reason.is_empty() {
        return Err(format!("no reason is given, so nothing is allowed: {EXPECTED}"));
    }
    Ok(Allow { rules, whole_file, reason })
}

/// A suppression with the rules that exist, if any, and a message for each that does not.
fn checked(mut allow: Allow) -> (Option<Allow>, Vec<(&'static str, String)>) {
    let known: Vec<&str> = docs::rules().iter().map(|doc| doc.id).collect();
    let mut problems = Vec::new();
    allow.rules.retain(|id| {
        let exists = known.contains(&id.as_str());
        if !exists {
            problems.push(("unknown-rule", format!("there is no rule `{id}`. {}", did_you_mean(id, "rules", &known))));
        }
        exists
    });
    ((!allow.rules.is_empty()).then_some(allow), problems)
}

fn notice(id: &'static str, at: &Location, message: String) -> Notice {
    Notice { path: at.path.clone(), line: at.start.line, id, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_are_read_from_comments_of_every_kind() {
        for text in [
            "// idtoken-lint: allow(a-b) why",
            "/* idtoken-lint: allow(a-b) why */",
            "/**\n * idtoken-lint: allow( a-b ) - why\n */",
            "<!-- idtoken-lint: allow(a-b): why -->",
            "/// idtoken-lint:allow(a-b) why",
            "# idtoken-lint: allow(a-b) why",
        ] {
            let found = remarks(text, Span::new(0, text.len()));
            assert_eq!(found.len(), 1, "{text}");
            let allow = Allow { rules: vec!["a-b".into()], whole_file: false, reason: "why".into() };
            assert_eq!(parse(found[0].0), Ok(allow), "{text}");
            assert!(text[found[0].1.range()].starts_with(MARK) && text[found[0].1.range()].ends_with("why"), "{text}");
        }
        // speaking of it is not doing it
        let text = "// write `// idtoken-lint: allow(a) b`";
        assert!(remarks(text, Span::new(0, text.len())).is_empty());
    }

    #[test]
    fn broken_remarks_say_what_was_expected() {
        for (remark, said) in [
            ("alow(a) b", "`alow` is not known: expected `allow(rule-id) reason`"),
            ("allow a b", "no rule is named"),
            ("allow() b", "no rule is named"),
            ("allow(a", "no rule is named"),
            ("allow(a)", "no reason is given"),
            ("allow-file(a) - ", "no reason is given"),
        ] {
            assert!(parse(remark).unwrap_err().starts_with(said), "{remark}");
        }
        assert_eq!(parse("allow-file(a, b) c").unwrap().rules, ["a", "b"]);
        let allow = Allow { rules: vec!["unresolved-baerer".into()], whole_file: false, reason: "b".into() };
        let (allow, problems) = checked(allow);
        assert_eq!(allow, None);
        assert!(problems[0].1.ends_with("Did you mean unresolved-bearer?"), "{problems:?}");
    }
}
