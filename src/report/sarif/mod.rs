//! SARIF 2.1.0, for code-scanning services.
//!
//! Each finding is a result; its trace is a code flow from the origin to the request. Locations are relative,
//! percent-encoded URIs, columns are code points (and the run says so). Own structs rather than a crate: exact control
//! over what is left out, and the tests validate the output against the standard's schema.

mod model;
mod uri;

use super::json_text;
use super::redact::redact;
use crate::check::model as report;
use crate::rules::docs::{self, Doc};
use model::{
    ArtifactChange, ArtifactLocation, CallProperties, CodeFlow, Configuration, Driver, Fix, FlowLocation, Help,
    Invocation, Location, Log, Message, Notification, Outcome, OutcomeProperties, PhysicalLocation, Region,
    Replacement, Rule, RuleProperties, Run, Suppression, ThreadFlow, Tool,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

/// GitHub refuses a run with more results.
const MAX_RESULTS: usize = 25_000;
/// GitHub shows as many steps of a code flow.
const MAX_STEPS: usize = 1_000;
/// GitHub shows as many locations of a result.
const MAX_RELATED: usize = 100;
/// A longer text is no help as a snippet, in bytes: calls in minified files.
const MAX_SNIPPET: usize = 2_000;

/// Write `report` as one SARIF log and a line end.
pub fn write(report: &report::Report, out: &mut dyn io::Write) -> io::Result<()> {
    json_text::write(&log(report), out)
}

fn log(report: &report::Report) -> Log<'_> {
    let mut notifications: Vec<_> = report.skipped.iter().map(skipped).collect();
    notifications.extend(report.notices.iter().map(notice));
    let all = report.findings.len() + report.suppressed.len();
    if let Some(left_out) = all.checked_sub(MAX_RESULTS).filter(|&n| n > 0) {
        let text = format!("{left_out} findings are left out: a run holds at most {MAX_RESULTS}");
        notifications.push(Notification { level: "error", message: message(text), locations: Vec::new() });
    }
    Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: env!("CARGO_PKG_NAME"),
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules: docs::rules().iter().map(rule).collect(),
                },
            },
            invocations: [Invocation { execution_successful: true, tool_execution_notifications: notifications }],
            column_kind: "unicodeCodePoints",
            results: report
                .findings
                .iter()
                .map(|finding| outcome(report, finding, None))
                .chain(report.suppressed.iter().map(|it| outcome(report, &it.finding, Some(&it.suppression))))
                .take(MAX_RESULTS)
                .collect(),
        }],
    }
}

fn rule(doc: &Doc) -> Rule {
    Rule {
        id: doc.id,
        name: pascal_case(doc.id),
        short_description: message(doc.title()),
        full_description: message(doc.summary()),
        help_uri: doc.address(),
        help: Help { text: format!("{}\n\n{}", doc.section("Why"), doc.section("What to do")), markdown: doc.page },
        default_configuration: Configuration { level: doc.severity() },
        properties: RuleProperties { tags: &["security", "authentication", "deprecation"] },
    }
}

fn outcome<'a>(
    report: &'a report::Report,
    finding: &'a report::Finding,
    suppressed: Option<&'a report::Suppression>,
) -> Outcome<'a> {
    let call = finding.call.and_then(|index| report.calls.get(index));
    let trace = call.map_or(&[][..], |call| &call.trace);
    // the request is at the end: of a trace that is too long, the beginning is dropped
    let trace = &trace[trace.len().saturating_sub(MAX_STEPS)..];
    let step = |step: &'a report::TraceStep| Location {
        message: Some(message(redact(&step.note))),
        ..location(report, &step.at)
    };
    let flow = ThreadFlow { locations: trace.iter().map(|s| FlowLocation { location: step(s) }).collect() };
    let beyond = finding
        .related
        .iter()
        .map(|related| Location { message: Some(message(redact(&related.note))), ..location(report, &related.at) });
    let related = trace.iter().map(step).chain(beyond).take(MAX_RELATED).enumerate();
    Outcome {
        rule_id: &finding.rule,
        rule_index: docs::rules().iter().position(|doc| doc.id == finding.rule),
        level: finding.severity.as_str(),
        message: message(sentences(finding)),
        locations: [location(report, &finding.at)],
        code_flows: if trace.is_empty() { Vec::new() } else { vec![CodeFlow { thread_flows: [flow] }] },
        related_locations: related.map(|(index, it)| Location { id: Some(index + 1), ..it }).collect(),
        partial_fingerprints: BTreeMap::from([("idtokenLint/v1", finding.fingerprint.as_str())]),
        fixes: finding.fix.as_ref().map(fix).into_iter().collect(),
        suppressions: suppressed.map(|suppressed| suppression(report, suppressed)).into_iter().collect(),
        properties: properties(call, finding),
    }
}

/// What is known of the call, and why there is no edit.
fn properties<'a>(call: Option<&'a report::Call>, finding: &'a report::Finding) -> Option<OutcomeProperties<'a>> {
    let call = call.map(|call| CallProperties {
        verdict: call.verdict.as_str(),
        confidence: call.confidence.as_str(),
        endpoint: &call.endpoint,
        subject: call.subject.as_str(),
        suggested_scopes: &call.suggested_scopes,
    });
    let no_fix = finding.no_fix.as_deref().map(redact);
    (call.is_some() || no_fix.is_some()).then_some(OutcomeProperties { call, no_fix })
}

/// The edits of a fix, file by file.
fn fix(fix: &report::Fix) -> Fix<'_> {
    let replacement = |edit: &'_ report::Edit| Replacement {
        deleted_region: Region {
            start_line: edit.at.start.line,
            start_column: edit.at.start.column,
            end_line: edit.at.end.line,
            end_column: edit.at.end.column,
            snippet: None,
        },
        inserted_content: Message { text: Cow::Owned(redact(&edit.replacement).into_owned()) },
    };
    let by_file = fix.edits.chunk_by(|left, right| left.at.path == right.at.path);
    Fix {
        description: message(redact(&fix.description)),
        artifact_changes: by_file
            .map(|edits| ArtifactChange {
                artifact_location: ArtifactLocation { uri: uri::from_path(&edits[0].at.path) },
                replacements: edits.iter().map(replacement).collect(),
            })
            .collect(),
    }
}

/// A comment is in the source; configuration and baseline are not.
fn suppression<'a>(report: &'a report::Report, suppression: &'a report::Suppression) -> Suppression<'a> {
    Suppression {
        kind: match suppression.by {
            report::SuppressedBy::Comment => "inSource",
            report::SuppressedBy::Configuration | report::SuppressedBy::Baseline => "external",
        },
        status: "accepted",
        justification: redact(&suppression.reason),
        location: suppression.at.as_ref().map(|at| location(report, at)),
    }
}

/// What is wrong and what to do: viewers show a result's message, and the rule's help only on demand.
fn sentences(finding: &report::Finding) -> Cow<'_, str> {
    if finding.help.is_empty() {
        return redact(&finding.message);
    }
    let stop = if finding.message.ends_with(['.', '!', '?']) { "" } else { "." };
    Cow::Owned(format!("{}{stop} {}", redact(&finding.message), redact(&finding.help)))
}

fn skipped(skipped: &report::Skipped) -> Notification<'_> {
    Notification {
        level: "warning",
        message: message(format!("{} was not analysed: {}", skipped.path, redact(&skipped.reason))),
        locations: vec![Location { id: None, physical_location: physical(&skipped.path, None), message: None }],
    }
}

fn notice(notice: &report::Notice) -> Notification<'_> {
    let region =
        Region { start_line: notice.line, start_column: 1, end_line: notice.line, end_column: 1, snippet: None };
    Notification {
        level: "warning",
        message: message(redact(&notice.message)),
        locations: vec![Location { id: None, physical_location: physical(&notice.path, Some(region)), message: None }],
    }
}

fn location<'a>(report: &'a report::Report, at: &'a report::Location) -> Location<'a> {
    let snippet = report
        .sources
        .get(&at.path)
        .and_then(|text| text.get(at.span.range()))
        .filter(|text| !text.is_empty() && text.len() <= MAX_SNIPPET)
        .map(|text| message(redact(text)));
    let region = Region {
        start_line: at.start.line,
        start_column: at.start.column,
        end_line: at.end.line,
        end_column: at.end.column,
        snippet,
    };
    Location { id: None, physical_location: physical(&at.path, Some(region)), message: None }
}

fn physical<'a>(path: &str, region: Option<Region<'a>>) -> PhysicalLocation<'a> {
    PhysicalLocation { artifact_location: ArtifactLocation { uri: uri::from_path(path) }, region }
}

fn message<'a>(text: impl Into<Cow<'a, str>>) -> Message<'a> {
    Message { text: text.into() }
}

/// `id-token-as-bearer` → `IdTokenAsBearer`, as the standard wants a rule's readable name.
fn pascal_case(id: &str) -> String {
    let word = |word: &str| {
        let (head, tail) = word.split_at_checked(1).unwrap_or((word, ""));
        head.to_ascii_uppercase() + tail
    };
    id.split('-').map(word).collect()
}
