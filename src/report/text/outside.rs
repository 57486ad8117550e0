//! What files that are no code tell, and what is left to do, for people.

use super::TextOptions;
use super::paint::{Style, paint};
use crate::check::model::{Location, Report};
use crate::check::readiness::left_to_do;
use crate::report::redact::clean;
use crate::report::told::{Row, told};
use std::io;

/// More places than this are only counted.
const MAX_PLACES: usize = 6;

/// List the settings, recorded requests and log entries, each with its place, in columns.
pub(super) fn write(report: &Report, options: &TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    for told in told(report) {
        writeln!(out, "{}", paint(told.heading, Style::Heading, options.colour))?;
        let rows: Vec<(String, &Row<'_>)> = told.rows.iter().map(|row| (place(row.at), row)).collect();
        let places = rows.iter().map(|(place, _)| place.chars().count()).max().unwrap_or(0);
        let states = rows.iter().map(|(_, row)| row.state.chars().count()).max().unwrap_or(0);
        for (place, row) in rows {
            let Row { state, rest, .. } = row;
            let state = if rest.is_empty() { state.clone() } else { format!("{state:states$}  ") };
            writeln!(out, "  {place:places$}  {}{}", paint(state, row.style, options.colour), clean(rest))?;
        }
        writeln!(out)?;
    }
    Ok(())
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

fn place(at: &Location) -> String {
    format!("{}:{}:{}", clean(&at.path), at.start.line, at.start.column)
}
