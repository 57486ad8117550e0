//! What files that are no code tell, in the words that the text and the page share.

use super::text::paint::Style;
use crate::check::model::{Location, Report, Verdict};
use crate::check::outside::model::{Deprecation, ToggleState};
use crate::check::readiness::client_of;

/// More calls than this are not named for one entry of a log.
const MAX_CALLS: usize = 6;

/// One kind of what is told.
pub(super) struct Told<'r> {
    pub(super) heading: &'static str,
    pub(super) rows: Vec<Row<'r>>,
}

/// One thing that is told. Its texts may hold anything that a file holds.
pub(super) struct Row<'r> {
    pub(super) at: &'r Location,
    pub(super) style: Style,
    pub(super) state: String,
    pub(super) rest: String,
}

/// The settings, recorded requests and log entries, each with its place; only the kinds that there are.
pub(super) fn told(report: &Report) -> Vec<Told<'_>> {
    let outside = &report.outside;
    let toggles = outside.toggles.iter().map(|toggle| {
        let (style, state) = match toggle.state {
            ToggleState::On => (Style::Bad, "on"),
            ToggleState::Off => (Style::Good, "off"),
            ToggleState::Undecided => (Style::Doubtful, "undecided: a placeholder or a variable decides"),
        };
        Row { at: &toggle.at, style, state: state.to_owned(), rest: String::new() }
    });
    let recorded = outside.recorded.iter().map(|recorded| {
        let style = match recorded.verdict {
            Verdict::IdToken => Style::Bad,
            Verdict::Unknown => Style::Doubtful,
            Verdict::AccessToken => Style::Good,
        };
        let notes = recorded.notes.iter().map(|note| note.text.as_str());
        let said: Vec<&str> = std::iter::once(recorded.why.as_str()).chain(notes).collect();
        let rest = format!("{}  ({})", recorded.endpoint, said.join("; "));
        Row { at: &recorded.at, style, state: recorded.verdict.as_str().to_owned(), rest }
    });
    let logged = outside.deprecations.iter().map(|entry| {
        let style = if entry.about_id_tokens { Style::Bad } else { Style::Doubtful };
        Row { at: &entry.at, style, state: format!("{}x", entry.count), rest: logged(report, entry) }
    });
    let all = [
        Told { heading: "the toggle in the tenant's settings", rows: toggles.collect() },
        Told { heading: "recorded requests", rows: recorded.collect() },
        Told { heading: "deprecation notices in the tenant's log", rows: logged.collect() },
    ];
    all.into_iter().filter(|told| !told.rows.is_empty()).collect()
}

/// What a log says of one client, and which calls may be meant.
fn logged(report: &Report, entry: &Deprecation) -> String {
    let mut text = format!("{}  client {}", entry.endpoint, client_of(entry));
    if let Some((first, last)) = &entry.dates {
        text.push_str(&if first == last { format!(", {first}") } else { format!(", {first} to {last}") });
    }
    if !entry.feature.is_empty() {
        text.push_str(&format!(", \"{}\"", entry.feature));
    }
    let calls: Vec<String> = entry
        .calls
        .iter()
        .filter_map(|nth| report.calls.get(*nth))
        .take(MAX_CALLS)
        .map(|call| format!("{}:{}", call.at.path, call.at.start.line))
        .collect();
    let meant = if calls.is_empty() { "no call of this code".to_owned() } else { calls.join(", ") };
    text.push_str(&format!("; may be: {meant}"));
    text
}
