//! The endpoints by verdict: a table of numbers, with bars drawn beside them; and why calls are unknown.

use super::markup::Html;
use super::{pages, section};
use crate::check::model::{Report, Verdict};
use crate::report::text::audit::VERDICTS;
use crate::rules::docs::About;
use std::collections::BTreeMap;
use std::io;

pub(super) fn write(report: &Report, html: &mut Html<'_>) -> io::Result<()> {
    if report.endpoints.is_empty() {
        return Ok(());
    }
    let count = |endpoint: &str, verdict: Verdict| {
        report.calls.iter().filter(|call| call.endpoint == endpoint && call.verdict == verdict).count()
    };
    let most = report.endpoints.iter().map(|endpoint| VERDICTS.map(|verdict| count(endpoint, verdict)).iter().sum());
    let most: usize = most.max().unwrap_or(0);
    section("endpoints", "Endpoints by verdict", html, |html| {
        html.element("table", &[("class", "chart")], |html| {
            html.words("caption", &[], "How many calls to each affected endpoint send what as the Bearer")?;
            html.element("thead", &[], |html| {
                html.element("tr", &[], |html| {
                    html.words("th", &[("scope", "col")], "Endpoint")?;
                    for verdict in VERDICTS {
                        html.element("th", &[("scope", "col"), ("class", "number")], |html| {
                            html.words("span", &[("class", verdict.as_str())], verdict.as_str())
                        })?;
                    }
                    html.element("td", &[("class", "bars")], |_| Ok(()))
                })
            })?;
            html.element("tbody", &[], |html| {
                for endpoint in &report.endpoints {
                    let counts = VERDICTS.map(|verdict| count(endpoint, verdict));
                    html.line()?;
                    html.element("tr", &[], |html| {
                        let name = |html: &mut Html<'_>| html.path("code", &[], endpoint);
                        html.element("th", &[("scope", "row")], |html| match counts.iter().sum() {
                            // only what is called has its page here
                            0_usize => name(html),
                            _ => pages::link(About::Endpoint, endpoint, html, name),
                        })?;
                        for count in counts {
                            let class = if count == 0 { "number none" } else { "number" };
                            html.words("td", &[("class", class)], &count.to_string())?;
                        }
                        html.element("td", &[("class", "bars")], |html| bar(counts, most, html))
                    })?;
                }
                Ok(())
            })
        })?;
        reasons(report, html)
    })
}

/// A stacked bar: as long as `most` where the numbers add up to it.
fn bar(counts: [usize; 3], most: usize, html: &mut Html<'_>) -> io::Result<()> {
    html.element("svg", &[("class", "bar"), ("aria-hidden", "true"), ("focusable", "false")], |html| {
        let mut from = 0;
        for (verdict, count) in VERDICTS.into_iter().zip(counts).filter(|(_, count)| *count > 0) {
            let share = |of: usize| format!("{:.2}%", 100.0 * part(of, most));
            let (x, width) = (share(from), share(count));
            let attributes = [("class", verdict.as_str()), ("x", &x), ("width", &width), ("height", "100%")];
            html.element("rect", &attributes, |_| Ok(()))?;
            from += count;
        }
        Ok(())
    })
}

#[expect(clippy::cast_precision_loss, reason = "a drawing does not show more than a few digits")]
fn part(of: usize, most: usize) -> f64 {
    of as f64 / most.max(1) as f64
}

/// Why calls are unknown, most frequent first.
fn reasons(report: &Report, html: &mut Html<'_>) -> io::Result<()> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in report.calls.iter().filter_map(|call| call.reason.as_ref()) {
        *counts.entry(reason.id).or_default() += 1;
    }
    if counts.is_empty() {
        return Ok(());
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    html.line()?;
    html.element("p", &[("class", "reasons")], |html| {
        html.text("Unknown because of: ")?;
        for (nth, (reason, count)) in counts.into_iter().enumerate() {
            html.text(if nth > 0 { ", " } else { "" })?;
            pages::link(About::Reason, reason, html, |html| html.words("code", &[], reason))?;
            html.text(&format!(" ({count})"))?;
        }
        Ok(())
    })
}
