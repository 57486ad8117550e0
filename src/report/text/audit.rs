//! The audit: every call, the endpoints by verdict, and the answer to the question of the toggle.

use super::paint::{Style, paint};
use super::{TextOptions, plural};
use crate::check::model::{Call, Confidence, Location, Report, Verdict};
use crate::check::outside::model::{Toggle, ToggleState};
use crate::report::redact::clean;
use std::io;

/// The columns of the table.
pub(in crate::report) const VERDICTS: [Verdict; 3] = [Verdict::IdToken, Verdict::Unknown, Verdict::AccessToken];

/// List every call by file, then the endpoints by verdict.
pub(super) fn write(report: &Report, options: &TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    if !report.calls.is_empty() {
        write_calls(&report.calls, options, out)?;
    }
    write_table(report, options, out)?;
    write_plans(report, options, out)
}

/// For each login, what it has to ask for so that all the calls that it feeds go on working.
fn write_plans(report: &Report, options: &TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    if report.plans.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint("what to ask for at login", Style::Heading, options.colour))?;
    for plan in &report.plans {
        let place = |at: &Location| format!("{}:{}:{}", clean(&at.path), at.start.line, at.start.column);
        let doubt =
            if plan.confidence == Confidence::Low { "  (one of several that may feed these calls)" } else { "" };
        writeln!(out, "  {}  {}{doubt}", place(&plan.at), clean(&plan.sdk))?;
        let width = plan.options.iter().map(|option| option.name.chars().count()).max().unwrap_or(0);
        for option in &plan.options {
            writeln!(out, "    {:width$}  {}", clean(&option.name), clean(&option.value))?;
        }
        for call in plan.calls.iter().filter_map(|nth| report.calls.get(*nth)) {
            writeln!(out, "    for {}  {}", place(&call.at), call.endpoint)?;
        }
    }
    writeln!(out)
}

/// One line: can the toggle be turned off?
pub(super) fn write_answer(report: &Report, options: &TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    let (style, answer) = answer(report);
    writeln!(out, "{}", paint(answer, style, options.colour))
}

/// Whether it can, as a style and a sentence.
pub(in crate::report) fn answer(report: &Report) -> (Style, String) {
    if !report.ready() {
        let mut reasons = Vec::new();
        let (id_token, unknown) = (report.count(Verdict::IdToken), report.count(Verdict::Unknown) - report.accepted());
        if id_token > 0 {
            reasons.push(format!("{id_token} {} an ID token", plural(id_token, "call sends", "calls send")));
        }
        if unknown > 0 {
            let noun = if id_token > 0 { "" } else { plural(unknown, "call ", "calls ") };
            reasons.push(format!("{unknown} {noun}{} unknown", plural(unknown, "is", "are")));
        }
        return (Style::Bad, not_yet(report, reasons));
    }
    let skipped = report.files.skipped;
    if report.files.seen == 0 {
        (Style::Doubtful, "The toggle can be turned off as far as this says: no file was looked at.".to_owned())
    } else if skipped > 0 || report.accepted() > 0 {
        let mut what = Vec::new();
        if skipped > 0 {
            what.push(format!("the {skipped} {}", plural(skipped, "file that was skipped", "files that were skipped")));
        }
        let accepted = report.accepted();
        if accepted > 0 {
            what.push(format!("the {accepted} accepted {}", plural(accepted, "call", "calls")));
        }
        let verb = plural(skipped + accepted, "sends", "send");
        let what = what.join(" and ");
        (Style::Doubtful, format!("The toggle can be turned off, provided that {what} {verb} no ID token."))
    } else {
        (Style::Good, "The toggle can be turned off.".to_owned())
    }
}

/// What speaks against it, `reasons` of the code and those of other files.
fn not_yet(report: &Report, mut reasons: Vec<String>) -> String {
    let outside = &report.outside;
    let place = |toggle: &Toggle| format!("{}:{}", clean(&toggle.at.path), toggle.at.start.line);
    let off = outside.toggles.iter().filter(|toggle| toggle.state == ToggleState::Off).map(place).next();
    let refused = match off {
        Some(place) if !reasons.is_empty() => {
            format!(" It is off already in {place}: what is deployed with that refuses these calls.")
        }
        _ => String::new(),
    };
    let recorded = outside.sent_id_tokens().count();
    if recorded > 0 {
        reasons.push(format!("{recorded} recorded {} an ID token", plural(recorded, "request sent", "requests sent")));
    }
    let logged: usize = outside.logged_id_tokens().map(|entry| entry.count).sum();
    if logged > 0 {
        let entries = plural(logged, "entry of the tenant's log tells", "entries of the tenant's log tell");
        reasons.push(format!("{logged} {entries} of ID tokens"));
    }
    if reasons.is_empty() {
        let on: Vec<String> = outside.turned_on().map(place).collect();
        return format!("The toggle can be turned off, but it is on: see {}.", on.join(", "));
    }
    format!("The toggle cannot be turned off yet: {}.{refused}", reasons.join(", "))
}

fn write_calls(calls: &[Call], options: &TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    let place = |call: &Call| format!("{}:{}", call.at.start.line, call.at.start.column);
    let widest = |of: &dyn Fn(&Call) -> usize| calls.iter().map(of).max().unwrap_or(0);
    let places = widest(&|call| place(call).len());
    let verdicts = widest(&|call| call.verdict.as_str().len());
    let endpoints = widest(&|call| call.endpoint.chars().count());
    let clients = widest(&|call| call.client.chars().count());
    let subjects = widest(&|call| call.subject.as_str().len());
    for group in calls.chunk_by(|a, b| a.at.path == b.at.path) {
        writeln!(out, "{}", paint(clean(&group[0].at.path), Style::Heading, options.colour))?;
        for call in group {
            let verdict = format!("{:verdicts$}", call.verdict.as_str());
            let verdict = paint(verdict, style(call.verdict), options.colour);
            let accepted = call.accepted.as_ref().filter(|_| call.is_accepted());
            let reason = match (accepted, &call.reason) {
                (Some(because), _) => Some(format!("(accepted: {})", clean(because))),
                (None, reason) => reason.as_ref().map(|reason| format!("({}: {})", reason.id, clean(&reason.text))),
            };
            let line = format!(
                "  {:>places$}  {verdict}  {:endpoints$}  {:clients$}  {:subjects$}  {}",
                place(call),
                call.endpoint,
                call.client,
                call.subject.as_str(),
                reason.unwrap_or_default(),
            );
            writeln!(out, "{}", line.trim_end())?;
        }
    }
    writeln!(out)
}

fn write_table(report: &Report, options: &TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    if report.endpoints.is_empty() {
        return Ok(());
    }
    let width = report.endpoints.iter().map(|endpoint| endpoint.chars().count()).max().unwrap_or(0);
    let mut heading = format!("{:width$}", "endpoint");
    for verdict in VERDICTS {
        heading.push_str(&format!("  {}", verdict.as_str()));
    }
    writeln!(out, "{}", paint(heading, Style::Heading, options.colour))?;
    for endpoint in &report.endpoints {
        write!(out, "{endpoint:width$}")?;
        for verdict in VERDICTS {
            let count =
                report.calls.iter().filter(|call| call.endpoint == *endpoint && call.verdict == verdict).count();
            let cell = format!("{count:>width$}", width = verdict.as_str().len());
            let style = if count == 0 { Style::Dim } else { style(verdict) };
            write!(out, "  {}", paint(cell, style, options.colour))?;
        }
        writeln!(out)?;
    }
    writeln!(out)
}

fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::IdToken => Style::Bad,
        Verdict::Unknown => Style::Doubtful,
        Verdict::AccessToken => Style::Good,
    }
}
