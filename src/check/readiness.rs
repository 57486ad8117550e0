//! What is left to do until the toggle can be turned off: the shortest list, what belongs together in one line.
//!
//! Owns the grouping. Must not know how a list is shown.

use super::model::{Call, Location, Report, Verdict};
use crate::rules::Side;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::hash::Hash;

/// What kind of work it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskKind {
    /// Calls send an ID token.
    Migrate,
    /// Calls send what is not known.
    Review,
    /// A recording shows an ID token.
    Trace,
    /// A tenant's log names a client.
    FindClient,
    /// The toggle itself.
    TurnOff,
}

impl TaskKind {
    /// As every format writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            TaskKind::Migrate => "migrate",
            TaskKind::Review => "review",
            TaskKind::Trace => "trace-recorded",
            TaskKind::FindClient => "find-client",
            TaskKind::TurnOff => "turn-off",
        }
    }
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// What kind of work it is.
    pub kind: TaskKind,
    /// What to do, one sentence.
    pub text: String,
    /// Where.
    pub places: Vec<Location>,
    /// The calls it is about, as indexes into [`Report::calls`].
    pub calls: Vec<usize>,
}

/// What is left to do, in the order in which to do it; nothing where the report is ready.
pub fn left_to_do(report: &Report) -> Vec<Task> {
    let mut tasks = migrate(report);
    tasks.extend(review(report));
    tasks.extend(trace(report));
    tasks.extend(find_clients(report));
    let on: Vec<Location> = report.outside.turned_on().map(|toggle| toggle.at.clone()).collect();
    if !on.is_empty() {
        let text = if tasks.is_empty() { "Turn the toggle off." } else { "Then turn the toggle off." };
        tasks.push(Task { kind: TaskKind::TurnOff, text: text.to_owned(), places: on, calls: Vec::new() });
    }
    tasks
}

/// The calls that send an ID token, together where they get it from one place: one change mends them all.
fn migrate(report: &Report) -> Vec<Task> {
    let calls = with(report, |call| call.verdict == Verdict::IdToken);
    let groups = grouped(calls, |(_, call)| match origin(call) {
        // positions, not bytes: a report that was read back has no texts
        Some(origin) => (origin.path.clone(), Some((origin.start, origin.end)), on_server(call)),
        None => (call.at.path.clone(), None, on_server(call)),
    });
    let task = |group: Vec<(usize, &Call)>| {
        let scopes: BTreeSet<&str> =
            group.iter().flat_map(|(_, call)| &call.suggested_scopes).map(String::as_str).collect();
        let scopes: Vec<&str> = scopes.into_iter().collect();
        let noun = if scopes.len() == 1 { "scope" } else { "scopes" };
        let from = group.first().and_then(|(_, call)| origin(call));
        let from = from.map(|at| format!(" from {}:{}", at.path, at.start.line)).unwrap_or_default();
        let how = match group.first().map(|(_, call)| on_server(call)) {
            Some((true, Some(Side::Server))) => ", got with client credentials,",
            Some((true, _)) => ", got on a server with client credentials,",
            _ => "",
        };
        let scopes = scopes.join(", ");
        let text = format!("Send an access token with the {noun} {scopes}{how} instead of the ID token{from}.");
        of_calls(TaskKind::Migrate, text, &group)
    };
    groups.into_iter().map(task).collect()
}

/// Whether only a server will do for a call, and where it runs then.
fn on_server(call: &Call) -> (bool, Option<Side>) {
    let only = call.suggested_scopes == call.any_user_scopes;
    (only, call.runs.as_ref().map(|runs| runs.side).filter(|_| only))
}

/// The calls that send what is not known, together where it is not known for the same reason.
fn review(report: &Report) -> Vec<Task> {
    let calls = with(report, |call| call.verdict == Verdict::Unknown && !call.is_accepted());
    let groups = grouped(calls, |(_, call)| call.reason.as_ref().map(|reason| (reason.id, reason.text.clone())));
    let task = |group: Vec<(usize, &Call)>| {
        let reason = group.first().and_then(|(_, call)| call.reason.as_ref());
        let reason = reason.map(|reason| format!(" ({}: {})", reason.id, reason.text)).unwrap_or_default();
        let these = if group.len() == 1 { "this call sends" } else { "these calls send" };
        of_calls(TaskKind::Review, format!("Find out which token {these}{reason}."), &group)
    };
    groups.into_iter().map(task).collect()
}

/// Recorded requests with an ID token, file by file.
fn trace(report: &Report) -> Vec<Task> {
    let groups = grouped(report.outside.sent_id_tokens(), |recorded| recorded.at.path.clone());
    let task = |group: Vec<&super::outside::model::Recorded>| {
        let what = if group.len() == 1 { "this request" } else { "these requests" };
        let text = format!("Find what sent an ID token with {what}, then record anew or delete the recording.");
        let places = group.iter().map(|recorded| recorded.at.clone()).collect();
        Task { kind: TaskKind::Trace, text, places, calls: Vec::new() }
    };
    groups.into_iter().map(task).collect()
}

/// Clients that a log says send ID tokens.
fn find_clients(report: &Report) -> Vec<Task> {
    let groups = grouped(report.outside.logged_id_tokens(), |entry| entry.client_id.clone());
    let task = |group: Vec<&super::outside::model::Deprecation>| {
        let count: usize = group.iter().map(|entry| entry.count).sum();
        let entries = if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") };
        let client = group.first().map(|entry| client_of(entry)).unwrap_or_default();
        let text = format!("Migrate the client {client}: the tenant's log has {entries} about its ID tokens.");
        let places = group.iter().map(|entry| entry.at.clone()).collect();
        let calls: BTreeSet<usize> = group.iter().flat_map(|entry| &entry.calls).copied().collect();
        Task { kind: TaskKind::FindClient, text, places, calls: calls.into_iter().collect() }
    };
    groups.into_iter().map(task).collect()
}

/// A client as people know it.
pub fn client_of(entry: &super::outside::model::Deprecation) -> String {
    match (&entry.client_id, &entry.client_name) {
        (Some(id), Some(name)) => format!("{name} ({id})"),
        (Some(known), None) | (None, Some(known)) => known.clone(),
        (None, None) => "that the log does not name".to_owned(),
    }
}

/// Where the token of a call comes from, if that is another place.
fn origin(call: &Call) -> Option<&Location> {
    call.trace.first().map(|step| &step.at).filter(|at| **at != call.at)
}

fn with(report: &Report, wanted: impl Fn(&Call) -> bool) -> impl Iterator<Item = (usize, &Call)> {
    report.calls.iter().enumerate().filter(move |(_, call)| wanted(call))
}

/// What has the same key, together, in the order of the first of each.
fn grouped<T, K: Eq + Hash>(all: impl Iterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<Vec<T>> {
    let mut groups: Vec<Vec<T>> = Vec::new();
    let mut places: FxHashMap<K, usize> = FxHashMap::default();
    for one in all {
        let place = *places.entry(key(&one)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

fn of_calls(kind: TaskKind, text: String, group: &[(usize, &Call)]) -> Task {
    let places = group.iter().map(|(_, call)| call.at.clone()).collect();
    Task { kind, text, places, calls: group.iter().map(|(nth, _)| *nth).collect() }
}
