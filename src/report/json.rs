//! The JSON format, version 1: a contract.
//!
//! Keys and their order are fixed. Additions go to the end of an object; any other change is a new version with a new
//! name in `format`. Columns are 1-based code points, as in the other formats.

use super::json_outside::{self as outside, Deprecation, Recorded, Task, Toggle};
use super::json_text;
use super::redact::redact;
use crate::check::model;
use crate::check::unite::Shard as Of;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    tool: Tool,
    root: &'a str,
    summary: Summary,
    calls: Vec<Call<'a>>,
    findings: Vec<Finding<'a>>,
    skipped: Vec<Skipped<'a>>,
    suppressed: Vec<Suppressed<'a>>,
    notices: Vec<Notice<'a>>,
    plans: Vec<Plan<'a>>,
    toggles: Vec<Toggle<'a>>,
    recorded: Vec<Recorded<'a>>,
    deprecation_notices: Vec<Deprecation<'a>>,
    left_to_do: Vec<Task>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<Shard<'a>>,
}

/// Of a part of a run, what the other parts need: for `merge` alone.
#[derive(Serialize)]
struct Shard<'a> {
    index: u32,
    count: u32,
    project: &'a str,
    sent: &'a [String],
    calls: Vec<Origin<'a>>,
    keys: &'a BTreeMap<String, [String; 2]>,
}

#[derive(Serialize)]
struct Origin<'a> {
    sent: bool,
    request: &'a str,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    files: Files,
    calls: Calls,
    findings: usize,
    ready: bool,
    suppressed: usize,
    accepted: usize,
    baseline: usize,
}

#[derive(Serialize)]
struct Files {
    seen: usize,
    parsed: usize,
    skipped: usize,
    excluded: usize,
    others: usize,
}

#[derive(Serialize)]
struct Calls {
    #[serde(rename = "id-token")]
    id_token: usize,
    #[serde(rename = "access-token")]
    access_token: usize,
    unknown: usize,
}

#[derive(Serialize)]
pub(super) struct Place<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct Call<'a> {
    #[serde(flatten)]
    at: Place<'a>,
    endpoint: &'a str,
    client: &'a str,
    verdict: &'static str,
    confidence: &'static str,
    reason: Option<String>,
    subject: &'static str,
    scopes: Scopes<'a>,
    suggested_scopes: &'a [String],
    trace: Vec<Step<'a>>,
    notes: Vec<Cow<'a, str>>,
    accepted: Option<Cow<'a, str>>,
    scope_reason: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    runs_on: Option<RunsOn<'a>>,
}

#[derive(Serialize)]
struct RunsOn<'a> {
    side: &'static str,
    because: Cow<'a, str>,
}

#[derive(Serialize)]
struct Scopes<'a> {
    current_user: &'a [String],
    any_user: &'a [String],
}

#[derive(Serialize)]
struct Step<'a> {
    #[serde(flatten)]
    at: Place<'a>,
    note: Cow<'a, str>,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: &'static str,
    message: Cow<'a, str>,
    help: Cow<'a, str>,
    #[serde(flatten)]
    at: Place<'a>,
    fingerprint: &'a str,
    call: Option<usize>,
    related: Vec<Step<'a>>,
    fix: Option<Fix<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_fix: Option<Cow<'a, str>>,
}

/// Edits that belong together: all of them or none.
#[derive(Serialize)]
struct Fix<'a> {
    description: Cow<'a, str>,
    applicability: &'static str,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    #[serde(flatten)]
    at: Place<'a>,
    replacement: Cow<'a, str>,
}

/// What a login has to ask for.
#[derive(Serialize)]
struct Plan<'a> {
    #[serde(flatten)]
    at: Place<'a>,
    sdk: &'a str,
    audience: &'a str,
    scopes: &'a [String],
    options: Vec<PlanOption<'a>>,
    calls: &'a [usize],
    confidence: &'static str,
}

#[derive(Serialize)]
struct PlanOption<'a> {
    name: &'a str,
    value: Cow<'a, str>,
}

/// A finding that does not count, and why.
#[derive(Serialize)]
struct Suppressed<'a> {
    finding: Finding<'a>,
    by: &'static str,
    reason: Cow<'a, str>,
    at: Option<Place<'a>>,
}

#[derive(Serialize)]
struct Notice<'a> {
    id: &'static str,
    path: &'a str,
    line: u32,
    message: Cow<'a, str>,
}

#[derive(Serialize)]
struct Skipped<'a> {
    path: &'a str,
    reason: Cow<'a, str>,
}

/// Write `report` as one JSON document and a line end.
pub fn write(report: &model::Report, out: &mut dyn io::Write) -> io::Result<()> {
    json_text::write(&document(report), out)
}

fn document(report: &model::Report) -> Document<'_> {
    Document {
        format: "idtoken-lint/1",
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        root: &report.root,
        summary: Summary {
            files: Files {
                seen: report.files.seen,
                parsed: report.files.parsed,
                skipped: report.files.skipped,
                excluded: report.files.excluded,
                others: report.outside.files,
            },
            calls: Calls {
                id_token: report.count(model::Verdict::IdToken),
                access_token: report.count(model::Verdict::AccessToken),
                unknown: report.count(model::Verdict::Unknown),
            },
            findings: report.findings.len(),
            ready: report.ready(),
            suppressed: report.suppressed.len(),
            accepted: report.accepted(),
            baseline: report.suppressed_by(model::SuppressedBy::Baseline),
        },
        calls: report.calls.iter().map(call).collect(),
        findings: report.findings.iter().map(finding).collect(),
        skipped: report
            .skipped
            .iter()
            .map(|skipped| Skipped { path: &skipped.path, reason: redact(&skipped.reason) })
            .collect(),
        suppressed: report.suppressed.iter().map(suppressed).collect(),
        notices: report.notices.iter().map(notice).collect(),
        plans: report.plans.iter().map(plan).collect(),
        toggles: outside::toggles(report),
        recorded: outside::recorded(report),
        deprecation_notices: outside::deprecations(report),
        left_to_do: outside::left_to_do(report),
        shard: report.shard.as_ref().map(shard),
    }
}

fn shard(shard: &Of) -> Shard<'_> {
    Shard {
        index: shard.part.index,
        count: shard.part.count,
        project: &shard.project,
        sent: &shard.sent,
        calls: shard.calls.iter().map(|origin| Origin { sent: origin.sent, request: &origin.request }).collect(),
        keys: &shard.keys,
    }
}

fn call(call: &model::Call) -> Call<'_> {
    Call {
        at: place(&call.at),
        endpoint: &call.endpoint,
        client: &call.client,
        verdict: call.verdict.as_str(),
        confidence: call.confidence.as_str(),
        // scripts match on the part before the colon, which is stable
        reason: call.reason.as_ref().map(|reason| format!("{}: {}", reason.id, redact(&reason.text))),
        subject: call.subject.as_str(),
        scopes: Scopes { current_user: &call.current_user_scopes, any_user: &call.any_user_scopes },
        suggested_scopes: &call.suggested_scopes,
        trace: call.trace.iter().map(|step| Step { at: place(&step.at), note: redact(&step.note) }).collect(),
        notes: call.notes.iter().map(|note| redact(note)).collect(),
        accepted: call.accepted.as_deref().map(redact),
        scope_reason: call.scope_reason.as_deref().map(redact),
        runs_on: call.runs.as_ref().map(|runs| RunsOn { side: runs.side.as_str(), because: redact(&runs.why) }),
    }
}

fn finding(finding: &model::Finding) -> Finding<'_> {
    Finding {
        rule: &finding.rule,
        severity: finding.severity.as_str(),
        message: redact(&finding.message),
        help: redact(&finding.help),
        at: place(&finding.at),
        fingerprint: &finding.fingerprint,
        call: finding.call,
        related: finding
            .related
            .iter()
            .map(|related| Step { at: place(&related.at), note: redact(&related.note) })
            .collect(),
        fix: finding.fix.as_ref().map(fix),
        no_fix: finding.no_fix.as_deref().map(redact),
    }
}

fn fix(fix: &model::Fix) -> Fix<'_> {
    Fix {
        description: redact(&fix.description),
        applicability: fix.applicability.as_str(),
        edits: fix
            .edits
            .iter()
            .map(|edit| Edit { at: place(&edit.at), replacement: redact(&edit.replacement) })
            .collect(),
    }
}

fn plan(plan: &model::Plan) -> Plan<'_> {
    Plan {
        at: place(&plan.at),
        sdk: &plan.sdk,
        audience: &plan.audience,
        scopes: &plan.scopes,
        options: plan
            .options
            .iter()
            .map(|option| PlanOption { name: &option.name, value: redact(&option.value) })
            .collect(),
        calls: &plan.calls,
        confidence: plan.confidence.as_str(),
    }
}

fn suppressed(suppressed: &model::Suppressed) -> Suppressed<'_> {
    let suppression = &suppressed.suppression;
    Suppressed {
        finding: finding(&suppressed.finding),
        by: suppression.by.as_str(),
        reason: redact(&suppression.reason),
        at: suppression.at.as_ref().map(place),
    }
}

fn notice(notice: &model::Notice) -> Notice<'_> {
    Notice { id: notice.id, path: &notice.path, line: notice.line, message: redact(&notice.message) }
}

pub(super) fn place(at: &model::Location) -> Place<'_> {
    Place {
        path: &at.path,
        line: at.start.line,
        column: at.start.column,
        end_line: at.end.line,
        end_column: at.end.column,
    }
}
