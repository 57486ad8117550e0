//! What files that are no code tell, and what is left to do, for people.

use super::TextOptions;
use super::paint::{Style, paint};
use crate::check::model::{Location, Report, Verdict};
use crate::check::outside::model::{Deprecation, ToggleState};
use crate::check::readiness::{client_of, left_to_do};
use crate::report::redact::clean;
use std::io;

/// More places than this are only counted.
const MAX_PLACES: usize = 6;

/// List the settings, recorded requests and log entries, each with its place.
pub(super) fn write(report: &Report, options: &TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    let outside = &report.outside;
    let toggles = outside.toggles.iter().map(|toggle| {
        let (style, what) = match toggle.state {
            ToggleState::On => (Style::Bad, "on"),
            ToggleState::Off => (Style::Good, "off"),
            ToggleState::Undecided => (Style::Doubtful, "undecided: a placeholder or a variable decides"),
        };
        (place(&toggle.at), style, what.to_owned(), String::new())
    });
    write_rows("the toggle in the tenant's settings", toggles.collect(), options, out)?;
    let recorded = outside.recorded.iter().map(|recorded| {
        let style = match recorded.verdict {
            Verdict::IdToken => Style::Bad,
            Verdict::Unknown => Style::Doubtful,
            Verdict::AccessToken => Style::Good,
        };
        let rest = format!("{}  ({})", recorded.endpoint, clean(&recorded.why));
        (place(&recorded.at), style, recorded.verdict.as_str().to_owned(), rest)
    });
    write_rows("recorded requests", recorded.collect(), options, out)?;
    let logged = outside.deprecations.iter().map(|entry| {
        let style = if entry.about_id_tokens { Style::Bad } else { Style::Doubtful };
        (place(&entry.at), style, format!("{}x", entry.count), logged(report, entry))
    });
    write_rows("deprecation notices in the tenant's log", logged.collect(), options, out)
}

/// Say what is left to do, one line each, with the places below.
pub(super) fn write_left(report: &Report, options: &TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    let tasks = left_to_do(report);
    if tasks.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", paint("left to do", Style::Heading, options.colour))?;
    for (nth, task) in tasks.iter().enumerate() {
        writeln!(out, "  {}. {}", nth + 1, clean(&task.text))?;
        let shown: Vec<String> =
            task.places.iter().take(MAX_PLACES).map(|at| format!("{}:{}", clean(&at.path), at.start.line)).collect();
        let more = task.places.len().saturating_sub(MAX_PLACES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        writeln!(out, "     {}{more}", shown.join(", "))?;
    }
    writeln!(out)
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
        .take(MAX_PLACES)
        .map(|call| format!("{}:{}", call.at.path, call.at.start.line))
        .collect();
    let meant = if calls.is_empty() { "no call of this code".to_owned() } else { calls.join(", ") };
    text.push_str(&format!("; may be: {meant}"));
    clean(&text)
}

fn place(at: &Location) -> String {
    format!("{}:{}:{}", clean(&at.path), at.start.line, at.start.column)
}

/// A heading and its rows, the first two columns aligned; nothing where there are none.
fn write_rows(
    heading: &str,
    rows: Vec<(String, Style, String, String)>,
    options: &TextOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint(heading, Style::Heading, options.colour))?;
    let places = rows.iter().map(|row| row.0.chars().count()).max().unwrap_or(0);
    let states = rows.iter().map(|row| row.2.chars().count()).max().unwrap_or(0);
    for (place, style, state, rest) in rows {
        let state = if rest.is_empty() { state } else { format!("{state:states$}  ") };
        writeln!(out, "  {place:places$}  {}{rest}", paint(state, style, options.colour))?;
    }
    writeln!(out)
}
