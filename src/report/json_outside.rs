//! The parts of the JSON format about files that are no code, and about what is left to do.

use super::json::{Place, place};
use super::redact::redact;
use crate::check::model::Report;
use crate::check::outside::model;
use crate::check::readiness;
use serde::Serialize;
use std::borrow::Cow;

#[derive(Serialize)]
pub(super) struct Toggle<'a> {
    #[serde(flatten)]
    at: Place<'a>,
    state: &'static str,
}

#[derive(Serialize)]
pub(super) struct Recorded<'a> {
    #[serde(flatten)]
    at: Place<'a>,
    endpoint: &'a str,
    verdict: &'static str,
    why: Cow<'a, str>,
    notes: Vec<Cow<'a, str>>,
}

#[derive(Serialize)]
pub(super) struct Deprecation<'a> {
    #[serde(flatten)]
    at: Place<'a>,
    endpoint: &'a str,
    client_id: Option<Cow<'a, str>>,
    client_name: Option<Cow<'a, str>>,
    count: usize,
    feature: Cow<'a, str>,
    about_id_tokens: bool,
    first_date: Option<Cow<'a, str>>,
    last_date: Option<Cow<'a, str>>,
    calls: &'a [usize],
}

#[derive(Serialize)]
pub(super) struct Task {
    kind: &'static str,
    text: String,
    calls: Vec<usize>,
    places: Vec<Spot>,
}

/// A line of a file.
#[derive(Serialize)]
struct Spot {
    path: String,
    line: u32,
}

pub(super) fn toggles(report: &Report) -> Vec<Toggle<'_>> {
    report.outside.toggles.iter().map(|toggle| Toggle { at: place(&toggle.at), state: toggle.state.as_str() }).collect()
}

pub(super) fn recorded(report: &Report) -> Vec<Recorded<'_>> {
    fn one(recorded: &model::Recorded) -> Recorded<'_> {
        Recorded {
            at: place(&recorded.at),
            endpoint: &recorded.endpoint,
            verdict: recorded.verdict.as_str(),
            why: redact(&recorded.why),
            notes: recorded.notes.iter().map(|note| redact(&note.text)).collect(),
        }
    }
    report.outside.recorded.iter().map(one).collect()
}

pub(super) fn deprecations(report: &Report) -> Vec<Deprecation<'_>> {
    fn one(entry: &model::Deprecation) -> Deprecation<'_> {
        Deprecation {
            at: place(&entry.at),
            endpoint: &entry.endpoint,
            client_id: entry.client_id.as_deref().map(redact),
            client_name: entry.client_name.as_deref().map(redact),
            count: entry.count,
            feature: redact(&entry.feature),
            about_id_tokens: entry.about_id_tokens,
            first_date: entry.dates.as_ref().map(|(first, _)| redact(first)),
            last_date: entry.dates.as_ref().map(|(_, last)| redact(last)),
            calls: &entry.calls,
        }
    }
    report.outside.deprecations.iter().map(one).collect()
}

pub(super) fn left_to_do(report: &Report) -> Vec<Task> {
    let task = |task: readiness::Task| Task {
        kind: task.kind.as_str(),
        text: redact(&task.text).into_owned(),
        calls: task.calls,
        places: task.places.into_iter().map(|at| Spot { path: at.path, line: at.start.line }).collect(),
    };
    readiness::left_to_do(report).into_iter().map(task).collect()
}
