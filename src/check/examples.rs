//! Runs the examples of rules through the analysis, each as a project of its own.
//!
//! A `yes` example must come to what its table leads to, and because of that table: without it, something else must
//! come out. A `no` example must not come to it.

use super::Scope;
use super::login::{NOT_RS256, is_about_login};
use super::model::{Call, Report, Subject, Verdict};
use super::outside::model::ToggleState;
use super::verdict::OTHER_TOKEN;
use crate::project::Project;
use crate::rules::examples::{Example, Expected, files_of};
use crate::rules::files::Source;
use crate::rules::{RuleFiles, Rules, SubjectKind, TokenKind};
use crate::text::{MemoryFiles, Mistake};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

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
    let rules = files.compile_traced()?;
    let reports = Reports::default();
    let mut tables: BTreeMap<(usize, &'static str, usize), Vec<Example<'_>>> = BTreeMap::new();
    for example in files.examples() {
        if files.sources().get(example.source).is_some_and(&wanted) {
            tables.entry((example.source, example.kind, example.nth)).or_default().push(example);
        }
    }
    let is_wanted = |nth: usize| files.sources().get(nth).is_some_and(&wanted);
    let all = files.holders().iter().filter(|holder| is_wanted(holder.source)).count();
    let mut tested = Tested { without: all - tables.len(), ..Tested::default() };
    let tables: Vec<_> = tables.into_iter().collect();
    let results: Vec<_> = tables
        .par_iter()
        .map(|((source, kind, nth), examples)| {
            let without = Without {
                traced: rules.without(*source, kind, *nth),
                // what other tables name cannot be taken out: it is needed
                compiled: LazyLock::new(Box::new(|| files.without(*source, kind, *nth).ok())),
            };
            let judge = |example| judge(files, example, (&rules, &without), &reports);
            examples.iter().filter_map(judge).collect::<Vec<_>>()
        })
        .collect();
    tested.examples = tables.iter().map(|(_, examples)| examples.len()).sum();
    tested.failed = results.into_iter().flatten().collect();
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

/// The rules without one table.
struct Without<'a> {
    /// As far as that can be told from where facts come from.
    traced: Option<Rules>,
    /// Compiled anew, which takes longer: then paths of the table are not known at all.
    compiled: LazyLock<Option<Rules>, Box<dyn FnOnce() -> Option<Rules> + Send + 'a>>,
}

impl Without<'_> {
    /// Whether a program comes to the same.
    fn says(&self, path: &str, text: &str, report: &Report) -> bool {
        let wanted = said(report);
        let same = |rules: &Rules| said(&analyze(path, text.to_owned(), rules)) == wanted;
        self.traced.as_ref().is_none_or(same) && self.compiled.as_ref().is_some_and(same)
    }
}

/// What came of programs by all rules: several tables share some.
#[derive(Default)]
struct Reports(Mutex<FxHashMap<(&'static str, String), Arc<Report>>>);

impl Reports {
    fn of(&self, path: &'static str, text: &str, rules: &Rules) -> Arc<Report> {
        let key = (path, text.to_owned());
        // nothing in here panics
        if let Some(report) = self.0.lock().ok().and_then(|known| known.get(&key).cloned()) {
            return report;
        }
        let report = Arc::new(analyze(path, text.to_owned(), rules));
        if let Ok(mut known) = self.0.lock() {
            known.insert(key, report.clone());
        }
        report
    }
}

/// What is wrong with an example, if anything: with the first of its programs that does not hold.
fn judge(
    files: &RuleFiles,
    example: &Example<'_>,
    rules: (&Rules, &Without<'_>),
    reports: &Reports,
) -> Option<(Wrong, Mistake)> {
    let programs = example.programs();
    programs.into_iter().find_map(|program| judge_one(files, example, program, rules, reports))
}

fn judge_one(
    files: &RuleFiles,
    example: &Example<'_>,
    (name, text): (Option<&str>, String),
    (rules, without): (&Rules, &Without<'_>),
    reports: &Reports,
) -> Option<(Wrong, Mistake)> {
    let report = reports.of(example.path(), &text, rules);
    let found = leads_to(&report, &example.expected);
    let wanted = describe(&example.expected);
    let (wrong, label, help) = match (example.yes, found) {
        (true, false) => {
            (Wrong::Missing, format!("this should come to {wanted}"), format!("Found: {}.", list(&report)))
        }
        (false, true) => {
            (Wrong::Noisy, format!("this must not come to {wanted}"), format!("Found: {}.", list(&report)))
        }
        // of the other names, that they come to it is enough: it would take as long once more
        (true, true) if name.is_none() && without.says(example.path(), &text, &report) => {
            let help = "Other rules say the same: take out the table, or write an example that needs it.".to_owned();
            (Wrong::Idle, "this comes to the same without the table".to_owned(), help)
        }
        _ => return None,
    };
    let source = files.sources().get(example.source)?;
    let key = if example.yes { "yes" } else { "no" };
    let with = name.map(|name| format!(" with `{name}`")).unwrap_or_default();
    let mistake = Mistake {
        file: source.name.clone(),
        text: source.text.clone(),
        span: example.span,
        message: format!("{}: a `{key}` example of `[[{}]]` does not hold{with}", wrong.as_str(), example.kind),
        label,
        help,
    };
    Some((wrong, mistake))
}

fn analyze(path: &str, program: String, rules: &Rules) -> Report {
    let mut files = MemoryFiles::new();
    for (name, text) in files_of(path, &program) {
        files.insert(name, text.to_owned());
    }
    let here = [".".to_owned()];
    let project = Project::open(&files, &here, &rules.literals, &|path| rules.outside.wants(path));
    let scope = Scope { root: ".".to_owned(), paths: here.to_vec(), base: ".".to_owned(), part: None };
    super::run(&project, rules, scope, &super::watch::Nobody)
}

/// What a report says, to be compared.
fn said(report: &Report) -> String {
    format!("{:?}{:?}{:?}", report.calls, report.findings, report.outside)
}

fn leads_to(report: &Report, expected: &Expected) -> bool {
    let any = |is_meant: &dyn Fn(&Call) -> bool| report.calls.iter().any(is_meant);
    match expected {
        Expected::Token(TokenKind::Id) => any(&|call| call.verdict == Verdict::IdToken),
        Expected::Token(TokenKind::Access) => any(&|call| call.verdict == Verdict::AccessToken),
        Expected::Token(TokenKind::Other) => {
            any(&|call| call.reason.as_ref().is_some_and(|reason| reason.id == OTHER_TOKEN))
        }
        Expected::Subject(SubjectKind::CurrentUser) => any(&|call| call.subject == Subject::CurrentUser),
        Expected::Subject(SubjectKind::AnyUser) => any(&|call| call.subject == Subject::AnyUser),
        Expected::Runs(side) => any(&|call| call.runs.as_ref().is_some_and(|runs| runs.side == *side)),
        Expected::Endpoint(name) => any(&|call| call.verdict == Verdict::IdToken && call.endpoint == *name),
        Expected::Body => any(&|call| call.suggested_scopes == call.any_user_scopes),
        Expected::Toggle => report.outside.toggles.iter().any(|toggle| toggle.state == ToggleState::On),
        Expected::Signing => report.findings.iter().any(|finding| finding.rule == NOT_RS256),
        Expected::Call => !report.calls.is_empty(),
        Expected::Nothing => !any(&|call| call.verdict == Verdict::IdToken),
        Expected::Login => report.findings.iter().any(|finding| is_about_login(&finding.rule)),
        Expected::Scope(scope) => {
            let quoted = format!("`{scope}`");
            report.findings.iter().any(|finding| finding.message.contains(&quoted))
        }
        Expected::Edit(text) => {
            let edits = report.findings.iter().filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.edits);
            edits.into_iter().any(|edit| edit.replacement == *text)
        }
    }
}

fn describe(expected: &Expected) -> String {
    match expected {
        Expected::Token(TokenKind::Id) => format!("a call with the verdict {}", Verdict::IdToken.as_str()),
        Expected::Token(TokenKind::Access) => format!("a call with the verdict {}", Verdict::AccessToken.as_str()),
        Expected::Token(TokenKind::Other) => format!("a call that is unknown because of {OTHER_TOKEN}"),
        Expected::Subject(SubjectKind::CurrentUser) => format!("a call about the {}", Subject::CurrentUser.as_str()),
        Expected::Subject(SubjectKind::AnyUser) => format!("a call about {}", Subject::AnyUser.as_str()),
        Expected::Runs(side) => format!("a call that runs on the side of the {}", side.as_str()),
        Expected::Endpoint(name) => format!("a call to {name} with the verdict {}", Verdict::IdToken.as_str()),
        Expected::Body => "a call whose body needs a token for any user".to_owned(),
        Expected::Toggle => "the tenant's toggle, turned on".to_owned(),
        Expected::Signing => "a finding about how a client signs ID tokens".to_owned(),
        Expected::Call => "a call to an affected endpoint".to_owned(),
        Expected::Nothing => format!("no call with the verdict {}", Verdict::IdToken.as_str()),
        Expected::Login => "a finding about a login".to_owned(),
        Expected::Scope(scope) => format!("a finding about the scope `{scope}`"),
        Expected::Edit(text) => format!("an edit to `{text}`"),
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
        [] if report.findings.is_empty() => "no call to an affected endpoint".to_owned(),
        [] => report.findings.iter().map(|finding| finding.message.clone()).collect::<Vec<_>>().join("; "),
        calls => calls.iter().map(one).collect::<Vec<_>>().join("; "),
    }
}
