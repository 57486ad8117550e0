//! Runs the examples of rules through the analysis, each as a project of its own.
//!
//! A `yes` example must come to what its table leads to, and because of that table: without it, something else must
//! come out. A `no` example must not come to it.

use super::Scope;
use super::model::{Call, Report, Subject, Verdict};
use super::verdict::OTHER_TOKEN;
use crate::project::Project;
use crate::rules::examples::{Example, Expected};
use crate::rules::files::Source;
use crate::rules::{RuleFiles, Rules, SubjectKind, TokenKind};
use crate::text::{MemoryFiles, Mistake, Span};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// What came of the examples.
#[derive(Clone, Debug, Default)]
pub struct Tested {
    /// How many examples there are.
    pub examples: usize,
    /// How many tables have none.
    pub without: usize,
    /// Those that do not hold, in the order of the files.
    pub failed: Vec<(Wrong, Mistake)>,
}

/// How an example does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// A `yes` example does not come to what its table leads to.
    Missing,
    /// A `yes` example comes to the same without its table.
    Idle,
    /// A `no` example comes to what its table leads to.
    Noisy,
}

impl Wrong {
    /// As reports name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Wrong::Missing => "missing",
            Wrong::Idle => "idle",
            Wrong::Noisy => "noisy",
        }
    }
}

/// Run the examples of the files that are `wanted`, by all rules. To be called on a large stack.
pub fn run(files: &RuleFiles, wanted: impl Fn(&Source) -> bool) -> Result<Tested, Mistake> {
    let rules = files.compile(&[], &[])?;
    let mut tables: BTreeMap<(usize, &'static str, usize), Vec<Example<'_>>> = BTreeMap::new();
    for example in files.examples() {
        if files.sources().get(example.source).is_some_and(&wanted) {
            tables.entry((example.source, example.kind, example.nth)).or_default().push(example);
        }
    }
    let all: usize = files.sources().iter().filter(|source| wanted(source)).map(Source::tables).sum();
    let mut tested = Tested { without: all - tables.len(), ..Tested::default() };
    let tables: Vec<_> = tables.into_iter().collect();
    let results: Result<Vec<_>, Mistake> = tables
        .par_iter()
        .map(|((source, kind, nth), examples)| {
            let without = files.without(*source, kind, *nth)?;
            Ok(examples.iter().filter_map(|example| judge(files, example, &rules, &without)).collect::<Vec<_>>())
        })
        .collect();
    tested.examples = tables.iter().map(|(_, examples)| examples.len()).sum();
    tested.failed = results?.into_iter().flatten().collect();
    tested.failed.sort_by(|(_, left), (_, right)| (&left.file, left.span).cmp(&(&right.file, right.span)));
    Ok(tested)
}

/// Run every example through the analysis by `rules`, whatever comes of it. To be called on a large stack.
pub fn exercise(files: &RuleFiles, rules: &Rules) {
    let all = files.examples();
    let programs: Vec<_> =
        all.iter().flat_map(|one| one.programs().into_iter().map(|(_, text)| (one.path(), text))).collect();
    programs.into_par_iter().for_each(|(path, text)| drop(analyze(path, text, rules)));
}

/// What is wrong with an example, if anything: with the first of its programs that does not hold.
fn judge(files: &RuleFiles, example: &Example<'_>, rules: &Rules, without: &Rules) -> Option<(Wrong, Mistake)> {
    let programs = example.programs();
    programs.into_iter().find_map(|(name, text)| judge_one(files, example, (name, text), (rules, without)))
}

fn judge_one(
    files: &RuleFiles,
    example: &Example<'_>,
    (name, text): (Option<&str>, String),
    (rules, without): (&Rules, &Rules),
) -> Option<(Wrong, Mistake)> {
    let report = analyze(example.path(), text.clone(), rules);
    let found = report.calls.iter().any(|call| leads_to(call, example.expected));
    let wanted = describe(example.expected);
    let (wrong, label, help) = match (example.yes, found) {
        (true, false) => {
            (Wrong::Missing, format!("this should come to {wanted}"), format!("Found: {}.", list(&report)))
        }
        (false, true) => {
            (Wrong::Noisy, format!("this must not come to {wanted}"), format!("Found: {}.", list(&report)))
        }
        // of the other names, that they come to it is enough: it would take as long once more
        (true, true)
            if name.is_none()
                && format!("{:?}", analyze(example.path(), text, without).calls) == format!("{:?}", report.calls) =>
        {
            let help = "Other rules say the same: take out the table, or write an example that needs it.".to_owned();
            (Wrong::Idle, "this comes to the same without the table".to_owned(), help)
        }
        _ => return None,
    };
    let source = files.sources().get(example.source)?;
    let said = if example.yes { "yes" } else { "no" };
    let span = example.code.span();
    let with = name.map(|name| format!(" with `{name}`")).unwrap_or_default();
    let mistake = Mistake {
        file: source.name.clone(),
        text: source.text.clone(),
        span: Span::new(span.start, span.end),
        message: format!("{}: a `{said}` example of `[[{}]]` does not hold{with}", wrong.as_str(), example.kind),
        label,
        help,
    };
    Some((wrong, mistake))
}

fn analyze(path: &str, program: String, rules: &Rules) -> Report {
    let mut files = MemoryFiles::new();
    files.insert(path, program);
    let here = [".".to_owned()];
    let project = Project::open(&files, &here, &rules.literals, &|_| false);
    let scope = Scope { root: ".".to_owned(), paths: here.to_vec(), base: ".".to_owned(), part: None };
    super::run(&project, rules, scope, &super::watch::Nobody)
}

fn leads_to(call: &Call, expected: Expected) -> bool {
    match expected {
        Expected::Token(TokenKind::Id) => call.verdict == Verdict::IdToken,
        Expected::Token(TokenKind::Access) => call.verdict == Verdict::AccessToken,
        Expected::Token(TokenKind::Other) => call.reason.as_ref().is_some_and(|reason| reason.id == OTHER_TOKEN),
        Expected::Subject(SubjectKind::CurrentUser) => call.subject == Subject::CurrentUser,
        Expected::Subject(SubjectKind::AnyUser) => call.subject == Subject::AnyUser,
    }
}

fn describe(expected: Expected) -> String {
    match expected {
        Expected::Token(TokenKind::Id) => format!("a call with the verdict {}", Verdict::IdToken.as_str()),
        Expected::Token(TokenKind::Access) => format!("a call with the verdict {}", Verdict::AccessToken.as_str()),
        Expected::Token(TokenKind::Other) => format!("a call that is unknown because of {OTHER_TOKEN}"),
        Expected::Subject(SubjectKind::CurrentUser) => format!("a call about the {}", Subject::CurrentUser.as_str()),
        Expected::Subject(SubjectKind::AnyUser) => format!("a call about {}", Subject::AnyUser.as_str()),
    }
}

/// The calls of a report, in one line.
fn list(report: &Report) -> String {
    let one = |call: &Call| {
        let why = call.reason.as_ref().map(|reason| format!(" ({}: {})", reason.id, reason.text)).unwrap_or_default();
        let (client, verdict, subject) = (&call.client, call.verdict.as_str(), call.subject.as_str());
        format!("{} by {client}: {verdict}{why}, {subject}", call.endpoint)
    };
    match report.calls.as_slice() {
        [] => "no call to an affected endpoint".to_owned(),
        calls => calls.iter().map(one).collect::<Vec<_>>().join("; "),
    }
}
