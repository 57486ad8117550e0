//! A report read back from its JSON: what `merge` works on.
//!
//! Reads what [`super::json`] writes, and owns its structs like every format. What a JSON report does not hold is left
//! empty: the texts of the sources, and the bytes of places. Keys that it does not know are left out.

use crate::check::REASONS;
use crate::check::model::{self, Confidence};
use crate::check::outside::model::{self as outside, Outside};
use crate::check::unite;
use crate::rules::Side;
use crate::text::{LineCol, Span};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Notices that reports hold.
pub(super) const NOTICES: &[&str] = &[
    "broken-suppression",
    "unknown-rule",
    "unused-suppression",
    "unused-accept",
    "stale-baseline",
    "empty-accept",
    "stale-accept",
];

#[derive(Deserialize)]
struct Document {
    format: String,
    root: String,
    summary: Summary,
    calls: Vec<Call>,
    findings: Vec<Finding>,
    skipped: Vec<Skipped>,
    #[serde(default)]
    suppressed: Vec<Suppressed>,
    #[serde(default)]
    notices: Vec<Notice>,
    #[serde(default)]
    plans: Vec<Plan>,
    #[serde(default)]
    toggles: Vec<Toggle>,
    #[serde(default)]
    recorded: Vec<Recorded>,
    #[serde(default)]
    deprecation_notices: Vec<Deprecation>,
    shard: Option<Shard>,
}

#[derive(Deserialize)]
struct Toggle {
    #[serde(flatten)]
    at: Place,
    state: String,
}

#[derive(Deserialize)]
struct Recorded {
    #[serde(flatten)]
    at: Place,
    endpoint: String,
    verdict: String,
    why: String,
    #[serde(default)]
    notes: Vec<String>,
}

#[derive(Deserialize)]
struct Deprecation {
    #[serde(flatten)]
    at: Place,
    endpoint: String,
    client_id: Option<String>,
    client_name: Option<String>,
    count: usize,
    feature: String,
    about_id_tokens: bool,
    first_date: Option<String>,
    last_date: Option<String>,
    calls: Vec<usize>,
}

#[derive(Deserialize)]
struct Summary {
    files: Files,
}

#[derive(Deserialize)]
struct Files {
    seen: usize,
    parsed: usize,
    skipped: usize,
    #[serde(default)]
    excluded: usize,
    #[serde(default)]
    others: usize,
}

#[derive(Deserialize)]
struct Place {
    path: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Deserialize)]
struct Call {
    #[serde(flatten)]
    at: Place,
    endpoint: String,
    client: String,
    verdict: String,
    confidence: String,
    reason: Option<String>,
    subject: String,
    scopes: Scopes,
    suggested_scopes: Vec<String>,
    trace: Vec<Step>,
    #[serde(default)]
    notes: Vec<String>,
    accepted: Option<String>,
    scope_reason: Option<String>,
    runs_on: Option<RunsOn>,
}

#[derive(Deserialize)]
struct RunsOn {
    side: String,
    because: String,
}

#[derive(Deserialize)]
struct Scopes {
    current_user: Vec<String>,
    any_user: Vec<String>,
}

#[derive(Deserialize)]
struct Step {
    #[serde(flatten)]
    at: Place,
    note: String,
}

#[derive(Deserialize)]
struct Finding {
    rule: String,
    severity: String,
    message: String,
    help: String,
    #[serde(flatten)]
    at: Place,
    fingerprint: String,
    call: Option<usize>,
    #[serde(default)]
    related: Vec<Step>,
    fix: Option<Fix>,
    no_fix: Option<String>,
}

#[derive(Deserialize)]
struct Fix {
    description: String,
    applicability: String,
    edits: Vec<Edit>,
}

#[derive(Deserialize)]
struct Edit {
    #[serde(flatten)]
    at: Place,
    replacement: String,
}

#[derive(Deserialize)]
struct Plan {
    #[serde(flatten)]
    at: Place,
    sdk: String,
    audience: String,
    scopes: Vec<String>,
    options: Vec<PlanOption>,
    calls: Vec<usize>,
    /// Older reports do not say it.
    confidence: Option<String>,
}

#[derive(Deserialize)]
struct PlanOption {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct Suppressed {
    finding: Finding,
    by: String,
    reason: String,
    at: Option<Place>,
}

#[derive(Deserialize)]
struct Notice {
    id: String,
    path: String,
    line: u32,
    message: String,
}

#[derive(Deserialize)]
struct Skipped {
    path: String,
    reason: String,
}

#[derive(Deserialize)]
struct Shard {
    index: u32,
    count: u32,
    project: String,
    sent: Vec<String>,
    calls: Vec<Origin>,
    keys: BTreeMap<String, [String; 2]>,
}

#[derive(Deserialize)]
struct Origin {
    sent: bool,
    request: String,
}

/// The report that a JSON text is, or why it is none.
pub fn read(text: &str) -> Result<model::Report, String> {
    let document: Document = serde_json::from_str(text).map_err(|error| format!("no report: {error}"))?;
    if document.format != "idtoken-lint/1" {
        return Err(format!("the format is {:?}, and only \"idtoken-lint/1\" is known", document.format));
    }
    let calls = document.calls.into_iter().map(call).collect::<Result<Vec<_>, _>>()?;
    let count = calls.len();
    let files = document.summary.files;
    let told = Outside {
        files: files.others,
        toggles: document.toggles.into_iter().map(toggle).collect::<Result<_, _>>()?,
        recorded: document.recorded.into_iter().map(recorded).collect::<Result<_, _>>()?,
        deprecations: document.deprecation_notices.into_iter().map(deprecation).collect(),
    };
    let report = model::Report {
        root: document.root,
        files: model::FileCounts {
            seen: files.seen,
            parsed: files.parsed,
            skipped: files.skipped,
            excluded: files.excluded,
        },
        calls,
        findings: document.findings.into_iter().map(finding).collect::<Result<_, _>>()?,
        skipped: document
            .skipped
            .into_iter()
            .map(|skipped| model::Skipped { path: skipped.path, reason: skipped.reason })
            .collect(),
        suppressed: document.suppressed.into_iter().map(suppressed).collect::<Result<_, _>>()?,
        notices: document.notices.into_iter().map(notice).collect::<Result<_, _>>()?,
        plans: document.plans.into_iter().map(plan).collect::<Result<_, _>>()?,
        outside: told,
        shard: document.shard.map(shard).transpose()?,
        ..model::Report::default()
    };
    let findings = report.findings.iter().chain(report.suppressed.iter().map(|suppressed| &suppressed.finding));
    let logged = report.outside.deprecations.iter().flat_map(|deprecation| deprecation.calls.clone());
    let planned = report.plans.iter().flat_map(|plan| plan.calls.clone());
    let mut named = findings.filter_map(|finding| finding.call).chain(planned).chain(logged);
    if named.any(|call| call >= count) || report.shard.as_ref().is_some_and(|shard| shard.calls.len() != count) {
        return Err("it names calls that it does not list".to_owned());
    }
    Ok(report)
}

/// The one of `known` that a word is.
fn one_of<T: Copy>(word: &str, known: &[T], as_str: impl Fn(T) -> &'static str) -> Result<T, String> {
    let found = known.iter().copied().find(|one| as_str(*one) == word);
    found.ok_or_else(|| format!("{word:?} is not known here: was it written by another version?"))
}

fn toggle(toggle: Toggle) -> Result<outside::Toggle, String> {
    use outside::ToggleState;
    let known = [ToggleState::On, ToggleState::Off, ToggleState::Undecided];
    Ok(outside::Toggle { state: one_of(&toggle.state, &known, ToggleState::as_str)?, at: place(toggle.at) })
}

fn recorded(recorded: Recorded) -> Result<outside::Recorded, String> {
    use model::Verdict;
    let known = [Verdict::IdToken, Verdict::Unknown, Verdict::AccessToken];
    Ok(outside::Recorded {
        at: place(recorded.at),
        endpoint: recorded.endpoint,
        verdict: one_of(&recorded.verdict, &known, Verdict::as_str)?,
        why: recorded.why,
        audiences: 0,
        notes: recorded.notes.into_iter().map(|text| outside::Note { text, finding: None }).collect(),
    })
}

fn deprecation(entry: Deprecation) -> outside::Deprecation {
    outside::Deprecation {
        at: place(entry.at),
        endpoint: entry.endpoint,
        client_id: entry.client_id,
        client_name: entry.client_name,
        count: entry.count,
        feature: entry.feature,
        about_id_tokens: entry.about_id_tokens,
        dates: entry.first_date.zip(entry.last_date),
        calls: entry.calls,
    }
}

fn call(call: Call) -> Result<model::Call, String> {
    use model::{Subject, Verdict};
    let reason = call.reason.as_deref().map(|reason| {
        let (id, text) = reason.split_once(": ").unwrap_or((reason, ""));
        Ok::<_, String>(model::Reason { id: one_of(id, REASONS, |id| id)?, text: text.to_owned() })
    });
    let runs = call.runs_on.map(|runs| {
        let side = one_of(&runs.side, &[Side::Client, Side::Server], Side::as_str)?;
        Ok::<_, String>(model::Runs { side, why: runs.because })
    });
    Ok(model::Call {
        at: place(call.at),
        endpoint: call.endpoint,
        client: call.client,
        verdict: one_of(&call.verdict, &[Verdict::IdToken, Verdict::Unknown, Verdict::AccessToken], Verdict::as_str)?,
        confidence: confidence(&call.confidence)?,
        reason: reason.transpose()?,
        subject: one_of(&call.subject, &[Subject::CurrentUser, Subject::AnyUser, Subject::Unclear], Subject::as_str)?,
        current_user_scopes: call.scopes.current_user,
        any_user_scopes: call.scopes.any_user,
        suggested_scopes: call.suggested_scopes,
        scope_reason: call.scope_reason,
        runs: runs.transpose()?,
        trace: call.trace.into_iter().map(|step| model::TraceStep { at: place(step.at), note: step.note }).collect(),
        notes: call.notes,
        accepted: call.accepted,
    })
}

fn finding(finding: Finding) -> Result<model::Finding, String> {
    use model::Severity;
    let at = place(finding.at);
    Ok(model::Finding {
        rule: finding.rule,
        severity: one_of(&finding.severity, &[Severity::Error, Severity::Warning], Severity::as_str)?,
        message: finding.message,
        help: finding.help,
        place: at.path.clone(),
        at,
        content: finding.fingerprint.clone(),
        fingerprint: finding.fingerprint,
        call: finding.call,
        related: finding
            .related
            .into_iter()
            .map(|step| model::Related { at: place(step.at), note: step.note })
            .collect(),
        fix: finding.fix.map(fix).transpose()?,
        no_fix: finding.no_fix,
    })
}

fn fix(fix: Fix) -> Result<model::Fix, String> {
    use model::Applicability;
    let edit = |edit: Edit| model::Edit { at: place(edit.at), replacement: edit.replacement };
    Ok(model::Fix {
        description: fix.description,
        edits: fix.edits.into_iter().map(edit).collect(),
        applicability: one_of(
            &fix.applicability,
            &[Applicability::Safe, Applicability::Unsafe],
            Applicability::as_str,
        )?,
    })
}

fn plan(plan: Plan) -> Result<model::Plan, String> {
    let confidence = plan.confidence.as_deref().map_or(Ok(Confidence::High), confidence)?;
    let option = |option: PlanOption| model::PlanOption { name: option.name, value: option.value };
    Ok(model::Plan {
        at: place(plan.at),
        sdk: plan.sdk,
        audience: plan.audience,
        scopes: plan.scopes,
        options: plan.options.into_iter().map(option).collect(),
        calls: plan.calls,
        confidence,
    })
}

fn confidence(text: &str) -> Result<Confidence, String> {
    one_of(text, &[Confidence::Low, Confidence::Medium, Confidence::High], Confidence::as_str)
}

fn suppressed(suppressed: Suppressed) -> Result<model::Suppressed, String> {
    use model::SuppressedBy;
    let known = [SuppressedBy::Comment, SuppressedBy::Configuration, SuppressedBy::Baseline];
    let suppression = model::Suppression {
        by: one_of(&suppressed.by, &known, SuppressedBy::as_str)?,
        reason: suppressed.reason,
        at: suppressed.at.map(place),
    };
    Ok(model::Suppressed { finding: finding(suppressed.finding)?, suppression })
}

fn notice(notice: Notice) -> Result<model::Notice, String> {
    let id = one_of(&notice.id, NOTICES, |id| id)?;
    Ok(model::Notice { path: notice.path, line: notice.line, id, message: notice.message })
}

fn shard(shard: Shard) -> Result<unite::Shard, String> {
    let part = unite::Part::parse(&format!("{}/{}", shard.index, shard.count))
        .ok_or_else(|| format!("there is no part {} of {}", shard.index, shard.count))?;
    let origin = |origin: Origin| unite::Origin { sent: origin.sent, request: origin.request };
    let calls = shard.calls.into_iter().map(origin).collect();
    Ok(unite::Shard { part, project: shard.project, sent: shard.sent, calls, keys: shard.keys })
}

fn place(place: Place) -> model::Location {
    model::Location {
        path: place.path,
        start: LineCol { line: place.line, column: place.column },
        end: LineCol { line: place.end_line, column: place.end_column },
        span: Span::default(),
    }
}
