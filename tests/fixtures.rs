//! Every folder `fixtures/<area>/<case>/` is one test: a miniature project whose comments say what must come out.
//!
//! `//~ <verdict> [label | reason] METHOD /path [subject] [confidence] [scope …]` at the end of the line on which a call is reported;
//! `//~v …` on a line of its own is about the next line without a mark; `//~ origin a` marks where a trace labelled
//! `a` begins; `//~? …` marks a known gap, which must not pass unnoticed. Strict in both directions. Scopes
//! (`read:current_user`) are those that the call is told to ask for, all of them. `on-client`, `on-server` and
//! `on-either` say where the call runs.
//!
//! `//~ ! rule-id word …` marks a line on which a finding of this rule is reported that is not about a call's Bearer; each
//! word occurs in its message. Such findings are compared in cases that have a mark of this kind (`//~ ! none` says that
//! there is none), and in those where no call sends an ID token.
//!
//! A file `rules.toml` beside the sources holds rules of the project's own: with them the marks are right, and without
//! them they must not be, or the rules do nothing.

use idtoken_lint::Options;
use idtoken_lint::check::examples;
use idtoken_lint::check::model::{Report, Verdict};
use idtoken_lint::project::Project;
use idtoken_lint::rules::exercise::Idle;
use idtoken_lint::rules::{RuleFiles, Rules};
use idtoken_lint::text::MemoryFiles;
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

#[path = "common/fixtures.rs"]
mod fixtures;

fn main() {
    let arguments = Arguments::from_args();
    let root = fixtures::folder();
    let cases: Vec<Arc<Case>> =
        fixtures::cases().into_iter().map(|folder| Arc::new(Case { folder, result: OnceLock::new() })).collect();
    let mut trials: Vec<Trial> = cases
        .iter()
        .map(|case| {
            let name = case.folder.strip_prefix(&root).unwrap_or(&case.folder).to_string_lossy().replace('\\', "/");
            let case = case.clone();
            Trial::test(name, move || case.result().map_err(Failed::from))
        })
        .collect();
    let count = trials.len();
    // the last one, so that it waits for the others
    trials.push(Trial::test("every entry of the rules is exercised", move || exercise(&cases)));
    trials.push(Trial::test("there are enough cases", move || {
        if count >= 120 { Ok(()) } else { Err(format!("{count} cases").into()) }
    }));
    libtest_mimic::run(&arguments, trials).exit();
}

/// A fixture, which runs once, for whoever asks first.
struct Case {
    folder: PathBuf,
    result: OnceLock<Result<(), String>>,
}

impl Case {
    fn result(&self) -> Result<(), String> {
        let run = || run(&self.folder).map_err(|failed| failed.message().unwrap_or_default().to_owned());
        self.result.get_or_init(run).clone()
    }
}

/// Every path and every word in `rules/` must be met by a fixture or by an example in the rule files. Of a step with
/// several names, each.
fn exercise(cases: &[Arc<Case>]) -> Result<(), Failed> {
    for case in cases {
        // a case that fails says so itself
        _ = case.result();
    }
    let files = RuleFiles::embedded().map_err(|mistake| mistake.to_string())?;
    Project::on_large_stack(|| examples::exercise(&files, fixtures::rules())).map_err(|error| error.to_string())?;
    let mut problems = BTreeSet::new();
    for Idle { entry, names } in fixtures::rules().idle_entries() {
        let which = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
        problems.insert(format!("{}:{}: `{}` ({}){which}", entry.file, entry.line, entry.text, entry.kind));
    }
    if !problems.is_empty() {
        let help = "=> no fixture and no example meets these entries of the rules. For each, write a `yes` example in its \
                    table, or a marked call in a fixture, whose program uses it in this way; or take the entry out.";
        problems.insert(help.to_owned());
    }
    for word in words_without_a_text(cases)? {
        problems.insert(format!("the evidence `{word}` is in no fixture: write one, or take it out"));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into_iter().collect::<Vec<_>>().join("\n").into()) }
}

/// The literals of `[[evidence]]` that no fixture has.
fn words_without_a_text(cases: &[Arc<Case>]) -> Result<BTreeSet<String>, Failed> {
    let rules = fixtures::rules();
    let mut left: BTreeSet<String> = rules.literals.project.iter().chain(&rules.literals.file).cloned().collect();
    for case in cases {
        for (_, bytes) in fixtures::sources(&case.folder)? {
            let text = String::from_utf8_lossy(&bytes);
            left.retain(|word| !text.contains(word.as_str()));
        }
        if left.is_empty() {
            break;
        }
    }
    Ok(left)
}

/// What a mark says.
#[derive(Clone, Debug, PartialEq)]
struct Mark {
    gap: bool,
    verdict: String,
    label: Option<String>,
    reason: Option<String>,
    endpoint: Option<String>,
    subject: Option<String>,
    confidence: Option<String>,
    runs: Option<String>,
    scopes: Vec<String>,
}

#[derive(Default)]
struct Marks {
    /// Rule ids by place, with words of the message.
    findings: BTreeMap<(String, u32), Vec<Vec<String>>>,
    /// Whether the case says anything of such findings.
    says_findings: bool,
    calls: BTreeMap<(String, u32), Vec<Mark>>,
    origins: BTreeMap<String, (String, u32)>,
}

fn run(case: &Path) -> Result<(), Failed> {
    let mut files = MemoryFiles::new();
    let mut marks = Marks::default();
    for (path, bytes) in fixtures::sources(case)? {
        if let Ok(text) = std::str::from_utf8(&bytes) {
            read_marks(&path, text, &mut marks)?;
        }
        files.insert(path, bytes);
    }
    let own = case.join("rules.toml").exists();
    let analyze = |rules: &Rules| {
        idtoken_lint::analyze_with(&files, &Options::default(), rules).map_err(|error| error.to_string())
    };
    let report = if own {
        let options = Options { rules: vec!["rules.toml".to_owned()], ..Options::default() };
        analyze(&idtoken_lint::compile_rules(&files, &options).map_err(|error| error.to_string())?)?
    } else {
        analyze(fixtures::rules())?
    };
    let mut problems = Vec::new();
    compare(&report, &marks, &mut problems);
    compare_findings(&report, &marks, &mut problems);
    positions(&report, &mut problems);
    if own {
        let mut without = Vec::new();
        compare(&analyze(fixtures::rules())?, &marks, &mut without);
        if without.is_empty() {
            problems.push("the marks are right without the own rules, too".to_owned());
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}

fn read_marks(path: &str, text: &str, marks: &mut Marks) -> Result<(), Failed> {
    let mut ahead: Vec<Mark> = Vec::new();
    let mut findings_ahead: Vec<Vec<String>> = Vec::new();
    for (line, content) in (1u32..).zip(text.lines()) {
        let mut here = Vec::new();
        let mut next = Vec::new();
        let mut parts = content.split("//~");
        let code = parts.next().unwrap_or_default();
        for part in parts {
            let (about_next, part) = match part.strip_prefix('v') {
                Some(rest) if rest.starts_with(' ') => (true, rest),
                _ => (false, part),
            };
            let (gap, part) = match part.strip_prefix('?') {
                Some(rest) => (true, rest),
                None => (false, part),
            };
            let words: Vec<&str> = part.split_whitespace().collect();
            if let ["origin", label] = words.as_slice() {
                if marks.origins.insert((*label).to_owned(), (path.to_owned(), line)).is_some() {
                    return Err(format!("{path}:{line}: origin {label} is marked twice").into());
                }
                continue;
            }
            if let ["!", rule @ ..] = words.as_slice() {
                marks.says_findings = true;
                let rule: Vec<String> = rule.iter().map(|word| (*word).to_owned()).collect();
                if rule.first().is_some_and(|id| id == "none") {
                    continue;
                }
                if about_next {
                    findings_ahead.push(rule);
                } else {
                    marks.findings.entry((path.to_owned(), line)).or_default().push(rule);
                }
                continue;
            }
            let mark = parse_mark(gap, &words).ok_or_else(|| format!("{path}:{line}: cannot read `//~{part}`"))?;
            if about_next { next.push(mark) } else { here.push(mark) }
        }
        let is_mark_line = code.trim().is_empty() && content.contains("//~");
        if !is_mark_line && !content.trim().is_empty() {
            here.append(&mut ahead);
            if !findings_ahead.is_empty() {
                let list = marks.findings.entry((path.to_owned(), line)).or_default();
                list.append(&mut findings_ahead);
            }
        }
        ahead.append(&mut next);
        if !here.is_empty() {
            marks.calls.entry((path.to_owned(), line)).or_default().extend(here);
        }
    }
    if ahead.is_empty() { Ok(()) } else { Err(format!("{path}: a mark about a line that does not come").into()) }
}

fn parse_mark(gap: bool, words: &[&str]) -> Option<Mark> {
    let (&verdict, rest) = words.split_first()?;
    if !["id-token", "access-token", "unknown"].contains(&verdict) {
        return None;
    }
    let mut mark = Mark {
        gap,
        verdict: verdict.to_owned(),
        label: None,
        reason: None,
        endpoint: None,
        subject: None,
        confidence: None,
        runs: None,
        scopes: Vec::new(),
    };
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        match *word {
            "GET" | "PATCH" | "POST" | "DELETE" => mark.endpoint = Some(format!("{word} /api/v2{}", words.next()?)),
            "current-user" | "any-user" | "unclear" => mark.subject = Some((*word).to_owned()),
            "high" | "medium" | "low" => mark.confidence = Some((*word).to_owned()),
            "on-client" | "on-server" | "on-either" => mark.runs = word.strip_prefix("on-").map(str::to_owned),
            scope if scope.contains(':') => mark.scopes.push(scope.to_owned()),
            label if label.len() <= 2 => mark.label = Some(label.to_owned()),
            reason if verdict == "unknown" => mark.reason = Some(reason.to_owned()),
            _ => return None,
        }
    }
    Some(mark)
}

fn compare(report: &Report, marks: &Marks, problems: &mut Vec<String>) {
    let mut wanted: BTreeMap<&(String, u32), Vec<&Mark>> =
        marks.calls.iter().map(|(place, marks)| (place, marks.iter().collect())).collect();
    for call in &report.calls {
        let place = (call.at.path.clone(), call.at.start.line);
        let shown = format!(
            "{}:{}: {} {} {} ({})",
            place.0,
            place.1,
            call.verdict.as_str(),
            call.endpoint,
            call.subject.as_str(),
            call.reason.as_ref().map_or("", |reason| reason.id)
        );
        let fits = |mark: &&Mark| mark.endpoint.as_ref().is_none_or(|endpoint| *endpoint == call.endpoint);
        let Some(list) = wanted.get_mut(&place) else {
            problems.push(format!("unexpected  {shown}"));
            continue;
        };
        let Some(at) = list.iter().position(fits) else {
            problems.push(format!("unexpected  {shown}"));
            continue;
        };
        let mark = list.remove(at);
        let mut wrong = Vec::new();
        if mark.verdict != call.verdict.as_str() {
            wrong.push(format!("wanted {}", mark.verdict));
        }
        if let Some(subject) = &mark.subject
            && subject != call.subject.as_str()
        {
            wrong.push(format!("wanted {subject}"));
        }
        if let Some(confidence) = &mark.confidence
            && confidence != call.confidence.as_str()
        {
            wrong.push(format!("wanted {confidence}, found {}", call.confidence.as_str()));
        }
        let runs = call.runs.as_ref().map_or("either", |runs| runs.side.as_str());
        if let Some(wanted) = &mark.runs
            && wanted != runs
        {
            wrong.push(format!("wanted on-{wanted}, found {:?}", call.runs));
        }
        if !mark.scopes.is_empty() && mark.scopes != call.suggested_scopes {
            wrong.push(format!("wanted {}, suggested {}", mark.scopes.join(" "), call.suggested_scopes.join(" ")));
        }
        if let Some(reason) = &mark.reason
            && call.reason.as_ref().is_none_or(|found| found.id != *reason)
        {
            wrong.push(format!("wanted the reason {reason}"));
        }
        if let Some(label) = &mark.label {
            let origin = call.trace.first().map(|step| (step.at.path.clone(), step.at.start.line));
            match marks.origins.get(label) {
                Some(wanted) if origin.as_ref() != Some(wanted) => {
                    wrong.push(format!("wanted origin {label} at {wanted:?}, found {origin:?}"));
                }
                None => wrong.push(format!("no origin is marked {label}")),
                _ => {}
            }
        }
        match (mark.gap, wrong.is_empty()) {
            (false, false) => {
                let way: Vec<String> = call
                    .trace
                    .iter()
                    .map(|step| format!("{}:{} {}", step.at.path, step.at.start.line, step.note))
                    .collect();
                problems.push(format!(
                    "wrong       {shown}: {}\n              {}",
                    wrong.join(", "),
                    way.join("\n              ")
                ));
            }
            (true, true) => problems.push(format!("passes now, take out the `?`  {shown}")),
            _ => {}
        }
    }
    for (place, list) in wanted {
        for mark in list.into_iter().filter(|mark| !mark.gap) {
            problems.push(format!(
                "missing     {}:{}: {} {}",
                place.0,
                place.1,
                mark.verdict,
                mark.endpoint.as_deref().unwrap_or("")
            ));
        }
    }
}

/// Findings that are not about a call's Bearer.
fn compare_findings(report: &Report, marks: &Marks, problems: &mut Vec<String>) {
    let sends_id_token = report.calls.iter().any(|call| call.verdict == Verdict::IdToken);
    if !marks.says_findings && sends_id_token {
        return;
    }
    let mut wanted = marks.findings.clone();
    let of_bearer = ["id-token-as-bearer", "id-token-links-accounts", "unresolved-bearer"];
    for finding in report.findings.iter().filter(|finding| !of_bearer.contains(&finding.rule.as_str())) {
        let place = (finding.at.path.clone(), finding.at.start.line);
        let fits = |mark: &Vec<String>| {
            mark.split_first().is_some_and(|(rule, words)| {
                *rule == finding.rule && words.iter().all(|word| finding.message.contains(word.as_str()))
            })
        };
        let list = wanted.entry(place.clone()).or_default();
        match list.iter().position(fits) {
            Some(at) => drop(list.remove(at)),
            None => {
                problems.push(format!("unexpected  {}:{}: {}: {}", place.0, place.1, finding.rule, finding.message));
            }
        }
    }
    for ((path, line), mark) in wanted.iter().flat_map(|(place, list)| list.iter().map(move |mark| (place, mark))) {
        problems.push(format!("missing     {path}:{line}: {}", mark.join(" ")));
    }
}

/// Positions are checked against the text itself: the region is what the span holds, and a trace ends at its call.
fn positions(report: &Report, problems: &mut Vec<String>) {
    for call in &report.calls {
        if let Some(reason) = &call.reason
            && !idtoken_lint::check::REASONS.contains(&reason.id)
        {
            problems.push(format!("the reason {} is not listed", reason.id));
        }
        if call.trace.last().is_none_or(|step| step.at != call.at) {
            problems.push(format!("{}:{}: the trace does not end at the call", call.at.path, call.at.start.line));
        }
        for at in call.trace.iter().map(|step| &step.at).chain([&call.at]) {
            let Some(text) = report.sources.get(&at.path) else {
                problems.push(format!("{}: the text is not in the report", at.path));
                continue;
            };
            let before = text.get(..at.span.start as usize);
            let line = before.map(|before| before.matches('\n').count() + 1);
            let column = before.map(|before| before.rsplit('\n').next().unwrap_or_default().chars().count() + 1);
            if line != Some(at.start.line as usize) || column != Some(at.start.column as usize) {
                problems
                    .push(format!("{}:{:?}: the position is not that of byte {}", at.path, at.start, at.span.start));
            }
            if text.get(at.span.range()).is_none() {
                problems.push(format!("{}:{:?}: the span does not lie in the text", at.path, at.span));
            }
        }
    }
}
